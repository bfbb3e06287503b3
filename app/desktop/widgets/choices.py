"""A choice of one with a line that explains it, and a choice of yes or no: painted as the buttons are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.desktop.painting import draw_text, fill, focus_ring, outline
from app.desktop.theme import mix
from app.desktop.widgets.buttons import RING, PaintedButton

if TYPE_CHECKING:
    from app.desktop.theme import Look

_SIGN = 16


class Radio(PaintedButton):
    """One of several in the same parent: a ring, a title, and a line below it."""

    def __init__(self, look: Look, title: str, line: str = "", parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.line = line
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(line)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Both lines in full, and the ring's room."""
        px = self.look.px
        title = self.look.metrics("strong").horizontalAdvance(self.text())
        line = self.look.metrics("meta").horizontalAdvance(self.line)
        height = px(20) + (px(18) if self.line else 0)
        return QSize(round(max(title, line) + 1) + px(_SIGN + 12) + 2 * RING, height + px(8) + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        """Never clipped."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sign and the words."""
        painter = QPainter(self)
        colors, px = self.look.colors, self.look.px
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        first = QRectF(rect.left() + px(_SIGN + 12), rect.top() + px(4), rect.width(), px(20))
        first.setRight(rect.right())
        side = px(_SIGN)
        sign = QRectF(rect.left() + px(2), round(first.center().y() - side / 2), side, side)
        if self.isChecked():
            fill(painter, sign, colors.accent_fill, side / 2)
            dot = sign.adjusted(side * 0.31, side * 0.31, -side * 0.31, -side * 0.31)
            fill(painter, dot, colors.on_accent, dot.width() / 2)
        else:
            fill(painter, sign, colors.base, side / 2)
            outline(painter, sign, colors.text2 if self.hovered else colors.control_edge, side / 2, 1.5)
        draw_text(painter, first, self.text(), self.look, "strong", colors.text)
        if self.line:
            second = QRectF(first.left(), first.bottom(), first.width(), px(18))
            draw_text(painter, second, self.line, self.look, "meta", colors.text2)
        if self.ring and self.hasFocus():
            focus_ring(painter, rect.adjusted(2, 2, -2, -2), self.look)


class Check(PaintedButton):
    """Yes or no: a box and its words."""

    def __init__(
        self, look: Look, text: str, *, checked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setChecked(checked)

    def sizeHint(self) -> QSize:
        """The box, the words, and the ring's room."""
        px = self.look.px
        width = self.look.metrics("body").horizontalAdvance(self.text())
        return QSize(round(width + 1) + px(_SIGN + 12) + 2 * RING, px(24) + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        """Never clipped."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The box, ticked or not, and the words."""
        painter = QPainter(self)
        colors, px = self.look.colors, self.look.px
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        side = px(_SIGN)
        box = QRectF(rect.left() + px(2), round(rect.center().y() - side / 2), side, side)
        on, faint = self.isChecked(), not self.isEnabled()
        if on:
            fill(painter, box, mix(colors.accent_fill, colors.base, 0.4) if faint else colors.accent_fill, 4)
            painter.setPen(
                QPen(
                    colors.on_accent,
                    side / 9,
                    Qt.PenStyle.SolidLine,
                    Qt.PenCapStyle.RoundCap,
                    Qt.PenJoinStyle.RoundJoin,
                )
            )
            points = ((0.27, 0.53), (0.43, 0.68), (0.74, 0.34))
            painter.drawPolyline([QPointF(box.left() + x * side, box.top() + y * side) for x, y in points])
        else:
            edge = colors.text2 if self.hovered else colors.control_edge
            outline(painter, box, mix(edge, colors.base, 0.4) if faint else edge, 4, 1.5)
        ink = mix(colors.text3, colors.base, 0.6) if faint else colors.text
        words = QRectF(rect.left() + px(_SIGN + 12), rect.top(), rect.width() - px(_SIGN + 12), rect.height())
        draw_text(painter, words, self.text(), self.look, "body", ink, elide=Qt.TextElideMode.ElideNone)
        if self.ring and self.hasFocus():
            focus_ring(painter, rect.adjusted(2, 2, -2, -2), self.look)
