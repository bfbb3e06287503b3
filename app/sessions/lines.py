"""Whole lines of a file of any size within bounded memory.

One buffer is filled again and again: giving every read memory of its own costs a page fault per 4 kB, which is
as much as reading the bytes.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 20
"""Bytes per read, and the buffer's size as long as no line is longer."""
LINE_LIMIT = 64 << 20
"""Bytes. Longer lines are counted and left out; the longest seen in real logs hold images of some MB."""


class Block(NamedTuple):
    """Whole lines. `data` is valid until the next block is asked for."""

    data: memoryview
    lines: int
    """Lines in it; the last one of a file may lack its line feed."""
    offset: int
    """Where in the file it begins, in bytes. Lines that were left out are gaps between two blocks."""


class LineReader:
    """Reads a descriptor to its end, a block of whole lines at a time.

    After iteration `bytes_read` and `long_lines` (lines over the limit, which were left out) are final.
    """

    def __init__(self, descriptor: int, *, chunk: int = CHUNK, line_limit: int = LINE_LIMIT) -> None:
        self._file = io.FileIO(descriptor, closefd=False)
        self._line_limit = line_limit
        self._buffer = bytearray(chunk)
        self._filled = 0
        self._skipping = False
        self.bytes_read = 0
        self.long_lines = 0

    def blocks(self) -> Iterator[Block]:
        """Blocks of lines in order. Raises OSError."""
        while self._fill():
            end = self._buffer.rfind(b"\n", 0, self._filled) + 1
            if not end:
                self._grow()
                continue
            begin = self._end_of_skipped() if self._skipping else 0
            if end > begin:
                yield self._block(begin, end)
            self._filled -= end
            self._buffer[: self._filled] = self._buffer[end : end + self._filled]
        if self._skipping:
            self.long_lines += 1
        elif self._filled:
            yield self._block(0, self._filled)

    def _fill(self) -> int:
        with memoryview(self._buffer) as view:
            count = self._file.readinto(view[self._filled :]) or 0
        self.bytes_read += count
        self._filled += count
        return count

    def _block(self, begin: int, end: int) -> Block:
        # Counted by searching: bytes.count looks at every byte by itself and is three times as slow.
        find = self._buffer.find
        lines = 0
        position = find(b"\n", begin, end)
        while position >= 0:
            lines += 1
            position = find(b"\n", position + 1, end)
        return Block(
            data=memoryview(self._buffer)[begin:end],
            lines=lines + (self._buffer[end - 1] != ord("\n")),
            offset=self.bytes_read - self._filled + begin,
        )

    def _grow(self) -> None:
        """Make room for a line that is longer than the buffer, or begin to skip it."""
        if self._skipping or self._filled >= self._line_limit:
            self._skipping = True
            self._filled = 0
        elif self._filled == len(self._buffer):
            # A new one: the old one may still be looked at.
            self._buffer = self._buffer + bytearray(
                min(len(self._buffer), self._line_limit - len(self._buffer))
            )

    def _end_of_skipped(self) -> int:
        self._skipping = False
        self.long_lines += 1
        return self._buffer.find(b"\n", 0, self._filled) + 1
