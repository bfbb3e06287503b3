"""Who the one running desktop of a home is, and where the others reach it. No Qt."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import ChatLogError, FolderNotWritable
from app.storage.paths import private_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK_NAME = "window.lock"
SOCKET_NAME = "window.sock"

MAXIMUM_SOCKET_PATH = 92
"""Bytes. macOS takes 103 (sun_path), and Qt makes the socket under a longer name first."""


class InstanceLock:
    """A lock on a home's data folder, held while the desktop runs; the system lets go of it when a process dies.

    Touches the disk: not for the GUI thread.
    """

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder
        self._lock: BaseFileLock | None = None
        self.held = False
        """This process is the home's desktop."""
        self.elsewhere = False
        """Another process is."""
        self.problem: ChatLogError | None = None
        """Why nobody can be: the data folder cannot be written, or its file system knows no locks."""
        self.address: str | None = None
        """The local server's name, as Qt takes it; None where no safe place for it was found."""

    def take(self) -> bool:
        """Try to become the home's desktop; whether this process is it.

        Where the folder cannot be written nobody holds the lock: the desktop runs without it, and says why elsewhere.
        """
        import filelock  # noqa: PLC0415 - in the thread that reads, beside Qt's own start

        if self.held:
            return True
        self.elsewhere, self.problem = False, None
        try:
            private_folder(self._folder)
            self.address = server_address(self._folder)
            lock = filelock.FileLock(self._folder / LOCK_NAME, mode=0o600, thread_local=False)
            lock.acquire(timeout=0)
        except filelock.Timeout:
            self.elsewhere = True
            return False
        except ChatLogError as problem:
            self.problem = problem
            return False
        except OSError as problem:
            self.problem = FolderNotWritable(path=str(self._folder), reason=problem.strerror or str(problem))
            return False
        self._lock, self.held = lock, True
        return True

    def release(self) -> None:
        """Let the next one start."""
        if self._lock is not None:
            self._lock.release()
        self._lock, self.held = None, False


def server_address(data_folder: Path) -> str | None:
    """The name of the local server of a home: the same for every start with that home, out of other users' reach.

    A socket in the data folder, which is its owner's alone. A path too long for a socket has it in a folder of the
    user's own among the temporary files, by a hash; None if that folder is not the user's alone. On Windows a pipe by
    that hash, which Qt opens for its user only.
    """
    name = hashlib.sha256(os.fsencode(data_folder.resolve())).hexdigest()[:24]
    if sys.platform == "win32":
        address: str | None = f"chatlog-uploader-{name}"
    else:
        path = data_folder / SOCKET_NAME
        fits = len(os.fsencode(path)) <= MAXIMUM_SOCKET_PATH and is_own(data_folder)
        elsewhere = Path(tempfile.gettempdir()) / f"chatlog-uploader-{os.getuid()}"
        address = str(path) if fits else _socket_elsewhere(elsewhere, name)
    return address


def _socket_elsewhere(folder: Path, name: str) -> str | None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return str(folder / f"{name}.sock") if is_own(folder) else None


def is_own(folder: Path) -> bool:
    """Whether it is a folder, no link, of this user, that nobody else may write to."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and (sys.platform == "win32" or found.st_uid == os.getuid())
        and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )
