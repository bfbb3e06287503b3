"""The one place for how the window looks: colours, type, measures. Values are LOOK.md's; nothing else names a colour."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import (
    QAccessibilityHints,
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QFontMetricsF,
    QGuiApplication,
    QPalette,
)
from PySide6.QtWidgets import QApplication, QStyle

if TYPE_CHECKING:
    from app.desktop.icons import Icons

FontRole = Literal[
    "small",
    "meta",
    "meta-strong",
    "meta-bold",
    "body",
    "strong",
    "bold",
    "pane",
    "page",
    "first",
    "mono",
    "mono-small",
]

NO_ACCENT = "#308cc6"
"""What Fusion calls the accent where the system has none."""

TEXT_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: text against its ground."""


@dataclass(frozen=True, slots=True)
class Colors:
    """One palette. Names are LOOK.md's roles."""

    base: QColor
    side: QColor
    raised: QColor
    hover: QColor
    nav_selected: QColor
    row_selected: QColor
    soft: QColor
    line: QColor
    button_edge: QColor
    control_edge: QColor
    segment: QColor
    track: QColor
    text: QColor
    text2: QColor
    text3: QColor
    accent: QColor
    accent_fill: QColor
    on_accent: QColor
    progress: QColor
    ok: QColor
    warning: QColor
    warning_ground: QColor
    bad: QColor
    bad_ground: QColor
    secret: QColor


def _colors(**values: str) -> Colors:
    return Colors(**{name: QColor(value) for name, value in values.items()})


LIGHT = _colors(
    base="#FFFFFF",
    side="#F4F4F6",
    raised="#F6F6F8",
    hover="#F5F5F8",
    nav_selected="#E6E6EB",
    row_selected="#E8EEFD",
    soft="#EEF3FE",
    line="#E7E7EB",
    button_edge="#D5D5DC",
    control_edge="#878A95",
    segment="#EFEFF3",
    track="#E4E4EA",
    text="#1B1C20",
    text2="#565862",
    text3="#646671",
    accent="#2F5BD0",
    accent_fill="#2F5BD0",
    on_accent="#FFFFFF",
    progress="#2F5BD0",
    ok="#1C7648",
    warning="#8F5400",
    warning_ground="#FFF6E5",
    bad="#BF2F2A",
    bad_ground="#FDF0EF",
    secret="#FBE3C0",  # noqa: S106 - the ground of a secret that was found
)

DARK = _colors(
    base="#212226",
    side="#1A1B1E",
    raised="#2A2B30",
    hover="#27282D",
    nav_selected="#2E2F35",
    row_selected="#2B3759",
    soft="#262C40",
    line="#313238",
    button_edge="#45474F",
    control_edge="#858894",
    segment="#1B1C1F",
    track="#3A3B42",
    text="#ECEDF0",
    text2="#AEB0BA",
    text3="#A1A3AE",
    accent="#9BB2FF",
    accent_fill="#4567D8",
    on_accent="#FFFFFF",
    progress="#7C98F5",
    ok="#63C892",
    warning="#E6B154",
    warning_ground="#332B1C",
    bad="#FF938A",
    bad_ground="#322527",
    secret="#5A4320",  # noqa: S106 - likewise
)

# Pixels at 100 %, weight.
_TYPE: dict[FontRole, tuple[float, QFont.Weight]] = {
    "small": (11, QFont.Weight.Normal),
    "meta": (12, QFont.Weight.Normal),
    "meta-strong": (12, QFont.Weight.Medium),
    "meta-bold": (12, QFont.Weight.DemiBold),
    "body": (13, QFont.Weight.Normal),
    "strong": (13, QFont.Weight.Medium),
    "bold": (13, QFont.Weight.DemiBold),
    "pane": (15, QFont.Weight.DemiBold),
    "page": (20, QFont.Weight.DemiBold),
    "first": (24, QFont.Weight.DemiBold),
    "mono": (12.5, QFont.Weight.Normal),
    "mono-small": (12, QFont.Weight.Normal),
}

_JAPANESE = {"darwin": "Hiragino Sans", "win32": "Yu Gothic UI"}
_MONO = {"darwin": ["SF Mono", "Menlo"], "win32": ["Cascadia Mono", "Consolas"]}
_USUAL_PIXELS = {"darwin": (12.0, 14.0), "win32": (11.0, 13.0)}


