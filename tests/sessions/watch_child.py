"""Plays what happens when the system refuses watches, in a process whose limits are its own.

Run as `python watch_child.py SCENARIO FOLDER`, for watches inside a user namespace; prints what the watcher says it
does at its first call, and in the end, when it goes on calling in spite of the refusal.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from pathlib import Path

import watchdog.observers

from app.sessions.watch import Watcher

PATIENCE = 30.0
LIMIT = Path("/proc/sys/user/max_inotify_watches")


def folders(root: Path, count: int) -> None:
    for number in range(count):
        (root / str(number)).mkdir()


def main(scenario: str, root: Path) -> None:
    called = threading.Semaphore(0)

    def changed() -> None:
        called.release()

    watcher = Watcher([root], changed, settle_seconds=0.0, poll_seconds=0.05)
    seen = []
    if scenario == "no_descriptors":
        assert watchdog.observers.Observer is not None  # loading it would take descriptors too
        open_now = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the count of descriptors is wanted
        if sys.platform != "win32":
            resource.setrlimit(resource.RLIMIT_NOFILE, (open_now - 1, open_now - 1))
    elif scenario == "no_watches":
        folders(root, 30)
        LIMIT.write_text("10\n", encoding="ascii")
    else:
        LIMIT.write_text("20\n", encoding="ascii")
    watcher.start()
    assert called.acquire(timeout=PATIENCE)
    seen.append(watcher.watching)
    if scenario == "watches_run_out":
        folders(root, 30)
    deadline = time.monotonic() + PATIENCE
    while watcher.watching == "events":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert called.acquire(timeout=PATIENCE)
    seen.append(watcher.watching)
    watcher.stop()
    print(*seen)  # noqa: T201 - its answer to the test


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
