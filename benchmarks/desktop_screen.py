"""What an X server shows, read from outside: from when on a window is painted and has rows. No Qt, no help from it."""

from __future__ import annotations

import mmap
import struct
from typing import TYPE_CHECKING

from benchmarks.desktop_display import SCREEN

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = (1280, 800)
"""As the program's window is when it is opened for the first time: in the middle of the screen."""

_HEADER = struct.Struct(">25I")
_COLOR_BYTES = 12
_PIXEL_BYTES = 4
_PROBES = ((0.1, 0.95), (0.5, 0.02), (0.5, 0.5), (0.9, 0.9))
"""Shares of the window's width and height."""

_TEXT = (0.36, 0.52)
"""Between these shares of the window's width there are titles."""
_LIST = (0.25, 0.9)
"""And between these shares of its height there are rows."""
_BAND = 32
_FULL = 0.8
"""So much of the list has text in it: rows, and not the words that stand there while there are none."""


class Screen:
    """Xvfb's frame buffer (-fbdir), in the format of xwd."""

    def __init__(self, folder: Path) -> None:
        """`folder` is what Xvfb was given. Raises OSError where it has not been written yet."""
        with (folder / "Xvfb_screen0").open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = _HEADER.unpack_from(self._memory)
        self._first = header[0] + header[19] * _COLOR_BYTES
        self._line_bytes = header[12]
        width, height = (int(number) for number in SCREEN.split("x")[:2])
        self._left, self._top = (width - WINDOW[0]) // 2, (height - WINDOW[1]) // 2
        self._ground = [self._pixel(*place) for place in _PROBES]

    def close(self) -> None:
        """Let it go."""
        self._memory.close()

    def is_painted(self) -> bool:
        """Whether all of the window differs from what was there at first."""
        return all(self._pixel(*place) != ground for place, ground in zip(_PROBES, self._ground, strict=True))

    def has_rows(self) -> bool:
        """Whether the list is full of text."""
        top, bottom = (self._top + int(share * WINDOW[1]) for share in _LIST)
        bands = range(top, bottom - _BAND, _BAND)
        inked = 0
        for number, band in enumerate(bands):
            inked += any(len(set(self._text(line))) > 1 for line in range(band, band + _BAND, 2))
            if inked + len(bands) - number - 1 < _FULL * len(bands):
                return False
        return True

    def _text(self, line: int) -> list[int]:
        left, right = (self._left + int(share * WINDOW[0]) for share in _TEXT)
        begin = self._first + line * self._line_bytes
        piece = self._memory[begin + left * _PIXEL_BYTES : begin + right * _PIXEL_BYTES]
        return memoryview(piece).cast("I").tolist()

    def _pixel(self, across: float, down: float) -> bytes:
        line = self._top + int(down * WINDOW[1])
        column = self._left + int(across * WINDOW[0])
        begin = self._first + line * self._line_bytes + column * _PIXEL_BYTES
        return self._memory[begin : begin + _PIXEL_BYTES]
