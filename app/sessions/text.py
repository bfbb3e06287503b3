"""Text out of logs, made fit to be shown, stored and compared."""

from __future__ import annotations

import hashlib
import re
import unicodedata

TITLE_LENGTH = 200
"""Characters. Long enough for a table's widest column and a tooltip."""
PROJECT_LENGTH = 4096
"""Characters: the longest path that Linux accepts."""

# CSI sequences, OSC sequences with their end, and two-character escapes (ECMA-48).
_TERMINAL_SEQUENCES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|[@-Z\\-_])|\x9b[0-?]*[ -/]*[@-~]"
)
# Bidirectional controls (UAX #9), the byte order mark and lone surrogates.
_UNWANTED = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What a terminal acts on: control sequences (colours, cursor), strings up to their end (titles, links), others. Text
# of any length is searched in one pass: a string that never ends is no string.
_ESCAPE_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c-\x9f\x90\x98]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Control and formatting characters (Unicode's Cc and Cf) but for tabs, line feeds and the two joiners that written
# scripts and emoji need.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn"})


def one_line(text: str, limit: int = TITLE_LENGTH) -> str:
    """The text on one line: white space collapsed, terminal and bidirectional controls gone, cut to `limit`.

    Empty when nothing visible remains.
    """
    # Four characters of source for one that is shown: enough for text full of escapes, and a bound on work.
    text = _TERMINAL_SEQUENCES.sub("", text.lstrip()[: 4 * limit + 4096])
    text = _UNWANTED.sub("", text)
    text = " ".join(_CONTROLS.sub(" ", text).split())
    if not is_visible(text):
        return ""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def inert(text: str) -> str:
    """Text of any number of lines with nothing that acts on a terminal, hides, or reorders what is read.

    Escape sequences, control and invisible formatting characters (bidirectional ones too) go; every kind of line
    end becomes a line feed; tabs stay; lone surrogates become U+FFFD.
    """
    if "\x1b" in text or not text.isascii():
        text = _SURROGATES.sub("\ufffd", _ESCAPE_SEQUENCES.sub("", text))
    return _ACTING.sub("", _LINE_ENDS.sub("\n", text))


def inert_line(text: str, limit: int = TITLE_LENGTH) -> str:
    """The text on one line as `one_line` has it, and inert."""
    return one_line(inert(text[: 4 * limit + 4096]), limit)


def path_text(text: str) -> str:
    """A path out of a log: as it was written, without what could trick a reader's eye or break a database."""
    return _CONTROLS.sub("", _UNWANTED.sub("", text[:PROJECT_LENGTH]))


def is_visible(text: str) -> bool:
    """Whether anything of the text can be seen."""
    return any(unicodedata.category(character) not in _INVISIBLE_CATEGORIES for character in text)


def portable_name(name: str) -> str:
    """A file's name as valid Unicode.

    Names that are not UTF-8 reach Python with lone surrogates, which no database and no JSON can hold. They
    become replacement characters, and eight hex digits of the name's hash keep two such names apart. Other
    names are returned as they are, composed or decomposed.
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "surrogatepass")
        shown = _UNWANTED.sub("\ufffd", name)
        return f"{shown}-{short_hash(raw)}"
    return name


def short_hash(data: bytes) -> str:
    """The first eight hex digits of the SHA-256."""
    return hashlib.sha256(data).hexdigest()[:8]
