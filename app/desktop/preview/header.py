"""The pane's head: what can be done, what the session is called, and how much there is of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.sessions.reveal import reveal_words
from app.desktop.widgets.buttons import RING, IconButton
from app.desktop.widgets.labels import ClampedLabel, ElidedLabel, Label, Line
from app.desktop.widgets.menus import Menu
from app.desktop.widgets.tooltips import plain_tooltip

if TYPE_CHECKING:
    from app.desktop.theme import Look


class Header(QWidget):
    """Shows what it is told."""

    reveal_wanted = Signal()
    copy_id_wanted = Signal()
    hide_wanted = Signal()
    find_wanted = Signal()
    beginning_wanted = Signal()
    end_wanted = Signal()
    copy_message_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        px = look.px
        self.reveal = IconButton(look, "folder", reveal_words())
        self.copy_id = IconButton(look, "copy", translate("Preview", "Copy session ID"))
        self.more = IconButton(look, "more", translate("Preview", "More"))
        self.hide_button = IconButton(look, "panel", translate("Preview", "Hide preview"))
        self.reveal.clicked.connect(self.reveal_wanted)
        self.copy_id.clicked.connect(self.copy_id_wanted)
        self.hide_button.clicked.connect(self.hide_wanted)
        self.more.clicked.connect(self._open_menu)
        self.title = ClampedLabel(look, "pane")
        self.place = ElidedLabel(look, "", "meta", "text3")
        self.figures = ElidedLabel(look, "", "meta", "text3")
        row = QHBoxLayout()
        row.setContentsMargins(px(20), 0, px(14) - RING, 0)
        row.setSpacing(0)
        self._lead: QWidget = Label(look, translate("Preview", "Preview", "noun"), "bold", "text2")
        self._row = row
        row.addWidget(self._lead, 1)
        for button in (self.reveal, self.copy_id, self.more, self.hide_button):
            row.addSpacing(px(6) - 2 * RING)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        facts = QVBoxLayout()
        facts.setContentsMargins(px(20), 0, px(20), 0)
        facts.setSpacing(0)
        facts.addWidget(self.title)
        facts.addSpacing(px(4))
        facts.addWidget(self.place)
        facts.addSpacing(px(2))
        facts.addWidget(self.figures)
        facts.addSpacing(px(11))
        self._facts = QWidget()
        self._facts.setLayout(facts)
        self._line = Line(look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, px(16) - RING, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addSpacing(px(13) - RING)
        layout.addWidget(self._facts)
        layout.addWidget(self._line)
        self.show_nothing()

    def set_lead(self, lead: QWidget) -> None:
        """Something else in the place of the pane's name."""
        self._row.insertWidget(0, lead, 1, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._row.removeWidget(self._lead)
        self._lead.hide()
        self._lead.deleteLater()
        self._lead = lead

    def show_nothing(self) -> None:
        """No session: only the pane's own name."""
        self._facts.hide()
        self._line.hide()
        for button in (self.reveal, self.copy_id, self.more):
            button.hide()

    def show_facts(self, title: str, place: str, figures: str, *, is_here: bool, tooltip: str = "") -> None:
        """A session's facts. `is_here`: its file is on this computer. `tooltip`: more on the figures."""
        self.title.setText(title)
        self.place.setText(place)
        self.figures.setText(figures)
        self.figures.setToolTip(plain_tooltip(tooltip))
        self.place.setVisible(bool(place))
        self.figures.setVisible(bool(figures))
        self._facts.show()
        self._line.show()
        self.reveal.setVisible(is_here)
        self.copy_id.show()
        self.more.show()

    def set_readable(self, readable: bool) -> None:
        """Whether there are messages to go to."""
        self.more.setEnabled(readable)

    def _open_menu(self) -> None:
        key = QKeySequence.StandardKey
        menu = Menu(self.look, self)
        menu.add(
            translate("Preview", "Find in session…"),
            self.find_wanted.emit,
            icon="search",
            shortcut=QKeySequence(key.Find),
        )
        menu.addSeparator()
        menu.add(translate("Preview", "Go to beginning"), self.beginning_wanted.emit, shortcut="Home")
        menu.add(translate("Preview", "Go to end"), self.end_wanted.emit, shortcut="End")
        menu.addSeparator()
        menu.add(translate("Preview", "Copy message"), self.copy_message_wanted.emit, icon="copy")
        # The pane is the window's right side: the menu opens to the left.
        right = self.more.width() - RING - menu.sizeHint().width()
        menu.exec(self.more.mapToGlobal(QPoint(right, self.more.height() - RING + 4)))
        menu.deleteLater()