def luminance(color: QColor) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(top: QColor, ground: QColor, share: float) -> QColor:
    """`share` (0 to 1) of `top` over `ground`."""
    return QColor.fromRgbF(
        ground.redF() + (top.redF() - ground.redF()) * share,
        ground.greenF() + (top.greenF() - ground.greenF()) * share,
        ground.blueF() + (top.blueF() - ground.blueF()) * share,
    )


def with_accent(colors: Colors, accent: QColor) -> Colors:
    """The palette with the system's accent, where that can be read as text; else as it is."""
    if accent.name() == NO_ACCENT or contrast(accent, colors.base) < TEXT_CONTRAST:
        return colors
    fill = accent if contrast(accent, colors.on_accent) >= TEXT_CONTRAST else colors.accent_fill
    dark = luminance(colors.base) < 0.2
    return replace(
        colors,
        accent=accent,
        accent_fill=fill,
        progress=accent,
        row_selected=mix(accent, colors.base, 0.26 if dark else 0.11),
        soft=mix(accent, colors.base, 0.14 if dark else 0.08),
    )


def with_more_contrast(colors: Colors) -> Colors:
    """The palette for people who asked the system for contrast."""
    return replace(colors, text3=colors.text2, line=colors.control_edge, button_edge=colors.control_edge)


def from_system(palette: QPalette) -> Colors:
    """The system's own colours and no others, for Windows' contrast themes."""
    role = QPalette.ColorRole
    base, text = palette.color(role.Base), palette.color(role.Text)
    marked, on_marked = palette.color(role.Highlight), palette.color(role.HighlightedText)
    values = {field.name: text for field in fields(Colors)}
    grounds = ("base", "side", "raised", "hover", "segment", "warning_ground", "bad_ground", "secret", "soft")
    values |= dict.fromkeys(grounds, base)
    values |= dict.fromkeys(("nav_selected", "row_selected"), mix(marked, base, 0.35))
    values |= {"accent_fill": marked, "on_accent": on_marked, "track": mix(text, base, 0.3)}
    return Colors(**values)


