"""Requests as typed values: every field is checked for type, size and characters before anything uses it.

Refusals are Problems that name the field. `null` is a wrong type, not an absent field.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from backend.presign.keys import KEY_LIMIT, Kind
from backend.presign.problems import too_large
from backend.presign.settings import SINGLE_PUT_LIMIT
from backend.presign.validation_fields import is_sayable, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.presign.settings import Settings
    from backend.presign.validation_fields import Fields

EXPIRES_MINIMUM, EXPIRES_MAXIMUM = 60, 3600
FILE_NAME_LIMIT = 1024
CURSOR_LIMIT = 4096
LIST_LIMIT = 1000
METADATA_LIMIT = 2048
"""Bytes of user metadata, names and values: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html."""

CONTENT_TYPES = (
    "application/json",
    "application/x-ndjson",
    "application/jsonl",
    "text/markdown",
    "text/plain",
    "application/zstd",
    "application/zip",
    "application/octet-stream",
)
CHECKSUM_BYTES: Mapping[str, int] = {"SHA256": 32, "CRC64NVME": 8}
PART_ALGORITHMS = ("CRC64NVME",)
"""The one whose value for a whole object S3 makes from those of the parts:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html."""

_TEXT_TYPES = frozenset(CONTENT_TYPES[:5])
_CONTENT_TYPE = re.compile(r"([a-z0-9./+-]{1,64})(?:[ \t]*;[ \t]*charset=(?:utf-8|\"utf-8\"))?")
_METADATA_NAME = re.compile(r"[a-z0-9-]{1,40}")
# No space at either end: HTTP drops it, and the stored value would differ from the one that was asked for.
_METADATA_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?")
_VERSION_ID = re.compile(r"[\x21-\x7e]{1,1024}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_KINDS: tuple[Kind, ...] = ("log", "index")


@dataclass(frozen=True, slots=True)
class Checksum:
    """A full object's checksum; `value` is base64, as S3's header has it."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """One upload asked for. Sizes in bytes, `expires_in` in seconds, `session_date` YYYY-MM-DD or YYYY-MM."""

    kind: Kind
    file_name: str | None
    content_type: str
    expires_in: int
    size: int | None
    checksum: Checksum | None
    session_date: str | None
    s3_key: str | None
    if_absent: bool
    metadata: Mapping[str, str]


def parse_upload(fields: Fields, settings: Settings) -> UploadRequest:
    """The fields of an upload by one PUT. Raises Problem 400, or 413 where the size is over the stage's limit or S3's."""
    if "size" not in fields and not settings.allow_unsized_uploads:
        raise fields.refuse("size", "is required")
    limit = min(settings.max_object_bytes, SINGLE_PUT_LIMIT)
    return _upload(fields, limit, tuple(CHECKSUM_BYTES))


def parse_multipart_upload(fields: Fields, settings: Settings) -> tuple[UploadRequest, int]:
    """The fields of an upload in parts, and its size in bytes. Raises Problem as `parse_upload` does."""
    request = _upload(fields, settings.max_object_bytes, PART_ALGORITHMS)
    if request.size is None:
        raise fields.refuse("size", "is required")
    return request, request.size


def _upload(fields: Fields, limit: int, algorithms: tuple[str, ...]) -> UploadRequest:
    fields.only(
        "fileName",
        "contentType",
        "expiresIn",
        "kind",
        "size",
        "checksum",
        "sessionDate",
        "s3Key",
        "ifAbsent",
        "metadata",
    )
    kind = parse_kind(fields)
    s3_key = fields.plain_text("s3Key", KEY_LIMIT)
    file_name = fields.text("fileName", FILE_NAME_LIMIT)
    if s3_key is None:
        fields.required("fileName", file_name)
    return UploadRequest(
        kind=kind,
        file_name=file_name,
        content_type=_content_type(fields),
        expires_in=parse_expires_in(fields),
        size=parse_size(fields, limit),
        checksum=parse_checksum(fields, algorithms),
        session_date=_session_date(fields, kind, required=kind == "index" and s3_key is None),
        s3_key=s3_key,
        if_absent=fields.flag("ifAbsent"),
        metadata=_metadata(fields),
    )


def parse_kind(fields: Fields) -> Kind:
    """`kind`, which is `log` where absent."""
    return fields.choice("kind", _KINDS, "log")


def parse_expires_in(fields: Fields) -> int:
    """`expiresIn` in seconds."""
    given = fields.integer("expiresIn", EXPIRES_MINIMUM, EXPIRES_MAXIMUM)
    return EXPIRES_MAXIMUM if given is None else given


def parse_s3_key(fields: Fields) -> str:
    """`s3Key`, required; whose it is, is not checked here."""
    return fields.required("s3Key", fields.plain_text("s3Key", KEY_LIMIT))


def parse_version_id(fields: Fields) -> str | None:
    """`versionId`; None where absent."""
    value = fields.plain_text("versionId", 1024)
    if value is not None and not _VERSION_ID.fullmatch(value):
        raise fields.refuse("versionId", "must be printable ASCII without spaces")
    return value


def parse_size(fields: Fields, limit: int) -> int | None:
    """`size` in bytes; None where absent. Raises Problem 413 above `limit`."""
    size = fields.integer("size", 0, None)
    if size is not None and size > limit:
        raise too_large(fields.where + "size", limit)
    return size


def parse_checksum(fields: Fields, algorithms: tuple[str, ...]) -> Checksum | None:
    """`checksum`, of one of these algorithms and of all the bytes; None where absent."""
    checksum = fields.nested("checksum")
    if checksum is None:
        return None
    checksum.only("algorithm", "type", "value")
    algorithm = checksum.choice("algorithm", algorithms, None)
    kinds: tuple[Literal["FULL_OBJECT", "COMPOSITE"], ...] = ("FULL_OBJECT", "COMPOSITE")
    if checksum.choice("type", kinds, "FULL_OBJECT") == "COMPOSITE":
        raise checksum.refuse("type", "must be FULL_OBJECT: of the bytes, not of their parts' checksums")
    value = checksum.required("value", checksum.plain_text("value", 64))
    length = CHECKSUM_BYTES[algorithm]
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise checksum.refuse("value", "must be base64") from problem
    if len(decoded) != length or base64.b64encode(decoded).decode("ascii") != value:
        raise checksum.refuse("value", f"must be the base64 of {length} bytes")
    return Checksum(algorithm, value)


def encode_cursor(*parts: str) -> str:
    """An opaque cursor that holds the parts."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode("ascii").rstrip("=")


