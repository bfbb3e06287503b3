"""What a source finds by listing folders, before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

Reader = Literal["claude", "claude-agent", "document"]
"""How a main file is read: see `app.sessions.reading`."""


class Stamp(NamedTuple):
    """What tells a changed file from an unchanged one without reading it.

    The inode and the time of the last change of state catch rewrites that keep size and modification time.
    """

    size: int
    mtime_ns: int
    inode: int
    ctime_ns: int


class FoundFile(NamedTuple):
    """A regular file that belongs to a session. `path` may hold lone surrogates (names that are not UTF-8)."""

    path: str
    relative_path: str
    stamp: Stamp
    is_log: bool


class FoundSession(NamedTuple):
    """A session by its place: the main file first, then the companions in a stable order."""

    session_id: str
    root: str
    files: tuple[FoundFile, ...]
    reader: Reader
    notes: tuple[str, ...] = ()

    @property
    def main(self) -> FoundFile:
        """The file that title, messages and times are read from."""
        return self.files[0]


class Survey(Protocol):
    """What a source may ask of whoever runs the scan."""

    def problem(self, path: str, code: str) -> None:
        """Report a path that is left out."""

    def recall(self, file: FoundFile, read: Callable[[str], str | None]) -> str | None:
        """The result of `read(path)`, remembered for as long as the file does not change."""


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file that was just looked at."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)
