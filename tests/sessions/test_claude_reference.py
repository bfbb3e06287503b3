"""The fast reader against a slow one that parses every line with `json`, on invented and on real logs."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.sessions.reading import Job, read_main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.sessions.found import Reader

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "claude-code"
WRAPPERS = ("<command-", "<local-command-", "<bash-", "<ide_", "<task-notification", "<system-reminder")
NOT_WRITTEN = ("Caveat: The messages below", "This session is being continued", "[Request interrupted")


def objects(data: bytes) -> Iterator[dict[str, Any]]:
    """Every object of a log, glued ones included."""
    decoder = json.JSONDecoder(strict=False)
    for line in data.decode("utf-8-sig", "replace").split("\n"):
        rest = line.strip(" \t\r\0")
        while rest:
            try:
                value, end = decoder.raw_decode(rest)
            except (ValueError, RecursionError):
                break
            rest = rest[end:].strip()
            if isinstance(value, dict):
                yield value


USAGE_FIELDS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
TITLES = {
    "custom-title": "customTitle",
    "agent-name": "agentName",
    "ai-title": "aiTitle",
    "summary": "summary",
}


def reference(data: bytes, *, with_sidechains: bool) -> dict[str, Any]:
    """Messages, tokens, project, times and title by the plainest means."""
    records = list(objects(data))
    spoken = [record for record in records if isinstance(record.get("message"), dict)]
    texts = [text for record in spoken if (text := user_text(record, with_sidechains)) is not None]
    answers = [record for record in spoken if record.get("type") == "assistant"]
    shown = [record for record in answers if with_sidechains or record.get("isSidechain") is not True]
    known = sorted(time for record in records if (time := moment(record.get("timestamp"))) is not None)
    return {
        "messages": len(texts) + len({identity(record)[0] or id(record) for record in shown}),
        "tokens": tokens(answers),
        "project": next((record["cwd"] for record in records if record.get("cwd")), None),
        "times": (known[0], known[-1]) if known else (None, None),
        "title": title(records) or next(filter(None, texts), None),
    }


def user_text(record: dict[str, Any], with_sidechains: bool) -> str | None:
    """What the user wrote; empty for a picture; None when the line is not hers."""
    aside = record.get("isSidechain") is True and not with_sidechains
    if record.get("type") != "user" or aside or record.get("isMeta") or record.get("isCompactSummary"):
        return None
    content = record["message"].get("content")
    found = [{"type": "text", "text": content}] if isinstance(content, str) else content
    found = [block for block in found if isinstance(block, dict)] if isinstance(found, list) else []
    texts = [block["text"] for block in found if block.get("type") == "text" and block.get("text")]
    real = [text for text in texts if text.strip() and not text.strip().startswith((*WRAPPERS, *NOT_WRITTEN))]
    types = {block.get("type") for block in found}
    is_picture = not texts and "image" in types and "tool_result" not in types
    return " ".join(real) if real or is_picture else None


def identity(record: dict[str, Any]) -> tuple[str | None, str | None]:
    request = record.get("requestId")
    return record["message"].get("id") or request, request


def tokens(answers: list[dict[str, Any]]) -> dict[str, tuple[int, ...]]:
    """By model, each field's largest value per message and request."""
    usage: dict[object, list[int]] = {}
    models: dict[object, str | None] = {}
    for record in answers:
        message = record["message"]
        named = (message.get("id"), record.get("requestId"))
        key: object = id(record) if named == (None, None) else named
        if isinstance(message.get("usage"), dict):
            counts = [message["usage"].get(field) or 0 for field in USAGE_FIELDS]
            usage[key] = [max(pair) for pair in zip(usage.get(key, counts), counts, strict=True)]
            models[key] = message.get("model") or models.get(key)
    sums: dict[str, list[list[int]]] = defaultdict(list)
    for key, counts in usage.items():
        sums[models[key] or "unknown"].append(counts)
    totals = {model: tuple(map(sum, zip(*all_counts, strict=True))) for model, all_counts in sums.items()}
    return {model: total for model, total in totals.items() if any(total)}


def title(records: list[dict[str, Any]]) -> str | None:
    for kind, field in TITLES.items():
        given = [
            record[field]
            for record in records
            if record.get("type") == kind and (record.get(field) or "").strip()
        ]
        if given:
            return str(given[-1])
    return None


def moment(text: object) -> int | None:
    if not isinstance(text, str):
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return round(parsed.timestamp() * 1_000_000)


