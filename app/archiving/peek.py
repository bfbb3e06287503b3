"""An archived file opened for a look: brought, verified, unpacked under a limit, and gone when the look is over.

What is looked at may be secret and was not asked to be saved. It lies in a folder of this run's own, 0600, and what a
killed run left is erased by the next one.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from app.errors import Cancelled, TooLarge
from app.sessions.preview import Preview
from app.storage.paths import private_folder
from app.transfer.downloader import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from app.transfer.downloader import Downloaded, Downloader, Progress

LOOK_LIMIT = 250_000_000
"""Bytes unpacked. Sessions of 70 MB are met; what is larger than this is better downloaded."""


@dataclass(frozen=True, slots=True)
class Peeked:
    """A file that is there until `close`. May be closed twice; use it as a context."""

    downloaded: Downloaded
    _folder: Path = field(repr=False)

    @property
    def path(self) -> Path:
        """Where it lies for now, under the name it had."""
        return self.downloaded.path

    def close(self) -> None:
        """Erase it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ArchivedPreview(Preview):
    """The preview of a file that was brought for it: closing it erases the file."""

    def __init__(self, peeked: Peeked, source: str | None, name: str, *, with_sidechains: bool) -> None:
        """As `Preview`. Raises FileVanished, FileUnreadable, NotARegularFile; the file is erased then, too."""
        self._peeked = peeked
        try:
            super().__init__(source, peeked.path, name=name, with_sidechains=with_sidechains)
        except BaseException:
            peeked.close()
            raise

    def close(self) -> None:
        """Let go of the file, and of its bytes. May be called again."""
        super().close()
        self._peeked.close()


class Peek:
    """Brings single files of one destination for a look. Threads may share it; close it at the end of the run."""

    def __init__(
        self, make_downloader: Callable[[int], Downloader], folder: Path, *, limit: int = LOOK_LIMIT
    ) -> None:
        """`make_downloader` makes one that refuses to unpack more than so many bytes. `folder` is this program's own."""
        self._make_downloader = make_downloader
        self._folder = folder
        self._limit = limit
        self._lock = threading.Lock()
        self._own: tuple[Path, FileLock] | None = None
        self._closed = False

    def bring(
        self,
        s3_key: str,
        version_id: str | None = None,
        *,
        name: str | None = None,
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
    ) -> Peeked:
        """The verified file, named `name` or as the key has it.

        Raises what Downloader.download does: TooLarge above the limit, ObjectArchived, NotFound, Cancelled, …
        """
        downloader = self._make_downloader(self._limit)
        folder = self._own_folder() / secrets.token_hex(8)
        private_folder(folder)
        try:
            wanted = Wanted(s3_key=s3_key, folder=folder, name=name, version_id=version_id)
            brought = downloader.download(wanted, progress=progress, cancelled=cancelled)
        except TooLarge as refused:
            shutil.rmtree(folder, ignore_errors=True)
            raise TooLarge(**{**refused.parameters, "reason": "preview"}) from refused
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return Peeked(brought, folder)

    def preview(
        self,
        s3_key: str,
        version_id: str | None = None,
        *,
        source: str | None,
        name: str | None = None,
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
    ) -> ArchivedPreview:
        """A session's file to be shown; `source` and `name` as the history tells them. Close it.

        Raises what `bring` does, and FileVanished, FileUnreadable.
        """
        peeked = self.bring(s3_key, version_id, name=name, progress=progress, cancelled=cancelled)
        called = name or peeked.path.name
        # What has lost its main file is listed with a subagent's log in its place.
        with_sidechains = PurePosixPath(called).name.startswith("agent-")
        return ArchivedPreview(peeked, source, called, with_sidechains=with_sidechains)

    def close(self) -> None:
        """Erase everything that is still there. May be called twice; nothing is brought afterwards."""
        with self._lock:
            self._closed = True
            own, self._own = self._own, None
        if own is not None:
            _erase(*own)

    def _own_folder(self) -> Path:
        with self._lock:
            if self._closed:
                raise Cancelled
            if self._own is None:
                erase_abandoned(self._folder)
                self._own = self._take_folder()
            return self._own[0]

    def _take_folder(self) -> tuple[Path, FileLock]:
        """A folder, and the lock that says that somebody lives who uses it."""
        private_folder(self._folder)
        while True:
            own = self._folder / secrets.token_hex(8)
            lock = FileLock(own.with_suffix(".lock"), timeout=0, mode=0o600)
            # Another run may just be looking whether this lock is abandoned.
            with suppress(Timeout):
                lock.acquire()
                return private_folder(own), lock


def erase_abandoned(folder: Path) -> None:
    """Erase what killed runs left in the folder of a Peek; what somebody still looks at stays."""
    # By folders and locks: on Windows the lock of a killed run goes with it, elsewhere its folder may be gone already.
    for own in {path.with_suffix("") for path in folder.glob("*")}:
        lock = FileLock(own.with_suffix(".lock"), timeout=0, mode=0o600)
        with suppress(Timeout):
            lock.acquire()
            _erase(own, lock)


def _erase(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock_file = folder.with_suffix(".lock")
    # While it is held, so that nobody takes a lock that is about to vanish; Windows removes it only afterwards.
    with suppress(OSError):
        lock_file.unlink()
    lock.release()
    with suppress(OSError):
        lock_file.unlink()
