"""What the remote part needs of others: somebody who carries requests, somebody who tries again.

The transfer part provides both; it stands above this part, so they come in through constructors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.remote.protocol import UploadRequest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A whole reply. Header names are lower-case; `body` was read up to the limit that was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpClient(Protocol):
    """Sends one request over kept-alive connections. Never follows a redirect, never tries again."""

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        read_timeout: float,
        limit: int,
    ) -> HttpReply:
        """Send exactly these headers (and those HTTP cannot do without) and read the whole reply.

        `read_timeout` in seconds; a reply's body of more than `limit` bytes is cut there.
        Raises Unreachable, ReplyLost, TlsFailed.
        """


class Retry(Protocol):
    """Calls an operation again after failures that this can help against."""

    def __call__(self, operation: Callable[[], T]) -> T:
        """The operation's result. Raises what it raised last, once trying again no longer helps."""


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """What a small object was stored as: its key, the version S3 gave it, and its etag where S3 told that."""

    s3_key: str
    version_id: str
    etag: str | None = None


class SmallObjects(Protocol):
    """Reads and writes whole small objects of the bucket, verified, with retries."""

    def read(self, s3_key: str, *, limit: int) -> bytes:
        """The newest version's bytes. Raises RemoteError; TooLarge above `limit` bytes."""

    def write(self, request: UploadRequest, body: bytes) -> StoredBytes:
        """Store `body`, whose size and checksum `request` names. Raises RemoteError."""
