"""How messages are set: fonts, pitches, measures and inks of now. Made anew when the look changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QFontMetricsF, QTextCharFormat

from app.desktop.preview.parts import SET_AS_CODE
from app.desktop.theme import mix

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from app.desktop.preview.parts import Run, Style
    from app.desktop.theme import FontRole, Look

_ROLES: dict[Style, FontRole] = {
    "body": "body",
    "title": "pane",
    "heading": "bold",
    "quote": "body",
    "aside": "body",
    "code": "mono-small",
    "table": "mono-small",
    "label": "meta",
    "note": "meta",
}
_PITCHES: dict[Style, int] = {"title": 22, "code": 18, "table": 18, "label": 18, "note": 18}
"""Pixels at 100 % from line to line, where they are not those of LOOK.md's messages."""
_PITCH = 20
_TAB = 4
"""Columns."""


class Typeset:
    """Fonts and measures for messages, worked out once for a look."""

    def __init__(self, look: Look) -> None:
        self.look = look
        px = look.px
        # Where things stand across the list, from its left and right edges (look/01-sessions-light.png).
        self.ground_left = px(12)
        self.ground_right = px(3)
        self.left = px(20)
        self.right = px(11)
        self.padding = px(12)
        """Inside the soft block and inside code, at both sides."""
        self.name_height = px(20)
        self.line = px(30)
        """A folded line's height."""
        self.step = px(18)
        """One level of a list, or of a quote."""
        self.code_above = px(8)
        self.picture_height = px(240)
        """The highest that a picture is shown."""
        self._fonts: dict[tuple[Style, bool, bool, bool], QFont] = {}
        self._metrics: dict[Style, QFontMetricsF] = {}

    # ---- type -------------------------------------------------------------------------------------------

    def pitch(self, style: Style) -> int:
        """Pixels from line to line."""
        return self.look.px(_PITCHES.get(style, _PITCH))

    def baseline(self, style: Style) -> float:
        """Where in a line letters stand: capitals are in its middle, whatever other scripts are on it (LOOK.md)."""
        return round((self.pitch(style) + self.metrics(style).capHeight()) / 2)

    def metrics(self, style: Style) -> QFontMetricsF:
        """The metrics of a style's font."""
        return self.look.metrics(_ROLES[style])

    def font(self, style: Style, *, bold: bool = False, italic: bool = False, code: bool = False) -> QFont:
        """The font of a style, or a variant of it."""
        key = (style, bold, italic, code)
        if key not in self._fonts:
            role: FontRole = "mono" if code else _ROLES[style]
            font = QFont(self.look.font(role))
            if bold:
                font.setWeight(max(font.weight(), QFont.Weight.DemiBold))
            if italic:
                font.setItalic(True)
            self._fonts[key] = font
        return self._fonts[key]

    def format_of(self, style: Style, run: Run) -> QTextCharFormat:
        """How a run differs from its text."""
        made = QTextCharFormat()
        made.setFont(self.font(style, bold=run.bold, italic=run.italic, code=run.code))
        if run.strike:
            made.setFontStrikeOut(True)
        if run.link is not None:
            made.setForeground(self.look.colors.accent)
            made.setFontUnderline(True)
        return made

    def tab(self, style: Style) -> float:
        """Pixels from one tab stop to the next."""
        return self.metrics(style).horizontalAdvance(" ") * _TAB

    def letters(self, style: Style) -> float:
        """Pixels that a letter takes, about."""
        metrics = self.metrics(style)
        return metrics.horizontalAdvance("0") if style in SET_AS_CODE else metrics.averageCharWidth() * 1.12

    # ---- inks -------------------------------------------------------------------------------------------

    def ink(self, style: Style) -> QColor:
        """The colour of a style's letters."""
        colors = self.look.colors
        if style in SET_AS_CODE or style in ("quote", "aside"):
            return colors.text2
        return colors.text3 if style in ("label", "note") else colors.text

    def code_ground(self, ground: QColor) -> QColor:
        """Under a code word in a sentence."""
        return mix(self.look.colors.text, ground, 0.1)

    def selection(self, ground: QColor) -> QColor:
        """Under what is selected; it differs from the soft block, too."""
        return mix(self.look.colors.accent, ground, 0.36 if self.look.dark else 0.26)
