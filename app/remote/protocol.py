"""The presign endpoint's requests and replies as values (PROTOCOL.md). Sizes in bytes, times UTC.

Replies are read leniently where the protocol may grow (unknown fields are ignored) and strictly where it may not
(a missing field or another type is not our protocol). This module does not postpone the evaluation of annotations:
msgspec reads them.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec

EXPIRES_IN_SECONDS = 900
"""What this program asks for; the endpoint allows 60 to 3600."""

SINGLE_PUT_LIMIT = 5 * 1024**3
"""Bytes a single PUT may carry: S3's own limit (Amazon S3 user guide, "Uploading objects")."""


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """One item of the action `upload`.

    `sha256` is the digest of the stored bytes. `session_date` None lets the endpoint take the time of the request.
    With `s3_key` a version is added to that object; `if_absent` refuses (412) when the key has an object already.
    """

    file_name: str
    content_type: str
    size: int
    sha256: bytes
    kind: str = "log"
    session_date: date | None = None
    s3_key: str | None = None
    version_id: str | None = None
    if_absent: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    expires_in: int = EXPIRES_IN_SECONDS

    def as_item(self) -> dict[str, Any]:
        """The fields as they are sent; those without a value are left out."""
        item: dict[str, Any] = {
            "fileName": self.file_name,
            "contentType": self.content_type,
            "expiresIn": self.expires_in,
            "kind": self.kind,
            "size": self.size,
            "checksum": {
                "algorithm": "SHA256",
                "type": "FULL_OBJECT",
                "value": base64.b64encode(self.sha256).decode("ascii"),
            },
        }
        if self.session_date is not None:
            item["sessionDate"] = self.session_date.isoformat()
        if self.s3_key is not None:
            item["s3Key"] = self.s3_key
        if self.if_absent:
            item["ifAbsent"] = True
        if self.metadata:
            item["metadata"] = dict(self.metadata)
        return item


@dataclass(frozen=True, slots=True)
class ObjectRequest:
    """One item of `download` or `head`: an object, or one version of it."""

    s3_key: str
    version_id: str | None = None

    def as_item(self) -> dict[str, Any]:
        """The fields as they are sent."""
        item: dict[str, Any] = {"s3Key": self.s3_key}
        if self.version_id is not None:
            item["versionId"] = self.version_id
        return item


class Reply(msgspec.Struct, frozen=True, rename="camel"):
    """What all replies have in common: camelCase names on the wire, immutable here."""


class UploadGrant(Reply, frozen=True):
    """A URL to PUT to. `headers` are sent exactly as they stand."""

    presigned_url: str
    s3_key: str
    timestamp: str
    headers: dict[str, str]
    expires_at: datetime
    method: str = "PUT"


class DownloadGrant(Reply, frozen=True):
    """A URL to GET from."""

    presigned_url: str
    s3_key: str
    expires_at: datetime
    version_id: str | None = None
    size: int | None = None
    headers: dict[str, str] = {}


class Checksum(Reply, frozen=True):
    """A checksum S3 keeps. `value` is base64; COMPOSITE ones are not the hash of the object's bytes."""

    algorithm: str
    value: str
    type: str = "FULL_OBJECT"

    def sha256(self) -> bytes | None:
        """The digest, where this is the SHA-256 of the whole object."""
        if self.algorithm != "SHA256" or self.type != "FULL_OBJECT":
            return None
        try:
            return base64.b64decode(self.value, validate=True)
        except ValueError:
            return None


class Encryption(Reply, frozen=True):
    """How S3 encrypted an object."""

    algorithm: str | None = None
    key_id: str | None = None


class HeadReply(Reply, frozen=True):
    """What S3 knows about an object or a version of it."""

    size: int
    s3_key: str = ""
    etag: str | None = None
    version_id: str | None = None
    storage_class: str | None = None
    checksum: Checksum | None = None
    encryption: Encryption | None = None
    metadata: dict[str, str] = {}
    restore: Any = None


class StoredObject(Reply, frozen=True):
    """A line of `list`."""

    s3_key: str
    file_name: str
    size: int
    last_modified: datetime
    storage_class: str | None = None
    etag: str | None = None


class StoredVersion(Reply, frozen=True):
    """A line of `versions`. With `is_deleted` it is a marker that hides the object, not bytes."""

    s3_key: str
    file_name: str
    version_id: str
    is_latest: bool
    last_modified: datetime
    is_deleted: bool = False
    size: int | None = None
    storage_class: str | None = None


class RestoreReply(Reply, frozen=True):
    """The action `restore`: `in-progress`, or `restored` where the bytes can be read. `expected_by` is the latest, as
    a rule.
    """

    state: str
    expected_by: datetime


class WrittenVersion(Reply, frozen=True):
    """The actions `delete` and `undelete`: the version that stands on top now."""

    version_id: str


class StorageReply(Reply, frozen=True):
    """The bucket behind an endpoint, as `health` tells it, to be shown, accepted and pinned."""

    bucket: str
    region: str
    host: str


class Health(Reply, frozen=True):
    """The action `health`."""

    status: str
    protocol_version: int | str | None = None
    server_time: datetime | None = None
    limits: dict[str, Any] = {}
    actions: list[str] = []
    policy: dict[str, Any] = {}
    storage: StorageReply | None = None
    owner: str | None = None


class ObjectsPage(Reply, frozen=True):
    """A page of `list`."""

    objects: list[StoredObject]
    next: str | None = None


class VersionsPage(Reply, frozen=True):
    """A page of `versions`."""

    versions: list[StoredVersion]
    next: str | None = None


class Problem(Reply, frozen=True):
    """RFC 9457 with the protocol's additions."""

    code: str
    status: int = 0
    title: str | None = None
    detail: str | None = None
    field: str | None = None
    request_id: str | None = None
    retryable: bool | None = None
    retry_after: float | None = None
    storage_class: str | None = None
    restore: Any = None
    limit: int | None = None
    size: int | None = None
    s3_key: str | None = None
    version_id: str | None = None
