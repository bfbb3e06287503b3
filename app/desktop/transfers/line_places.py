"""Where the lines of the list stand: computed from the sections, since all rows of a section are of one height."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desktop.transfers.row_layout import HEADING, height_of

if TYPE_CHECKING:
    from app.desktop.theme import Look
    from app.desktop.transfers.sections import SectionName, Sections

_FOOT = 8
"""Pixels at 100 % below the last row."""


class LinePlaces:
    """Heights in pixels of now, from the top of all there is."""

    def __init__(self, look: Look, sections: Sections) -> None:
        self._look = look
        self._sections = sections

    def _height(self, name: SectionName) -> int:
        return self._look.px(height_of(name))

    def total(self) -> int:
        """How high everything is together."""
        total, heading = self._look.px(_FOOT), self._look.px(HEADING)
        for section in self._sections:
            if section.length:
                total += heading * section.headed + len(section.items) * self._height(section.name)
        return total

    def of(self, line: int) -> tuple[int, int]:
        """A line's top and its height; beyond the last one the end and 0."""
        top, heading = 0, self._look.px(HEADING)
        for section in self._sections:
            height = self._height(section.name)
            if line < section.length:
                if section.headed and line == 0:
                    return top, heading
                return top + heading * section.headed + (line - section.headed) * height, height
            if section.length:
                top += heading * section.headed + len(section.items) * height
            line -= section.length
        return top, 0

    def line_at(self, height: int) -> int:
        """The line at a height; -1 above the first one and below the last."""
        left, line, heading = height, 0, self._look.px(HEADING)
        if left < 0:
            return -1
        for section in self._sections:
            if not section.length:
                continue
            if section.headed:
                if left < heading:
                    return line
                left -= heading
            rows = len(section.items) * self._height(section.name)
            if left < rows:
                return line + section.headed + left // self._height(section.name)
            left -= rows
            line += section.length
        return -1
