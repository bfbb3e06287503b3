"""An upload in parts, as the presign endpoint speaks of it (PROTOCOL.md, "multipart-…"). Sizes in bytes, times UTC.

The endpoint says how large the parts are to be; their checksums and the whole object's are CRC64NVME, eight bytes. This
module does not postpone the evaluation of annotations: msgspec reads them.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.remote.protocol import Checksum, Reply

PARTS_SIGNED_AT_ONCE = 100
"""PROTOCOL.md: the most parts of one request for URLs."""


@dataclass(frozen=True, slots=True)
class MultipartRequest:
    """An object to be sent in parts. The fields mean what those of `UploadRequest` mean."""

    file_name: str
    content_type: str
    size: int
    kind: str = "log"
    session_date: date | None = None
    s3_key: str | None = None
    if_absent: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)

    def as_fields(self) -> dict[str, Any]:
        """The fields as they are sent; those without a value are left out."""
        fields: dict[str, Any] = {
            "fileName": self.file_name,
            "contentType": self.content_type,
            "kind": self.kind,
            "size": self.size,
        }
        if self.session_date is not None:
            fields["sessionDate"] = self.session_date.isoformat()
        if self.s3_key is not None:
            fields["s3Key"] = self.s3_key
        if self.if_absent:
            fields["ifAbsent"] = True
        if self.metadata:
            fields["metadata"] = dict(self.metadata)
        return fields


@dataclass(frozen=True, slots=True)
class PartRequest:
    """A part to be sent: its number (from 1), its bytes and their CRC64NVME (big-endian)."""

    number: int
    size: int
    crc64nvme: bytes

    def as_item(self) -> dict[str, Any]:
        """The part as it is sent."""
        return {
            "partNumber": self.number,
            "size": self.size,
            "checksum": crc64nvme_field(self.crc64nvme),
        }


class MultipartUpload(Reply, frozen=True):
    """An upload that was begun. `upload_id` is opaque: it also carries whether the upload must be the first."""

    s3_key: str
    upload_id: str
    part_size: int
    part_count: int
    timestamp: str


class PartGrant(Reply, frozen=True):
    """A URL to PUT one part to. `headers` are sent exactly as they stand."""

    part_number: int
    presigned_url: str
    headers: dict[str, str]
    expires_at: datetime


class PartGrants(Reply, frozen=True):
    """The reply of `multipart-sign`."""

    parts: list[PartGrant]


class StoredPart(Reply, frozen=True):
    """A part that S3 holds."""

    part_number: int
    size: int
    etag: str
    checksum: Checksum | None = None


class PartsPage(Reply, frozen=True):
    """A page of `multipart-list`; `next` is the number behind which the next one begins."""

    parts: list[StoredPart]
    next: int | None = None


class CompletedUpload(Reply, frozen=True):
    """The object that parts became."""

    s3_key: str
    etag: str
    size: int
    version_id: str | None = None
    checksum: Checksum | None = None


def crc64nvme_field(digest: bytes) -> dict[str, str]:
    """A CRC64NVME as the protocol writes checksums."""
    value = base64.b64encode(digest).decode("ascii")
    return {"algorithm": "CRC64NVME", "type": "FULL_OBJECT", "value": value}
