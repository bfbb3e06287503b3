"""Sizes and speeds as a person writes them: "16 MiB", "2M", "20 Mbit/s", "off"."""

from __future__ import annotations

import re
from decimal import Decimal

_FACTORS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
"""K, KB and KiB are 1,024 bytes: so both `rclone --bwlimit` and the AWS CLI's `max_bandwidth` take them."""

_BIT_FACTORS = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3}
"""Bits are counted as lines are sold, decimally."""

_AMOUNT = re.compile(
    r"(?P<number>\d{1,15}(?:\.\d{1,6})?)\s*(?P<prefix>[kmg]?)(?P<unit>i?b|bits?|bps|)(?P<each>/s)?",
    re.ASCII | re.IGNORECASE,
)

OFF = "off"

SLOWEST = 1024
FASTEST = 1024**4
"""Bytes per second."""


def parse_speed(text: str) -> int | None:
    """Bytes per second; None for "off". Raises ValueError, whose words say what is expected."""
    if text.strip().casefold() == OFF:
        return None
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or not (found["prefix"] or found["unit"]):
        # A bare number would be KiB to rclone, and bytes to the AWS CLI.
        raise ValueError(_SPEED_EXPECTED)
    value = _value(found)
    if not SLOWEST <= value <= FASTEST:
        raise ValueError(_SPEED_EXPECTED)
    return value


_SPEED_EXPECTED = '"off" or a speed with its unit is expected, like "512K", "2 MiB/s" or "20 Mbit/s", from 1 KiB/s to 1024 GiB/s'


def parse_size(text: str) -> int | None:
    """Bytes; None where it is no size."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or found["each"] or _is_bits(found) or not (found["prefix"] or found["unit"]):
        return None
    return _value(found)


def speed_text(speed: int | None) -> str:
    """As `parse_speed` reads it, in the largest unit that tells it exactly."""
    if speed is None:
        return OFF
    for factor, unit in (
        (1024**3, "GiB/s"),
        (1000**2 // 8, "Mbit/s"),
        (1024**2, "MiB/s"),
        (1024, "KiB/s"),
        (125, "kbit/s"),
    ):
        if speed % factor == 0:
            return f"{speed // factor} {unit}"
    return f"{speed} B/s"


def size_text(size: int) -> str:
    """As `parse_size` reads it."""
    for factor, unit in ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")):
        if size % factor == 0:
            return f"{size // factor} {unit}"
    return f"{size} B"


def _is_bits(found: re.Match[str]) -> bool:
    return found["unit"].casefold() in {"bit", "bits", "bps"}


def _value(found: re.Match[str]) -> int:
    factor = (_BIT_FACTORS if _is_bits(found) else _FACTORS)[found["prefix"].upper()]
    return int(Decimal(found["number"]) * factor) // (8 if _is_bits(found) else 1)
