"""Files and folders that the user names: whose sessions they are."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.sessions.index import SessionIndex
from app.sessions.sources import default_sources
from app.sessions.sources.files import file_session_id
from tests.system import listening_at, make_pipe

if TYPE_CHECKING:
    from tests.sessions.conftest import Lines, Tree

SLUG = "-home-user-project"
needs_unix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither FIFOs nor such sockets")
UUID = "0f0e0d0c-1111-4222-8333-444455556666"


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    """A folder of the user's, outside of every source."""
    folder = tmp_path / "dropped"
    folder.mkdir()
    return folder


class TestKnownSources:
    def test_any_file_of_a_session_stands_for_the_whole_session(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        main = tree.session(UUID, lines.user("main"))
        agent = tree.write(f"{SLUG}/{UUID}/subagents/agent-1.jsonl", lines.user("sub", isSidechain=True))
        tree.session("other")
        for paths in ([main], [agent], [agent, main], [main.with_suffix("")]):
            report = index.inspect(paths)
            (session,) = report.sessions
            assert (session.source, session.session_id, session.title) == ("claude-code", UUID, "main")
            assert [file.relative_path for file in session.files] == [
                f"{UUID}.jsonl",
                f"{UUID}/subagents/agent-1.jsonl",
            ]

    def test_a_folder_around_the_root_gives_its_sessions_and_the_other_files(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        tree.session(UUID)
        tree.write(f"{SLUG}/memory/notes.md", "# Notes")
        (tree.config / "history.jsonl").write_text("{}", encoding="utf-8")
        for folder in (tree.config, tree.config.parent / "claude" / "." / "projects" / ".."):
            report = index.inspect([folder])
            assert [(session.source, session.path.name) for session in report.sessions] == [
                ("claude-code", f"{UUID}.jsonl"),
                ("files", "history.jsonl"),
                ("files", "notes.md"),
            ]
        (known,) = index.inspect([tree.projects / SLUG / f"{UUID}.jsonl"]).sessions
        assert known.deleted_at is not None

    def test_a_session_is_recognised_behind_a_link_to_the_root(
        self, tree: Tree, tmp_path: Path, index: SessionIndex
    ) -> None:
        main = tree.session(UUID)
        link = tmp_path / "link"
        link.symlink_to(tree.config)
        (session,) = index.inspect([link / main.relative_to(tree.config)]).sessions
        assert (session.source, session.path) == ("claude-code", main)
        (session,) = index.inspect([link]).sessions
        assert session.source == "claude-code"

    def test_nothing_is_added_to_what_scans_list(
        self, tree: Tree, dropped: Path, index: SessionIndex
    ) -> None:
        tree.session(UUID)
        (dropped / "a.txt").write_text("x", encoding="utf-8")
        assert len(index.inspect([dropped, tree.projects]).sessions) == 2
        assert index.sessions() == []
        index.scan()
        assert [session.session_id for session in index.sessions()] == [UUID]

    def test_what_was_scanned_is_not_read_again(
        self, tree: Tree, index: SessionIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        main = tree.session(UUID)
        index.scan()
        monkeypatch.setattr("app.sessions.pool.read_main", lambda _job: pytest.fail("read again"))
        assert list(index.inspect([main]).sessions) == index.sessions()


class TestFiles:
    def test_identity_comes_from_the_place(self, dropped: Path, index: SessionIndex) -> None:
        for folder in ("a", "b"):
            (dropped / folder).mkdir()
            (dropped / folder / "conversation.json").write_text(
                '{"title":"same","messages":[]}', encoding="utf-8"
            )
        first, second = index.inspect([dropped]).sessions
        path = dropped / "a" / "conversation.json"
        assert first.session_id == f"conversation-{hashlib.sha256(os.fsencode(path)).hexdigest()[:8]}"
        assert first.session_id != second.session_id
        assert (first.source, first.title, first.path, first.deleted_at) == ("files", "same", path, None)
        (file,) = first.files
        assert (file.relative_path, file.root, file.is_main, file.is_log) == (
            "conversation.json",
            dropped,
            True,
            False,
        )

    @pytest.mark.parametrize(
        ("name", "stem"),
        [
            ("ログ.md", "ログ"),
            ("a\nb.txt", "a b"),
            ("x" * 200, "x" * 79 + "…"),
            ("\u202e", "file"),
            (".env", ".env"),
        ],
    )
    def test_names_become_readable_ids(self, name: str, stem: str) -> None:
        assert file_session_id(f"/f/{name}").rpartition("-")[0] == stem

    def test_updated_is_the_contents_time_or_the_files(self, dropped: Path, index: SessionIndex) -> None:
        (dropped / "a.json").write_text(
            '{"messages":[],"timestamp":"2026-02-01T00:00:00Z"}', encoding="utf-8"
        )
        (dropped / "b.txt").write_text("x", encoding="utf-8")
        for path in dropped.iterdir():
            os.utime(path, (1_700_000_000, 1_700_000_000))
        with_time, without = index.inspect([dropped]).sessions
        assert (with_time.updated_at.isoformat(), without.updated_at.isoformat()) == (
            "2026-02-01T00:00:00+00:00",
            "2023-11-14T22:13:20+00:00",
        )

    def test_paths_keep_their_order_and_come_once(self, dropped: Path, index: SessionIndex) -> None:
        for name in "abc":
            (dropped / name).write_text(name, encoding="utf-8")
        report = index.inspect([dropped / "c", dropped, dropped / "a"])
        assert [session.path.name for session in report.sessions] == ["c", "a", "b"]

    @needs_unix
    def test_what_is_missing_or_no_file_is_told(
        self, dropped: Path, tmp_path: Path, index: SessionIndex
    ) -> None:
        (dropped / "fine").write_text("x", encoding="utf-8")
        (dropped / "broken").symlink_to(tmp_path / "nowhere")
        (dropped / "out").symlink_to(tmp_path)
        make_pipe(dropped / "pipe")
        report = index.inspect(
            [dropped, dropped / "gone", dropped / "broken", dropped / "pipe", Path("/dev/null")]
        )
        assert [session.path.name for session in report.sessions] == ["fine"]
        assert sorted((Path(path).name, code) for path, code in report.problems) == [
            ("broken", "link-broken"),
            ("broken", "link-broken"),
            ("gone", "missing"),
            ("null", "not-regular-file"),
            ("out", "link-outside-root"),
            ("pipe", "not-regular-file"),
            ("pipe", "not-regular-file"),
        ]

    def test_a_link_that_the_user_names_is_followed(
        self, dropped: Path, tmp_path: Path, index: SessionIndex
    ) -> None:
        target = tmp_path / "target.json"
        target.write_text('{"title":"behind the link","messages":[]}', encoding="utf-8")
        link = dropped / "link.json"
        link.symlink_to(target)
        (session,) = index.inspect([link]).sessions
        assert (session.title, session.path, session.files[0].root) == ("behind the link", link, tmp_path)

    def test_relative_paths_become_absolute(
        self, dropped: Path, index: SessionIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (dropped / "a").write_text("x", encoding="utf-8")
        monkeypatch.chdir(dropped)
        assert [session.path for session in index.inspect([Path("a"), Path()]).sessions] == [dropped / "a"]

    @needs_unix
    def test_an_unfinished_socket_in_a_dropped_folder(
        self, dropped: Path, index: SessionIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(dropped)
        with listening_at("s"):
            report = index.inspect([dropped])
        assert (report.sessions, [code for _, code in report.problems]) == ((), ["not-regular-file"])


class TestExtraFolders:
    def test_they_are_scanned_as_files_once_and_leave_sources_alone(
        self, tree: Tree, lines: Lines, tmp_path: Path, dropped: Path
    ) -> None:
        tree.session(UUID)
        (dropped / "inner").mkdir()
        (dropped / "inner" / "chat.json").write_text(
            json.dumps({"messages": [{"role": "user", "content": "q"}]}), encoding="utf-8"
        )
        sources = default_sources(
            {"CLAUDE_CONFIG_DIR": str(tree.config)},
            tmp_path,
            [dropped, dropped / "inner", tree.config, tmp_path / "missing"],
        )
        index = SessionIndex(tmp_path / "home" / "index.db", sources)
        assert index.scan().found == 2
        assert {(session.source, session.title) for session in index.sessions()} == {
            ("claude-code", "hello"),
            ("files", "q"),
        }
        (listed,) = index.sessions("files")
        assert index.inspect([dropped]).sessions == (listed,)
        assert index.scan().read == 0
        index.close()
