"""The presign endpoint's actions as methods.

Every request is a POST of at most 256 KiB that is signed anew at each attempt; items are sent in batches of at most
100. The bytes of sessions never pass here.
"""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from app.errors import NotOurProtocol, RemoteError
from app.remote.multipart import (
    PARTS_SIGNED_AT_ONCE,
    CompletedUpload,
    MultipartUpload,
    PartGrants,
    PartsPage,
    crc64nvme_field,
)
from app.remote.protocol import (
    EXPIRES_IN_SECONDS,
    DownloadGrant,
    HeadReply,
    Health,
    ObjectRequest,
    ObjectsPage,
    Reply,
    RestoreReply,
    StoredObject,
    StoredVersion,
    UploadGrant,
    UploadRequest,
    VersionsPage,
    WrittenVersion,
)
from app.remote.replies import check_headers, check_presigned_host, decode_reply, problem_error, read_as

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.account.profiles import Storage
    from app.account.signin import Authenticator
    from app.remote.multipart import MultipartRequest, PartGrant, PartRequest, StoredPart
    from app.remote.transport import HttpClient, Retry

R = TypeVar("R", bound=Reply)

BATCH_ITEMS = 100
REQUEST_BYTES = 256 * 1024
"""PROTOCOL.md: the most items and bytes of one request."""

TIMEOUT_SECONDS = 30.0

REPLY_BYTES = 8 * 1024 * 1024
"""Above AWS Lambda's own limit of 6 MiB for a reply: more than this is not an endpoint of ours."""

PAGE_LIMIT = 1000


