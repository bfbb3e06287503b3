"""One file of a session as bytes to send: a consistent snapshot, compressed and hashed.

The file may be growing under our hands. A snapshot is what it held up to the size it had when it was opened. Only
if a line-based log grew meanwhile is an unfinished last line left out, for the next upload to bring; a file that is
rewritten in place while it is read is read again.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import zstandard

from app.archiving.naming import content_type, metadata, object_name
from app.errors import (
    Cancelled,
    ChatLogError,
    DiskFull,
    FileKeepsChanging,
    FileShrank,
    FileUnreadable,
    FileVanished,
    FolderNotWritable,
    NotARegularFile,
)
from app.transfer.content import ContentKey, Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from app.sessions.model import Session, SessionFile

BLOCK = 1 << 20
COMPRESSION_LEVEL = 3
THREADS_FROM = 16 * 1024 * 1024
THREADS = 2
"""For files of so many bytes and more zstd works beside the hashing of what was read: 2 GB took 3.3 s instead of 7.0
on two processors, for 45 MB of memory and 0.9 % more bytes. More threads gain nothing: then hashing is what takes long.
"""
SNAPSHOT_ATTEMPTS = 5
"""A tool that rewrites its file takes milliseconds; one that never stops is an error, not an endless loop."""


@dataclass(frozen=True, slots=True)
class SessionContent:
    """A Content for the uploader: `file` of `session`."""

    session: Session
    file: SessionFile
    compress: bool
    session_date: date | None
    kind: str = "log"
    redaction: str = "none"

    @property
    def key(self) -> ContentKey:
        """Which file of which session this is, on every computer."""
        return ContentKey(self.session.source, self.session.session_id, self.file.relative_path)

    @property
    def path(self) -> Path:
        """Where it lies on this computer."""
        return self.file.path

    @property
    def file_name(self) -> str:
        """The fileName asked of the endpoint."""
        return object_name(self.session.source, self.session.session_id, self.file, compressed=self.compress)

    def prepare(self, spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
        """Write the bytes to be stored to `spool_file` and tell their sizes and hashes.

        Raises FileVanished, FileUnreadable, NotARegularFile, FileShrank, FileKeepsChanging, DiskFull, Cancelled.
        """
        snapshot = take_snapshot(
            self.file.path,
            self.file.root,
            spool_file,
            is_log=self.file.is_log,
            compress=self.compress,
            cancelled=cancelled,
        )
        return Prepared(
            original_size=snapshot.original_size,
            original_sha256=snapshot.original_sha256,
            stored_size=snapshot.stored_size,
            stored_sha256=snapshot.stored_sha256,
            content_type=content_type(self.file.relative_path, compressed=self.compress),
            mtime_ns=snapshot.mtime_ns,
            metadata=self._metadata(snapshot),
        )

    def _metadata(self, snapshot: Snapshot) -> Mapping[str, str]:
        return metadata(
            self.session.source, self.session.session_id, snapshot.original_size, snapshot.original_sha256
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read and what was written of it. Sizes in bytes; `mtime_ns` as it was when the file was opened."""

    original_size: int
    original_sha256: str
    stored_size: int
    stored_sha256: bytes
    mtime_ns: int


def take_snapshot(
    path: Path, root: Path, spool_file: Path, *, is_log: bool, compress: bool, cancelled: Callable[[], bool]
) -> Snapshot:
    """Copy what `path` holds now to `spool_file`, compressed if asked, in bounded memory.

    Raises as SessionContent.prepare does.
    """
    problem: ChatLogError = FileKeepsChanging(path=str(path))
    limit: int | None = None
    for _ in range(SNAPSHOT_ATTEMPTS):
        try:
            outcome = _attempt(
                path, root, spool_file, is_log=is_log, compress=compress, limit=limit, cancelled=cancelled
            )
        except (FileShrank, FileKeepsChanging) as changed:
            problem, limit = changed, None
            continue
        if isinstance(outcome, Snapshot):
            return outcome
        limit = outcome
    raise problem


