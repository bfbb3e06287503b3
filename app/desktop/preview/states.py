"""What stands in place of messages: nothing is selected, or it cannot be read; and the line that there is more by now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.labels import Label, Paragraph, Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.messages import ActionKind, Messages
    from app.desktop.theme import Look
    from app.errors import ChatLogError


class Instead(QWidget):
    """An icon, a line or two, and buttons where there is something to do: in the middle of the pane."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        px = look.px
        self._icon = Picture(look, "sessions", "text3", side=32)
        self.heading = Label(look, "", "strong", wrap=True)
        self.text = Paragraph(look, "", "meta")
        for label in (self.heading, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(24))
        layout.setSpacing(0)
        layout.addStretch(2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(px(12))
        layout.addWidget(self.heading)
        layout.addSpacing(px(4))
        layout.addWidget(self.text)
        layout.addSpacing(px(10))
        layout.addLayout(self._buttons)
        layout.addStretch(3)

    def hint(self, text: str) -> None:
        """A calm line."""
        self._say("sessions", "", text)

    def tell(
        self, error: ChatLogError, messages: Messages, act: Callable[[ActionKind, ChatLogError], None]
    ) -> None:
        """Why it cannot be read, and what helps. `act` does what the button says."""
        explained = messages.explain(error)
        self._say("warning", explained.title, explained.text)
        action = explained.action
        if action is not None and action != "copy-details":
            self._add(messages.label(action), lambda: act(action, error), "secondary")
        details = messages.details(error)
        self._add(
            messages.label("copy-details"), lambda: QGuiApplication.clipboard().setText(details), "quiet"
        )

    def _say(self, icon: str, heading: str, text: str) -> None:
        self._icon.set_icon(icon)
        self.heading.setText(heading)
        self.heading.setVisible(bool(heading))
        self.text.setText(text)
        self.setAccessibleName(f"{heading}. {text}" if heading else text)
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _add(self, words: str, done: Callable[[], None], kind: str) -> None:
        button = Button(self.look, words, "quiet" if kind == "quiet" else "secondary", small=True)
        button.clicked.connect(lambda _checked=False: done())
        self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)


class GrownLine(QWidget):
    """Says that the file is another one by now than what is shown. Hidden until then."""

    newest_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        px = look.px
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        words = translate("Preview", "This session has grown.")
        self.setAccessibleName(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(24), px(8), px(24) - RING, px(8))
        row.setSpacing(px(8))
        row.addWidget(Label(look, words, "meta", "text2", wrap=True), 1)
        self.button = Button(
            look, translate("Preview", "Show the newest"), "link", small=True, ground="raised"
        )
        self.button.clicked.connect(self.newest_wanted)
        row.addWidget(self.button)
        self.hide()
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        px = self.look.px
        rect = QRectF(self.rect()).adjusted(px(12), px(8), -px(12), -px(8))
        fill(QPainter(self), rect, self.look.colors.raised, WIDE_RADIUS)
