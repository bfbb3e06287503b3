"""What one run has in the spool, and who may write there when the disk is full.

A file that finds no room beside others waits for theirs, and is then tried with no other written at the same time. It
has failed only if it found no room with nothing else of this run on the disk: what fits is never failed by what does
not.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPOOL_FILES = 200
SPOOL_BYTES = 1024 * 1024 * 1024
"""What may wait in the spool before preparing pauses, without what is on its way in parts: one large file must not keep
small ones from being prepared."""


class Writing(NamedTuple):
    """That a file is being written to the spool; made by `SpoolRoom.begin`."""

    changes: int


class SpoolRoom:
    """Counts of one run. Whoever calls a method holds the run's lock."""

    def __init__(self, folder: Path, bytes_in_parts: Callable[[], int]) -> None:
        self.files = 0
        """That wait in the spool, or are being sent from it."""
        self._folder = folder
        self._bytes_in_parts = bytes_in_parts
        self._bytes = 0
        self._writers = 0
        self._changes = 0
        """How often somebody began to write, or gave room back."""

    def is_open(self, *, tight: bool) -> bool:
        """Whether one more file may be written. While it is `tight`, one at a time."""
        if tight and self._writers:
            return False
        return self.files < SPOOL_FILES and self._bytes - self._bytes_in_parts() < SPOOL_BYTES

    def begin(self) -> Writing:
        """A file will be written; to be ended by `end`."""
        self._writers += 1
        self._changes += 1
        return Writing(self._changes)

    def end(self, size: int | None = None) -> None:
        """Writing has ended: with a file of so many bytes that stays, or with none."""
        self._writers -= 1
        self._changes += 1
        if size is not None:
            self.files += 1
            self._bytes += size

    def leave(self, size: int) -> None:
        """A file of so many bytes has left the spool."""
        self.files -= 1
        self._bytes -= size
        self._changes += 1

    def was_shared(self, writing: Writing) -> bool:
        """Whether something else of this run was on the disk at any time since this writing began."""
        return self.files > 0 or self._writers > 1 or self._changes != writing.changes

    def has(self, needed: int) -> bool:
        """Whether to try again a file for which room for more than so many bytes was missing."""
        if self._writers:
            return False
        if not self.files:
            return True
        try:
            return shutil.disk_usage(self._folder).free > needed
        except OSError:
            return True  # trying tells what is wrong
