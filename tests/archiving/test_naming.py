"""Names in S3: safe, readable, and never the same for two files."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.archiving.naming import NAME_LIMIT, content_type, discriminator, metadata, object_name
from app.sessions.model import SessionFile

anything = st.text(st.characters(codec=None, categories=None), min_size=1, max_size=300)


def file(relative_path: str, *, is_main: bool = True) -> SessionFile:
    path = Path("/logs") / "x"
    return SessionFile(
        path=path,
        relative_path=relative_path,
        root=path.parent,
        size=1,
        mtime_ns=1,
        is_main=is_main,
        is_log=True,
    )


def test_a_companion_is_recognised_by_eye() -> None:
    session = "0f1e2d3c-aaaa-bbbb-cccc-000000000000"
    main = object_name("claude-code", session, file(f"{session}.jsonl"), compressed=True)
    agent = object_name(
        "claude-code", session, file(f"{session}/subagents/agent-7.jsonl", is_main=False), compressed=True
    )
    assert re.fullmatch(rf"{session}-[0-9a-f]{{8}}\.jsonl\.zst", main)
    assert re.fullmatch(rf"{session}-subagents-agent-7-[0-9a-f]{{8}}\.jsonl\.zst", agent)


@given(anything, anything, st.booleans(), st.booleans())
def test_any_name_becomes_a_safe_one_with_its_discriminator(
    session_id: str, relative_path: str, is_main: bool, compressed: bool
) -> None:
    name = object_name("files", session_id, file(relative_path, is_main=is_main), compressed=compressed)
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name)
    assert len(name) <= NAME_LIMIT
    assert discriminator("files", session_id, relative_path) in name
    assert name.endswith(".zst") or not compressed


@given(anything, anything, anything, anything)
def test_other_identity_other_discriminator(one: str, two: str, three: str, four: str) -> None:
    if (one, two) != (three, four):
        assert discriminator("files", one, two) != discriminator("files", three, four)


def test_a_name_in_nfc_and_nfd_may_be_two_files() -> None:
    assert discriminator("files", "x", "か\u3099.md") != discriminator("files", "x", "が.md")


@given(anything)
def test_metadata_is_printable_ascii(session_id: str) -> None:
    for name, value in metadata("files", session_id, 3, "ab").items():
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert re.fullmatch(r"[\x21-\x7e]{1,256}", value)


def test_types_are_those_the_endpoint_allows() -> None:
    assert content_type("a.jsonl", compressed=True) == "application/zstd"
    assert content_type("a.JSONL", compressed=False) == "application/x-ndjson"
    assert content_type("a.exe", compressed=False) == "application/octet-stream"
