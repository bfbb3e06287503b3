"""Listing folders and opening files of which other programs decide the content.

Links that lead out of the root, sockets, named pipes and devices are reported and never followed or opened.
A link to a folder inside the root is not followed either: what it shows is listed at its own place.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, NamedTuple

from app.errors import FileUnreadable, FileVanished, NotARegularFile
from app.sessions.found import Stamp, Survey, stamp_of
from app.sessions.notes import (
    PROBLEM_LINK_BROKEN,
    PROBLEM_LINK_OUTSIDE,
    PROBLEM_NOT_REGULAR,
    PROBLEM_UNREADABLE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_JUNCTION = (
    0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT: Windows' link between folders that `S_ISLNK` does not know
)
DEEPEST_FOLDER = 64
"""Levels below a root: deeper trees are not written by any tool, only by attackers of recursion."""


class Entry(NamedTuple):
    """A regular file in a folder."""

    name: str
    path: str
    stamp: Stamp


class Listing(NamedTuple):
    """A folder's regular files and folders, each sorted by name."""

    files: list[Entry]
    folders: list[tuple[str, str]]


class Root(NamedTuple):
    """A folder nothing may lead out of: as the user names it, and with its links resolved."""

    path: str
    real: str

    def holds(self, real_path: str) -> bool:
        """Whether a path without links lies in the folder."""
        return is_inside(real_path, self.real)


def root_at(path: str) -> Root:
    """The root at a path; being a link itself is fine."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - links in the user's own path stay as given
    return Root(absolute, os.path.realpath(absolute))


def is_inside(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies below it; both without links and `..`."""
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def list_folder(folder: str, root: Root, survey: Survey) -> Listing:
    """What the folder holds. An unreadable folder is reported and empty; a vanished one is empty."""
    files: list[Entry] = []
    folders: list[tuple[str, str]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                _sort_in(entry, root, survey, files, folders)
    except FileNotFoundError:
        pass
    except OSError:
        survey.problem(folder, PROBLEM_UNREADABLE)
    files.sort()
    folders.sort()
    return Listing(files, folders)


def walk(folder: str, root: Root, survey: Survey, depth: int = 0) -> Iterator[Entry]:
    """Every regular file below a folder, in a stable order: files first, then folders, by name."""
    listing = list_folder(folder, root, survey)
    yield from listing.files
    for _, path in listing.folders:
        if depth >= DEEPEST_FOLDER:
            survey.problem(path, PROBLEM_UNREADABLE)
        else:
            yield from walk(path, root, survey, depth + 1)


def open_regular(path: str, root: str) -> int:
    """A descriptor for reading a regular file that lies in `root`; never blocks on a pipe put in its place.

    Raises FileVanished, FileUnreadable, NotARegularFile.
    """
    # O_NONBLOCK: opening a named pipe would else wait for a writer. It means nothing for regular files.
    flags = (
        os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    )
    try:
        if not is_inside(os.path.realpath(path), os.path.realpath(root)):
            raise NotARegularFile(path=path)
        descriptor = os.open(path, flags)
    except FileNotFoundError as problem:
        raise FileVanished(path=path) from problem
    except OSError as problem:
        raise FileUnreadable(path=path, reason=problem.strerror or str(problem)) from problem
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotARegularFile(path=path)
    return descriptor


def _sort_in(
    entry: os.DirEntry[str], root: Root, survey: Survey, files: list[Entry], folders: list[tuple[str, str]]
) -> None:
    try:
        status = entry.stat(follow_symlinks=False)
        is_link = stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION
        if is_link:
            target = _follow(entry, root, survey)
            if target is None:
                return
            status = target
        elif sys.platform == "win32" and stat.S_ISREG(status.st_mode):
            # There a folder's list knows no file's number, and the size of one that grows as it was some time ago.
            status = os.lstat(entry.path)
    except FileNotFoundError:
        return
    except OSError:
        survey.problem(entry.path, PROBLEM_UNREADABLE)
        return
    if stat.S_ISREG(status.st_mode):
        files.append(Entry(entry.name, entry.path, stamp_of(status)))
    elif stat.S_ISDIR(status.st_mode):
        if not is_link:
            folders.append((entry.name, entry.path))
    else:
        survey.problem(entry.path, PROBLEM_NOT_REGULAR)


def _follow(entry: os.DirEntry[str], root: Root, survey: Survey) -> os.stat_result | None:
    """What a link inside the root leads to, unless that lies outside or is not there."""
    try:
        real = os.path.realpath(entry.path, strict=True)
    except OSError:
        survey.problem(entry.path, PROBLEM_LINK_BROKEN)
        return None
    if not root.holds(real):
        survey.problem(entry.path, PROBLEM_LINK_OUTSIDE)
        return None
    return os.stat(real)  # noqa: PTH116 - a string all the way: tens of thousands of entries per scan
