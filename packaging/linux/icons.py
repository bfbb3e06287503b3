"""Draws the program's icon in the sizes of the hicolor theme: icons.py FOLDER (share/icons/hicolor)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICON = Path(__file__).parents[2] / "resources" / "icons" / "app.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
"""Pixels; those that hicolor's index.theme names."""


def draw(folder: Path) -> None:
    """The drawing itself, and a PNG of every size. Raises OSError where one cannot be written."""
    renderer = QSvgRenderer(str(ICON))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        path = folder / f"{size}x{size}" / "apps" / "chatlog-uploader.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(path)):
            raise OSError(f"{path} could not be written")
    scalable = folder / "scalable" / "apps" / "chatlog-uploader.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ICON, scalable)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
