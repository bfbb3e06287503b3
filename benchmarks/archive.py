"""How fast sessions are archived to the sandbox, and what it costs.

    python benchmarks/archive.py [--sessions 2000] [--bytes 1e9] [--folder FOLDER]

Prints sessions and original megabytes per second, requests per session, the peak memory of the archiving process,
and how long the same again takes when nothing has changed. The sandbox is a process of its own on the same
processors, so its work is part of the time. The archiving runs in a child process whose peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import Services
from app.storage.paths import resolve_paths
from app.transfer.connections import Connections
from benchmarks.generate import generate

if TYPE_CHECKING:
    from app.remote.transport import HttpReply


class CountingConnections(Connections):
    """Counts what is sent."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - passed through
        super().__init__(**options)
        self.sent = 0

    def send(self, *positional: Any, **named: Any) -> HttpReply:  # noqa: ANN401 - passed through
        self.sent += 1
        return super().send(*positional, **named)


def archive_once(home: Path, claude: Path) -> dict[str, float]:
    """Scan, then archive everything found; what it took."""
    environ = {**os.environ, "CLAUDE_CONFIG_DIR": str(claude)}
    services = Services(resolve_paths(home), environ, home=home)
    try:
        connections = CountingConnections(parallel=services.settings.parallel_uploads, environ=environ)
        services.__dict__["connections"] = connections
        _ = services.connection  # the sandbox's start is not the archiving
        services.sessions.scan()
        sessions = services.sessions.sessions()
        before = connections.sent
        begin = time.perf_counter()
        archiver = services.archiver(lambda _: None, compress=True)
        states = [outcome.state for outcome in archiver.archive(sessions)]
        update = archiver.update_index(sessions)
        seconds = time.perf_counter() - begin
        commits = services.jobs.commits
        connections.close()
    finally:
        services.close()
    if "failed" in states or update.error is not None:
        message = f"not everything was archived: {update.error}"
        raise RuntimeError(message)
    return {
        "sessions": len(sessions),
        "files": sum(len(session.files) for session in sessions),
        "bytes": sum(session.size for session in sessions),
        "seconds": seconds,
        "requests": connections.sent - before,
        "commits": commits,
        "peak_bytes": _peak_bytes(),
    }


def _peak_bytes() -> int:
    if sys.platform == "win32":
        peak = 0
    else:
        import resource  # noqa: PLC0415 - not on Windows

        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return peak


def report(first: dict[str, float], again: dict[str, float]) -> str:
    """The figures as lines for a person."""
    sessions, seconds = first["sessions"], first["seconds"]
    return "\n".join(
        (
            f"{sessions:.0f} sessions, {first['files']:.0f} files, {first['bytes'] / 1e6:.0f} MB",
            (
                f"archived in              {seconds:8.2f} s   {sessions / seconds:7.0f} sessions/s"
                f"   {first['bytes'] / 1e6 / seconds:7.0f} MB/s of original bytes"
            ),
            f"requests per session     {first['requests'] / sessions:8.3f}     ({first['requests']:.0f} in all)",
            f"durable commits          {first['commits']:8.0f}",
            f"peak memory              {first['peak_bytes'] / 1e6:8.0f} MB",
            f"the same again           {again['seconds']:8.2f} s   {again['requests']:.0f} requests",
        )
    )


def _in_child(home: Path, claude: Path) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__).resolve()), "--child", str(home), "--folder", str(claude)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times archiving to the sandbox.")
    parser.add_argument("--sessions", type=int, default=2_000)
    parser.add_argument("--bytes", type=float, default=1e9)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        print(json.dumps(archive_once(arguments.child, arguments.folder)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        claude = arguments.folder or Path(temporary) / "claude"
        if not (claude / "projects").is_dir():
            generate(claude, arguments.sessions, int(arguments.bytes))
        home = Path(temporary) / "home"
        try:
            print(report(_in_child(home, claude), _in_child(home, claude)))
        finally:
            services = Services(resolve_paths(home), os.environ, home=home)
            services.sandbox.stop()
            services.close()


if __name__ == "__main__":
    main()
