"""The index: reads only what changed, survives damage, forgets what is gone."""

from __future__ import annotations

import os
import sqlite3
import stat
from typing import TYPE_CHECKING

import pytest

from app.errors import Cancelled
from app.sessions import index_store, pool, processes
from app.sessions.index import ScanProgress, SessionIndex
from app.sessions.reading import READER_VERSION, Job, Reading, read_main

SLUG = "-home-user-project"

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.sessions.sources import Source
    from tests.sessions.conftest import Lines, Tree


def titles(index: SessionIndex) -> list[str]:
    return sorted(session.title for session in index.sessions())


class TestChanges:
    def test_a_second_scan_reads_nothing(self, tree: Tree, open_index: Callable[[], SessionIndex]) -> None:
        for number in range(5):
            tree.session(f"s{number}")
        tree.write(f"{SLUG}/agent-a.jsonl", {"sessionId": "s1"})
        first = open_index().scan()
        assert (first.found, first.read, first.removed) == (5, 5, 0)
        assert first.bytes_read == sum(path.stat().st_size for path in tree.projects.glob("*/s*.jsonl"))
        again = open_index().scan()
        assert (again.found, again.read, again.bytes_read) == (5, 0, 0)

    def test_only_what_grew_is_read_again(self, tree: Tree, lines: Lines, index: SessionIndex) -> None:
        tree.session("same")
        path = tree.session("grows", lines.user("hello"))
        index.scan()
        with path.open("ab") as file:
            file.write(b'{"type":"custom-title","customTitle":"renamed"}\n')
        assert index.scan().read == 1
        assert titles(index) == ["hello", "renamed"]

    def test_a_rewrite_of_the_same_size_and_time_is_noticed(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        path = tree.session("one", lines.user("old text"))
        before = path.stat()
        index.scan()
        replacement = tree.session("other", lines.user("new text"))
        os.utime(replacement, ns=(before.st_atime_ns, before.st_mtime_ns))
        replacement.replace(path)
        assert path.stat().st_size == before.st_size
        index.scan()
        assert titles(index) == ["new text"]

    def test_a_new_companion_is_listed_without_reading_the_main_file(
        self, tree: Tree, index: SessionIndex
    ) -> None:
        tree.session("one")
        index.scan()
        tree.write(f"{SLUG}/one/tool-results/x.txt", "x")
        assert index.scan().read == 0
        (session,) = index.sessions()
        assert [file.relative_path for file in session.files] == ["one.jsonl", "one/tool-results/x.txt"]
        assert index.scan().read == 0

    def test_what_is_gone_is_forgotten(self, tree: Tree, index: SessionIndex) -> None:
        tree.session("stays")
        path = tree.session("goes")
        index.scan()
        path.unlink()
        report = index.scan()
        assert (report.found, report.removed) == (1, 1)
        assert [session.session_id for session in index.sessions()] == ["stays"]

    def test_a_file_that_vanishes_in_mid_scan(
        self, tree: Tree, index: SessionIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tree.session("stays")
        path = tree.session("goes")

        def read(job: Job) -> Reading | None:
            path.unlink(missing_ok=True)
            return read_main(job)

        monkeypatch.setattr(pool, "read_main", read)
        report = index.scan()
        assert (report.found, report.read, report.problems) == (1, 1, ())
        assert [session.session_id for session in index.sessions()] == ["stays"]

    def test_subagents_are_looked_into_once(
        self, tree: Tree, lines: Lines, index: SessionIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tree.session("one")
        agent = tree.write(f"{SLUG}/agent-a.jsonl", {"sessionId": "one"})
        index.scan()
        monkeypatch.setattr(
            "app.sessions.sources.claude_code.open_regular", lambda *_: pytest.fail("read again")
        )
        index.scan()
        monkeypatch.undo()
        agent.write_text('{"sessionId":"\\ud83d"}', encoding="utf-8")
        index.scan()
        assert len(index.sessions()) == 2

    def test_a_newer_reader_reads_everything_again(
        self, tree: Tree, open_index: Callable[[], SessionIndex], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tree.session("one")
        open_index().scan()
        monkeypatch.setattr(index_store, "READER_VERSION", READER_VERSION + 1)
        assert open_index().scan().read == 1
        assert open_index().scan().read == 0

    def test_sessions_come_with_the_latest_first_and_by_source(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        for day in (1, 3, 2):
            tree.session(f"d{day}", lines.user("q", timestamp=f"2026-01-0{day}T00:00:00.000Z"))
        index.scan()
        assert [session.session_id for session in index.sessions("claude-code")] == ["d3", "d2", "d1"]
        assert index.sessions("files") == []


class TestDamage:
    def test_rubbish_in_place_of_the_database(
        self, tree: Tree, open_index: Callable[[], SessionIndex], tmp_path: Path
    ) -> None:
        tree.session("one")
        database = tmp_path / "home" / "index.db"
        database.parent.mkdir()
        database.write_bytes(b"no database at all" * 1000)
        index = open_index()
        assert index.scan().read == 1
        assert len(index.sessions()) == 1
        assert (tmp_path / "home" / "index.db.damaged").read_bytes().startswith(b"no database")

    @pytest.mark.parametrize("position", [100, 4096, 8192, 12_288])
    def test_pages_overwritten_between_two_runs(
        self, tree: Tree, open_index: Callable[[], SessionIndex], tmp_path: Path, position: int
    ) -> None:
        for number in range(60):
            tree.session(f"s{number}")
        first = open_index()
        first.scan()
        first.close()
        with (tmp_path / "home" / "index.db").open("r+b") as file:
            file.seek(position)
            file.write(b"\xff" * 3000)
        index = open_index()
        index.scan()
        assert len(index.sessions()) == 60

    def test_damage_met_while_listing_is_mended_by_a_scan(
        self, tree: Tree, open_index: Callable[[], SessionIndex], tmp_path: Path
    ) -> None:
        tree.session("one")
        index = open_index()
        index.scan()
        with sqlite3.connect(tmp_path / "home" / "index.db") as other:
            other.execute("UPDATE sessions SET facts = x'c1'")
        other.close()
        assert [session.session_id for session in index.sessions()] == ["one"]

    @pytest.mark.parametrize(
        "damage", ["DROP TABLE sessions", "PRAGMA user_version = 99", "UPDATE sessions SET listing = x'00'"]
    )
    def test_another_version_was_at_it(
        self, tree: Tree, open_index: Callable[[], SessionIndex], tmp_path: Path, damage: str
    ) -> None:
        tree.session("one")
        first = open_index()
        first.scan()
        first.close()
        with sqlite3.connect(tmp_path / "home" / "index.db") as other:
            other.execute(damage)
        other.close()
        index = open_index()
        index.scan()
        assert len(index.sessions()) == 1

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
    def test_the_database_is_its_owners_alone(
        self, open_index: Callable[[], SessionIndex], tmp_path: Path
    ) -> None:
        open_index().scan()
        for path in (tmp_path / "home").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


class TestScanning:
    def test_progress_ends_at_everything(self, tree: Tree, index: SessionIndex) -> None:
        for number in range(3):
            tree.session(f"s{number}")
        seen: list[ScanProgress] = []
        report = index.scan(progress=seen.append)
        assert [progress.read for progress in seen] == [1, 2, 3]
        assert seen[-1] == ScanProgress(3, 3, 3, report.bytes_read, report.bytes_read)

    def test_cancelling_keeps_what_was_read(self, tree: Tree, index: SessionIndex) -> None:
        for number in range(5):
            tree.session(f"s{number}")
        seen: list[ScanProgress] = []
        with pytest.raises(Cancelled):
            index.scan(progress=seen.append, cancelled=lambda: len(seen) >= 2)
        assert len(index.sessions()) == 2
        assert index.scan().read == 3

    def test_two_indexes_on_one_database(self, tree: Tree, open_index: Callable[[], SessionIndex]) -> None:
        tree.session("one")
        one, two = open_index(), open_index()
        assert (one.scan().read, two.scan().read) == (1, 0)
        tree.session("two")
        two.scan()
        assert len(one.sessions()) == 2

    def test_processes_tell_the_same_as_one(
        self, tree: Tree, lines: Lines, sources: list[Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(20):
            tree.session(f"s{number}", lines.user(f"question {number}"), "broken", lines.assistant("a"))
        alone = SessionIndex(tmp_path / "a" / "index.db", sources, workers=1)
        alone.scan()
        monkeypatch.setattr(pool, "POOL_FROM", 0)
        monkeypatch.setattr(pool, "_CHUNK_FILES", 7)
        monkeypatch.setattr(pool, "read_main", lambda _job: pytest.fail("read in this process"))
        together = SessionIndex(tmp_path / "b" / "index.db", sources, workers=2)
        assert together.scan().read == 20
        assert together.sessions() == alone.sessions()
        alone.close()
        together.close()

    def test_when_the_processes_die_the_rest_is_read_here(
        self, tree: Tree, sources: list[Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(9):
            tree.session(f"s{number}")
        monkeypatch.setattr(pool, "POOL_FROM", 0)
        monkeypatch.setattr(processes, "_begin", os.abort)
        index = SessionIndex(tmp_path / "a" / "index.db", sources, workers=2)
        assert index.scan().read == 9
        index.close()

    def test_where_processes_cannot_start_one_does_it_all(
        self, tree: Tree, sources: list[Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tree.session("one")

        class NoProcesses:
            def __init__(self, **_: object) -> None:
                raise OSError("no semaphores here")

        monkeypatch.setattr(pool, "POOL_FROM", 0)
        monkeypatch.setattr(processes, "ProcessPoolExecutor", NoProcesses)
        index = SessionIndex(tmp_path / "a" / "index.db", sources, workers=2)
        assert index.scan().read == 1
        index.close()

    def test_on_large_computers_no_more_start_than_windows_allows(
        self, tree: Tree, sources: list[Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tree.session("one")
        asked: list[object] = []

        class NoProcesses:
            def __init__(self, **words: object) -> None:
                asked.append(words["max_workers"])
                raise OSError("that is all that was to be seen")

        monkeypatch.setattr(pool, "POOL_FROM", 0)
        monkeypatch.setattr(processes, "ProcessPoolExecutor", NoProcesses)
        index = SessionIndex(tmp_path / "a" / "index.db", sources, workers=192)
        assert index.scan().read == 1
        assert asked == [61]
        index.close()


class TestErasing:
    def test_no_file_holds_a_title_afterwards_and_the_next_scan_reads_all_anew(
        self, tree: Tree, lines: Lines, index: SessionIndex, tmp_path: Path
    ) -> None:
        tree.session("one", lines.user("a title that nobody may see again"))
        tree.session("two")
        index.scan()
        (tmp_path / "home" / "index.db.damaged").write_bytes(b"a title that nobody may see again")
        index.erase()
        held = [
            file for file in (tmp_path / "home").iterdir() if b"nobody may see again" in file.read_bytes()
        ]
        assert held == []
        assert index.sessions() == []
        assert index.scan().read == 2
        assert "a title that nobody may see again" in titles(index)
