"""Reading main files in several processes.

Processes are spawned, never forked: forking a program with threads deadlocks, and a frozen program on Windows or
macOS has no other way. (A frozen program must call `multiprocessing.freeze_support` first.)
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.errors import Cancelled
from app.sessions.reading import Job, Reading, read_main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOST_PROCESSES = 61
"""Windows waits for no more at a time (https://docs.python.org/3/library/concurrent.futures.html)."""
_POLL_SECONDS = 0.2
"""How soon a wish to stop is noticed."""


def read_in_processes(
    chunks: Sequence[list[int]], jobs: Sequence[Job], workers: int, cancelled: Callable[[], bool]
) -> Iterator[tuple[int, Reading | None]]:
    """Readings of the jobs at the chunks' positions, in any order, a chunk per task.

    Ends early where processes cannot be started or die (a system that forbids them, no memory left). Raises
    Cancelled.
    """
    try:
        context = multiprocessing.get_context("spawn")
        executor = ProcessPoolExecutor(
            max_workers=min(workers, MOST_PROCESSES), mp_context=context, initializer=_begin
        )
    except (OSError, ImportError):
        return
    pending: dict[Future[list[Reading | None]], list[int]] = {}
    try:
        with _deaf_to_ctrl_c():
            for chunk in chunks:
                pending[executor.submit(_read_chunk, [jobs[position] for position in chunk])] = chunk
        while pending:
            done, _ = wait(pending, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            if cancelled():
                raise Cancelled
            for future in done:
                yield from zip(pending.pop(future), future.result(), strict=True)
    except (BrokenProcessPool, OSError):
        return
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started inside never hear a terminal's Ctrl-C, which goes to all of a group; this one hears it after.

    They inherit the blocked signal: what they set up themselves would come too late. Windows has no such thing.
    """
    if sys.platform == "win32":
        yield
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """What a reading process does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    # Reading makes many small objects and no cycles; looking for these would take a tenth of the time.
    gc.set_threshold(200_000, 20, 20)


def _end_with_parent() -> None:
    """A killed parent cannot end its processes, and these would wait for tasks for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _read_chunk(jobs: list[Job]) -> list[Reading | None]:
    return [read_main(job) for job in jobs]
