"""What one program asks of the queue that another program of this home runs: pause, go on, cancel; in state.db."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from app.transfer.state_database import StateDatabase

WishFor = Literal["pause", "resume", "cancel"]

FRESH_SECONDS = 30.0
"""A wish that nobody has heard by then is of a program that was killed while it waited."""


class WishStore:
    """The wishes for the rows of one destination. Threads may share it. Every method may raise what StateDatabase's do."""

    def __init__(self, database: StateDatabase, destination: str) -> None:
        self._database = database
        self._destination = destination

    def attend(self) -> None:
        """This process has a queue that looks for wishes, from now on until its database is closed."""
        lease = self._database.lease()
        values = (secrets.token_hex(8), self._destination, lease["lease_owner"], lease["lease_until"])

        def operation(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM queues WHERE lease_owner IS NULL")
            connection.execute(
                "DELETE FROM wishes WHERE asked_at < ?", (self._database.now() - FRESH_SECONDS,)
            )
            connection.execute(
                "INSERT INTO queues (id, destination, lease_owner, lease_until) VALUES (?, ?, ?, ?)", values
            )

        self._database.write(operation)

    def attended(self) -> bool:
        """Whether another process, alive, has a queue that looks for wishes."""

        def operation(connection: sqlite3.Connection) -> bool:
            sql = "SELECT * FROM queues WHERE destination = ? AND lease_owner IS NOT NULL"
            rows = connection.execute(sql, (self._destination,)).fetchall()
            return any(self._database.is_held_elsewhere(row) for row in rows)

        return self._database.write(operation)

    def put(self, ids: Iterable[str], wish: WishFor) -> None:
        """Ask this of these rows, in place of what was asked of them before."""
        values = [(self._destination, row_id, wish, self._database.now()) for row_id in ids]
        sql = "INSERT OR REPLACE INTO wishes (destination, row_id, wish, asked_at) VALUES (?, ?, ?, ?)"
        self._database.write(lambda connection: connection.executemany(sql, values))

    def open(self) -> dict[str, WishFor]:
        """What was asked lately and not granted yet, by row."""
        sql = "SELECT row_id, wish FROM wishes WHERE destination = ? AND asked_at >= ?"
        since = self._database.now() - FRESH_SECONDS
        return {row["row_id"]: row["wish"] for row in self._database.read(sql, (self._destination, since))}

    def close(self, ids: Iterable[str], wish: WishFor) -> None:
        """These were heard, or are not wished any more."""
        values = [(self._destination, row_id, wish) for row_id in ids]
        sql = "DELETE FROM wishes WHERE destination = ? AND row_id = ? AND wish = ?"
        self._database.write(lambda connection: connection.executemany(sql, values))
