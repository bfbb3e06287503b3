"""One message at a width: which parts it has now, how high each is, and those that were laid out."""

from __future__ import annotations

from itertools import accumulate
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSizeF

from app.desktop.preview.composing import inside
from app.desktop.preview.parts import SET_AS_CODE, Part
from app.desktop.preview.text_box import TextBox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.desktop.preview.parts import Kind, Leaf, Style
    from app.desktop.preview.typeset import Typeset

# Pixels at 100 % between a part and the one above it, by what they are.
_GAP = 10
_GAPS: dict[tuple[str, str], int] = {
    ("name", "text"): 2,
    ("name", "tool"): 0,
    ("text", "tool"): 6,
    ("text", "image"): 6,
    ("tool", "tool"): 0,
    ("tool", "image"): 0,
    ("image", "tool"): 0,
    ("image", "image"): 0,
    ("tool", "text"): 12,
    ("image", "picture"): 4,
}
_STYLE_GAPS: dict[tuple[Style, Style], int] = {
    ("label", "code"): 4,
    ("code", "label"): 8,
}
_INSIDE = 4
_BELOW_INSIDE = 8
"""Between a folded line and what it holds; and below that."""
_AFTER_ITEM = 4
_ABOVE_TITLE = 16
_BELOW_TITLE = 6
_TURN = 21
"""Above the assistant's name."""
_OWN = 10
"""Above the user's soft block."""
_WIDE_LETTERS = 1.75


