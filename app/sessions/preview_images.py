"""A picture's measures out of its first bytes, without decoding it."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from app.sessions.preview_model import Image
from app.sessions.text import inert_line

HEAD = 48 << 10
"""Bytes that are looked at: a JPEG's measures may stand behind a preview picture of its own."""
PICTURE_LIMIT = 64 << 20
"""Bytes of a picture that is given out to be decoded."""
_MEDIA_TYPE_LENGTH = 100
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's start-of-frame markers (ITU-T T.81, table B.1); the three left out are other things."""
_DATA_ADDRESS = re.compile(r"data:([^,;]{0,100})[^,]{0,200},")


class Measures(NamedTuple):
    """What the first bytes tell."""

    media_type: str
    width: int
    height: int


def image_of_base64(media_type: str, data: str) -> Image:
    """An image from its base64 text, of which only the beginning is decoded."""
    padding = data[-2:].count("=")
    try:
        head = binascii.a2b_base64(data[: HEAD // 3 * 4].encode("ascii", "ignore"))
    except binascii.Error:
        head = b""
    return image_of_head(media_type, head, max(0, len(data) * 3 // 4 - padding))


def image_of_head(media_type: str, head: bytes, size: int) -> Image:
    """An image from its first bytes; `size` is that of all. The bytes are believed rather than the name."""
    known = measures(head)
    shown = known.media_type if known is not None else inert_line(media_type, _MEDIA_TYPE_LENGTH)
    return Image(shown, known and known.width, known and known.height, size)


def image_of_address(address: str) -> Image | None:
    """An image that is written into a "data:" address; None for every other address."""
    found = _DATA_ADDRESS.match(address)
    return image_of_base64(found[1], address[found.end() :]) if found is not None else None


def base64_of_address(address: str) -> str:
    """The picture's own text in a "data:" address; empty in every other address."""
    found = _DATA_ADDRESS.match(address)
    return address[found.end() :] if found is not None else ""


def bytes_of_base64(data: str) -> bytes | None:
    """A picture's bytes out of its base64 text; None if that is damaged or too long."""
    if len(data) > PICTURE_LIMIT * 4 // 3 + 4:
        return None
    try:
        return binascii.a2b_base64(data.encode("ascii", "ignore")) or None
    except binascii.Error:
        return None


def measures(head: bytes) -> Measures | None:
    """Format, width and height in pixels of a PNG, GIF, WebP or JPEG; None for anything else."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:  # noqa: PLR2004 - the header's length
        return Measures("image/png", _big(head[16:20]), _big(head[20:24]))
    if head.startswith((b"GIF87a", b"GIF89a")) and len(head) >= 10:  # noqa: PLR2004 - the header's length
        return Measures("image/gif", _little(head[6:8]), _little(head[8:10]))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP" and len(head) >= 30:  # noqa: PLR2004 - the header's length
        return _webp(head)
    if head.startswith(b"\xff\xd8\xff"):
        return _jpeg(head)
    return None


def _webp(head: bytes) -> Measures | None:
    """The three kinds of WebP (RFC 9649)."""
    if head[12:16] == b"VP8X":
        return Measures("image/webp", _little(head[24:27]) + 1, _little(head[27:30]) + 1)
    if head[12:16] == b"VP8L":
        bits = _little(head[21:25])
        return Measures("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if head[12:16] == b"VP8 ":
        return Measures("image/webp", _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF)
    return None


def _jpeg(head: bytes) -> Measures | None:
    """From segment to segment up to the one that describes the frame."""
    position = 2
    while position + 9 <= len(head) and head[position] == 0xFF:  # noqa: PLR2004 - every marker begins so
        marker = head[position + 1]
        if marker in _FRAMES:
            return Measures(
                "image/jpeg", _big(head[position + 7 : position + 9]), _big(head[position + 5 : position + 7])
            )
        position += 2 + max(2, _big(head[position + 2 : position + 4]))
    return None


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
