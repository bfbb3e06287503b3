"""The paint functions that widgets and delegates share, so that a button in a row is the button in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen

from app.desktop.theme import mix

if TYPE_CHECKING:
    from app.desktop.theme import FontRole, Look

ButtonKind = Literal["primary", "secondary", "quiet", "link", "danger"]
Side = Literal["left", "right", "centre"]

RADIUS = 6
"""Controls and rows (LOOK.md, Measures)."""
WIDE_RADIUS = 8
"""Strips, groups, messages."""

ELLIPSIS = "…"


def fill(painter: QPainter, rect: QRectF, color: QColor, radius: float = RADIUS) -> None:
    """A filled rounded rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(rect, radius, radius)


def outline(
    painter: QPainter,
    rect: QRectF,
    color: QColor,
    radius: float = RADIUS,
    width: float = 1.0,
    style: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> None:
    """The edge of a rounded rectangle, inside it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, width, style))
    inset = width / 2
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)


def fill_merged(
    painter: QPainter, rect: QRectF, color: QColor, radius: float, top: bool, bottom: bool
) -> None:
    """A row's background, rounded only where no neighbour of the same colour adjoins."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRoundedRect(rect, radius, radius)
    half = rect.height() / 2
    if not top:
        path.addRect(QRectF(rect.left(), rect.top(), rect.width(), half))
    if not bottom:
        path.addRect(QRectF(rect.left(), rect.top() + half, rect.width(), half))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPath(path.simplified())


def hairline(painter: QPainter, left: float, right: float, y: float, color: QColor) -> None:
    """A horizontal line one pixel thick, never blurred."""
    painter.fillRect(QRectF(round(left), round(y), round(right) - round(left), 1), color)


def vertical_hairline(painter: QPainter, x: float, top: float, bottom: float, color: QColor) -> None:
    """A vertical line one pixel thick."""
    painter.fillRect(QRectF(round(x), round(top), 1, round(bottom) - round(top)), color)


def focus_ring(painter: QPainter, rect: QRectF, look: Look, radius: float = RADIUS) -> None:
    """Two pixels of accent, two pixels clear of `rect`; the widget leaves that room."""
    outline(painter, rect.adjusted(-4, -4, 4, 4), look.colors.accent, radius + 4, 2)


def baseline(rect: QRectF, look: Look, role: FontRole) -> float:
    """Where text sits to be centred by its capital letters: fallback fonts' ascents do not move it."""
    return round(rect.center().y() + look.metrics(role).capHeight() / 2)


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    look: Look,
    role: FontRole,
    color: QColor,
    side: Side = "left",
    *,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> float:
    """One line of text, elided to fit; the width it took."""
    metrics = look.metrics(role)
    width = metrics.horizontalAdvance(text)
    if width > rect.width():
        text = metrics.elidedText(text, elide, rect.width())
        width = metrics.horizontalAdvance(text)
    left = rect.left()
    if side == "right":
        left = rect.right() - width
    elif side == "centre":
        left = rect.center().x() - width / 2
    painter.setFont(look.font(role))
    painter.setPen(color)
    painter.drawText(QPointF(left, baseline(rect, look, role)), text)
    return width


def button_width(look: Look, text: str, icon: str | None, kind: ButtonKind) -> int:
    """The width of a button, its padding included."""
    padding = 0 if kind == "link" else look.px(12) * 2
    width = look.metrics("strong").horizontalAdvance(text) + padding
    if icon is not None:
        width += look.px(16) + (look.px(8) if text else 0)
    return round(width + 0.5)


def draw_button(
    painter: QPainter,
    rect: QRectF,
    look: Look,
    text: str,
    kind: ButtonKind,
    *,
    icon: str | None = None,
    hovered: bool = False,
    pressed: bool = False,
    enabled: bool = True,
    ground: QColor | None = None,
) -> None:
    """A button in a page, a strip or a row. `ground` is what it stands on, the base colour if None."""
    colors = look.colors
    ground = ground or colors.base
    ink = {
        "primary": colors.on_accent,
        "danger": colors.bad,
        "link": colors.accent,
        "quiet": colors.text2,
        "secondary": colors.text,
    }[kind]
    if kind == "primary":
        face = colors.accent_fill
        if pressed or hovered:
            face = mix(colors.text if not look.dark else colors.base, face, 0.18 if pressed else 0.09)
        fill(painter, rect, face if enabled else mix(face, ground, 0.4))
        if not enabled:
            ink = mix(ink, face, 0.8)
    elif kind in {"secondary", "danger"}:
        face = mix(colors.text, colors.base, 0.08) if pressed else colors.hover if hovered else colors.base
        fill(painter, rect, face if enabled else ground)
        outline(painter, rect, colors.button_edge)
    elif kind == "quiet" and enabled and (hovered or pressed):
        fill(painter, rect, mix(colors.text, ground, 0.1 if pressed else 0.06))
        ink = colors.text
    if not enabled and kind != "primary":
        ink = mix(ink, ground, 0.5)
    room = QRectF(rect)
    width = button_width(look, text, icon, "link")
    left = room.center().x() - width / 2
    if icon is not None:
        side = look.px(16)
        look.icons.paint(painter, icon, ink, QPointF(round(left), round(room.center().y() - side / 2)), side)
        left += side + look.px(8)
    if text:
        place = QRectF(round(left), room.top(), room.right() - left, room.height())
        draw_text(painter, place, text, look, "strong", ink, elide=Qt.TextElideMode.ElideNone)
        if kind == "link" and hovered and enabled:
            line = baseline(place, look, "strong") + 2
            hairline(
                painter,
                place.left(),
                place.left() + look.metrics("strong").horizontalAdvance(text),
                line,
                ink,
            )


def draw_bar(
    painter: QPainter,
    rect: QRectF,
    look: Look,
    fraction: float,
    *,
    color: QColor | None = None,
) -> None:
    """A progress bar; `fraction` 0 to 1."""
    radius = rect.height() / 2
    fill(painter, rect, look.colors.track, radius)
    if fraction > 0:
        done = QRectF(rect)
        done.setWidth(max(rect.height(), rect.width() * min(1.0, fraction)))
        fill(painter, done, color or look.colors.progress, radius)


def draw_waiting_bar(painter: QPainter, rect: QRectF, look: Look, phase: float) -> None:
    """A bar whose end is not known: a soft light, a third of it long, passes; `phase` 0 to 1 is where.

    With reduced motion a still bar, full width, in a light accent.
    """
    colors = look.colors
    radius = rect.height() / 2
    if look.reduced_motion:
        fill(painter, rect, mix(colors.progress, colors.base, 0.3), radius)
        return
    fill(painter, rect, colors.track, radius)
    length = rect.width() * 0.34
    left = rect.left() - length + (rect.width() + length) * phase
    gradient = QLinearGradient(left, 0, left + length, 0)
    clear = QColor(colors.progress)
    clear.setAlpha(0)
    gradient.setColorAt(0.0, clear)
    gradient.setColorAt(0.5, colors.progress)
    gradient.setColorAt(1.0, clear)
    painter.save()
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    painter.setClipPath(path)
    painter.fillRect(rect, gradient)
    painter.restore()
