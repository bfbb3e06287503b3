"""index.db: what was found and read at the last scan. Rebuildable: damage is set aside, never reported.

A session is one row: its listing (files and stamps) and its facts, each encoded whole. That two listings are
equal byte by byte is how an unchanged session is recognised.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from app.errors import FolderNotWritable, StateTooNew
from app.sessions.facts import Facts
from app.sessions.found import FoundFile, FoundSession, Reader, Stamp
from app.sessions.reading import READER_VERSION
from app.storage.database import DatabaseDamaged, open_database, translate_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

T = TypeVar("T")
Identity = tuple[str, str]
"""(source, session id)."""

MIGRATIONS = (
    """
    CREATE TABLE sessions (
        source TEXT NOT NULL,
        session_id TEXT NOT NULL,
        listing BLOB NOT NULL,
        facts BLOB NOT NULL,
        PRIMARY KEY (source, session_id)
    ) WITHOUT ROWID;
    CREATE TABLE peeks (
        path BLOB PRIMARY KEY,
        stamp BLOB NOT NULL,
        value TEXT
    ) WITHOUT ROWID;
    """,
)


class Row(NamedTuple):
    """A session as it is kept."""

    source: str
    found: FoundSession
    facts: Facts


class Peek(NamedTuple):
    """A small thing read from a file during discovery, and the file's stamp at that time."""

    stamp: Stamp
    value: str | None


class _Listing(msgspec.Struct, array_like=True):
    """A found session, as bytes: paths as the file system has them, for they need not be Unicode."""

    reader: str
    root: bytes
    notes: tuple[str, ...]
    files: list[tuple[bytes, str, tuple[int, int, int, int], bool]]


_encode = msgspec.msgpack.Encoder().encode
_decode_listing = msgspec.msgpack.Decoder(_Listing).decode
_decode_facts = msgspec.msgpack.Decoder(Facts).decode


def encode_listing(found: FoundSession) -> bytes:
    """The bytes that stand for a listing; equal for equal listings read by equal readers."""
    return _encode(
        _Listing(
            reader=f"{found.reader}/{READER_VERSION}",
            root=os.fsencode(found.root),
            notes=found.notes,
            files=[
                (os.fsencode(file.path), file.relative_path, file.stamp, file.is_log) for file in found.files
            ],
        )
    )


def decode_listing(session_id: str, data: bytes) -> FoundSession:
    """The listing again. Raises msgspec.MsgspecError on damage."""
    listing = _decode_listing(data)
    reader, _, version = listing.reader.partition("/")
    stale = version != str(READER_VERSION)
    return FoundSession(
        session_id=session_id,
        root=os.fsdecode(listing.root),
        files=tuple(
            FoundFile(os.fsdecode(path), relative_path, _stamp(stamp, stale=stale), is_log)
            for path, relative_path, stamp, is_log in listing.files
        ),
        reader=msgspec.convert(reader, Reader),
        notes=listing.notes,
    )


def _stamp(values: tuple[int, int, int, int], *, stale: bool) -> Stamp:
    """A stamp; one that no file has where another version of the reader told the facts."""
    stamp = Stamp(*values)
    return unmatched(stamp) if stale else stamp


def unmatched(stamp: Stamp) -> Stamp:
    """A stamp of the same size and time that no file has: what it stands for is read again."""
    return stamp._replace(inode=-1)


