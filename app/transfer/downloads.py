"""Downloads on disk (state.db): what was asked for, and how it ended."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app.transfer.kept_errors import error_columns, error_of
from app.transfer.schema import from_sql, moment, to_sql
from app.transfer.state_database import NO_LEASE, StateDatabase, assign

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from app.errors import ChatLogError
    from app.transfer.downloader import Downloaded

DownloadState = Literal["queued", "returning", "paused", "done", "failed", "cancelled"]
"""`returning`: S3 was asked to bring the object out of an archive class, and has yet to do it."""

UNFINISHED: tuple[DownloadState, ...] = ("queued", "returning", "paused")


@dataclass(frozen=True, slots=True)
class ReturnRequest:
    """What somebody has agreed to ask of S3, at AWS's price: a readable copy for 1 to 14 `days`; `tier` is Standard or
    Bulk."""

    days: int
    tier: str


@dataclass(frozen=True, slots=True)
class Download:
    """One download. Sizes in bytes: `size` is what whoever asked knew of it, until it is done the file's own.

    `version_id` is the version asked for, None the newest; `path` the file, once it is there; `session` the
    (source, session id) it belongs to, where that is known. `held` tells whether somebody had a lease on it when the
    row was read.

    `ask_return` is asked of S3 once, if the object turns out to lie in an archive class; None: nobody has agreed to
    that, or it was asked. `expected_by` is when S3 is expected to have brought it back, as far as that is known.
    """

    id: str
    s3_key: str
    version_id: str | None
    folder: Path
    title: str
    session: tuple[str, str] | None
    size: int
    state: DownloadState
    created_at: datetime
    updated_at: datetime
    path: Path | None = None
    stored_size: int | None = None
    verified: bool = False
    error: ChatLogError | None = None
    held: bool = False
    ask_return: ReturnRequest | None = None
    expected_by: datetime | None = None


class DownloadStore:
    """The downloads of one destination. Threads may share it.

    Methods that write return once the change is on disk. Every method may raise what StateDatabase's do.
    """

    def __init__(self, database: StateDatabase, destination: str) -> None:
        self._database = database
        self._destination = destination

    def add(self, download: Download) -> None:
        """Note that it is wanted."""
        source, session_id = download.session or (None, None)
        values = {
            "id": download.id,
            "destination": self._destination,
            "s3_key": download.s3_key,
            "version_id": download.version_id,
            "folder": to_sql(str(download.folder)),
            "title": download.title.encode("utf-8", "replace").decode("utf-8"),
            "source": source,
            "session_id": to_sql(session_id) if session_id is not None else None,
            "size": download.size,
            "state": download.state,
            **_request_columns(download.ask_return),
            "created_at": self._database.now(),
            "updated_at": self._database.now(),
        }
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"INSERT INTO downloads ({names}) VALUES ({marks})"  # noqa: S608 - words of ours
        self._database.write(lambda connection: connection.execute(sql, tuple(values.values())))

    def claim(self, download_id: str) -> bool:
        """Take the lease on it, or keep it; False where another process works on it, or it is no longer wanted."""

        def operation(connection: sqlite3.Connection) -> bool:
            row = connection.execute("SELECT * FROM downloads WHERE id = ?", (download_id,)).fetchone()
            if row is None or row["state"] != "queued" or self._database.is_held_elsewhere(row):
                return False
            _change(connection, download_id, self._database.lease())
            return True

        return self._database.write(operation)

    def done(self, download_id: str, downloaded: Downloaded, stored_size: int | None) -> None:
        """The file is there."""
        changes = {
            "state": "done",
            "path": to_sql(str(downloaded.path)),
            "size": downloaded.size,
            "stored_size": stored_size,
            "verified": downloaded.verified,
            **error_columns(None),
        }
        self._end([download_id], changes)

    def failed(self, download_id: str, error: ChatLogError) -> None:
        """It ended without a file."""
        self._end([download_id], {"state": "failed", **error_columns(error)})

    def returning(self, download_id: str, expected_by: datetime | None) -> None:
        """S3 brings the object back, and has been asked for that: the download waits, without a lease."""
        told = expected_by.timestamp() if expected_by is not None else None
        self._end(
            [download_id],
            {"state": "returning", "expected_by": told, **_request_columns(None), **error_columns(None)},
        )

    def returned(self, ids: Iterable[str]) -> None:
        """S3 is not bringing these any more: the download shows what has come of it. Only those that waited for it."""
        values = [(self._database.now(), download_id) for download_id in ids]
        sql = "UPDATE downloads SET state = 'queued', updated_at = ? WHERE id = ? AND state = 'returning'"
        self._database.write(lambda connection: connection.executemany(sql, values))

    def agree(self, download_id: str, request: ReturnRequest) -> None:
        """S3 may be asked for the object's return."""
        columns = _request_columns(request)
        self._database.write(lambda connection: _change(connection, download_id, columns))

    def leave(self, ids: Iterable[str], state: Literal["queued", "paused", "cancelled"]) -> None:
        """Give the leases back; what becomes of them is `state`. What another process works on stays."""
        self._end(ids, {"state": state, **error_columns(None)})

    def forget(self, ids: Iterable[str]) -> None:
        """Remove ended downloads from the list; their files stay."""
        values = [(download_id,) for download_id in ids]
        sql = "DELETE FROM downloads WHERE id = ? AND lease_owner IS NULL"
        self._database.write(lambda connection: connection.executemany(sql, values))

    def find(self, download_id: str) -> Download | None:
        """One download as it stands now; `held` only where another process, alive, works on it."""

        def operation(connection: sqlite3.Connection) -> Download | None:
            row = connection.execute("SELECT * FROM downloads WHERE id = ?", (download_id,)).fetchone()
            if row is None:
                return None
            return replace(_download_of(row), held=self._database.is_held_elsewhere(row))

        return self._database.write(operation)

    def all(self, *, ended: int) -> list[Download]:
        """Every unfinished download, and the `ended` newest others; the one that changed last first."""
        sql = "SELECT * FROM downloads WHERE destination = ? ORDER BY updated_at DESC"
        found = []
        for row in self._database.read(sql, (self._destination,)):
            if row["state"] not in UNFINISHED:
                if ended <= 0:
                    continue
                ended -= 1
            found.append(_download_of(row))
        return found

    def _end(self, ids: Iterable[str], changes: dict[str, Any]) -> None:
        given = list(ids)

        def operation(connection: sqlite3.Connection) -> None:
            for download_id in given:
                row = connection.execute("SELECT * FROM downloads WHERE id = ?", (download_id,)).fetchone()
                if row is not None and not self._database.is_held_elsewhere(row):
                    _change(
                        connection, download_id, changes | NO_LEASE | {"updated_at": self._database.now()}
                    )

        if given:
            self._database.write(operation)


