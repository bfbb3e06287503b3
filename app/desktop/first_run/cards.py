"""What the first steps are painted with: the app's tile, the bars that count the steps, the cards of a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.desktop.painting import WIDE_RADIUS, draw_text, fill, focus_ring, outline
from app.desktop.widgets.buttons import RING, PaintedButton

if TYPE_CHECKING:
    from app.desktop.theme import Look

_WRAP = Qt.TextFlag.TextWordWrap.value
_MIDDLE = Qt.AlignmentFlag.AlignVCenter.value

_TEXT_LEFT = 64
_ICON = 24
_SIGN = 16


class AppTile(QWidget):
    """The app's icon, 40 wide."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self.look.px(40), self.look.px(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """White on the accent."""
        painter = QPainter(self)
        rect = QRectF(self.rect())
        fill(painter, rect, self.look.colors.accent_fill, self.look.px(9))
        ink = self.look.colors.on_accent
        self.look.icons.paint_centred(painter, "archive", ink, rect, self.look.px(20))


class StepBars(QWidget):
    """One bar for each step; those up to the present one are filled. The words beside it say the same."""

    def __init__(self, look: Look, steps: int) -> None:
        super().__init__()
        self.look = look
        self._steps = steps
        self._step = 1
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def set_step(self, step: int) -> None:
        """The present step, from 1."""
        self._step = step
        self.update()

    def sizeHint(self) -> QSize:
        """24 by 4 each, 4 apart."""
        return QSize(self.look.px(28 * self._steps - 4), self.look.px(4))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bars."""
        painter = QPainter(self)
        px, colors = self.look.px, self.look.colors
        for number in range(self._steps):
            bar = QRectF(px(28 * number), 0, px(24), self.height())
            fill(painter, bar, colors.progress if number < self._step else colors.track, bar.height() / 2)


class ChoiceCard(PaintedButton):
    """One of a few in the same parent: icon, title, a line, a fainter line, and the sign of what is chosen.

    Lines that do not fit go on below. Up and down move between cards; Return goes on.
    """

    entered = Signal()
    """Return was pressed."""

    def __init__(
        self, look: Look, key: str, icon: str, title: str, line: str, note: str = "", *, warns: bool = False
    ) -> None:
        """`warns`: the note is one to heed."""
        super().__init__(look)
        self.key = key
        self._icon = icon
        self._line = line
        self._note = note
        self._warns = warns
        self.setText(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._name()

    def set_lines(self, line: str, note: str = "") -> None:
        """Other words below the title."""
        self._line, self._note = line, note
        self._name()
        self.updateGeometry()
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(f"{self._line} {self._note}".strip())

    # ---- measures ---------------------------------------------------------------------------------------

    def _room(self, width: int) -> float:
        """What the words may take in a card this wide, the ring's room included."""
        return width - 2 * RING - self.look.px(_TEXT_LEFT + 56)

    def _height_of(self, text: str, *, small: bool, width: float) -> float:
        metrics = self.look.metrics("meta" if small else "body")
        box = metrics.boundingRect(QRectF(0, 0, max(80.0, width), 1e4), _WRAP, text)
        return max(self.look.px(18 if small else 20), round(box.height() + 2)) if text else 0

    def heightForWidth(self, width: int) -> int:
        """Title, line and note, 80 high where each is one line."""
        px, room = self.look.px, self._room(width)
        words = (
            px(20)
            + self._height_of(self._line, small=False, width=room)
            + self._height_of(self._note, small=True, width=room)
        )
        return round(max(px(56), words + px(22))) + 2 * RING

    def hasHeightForWidth(self) -> bool:
        """Narrow cards are higher."""
        return True

    def sizeHint(self) -> QSize:
        """As in LOOK.md's picture."""
        width = self.look.px(592) + 2 * RING
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return QSize(self.look.px(280), self.look.px(56) + 2 * RING)

    # ---- keyboard ---------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return chooses and goes on."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.setChecked(True)
            self.entered.emit()
            return
        super().keyPressEvent(event)

    # ---- painting ---------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The card; its edge and ground show that it is chosen, and the sign at its right."""
        painter = QPainter(self)
        look, px = self.look, self.look.px
        colors = look.colors
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        chosen = self.isChecked()
        if chosen:
            fill(painter, rect, colors.soft, WIDE_RADIUS)
            outline(painter, rect, colors.accent, WIDE_RADIUS, 1.5)
        else:
            fill(painter, rect, colors.hover if self.hovered else colors.base, WIDE_RADIUS)
            outline(painter, rect, colors.button_edge, WIDE_RADIUS)
        icon_ink = colors.accent if chosen else colors.text2
        place = QPointF(rect.left() + px(20), round(rect.center().y() - px(_ICON) / 2))
        look.icons.paint(painter, self._icon, icon_ink, place, px(_ICON))
        self._paint_words(painter, rect)
        side = px(_SIGN)
        sign = QRectF(rect.right() - px(20) - side, round(rect.center().y() - side / 2), side, side)
        if chosen:
            fill(painter, sign, colors.accent_fill, side / 2)
            dot = sign.adjusted(side * 0.31, side * 0.31, -side * 0.31, -side * 0.31)
            fill(painter, dot, colors.on_accent, dot.width() / 2)
        else:
            outline(painter, sign, colors.text2 if self.hovered else colors.control_edge, side / 2, 1.5)
        if self.ring and self.hasFocus():
            focus_ring(painter, rect, look, WIDE_RADIUS)

    def _paint_words(self, painter: QPainter, rect: QRectF) -> None:
        look, px = self.look, self.look.px
        room = self._room(self.width())
        line = self._height_of(self._line, small=False, width=room)
        note = self._height_of(self._note, small=True, width=room)
        left = rect.left() + px(_TEXT_LEFT)
        top = rect.center().y() - (px(20) + line + note) / 2
        draw_text(painter, QRectF(left, top, room, px(20)), self.text(), look, "bold", look.colors.text)
        painter.setFont(look.font("body"))
        painter.setPen(look.colors.text2)
        painter.drawText(QRectF(left, top + px(20), room, line), _WRAP | _MIDDLE, self._line)
        painter.setFont(look.font("meta"))
        painter.setPen(look.colors.warning if self._warns else look.colors.text2)
        painter.drawText(QRectF(left, top + px(20) + line, room, note), _WRAP | _MIDDLE, self._note)


class QuietLink(PaintedButton):
    """Words to press that stand at the edge of the column, without a ground."""

    def __init__(self, look: Look, text: str) -> None:
        super().__init__(look)
        self.setText(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        """The words and the ring's room."""
        width = self.look.metrics("strong").horizontalAdvance(self.text())
        return QSize(round(width + 1) + 2 * RING, self.look.px(32) + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        """Never clipped."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The words; darker under the mouse."""
        painter = QPainter(self)
        colors = self.look.colors
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        ink = colors.text if self.hovered else colors.text2
        draw_text(painter, rect, self.text(), self.look, "strong", ink, elide=Qt.TextElideMode.ElideNone)
        if self.ring and self.hasFocus():
            focus_ring(painter, rect.adjusted(0, 4, 0, -4), self.look)
