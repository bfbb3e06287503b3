"""The program's own files damaged, or of a newer version: set aside or left alone, and said."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from benchmarks.generate import MARKER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Home

UPLOAD = ("upload", "--all", "--json")
GARBAGE = b"this is no database at all\n" * 500


def damage(database: Path) -> None:
    """Overwrite the middle of a database; what is in its journal is brought home first."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.seek(min(4096, size // 2))
        file.write(GARBAGE[: size // 2])


@pytest.mark.parametrize("how", ["damaged", "garbage", "empty"])
def test_a_corrupt_index_is_made_anew(home: Home, tmp_path: Path, how: str) -> None:
    home.write_session("one")
    home.write_session("two")
    home.run(*UPLOAD)
    if how == "damaged":
        damage(home.paths.index)
    else:
        home.paths.index.write_bytes(GARBAGE if how == "garbage" else b"")
    listed = home.run("list", "--json")
    assert {line["title"] for line in listed.lines} == {
        f"Question {name}, {MARKER}" for name in ("one", "two")
    }
    home.prove_archived(tmp_path / "back")


@pytest.mark.parametrize("how", ["damaged", "garbage"])
def test_a_corrupt_record_is_set_aside_and_what_is_in_s3_is_recognised(
    home: Home, tmp_path: Path, how: str
) -> None:
    for number in range(3):
        home.write_session(f"session-{number}")
    home.run(*UPLOAD)
    if how == "damaged":
        damage(home.paths.state)
    else:
        home.paths.state.write_bytes(GARBAGE)
    damaged = home.paths.state.read_bytes()
    ran = home.run(*UPLOAD, code=1)
    assert ran.out == ""
    (kept,) = [path for path in home.path.glob("state.db.damaged-*") if path.suffix != ".lock"]
    assert f"{home.paths.state}, is damaged; it was kept as {kept}. Run the command again" in ran.err
    assert kept.read_bytes() == damaged
    again = home.run(*UPLOAD).lines
    assert [line["state"] for line in again] == ["unchanged"] * 3
    home.prove_archived(tmp_path / "back")


def test_a_record_of_a_newer_version_is_left_alone(home: Home) -> None:
    home.write_session()
    home.run(*UPLOAD)
    with closing(sqlite3.connect(home.paths.state)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = home.paths.state.read_bytes()
    for words in (UPLOAD, ("list",), ("status",)):
        ran = home.run(*words, code=1)
        assert (
            f"{home.paths.state} was written by a newer version of the program (format 99; this one knows"
            in ran.err
        )
        assert "Update the program." in ran.err
    assert "newer version" in home.run("doctor", code=1).out
    assert home.paths.state.read_bytes() == before


def test_an_index_of_a_newer_version_is_made_anew(home: Home, tmp_path: Path) -> None:
    home.write_session()
    home.run(*UPLOAD)
    with closing(sqlite3.connect(home.paths.index)) as connection:
        connection.execute("PRAGMA user_version = 99")
    home.prove_archived(tmp_path / "back")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('# mine\nlanguage = "en"\nprofile = oops\n', "(at line 3, column 11)"),
        ('parallel_uploads = "many"\n', "parallel_uploads: a number from 1 to 32 is expected"),
        ("extra_folders = [1]\n", "extra_folders: a list of folders in quotes is expected"),
        ("compression = 1\n", "compression: true or false is expected"),
        ("profile = 3\n", "profile: text in quotes is expected"),
        ("\ud800".encode("utf-16", "surrogatepass").decode("latin-1"), "not UTF-8"),
    ],
    ids=["no-toml", "number", "folders", "switch", "profile", "encoding"],
)
def test_corrupt_settings_are_told_of_and_never_overwritten(home: Home, text: str, said: str) -> None:
    home.write_session()
    home.paths.settings.parent.mkdir(parents=True)
    home.paths.settings.write_bytes(text.encode("latin-1"))
    before = home.paths.settings.read_bytes()
    for words in (UPLOAD, ("list",), ("status",)):
        ran = home.run(*words, code=2)
        assert f"The settings file {home.paths.settings} cannot be understood: " in ran.err
        assert said in ran.err
        assert "It was left as it is; correct it in a text editor, or move it away" in ran.err
    assert home.paths.settings.read_bytes() == before


def test_a_sandbox_that_cannot_start_says_why_and_loses_nothing(home: Home, tmp_path: Path) -> None:
    home.write_session("one")
    home.run(*UPLOAD)
    home.run("sandbox", "stop")
    identity = home.paths.sandbox / "identity.json"
    content = identity.read_bytes()
    identity.write_bytes(b"{garbage")
    home.write_session("two")
    ran = home.run(*UPLOAD, code=1)
    assert (
        f"The sandbox cannot start: its names and keys, {identity}, are damaged. What it holds is still there"
        in ran.err
    )
    assert "`chatlog-uploader sandbox reset --yes`" in ran.err
    assert identity.read_bytes() == b"{garbage"
    identity.write_bytes(content)
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")


def test_a_sandbox_that_was_reset_begins_anew(home: Home, tmp_path: Path) -> None:
    home.write_session("one")
    home.run(*UPLOAD)
    (home.paths.sandbox / "identity.json").write_bytes(b"{garbage")
    assert home.run("sandbox", "reset", code=2).err.startswith("This erases everything")
    home.run("sandbox", "reset", "--yes")
    # Receipts of the old bucket say nothing of the new one.
    assert home.run("list", "--json").line["state"] == "new"
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")


def test_what_was_read_is_forgotten_when_asked_and_nothing_that_was_archived(
    home: Home, tmp_path: Path
) -> None:
    home.write_session("one", title="A title that nobody may see again")
    home.run(*UPLOAD)
    home.run("history", "--json")
    assert "is forgotten" in home.run("erase-index").err
    cached = [path for path in home.path.iterdir() if path.is_file() and path.suffix != ".toml"]
    cached += (home.path / "session-index").rglob("*")
    assert [path.name for path in cached if path.is_file() and b"nobody may see" in path.read_bytes()] == []
    assert not list(home.path.glob("history-*"))
    assert home.run("list", "--json").line["state"] == "archived"
    home.prove_archived(tmp_path / "back")