def download_id() -> str:
    """An id for a new download."""
    return secrets.token_hex(8)


def _request_columns(request: ReturnRequest | None) -> dict[str, Any]:
    return {
        "return_days": request.days if request is not None else None,
        "return_tier": request.tier if request is not None else None,
    }


def _change(connection: sqlite3.Connection, download_id: str, changes: dict[str, Any]) -> None:
    connection.execute(
        f"UPDATE downloads SET {assign(changes)} WHERE id = ?",  # noqa: S608 - words of ours
        (*changes.values(), download_id),
    )


def _download_of(row: sqlite3.Row) -> Download:
    source, session_id = row["source"], row["session_id"]
    return Download(
        id=row["id"],
        s3_key=row["s3_key"],
        version_id=row["version_id"],
        folder=Path(from_sql(row["folder"])),
        title=row["title"],
        session=(source, from_sql(session_id)) if source is not None and session_id is not None else None,
        size=row["size"],
        state=row["state"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        path=Path(from_sql(row["path"])) if row["path"] is not None else None,
        stored_size=row["stored_size"],
        verified=bool(row["verified"]),
        error=error_of(row["error_code"], json.loads(row["error_parameters"] or "{}")),
        held=row["lease_owner"] is not None,
        ask_return=ReturnRequest(row["return_days"], row["return_tier"]) if row["return_tier"] else None,
        expected_by=moment(row["expected_by"]) if row["expected_by"] is not None else None,
    )
