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
from typing import TYPE_CHECKING, Literal, TypeVar

from backend.presign.keys import KEY_LIMIT, Kind
from backend.presign.problems import Problem, invalid_request, too_large, unknown_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.presign.settings import Settings

BATCH_LIMIT = 100
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

_TEXT_TYPES = frozenset(CONTENT_TYPES[:5])
_CONTENT_TYPE = re.compile(r"([a-z0-9./+-]{1,64})(?:[ \t]*;[ \t]*charset=(?:utf-8|\"utf-8\"))?")
_METADATA_NAME = re.compile(r"[a-z0-9-]{1,40}")
# No space at either end: HTTP drops it, and the stored value would differ from the one that was asked for.
_METADATA_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?")
_VERSION_ID = re.compile(r"[\x21-\x7e]{1,1024}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_KINDS: tuple[Kind, ...] = ("log", "index")
# Control characters, and halves of surrogate pairs, which JSON can hold and UTF-8 cannot.
_UNSAYABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SHOWN_NAME = 40

Choice = TypeVar("Choice", bound=str)


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


class Fields:
    """A JSON object's fields, read one by one. `where` is the path that refusals put before a field's name."""

    def __init__(self, values: Mapping[str, object], where: str = "") -> None:
        self._values = values
        self.where = where

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def only(self, *names: str) -> Fields:
        """Refuse any field but these, naming all that are too many."""
        unknown = sorted(set(self._values) - set(names))
        if unknown:
            raise unknown_fields([self.where + _shown(name) for name in unknown])
        return self

    def refuse(self, name: str, reason: str) -> Problem:
        """The Problem that refuses a field, to be raised."""
        return invalid_request(self.where + name, reason)

    def text(self, name: str, maximum: int) -> str | None:
        """A string of 1 to `maximum` characters, any characters, or None where absent."""
        if name not in self._values:
            return None
        value = self._values[name]
        if not isinstance(value, str):
            raise self.refuse(name, "must be a string")
        if not 1 <= len(value) <= maximum:
            raise self.refuse(name, f"must have 1 to {maximum} characters")
        return value

    def plain_text(self, name: str, maximum: int) -> str | None:
        """As `text`, without control characters and with nothing that UTF-8 cannot say."""
        value = self.text(name, maximum)
        if value is not None and _UNSAYABLE.search(value):
            raise self.refuse(name, "must not contain control characters")
        return value

    def required(self, name: str, value: str | None) -> str:
        """The value, or a refusal that the field is missing."""
        if value is None:
            raise self.refuse(name, "is required")
        return value

    def integer(self, name: str, minimum: int, maximum: int | None) -> int | None:
        """A whole number in the range; None where absent. `true`, `1.0` and `"1"` are no whole numbers."""
        if name not in self._values:
            return None
        value = self._values[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(name, "must be a whole number")
        if value < minimum or (maximum is not None and value > maximum):
            span = f"at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
            raise self.refuse(name, f"must be {span}")
        return value

    def flag(self, name: str) -> bool:
        """true or false; false where absent."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise self.refuse(name, "must be true or false")
        return value

    def choice(self, name: str, options: tuple[Choice, ...], default: Choice | None) -> Choice:
        """One of the options; without a default the field is required."""
        value = self._values.get(name, default)
        for option in options:
            if value == option:
                return option
        raise self.refuse(name, f"must be one of {', '.join(options)}")

    def nested(self, name: str) -> Fields | None:
        """The object in a field; None where absent."""
        if name not in self._values:
            return None
        value = self._values[name]
        if not isinstance(value, dict):
            raise self.refuse(name, "must be an object")
        return Fields(value, f"{self.where}{name}.")

    def items(self) -> list[object]:
        """The batch in `items`: 1 to 100 entries, of any kind as yet."""
        value = self._values.get("items")
        if not isinstance(value, list):
            raise self.refuse("items", "must be a list")
        if not 1 <= len(value) <= BATCH_LIMIT:
            raise self.refuse("items", f"must have 1 to {BATCH_LIMIT} entries")
        return value

    def raw(self) -> Mapping[str, object]:
        """The fields as they came, for a walk over names that the caller chose."""
        return self._values


def item_fields(entry: object, index: int) -> Fields:
    """The fields of one entry of a batch. Raises Problem 400 where it is no object."""
    where = f"items[{index}]"
    if not isinstance(entry, dict):
        raise invalid_request(where, "must be an object")
    return Fields(entry, where + ".")


def parse_upload(fields: Fields, settings: Settings) -> UploadRequest:
    """One upload's fields. Raises Problem 400, or 413 where the size is over the stage's limit."""
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
        size=_size(fields, settings),
        checksum=_checksum(fields),
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
        or not all(isinstance(part, str) and part and not _UNSAYABLE.search(part) for part in parts)
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


def _size(fields: Fields, settings: Settings) -> int | None:
    size = fields.integer("size", 0, None)
    if size is None and not settings.allow_unsized_uploads:
        raise fields.refuse("size", "is required")
    if size is not None and size > settings.max_object_bytes:
        raise too_large(fields.where + "size", settings.max_object_bytes)
    return size


def _checksum(fields: Fields) -> Checksum | None:
    checksum = fields.nested("checksum")
    if checksum is None:
        return None
    checksum.only("algorithm", "type", "value")
    algorithm = checksum.choice("algorithm", tuple(CHECKSUM_BYTES), None)
    kinds: tuple[Literal["FULL_OBJECT", "COMPOSITE"], ...] = ("FULL_OBJECT", "COMPOSITE")
    if checksum.choice("type", kinds, "FULL_OBJECT") == "COMPOSITE":
        raise checksum.refuse("type", "must be FULL_OBJECT: a single upload has no parts")
    value = checksum.required("value", checksum.plain_text("value", 64))
    length = CHECKSUM_BYTES[algorithm]
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise checksum.refuse("value", "must be base64") from problem
    if len(decoded) != length or base64.b64encode(decoded).decode("ascii") != value:
        raise checksum.refuse("value", f"must be the base64 of {length} bytes")
    return Checksum(algorithm, value)


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
            raise given.refuse(_shown(name), "names have 1 to 40 lower-case letters, digits and hyphens")
        if not isinstance(value, str) or not _METADATA_VALUE.fullmatch(value):
            raise given.refuse(
                name, "values have 1 to 256 printable ASCII characters, none of the ends a space"
            )
        metadata[name] = value
    if sum(len(name) + len(value) for name, value in metadata.items()) > METADATA_LIMIT:
        raise fields.refuse("metadata", f"names and values must not exceed {METADATA_LIMIT} bytes together")
    return metadata


def _shown(name: str) -> str:
    """A caller's own name as it may be said back: short, and inert in a terminal or a log."""
    shown = name[:_SHOWN_NAME].encode("ascii", "backslashreplace").decode("ascii")
    plain = "".join(character if character.isprintable() else "?" for character in shown)
    return plain if len(name) <= _SHOWN_NAME else plain + "…"