class PresignClient:
    """Speaks to one endpoint as one caller. Threads may share it.

    `authenticator` is asked at every attempt; None sends requests as they are. `pinned` is the storage that was
    accepted: a URL that leads elsewhere is refused. `requests_sent` counts attempts.
    """

    def __init__(
        self,
        endpoint: str,
        authenticator: Authenticator | None,
        http: HttpClient,
        *,
        retry: Retry,
        pinned: Storage | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._host = urlsplit(endpoint).hostname or ""
        self._authenticator = authenticator
        self._http = http
        self._retry = retry
        self._pinned = pinned
        self._count_lock = threading.Lock()
        self.requests_sent = 0

    @property
    def pinned(self) -> Storage | None:
        """The storage whose URLs are accepted."""
        return self._pinned

    def upload(self, items: Sequence[UploadRequest]) -> list[UploadGrant | RemoteError]:
        """A grant or an error for each item, in order.

        Raises RemoteError where a whole request failed, HostNotPinned where a URL leads elsewhere.
        """
        replies = self._items("upload", [item.as_item() for item in items], UploadGrant)
        for item, reply in zip(items, replies, strict=True):
            if isinstance(reply, UploadGrant):
                check_presigned_host(reply.presigned_url, self._pinned)
                check_headers(reply.headers, self._host)
                if reply.method != "PUT" or item.s3_key not in {None, reply.s3_key}:
                    raise self._unlike("a grant for another request")
        return replies

    def download(self, items: Sequence[ObjectRequest]) -> list[DownloadGrant | RemoteError]:
        """A grant or an error (NotFound, ObjectArchived, …) for each item, in order. Raises as `upload` does."""
        replies = self._items("download", [item.as_item() for item in items], DownloadGrant)
        for item, reply in zip(items, replies, strict=True):
            if isinstance(reply, DownloadGrant):
                check_presigned_host(reply.presigned_url, self._pinned)
                check_headers(reply.headers, self._host)
                if item.s3_key != reply.s3_key:
                    raise self._unlike("a grant for another object")
        return replies

    def head(self, items: Sequence[ObjectRequest]) -> list[HeadReply | RemoteError]:
        """What S3 knows about each item, or its error, in order. Raises RemoteError where a whole request failed."""
        return self._items("head", [item.as_item() for item in items], HeadReply)

    def list_objects(self, kind: str = "log") -> Iterator[StoredObject]:
        """The caller's objects of one kind (`log` or `index`), by key. Raises RemoteError."""
        fields: dict[str, Any] = {"kind": kind, "limit": PAGE_LIMIT}
        while True:
            page = self._ask(ObjectsPage, "list", fields)
            yield from page.objects
            if page.next is None:
                return
            fields["cursor"] = self._next(fields, page.next)

    def versions(self, s3_key: str | None = None) -> Iterator[StoredVersion]:
        """The versions and delete markers of one object, or of all. Raises RemoteError."""
        fields: dict[str, Any] = {} if s3_key is None else {"s3Key": s3_key}
        while True:
            page = self._ask(VersionsPage, "versions", fields)
            yield from page.versions
            if page.next is None:
                return
            fields["cursor"] = self._next(fields, page.next)

    def create_multipart(self, request: MultipartRequest) -> MultipartUpload:
        """Begin an upload in parts.

        Where the reply is lost and it is asked for again, an upload without parts stays behind, which the bucket ends by
        itself. Raises RemoteError.
        """
        upload = self._ask(MultipartUpload, "multipart-create", request.as_fields())
        fits = (
            upload.part_size > 0
            and upload.part_count == max(1, -(-request.size // upload.part_size))
            and request.s3_key in {None, upload.s3_key}
        )
        if not fits:
            raise self._unlike("an upload of another size or key")
        return upload

    def sign_parts(
        self,
        s3_key: str,
        upload_id: str,
        parts: Sequence[PartRequest],
        *,
        expires_in: int = EXPIRES_IN_SECONDS,
    ) -> list[PartGrant]:
        """A URL for each part, in order. `expires_in` in seconds.

        Raises RemoteError, HostNotPinned where a URL leads elsewhere.
        """
        grants: list[PartGrant] = []
        for start in range(0, len(parts), PARTS_SIGNED_AT_ONCE):
            batch = parts[start : start + PARTS_SIGNED_AT_ONCE]
            fields = {
                "s3Key": s3_key,
                "uploadId": upload_id,
                "parts": [part.as_item() for part in batch],
                "expiresIn": expires_in,
            }
            grants += self._ask(PartGrants, "multipart-sign", fields).parts
        if [grant.part_number for grant in grants] != [part.number for part in parts]:
            raise self._unlike("not one URL per part")
        for grant in grants:
            check_presigned_host(grant.presigned_url, self._pinned)
            check_headers(grant.headers, self._host)
        return grants

    def list_parts(self, s3_key: str, upload_id: str) -> Iterator[StoredPart]:
        """The parts that S3 holds of an upload, by number.

        Raises RemoteError: NotFound where the upload has ended, by completion or otherwise.
        """
        fields: dict[str, Any] = {"s3Key": s3_key, "uploadId": upload_id}
        while True:
            page = self._ask(PartsPage, "multipart-list", fields)
            yield from page.parts
            if page.next is None:
                return
            if page.next <= fields.get("after", 0):
                raise self._unlike("a page that leads nowhere")
            fields["after"] = page.next

    def complete_multipart(
        self, s3_key: str, upload_id: str, *, size: int, crc64nvme: bytes
    ) -> CompletedUpload:
        """Make an object of the parts that S3 holds, if they have this size and checksum together.

        May be asked for again after a lost reply. Raises RemoteError: InvalidRequest where the parts are others (its
        `field` is `size` or `checksum`), AlreadyThere where the upload had to be the first and was not, NotFound where
        it has ended and no such object came of it, Conflict.
        """
        fields = {
            "s3Key": s3_key,
            "uploadId": upload_id,
            "size": size,
            "checksum": crc64nvme_field(crc64nvme),
        }
        return self._ask(CompletedUpload, "multipart-complete", fields)

    def abort_multipart(self, s3_key: str, upload_id: str) -> None:
        """Let go of an upload and its parts; one that has ended already is no error. Raises RemoteError."""
        self._ask(Reply, "multipart-abort", {"s3Key": s3_key, "uploadId": upload_id})

    def restore(
        self, s3_key: str, version_id: str | None = None, *, days: int = 7, tier: str = "Standard"
    ) -> RestoreReply:
        """Ask for a readable copy of an archived object, or of a version, for 1 to 14 days.

        `tier` is `Standard` or `Bulk`. One that is on its way or there already is no error. Raises RemoteError:
        NotArchived, NotFound.
        """
        fields: dict[str, Any] = {"s3Key": s3_key, "days": days, "tier": tier}
        if version_id is not None:
            fields["versionId"] = version_id
        return self._ask(RestoreReply, "restore", fields)

    def delete(self, s3_key: str) -> str:
        """Hide an object behind a delete marker; the marker's version id. Its versions stay.

        What is hidden already stays as it is. Raises RemoteError: NotFound.
        """
        return self._ask(WrittenVersion, "delete", {"s3Key": s3_key}).version_id

    def undelete(self, s3_key: str) -> str:
        """Put the newest version of a hidden object back on top; the new version's id.

        What is not hidden stays as it is. Raises RemoteError: NotFound, ObjectArchived and TooLarge (reason `copy`),
        both with the `versionId` that stands in the way.
        """
        return self._ask(WrittenVersion, "undelete", {"s3Key": s3_key}).version_id

    def health(self) -> Health:
        """What the endpoint says of itself. Raises RemoteError."""
        return self._ask(Health, "health", {})

    def _next(self, fields: dict[str, Any], cursor: str) -> str:
        if fields.get("cursor") == cursor:
            raise self._unlike("a cursor that leads nowhere")
        return cursor

    def _items(self, action: str, items: list[dict[str, Any]], kind: type[R]) -> list[R | RemoteError]:
        replies: list[R | RemoteError] = []
        for batch in _batches(action, items):
            answered = self._call(action, {"items": batch}).get("items")
            if not isinstance(answered, list) or len(answered) != len(batch):
                raise self._unlike("not one reply per item")
            for item, value in zip(batch, answered, strict=True):
                error = problem_error(value, self._host, item.get("s3Key"))
                replies.append(error or read_as(kind, value, self._host))
        return replies

    def _ask(self, kind: type[R], action: str, fields: dict[str, Any]) -> R:
        return read_as(kind, self._call(action, fields), self._host)

    def _call(self, action: str, fields: dict[str, Any]) -> dict[str, Any]:
        body = msgspec.json.encode({"action": action, **fields})
        return self._retry(lambda: self._attempt(body, fields.get("s3Key")))

    def _attempt(self, body: bytes, s3_key: str | None) -> dict[str, Any]:
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self._authenticator is not None:
            headers = self._authenticator.sign("POST", self._endpoint, headers, body)
        with self._count_lock:
            self.requests_sent += 1
        reply = self._http.send(
            "POST",
            self._endpoint,
            headers=headers,
            body=body,
            read_timeout=TIMEOUT_SECONDS,
            limit=REPLY_BYTES + 1,
        )
        return decode_reply(reply, self._host, REPLY_BYTES, s3_key)

    def _unlike(self, reason: str) -> NotOurProtocol:
        return NotOurProtocol(host=self._host, status=200, contentType="application/json", reason=reason)


def _batches(action: str, items: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Split so that neither the number of items nor the request's size passes its limit."""
    envelope = len(msgspec.json.encode({"action": action, "items": []}))
    starts = [0]
    size = envelope
    for number, item in enumerate(items):
        grown = len(msgspec.json.encode(item)) + 1
        if number > starts[-1] and (number - starts[-1] == BATCH_ITEMS or size + grown > REQUEST_BYTES):
            starts.append(number)
            size = envelope
        size += grown
    for start, end in pairwise([*starts, len(items)]):
        if end > start:
            yield items[start:end]
