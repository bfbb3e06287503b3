"""What S3 answers, as values: heads, lines of listings, parts.

Sizes in bytes; `checksum`, `encryption` and `restore` are in the form of the protocol's replies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_RESTORE_EXPIRY = re.compile(r'expiry-date="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Head:
    """What S3 says of one version.

    `archive` is the class or tier from which S3 reads nothing before a restore, None for others; `archived` says
    whether it stands there without a restored copy.
    """

    size: int
    etag: str
    version_id: str | None
    storage_class: str
    archive: str | None
    archived: bool
    checksum: Mapping[str, str] | None
    encryption: Mapping[str, str | None] | None
    metadata: Mapping[str, str]
    restore: Mapping[str, str | None] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listing; the last three are None in a list of objects, sizes and classes in delete markers."""

    s3_key: str
    size: int | None
    last_modified: datetime
    storage_class: str | None
    etag: str | None
    version_id: str | None = None
    is_latest: bool = True
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A page of versions and where the next one begins (key, version id), if there is one."""

    entries: list[Entry]
    next_marker: tuple[str, str] | None


def read_head(reply: Mapping[str, Any]) -> Head:
    """A reply to HeadObject."""
    storage_class = reply.get("StorageClass", "STANDARD")
    restore = _restore(reply.get("Restore"))
    archive = storage_class if storage_class in ("GLACIER", "DEEP_ARCHIVE") else reply.get("ArchiveStatus")
    return Head(
        size=reply["ContentLength"],
        etag=reply["ETag"].strip('"'),
        version_id=reply.get("VersionId"),
        storage_class=storage_class,
        archive=archive,
        archived=archive is not None and (restore is None or restore["state"] != "restored"),
        checksum=read_checksum(reply),
        encryption=_encryption(reply),
        metadata=dict(reply.get("Metadata", {})),
        restore=restore,
    )


def read_checksum(reply: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The checksum in a reply, or of a part in a list; None where there is none that the protocol knows."""
    for algorithm in ("SHA256", "CRC64NVME"):
        value = reply.get(f"Checksum{algorithm}")
        if value:
            # A composite checksum carries its number of parts ("…-3"), also where the server does not name the type.
            kind = reply.get("ChecksumType") or ("COMPOSITE" if "-" in value else "FULL_OBJECT")
            return {"algorithm": algorithm, "type": kind, "value": value}
    return None


def _encryption(reply: Mapping[str, Any]) -> Mapping[str, str | None] | None:
    algorithm = reply.get("ServerSideEncryption")
    return {"algorithm": algorithm, "keyId": reply.get("SSEKMSKeyId")} if algorithm else None


def _restore(header: str | None) -> Mapping[str, str | None] | None:
    """S3's x-amz-restore header: `ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"`."""
    if not header:
        return None
    if 'ongoing-request="true"' in header:
        return {"state": "in-progress", "expiresAt": None}
    found = _RESTORE_EXPIRY.search(header)
    return {"state": "restored", "expiresAt": utc_text(parsedate_to_datetime(found[1])) if found else None}


def read_version(line: Mapping[str, Any], *, deleted: bool) -> Entry:
    """A line of ListObjectVersions."""
    return Entry(
        s3_key=line["Key"],
        size=None if deleted else line["Size"],
        last_modified=line["LastModified"],
        storage_class=None if deleted else line.get("StorageClass", "STANDARD"),
        etag=None,
        version_id=line["VersionId"],
        is_latest=line["IsLatest"],
        is_deleted=deleted,
    )


def utc_text(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second: `2026-11-23T19:15:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
