"""What a page shows when it has nothing to list: an icon, a heading, two lines, something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.widgets.labels import Label, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.theme import Look
    from app.desktop.widgets.buttons import Button


class EmptyState(QWidget):
    """In the middle of its room; with `dashed` as the place to drop things."""

    def __init__(
        self,
        look: Look,
        icon: str,
        heading: str,
        lines: str,
        buttons: Sequence[Button] = (),
        *,
        dashed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look = look
        self._dashed = dashed
        self.heading = Label(look, heading, "page")
        self.lines = Label(look, lines, "body", "text2", wrap=True)
        for label in (self.heading, self.lines):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.lines.setFixedWidth(look.px(560))
        self._fit_lines()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(look.px(24), look.px(24), look.px(24), look.px(24))
        layout.setSpacing(0)
        layout.addStretch(1)
        self._icon = Picture(look, icon, "text3", side=48)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(look.px(20))
        layout.addWidget(self.heading)
        layout.addSpacing(look.px(6))
        layout.addWidget(self.lines, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(look.px(18))
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)
        self.setAccessibleName(heading)
        look.changed.connect(self.update)

    def set_text(self, heading: str, lines: str, icon: str | None = None) -> None:
        """Other words."""
        self.heading.setText(heading)
        self.lines.setText(lines)
        self._fit_lines()
        self.setAccessibleName(heading)
        if icon is not None:
            self._icon.set_icon(icon)

    def _fit_lines(self) -> None:
        # In the middle of a layout a label is not asked how high its width makes it.
        self.lines.setFixedHeight(max(0, self.lines.heightForWidth(self.lines.width())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The dashed edge, if it is a place to drop things."""
        if not self._dashed:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self.look.colors.button_edge, 1.5)
        pen.setDashPattern([6, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
