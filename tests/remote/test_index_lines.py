"""Index lines: written, read, merged, whatever other versions and accidents put beside them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from app.remote.index_lines import (
    IndexFile,
    IndexLine,
    decode_line,
    decode_object,
    encode_line,
    encode_object,
    merge,
)

LINE = IndexLine(
    tool="claude-code",
    machine="m1",
    session_id="0d9f",
    title="S3 ポリシーの修正",
    project="/home/me/media-viewer",
    cwd="/home/me/media-viewer",
    started_at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC),
    updated_at=datetime(2026, 11, 2, tzinfo=UTC),
    messages=12,
    tokens={"claude-x": {"input": 1, "output": 2, "cacheRead": 3, "cacheWrite": 4}},
    files=(IndexFile("0d9f.jsonl", "chat-logs/o/k", "v1", 100, 30, "ab" * 32),),
    host="laptop",
)


def test_a_line_has_the_fields_of_the_protocol() -> None:
    assert json.loads(encode_line(LINE)) == {
        "schemaVersion": 1,
        "tool": "claude-code",
        "machine": "m1",
        "host": "laptop",
        "sessionId": "0d9f",
        "title": "S3 ポリシーの修正",
        "project": "/home/me/media-viewer",
        "cwd": "/home/me/media-viewer",
        "startedAt": "2026-10-31T23:59:00.000000Z",
        "updatedAt": "2026-11-02T00:00:00.000000Z",
        "messages": 12,
        "tokens": {"claude-x": {"input": 1, "output": 2, "cacheRead": 3, "cacheWrite": 4}},
        "files": [
            {
                "relativePath": "0d9f.jsonl",
                "s3Key": "chat-logs/o/k",
                "versionId": "v1",
                "size": 100,
                "storedSize": 30,
                "sha256": "ab" * 32,
                "redactions": 0,
            }
        ],
    }


@given(
    st.builds(
        IndexLine,
        tool=st.text(max_size=9),
        machine=st.text(max_size=9),
        session_id=st.text(max_size=9),
        title=st.text(max_size=30),
        project=st.none() | st.text(max_size=9),
        cwd=st.none() | st.text(max_size=9),
        started_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        updated_at=st.datetimes(timezones=st.just(UTC)),
        messages=st.integers(0, 10**9),
        tokens=st.dictionaries(
            st.text(max_size=5), st.dictionaries(st.text(max_size=5), st.integers(0, 2**53))
        ),
        files=st.lists(
            st.builds(
                IndexFile,
                relative_path=st.text(max_size=9),
                s3_key=st.text(max_size=9),
                version_id=st.none() | st.text(max_size=9),
                size=st.integers(0, 2**53),
                stored_size=st.integers(0, 2**53),
                sha256=st.text(max_size=9),
                redactions=st.integers(0, 99),
            ),
            max_size=3,
        ).map(tuple),
        host=st.none() | st.text(max_size=9),
        schema_version=st.integers(1, 9),
        others=st.dictionaries(st.just("aFieldOfTheFuture"), st.integers(0, 9)),
    )
)
def test_a_line_comes_back_as_it_was(line: IndexLine) -> None:
    assert decode_line(encode_line(line)) == line
    assert decode_object(encode_object([line, line])) == ([line, line], [])


def test_the_month_is_the_sessions_first_in_utc() -> None:
    assert LINE.month == "2026-10"
    east = timedelta(hours=9)
    from datetime import timezone  # noqa: PLC0415

    local = datetime(2026, 11, 1, 8, 0, tzinfo=timezone(east))
    assert replace(LINE, started_at=local).month == "2026-10"
    assert replace(LINE, started_at=None).month == "2026-11"


def changed(**fields: Any) -> bytes:
    value = json.loads(encode_line(LINE))
    value.update(fields)
    return json.dumps(value).encode()


def test_lines_of_newer_schemas_are_read_and_their_fields_kept() -> None:
    line = decode_line(changed(schemaVersion=7, mood="good"))

    assert line is not None
    assert (line.schema_version, line.others) == (7, {"mood": "good"})
    assert json.loads(encode_line(line))["mood"] == "good"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no json",
        b"[1]",
        b"{}",
        b"\xff\xff",
        b"[" * 100_000,
        changed(messages="many"),
        changed(updatedAt="yesterday"),
        changed(files=[{"relativePath": 1}]),
    ],
)
def test_what_is_no_line_is_none(text: bytes) -> None:
    assert decode_line(text) is None


def test_bad_lines_are_skipped_and_unknown_objects_kept() -> None:
    unknown = b'{"schemaVersion":9,"everything":"else"}'
    text = b"\n".join([b"garbage", encode_line(LINE), unknown, b"", encode_line(LINE)[:50]])

    assert decode_object(zstandard.compress(text)) == ([LINE], [unknown])


WHOLE = encode_object([replace(LINE, session_id=str(number)) for number in range(10_000)])


@pytest.mark.parametrize(
    ("body", "least", "most"),
    [
        (WHOLE[: len(WHOLE) // 2], 1000, 9_999),
        (b"garbage", 0, 0),
        (b"", 0, 0),
        (WHOLE + b"\0\0", 10_000, 10_000),
    ],
)
def test_a_damaged_object_gives_what_can_be_read(body: bytes, least: int, most: int) -> None:
    lines, _ = decode_object(body)

    assert least <= len(lines) <= most


def test_of_one_machines_lines_the_newest_counts_and_machines_stand_side_by_side() -> None:
    later = replace(LINE, updated_at=LINE.updated_at + timedelta(days=1), title="later")
    other = replace(LINE, machine="m2", updated_at=LINE.updated_at + timedelta(hours=1), title="other")
    foreign = replace(LINE, tool="codex")

    merged = merge([later, LINE, other, foreign])

    assert [line.title for line in merged["claude-code", "0d9f"]] == ["later", "other"]
    assert merged["codex", "0d9f"] == [foreign]
