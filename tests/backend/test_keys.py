"""Names and keys: made safe, kept apart by owner, read back."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.presign.keys import (
    Kind,
    describe,
    new_index_key,
    new_log_key,
    own_key,
    own_key_to_write,
    sanitise,
)
from backend.presign.problems import Problem

NOW = datetime(2026, 11, 23, 19, 15, 7, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(), min_size=1, max_size=400)
SAFE = set(string.ascii_lowercase + string.digits + ".-_")


@given(ANY_TEXT)
def test_every_name_becomes_a_safe_one(name: str) -> None:
    safe = sanitise(name)
    assert 1 <= len(safe) <= 128
    assert set(safe) <= SAFE
    assert safe[0] not in ".-"


@given(ANY_TEXT)
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    assert sanitise(sanitise(name)) == sanitise(name)


@given(ANY_TEXT, st.sampled_from(["-0a1b2c3d.jsonl", "-0a1b2c3d.jsonl.zst"]))
def test_the_discriminator_and_the_extensions_survive(stem: str, ending: str) -> None:
    assert sanitise(stem + ending).endswith(ending.lstrip("-"))


@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=200))
def test_names_that_differ_only_in_case_are_one(name: str) -> None:
    assert sanitise(name.upper()) == sanitise(name) == sanitise(name.lower())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Conversation.JSON", "conversation.json"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "file"),
        (".", "file"),
        ("", "file"),
        (".env", "env"),
        ("a\x00b.txt", "a-b.txt"),
        ("ログ同期.jsonl", "jsonl"),
        ("ログ-0a1b2c3d.jsonl", "0a1b2c3d.jsonl"),
        ("emoji 🎉 party.md", "emoji-party.md"),
        ("C:\\logs\\x.md", "c-logs-x.md"),
        ("\ud800.md", "md"),
        ("a..b", "a..b"),
        ("x" * 300 + "-0a1b2c3d.jsonl.zst", "x" * 109 + "-0a1b2c3d.jsonl.zst"),
    ],
)
def test_names_that_have_hurt_others(name: str, safe: str) -> None:
    assert sanitise(name) == safe


@given(ANY_TEXT)
def test_a_new_key_may_be_written_again_and_read(name: str) -> None:
    for session_date in ("2026-11-20", None):
        key = new_log_key("hana", name, session_date, NOW)
        assert own_key_to_write("hana", "log", key.s3_key) == key
        assert own_key("hana", key.s3_key) == key


def test_a_session_keeps_one_key_and_anything_else_has_the_time_of_the_request() -> None:
    assert new_log_key("hana", "A.md", "2026-11-20", NOW).s3_key == "chat-logs/hana/2026-11-20_a.md"
    assert new_log_key("hana", "A.md", None, NOW).s3_key == "chat-logs/hana/2026-11-23T19-15-07Z_a.md"


@pytest.mark.parametrize("machine", ["0a1b2c3d", "0A1B2C3D", "0a1b2c3d.jsonl.zst"])
@pytest.mark.parametrize("date", ["2026-11", "2026-11-20"])
def test_an_index_key_has_month_and_machine(machine: str, date: str) -> None:
    key = new_index_key("hana", machine, date)
    assert key.s3_key == "session-index/owner=hana/month=2026-11/0a1b2c3d.jsonl.zst"
    assert (key.timestamp, key.file_name) == ("2026-11", "0a1b2c3d.jsonl.zst")
    assert own_key_to_write("hana", "index", key.s3_key) == key
    assert own_key("hana", key.s3_key) == key


@pytest.mark.parametrize(
    "machine", ["a.b", "..", "", "x" * 65, "a=b", "a/../b", "a b", "ログ", "\u212a", "-a", "m1\n"]
)
def test_an_index_is_not_named_like_a_file(machine: str) -> None:
    with pytest.raises(Problem) as refusal:
        new_index_key("hana", machine, "2026-11")
    assert (refusal.value.status, refusal.value.members["field"]) == (400, "fileName")


KINDS: tuple[Kind, ...] = ("log", "index")
FOREIGN = [
    "chat-logs/taro/2026-11-20_a.md",
    "chat-logs/hana2/2026-11-20_a.md",
    "chat-logs/hana/../taro/2026-11-20_a.md",
    "chat-logs/hana/",
    "chat-logs/hana",
    "chat-logs/hana//a.md",
    "chat-logs/hana/./a.md",
    "chat-logs/hana/a\\..\\b.md",
    "chat-logs/hana/a\u202eb.md",
    "chat-logs/hana/a\nb.md",
    "Chat-Logs/hana/2026-11-20_a.md",
    "/chat-logs/hana/2026-11-20_a.md",
    "session-index/owner=taro/month=2026-11/m.jsonl.zst",
    "session-index/owner=hana/../owner=taro/month=2026-11/m.jsonl.zst",
    "access-logs/2026",
    "x",
    "chat-logs/hana/" + "あ" * 400,
    "chat-logs/hana/\ud800",
]


@pytest.mark.parametrize("s3_key", FOREIGN)
def test_what_is_not_the_callers_is_not_there(s3_key: str) -> None:
    with pytest.raises(Problem) as refusal:
        own_key("hana", s3_key)
    assert refusal.value.status == 404
    assert "taro" not in refusal.value.detail


@pytest.mark.parametrize("s3_key", FOREIGN)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_the_callers_is_not_written(kind: Kind, s3_key: str) -> None:
    with pytest.raises(Problem) as refusal:
        own_key_to_write("hana", kind, s3_key)
    assert refusal.value.status == 404


@given(st.text(st.characters(), max_size=60))
def test_no_text_leads_out_of_the_owners_prefix(rest: str) -> None:
    for start in ("", "chat-logs/", "chat-logs/hana", "chat-logs/hana/", "session-index/owner=hana/"):
        try:
            key = own_key("hana", start + rest)
        except Problem:
            continue
        assert key.s3_key.startswith(("chat-logs/hana/", "session-index/owner=hana/"))
        assert not {"", ".", ".."} & set(key.s3_key.split("/"))


@pytest.mark.parametrize(
    ("kind", "s3_key"),
    [
        ("log", "session-index/owner=hana/month=2026-11/m.jsonl.zst"),
        ("index", "chat-logs/hana/2026-11-20_a.md"),
        ("log", "chat-logs/hana/a.md"),
        ("log", "chat-logs/hana/2026-11-20_A.md"),
        ("log", "chat-logs/hana/2026-11-20_.md"),
        ("log", "chat-logs/hana/2026-11-20_" + "a" * 129),
        ("log", "chat-logs/hana/2026-11-31_a.md"),
        ("log", "chat-logs/hana/2026-11-20_a/b.md"),
        ("log", "chat-logs/hana/2026-11-20T25-00-00Z_a.md"),
        ("log", "chat-logs/hana/2026-11-20_a.md\n"),
        ("index", "session-index/owner=hana/month=2026-13/m.jsonl.zst"),
        ("index", "session-index/owner=hana/month=2026-11/m.jsonl"),
        ("index", "session-index/owner=hana/month=2026-11/a/m.jsonl.zst"),
    ],
)
def test_a_version_is_added_only_to_a_key_of_ours_and_of_its_kind(kind: str, s3_key: str) -> None:
    with pytest.raises(Problem) as refusal:
        own_key_to_write("hana", "log" if kind == "log" else "index", s3_key)
    assert refusal.value.status == 404


def test_an_object_named_by_somebody_else_is_its_own_name() -> None:
    described = describe("hana", "chat-logs/hana/old/notes.txt")
    assert (described.timestamp, described.file_name) == ("", "notes.txt")
