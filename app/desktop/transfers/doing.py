"""Does what a person wants of some transfers, from a button, a key or the menu."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.desktop.sessions.reveal import reveal, reveal_words
from app.desktop.transfers.actions import ICONS, mending, name_of, possible
from app.desktop.widgets.menus import Menu

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.archiving.queue_rows import TransferRow
    from app.desktop.archive.lifetime_dialogs import ReturnDialog
    from app.desktop.context import Context
    from app.desktop.transfers.actions import Action
    from app.errors import ChatLogError

_GROUPS: tuple[tuple[Action, ...], ...] = (
    ("pause", "resume", "retry", "cancel"),
    ("show", "copy-path", "copy-details"),
    ("remove",),
)
"""The menu, from top to bottom."""


class Doing(QObject):
    """For one page. `failed` is told what could not be done."""

    def __init__(self, context: Context, failed: Callable[[ChatLogError], None], parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._failed = failed
        self.dialog: ReturnDialog | None = None
        """The question that was asked last."""

    def act(self, action: Action, rows: Sequence[TransferRow]) -> None:
        """Do it with those rows for which it makes sense."""
        rows = [row for row in rows if action == "mend" or action in possible([row])]
        ids = [row.id for row in rows]
        transfers = self._context.transfers
        if action == "show":
            reveal([Path(row.path) for row in rows], self._context.tasks, self._failed)
        elif action == "copy-path":
            _copy("\n".join(row.path for row in rows))
        elif action == "copy-details":
            details = self._context.messages.details
            _copy("\n\n".join(details(row.error) for row in rows if row.error is not None))
        elif action == "mend":
            for row in rows:
                self._mend(row)
        else:
            {
                "pause": transfers.pause,
                "resume": transfers.resume,
                "cancel": transfers.cancel,
                "retry": transfers.retry,
                "remove": transfers.clear,
            }[action](ids)

    def _mend(self, row: TransferRow) -> None:
        mend = mending(row, self._context.messages)
        if mend == "ask-return" and row.error is not None:
            self._ask_return(row, row.error)
            return
        if mend not in {None, "retry"} and row.error is not None:
            self._context.run_action(mend, row.error)
        if mend in {"retry", "unlock-keyring"}:
            self._context.transfers.retry([row.id])

    def _ask_return(self, row: TransferRow, error: ChatLogError) -> None:
        """What somebody agreed to has expired, or nobody has agreed to anything yet."""
        from app.desktop.archive.lifetime_dialogs import ReturnDialog  # noqa: PLC0415 - seldom needed

        window = self.parent()
        assert isinstance(window, QWidget)
        classes = {str(error.parameters.get("storageClass"))}
        dialog = self.dialog = ReturnDialog(self._context.look, 1, classes, download=True, parent=window)
        dialog.download.hide()  # that is what it is about
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._context.transfers.ask_return([row.id], dialog.request))
        dialog.open()

    def menu(self, rows: Sequence[TransferRow], parent: QWidget) -> Menu:
        """What can be done about some rows."""
        menu = Menu(self._context.look, parent)
        can = possible(rows)
        shortcuts = {"retry": "R", "cancel": "Del", "pause": "Space", "resume": "Space"}
        shortcuts["cancel" if "cancel" in can else "remove"] = "Del"
        for group in _GROUPS:
            actions = [action for action in group if action in can]
            if actions and not menu.isEmpty():
                menu.addSeparator()
            for action in actions:
                words = reveal_words() if action == "show" else name_of(action)
                menu.add(
                    words,
                    self._doing(action, rows),
                    icon=ICONS[action],
                    shortcut=shortcuts.get(action),
                )
        return menu

    def _doing(self, action: Action, rows: Sequence[TransferRow]) -> Callable[[], None]:
        return lambda: self.act(action, rows)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
