"""One text laid out: lines at an even pitch, plain characters only, positions in UTF-16 units."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QTextBoundaryFinder
from PySide6.QtGui import QTextCharFormat, QTextLayout, QTextLine, QTextOption

from app.desktop.painting import fill
from app.desktop.preview.parts import units

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter

    from app.desktop.preview.parts import Run, Style
    from app.desktop.preview.typeset import Typeset

_LINE_END = "\u2028"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_WIDE = frozenset({"W", "F"})
_SLACK = 1.0
"""Pixels that a code word's ground is wider than the word, at each side."""


class TextBox:
    """A part's text at a width. `width` None: every line is as long as it is."""

    def __init__(
        self, text: str, style: Style, runs: tuple[Run, ...], typeset: Typeset, width: float | None
    ) -> None:
        self.text = text
        self.style: Style = style
        self.length = units(text)
        self.pitch = typeset.pitch(style)
        self._runs = runs
        self._codes = [run for run in runs if run.code]
        self._mirrored: bool | None = None
        layout = QTextLayout(text.replace("\n", _LINE_END), typeset.font(style))
        option = QTextOption()
        wraps = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
        option.setWrapMode(wraps if width is not None else QTextOption.WrapMode.ManualWrap)
        option.setTabStopDistance(typeset.tab(style))
        layout.setTextOption(option)
        layout.setCacheEnabled(True)
        formats = [_range(run.start, run.length, typeset.format_of(style, run)) for run in runs]
        if style == "table":
            formats = _in_columns(text, typeset)
        if formats:
            layout.setFormats(formats)
        baseline = typeset.baseline(style)
        self.width = 0.0
        top = 0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(1e6 if width is None else max(1.0, width))
            # By the baseline and not by the line's top: a fallback font's ascent would push the line down.
            line.setPosition(QPointF(0, top + baseline - line.ascent()))
            self.width = max(self.width, line.naturalTextWidth())
            top += self.pitch
        layout.endLayout()
        self.height = max(top, self.pitch)
        self._layout = layout

    def paint(
        self, painter: QPainter, place: QPointF, ink: QColor, clip: QRectF, code_ground: QColor
    ) -> None:
        """Draw the lines that `clip` touches, with their top left corner at `place`."""
        for run in self._codes:
            for rect in self.rects(run.start, run.start + run.length):
                moved = rect.translated(place).adjusted(-_SLACK, 1.5, _SLACK, -1.5)
                if moved.intersects(clip):
                    fill(painter, moved, code_ground, 3)
        painter.setPen(ink)
        self._layout.draw(painter, place, [], clip)

    def rects(self, start: int, end: int) -> list[QRectF]:
        """The places of the text from one position to another: whole lines high, one or more for each line."""
        layout = self._layout
        made: list[QRectF] = []
        if end <= start or not layout.lineCount():
            return made
        first = layout.lineForTextPosition(min(start, self.length)).lineNumber()
        last = layout.lineForTextPosition(min(end, self.length)).lineNumber()
        for number in range(first, last + 1):
            line = layout.lineAt(number)
            begin = max(start, line.textStart())
            stop = min(end, line.textStart() + line.textLength())
            made += [
                QRectF(left, number * self.pitch, right - left, self.pitch)
                for left, right in self._extents(line, begin, stop)
                if right > left
            ]
        return made

    def position_at(self, x: float, y: float) -> int:
        """The position between two characters that is nearest to a point."""
        count = self._layout.lineCount()
        if not count or y < 0:
            return 0
        number = int(y // self.pitch)
        if number >= count:
            return self.length
        line = self._layout.lineAt(number)
        position = int(line.xToCursor(x))
        if self._layout.isValidCursorPosition(position):
            return position
        # Emoji that a font draws in several pieces are one character for a reader.
        ends = (self._layout.previousCursorPosition(position), self._layout.nextCursorPosition(position))
        return min(ends, key=lambda end: abs(_x(line, end) - x))

    def run_at(self, x: float, y: float) -> Run | None:
        """The run under a point."""
        number = int(y // self.pitch)
        if not 0 <= number < self._layout.lineCount():
            return None
        position = self._layout.lineAt(number).xToCursor(x, QTextLine.CursorPosition.CursorOnCharacter)
        for run in self._runs:
            if run.start <= position < run.start + run.length:
                area = self.rects(run.start, run.start + run.length)
                return run if any(rect.contains(QPointF(x, y)) for rect in area) else None
        return None

    def word_at(self, position: int) -> tuple[int, int]:
        """Where the word around a position begins and ends."""
        finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Word, self.text)
        finder.setPosition(min(position, self.length))
        start = position if finder.isAtBoundary() else finder.toPreviousBoundary()
        finder.setPosition(start)
        end = finder.toNextBoundary()
        return max(0, start), self.length if end < 0 else end

    def _extents(self, line: QTextLine, begin: int, stop: int) -> list[tuple[float, float]]:
        if stop <= begin:
            return []
        if not self._is_mirrored():
            return [(_x(line, begin), _x(line, stop))]
        # Where both directions meet on a line, what follows each other need not stand side by side.
        edges = [_x(line, position) for position in range(begin, stop + 1)]
        spans = sorted((min(pair), max(pair)) for pair in pairwise(edges))
        joined = [spans[0]]
        for left, right in spans[1:]:
            if left <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], right))
            else:
                joined.append((left, right))
        return joined

    def _is_mirrored(self) -> bool:
        if self._mirrored is None:
            self._mirrored = not self.text.isascii() and any(
                unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in self.text
            )
        return self._mirrored


def _x(line: QTextLine, position: int) -> float:
    # PySide returns the position as well, which Qt may have moved to a character's edge.
    found: Any = line.cursorToX(position)
    return float(found[0] if isinstance(found, tuple) else found)


def _range(start: int, length: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start = start
    made.length = length
    made.format = form
    return made


def _in_columns(text: str, typeset: Typeset) -> list[QTextLayout.FormatRange]:
    """Wide characters take two columns of a table, whichever font they come from."""
    if text.isascii():
        return []
    metrics = typeset.metrics("table")
    column = metrics.horizontalAdvance("0")
    made: list[QTextLayout.FormatRange] = []
    position = 0
    for letter in text:
        length = 2 if ord(letter) > 0xFFFF else 1
        if unicodedata.east_asian_width(letter) in _WIDE:
            missing = 2 * column - metrics.horizontalAdvance(letter)
            form = QTextCharFormat()
            font = typeset.font("table")
            spaced = type(font)(font)
            spaced.setLetterSpacing(font.SpacingType.AbsoluteSpacing, missing)
            form.setFont(spaced)
            made.append(_range(position, length, form))
        position += length
    return made
