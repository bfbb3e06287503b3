"""The ways files come in: dropped, pasted, chosen, given at the start or by a second start; and the way they go on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.desktop.drop_target import pasted_paths
from app.desktop.i18n import APPLICATION_NAME, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.context import Context
    from app.desktop.main_window import MainWindow

_PURPOSE = "archive"


class Taking(QObject):
    """Gives paths to the sessions, and shows them there; during the first run they wait for its end."""

    def __init__(self, window: MainWindow, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._context = context
        self._waiting: list[str] = []
        window.drop_target.dropped.connect(self.take)
        window.first_run_ended.connect(self._first_run_ended)

    def take(self, paths: Sequence[str]) -> None:
        """Archive files and folders."""
        if not paths:
            return
        if self._window.in_first_run:
            # Where to is not decided yet.
            self._waiting.extend(paths)
            return
        self._context.navigate("sessions")
        self._context.sessions.take_paths(paths)

    def _first_run_ended(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.take(waiting)

    def paste(self) -> None:
        """Archive what was copied in a file manager, or paths that were copied as text; nothing else is touched."""
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
