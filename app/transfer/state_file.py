"""Opening state.db, and setting it aside when it is damaged.

Nothing is ever deleted: a damaged file is renamed, with its journal, and the next start begins with an empty one.
Receipts come back by themselves, since S3 answers 412 to a first upload of what it has.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from filelock import FileLock

from app.errors import StateDamaged
from app.storage.database import DatabaseDamaged, open_database, translate_sqlite
from app.transfer.schema import MIGRATIONS

if TYPE_CHECKING:
    from pathlib import Path


def open_state(path: Path) -> sqlite3.Connection:
    """A connection to a state.db that is whole.

    Raises StateDamaged (once: the next call finds a new file), StateTooNew, DiskFull, FolderNotWritable.
    """
    try:
        connection = open_database(path, MIGRATIONS)
    except DatabaseDamaged as problem:
        raise set_aside(path) from problem
    try:
        sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        connection.close()
        raise set_aside(path)
    return connection


def translate(problem: sqlite3.Error, path: Path) -> Exception:
    """The error to raise for one of SQLite's; damage found while working sets the file aside too."""
    translated = translate_sqlite(problem, path)
    return set_aside(path) if isinstance(translated, DatabaseDamaged) else translated


def set_aside(path: Path) -> StateDamaged:
    """Rename the damaged file and return the error to raise.

    keptAs is None where there was nothing left to rename: another process was first. Windows does not rename an
    open file; it then stays where it is until the next start.
    """
    name = f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(2)}"
    kept = path.with_name(name)
    with FileLock(path.with_name(f"{path.name}.lock"), mode=0o600):
        if _is_sound(path):
            return StateDamaged(path=str(path), keptAs=None)
        for ending in ("-wal", "-shm", ""):
            part = path.with_name(path.name + ending)
            if part.exists():
                try:
                    part.rename(kept.with_name(kept.name + ending))
                except PermissionError:
                    return StateDamaged(path=str(path), keptAs=str(path))
    return StateDamaged(path=str(path), keptAs=str(kept))


def _is_sound(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False
