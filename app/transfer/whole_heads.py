"""Replies whose head came whole.

http.client takes a head for complete when the connection ends in it: of a version id or a checksum that was cut in two
the first half would be believed. urllib3 tells the log of lines that are no headers, with the whole presigned URL.
"""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Any

from urllib3.exceptions import HeaderParsingError
from urllib3.util.response import assert_header_parsing

if TYPE_CHECKING:
    from io import BufferedIOBase


class BrokenHeadError(http.client.HTTPException):
    """A reply's head ended early or is not made of headers."""


class WholeHeadReply(http.client.HTTPResponse):
    """http.client's reply, which raises BrokenHeadError in place of reading on after a broken head."""

    def begin(self) -> None:
        """Read the head."""
        whole: Any = self.fp
        self.fp = _Lines(whole)  # type: ignore[assignment]
        try:
            super().begin()
        finally:
            # An error may have closed the reply: then there is nothing to read on from.
            if self.fp is not None:
                self.fp = whole
        try:
            assert_header_parsing(self.msg)
        except HeaderParsingError as problem:
            raise BrokenHeadError from problem


class _Lines:
    """The lines of a head. Raises BrokenHeadError where one has no end."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self._begun = False

    def readline(self, limit: int) -> bytes:
        line = self._file.readline(limit)
        # Nothing at all before the first line is http.client's own affair, as is a line beyond the limit.
        if not line.endswith(b"\n") and len(line) < limit and (line or self._begun):
            raise BrokenHeadError
        self._begun = True
        return line

    def close(self) -> None:
        self._file.close()
