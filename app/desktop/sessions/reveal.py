"""Shows a file in the system's file manager. The file itself is never opened: it might be a program."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from app.desktop.i18n import translate
from app.desktop.opening import open_folder
from app.errors import FileVanished

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtCore import QObject

    from app.desktop.tasks import Task, Tasks
    from app.errors import ChatLogError

_PATIENCE_MILLISECONDS = 5000
"""For a file manager that has to be started first."""
_LOOK_SECONDS = 0.02
"""Between two looks for its answer."""


def reveal_words() -> str:
    """What the thing to do is called, with the file manager's name where it has one."""
    if sys.platform == "darwin":
        words = translate("Sessions", "Show in Finder")
    elif sys.platform == "win32":
        words = translate("Sessions", "Show in Explorer")
    else:
        words = translate("Sessions", "Show in Files")
    return words


def reveal(
    paths: Sequence[Path], tasks: Tasks, failed: Callable[[ChatLogError], None], owner: QObject | None = None
) -> None:
    """Show files where they lie, in the background; `failed` is told FileVanished where none is left.

    With an `owner` nothing is told once that object is gone.
    """
    wanted = tuple(paths)

    def work(_task: Task[Path | None]) -> Path | None:
        return show_in_file_manager(wanted)

    def done(folder: Path | None) -> None:
        if folder is not None:
            open_folder(folder)

    tasks.run(work, done=done, failed=failed, owner=owner)


def show_in_file_manager(paths: Sequence[Path]) -> Path | None:
    """Have the file manager select files; for worker threads.

    Returns the folder that should be opened instead where it cannot be asked to. Raises FileVanished.
    """
    there = [path for path in paths if os.path.lexists(path)]
    if not there:
        raise FileVanished(path=str(paths[0]))
    asked = True
    if sys.platform == "darwin":
        subprocess.run(["open", "-R", *map(str, there)], check=False)
    elif sys.platform == "win32":
        # Explorer reads its command line in its own way: the quotes stand around the path alone.
        subprocess.run(f'explorer /select,"{there[0]}"', check=False)
    else:
        asked = _ask_file_manager(there)
    return None if asked else there[0].parent


def _ask_file_manager(paths: Sequence[Path]) -> bool:
    """The freedesktop.org file manager interface (https://www.freedesktop.org/wiki/Specifications/file-manager-interface)."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage  # noqa: PLC0415 - only where it is needed

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    name = "org.freedesktop.FileManager1"
    message = QDBusMessage.createMethodCall(name, "/org/freedesktop/FileManager1", name, "ShowItems")
    # as_uri keeps names that are not UTF-8, which QUrl does not.
    message.setArguments([[path.as_uri() for path in paths], ""])
    answer = bus.asyncCall(message, _PATIENCE_MILLISECONDS)
    # To wait for it in Qt would hold Python's lock, and with it the window.
    while not answer.isFinished():
        time.sleep(_LOOK_SECONDS)
    return not answer.isError()
