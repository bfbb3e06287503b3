"""The window and the command line call the same thing by the same name, and Japanese calls each thing by one."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from app.archiving.plan import SessionState
from app.cli.backend_words import JAPANESE as BACKEND
from app.cli.error_words import JAPANESE as ERRORS
from app.cli.error_words import JAPANESE_REASONS
from app.cli.help_words import JAPANESE as HELP
from app.cli.messages import describe
from app.cli.words import JAPANESE, words
from app.desktop.formats import days, days_left
from app.desktop.i18n import translate
from app.desktop.messages import Messages, sentences
from app.desktop.reason_words import REASONS, in_words
from app.desktop.sessions.columns import column_words
from app.desktop.sessions.words import state_name
from app.errors import FolderNotWritable, Unreachable

if TYPE_CHECKING:
    from app.desktop.i18n import Language, Translations

PROJECT = Path(__file__).parents[2]
LANGUAGES: tuple[Language, ...] = ("en", "ja")

# What each thing is not called, and what it is called instead.
OTHER_NAMES = {
    "保管場所": "保管先",
    "題名": "タイトル",
    "アップロード中": "送信中",
    "もう一度探す": "もう一度スキャン",
    "もう一度試してください": "もう一度お試しください",
    "の版": "のバージョン",
    "この版": "このバージョン",
    "しい版": "しいバージョン",
    "このPC(?!内のみ)": "このコンピューター",
    "[}]・[{]": "{} · {}",
    "[ぁ-んァ-ヶ一-龠）}]: ": "：",
    "。 +[^ []": "no space after a full stop",
    r"\d セッション|n\} セッション|%n セッション": "%n 件のセッション",
}


def japanese() -> list[str]:
    """All Japanese there is, of the window and of the command line."""
    window = [
        "".join(translation.itertext()).strip()
        for path in (PROJECT / "resources" / "i18n" / "ja").glob("*.ts")
        for translation in ET.parse(path).iter("translation")  # noqa: S314 - our own files
    ]
    printed = [
        *JAPANESE.texts.values(),
        *JAPANESE.list_columns,
        *ERRORS.values(),
        *BACKEND.values(),
        *HELP.values(),
    ]
    return window + printed


@pytest.mark.parametrize("other", OTHER_NAMES)
def test_a_thing_has_one_name_in_japanese(other: str) -> None:
    assert [text for text in japanese() if re.search(other, text)] == [], OTHER_NAMES[other]


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_and_columns_are_named_alike(translations: Translations, language: Language) -> None:
    translations.use(language)
    printed = words(language)
    for state in get_args(SessionState):
        for only_here in (False, True):
            assert printed.state(state, this_computer_only=only_here) == state_name(
                state, this_computer_only=only_here
            )
    headings = [column.heading for column in column_words()]
    assert [heading for heading in headings if heading in printed.list_columns] == list(printed.list_columns)
    rows = {
        "queued": "Queued",
        "preparing": "Preparing",
        "sending": "Uploading",
        "receiving": "Downloading",
        "verifying": "Verifying",
        "paused": "Paused",
        "returning": "Coming back",
        "failed": "Failed",
        "cancelled": "Cancelled",
    }
    for row, name in rows.items():
        assert printed.say(f"row.{row}") == translate("Transfers", name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hours", [-5, 0, 3, 24, 30, 49, 24 * 30 - 1])
def test_days_until_a_tool_deletes_are_counted_alike(
    translations: Translations, language: Language, hours: int
) -> None:
    translations.use(language)
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    left = timedelta(hours=hours)
    printed = words(language).deleted_in(left)
    assert printed.rstrip(" !！") == days(days_left(now + left, now))
    assert (printed != printed.rstrip(" !！")) == (days_left(now + left, now) <= 2)


def test_what_the_system_says_is_japanese_in_both(translations: Translations) -> None:
    refused = Unreachable(host="example.com", reason="Connection refused")
    translations.use("ja")
    assert Messages().explain(refused).cause == "example.com に接続できませんでした：接続を拒否されました。"
    assert "：接続を拒否されました。" in describe(refused, "ja")
    assert "Connection refused" in describe(refused, "en")
    assert {known[1]: in_words(known[1]) for known in REASONS} == JAPANESE_REASONS
    assert in_words("What nobody has heard of") == "What nobody has heard of"
    translations.use("en")
    assert in_words("Connection refused") == "Connection refused"


@pytest.mark.skipif(os.name != "posix", reason="Windows says these in its own language already")
def test_the_system_s_words_are_those_it_says(tmp_path: Path, translations: Translations) -> None:
    translations.use("ja")
    with pytest.raises(FileNotFoundError) as missing:
        (tmp_path / "missing" / "file").read_bytes()
    with pytest.raises(IsADirectoryError) as folder:
        tmp_path.read_bytes()
    for problem in (missing.value, folder.value):
        error = FolderNotWritable(path="/x", reason=problem.strerror)
        assert not re.search(r"[a-z]{3}", Messages().explain(error).cause)


def test_sentences_are_set_as_their_language_sets_them(translations: Translations) -> None:
    assert sentences("One.", "", "Two.") == "One. Two."
    assert sentences("一つ。", "二つ。") == "一つ。二つ。"
    refused = Unreachable(host="example.com")
    assert (
        Messages().explain(refused).whole.startswith("No connection. example.com could not be reached. Check")
    )
    translations.use("ja")
    whole = Messages().explain(refused).whole
    assert whole.startswith("接続できません。example.com に接続できませんでした。ネットワーク")
    assert " ネ" not in whole
