"""Sizes, ages and times in both languages, at the edges where they change their form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.desktop import formats
from app.desktop.i18n import Translations, choose_language, read_translations, translate
from app.desktop.resources import resource_folder
from tests.system import renew_time_zone, set_time_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def translations(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Translations]:
    set_time_zone(monkeypatch, "Asia/Tokyo")
    made = Translations(read_translations(resource_folder()))
    made.use("en")
    yield made
    made.use("en")
    monkeypatch.undo()
    renew_time_zone()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (780_400, "780 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (999_940_000, "999.9 MB"),
        (999_999_999, "1.0 GB"),
        (14_000_000, "14.0 MB"),
        (1_400_000_000, "1.4 GB"),
        (-5, "0 B"),
    ],
)
def test_sizes_are_decimal(count: int, words: str) -> None:
    assert formats.size(count) == words


def test_sizes_have_the_same_units_in_every_language(translations: Translations) -> None:
    translations.use("ja")
    assert [formats.size(count) for count in (969, 402_000, 14_000_000)] == ["969 B", "402 kB", "14.0 MB"]


def test_how_much_of_how_much_says_the_unit_once() -> None:
    assert formats.amount(3_600_000, 5_800_000) == "3.6 of 5.8 MB"
    assert formats.amount(312_000, 5_800_000) == "312 kB of 5.8 MB"
    assert formats.amount(9, 5) == "5 of 5 B"
    assert formats.amount(84_000_000, 200_000_000) == "84 of 200 MB"
    assert formats.amount(999_960_000, 999_960_000) == "1.0 of 1.0 GB"
    assert formats.amount(84_000_000, 200_000_000_000) == "84.0 MB of 200 GB"


@pytest.mark.parametrize(
    ("seconds", "english", "japanese"),
    [
        (0.2, "1 s", "1 秒"),
        (59, "59 s", "59 秒"),
        (90, "2 min", "2 分"),
        (4800, "1 h 20 min", "1 時間 20 分"),
        (200_000, "55 h", "55 時間"),
    ],
)
def test_waits_are_short(seconds: float, english: str, japanese: str, translations: Translations) -> None:
    assert formats.duration(seconds) == english
    translations.use("ja")
    assert formats.duration(seconds) == japanese


@pytest.mark.parametrize(
    ("ago", "english", "japanese"),
    [
        (timedelta(days=-1), "now", "今"),
        (timedelta(seconds=59), "now", "今"),
        (timedelta(minutes=59, seconds=59), "59 min", "59 分前"),
        (timedelta(hours=23, minutes=59), "23 h", "23 時間前"),
        (timedelta(days=29), "29 d", "29 日前"),
        (timedelta(days=1200), "1,200 d", "1,200 日前"),
    ],
)
def test_ages_have_one_unit_and_are_never_negative(
    ago: timedelta, english: str, japanese: str, translations: Translations
) -> None:
    assert formats.age(NOW - ago, NOW) == english
    translations.use("ja")
    assert formats.age(NOW - ago, NOW) == japanese


@pytest.mark.parametrize(("hours", "left"), [(-1, 0), (1, 1), (24, 1), (25, 2), (24 * 28, 28)])
def test_a_day_that_has_begun_counts(hours: int, left: int) -> None:
    assert formats.days_left(NOW + timedelta(hours=hours), NOW) == left


def test_days_are_counted_in_words(translations: Translations) -> None:
    assert [formats.days(count) for count in (0, 1, 28)] == ["today", "1 day", "28 days"]
    translations.use("ja")
    assert [formats.days(count) for count in (0, 1, 28)] == ["今日", "1 日", "28 日"]


def test_events_are_told_by_day_and_time(translations: Translations) -> None:
    today = datetime(2026, 11, 23, 5, 21, tzinfo=UTC)  # 14:21 in Tokyo
    assert formats.day_and_time(today, NOW).startswith("Today ")
    assert formats.day_and_time(today - timedelta(days=1), NOW).startswith("Yesterday ")
    assert formats.day_and_time(today - timedelta(days=3), NOW) == "20 Nov 2026"
    translations.use("ja")
    assert formats.day_and_time(today, NOW) == "今日 14:21"
    assert formats.day_and_time(today - timedelta(days=3), NOW) == "2026年11月20日"


def test_a_hundred_per_cent_is_all_of_it(translations: Translations) -> None:
    assert [formats.percent(value) for value in (-1, 0, 0.629, 0.9999, 1, 3)] == [
        "0 %",
        "0 %",
        "62 %",
        "99 %",
        "100 %",
        "100 %",
    ]
    translations.use("ja")
    assert formats.percent(0.5) == "50%"


@pytest.mark.parametrize(
    ("environ", "setting", "language"),
    [({"CHATLOG_LANG": "ja"}, "en", "ja"), ({}, "ja", "ja"), ({"CHATLOG_LANG": "xx"}, "en", "en")],
)
def test_the_language_is_the_nearest_wish(environ: dict[str, str], setting: str, language: str) -> None:
    assert choose_language(environ, setting) == language


def test_numbers_in_words_are_grouped(translations: Translations) -> None:
    for language, words in (("en", "10,000 days"), ("ja", "10,000 日")):
        translations.use(language)  # type: ignore[arg-type]
        assert formats.days(10_000) == words


def test_a_text_without_a_translation_stays_english(translations: Translations) -> None:
    translations.use("ja")
    assert translate("Nowhere", "As it is") == "As it is"
