"""Line icons: one SVG each, drawn in the colour, size and pixel density asked for, and kept."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from collections.abc import Mapping

_GRID = 16
"""The side of an icon's grid, in its own units."""

# Side in pixels, stroke in pixels (LOOK.md, Measures); between them the stroke is interpolated.
_STROKES = ((16, 1.5), (20, 1.6), (24, 1.7), (48, 2.0))


def stroke_for(side: float) -> float:
    """The stroke's width in pixels for an icon of `side` pixels."""
    for (small, thin), (large, thick) in pairwise(_STROKES):
        if side <= large:
            return thin + (thick - thin) * max(0.0, side - small) / (large - small)
    return _STROKES[-1][1] * side / _STROKES[-1][0]


class Icons:
    """The icons by name, from their SVG text. Raises KeyError for a name that is not there."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        self._pixmaps: dict[tuple[str, str, float, float], QPixmap] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def names(self) -> list[str]:
        """All of them, sorted."""
        return sorted(self._texts)

    def clear(self) -> None:
        """Forget what was drawn; after a change of colours it would never be asked for again."""
        self._pixmaps.clear()

    def pixmap(self, name: str, color: QColor, side: float, ratio: float) -> QPixmap:
        """An icon `side` device-independent pixels wide and high, for a screen with `ratio` pixels in each."""
        key = (name, color.name(QColor.NameFormat.HexArgb), side, ratio)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._draw(name, color, side, ratio)
        return self._pixmaps[key]

    def paint(self, painter: QPainter, name: str, color: QColor, place: QPointF, side: float = 16) -> None:
        """Draw an icon with its top left corner at `place`."""
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(place, self.pixmap(name, color, side, ratio))

    def paint_centred(
        self, painter: QPainter, name: str, color: QColor, rect: QRectF, side: float = 16
    ) -> None:
        """Draw an icon in the middle of a rectangle, on whole pixels."""
        left = round(rect.center().x() - side / 2)
        top = round(rect.center().y() - side / 2)
        self.paint(painter, name, color, QPointF(left, top), side)

    def icon(self, name: str, color: QColor) -> QIcon:
        """The icon for menus and system places, sharp at any size."""
        return QIcon(_Engine(self, name, QColor(color)))

    def _draw(self, name: str, color: QColor, side: float, ratio: float) -> QPixmap:
        stroke = stroke_for(side) * _GRID / side
        text = self._texts[name].replace("currentColor", color.name())
        text = text.replace('stroke-width="1.5"', f'stroke-width="{stroke:.3f}"')
        pixels = max(1, round(side * ratio))
        pixmap = QPixmap(pixels, pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(color.alphaF())
        QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap


class _Engine(QIconEngine):
    """Draws through `Icons`, so that a menu at 200 % gets 200 %."""

    def __init__(self, icons: Icons, name: str, color: QColor) -> None:
        super().__init__()
        self._icons = icons
        self._name = name
        self._color = color

    def clone(self) -> QIconEngine:
        return _Engine(self._icons, self._name, self._color)

    def _color_for(self, mode: QIcon.Mode) -> QColor:
        if mode is not QIcon.Mode.Disabled:
            return self._color
        faint = QColor(self._color)
        faint.setAlphaF(0.45)
        return faint

    def paint(self, painter: QPainter, rect: QRectF, mode: QIcon.Mode, _state: QIcon.State) -> None:  # type: ignore[override]
        side = min(rect.width(), rect.height())
        self._icons.paint_centred(painter, self._name, self._color_for(mode), QRectF(rect), side)

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        return self._icons.pixmap(self._name, self._color_for(mode), min(size.width(), size.height()), 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State, scale: float) -> QPixmap:
        # Qt 6 tells the size in device-independent pixels here, whatever the scale.
        side = min(size.width(), size.height())
        return self._icons.pixmap(self._name, self._color_for(mode), side, scale)
