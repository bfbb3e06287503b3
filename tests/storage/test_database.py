"""Databases: permissions, migrations, damage, and several processes at once."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.errors import DiskFull, FolderNotWritable, StateTooNew
from app.storage import database
from app.storage.database import DatabaseDamaged, open_database, translate_sqlite
from tests.system import PRIVATE_FILE, PRIVATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).parents[2]

FIRST = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
SECOND = """
ALTER TABLE notes ADD COLUMN colour TEXT NOT NULL DEFAULT 'red; or blue';
-- a comment; with a semicolon
CREATE TRIGGER noted AFTER INSERT ON notes BEGIN
    UPDATE notes SET colour = 'green' WHERE id = NEW.id;
END;
"""
BROKEN = "ALTER TABLE notes ADD COLUMN extra TEXT; INSERT INTO nowhere VALUES (1);"
ENDLESS = """
ALTER TABLE notes ADD COLUMN extra TEXT;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO notes (text) SELECT 'row ' || i FROM n;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "state.db"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def with_one_note(path: Path) -> None:
    with closing(open_database(path, [FIRST])) as connection:
        connection.execute("INSERT INTO notes (text) VALUES ('kept')")


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, "the process ended too early"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_new_database_is_private_and_durable(path: Path) -> None:
    with closing(open_database(path, [FIRST, SECOND])) as connection:
        connection.execute("INSERT INTO notes (text) VALUES ('a')")
        assert [tuple(row) for row in connection.execute("SELECT text, colour FROM notes")] == [
            ("a", "green")
        ]
        assert version(connection) == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert mode(path.parent) == PRIVATE_FOLDER
        for file in path.parent.iterdir():
            assert mode(file) == PRIVATE_FILE, file.name
    with closing(open_database(path, [FIRST, SECOND], synchronous="NORMAL")) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 1
    assert list(path.parent.glob("*.bak")) == []


def test_an_existing_database_is_copied_before_it_is_migrated(path: Path) -> None:
    with_one_note(path)
    with closing(open_database(path, [FIRST, SECOND])) as connection:
        assert [tuple(row) for row in connection.execute("SELECT text, colour FROM notes")] == [
            ("kept", "red; or blue")
        ]
    copy = path.with_name("state.db.v1.bak")
    assert mode(copy) == PRIVATE_FILE
    with closing(sqlite3.connect(copy)) as connection:
        assert version(connection) == 1
        assert connection.execute("SELECT * FROM notes").fetchall() == [(1, "kept")]


def test_a_migration_that_fails_leaves_the_database_as_it_was(path: Path) -> None:
    with_one_note(path)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        open_database(path, [FIRST, BROKEN])
    with closing(open_database(path, [FIRST])) as connection:
        assert version(connection) == 1
        assert [tuple(row) for row in connection.execute("SELECT * FROM notes")] == [(1, "kept")]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    with closing(open_database(path, [FIRST, SECOND])):
        pass
    before = path.read_bytes()
    with pytest.raises(StateTooNew) as caught:
        open_database(path, [FIRST])
    assert caught.value.parameters == {"path": str(path), "version": 2, "known": 1}
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"this is no database, though it is long enough to look like one" * 40, b"SQLite"]
)
def test_a_file_that_is_no_database_is_damaged_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        open_database(path, [FIRST])
    assert path.read_bytes() == content


def test_a_database_whose_schema_is_garbled_is_damaged(path: Path) -> None:
    with_one_note(path)
    content = bytearray(path.read_bytes())
    content[100:400] = b"\xff" * 300
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        open_database(path, [FIRST, SECOND])


