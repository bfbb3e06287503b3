"""Decompression of a stream of zstd frames, in bounded memory.

The library's stream reader ends silently in the middle of a truncated frame, so frames are followed one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SLICE = 1024
"""Bytes fed at once. Four bytes can stand for a block of 128 KiB (RFC 8878, RLE blocks), so that a slice makes at
most 32 MiB of a hostile stream, before the caller sees and counts it."""


class NotZstdError(ValueError):
    """The stream is no zstd, or damaged, or ends in the middle of a frame."""


def decompressed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """What the frames hold, one after another. Raises NotZstdError."""
    frame = zstandard.ZstdDecompressor().decompressobj()
    begun = False
    for block in blocks:
        view = memoryview(block)
        for start in range(0, len(view), SLICE):
            piece = bytes(view[start : start + SLICE])
            while piece:
                try:
                    output = frame.decompress(piece)
                except zstandard.ZstdError as problem:
                    raise NotZstdError(str(problem)) from problem
                if output:
                    yield output
                piece = frame.unused_data
                begun = not frame.eof
                if frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
    if begun:
        raise NotZstdError("the last frame is not complete")
