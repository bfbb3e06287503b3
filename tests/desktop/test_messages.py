"""Every error has words for a person, in both languages; hostile values stay harmless; reports hold no secrets."""

from __future__ import annotations

import inspect
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import errors
from app.cli.error_words import ENGLISH
from app.desktop.message_words import WORDS, Words
from app.desktop.messages import ActionKind, Messages, words_for
from app.errors import (
    ChatLogError,
    DiskFull,
    ProfileInvalid,
    RemoteError,
    Throttled,
    TooLarge,
    Unreachable,
)

if TYPE_CHECKING:
    from app.desktop.i18n import Language, Translations

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ChatLogError)]
LANGUAGES: tuple[Language, ...] = ("en", "ja")
PROJECT = Path(errors.__file__).parents[1]


def parameters_of(kind: type[ChatLogError]) -> set[str]:
    """As the class's docstring names them."""
    found = re.search(r"Parameters?: (.+)\.$", kind.__doc__ or "")
    return set(re.sub(r" \([^)]*\)", "", found[1]).split(", ")) if found else set()


def kind_of(key: str) -> type[ChatLogError]:
    (kind,) = [kind for kind in KINDS if kind.code == key.partition(".")[0]]
    return kind


def placeholders(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))


def required(template: str) -> set[str]:
    return placeholders(re.sub(r"\[[^\[\]]*\]", "", template))


def texts(words: Words) -> tuple[str, str, str]:
    return words.title[1], words.cause[1], words.next_step[1]


def japanese() -> dict[str, str]:
    """The Japanese of every text about errors."""
    messages = ET.parse(PROJECT / "resources" / "i18n" / "ja" / "Errors.ts").iter("message")  # noqa: S314 - our own file
    return {message.findtext("source", ""): message.findtext("translation", "") for message in messages}


def example(kind: type[ChatLogError]) -> ChatLogError:
    numbers = {"size", "limit", "status", "retryAfter"}
    return kind(**{name: 1 if name in numbers else f"<{name}>" for name in parameters_of(kind)})


# ---- complete ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_error_has_words_of_its_own(kind: type[ChatLogError]) -> None:
    assert kind.code in WORDS


def test_every_reason_that_the_command_line_knows_has_words() -> None:
    assert set(ENGLISH) <= set(WORDS)
    assert all(kind_of(key) for key in WORDS)


def test_every_text_is_said_in_japanese_with_the_same_values() -> None:
    said = japanese()
    for key, words in WORDS.items():
        for text in texts(words):
            assert said.get(text), f"{key}: {text}"
            assert placeholders(said[text]) == placeholders(text), key
            assert required(said[text]) == required(text), key


@pytest.mark.parametrize("key", WORDS)
def test_words_use_the_error_s_own_values(key: str) -> None:
    for text in texts(WORDS[key]):
        assert placeholders(text) <= parameters_of(kind_of(key)) | {"details"}


def test_titles_are_short_and_sentences_end() -> None:
    said = japanese()
    for key, words in WORDS.items():
        title, cause, next_step = texts(words)
        assert len(title) <= 50, key
        assert not title.endswith((".", "…")), key
        assert not said[title].endswith("。"), key
        assert re.search(r"[.?/]$", cause), key
        assert re.search(r"[.?/]$", next_step), key
        for sentence in (said[cause], said[next_step]):
            assert sentence.endswith("。"), key
            assert not re.search(r"[0-9}][ぁ-んァ-ヶ]", re.sub(r"\{retryAfter\}", "", sentence)), (
                f"{key}: a space stands between digits and kana"
            )
            assert "アーカイブ" not in sentence.replace("アーカイブ用のクラス", ""), key
            assert "プロファイル" not in sentence.replace("AWS プロファイル", ""), key


def test_no_command_is_asked_of_a_person_at_a_window() -> None:
    every = [text for words in WORDS.values() for text in texts(words)]
    for text in [*every, *japanese().values()]:
        assert "`" not in text
        assert "chatlog-uploader" not in text
        assert "--" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_has_words(translations: Translations, language: Language) -> None:
    translations.use(language)
    labels = [Messages().label(action) for action in get_args(ActionKind)]
    assert all(labels)
    assert len(set(labels)) == len(labels)


