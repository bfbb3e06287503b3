"""Sizes and speeds as people write them, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.account.amounts import FASTEST, SLOWEST, parse_size, parse_speed, size_text, speed_text

MEBIBYTE = 1024**2


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        ("off", None),
        ("OFF", None),
        ("512K", 512 * 1024),
        ("512k", 512 * 1024),
        ("512KB/s", 512 * 1024),
        ("1.5M", MEBIBYTE * 3 // 2),
        ("2 MiB/s", 2 * MEBIBYTE),
        (" 2MB/s ", 2 * MEBIBYTE),
        ("4096B", 4096),
        ("20 Mbit/s", 2_500_000),
        ("20Mbit", 2_500_000),
        ("100mbps", 12_500_000),
        ("1 Gbit/s", 125_000_000),
        ("64kbit", 8000),
        ("1 KiB/s", SLOWEST),
    ],
)
def test_a_speed_is_understood_as_rclone_and_the_aws_cli_do(text: str, speed: int | None) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize(
    "text",
    ["", "0", "2000000", "fast", "-1M", "1,5M", "5T", "1023 B/s", "2 M M", "2M/h", "9" * 15 + "G", "\u0662M"],
)
def test_what_is_no_speed_is_told_with_what_is_expected(text: str) -> None:
    with pytest.raises(ValueError, match="20 Mbit/s"):
        parse_speed(text)


@given(st.integers(SLOWEST, FASTEST))
def test_a_speed_that_is_written_is_read_again(speed: int) -> None:
    assert parse_speed(speed_text(speed)) == speed


def test_no_limit_is_written_and_read_again() -> None:
    assert parse_speed(speed_text(None)) is None


@given(st.integers(0, 2**39))
def test_a_size_that_is_written_is_read_again(size: int) -> None:
    assert parse_size(size_text(size)) == size


@pytest.mark.parametrize("text", ["", "16", "16 Mbit", "16 MiB/s", "16 parts"])
def test_what_is_no_size_is_none(text: str) -> None:
    assert parse_size(text) is None


def test_units_are_those_that_people_use() -> None:
    assert [speed_text(speed) for speed in (2_500_000, 2 * MEBIBYTE, 512 * 1024, 1025)] == [
        "20 Mbit/s",
        "2 MiB/s",
        "512 KiB/s",
        "1025 B/s",
    ]
    assert [size_text(size) for size in (16 * MEBIBYTE, 1024**3, 5000)] == ["16 MiB", "1 GiB", "5000 B"]
