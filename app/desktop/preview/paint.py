"""Paints the messages in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage

from app.desktop.formats import time_of
from app.desktop.painting import (
    RADIUS,
    WIDE_RADIUS,
    baseline,
    draw_text,
    fill,
    focus_ring,
    hairline,
    outline,
)
from app.desktop.preview import words
from app.desktop.preview.bands import bands_of, first_piece
from app.desktop.preview.marks import Spot
from app.desktop.preview.parts import SET_AS_CODE
from app.desktop.theme import mix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QPainter

    from app.desktop.preview.bands import Band
    from app.desktop.preview.flow import Placed
    from app.desktop.preview.marks import Marks, Match
    from app.desktop.preview.parts import Part
    from app.desktop.preview.sheet import Sheet
    from app.desktop.preview.typeset import Typeset

_FAR = 64.0
"""Pixels beyond the view after which a ground need not be drawn truly."""


def copy_button(band: Band, typeset: Typeset) -> QRectF:
    """Where a code block's copy button is: at its right, at its top or where the view begins."""
    px = typeset.look.px
    side = px(24)
    inset = min(px(4), max(0.0, (band.rect.height() - side) / 2))
    top = max(band.rect.top(), 0.0) + inset
    top = min(top, max(band.rect.top() + inset, band.rect.bottom() - side - inset))
    return QRectF(band.rect.right() - side - px(4), top, side, side)


