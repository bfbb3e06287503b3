"""Files that are no conversation: text shown part by part, behind a notice where there is something to say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from app.sessions.preview_index import LEADING, WHOLE, MessageIndex, Piece
from app.sessions.preview_markdown import as_typed, fence_after
from app.sessions.preview_model import Block
from app.sessions.preview_transcript import Composed
from app.sessions.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.sessions.preview_file import Bytes
    from app.sessions.preview_markdown import MarkdownReader

Kind = Literal["markdown", "text", "json"]

_READ = 1 << 20
_PART = 2 << 10
"""Bytes from which a part ends where the text allows it."""
_LONGEST_PART = 16 << 10
"""Bytes at which it ends in any case."""
_FENCE_LINES = re.compile(rb"^ {0,3}(?:```|~~~)[^\n]*", re.MULTILINE)
_EMPTY_LINE = re.compile(rb"\n[ \t\r]*\n")


class TextTranscript:
    """A text in parts of some kilobytes, each shown as a message without a speaker; a notice may stand before it."""

    is_conversation = False

    def __init__(self, source: Bytes, kind: Kind, leading: Block | None = None) -> None:
        self.index = MessageIndex()
        self._source = source
        self._kind = kind
        self._leading = leading
        self._position = 0
        self._fence = ""
        self._fences: dict[int, str] = {}
        """The code fence that is open where a message's part begins, of those few where one is."""
        if leading is not None:
            self.index.begin("system", Piece(0, 0, LEADING))

    @property
    def is_finished(self) -> bool:
        """Whether all of the text has been looked at."""
        return self._position >= self._source.size

    def advance(self) -> int:
        """Look at about a megabyte more."""
        data = self._source.read(self._position, min(_READ, self._source.size - self._position))
        begin = self._position
        if not data:
            self._position = self._source.size  # the file became shorter
            return 0
        is_end = len(data) < _READ or begin + len(data) >= self._source.size
        offset = 0
        while len(data) - offset > (0 if is_end else _LONGEST_PART):
            fence = self._fence
            length = self._part(data[offset : offset + _LONGEST_PART])
            number = self.index.begin("assistant", Piece(begin + offset, length))
            if fence:
                self._fences[number] = fence
            offset += length
        self._position = begin + offset
        return offset

    def waits(self, first: int, end: int) -> bool:  # noqa: ARG002 - a text has no calls
        """Never."""
        return False

    def compose(self, number: int, markdown: MarkdownReader) -> Composed:
        """A part of the text."""
        (piece,) = self.index.pieces(number)
        if piece.part == LEADING:
            return Composed(() if self._leading is None else (self._leading,))
        text = inert(self._source.read(piece.offset, piece.length).decode("utf-8", "replace"))
        if self._kind == "json":
            return Composed((Block("code", text=text.removesuffix("\n"), language="json"),))
        if self._kind == "text":
            return Composed(tuple(as_typed(text)))
        fence = self._fences.get(number, "")
        return Composed(tuple(markdown.blocks(f"{fence}\n{text}" if fence else text)))

    def picture(self, number: int, ordinal: int) -> bytes | None:  # noqa: ARG002 - of a text
        """None: texts name pictures at most."""
        return None

    def raw(self, number: int) -> Iterator[bytes]:
        """The part's bytes."""
        for piece in self.index.pieces(number):
            if piece.part == WHOLE:
                yield self._source.read(piece.offset, piece.length)

    def _part(self, data: bytes) -> int:
        """How long the part is that `data` begins with: it ends at an empty line, or else after a line."""
        if self._kind == "markdown":
            return self._markdown_part(data)
        empty = _EMPTY_LINE.search(data, _PART)
        if empty is not None:
            return empty.end()
        end = data.rfind(b"\n") + 1 if len(data) == _LONGEST_PART else 0
        return end or _whole_characters(data)

    def _markdown_part(self, data: bytes) -> int:
        """The same, but never at an empty line inside of code; what code stays open is kept for the next part."""
        if len(data) == _LONGEST_PART:
            # The last line may go on behind what may be one part.
            data = data[: data.rfind(b"\n") + 1 or _whole_characters(data)]
        position = _PART
        fences = _FENCE_LINES.finditer(data)
        while True:
            fence = next(fences, None)
            if not self._fence:
                empty = _EMPTY_LINE.search(data, position, fence.start() if fence else len(data))
                if empty is not None:
                    return empty.end()
            if fence is None:
                return len(data)
            self._fence = fence_after(fence[0].decode("latin-1"), self._fence)
            position = max(position, fence.end())


def _whole_characters(data: bytes) -> int:
    """The length without the beginning of a UTF-8 character at the very end, if that is not all there is."""
    for back in range(1, min(4, len(data))):
        if data[-back] & 0xC0 != 0x80:  # noqa: PLR2004 - a byte that begins a character
            needed = 1 + (data[-back] >= 0xC0) + (data[-back] >= 0xE0) + (data[-back] >= 0xF0)  # noqa: PLR2004
            return len(data) - back if needed > back else len(data)
    return len(data)
