"""state.db as the parts of one process share it: one writer with group commits, one reader, one owner of leases.

Several processes of one home may work at once. What is under way is worked on by whoever holds its lease; leases of
dead processes, and leases that ran out, are taken over.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from app.errors import Cancelled, ChatLogError
from app.transfer.commits import GroupCommitWriter, WriterClosed
from app.transfer.owners import Owner
from app.transfer.state_file import open_state, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

T = TypeVar("T")

LEASE_SECONDS = 180.0
"""A lease is renewed every third of this while its process lives; a computer may sleep longer."""

NO_LEASE = {"lease_owner": None, "lease_until": None}

_LEASED = ("transfers", "downloads", "queues")


class LeaseLost(Exception):
    """Another process has taken the work over (this one slept through its lease)."""


class StateDatabase:
    """state.db of one home. Threads may share it.

    Every method may raise StateDamaged, DiskFull, FolderNotWritable, and Cancelled once it is closed; the constructor
    also StateTooNew. A damaged file is set aside under another name, so that the next start begins with an empty one.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self._path = path
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._read_lock = threading.Lock()
        self._closed = False
        self._abandoned: set[str] = set()
        with ExitStack() as opened:
            writing = opened.enter_context(closing(open_state(path)))
            self._reading = opened.enter_context(closing(open_state(path)))
            self._owner = Owner(path.parent / "owners")
            opened.pop_all()
        self._writer = GroupCommitWriter(
            writing, translate=self._translate, regularly=self._renew, interval=lease_seconds / 3
        )

    def close(self) -> None:
        """Write what is pending and give all leases back. May be called twice."""
        with suppress(ChatLogError):
            self.write(self._release_all)
        self._writer.close()
        with self._read_lock:
            self._closed = True
            self._reading.close()
        self._owner.close()

    @property
    def commits(self) -> int:
        """Transactions committed since this was opened (what group commit saves shows here)."""
        return self._writer.commits

    @property
    def owner(self) -> str:
        """The name under which this process holds leases."""
        return self._owner.name

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock()

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """The rows of a query, as of the last commit."""
        with self._read_lock:
            if self._closed:
                raise Cancelled
            try:
                return self._reading.execute(sql, values).fetchall()
            except sqlite3.Error as problem:
                raise self._translate(problem) from problem

    def version(self) -> int:
        """A number that is another one after every commit, of whatever process."""
        return int(self.read("PRAGMA data_version")[0][0])

    def submit(self, operation: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Queue an operation. Its future is done once its effects are on disk, or it failed and has none."""
        try:
            return self._writer.submit(operation)
        except WriterClosed as closed:
            raise Cancelled from closed

    def write(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """`submit` and wait. Raises what the operation raised too."""
        return self.submit(operation).result()

    def lease(self) -> dict[str, Any]:
        """The columns of a row that this process takes on."""
        return {"lease_owner": self._owner.name, "lease_until": self._clock() + self._lease_seconds}

    def abandon(self, row_id: str) -> None:
        """Nobody works on a row any more, and giving its lease back could not be written (the disk is full).

        From now on the lease counts for nothing in this process, and before long it is given back.
        """
        self._abandoned.add(row_id)

    def take_on(self, row_id: str) -> bool:
        """A row that may have been abandoned is worked on again; whether it was. Only inside an operation."""
        was = row_id in self._abandoned
        self._abandoned.discard(row_id)
        return was

    def is_held(self, row: sqlite3.Row) -> bool:
        """Whether somebody alive works on a row (this process too). Only inside an operation."""
        owner = row["lease_owner"]
        if owner == self._owner.name and row["id"] in self._abandoned:
            return False
        return owner is not None and row["lease_until"] > self._clock() and self._owner.is_alive(owner)

    def is_held_elsewhere(self, row: sqlite3.Row) -> bool:
        """Whether another process, alive, works on a row. Only inside an operation."""
        return row["lease_owner"] != self._owner.name and self.is_held(row)

    def _renew(self, connection: sqlite3.Connection) -> None:
        for row_id in tuple(self._abandoned):
            for table in _LEASED:
                connection.execute(
                    f"UPDATE {table} SET lease_owner = NULL, lease_until = NULL WHERE id = ? AND lease_owner = ?",  # noqa: S608 - names of ours
                    (row_id, self._owner.name),
                )
        until = self._clock() + self._lease_seconds
        for table in _LEASED:
            connection.execute(
                f"UPDATE {table} SET lease_until = ? WHERE lease_owner = ?",  # noqa: S608 - names of ours
                (until, self._owner.name),
            )

    def _release_all(self, connection: sqlite3.Connection) -> None:
        for table in _LEASED:
            connection.execute(
                f"UPDATE {table} SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ?",  # noqa: S608
                (self._owner.name,),
            )

    def _translate(self, problem: sqlite3.Error) -> Exception:
        return translate(problem, self._path)


def assign(changes: dict[str, Any]) -> str:
    """The SET part of an UPDATE, with a parameter for each column; the names are ours, never a user's."""
    return ", ".join(f"{name} = ?" for name in changes)
