"""A program whose home lies on a disk that somebody fills while it works, and empties again."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.vault import open_vault
from app.bootstrap import Services
from app.errors import DiskFull
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.archiving.transfer_queue import TransferQueue

PATIENCE_SECONDS = 60.0
AT_FIRST = 20


def until(queue: TransferQueue, condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, (queue.totals(), queue.rows()[:5])
        pause.wait(0.01)


def go_on(queue: TransferQueue) -> None:
    """Room was made, and somebody says so; once more where what was under way found out only afterwards that there was
    none."""

    def idle() -> bool:
        if isinstance(queue.totals().halted, DiskFull):
            queue.retry_now()
        return not queue.busy()

    queue.retry_now()
    until(queue, idle)


def fill(filler: Path) -> None:
    """Leave nothing."""
    size = 1 << 20
    with filler.open("ab", buffering=0) as file:
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2


def tell(queue: TransferQueue, word: str) -> None:
    """How the rows stand."""
    kinds = [f"{row.kind} {row.state} {row.error}" for row in queue.rows() if row.state != "done"]
    sys.stdout.write(f"{word}: {kinds}\n")


def main(endpoint: str, token: str, storage: Storage, disk: Path, files: Path, *s3_keys: str) -> None:
    """Archive, fill the disk in the midst of it, make room, go on; then the same with downloads."""
    home, out, filler = disk / "home", disk / "out", disk / "filler"
    paths = resolve_paths(home)
    profile = make_profile("door", "token", endpoint)
    profiles = ProfileStore(paths.settings)
    profiles.add(profile)
    open_vault(paths, home).set(profile, "token", token)
    profiles.pin(profile, storage)
    profiles.use("door")
    services = Services(paths, dict(os.environ), home=home)
    queue = services.transfer_queue
    queue.start()

    sessions = services.sessions.inspect(sorted(files.iterdir())).sessions
    queue.add_sessions(sessions[:AT_FIRST])
    until(queue, lambda: queue.totals().done >= 3)
    fill(filler)
    # Those that are under way may need no more room, the others do.
    queue.add_sessions(sessions[AT_FIRST:])
    until(queue, lambda: isinstance(queue.totals().halted, DiskFull))
    tell(queue, "halted")
    filler.unlink()
    go_on(queue)
    tell(queue, "archived")

    fill(filler)
    for s3_key in s3_keys:
        # That it is wanted cannot be noted on such a disk; then it is for the user to ask again.
        with suppress(DiskFull):
            queue.add_download(s3_key, out, title=s3_key, size=1)
    until(queue, lambda: queue.totals().halted is not None or queue.totals().failed == len(s3_keys))
    tell(queue, "without room")
    filler.unlink()
    queue.retry_failed()
    go_on(queue)
    tell(queue, "brought back")
    destination = services.connection.profile.destination
    for receipt in services.jobs.receipts(destination).values():
        sys.stdout.write(f"receipt {receipt.s3_key} {receipt.version_id}\n")
    for path in sorted(out.iterdir()):
        sys.stdout.write(f"file {path.name} {path.stat().st_size}\n")
    sys.stdout.write(f"spool {sorted(path.name for path in paths.spool.iterdir())}\n")
    services.close()


if __name__ == "__main__":
    _, endpoint, token, bucket, region, owner, disk, files, *s3_keys = sys.argv
    main(
        endpoint,
        token,
        Storage(bucket, region, owner, s3_host="127.0.0.1"),
        Path(disk),
        Path(files),
        *s3_keys,
    )
