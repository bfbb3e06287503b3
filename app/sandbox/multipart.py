"""Multipart uploads: parts are files, and the finished object is those files in order. Nothing is copied.

Rules as in S3: parts of 5 MiB at least but the last, 10,000 at most, in ascending order; CRC64NVME is of the whole
object, SHA-256 and SHA-1 are of the parts' checksums; completing twice gives the same answer.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from app.sandbox.checksums import (
    ALGORITHMS,
    DEFAULT_ALGORITHM,
    Checksum,
    ChecksumType,
    Hasher,
    combine,
    compose,
)
from app.sandbox.http_server import Reply
from app.sandbox.listings import NAMESPACE, iso_time
from app.sandbox.object_headers import encryption_of, kept_headers, storage_class
from app.sandbox.objects import MAX_SINGLE_PUT, Call, receive_body
from app.sandbox.s3_errors import XML_DECLARATION, S3Error
from app.sandbox.versions import (
    Version,
    check_write_conditions,
    exact,
    insert,
    new_etag,
    new_version_id,
    now_ms,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from app.sandbox.store import Store

SMALLEST_PART = 5 * 1024 * 1024  # bytes; the last part may be smaller
MOST_PARTS = 10_000
_MAX_COMPLETION = 2 * 1024 * 1024  # bytes of XML: ten thousand parts with checksums
_COMPOSITE_ONLY = ("SHA1", "SHA256")


@dataclass(frozen=True, slots=True)
class _Upload:
    upload_id: str
    key: str
    storage_class: str
    algorithm: str
    type: ChecksumType
    headers: Mapping[str, str]
    completed_version: str | None


@dataclass(frozen=True, slots=True)
class _Part:
    identity: int
    number: int
    size: int
    etag: str
    checksum: Checksum
    modified_ms: int


class Multipart:
    """The operations on uploads in parts of one bucket."""

    def __init__(self, store: Store, key_arn: str, bucket: str) -> None:
        self._store = store
        self._key_arn = key_arn
        self._bucket = bucket

    def headers_of(self, upload_id: str) -> Mapping[str, str]:
        """What an upload was created with; empty when there is no such upload."""
        row = self._store.reader.execute(
            "SELECT headers FROM uploads WHERE upload_id = ?", (upload_id,)
        ).fetchone()
        return cast("dict[str, str]", json.loads(row["headers"])) if row else {}

    async def create(self, call: Call) -> Reply:
        """CreateMultipartUpload."""
        headers = call.request.headers
        algorithm = headers.get("x-amz-checksum-algorithm", DEFAULT_ALGORITHM).upper()
        if algorithm not in ALGORITHMS:
            raise S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.")
        kind = headers.get(
            "x-amz-checksum-type", "COMPOSITE" if algorithm != "CRC64NVME" else "FULL_OBJECT"
        ).upper()
        allowed = (
            "COMPOSITE"
            if algorithm in _COMPOSITE_ONLY
            else "FULL_OBJECT"
            if algorithm == "CRC64NVME"
            else kind
        )
        if kind not in {"FULL_OBJECT", "COMPOSITE"} or kind != allowed:
            raise S3Error(
                "InvalidRequest", f"The {kind} checksum type cannot be used with the {algorithm} algorithm."
            )
        upload_id = secrets.token_urlsafe(48)
        kept = kept_headers(headers, self._key_arn)
        record = (
            upload_id,
            call.request.key,
            now_ms(),
            storage_class(headers),
            algorithm,
            kind,
            json.dumps(kept),
        )
        await self._store.change(
            lambda connection: connection.execute(
                "INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", record
            )
        )
        body = (
            f'{XML_DECLARATION}<InitiateMultipartUploadResult xmlns="{NAMESPACE}"><Bucket>{self._bucket}</Bucket>'
            f"<Key>{escape(call.request.key)}</Key><UploadId>{upload_id}</UploadId></InitiateMultipartUploadResult>"
        )
        checksum = {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": kind}
        return Reply(
            200, {"content-type": "application/xml", **checksum, **encryption_of(kept)}, body.encode("utf-8")
        )

    async def put_part(self, call: Call) -> Reply:
        """UploadPart; sending a number again replaces that part."""
        request = call.request
        upload = self._open_upload(self._store.reader, call)
        number = request.number("partNumber", 0, 1, MOST_PARTS)
        hasher = Hasher(request.headers, call.payload_hash, default=upload.algorithm)
        stored = await receive_body(self._store, request, hasher, MAX_SINGLE_PUT)
        try:
            checksum = hasher.finish()
            if checksum.algorithm != upload.algorithm:
                raise S3Error(
                    "InvalidRequest", f"Checksum Type mismatch occurred, expected {upload.algorithm}"
                )
            etag = new_etag()

            def record(connection: sqlite3.Connection) -> str | None:
                self._open_upload(connection, call)
                replaced = connection.execute(
                    "SELECT bodies.file_name FROM parts JOIN bodies USING (part) WHERE upload_id = ? AND number = ?",
                    (upload.upload_id, number),
                ).fetchone()
                connection.execute(
                    "DELETE FROM parts WHERE upload_id = ? AND number = ?", (upload.upload_id, number)
                )
                cursor = connection.execute(
                    "INSERT INTO parts (upload_id, number, modified_ms, size, etag, checksum_value)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (upload.upload_id, number, now_ms(), stored.size, etag, checksum.value),
                )
                connection.execute(
                    "INSERT INTO bodies (part, size, file_name, content) VALUES (?, ?, ?, ?)",
                    (cursor.lastrowid, stored.size, stored.file_name, stored.content),
                )
                return replaced["file_name"] if replaced else None

            replaced_file = await self._store.change(record)
        except Exception:
            self._store.discard(stored)
            raise
        self._store.discard_files([replaced_file])
        return Reply(
            200, {"etag": f'"{etag}"', checksum.header: checksum.value, **encryption_of(upload.headers)}
        )

    async def list_parts(self, call: Call) -> Reply:
        """ListParts, a thousand at a time."""
        request = call.request
        upload = self._open_upload(self._store.reader, call)
        after = request.number("part-number-marker", 0, 0, 2**31 - 1)
        limit = min(request.number("max-parts", 1000, 0, 2**31 - 1), 1000)
        parts = [part for part in _parts(self._store.reader, upload) if part.number > after]
        page, rest = parts[:limit], parts[limit:]
        tag = f"Checksum{upload.algorithm}"
        entries = "".join(
            f"<Part><PartNumber>{part.number}</PartNumber><LastModified>{iso_time(part.modified_ms)}</LastModified>"
            f"<ETag>&quot;{part.etag}&quot;</ETag><Size>{part.size}</Size><{tag}>{part.checksum.value}</{tag}></Part>"
            for part in page
        )
        following = f"<NextPartNumberMarker>{page[-1].number}</NextPartNumberMarker>" if rest and page else ""
        body = (
            f'{XML_DECLARATION}<ListPartsResult xmlns="{NAMESPACE}"><Bucket>{self._bucket}</Bucket>'
            f"<Key>{escape(upload.key)}</Key><UploadId>{upload.upload_id}</UploadId>"
            f"<PartNumberMarker>{after}</PartNumberMarker>{following}<MaxParts>{limit}</MaxParts>"
            f"<IsTruncated>{'true' if rest else 'false'}</IsTruncated><StorageClass>{upload.storage_class}</StorageClass>"
            f"<ChecksumAlgorithm>{upload.algorithm}</ChecksumAlgorithm><ChecksumType>{upload.type}</ChecksumType>"
            f"{entries}</ListPartsResult>"
        )
        return Reply(200, {"content-type": "application/xml"}, body.encode("utf-8"))

    async def complete(self, call: Call) -> Reply:
        """CompleteMultipartUpload: the parts named become the next version of the key."""
        text = await call.request.body.read(_MAX_COMPLETION)
        wanted = _wanted_parts(text)

        def record(connection: sqlite3.Connection) -> tuple[Version, list[str]]:
            upload = _upload(connection, call)
            if upload.completed_version is not None:
                version = exact(connection, upload.key, upload.completed_version)
                if version is None:
                    raise S3Error("NoSuchUpload", UploadId=upload.upload_id)
                return version, []
            check_write_conditions(connection, upload.key, call.request.headers)
            parts = _chosen(wanted, {part.number: part for part in _parts(connection, upload)}, upload)
            version = _finished(upload, parts, call.request.headers)
            return version, _take_over(connection, upload, parts, version)

        version, unused_files = await self._store.change(record)
        self._store.discard_files(unused_files)
        assert version.checksum is not None
        tag = f"Checksum{version.checksum.algorithm}"
        body = (
            f'{XML_DECLARATION}<CompleteMultipartUploadResult xmlns="{NAMESPACE}"><Bucket>{self._bucket}</Bucket>'
            f"<Key>{escape(version.key)}</Key><ETag>&quot;{version.etag}&quot;</ETag>"
            f"<{tag}>{version.checksum.value}</{tag}><ChecksumType>{version.checksum.type}</ChecksumType>"
            "</CompleteMultipartUploadResult>"
        )
        headers = {"content-type": "application/xml", "x-amz-version-id": version.version_id}
        return Reply(200, {**headers, **encryption_of(version.headers)}, body.encode("utf-8"))

    async def abort(self, call: Call) -> Reply:
        """AbortMultipartUpload: the parts are gone."""

        def record(connection: sqlite3.Connection) -> list[str]:
            upload = self._open_upload(connection, call)
            files = _files_of_parts(connection, upload.upload_id)
            connection.execute("DELETE FROM uploads WHERE upload_id = ?", (upload.upload_id,))
            return files

        self._store.discard_files(await self._store.change(record))
        return Reply(204)

    @staticmethod
    def _open_upload(connection: sqlite3.Connection, call: Call) -> _Upload:
        upload = _upload(connection, call)
        if upload.completed_version is not None:
            raise S3Error("NoSuchUpload", UploadId=upload.upload_id)
        return upload


def _upload(connection: sqlite3.Connection, call: Call) -> _Upload:
    upload_id = call.request.parameter("uploadId") or ""
    row = connection.execute(
        "SELECT * FROM uploads WHERE upload_id = ? AND key = ?", (upload_id, call.request.key)
    ).fetchone()
    if row is None:
        raise S3Error("NoSuchUpload", UploadId=upload_id)
    return _Upload(
        upload_id=upload_id,
        key=row["key"],
        storage_class=row["storage_class"],
        algorithm=row["checksum_algorithm"],
        type=row["checksum_type"],
        headers=json.loads(row["headers"]),
        completed_version=row["completed_version"],
    )


def _parts(connection: sqlite3.Connection, upload: _Upload) -> list[_Part]:
    rows = connection.execute("SELECT * FROM parts WHERE upload_id = ? ORDER BY number", (upload.upload_id,))
    return [
        _Part(
            identity=row["part"],
            number=row["number"],
            size=row["size"],
            etag=row["etag"],
            checksum=Checksum(upload.algorithm, row["checksum_value"]),
            modified_ms=row["modified_ms"],
        )
        for row in rows
    ]


def _wanted_parts(text: bytes | None) -> list[dict[str, str]]:
    """The parts a completion names, each as its elements. Raises S3Error MalformedXML."""
    if text is None or b"<!" in text:  # no document type: it is where entity bombs live
        raise S3Error("MalformedXML")
    try:
        root = ET.fromstring(text)  # noqa: S314 - document types were refused above
    except ET.ParseError as problem:
        raise S3Error("MalformedXML") from problem
    wanted = []
    for element in root:
        fields = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in element}
        number = fields.get("PartNumber", "")
        if (
            element.tag.rpartition("}")[2] != "Part"
            or not (number.isascii() and number.isdigit())
            or "ETag" not in fields
        ):
            raise S3Error("MalformedXML")
        wanted.append(fields)
    if root.tag.rpartition("}")[2] != "CompleteMultipartUpload" or not 0 < len(wanted) <= MOST_PARTS:
        raise S3Error("MalformedXML")
    return wanted


def _chosen(wanted: list[dict[str, str]], known: Mapping[int, _Part], upload: _Upload) -> list[_Part]:
    """The parts to lay end to end. Raises S3Error InvalidPart, InvalidPartOrder, EntityTooSmall."""
    chosen: list[_Part] = []
    for fields in wanted:
        part = known.get(int(fields["PartNumber"][:6]))
        claimed = fields.get(f"Checksum{upload.algorithm}")
        # A composite checksum is made of the parts' own, so S3 wants each of them named again.
        unproven = claimed is None and upload.type == "COMPOSITE"
        if part is None or part.etag != fields["ETag"].strip('"') or unproven:
            raise S3Error("InvalidPart", PartNumber=fields["PartNumber"])
        if claimed is not None and claimed != part.checksum.value:
            raise S3Error("InvalidPart", PartNumber=fields["PartNumber"])
        if chosen and part.number <= chosen[-1].number:
            raise S3Error("InvalidPartOrder")
        chosen.append(part)
    check_part_sizes(chosen)
    return chosen


def check_part_sizes(chosen: list[_Part]) -> None:
    """Raise EntityTooSmall for a part under 5 MiB that is not the last."""
    for part in chosen[:-1]:
        if part.size < SMALLEST_PART:
            raise S3Error(
                "EntityTooSmall",
                PartNumber=str(part.number),
                ProposedSize=str(part.size),
                MinSizeAllowed=str(SMALLEST_PART),
            )


def _finished(upload: _Upload, parts: list[_Part], headers: Mapping[str, str]) -> Version:
    """The version an upload becomes. Raises S3Error BadDigest or InvalidRequest when it is not what was announced."""
    if upload.type == "FULL_OBJECT":
        checksum = combine(upload.algorithm, [(part.checksum, part.size) for part in parts])
    else:
        checksum = compose(upload.algorithm, [part.checksum for part in parts])
    claimed = headers.get(checksum.header)
    if claimed is not None and claimed.partition("-")[0] != checksum.value.partition("-")[0]:
        raise S3Error(
            "BadDigest", f"The {checksum.algorithm} you specified did not match the calculated checksum."
        )
    if headers.get("x-amz-checksum-type", upload.type).upper() != upload.type:
        raise S3Error("InvalidRequest", f"The upload was created using the {upload.type} checksum mode.")
    size = sum(part.size for part in parts)
    if headers.get("x-amz-mp-object-size", str(size)) != str(size):
        raise S3Error(
            "InvalidRequest", "The provided 'x-amz-mp-object-size' header does not match what was computed."
        )
    return Version(
        key=upload.key,
        version_id=new_version_id(),
        modified_ms=now_ms(),
        size=size,
        etag=f"{new_etag()}-{len(parts)}",
        storage_class=upload.storage_class,
        checksum=checksum,
        headers=upload.headers,
    )


def _take_over(
    connection: sqlite3.Connection, upload: _Upload, parts: list[_Part], version: Version
) -> list[str]:
    """Hand the parts' bodies to the new version; returns the files of parts that were not named."""
    sequence = insert(connection, version, [])
    connection.executemany(
        "UPDATE bodies SET sequence = ?, position = ?, part = NULL WHERE part = ?",
        [(sequence, position, part.identity) for position, part in enumerate(parts)],
    )
    unused = _files_of_parts(connection, upload.upload_id)
    connection.execute("DELETE FROM parts WHERE upload_id = ?", (upload.upload_id,))
    connection.execute(
        "UPDATE uploads SET completed_version = ? WHERE upload_id = ?", (version.version_id, upload.upload_id)
    )
    return unused


def _files_of_parts(connection: sqlite3.Connection, upload_id: str) -> list[str]:
    rows = connection.execute(
        "SELECT file_name FROM parts JOIN bodies USING (part) WHERE upload_id = ? AND file_name IS NOT NULL",
        (upload_id,),
    )
    return [row["file_name"] for row in rows]