class MessagePainter:
    """Paints one view: make it for a paint event."""

    def __init__(self, painter: QPainter, typeset: Typeset, marks: Marks, view: QRectF) -> None:
        self._painter = painter
        self._typeset = typeset
        self._look = typeset.look
        self._marks = marks
        self._view = view

    def paint(self, placed: Sequence[Placed]) -> None:
        """The messages, from grounds to what stands on them."""
        self._paint_grounds(placed)
        bands = bands_of(placed)
        for band in bands:
            self._paint_band(band)
        for place in placed:
            if place.sheet is None:
                self._paint_gap(place)
            else:
                self._paint_part(place, place.sheet)
        for band in bands:
            self._paint_copy(band)

    # ---- grounds ----------------------------------------------------------------------------------------

    def _ground(self, sheet: Sheet) -> QColor:
        return self._look.colors.soft if sheet.leaf.on_ground else self._look.colors.base

    def _paint_grounds(self, placed: Sequence[Placed]) -> None:
        typeset, seen = self._typeset, -1
        for place in placed:
            sheet = place.sheet
            if sheet is None or not sheet.leaf.on_ground or place.number == seen:
                continue
            seen = place.number
            top = place.top - sheet.top(place.part)
            left = typeset.ground_left
            right = self._view.width() - typeset.ground_right
            rect = QRectF(left, top + sheet.lead, right - left, sheet.height - sheet.lead)
            fill(self._painter, self._near(rect), self._look.colors.soft, WIDE_RADIUS)

    def _near(self, rect: QRectF) -> QRectF:
        top = max(rect.top(), -_FAR)
        return QRectF(rect.left(), top, rect.width(), min(rect.bottom(), self._view.height() + _FAR) - top)

    def _paint_band(self, band: Band) -> None:
        # What goes on beyond the view has no corners there.
        rect = band.rect.adjusted(0, 0 if band.opens else -_FAR, 0, 0 if band.closes else _FAR)
        colors = self._look.colors
        ground = colors.raised
        if band.sheet.leaf.on_ground:
            ground = mix(colors.text, colors.soft, 0.05)
        fill(self._painter, self._near(rect), ground, RADIUS)
        if self._marks.shows_ring and self._marks.focused == Spot(*band.key, "code"):
            outline(self._painter, self._near(rect), colors.accent, RADIUS, 2)

    def _paint_copy(self, band: Band) -> None:
        marks, colors = self._marks, self._look.colors
        spot = Spot(*band.key, "code")
        focused = marks.shows_ring and marks.focused == spot
        if not focused and marks.hovered_code != band.key:
            return
        rect = copy_button(band, self._typeset)
        fill(self._painter, rect, colors.base)
        outline(self._painter, rect, colors.button_edge)
        pressed_here = marks.hovered == spot
        icon = "check" if marks.copied == band.key else "copy"
        ink = colors.ok if marks.copied == band.key else colors.text if pressed_here else colors.text2
        self._look.icons.paint_centred(self._painter, icon, ink, rect, self._look.px(14))

    def _paint_gap(self, place: Placed) -> None:
        """Where messages are still being read: the shape of text."""
        paint_shape_of_text(
            self._painter,
            self._typeset,
            QRectF(0, place.top, self._view.width(), place.height),
            self._view.height(),
        )

    # ---- parts ------------------------------------------------------------------------------------------

    def _paint_part(self, place: Placed, sheet: Sheet) -> None:
        part = sheet.parts[place.part]
        area = sheet.area(place.part).translated(0, place.top)
        match part.kind:
            case "name":
                self._paint_name(sheet, part, area)
            case "text":
                self._paint_text(place, sheet, part, area)
            case "tool" | "image":
                self._paint_line(place, sheet, part, area)
            case "picture":
                self._paint_picture(sheet, part, area)
            case "rule":
                hairline(self._painter, area.left(), area.right(), area.top(), self._look.colors.line)

    def _paint_name(self, sheet: Sheet, part: Part, area: QRectF) -> None:
        look, leaf = self._look, sheet.leaf
        width = 0.0
        if leaf.at is not None:
            width = draw_text(
                self._painter, area, time_of(leaf.at), look, "small", look.colors.text3, "right"
            )
        self._select_line(sheet, part, area)
        ink = look.colors.accent if leaf.on_ground else look.colors.text
        room = area.adjusted(0, 0, -width - look.px(8), 0)
        draw_text(self._painter, room, part.text, look, "meta-bold", ink)

    def _paint_text(self, place: Placed, sheet: Sheet, part: Part, area: QRectF) -> None:
        painter, typeset, look = self._painter, self._typeset, self._look
        box = sheet.box(place.part)
        ground = look.colors.raised if part.style in SET_AS_CODE else self._ground(sheet)
        origin = area.topLeft()
        is_table = part.style == "table"
        if is_table:
            first = sheet.parts[first_piece(sheet, place.part)]
            origin -= QPointF(self._marks.shifts.get((place.number, first.block, first.piece), 0.0), 0)
            painter.save()
            painter.setClipRect(area.adjusted(-typeset.padding / 2, 0, typeset.padding / 2, 0))
        if part.style == "quote":
            self._paint_quote(sheet, place, area)
        for match in self._matches(place.number, part):
            strong = match == self._marks.match
            for rect in box.rects(match.start, match.end):
                self._paint_match(rect.translated(origin), strong=strong)
        selection = self._marks.selection
        if selection is not None:
            begin, stop = selection.inside(place.number, part)
            ink = self._selected(ground)
            for rect in box.rects(begin, stop):
                painter.fillRect(rect.translated(origin), ink)
        self._paint_run_ring(place.number, part, sheet, place.part, origin)
        if part.marker:
            step = typeset.step
            label = QRectF(area.left() - step, area.top(), step, typeset.pitch("body"))
            self._paint_marker(label, part.marker)
        box.paint(painter, origin, typeset.ink(part.style), self._view, typeset.code_ground(ground))
        if is_table:
            painter.restore()

    def _paint_marker(self, rect: QRectF, marker: str) -> None:
        look = self._look
        if marker == "•":
            size = look.px(4)
            middle = QPointF(rect.left() + look.px(5), baseline(rect, look, "body"))
            middle.setY(middle.y() - look.metrics("body").xHeight() / 2)
            dot = QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size)
            fill(self._painter, dot, look.colors.text3, size / 2)
            return
        # A long number reaches to the left rather than into the text.
        width = look.metrics("body").horizontalAdvance(marker)
        left = min(rect.left(), rect.right() - width - look.px(4))
        place = QPointF(left, rect.top() + self._typeset.baseline("body"))
        self._painter.setFont(look.font("body"))
        self._painter.setPen(look.colors.text2)
        self._painter.drawText(place, marker)

    def _paint_quote(self, sheet: Sheet, place: Placed, area: QRectF) -> None:
        px = self._look.px
        top = area.top()
        if place.part and sheet.parts[place.part - 1].style == "quote":
            top = place.top
        bar = QRectF(area.left() - self._typeset.padding, top, px(3), area.bottom() - top)
        fill(self._painter, bar, self._look.colors.button_edge, px(1.5))

    def _paint_line(self, place: Placed, sheet: Sheet, part: Part, area: QRectF) -> None:
        """A folded line: icon, name, what it is about, how it failed, the arrow."""
        painter, look, marks = self._painter, self._look, self._marks
        colors, px = look.colors, look.px
        spot = Spot(place.number, part.block, part.piece, "tool" if part.kind == "tool" else "image")
        tool = part.tool
        row = area.adjusted(-px(6), px(1), px(6), -px(1))
        if spot in (marks.hovered, marks.pressed):
            strength = 0.09 if marks.pressed == spot else 0.05
            fill(painter, row, mix(colors.text, self._ground(sheet), strength))
        self._select_line(sheet, part, area)
        for match in self._matches(place.number, part):
            self._paint_match(row.adjusted(px(4), px(4), -px(4), -px(4)), strong=match == marks.match)
        failed = tool is not None and tool.failed
        icon = words.tool_icon(tool) if tool is not None else "image"
        top = round(area.center().y() - px(16) / 2)
        look.icons.paint(
            painter, icon, colors.bad if failed else colors.text2, QPointF(area.left(), top), px(16)
        )
        is_open = part.block in sheet.opened or part.block in sheet.pictures
        arrow = QRectF(area.right() - px(13), area.top(), px(12), area.height())
        opens = tool is not None or (part.image is not None and part.image.size > 0)
        if opens:
            look.icons.paint_centred(
                painter, "chev-down" if is_open else "chev-right", colors.text2, arrow, px(12)
            )
        room = area.adjusted(px(24), 0, -px(19) if opens else 0, 0)
        if tool is None:
            draw_text(painter, room, part.text, look, "meta", colors.text2)
        else:
            failure = words.failure(tool)
            if failure:
                taken = draw_text(painter, room, failure, look, "meta", colors.bad, "right")
                room.setRight(room.right() - taken - px(8))
            taken = draw_text(painter, room, words.tool_name(tool), look, "meta-strong", colors.text2)
            room.setLeft(room.left() + taken + px(8))
            role = "mono-small" if tool.kind in ("call", "command") else "meta"
            draw_text(painter, room, tool.summary, look, role, colors.text3)  # type: ignore[arg-type]
        if marks.shows_ring and marks.focused == spot:
            focus_ring(painter, row.adjusted(4, 4, -4, -4), look)

    def _paint_picture(self, sheet: Sheet, part: Part, area: QRectF) -> None:
        shown = self._marks.pictures.get((sheet.leaf.number, part.block))
        if isinstance(shown, QImage):
            rect = QRectF(area.topLeft(), sheet.pictures[part.block])
            self._painter.setRenderHint(self._painter.RenderHint.SmoothPixmapTransform)
            self._painter.drawImage(rect, shown)
        elif shown:
            draw_text(self._painter, area, shown, self._look, "meta", self._look.colors.text3)

    # ---- marks ------------------------------------------------------------------------------------------

    def _selected(self, ground: QColor) -> QColor:
        ink = self._typeset.selection(ground)
        return ink if self._marks.is_active else mix(ink, ground, 0.6)

    def _select_line(self, sheet: Sheet, part: Part, area: QRectF) -> None:
        selection = self._marks.selection
        if selection is None:
            return
        begin, stop = selection.inside(sheet.leaf.number, part)
        if stop > begin:
            self._painter.fillRect(area, self._selected(self._ground(sheet)))

    def _matches(self, number: int, part: Part) -> list[Match]:
        needle = self._marks.needle
        return list(needle.matches(number, part)) if needle is not None else []

    def _paint_match(self, rect: QRectF, *, strong: bool) -> None:
        colors = self._look.colors
        fill(self._painter, rect.adjusted(-1, 1, 1, -1), colors.secret, 3)
        if strong:
            outline(self._painter, rect.adjusted(-1.5, 0.5, 1.5, -0.5), colors.warning, 3.5, 1.5)

    def _paint_run_ring(self, number: int, part: Part, sheet: Sheet, index: int, origin: QPointF) -> None:
        focused = self._marks.focused
        if (
            not self._marks.shows_ring
            or focused is None
            or focused.kind != "link"
            or focused[:3] != (number, part.block, part.piece)
        ):
            return
        run = next((run for run in part.runs if run.start == focused.start), None)
        if run is not None:
            for rect in sheet.box(index).rects(run.start, run.start + run.length):
                moved = rect.translated(origin).adjusted(-2, 0, 2, 0)
                outline(self._painter, moved, self._look.colors.accent, 4, 2)


def paint_shape_of_text(painter: QPainter, typeset: Typeset, rect: QRectF, bottom: float) -> None:
    """Grey bars where words will be."""
    look = typeset.look
    px = look.px
    painter.setPen(Qt.PenStyle.NoPen)
    left, right = typeset.left, rect.width() - typeset.right
    y = rect.top() + px(24)
    shares = (0.22, 0.94, 0.86, 0.55)
    number = 0
    while y + px(10) <= rect.bottom() and y < bottom:
        share = shares[number % len(shares)]
        if y > -px(20):
            fill(painter, QRectF(left, y, (right - left) * share, px(9)), look.colors.segment, px(4))
        number += 1
        y += px(20) if number % len(shares) else px(50)