def compare(path: Path, reader: Reader = "claude") -> None:
    reading = read_main(Job(reader, str(path), str(path.parent)))
    assert reading is not None
    facts = reading.facts
    expected = reference(path.read_bytes(), with_sidechains=reader == "claude-agent")
    assert facts.messages == expected["messages"]
    assert facts.tokens == expected["tokens"]
    assert facts.project == expected["project"]
    assert (facts.started, facts.updated) == expected["times"]
    assert reading.bytes_read == path.stat().st_size
    if expected["title"] is not None:
        words = expected["title"].split()
        assert facts.title.removesuffix("…").split()[:3] == words[:3] or facts.title.startswith(words[0][:10])


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of real sessions is not beside the project")
class TestRealLogs:
    def test_every_real_log(self) -> None:
        paths = sorted(SAMPLES.rglob("*.jsonl"))
        assert len(paths) > 30
        for path in paths:
            compare(path, "claude-agent" if "subagents" in path.parts else "claude")


words = st.sampled_from(
    ["hello", "fix the bug", "ログ", "a\nb", '"quoted"', '"type":"text"', "}{", "\\", "é", " "]
)
wrapped = st.sampled_from(
    [
        "<command-name>/x</command-name>",
        "<ide_opened_file>a</ide_opened_file>",
        "[Request interrupted by user]",
    ]
)
blocks = st.one_of(
    st.builds(lambda text: {"type": "text", "text": text}, st.one_of(words, wrapped)),
    st.builds(lambda text: {"tool_use_id": "t", "type": "tool_result", "content": text}, words),
    st.builds(
        lambda text: {"tool_use_id": "t", "type": "tool_result", "content": [{"type": "text", "text": text}]},
        words,
    ),
    st.just({"type": "image", "source": {"data": "AAAA"}}),
    st.just({"type": "tool_use", "name": "Bash", "input": {"message": {"role": "user"}}}),
)
contents = st.one_of(words, wrapped, st.lists(blocks, max_size=3), st.none())
counts = st.integers(0, 10**6)
usages = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"input_tokens": counts, "output_tokens": counts},
        optional={
            "cache_read_input_tokens": counts,
            "cache_creation_input_tokens": st.one_of(counts, st.none()),
        },
    ),
)
times = st.sampled_from(
    [
        "2026-01-01T00:00:00.000Z",
        "2026-03-01T10:20:30.400Z",
        "2025-12-31T23:59:59Z",
        "2026-01-01T00:00:00.000+0900",
        "?",
    ]
)
messages = st.fixed_dictionaries(
    {"content": contents},
    optional={
        "id": st.sampled_from(["m1", "m2", "m3"]),
        "model": st.sampled_from(["opus", "haiku"]),
        "usage": usages,
        "role": words,
    },
)
records = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["user", "assistant", "user", "assistant", "system", "progress", "ai-title", "summary"]
        )
    },
    optional={
        "message": st.one_of(messages, messages, st.just("text")),
        "timestamp": times,
        "cwd": st.sampled_from(["/a", "/b", "C:\\x"]),
        "isMeta": st.booleans(),
        "isSidechain": st.booleans(),
        "isCompactSummary": st.booleans(),
        "requestId": st.sampled_from(["r1", "r2"]),
        "aiTitle": words,
        "summary": words,
        "toolUseResult": st.just({"type": "text", "text": "x", "type2": {"type": "text"}}),
        "data": st.just({"type": "user", "message": {"content": "nested"}}),
    },
)


@st.composite
def logs(draw: st.DrawFn) -> bytes:
    """Logs as tools and accidents write them."""
    lines = []
    for record in draw(st.lists(records, max_size=12)):
        compact = draw(st.booleans())
        text = json.dumps(
            record, ensure_ascii=draw(st.booleans()), separators=(",", ":") if compact else (", ", ": ")
        ).encode()
        accident = draw(
            st.sampled_from([*[""] * 12, "cut", "glue", "rubbish", "nul", "latin", "cr", "blank"])
        )
        lines.append(
            {
                "cut": text[: draw(st.integers(0, len(text)))],
                "glue": text + text,
                "rubbish": b"\x01nonsense",
                "nul": text + b"\0\0",
                "latin": text.replace(b"hello", b"h\xe9llo"),
                "cr": text + b"\r",
                "blank": b"  \n" + text,
            }.get(accident, text)
        )
    return b"\n".join(lines) + draw(st.sampled_from([b"", b"\n", b"\n\n"]))


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=logs())
@example(data=b'{"type":"user","message":{"content":"a"}}{"type":"user","message":{"content":"b"}}\n\n')
def test_invented_logs(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(data)
    compare(path)
    compare(path, "claude-agent")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    ),
    name=st.sampled_from(["a.jsonl", "a.json", "a.md", "a.txt", "a"]),
)
def test_no_bytes_stop_a_reader(data: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    for content in (
        data,
        b'{"type":"user","sessionId":"s"}\n' + data,
        b'{"messages":[' + data,
        b"[" + data + b"]",
    ):
        path.write_bytes(content)
        for reader in ("claude", "claude-agent", "document"):
            reading = read_main(Job(reader, str(path), str(tmp_path)))
            assert reading is not None
            assert reading.facts.title
