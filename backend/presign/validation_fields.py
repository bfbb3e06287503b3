"""A request's JSON object, read field by field: every value is checked for type, size and characters before anything
uses it.

Refusals are Problems that name the field. `null` is a wrong type, not an absent field.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from backend.presign.problems import Problem, invalid_request, unknown_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH_LIMIT = 100
"""Entries of one request: items of a batch, parts to be signed."""

# Control characters, and halves of surrogate pairs, which JSON can hold and UTF-8 cannot.
_UNSAYABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SHOWN_NAME = 40

Choice = TypeVar("Choice", bound=str)


class Fields:
    """A JSON object's fields, read one by one. `where` is the path that refusals put before a field's name."""

    def __init__(self, values: Mapping[str, object], where: str = "") -> None:
        self._values = values
        self.where = where

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def only(self, *names: str) -> Fields:
        """Refuse any field but these, naming all that are too many."""
        unknown = sorted(set(self._values) - set(names))
        if unknown:
            raise unknown_fields([self.where + shown(name) for name in unknown])
        return self

    def refuse(self, name: str, reason: str) -> Problem:
        """The Problem that refuses a field, to be raised."""
        return invalid_request(self.where + name, reason)

    def text(self, name: str, maximum: int) -> str | None:
        """A string of 1 to `maximum` characters, any characters, or None where absent."""
        if name not in self._values:
            return None
        value = self._values[name]
        if not isinstance(value, str):
            raise self.refuse(name, "must be a string")
        if not 1 <= len(value) <= maximum:
            raise self.refuse(name, f"must have 1 to {maximum} characters")
        return value

    def plain_text(self, name: str, maximum: int) -> str | None:
        """As `text`, without control characters and with nothing that UTF-8 cannot say."""
        value = self.text(name, maximum)
        if value is not None and not is_sayable(value):
            raise self.refuse(name, "must not contain control characters")
        return value

    def required(self, name: str, value: str | None) -> str:
        """The value, or a refusal that the field is missing."""
        if value is None:
            raise self.refuse(name, "is required")
        return value

    def integer(self, name: str, minimum: int, maximum: int | None) -> int | None:
        """A whole number in the range; None where absent. `true`, `1.0` and `"1"` are no whole numbers."""
        if name not in self._values:
            return None
        value = self._values[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(name, "must be a whole number")
        if value < minimum or (maximum is not None and value > maximum):
            span = f"at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
            raise self.refuse(name, f"must be {span}")
        return value

    def flag(self, name: str) -> bool:
        """true or false; false where absent."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise self.refuse(name, "must be true or false")
        return value

    def choice(self, name: str, options: tuple[Choice, ...], default: Choice | None) -> Choice:
        """One of the options; without a default the field is required."""
        value = self._values.get(name, default)
        for option in options:
            if value == option:
                return option
        raise self.refuse(name, f"must be one of {', '.join(options)}")

    def nested(self, name: str) -> Fields | None:
        """The object in a field; None where absent."""
        if name not in self._values:
            return None
        value = self._values[name]
        if not isinstance(value, dict):
            raise self.refuse(name, "must be an object")
        return Fields(value, f"{self.where}{name}.")

    def entries(self, name: str) -> list[object]:
        """The list in a field: 1 to 100 entries, of any kind as yet."""
        value = self._values.get(name)
        if not isinstance(value, list):
            raise self.refuse(name, "must be a list")
        if not 1 <= len(value) <= BATCH_LIMIT:
            raise self.refuse(name, f"must have 1 to {BATCH_LIMIT} entries")
        return value

    def raw(self) -> Mapping[str, object]:
        """The fields as they came, for a walk over names that the caller chose."""
        return self._values


def entry_fields(name: str, index: int, entry: object) -> Fields:
    """The fields of one entry of the list `name`. Raises Problem 400 where it is no object."""
    where = f"{name}[{index}]"
    if not isinstance(entry, dict):
        raise invalid_request(where, "must be an object")
    return Fields(entry, where + ".")


def is_sayable(text: str) -> bool:
    """Whether a text has no control characters and nothing that UTF-8 cannot say."""
    return not _UNSAYABLE.search(text)


def shown(name: str) -> str:
    """A caller's own name as it may be said back: short, and inert in a terminal or a log."""
    shown = name[:_SHOWN_NAME].encode("ascii", "backslashreplace").decode("ascii")
    plain = "".join(character if character.isprintable() else "?" for character in shown)
    return plain if len(name) <= _SHOWN_NAME else plain + "…"
