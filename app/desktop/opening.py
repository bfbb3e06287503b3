"""Pages and folders, opened in the programs that the system has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app.frozen import for_other_programs

if TYPE_CHECKING:
    import os


def open_page(address: str) -> bool:
    """Open an address in the browser; False where there is none."""
    return _open(QUrl(address))


def open_folder(path: str | os.PathLike[str]) -> bool:
    """Open a folder, or a file, in the system's program for it; False where there is none."""
    return _open(QUrl.fromLocalFile(str(path)))


def _open(url: QUrl) -> bool:
    with for_other_programs():
        return QDesktopServices.openUrl(url)
