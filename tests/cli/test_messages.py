"""The words of every error, in both languages, and what is kept off the terminal."""

from __future__ import annotations

import inspect
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import errors
from app.cli.error_words import ENGLISH, JAPANESE
from app.cli.messages import Language, choose_language, describe, printable
from app.errors import (
    ChatLogError,
    ConfigurationError,
    DiskFull,
    ProfileInvalid,
    RemoteError,
    TooLarge,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

APP = Path(errors.__file__).parent
COMMANDS = {
    "list",
    "upload",
    "history",
    "download",
    "restore",
    "delete",
    "undelete",
    "status",
    "doctor",
    "profile list",
    "profile add",
    "profile use",
    "profile remove",
    "profile second",
    "profile test",
    "profile sign-in",
    "sandbox info",
    "sandbox reset",
    "sandbox stop",
    "backend deploy",
    "backend status",
    "backend remove",
}
KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ChatLogError)]
BOTH: list[Mapping[str, str]] = [ENGLISH, JAPANESE]


def placeholders(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))


def parameters_of(kind: type[ChatLogError]) -> set[str]:
    """As the class's docstring names them."""
    found = re.search(r"Parameters?: (.+)\.$", kind.__doc__ or "")
    return set(re.sub(r" \([^)]*\)", "", found[1]).split(", ")) if found else set()


def kind_of(key: str) -> type[ChatLogError]:
    code = key.partition(".")[0]
    (kind,) = [kind for kind in KINDS if kind.code == code]
    return kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_error_has_words_in_both_languages(kind: type[ChatLogError]) -> None:
    assert kind.code in ENGLISH
    assert kind.code in JAPANESE


def test_both_languages_say_the_same_things() -> None:
    assert list(ENGLISH) == list(JAPANESE)
    for key, english in ENGLISH.items():
        assert placeholders(english) == placeholders(JAPANESE[key]), key
        # Which of the values may be missing is the same too.
        assert _required(english) == _required(JAPANESE[key]), key


def _required(template: str) -> set[str]:
    return placeholders(re.sub(r"\[[^\[\]]*\]", "", template))


@pytest.mark.parametrize("key", ENGLISH)
def test_words_use_the_error_s_own_parameters(key: str) -> None:
    assert placeholders(ENGLISH[key]) <= parameters_of(kind_of(key)) | {"details"}


@pytest.mark.parametrize("words", BOTH)
def test_words_are_one_plain_line_that_ends(words: Mapping[str, str]) -> None:
    for key, template in words.items():
        assert printable(template) == template, key
        assert template.endswith((".", "。")), key
        assert template.count("[") == template.count("]"), key
        assert not re.search(r"\[[^\]]*\[", template), f"{key}: brackets do not nest"
        assert not re.search(r"[。、] | {2}", template), key


@pytest.mark.parametrize("words", BOTH)
def test_the_commands_named_are_the_program_s(words: Mapping[str, str]) -> None:
    named = {
        found
        for text in words.values()
        for found in re.findall(r"`chatlog-uploader ([a-z]+(?: [a-z-]+)?)", text)
    }
    assert named <= COMMANDS


def test_japanese_keeps_to_its_words() -> None:
    for key, text in JAPANESE.items():
        assert "アーカイブ" not in text.replace("アーカイブ用のクラス", ""), key
        assert "プロファイル" not in text.replace("AWS プロファイル", ""), key
        assert not re.search(r"[0-9}][ぁ-んァ-ヶ]", text), f"{key}: a space stands between digits and kana"
        assert re.search(r"(です|ます|ません|でした|ました|ください|下さい)。$", text), key


REASONS = re.compile(
    r'reason="([a-z-]+)"|_missing\("([a-z-]+)"\)|EndpointRefused\("([a-z-]+)"\)|(?:_failed\(|reason = )"([a-z-]+)"'
)


def test_every_reason_that_is_a_code_has_its_own_words() -> None:
    given_reasons = {
        next(filter(None, found))
        for part in ("account", "remote", "sandbox", "updates", "deployment")
        for file in (APP / part).glob("*.py")
        for found in REASONS.findall(file.read_text("utf-8"))
    }
    known = {key.partition(".")[2] for key in ENGLISH if "." in key}
    assert given_reasons == known


