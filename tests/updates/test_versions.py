"""Versions are ordered as Python's own packaging library orders them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion
from packaging.version import Version as Judge

from app import __version__
from app.updates.versions import parse_version

NUMBER = st.integers(0, 30).map(str)
SEPARATOR = st.sampled_from(["", ".", "-", "_"])
STAGE = st.sampled_from(["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC"])
VERSIONS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "v", "V", "1!"]),
        st.lists(NUMBER, min_size=1, max_size=4).map(".".join),
        st.one_of(st.just(""), st.builds("".join, st.tuples(SEPARATOR, STAGE, SEPARATOR, NUMBER))),
        st.one_of(st.just(""), st.builds(".post{}".format, NUMBER), st.builds("-{}".format, NUMBER)),
        st.one_of(st.just(""), st.builds(".dev{}".format, NUMBER)),
    ),
)


def judged(text: str) -> Judge | None:
    try:
        return Judge(text)
    except InvalidVersion:
        return None


@given(VERSIONS, VERSIONS)
def test_any_two_are_ordered_as_the_judge_orders_them(one: str, other: str) -> None:
    ours, theirs = (parse_version(one), parse_version(other)), (judged(one), judged(other))
    assert [version is None for version in ours] == [version is None for version in theirs]
    if None in ours or None in theirs:
        return
    assert (ours[0] < ours[1], ours[0] == ours[1]) == (theirs[0] < theirs[1], theirs[0] == theirs[1])  # type: ignore[operator]
    for version, judge in zip(ours, theirs, strict=True):
        assert version is not None
        assert judge is not None
        assert version.is_final is not judge.is_prerelease


@given(st.text(max_size=80))
def test_any_text_is_a_version_or_none(text: str) -> None:
    if parse_version(text) is not None:
        assert judged(text) is not None


@pytest.mark.parametrize(
    "text", ["", "latest", "v", "1.", "1..2", "1.2.0-rc.1.2", "9" * 5000, "１.２", "1.2;3"]
)
def test_what_names_no_version(text: str) -> None:
    assert parse_version(text) is None


def test_this_program_has_a_version() -> None:
    assert parse_version(__version__) is not None
    assert re.fullmatch(r"[0-9.]+", __version__)