def parse_cursor(fields: Fields, count: int) -> tuple[str, ...] | None:
    """The `count` parts of a cursor that we gave out; None where absent. Raises Problem 400 for any other text."""
    value = fields.plain_text("cursor", CURSOR_LIMIT)
    if value is None:
        return None
    try:
        parts = json.loads(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as problem:
        raise fields.refuse("cursor", "is none that this endpoint gave out") from problem
    if (
        not isinstance(parts, list)
        or len(parts) != count
        or not all(isinstance(part, str) and part and is_sayable(part) for part in parts)
        or encode_cursor(*parts) != value
    ):
        raise fields.refuse("cursor", "is none that this endpoint gave out")
    return tuple(parts)


def _content_type(fields: Fields) -> str:
    given = fields.required("contentType", fields.plain_text("contentType", 128))
    found = _CONTENT_TYPE.fullmatch(given.strip(" ").lower())
    if found is None or found[1] not in CONTENT_TYPES:
        raise fields.refuse("contentType", f"must be one of {', '.join(CONTENT_TYPES)}")
    if found[0] == found[1]:
        return found[1]
    if found[1] not in _TEXT_TYPES:
        raise fields.refuse("contentType", "a charset belongs to text only")
    return f"{found[1]}; charset=utf-8"


def _session_date(fields: Fields, kind: Kind, *, required: bool) -> str | None:
    value = fields.plain_text("sessionDate", 10)
    if value is None:
        if required:
            raise fields.refuse("sessionDate", "is required for kind index")
        return None
    if kind == "index" and _MONTH.fullmatch(value) and value[:4] != "0000":
        return value
    if not _DAY.fullmatch(value) or not _is_day(value):
        raise fields.refuse("sessionDate", "must be a date as YYYY-MM-DD")
    return value


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _metadata(fields: Fields) -> Mapping[str, str]:
    given = fields.nested("metadata")
    if given is None:
        return {}
    metadata: dict[str, str] = {}
    for name, value in given.raw().items():
        if not _METADATA_NAME.fullmatch(name):
            raise given.refuse(shown(name), "names have 1 to 40 lower-case letters, digits and hyphens")
        if not isinstance(value, str) or not _METADATA_VALUE.fullmatch(value):
            raise given.refuse(
                name, "values have 1 to 256 printable ASCII characters, none of the ends a space"
            )
        metadata[name] = value
    if sum(len(name) + len(value) for name, value in metadata.items()) > METADATA_LIMIT:
        raise fields.refuse("metadata", f"names and values must not exceed {METADATA_LIMIT} bytes together")
    return metadata
