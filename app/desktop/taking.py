"""The ways files come in: dropped, pasted, chosen, given at the start or by a second start; and the way they go on."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.account.connections import CONNECTION_PREFIX, is_connection_file
from app.desktop.drop_target import pasted_paths
from app.desktop.i18n import APPLICATION_NAME, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.context import Context
    from app.desktop.main_window import MainWindow
    from app.desktop.settings.profile_dialog import ProfileDialog

_PURPOSE = "archive"


class Taking(QObject):
    """Gives paths to the sessions, and shows them there; during the first run they wait for its end."""

    def __init__(self, window: MainWindow, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._context = context
        self._waiting: list[str] = []
        self._offers: deque[str] = deque()
        """Connections, by their files' paths or as strings, that are not shown yet."""
        self._offered: ProfileDialog | None = None
        window.drop_target.dropped.connect(self.take)
        window.first_run_ended.connect(self._first_run_ended)

    def take(self, paths: Sequence[str]) -> None:
        """Archive files and folders; a connection's file is no session, but a profile to add."""
        if self._window.in_first_run:
            # Where to is not decided yet.
            self._waiting.extend(paths)
            return
        self._offers.extend(path for path in paths if is_connection_file(path))
        others = [path for path in paths if not is_connection_file(path)]
        if others:
            self._context.navigate("sessions")
            self._context.sessions.take_paths(others)
        self._offer_next()

    def _offer_next(self) -> None:
        """Offer one connection after the other; nothing is accepted by the drop itself."""
        from app.desktop.settings.profile_dialog import ProfileDialog  # noqa: PLC0415 - seldom needed

        if not self._offers or (self._offered is not None and self._offered.isVisible()):
            return
        self._context.settings_tab("profiles")
        offer = self._offers.popleft()
        self._offered = ProfileDialog(self._context, self._window, connection=offer)
        self._offered.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._offered.finished.connect(self._offer_closed)
        self._offered.open()

    def _offer_closed(self, _result: int) -> None:
        self._offered = None
        self._offer_next()

    def _first_run_ended(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.take(waiting)

    def paste(self) -> None:
        """Archive what was copied in a file manager, or paths that were copied as text; a connection's string is offered.

        Nothing else is touched.
        """
        text = QGuiApplication.clipboard().text().strip()
        if text.startswith(CONNECTION_PREFIX) and not self._window.in_first_run:
            self._offers.append(text)
            self._offer_next()
            return
        self.take(pasted_paths(QGuiApplication.clipboard().mimeData()))

    def choose_files(self) -> None:
        """Ask for files in the system's dialog."""
        if self._window.in_first_run:
            return
        title = f"{translate('Shell', 'Archive files')} — {APPLICATION_NAME}"
        folder = self._context.window_state.folder(_PURPOSE)
        paths, _ = QFileDialog.getOpenFileNames(self._window, title, folder)
        if paths:
            self._context.window_state.keep_folder(_PURPOSE, os.path.dirname(paths[0]))  # noqa: PTH120 - only cut
            self.take(paths)

    def choose_folder(self) -> None:
        """Ask for a folder in the system's dialog."""
        if self._window.in_first_run:
            return
        title = f"{translate('Shell', 'Archive a folder')} — {APPLICATION_NAME}"
        folder = self._context.window_state.folder(_PURPOSE)
        path = QFileDialog.getExistingDirectory(self._window, title, folder)
        if path:
            self._context.window_state.keep_folder(_PURPOSE, os.path.dirname(path))  # noqa: PTH120
            self.take([path])
