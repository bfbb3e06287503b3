"""An object from S3 to a verified file: received, decompressed and hashed in one pass, named when it is whole.

A large one comes in ranges (app.transfer.ranges) into a part file beside the target, from which the next download of
it goes on after a kill or a lost network; it is decompressed and hashed in order while the rest still comes.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from app.errors import (
    Cancelled,
    ChatLogError,
    DiskFull,
    RemoteError,
    TooLarge,
    VerificationFailed,
)
from app.remote.protocol import ObjectRequest
from app.remote.zstd_frames import NotZstdError, decompressed
from app.transfer.connections import BLOCK
from app.transfer.file_names import safe_name
from app.transfer.hashed import Hashed, hashed
from app.transfer.objects import RangesIgnored, expect_object, get
from app.transfer.open_sockets import ended_by
from app.transfer.part_file import ObjectIdentity, part_file
from app.transfer.placing import place, temporary_file
from app.transfer.ranges import Failure, Granted, RangeFetch, first_look
from app.transfer.retry import DAMAGED_TABLE, DOWNLOAD_TABLE, Budget, Patience, Step, may_pass, persistently
from app.transfer.s3_replies import original_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from app.remote.presign import PresignClient
    from app.remote.protocol import DownloadGrant
    from app.transfer.connections import Connections, StreamedReply
    from app.transfer.part_file import PartFile

T = TypeVar("T")

SIZE_LIMIT = 64 * 1024**3
"""Bytes: no session is larger; what decompresses to more is not one."""

RATIO_LIMIT = 1000
SMALL = 64 * 1024 * 1024
"""Without a known size, decompressed bytes may be `RATIO_LIMIT` times the stored ones, or `SMALL`, if that is more."""

RANGES_ABOVE = 16 * 1024 * 1024
"""Bytes: what is larger comes in ranges."""

PARALLEL = 8
"""Requests for ranges under way at once, over all downloads of a Downloader."""

PROGRESS_SECONDS = 0.1

COMPRESSED_TYPE = "application/zstd"
COMPRESSED_SUFFIX = ".zst"
METADATA_PREFIX = "x-amz-meta-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to bring, and where to. `name` None takes the object's own; it is made safe either way.

    `sha256` (hex, of the text as archived) is used where the object's metadata tells none. With a `mark` the unfinished
    files of an earlier download of that mark are replaced or gone on with, and a large object's stay when it is
    cancelled, for whoever knows the mark to remove (app.transfer.placing).
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

    def __init__(
        self,
        presign: PresignClient,
        http: Connections,
        *,
        size_limit: int = SIZE_LIMIT,
        parallel: int = PARALLEL,
        ranges_above: int = RANGES_ABOVE,
    ) -> None:
        self._presign = presign
        self._http = http
        self._limits = _Limits(size_limit, ranges_above, threading.BoundedSemaphore(parallel))

    def download(
        self,
        wanted: Wanted,
        *,
        progress: Progress | None = None,
        waiting: Waiting | None = None,
        cancelled: threading.Event | None = None,
    ) -> Downloaded:
        """The verified file. On any error nothing that was there is changed, and nothing is left behind but what came
        of a large object before an error that may pass (app.transfer.retry.may_pass): the next call goes on from there.

        Raises RemoteError (NotFound, ObjectArchived, VerificationFailed, TooLarge, …), DiskFull, FolderNotWritable,
        Cancelled.
        """
        one = _Download(
            self._presign,
            self._http,
            wanted,
            self._limits,
            progress,
            waiting,
            cancelled or threading.Event(),
        )
        return one.run()


@dataclass(frozen=True, slots=True)
class _Limits:
    """Of all downloads of a Downloader. Sizes in bytes."""

    size: int
    ranges_above: int
    slots: threading.Semaphore


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
        limits: _Limits,
        progress: Progress | None,
        waiting: Waiting | None,
        cancelled: threading.Event,
    ) -> None:
        self._presign = presign
        self._http = http
        self._wanted = wanted
        self._limits = limits
        self._progress = progress
        self._waiting = waiting
        self._attempts = 1
        self._cancelled = cancelled
        self._as_stored = False
        self._budget = Budget()

    def run(self) -> Downloaded:
        with ended_by(self._cancelled) as sockets, self._http.watched_by(sockets):
            found = self._insist(self._attempt)
            if isinstance(found, Downloaded):
                return found
            self._budget.grow(found.size or 0)
            try:
                return self._in_ranges(found)
            except RangesIgnored:
                return self._insist(self._attempt_in_one)

    def _in_ranges(self, grant: DownloadGrant) -> Downloaded:
        """Ranges have their own retries; all of them come again only where the whole is not what was archived."""
        return persistently(
            lambda: self._fetch_ranges(grant),
            Patience(table=DAMAGED_TABLE, budget=self._budget),
            stopped=self._cancelled,
            before_next=self._before_next,
        )

    def _insist(self, attempt: Callable[[], T]) -> T:
        return persistently(
            attempt,
            Patience(table=DOWNLOAD_TABLE, budget=self._budget),
            stopped=self._cancelled,
            before_next=self._before_next,
        )

    def _before_next(self, step: Step, error: BaseException) -> None:
        self._attempts += 1
        if self._waiting is not None and isinstance(error, ChatLogError):
            self._waiting(error, step.wait, self._attempts)

    def _attempt(self) -> Downloaded | DownloadGrant:
        """The file; or leave to read it, where it is large and comes in ranges, which have retries of their own."""
        grant = self._grant()
        if grant.size is not None and grant.size > self._limits.ranges_above:
            return grant
        return self._fetch_once(grant)

    def _attempt_in_one(self) -> Downloaded:
        return self._fetch_once(self._grant())

    def _grant(self) -> DownloadGrant:
        if self._cancelled.is_set():
            raise Cancelled
        request = ObjectRequest(self._wanted.s3_key, self._wanted.version_id)
        grant = self._presign.download([request])[0]
        if isinstance(grant, RemoteError):
            raise grant
        return grant

    def _fetch_once(self, grant: DownloadGrant) -> Downloaded:
        try:
            return self._fetch(grant)
        except _StoredAsIsError:
            self._as_stored = True
            return self._fetch(grant)

    def _fetch(self, grant: DownloadGrant) -> Downloaded:
        with get(self._http, grant) as reply:
            expect_object(reply, grant)
            told, compressed = self._expected(reply.headers, grant)
            stored, original = Hashed(), Hashed()
            with temporary_file(self._wanted.folder, self._wanted.mark) as (file, temporary):
                self._expect_room(told.original_size if compressed else told.stored_size)
                blocks = self._received(reply, stored, told.stored_size)
                self._write(file, blocks, told, stored, original, compressed=compressed)
                verified = self._verify(grant, told, stored, original)
                _close_durably(file)
                path = self._place(temporary, grant, original, decompressed=compressed)
        version_id = grant.version_id or reply.headers.get("x-amz-version-id")
        return Downloaded(grant.s3_key, version_id, path, original.size, original.sha256, verified)

    # ---- in ranges ----------------------------------------------------------------------------------------

    def _fetch_ranges(self, grant: DownloadGrant) -> Downloaded:
        assert grant.size is not None
        granted = Granted(self._presign, grant)
        headers = first_look(
            self._http, granted, budget=self._budget, stopped=self._cancelled, waiting=self._tell_failure
        )
        told, compressed = self._expected(headers, grant)
        etag = headers.get("etag", "")
        identity = ObjectIdentity(grant.s3_key, grant.version_id, etag, grant.size)
        with part_file(
            self._wanted.folder,
            self._wanted.mark or identity.mark,
            identity,
            keeps=self._keeps,
            stopped=self._cancelled.is_set,
        ) as part:
            self._expect_room(grant.size - part.received + ((told.original_size or 0) if compressed else 0))
            with RangeFetch(
                self._http,
                granted,
                part,
                etag,
                slots=self._limits.slots,
                budget=self._budget,
                cancelled=self._cancelled,
                progress=lambda received: self._tell(received, grant.size),
                waiting=self._tell_failure,
            ) as fetch:
                try:
                    return self._assemble(grant, part, fetch, told, compressed=compressed)
                except _StoredAsIsError:
                    return self._assemble(grant, part, fetch, told, compressed=False)

    def _assemble(
        self, grant: DownloadGrant, part: PartFile, fetch: RangeFetch, told: _Told, *, compressed: bool
    ) -> Downloaded:
        """The file out of its ranges: the part file itself, or what it decompresses to."""
        stored, original = Hashed(), Hashed()
        blocks = hashed(fetch.blocks(), stored)
        if compressed:
            with temporary_file(part.folder, part.mark) as (file, temporary):
                self._write(file, blocks, told, stored, original, compressed=True)
                verified = self._verify(grant, told, stored, original)
                _close_durably(file)
                path = self._place(temporary, grant, original, decompressed=True)
        else:
            self._write(None, blocks, told, stored, original, compressed=False)
            verified = self._verify(grant, told, stored, original)
            part.sync()
            part.close()
            path = self._place(part.path, grant, original, decompressed=False)
        return Downloaded(grant.s3_key, grant.version_id, path, original.size, original.sha256, verified)

    def _keeps(self, error: BaseException) -> bool:
        if isinstance(error, DiskFull):
            # Told beforehand, it costs nothing to keep what was there; in the middle the room is given back.
            return "needed" in error.parameters
        return may_pass(error) or (isinstance(error, Cancelled) and self._wanted.mark is not None)

    def _tell_failure(self, failure: Failure) -> None:
        if self._waiting is not None:
            self._waiting(*failure)

    # ---- what both have in common -------------------------------------------------------------------------

    def _expected(self, headers: Mapping[str, str], grant: DownloadGrant) -> tuple[_Told, bool]:
        """What the object holds, and whether it is compressed. Raises TooLarge."""
        told = _told(headers, grant, self._wanted)
        compressed = not self._as_stored and _is_compressed(grant.s3_key, headers)
        size = told.original_size if compressed else told.stored_size
        if size is not None and size > self._limits.size:
            raise TooLarge(size=size, limit=self._limits.size)
        return told, compressed

    def _expect_room(self, size: int | None) -> None:
        """Fail before hours of receiving, not after. Raises DiskFull."""
        free = shutil.disk_usage(self._wanted.folder).free
        if size is not None and size > free:
            raise DiskFull(path=str(self._wanted.folder), needed=size, free=free)

    def _place(self, temporary: Path, grant: DownloadGrant, original: Hashed, *, decompressed: bool) -> Path:
        name = self._wanted.name or default_name(grant.s3_key, decompressed=decompressed)
        return place(temporary, self._wanted.folder, safe_name(name), original.sha256)

    def _write(
        self,
        file: BinaryIO | None,
        blocks: Iterator[bytes],
        told: _Told,
        stored: Hashed,
        original: Hashed,
        *,
        compressed: bool,
    ) -> None:
        """Check what comes, and write it where it does not lie in a file already."""
        try:
            for block in decompressed(blocks) if compressed else blocks:
                original.take(block)
                if compressed:
                    self._check_growth(original.size, stored.size, told)
                if file is not None:
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

    def _received(self, reply: StreamedReply, stored: Hashed, total: int | None) -> Iterator[bytes]:
        told = time.monotonic() - PROGRESS_SECONDS  # the first block at once: with it the size is known
        for block in hashed(reply.blocks(BLOCK), stored):
            if self._cancelled.is_set():
                raise Cancelled
            if total is not None and stored.size > total:
                raise self._unlike("size", total, stored.size)
            now = time.monotonic()
            if now - told >= PROGRESS_SECONDS:
                told = now
                self._tell(stored.size, total)
            yield block

    def _tell(self, received: int, total: int | None) -> None:
        if self._progress is not None:
            self._progress(received, total)

    def _check_growth(self, size: int, stored_size: int, told: _Told) -> None:
        """Refuse what decompresses to more than it may, while it does."""
        if told.original_size is None:
            limit = min(self._limits.size, max(SMALL, stored_size * RATIO_LIMIT))
            if size > limit:
                raise TooLarge(size=size, limit=limit)
        elif size > told.original_size:
            if told.original_size == told.stored_size:
                raise _StoredAsIsError
            raise self._unlike("size", told.original_size, size)

    def _check_received(self, stored: Hashed, told: _Told) -> None:
        if told.stored_size is not None and stored.size != told.stored_size:
            raise self._unlike("size", told.stored_size, stored.size)
        self._tell(stored.size, told.stored_size)

    def _verify(self, grant: DownloadGrant, told: _Told, stored: Hashed, original: Hashed) -> bool:
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


def _told(headers: Mapping[str, str], grant: DownloadGrant, wanted: Wanted) -> _Told:
    metadata = {
        name.removeprefix(METADATA_PREFIX): value
        for name, value in headers.items()
        if name.startswith(METADATA_PREFIX)
    }
    size = metadata.get("original-size", "")
    return _Told(
        stored_size=grant.size,
        original_size=int(size) if size.isascii() and size.isdecimal() and len(size) < 20 else None,  # noqa: PLR2004 - beyond 64 bits
        original_sha256=original_hash(metadata) or wanted.sha256,
    )


def _is_compressed(s3_key: str, headers: Mapping[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return s3_key.endswith(COMPRESSED_SUFFIX) and kind == COMPRESSED_TYPE


def _close_durably(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()  # Windows gives no name to an open file
