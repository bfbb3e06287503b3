"""Uploads in parts that were begun and have not ended, in state.db: to be gone on with, or to be ended in S3 too.

Which parts S3 has is not kept here: only S3 knows that.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import ChatLogError
from app.transfer.schema import from_sql, to_sql

if TYPE_CHECKING:
    import sqlite3

    from app.remote.presign import PresignClient
    from app.transfer.schema import Transfer
    from app.transfer.state_database import StateDatabase

_USELESS = """
    SELECT * FROM part_uploads WHERE destination = ? AND NOT EXISTS (
        SELECT 1 FROM transfers WHERE transfers.id = part_uploads.transfer
        AND transfers.stored_sha256 = part_uploads.stored_sha256 AND transfers.spool IS NOT NULL
    )
"""
"""Those whose bytes wait in no spool any more: cancelled, changed meanwhile, confirmed by other means."""


@dataclass(frozen=True, slots=True)
class PartUpload:
    """An upload in parts, as the endpoint began it. `part_size` in bytes; `if_absent`: it must be the first."""

    s3_key: str
    upload_id: str
    part_size: int
    if_absent: bool


class PartUploads:
    """The uploads in parts of one destination. Threads may share it. Methods raise what StateDatabase's do."""

    def __init__(self, database: StateDatabase, presign: PresignClient, destination: str) -> None:
        self._database = database
        self._presign = presign
        self._destination = destination

    def begun(self, transfer: Transfer, stored_sha256: bytes, upload: PartUpload) -> None:
        """Remember an upload of what was prepared for a transfer."""
        values = (
            self._destination,
            upload.upload_id,
            to_sql(upload.s3_key),
            upload.part_size,
            upload.if_absent,
            transfer.id,
            stored_sha256,
            self._database.now(),
        )

        def operation(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO part_uploads VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

        self._database.write(operation)

    def of(self, transfer: Transfer, stored_sha256: bytes) -> PartUpload | None:
        """The newest upload of these bytes that has not ended, of whatever process."""
        rows = self._database.read(
            "SELECT * FROM part_uploads WHERE destination = ? AND transfer = ? AND stored_sha256 = ?"
            " ORDER BY begun_at DESC LIMIT 1",
            (self._destination, transfer.id, stored_sha256),
        )
        return _upload_of(rows[0]) if rows else None

    def ended(self, upload: PartUpload) -> None:
        """S3 has made an object of it, or let it go."""

        def operation(connection: sqlite3.Connection) -> None:
            connection.execute(
                "DELETE FROM part_uploads WHERE destination = ? AND upload_id = ?",
                (self._destination, upload.upload_id),
            )

        self._database.write(operation)

    def abort(self, upload: PartUpload) -> None:
        """Let S3 drop its parts. Raises RemoteError; then it is remembered on."""
        self._presign.abort_multipart(upload.s3_key, upload.upload_id)
        self.ended(upload)

    def abort_all_of(self, transfer: Transfer) -> None:
        """Let S3 drop what it holds for a transfer, if it can be told so now."""
        rows = self._database.read(
            "SELECT * FROM part_uploads WHERE destination = ? AND transfer = ?",
            (self._destination, transfer.id),
        )
        self._abort_rows(rows)

    def abort_useless(self) -> None:
        """Let S3 drop what nobody will go on with, if it can be told so now."""
        self._abort_rows(self._database.read(_USELESS, (self._destination,)))

    def _abort_rows(self, rows: list[sqlite3.Row]) -> None:
        # What cannot be aborted now is remembered: a later run tries again, and the bucket ends it by its own rule.
        with suppress(ChatLogError):
            for row in rows:
                self.abort(_upload_of(row))


def _upload_of(row: sqlite3.Row) -> PartUpload:
    return PartUpload(from_sql(row["s3_key"]), row["upload_id"], row["part_size"], bool(row["if_absent"]))
