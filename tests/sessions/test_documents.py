"""Files of any kind: what is recognised, and that nothing else is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.sessions import documents
from app.sessions.facts import moment
from app.sessions.reading import Job, read_main

if TYPE_CHECKING:
    from app.sessions.facts import Facts

DATA = Path(__file__).resolve().parents[1] / "data" / "sessions"


def facts_of(path: Path) -> Facts:
    reading = read_main(Job("document", str(path), str(path.parent)))
    assert reading is not None
    return reading.facts


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write_one(name: str, content: object) -> Facts:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return facts_of(path)

    return write_one


CONVERSATION = [{"role": "user", "content": "question"}, {"role": "assistant", "content": "answer"}]


class TestFixtures:
    """Whole files in the forms that users drop."""

    def test_media_viewer(self) -> None:
        facts = facts_of(DATA / "media-viewer.json")
        assert (facts.title, facts.messages, facts.project) == (
            "S3のポリシーを直して",
            4,
            "/srv/hanako/media-viewer",
        )
        assert facts.started is not None
        assert facts.updated is not None
        assert moment(facts.started) == datetime(2026, 2, 1, 9, tzinfo=UTC)
        assert moment(facts.updated) == datetime(2026, 2, 1, 9, 5, 30, 500_000, tzinfo=UTC)

    def test_a_copied_claude_code_log(self) -> None:
        facts = facts_of(DATA / "claude-code-copy.jsonl")
        assert (facts.title, facts.messages, facts.project) == (
            "Retry the Lambda",
            3,
            "/srv/hanako/media-viewer",
        )
        assert facts.tokens == {"claude-opus-4-5": (12, 80, 1000, 300)}

    def test_codex(self) -> None:
        facts = facts_of(DATA / "codex.jsonl")
        assert (facts.title, facts.messages, facts.model, facts.project) == (
            "list the files",
            2,
            "gpt-5.5",
            "/srv/hanako/app",
        )

    def test_markdown(self) -> None:
        assert facts_of(DATA / "notes.md").title == "Why the upload stalls"


class TestShapes:
    @pytest.mark.parametrize("name", ["messages", "history", "chat_messages"])
    def test_lists_under_their_names(self, write: Any, name: str) -> None:
        facts = write("a.json", {"id": "x", name: CONVERSATION})
        assert (facts.title, facts.messages) == ("question", 2)

    def test_title_or_name_of_the_document(self, write: Any) -> None:
        assert write("a.json", {"title": "given", "messages": CONVERSATION}).title == "given"
        assert write("a.json", {"name": "named", "messages": []}).title == "named"
        assert write("a.json", {"title": 5, "metadata": {"title": "inner"}, "messages": []}).title == "inner"

    def test_an_array_of_messages(self, write: Any) -> None:
        facts = write("a.json", CONVERSATION)
        assert (facts.title, facts.messages) == ("question", 2)

    def test_an_array_of_conversations_is_known_by_the_files_name(self, write: Any) -> None:
        one = {
            "name": "one",
            "chat_messages": [{"sender": "human", "text": "q"}, {"sender": "assistant", "text": "a"}],
        }
        assert write("a.json", [one]).title == "one"
        facts = write("all.json", [one, one])
        assert (facts.title, facts.messages) == ("all.json", 4)

    def test_questions_with_their_answers(self, write: Any) -> None:
        requests = [{"message": {"text": "q"}, "response": [{"value": "a"}], "timestamp": 1_767_225_600_000}]
        facts = write("a.json", {"requests": [*requests, {"message": "q2", "response": []}]})
        assert (facts.title, facts.messages) == ("q", 3)
        assert moment(facts.started) == datetime(2026, 1, 1, tzinfo=UTC)

    def test_blocks_parts_and_author_roles(self, write: Any) -> None:
        messages = [
            {"author": {}, "role": {"role": "user"}, "parts": [{"text": "from parts"}]},
            {"type": "gemini", "content": [{"type": "text", "text": "a"}], "model": "gemini-pro"},
            {"role": "user", "content": [{"type": "tool_result", "content": "no"}]},
            {"role": "tool", "content": "no"},
            {"role": "system", "content": "no"},
            "no object",
        ]
        facts = write("a.json", {"messages": messages})
        assert (facts.title, facts.messages, facts.model) == ("from parts", 2, "gemini-pro")

    def test_json_lines_by_any_name(self, write: Any) -> None:
        data = "\n".join(json.dumps(message) for message in CONVERSATION).encode()
        for name in ("a.jsonl", "a.json", "a.log", "a"):
            facts = write(name, data)
            assert (facts.title, facts.messages) == ("question", 2), name

    def test_a_message_that_grows_under_one_id_counts_once(self, write: Any) -> None:
        data = b"\n".join([b'{"id":"1","type":"gemini","content":"a"}'] * 3)
        assert write("a.jsonl", data).messages == 1

    @pytest.mark.parametrize(
        ("number", "year"), [(1_767_225_600, 2026), (1_767_225_600_000, 2026), (1_767_225_600.5, 2026)]
    )
    def test_times_as_numbers(self, write: Any, number: float, year: int) -> None:
        assert moment(write("a.json", {"messages": [], "create_time": number}).started).year == year

    @pytest.mark.parametrize("number", [0, 7, -1, 1e40, True])
    def test_numbers_that_are_no_times(self, write: Any, number: float) -> None:
        assert write("a.json", {"messages": [], "timestamp": number}).started is None

    def test_utf16_and_byte_order_marks(self, write: Any) -> None:
        text = json.dumps({"title": "題", "messages": []}, ensure_ascii=False)
        for encoding in ("utf-8-sig", "utf-16"):
            assert write("a.json", text.encode(encoding)).title == "題"


class TestAnythingElse:
    @pytest.mark.parametrize(
        ("name", "content", "notes"),
        [
            ("a.txt", b"plain text\nand more", ()),
            ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ()),
            ("a.json", b'{"messages": [', ("damaged-document",)),
            ("a.json", b"no json", ("damaged-document",)),
            ("a.json", b"[" * 100_000, ("damaged-document",)),
            ("a", b"{not json", ()),
            ("a.json", b"5", ()),
            ("a.jsonl", b'{"role":"us', ("truncated-line",)),
            ("a.jsonl", b'rubbish\n{"a":1}\n', ("bad-lines:1",)),
            ("a.jsonl", b'{"type":["user"],"sessionId":"s"}\n', ()),
            ("a.md", b"no heading", ()),
            ("a.md", b"#hashtag is no heading", ()),
            ("a.json", b"", ("empty",)),
        ],
    )
    def test_is_known_by_its_files_name(
        self, write: Any, name: str, content: bytes, notes: tuple[str, ...]
    ) -> None:
        facts = write(name, content)
        assert (facts.title, facts.messages, facts.notes) == (name, 0, notes)

    def test_odd_json_is_read_leniently(self, write: Any) -> None:
        facts = write(
            "a.json", b'{"title":"caf\xe9\tx","score":NaN,"messages":[{"role":"user","content":"q\x01"}]}'
        )
        assert (facts.title, facts.messages, facts.notes) == ("caf\ufffd x", 1, ())

    def test_a_document_too_large_for_memory_is_not_parsed(
        self, write: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(documents, "DOCUMENT_LIMIT", 100)
        facts = write("a.json", {"title": "x" * 200, "messages": []})
        assert (facts.title, facts.notes) == ("a.json", ("not-parsed",))
