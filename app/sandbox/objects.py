"""PutObject, GetObject, HeadObject, DeleteObject and the question for RestoreObject. Their callers have been authenticated and allowed already."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from app.sandbox.checksums import Hasher
from app.sandbox.http_server import ClientGone, Reply
from app.sandbox.object_headers import encryption_of, kept_headers, storage_class
from app.sandbox.s3_errors import S3Error
from app.sandbox.versions import (
    Version,
    check_write_conditions,
    exact,
    insert,
    latest,
    new_etag,
    new_version_id,
    now_ms,
    segments,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from app.sandbox.restores import Restores
    from app.sandbox.s3_request import S3Request
    from app.sandbox.store import Store, StoredBody

MAX_SINGLE_PUT = 5 * 1024**3  # bytes, as in S3
_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")
_OVERRIDES = {
    f"response-{name}": name
    for name in (
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-type",
        "expires",
    )
}


@dataclass(frozen=True, slots=True)
class Call:
    """An allowed request, with what its signature says of its body."""

    request: S3Request
    payload_hash: str | None
    may_list: Callable[[], bool]
    """Whether the caller may know that a key is missing: S3 says 404 to those who may list the bucket, else 403."""


class Objects:
    """The operations on single objects of one bucket."""

    def __init__(self, store: Store, key_arn: str, restores: Restores) -> None:
        self._store = store
        self._key_arn = key_arn
        self._restores = restores

    async def put(self, call: Call) -> Reply:
        """Store a new version; the reply goes out when it is on disk."""
        request = call.request
        wanted_class = storage_class(request.headers)
        kept = kept_headers(request.headers, self._key_arn)
        check_write_conditions(self._store.reader, request.key, request.headers)
        hasher = Hasher(request.headers, call.payload_hash)
        stored = await receive_body(self._store, request, hasher, MAX_SINGLE_PUT)
        try:
            version = Version(
                key=request.key,
                version_id=new_version_id(),
                modified_ms=now_ms(),
                size=stored.size,
                etag=new_etag(),
                storage_class=wanted_class,
                checksum=hasher.finish(),
                headers=kept,
            )

            def record(connection: sqlite3.Connection) -> None:
                check_write_conditions(connection, request.key, request.headers)
                insert(connection, version, [stored])

            await self._store.change(record)
        except Exception:
            self._store.discard(stored)
            raise
        checksum = version.checksum.reply_headers() if version.checksum else {}
        headers = {"etag": f'"{version.etag}"', "x-amz-version-id": version.version_id, **checksum}
        return Reply(200, {**headers, **encryption_of(version.headers)})

    async def get(self, call: Call) -> Reply:
        """A version's bytes, or a range of them."""
        version = self._find(call)
        headers = self._describe(version, call.request)
        if not self._restores.readable(version):
            raise S3Error("InvalidObjectState", StorageClass=version.storage_class)
        if (unmet := _read_conditions(call.request.headers, version, headers)) is not None:
            return unmet
        first, last, status = 0, version.size - 1, 200
        if (wanted := _range(call.request.headers.get("range"), version.size)) is not None:
            first, last = wanted
            status = 206
            headers["content-range"] = f"bytes {first}-{last}/{version.size}"
            for name in [name for name in headers if name.startswith("x-amz-checksum-")]:
                del headers[name]  # they are the whole object's
        headers["content-length"] = str(last - first + 1)
        bodies = segments(self._store.reader, version)
        return Reply(status, headers, self._store.stream(bodies, first, last))

    async def head(self, call: Call) -> Reply:
        """What GET would say, without the bytes; archived objects answer too."""
        version = self._find(call)
        headers = self._describe(version, call.request)
        if (unmet := _read_conditions(call.request.headers, version, headers)) is not None:
            return replace(unmet, body=b"")
        return Reply(200, {**headers, "content-length": str(version.size)})

    async def delete(self, call: Call) -> Reply:
        """Put a delete marker on top: nothing is destroyed."""
        marker = Version(call.request.key, new_version_id(), now_ms(), is_delete_marker=True)
        await self._store.change(lambda connection: insert(connection, marker, []))
        return Reply(204, {"x-amz-delete-marker": "true", "x-amz-version-id": marker.version_id})

    async def restore(self, call: Call) -> Reply:
        """Ask for a readable copy of an archived version."""
        return await self._restores.restore(call, self._find(call))

    def _find(self, call: Call) -> Version:
        return find(self._store.reader, call, call.request.key, call.request.parameter("versionId"))

    def _describe(self, version: Version, request: S3Request) -> dict[str, str]:
        return {**_described(version, request), **self._restores.header(version)}


