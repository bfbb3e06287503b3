"""What every page is: a widget with a title row, told when it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.desktop.widgets.labels import Label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeySequence

    from app.desktop.theme import Look

TITLE_ROW = 64
"""Pixels at 100 % from the top of the page to the row below its title."""


class Page(QWidget):
    """A page of the window. Pages are made anew when the language changes, so they set their words once."""

    key = ""
    """Its name in the window's state and in `navigate`."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.title = Label(look, title, "page")
        self.setAccessibleName(title)
        look.changed.connect(self.update)

    def title_row(self) -> QHBoxLayout:
        """The row with the title at its left; the page adds what stands at its right. For the content's column."""
        row = QHBoxLayout()
        row.setContentsMargins(self.look.px(24), 0, self.look.px(12), 0)
        row.setSpacing(self.look.px(4))
        row.addWidget(self.title, 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def shown(self) -> None:
        """It has come to the front."""

    def left(self) -> None:
        """Another page has come to the front."""

    def start_search(self) -> None:
        """Put the focus into its search field (Ctrl/Cmd+F), if it has one."""

    def shortcuts(self) -> list[tuple[QKeySequence | str, str]]:
        """Its keys and what they do, for the list of shortcuts."""
        return []

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(self.rect(), self.look.colors.base)
