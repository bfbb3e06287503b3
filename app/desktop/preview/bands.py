"""Where code and tables stand in view: the raised grounds, which may consist of several parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF

from app.desktop.preview.parts import SET_AS_CODE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.preview.flow import Placed
    from app.desktop.preview.parts import Part
    from app.desktop.preview.sheet import Sheet


class Band(NamedTuple):
    """One code block, as far as it is in view."""

    number: int
    block: int
    piece: int
    """The first of its pieces."""
    sheet: Sheet
    rect: QRectF
    opens: bool
    """Whether its beginning is in view; and `closes`, whether its end is."""
    closes: bool
    is_table: bool

    @property
    def key(self) -> tuple[int, int, int]:
        """Which one it is, whatever is in view of it."""
        return (self.number, self.block, self.piece)


def bands_of(placed: Sequence[Placed]) -> list[Band]:
    """The code blocks in view, from top to bottom."""
    made: list[Band] = []
    for place in placed:
        sheet = place.sheet
        if sheet is None or sheet.parts[place.part].style not in SET_AS_CODE:
            continue
        part = sheet.parts[place.part]
        area = sheet.area(place.part)
        padding = sheet.typeset.padding
        begins = part.joint is None
        top = place.top + area.top() - (sheet.typeset.code_above if begins else 0)
        bottom = place.top + area.bottom() + (sheet.typeset.code_above if part.is_last else 0)
        rect = QRectF(area.left() - padding, top, area.width() + 2 * padding, bottom - top)
        before = made[-1] if made else None
        if not begins and before is not None and before.sheet is sheet and before.block == part.block:
            made[-1] = before._replace(rect=before.rect.united(rect), closes=part.is_last)
            continue
        first = first_piece(sheet, place.part)
        key = (place.number, part.block, sheet.parts[first].piece)
        made.append(Band(*key, sheet, rect, begins, part.is_last, part.style == "table"))
    return made


def first_piece(sheet: Sheet, index: int) -> int:
    """Where the text begins that a part is a piece of."""
    while index and sheet.parts[index].joint is not None:
        index -= 1
    return index


def pieces_from(sheet: Sheet, index: int) -> list[Part]:
    """The pieces of the text that begins with a part."""
    made = [sheet.parts[index]]
    for part in sheet.parts[index + 1 :]:
        if part.joint is None:
            break
        made.append(part)
    return made


def text_from(sheet: Sheet, index: int) -> str:
    """The whole of a text that begins with a part."""
    return "".join((part.joint or "") + part.text for part in pieces_from(sheet, index))
