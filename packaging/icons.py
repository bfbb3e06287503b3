"""Draws the program's icon as each system wants it: icons.py hicolor FOLDER | ico FILE | icns FILE."""

from __future__ import annotations

import shutil
import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICON = Path(__file__).resolve().parents[1] / "resources" / "icons" / "app.svg"

HICOLOR = (16, 22, 24, 32, 48, 64, 128, 256, 512)
"""Pixels; those that hicolor's index.theme names."""

ICO = (16, 20, 24, 32, 40, 48, 64, 256)
"""Pixels: what Windows asks for at 100, 125, 150 and 200 percent, and its largest."""

ICO_PNG = 256
"""Pixels. Older parts of Windows, resource editors among them, read PNG at this size alone."""

ICNS = {
    "ic11": 32, "ic12": 64, "ic07": 128, "ic13": 256, "ic08": 256, "ic14": 512, "ic09": 512, "ic10": 1024,
}  # fmt: skip
"""Pixels by type of image; ic11 to ic14 and ic10 are for screens with two pixels to the point."""

ICNS_SHARE = 0.875
"""Of the picture's side. macOS leaves a margin for shadows, and this drawing has a small one of its own."""


def drawn(size: int, share: float = 1.0) -> QImage:
    """The icon in the middle of `size` times `size` pixels, `share` of their side wide."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    margin = size * (1 - share) / 2
    QSvgRenderer(str(ICON)).render(painter, QRectF(margin, margin, size - 2 * margin, size - 2 * margin))
    painter.end()
    return image


def write_hicolor(folder: Path) -> None:
    """The drawing itself, and a PNG of every size, below share/icons/hicolor. Raises OSError."""
    for size in HICOLOR:
        path = folder / f"{size}x{size}" / "apps" / "chatlog-uploader.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_png(drawn(size)))
    scalable = folder / "scalable" / "apps" / "chatlog-uploader.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ICON, scalable)


def write_ico(path: Path) -> None:
    """For Windows: ICONDIR, its entries, their images. Raises OSError."""
    images = [_png(drawn(size)) if size == ICO_PNG else _bitmap(drawn(size)) for size in ICO]
    head = struct.pack("<HHH", 0, 1, len(images))
    place = len(head) + 16 * len(images)
    for size, image in zip(ICO, images, strict=True):
        side = size % 256  # 0 says 256
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(image), place)
        place += len(image)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + b"".join(images))


def write_icns(path: Path) -> None:
    """For macOS: each image behind its type and length. Raises OSError."""
    entries = b""
    for kind, size in ICNS.items():
        image = _png(drawn(size, ICNS_SHARE))
        entries += kind.encode("ascii") + struct.pack(">I", 8 + len(image)) + image
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"icns" + struct.pack(">I", 8 + len(entries)) + entries)


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise OSError("the icon could not be written as PNG")
    return bytes(buffer.data().data())


def _bitmap(image: QImage) -> bytes:
    """A BITMAPINFOHEADER, the pixels from the bottom up, and a mask that is not used beside their own transparency."""
    size = image.width()
    mask = bytes((size + 31) // 32 * 4 * size)
    pixels = bytes(image.flipped(Qt.Orientation.Vertical).constBits())
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(pixels) + len(mask), 0, 0, 0, 0)
    return header + pixels + mask


if __name__ == "__main__":
    {"hicolor": write_hicolor, "ico": write_ico, "icns": write_icns}[sys.argv[1]](Path(sys.argv[2]))
