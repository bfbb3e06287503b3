"""The protocol's actions: a checked request in, a reply's JSON out, Problems raised.

A batch is answered entry by entry, in order: each a reply, or the Problem that it would have been alone.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from backend.presign import validation
from backend.presign.keys import (
    NAME_LIMIT,
    ObjectKey,
    describe,
    new_index_key,
    new_log_key,
    own_key,
    own_key_to_write,
    prefix,
)
from backend.presign.problems import (
    Problem,
    internal,
    invalid_request,
    not_found,
    object_archived,
    unavailable,
)
from backend.presign.signer import Signer
from backend.presign.storage import CONNECTIONS, Storage, StorageMisconfigured
from backend.presign.storage_readings import Entry, Head, utc_text
from backend.presign.validation_fields import BATCH_LIMIT, Fields, entry_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.presign.observability import RequestLog
    from backend.presign.settings import Settings
    from backend.presign.validation import UploadRequest

PROTOCOL_VERSION = 1
REQUEST_LIMIT = 256 * 1024
BATCH_SECONDS = 18
"""Entries of a batch that S3 has kept from starting by then are answered 503: the reply must leave before the
function's 30 s are over."""

Reply = dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, with what its log line counts."""

    body: Reply
    items: int = 1
    problems: int = 0


@dataclass(frozen=True, slots=True)
class _Moment:
    """What is the same for all of a request: one time, one log, one owner."""

    now: datetime
    log: RequestLog
    owner: str


class Actions:
    """Every action this endpoint knows. `page_limit` bounds a page of a listing, `monotonic` is in seconds."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        page_limit: int = validation.LIST_LIMIT,
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._signer = Signer(settings)
        self._clock = clock
        self._monotonic = monotonic
        self._page_limit = page_limit
        self._actions: Mapping[str, Callable[[Fields, _Moment], Answer]] = {
            "upload": self._upload,
            "download": self._download,
            "head": self._head,
            "list": self._list,
            "versions": self._versions,
            "health": self._health,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The actions there are."""
        return tuple(self._actions)

    def answer(self, request: Mapping[str, object], owner: str, log: RequestLog) -> Answer:
        """The reply to a request's JSON object; `owner` is the verified caller's. Raises Problem."""
        action = request.get("action")
        if "action" not in request:
            raise invalid_request("action", "is required")
        if not isinstance(action, str) or action not in self._actions:
            raise invalid_request("action", f"must be one of {', '.join(self._actions)}")
        fields = Fields({name: value for name, value in request.items() if name != "action"})
        return self._actions[action](fields, _Moment(self._clock().astimezone(UTC), log, owner))

    # ---- upload -------------------------------------------------------------------------------------------

    def _upload(self, fields: Fields, moment: _Moment) -> Answer:
        return self._one_or_batch(fields, moment, self._grant_upload, threads=1)

    def _grant_upload(self, fields: Fields, moment: _Moment) -> Reply:
        request = validation.parse_upload(fields, self._settings)
        key = _key_to_write(request, moment, fields.where)
        headers = self._upload_headers(request)
        if request.size is not None:
            moment.log.upload_size(request.size, self._settings.max_object_bytes)
        return {
            "presignedUrl": self._signer.put(key.s3_key, headers, request.expires_in, moment.now),
            "s3Key": key.s3_key,
            "timestamp": key.timestamp,
            "method": "PUT",
            "headers": headers,
            "expiresAt": _expiry(moment.now, request.expires_in),
        }

    def _upload_headers(self, request: UploadRequest) -> dict[str, str]:
        headers = {
            "content-type": request.content_type,
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": self._settings.kms_key_id,
        }
        if request.size is not None:
            headers["content-length"] = str(request.size)
        if request.checksum is not None:
            headers[f"x-amz-checksum-{request.checksum.algorithm.lower()}"] = request.checksum.value
        if request.if_absent:
            headers["if-none-match"] = "*"
        return headers | {f"x-amz-meta-{name}": value for name, value in request.metadata.items()}

    # ---- download, head -----------------------------------------------------------------------------------

    def _download(self, fields: Fields, moment: _Moment) -> Answer:
        return self._one_or_batch(fields, moment, self._grant_download, threads=CONNECTIONS)

    def _grant_download(self, fields: Fields, moment: _Moment) -> Reply:
        fields.only("s3Key", "versionId", "expiresIn")
        expires_in = validation.parse_expires_in(fields)
        s3_key, head = self._find(fields, moment)
        if head.archived:
            raise object_archived(head.storage_class, head.restore)
        return {
            # The version that was looked at is the one that is signed for, whatever is written meanwhile.
            "presignedUrl": self._signer.get(s3_key, head.version_id, expires_in, moment.now),
            "s3Key": s3_key,
            "versionId": head.version_id,
            "size": head.size,
            "headers": {},
            "expiresAt": _expiry(moment.now, expires_in),
        }

    def _head(self, fields: Fields, moment: _Moment) -> Answer:
        return self._one_or_batch(fields, moment, self._describe, threads=CONNECTIONS)

    def _describe(self, fields: Fields, moment: _Moment) -> Reply:
        fields.only("s3Key", "versionId")
        _, head = self._find(fields, moment)
        return {
            "size": head.size,
            "checksum": head.checksum,
            "etag": head.etag,
            "versionId": head.version_id,
            "storageClass": head.storage_class,
            "encryption": head.encryption,
            "metadata": head.metadata,
            "restore": head.restore,
        }

    def _find(self, fields: Fields, moment: _Moment) -> tuple[str, Head]:
        s3_key, version_id = validation.parse_s3_key(fields), validation.parse_version_id(fields)
        key = own_key(moment.owner, s3_key)
        return key.s3_key, self._storage.head(key.s3_key, version_id)

    # ---- list, versions -----------------------------------------------------------------------------------

    def _list(self, fields: Fields, moment: _Moment) -> Answer:
        fields.only("kind", "cursor", "limit")
        start = prefix(moment.owner, validation.parse_kind(fields))
        limit = fields.integer("limit", 1, validation.LIST_LIMIT) or self._page_limit
        cursor = validation.parse_cursor(fields, 1)
        after = cursor[0] if cursor else None
        if after is not None and not after.startswith(start):
            raise fields.refuse("cursor", "belongs to another listing")
        entries, more = self._storage.objects(start, after, limit)
        return Answer(
            {
                "objects": [
                    {
                        "s3Key": entry.s3_key,
                        "fileName": describe(moment.owner, entry.s3_key).file_name,
                        "size": entry.size,
                        "lastModified": utc_text(entry.last_modified),
                        "storageClass": entry.storage_class,
                        "etag": entry.etag,
                    }
                    for entry in entries
                ],
                "next": validation.encode_cursor(entries[-1].s3_key) if more and entries else None,
            },
            items=len(entries),
        )

    def _versions(self, fields: Fields, moment: _Moment) -> Answer:
        fields.only("s3Key", "cursor")
        s3_key = validation.parse_s3_key(fields) if "s3Key" in fields else None
        start = prefix(moment.owner, "log") if s3_key is None else own_key(moment.owner, s3_key).s3_key
        marker = self._version_marker(fields, start, s3_key)
        page = self._storage.versions(start, marker, self._page_limit)
        entries, following = page.entries, page.next_marker
        if s3_key is not None:
            entries = [entry for entry in page.entries if entry.s3_key == s3_key]
            # Keys that this one is a prefix of come after it: once one is seen, its versions are all told.
            following = following if len(entries) == len(page.entries) else None
            if not entries and marker is None:
                raise not_found()
        return Answer(
            {
                "versions": [_version(entry, moment.owner) for entry in entries],
                "next": validation.encode_cursor(start, *following) if following else None,
            },
            items=len(entries),
        )

    def _version_marker(self, fields: Fields, start: str, s3_key: str | None) -> tuple[str, str] | None:
        cursor = validation.parse_cursor(fields, 3)
        if cursor is None:
            return None
        listing, key, version_id = cursor
        inside = key == s3_key if s3_key is not None else key.startswith(start)
        if listing != start or not inside:
            raise fields.refuse("cursor", "belongs to another listing")
        return key, version_id

    # ---- health -------------------------------------------------------------------------------------------

    def _health(self, fields: Fields, moment: _Moment) -> Answer:
        fields.only()
        settings = self._settings
        body: Reply = {
            "status": "ok",
            "protocolVersion": PROTOCOL_VERSION,
            "serverTime": utc_text(moment.now),
            "actions": list(self.names),
            "limits": {
                "requestBytes": REQUEST_LIMIT,
                "batchItems": BATCH_LIMIT,
                "objectBytes": settings.max_object_bytes,
                "listItems": validation.LIST_LIMIT,
                "nameLength": NAME_LIMIT,
                "fileNameLength": validation.FILE_NAME_LIMIT,
                "metadataBytes": validation.METADATA_LIMIT,
                "expiresIn": {
                    "minimum": validation.EXPIRES_MINIMUM,
                    "maximum": validation.EXPIRES_MAXIMUM,
                    "default": validation.EXPIRES_MAXIMUM,
                },
            },
            "policy": {
                "contentTypes": list(validation.CONTENT_TYPES),
                "checksumAlgorithms": list(validation.CHECKSUM_BYTES),
                "sizeRequired": not settings.allow_unsized_uploads,
                "encryption": {"algorithm": "aws:kms", "keyId": settings.kms_key_id},
            },
            "storage": {"bucket": settings.bucket, "region": settings.region, "host": settings.storage_host},
            "owner": moment.owner,
        }
        return Answer(body)

    # ---- batches ------------------------------------------------------------------------------------------

    def _one_or_batch(
        self, fields: Fields, moment: _Moment, one: Callable[[Fields, _Moment], Reply], *, threads: int
    ) -> Answer:
        if "items" not in fields:
            return Answer(one(fields, moment))
        entries = fields.only("items").entries("items")
        deadline = self._monotonic() + BATCH_SECONDS

        def answer(index: int) -> tuple[Reply, bool]:
            try:
                if self._monotonic() > deadline:
                    raise unavailable()
                return one(entry_fields("items", index, entries[index]), moment), False
            except Problem as problem:
                return problem.body(moment.log.request_id), True
            except StorageMisconfigured as error:
                moment.log.failure("storage refuses", operation=error.operation, s3Code=error.code)
                return internal().body(moment.log.request_id), True

        moment.log.debug("batch", entries=len(entries))
        answers = _in_order(answer, len(entries), threads)
        return Answer(
            {"items": [body for body, _ in answers]},
            items=len(answers),
            problems=sum(refused for _, refused in answers),
        )


def _key_to_write(request: UploadRequest, moment: _Moment, where: str) -> ObjectKey:
    if request.s3_key is not None:
        return own_key_to_write(moment.owner, request.kind, request.s3_key)
    file_name = request.file_name or ""
    if request.kind == "index":
        return new_index_key(moment.owner, file_name, request.session_date or "", where)
    return new_log_key(moment.owner, file_name, request.session_date, moment.now)


def _version(entry: Entry, owner: str) -> Reply:
    return {
        "s3Key": entry.s3_key,
        "fileName": describe(owner, entry.s3_key).file_name,
        "versionId": entry.version_id,
        "isLatest": entry.is_latest,
        "isDeleted": entry.is_deleted,
        "size": entry.size,
        "lastModified": utc_text(entry.last_modified),
        "storageClass": entry.storage_class,
    }


def _in_order(
    answer: Callable[[int], tuple[Reply, bool]], count: int, threads: int
) -> list[tuple[Reply, bool]]:
    if threads == 1 or count == 1:
        return [answer(index) for index in range(count)]
    with ThreadPoolExecutor(max_workers=min(threads, count), thread_name_prefix="presign") as pool:
        return list(pool.map(answer, range(count)))


def _expiry(now: datetime, expires_in: int) -> str:
    return utc_text(now + timedelta(seconds=expires_in))
