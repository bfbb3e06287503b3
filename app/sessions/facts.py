"""What reading a session's main file tells: the part of a session that is worth remembering."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import msgspec

from app.sessions.model import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_MAX_TOKENS = 2**53
"""The largest count JSON readers agree on; more is a damaged line."""


Counts = tuple[int, int, int, int]
"""Tokens: input, output, cache read, cache write."""


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """Read from a main file, kept in the index as JSON.

    Times are microseconds since 1970 UTC.
    """

    title: str
    project: str | None
    messages: int
    model: str | None
    tokens: dict[str, Counts]
    started: int | None
    updated: int | None
    notes: tuple[str, ...]

    def usage_by_model(self) -> Mapping[str, Usage]:
        """The tokens as the model's own type."""
        return {model: Usage(*counts) for model, counts in self.tokens.items()}


def unread_facts(title: str, note: str) -> Facts:
    """The facts of a file that could not be read at all."""
    return Facts(
        title=title,
        project=None,
        messages=0,
        model=None,
        tokens={},
        started=None,
        updated=None,
        notes=(note,),
    )


def moment(microseconds: int) -> datetime:
    """A time from microseconds since 1970; beyond what `datetime` can hold, the nearest it can."""
    try:
        return EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return LATEST if microseconds > 0 else EARLIEST


def microseconds(text: str) -> int | None:
    """An ISO 8601 time as microseconds since 1970, or None when it is none. Without a zone it is UTC."""
    if len(text) > 64:  # noqa: PLR2004 - no ISO time is longer; a bound on hostile input
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    try:
        return (parsed - EPOCH) // timedelta(microseconds=1)
    except OverflowError:
        return None


def token_count(value: object) -> int:
    """A token count out of a log: a whole number in a sensible range, else 0."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_TOKENS:
        return value
    return 0


def token_sum(values: Sequence[object]) -> int:
    """The sum of many token counts."""
    if set(map(type, values)) == {int}:
        numbers = cast("Sequence[int]", values)
        if min(numbers) >= 0 and max(numbers) <= _MAX_TOKENS:
            return sum(numbers)
    return sum(map(token_count, values))