def find(connection: sqlite3.Connection, call: Call, key: str, version_id: str | None) -> Version:
    """A version of a key, or its newest. Raises S3Error for what is missing and for delete markers."""
    if version_id is not None:
        version = exact(connection, key, version_id)
        if version is None:
            raise missing(call, "NoSuchVersion", key, VersionId=version_id)
        if version.is_delete_marker:
            refused = S3Error("MethodNotAllowed")
            refused.headers = {"x-amz-delete-marker": "true", "allow": "DELETE"}
            raise refused
        return version
    version = latest(connection, key)
    if version is None:
        raise missing(call, "NoSuchKey", key)
    if version.is_delete_marker:
        error = missing(call, "NoSuchKey", key)
        error.headers = {"x-amz-delete-marker": "true", "x-amz-version-id": version.version_id}
        raise error
    return version


def missing(call: Call, code: str, key: str, **fields: str) -> S3Error:
    """The error for something that is not there: 403 for those who may not list."""
    return S3Error(code, Key=key, **fields) if call.may_list() else S3Error("AccessDenied")


async def receive_body(store: Store, request: S3Request, hasher: Hasher, limit: int) -> StoredBody:
    """The body of an upload, on disk or small enough not to be.

    Raises S3Error MissingContentLength, EntityTooLarge, ServiceUnavailable (no room); ClientGone when it ended early.
    """
    length = request.body.length
    if length is None:
        raise S3Error("MissingContentLength")
    if length > limit:
        raise S3Error("EntityTooLarge", ProposedSize=str(length), MaxSizeAllowed=str(limit))
    try:
        stored = await store.receive(request.body, hasher.update, limit)
    except OSError as problem:
        raise S3Error("ServiceUnavailable", f"The sandbox cannot write: {problem.strerror}") from problem
    if stored is None or stored.size != length:
        raise ClientGone
    return stored


def _described(version: Version, request: S3Request) -> dict[str, str]:
    headers = {
        "last-modified": version.last_modified,
        "etag": f'"{version.etag}"',
        "x-amz-version-id": version.version_id,
        "accept-ranges": "bytes",
        **version.headers,
    }
    if version.storage_class != "STANDARD":
        headers["x-amz-storage-class"] = version.storage_class
    if request.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED" and version.checksum is not None:
        headers.update(version.checksum.reply_headers())
    for parameter, name in _OVERRIDES.items():
        value = request.parameter(parameter)
        if value is not None:
            if not value.isprintable():
                raise S3Error("InvalidArgument", ArgumentName=parameter)
            headers[name] = value
    return headers


def _read_conditions(wanted: Mapping[str, str], version: Version, headers: Mapping[str, str]) -> Reply | None:
    """RFC 9110 section 13.2.2. Raises S3Error PreconditionFailed; returns the 304 where there is nothing new."""
    etags = {part.strip().removeprefix("W/").strip('"') for part in wanted.get("if-match", "").split(",")}
    if "if-match" in wanted:
        if not etags & {"*", version.etag}:
            raise S3Error("PreconditionFailed", Condition="If-Match")
    elif (
        moment := _http_date(wanted.get("if-unmodified-since"))
    ) is not None and version.modified_ms // 1000 > moment:
        raise S3Error("PreconditionFailed", Condition="If-Unmodified-Since")
    not_modified = Reply(
        304, {name: value for name, value in headers.items() if name in {"etag", "last-modified"}}
    )
    if "if-none-match" in wanted:
        etags = {part.strip().removeprefix("W/").strip('"') for part in wanted["if-none-match"].split(",")}
        return not_modified if etags & {"*", version.etag} else None
    if (
        moment := _http_date(wanted.get("if-modified-since"))
    ) is not None and version.modified_ms // 1000 <= moment:
        return not_modified
    return None


def _http_date(value: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(value).timestamp()) if value else None
    except (ValueError, OverflowError):
        return None


def _range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte wanted; None for the whole. Several ranges and nonsense count as none, as in S3."""
    match = _RANGE.fullmatch(header or "")
    if match is None or match.group(0) == "bytes=-":
        return None
    begin, end = match.groups()
    if begin == "":
        first, last = max(size - int(end), 0), size - 1
        satisfiable = int(end) > 0 and size > 0
    else:
        first, last = int(begin), min(int(end) if end else size - 1, size - 1)
        satisfiable = first < size
        if end and int(end) < first:
            return None
    if not satisfiable:
        raise S3Error("InvalidRange", RangeRequested=unquote(header or ""), ActualObjectSize=str(size))
    return first, last
