"""Pictures of a log, decoded when a person asks for one: in a worker, in the few formats known, within limits."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

PIXEL_LIMIT = 40_000_000
"""Of the picture as it is stored; more than any screenshot has."""
_FORMATS = (
    (b"\x89PNG\r\n\x1a\n", b"png"),
    (b"\xff\xd8\xff", b"jpeg"),
    (b"GIF87a", b"gif"),
    (b"GIF89a", b"gif"),
    (b"RIFF", b"webp"),
)
"""By first bytes. No others are decoded: an SVG, for one, may name files."""


def decode(data: bytes, room: QSize) -> QImage | None:
    """The picture, no larger than `room` in pixels of the screen; None if it is damaged, unknown or too large."""
    form = next((name for magic, name in _FORMATS if data.startswith(magic)), None)
    if form is None:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(form))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > PIXEL_LIMIT:
        return None
    if size.width() > room.width() or size.height() > room.height():
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image
