"""Text out of logs, made fit to show and to store."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from app.sessions.text import inert, inert_line, one_line, path_text, portable_name

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


def test_no_character_that_acts_or_hides_is_left_in_inert_text() -> None:
    """Unicode's own table decides; another version of it may know more such characters."""
    for code in range(0x110000):
        character = chr(code)
        shown = inert(f"a{character}b")
        category = unicodedata.category(character)
        if character in "\n\t" or category not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            assert shown in {f"a{character}b", "ab"}, hex(code)
        elif category == "Cs":
            assert shown == "a\ufffdb"
        elif character in "\u200c\u200d":
            assert shown == f"a{character}b"
        else:
            assert shown in {"ab", "a\nb", "a"}, hex(code)


@given(text=st.text(st.characters() | st.sampled_from("\x1b\x9b\x9d[]();m\x07\\\u202e\r\n\t"), max_size=300))
def test_inert_text_stays_as_it_is_and_lines_stay_lines(text: str) -> None:
    shown = inert(text)
    shown.encode()
    assert inert(shown) == shown
    assert "\n" not in inert_line(text)
    assert len(inert_line(text, 20)) <= 20


def test_inert_text_keeps_its_lines_and_tabs() -> None:
    assert inert("one\r\ntwo\rthree\u2028four\n\tfive") == "one\ntwo\nthree\nfour\n\tfive"
    assert inert("👩\u200d👩 می\u200cخواهم ログ\u3099") == "👩\u200d👩 می\u200cخواهم ログ\u3099"
