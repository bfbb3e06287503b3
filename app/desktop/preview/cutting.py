"""Long texts cut into pieces that are laid out one by one.

Qt takes four seconds for one word of 200,000 characters, and every line of a paragraph waits for all lines before it.
A piece is laid out in a millisecond or two, and none waits for another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QTextBoundaryFinder

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_500
"""Characters of a piece, about."""
MOST_LINES = 40
_SEARCHED = 120
"""Characters before the limit in which a place for a cut is looked for."""


class Cut(NamedTuple):
    """One piece: text[start:end]. `joint` is what the cut took out before it; None: it is the first."""

    start: int
    end: int
    joint: str | None


def cuts(text: str) -> list[Cut]:
    """The pieces of a text, at least one: cut at line ends, and where a line is too long at a space, or anywhere."""
    if len(text) <= LONGEST and text.count("\n") < MOST_LINES:
        return [Cut(0, len(text), None)]
    made: list[Cut] = []
    begin, joint, lines = 0, None, 0
    end = 0
    for start, stop, joint_before in _lines(text):
        is_full = lines >= MOST_LINES or stop - begin > LONGEST
        if lines and (is_full or joint_before == ""):
            made.append(Cut(begin, end, joint))
            begin, joint, lines = start, joint_before, 0
        end = stop
        lines += 1
    made.append(Cut(begin, end, joint))
    return made


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of every line, long ones in several; and what stands before: a line's end, or nothing."""
    start = 0
    while True:
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        joint = "\n"
        while stop - start > LONGEST:
            cut = _place(text, start + LONGEST)
            yield start, cut, joint
            start, joint = cut, ""
        yield start, stop, joint
        if stop == len(text):
            return
        start = stop + 1


def _place(text: str, limit: int) -> int:
    """Where to cut a long line: after a space near the limit, else between two characters as a reader sees them."""
    space = max(text.rfind(" ", limit - _SEARCHED, limit), text.rfind("\u3000", limit - _SEARCHED, limit))
    if space >= 0:
        return space + 1
    if text[limit - 1 : limit + 1].isascii():
        return limit
    before = text[limit - _SEARCHED : limit]
    around = before + text[limit : limit + _SEARCHED]
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, around)
    finder.setPosition(len(before.encode("utf-16-le", "replace")) // 2)
    if finder.isAtBoundary():
        return limit
    back = finder.toPreviousBoundary()
    kept = around.encode("utf-16-le", "replace")[: 2 * max(0, back)].decode("utf-16-le", "ignore")
    # A character that is longer than what was searched is cut all the same.
    return limit - len(before) + len(kept) if kept else limit