class Sheet:
    """Heights are estimated until a part is laid out, which happens when it is looked at."""

    def __init__(
        self,
        leaf: Leaf,
        typeset: Typeset,
        width: int,
        opened: frozenset[int],
        pictures: Mapping[int, QSizeF],
    ) -> None:
        """`width`: of the list. `opened`: the blocks whose folded lines are open. `pictures`: the sizes of those that
        are shown, in pixels, by block."""
        self.leaf = leaf
        self.typeset = typeset
        self.width = width
        self.opened = opened
        self.pictures = pictures
        self._boxes: dict[int, TextBox] = {}
        self._arrange()

    # ---- what there is ----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.parts: list[Part] = []
        for parts in self.leaf.blocks:
            self.parts.extend(parts)
            last = parts[-1] if parts else None
            if last is not None and last.block in self.opened and last.tool is not None:
                self.parts.extend(inside(last.block, last.tool))
            if last is not None and last.block in self.pictures:
                self.parts.append(Part(last.block, 1, "picture", ordinal=last.ordinal))
        px = self.typeset.look.px
        self._above = [px(gap) for gap in self._gaps()]
        self._below = [0] * len(self.parts)
        for number, part in enumerate(self.parts):
            if part.style in SET_AS_CODE:
                self._above[number] += self.typeset.code_above if part.joint is None else 0
                self._below[number] += self.typeset.code_above if part.is_last else 0
        if self.leaf.on_ground:
            self._above[0] += px(8 if self.parts[0].kind == "name" else 10)
            self._below[-1] += px(10)
        self._inner = [self._estimate(part) for part in self.parts]
        self._tops: list[float] | None = None
        self._measured = bytearray(len(self.parts))

    def _gaps(self) -> list[int]:
        gaps = [self._lead()]
        for above, part in zip(self.parts, self.parts[1:], strict=False):
            gaps.append(_gap(above, part, on_ground=self.leaf.on_ground))
        return gaps

    def _lead(self) -> int:
        if self.leaf.number == 0:
            return 12
        if self.leaf.on_ground:
            return _OWN
        if self.parts[0].kind == "name":
            return _TURN
        follows: Kind | None = self.leaf.follows
        return _GAPS.get((follows, self.parts[0].kind), _GAP) if follows is not None else 12

    def set_opened(self, opened: frozenset[int], pictures: Mapping[int, QSizeF]) -> None:
        """Others of its lines are open now."""
        self.opened = opened
        self.pictures = pictures
        self._boxes.clear()
        self._arrange()

    def index_of(self, block: int, piece: int) -> int | None:
        """Where a part is among the parts of now; None if it is folded away."""
        for number, part in enumerate(self.parts):
            if part.block == block and part.piece == piece:
                return number
        return None

    # ---- measures ---------------------------------------------------------------------------------------

    @property
    def height(self) -> float:
        """All of it, the room above it included."""
        return self._tops_now()[-1]

    @property
    def lead(self) -> float:
        """The room above its first part that is not the message's own."""
        return self.typeset.look.px(self._lead())

    def top(self, index: int) -> float:
        """Where a part begins, the room above it included, from the message's top."""
        return self._tops_now()[index]

    def part_at(self, y: float) -> int:
        """The part that is so many pixels below the message's top."""
        tops = self._tops_now()
        low, high = 0, len(self.parts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if tops[middle] <= y else (low, middle - 1)
        return low

    def part_height(self, index: int) -> float:
        """A part's height with the room above and below it; laid out if it was not."""
        self.measure(index)
        return self._above[index] + self._inner[index] + self._below[index]

    def area(self, index: int) -> QRectF:
        """Where a part's content is, from the part's top and the list's left."""
        typeset = self.typeset
        part = self.parts[index]
        left: float = typeset.ground_left + typeset.padding if self.leaf.on_ground else typeset.left
        right: float = typeset.ground_right + typeset.padding if self.leaf.on_ground else typeset.right
        left += part.indent * typeset.step
        if part.style in SET_AS_CODE:
            left, right = left + typeset.padding, right + typeset.padding
        elif part.style == "quote":
            left += typeset.padding
        width = max(8.0, self.width - left - right)
        return QRectF(left, self._above[index], width, self._inner[index])

    def measure(self, index: int) -> bool:
        """Make a part's height exact; whether it was another one before."""
        if self._measured[index]:
            return False
        self._measured[index] = 1
        part = self.parts[index]
        before = self._inner[index]
        if part.kind == "text":
            self._inner[index] = self.box(index).height
        if before == self._inner[index]:
            return False
        self._tops = None
        return True

    def box(self, index: int) -> TextBox:
        """A text part, laid out."""
        if index not in self._boxes:
            part = self.parts[index]
            width = None if part.style == "table" else self.area(index).width()
            self._boxes[index] = TextBox(part.text, part.style, part.runs, self.typeset, width)
        return self._boxes[index]

    def forget(self, keep: range) -> None:
        """Let go of what was laid out, but for the parts in `keep`; their heights stay known."""
        if len(self._boxes) > len(keep):
            self._boxes = {number: box for number, box in self._boxes.items() if number in keep}

    def _tops_now(self) -> list[float]:
        if self._tops is None:
            heights = map(sum, zip(self._above, self._inner, self._below, strict=True))
            self._tops = list(accumulate(heights, initial=0.0))
        return self._tops

    def _estimate(self, part: Part) -> float:
        if part.kind == "text":
            return self._estimate_text(part)
        if part.kind == "picture":
            return self.pictures[part.block].height()
        return {"name": self.typeset.name_height, "rule": 1}.get(part.kind, self.typeset.line)

    def _estimate_text(self, part: Part) -> float:
        typeset = self.typeset
        pitch = typeset.pitch(part.style)
        lines = part.text.split("\n")
        if part.style == "table":
            return pitch * len(lines)
        letters = typeset.letters(part.style) * (1 if part.text.isascii() else _WIDE_LETTERS)
        room = max(1.0, (self.width - typeset.left - typeset.right - 2 * typeset.padding) / letters)
        return pitch * sum(max(1, ceil(len(line) / room)) for line in lines)


def _gap(above: Part, part: Part, *, on_ground: bool) -> int:
    if part.joint is not None:
        return 0
    if on_ground and above.kind == "name":
        return 0
    if part.kind == above.kind == "text":
        return _text_gap(above, part)
    if part.block == above.block and above.kind == "tool":
        return _INSIDE
    if above.piece and part.kind == "tool":
        return _BELOW_INSIDE
    return _GAPS.get((above.kind, part.kind), _GAP)


def _text_gap(above: Part, part: Part) -> int:
    known = _STYLE_GAPS.get((above.style, part.style))
    if known is not None:
        return known
    if part.style in ("title", "heading"):
        return _ABOVE_TITLE
    if above.style in ("title", "heading"):
        return _BELOW_TITLE
    if part.marker and part.style == "body" and above.style == "body":
        return _AFTER_ITEM if above.indent else _BELOW_TITLE
    return _GAP
