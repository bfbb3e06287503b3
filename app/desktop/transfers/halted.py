"""Why nothing goes on, when it is tried again, and what would help: above the list while the endpoint is out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.formats import duration
from app.desktop.i18n import translate
from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.labels import Label, Picture

if TYPE_CHECKING:
    from app.desktop.messages import ActionKind, Messages
    from app.desktop.theme import Look
    from app.errors import ChatLogError

_NARROW = 640
"""Pixels at 100 %: in less the buttons stand below the words."""


class Halted(QWidget):
    """Hidden while everything goes on."""

    try_now = Signal()
    action_wanted = Signal(str, object)
    """An ActionKind, and the error it mends."""

    def __init__(self, look: Look, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._messages = messages
        self._error: ChatLogError | None = None
        self._action: ActionKind | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(15), look.px(10), look.px(8), look.px(10))
        row.setSpacing(look.px(10))
        self._icon = Picture(look, "warning", "warning")
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(look.px(8))
        words = QVBoxLayout()
        words.setSpacing(look.px(3))
        self.title = Label(look, "", "strong", wrap=True, selectable=True)
        self.text = Label(look, "", "meta", "text2", wrap=True, selectable=True)
        self.countdown = Label(look, "", "meta", "text2")
        for label in (self.title, self.text, self.countdown):
            words.addWidget(label)
        self._parts.addLayout(words, 1)
        self._buttons = self._make_buttons()
        self._parts.addLayout(self._buttons)
        row.addLayout(self._parts, 1)
        self.hide()
        look.changed.connect(self.update)

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(-RING, 0, -RING, 0)
        row.setSpacing(0)
        row.addStretch(1)

        def button(text: str, kind: str, ground: str = "warning_ground") -> Button:
            made = Button(self.look, text, kind, small=True, ground=ground, parent=self)  # type: ignore[arg-type]
            row.addWidget(made)
            return made

        self.copy = button(self._messages.label("copy-details"), "quiet")
        self.copy.clicked.connect(self._copy)
        self.mend = button("", "secondary")
        self.mend.clicked.connect(self._mend)
        self.again = button(translate("Transfers", "Try now"), "secondary")
        self.again.clicked.connect(self.try_now)
        return row

    def tell(self, error: ChatLogError | None, retry_in: float | None) -> None:
        """Why, and in how many seconds it is tried again by itself (0: it is being tried); None: not by itself."""
        if error is not self._error:
            self._error = error
            if error is not None:
                self._explain(error)
        self.countdown.setVisible(retry_in is not None)
        if retry_in is not None:
            again = (
                translate("Transfers", "Trying again in {time}").format(time=duration(retry_in))
                if retry_in > 0
                else translate("Transfers", "Trying again…")
            )
            if self.countdown.text() != again:
                self.countdown.setText(again)
        self.setVisible(error is not None)

    def _explain(self, error: ChatLogError) -> None:
        explained = self._messages.explain(error)
        self.title.setText(explained.title)
        self.text.setText(explained.text)
        self.setAccessibleName(explained.whole)
        # "Try now" is what "retry" would do.
        self._action = None if explained.action in {"retry", "copy-details"} else explained.action
        self.mend.setVisible(self._action is not None)
        if self._action is not None:
            self.mend.setText(self._messages.label(self._action))

    def _copy(self) -> None:
        if self._error is not None:
            QGuiApplication.clipboard().setText(self._messages.details(self._error))

    def _mend(self) -> None:
        if self._error is not None and self._action is not None:
            self.action_wanted.emit(self._action, self._error)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons beside or below the words."""
        super().resizeEvent(event)
        narrow = self.width() < self.look.px(_NARROW)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._parts.direction() != direction:
            self._parts.setDirection(direction)
            # From the edge inwards the most useful one first, on whichever side they stand.
            reverse, forward = QBoxLayout.Direction.RightToLeft, QBoxLayout.Direction.LeftToRight
            self._buttons.setDirection(reverse if narrow else forward)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        fill(QPainter(self), QRectF(self.rect()), self.look.colors.warning_ground, WIDE_RADIUS)
