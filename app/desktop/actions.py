"""What the button of an explained error does when it is pressed outside the row or dialog it concerns."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.desktop.opening import open_folder

if TYPE_CHECKING:
    from pathlib import Path

    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.settings.sign_in_panel import SignInDialog
    from app.errors import ChatLogError

_FILES = ("path", "log", "keptAs")
"""Parameters that name a file, the most telling first."""


class Actions(QObject):
    """Does them. `context` is set once it is made: the two know each other."""

    def __init__(self, settings_file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings_file = str(settings_file)
        self.context: Context | None = None
        self._signing_in: SignInDialog | None = None

    def run(self, action: ActionKind, error: ChatLogError) -> None:
        """Do it."""
        context = self.context
        assert context is not None
        if action == "sign-in" and self._sign_in(context, error):
            return
        if action in {"open-profiles", "sign-in"}:
            context.settings_tab("profiles")
        elif action == "ask-return":
            context.navigate("archive")
        elif action == "copy-details":
            QGuiApplication.clipboard().setText(context.messages.details(error))
        elif action == "open-settings-file":
            open_folder(self._settings_file)
        elif action == "show-file":
            self._show_file(error)
        else:
            self._try_again(context)

    def _sign_in(self, context: Context, error: ChatLogError) -> bool:
        """Have somebody sign in to the profile that an error speaks of; False where that is not done with a browser."""
        from app.desktop.settings.sign_in_panel import SignInDialog  # noqa: PLC0415 - seldom needed

        name = error.parameters.get("profile") or (context.account.profile and context.account.profile.name)
        view = next((view for view in context.account.profiles if view.name == name), None)
        if view is None or view.kind != "signin":
            return False
        before = self._signing_in
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            # One page in the browser at a time, whatever asked for it.
            before.activateWindow()
            return True
        dialog = self._signing_in = SignInDialog(context, view.name, QApplication.activeWindow())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._try_again(context))
        dialog.open()
        return True

    @staticmethod
    def _show_file(error: ChatLogError) -> None:
        named = (error.parameters.get(name) for name in _FILES)
        path = next((str(value) for value in named if value), "")
        if path:
            open_folder(os.path.dirname(path))  # noqa: PTH120 - only the text is cut

    @staticmethod
    def _try_again(context: Context) -> None:
        context.account.load()
        context.transfers.retry_now()
        context.sessions.refresh_states()
        context.archive.refresh()
