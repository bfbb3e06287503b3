"""Lines of a file of any size within bounded memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 20
"""Bytes per read."""
LINE_LIMIT = 64 << 20
"""Bytes. Longer lines are counted and left out; the longest seen in real logs hold images of some MB."""


class LineReader:
    """Reads a descriptor to its end, a batch of whole lines at a time.

    After iteration `bytes_read` and `long_lines` (lines over the limit, which were left out) are final.
    """

    def __init__(self, descriptor: int, *, chunk: int = CHUNK, line_limit: int = LINE_LIMIT) -> None:
        self._descriptor = descriptor
        self._chunk = chunk
        self._line_limit = line_limit
        self.bytes_read = 0
        self.long_lines = 0

    def batches(self) -> Iterator[list[bytes]]:
        """Lines without their line feed; the last one may lack its end. Raises OSError."""
        pending: list[bytes] = []
        pending_size = 0
        while chunk := os.read(self._descriptor, self._chunk):
            self.bytes_read += len(chunk)
            lines = chunk.split(b"\n")
            if len(lines) == 1:
                pending_size += len(chunk)
                if pending_size <= self._line_limit:
                    pending.append(chunk)
                else:
                    pending.clear()
                continue
            pending.append(lines[0])
            self._finish(pending, pending_size + len(lines[0]), lines)
            last = lines.pop()
            pending = [last]
            pending_size = len(last)
            yield lines
        rest = [b""]
        self._finish(pending, pending_size, rest)
        yield rest

    def _finish(self, pending: list[bytes], size: int, lines: list[bytes]) -> None:
        """Put a line that came in pieces at the head of `lines`, or count it when it is too long."""
        if size > self._line_limit:
            self.long_lines += 1
            lines[0] = b""
        else:
            lines[0] = b"".join(pending)
