"""Conversations of other tools, and files that are none, as messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.sessions import preview_opening
from app.sessions.preview import Message, Preview, open_preview_file
from app.sessions.reading import Job, read_main

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.sessions.preview import Block, ToolCall

DATA = Path(__file__).resolve().parents[1] / "data" / "sessions"


def shown(path: Path, name: str | None = None) -> list[Message]:
    with open_preview_file(path, source=None, name=name or path.name) as preview:
        return [message for page in range(preview.pages()) for message in preview.page(page).messages]


def texts(blocks: Sequence[Block]) -> list[str]:
    return ["".join(span.text for span in block.spans) or block.text for block in blocks]


def tools(message: Message) -> list[ToolCall]:
    return [block.tool for block in message.blocks if block.tool is not None]


def said(messages: Sequence[Message]) -> list[tuple[str, list[str]]]:
    return [(message.role, texts(message.blocks)) for message in messages]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, object], list[Message]]:
    """Writes a file, compares the number of messages with the scan's, and gives them."""

    def write_one(name: str, content: object) -> list[Message]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        with Preview("files", path) as preview:
            messages = [message for page in range(preview.pages()) for message in preview.page(page).messages]
            spoken = sum(message.role in ("user", "assistant") for message in messages)
            reading = read_main(Job("document", str(path), str(path.parent)))
            assert reading is not None
            assert not preview.is_conversation or spoken == reading.facts.messages
        return messages

    return write_one


def lines_of(*records: object) -> bytes:
    return b"\n".join(json.dumps(record).encode() for record in records)


class TestFixtures:
    def test_media_viewer(self) -> None:
        system, question, work, thanks, end = shown(DATA / "media-viewer.json")
        assert tools(system)[0].output == "You are a careful engineer."
        assert said([question, work, thanks, end]) == [
            ("user", ["S3のポリシーを直して"]),
            ("assistant", ["バケットポリシーを確認します。"]),
            ("user", ["ありがとう。テストもお願い"]),
            ("assistant", ["追加しました。"]),
        ]
        assert end.at is not None
        assert end.at.isoformat() == "2026-02-01T09:05:30.500000+00:00"

    def test_codex(self) -> None:
        question, work = shown(DATA / "codex.jsonl")
        assert said([question]) == [("user", ["list the files"])]
        assert (work.role, work.name) == ("assistant", "Codex")
        assert [block.kind for block in work.blocks] == ["tool", "paragraph"]
        assert (tools(work)[0].name, tools(work)[0].output) == ("shell", "README.md")

    def test_markdown(self) -> None:
        (part,) = shown(DATA / "notes.md")
        assert [block.kind for block in part.blocks] == ["paragraph", "heading", "paragraph"]
        assert not part.begins_turn


class TestCodex:
    @staticmethod
    def item(kind: str, **fields: Any) -> dict[str, Any]:
        return {
            "timestamp": "2026-02-03T00:00:00Z",
            "type": "response_item",
            "payload": {"type": kind, **fields},
        }

    def message(self, role: str, text: str) -> dict[str, Any]:
        return self.item("message", role=role, content=[{"type": "text", "text": text}])

    def test_calls_join_the_message_of_their_turn(self, write: Any) -> None:
        command = json.dumps({"command": ["bash", "-lc", "ls | wc"]})
        messages = write(
            "a.jsonl",
            lines_of(
                self.message("user", "first"),
                self.item("reasoning", summary=[{"type": "summary_text", "text": "hm"}]),
                self.item("function_call", call_id="1", name="shell", arguments=command),
                self.item("function_call_output", call_id="1", output="Process exited with code 2\nno"),
                self.message("assistant", "I tried"),
                self.item("custom_tool_call", call_id="2", name="apply_patch", input="*** Begin"),
                self.item(
                    "custom_tool_call_output",
                    call_id="2",
                    output='{"output":"bad","metadata":{"exit_code":3}}',
                ),
                self.message("assistant", "done"),
                self.message("user", "second"),
                self.message("assistant", "yes"),
            ),
        )
        assert [message.role for message in messages] == [
            "user",
            "assistant",
            "assistant",
            "user",
            "assistant",
        ]
        thought, shell, patch = tools(messages[1])
        assert texts(messages[1].blocks)[2] == "I tried"
        assert (thought.kind, thought.output) == ("thinking", "hm")
        assert (shell.summary, shell.input, shell.failed, shell.exit_code) == ("ls | wc", "ls | wc", True, 2)
        assert (patch.input, patch.failure, patch.output) == ("*** Begin", "exit 3", "Exit code 3\nbad")

    def test_what_codex_puts_in_the_users_place_is_left_out(self, write: Any) -> None:
        messages = write(
            "a.jsonl",
            lines_of(
                {"timestamp": "t", "type": "session_meta", "payload": {"id": "x"}},
                self.message("user", "<environment_context>…"),
                self.message("developer", "<permissions instructions>"),
                self.message("user", "q"),
                {"type": "event_msg", "payload": {"type": "user_message", "message": "q"}},
                {"type": "event_msg", "payload": {"type": "turn_aborted", "reason": "interrupted"}},
                {"type": "event_msg", "payload": {"type": "error", "message": "too long"}},
                {"type": "compacted", "payload": {"message": "all so far"}},
            ),
        )
        assert said(messages[:1]) == [("user", ["q"])]
        assert [block.code for message in messages[1:] for block in message.blocks] == [
            "interrupted",
            "tool-notice",
            "compacted",
            "",
        ]


