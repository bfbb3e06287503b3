"""state.db's tables and the values that stand in their rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from app.transfer.content import ContentKey, Prepared

if TYPE_CHECKING:
    import sqlite3

TransferState = Literal[
    "queued", "prepared", "sending", "verified", "unchanged", "failed", "cancelled", "paused", "forgotten"
]
"""`paused` keeps what was prepared. `forgotten` is told of no more, but bytes of it may have come to S3."""

UNFINISHED: tuple[TransferState, ...] = ("queued", "prepared", "sending")

CONFIRMED: tuple[TransferState, ...] = ("verified", "unchanged")

MIGRATIONS = (
    """
    CREATE TABLE transfers (
        id TEXT PRIMARY KEY,
        destination TEXT NOT NULL,
        source TEXT NOT NULL,
        session_id TEXT NOT NULL,
        relative_path TEXT NOT NULL,
        path TEXT NOT NULL,
        state TEXT NOT NULL,
        lease_owner TEXT,
        lease_until REAL,
        spool TEXT,
        file_name TEXT NOT NULL,
        session_date TEXT,
        kind TEXT NOT NULL,
        redaction TEXT NOT NULL,
        content_type TEXT,
        metadata TEXT,
        original_size INTEGER,
        original_sha256 TEXT,
        stored_size INTEGER,
        stored_sha256 BLOB,
        mtime_ns INTEGER,
        file_size INTEGER,
        s3_key TEXT,
        version_id TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        error_code TEXT,
        error_parameters TEXT,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        UNIQUE (destination, source, session_id, relative_path)
    );
    CREATE INDEX transfers_by_owner ON transfers (lease_owner) WHERE lease_owner IS NOT NULL;
    CREATE TABLE receipts (
        destination TEXT NOT NULL,
        source TEXT NOT NULL,
        session_id TEXT NOT NULL,
        relative_path TEXT NOT NULL,
        path TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        original_size INTEGER NOT NULL,
        stored_size INTEGER NOT NULL,
        stored_sha256 BLOB NOT NULL,
        s3_key TEXT NOT NULL,
        version_id TEXT NOT NULL,
        archived_at REAL NOT NULL,
        redaction TEXT NOT NULL,
        compressed INTEGER NOT NULL,
        PRIMARY KEY (destination, source, session_id, relative_path)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE downloads (
        id TEXT PRIMARY KEY,
        destination TEXT NOT NULL,
        s3_key TEXT NOT NULL,
        version_id TEXT,
        folder TEXT NOT NULL,
        title TEXT NOT NULL,
        source TEXT,
        session_id TEXT,
        size INTEGER NOT NULL,
        state TEXT NOT NULL,
        lease_owner TEXT,
        lease_until REAL,
        path TEXT,
        stored_size INTEGER,
        verified INTEGER NOT NULL DEFAULT 0,
        error_code TEXT,
        error_parameters TEXT,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL
    );
    CREATE INDEX downloads_by_owner ON downloads (lease_owner) WHERE lease_owner IS NOT NULL;
    """,
    """
    CREATE TABLE hidden (
        destination TEXT NOT NULL,
        s3_key TEXT NOT NULL,
        version_id TEXT NOT NULL,
        PRIMARY KEY (destination, s3_key, version_id)
    ) WITHOUT ROWID;
    CREATE TABLE returns (
        destination TEXT NOT NULL,
        s3_key TEXT NOT NULL,
        version_id TEXT NOT NULL,
        expected_by REAL,
        available_until REAL,
        PRIMARY KEY (destination, s3_key, version_id)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE part_uploads (
        destination TEXT NOT NULL,
        upload_id TEXT NOT NULL,
        s3_key TEXT NOT NULL,
        part_size INTEGER NOT NULL,
        if_absent INTEGER NOT NULL,
        transfer TEXT NOT NULL,
        stored_sha256 BLOB NOT NULL,
        begun_at REAL NOT NULL,
        PRIMARY KEY (destination, upload_id)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE downloads ADD COLUMN return_days INTEGER;
    ALTER TABLE downloads ADD COLUMN return_tier TEXT;
    ALTER TABLE downloads ADD COLUMN expected_by REAL;
    """,
    """
    CREATE TABLE queues (
        id TEXT PRIMARY KEY,
        destination TEXT NOT NULL,
        lease_owner TEXT,
        lease_until REAL
    ) WITHOUT ROWID;
    CREATE TABLE wishes (
        destination TEXT NOT NULL,
        row_id TEXT NOT NULL,
        wish TEXT NOT NULL,
        asked_at REAL NOT NULL,
        PRIMARY KEY (destination, row_id)
    ) WITHOUT ROWID;
    """,
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What S3 has confirmed of one file. Sizes in bytes.

    `size` and `mtime_ns` are the file's on this computer when it was read: a file that still has both need not be
    read again. `sha256` (hex) and `original_size` speak of the text as archived, `stored_*` of the object.
    """

    path: str
    size: int
    mtime_ns: int
    sha256: str
    original_size: int
    stored_size: int
    stored_sha256: bytes
    s3_key: str
    version_id: str
    archived_at: datetime
    redaction: str
    compressed: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """One upload as it stands on disk. `spool` is the name of its file in the spool folder.

    `held` tells whether somebody had a lease on it when the row was read (not whether that somebody still lives).
    """

    id: str
    destination: str
    key: ContentKey
    path: str
    state: TransferState
    held: bool
    spool: str | None
    file_name: str
    session_date: date | None
    kind: str
    redaction: str
    prepared: Prepared | None
    s3_key: str | None
    version_id: str | None
    attempts: int
    error_code: str | None
    error_parameters: dict[str, str | int | float | None]
    created_at: datetime
    updated_at: datetime


def to_sql(text: str) -> str | bytes:
    """Text as SQLite can hold it: names that are not UTF-8 on disk carry lone surrogates, kept as bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def from_sql(value: str | bytes) -> str:
    """The text that `to_sql` was given."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def key_of(row: sqlite3.Row) -> ContentKey:
    """The identity in a row of either table."""
    return ContentKey(*(from_sql(row[name]) for name in ContentKey._fields))


def receipt_of(row: sqlite3.Row) -> Receipt:
    """A row of `receipts`."""
    values: dict[str, Any] = {name: row[name] for name in Receipt.__dataclass_fields__}
    values["path"] = from_sql(row["path"])
    values["archived_at"] = moment(row["archived_at"])
    values["compressed"] = bool(row["compressed"])
    return Receipt(**values)


def transfer_of(row: sqlite3.Row) -> Transfer:
    """A row of `transfers`."""
    return Transfer(
        id=row["id"],
        destination=row["destination"],
        key=key_of(row),
        path=from_sql(row["path"]),
        state=row["state"],
        held=row["lease_owner"] is not None,
        spool=row["spool"],
        file_name=row["file_name"],
        session_date=date.fromisoformat(row["session_date"]) if row["session_date"] else None,
        kind=row["kind"],
        redaction=row["redaction"],
        prepared=_prepared_of(row),
        s3_key=row["s3_key"],
        version_id=row["version_id"],
        attempts=row["attempts"],
        error_code=row["error_code"],
        error_parameters=json.loads(row["error_parameters"] or "{}"),
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
    )


def moment(seconds: float) -> datetime:
    """Seconds since the epoch as a UTC time."""
    return datetime.fromtimestamp(seconds, UTC)


def _prepared_of(row: sqlite3.Row) -> Prepared | None:
    if row["stored_sha256"] is None:
        return None
    return Prepared(
        original_size=row["original_size"],
        original_sha256=row["original_sha256"],
        stored_size=row["stored_size"],
        stored_sha256=row["stored_sha256"],
        content_type=row["content_type"],
        mtime_ns=row["mtime_ns"],
        metadata=json.loads(row["metadata"]),
        file_size=row["file_size"],
    )
