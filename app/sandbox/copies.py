"""CopyObject: a version becomes the newest of a key. The bytes are not written again; both versions name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote_to_bytes
from xml.sax.saxutils import escape

from app.sandbox.checksums import ALGORITHMS, DEFAULT_ALGORITHM, Checksum, Hasher
from app.sandbox.http_server import Reply
from app.sandbox.listings import NAMESPACE, iso_time
from app.sandbox.object_headers import (
    BUCKET_KEY,
    ENCRYPTION,
    ENCRYPTION_KEY,
    encryption_headers,
    encryption_of,
    kept_headers,
    storage_class,
)
from app.sandbox.objects import MAX_SINGLE_PUT, find
from app.sandbox.s3_errors import XML_DECLARATION, S3Error
from app.sandbox.versions import (
    Version,
    check_write_conditions,
    insert,
    new_etag,
    new_version_id,
    now_ms,
    segments,
    share_bodies,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from app.sandbox.objects import Call
    from app.sandbox.restores import Restores
    from app.sandbox.store import Store

COPY_SOURCE = "x-amz-copy-source"
_DIRECTIVE = "x-amz-metadata-directive"
COPY_HEADERS = frozenset({COPY_SOURCE, _DIRECTIVE})
_ENCRYPTION_HEADERS = frozenset({ENCRYPTION, ENCRYPTION_KEY, BUCKET_KEY})


@dataclass(frozen=True, slots=True)
class Source:
    """What x-amz-copy-source names."""

    bucket: str
    key: str
    version_id: str | None


def copy_source(headers: Mapping[str, str]) -> Source:
    """The source of a copy, decoded once. Raises S3Error InvalidArgument."""
    path, _, query = headers[COPY_SOURCE].partition("?")
    try:
        name = unquote_to_bytes(path).decode("utf-8").removeprefix("/")
        versions = parse_qs(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    except ValueError as problem:
        raise S3Error("InvalidArgument", ArgumentName=COPY_SOURCE) from problem
    bucket, _, key = name.partition("/")
    if not bucket or not key or versions.keys() - {"versionId"}:
        raise S3Error("InvalidArgument", ArgumentName=COPY_SOURCE)
    return Source(bucket, key, versions.get("versionId", [None])[0])


class Copies:
    """Copying within one bucket.

    S3 refuses to copy an object onto itself where nothing would change; here every copy names its encryption, which S3
    counts as a change, or the bucket's policy has refused it.
    """

    def __init__(self, store: Store, key_arn: str, restores: Restores) -> None:
        self._store = store
        self._key_arn = key_arn
        self._restores = restores

    async def copy(self, call: Call) -> Reply:
        """Copy the version that the request names; the reply goes out when that is on disk."""
        request = call.request
        wanted = copy_source(request.headers)
        source = find(self._store.reader, call, wanted.key, wanted.version_id)
        if not self._restores.readable(source):
            raise S3Error("ObjectNotInActiveTierError")
        if source.size > MAX_SINGLE_PUT:
            raise S3Error(
                "InvalidRequest",
                "The specified copy source is larger than the maximum allowable size for a copy source:"
                f" {MAX_SINGLE_PUT}",
            )
        check_write_conditions(self._store.reader, request.key, request.headers)
        version = Version(
            key=request.key,
            version_id=new_version_id(),
            modified_ms=now_ms(),
            size=source.size,
            etag=new_etag(),
            storage_class=storage_class(request.headers),
            checksum=await self._checksum(source, request.headers),
            headers=self._kept(source, request.headers),
        )

        def record(connection: sqlite3.Connection) -> None:
            check_write_conditions(connection, request.key, request.headers)
            share_bodies(connection, source.sequence, insert(connection, version, []))

        await self._store.change(record)
        return _reply(version, source)

    async def _checksum(self, source: Version, headers: Mapping[str, str]) -> Checksum:
        """The copy's checksum: of the whole, and computed anew where the source's is none of that algorithm."""
        known = source.checksum
        algorithm = headers.get("x-amz-checksum-algorithm", known.algorithm if known else DEFAULT_ALGORITHM)
        if algorithm not in ALGORITHMS:
            raise S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.")
        if known is not None and known.algorithm == algorithm and known.type == "FULL_OBJECT":
            return known
        hasher = Hasher({}, None, default=algorithm)
        async for data in self._store.stream(segments(self._store.reader, source), 0, source.size - 1):
            hasher.update(data)
        return hasher.finish()

    def _kept(self, source: Version, headers: Mapping[str, str]) -> dict[str, str]:
        directive = headers.get(_DIRECTIVE, "COPY")
        if directive == "REPLACE":
            return kept_headers(headers, self._key_arn)
        if directive != "COPY":
            raise S3Error("InvalidArgument", "Unknown metadata directive.", ArgumentName=_DIRECTIVE)
        kept = {name: value for name, value in source.headers.items() if name not in _ENCRYPTION_HEADERS}
        return {**kept, **encryption_headers(headers, self._key_arn)}


def _reply(version: Version, source: Version) -> Reply:
    assert version.checksum is not None
    tag = f"Checksum{version.checksum.algorithm}"
    body = (
        f'{XML_DECLARATION}<CopyObjectResult xmlns="{NAMESPACE}"><ETag>&quot;{version.etag}&quot;</ETag>'
        f"<LastModified>{iso_time(version.modified_ms)}</LastModified><{tag}>{escape(version.checksum.value)}</{tag}>"
        f"<ChecksumType>{version.checksum.type}</ChecksumType></CopyObjectResult>"
    )
    headers = {
        "content-type": "application/xml",
        "x-amz-version-id": version.version_id,
        "x-amz-copy-source-version-id": source.version_id,
    }
    return Reply(200, {**headers, **encryption_of(version.headers)}, body.encode("utf-8"))
