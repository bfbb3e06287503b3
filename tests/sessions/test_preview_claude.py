"""A Claude Code log as messages: who speaks, what belongs together, what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.sessions.preview import Message, Preview
from app.sessions.reading import Job, read_main

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.sessions.preview import Block, ToolCall
    from tests.sessions.conftest import Lines, Tree

DATA = Path(__file__).resolve().parents[1] / "data" / "sessions"


def shown(path: Path, source: str | None = "claude-code", **options: Any) -> list[Message]:
    with Preview(source, path, **options) as preview:
        return [message for page in range(preview.pages()) for message in preview.page(page).messages]


def texts(blocks: Sequence[Block]) -> list[str]:
    return ["".join(span.text for span in block.spans) or block.text for block in blocks]


def tools(message: Message) -> list[ToolCall]:
    return [block.tool for block in message.blocks if block.tool is not None]


def said(messages: Sequence[Message]) -> list[tuple[str, list[str]]]:
    return [(message.role, texts(message.blocks)) for message in messages]


def call(name: str, identity: str = "t1", message: str = "m1", **arguments: Any) -> dict[str, Any]:
    return answer([{"type": "tool_use", "id": identity, "name": name, "input": arguments}], message)


def answer(content: object, message: str = "m1", **fields: Any) -> dict[str, Any]:
    return {
        "type": "assistant",
        "message": {"role": "assistant", "id": message, "content": content},
        **fields,
    }


def result(content: object, identity: str = "t1", **fields: Any) -> dict[str, Any]:
    block = {"type": "tool_result", "tool_use_id": identity, "content": content, **fields}
    return {"type": "user", "message": {"role": "user", "content": [block]}}


class TestAWholeLog:
    def test_it_reads_as_it_was_spoken(self) -> None:
        command, question, work, end = shown(DATA / "claude-code-copy.jsonl", None)
        assert (command.role, tools(command)[0].name, tools(command)[0].summary) == (
            "system",
            "/model",
            "opus",
        )
        assert (question.role, question.name) == ("user", "")
        assert texts(question.blocks) == ["Lambdaが時々失敗します。再試行を足してください"]
        assert (work.role, work.name) == ("assistant", "Claude")
        thinking, read = tools(work)
        assert (thinking.kind, thinking.output) == ("thinking", "Look first.")
        assert (read.name, read.summary, read.output) == (
            "Read",
            "handler.py",
            "def handler(event, context): ...",
        )
        assert texts(end.blocks) == ["再試行を追加しました。"]
        assert question.at is not None
        assert question.at.isoformat() == "2026-02-02T01:00:05+00:00"
        assert [message.number for message in (command, question, work, end)] == [0, 1, 2, 3]
        assert [message.begins_turn for message in (command, question, work, end)] == [
            True,
            True,
            True,
            False,
        ]


class TestMessages:
    def test_lines_of_one_message_id_are_one_message_wherever_they_stand(
        self, tree: Tree, lines: Lines
    ) -> None:
        path = tree.session(
            "one",
            lines.user("q"),
            answer([{"type": "text", "text": "first"}]),
            call("Bash", "t1", command="ls"),
            result("a.txt", "t1"),
            call("Read", "t2", file_path="/p/a.txt"),
            result("content", "t2"),
            answer([{"type": "text", "text": "end"}], "m2"),
        )
        _, work, end = shown(path)
        assert texts(work.blocks)[0] == "first"
        assert [(tool.name, tool.output) for tool in tools(work)] == [("Bash", "a.txt"), ("Read", "content")]
        assert texts(end.blocks) == ["end"]

    def test_what_a_message_says_again_having_grown_is_shown_once(self, tree: Tree) -> None:
        path = tree.session(
            "one",
            answer([{"type": "text", "text": "I loo"}]),
            answer([{"type": "text", "text": "I look at it"}]),
            answer(
                [{"type": "text", "text": "I look at it"}, {"type": "tool_use", "id": "t", "name": "Bash"}]
            ),
            answer([{"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "ls"}}]),
        )
        (message,) = shown(path)
        assert texts(message.blocks[:1]) == ["I look at it"]
        assert [(tool.name, tool.input) for tool in tools(message)] == [("Bash", "ls")]

    def test_texts_of_one_line_are_not_taken_for_one_another(self, tree: Tree) -> None:
        path = tree.session("one", answer([{"type": "text", "text": "a"}, {"type": "text", "text": "ab"}]))
        assert said(shown(path)) == [("assistant", ["a", "ab"])]

    @pytest.mark.parametrize("flag", ["isMeta", "isSidechain"])
    def test_what_is_not_of_this_conversation_is_left_out(self, tree: Tree, lines: Lines, flag: str) -> None:
        path = tree.session("one", lines.user("not this", **{flag: True}), lines.user("this"))
        assert said(shown(path)) == [("user", ["this"])]

    def test_a_subagents_own_log_is_shown(self, tree: Tree, lines: Lines) -> None:
        path = tree.session(
            "one", lines.user("task", isSidechain=True), lines.assistant("done", isSidechain=True)
        )
        assert said(shown(path)) == [("user", ["task"]), ("assistant", ["done"])]

    def test_reminders_around_the_users_words_are_not_hers(self, tree: Tree, lines: Lines) -> None:
        path = tree.session(
            "one",
            lines.user(
                "<ide_opened_file>a.py</ide_opened_file>\nfix it\n<system-reminder>later</system-reminder>"
            ),
            lines.user("<system-reminder>alone</system-reminder>"),
        )
        assert said(shown(path)) == [("user", ["fix it"])]

    def test_what_was_written_while_the_assistant_worked_is_the_users(self, tree: Tree, lines: Lines) -> None:
        def queued(prompt: object, mode: str = "prompt") -> dict[str, Any]:
            return {
                "type": "attachment",
                "attachment": {"type": "queued_command", "prompt": prompt, "commandMode": mode},
            }

        path = tree.session(
            "one",
            lines.user("q"),
            queued("and how to test?"),
            queued([{"type": "text", "text": "in blocks"}]),
            queued("<task-notification>done</task-notification>"),
            queued("not a prompt", "bash"),
            {"type": "attachment", "attachment": {"type": "todo_reminder", "content": "queued_command"}},
        )
        messages = shown(path)
        assert said(messages) == [("user", ["q"]), ("user", ["and how to test?"]), ("user", ["in blocks"])]
        assert [message.notes for message in messages] == [(), ("queued",), ("queued",)]

    def test_unknown_records_and_fields_of_any_type_cost_nothing_else(self, tree: Tree, lines: Lines) -> None:
        odd: list[Any] = [
            {"type": "from-the-future", "x": {"type": "user"}},
            {"type": "assistant", "message": {"id": 3, "content": [7, None, {"type": "dance"}]}},
            {"type": "user", "message": {"content": {"type": "text", "text": 5}}},
            {"type": "assistant", "message": "text"},
            {"type": "attachment", "attachment": "queued_command"},
            {"type": "system", "subtype": ["error"]},
            lines.user("kept", timestamp=[], cwd=5),
        ]
        messages = shown(tree.session("one", *odd))
        assert messages[-1].role == "user"
        assert texts(messages[-1].blocks) == ["kept"]
        assert [block.code for block in messages[0].blocks] == ["other-content"]


class TestTools:
    def test_a_result_finds_its_call_however_far_apart(self, tree: Tree, lines: Lines) -> None:
        between = [{"type": "progress", "data": "x" * 10_000}] * 300
        path = tree.session(
            "one", call("Bash", command="make"), *between, result("made"), lines.user("thanks")
        )
        work, thanks = shown(path)
        assert tools(work)[0].output == "made"
        assert thanks.role == "user"

    def test_a_result_that_was_written_just_before_its_call(self, tree: Tree) -> None:
        path = tree.session(
            "one", answer("a", "m0"), result("early"), call("Bash", command="ls"), answer("b", "m2")
        )
        assert [message.role for message in shown(path)] == ["assistant"] * 3
        assert tools(shown(path)[1])[0].output == "early"

    def test_a_result_without_a_call_stands_for_itself(self, tree: Tree, lines: Lines) -> None:
        path = tree.session("one", result("lost"), lines.user("q"), result("at the end"))
        assert [message.role for message in shown(path)] == ["tool", "user", "tool"]
        assert tools(shown(path)[0])[0].output == "lost"

    def test_results_of_several_calls_on_one_line_and_words_beside_them(self, tree: Tree) -> None:
        blocks = [
            {"type": "tool_result", "tool_use_id": "t2", "content": "two"},
            {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "one"}]},
            {"type": "text", "text": "go on"},
        ]
        path = tree.session(
            "one",
            call("A", "t1"),
            call("B", "t2", "m2"),
            {"type": "user", "message": {"role": "user", "content": blocks}},
        )
        first, second, words = shown(path)
        assert (tools(first)[0].output, tools(second)[0].output) == ("one", "two")
        assert said([words]) == [("user", ["go on"])]

    def test_a_call_without_a_result_says_so(self, tree: Tree) -> None:
        (tool,) = tools(shown(tree.session("one", call("Bash", command="sleep 9")))[0])
        assert (tool.answered, tool.output, tool.failed) == (False, "", False)

    @pytest.mark.parametrize(
        ("content", "code", "exit_code", "failure", "output"),
        [
            ("Exit code 1\nno rule", "exit", 1, "exit 1", "Exit code 1\nno rule"),
            ("Error: Exit code 127", "exit", 127, "exit 127", "Error: Exit code 127"),
            (
                "<tool_use_error>File does not exist.</tool_use_error>",
                "error",
                None,
                "",
                "File does not exist.",
            ),
            ("The user doesn't want to proceed with this tool use.", "rejected", None, "", None),
            ("[Request interrupted by user for tool use]", "interrupted", None, "", None),
        ],
    )
    def test_how_a_tool_failed(
        self, tree: Tree, content: str, code: str, exit_code: int | None, failure: str, output: str | None
    ) -> None:
        path = tree.session("one", call("Bash", command="make test"), result(content, is_error=True))
        (tool,) = tools(shown(path)[0])
        assert (tool.failed, tool.failure_code, tool.exit_code, tool.failure) == (
            True,
            code,
            exit_code,
            failure,
        )
        assert tool.output == (content if output is None else output)

    def test_output_that_speaks_of_failure_is_no_failure(self, tree: Tree) -> None:
        path = tree.session("one", call("Bash", command="echo"), result("Exit code 1", is_error=False))
        assert not tools(shown(path)[0])[0].failed

    @pytest.mark.parametrize(
        ("name", "arguments", "summary", "given"),
        [
            ("Bash", {"command": "make\ntest", "description": "tests"}, "make test", "make\ntest"),
            ("Edit", {"file_path": "/w/app/a.py", "old_string": "a"}, "app/a.py", None),
            ("Read", {"file_path": "/elsewhere/a.py"}, "/elsewhere/a.py", None),
            ("Grep", {"pattern": "x+", "path": "/w"}, "x+", None),
            ("Task", {"subagent_type": "any", "description": "count"}, "count", None),
            ("TodoWrite", {"todos": []}, "", None),
            ("Write", {"file_path": "/w/a", "content": "1\n2"}, "a", "file_path: /w/a\ncontent:\n1\n2\n"),
            ("Odd", {"depth": 3, "topic": "the\x1b[31m first"}, "the first", None),
            ("None", {}, "", ""),
        ],
    )
    def test_what_a_call_is_about(
        self, tree: Tree, name: str, arguments: dict[str, Any], summary: str, given: str | None
    ) -> None:
        (tool,) = tools(shown(tree.session("one", {**call(name, **arguments), "cwd": "/w"}))[0])
        assert (tool.name, tool.summary) == (name, summary)
        if given is None:
            assert json.loads(tool.input) == {
                **arguments,
                **({"topic": "the first"} if name == "Odd" else {}),
            }
        else:
            assert tool.input == given

    def test_pictures_are_told_and_not_decoded(self, tree: Tree) -> None:
        png = "iVBORw0KGgoAAAANSUhEUgAABFgAAAnk" + "A" * 4000
        picture = {"type": "image", "source": {"type": "base64", "media_type": "image/gif", "data": png}}
        path = tree.session(
            "one",
            {"type": "user", "message": {"role": "user", "content": [picture]}},
            call("Shot"),
            result([{"type": "text", "text": "taken"}, picture]),
        )
        sent, work = shown(path)
        assert [block.kind for block in (*sent.blocks, *work.blocks)] == ["image", "tool", "image"]
        image = sent.blocks[0].image
        assert image is not None
        assert (image.media_type, image.width, image.height, image.size) == ("image/png", 1112, 2532, 3024)
        assert tools(work)[0].output == "taken"

    def test_thoughts_are_folded_and_encrypted_ones_take_no_room(self, tree: Tree) -> None:
        secret = {"type": "thinking", "thinking": "", "signature": "AAAA"}
        path = tree.session(
            "one",
            answer([{"type": "thinking", "thinking": "Look\nfirst"}, {"type": "text", "text": "a"}], "m1"),
            answer([secret, {"type": "text", "text": "b"}], "m2"),
            answer([secret], "m3"),
        )
        first, second, third = shown(path)
        (thought,) = tools(first)
        assert (thought.kind, thought.summary, thought.output) == ("thinking", "Look first", "Look\nfirst")
        assert tools(second) == []
        assert tools(third)[0].output == ""


class TestWhatTheProgramSays:
    def test_commands_carry_what_they_printed(self, tree: Tree, lines: Lines) -> None:
        path = tree.session(
            "one",
            lines.user("<command-name>/review</command-name><command-args>the\nlogin page</command-args>"),
            lines.user("<local-command-stdout>\x1b[2mCompacted\x1b[22m</local-command-stdout>"),
            lines.user("<bash-input>ls -l</bash-input>"),
            lines.user("<bash-stdout>a</bash-stdout><bash-stderr>warning</bash-stderr>"),
            lines.assistant("hi"),
            lines.user("<local-command-stdout>alone</local-command-stdout>"),
        )
        review, shell, _, alone = shown(path)
        assert [message.role for message in (review, shell, alone)] == ["system"] * 3
        (tool,) = tools(review)
        assert (tool.kind, tool.name, tool.summary, tool.input, tool.output) == (
            "command",
            "/review",
            "the login page",
            "the\nlogin page",
            "Compacted",
        )
        assert (tools(shell)[0].name, tools(shell)[0].summary, tools(shell)[0].output) == (
            "!",
            "ls -l",
            "a\nwarning",
        )
        assert tools(alone)[0].output == "alone"

    def test_a_compaction_is_a_notice_with_its_summary_folded(self, tree: Tree, lines: Lines) -> None:
        path = tree.session("one", lines.user("This session …\nSummary: all", isCompactSummary=True))
        (message,) = shown(path)
        notice, summary = message.blocks
        assert (message.role, notice.kind, notice.code) == ("system", "notice", "compacted")
        assert summary.tool is not None
        assert (summary.tool.kind, summary.tool.output) == ("context", "This session …\nSummary: all")

    def test_errors_in_a_row_are_one_message_and_bookkeeping_is_none(self, tree: Tree, lines: Lines) -> None:
        path = tree.session(
            "one",
            {"type": "system", "subtype": "turn_duration", "content": "no"},
            {"type": "system", "subtype": "api_error", "error": {"formatted": "Overloaded"}},
            {"type": "system", "subtype": "api_error", "error": {"message": "Again"}},
            {"type": "system", "subtype": "compact_boundary", "content": "no"},
            lines.user("[Request interrupted by user for tool use]"),
        )
        errors, stopped = shown(path)
        assert [(block.code, block.text) for block in errors.blocks] == [
            ("tool-notice", "Overloaded"),
            ("tool-notice", "Again"),
        ]
        assert [block.code for block in stopped.blocks] == ["interrupted"]


class TestBrokenLogs:
    def test_glued_objects_are_messages_each(self, tree: Tree, lines: Lines) -> None:
        glued = (
            json.dumps(lines.user("one"))
            + json.dumps(lines.user("two"))
            + json.dumps(call("Bash", command="ls"))
        )
        path = tree.session("one", glued, result("out"))
        assert said(shown(path))[:2] == [("user", ["one"]), ("user", ["two"])]
        assert tools(shown(path)[2])[0].output == "out"

    def test_damage_is_told_in_its_place_and_once_for_lines_in_a_row(self, tree: Tree, lines: Lines) -> None:
        path = tree.session(
            "one", lines.user("a"), "rubb\x1b[31mish", "more", lines.user("b"), "{half", lines.user("c")
        )
        messages = shown(path)
        assert [message.role for message in messages] == ["user", "system", "user", "system", "user"]
        (notice,) = messages[1].blocks
        assert (notice.code, notice.text, notice.count) == ("unreadable-line", "rubbish", 2)
        assert messages[3].blocks[0].code == "unreadable-line"

    @pytest.mark.parametrize("end", [b"", b"\n"])
    def test_a_last_line_that_ends_in_the_middle(self, tree: Tree, lines: Lines, end: bytes) -> None:
        path = tree.write("s/a.jsonl", json.dumps(lines.user("whole")), '{"type":"user","mess', end=end)
        assert [block.code for message in shown(path) for block in message.blocks] == ["", "truncated-line"]

    def test_an_object_before_rubbish_is_shown(self, tree: Tree, lines: Lines) -> None:
        path = tree.session("one", json.dumps(lines.user("kept")) + "}rubbish", lines.user("two"))
        assert [message.role for message in shown(path)] == ["user", "system", "user"]

    def test_bytes_that_are_no_utf8_nul_and_other_line_ends(self, tree: Tree, lines: Lines) -> None:
        bad = b'{"type":"user","message":{"content":"caf\xe9 \\ud83d \xff"}}'
        windows = b"\xef\xbb\xbf" + json.dumps(lines.user("w")).encode() + b"\r"
        path = tree.session("one", windows, bad, b"\0" * 4096, "  ", lines.user("two"))
        assert said(shown(path)) == [
            ("user", ["w"]),
            ("user", ["caf\ufffd \ufffd \ufffd"]),
            ("user", ["two"]),
        ]

    def test_a_number_too_long_for_python_hides_nothing_else(self, tree: Tree) -> None:
        digits = "9" * 5000
        path = tree.session(
            "one",
            '{"type":"assistant","message":{"id":"m","content":[{"type":"text","text":"here"},'
            '{"type":"tool_use","id":"t","name":"Sum","input":{"n":' + digits + "}}]}}",
        )
        (message,) = shown(path)
        assert texts(message.blocks)[0] == "here"
        assert digits[:1000] in tools(message)[0].input

    def test_content_nested_without_end_is_told(self, tree: Tree, lines: Lines) -> None:
        deep = '{"type":"assistant","message":{"id":"m","content":' + "[" * 300 + "]" * 300 + "}}"
        path = tree.session("one", deep, '{"type":"user","x":' + "[" * 100_000, lines.user("kept"))
        messages = shown(path)
        assert [block.code for block in messages[0].blocks] == ["unreadable-content"]
        assert texts(messages[-1].blocks) == ["kept"]


def test_the_scan_and_the_preview_count_alike(tree: Tree, lines: Lines) -> None:
    records: list[Any] = [
        lines.user("q"),
        lines.user([{"type": "image", "source": {}}]),
        lines.user("<command-name>/clear</command-name>"),
        lines.user("meta", isMeta=True),
        lines.user("side", isSidechain=True),
        lines.user("sum", isCompactSummary=True),
        call("Bash", command="ls"),
        result("out"),
        lines.assistant("a", "m2"),
        lines.assistant("b", "m2"),
        lines.assistant("no id", None),
        lines.assistant("no id", None),
        lines.assistant("by request", None, requestId="r"),
        lines.assistant("by request, more", None, requestId="r"),
        "42",
        "rubbish",
    ]
    path = tree.session("one", *records)
    reading = read_main(Job("claude", str(path), str(path.parent)))
    assert reading is not None
    spoken = [message for message in shown(path) if message.role in ("user", "assistant")]
    assert len(spoken) == reading.facts.messages == 7
