"""Putting a finished file where it was wanted, without ever replacing another one."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING

from app.errors import DiskFull, FolderNotWritable
from app.transfer.file_names import with_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


PART_PREFIX, PART_SUFFIX = ".chatlog-", ".part"


def part_path(folder: Path, mark: str) -> Path:
    """Where a marked file lies until it is whole."""
    return folder / f"{PART_PREFIX}{mark}{PART_SUFFIX}"


def stored_path(folder: Path, mark: str) -> Path:
    """Where the bytes of a large object are gathered, as S3 has them."""
    return folder / f"{PART_PREFIX}{mark}.stored"


def journal_path(folder: Path, mark: str) -> Path:
    """What tells which of those bytes are there."""
    return folder / f"{PART_PREFIX}{mark}.journal"


def lock_path(folder: Path, mark: str) -> Path:
    """What a process that gathers them has locked."""
    return folder / f"{PART_PREFIX}{mark}.lock"


def remove_parts(folder: Path, mark: str) -> None:
    """Remove what was received of a marked file and is of no more use; nobody may be at it."""
    for path in (part_path(folder, mark), stored_path(folder, mark), journal_path(folder, mark)):
        # What cannot be removed now is replaced or taken up by the next download of that mark.
        with suppress(OSError):
            path.unlink()


@contextmanager
def temporary_file(folder: Path, mark: str | None = None) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file (0600) in `folder`, which is made if missing; removed at the end unless it was moved away.

    With a `mark` it is `part_path`, in place of the one that a killed process has left; for one process at a time.
    Raises DiskFull, FolderNotWritable, also for what goes wrong with the file inside the `with`.
    """
    with local_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if mark is None:
            descriptor, name = tempfile.mkstemp(prefix=PART_PREFIX, suffix=PART_SUFFIX, dir=folder)
            path = folder / name
        else:
            path = part_path(folder, mark)
            path.unlink(missing_ok=True)
            descriptor = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
            )
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file, path
        finally:
            with suppress(OSError):
                path.unlink()


@contextmanager
def local_errors(folder: Path) -> Iterator[None]:
    """Translate what the file system refuses."""
    try:
        yield
    except OSError as problem:
        if problem.errno in _NO_ROOM:
            raise DiskFull(path=str(folder)) from problem
        raise FolderNotWritable(path=str(folder), reason=problem.strerror or str(problem)) from problem


def place(temporary: Path, folder: Path, name: str, sha256: str) -> Path:
    """Give the finished file its name at once, or another where other content has it; the path it is at now.

    A file that has the same content already is left as it is. Raises OSError.
    """
    for number in count():
        marked = (
            name if number == 0 else with_mark(name, sha256[:8] if number == 1 else f"{sha256[:8]}-{number}")
        )
        target = folder / marked
        if _take_name(temporary, target):
            _sync_folder(folder)
            return target
        if _has_content(target, sha256):
            return target
    raise AssertionError


def _take_name(temporary: Path, target: Path) -> bool:
    """Whether the name was free. A hard link is refused where the name exists, which a rename is not."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    except OSError:
        # No hard links on this file system.
        if target.exists() or target.is_symlink():
            return False
        temporary.rename(target)
    return True


def _has_content(path: Path, sha256: str) -> bool:
    """Whether a regular file (no link, no device) has that content."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; Windows has no such call."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