# ---- shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_explained_with_all_values_and_with_none(
    translations: Translations, kind: type[ChatLogError], language: Language
) -> None:
    translations.use(language)
    for error in (example(kind), kind(), kind(**dict.fromkeys(parameters_of(kind)))):
        said = Messages().explain(error)
        for text in (said.title, said.cause, said.next_step):
            assert text
            assert not re.search(r"[{}\[\]]|None|\n", text)


def test_a_reason_chooses_its_own_words(translations: Translations) -> None:
    known = Messages().explain(ProfileInvalid(name="team", reason="name-taken"))
    assert known.title == "This name is taken"
    assert known.cause == "There is a profile “team” already."
    later = Messages().explain(ProfileInvalid(name="team", reason="a reason of a later version"))
    assert "a reason of a later version" in later.cause
    translations.use("ja")
    assert Messages().explain(ProfileInvalid(name="team", reason="name-taken")).cause == (
        "保存先「team」はすでにあります。"
    )


def test_an_error_without_words_falls_back_on_its_kind() -> None:
    class Later(RemoteError):
        code: ClassVar[str] = "later"

    class LaterStill(Later):
        code: ClassVar[str] = "later-still"

    assert words_for(LaterStill()) is WORDS["remote"]
    said = Messages().explain(LaterStill(host="example.com"))
    assert said.cause == "The other side did not do it: host=example.com."
    assert "later-still" in Messages().explain(LaterStill()).cause


def test_values_are_shown_for_people(translations: Translations) -> None:
    explain = Messages().explain
    assert "5.5 GB, the limit is 5.0 GB" in explain(TooLarge(size=5_500_000_000, limit=5_000_000_000)).cause
    full = DiskFull(path="/backup", needed=7_300_000_000, free=120_000_000)
    assert explain(full).cause == "There is no room left for /backup: 7.3 GB needed, 120.0 MB free."
    assert explain(DiskFull(path="/backup")).cause == "There is no room left for /backup."
    assert "tried again in 3 s" in explain(Throttled(host="example.com", retryAfter=3)).cause
    lost = explain(Unreachable(host="example.com", reason="No route.\n  Try later.\n"))
    assert lost.cause == "example.com could not be reached: No route. Try later."
    without = explain(Unreachable(host="example.com", reason=""))
    assert without.cause == "example.com could not be reached."


def test_what_has_no_end_is_cut_in_the_middle() -> None:
    said = Messages().explain(Unreachable(host="example.com", reason="a" * 5000 + "the end"))
    assert len(said.cause) < 400
    assert said.cause.endswith("the end.")


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_nothing_in_a_value_acts_on_the_reader(text: str) -> None:
    hostile = f"{text}\x1b[31m\u202egnp.exe\u2066{{host}}[x]"
    said = Messages().explain(ProfileInvalid(name=hostile, reason=hostile))
    told = Messages().details(ProfileInvalid(name=hostile, reason=hostile))
    for shown in (said.title, said.cause, *told.splitlines()):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)


# ---- reported ---------------------------------------------------------------------------------------------


def test_a_report_names_error_values_version_and_system(translations: Translations) -> None:
    translations.use("ja")
    told = Messages().details(Unreachable(host="example.com", reason="No route"))
    assert re.search(r"^Chat Log Uploader \d", told)
    assert "\nError: unreachable\n" in told
    assert "\n  host: example.com\n" in told
    assert "\n  reason: No route\n" in told
    assert re.search(r"\nPython 3\.\d+\.\d+, Qt 6\.", told)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET https://b.s3.amazonaws.com/k?X-Amz-Signature=0123456789abcdef&x-id=1", "0123456789abcdef"),
        (
            "…&X-Amz-Credential=AKIAABCDEFGHIJKLMNOP%2F20260101&X-Amz-Security-Token=FwoGZXIvYXdz",
            "FwoGZXIvYXdz",
        ),
        ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30", "eyJhbGciOiJIUzI1NiJ9"),
        ("the key AKIAABCDEFGHIJKLMNOP is wrong", "AKIAABCDEFGHIJKLMNOP"),
        ("Credential=ASIAABCDEFGHIJKLMNOP/20260101/eu-west-1", "ASIAABCDEFGHIJKLMNOP"),
    ],
)
def test_a_report_holds_no_secret(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in Messages().details(Unreachable(host="example.com", reason=text))
