"""Pages of a preview: what is looked at, what is found, and what happens when the file or the user changes their mind."""

from __future__ import annotations

import dataclasses
import json
import os
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from app.errors import Cancelled, FileUnreadable, FileVanished, NotARegularFile
from app.sessions.preview import Preview, open_preview
from tests.system import make_pipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.sessions.index import SessionIndex
    from app.sessions.preview import Message
    from tests.sessions.conftest import Lines, Tree

UUID = "11111111-2222-4333-a444-555555555555"
FILLER = {"type": "progress", "data": "x" * 100_000}


def first_text(message: Message) -> str:
    return message.blocks[0].spans[0].text


@pytest.fixture
def opened() -> Iterator[Callable[..., Preview]]:
    """Opens previews that are closed at the end."""
    previews: list[Preview] = []

    def open_one(path: Path, source: str | None = "claude-code", **options: Any) -> Preview:
        previews.append(Preview(source, path, **options))
        return previews[-1]

    yield open_one
    for preview in previews:
        preview.close()


class TestPages:
    def test_they_follow_one_another(self, tree: Tree, lines: Lines, opened: Any) -> None:
        preview = opened(tree.session("one", *[lines.user(f"q{number}") for number in range(7)]), page_size=3)
        assert preview.pages() == 3
        pages = [preview.page(number) for number in range(4)]
        assert [[first_text(message) for message in page.messages] for page in pages] == [
            ["q0", "q1", "q2"],
            ["q3", "q4", "q5"],
            ["q6"],
            [],
        ]
        assert [(page.first, page.total, page.complete) for page in pages] == [
            (0, 7, True),
            (3, 7, True),
            (6, 7, True),
            (9, 7, True),
        ]

    def test_the_total_is_known_when_all_has_been_looked_at(
        self, tree: Tree, lines: Lines, opened: Any
    ) -> None:
        records = [record for number in range(60) for record in (lines.user(f"q{number}"), FILLER)]
        preview = opened(tree.session("one", *records))
        assert preview.page(0).total is None
        assert len(preview.page(0).messages) == 50
        assert preview.pages() == 2
        assert preview.page(0).total == 60

    def test_the_first_page_of_a_large_log_reads_but_its_beginning(
        self, tree: Tree, lines: Lines, opened: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tree.session("one", *[lines.user(f"q{number}") for number in range(51)], *[FILLER] * 300)
        preview = opened(path)
        before = preview._transcript._lines.bytes_read
        preview.page(0)
        assert before == 0
        assert preview._transcript._lines.bytes_read < path.stat().st_size / 10

    def test_a_turn_goes_on_over_the_pages_end(self, tree: Tree, lines: Lines, opened: Any) -> None:
        preview = opened(tree.session("one", *[lines.assistant("a", f"m{n}") for n in range(4)]), page_size=2)
        turns = [message.begins_turn for number in range(2) for message in preview.page(number).messages]
        assert turns == [True, False, False, False]

    def test_a_result_behind_the_page_is_looked_for_and_one_far_behind_is_said_to_be_missing(
        self, tree: Tree, lines: Lines, opened: Any
    ) -> None:
        call = {"type": "tool_use", "id": "t", "name": "Bash", "input": {}}
        result = {"type": "tool_result", "tool_use_id": "t", "content": "out"}
        calling = lines.assistant("", message={"content": [call]})

        def output(preview: Preview) -> tuple[str, bool]:
            page = preview.page(0)
            tool = page.messages[0].blocks[0].tool
            assert tool is not None
            return tool.output, page.complete

        near = tree.session(
            "near", calling, lines.user("q"), *[FILLER] * 30, lines.user([result]), lines.user("r")
        )
        assert output(opened(near, page_size=1)) == ("out", True)
        far = tree.session(
            "far", calling, lines.user("q"), *[FILLER] * 150, lines.user([result]), lines.user("r")
        )
        preview = opened(far, page_size=1)
        assert output(preview) == ("", False)
        preview.pages()
        assert output(preview) == ("out", True)

    def test_the_last_message_of_a_page_is_whole(self, tree: Tree, lines: Lines, opened: Any) -> None:
        path = tree.session(
            "one",
            lines.assistant("a", "m"),
            *[FILLER] * 30,
            lines.assistant("b", "m"),
            lines.user("q"),
            *[FILLER] * 30,
        )
        (message,) = opened(path, page_size=1).page(0).messages
        assert [block.spans[0].text for block in message.blocks] == ["a", "b"]

    def test_a_result_beside_its_call_is_not_looked_for(self, tmp_path: Path, opened: Any) -> None:
        path = tmp_path / "a.jsonl"
        call = {"id": "c", "name": "look", "args": {}, "result": "seen"}
        records = [{"type": "user", "content": "q"}, {"type": "gemini", "content": "a", "toolCalls": [call]}]
        path.write_text(
            "\n".join(map(json.dumps, [*records, {"type": "user", "content": "r"}, *[FILLER] * 150])),
            encoding="utf-8",
        )
        page = opened(path, None, page_size=2).page(0)
        assert (page.complete, page.total) == (True, None)

    def test_a_lost_result_begins_no_turn(self, tree: Tree, lines: Lines, opened: Any) -> None:
        result = {"type": "tool_result", "tool_use_id": "lost", "content": "x"}
        path = tree.session(
            "one", lines.assistant("a", "m1"), lines.user([result]), lines.assistant("b", "m2")
        )
        assert [(message.role, message.begins_turn) for message in opened(path).page(0).messages] == [
            ("assistant", True),
            ("tool", False),
            ("assistant", False),
        ]

    def test_a_page_is_the_same_whenever_it_is_asked_for(self, tree: Tree, lines: Lines, opened: Any) -> None:
        path = tree.session("one", *[lines.user(f"q{number}") for number in range(120)])
        forward, backward = opened(path), opened(path)
        backward.pages()
        assert [forward.page(n).messages for n in (0, 1, 2)] == [
            backward.page(n).messages for n in (2, 1, 0)
        ][::-1]


class TestFind:
    def test_next_after_next(self, tree: Tree, lines: Lines, opened: Any) -> None:
        preview = opened(tree.session("one", *map(lines.user, ["a needle", "hay", "NEEDLE again", "hay"])))
        assert preview.find("needle") == 0
        assert preview.find("needle", 1) == 2
        assert preview.find("needle", 3) is None
        assert preview.find("needle", -5) == 0
        assert preview.find("needle", 400) is None
        assert preview.find("") is None

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("Straße", "STRASSE"),
            ("ログ同期", "グ同"),
            (unicodedata.normalize("NFD", "ログ同期"), "ログ"),
            ("café", unicodedata.normalize("NFD", "CAFÉ")),
            ("273 \u212a", "273 k"),
            ('say "it\'s"\tnow', '"it\'s"\t'),
            ("two\nlines", "two\nlines"),
            ("a/b\\c", "B\\C"),
            ("red \x1b[31mwords\x1b[0m", "red words"),
            ("<b>&amp;", "<B>&amp;"),
        ],
    )
    @pytest.mark.parametrize("ascii_only", [True, False])
    def test_what_is_shown_is_found(
        self, tree: Tree, lines: Lines, opened: Any, text: str, wanted: str, ascii_only: bool
    ) -> None:
        line = json.dumps(lines.user(text), ensure_ascii=ascii_only)
        preview = opened(tree.session("one", lines.user("other"), line))
        assert preview.find(wanted) == 1
        assert preview.find(wanted + "!") is None

    def test_it_is_the_shown_text_that_counts(self, tree: Tree, lines: Lines, opened: Any) -> None:
        preview = opened(
            tree.session("one", lines.assistant("some **bold** words [here](https://e.example)"))
        )
        assert preview.find("some bold words here") == 0
        assert preview.find("**") is None
        assert preview.find("message") is None

    def test_in_what_is_folded(self, tree: Tree, lines: Lines, opened: Any) -> None:
        call = {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "make deploy"}}
        result = {"type": "tool_result", "tool_use_id": "t", "content": "all green"}
        path = tree.session(
            "one", lines.user("q"), lines.assistant("", message={"content": [call]}), lines.user([result])
        )
        preview = opened(path)
        assert [preview.find(text) for text in ("make deploy", "ALL GREEN", "bash")] == [1, 1, 1]

    @pytest.mark.parametrize("name", ["a.json", "a.md", "a.txt"])
    def test_in_documents(self, tmp_path: Path, opened: Any, name: str) -> None:
        path = tmp_path / name
        words = ["nothing here. " * 300, "the Needle ログ"]
        messages = [{"role": "user", "content": text} for text in words]
        path.write_text(json.dumps(messages) if name == "a.json" else "\n\n".join(words), encoding="utf-8")
        assert opened(path, None).find("needle ログ") == 1


