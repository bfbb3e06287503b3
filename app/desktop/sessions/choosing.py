"""The system's dialogs for files and folders to archive; each opens where it was last used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QFileInfo
from PySide6.QtWidgets import QFileDialog

from app.desktop.i18n import APPLICATION_NAME, translate

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.desktop.window_memory import WindowMemory

_PURPOSE = "archive"


def choose_files(parent: QWidget, memory: WindowMemory) -> list[str]:
    """Files to archive; none if the dialog was cancelled."""
    title = translate("Sessions", "Choose files to archive")
    chosen, _ = QFileDialog.getOpenFileNames(parent, _titled(title), memory.folder(_PURPOSE))
    if chosen:
        memory.keep_folder(_PURPOSE, QFileInfo(chosen[0]).path())
    return chosen


def choose_folder(parent: QWidget, memory: WindowMemory) -> list[str]:
    """A folder whose files are to be archived; none if the dialog was cancelled."""
    title = translate("Sessions", "Choose a folder to archive")
    chosen = QFileDialog.getExistingDirectory(parent, _titled(title), memory.folder(_PURPOSE))
    if not chosen:
        return []
    memory.keep_folder(_PURPOSE, chosen)
    return [chosen]


def _titled(title: str) -> str:
    return f"{title} — {APPLICATION_NAME}"
