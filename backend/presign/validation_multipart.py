"""The fields of uploads in parts.

An upload that must be the first under its key says so in its id: S3 asks for that condition when the upload is
completed, the function keeps nothing in between, and so the promise travels with the id.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.presign.settings import SINGLE_PUT_LIMIT
from backend.presign.validation import PART_ALGORITHMS, Checksum, parse_checksum, parse_size
from backend.presign.validation_fields import entry_fields

if TYPE_CHECKING:
    from backend.presign.validation_fields import Fields

MIB = 1024**2
PART_MINIMUM, PART_DEFAULT, PART_MAXIMUM = 5 * MIB, 16 * MIB, SINGLE_PUT_LIMIT
PARTS_LIMIT = 10_000
"""Bytes and number of parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html."""

_UPLOAD_ID = re.compile(r"[\x21-\x7e]{1,1024}")
# S3's own ids have letters, digits, dots, hyphens and underscores.
_FIRST_ONLY = "if-absent:"


@dataclass(frozen=True, slots=True)
class UploadId:
    """S3's id of an upload in parts, and whether the upload must be the first under its key."""

    value: str
    if_absent: bool

    def __str__(self) -> str:
        """As callers have it."""
        return _FIRST_ONLY + self.value if self.if_absent else self.value


@dataclass(frozen=True, slots=True)
class PartRequest:
    """A part to be sent. `size` in bytes."""

    number: int
    size: int
    checksum: Checksum


def part_size(size: int) -> int:
    """Bytes of each part but the last, so that S3's number of parts suffices: 16 MiB, or more whole MiB."""
    least = -(-size // PARTS_LIMIT)
    return max(PART_DEFAULT, -(-least // MIB) * MIB)


def part_count(size: int) -> int:
    """How many parts of `part_size` an object of `size` bytes has; an empty one has one."""
    return max(1, -(-size // part_size(size)))


def parse_upload_id(fields: Fields) -> UploadId:
    """`uploadId`, required; whether there is such an upload is not checked here."""
    given = fields.required("uploadId", fields.plain_text("uploadId", 1024))
    value = given.removeprefix(_FIRST_ONLY)
    if not _UPLOAD_ID.fullmatch(value):
        raise fields.refuse("uploadId", "must be printable ASCII without spaces")
    return UploadId(value, if_absent=value != given)


def parse_parts(fields: Fields) -> list[PartRequest]:
    """`parts`: 1 to 100 parts to be signed, each with its size and CRC64NVME."""
    return [_part(entry_fields("parts", index, entry)) for index, entry in enumerate(fields.entries("parts"))]


def parse_after(fields: Fields) -> int:
    """`after`: the part's number behind which a list begins; 0 where absent."""
    return fields.integer("after", 0, PARTS_LIMIT) or 0


def parse_whole(fields: Fields, limit: int) -> tuple[int, Checksum]:
    """`size` and `checksum` of the whole object, both required. Raises Problem 413 above `limit` bytes."""
    size = parse_size(fields, limit)
    if size is None:
        raise fields.refuse("size", "is required")
    return size, _checksum(fields)


def _part(fields: Fields) -> PartRequest:
    fields.only("partNumber", "size", "checksum")
    number = fields.integer("partNumber", 1, PARTS_LIMIT)
    if number is None:
        raise fields.refuse("partNumber", "is required")
    size = parse_size(fields, PART_MAXIMUM)
    if size is None:
        raise fields.refuse("size", "is required")
    return PartRequest(number, size, _checksum(fields))


def _checksum(fields: Fields) -> Checksum:
    checksum = parse_checksum(fields, PART_ALGORITHMS)
    if checksum is None:
        raise fields.refuse("checksum", "is required")
    return checksum
