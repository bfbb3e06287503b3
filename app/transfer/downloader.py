"""An object from S3 to a verified file: received, decompressed and hashed in one pass, named when it is whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import Cancelled, ChatLogError, DiskFull, RemoteError, TooLarge, VerificationFailed
from app.remote.protocol import ObjectRequest
from app.remote.zstd_frames import NotZstdError, decompressed
from app.transfer.connections import BLOCK
from app.transfer.file_names import safe_name
from app.transfer.objects import expect_object, get
from app.transfer.open_sockets import ended_by
from app.transfer.placing import place, temporary_file
from app.transfer.retry import DOWNLOAD_TABLE, Patience, Step, persistently
from app.transfer.s3_replies import original_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from app.remote.presign import PresignClient
    from app.remote.protocol import DownloadGrant
    from app.transfer.connections import Connections, StreamedReply

SIZE_LIMIT = 64 * 1024**3
"""Bytes: no session is larger; what decompresses to more is not one."""

RATIO_LIMIT = 1000
SMALL = 64 * 1024 * 1024
"""Without a known size, decompressed bytes may be `RATIO_LIMIT` times the stored ones, or `SMALL`, if that is more."""

PROGRESS_SECONDS = 0.1

COMPRESSED_TYPE = "application/zstd"
COMPRESSED_SUFFIX = ".zst"
METADATA_PREFIX = "x-amz-meta-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to bring, and where to. `name` None takes the object's own; it is made safe either way.

    `sha256` (hex, of the text as archived) is used where the object's metadata tells none. With a `mark` the unfinished
    file of an earlier, killed download of that mark is replaced (app.transfer.placing).
    """

    s3_key: str
    folder: Path
    name: str | None = None
    version_id: str | None = None
    sha256: str | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is there. `size` (bytes) and `sha256` (hex) are the file's.

    `verified`: the hash equals the one noted when it was archived, or, where none was, S3's own checksum.
    """

    s3_key: str
    version_id: str | None
    path: Path
    size: int
    sha256: str
    verified: bool


Progress = Callable[[int, int | None], None]
"""(stored bytes received, of how many if known); about ten times a second, from the downloading thread."""

Waiting = Callable[[ChatLogError, float, int], None]
"""(what went wrong, seconds until it is tried again, the number of that attempt), from the downloading thread."""


class Downloader:
    """Brings objects back. Threads may share it."""

    def __init__(self, presign: PresignClient, http: Connections, *, size_limit: int = SIZE_LIMIT) -> None:
        self._presign = presign
        self._http = http
        self._size_limit = size_limit

    def download(
        self,
        wanted: Wanted,
        *,
        progress: Progress | None = None,
        waiting: Waiting | None = None,
        cancelled: threading.Event | None = None,
    ) -> Downloaded:
        """The verified file. On any error nothing is left behind and nothing that was there is changed.

        Raises RemoteError (NotFound, ObjectArchived, VerificationFailed, TooLarge, …), DiskFull, FolderNotWritable,
        Cancelled.
        """
        one = _Download(
            self._presign,
            self._http,
            wanted,
            self._size_limit,
            progress,
            waiting,
            cancelled or threading.Event(),
        )
        return one.run()


class _Hashed:
    """Bytes passing by are counted and hashed."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.sha256()

    def take(self, block: bytes) -> None:
        self.size += len(block)
        self._digest.update(block)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Told:
    """What the object's metadata and its grant say it holds. `original_sha256` None: nothing is known."""

    stored_size: int | None
    original_size: int | None
    original_sha256: str | None


