"""Buttons, icon buttons and the switch: painted by the functions that delegates use too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.desktop.painting import button_width, draw_button, fill, focus_ring, outline
from app.desktop.theme import mix

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from app.desktop.painting import ButtonKind
    from app.desktop.theme import Look

RING = 4
"""Room around a control for its focus ring."""

_BY_KEYBOARD = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    }
)


class PaintedButton(QAbstractButton):
    """A button that knows whether its focus came from the keyboard, where the mouse is, and when the look changes."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.ring = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._look_changed)

    def _look_changed(self) -> None:
        self.updateGeometry()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is for people who use the keyboard."""
        self.ring = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No focus, no ring."""
        self.ring = False
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses what has the focus, as Space does."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.click()
            return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Hover."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No more hover."""
        self.update()
        super().leaveEvent(event)

    @property
    def hovered(self) -> bool:
        """Whether the mouse is on it and it can be pressed."""
        return self.isEnabled() and self.underMouse()


class Button(PaintedButton):
    """A push button: `primary` (one in a view), `secondary`, `quiet`, `link`, `danger`.

    Its size includes the room for the focus ring: RING pixels on every side.
    """

    def __init__(
        self,
        look: Look,
        text: str,
        kind: ButtonKind = "secondary",
        *,
        icon: str | None = None,
        small: bool = False,
        ground: str = "base",
        parent: QWidget | None = None,
    ) -> None:
        """`small`: 28 high, for rows and strips. `ground`: the colour role of what it stands on."""
        super().__init__(look, parent)
        self.kind: ButtonKind = kind
        self.icon_name = icon
        self._small = small
        self._ground = ground
        self.setText(text)

    def setText(self, text: str) -> None:
        """The words; an ampersand is an ampersand."""
        super().setText(text)
        self.setShortcut(QKeySequence())
        self.setAccessibleName(text)
        self.updateGeometry()

    def set_kind(self, kind: ButtonKind) -> None:
        """Make it another kind."""
        self.kind = kind
        self.update()

    def set_ground(self, ground: str) -> None:
        """It stands on another colour role now."""
        self._ground = ground
        self.update()

    def sizeHint(self) -> QSize:
        """The words, the icon, the padding and the ring's room."""
        height = self.look.px(28 if self._small else 32)
        width = button_width(self.look, self.text(), self.icon_name, self.kind)
        return QSize(width + 2 * RING, height + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        """Never clipped."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The button, and the ring when it was reached by keyboard."""
        painter = QPainter(self)
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        draw_button(
            painter,
            rect,
            self.look,
            self.text(),
            self.kind,
            icon=self.icon_name,
            hovered=self.hovered,
            pressed=self.isDown(),
            enabled=self.isEnabled(),
            ground=getattr(self.look.colors, self._ground),
        )
        if self.ring and self.hasFocus():
            focus_ring(painter, rect, self.look)


class IconButton(PaintedButton):
    """A button that is an icon. `name` is what it does, said by tooltip and to screen readers."""

    def __init__(
        self, look: Look, icon: str, name: str, *, ground: str = "base", parent: QWidget | None = None
    ) -> None:
        super().__init__(look, parent)
        self.icon_name = icon
        self._ground = ground
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """What it does."""
        self.setToolTip(name)
        self.setAccessibleName(name)

    def set_icon(self, icon: str) -> None:
        """Another icon."""
        self.icon_name = icon
        self.update()

    def sizeHint(self) -> QSize:
        """A square of 28, and the ring's room."""
        side = self.look.px(28) + 2 * RING
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Never clipped."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The icon; a ground when the mouse is on it."""
        painter = QPainter(self)
        colors = self.look.colors
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        ground: QColor = getattr(colors, self._ground)
        ink = colors.text2
        if self.hovered or self.isDown() or self.isChecked():
            fill(painter, rect, mix(colors.text, ground, 0.1 if self.isDown() else 0.06))
            ink = colors.text
        if not self.isEnabled():
            ink = mix(colors.text3, ground, 0.45)
        self.look.icons.paint_centred(painter, self.icon_name, ink, rect, self.look.px(16))
        if self.ring and self.hasFocus():
            focus_ring(painter, rect, self.look)


class Switch(PaintedButton):
    """On or off. Its accessible name is the setting's."""

    def __init__(
        self, look: Look, name: str, *, checked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, parent)
        self.setCheckable(True)
        self.setChecked(checked)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        """36 by 20, and the ring's room."""
        return QSize(self.look.px(36) + 2 * RING, self.look.px(20) + 2 * RING)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A track and its knob."""
        painter = QPainter(self)
        colors = self.look.colors
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        radius = rect.height() / 2
        on = self.isChecked()
        face = colors.accent_fill if on else colors.track
        if not self.isEnabled():
            face = mix(face, colors.base, 0.5)
        fill(painter, rect, face, radius)
        if not on:
            outline(painter, rect, colors.control_edge, radius)
        knob = rect.height() - self.look.px(4)
        inset = (rect.height() - knob) / 2
        left = rect.right() - knob - inset if on else rect.left() + inset
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.on_accent if on else colors.control_edge)
        painter.drawEllipse(
            QRectF(QPointF(left, rect.top() + inset), QPointF(left + knob, rect.top() + inset + knob))
        )
        if self.ring and self.hasFocus():
            focus_ring(painter, rect, self.look, radius)
