"""The page's foot: what is selected, and the button that archives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.desktop.formats import size
from app.desktop.i18n import translate
from app.desktop.painting import hairline
from app.desktop.sessions.rows import ARCHIVABLE
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.sessions.rows import Row
    from app.desktop.theme import Look


class Foot(QWidget):
    """56 high, with a line above it."""

    archive_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look.px(56))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(24), 1, look.px(16) - RING, 0)
        row.setSpacing(0)
        self.told = ElidedLabel(look, "", "body")
        self.told.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clear = Button(look, translate("Sessions", "Clear selection"), "link")
        self.archive = Button(look, archive_words(0), "primary", icon="archive")
        row.addWidget(self.told)
        row.addSpacing(look.px(24) - RING)
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self.archive)
        self.clear.clicked.connect(self.clear_wanted)
        self.archive.clicked.connect(self.archive_wanted)
        look.changed.connect(self.update)

    def tell(self, selected: Sequence[Row], shown: Sequence[Row]) -> None:
        """Count what is selected; with nothing selected, what is listed."""
        if selected:
            text = translate("Sessions", "%n selected · {size}", n=len(selected))
        else:
            text = translate("Sessions", "%n sessions · {size}", n=len(shown))
        self.told.setText(text.format(size=size(sum(row.size for row in selected or shown))))
        self.clear.setVisible(bool(selected))
        wanted = sum(row.state in ARCHIVABLE for row in selected)
        self.archive.setText(archive_words(wanted))
        self.archive.setEnabled(wanted > 0)
        reason = why_nothing(selected) if wanted == 0 else ""
        self.archive.setToolTip(reason)
        self.archive.setAccessibleDescription(reason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line above."""
        hairline(QPainter(self), 0, self.width(), 0, self.look.colors.line)


def archive_words(count: int) -> str:
    """What the button says."""
    return (
        translate("Sessions", "Archive %n sessions", n=count) if count else translate("Sessions", "Archive")
    )


def why_nothing(selected: Sequence[Row]) -> str:
    """Why there is nothing to archive."""
    if not selected:
        return translate("Sessions", "Select the sessions to archive.")
    if all(row.state == "archived" for row in selected):
        return translate("Sessions", "What is selected is archived already.")
    return translate("Sessions", "What is selected is archived already, or on its way.")