class IndexStore:
    """Owns the database. Every method may raise DiskFull and FolderNotWritable, and nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self.rebuilds = 0
        """How often the database was found damaged and made anew by this object."""
        self._connection = self._open()

    def close(self) -> None:
        """Close the database; nothing may be called afterwards."""
        with self._lock:
            self._connection.close()

    def listings(self) -> dict[Identity, bytes]:
        """The listing of every session."""
        return self._attempt(
            lambda connection: {
                (row["source"], row["session_id"]): row["listing"]
                for row in connection.execute("SELECT source, session_id, listing FROM sessions")
            }
        )

    def rows(self, source: str | None = None) -> list[Row]:
        """Every session, or one source's."""
        return self._attempt(lambda connection: _rows(connection, source))

    def facts(self, identity: Identity) -> Facts | None:
        """What was read of one session."""

        def operation(connection: sqlite3.Connection) -> Facts | None:
            row = connection.execute(
                "SELECT facts FROM sessions WHERE source = ? AND session_id = ?", identity
            ).fetchone()
            return None if row is None else _decode_facts(row["facts"])

        return self._attempt(operation)

    def keep(self, rows: Iterable[Row]) -> None:
        """Add sessions or put them in place of what was known, in one transaction."""
        values = [
            (row.source, row.found.session_id, encode_listing(row.found), _encode(row.facts)) for row in rows
        ]
        self._write("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)", values)

    def relist(self, listings: Mapping[Identity, bytes]) -> None:
        """Replace the listings of sessions whose main file did not change."""
        values = [(listing, *identity) for identity, listing in listings.items()]
        self._write("UPDATE sessions SET listing = ? WHERE source = ? AND session_id = ?", values)

    def forget(self, identities: Iterable[Identity]) -> None:
        """Remove sessions."""
        self._write("DELETE FROM sessions WHERE source = ? AND session_id = ?", list(identities))

    def peeks(self) -> dict[bytes, Peek]:
        """What was remembered during discoveries, by path."""
        return self._attempt(
            lambda connection: {
                row["path"]: Peek(Stamp(*msgspec.msgpack.decode(row["stamp"])), row["value"])
                for row in connection.execute("SELECT path, stamp, value FROM peeks")
            }
        )

    def replace_peeks(self, changed: Mapping[bytes, Peek], gone: Iterable[bytes]) -> None:
        """Remember new ones, forget those whose file is no longer asked for."""
        self._write(
            "INSERT OR REPLACE INTO peeks VALUES (?, ?, ?)",
            [(path, _encode(peek.stamp), peek.value) for path, peek in changed.items()],
        )
        self._write("DELETE FROM peeks WHERE path = ?", [(path,) for path in gone])

    def erase(self) -> None:
        """Forget everything, for good: no page of the file holds a title any more, nor does a damaged one set aside."""

        def operation(connection: sqlite3.Connection) -> None:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("DELETE FROM sessions")
            connection.execute("DELETE FROM peeks")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        self._attempt(operation)
        self._damaged.unlink(missing_ok=True)

    # ---- damage -------------------------------------------------------------------------------------------

    def _write(self, statement: str, values: Sequence[tuple[object, ...]]) -> None:
        if not values:
            return

        def operation(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(statement, values)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

        self._attempt(operation)

    def _attempt(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """Run an operation; on damage make the database anew and run it on that."""
        with self._lock:
            try:
                return operation(self._connection)
            except (sqlite3.DatabaseError, msgspec.MsgspecError, ValueError, TypeError) as problem:
                translated = (
                    translate_sqlite(problem, self._path) if isinstance(problem, sqlite3.Error) else None
                )
                if translated is not None and not _is_damage(translated):
                    raise translated from problem
                self._connection.close()
                self._set_aside()
                self._connection = self._open()
                return operation(self._connection)

    def _open(self) -> sqlite3.Connection:
        try:
            return open_database(self._path, MIGRATIONS, synchronous="NORMAL")
        except (DatabaseDamaged, StateTooNew, sqlite3.DatabaseError):
            self._set_aside()
            return open_database(self._path, MIGRATIONS, synchronous="NORMAL")

    @property
    def _damaged(self) -> Path:
        return self._path.with_name(self._path.name + ".damaged")

    def _set_aside(self) -> None:
        """Move the damaged file away, over an earlier one: it can be looked at, and nothing grows."""
        self.rebuilds += 1
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                self._path.with_name(self._path.name + suffix).unlink()
        try:
            self._path.replace(self._damaged)
        except FileNotFoundError:
            pass
        except OSError as problem:
            raise FolderNotWritable(
                path=str(self._path), reason=problem.strerror or str(problem)
            ) from problem


def _rows(connection: sqlite3.Connection, source: str | None) -> list[Row]:
    query = "SELECT source, session_id, listing, facts FROM sessions"
    cursor = (
        connection.execute(query)
        if source is None
        else connection.execute(f"{query} WHERE source = ?", (source,))
    )
    return [
        Row(row["source"], decode_listing(row["session_id"], row["listing"]), _decode_facts(row["facts"]))
        for row in cursor
    ]


def _is_damage(problem: Exception) -> bool:
    """A missing table or column is damage too: another program, or another version, was at the file."""
    return isinstance(problem, DatabaseDamaged) or (
        isinstance(problem, sqlite3.DatabaseError) and not isinstance(problem, sqlite3.ProgrammingError)
    )
