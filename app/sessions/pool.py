"""Reading many main files, in as many processes as pay off.

Parsing holds Python's lock, so threads would not help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.errors import Cancelled
from app.sessions.reading import Job, Reading, read_main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

POOL_FROM = 160 << 20
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
        from app.sessions.processes import read_in_processes  # noqa: PLC0415 - 15 ms that few runs need

        jobs = [item.job for item in items]
        for position, reading in read_in_processes(_chunks(items), jobs, workers, cancelled):
            left.discard(position)
            yield position, reading
    for position in sorted(left):
        if cancelled():
            raise Cancelled
        yield position, read_main(items[position].job)


def _chunks(items: Sequence[Sized]) -> list[list[int]]:
    """Positions in groups, the largest files first so that no process is left with one at the end."""
    chunks: list[list[int]] = [[]]
    size = 0
    for position in sorted(range(len(items)), key=lambda position: -items[position].size):
        if size >= _CHUNK or len(chunks[-1]) >= _CHUNK_FILES:
            chunks.append([])
            size = 0
        chunks[-1].append(position)
        size += items[position].size
    return chunks
