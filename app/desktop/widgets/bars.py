"""A progress bar as a widget of its own; rows paint theirs with the same functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from app.desktop.formats import percent
from app.desktop.painting import draw_bar, draw_waiting_bar

if TYPE_CHECKING:
    from PySide6.QtCore import QTimerEvent
    from PySide6.QtGui import QHideEvent, QShowEvent

    from app.desktop.theme import Look

PASS_SECONDS = 1.6
"""How long the light takes to pass while the end is not known (LOOK.md, Progress)."""

FRAME_MILLISECONDS = 33

STEPS = 1000
"""What a screen reader is told of, in all."""


class ProgressBar(QProgressBar):
    """`set_fraction(None)`: the end is not known, a light passes."""

    def __init__(self, look: Look, name: str, *, thickness: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._thickness = thickness
        self._fraction: float | None = 0.0
        self._phase = 0.0
        self._timer = 0
        self.setTextVisible(False)
        self.setRange(0, STEPS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        look.changed.connect(self._animate)

    def fraction(self) -> float | None:
        """How far it is, 0 to 1."""
        return self._fraction

    def set_fraction(self, fraction: float | None) -> None:
        """How far it is, 0 to 1; None while that is not known."""
        if fraction == self._fraction:
            return
        self._fraction = fraction
        # A new value has Qt paint at once all that waits to be painted in the window; it will be painted soon anyway.
        self.setUpdatesEnabled(False)
        self.setRange(0, 0 if fraction is None else STEPS)
        self.setValue(0 if fraction is None else round(fraction * STEPS))
        self.setUpdatesEnabled(True)
        self.setAccessibleDescription("" if fraction is None else percent(fraction))
        self._animate()

    def sizeHint(self) -> QSize:
        """As thick as it is."""
        return QSize(self.look.px(120), self.look.px(self._thickness))

    def minimumSizeHint(self) -> QSize:
        """As thin as it is."""
        return QSize(self.look.px(16), self.look.px(self._thickness))

    def _animate(self) -> None:
        wanted = self._fraction is None and self.isVisible() and not self.look.reduced_motion
        if wanted and not self._timer:
            self._timer = self.startTimer(FRAME_MILLISECONDS)
        elif not wanted and self._timer:
            self.killTimer(self._timer)
            self._timer = 0
        self.update()

    def timerEvent(self, _event: QTimerEvent) -> None:
        """The light goes on."""
        self._phase = (self._phase + FRAME_MILLISECONDS / 1000 / PASS_SECONDS) % 1.0
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """It moves only while it is seen."""
        super().showEvent(event)
        self._animate()

    def hideEvent(self, event: QHideEvent) -> None:
        """It rests."""
        super().hideEvent(event)
        self._animate()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar, in the middle of its height."""
        painter = QPainter(self)
        thickness = self.look.px(self._thickness)
        rect = QRectF(0, (self.height() - thickness) / 2, self.width(), thickness)
        if self._fraction is None:
            draw_waiting_bar(painter, rect, self.look, self._phase)
        else:
            draw_bar(painter, rect, self.look, self._fraction)
