"""A few lines that a person should read before going on, with what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.labels import Label, Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.desktop.theme import Look
    from app.desktop.widgets.labels import Ink

NoteKind = Literal["plain", "warning"]

_ICONS: dict[NoteKind, tuple[str, Ink]] = {"plain": ("info", "text2"), "warning": ("warning", "warning")}
_GROUNDS: dict[NoteKind, str] = {"plain": "raised", "warning": "warning_ground"}


class Below(QWidget):
    """Room around a widget that is there only while the widget is."""

    def __init__(
        self, widget: QWidget, *, left: int = 0, top: int = 0, right: int = 0, bottom: int = 0
    ) -> None:
        """Margins in pixels."""
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(left, top, right, bottom)
        layout.addWidget(widget)
        widget.installEventFilter(self)
        if widget.isHidden():
            self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Come and go with it."""
        if event.type() in {QEvent.Type.ShowToParent, QEvent.Type.HideToParent}:
            self.setVisible(event.type() is QEvent.Type.ShowToParent)
        return False


class Note(QWidget):
    """Hidden until it has something to say."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._kind: NoteKind = "plain"
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        row.setSpacing(look.px(10))
        self._picture = Picture(look, "info")
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(look.px(3))
        self.title = Label(look, "", "strong", wrap=True)
        self.text = Label(look, "", "meta", "text2", wrap=True)
        column.addWidget(self.title)
        column.addWidget(self.text)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(0)
        column.addLayout(self._buttons)
        row.addLayout(column, 1)
        self.hide()
        look.changed.connect(self.update)

    def say(
        self,
        title: str,
        text: str = "",
        actions: Sequence[tuple[str, Callable[[], None]]] = (),
        *,
        kind: NoteKind = "plain",
    ) -> None:
        """Show it."""
        self._kind = kind
        self._picture.set_icon(*_ICONS[kind])
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.setAccessibleName(f"{title} {text}".strip())
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        # The first button's own room for its ring lies left of the words above.
        self._buttons.addSpacing(-RING)
        for words, done in actions:
            button = Button(self.look, words, "secondary", small=True, ground=_GROUNDS[kind], parent=self)
            button.clicked.connect(lambda _checked=False, done=done: done())
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self.show()
        self.update()

    def clear(self) -> None:
        """Nothing to say."""
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        ground = getattr(self.look.colors, _GROUNDS[self._kind])
        fill(QPainter(self), QRectF(self.rect()), ground, WIDE_RADIUS)
