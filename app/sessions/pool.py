"""Reading many main files, in as many processes as pay off.

Parsing holds Python's lock, so threads would not help. Processes are spawned, never forked: forking a program
with threads deadlocks, and a frozen program has no other way on any system. Where processes cannot be
started or die (a sandboxed system, memory), everything is read here instead.
"""

from __future__ import annotations

import gc
import multiprocessing
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, NamedTuple

from app.errors import Cancelled
from app.sessions.reading import Job, Reading, read_main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

POOL_FROM = 96 << 20
"""Bytes to read from which processes pay: starting two takes some 0.25 s, in which one process reads as much."""
_CHUNK = 16 << 20
"""Bytes of files per task: small enough to balance, large enough that passing tasks costs nothing."""
_CHUNK_FILES = 256


class Sized(NamedTuple):
    """A job and about how many bytes it means."""

    job: Job
    size: int


def read_all(
    items: Sequence[Sized], workers: int, cancelled: Callable[[], bool]
) -> Iterator[tuple[int, Reading | None]]:
    """Readings with the position of their item, in any order; None for files that vanished.

    Raises Cancelled.
    """
    left = set(range(len(items)))
    if workers > 1 and sum(item.size for item in items) >= POOL_FROM:
        try:
            for position, reading in _in_processes(items, workers, cancelled):
                left.discard(position)
                yield position, reading
        except (BrokenProcessPool, OSError, ImportError):
            # What was read is kept, the rest follows below.
            pass
    for position in sorted(left):
        if cancelled():
            raise Cancelled
        yield position, read_main(items[position].job)


def _in_processes(
    items: Sequence[Sized], workers: int, cancelled: Callable[[], bool]
) -> Iterator[tuple[int, Reading | None]]:
    executor = ProcessPoolExecutor(
        max_workers=workers, mp_context=multiprocessing.get_context("spawn"), initializer=_calm_collector
    )
    try:
        pending: dict[Future[list[Reading | None]], list[int]] = {
            executor.submit(_read_chunk, [items[position].job for position in chunk]): chunk
            for chunk in _chunks(items)
        }
        while pending:
            done, _ = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            if cancelled():
                raise Cancelled
            for future in done:
                yield from zip(pending.pop(future), future.result(), strict=True)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _calm_collector() -> None:
    """Reading makes many small objects and no cycles; looking for these would take a tenth of the time."""
    gc.set_threshold(200_000, 20, 20)


def _read_chunk(jobs: list[Job]) -> list[Reading | None]:
    return [read_main(job) for job in jobs]


def _chunks(items: Sequence[Sized]) -> Iterator[list[int]]:
    """Positions in groups, the largest files first so that no process is left with one at the end."""
    order = sorted(range(len(items)), key=lambda position: -items[position].size)
    chunk: list[int] = []
    size = 0
    for position in order:
        chunk.append(position)
        size += items[position].size
        if size >= _CHUNK or len(chunk) >= _CHUNK_FILES:
            yield chunk
            chunk = []
            size = 0
    if chunk:
        yield chunk