class TestLimits:
    def test_a_message_of_any_length_is_cut_and_says_so(self, tree: Tree, lines: Lines, opened: Any) -> None:
        text = "ログ words\n\n" * 400_000
        path = tree.session("one", lines.user(text), lines.assistant(text), lines.user("short"))
        user, assistant, short = opened(path).page(0).messages
        for message in (user, assistant):
            assert "clipped" in message.notes
            assert sum(len(span.text) for block in message.blocks for span in block.spans) <= 200_000
            assert len(message.blocks) <= 2_000
        assert short.notes == ()

    def test_tools_share_what_a_message_may_show(self, tree: Tree, lines: Lines, opened: Any) -> None:
        calls = [
            {"type": "tool_use", "id": f"t{n}", "name": "Bash", "input": {"command": "x"}} for n in range(30)
        ]
        results = [
            {"type": "tool_result", "tool_use_id": f"t{n}", "content": "y" * 30_000} for n in range(30)
        ]
        path = tree.session("one", lines.assistant("", message={"content": calls}), lines.user(results))
        tools = [block.tool for block in opened(path).page(0).messages[0].blocks if block.tool is not None]
        assert len(tools) == 30
        assert [len(tool.output) for tool in tools[:2]] == [20_000, 20_000]
        assert all(tool.clipped for tool in tools)
        assert sum(len(tool.output) + len(tool.input) for tool in tools) <= 200_000

    def test_a_long_input_is_cut(self, tree: Tree, lines: Lines, opened: Any) -> None:
        calls = [
            {"type": "tool_use", "id": n, "name": "W", "input": {n: ["z" * 60_000] * 3}}
            for n in ("command", "x")
        ]
        path = tree.session("one", lines.assistant("", message={"content": calls}))
        for block in opened(path).page(0).messages[0].blocks:
            assert block.tool is not None
            assert block.tool.clipped
            assert len(block.tool.input) <= 20_000
            assert len(block.tool.summary) <= 200

    def test_a_message_of_countless_blocks_and_lines(self, tree: Tree, lines: Lines, opened: Any) -> None:
        path = tree.session(
            "one", lines.user([{"type": "text", "text": "a"}] * 5_000), *[lines.assistant("b", "m")] * 30_000
        )
        many, same = opened(path).page(0).messages
        assert (len(many.blocks), many.notes) == (2_000, ("clipped",))
        assert len(same.blocks) == 1

    def test_a_line_beyond_memory_is_told_and_costs_nothing_else(
        self, tree: Tree, lines: Lines, opened: Any
    ) -> None:
        long = b'{"type":"user","message":{"content":"' + b"A" * (65 << 20) + b'"}}'
        for records in ((lines.user("a"), long, lines.user("b")), (lines.user("a"), lines.user("b"), long)):
            messages = opened(tree.session("one", *records)).page(0).messages
            notices = [block for message in messages for block in message.blocks if block.kind == "notice"]
            assert [first_text(message) for message in messages if message.role == "user"] == ["a", "b"]
            assert [(notice.code, notice.size) for notice in notices] == [("long-line", len(long) + 1)]


