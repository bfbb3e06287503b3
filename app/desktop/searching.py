"""Search as you type: how words are made comparable, the same on every page."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def searchable(*texts: str | None) -> str:
    """The texts as one that is searched: without case, widths and compositions as one (ﾛｸﾞ is ログ, ㌔ is キロ).

    A line's end between them, so that no word is found across two of them. Make it once per row, not per key.
    """
    joined = "\n".join(text for text in texts if text)
    return unicodedata.normalize("NFKC", joined).casefold()


def wanted_words(typed: str) -> tuple[str, ...]:
    """What was typed, word by word; the Japanese space parts words too. Empty: everything is wanted."""
    return tuple(searchable(typed).split())


def matches(words: Iterable[str], text: str) -> bool:
    """Whether every word is somewhere in a `searchable` text."""
    return all(word in text for word in words)
