"""The row below the table when several sessions are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.desktop.formats import number, size
from app.desktop.i18n import translate
from app.desktop.painting import hairline
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.labels import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.archiving.archived_sessions import ArchivedSession
    from app.desktop.theme import Look


class Foot(QWidget):
    """Hidden unless there is more than one."""

    download_wanted = Signal(bool)
    """Whether the folder is to be asked for anew."""
    clear_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setFixedHeight(look.px(56))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(24), 1, look.px(16) - RING, 0)
        row.setSpacing(look.px(12))
        self.text = Label(look, "", "strong")
        row.addWidget(self.text)
        clear = Button(look, translate("Archive", "Clear selection"), "link")
        clear.clicked.connect(self.clear_wanted)
        row.addWidget(clear)
        row.addStretch(1)
        self.button = Button(look, "", "primary", icon="download")
        self.button.clicked.connect(self._download)
        row.addWidget(self.button)
        self.hide()
        look.changed.connect(self.update)

    def show_selection(self, sessions: Sequence[ArchivedSession]) -> None:
        """Say what is selected."""
        count = len(sessions)
        if count > 1:
            stored = size(sum(session.stored_size for session in sessions))
            self.text.setText(
                translate("Archive", "{count} selected · {size}").format(count=number(count), size=stored)
            )
            self.button.setText(translate("Archive", "Download %Ln sessions", n=count))
        self.setVisible(count > 1)

    def _download(self) -> None:
        again = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.download_wanted.emit(again)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line above it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.colors.base)
        hairline(painter, 0, self.width(), 0, self.look.colors.line)
