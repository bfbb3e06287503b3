"""An error where it belongs: what, cause, next step, the button that mends it, and "Copy details"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.labels import Label, Paragraph, Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.messages import ActionKind, Messages
    from app.desktop.theme import Look
    from app.errors import ChatLogError


class Problem(QWidget):
    """Hidden until there is an error to tell."""

    def __init__(
        self,
        look: Look,
        messages: Messages,
        act: Callable[[ActionKind, ChatLogError], None],
        parent: QWidget | None = None,
    ) -> None:
        """`act` does what the button says."""
        super().__init__(parent)
        self.look = look
        self._messages = messages
        self._act = act
        self._error: ChatLogError | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        row.setSpacing(look.px(10) - RING)
        row.addWidget(Picture(look, "failed", "bad"), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(look.px(4))
        self.title = Label(look, "", "strong", wrap=True)
        self.text = Paragraph(look, "", "meta")
        for label in (self.title, self.text):
            label.setContentsMargins(RING, 0, 0, 0)  # the buttons below have room for their rings
            column.addWidget(label)
        self._buttons = QHBoxLayout()
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(0)
        column.addLayout(self._buttons)
        row.addLayout(column, 1)
        self.hide()
        look.changed.connect(self.update)

    @property
    def error(self) -> ChatLogError | None:
        """What it tells of."""
        return self._error

    def tell(self, error: ChatLogError | None) -> None:
        """Show an error; None hides."""
        self._error = error
        if error is None:
            self.hide()
            return
        explanation = self._messages.explain(error)
        self.title.setText(explanation.title)
        self.text.setText(explanation.text)
        self.setAccessibleName(explanation.whole)
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        action = explanation.action
        if action is not None and action != "copy-details":
            self._add(self._messages.label(action), lambda: self._act(action, error))
        details = self._messages.details(error)
        self._add(self._messages.label("copy-details"), lambda: QGuiApplication.clipboard().setText(details))
        self._buttons.addStretch(1)
        self.show()

    def _add(self, words: str, done: Callable[[], None]) -> None:
        button = Button(self.look, words, "secondary", small=True, ground="bad_ground", parent=self)
        button.clicked.connect(lambda _checked=False: done())
        self._buttons.addWidget(button)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        fill(QPainter(self), QRectF(self.rect()), self.look.colors.bad_ground, WIDE_RADIUS)