def _attempt(
    path: Path,
    root: Path,
    spool_file: Path,
    *,
    is_log: bool,
    compress: bool,
    limit: int | None,
    cancelled: Callable[[], bool],
) -> Snapshot | int:
    """One reading: the snapshot, or the size to which a growing log should be read instead."""
    with open_inside(path, root) as source:
        before = os.fstat(source.fileno())
        size = before.st_size if limit is None else min(limit, before.st_size)
        original, stored = _copy(source, path, spool_file, size, compress=compress, cancelled=cancelled)
        after = os.fstat(source.fileno())
        if limit is None:
            if is_log and after.st_size > before.st_size:
                whole = _end_of_last_line(source, size)
                if 0 < whole < size:
                    return whole
            elif (after.st_mtime_ns, after.st_size) != (before.st_mtime_ns, before.st_size):
                raise FileKeepsChanging(path=str(path))
    return Snapshot(size, original, stored.size, stored.digest.digest(), before.st_mtime_ns)


@contextmanager
def open_inside(path: Path, root: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading without leaving `root` through a link.

    The root itself may be a link (a person may keep her logs elsewhere). The opened file is compared with what
    the resolved path names, so that swapping a folder for a link in between is noticed.

    Raises FileVanished, FileUnreadable, NotARegularFile.
    """
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root.resolve(strict=True)):
            raise NotARegularFile(path=str(path))
        descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as problem:
        raise FileVanished(path=str(path)) from problem
    except (OSError, RuntimeError) as problem:  # RuntimeError: a loop of links, before Python 3.13
        if getattr(problem, "errno", None) in {errno.ELOOP, errno.ENXIO}:
            raise NotARegularFile(path=str(path)) from problem
        raise FileUnreadable(path=str(path), reason=_reason(problem)) from problem
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotARegularFile(path=str(path))
        _same_file_still(path, root, status)
        file = os.fdopen(descriptor, "rb", buffering=0)
    except BaseException:
        os.close(descriptor)
        raise
    with file:
        yield file


def _same_file_still(path: Path, root: Path, opened: os.stat_result) -> None:
    try:
        real = path.resolve(strict=True)
        inside = real.is_relative_to(root.resolve(strict=True))
        named = real.stat()
    except FileNotFoundError:
        return  # deleted after it was opened: the open file is still whole
    except (OSError, RuntimeError) as problem:
        raise FileUnreadable(path=str(path), reason=_reason(problem)) from problem
    if not inside:
        raise NotARegularFile(path=str(path))
    if (named.st_dev, named.st_ino) != (opened.st_dev, opened.st_ino):
        raise FileShrank(path=str(path))  # replaced by another file: read again


class _HashingFile:
    """Writes to the spool, counting and hashing what is stored."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, block: bytes) -> None:
        self._file.write(block)
        self.digest.update(block)
        self.size += len(block)


def _copy(
    source: BinaryIO,
    path: Path,
    spool_file: Path,
    size: int,
    *,
    compress: bool,
    cancelled: Callable[[], bool],
) -> tuple[str, _HashingFile]:
    original = hashlib.sha256()
    with _spool(spool_file) as file:
        sink = _HashingFile(file)
        compressor = _compressor(size) if compress else None
        for block in _blocks(source, size, path):
            if cancelled():
                raise Cancelled
            original.update(block)
            sink.write(compressor.compress(block) if compressor else block)
        if compressor:
            sink.write(compressor.flush())
    return original.hexdigest(), sink


def _compressor(size: int) -> zstandard.ZstdCompressionObj:
    threads = THREADS if size >= THREADS_FROM else 0
    compressor = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL, write_checksum=True, threads=threads)
    return compressor.compressobj(size=size)


def _blocks(source: BinaryIO, size: int, path: Path) -> Iterator[bytes]:
    source.seek(0)
    left = size
    while left:
        try:
            block = source.read(min(BLOCK, left))
        except OSError as problem:
            raise FileUnreadable(path=str(path), reason=_reason(problem)) from problem
        if not block:
            raise FileShrank(path=str(path))
        left -= len(block)
        yield block


def _end_of_last_line(source: BinaryIO, size: int) -> int:
    """The offset just behind the last newline before `size`; 0 when there is none."""
    end = size
    while end > 0:
        start = max(0, end - BLOCK)
        source.seek(start)
        found = source.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


@contextmanager
def _spool(spool_file: Path) -> Iterator[BinaryIO]:
    try:
        descriptor = os.open(spool_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(path=str(spool_file.parent)) from problem
        raise FolderNotWritable(path=str(spool_file.parent), reason=_reason(problem)) from problem


def _reason(problem: BaseException) -> str:
    return getattr(problem, "strerror", None) or str(problem)
