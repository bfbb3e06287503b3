"""Text out of logs, made fit to show and to store."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from app.sessions.text import one_line, path_text, portable_name

anything = st.text(st.characters(), max_size=300)


@given(text=anything, limit=st.integers(2, 50))
def test_one_line_is_one_line_that_any_database_takes(text: str, limit: int) -> None:
    line = one_line(text, limit)
    line.encode()
    assert len(line) <= limit
    assert line == line.strip()
    assert not any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in line)
    assert not any(
        unicodedata.bidirectional(character) in {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI"}
        for character in line
    )


def test_white_space_in_front_hides_no_title() -> None:
    assert one_line(" \n" * 50_000 + "title") == "title"


def test_invisible_text_is_no_text() -> None:
    assert one_line("\u200b\u2060 \ufe0f\x07") == ""


def test_terminal_sequences_leave_nothing_behind() -> None:
    assert one_line("a\x1b[1;31mb\x1b]0;title\x07c\x1b]8;;http://x\x1b\\d\x9b2Ke") == "abcde"


@given(first=anything, second=anything)
def test_portable_names_are_unicode_and_tell_names_apart(first: str, second: str) -> None:
    portable_name(first).encode()
    assert (portable_name(first) == portable_name(second)) == (first == second) or portable_name(
        first
    ) == second


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("ログ.jsonl", "cafe\u0301", "café", "a b", "😀"):
        assert portable_name(name) == name


@given(text=anything)
def test_paths_can_be_stored(text: str) -> None:
    path_text(text).encode()
    assert "\0" not in path_text(text)
