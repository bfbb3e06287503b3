"""Looking for a text in messages without taking each of them apart."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.sessions.preview_model import Message

_LARGE = 4 << 20
"""Bytes. To take apart a message of more, which is cut to its limits, takes less memory than to search it."""
_ASCII_RUNS = re.compile(r"[a-z0-9]+")
_OTHER_RUNS = re.compile(r"[^\x00-\x7f]+")
_ESCAPED = re.compile(rb"\\u(?!00[01])", re.IGNORECASE)
"""Characters that JSON may have escaped, other than control characters, which are not shown."""


class Wanted:
    """A text to be found, whatever the case, in whichever of Unicode's two forms it is written."""

    def __init__(self, text: str) -> None:
        self.text = _folded(text)
        """Empty: nothing is to be found."""
        self._ascii_runs = [run.encode() for run in _ASCII_RUNS.findall(self.text)]
        self._other_runs = _OTHER_RUNS.findall(self.text)

    def may_be_in(self, raw: Iterable[bytes]) -> bool:
        """Whether a message made from these bytes may show the text: a quick look that misses hardly anything.

        It misses words that markup divides in their middle, and characters written as HTML entities.
        """
        data = b"\n".join(raw)
        if len(data) > _LARGE:
            return True
        lower = data.lower()
        absent = [run for run in self._ascii_runs if run not in lower]
        if not absent and not self._other_runs:
            return True
        if _ESCAPED.search(data):
            return True
        if data.isascii():
            return False
        # Some letters beyond ASCII become ASCII when case is folded: the Kelvin sign, ligatures, ß.
        folded = _folded(data.decode("utf-8", "replace"))
        return all(run in folded for run in self._other_runs) and all(
            run.decode() in folded for run in absent
        )

    def is_in(self, message: Message) -> bool:
        """Whether the message shows the text."""
        return self.text in _folded("\n".join(_shown(message)))


def _shown(message: Message) -> Iterator[str]:
    for block in message.blocks:
        yield "".join(span.text for span in block.spans)
        yield block.text
        if block.tool is not None:
            yield from (block.tool.name, block.tool.summary, block.tool.input, block.tool.output)


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