class Look(QObject):
    """How things look now. Everything painted asks this; it says when it has changed.

    Made after the QApplication, whose palette and font it sets.
    """

    changed = Signal()

    def __init__(self, icons: Icons, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.icons = icons
        self.colors = LIGHT
        self.dark = False
        self.reduced_motion = False
        self.factor = 1.0
        """By how much the person wants things larger than at 100 %. Every measure of every frame asks for it."""
        self._appearance = "system"
        self._contrast = "system"
        self._motion = "system"
        self._text_size = 100
        self._fonts: dict[FontRole, QFont] = {}
        self._metrics: dict[FontRole, QFontMetricsF] = {}
        self._system_font = QFont(QGuiApplication.font())
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._refresh)
        hints.accessibility().contrastPreferenceChanged.connect(self._refresh)
        self._refresh()

    # ---- choices ----------------------------------------------------------------------------------------

    def choose(
        self,
        *,
        appearance: str = "system",
        contrast: str = "system",
        motion: str = "system",
        text_size: int = 100,
    ) -> None:
        """Take a person's choices: `system`, `light`, `dark`; `system`, `more`; `system`, `reduced`; percent."""
        chosen = (appearance, contrast, motion, text_size)
        if chosen == (self._appearance, self._contrast, self._motion, self._text_size):
            return
        self._appearance, self._contrast, self._motion, self._text_size = chosen
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        # The frame, the menus and the file dialogs follow too.
        QGuiApplication.styleHints().setColorScheme(schemes.get(appearance, Qt.ColorScheme.Unknown))
        self._refresh()

    # ---- measures and type ------------------------------------------------------------------------------

    def _find_factor(self) -> float:
        low, high = _USUAL_PIXELS.get(sys.platform, (11.0, 15.0))
        pixels = float(QFontInfo(self._system_font).pixelSize())
        wanted = pixels / min(max(pixels, low), high)
        return max(0.8, wanted) * self._text_size / 100

    def px(self, pixels: float) -> int:
        """A measure of LOOK.md in the pixels of now."""
        return round(pixels * self.factor)

    def font(self, role: FontRole) -> QFont:
        """The font of a role; shared, not to be altered."""
        if role not in self._fonts:
            self._fonts[role] = self._make_font(role)
        return self._fonts[role]

    def metrics(self, role: FontRole) -> QFontMetricsF:
        """The metrics of a role's font, built once."""
        if role not in self._metrics:
            self._metrics[role] = QFontMetricsF(self.font(role))
        return self._metrics[role]

    def _make_font(self, role: FontRole) -> QFont:
        pixels, weight = _TYPE[role]
        font = QFont()
        font.setFamilies(self._mono_families() if role.startswith("mono") else self._text_families())
        font.setPixelSize(max(8, round(pixels * self.factor)))
        font.setWeight(weight)
        if role.startswith("mono"):
            font.setStyleHint(QFont.StyleHint.Monospace)
            for tag in ("liga", "calt"):
                font.setFeature(QFont.Tag.fromString(tag), 0)
        else:
            font.setFeature(QFont.Tag.fromString("tnum"), 1)
        return font

    def _text_families(self) -> list[str]:
        family = self._system_font.family()
        known = set(QFontDatabase.families())
        if sys.platform == "linux" and family in {"Sans Serif", "Sans", "sans-serif"}:
            family = next((name for name in ("Inter", "Noto Sans", "DejaVu Sans") if name in known), family)
        return [family, _JAPANESE.get(sys.platform, "Noto Sans CJK JP")]

    def _mono_families(self) -> list[str]:
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        known = set(QFontDatabase.families())
        wished = [*_MONO.get(sys.platform, ["JetBrains Mono", "Noto Sans Mono", "DejaVu Sans Mono"]), fixed]
        family = next((name for name in wished if name in known), fixed)
        return [family, "Noto Sans Mono CJK JP", _JAPANESE.get(sys.platform, "Noto Sans CJK JP")]

    # ---- following the system ---------------------------------------------------------------------------

    def follow(self, window: QObject) -> None:
        """Learn from a window that the system's font, palette or accent have changed: it is told, and we listen."""
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The system's font or palette has changed under us."""
        if event.type() == QEvent.Type.ThemeChange:
            self._refresh()
        return False

    def _refresh(self) -> None:
        hints = QGuiApplication.styleHints()
        if self._appearance == "system":
            self.dark = hints.colorScheme() == Qt.ColorScheme.Dark
        else:
            self.dark = self._appearance == "dark"
        self.factor = self._find_factor()
        self.colors = self._choose_colors(hints.accessibility())
        self.reduced_motion = self._motion == "reduced" or not self._animates()
        self._fonts.clear()
        self._metrics.clear()
        self.icons.clear()
        QGuiApplication.setPalette(self._palette())
        QApplication.setFont(self.font("body"))
        self.changed.emit()

    def _choose_colors(self, accessibility: QAccessibilityHints) -> Colors:
        wants_more = accessibility.contrastPreference() == Qt.ContrastPreference.HighContrast
        if wants_more and sys.platform == "win32":
            return from_system(QApplication.style().standardPalette())
        colors = with_accent(DARK if self.dark else LIGHT, self._system_accent())
        return with_more_contrast(colors) if wants_more or self._contrast == "more" else colors

    @staticmethod
    def _system_accent() -> QColor:
        if not QGuiApplication.platformName().startswith(("cocoa", "windows")):
            return QColor(NO_ACCENT)
        return QApplication.style().standardPalette().color(QPalette.ColorRole.Accent)

    @staticmethod
    def _animates() -> bool:
        style = QApplication.style()
        return style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0

    def _palette(self) -> QPalette:
        colors, role = self.colors, QPalette.ColorRole
        palette = QPalette()
        for name, color in {
            role.Window: colors.base,
            role.Base: colors.base,
            role.AlternateBase: colors.raised,
            role.Button: colors.raised,
            role.WindowText: colors.text,
            role.Text: colors.text,
            role.ButtonText: colors.text,
            role.BrightText: colors.on_accent,
            role.Highlight: colors.accent_fill,
            role.HighlightedText: colors.on_accent,
            role.Link: colors.accent,
            role.LinkVisited: colors.accent,
            role.PlaceholderText: colors.text3,
            role.ToolTipBase: colors.raised,
            role.ToolTipText: colors.text,
            role.Accent: colors.accent_fill,
            role.Mid: colors.line,
            role.Light: colors.base,
            role.Midlight: colors.line,
            role.Dark: colors.control_edge,
            role.Shadow: colors.button_edge,
        }.items():
            palette.setColor(name, color)
        for name in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, name, mix(colors.text3, colors.base, 0.6))
        return palette
