"""The window's keys, and the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.dialogs import Dialog
from app.desktop.widgets.labels import Label
from app.desktop.widgets.scrolling import ScrollPage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.desktop.theme import Look

Key = QKeySequence | str

PAGES = {"Ctrl+1": "sessions", "Ctrl+2": "transfers", "Ctrl+3": "archive", "Ctrl+4": "settings"}
"""Qt reads Ctrl as Cmd on macOS."""
OPEN_FILES = "Ctrl+O"
OPEN_FOLDER = "Ctrl+Shift+O"
PASTE = "Ctrl+V"
SEARCH = "Ctrl+F"
QUIT = "Ctrl+Q"
LIST = "F1"
MENU = "Shift+F10"

_WIDTH = 420
_TALLEST = 460
"""Pixels at 100 %; more keys scroll."""


class Shortcuts(QObject):
    """Keys that work wherever the focus is in a window; a text field's own keys come first."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def add(self, key: str, done: Callable[[], None]) -> None:
        """Have `done` called when the key is pressed."""
        shortcut = QShortcut(QKeySequence(key), self._window)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(done)

    def open_menu(self) -> None:
        """The menu of what has the keyboard, for keyboards without a menu key. Qt does this on Windows alone."""
        # Qt's stubs do not know that there may be none.
        widget: QWidget | None = self._window.focusWidget()
        if not isinstance(widget, QWidget):
            return
        where = widget.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
        place = where.center() if isinstance(where, QRect) else widget.rect().center()
        asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, widget.mapToGlobal(place))
        QCoreApplication.sendEvent(widget, asked)


def window_keys() -> list[tuple[Key, str]]:
    """The window's own keys and what they do."""
    return [
        ("Ctrl+1", translate("Shell", "Sessions")),
        ("Ctrl+2", translate("Shell", "Transfers")),
        ("Ctrl+3", translate("Shell", "Archive")),
        ("Ctrl+4", translate("Shell", "Settings")),
        (OPEN_FILES, translate("Shell", "Archive files…")),
        (OPEN_FOLDER, translate("Shell", "Archive a folder…")),
        (PASTE, translate("Shell", "Archive the files that were copied")),
        (SEARCH, translate("Shell", "Search")),
        (MENU, translate("Shell", "The menu of what is selected")),
        (LIST, translate("Shell", "Keyboard shortcuts")),
        (QUIT, translate("Shell", "Quit")),
    ]


class ShortcutsDialog(Dialog):
    """The keys of the window and of the page at its front."""

    def __init__(
        self,
        look: Look,
        groups: Mapping[str, Sequence[tuple[Key, str]]],
        parent: QWidget | None = None,
    ) -> None:
        words = translate("Shell", "Keyboard shortcuts")
        super().__init__(look, words, words, width=_WIDTH, parent=parent)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, look.px(8), 0)
        column.setSpacing(look.px(8))
        for heading, keys in groups.items():
            if keys:
                self._add(column, heading, keys)
        column.addStretch(1)
        page = ScrollPage(look, content)
        needed = content.heightForWidth(look.px(_WIDTH - 2 * 24))
        page.setMinimumHeight(min(needed, look.px(_TALLEST)))
        page.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        page.setAccessibleName(words)
        self.body.addWidget(page)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        close = Button(look, translate("Shell", "Close"), "primary")
        close.clicked.connect(self.accept)
        self.set_buttons(close)
        close.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, column: QVBoxLayout, heading: str, keys: Sequence[tuple[Key, str]]) -> None:
        px = self.look.px
        column.addWidget(Label(self.look, heading, "meta-strong", "text2"))
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, px(8))
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(6))
        grid.setColumnStretch(1, 1)
        for row, (key, text) in enumerate(keys):
            shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            label = Label(self.look, shown, "body", "text2")
            # A wide font, or a language with long names for keys: the words beside it give way.
            label.setMinimumWidth(max(px(110), label.sizeHint().width()))
            grid.addWidget(label, row, 0)
            grid.addWidget(Label(self.look, text, wrap=True), row, 1)
        column.addWidget(holder)