class _Download:
    """One download, through all its attempts."""

    def __init__(
        self,
        presign: PresignClient,
        http: Connections,
        wanted: Wanted,
        size_limit: int,
        progress: Progress | None,
        waiting: Waiting | None,
        cancelled: threading.Event,
    ) -> None:
        self._presign = presign
        self._http = http
        self._wanted = wanted
        self._size_limit = size_limit
        self._progress = progress
        self._waiting = waiting
        self._attempts = 1
        self._cancelled = cancelled
        self._as_stored = False

    def run(self) -> Downloaded:
        with ended_by(self._cancelled) as sockets, self._http.watched_by(sockets):
            return persistently(
                self._attempt,
                Patience(table=DOWNLOAD_TABLE),
                stopped=self._cancelled,
                before_next=self._before_next,
            )

    def _before_next(self, step: Step, error: BaseException) -> None:
        self._attempts += 1
        if self._waiting is not None and isinstance(error, ChatLogError):
            self._waiting(error, step.wait, self._attempts)

    def _attempt(self) -> Downloaded:
        if self._cancelled.is_set():
            raise Cancelled
        request = ObjectRequest(self._wanted.s3_key, self._wanted.version_id)
        grant = self._presign.download([request])[0]
        if isinstance(grant, RemoteError):
            raise grant
        try:
            return self._fetch(grant)
        except _StoredAsIsError:
            self._as_stored = True
            return self._fetch(grant)

    def _fetch(self, grant: DownloadGrant) -> Downloaded:
        with get(self._http, grant) as reply:
            expect_object(reply, grant)
            told = _told(reply, grant, self._wanted)
            compressed = not self._as_stored and _is_compressed(grant.s3_key, reply)
            expected = told.original_size if compressed else told.stored_size
            if expected is not None and expected > self._size_limit:
                raise TooLarge(size=expected, limit=self._size_limit)
            with temporary_file(self._wanted.folder, self._wanted.mark) as (file, temporary):
                _expect_room(self._wanted.folder, expected)
                stored, original = _Hashed(), _Hashed()
                self._write(file, reply, told, stored, original, compressed=compressed)
                verified = self._verify(grant, told, stored, original)
                file.flush()
                os.fsync(file.fileno())
                file.close()  # Windows gives no name to an open file
                name = self._wanted.name or default_name(grant.s3_key, decompressed=compressed)
                path = place(temporary, self._wanted.folder, safe_name(name), original.sha256)
        version_id = grant.version_id or reply.headers.get("x-amz-version-id")
        return Downloaded(grant.s3_key, version_id, path, original.size, original.sha256, verified)

    def _write(
        self,
        file: BinaryIO,
        reply: StreamedReply,
        told: _Told,
        stored: _Hashed,
        original: _Hashed,
        *,
        compressed: bool,
    ) -> None:
        blocks = self._received(reply, stored, told.stored_size)
        try:
            for block in decompressed(blocks) if compressed else blocks:
                original.take(block)
                if compressed:
                    self._check_growth(original.size, stored.size, told)
                file.write(block)
        except NotZstdError as problem:
            for _ in blocks:  # the rest counts for the checks that follow
                pass
            self._check_received(stored, told)
            if stored.sha256 == told.original_sha256:
                raise _StoredAsIsError from problem
            raise self._unlike("compression", "zstd", str(problem)) from problem
        self._check_received(stored, told)
        if compressed and original.sha256 != told.original_sha256 == stored.sha256:
            raise _StoredAsIsError

    def _received(self, reply: StreamedReply, stored: _Hashed, total: int | None) -> Iterator[bytes]:
        told = time.monotonic() - PROGRESS_SECONDS  # the first block at once: with it the size is known
        for block in reply.blocks(BLOCK):
            if self._cancelled.is_set():
                raise Cancelled
            stored.take(block)
            if total is not None and stored.size > total:
                raise self._unlike("size", total, stored.size)
            now = time.monotonic()
            if self._progress is not None and now - told >= PROGRESS_SECONDS:
                told = now
                self._progress(stored.size, total)
            yield block

    def _check_growth(self, size: int, stored_size: int, told: _Told) -> None:
        """Refuse what decompresses to more than it may, while it does."""
        if told.original_size is None:
            limit = min(self._size_limit, max(SMALL, stored_size * RATIO_LIMIT))
            if size > limit:
                raise TooLarge(size=size, limit=limit)
        elif size > told.original_size:
            if told.original_size == told.stored_size:
                raise _StoredAsIsError
            raise self._unlike("size", told.original_size, size)

    def _check_received(self, stored: _Hashed, told: _Told) -> None:
        if told.stored_size is not None and stored.size != told.stored_size:
            raise self._unlike("size", told.stored_size, stored.size)
        if self._progress is not None:
            self._progress(stored.size, told.stored_size)

    def _verify(self, grant: DownloadGrant, told: _Told, stored: _Hashed, original: _Hashed) -> bool:
        """Whether the content is proved; where nothing was noted when it was archived, by S3's own checksum."""
        if told.original_sha256 is not None:
            if told.original_sha256 != original.sha256:
                raise self._unlike("sha256", told.original_sha256, original.sha256)
            return True
        head = self._presign.head([ObjectRequest(grant.s3_key, grant.version_id)])[0]
        checksum = None if isinstance(head, RemoteError) or head.checksum is None else head.checksum.sha256()
        if checksum is not None and checksum.hex() != stored.sha256:
            raise self._unlike("checksum", checksum.hex(), stored.sha256)
        return checksum is not None

    def _unlike(self, what: str, expected: str | int, found: str | int) -> VerificationFailed:
        return VerificationFailed(s3Key=self._wanted.s3_key, what=what, expected=expected, found=found)


class _StoredAsIsError(Exception):
    """The object's name says compressed, its hash says that it is the original itself (somebody's own .zst file)."""


def default_name(s3_key: str, *, decompressed: bool) -> str:
    """The file's name out of its key: without the time before it, and without `.zst` where that is undone."""
    base = s3_key.rpartition("/")[2]
    name = base.partition("_")[2] or base
    return name.removesuffix(COMPRESSED_SUFFIX) if decompressed else name


def _told(reply: StreamedReply, grant: DownloadGrant, wanted: Wanted) -> _Told:
    metadata = {
        name.removeprefix(METADATA_PREFIX): value
        for name, value in reply.headers.items()
        if name.startswith(METADATA_PREFIX)
    }
    size = metadata.get("original-size", "")
    return _Told(
        stored_size=grant.size,
        original_size=int(size) if size.isascii() and size.isdecimal() and len(size) < 20 else None,  # noqa: PLR2004 - beyond 64 bits
        original_sha256=original_hash(metadata) or wanted.sha256,
    )


def _is_compressed(s3_key: str, reply: StreamedReply) -> bool:
    kind = reply.headers.get("content-type", "").partition(";")[0].strip()
    return s3_key.endswith(COMPRESSED_SUFFIX) and kind == COMPRESSED_TYPE


def _expect_room(folder: Path, size: int | None) -> None:
    """Fail before hours of receiving, not after. Raises DiskFull."""
    if size is not None and size > shutil.disk_usage(folder).free:
        raise DiskFull(path=str(folder))
