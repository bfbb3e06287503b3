"""The bytes behind a preview: a file as it was when it was opened, or text made from one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from app.errors import FileUnreadable
from app.sessions.found import stamp_of
from app.sessions.walk import open_regular

if TYPE_CHECKING:
    from pathlib import Path


class Bytes(Protocol):
    """Something to read from at any place."""

    @property
    def size(self) -> int:
        """Bytes."""

    def read(self, offset: int, length: int) -> bytes:
        """As many of the bytes as there are. Raises FileUnreadable."""


class OpenedFile:
    """A regular file held open; what is written to it later is not seen."""

    def __init__(self, path: Path, root: Path) -> None:
        """Raises FileVanished, FileUnreadable, NotARegularFile: a link that leads out of `root` is not followed."""
        self.path = path
        self._descriptor: int | None = open_regular(str(path), str(root))
        self._stamp = stamp_of(os.fstat(self._descriptor))

    @property
    def size(self) -> int:
        """Bytes when it was opened."""
        return self._stamp.size

    @property
    def descriptor(self) -> int:
        """For reading. Raises FileUnreadable after `close`."""
        if self._descriptor is None:
            raise FileUnreadable(path=str(self.path), reason="closed")
        return self._descriptor

    def read(self, offset: int, length: int) -> bytes:
        """As many of the bytes as there are; fewer where the file became shorter. Raises FileUnreadable."""
        try:
            os.lseek(self.descriptor, offset, os.SEEK_SET)
            found = os.read(self.descriptor, length)
            while len(found) < length and (more := os.read(self.descriptor, length - len(found))):
                found += more
        except OSError as problem:
            raise self.unreadable(problem) from problem
        return found

    def unreadable(self, problem: OSError) -> FileUnreadable:
        """The error that stands for a failed read."""
        return FileUnreadable(path=str(self.path), reason=problem.strerror or str(problem))

    def changed(self) -> bool:
        """Whether another file, or the same with other bytes, stands at the path now, or none."""
        try:
            return stamp_of(self.path.stat()) != self._stamp
        except OSError:
            return True

    def close(self) -> None:
        """Let go of the file. May be called again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Text:
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        """As many of the bytes as there are."""
        return self._data[offset : offset + length]
