"""A picture's measures out of its first bytes."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sessions.preview_images import image_of_address, image_of_base64, measures

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big") + bytes(5)
GIF = b"GIF89a" + (320).to_bytes(2, "little") + (200).to_bytes(2, "little") + bytes(3)
JPEG = (
    b"\xff\xd8\xff\xe0\0\x10JFIF\0"
    + bytes(9)
    # A segment with a preview picture of its own comes first.
    + b"\xff\xe1\x00\x20"
    + b"\xff\xd8\xff\xc0"
    + bytes(26)
    + b"\xff\xc2\0\x11\x08"
    + (300).to_bytes(2, "big")
    + (400).to_bytes(2, "big")
    + bytes(12)
)
EXTENDED = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (799).to_bytes(3, "little") + (599).to_bytes(3, "little")
LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L" + bytes(4) + b"\x2f" + (99 | 49 << 14).to_bytes(4, "little") + bytes(8)
LOSSY = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + (176).to_bytes(2, "little") + (144).to_bytes(2, "little")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (PNG, ("image/png", 640, 480)),
        (GIF, ("image/gif", 320, 200)),
        (JPEG, ("image/jpeg", 400, 300)),
        (EXTENDED, ("image/webp", 800, 600)),
        (LOSSLESS, ("image/webp", 100, 50)),
        (LOSSY, ("image/webp", 176, 144)),
        (b"", None),
        (PNG[:20], None),
        (JPEG[:30], None),
        (b"RIFF\0\0\0\0WAVEfmt " + bytes(20), None),
        (b"\xff\xd8\xff" + b"\xff" * 200, None),
    ],
)
def test_measures_of_every_format(head: bytes, expected: tuple[str, int, int] | None) -> None:
    assert measures(head) == expected


@pytest.mark.parametrize("length", range(30, 34))
def test_the_size_is_that_of_the_picture(length: int) -> None:
    image = image_of_base64("image/jpeg", base64.b64encode(PNG[:30].ljust(length, b"x")).decode())
    assert (image.media_type, image.width, image.height, image.size) == ("image/png", 640, 480, length)


def test_what_is_no_picture_keeps_its_word() -> None:
    image = image_of_base64("image/tiff", "!!!")
    assert (image.media_type, image.width, image.height) == ("image/tiff", None, None)


def test_addresses_that_hold_a_picture() -> None:
    address = "data:image/png;base64," + base64.b64encode(PNG).decode()
    image = image_of_address(address)
    assert image is not None
    assert (image.width, image.size) == (640, len(PNG))
    assert image_of_address("https://example.com/a.png") is None


@given(st.binary(max_size=80), st.sampled_from([b"", PNG[:8], JPEG[:20], GIF[:6], EXTENDED[:16], LOSSY[:16]]))
def test_any_bytes_are_looked_at_without_harm(data: bytes, begin: bytes) -> None:
    found = measures(begin + data)
    assert found is None or (found.width >= 0 and found.height >= 0)
    image_of_base64("x", base64.b64encode(begin + data).decode()[1:])
