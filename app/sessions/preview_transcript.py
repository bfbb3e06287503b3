"""The messages of a log or of a document, found one after another."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

from app.sessions.claude_records import read_loosely
from app.sessions.json_documents import LOOSE_LIMIT, Opening
from app.sessions.lines import LineReader
from app.sessions.preview_draft import Draft
from app.sessions.preview_images import bytes_of_base64
from app.sessions.preview_index import DAMAGED, LEFT_OUT, WHOLE, MessageIndex, Piece
from app.sessions.preview_model import (
    LONG_LINE,
    TRUNCATED_LINE,
    UNREADABLE_CONTENT,
    UNREADABLE_LINE,
    Block,
)
from app.sessions.preview_tools import clipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import msgspec

    from app.sessions.preview_file import OpenedFile
    from app.sessions.preview_grammar import Grammar, Record
    from app.sessions.preview_markdown import MarkdownReader
    from app.sessions.preview_model import Role

_EXCERPT = 200
"""Characters shown of a line that is damaged."""
_BEGINNINGS = b'{["-0123456789tfn \t\r\0\xef'
"""How a line can begin in which there is something to be read: JSON, or what may stand before it."""
_ITEMS = 500
"""Messages of a document that are looked at in one go."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message but for its place among the others."""

    blocks: tuple[Block, ...]
    speaker: str = ""
    at: int | None = None
    """Microseconds since 1970."""
    notes: tuple[str, ...] = ()


class Transcript(Protocol):
    """What is known of a file's messages; `advance` makes it more."""

    @property
    def index(self) -> MessageIndex:
        """The messages found so far."""

    @property
    def is_finished(self) -> bool:
        """Whether all of the file has been looked at."""

    @property
    def is_conversation(self) -> bool:
        """Whether messages have speakers."""

    def advance(self) -> int:
        """Look at about a megabyte more; returns how many bytes. Raises FileUnreadable."""

    def waits(self, first: int, end: int) -> bool:
        """Whether a call in one of these messages has no result yet."""

    def compose(self, number: int, markdown: MarkdownReader) -> Composed:
        """A message that was found. Raises FileUnreadable."""

    def picture(self, number: int, ordinal: int) -> bytes | None:
        """The bytes of one of the message's pictures. Raises FileUnreadable."""

    def raw(self, number: int) -> Iterator[bytes]:
        """The bytes that the message is made from: whatever is shown of it stands in them. Raises FileUnreadable."""


class LogTranscript:
    """A log of JSON Lines. Damaged lines, and those too long for memory, are told in their place."""

    is_conversation = True

    def __init__(self, file: OpenedFile, grammar_of: Callable[[MessageIndex], Grammar]) -> None:
        self.index = MessageIndex()
        self.is_finished = False
        self._file = file
        self._grammar = grammar_of(self.index)
        self._lines = LineReader(file.descriptor)
        self._blocks = self._lines.blocks()
        self._position = 0
        self._damaged: int | None = None
        self._loose: tuple[Piece | None, list[Any]] = (None, [])

    def advance(self) -> int:
        """Look at the next block of lines."""
        try:
            os.lseek(self._file.descriptor, self._lines.bytes_read, os.SEEK_SET)
            block = next(self._blocks, None)
        except OSError as problem:
            raise self._file.unreadable(problem) from problem
        begin = self._position
        end = self._file.size if block is None else min(block.offset, self._file.size)
        if end > begin and (block is not None or self._lines.long_lines):
            self.index.begin("system", Piece(begin, end - begin, LEFT_OUT))
        if block is not None:
            self._position = min(block.offset + len(block.data), self._file.size)
            data = block.data[: max(0, self._file.size - block.offset)]
            self._take_all(bytes(data).split(b"\n"), block.offset)
        if block is None or self._position >= self._file.size:
            self.is_finished = True
            self._grammar.finish()
            self._blocks = iter(())  # its buffer may be as long as the longest line
        return self._position - begin

    def waits(self, first: int, end: int) -> bool:
        """Whether a call in one of these messages has no result yet."""
        return self._grammar.waits(first, end)

    def compose(self, number: int, markdown: MarkdownReader) -> Composed:
        """A message that was found."""
        pieces = self.index.pieces(number)
        first = next(pieces)
        if first.part == LEFT_OUT:
            return Composed((Block("notice", code=LONG_LINE, size=first.length),))
        if first.part == DAMAGED:
            return Composed((self._damage(first, 1 + sum(1 for _ in pieces)),))
        return _composed(self._grammar, self.index, number, self._records(chain((first,), pieces)), markdown)

    def picture(self, number: int, ordinal: int) -> bytes | None:
        """The bytes of one of the message's pictures."""
        records = self._records(self.index.pieces(number))
        return _picture(self._grammar, self.index.role(number), records, ordinal)

    def raw(self, number: int) -> Iterator[bytes]:
        """The message's lines."""
        for piece in self.index.pieces(number):
            if piece.part != LEFT_OUT:
                yield self._file.read(piece.offset, piece.length)

    def _take_all(self, lines: list[bytes], offset: int) -> None:
        place = self._grammar.place
        for line in lines:
            piece = Piece(offset, len(line))
            offset += len(line) + 1
            if line and not line.isspace() and not place(line, piece):
                self._take_odd(line, piece)

    def _take_odd(self, line: bytes, piece: Piece) -> None:
        """A line that is not one well-formed object."""
        if len(line) > LOOSE_LIMIT or line[:1] not in _BEGINNINGS:
            self._tell_damage(piece)
            return
        loose = read_loosely(line)
        for part, value in enumerate(loose.objects):
            if isinstance(value, dict):
                self._grammar.place(value, piece._replace(part=part))
        if loose.rest:
            self._tell_damage(piece)

    def _tell_damage(self, piece: Piece) -> None:
        """One notice for damaged lines in a row."""
        if self._damaged is not None and self._damaged == len(self.index) - 1:
            self.index.extend(self._damaged, piece._replace(part=DAMAGED))
        else:
            self._damaged = self.index.begin("system", piece._replace(part=DAMAGED))

    def _damage(self, piece: Piece, count: int) -> Block:
        line = self._file.read(piece.offset, min(piece.length, 4 * _EXCERPT)).decode("utf-8", "replace")
        is_last = count == 1 and piece.offset + piece.length >= self._file.size - 1
        code = TRUNCATED_LINE if is_last and line.startswith("{") else UNREADABLE_LINE
        return Block("notice", text=clipped(line, _EXCERPT).text, code=code, count=count)

    def _records(self, pieces: Iterable[Piece]) -> Iterator[Record]:
        for piece in pieces:
            if piece.part == WHOLE:
                yield self._file.read(piece.offset, piece.length)
            elif piece.part >= 0:
                objects = self._objects(piece._replace(part=WHOLE))
                if piece.part < len(objects) and isinstance(objects[piece.part], dict):
                    yield objects[piece.part]

    def _objects(self, piece: Piece) -> list[Any]:
        """A line's objects; kept until another line is asked for, since many messages may stand on one."""
        if self._loose[0] != piece:
            self._loose = (piece, read_loosely(self._file.read(piece.offset, piece.length)).objects)
        return self._loose[1]


