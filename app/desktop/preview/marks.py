"""What is marked in view: under the mouse, with the focus, selected, found; and the pictures that were opened."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from app.desktop.preview.parts import units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QImage

    from app.desktop.preview.parts import Part
    from app.desktop.preview.selection import Selection

SpotKind = Literal["tool", "image", "link", "code"]


class Spot(NamedTuple):
    """Something that can be pressed or looked at with the keyboard."""

    number: int
    block: int
    piece: int
    kind: SpotKind
    start: int = 0
    """Links: where in the part's text."""


class Match(NamedTuple):
    """A place where a text was found. In a folded line that is closed, `piece` is one that is not there."""

    number: int
    block: int
    piece: int
    start: int
    end: int


class Needle:
    """A text that is looked for in parts, whatever the case, in whichever of Unicode's two forms."""

    def __init__(self, text: str) -> None:
        self.text = text
        forms = dict.fromkeys(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
        self._pattern = re.compile("|".join(re.escape(form) for form in forms), re.IGNORECASE)

    def matches(self, number: int, part: Part) -> Iterator[Match]:
        """Every place in a part's text."""
        text = part.text
        for found in self._pattern.finditer(text):
            start = units(text[: found.start()])
            yield Match(number, part.block, part.piece, start, start + units(found[0]))


@dataclass(slots=True)
class Marks:
    """All of it. The message list changes it, the painter reads it."""

    hovered: Spot | None = None
    hovered_code: tuple[int, int, int] | None = None
    """The code block under the mouse, by its first part: it shows its copy button."""
    pressed: Spot | None = None
    focused: Spot | None = None
    shows_ring: bool = False
    """Whether the focus came by the keyboard."""
    selection: Selection | None = None
    is_active: bool = True
    """Whether the list has the focus: what is selected is paler without it."""
    needle: Needle | None = None
    match: Match | None = None
    """The one that was gone to."""
    copied: tuple[int, int, int] | None = None
    """The code whose text was copied just now."""
    shifts: dict[tuple[int, int, int], float] = field(default_factory=dict)
    """By how many pixels tables are moved to the left, by their first part."""
    pictures: dict[tuple[int, int], QImage | str] = field(default_factory=dict)
    """Pictures that are open, by message and block; or the words in place of one."""
