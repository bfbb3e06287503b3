"""Whose turn is next: what will be deleted soonest goes first, the others in the order of their places."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Generic, TypeVar

from app.archiving.queue_entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.archiving.queue_entry import Turn

E = TypeVar("E", bound=Entry)


class Turns(Generic[E]):
    """Used under the queue's lock. What has ceased to wait is left out when its turn comes."""

    def __init__(self, waits: Callable[[E], bool]) -> None:
        self._waits = waits
        self._heap: list[tuple[Turn, int, E]] = []
        self._added = 0

    def add(self, entry: E) -> None:
        """It waits from now on, at its place."""
        self._added += 1
        heapq.heappush(self._heap, (entry.turn, self._added, entry))

    def next(self) -> E | None:
        """The first that waits; it stays until it no longer waits."""
        while self._heap:
            turn, _, entry = self._heap[0]
            waits = self._waits(entry)
            if waits and turn == entry.turn:
                return entry
            heapq.heappop(self._heap)
            if waits and turn < entry.turn:
                # It goes on being written meanwhile, or was put behind the others.
                self.add(entry)
        return None
