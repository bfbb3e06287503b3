"""What went wrong, in the user's language: one line with what, why and the next step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from app.cli.error_words import ENGLISH, JAPANESE, JAPANESE_REASONS
from app.errors import ChatLogError
from app.sessions.text import inert

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["en", "ja"]

LANGUAGE_VARIABLE = "CHATLOG_LANG"

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

_BYTES = frozenset({"size", "limit", "needed", "free"})
# What other programs said, with line ends and a full stop of its own.
_SENTENCES = frozenset({"reason", "detail"})


def choose_language(environ: Mapping[str, str], setting: str = "system") -> Language:
    """CHATLOG_LANG, else the setting, else the environment's locale as POSIX orders it; English where none says ja."""
    for wish in (environ.get(LANGUAGE_VARIABLE, ""), setting):
        if wish in {"en", "ja"}:
            return "ja" if wish == "ja" else "en"
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "ja" if re.match(r"ja(?![a-z])", locale, re.IGNORECASE) else "en"


def describe(error: ChatLogError, language: Language) -> str:
    """The error as one line, safe to print.

    The words are those of the error's code and reason, else of its code, else of the nearest kind above it.
    """
    words = JAPANESE if language == "ja" else ENGLISH
    values = {
        name: _shown(name, value) for name, value in error.parameters.items() if value not in {None, ""}
    }
    template = _template(error, words)
    if language == "ja":
        values = {name: JAPANESE_REASONS.get(value, value) for name, value in values.items()}
    values["details"] = ", ".join(f"{name}={value}" for name, value in values.items()) or type(error).code
    return printable(_filled(template, values, "？" if language == "ja" else "?"))


def printable(text: str) -> str:
    """The text with nothing that a terminal acts on or that hides or reorders what is read.

    Escape sequences, control and invisible formatting characters (bidirectional ones too) go; line ends and tabs
    become spaces; what no encoding can write becomes U+FFFD.
    """
    return inert(text).replace("\n", " ").replace("\t", " ")


def _template(error: ChatLogError, words: Mapping[str, str]) -> str:
    reason = error.parameters.get("reason")
    for kind in type(error).__mro__:
        code = str(getattr(kind, "code", ""))
        for key in (f"{code}.{reason}", code):
            if key in words:
                return words[key]
    raise AssertionError(f"{ChatLogError.code!r} has no words")


def _filled(template: str, values: Mapping[str, str], unknown: str) -> str:
    """The template with its values; a part in [brackets] is left out when one of its values is not known."""

    def optional(part: re.Match[str]) -> str:
        return part[1] if all(name in values for name in _PLACEHOLDER.findall(part[1])) else ""

    return _PLACEHOLDER.sub(lambda found: values.get(found[1], unknown), _OPTIONAL.sub(optional, template))


def _shown(name: str, value: str | float | None) -> str:
    if name in _BYTES and isinstance(value, int | float):
        from app.cli.output import decimal_size  # noqa: PLC0415 - output.py needs `printable` of this module

        return decimal_size(value)
    if isinstance(value, float):
        return f"{value:g}"
    shown = printable(str(value))
    if name in _SENTENCES:
        shown = " ".join(shown.split()).rstrip(".。")
    return shown