class TestShapes:
    def test_openai_calls_and_results(self, write: Any) -> None:
        function = {"name": "look", "arguments": '{"path": "a.txt"}'}
        messages = write(
            "a.json",
            [
                {"role": "user", "content": "q"},
                {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": function}]},
                {"role": "tool", "tool_call_id": "c", "content": "found"},
                {"role": "tool", "tool_call_id": "unknown", "content": "lost"},
                {"role": "assistant", "content": "it is", "reasoning_content": "hm"},
            ],
        )
        assert [message.role for message in messages] == ["user", "assistant", "tool", "assistant"]
        (look,) = tools(messages[1])
        assert (look.name, look.summary, look.output) == ("look", "a.txt", "found")
        assert tools(messages[3])[0].output == "hm"

    def test_gemini_keeps_results_beside_calls(self, write: Any) -> None:
        response = [{"functionResponse": {"id": "g", "response": {"output": "made"}}}]
        first = {"id": "g", "name": "write_file", "args": {"file_path": "b.md"}, "result": response}
        second = {"name": "shell", "args": {"command": "x"}, "result": "no", "status": "error"}
        messages = write(
            "a.jsonl",
            lines_of(
                {"sessionId": "s", "kind": "main"},
                {"id": "1", "type": "user", "content": [{"text": "q"}]},
                {
                    "id": "2",
                    "type": "gemini",
                    "content": "done",
                    "thoughts": [{"subject": "Plan", "description": "Think"}],
                    "toolCalls": [first, second],
                },
                {"id": "3", "type": "user", "content": response},
                {"$set": {"lastUpdated": "x"}},
                {"id": "4", "type": "gemini", "content": "w", "toolCalls": [second]},
                {"type": "info", "content": "Update available"},
            ),
        )
        assert [message.role for message in messages] == ["user", "assistant", "assistant", "system"]
        assert messages[1].name == "Gemini"
        thought, made, failed = tools(messages[1])
        assert (thought.output, made.output, made.failed) == ("Plan\nThink", "made", False)
        assert (failed.output, failed.failed, failed.failure_code) == ("no", True, "error")
        assert len(tools(messages[2])) == 1

    def test_questions_with_their_answers_in_fragments(self, write: Any) -> None:
        answer = [{"value": "it **is"}, {"value": "** so"}, {"kind": "undoStop", "id": 5}]
        messages = write("a.json", {"requests": [{"message": {"text": "q"}, "response": answer}]})
        assert said(messages) == [("user", ["q"]), ("assistant", ["it is so"])]

    def test_claude_ai_names_its_speaker(self, write: Any) -> None:
        chat = [
            {"sender": "human", "text": "q", "uuid": "1"},
            {"sender": "assistant", "text": "a", "uuid": "2"},
        ]
        messages = write("a.json", {"name": "n", "chat_messages": chat})
        assert [message.name for message in messages] == ["", "Claude"]

    def test_conversations_of_a_collection_begin_with_their_titles(self, write: Any) -> None:
        one = {"title": "one", "messages": [{"role": "user", "content": "q"}]}
        messages = write("a.json", [one, {**one, "title": "tw\x1b[1mo"}])
        assert [
            (block.code, block.text) for message in messages for block in message.blocks if block.code
        ] == [
            ("conversation", "one"),
            ("conversation", "two"),
        ]

    def test_pictures_by_address_are_not_loaded_and_data_addresses_are_measured(self, write: Any) -> None:
        gif = "data:image/gif;base64,R0lGODlhEAAgAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="
        content = [
            {"type": "text", "text": "see"},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
            {"type": "input_image", "image_url": gif},
        ]
        (message,) = write("a.json", [{"role": "user", "content": content}])
        _, remote, inline = message.blocks
        assert (remote.text, remote.image and remote.image.size) == ("https://example.com/a.png", 0)
        assert inline.image is not None
        assert (inline.image.media_type, inline.image.width, inline.image.height) == ("image/gif", 16, 32)

    def test_utf16_documents(self, write: Any) -> None:
        data = json.dumps([{"role": "user", "content": "題"}], ensure_ascii=False).encode("utf-16")
        assert said(write("a.json", data)) == [("user", ["題"])]


class TestAnythingElse:
    @pytest.mark.parametrize(
        ("name", "content", "kinds", "codes"),
        [
            ("a.txt", b"plain\n  text", ["paragraph"], []),
            ("a", "プレーン".encode("utf-16"), ["paragraph"], []),
            ("a.json", b"[1, 2]", ["code"], []),
            ("a.jsonl", b'{"a": 1}\n{"b": 2}', ["code"], []),
            ("a.json", b'{"messages": [', ["notice", "code"], ["damaged-document"]),
            ("a.json", b"", ["notice"], ["empty"]),
            ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(8) + b"\0\0\0\x10\0\0\0\x20", ["image"], []),
            ("a.zip", b"PK\x03\x04" + bytes(100), ["notice"], ["binary"]),
            ("a.db", b"SQLite format 3\x00" + bytes(100), ["notice"], ["binary"]),
            ("a.md", bytes(range(256)) * 4, ["notice"], ["binary"]),
        ],
    )
    def test_is_shown_as_what_it_is(
        self, write: Any, name: str, content: bytes, kinds: list[str], codes: list[str]
    ) -> None:
        blocks = [block for message in write(name, content) for block in message.blocks]
        assert [block.kind for block in blocks] == kinds
        assert [block.code for block in blocks if block.code] == codes

    def test_a_binary_file_tells_its_type_and_size(self, write: Any) -> None:
        (message,) = write("a", b"%PDF-1.7" + bytes(92))
        assert (message.role, message.blocks[0].text, message.blocks[0].size) == (
            "system",
            "application/pdf",
            100,
        )

    def test_a_document_too_large_for_memory_is_shown_as_text(
        self, write: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(preview_opening, "DOCUMENT_LIMIT", 100)
        notice, text = write("a.json", [{"role": "user", "content": "x" * 200}])
        assert (notice.blocks[0].code, notice.blocks[0].size) == ("large-document", 233)
        assert text.blocks[0].language == "json"

    def test_an_ending_in_the_archive_tells_the_form(self, tmp_path: Path) -> None:
        path = tmp_path / "part-0001"
        path.write_bytes(b"# Title\n")
        assert shown(path)[0].blocks[0].kind == "paragraph"
        assert shown(path, "notes.md")[0].blocks[0].kind == "heading"

    @pytest.mark.parametrize("name", ["a.txt", "a.md"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\n\n"])
    def test_long_texts_come_in_parts_and_whole(self, write: Any, name: str, line_end: str) -> None:
        lines = [f"line {number} ログ" for number in range(4000)]
        messages = write(name, line_end.join(lines).encode())
        assert len(messages) > 3
        shown_lines = "\n".join(text for message in messages for text in texts(message.blocks)).split("\n")
        assert [line for line in shown_lines if line] == lines

    @pytest.mark.parametrize("name", ["a.txt", "a.md"])
    def test_an_empty_line_ends_a_part_however_lines_end(self, write: Any, name: str) -> None:
        paragraphs = [f"paragraph {number} " + "ログ " * 100 for number in range(40)]
        unix, windows = (write(name, end.join(paragraphs).encode()) for end in ("\n\n", "\r\n\r\n"))
        assert len(windows) == len(unix) > 3

    def test_a_line_without_end_is_cut_between_characters(self, write: Any) -> None:
        messages = write("a.txt", "ログ".encode() * 20_000)
        assert "".join(text for message in messages for text in texts(message.blocks)) == "ログ" * 20_000

    def test_code_that_is_longer_than_a_part_stays_code(self, write: Any) -> None:
        code = "\n\n".join(f"code {number}" for number in range(5000))
        messages = write("a.md", f"before\n\n```py\n{code}\n```\n\nafter".encode())
        blocks = [block for message in messages for block in message.blocks]
        assert {block.kind for block in blocks[1:-1]} == {"code"}
        assert "\n".join(block.text for block in blocks[1:-1]).split() == code.split()
        assert texts([blocks[0], blocks[-1]]) == ["before", "after"]
