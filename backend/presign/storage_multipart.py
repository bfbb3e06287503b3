"""Uploads in parts, as S3 keeps them: begun, listed, completed, aborted. The parts themselves go past the function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.presign.problems import Problem, invalid_request
from backend.presign.storage_problems import NotTheFirst, UploadGone, conflict
from backend.presign.storage_readings import read_checksum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backend.presign.storage import Storage
    from backend.presign.validation import Checksum, UploadRequest

PAGE_PARTS = 1000
"""What S3 lists at a time."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that S3 holds. `size` in bytes; `checksum` in the form of the reply."""

    number: int
    size: int
    etag: str
    checksum: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Completed:
    """What S3 says of the object that parts became; None is what it left out."""

    version_id: str | None
    etag: str
    checksum: Mapping[str, str] | None


class PartUploads:
    """Uploads in parts of the one bucket. Raises Problem 429 and 503, and StorageMisconfigured, beside what is named."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def create(self, s3_key: str, request: UploadRequest, kms_key_id: str) -> str:
        """S3's id of a new upload, encrypted with the key and with a CRC64NVME of the whole object."""
        reply = self._storage.call(
            "create_multipart_upload",
            Key=s3_key,
            ContentType=request.content_type,
            Metadata=dict(request.metadata),
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=kms_key_id,
            ChecksumAlgorithm="CRC64NVME",
            ChecksumType="FULL_OBJECT",
        )
        upload_id: str = reply["UploadId"]
        return upload_id

    def parts(self, s3_key: str, upload_id: str, after: int) -> tuple[list[Part], int | None]:
        """Up to a thousand parts behind a number, and after which number the next page begins. Raises UploadGone."""
        reply = self._storage.call(
            "list_parts",
            {"NoSuchUpload": UploadGone},
            Key=s3_key,
            UploadId=upload_id,
            PartNumberMarker=after,
            MaxParts=PAGE_PARTS,
        )
        parts = [_part(line) for line in reply.get("Parts", [])]
        more = bool(reply.get("IsTruncated")) and bool(parts)
        return parts, parts[-1].number if more else None

    def all_parts(self, s3_key: str, upload_id: str) -> list[Part]:
        """Every part, by number. Raises UploadGone."""
        found: list[Part] = []
        after: int | None = 0
        while after is not None:
            page, after = self.parts(s3_key, upload_id, after)
            found += page
        return found

    def complete(
        self,
        s3_key: str,
        upload_id: str,
        parts: Sequence[Part],
        size: int,
        checksum: Checksum,
        *,
        if_absent: bool,
    ) -> Completed:
        """Make the parts an object, if they have that size and checksum together and, where asked, none is there yet.

        Raises UploadGone, NotTheFirst; Problem 400 where size or checksum are not the parts', 409.
        """
        condition = {"IfNoneMatch": "*"} if if_absent else {}
        reply = self._storage.call(
            "complete_multipart_upload",
            {
                "NoSuchUpload": UploadGone,
                "PreconditionFailed": NotTheFirst,
                "ConditionalRequestConflict": conflict,
                "BadDigest": _other_bytes,
                "EntityTooSmall": lambda: invalid_request("size", "a part but the last has less than 5 MiB"),
                # A part was replaced since the list was made.
                "InvalidPart": conflict,
            },
            Key=s3_key,
            UploadId=upload_id,
            MultipartUpload={"Parts": [_named(part) for part in parts]},
            ChecksumCRC64NVME=checksum.value,
            ChecksumType="FULL_OBJECT",
            MpuObjectSize=size,
            **condition,
        )
        return Completed(reply.get("VersionId"), reply["ETag"].strip('"'), read_checksum(reply))

    def abort(self, s3_key: str, upload_id: str) -> None:
        """Let go of an upload and its parts. Raises UploadGone."""
        self._storage.call(
            "abort_multipart_upload", {"NoSuchUpload": UploadGone}, Key=s3_key, UploadId=upload_id
        )


def _part(line: Mapping[str, Any]) -> Part:
    return Part(line["PartNumber"], line["Size"], line["ETag"].strip('"'), read_checksum(line))


def _named(part: Part) -> dict[str, object]:
    named: dict[str, object] = {"PartNumber": part.number, "ETag": f'"{part.etag}"'}
    if part.checksum is not None:
        named[f"Checksum{part.checksum['algorithm']}"] = part.checksum["value"]
    return named


def _other_bytes() -> Problem:
    return invalid_request("checksum", "is not that of the parts that S3 holds")
