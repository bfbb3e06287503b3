"""Finding Claude Code's sessions: what belongs together, what is left out, what is told."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.sessions.sources import default_sources
from app.sessions.sources.claude_code import ClaudeCode, cleanup_days
from app.sessions.text import short_hash
from tests.system import listening_at, make_pipe

SLUG = "-home-user-project"

if TYPE_CHECKING:
    from app.sessions.index import SessionIndex
    from app.sessions.model import Session
    from tests.sessions.conftest import Lines, Tree

UUID = "0f0e0d0c-1111-4222-8333-444455556666"
needs_unix = pytest.mark.skipif(
    os.name == "nt", reason="Windows has neither permission bits, FIFOs nor such names"
)


def only(index: SessionIndex) -> Session:
    (session,) = index.sessions()
    return session


class TestWhere:
    def test_the_home_folder_and_its_override(self, tmp_path: Path) -> None:
        assert ClaudeCode.at_home({}, tmp_path).roots == (tmp_path / ".claude" / "projects",)
        assert ClaudeCode.at_home({"CLAUDE_CONFIG_DIR": ""}, tmp_path).roots == (
            tmp_path / ".claude" / "projects",
        )
        override = {"CLAUDE_CONFIG_DIR": str(tmp_path / "other")}
        assert ClaudeCode.at_home(override, tmp_path).roots == (tmp_path / "other" / "projects",)

    def test_a_computer_without_claude_code(self, tmp_path: Path, index: SessionIndex) -> None:
        report = index.scan()
        assert (report.found, report.problems, index.sessions()) == (0, (), [])


class TestCompanions:
    def test_everything_below_the_sessions_folder_belongs_to_it(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        tree.session(UUID, lines.user("main"))
        names = [
            "subagents/agent-1.jsonl",
            "subagents/agent-1.meta.json",
            "subagents/workflows/w/journal.jsonl",
            "tool-results/abc.txt",
            "unheard-of/deep/er/file.bin",
        ]
        for name in names:
            tree.write(f"{SLUG}/{UUID}/{name}", "x")
        index.scan()
        session = only(index)
        assert [file.relative_path for file in session.files] == [
            f"{UUID}.jsonl",
            *sorted(f"{UUID}/{name}" for name in names),
        ]
        assert [file.is_main for file in session.files] == [True] + [False] * 5
        assert [file.is_log for file in session.files] == [True, True, False, True, False, False]
        assert all(file.root == tree.projects for file in session.files)
        assert session.size == sum(file.path.stat().st_size for file in session.files)
        assert (session.source, session.session_id, session.title) == ("claude-code", UUID, "main")

    def test_old_flat_subagents_find_their_parent_by_the_id_inside(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        tree.session(UUID)
        tree.write(
            f"{SLUG}/agent-aa.jsonl", "rubbish", {"x": 1}, lines.user("t", sessionId=UUID, isSidechain=True)
        )
        index.scan()
        assert [file.relative_path for file in only(index).files] == [f"{UUID}.jsonl", "agent-aa.jsonl"]

    def test_what_lost_its_parent_is_listed_by_itself(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        tree.write(f"{SLUG}/agent-aa.jsonl", lines.user("orphan", sessionId="gone", isSidechain=True))
        tree.write(f"{SLUG}/agent-bb.jsonl")
        tree.write(f"{SLUG}/{UUID}/subagents/agent-x.jsonl", lines.user("left over", isSidechain=True))
        tree.write(f"{SLUG}/{UUID}/a-first.txt", "x")
        tree.write(f"{SLUG}/oddly-named/tool-results/x.txt", "x")
        index.scan()
        found = {session.session_id: session for session in index.sessions()}
        assert found.keys() == {"agent-aa", "agent-bb", UUID, "oddly-named"}
        assert (found["agent-aa"].title, found["agent-aa"].notes) == ("orphan", ("parent-missing",))
        assert found["agent-bb"].notes == ("parent-missing", "empty")
        assert (found[UUID].title, found[UUID].messages, found[UUID].notes) == (
            "left over",
            1,
            ("main-missing",),
        )
        assert [file.relative_path for file in found[UUID].files] == [
            f"{UUID}/subagents/agent-x.jsonl",
            f"{UUID}/a-first.txt",
        ]

    def test_what_is_no_session(self, tree: Tree, index: SessionIndex) -> None:
        for name in (
            "memory/MEMORY.md",
            "sessions-index.json",
            "notes.txt",
            ".git/config",
            f"{UUID}.jsonl.bak",
        ):
            tree.write(f"{SLUG}/{name}", "x")
        tree.write("stray.jsonl", "{}")
        (tree.projects / SLUG / UUID).mkdir()
        report = index.scan()
        assert (report.found, report.problems) == (0, ())

    def test_one_id_in_two_projects_is_two_sessions(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        tree.write(f"-a/{UUID}.jsonl", lines.user("first"))
        tree.write(f"-b/{UUID}.jsonl", lines.user("second"))
        index.scan()
        found = {session.session_id: session for session in index.sessions()}
        assert found[UUID].title == "first"
        other = found[f"{UUID}-{short_hash(b'-b')}"]
        assert (other.title, other.notes) == ("second", ("same-id-elsewhere",))


@needs_unix
class TestHostileFolders:
    def test_links_out_pipes_and_sockets_are_told_and_left_alone(
        self, tree: Tree, tmp_path: Path, index: SessionIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tree.session(UUID)
        outside = tmp_path / "secret"
        outside.mkdir()
        (outside / "stolen.jsonl").write_text("{}", encoding="utf-8")
        slug = tree.projects / SLUG
        (slug / "linked.jsonl").symlink_to(outside / "stolen.jsonl")
        (slug / UUID).mkdir()
        (slug / UUID / "elsewhere").symlink_to(outside)
        (tree.projects / "-linked").symlink_to(outside)
        (slug / "nowhere.jsonl").symlink_to(tmp_path / "missing")
        (slug / "round.jsonl").symlink_to(slug / "round.jsonl")
        make_pipe(slug / "pipe.jsonl")
        monkeypatch.chdir(slug)
        with listening_at("socket.jsonl"):
            report = index.scan()
        assert {(Path(path).name, code) for path, code in report.problems} == {
            ("linked.jsonl", "link-outside-root"),
            ("elsewhere", "link-outside-root"),
            ("-linked", "link-outside-root"),
            ("nowhere.jsonl", "link-broken"),
            ("round.jsonl", "link-broken"),
            ("pipe.jsonl", "not-regular-file"),
            ("socket.jsonl", "not-regular-file"),
        }
        assert [file.relative_path for file in only(index).files] == [f"{UUID}.jsonl"]

    def test_a_neighbour_of_a_similar_name_is_outside(self, tree: Tree, index: SessionIndex) -> None:
        tree.session(UUID)
        neighbour = tree.config / "projects-old"
        neighbour.mkdir()
        (neighbour / "x.jsonl").write_text("{}", encoding="utf-8")
        (tree.projects / SLUG / "linked.jsonl").symlink_to(neighbour / "x.jsonl")
        assert [code for _, code in index.scan().problems] == ["link-outside-root"]

    def test_a_link_inside_the_root_is_followed_to_files_and_not_to_folders(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        path = tree.session("real", lines.user("real"))
        (tree.projects / SLUG / "alias.jsonl").symlink_to(path)
        (tree.projects / "-alias").symlink_to(tree.projects / SLUG)
        report = index.scan()
        assert {session.session_id for session in index.sessions()} == {"real", "alias"}
        assert {session.title for session in index.sessions()} == {"real"}
        assert report.problems == ()

    def test_the_whole_configuration_may_be_a_link(self, tree: Tree, tmp_path: Path, lines: Lines) -> None:
        from app.sessions.index import SessionIndex  # noqa: PLC0415

        tree.session(UUID, lines.user("here"))
        link = tmp_path / "link"
        link.symlink_to(tree.config)
        index = SessionIndex(
            tmp_path / "i" / "index.db", default_sources({"CLAUDE_CONFIG_DIR": str(link)}, tmp_path)
        )
        index.scan()
        assert only(index).path == link / "projects" / SLUG / f"{UUID}.jsonl"
        assert only(index).title == "here"
        index.close()

    def test_a_folder_and_a_file_that_the_system_refuses(
        self, tree: Tree, index: SessionIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tree.session("open")
        tree.session("shut")
        tree.write("-closed/x.jsonl", "{}")
        list_folder, open_file = os.scandir, os.open

        def refusing_scandir(path: str) -> Any:
            if path.endswith("-closed"):
                raise PermissionError(13, "Permission denied", path)
            return list_folder(path)

        def refusing_open(path: str, *arguments: int) -> int:
            if path.endswith("shut.jsonl"):
                raise PermissionError(13, "Permission denied", path)
            return open_file(path, *arguments)

        with monkeypatch.context() as refused:
            refused.setattr(os, "scandir", refusing_scandir)
            refused.setattr(os, "open", refusing_open)
            report = index.scan()
        assert report.problems == ((str(tree.projects / "-closed"), "unreadable"),)
        found = {session.session_id: session for session in index.sessions()}
        assert found.keys() == {"open", "shut"}
        assert (found["shut"].title, found["shut"].notes) == ("shut.jsonl", ("unreadable",))
        assert found["shut"].size > 0
        assert index.scan().read == 2, "what was refused is tried again, and the new folder is found"
        assert {session.notes for session in index.sessions()} == {()}

    @pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses such names")
    def test_names_that_are_not_utf8(self, tree: Tree, lines: Lines, index: SessionIndex) -> None:
        folder = os.fsencode(tree.projects) + b"/-caf\xe9"
        Path(os.fsdecode(folder + b"/odd\xff/tool-results")).mkdir(parents=True)
        for name, text in ((b"/odd\xff.jsonl", "one"), (b"/odd\xfe.jsonl", "two")):
            with open(folder + name, "wb") as file:  # noqa: PTH123 - a bytes path
                file.write(json.dumps(lines.user(text)).encode())
        with open(folder + b"/odd\xff/tool-results/\xe9.txt", "wb") as file:  # noqa: PTH123
            file.write(b"x")
        index.scan()
        assert index.scan().read == 0
        sessions = index.sessions()
        assert {session.title for session in sessions} == {"one", "two"}
        for session in sessions:
            session.session_id.encode()
            assert session.session_id.startswith("odd\ufffd-")
            for found in session.files:
                found.relative_path.encode()
                assert found.path.stat().st_size == found.size

    def test_composed_and_decomposed_names_are_kept_as_found(self, tree: Tree, index: SessionIndex) -> None:
        names = {unicodedata.normalize(form, "ログが") for form in ("NFC", "NFD")}
        for name in names:
            tree.session(name)
        index.scan()
        assert {session.session_id for session in index.sessions()} == names

    def test_folders_deeper_than_any_tool_makes_them(self, tree: Tree, index: SessionIndex) -> None:
        tree.session(UUID)
        deep = tree.projects / SLUG / UUID / "/".join("d" * 100)
        deep.mkdir(parents=True)
        (deep / "x").write_text("x", encoding="utf-8")
        report = index.scan()
        assert len(report.problems) == 1
        assert len(only(index).files) == 1


class TestDeletion:
    def deleted_after(self, tree: Tree, index: SessionIndex) -> timedelta:
        session = only(index)
        assert session.deleted_at is not None
        modified = datetime.fromtimestamp(0, UTC) + timedelta(
            microseconds=session.path.stat().st_mtime_ns // 1000
        )
        return session.deleted_at - modified

    def test_thirty_days_after_the_main_file_was_written_unless_set(
        self, tree: Tree, index: SessionIndex
    ) -> None:
        path = tree.session()
        os.utime(path, (1_700_000_000, 1_700_000_000.25))
        companion = tree.write(f"{SLUG}/one/tool-results/new.txt", "x")
        os.utime(companion, (1_800_000_000, 1_800_000_000))
        index.scan()
        assert self.deleted_after(tree, index) == timedelta(days=30)
        (tree.config / "settings.json").write_text('\ufeff{"cleanupPeriodDays": 99}', encoding="utf-8")
        assert self.deleted_after(tree, index) == timedelta(days=99), "without another scan"

    def test_so_long_a_period_means_never(self, tree: Tree, index: SessionIndex) -> None:
        tree.session()
        (tree.config / "settings.json").write_text('{"cleanupPeriodDays": 1e300}', encoding="utf-8")
        index.scan()
        assert only(index).deleted_at is None

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            "null",
            '{"cleanupPeriodDays": 0}',
            '{"cleanupPeriodDays": -3}',
            '{"cleanupPeriodDays": "9"}',
            '{"cleanupPeriodDays": true}',
            '{"cleanupPeriodDays": NaN}',
            '{"cleanupPeriodDays": null}',
            "[" * 99_999,
        ],
    )
    def test_settings_that_make_no_sense_mean_the_default(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "settings.json").write_text(text, encoding="utf-8")
        assert cleanup_days(tmp_path / "settings.json") == 30

    def test_no_settings_or_a_folder_in_their_place(self, tmp_path: Path) -> None:
        assert cleanup_days(tmp_path / "none.json") == 30
        assert cleanup_days(tmp_path) == 30
        (tmp_path / "one.json").write_text('{"cleanupPeriodDays": 1}', encoding="utf-8")
        assert cleanup_days(tmp_path / "one.json") == 1

    def test_odd_modification_times(self, tree: Tree, index: SessionIndex) -> None:
        for name, time in (("old", -10), ("zero", 0)):
            os.utime(tree.session(name), (time, time))
        index.scan()
        assert len(index.sessions()) == 2
