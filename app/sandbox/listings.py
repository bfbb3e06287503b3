"""ListObjectsV2 and ListObjectVersions: pages of at most a thousand, in the order of the keys' UTF-8 bytes."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

from app.sandbox.http_server import Reply
from app.sandbox.s3_errors import XML_DECLARATION, S3Error
from app.sandbox.versions import Version, from_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from app.sandbox.objects import Call
    from app.sandbox.s3_request import S3Request
    from app.sandbox.store import Store

PAGE = 1000
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_LAST = "\U0010ffff"  # sorts behind every key that shares a prefix


@dataclass(frozen=True, slots=True)
class _Wish:
    """What every listing may be asked."""

    prefix: str
    delimiter: str
    limit: int
    encode: Callable[[str], str]
    encoding: str

    @classmethod
    def of(cls, request: S3Request) -> _Wish:
        encoding = request.parameter("encoding-type") or ""
        if encoding not in {"", "url"}:
            raise S3Error(
                "InvalidArgument",
                "Invalid Encoding Method specified in Request",
                ArgumentName="encoding-type",
            )
        return cls(
            prefix=request.parameter("prefix") or "",
            delimiter=request.parameter("delimiter") or "",
            limit=min(request.number("max-keys", PAGE, 0, 2**31 - 1), PAGE),
            encode=_url if encoding else escape,
            encoding=encoding,
        )

    def group(self, key: str) -> str | None:
        """The common prefix a key falls under."""
        if not self.delimiter:
            return None
        head, found, _ = key[len(self.prefix) :].partition(self.delimiter)
        return f"{self.prefix}{head}{self.delimiter}" if found else None


class Listings:
    """The listings of one bucket."""

    def __init__(self, store: Store, bucket: str) -> None:
        self._store = store
        self._bucket = bucket

    async def objects(self, call: Call) -> Reply:
        """ListObjectsV2. Version 1 is not spoken: nothing here needs it."""
        request = call.request
        if request.parameter("list-type") != "2":
            raise S3Error("NotImplemented", "Only version 2 of ListObjects is spoken here")
        wish = _Wish.of(request)
        token = request.parameter("continuation-token")
        after = _untoken(token) if token else request.parameter("start-after") or ""
        entries: list[str] = []
        last = ""
        truncated = False
        for last_seen, entry in self._objects_after(wish, after):
            if len(entries) == wish.limit:
                truncated = True
                break
            entries.append(entry)
            last = last_seen
        head = [
            _element("Name", self._bucket),
            _element("Prefix", wish.encode(wish.prefix)),
            _element("KeyCount", str(len(entries))),
            _element("MaxKeys", str(wish.limit)),
            _element("IsTruncated", "true" if truncated else "false"),
        ]
        if wish.delimiter:
            head.append(_element("Delimiter", wish.encode(wish.delimiter)))
        if wish.encoding:
            head.append(_element("EncodingType", wish.encoding))
        if token:
            head.append(_element("ContinuationToken", escape(token)))
        if truncated and entries:
            head.append(_element("NextContinuationToken", _token(last)))
        return _page("ListBucketResult", [*head, *entries])

    async def versions(self, call: Call) -> Reply:
        """ListObjectVersions: newest first within a key, delete markers among them."""
        request = call.request
        wish = _Wish.of(request)
        key_marker, version_marker = (
            request.parameter("key-marker") or "",
            request.parameter("version-id-marker") or "",
        )
        entries: list[str] = []
        last = ("", "")
        truncated = False
        for last_seen, entry in self._versions_after(wish, key_marker, version_marker):
            if len(entries) == wish.limit:
                truncated = True
                break
            entries.append(entry)
            last = last_seen
        head = [
            _element("Name", self._bucket),
            _element("Prefix", wish.encode(wish.prefix)),
            _element("KeyMarker", wish.encode(key_marker)),
            _element("VersionIdMarker", escape(version_marker)),
            _element("MaxKeys", str(wish.limit)),
            _element("IsTruncated", "true" if truncated else "false"),
        ]
        if wish.delimiter:
            head.append(_element("Delimiter", wish.encode(wish.delimiter)))
        if wish.encoding:
            head.append(_element("EncodingType", wish.encoding))
        if truncated and entries:
            head.append(_element("NextKeyMarker", wish.encode(last[0])))
            if last[1]:
                head.append(_element("NextVersionIdMarker", last[1]))
        return _page("ListVersionsResult", [*head, *entries])

    def _objects_after(self, wish: _Wish, after: str) -> Iterator[tuple[str, str]]:
        """(where the next page starts, XML) of each object or common prefix behind `after`."""
        position, skip_group = after, wish.group(after) if after.startswith(wish.prefix) else None
        while True:
            if skip_group is not None:
                position = skip_group + _LAST
            row = None
            for row in self._current_rows(wish, position):
                group = wish.group(row["key"])
                if group is not None:
                    yield group, _element("CommonPrefixes", _element("Prefix", wish.encode(group)))
                    skip_group = group
                    break
                yield row["key"], _object_entry(from_row(row), wish.encode)
            else:
                return

    def _current_rows(self, wish: _Wish, after: str) -> sqlite3.Cursor:
        return self._store.reader.execute(
            "SELECT * FROM versions WHERE is_latest AND NOT is_delete_marker AND key > ? AND key >= ? AND key < ?"
            " ORDER BY key",
            (after, wish.prefix, wish.prefix + _LAST),
        )

    def _versions_after(
        self, wish: _Wish, key: str, version_id: str
    ) -> Iterator[tuple[tuple[str, str], str]]:
        """((key, version id) where the next page starts, XML) of each version behind the markers."""
        sequence = 0
        if version_id:
            row = self._store.reader.execute(
                "SELECT sequence FROM versions WHERE version_id = ? AND key = ?", (version_id, key)
            ).fetchone()
            if row is None:
                raise S3Error(
                    "InvalidArgument", "Invalid version id specified", ArgumentName="version-id-marker"
                )
            sequence = row["sequence"]
        group_done = ""
        rows = self._store.reader.execute(
            "SELECT * FROM versions WHERE (key > ? OR (key = ? AND sequence < ?)) AND key >= ? AND key < ?"
            " ORDER BY key, sequence DESC",
            (key, key, sequence, wish.prefix, wish.prefix + _LAST),
        )
        for row in rows:
            group = wish.group(row["key"])
            if group is None:
                yield (row["key"], row["version_id"]), _version_entry(from_row(row), wish.encode)
            elif group not in {group_done, key}:
                group_done = group
                yield (group, ""), _element("CommonPrefixes", _element("Prefix", wish.encode(group)))


def _object_entry(version: Version, encode: Callable[[str], str]) -> str:
    checksum = ""
    if version.checksum is not None:
        checksum = _element("ChecksumAlgorithm", version.checksum.algorithm) + _element(
            "ChecksumType", version.checksum.type
        )
    return _element(
        "Contents",
        _element("Key", encode(version.key))
        + _element("LastModified", iso_time(version.modified_ms))
        + _element("ETag", f"&quot;{version.etag}&quot;")
        + checksum
        + _element("Size", str(version.size))
        + _element("StorageClass", version.storage_class),
    )


def _version_entry(version: Version, encode: Callable[[str], str]) -> str:
    common = (
        _element("Key", encode(version.key))
        + _element("VersionId", version.version_id)
        + _element("IsLatest", "true" if version.is_latest else "false")
        + _element("LastModified", iso_time(version.modified_ms))
    )
    if version.is_delete_marker:
        return _element("DeleteMarker", common)
    return _element(
        "Version",
        common
        + _element("ETag", f"&quot;{version.etag}&quot;")
        + _element("Size", str(version.size))
        + _element("StorageClass", version.storage_class),
    )


def iso_time(milliseconds: int) -> str:
    """As S3's XML writes times."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def _page(root: str, elements: list[str]) -> Reply:
    body = f'{XML_DECLARATION}<{root} xmlns="{NAMESPACE}">{"".join(elements)}</{root}>'
    return Reply(200, {"content-type": "application/xml"}, body.encode("utf-8"))


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>"


def _url(value: str) -> str:
    return quote(value, safe="/")


def _token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode("utf-8")).decode("ascii")


def _untoken(token: str) -> str:
    try:
        return base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError) as problem:
        raise S3Error("InvalidArgument", "The continuation token provided is incorrect") from problem
