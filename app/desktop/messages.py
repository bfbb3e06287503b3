"""What went wrong, in a person's words: a title, the cause, the next step and the button that does it."""

from __future__ import annotations

import platform
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import qVersion

from app import __version__
from app.desktop.formats import duration, size
from app.desktop.i18n import APPLICATION_NAME, translate
from app.desktop.message_words import WORDS
from app.desktop.reason_words import in_words
from app.errors import ChatLogError
from app.sessions.text import inert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.desktop.message_words import Marked, Words

ActionKind = Literal[
    "retry",
    "ask-return",
    "open-profiles",
    "sign-in",
    "unlock-keyring",
    "show-file",
    "open-settings-file",
    "copy-details",
]

MAXIMUM_VALUE = 300
"""Characters of one value in a sentence: what other programs say has no end."""

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

_BYTES = frozenset({"size", "limit", "needed", "free"})
_SECONDS = frozenset({"retryAfter"})
# What other programs said, with line ends and a full stop of its own.
_SENTENCES = frozenset({"reason", "detail"})

# Signatures and keys have no place in a report, wherever they come from.
_SECRETS = re.compile(
    r"(?i)(?<=[?&])(X-Amz-[\w-]+=)[^&\s\"']+|\b((?:Bearer|Credential=)\s*)[\w.~+/=-]{8,}|\b((?:AKIA|ASIA)[0-9A-Z]{4})[0-9A-Z]{12}\b"
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """An error for a person."""

    title: str
    """One short line without a full stop."""
    cause: str
    """A sentence or two."""
    next_step: str
    """A sentence: what helps."""
    action: ActionKind | None
    """What does the next step; None where nothing in the window can."""

    @property
    def text(self) -> str:
        """Cause and next step as one paragraph."""
        return sentences(self.cause, self.next_step)

    @property
    def whole(self) -> str:
        """All of it as one paragraph, the title as its first sentence."""
        return sentences(self.title_sentence, self.cause, self.next_step)

    @property
    def title_sentence(self) -> str:
        """The title with the full stop of its language."""
        return translate("Errors", "{sentence}.").format(sentence=self.title)


def sentences(*parts: str) -> str:
    """Sentences as one paragraph. Japanese ones stand without a space between them; empty ones are left out."""
    whole = ""
    for part in filter(None, parts):
        whole += part if not whole or whole.endswith("。") else f" {part}"
    return whole


class Messages:
    """Explains errors in the language of now."""

    def explain(self, error: ChatLogError) -> Explanation:
        """The words of the error's code and reason, else of its code, else of the nearest kind above it.

        Safe to show: what acts on a reader's eye or hides is gone from the values.
        """
        words = words_for(error)
        values = {name: _shown(name, value) for name, value in error.parameters.items()}
        values = {name: value for name, value in values.items() if value}
        values["details"] = ", ".join(f"{name}={value}" for name, value in values.items()) or type(error).code

        def said(text: Marked) -> str:
            return _filled(translate(*text), values)

        return Explanation(said(words.title), said(words.cause), said(words.next_step), words.action)

    def label(self, action: ActionKind) -> str:
        """The words of the button that does it."""
        return {
            "retry": translate("Errors", "Try again"),
            "ask-return": translate("Errors", "Ask for its return…"),
            "open-profiles": translate("Errors", "Open profiles"),
            "sign-in": translate("Errors", "Sign in…"),
            "unlock-keyring": translate("Errors", "Unlock and try again"),
            "show-file": translate("Errors", "Show in folder"),
            "open-settings-file": translate("Errors", "Open the settings file"),
            "copy-details": translate("Errors", "Copy details"),
        }[action]

    def details(self, error: ChatLogError) -> str:
        """Text for a report: code, values, versions. In English whatever the language; no secrets."""
        lines = [f"{APPLICATION_NAME} {__version__}", f"Error: {type(error).code}"]
        lines += [
            f"  {name}: {without_secrets(_plain(str(value)))}" for name, value in error.parameters.items()
        ]
        return "\n".join([*lines, *surroundings()])


def words_for(error: ChatLogError) -> Words:
    """The words of an error: of its code and reason, else of its code, else of the nearest kind above it."""
    reason = error.parameters.get("reason")
    for kind in type(error).__mro__:
        code = str(getattr(kind, "code", ""))
        for key in (f"{code}.{reason}", code):
            if key in WORDS:
                return WORDS[key]
    raise AssertionError(f"{ChatLogError.code!r} has no words")


def surroundings() -> list[str]:
    """What a report says of the computer."""
    return [
        f"System: {platform.system()} {platform.release()}, {platform.machine()}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {'packaged' if getattr(sys, 'frozen', False) else 'source'}",
    ]


def without_secrets(text: str) -> str:
    """The text with signatures, tokens and keys cut out."""
    return _SECRETS.sub(lambda found: f"{found[1] or found[2] or found[3]}…", text)


def _plain(text: str) -> str:
    return " ".join(inert(text).split())


def _shown(name: str, value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        if name in _BYTES:
            return size(value)
        if name in _SECONDS:
            return duration(value)
    text = f"{value:g}" if isinstance(value, float) else _plain(str(value))
    if name in _SENTENCES:
        text = in_words(text.rstrip(".。"))
    # A path is known by both its ends.
    half = MAXIMUM_VALUE // 2
    return text if len(text) <= MAXIMUM_VALUE else f"{text[:half]}…{text[-half:]}"


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values; a part in [brackets] is left out when one of its values is not known."""

    def optional(part: re.Match[str]) -> str:
        return part[1] if all(name in values for name in _PLACEHOLDER.findall(part[1])) else ""

    return _PLACEHOLDER.sub(lambda found: values.get(found[1], "?"), _OPTIONAL.sub(optional, template))
