"""Versions of objects as records, and the few questions the operations ask of the database."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING

from app.sandbox.checksums import Checksum
from app.sandbox.s3_errors import S3Error

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from app.sandbox.store import StoredBody


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one object, or a delete marker."""

    key: str
    version_id: str
    modified_ms: int
    size: int = 0
    etag: str = ""
    storage_class: str = "STANDARD"
    checksum: Checksum | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """content-type and its like, encryption and x-amz-meta-*, as replies carry them."""
    is_delete_marker: bool = False
    is_latest: bool = True
    sequence: int = 0

    @property
    def last_modified(self) -> str:
        """As an HTTP date."""
        return formatdate(self.modified_ms / 1000, usegmt=True)


def new_version_id() -> str:
    """32 characters, as S3's."""
    return secrets.token_urlsafe(24)


def new_etag() -> str:
    """With SSE-KMS an ETag is no MD5 of the body: whoever takes it for one must learn so here."""
    return secrets.token_hex(16)


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def latest(connection: sqlite3.Connection, key: str) -> Version | None:
    """The newest version of a key, which may be a delete marker."""
    row = connection.execute("SELECT * FROM versions WHERE key = ? AND is_latest", (key,)).fetchone()
    return from_row(row) if row else None


def exact(connection: sqlite3.Connection, key: str, version_id: str) -> Version | None:
    """One version of a key."""
    row = connection.execute(
        "SELECT * FROM versions WHERE version_id = ? AND key = ?", (version_id, key)
    ).fetchone()
    return from_row(row) if row else None


def insert(connection: sqlite3.Connection, version: Version, bodies: Sequence[StoredBody]) -> int:
    """Make `version` the newest of its key, with its bodies laid end to end. Returns its sequence number."""
    connection.execute("UPDATE versions SET is_latest = 0 WHERE key = ? AND is_latest", (version.key,))
    checksum = version.checksum
    cursor = connection.execute(
        "INSERT INTO versions (key, version_id, is_latest, is_delete_marker, modified_ms, size, etag, storage_class,"
        " checksum_algorithm, checksum_type, checksum_value, headers) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            version.key,
            version.version_id,
            version.is_delete_marker,
            version.modified_ms,
            version.size,
            version.etag,
            version.storage_class,
            checksum.algorithm if checksum else "",
            checksum.type if checksum else "",
            checksum.value if checksum else "",
            json.dumps(dict(version.headers)),
        ),
    )
    sequence = int(cursor.lastrowid or 0)
    connection.executemany(
        "INSERT INTO bodies (sequence, position, size, file_name, content) VALUES (?, ?, ?, ?, ?)",
        [(sequence, number, body.size, body.file_name, body.content) for number, body in enumerate(bodies)],
    )
    return sequence


def segments(connection: sqlite3.Connection, version: Version) -> list[tuple[int, int, str | None]]:
    """A version's bodies in order: (id, size in bytes, file name or None when the bytes stand in the database)."""
    rows = connection.execute(
        "SELECT body, size, file_name FROM bodies WHERE sequence = ? ORDER BY position", (version.sequence,)
    )
    return [(row["body"], row["size"], row["file_name"]) for row in rows]


def share_bodies(connection: sqlite3.Connection, source: int, target: int) -> None:
    """Give the version numbered `target` the bodies of another one. Versions are never destroyed, so files may be shared."""
    connection.execute(
        "INSERT INTO bodies (sequence, position, size, file_name, content)"
        " SELECT ?, position, size, file_name, content FROM bodies WHERE sequence = ? ORDER BY position",
        (target, source),
    )


def check_write_conditions(connection: sqlite3.Connection, key: str, headers: Mapping[str, str]) -> None:
    """If-None-Match: * and If-Match of a write. Raises S3Error PreconditionFailed or NoSuchKey."""
    none_match, match = headers.get("if-none-match"), headers.get("if-match")
    if none_match is None and match is None:
        return
    current = latest(connection, key)
    if current is not None and current.is_delete_marker:
        current = None
    if none_match is not None:
        if none_match != "*":
            raise S3Error("NotImplemented", "If-None-Match of a write only knows *", Header="If-None-Match")
        if current is not None:
            raise S3Error("PreconditionFailed", Condition="If-None-Match")
    if match is not None:
        if current is None:
            raise S3Error("NoSuchKey", Key=key)
        if match.strip('"') != current.etag:
            raise S3Error("PreconditionFailed", Condition="If-Match")


def from_row(row: sqlite3.Row) -> Version:
    """A row of `versions`."""
    checksum = None
    if row["checksum_algorithm"]:
        checksum = Checksum(row["checksum_algorithm"], row["checksum_value"], row["checksum_type"])
    return Version(
        key=row["key"],
        version_id=row["version_id"],
        modified_ms=row["modified_ms"],
        size=row["size"],
        etag=row["etag"],
        storage_class=row["storage_class"],
        checksum=checksum,
        headers=json.loads(row["headers"]),
        is_delete_marker=bool(row["is_delete_marker"]),
        is_latest=bool(row["is_latest"]),
        sequence=row["sequence"],
    )
