"""Paints headings and rows with the functions that widgets use too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.desktop.formats import number, percent
from app.desktop.messages import sentences
from app.desktop.painting import (
    RADIUS,
    WIDE_RADIUS,
    draw_bar,
    draw_button,
    draw_text,
    draw_waiting_bar,
    fill,
    fill_merged,
    focus_ring,
    hairline,
    outline,
)
from app.desktop.theme import mix
from app.desktop.transfers.row_layout import EDGE, TEXT
from app.desktop.transfers.words import section_title

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QPainter

    from app.desktop.theme import Look
    from app.desktop.transfers.actions import Action
    from app.desktop.transfers.row_layout import PlacedButton, RowLayout
    from app.desktop.transfers.sections import Item, Section
    from app.desktop.transfers.words import Words


@dataclass(frozen=True, slots=True)
class RowLook:
    """How a row stands among the others and under the mouse."""

    selected: bool = False
    selected_above: bool = False
    selected_below: bool = False
    hovered: bool = False
    line_below: bool = False
    ring: bool = False
    hovered_button: Action | None = None
    pressed_button: Action | None = None
    focused_button: Action | None = None


class RowPainter:
    """Knows the look and the words; everything else is told."""

    def __init__(self, look: Look, words: Words) -> None:
        self.look = look
        self.words = words
        self.phase = 0.0
        """Where the passing light is, 0 to 1."""

    def paint_heading(self, painter: QPainter, rect: QRectF, section: Section) -> None:
        """What follows, and how many."""
        look = self.look
        line = rect.adjusted(look.px(EDGE), look.px(4), -look.px(EDGE), 0)
        width = draw_text(painter, line, section_title(section.name), look, "meta-bold", look.colors.text2)
        count = line.adjusted(width + look.px(9), 0, 0, 0)
        draw_text(painter, count, number(len(section.items)), look, "meta", look.colors.text3)

    def paint_row(
        self, painter: QPainter, rect: QRectF, item: Item, layout: RowLayout, row_look: RowLook
    ) -> None:
        """A whole row."""
        look, colors, row = self.look, self.look.colors, item.row
        ground = self._paint_ground(painter, layout, item, row_look)
        if row_look.line_below:
            left, right = rect.left() + look.px(TEXT), rect.right() - look.px(EDGE)
            hairline(painter, left, right, rect.bottom() - 1, colors.line)
        icon, ink = self.words.icon(row)
        look.icons.paint_centred(painter, icon, getattr(colors, ink), layout.icon, layout.icon.width())
        draw_text(painter, layout.title, row.title, look, "strong", colors.text)
        failed = item.section == "attention"
        line_ink = colors.bad if failed else colors.text2
        draw_text(painter, layout.line, self.words.line(item), look, "meta", line_ink)
        if failed:
            self._paint_problem(painter, item, layout)
        self._paint_bar(painter, item, layout)
        for button in layout.buttons:
            self._paint_button(painter, button, row_look, ground)
        if row_look.ring and row_look.focused_button is None:
            outline(painter, layout.ground.adjusted(0.5, 0.5, -0.5, -0.5), colors.accent, RADIUS, 1.5)

    def paint_bar(self, painter: QPainter, item: Item, layout: RowLayout, row_look: RowLook) -> None:
        """What a row shows inside its bar's place, and no more."""
        self._paint_ground(painter, layout, item, row_look)
        self._paint_bar(painter, item, layout)

    def _paint_ground(self, painter: QPainter, layout: RowLayout, item: Item, row_look: RowLook) -> QColor:
        colors = self.look.colors
        if item.section == "attention":
            fill(painter, layout.ground, colors.bad_ground, WIDE_RADIUS)
            if row_look.selected:
                # A darker ground would take contrast from the red words.
                outline(painter, layout.ground, colors.bad, WIDE_RADIUS)
            return colors.bad_ground
        if row_look.selected:
            above, below = row_look.selected_above, row_look.selected_below
            fill_merged(painter, layout.ground, colors.row_selected, RADIUS, not above, not below)
            return colors.row_selected
        if row_look.hovered:
            fill(painter, layout.ground, colors.hover)
            return colors.hover
        return colors.base

    def _paint_problem(self, painter: QPainter, item: Item, layout: RowLayout) -> None:
        """What in the text's own colour; cause and next step after it, the cause only where there is room for both."""
        error = item.row.error
        if error is None:
            return
        look, place = self.look, layout.problem
        what, rest = self.problem_within(item, place.width())
        width = draw_text(painter, place, what, look, "meta-strong", look.colors.text)
        space = look.metrics("meta").horizontalAdvance(" ")
        left = place.adjusted(width + space, 0, 0, 0)
        if left.width() > look.px(24):
            draw_text(painter, left, rest, look, "meta", look.colors.text2)

    def problem_within(self, item: Item, width: float) -> tuple[str, str]:
        """The words of a failed row: (what, the rest)."""
        assert item.row.error is not None
        what, cause, next_step = self.words.problem(item.row.error)
        metrics = self.look.metrics("meta")
        both = sentences(cause, next_step)
        needed = self.look.metrics("meta-strong").horizontalAdvance(what) + metrics.horizontalAdvance(
            f" {both}"
        )
        return what, (both if needed <= width else next_step)

    def _paint_bar(self, painter: QPainter, item: Item, layout: RowLayout) -> None:
        look, bar = self.look, self.words.bar(item.row)
        if bar.kind == "waiting":
            draw_waiting_bar(painter, layout.bar, look, self.phase)
        elif bar.kind != "none":
            color = look.colors.text3 if bar.kind == "paused" else None
            draw_bar(painter, layout.bar, look, bar.fraction, color=color)
            said = percent(bar.fraction)
            draw_text(painter, layout.percent, said, look, "meta", look.colors.text2, "right")

    def _paint_button(
        self, painter: QPainter, button: PlacedButton, row_look: RowLook, ground: QColor
    ) -> None:
        look, colors = self.look, self.look.colors
        hovered = row_look.hovered_button == button.action
        pressed = row_look.pressed_button == button.action and hovered
        if button.icon is None:
            draw_button(
                painter,
                button.rect,
                look,
                button.name,
                button.kind,
                hovered=hovered,
                pressed=pressed,
                ground=ground,
            )
        else:
            ink = colors.text2
            if hovered:
                fill(painter, button.rect, mix(colors.text, ground, 0.1 if pressed else 0.06))
                ink = colors.text
            look.icons.paint_centred(painter, button.icon, ink, button.rect, look.px(16))
        if row_look.ring and row_look.focused_button == button.action:
            focus_ring(painter, button.rect, look)
