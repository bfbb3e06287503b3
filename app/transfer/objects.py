"""One request to S3 with a granted URL; and whole small objects, with retries."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from app.errors import NotFound, RemoteError, TooLarge, VerificationFailed
from app.remote.protocol import ObjectRequest
from app.remote.transport import StoredBytes
from app.transfer.retry import Patience, Remedy, Step, persistently
from app.transfer.s3_replies import ERROR_BODY_LIMIT, holds, refusal, verify_put

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from app.remote.presign import PresignClient
    from app.remote.protocol import DownloadGrant, HeadReply, UploadGrant, UploadRequest
    from app.transfer.connections import Connections, SizedReader, StreamedReply

REPLY_SECONDS = 60.0
"""How long S3 may be silent after the last byte of a small object, and in the midst of one that it sends."""

SLOWEST_STORAGE = 10 * 1024 * 1024
"""Bytes per second at which a server at least checks and stores what it was sent, or finds what it is to send."""


def reply_timeout(size: int) -> float:
    """Seconds to wait for the reply to a body of `size` bytes, or for the head of a reply with such a one."""
    return REPLY_SECONDS + size / SLOWEST_STORAGE


class PutReply(NamedTuple):
    """What S3 said of a stored object."""

    version_id: str | None
    """Where the reply confirms everything; None where `head` has to."""
    etag: str | None


def put(
    http: Connections,
    grant: UploadGrant,
    body: bytes | SizedReader,
    sha256: bytes,
) -> PutReply:
    """PUT once.

    Raises what the reply or the broken connection stands for.
    """
    host = urlsplit(grant.presigned_url).hostname or ""
    size = len(body)
    reply = http.send(
        "PUT",
        grant.presigned_url,
        headers=grant.headers,
        body=body,
        read_timeout=reply_timeout(size),
        limit=ERROR_BODY_LIMIT,
        data=True,
    )
    if reply.status != 200:  # noqa: PLR2004 - S3's one status for a stored object
        raise refusal(reply.status, reply.headers, reply.body, host=host, s3_key=grant.s3_key, size=size)
    etag = reply.headers.get("etag", "").strip('"')
    return PutReply(verify_put(grant, reply, sha256, host), etag or None)


def get(http: Connections, grant: DownloadGrant) -> AbstractContextManager[StreamedReply]:
    """GET once; the body is read inside the `with`. Check the status with `expect_object`."""
    return http.stream(
        "GET",
        grant.presigned_url,
        headers=grant.headers,
        read_timeout=reply_timeout(grant.size or 0),
        silence=REPLY_SECONDS,
        data=True,
    )


def expect_object(reply: StreamedReply, grant: DownloadGrant) -> None:
    """Raises what a GET's reply stands for that is not the object."""
    if reply.status != 200:  # noqa: PLR2004 - whole objects only
        host = urlsplit(grant.presigned_url).hostname or ""
        raise refusal(
            reply.status, reply.headers, reply.read(ERROR_BODY_LIMIT), host=host, s3_key=grant.s3_key
        )


class RangesIgnored(Exception):
    """The other side answers a request for a range with the whole object."""


def get_range(
    http: Connections, grant: DownloadGrant, first: int, last: int, etag: str | None
) -> AbstractContextManager[StreamedReply]:
    """GET the bytes `first` to `last` (inclusive) once, if the object still has this `etag`.

    Neither header is signed, which S3 permits. Check the reply with `expect_range`.
    """
    headers = {**grant.headers, "range": f"bytes={first}-{last}"}
    if etag and not etag.startswith("W/"):
        headers["if-match"] = etag
    return http.stream(
        "GET",
        grant.presigned_url,
        headers=headers,
        read_timeout=reply_timeout(last - first + 1),
        silence=REPLY_SECONDS,
        data=True,
    )


def expect_range(reply: StreamedReply, grant: DownloadGrant, first: int, last: int, etag: str | None) -> None:
    """Raises what a reply to `get_range` stands for that is not those bytes of that object.

    VerificationFailed where the object or its size is another one than was granted, RangesIgnored.
    """
    if reply.status == 200:  # noqa: PLR2004 - the whole object
        raise RangesIgnored
    if reply.status == 412:  # noqa: PLR2004 - If-Match
        raise VerificationFailed(s3Key=grant.s3_key, what="etag", expected=etag, found=None)
    if reply.status != 206:  # noqa: PLR2004 - a range of it
        host = urlsplit(grant.presigned_url).hostname or ""
        raise refusal(
            reply.status, reply.headers, reply.read(ERROR_BODY_LIMIT), host=host, s3_key=grant.s3_key
        )
    told = {
        "range": (f"bytes {first}-{last}/{grant.size}", reply.headers.get("content-range")),
        "etag": (etag, reply.headers.get("etag", "")),
    }
    for what, (expected, found) in told.items():
        if expected is not None and found != expected:
            raise VerificationFailed(s3Key=grant.s3_key, what=what, expected=expected, found=found)


