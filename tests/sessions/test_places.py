"""The places that sessions are looked for in, and sources that were switched off."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.sessions.index import SessionIndex
from app.sessions.places import Place
from app.sessions.sources import default_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sessions.conftest import Tree

CLAUDE_CODE, FILES = "claude-code", "files"


@pytest.fixture
def open_at(tmp_path: Path) -> Iterator[Callable[..., SessionIndex]]:
    """Opens the index of one home over given sources; every one is closed at the end."""
    opened: list[SessionIndex] = []

    def open_one(environ: dict[str, str], *extra: Path, hidden: tuple[str, ...] = ()) -> SessionIndex:
        sources = default_sources(environ, tmp_path / "user", extra)
        opened.append(SessionIndex(tmp_path / "home" / "index.db", sources, hidden_sources=hidden))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def file_of_size(path: Path, size: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


class TestPlaces:
    def test_a_computer_without_sessions_has_places_all_the_same(
        self, open_at: Callable[..., SessionIndex], tmp_path: Path
    ) -> None:
        index = open_at({}, tmp_path / "notes")
        index.scan()
        assert index.places() == [
            Place(CLAUDE_CODE, tmp_path / "user" / ".claude" / "projects", "missing", 0, 0, None),
            Place(FILES, tmp_path / "notes", "missing", 0, 0, None),
        ]

    def test_sessions_and_their_sizes_are_counted_where_they_lie(
        self, tree: Tree, open_at: Callable[..., SessionIndex], tmp_path: Path
    ) -> None:
        main = tree.session("one")
        companion = tree.write("-home-user-project/one/tool-results/x.txt", "result")
        other = tree.session("two")
        file_of_size(tmp_path / "a" / "notes.md", 10)
        file_of_size(tmp_path / "a" / "deeper" / "more.md", 20)
        file_of_size(tmp_path / "b" / "last.txt", 30)
        index = open_at(
            {"CLAUDE_CONFIG_DIR": str(tree.config)}, tmp_path / "a", tmp_path / "b", tmp_path / "a"
        )
        index.scan()
        size = sum(path.stat().st_size for path in (main, companion, other))
        assert index.places() == [
            Place(CLAUDE_CODE, tree.projects, "found", 2, size, "CLAUDE_CONFIG_DIR"),
            Place(FILES, tmp_path / "a", "found", 2, 30, None),
            Place(FILES, tmp_path / "b", "found", 1, 30, None),
        ]

    def test_a_session_in_two_places_is_counted_at_the_first(
        self, open_at: Callable[..., SessionIndex], tmp_path: Path
    ) -> None:
        file_of_size(tmp_path / "a" / "deeper" / "notes.md", 10)
        index = open_at({}, tmp_path / "a", tmp_path / "a" / "deeper")
        index.scan()
        assert [place.sessions for place in index.places()] == [0, 1, 0]

    def test_counts_are_the_last_scan_s_and_the_state_is_of_now(
        self, open_at: Callable[..., SessionIndex], tmp_path: Path
    ) -> None:
        path = file_of_size(tmp_path / "a" / "notes.md", 10)
        index = open_at({}, tmp_path / "a")
        assert index.places()[1] == Place(FILES, tmp_path / "a", "found", 0, 0, None)
        index.scan()
        path.unlink()
        path.parent.rmdir()
        assert index.places()[1] == Place(FILES, tmp_path / "a", "missing", 1, 10, None)

    def test_what_cannot_be_listed_is_unreadable(
        self, open_at: Callable[..., SessionIndex], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file_of_size(tmp_path / "a", 1)
        closed = tmp_path / "closed"
        closed.mkdir()
        index = open_at({"CLAUDE_CONFIG_DIR": ""}, tmp_path / "a", closed)
        really = os.scandir

        def forbidding(path: os.PathLike[str]) -> object:
            if Path(path) == closed:  # permissions do not hold for root
                raise PermissionError(13, "Permission denied")
            return really(path)

        monkeypatch.setattr(os, "scandir", forbidding)
        assert [(place.folder, place.state) for place in index.places()[1:]] == [
            (tmp_path / "a", "unreadable"),
            (closed, "unreadable"),
        ]


class TestHiddenSources:
    def test_a_hidden_source_s_sessions_are_not_listed(
        self, tree: Tree, open_at: Callable[..., SessionIndex], tmp_path: Path
    ) -> None:
        tree.session("one")
        file_of_size(tmp_path / "a" / "notes.md", 10)
        index = open_at({"CLAUDE_CONFIG_DIR": str(tree.config)}, tmp_path / "a", hidden=(CLAUDE_CODE,))
        report = index.scan()
        assert (report.found, report.read) == (1, 1)
        assert {session.source for session in index.sessions()} == {FILES}
        assert index.sessions(CLAUDE_CODE) == []

    def test_a_hidden_source_s_files_do_not_turn_up_as_files(
        self, tree: Tree, open_at: Callable[..., SessionIndex]
    ) -> None:
        tree.session("one")
        index = open_at({"CLAUDE_CONFIG_DIR": str(tree.config)}, tree.config, hidden=(CLAUDE_CODE,))
        assert index.scan().found == 0

    def test_a_source_is_hidden_and_shown_again_without_reading_its_logs_again(
        self, tree: Tree, open_at: Callable[..., SessionIndex], tmp_path: Path
    ) -> None:
        tree.session("one")
        environ = {"CLAUDE_CONFIG_DIR": str(tree.config)}
        sources = default_sources(environ, tmp_path)
        index = open_at(environ)
        index.scan()
        index.look_in(sources, hidden_sources={CLAUDE_CODE})
        assert index.sessions() == []
        report = index.scan()
        assert (report.found, report.removed) == (0, 0)
        assert [(place.source, place.sessions) for place in index.places()] == [(CLAUDE_CODE, 1)]
        index.look_in(sources)
        assert [session.session_id for session in index.sessions()] == ["one"]
        assert index.scan().read == 0

    def test_what_went_while_its_source_was_hidden_is_forgotten_when_it_is_shown(
        self, tree: Tree, open_at: Callable[..., SessionIndex]
    ) -> None:
        path = tree.session("one")
        environ = {"CLAUDE_CONFIG_DIR": str(tree.config)}
        open_at(environ).scan()
        path.unlink()
        open_at(environ, hidden=(CLAUDE_CODE,)).scan()
        index = open_at(environ)
        assert index.scan().removed == 1
        assert index.sessions() == []

    def test_a_session_named_by_its_path_is_its_source_s_though_that_is_hidden(
        self, tree: Tree, open_at: Callable[..., SessionIndex]
    ) -> None:
        path = tree.session("one")
        index = open_at({"CLAUDE_CONFIG_DIR": str(tree.config)}, hidden=(CLAUDE_CODE,))
        index.scan()
        (session,) = index.inspect([path]).sessions
        assert session.identity == (CLAUDE_CODE, "one")

    def test_another_folder_is_looked_in_from_the_next_scan_on(
        self, open_at: Callable[..., SessionIndex], tmp_path: Path
    ) -> None:
        file_of_size(tmp_path / "a" / "notes.md", 10)
        index = open_at({})
        assert index.scan().found == 0
        index.look_in(default_sources({}, tmp_path / "user", [tmp_path / "a"]))
        assert index.scan().found == 1
        index.look_in(default_sources({}, tmp_path / "user"))
        assert index.scan().removed == 1


@pytest.mark.parametrize(
    ("settings", "kept"),
    [("{}", 30), ('{"cleanupPeriodDays": 365}', 365), ('{"cleanupPeriodDays": 1e300}', None)],
)
def test_how_long_a_tool_keeps_sessions_is_told(
    tree: Tree, open_at: Callable[..., SessionIndex], settings: str, kept: int | None
) -> None:
    tree.config.mkdir(parents=True, exist_ok=True)
    (tree.config / "settings.json").write_text(settings, encoding="utf-8")
    told = open_at({"CLAUDE_CONFIG_DIR": str(tree.config)}).kept_for()
    assert told == {CLAUDE_CODE: None if kept is None else timedelta(days=kept), FILES: None}
