"""Which processes are alive: told by locks that the operating system takes from the dead.

A process id says little: it is used again, and means nothing in another container. So every owner of leases holds a
lock on a file of its own; whoever can take that lock knows that the owner is gone.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from app.storage.paths import private_folder

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


OLD_SECONDS = 24 * 3600.0
"""An owner's file of this age was locked long ago, or its owner is dead."""


class Owner:
    """This process (or this store, where a process has two) as an owner of leases, until `close`."""

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self.name = f"{secrets.token_hex(8)}-{os.getpid()}"
        self._lock = self._lock_of(self.name)
        self._lock.acquire(blocking=False)
        self._remove_old()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def is_alive(self, name: str) -> bool:
        """Whether the owner of that name still runs. Callers serialise their asking (in a write transaction)."""
        if name == self.name:
            return True
        if not self._path_of(name).exists():
            return False
        lock = self._lock_of(name)
        try:
            lock.acquire(blocking=False)
        except (Timeout, OSError):
            return True
        lock.release()
        self._remove(name)
        return False

    def close(self) -> None:
        """From now on this owner counts as gone."""
        self._lock.release()
        self._remove(self.name)

    def _remove_old(self) -> None:
        """Remove the files of killed owners that nobody asked about. Only old ones: a new one may not be locked yet."""
        with suppress(OSError):
            for path in self._folder.glob("*.lock"):
                if time.time() - path.stat().st_mtime > OLD_SECONDS:
                    self.is_alive(path.stem)

    def _path_of(self, name: str) -> Path:
        safe = "".join(character for character in name if character.isalnum() or character == "-")
        return self._folder / f"{safe}.lock"

    def _lock_of(self, name: str) -> FileLock:
        return FileLock(self._path_of(name), mode=0o600, thread_local=False)

    def _remove(self, name: str) -> None:
        with suppress(OSError):
            self._path_of(name).unlink()
