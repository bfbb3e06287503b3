"""Decides what closing the window means: the end, the background, or a while longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.close_dialog import CloseDialog
from app.desktop.i18n import translate
from app.desktop.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.close_dialog import CloseChoice
    from app.desktop.context import Context
    from app.desktop.main_window import MainWindow

_NOTICE = "closing"


class Closing(QObject):
    """Asks a person only when something would be interrupted."""

    quit_wanted = Signal()
    """Nothing more is to be asked."""

    def __init__(
        self,
        window: MainWindow,
        context: Context,
        has_tray: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._context = context
        self._has_tray = has_tray
        self.dialog: CloseDialog | None = None
        self.waiting = False
        """The window closes when the transfers are finished."""
        self._failed_before = 0
        window.close_wanted.connect(self.ask)
        window.notice_closed.connect(self._notice_closed)
        context.transfers.totals_changed.connect(self._follow)

    def ask(self) -> None:
        """The window's close button was pressed, or the system asks it to close."""
        action = self._context.account.settings.close_action
        if action == "background" and self._has_tray():
            self._window.hide()
        elif action == "quit" or not self._context.transfers.busy():
            self.quit_wanted.emit()
        elif self.dialog is None:
            self._open_dialog()

    def quit(self) -> None:
        """Quit was chosen in a menu: the background is no answer to that."""
        if self._context.account.settings.close_action == "quit" or not self._context.transfers.busy():
            self.quit_wanted.emit()
        elif self.dialog is None:
            self._window.to_front()
            self._open_dialog()

    def _open_dialog(self) -> None:
        left = self._context.transfers.totals().left
        dialog = CloseDialog(self._context.look, left, has_tray=self._has_tray(), parent=self._window)
        self.dialog = dialog
        dialog.accepted.connect(self._accepted)
        dialog.finished.connect(self._answered)
        dialog.open()

    def _accepted(self) -> None:
        assert self.dialog is not None
        choice, always = self.dialog.choice, self.dialog.always
        if choice != "wait" and always.isChecked():
            self._context.account.change_settings(close_action=choice)
        self._do(choice)

    def _answered(self, _result: int) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _do(self, choice: CloseChoice) -> None:
        if choice == "background":
            self._window.hide()
        elif choice == "quit":
            self.quit_wanted.emit()
        else:
            self.waiting = True
            self._failed_before = self._context.transfers.totals().failed
            self._window.tell(_NOTICE, self._waiting_notice)
            self._follow()

    def _waiting_notice(self) -> Notice:
        return Notice(
            _NOTICE,
            "plain",
            translate("Shell", "The window closes when the transfers are finished."),
            actions=[(translate("Shell", "Stay open"), self.stay)],
        )

    def stay(self) -> None:
        """Do not close after all."""
        self.waiting = False
        self._window.withdraw(_NOTICE)

    def _notice_closed(self, key: str) -> None:
        if key == _NOTICE:
            self.waiting = False

    def _follow(self, _totals: object = None) -> None:
        transfers = self._context.transfers
        if transfers.busy():
            return
        if self.dialog is not None:
            # What was asked about has ended by itself.
            self.dialog.reject()
            self.quit_wanted.emit()
        elif self.waiting and transfers.totals().failed > self._failed_before:
            self.waiting = False
            self._window.tell(_NOTICE, self._failed_notice)
        elif self.waiting:
            self.waiting = False
            self.quit_wanted.emit()

    def _failed_notice(self) -> Notice:
        def show() -> None:
            self._window.withdraw(_NOTICE)
            self._context.navigate("transfers")

        return Notice(
            _NOTICE,
            "warning",
            translate("Shell", "The window stays open: some transfers failed."),
            actions=[(translate("Shell", "Show transfers"), show)],
        )
