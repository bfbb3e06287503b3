"""What is selected, from a place in one message to a place in another, and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.desktop.preview.parts import between, units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.desktop.preview.parts import Part
    from app.desktop.preview.sheet import Sheet


class Place(NamedTuple):
    """Between two characters. Places compare in reading order."""

    number: int
    block: int
    piece: int
    offset: int
    """In UTF-16 units of the part's text."""


class Selection(NamedTuple):
    """`anchor` is where it was begun, `caret` where it was led to."""

    anchor: Place
    caret: Place

    @property
    def start(self) -> Place:
        """The earlier of both."""
        return min(self.anchor, self.caret)

    @property
    def end(self) -> Place:
        """The later of both."""
        return max(self.anchor, self.caret)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is between them."""
        return self.anchor == self.caret

    def inside(self, number: int, part: Part) -> tuple[int, int]:
        """From where to where a part is selected; equal numbers: not at all."""
        start, end = self.start, self.end
        here = (number, part.block, part.piece)
        if here < start[:3] or here > end[:3]:
            return (0, 0)
        length = units(part.text)
        begin = start.offset if here == start[:3] else 0
        stop = end.offset if here == end[:3] else length
        return (min(begin, length), min(stop, length))


def whole(number: int, parts: Iterable[Part]) -> Selection | None:
    """All of a message but for its speaker's name; None if there is nothing."""
    own = [part for part in parts if part.kind != "name"]
    if not own:
        return None
    first, last = own[0], own[-1]
    return Selection(
        Place(number, first.block, first.piece, 0), Place(number, last.block, last.piece, units(last.text))
    )


def text_of(selection: Selection, sheets: Iterable[Sheet]) -> str:
    """The selected text, as one would write it. `sheets` are those of the messages in it, in order."""
    pieces: list[str] = []
    above: Part | None = None
    number = -1
    for sheet in sheets:
        for part in sheet.parts:
            begin, stop = selection.inside(sheet.leaf.number, part)
            if stop <= begin:
                continue
            if above is not None:
                pieces.append(_separator(above, part, same=number == sheet.leaf.number))
            if begin == 0 and part.marker:
                pieces.append(f"{'  ' * (part.indent - 1)}{part.marker} ")
            pieces.append(between(part.text, begin, stop))
            above, number = part, sheet.leaf.number
    return "".join(pieces)


def _separator(above: Part, part: Part, *, same: bool) -> str:
    if not same:
        return "\n\n"
    if part.joint is not None:
        return part.joint
    close = (
        above.kind == "name"
        or (above.kind != "text" and part.kind != "text")
        or above.style == "label"
        or part.style == "label"
        or (part.marker and above.indent)
    )
    return "\n" if close else "\n\n"