def test_an_empty_file_is_a_new_database(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with closing(open_database(path, [FIRST])) as connection:
        assert version(connection) == 1


def test_places_that_cannot_hold_a_database(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "state.db").mkdir()
    for path in (tmp_path / "file" / "state.db", tmp_path / "state.db"):
        with pytest.raises(FolderNotWritable):
            open_database(path, [FIRST])


def test_a_full_disk_is_told_apart_from_damage(path: Path) -> None:
    with closing(open_database(path, [FIRST])) as connection:
        connection.execute("PRAGMA max_page_count = 4")
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("INSERT INTO notes (text) VALUES (?)", ("x" * 100_000,))
    assert isinstance(translate_sqlite(caught.value, path), DiskFull)


def test_a_database_that_stays_locked_is_reported_and_a_bug_stays_a_bug(path: Path) -> None:
    with closing(open_database(path, [FIRST])) as first, closing(open_database(path, [FIRST])) as second:
        first.execute("BEGIN IMMEDIATE")
        second.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(sqlite3.OperationalError) as caught:
            second.execute("BEGIN IMMEDIATE")
        assert isinstance(translate_sqlite(caught.value, path), FolderNotWritable)
        with pytest.raises(sqlite3.OperationalError) as caught:
            second.execute("SELECT * FROM nowhere")
        assert translate_sqlite(caught.value, path) is caught.value


OPENS = """
import json, sys
from contextlib import closing
from pathlib import Path
from app.storage.database import open_database
path, migrations = Path(sys.argv[1]), json.loads(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
with closing(open_database(path, migrations)) as connection:
    connection.execute("INSERT INTO notes (text) VALUES ('a')")
"""


def opens_at_once(path: Path, migrations: list[str], count: int) -> list[int]:
    """The exit codes of processes that open the database at the same moment and write a note each."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, str(path), json.dumps(migrations)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(count)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    return [process.returncode for process in processes]


def test_processes_that_make_a_database_at_once(path: Path) -> None:
    assert opens_at_once(path, [FIRST, SECOND], 5) == [0] * 5
    with closing(open_database(path, [FIRST, SECOND])) as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone()[0] == 5


def test_processes_that_migrate_at_once_migrate_once_and_copy_the_old_version(path: Path) -> None:
    for number in range(3):
        numbered = path.with_name(f"{number}.db")
        with_one_note(numbered)
        assert opens_at_once(numbered, [FIRST, SECOND], 4) == [0] * 4
        with closing(open_database(numbered, [FIRST, SECOND])) as connection:
            assert connection.execute("SELECT count(*) FROM notes").fetchone()[0] == 5
        with closing(sqlite3.connect(numbered.with_name(f"{number}.db.v1.bak"))) as copy:
            assert version(copy) == 1
            assert copy.execute("SELECT * FROM notes").fetchall() == [(1, "kept")]


@pytest.fixture
def overtaken(path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], None]:
    """Another process migrates the database (to the given migrations) after this one has read its version."""
    genuine = database._version

    def arrange(migrations: list[str]) -> None:
        def overtaken_version(connection: sqlite3.Connection) -> int:
            found = genuine(connection)
            monkeypatch.setattr(database, "_version", genuine)
            open_database(path, migrations).close()
            return found

        monkeypatch.setattr(database, "_version", overtaken_version)

    return arrange


def test_being_overtaken_by_another_s_migration_does_not_replace_the_copy(
    path: Path, overtaken: Callable[[list[str]], None]
) -> None:
    with_one_note(path)
    overtaken([FIRST, SECOND])
    open_database(path, [FIRST, SECOND]).close()
    with closing(sqlite3.connect(path.with_name("state.db.v1.bak"))) as copy:
        assert version(copy) == 1


def test_being_overtaken_by_a_newer_version_is_noticed(
    path: Path, overtaken: Callable[[list[str]], None]
) -> None:
    with_one_note(path)
    overtaken([FIRST, SECOND, "CREATE TABLE later (id INTEGER);"])
    with pytest.raises(StateTooNew):
        open_database(path, [FIRST, SECOND])


def test_killed_in_mid_migration_nothing_is_lost(path: Path) -> None:
    with_one_note(path)
    process = subprocess.Popen(
        [sys.executable, "-c", OPENS, str(path), json.dumps([FIRST, ENDLESS])],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
        write_ahead_log = path.with_name("state.db-wal")
        wait_for(lambda: write_ahead_log.exists() and write_ahead_log.stat().st_size > 1_000_000, process)
    finally:
        process.kill()
        process.communicate()
    with closing(sqlite3.connect(path.with_name("state.db.v1.bak"))) as copy:
        assert copy.execute("SELECT * FROM notes").fetchall() == [(1, "kept")]
    with closing(open_database(path, [FIRST, SECOND])) as connection:
        assert [tuple(row) for row in connection.execute("SELECT text, colour FROM notes")] == [
            ("kept", "red; or blue")
        ]
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