class Freshness:
    """Whether a granted URL is still worth using, by this computer's own steady clock.

    The endpoint's expiresAt is a time of another clock; the seconds asked for are not.
    """

    MARGIN_SECONDS = 30.0

    def __init__(self, expires_in: float) -> None:
        self._until = time.monotonic() + max(1.0, expires_in - self.MARGIN_SECONDS)

    def __bool__(self) -> bool:
        return time.monotonic() < self._until


class SmallObjectStore:
    """Whole objects that fit in memory (the session index): app.remote.transport.SmallObjects."""

    def __init__(
        self, presign: PresignClient, http: Connections, *, stopped: threading.Event | None = None
    ) -> None:
        self._presign = presign
        self._http = http
        self._stopped = stopped or threading.Event()

    def read(self, s3_key: str, *, limit: int) -> bytes:
        """The newest version's bytes.

        Raises RemoteError: NotFound, ObjectArchived, TooLarge above `limit` bytes, VerificationFailed when less
        came than the endpoint told.
        """

        def attempt() -> bytes:
            grant = self._presign.download([ObjectRequest(s3_key)])[0]
            if isinstance(grant, RemoteError):
                raise grant
            with get(self._http, grant) as reply:
                expect_object(reply, grant)
                body = reply.read(limit + 1)
            if len(body) > limit:
                raise TooLarge(size=grant.size, limit=limit)
            if grant.size is not None and len(body) != grant.size:
                raise VerificationFailed(s3Key=s3_key, what="size", expected=grant.size, found=len(body))
            return body

        return persistently(attempt, Patience(attempts=4), stopped=self._stopped)

    def write(self, request: UploadRequest, body: bytes) -> StoredBytes:
        """Store `body` and verify it as any upload. A lost reply is answered by sending again: a version more.

        Raises RemoteError.
        """
        assert len(body) == request.size
        assert hashlib.sha256(body).digest() == request.sha256
        grant: UploadGrant | None = None

        def attempt() -> StoredBytes:
            nonlocal grant
            if grant is None:
                granted = self._presign.upload([request])[0]
                if isinstance(granted, RemoteError):
                    raise granted
                grant = granted
            version_id, etag = put(self._http, grant, body, request.sha256)
            if version_id is None:
                version_id = self._confirmed(grant.s3_key, request)
            return StoredBytes(grant.s3_key, version_id, etag)

        def before_next(step: Step, _: BaseException) -> None:
            nonlocal grant
            if step.remedy is Remedy.SIGN_AGAIN:
                grant = None

        return persistently(attempt, Patience(attempts=5), stopped=self._stopped, before_next=before_next)

    def _confirmed(self, s3_key: str, request: UploadRequest) -> str:
        head = look(self._presign, s3_key)
        if head is None or not holds(head, stored_sha256=request.sha256, original_sha256=""):
            raise VerificationFailed(s3Key=s3_key, what="checksum", expected=request.sha256.hex(), found=None)
        return head.version_id or ""


def look(presign: PresignClient, s3_key: str) -> HeadReply | None:
    """What S3 has under a key; None where there is nothing. Raises RemoteError for any other answer."""
    reply = presign.head([ObjectRequest(s3_key)])[0]
    if isinstance(reply, NotFound):
        return None
    if isinstance(reply, RemoteError):
        raise reply
    return reply


def confirmed(presign: PresignClient, grant: UploadGrant, *, size: int, sha256: bytes) -> str:
    """The version id as `head` tells it, for a server whose reply to the PUT did not say enough.

    `size` and `sha256` are those of the bytes sent. Raises VerificationFailed where S3 has something else, RemoteError.
    """
    head = look(presign, grant.s3_key)
    found = head.checksum.sha256() if head and head.checksum else None
    if head is None or found != sha256 or head.size != size:
        raise VerificationFailed(
            s3Key=grant.s3_key,
            what="checksum",
            expected=sha256.hex(),
            found=found.hex() if found else None,
        )
    asked = grant.headers.get("x-amz-server-side-encryption")
    algorithm = head.encryption.algorithm if head.encryption else None
    if asked is not None and algorithm != asked:
        raise VerificationFailed(s3Key=grant.s3_key, what="encryption", expected=asked, found=algorithm)
    return version_of(head, grant.s3_key)


def version_of(head: HeadReply, s3_key: str | None) -> str:
    """The version that `head` speaks of. Raises VerificationFailed where the bucket keeps no versions."""
    if head.version_id in {None, "", "null"}:
        raise VerificationFailed(s3Key=s3_key, what="version", expected="a version id", found=head.version_id)
    assert head.version_id is not None
    return head.version_id