class DocumentTranscript:
    """A JSON document, which is in memory. A piece's offset is the number of one of its messages."""

    is_conversation = True

    def __init__(
        self, entries: Sequence[Opening | msgspec.Raw], grammar_of: Callable[[MessageIndex], Grammar]
    ) -> None:
        self.index = MessageIndex()
        self._grammar = grammar_of(self.index)
        self._entries = entries
        self._looked_at = 0

    @property
    def is_finished(self) -> bool:
        """Whether all of its messages have been looked at."""
        return self._looked_at >= len(self._entries)

    def advance(self) -> int:
        """Look at some more of its messages."""
        taken = 0
        for number in range(self._looked_at, min(self._looked_at + _ITEMS, len(self._entries))):
            record = self._record(number)
            taken += len(record) if isinstance(record, bytes) else 0
            self._grammar.place(record, Piece(number, 0))
            self._looked_at += 1
        if self.is_finished:
            self._grammar.finish()
        return taken

    def waits(self, first: int, end: int) -> bool:
        """Whether a call in one of these messages has no result yet."""
        return self._grammar.waits(first, end)

    def compose(self, number: int, markdown: MarkdownReader) -> Composed:
        """A message that was found."""
        records = (self._record(piece.offset) for piece in self.index.pieces(number))
        return _composed(self._grammar, self.index, number, records, markdown)

    def picture(self, number: int, ordinal: int) -> bytes | None:
        """The bytes of one of the message's pictures."""
        records = (self._record(piece.offset) for piece in self.index.pieces(number))
        return _picture(self._grammar, self.index.role(number), records, ordinal)

    def raw(self, number: int) -> Iterator[bytes]:
        """The message's JSON."""
        for piece in self.index.pieces(number):
            record = self._record(piece.offset)
            yield record if isinstance(record, bytes) else str(record).encode("utf-8", "replace")

    def _record(self, number: int) -> bytes | Opening:
        entry = self._entries[number]
        return entry if isinstance(entry, Opening) else bytes(entry)


def _composed(
    grammar: Grammar, index: MessageIndex, number: int, records: Iterator[Record], markdown: MarkdownReader
) -> Composed:
    draft = Draft(index.role(number))
    first = next(records, None)
    speaker, at = "", None
    if first is not None:
        speaker, at = grammar.compose(draft.role, chain((first,), records), draft)
    blocks = draft.blocks(markdown)
    if not blocks and first is None:
        blocks = (Block("notice", code=UNREADABLE_CONTENT),)
    return Composed(blocks, speaker, at, tuple(sorted(draft.notes)))


def _picture(grammar: Grammar, role: Role, records: Iterator[Record], ordinal: int) -> bytes | None:
    draft = Draft(role)
    grammar.compose(role, records, draft)
    picture = draft.picture(ordinal)
    return bytes_of_base64(picture.data) if picture is not None else None
