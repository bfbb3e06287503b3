"""A process with a transfer queue that archives and downloads, telling each end. Killed by its parent."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from app.bootstrap import Services
from app.storage.paths import resolve_paths


def main(home: Path, files: Path, downloads: Path, *s3_keys: str) -> None:
    """Take up what is left, add what was not yet asked for, and tell of rows as they end."""
    services = Services(resolve_paths(home), dict(os.environ), home=home)
    queue = services.transfer_queue
    queue.start()
    known = {row.session for row in queue.rows()}
    sessions = services.sessions.inspect(sorted(files.iterdir())).sessions
    queue.add_sessions([session for session in sessions if session.identity not in known])
    asked_for = {row.s3_key for row in queue.rows() if row.kind == "download"}
    for s3_key in s3_keys:
        if s3_key not in asked_for:  # a run before may have been killed in the midst of asking
            queue.add_download(s3_key, downloads, title=s3_key, size=1)
    told: set[str] = set()
    pause = threading.Event()
    while True:
        busy = queue.busy()
        for row in queue.rows():
            if row.state in {"done", "unchanged", "failed"} and row.id not in told:
                told.add(row.id)
                sys.stdout.write(f"{row.state} {row.kind} {row.title} {row.error}\n")
                sys.stdout.flush()
        if not busy:
            break
        pause.wait(0.002)
    sys.stdout.write("idle\n")
    sys.stdout.flush()
    services.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
