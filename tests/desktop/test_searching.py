"""Search as you type finds what a person means by the words typed."""

from __future__ import annotations

import unicodedata

import pytest

from app.desktop.searching import matches, searchable, wanted_words


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("s3 POLICY", "Fix the S3 bucket policy"),
        ("policy s3", "Fix the S3 bucket policy"),
        ("ﾛｸﾞ", "ログ同期の修正"),
        ("ログ\u3000修正", "ログ同期の修正"),
        ("ｌａｍｂｄａ", "Lambda retries"),
        (unicodedata.normalize("NFD", "プログラム"), unicodedata.normalize("NFC", "プログラム")),
        ("strasse", "Straße"),
        ("   ", "anything"),
    ],
)
def test_what_is_meant_is_found(typed: str, title: str) -> None:
    assert matches(wanted_words(typed), searchable(title))


def test_every_word_must_be_there() -> None:
    assert not matches(wanted_words("s3 lambda"), searchable("Fix the S3 bucket policy"))


def test_no_word_is_found_across_two_texts() -> None:
    assert not matches(wanted_words("onetwo"), searchable("one", None, "two"))
    assert matches(wanted_words("one two"), searchable("one", None, "two"))
