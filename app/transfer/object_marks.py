"""What is known of archived objects beside their receipts: which ones a deletion hides, which ones S3 is bringing back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from app.transfer.schema import from_sql, moment, to_sql

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from app.transfer.state_database import StateDatabase


class ObjectVersion(NamedTuple):
    """A version of an object."""

    s3_key: str
    version_id: str


@dataclass(frozen=True, slots=True)
class Return:
    """An archived object that was asked back. `expected_by`: None where nobody here asked, and S3 does not tell.

    `available_until` is None while it is on its way.
    """

    expected_by: datetime | None
    available_until: datetime | None


class ObjectMarks:
    """The marks of one destination, in state.db. Threads may share it. Methods raise what StateDatabase's do."""

    def __init__(self, database: StateDatabase, destination: str) -> None:
        self._database = database
        self._destination = destination

    # ---- deletions --------------------------------------------------------------------------------------

    def hidden(self) -> frozenset[ObjectVersion]:
        """The versions that receipts speak of and a delete marker hides."""
        rows = self._database.read(
            "SELECT s3_key, version_id FROM hidden WHERE destination = ?", (self._destination,)
        )
        return frozenset(ObjectVersion(*row) for row in rows)

    def follow(self, hidden: Collection[str], shown: Mapping[str, str], as_of: datetime) -> bool:
        """Take over what S3 said at `as_of` (this computer's clock): the keys that a marker hides, and by key the newest
        version of the others. Whether that is other than what was known.

        Receipts that are newer than the answer speak of what it could not know.
        """
        if not hidden and not self.hidden():
            return False

        def operation(connection: sqlite3.Connection) -> bool:
            before = connection.total_changes
            for s3_key in hidden:
                connection.execute(
                    "INSERT OR IGNORE INTO hidden SELECT DISTINCT destination, s3_key, version_id FROM receipts"
                    " WHERE destination = ? AND s3_key = ? AND archived_at < ?",
                    (self._destination, s3_key, as_of.timestamp()),
                )
            rows = connection.execute(
                "SELECT s3_key, version_id FROM hidden WHERE destination = ?", (self._destination,)
            ).fetchall()
            for s3_key, version_id in rows:
                if shown.get(s3_key) == version_id:
                    self._unhide(connection, s3_key, version_id)
            return connection.total_changes != before

        return self._database.write(operation)

    def shown_again(self, s3_key: str, version_id: str) -> None:
        """The hidden version was copied over its marker, as `version_id`: its receipts speak of the copy."""

        def operation(connection: sqlite3.Connection) -> None:
            for (old,) in connection.execute(
                "SELECT version_id FROM hidden WHERE destination = ? AND s3_key = ?",
                (self._destination, s3_key),
            ).fetchall():
                connection.execute(
                    "UPDATE receipts SET version_id = ? WHERE destination = ? AND s3_key = ? AND version_id = ?",
                    (version_id, self._destination, s3_key, old),
                )
                self._unhide(connection, s3_key, old)

        self._database.write(operation)

    def forget_hidden(self, sessions: Iterable[tuple[str, str]]) -> None:
        """A person wants these sessions (source, session id) archived: what is hidden of them counts as never archived."""
        if not self.hidden():
            return

        def operation(connection: sqlite3.Connection) -> None:
            for source, session_id in sessions:
                connection.execute(
                    "DELETE FROM receipts WHERE destination = ? AND source = ? AND session_id = ? AND EXISTS"
                    " (SELECT 1 FROM hidden WHERE hidden.destination = receipts.destination AND"
                    " hidden.s3_key = receipts.s3_key AND hidden.version_id = receipts.version_id)",
                    (self._destination, to_sql(source), to_sql(session_id)),
                )

        self._database.write(operation)

    def _unhide(self, connection: sqlite3.Connection, s3_key: str, version_id: str) -> None:
        connection.execute(
            "DELETE FROM hidden WHERE destination = ? AND s3_key = ? AND version_id = ?",
            (self._destination, s3_key, version_id),
        )

    # ---- returns ----------------------------------------------------------------------------------------

    def returns(self) -> dict[ObjectVersion, Return]:
        """What was asked back."""
        rows = self._database.read("SELECT * FROM returns WHERE destination = ?", (self._destination,))
        return {
            ObjectVersion(from_sql(row["s3_key"]), row["version_id"]): Return(
                _moment(row["expected_by"]), _moment(row["available_until"])
            )
            for row in rows
        }

    def note_returns(self, told: Mapping[ObjectVersion, Return | None]) -> None:
        """What S3 said of some; None: it is not coming. An expected time that is known already stays."""

        def operation(connection: sqlite3.Connection) -> None:
            for version, back in told.items():
                whose = (self._destination, *version)
                if back is None:
                    connection.execute(
                        "DELETE FROM returns WHERE destination = ? AND s3_key = ? AND version_id = ?", whose
                    )
                    continue
                connection.execute(
                    "INSERT INTO returns VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                    " expected_by = coalesce(excluded.expected_by, expected_by),"
                    " available_until = excluded.available_until",
                    (*whose, _seconds(back.expected_by), _seconds(back.available_until)),
                )

        if told:
            self._database.write(operation)


def _moment(seconds: float | None) -> datetime | None:
    return moment(seconds) if seconds is not None else None


def _seconds(when: datetime | None) -> float | None:
    return when.timestamp() if when is not None else None
