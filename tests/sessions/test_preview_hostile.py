"""Whatever bytes a file holds, a preview gives pages of inert text, or one of the errors it names."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.sessions.preview import Preview
from app.sessions.reading import Job, read_main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.sessions.preview import Message

SHOWN_CONTROLS = "\n\t"
JOINERS = "\u200c\u200d"
NASTY = "\x1b[31m\u202egnp.exe\u2066\u200b\ufeff\x00\x08\ud800 <script>[x](javascript:y)&#x202e;"


def shown_texts(messages: list[Message]) -> Iterator[str]:
    """Every text of the messages."""
    for message in messages:
        yield message.name
        for block in message.blocks:
            yield from (block.text, block.marker, block.language, block.code)
            for span in block.spans:
                yield from (span.text, span.link or "")
            if block.tool is not None:
                tool = block.tool
                yield from (tool.name, tool.summary, tool.input, tool.output, tool.failure)
            if block.image is not None:
                yield block.image.media_type


def assert_inert(messages: list[Message]) -> None:
    for text in shown_texts(messages):
        text.encode()
        if text.isascii() and text.isprintable():
            continue
        for character in set(text) - set(SHOWN_CONTROLS) - set(JOINERS):
            assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, repr(text)
    for message in messages:
        for span in (span for block in message.blocks for span in block.spans):
            assert span.link is None or span.link.lower().startswith(("http://", "https://", "mailto:"))


def all_messages(path: Path, source: str | None) -> list[Message]:
    with Preview(source, path, page_size=7) as preview:
        first = preview.page(0)
        messages = [message for number in range(preview.pages()) for message in preview.page(number).messages]
        assert [message.number for message in messages] == list(range(len(messages)))
        if first.complete:
            assert list(first.messages) == messages[:7]
        for wanted in ("a", "ログ", "\\u", "zzz"):
            found = preview.find(wanted)
            assert found is None or 0 <= found < len(messages)
    return messages


names = st.sampled_from(
    [
        *(
            "type",
            "role",
            "message",
            "content",
            "text",
            "parts",
            "id",
            "payload",
            "sender",
            "messages",
            "history",
        ),
        *(
            "tool_calls",
            "toolCalls",
            "function",
            "name",
            "input",
            "arguments",
            "tool_use_id",
            "call_id",
            "output",
        ),
        *(
            "thinking",
            "thoughts",
            "source",
            "data",
            "url",
            "image_url",
            "response",
            "requests",
            "timestamp",
            "cwd",
        ),
        *(
            "isMeta",
            "isSidechain",
            "isCompactSummary",
            "attachment",
            "prompt",
            "commandMode",
            "subtype",
            "error",
        ),
        *("kind", "value", "stdout", "stderr", "summary", "is_error", "functionResponse", "inlineData"),
    ]
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        [NASTY, "user", "assistant", "tool_use", "t1", "2026-01-01T00:00:00Z", "```\n" + NASTY]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(
    [
        *(
            "user",
            "assistant",
            "system",
            "attachment",
            "text",
            "tool_use",
            "tool_result",
            "image",
            "thinking",
        ),
        *(
            "function_call",
            "function_call_output",
            "reasoning",
            "message",
            "error",
            "compacted",
            "input_image",
        ),
        *("queued_command", "document", "gemini", "api_error", "local_command", "redacted_thinking"),
    ]
)
blocks = st.fixed_dictionaries(
    {"type": kinds}, optional={"id": json_values, "tool_use_id": json_values}
).flatmap(lambda block: st.dictionaries(names, json_values, max_size=4).map(lambda more: {**more, **block}))
records = st.fixed_dictionaries(
    {
        "type": kinds,
        "message": st.fixed_dictionaries(
            {"content": st.lists(blocks, max_size=3) | json_values},
            optional={"id": st.sampled_from(["m1", "m2"]) | json_values, "role": json_values},
        ),
    },
    optional={
        "payload": blocks,
        "attachment": blocks,
        "subtype": kinds,
        "content": json_values,
        "error": json_values,
    },
)
lines = st.one_of(
    records.map(lambda record: json.dumps(record).encode()),
    json_values.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=30),
    st.sampled_from(
        [b"", b"\0" * 20, b"{", b'{"type":"user","mess', b"[" * 5_000, b"\xef\xbb\xbf{}", b"\xff\xfe"]
    ),
)
files = st.lists(st.lists(lines, min_size=1, max_size=2).map(b"".join), max_size=12).map(b"\n".join)
NAMES = ["a.jsonl", "a.json", "a.md", "a.txt", "a"]


@given(
    data=files | st.binary(max_size=200),
    name=st.sampled_from(NAMES),
    source=st.sampled_from(["claude-code", None]),
)
@example(data=b"[" + b"[" * 100_000, name="a.json", source=None)
@example(
    data=b'{"messages":[{"role":"user","content":' + b"[" * 900 + b"]" * 900 + b"}]}",
    name="a.json",
    source=None,
)
@example(
    data=b'{"type":"user","message":{"content":' + b"9" * 5_000 + b"}}", name="a.jsonl", source="claude-code"
)
@example(data=b"\0", name="a.txt", source=None)
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_any_bytes_give_pages_of_inert_text(
    data: bytes, name: str, source: str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("hostile") / name
    path.write_bytes(data)
    assert_inert(all_messages(path, source))


@given(records=st.lists(records, max_size=10))
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_a_log_says_the_scan_and_the_preview_count_alike(
    records: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("counted") / "a.jsonl"
    path.write_bytes(b"\n".join(json.dumps(record).encode() for record in records))
    with Preview("claude-code", path, with_sidechains=True) as preview:
        messages = [message for number in range(preview.pages()) for message in preview.page(number).messages]
    reading = read_main(Job("claude-agent", str(path), str(path.parent)))
    assert reading is not None
    spoken = [message for message in messages if message.role in ("user", "assistant")]
    assert sum("queued" not in message.notes for message in spoken) == reading.facts.messages


def test_nasty_text_is_inert_wherever_it_stands(tmp_path: Path) -> None:
    call = {"type": "tool_use", "id": "t", "name": NASTY, "input": {NASTY: NASTY, "command": NASTY}}
    other = {
        "type": "tool_use",
        "id": "o",
        "name": "x",
        "input": {NASTY: [NASTY, {NASTY: f"\n{NASTY}"}], "b": "1\n2"},
    }
    result = {
        "type": "tool_result",
        "tool_use_id": "t",
        "content": [{"type": "text", "text": NASTY}],
        "is_error": True,
    }
    picture = {"type": "image", "source": {"type": "base64", "media_type": NASTY, "data": NASTY}}
    remote = {"type": "image", "source": {"type": "url", "url": NASTY}}
    thought = {"type": "thinking", "thinking": NASTY}
    log: list[Any] = [
        {"type": "user", "message": {"content": NASTY}},
        {
            "type": "user",
            "message": {"content": [picture, remote, {"type": NASTY}, {"type": "document", "title": NASTY}]},
        },
        {
            "type": "assistant",
            "message": {"id": "m", "content": [thought, call, other, {"type": "text", "text": NASTY}]},
        },
        {"type": "user", "message": {"content": [result]}},
        {
            "type": "user",
            "message": {
                "content": f"<command-name>/{NASTY[:6]}</command-name><command-args>{NASTY[:6]}</command-args>"
            },
        },
        {"type": "user", "message": {"content": f"<local-command-stdout>{NASTY}</local-command-stdout>"}},
        {"type": "user", "isCompactSummary": True, "message": {"content": NASTY}},
        {"type": "system", "subtype": "api_error", "error": {"message": NASTY}},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text(
        "\n".join([*map(json.dumps, log), f"rubbish {NASTY}".encode("utf-8", "replace").decode()]),
        encoding="utf-8",
    )
    messages = all_messages(path, "claude-code")
    assert len(messages) > 6
    assert_inert(messages)


def test_the_check_of_inert_text_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sessions.preview_tools.inert", lambda text: text)
    monkeypatch.setattr("app.sessions.preview_markdown.inert", lambda text: text)
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"type": "user", "message": {"content": NASTY[:10]}}), encoding="utf-8")
    with pytest.raises(AssertionError):
        assert_inert(all_messages(path, "claude-code"))