def example(kind: type[ChatLogError]) -> ChatLogError:
    return kind(
        **{name: 1 if name in {"size", "limit", "status"} else f"<{name}>" for name in parameters_of(kind)}
    )


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_described_with_all_parameters_and_with_none(kind: type[ChatLogError], language: Language) -> None:
    for error in (example(kind), kind(), kind(**dict.fromkeys(parameters_of(kind)))):
        text = describe(error, language)
        assert text
        assert not re.search(r"[{}\[\]]|None|\n", text)
        assert all(
            f"<{name}>" in text
            for name in _required(ENGLISH[kind.code])
            if str(error.parameters.get(name)).startswith("<")
        )


def test_a_reason_chooses_its_own_words() -> None:
    english = describe(ProfileInvalid(name="team", reason="name-taken"), "en")
    assert english == (
        "There is a profile “team” already. Choose another name, or add --replace to put this one in its place."
    )
    japanese = describe(ProfileInvalid(name="team", reason="name-taken"), "ja")
    assert japanese == (
        "保存先「team」はすでにあります。別の名前を選ぶか、--replace を付けて置き換えてください。"
    )
    assert "a reason of a later version" in describe(
        ProfileInvalid(name="team", reason="a reason of a later version"), "en"
    )


def test_an_error_without_words_falls_back_on_its_kind() -> None:
    class Later(RemoteError):
        code: ClassVar[str] = "later"

    class LaterStill(Later):
        code: ClassVar[str] = "later-still"

    text = describe(LaterStill(host="example.com"), "en")
    assert text.startswith("The other side did not do what was asked: host=example.com.")
    assert describe(LaterStill(), "ja").startswith("接続先が要求どおりに応答しませんでした：later-still。")
    assert "doctor" in describe(ConfigurationError(), "en")


def test_values_are_shown_for_people() -> None:
    assert "5.5 GB, the limit is 5.0 GB" in describe(TooLarge(size=5_500_000_000, limit=5_000_000_000), "en")
    text = describe(Unreachable(host="example.com", reason="No route.\n  Try later.\n"), "en")
    assert "could not be reached: No route. Try later. Check" in text
    assert describe(DiskFull(path="/a  b."), "en").startswith("The disk is full: /a  b.. ")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 日本語 é", "plain 日本語 é"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\c", "abc"),
        ("a\x1b]unfinished stays", "aunfinished stays"),
        ("\x9b31mred \x9d0;t\x9cx", "red x"),
        ("a\x1bc\x1b(Bb", "ab"),
        ("one\r\ntwo\tthree\x0bfour\u2028five", "one two three four five"),
        ("\x00\x07\x08\x7f\x80a", "a"),
        ("safe\u202egnp.exe\u2066\u200f\u061c", "safegnp.exe"),
        ("a\u00adb\ufeffc\U000e0041", "abc"),
        ("lone \udcff", "lone \ufffd"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_what_a_terminal_would_act_on_is_taken_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters() | st.sampled_from("\x1b\x9b\x9d[]();m\x07\\\u202e")))
def test_nothing_printable_is_unsafe_whatever_the_text(text: str) -> None:
    shown = printable(text)
    unsafe = {"Cc", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.category(character) in unsafe for character in shown)
    assert not any(
        unicodedata.bidirectional(character) in {"RLO", "LRO", "RLI", "LRI", "PDF", "PDI"}
        for character in shown
    )
    assert printable(shown) == shown
    shown.encode()


def test_values_cannot_carry_anything_into_the_line() -> None:
    text = describe(DiskFull(path="\x1b[2J{reason}[x]\n\u202e"), "en")
    assert text.startswith("The disk is full: {reason}[x] . Make room")


@pytest.mark.parametrize(
    ("environ", "setting", "language"),
    [
        ({}, "system", "en"),
        ({"LANG": "ja_JP.UTF-8"}, "system", "ja"),
        ({"LANG": "ja"}, "system", "ja"),
        ({"LANG": "jam_JM"}, "system", "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "en_GB"}, "system", "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "ja_JP"}, "system", "ja"),
        ({"LC_ALL": "C", "LC_MESSAGES": "ja_JP", "LANG": "ja_JP"}, "system", "en"),
        ({"LC_ALL": "", "LANG": "ja_JP"}, "system", "ja"),
        ({"LANG": "ja_JP"}, "en", "en"),
        ({"LANG": "en_US"}, "ja", "ja"),
        ({"CHATLOG_LANG": "ja"}, "en", "ja"),
        ({"CHATLOG_LANG": "en", "LANG": "ja_JP"}, "ja", "en"),
        ({"CHATLOG_LANG": "fr", "LANG": "ja_JP"}, "system", "ja"),
    ],
)
def test_which_language_is_spoken(environ: dict[str, str], setting: str, language: Language) -> None:
    assert choose_language(environ, setting) == language
