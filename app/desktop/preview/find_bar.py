"""The bar to find a text in the session: field, how many, backwards, forwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.desktop.i18n import translate
from app.desktop.widgets.buttons import RING, IconButton
from app.desktop.widgets.fields import TextField
from app.desktop.widgets.labels import Label, Line

if TYPE_CHECKING:
    from app.desktop.theme import Look

_QUIET_MILLISECONDS = 180
"""After the last key, before a whole log is looked through."""


class FindBar(QWidget):
    """Hidden until it is opened."""

    searched = Signal(str)
    """The text to be found; empty: none."""
    again = Signal(bool)
    """To the next place; True: to the one before."""
    closed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        px = look.px
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        name = translate("Preview", "Find in session")
        self.setAccessibleName(name)
        self.field = TextField(look, name, name)
        self.field.installEventFilter(self)
        self.count = Label(look, "", "small", "text3")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.before = IconButton(look, "chev-up", translate("Preview", "Previous place"))
        self.after = IconButton(look, "chev-down", translate("Preview", "Next place"))
        self.close_button = IconButton(look, "close", translate("Preview", "Close"))
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12) - RING, px(8) - RING, px(8) - RING, px(8) - RING)
        row.setSpacing(0)
        row.addWidget(self.field, 1)
        row.addSpacing(px(4))
        row.addWidget(self.count)
        for button in (self.before, self.after, self.close_button):
            row.addSpacing(-RING)
            row.addWidget(button)
        self._line = Line(look, parent=self)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MILLISECONDS)
        self._quiet.timeout.connect(self._search)
        self.field.textChanged.connect(self._text_changed)
        self.before.clicked.connect(lambda: self.again.emit(True))
        self.after.clicked.connect(lambda: self.again.emit(False))
        self.close_button.clicked.connect(self.close_bar)
        self._tell("", can_go=False)
        self.hide()

    def open_bar(self) -> None:
        """Show it and go there; what was looked for last is still there, to be typed over."""
        was_hidden = self.isHidden()
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        if was_hidden and self.field.text():
            self._search()

    def close_bar(self) -> None:
        """Look for nothing any more."""
        self._quiet.stop()
        self.hide()
        self._tell("", can_go=False)
        self.closed.emit()

    def tell_count(self, position: int | None, count: int, *, is_done: bool) -> None:
        """How many messages show the text, and which of them was gone to, from 0."""
        if not count:
            text = translate("Preview", "Not found") if is_done else translate("Preview", "Searching…")
            self._tell(text, can_go=False)
            return
        total = str(count) if is_done else translate("Preview", "{count}+").format(count=count)
        text = total
        if position is not None:
            text = translate("Preview", "{number} of {total}").format(number=position + 1, total=total)
        self._tell(text, can_go=True)

    def _tell(self, text: str, *, can_go: bool) -> None:
        self.count.setText(text)
        self.count.setToolTip(translate("Preview", "Messages that show the text") if can_go else "")
        self.before.setEnabled(can_go)
        self.after.setEnabled(can_go)

    def _text_changed(self, text: str) -> None:
        if text:
            self._quiet.start()
        else:
            self._search()

    def _search(self) -> None:
        self._quiet.stop()
        if not self.field.text():
            self._tell("", can_go=False)
        self.searched.emit(self.field.text())

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:  # type: ignore[override] # only the field is watched
        """Return goes on, with Shift back; Escape closes."""
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = QKeySequence.StandardKey
        ours = any(event.matches(known) for known in (key.FindNext, key.FindPrevious, key.Find))
        is_return = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        is_escape = event.key() == Qt.Key.Key_Escape
        if event.type() is QEvent.Type.ShortcutOverride and (ours or is_return or is_escape):
            event.accept()
            return True
        if event.type() is not QEvent.Type.KeyPress or not (ours or is_return or is_escape):
            return super().eventFilter(watched, event)
        if is_escape:
            self.close_bar()
        elif event.matches(key.Find):
            self.field.selectAll()
        elif self._quiet.isActive():
            self._search()
        else:
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.again.emit(event.matches(key.FindPrevious) or (is_return and shifted))
        return True

    def resizeEvent(self, _event: QEvent) -> None:
        """The line below it."""
        self._line.setGeometry(0, self.height() - 1, self.width(), 1)
