"""Transfers as a queue of sessions sees them: taken in together, set aside together, found again at the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from app.transfer.schema import UNFINISHED, key_of, transfer_of
from app.transfer.state_database import NO_LEASE
from app.transfer.transfer_rows import OF_SESSION, change, find, identity, put_in_queue

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from app.transfer.content import Content
    from app.transfer.schema import Transfer
    from app.transfer.state_database import StateDatabase

Session = tuple[str, str]
"""(source, session id)."""

_SELECT_SESSION = f"SELECT * FROM transfers WHERE {OF_SESSION}"  # noqa: S608 - words of ours


class QueuedTransfers:
    """The transfers of one destination. Threads may share it. Every method may raise what StateDatabase's do."""

    def __init__(self, database: StateDatabase, destination: str) -> None:
        self._database = database
        self._destination = destination

    def enqueue(self, contents: Iterable[Content]) -> None:
        """Note that these are to be sent, in one commit. What is unfinished or worked on already stays as it is.

        A failed or paused transfer will go on with what was prepared; every other one that has ended begins anew.
        """
        given = list(contents)

        def operation(connection: sqlite3.Connection) -> None:
            for content in given:
                row = find(connection, self._destination, content.key)
                if row is None or not self._database.is_held(row):
                    put_in_queue(connection, self._destination, content, row, self._database.now())

        if given:
            self._database.write(operation)

    def set_aside(self, sessions: Iterable[Session], state: Literal["paused", "cancelled"]) -> list[str]:
        """Take what is not confirmed of these sessions out of the queue, in one commit; who works on a file keeps it.

        Paused ones keep what was prepared. The names of the spool files that are of no more use.
        """
        given = list(sessions)
        taken = UNFINISHED if state == "paused" else (*UNFINISHED, "paused", "failed")

        def operation(connection: sqlite3.Connection) -> list[str]:
            useless = []
            for session in given:
                for row in connection.execute(
                    _SELECT_SESSION, identity(self._destination, *session)
                ).fetchall():
                    if row["state"] not in taken or self._database.is_held(row):
                        continue
                    changes: dict[str, Any] = {"state": state, "updated_at": self._database.now(), **NO_LEASE}
                    if state == "cancelled" or row["stored_sha256"] is None:
                        useless.append(row["spool"])
                        changes |= {"spool": None, "stored_sha256": None}
                        changes |= {"error_code": None, "error_parameters": None}
                    change(connection, row["id"], changes)
            return [name for name in useless if name is not None]

        return self._database.write(operation) if given else []

    def by_session(self, *, ended: int) -> dict[Session, list[Transfer]]:
        """The transfers of every session that has an unfinished or paused one, and of the `ended` newest others.

        The session that changed last comes first.
        """
        sql = (
            "SELECT * FROM transfers WHERE destination = ? AND state != 'forgotten' ORDER BY updated_at DESC"
        )
        groups: dict[Session, list[sqlite3.Row]] = {}
        for row in self._database.read(sql, (self._destination,)):
            groups.setdefault(key_of(row)[:2], []).append(row)
        found = {}
        for session, rows in groups.items():
            if not any(row["state"] in (*UNFINISHED, "paused") for row in rows):
                if ended <= 0:
                    continue
                ended -= 1
            found[session] = [transfer_of(row) for row in rows]
        return found

    def of_session(self, session: Session) -> list[Transfer]:
        """The transfers of one session."""
        rows = self._database.read(_SELECT_SESSION, identity(self._destination, *session))
        return [transfer_of(row) for row in rows if row["state"] != "forgotten"]

    def worked_on_elsewhere(self) -> set[Session]:
        """The sessions of which another process, alive, has a file in work."""
        sql = "SELECT * FROM transfers WHERE lease_owner IS NOT NULL AND destination = ?"

        def operation(connection: sqlite3.Connection) -> set[Session]:
            rows = connection.execute(sql, (self._destination,)).fetchall()
            return {key_of(row)[:2] for row in rows if self._database.is_held_elsewhere(row)}

        return self._database.write(operation)
