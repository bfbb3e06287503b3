"""Goes from one place where a text was found to the next: messages by the search, places in a message by looking."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.preview.composing import inside
from app.desktop.preview.marks import Needle

if TYPE_CHECKING:
    from app.desktop.preview.jobs import Search
    from app.desktop.preview.marks import Match
    from app.desktop.preview.message_list import MessageList
    from app.desktop.preview.parts import Leaf
    from app.desktop.preview.reader import Reader


class Finder(QObject):
    """Joins the bar's wishes, the reader's search and the list's marks."""

    told = Signal(object, int, bool)
    """Which message was gone to, from 0, or None; how many there are; whether these are all."""

    def __init__(self, reader: Reader, messages: MessageList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._messages = messages
        self._search: Search | None = None
        self._needle: Needle | None = None
        self._position: int | None = None
        self._match: Match | None = None
        self._from = 0
        self._awaited: bool | None = None
        reader.found.connect(self._found)
        reader.page_read.connect(self._page_read)

    def search(self, text: str) -> None:
        """Look for another text, from the message that is being read on; empty: for none."""
        self._from = self._messages.current_message() if self._position is None else self._from
        self._position = self._match = self._awaited = None
        self._search = self._reader.search(text)
        self._needle = Needle(text) if text else None
        self._messages.set_needle(self._needle)
        if self._search is not None:
            self.told.emit(None, 0, False)

    def forget(self) -> None:
        """Another session is shown, or nothing is looked for any more."""
        self._search = self._needle = self._position = self._match = self._awaited = None
        self._messages.set_needle(None)

    def go_on(self, *, back: bool) -> None:
        """To the next place, or the one before; from the last to the first."""
        search = self._search
        if search is None or not search.hits:
            return
        if self._position is None:
            self._go_to(bisect_left(search.hits, self._from) % len(search.hits), back=back)
            return
        places = self._places(search.hits[self._position])
        if self._match is not None and self._match in places:
            following = places.index(self._match) + (-1 if back else 1)
            if 0 <= following < len(places):
                self._show(places[following])
                return
        step = -1 if back else 1
        self._go_to((self._position + step) % len(search.hits), back=back)

    def _go_to(self, position: int, *, back: bool) -> None:
        """A message; the place in it is known once it is in memory."""
        search = self._search
        assert search is not None
        self._position = position
        number = search.hits[position]
        self._from = number
        places = self._places(number)
        self._awaited = None
        if self._messages.leaf(number) is None:
            self._match = None
            self._awaited = back
            self._messages.set_match(None)
            self._messages.go_to_message(number)
        elif places:
            self._show(places[-1 if back else 0])
        else:
            # Found by folding letters in a way that cannot be marked: the message itself has to do.
            self._match = None
            self._messages.set_match(None)
            self._messages.go_to_message(number)
        self._tell()

    def _show(self, match: Match) -> None:
        self._match = match
        self._messages.set_match(match)
        self._messages.go_to_message(match.number, match)

    def _places(self, number: int) -> list[Match]:
        leaf = self._messages.leaf(number)
        return places_in(leaf, self._needle) if leaf is not None and self._needle is not None else []

    def _found(self, search: Search) -> None:
        if search is not self._search:
            return
        if self._position is None and search.hits:
            position = bisect_left(search.hits, self._from)
            if position < len(search.hits) or search.is_done:
                self._go_to(position % len(search.hits), back=False)
                return
        self._tell()

    def _page_read(self, _page: object) -> None:
        if self._awaited is None or self._search is None or self._position is None:
            return
        number = self._search.hits[self._position]
        if self._messages.leaf(number) is not None:
            self._go_to(self._position, back=self._awaited)

    def _tell(self) -> None:
        if self._search is not None:
            self.told.emit(self._position, len(self._search.hits), self._search.is_done)


def places_in(leaf: Leaf, needle: Needle) -> list[Match]:
    """Every place in a message, those in folded lines among them, in reading order."""
    made: list[Match] = []
    for parts in leaf.blocks:
        for part in parts:
            if part.kind == "name":
                continue
            made += needle.matches(leaf.number, part)
            if part.tool is not None:
                for folded in inside(part.block, part.tool):
                    if folded.style not in ("label", "note"):
                        made += needle.matches(leaf.number, folded)
    return made
