"""What a page shows when it has nothing to list: an icon, a heading, two lines, something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.widgets.labels import Label, Paragraph, Picture

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
        self.heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(look.px(4))
        self._labels: list[Label] = []
        self._set_lines(lines)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(look.px(24), look.px(24), look.px(24), look.px(24))
        layout.setSpacing(0)
        layout.addStretch(1)
        self._icon = Picture(look, icon, "text3", side=48)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(look.px(20))
        layout.addWidget(self.heading)
        layout.addSpacing(look.px(6))
        layout.addLayout(self._lines)
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

    def _set_lines(self, text: str) -> None:
        for label in self._labels:
            self._lines.removeWidget(label)
            label.hide()
            label.deleteLater()
        self._labels = []
        for line in text.splitlines():
            label = Paragraph(self.look, line)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._lines.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
            self._labels.append(label)
        self._fit_lines()

    def set_text(self, heading: str, lines: str, icon: str | None = None) -> None:
        """Other words."""
        self.heading.setText(heading)
        self._set_lines(lines)
        self.setAccessibleName(heading)
        if icon is not None:
            self._icon.set_icon(icon)

    def _fit_lines(self) -> None:
        width = max(self.look.px(200), min(self.look.px(560), self.width() - 2 * self.look.px(24)))
        for label in self._labels:
            # In the middle of a layout a label is not asked how high its width makes it.
            label.setFixedSize(width, max(0, label.heightForWidth(width)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The lines are as wide as there is room."""
        super().resizeEvent(event)
        self._fit_lines()

    def minimumSizeHint(self) -> QSize:
        """Lines can be broken: it may be narrow."""
        return QSize(self.look.px(240), super().minimumSizeHint().height())

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
