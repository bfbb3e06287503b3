"""SQLite connections and migrations.

Every database here is in WAL mode with foreign keys on. `PRAGMA user_version` counts the migrations applied;
before an existing file is migrated it is copied beside itself.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Literal

from app.errors import DiskFull, FolderNotWritable, StateTooNew
from app.storage.paths import private_folder, replace_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Synchronous = Literal["FULL", "NORMAL"]

BUSY_TIMEOUT_SECONDS = 30.0


class DatabaseDamaged(Exception):
    """The file is not a healthy SQLite database. The owner of the file decides what that means."""


def open_database(
    path: Path, migrations: Sequence[str], *, synchronous: Synchronous = "FULL"
) -> sqlite3.Connection:
    """Open (or create, 0600) a database and bring it to the newest version.

    `migrations[n]` is the SQL script that leads from version n to n + 1; each runs in one transaction.
    The connection may be used from any thread, by one thread at a time, and is in autocommit mode: callers write
    `BEGIN IMMEDIATE` where several statements belong together.

    Raises DatabaseDamaged, StateTooNew, DiskFull, FolderNotWritable.
    """
    private_folder(path.parent)
    try:
        path.touch(mode=0o600, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
        )
    except (OSError, sqlite3.OperationalError) as problem:
        raise FolderNotWritable(path=str(path), reason=str(problem)) from problem
    try:
        connection.row_factory = sqlite3.Row
        _use_write_ahead_log(connection)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path, migrations)
    except BaseException as problem:
        connection.close()
        if isinstance(problem, sqlite3.DatabaseError):
            raise translate_sqlite(problem, path) from problem
        raise
    return connection


def translate_sqlite(problem: sqlite3.Error, path: Path) -> Exception:
    """The error of our tree (or DatabaseDamaged) that a SQLite error stands for; bugs come back as they are."""
    name = getattr(problem, "sqlite_errorname", "")
    if name.startswith("SQLITE_FULL"):
        return DiskFull(path=str(path))
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM", "SQLITE_BUSY")):
        return FolderNotWritable(path=str(path), reason=str(problem))
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DatabaseDamaged(f"{path}: {problem}")
    return problem


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """The busy timeout does not hold here: of two processes that switch a new file at once, one fails at once."""
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:
            if not problem.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    if _known_version(connection, path, migrations) == len(migrations):
        return
    # Not EXCLUSIVE: the copy is read through a second connection.
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have migrated while this one waited for the lock.
        version = _known_version(connection, path, migrations)
        if 0 < version < len(migrations):
            _copy_beside(path, version)
        for number in range(version, len(migrations)):
            for statement in _statements(migrations[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _known_version(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> int:
    version = _version(connection)
    if version > len(migrations):
        raise StateTooNew(path=str(path), version=version, known=len(migrations))
    return version


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _copy_beside(path: Path, version: int) -> None:
    """Copy the database, whole or not at all; the caller holds the write lock, so the copy is of that version."""
    copy = path.with_name(f"{path.name}.v{version}.bak")
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    replace_file(unfinished, copy)


def _statements(script: str) -> list[str]:
    """Split a script at the semicolons that end statements (sqlite3 tells complete ones apart)."""
    statements: list[str] = []
    pending = ""
    for piece in script.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            if pending.strip(" \n\t;"):
                statements.append(pending.strip())
            pending = ""
    return statements
