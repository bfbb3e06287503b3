"""One file to S3 with a URL that was asked for by hand: nothing is kept on disk, the rest is as in any upload."""

from __future__ import annotations

import base64
import binascii
import os
import stat
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.errors import (
    AlreadyThere,
    BodyDamaged,
    Cancelled,
    FileShrank,
    FileUnreadable,
    FileVanished,
    NotARegularFile,
    WrongUse,
)
from app.transfer.objects import confirmed, look, put, version_of
from app.transfer.open_sockets import ended_by
from app.transfer.retry import Patience, Remedy, Step, persistently
from app.transfer.s3_replies import holds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from app.remote.presign import PresignClient
    from app.remote.protocol import UploadGrant
    from app.transfer.connections import Connections

CHECKSUM_HEADER = "x-amz-checksum-sha256"
LENGTH_HEADER = "content-length"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What S3 has confirmed: the bytes have this size and SHA-256 (hex), under this version of the key."""

    s3_key: str
    version_id: str
    size: int
    sha256: str


def send_file(
    presign: PresignClient,
    http: Connections,
    grant: UploadGrant,
    path: Path,
    *,
    stopped: threading.Event | None = None,
) -> StoredFile:
    """PUT the file as the grant has it, try again by the table of retries, and verify.

    The grant's size and checksum are those of the file's bytes: S3 refuses other ones. A URL that has died cannot be
    renewed here, since only the caller knows what it was asked for.

    Raises BodyDamaged (another size or content than the URL was made for), UrlExpired, AlreadyThere, RemoteError,
    FileVanished, FileUnreadable, NotARegularFile, FileShrank, WrongUse (a grant without a checksum), Cancelled.
    """
    stop = stopped or threading.Event()
    sending = _Sending(presign, http, grant, path, stop)
    with ended_by(stop) as sockets, http.watched_by(sockets):
        return persistently(sending.attempt, Patience(), stopped=stop, before_next=sending.before_next)


class _Sending:
    """All attempts with one URL."""

    def __init__(
        self,
        presign: PresignClient,
        http: Connections,
        grant: UploadGrant,
        path: Path,
        stopped: threading.Event,
    ) -> None:
        self._presign = presign
        self._http = http
        self._grant = grant
        self._path = path
        self._stopped = stopped
        self._sha256 = _granted_checksum(grant)
        self._maybe_sent = False

    def before_next(self, step: Step, error: BaseException) -> None:
        """Told before every wait."""
        if step.remedy is Remedy.SIGN_AGAIN:
            raise error
        if step.remedy is Remedy.LOOK_FIRST:
            self._maybe_sent = True

    def attempt(self) -> StoredFile:
        """The stored file. Raises as send_file does."""
        if self._maybe_sent and (found := self._found()) is not None:
            return found
        with _opened(self._path) as file:
            size = os.fstat(file.fileno()).st_size
            self._expect_size(size)
            body = _Body(file, size, self._path, self._stopped)
            try:
                version_id = put(self._http, self._grant, body, self._sha256).version_id
            except AlreadyThere:
                # Perhaps by an attempt of ours whose reply was lost.
                if self._maybe_sent and (found := self._found()) is not None:
                    return found
                raise
        return self._stored(
            version_id or confirmed(self._presign, self._grant, size=size, sha256=self._sha256), size
        )

    def _found(self) -> StoredFile | None:
        head = look(self._presign, self._grant.s3_key)
        if head is None or not holds(head, stored_sha256=self._sha256, original_sha256=""):
            return None
        return self._stored(version_of(head, self._grant.s3_key), head.size)

    def _stored(self, version_id: str, size: int) -> StoredFile:
        return StoredFile(self._grant.s3_key, version_id, size, self._sha256.hex())

    def _expect_size(self, size: int) -> None:
        """S3 would refuse another length as a broken signature, which says nothing of the cause."""
        granted = self._grant.headers.get(LENGTH_HEADER)
        if granted is not None and granted != str(size):
            host = urlsplit(self._grant.presigned_url).hostname
            raise BodyDamaged(host=host, expected=granted, found=size)


class _Body:
    """Exactly `size` bytes of a file that may be changing."""

    def __init__(self, file: BinaryIO, size: int, path: Path, stopped: threading.Event) -> None:
        self._file = file
        self._size = size
        self._left = size
        self._path = path
        self._stopped = stopped

    def __len__(self) -> int:
        return self._size

    def read(self, count: int = -1, /) -> bytes:
        """The next block. Raises FileShrank, FileUnreadable, Cancelled."""
        if self._stopped.is_set():
            raise Cancelled
        wanted = self._left if count < 0 else min(count, self._left)
        try:
            block = self._file.read(wanted)
        except OSError as problem:
            raise FileUnreadable(path=str(self._path), reason=problem.strerror or str(problem)) from problem
        if wanted and not block:
            raise FileShrank(path=str(self._path))
        self._left -= len(block)
        return block


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        # Looked at before it is opened: opening a pipe would wait for its writer.
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotARegularFile(path=str(path))
        file = path.open("rb", buffering=0)
    except FileNotFoundError as problem:
        raise FileVanished(path=str(path)) from problem
    except OSError as problem:
        raise FileUnreadable(path=str(path), reason=problem.strerror or str(problem)) from problem
    with file:
        yield file


def _granted_checksum(grant: UploadGrant) -> bytes:
    try:
        return base64.b64decode(grant.headers[CHECKSUM_HEADER], validate=True)
    except (KeyError, binascii.Error) as problem:
        raise WrongUse(reason=f"the URL for {grant.s3_key} was made without a SHA-256 checksum") from problem
