"""Which pages are in memory, which should be, and which may go."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.desktop.preview.parts import ReadPage

NEAR = 3
"""Pages on either side of those in view that stay in memory."""
MOST_LINES = 200_000
"""Lines of text in memory, about: with more, only what is in view stays. A page of usual messages has some 2,000."""


class Wanted(NamedTuple):
    """Numbers of pages to be read."""

    now: list[int]
    ahead: list[int]


class Library:
    """Keeps count; the messages themselves are the flow's."""

    def __init__(self) -> None:
        self.page_size = 1
        self._lines: dict[int, int] = {}
        self._incomplete: set[int] = set()

    def __contains__(self, number: int) -> bool:
        return number in self._lines

    def clear(self) -> None:
        """No pages."""
        self._lines.clear()
        self._incomplete.clear()

    def add(self, page: ReadPage) -> None:
        """A page has come."""
        self.page_size = page.size
        self._lines[page.number] = sum(leaf.lines for leaf in page.leaves)
        if page.is_complete:
            self._incomplete.discard(page.number)
        else:
            self._incomplete.add(page.number)

    def page_of(self, message: int) -> int:
        """The page that a message is on."""
        return message // self.page_size

    def messages_of(self, page: int) -> range:
        """The numbers of a page's messages."""
        return range(page * self.page_size, (page + 1) * self.page_size)

    def wanted(self, first: int, last: int, count: int, *, is_counted: bool) -> Wanted:
        """What to read when the messages from `first` to `last` of `count` are in view.

        `is_counted`: the whole file was looked at; pages that waited for that are read again.
        """
        pages = range(self.page_of(first), self.page_of(last) + 1)
        end = self.page_of(max(0, count - 1))
        now = [page for page in pages if self._is_missing(page, is_counted=is_counted)]
        near = [page for page in (pages[-1] + 1, pages[0] - 1) if 0 <= page <= end]
        if sum(self._lines.values()) > MOST_LINES:
            near = []
        return Wanted(now, [page for page in near if self._is_missing(page, is_counted=is_counted)])

    def evict(self, first: int, last: int, pinned: Iterable[int]) -> list[int]:
        """Take away the pages that may go when these messages are in view, but for the `pinned` ones."""
        low, high = self.page_of(first), self.page_of(last)
        kept = {*range(low, high + 1), *pinned}

        def distance(page: int) -> int:
            return max(low - page, page - high, 0)

        gone: list[int] = []
        lines = sum(self._lines.values())
        for page in sorted(self._lines, key=distance, reverse=True):
            if page in kept or (distance(page) <= NEAR and lines <= MOST_LINES):
                continue
            lines -= self._lines.pop(page)
            self._incomplete.discard(page)
            gone.append(page)
        return gone

    def _is_missing(self, page: int, *, is_counted: bool) -> bool:
        return page not in self._lines or (is_counted and page in self._incomplete)
