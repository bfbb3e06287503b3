"""What the headers of an upload ask to be kept, checked as S3 checks them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from app.sandbox.checksums import CHECKSUM_HEADERS
from app.sandbox.s3_errors import S3Error

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_METADATA_BYTES = 2048  # names without the prefix and values, together
ENCRYPTION = "x-amz-server-side-encryption"
ENCRYPTION_KEY = "x-amz-server-side-encryption-aws-kms-key-id"
BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled"
ENCRYPTION_CONTEXT = "x-amz-server-side-encryption-context"

STORAGE_CLASSES = frozenset(
    {"STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"}
)
ARCHIVED_CLASSES = frozenset({"GLACIER", "DEEP_ARCHIVE"})
DEFAULT_CONTENT_TYPE = "binary/octet-stream"

_KEPT = (
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
)
_UNDERSTOOD = CHECKSUM_HEADERS | {
    "x-amz-algorithm",
    "x-amz-checksum-algorithm",
    "x-amz-checksum-mode",
    "x-amz-checksum-type",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-expected-bucket-owner",
    "x-amz-mp-object-size",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-storage-class",
    "x-amz-user-agent",
    ENCRYPTION,
    ENCRYPTION_KEY,
    BUCKET_KEY,
    ENCRYPTION_CONTEXT,
}


def check_understood(headers: Mapping[str, str], more: frozenset[str] = frozenset()) -> None:
    """Raise NotImplemented for an x-amz-* header that would be ignored: ACLs, tags, locks, customer keys, and what
    the operation alone understands (`more`) at any other.
    """
    for name in headers:
        if (
            name.startswith("x-amz-")
            and name not in _UNDERSTOOD | more
            and not name.startswith("x-amz-meta-")
        ):
            raise S3Error("NotImplemented", Header=name)


def check_owner(headers: Mapping[str, str], account: str) -> None:
    """Raise AccessDenied when the request expects another owner of the bucket."""
    if headers.get("x-amz-expected-bucket-owner", account) != account:
        raise S3Error("AccessDenied")


def storage_class(headers: Mapping[str, str]) -> str:
    """Raises S3Error InvalidStorageClass."""
    wanted = headers.get("x-amz-storage-class", "STANDARD")
    if wanted not in STORAGE_CLASSES:
        raise S3Error("InvalidStorageClass", StorageClassRequested=wanted)
    return wanted


def encryption_headers(headers: Mapping[str, str], key_arn: str) -> dict[str, str]:
    """How the object is encrypted, as replies say it; without a wish it is the bucket's default, our key.

    Raises S3Error when the wish makes no sense or the key does not exist.
    """
    algorithm, key = headers.get(ENCRYPTION, "aws:kms"), headers.get(ENCRYPTION_KEY, key_arn)
    if algorithm not in {"aws:kms", "AES256"}:
        raise S3Error(
            "InvalidArgument", "The encryption method specified is not supported", ArgumentName=ENCRYPTION
        )
    if algorithm == "AES256":
        if ENCRYPTION_KEY in headers:
            raise S3Error("InvalidArgument", f"{ENCRYPTION_KEY} needs aws:kms", ArgumentName=ENCRYPTION)
        return {ENCRYPTION: "AES256"}
    if ENCRYPTION_KEY in headers and ENCRYPTION not in headers:
        raise S3Error("InvalidArgument", f"{ENCRYPTION_KEY} needs {ENCRYPTION}", ArgumentName=ENCRYPTION)
    if key not in {key_arn, key_arn.rpartition("/")[2]}:
        raise S3Error("KMS.NotFoundException", f"Key '{key}' does not exist")
    _check_context(headers.get(ENCRYPTION_CONTEXT))
    bucket_key = headers.get(BUCKET_KEY, "true").lower()
    if bucket_key not in {"true", "false"}:
        raise S3Error("InvalidArgument", ArgumentName=BUCKET_KEY)
    found = {ENCRYPTION: "aws:kms", ENCRYPTION_KEY: key_arn}
    return {**found, BUCKET_KEY: "true"} if bucket_key == "true" else found


def kept_headers(headers: Mapping[str, str], key_arn: str) -> dict[str, str]:
    """Everything of an upload's headers that its replies repeat. Raises S3Error."""
    kept = {name: headers[name] for name in _KEPT if name in headers}
    kept.setdefault("content-type", DEFAULT_CONTENT_TYPE)
    metadata = {name: value for name, value in headers.items() if name.startswith("x-amz-meta-")}
    check_metadata_size(metadata)
    return {**kept, **metadata, **encryption_headers(headers, key_arn)}


def check_metadata_size(metadata: Mapping[str, str]) -> None:
    """Raise MetadataTooLarge for over 2 KB of names and values."""
    size = sum(
        len(name) - len("x-amz-meta-") + len(value.encode("utf-8")) for name, value in metadata.items()
    )
    if size > MAX_METADATA_BYTES:
        raise S3Error("MetadataTooLarge", Size=str(size), MaxSizeAllowed=str(MAX_METADATA_BYTES))


def encryption_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The part of an object's headers that tells its encryption."""
    return {name: headers[name] for name in (ENCRYPTION, ENCRYPTION_KEY, BUCKET_KEY) if name in headers}


def _check_context(value: str | None) -> None:
    if value is None:
        return
    try:
        json.loads(base64.b64decode(value, validate=True))
    except ValueError as problem:
        raise S3Error("InvalidArgument", ArgumentName=ENCRYPTION_CONTEXT) from problem