class TestTheFile:
    def test_a_session_of_this_computer_without_its_subagents(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        tree.write(f"slug/{UUID}.jsonl", lines.user("q"))
        tree.write(f"slug/{UUID}/subagents/agent-1.jsonl", lines.user("aside", isSidechain=True))
        index.scan()
        (session,) = index.sessions()
        with open_preview(session) as preview:
            assert len(preview.page(0).messages) == session.messages == 1

    def test_a_session_that_lost_its_main_file_shows_its_subagent(
        self, tree: Tree, lines: Lines, index: SessionIndex
    ) -> None:
        records = (lines.user("mixed"), lines.user("task", isSidechain=True))
        tree.write(f"slug/{UUID}/subagents/agent-1.jsonl", *records)
        index.scan()
        (session,) = index.sessions()
        assert "main-missing" in session.notes
        with open_preview(session) as preview:
            assert len(preview.page(0).messages) == session.messages == 2

    def test_what_is_appended_is_not_seen_but_told(self, tree: Tree, lines: Lines, opened: Any) -> None:
        path = tree.session("one", lines.user("a"), lines.user("b"))
        preview = opened(path)
        assert not preview.changed()
        with path.open("ab") as log:
            log.write(json.dumps(lines.user("c")).encode() + b"\n")
        assert preview.changed()
        assert [first_text(message) for message in preview.page(0).messages] == ["a", "b"]
        assert len(opened(path).page(0).messages) == 3

    def test_a_line_that_was_being_written_when_it_was_opened(
        self, tree: Tree, lines: Lines, opened: Any
    ) -> None:
        whole = json.dumps(lines.user("b")).encode()
        path = tree.write("s/a.jsonl", lines.user("a"), whole[:20], end=b"")
        preview = opened(path)
        with path.open("ab") as log:
            log.write(whole[20:] + b"\n")
        assert [message.blocks[0].code for message in preview.page(0).messages] == ["", "truncated-line"]

    @pytest.mark.parametrize("name", ["a.jsonl", "a.txt", "a.md"])
    def test_a_file_that_becomes_shorter_breaks_nothing(
        self, tmp_path: Path, lines: Lines, opened: Any, name: str
    ) -> None:
        path = tmp_path / name
        record = json.dumps(lines.user("q" * 500)) + "\n\n"
        path.write_text(record * 5_000, encoding="utf-8")
        preview = opened(path, None)
        assert len(preview.page(0).messages) == 50
        os.truncate(path, 1_000)
        assert preview.changed()
        preview.page(preview.pages() - 1)
        preview.page(0)
        assert preview.find("nowhere") is None

    def test_a_vanished_file_stays_readable_while_it_is_open(
        self, tree: Tree, lines: Lines, opened: Any
    ) -> None:
        path = tree.session("one", lines.user("a"))
        preview = opened(path)
        try:
            path.unlink()
        except PermissionError:
            pytest.skip("this system keeps open files")
        assert preview.changed()
        assert len(preview.page(0).messages) == 1

    def test_what_cannot_be_opened_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(FileVanished):
            Preview(None, tmp_path / "gone")
        with pytest.raises((NotARegularFile, FileUnreadable)):
            Preview(None, tmp_path)

    @pytest.mark.skipif(os.name == "nt", reason="Windows makes links for administrators only")
    def test_links_out_of_the_root_and_pipes_are_not_followed(self, tmp_path: Path) -> None:
        root = tmp_path / "root"
        root.mkdir()
        (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
        (root / "link.txt").symlink_to(tmp_path / "secret.txt")
        make_pipe(root / "pipe")
        for name in ("link.txt", "pipe"):
            with pytest.raises(NotARegularFile):
                Preview(None, root / name, root=root)

    def test_closing_ends_it(self, tree: Tree) -> None:
        preview = Preview("claude-code", tree.session())
        preview.page(0)
        preview.close()
        preview.close()
        with pytest.raises(FileUnreadable):
            preview.page(0)


class TestCancelling:
    @pytest.mark.parametrize("what", ["page", "pages", "find"])
    def test_everything_long_can_be_cancelled(self, tree: Tree, lines: Lines, opened: Any, what: str) -> None:
        preview = opened(tree.session("one", *[FILLER] * 100, *[lines.user(f"q{n}") for n in range(60)]))
        asked = 0

        def cancelled() -> bool:
            nonlocal asked
            asked += 1
            return asked > 3

        calls: dict[str, Callable[[], object]] = {
            "page": lambda: preview.page(0, cancelled=cancelled),
            "pages": lambda: preview.pages(cancelled),
            "find": lambda: preview.find("nothing", cancelled=cancelled),
        }
        with pytest.raises(Cancelled):
            calls[what]()
        assert preview.pages() == 2
        assert len(preview.page(0).messages) == 50


def test_what_is_shown_are_frozen_values(tree: Tree, opened: Any) -> None:
    page = opened(tree.session()).page(0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        page.messages[0].blocks[0].text = "other"
    assert hash(page) == hash(dataclasses.replace(page))
