"""What is under a point, and what in view can be reached with the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF

from app.desktop.preview.bands import bands_of, first_piece
from app.desktop.preview.marks import Spot
from app.desktop.preview.paint import copy_button
from app.desktop.preview.parts import units
from app.desktop.preview.selection import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.desktop.preview.bands import Band
    from app.desktop.preview.flow import Placed
    from app.desktop.preview.parts import Part, Run
    from app.desktop.preview.sheet import Sheet
    from app.desktop.preview.typeset import Typeset


class Hit(NamedTuple):
    """What is at a point of the view."""

    placed: Placed
    sheet: Sheet
    part: Part
    spot: Spot | None
    """What can be pressed there."""
    band: Band | None
    """The code block there."""
    run: Run | None
    """The run of text there: a link, perhaps."""
    in_text: bool
    """Whether it is a place where text can be selected."""


def hit_at(
    placed: Sequence[Placed],
    typeset: Typeset,
    shifts: Mapping[tuple[int, int, int], float],
    point: QPointF,
) -> Hit | None:
    """The hit; None where there is no message in memory."""
    place = _placed_at(placed, point.y())
    if place is None or place.sheet is None or not place.top <= point.y() < place.bottom:
        return None
    sheet = place.sheet
    part = sheet.parts[place.part]
    area = sheet.area(place.part).translated(0, place.top)
    band = next((band for band in bands_of(placed) if band.rect.contains(point)), None)
    spot = run = None
    if band is not None and copy_button(band, typeset).contains(point):
        spot = Spot(*band.key, "code")
    elif area.contains(point) and (part.kind == "tool" or opens(part)):
        spot = Spot(place.number, part.block, part.piece, "tool" if part.kind == "tool" else "image")
    elif part.kind == "text" and area.contains(point):
        inside = point - _origin(place, sheet, area, shifts)
        run = sheet.box(place.part).run_at(inside.x(), inside.y())
    return Hit(place, sheet, part, spot, band, run, spot is None and part.kind in ("text", "name"))


def opens(part: Part) -> bool:
    """Whether a picture's line has a picture behind it."""
    return part.kind == "image" and part.image is not None and part.image.size > 0


def place_at(
    placed: Sequence[Placed], shifts: Mapping[tuple[int, int, int], float], point: QPointF
) -> Place | None:
    """The place in the text that is nearest to a point."""
    there = [place for place in placed if place.sheet is not None]
    place = _placed_at(there, point.y())
    if place is None or place.sheet is None:
        return None
    sheet = place.sheet
    part = sheet.parts[place.part]
    area = sheet.area(place.part).translated(0, place.top)
    if point.y() < area.top():
        offset = 0
    elif point.y() >= area.bottom():
        offset = units(part.text)
    elif part.kind == "text":
        inside = point - _origin(place, sheet, area, shifts)
        offset = sheet.box(place.part).position_at(inside.x(), inside.y())
    else:
        offset = 0 if point.x() < area.center().x() else units(part.text)
    return Place(place.number, part.block, part.piece, offset)


def spots_in(placed: Sequence[Placed], view_height: float) -> list[Spot]:
    """What in view can be pressed or looked at, in reading order."""
    return [spot for place in placed for spot in _spots_of(place, view_height)]


def rect_of(spot: Spot, placed: Sequence[Placed], typeset: Typeset) -> QRectF | None:
    """Where a spot is, if it is in view."""
    if spot.kind == "code":
        return next((copy_button(band, typeset) for band in bands_of(placed) if band.key == spot[:3]), None)
    for place in placed:
        sheet = place.sheet
        if sheet is None or (place.number, *_key(sheet, place)) != spot[:3]:
            continue
        area = sheet.area(place.part).translated(0, place.top)
        if spot.kind != "link":
            return area
        run = next((run for run in sheet.parts[place.part].runs if run.start == spot.start), None)
        if run is not None:
            rects = sheet.box(place.part).rects(run.start, run.start + run.length)
            return rects[0].translated(area.topLeft()) if rects else None
    return None


def link_of(spot: Spot, placed: Sequence[Placed]) -> str | None:
    """The address of a link's spot."""
    for place in placed:
        if place.sheet is not None and (place.number, *_key(place.sheet, place)) == spot[:3]:
            runs = place.sheet.parts[place.part].runs
            return next((run.link for run in runs if run.start == spot.start), None)
    return None


def _key(sheet: Sheet, place: Placed) -> tuple[int, int]:
    part = sheet.parts[place.part]
    return (part.block, part.piece)


def _spots_of(place: Placed, view_height: float) -> Iterator[Spot]:
    sheet = place.sheet
    if sheet is None:
        return
    part = sheet.parts[place.part]
    area = sheet.area(place.part).translated(0, place.top)
    if area.bottom() <= 0 or area.top() >= view_height:
        return
    if part.kind == "tool":
        yield Spot(place.number, part.block, part.piece, "tool")
    elif opens(part):
        yield Spot(place.number, part.block, part.piece, "image")
    elif part.style in ("code", "table"):
        first = sheet.parts[first_piece(sheet, place.part)]
        if first is part or place.top <= 0:
            yield Spot(place.number, first.block, first.piece, "code")
    else:
        yield from _links_of(place, sheet, part, area.topLeft(), view_height)


def _links_of(place: Placed, sheet: Sheet, part: Part, origin: QPointF, view_height: float) -> Iterator[Spot]:
    for run in part.runs:
        if run.link is None:
            continue
        rects = sheet.box(place.part).rects(run.start, run.start + run.length)
        shown = [rect.translated(origin) for rect in rects]
        if any(rect.bottom() > 0 and rect.top() < view_height for rect in shown):
            yield Spot(place.number, part.block, part.piece, "link", run.start)


def _placed_at(placed: Sequence[Placed], y: float) -> Placed | None:
    if not placed:
        return None
    return next((place for place in placed if place.bottom > y), placed[-1])


def _origin(
    place: Placed, sheet: Sheet, area: QRectF, shifts: Mapping[tuple[int, int, int], float]
) -> QPointF:
    """Where the text's own coordinates begin."""
    if sheet.parts[place.part].style != "table":
        return area.topLeft()
    first = sheet.parts[first_piece(sheet, place.part)]
    return area.topLeft() - QPointF(shifts.get((place.number, first.block, first.piece), 0.0), 0)
