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
