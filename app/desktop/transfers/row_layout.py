"""Where things stand in a row: the same for what is painted and for what the mouse meets. LOOK.md, 03-transfers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from app.desktop.painting import button_width
from app.desktop.transfers.actions import ICONS, buttons_of, mending, name_of

if TYPE_CHECKING:
    from app.desktop.messages import Messages
    from app.desktop.painting import ButtonKind
    from app.desktop.theme import Look
    from app.desktop.transfers.actions import Action
    from app.desktop.transfers.sections import Item, SectionName

# Pixels at 100 %.
HEADING = 40
_HEIGHTS: dict[SectionName, int] = {"attention": 84, "progress": 56}
_ENDED = 48
_GAP = 4
"""Below the ground of a failed row."""
TEXT = 44
EDGE = 8
BUTTON = 28
_BETWEEN = 4
_BAR = 212
_BAR_LEAST = 44
_BAR_GIVES = 0.35
"""How much of a narrower row the bar takes upon itself."""
_USUAL_WIDTH = 1056
_PERCENT = 48
_ROOM = 16
_COPY_LEAVES = 620
"""In a row narrower than this "Copy details" stands in the menu only."""


def height_of(section: SectionName) -> int:
    """A row's height at 100 %."""
    return _HEIGHTS.get(section, _ENDED)


@dataclass(frozen=True, slots=True)
class PlacedButton:
    """A button in a row. Without `text` it is an icon."""

    action: Action
    rect: QRectF
    name: str
    icon: str | None = None
    kind: ButtonKind = "quiet"


@dataclass(frozen=True, slots=True)
class RowLayout:
    """The places in a row, in the coordinates of the row's own rectangle."""

    ground: QRectF
    icon: QRectF
    title: QRectF
    line: QRectF
    problem: QRectF
    bar: QRectF
    percent: QRectF
    buttons: tuple[PlacedButton, ...]

    def button_at(self, x: float, y: float) -> PlacedButton | None:
        """The button at a point."""
        return next((button for button in self.buttons if button.rect.contains(x, y)), None)

    def button(self, action: Action | None) -> PlacedButton | None:
        """The button that does something."""
        return next((button for button in self.buttons if button.action == action), None)


def lay_out(rect: QRectF, item: Item, look: Look, messages: Messages, *, alone: bool) -> RowLayout:
    """`alone`: it is the only one that needs attention; its button is then the page's primary one."""
    px = look.px
    failed = item.section == "attention"
    ground = rect.adjusted(0, 0, 0, -px(_GAP)) if failed else rect
    buttons = _place_buttons(ground, item, look, messages, alone=alone)
    left = rect.left() + px(TEXT)
    end = min((button.rect.left() for button in buttons), default=ground.right() - px(EDGE))
    title_at, line_at = (0.5 * rect.height() - px(10), 0.5 * rect.height() + px(10))
    if failed:
        title_at, line_at = px(18), px(38)

    def text(centre: float, right: float) -> QRectF:
        return QRectF(left, rect.top() + centre - px(10), max(0.0, right - left), px(20))

    bar = percent = QRectF()
    text_end = end - px(_ROOM)
    if item.section == "progress":
        # Bars stand below each other, whatever buttons a row has.
        percent_right = rect.right() - px(EDGE) - px(BUTTON) * 2 - px(_BETWEEN) - px(20)
        percent = QRectF(percent_right - px(_PERCENT), rect.top(), px(_PERCENT), rect.height())
        width = max(px(_BAR_LEAST), px(_BAR) - _BAR_GIVES * max(0.0, px(_USUAL_WIDTH) - rect.width()))
        bar = QRectF(round(percent.left() - width), round(rect.center().y() - px(4) / 2), round(width), px(4))
        text_end = bar.left() - px(_ROOM)
    side = px(20)
    icon_y = rect.top() + (px(28) if failed else rect.height() / 2)
    return RowLayout(
        ground=ground,
        icon=QRectF(rect.left() + px(22) - side / 2, icon_y - side / 2, side, side),
        title=text(title_at, text_end),
        line=text(line_at, text_end),
        problem=text(px(58), text_end) if failed else QRectF(),
        bar=bar,
        percent=percent,
        buttons=buttons,
    )


def _place_buttons(
    ground: QRectF, item: Item, look: Look, messages: Messages, *, alone: bool
) -> tuple[PlacedButton, ...]:
    row, px = item.row, look.px
    placed: list[PlacedButton] = []
    right = ground.right() - px(EDGE)
    top = ground.center().y() - px(BUTTON) / 2

    def rect(width: float) -> QRectF:
        return QRectF(round(right - width), round(top), width, px(BUTTON))

    for action in reversed(buttons_of(row, messages)):
        if action == "copy-details" and ground.width() < px(_COPY_LEAVES):
            continue
        worded = item.section == "attention" and action != "menu"
        if worded:
            mend = mending(row, messages) if action == "mend" else None
            name = messages.label(mend) if mend is not None else name_of(action)
            kind: ButtonKind = "quiet" if action == "copy-details" else "secondary"
            if action == "mend" and alone:
                kind = "primary"
            place = rect(button_width(look, name, None, kind))
            placed.append(PlacedButton(action, place, name, kind=kind))
        else:
            placed.append(PlacedButton(action, rect(px(BUTTON)), name_of(action), ICONS[action]))
        right = placed[-1].rect.left() - px(EDGE if worded else _BETWEEN)
    return tuple(reversed(placed))
