"""All messages one below the other, and which of them are in view.

What is in view hangs on an anchor: a part of a message, and how much of it is above the view's top. What is above
the anchor may turn out higher or lower than it was taken to be: the scroll bar moves a little then, the text does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from app.desktop.preview.heights import Heights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.desktop.preview.parts import Leaf
    from app.desktop.preview.sheet import Sheet

_WARM = 40
"""Parts around the visible ones that stay laid out."""


class Placed(NamedTuple):
    """A part in view; `top` is where it begins, in pixels from the view's top, the room above it included."""

    number: int
    sheet: Sheet | None
    """None: the message is not in memory."""
    part: int
    top: float
    height: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + self.height


@dataclass(slots=True)
class Anchor:
    """What the view's top shows."""

    number: int = 0
    part: int = 0
    offset: float = 0.0
    """Pixels of the part that are above the view's top."""


class Flow:
    """Knows no widgets and paints nothing. Messages that are not in memory are gaps of an estimated height."""

    def __init__(self, make_sheet: Callable[[Leaf], Sheet]) -> None:
        """`make_sheet` sets a message as everything is to look now."""
        self.anchor = Anchor()
        self.foot = 0
        """Room below the last message, in pixels."""
        self.view_height = 0
        self._make_sheet = make_sheet
        self._leaves: dict[int, Leaf] = {}
        self._sheets: dict[int, Sheet] = {}
        self._heights = Heights()
        self._at_end = False
        self._warm: set[int] = set()

    # ---- what there is ----------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """Messages, as far as they are known."""
        return len(self._heights)

    def set_count(self, count: int) -> None:
        """There are so many messages."""
        if count != self.count:
            self._heights.resize(count)
            self.anchor.number = max(0, min(self.anchor.number, count - 1))

    def sheet(self, number: int) -> Sheet | None:
        """A message as it is set; None if it is not in memory."""
        if number not in self._sheets and number in self._leaves:
            made = self._make_sheet(self._leaves[number])
            self._sheets[number] = made
            self._heights.put(number, made.height)
        return self._sheets.get(number)

    def add(self, leaf: Leaf, height: float) -> None:
        """A message is in memory now, about so many pixels high."""
        number = leaf.number
        is_new = number not in self._leaves
        share = self._share_of_gap() if is_new and number == self.anchor.number else None
        self._leaves[number] = leaf
        self._sheets.pop(number, None)
        self._warm.discard(number)
        if is_new and not self._heights.knows(number):
            self._heights.put(number, height)
        if share is not None and (sheet := self.sheet(number)) is not None:
            self._anchor_inside(number, share * sheet.height)
        elif number == self.anchor.number:
            self._keep_anchor()

    def drop(self, number: int) -> None:
        """A message is in memory no more. Not for those in view."""
        self._leaves.pop(number, None)
        self._sheets.pop(number, None)
        self._warm.discard(number)

    def clear(self) -> None:
        """No messages."""
        self._leaves.clear()
        self._sheets.clear()
        self._warm.clear()
        self.anchor = Anchor()
        self._heights = Heights()
        self._at_end = False

    def reset(self, factor: float) -> None:
        """Everything is to be set anew, and becomes about so many times as high as it was."""
        anchor = self.anchor
        share = anchor.offset / max(1.0, self._height_of(anchor.number, anchor.part)) if self.count else 0.0
        self._sheets.clear()
        self._warm.clear()
        self._heights.rescale(factor)
        if self.count:
            anchor.offset = share * self._height_of(anchor.number, anchor.part)

    def changed(self, number: int) -> None:
        """A message's parts are others now."""
        self._heights.put(number, self._sheets[number].height)
        self._keep_anchor()

    # ---- where the view is ------------------------------------------------------------------------------

    @property
    def total(self) -> float:
        """The height of everything, as far as it is known."""
        return self._heights.total + self.foot if self.count else 0.0

    @property
    def y(self) -> float:
        """How far the view's top is from the beginning."""
        if not self.count:
            return 0.0
        anchor = self.anchor
        sheet = self.sheet(anchor.number)
        inside = sheet.top(anchor.part) if sheet is not None else 0.0
        return self._heights.above(anchor.number) + inside + anchor.offset

    @property
    def at_end(self) -> bool:
        """Whether the view is to stay at the end, however the heights above it turn out."""
        return self._at_end

    def show_from(self, y: float) -> None:
        """Bring to the view's top what is so far from the beginning."""
        self._at_end = False
        if not self.count:
            return
        number = self._heights.at(y)
        offset = max(0.0, y - self._heights.above(number))
        self._anchor_inside(number, offset)

    def show_end(self) -> None:
        """Bring the end into view, and stay there."""
        self._at_end = True

    def show_part(self, number: int, index: int, *, y: float, above: float) -> None:
        """Bring a place in a part, `y` pixels below its content's top, `above` pixels below the view's top."""
        self._at_end = False
        sheet = self.sheet(number)
        inside = 0.0
        if sheet is not None:
            self._height_of(number, index)
            inside = sheet.area(index).top()
        self.anchor = Anchor(number, index if sheet is not None else 0, 0.0)
        self._move(inside + y - above)

    def stay(self) -> None:
        """Stay where the view is, even if that is the end and more comes below it."""
        self._at_end = False

    def scroll(self, pixels: float) -> None:
        """Move the view down by so many pixels, or up. What comes into view is laid out on the way."""
        if pixels < 0:
            self._at_end = False
        self._move(pixels)

    def _move(self, pixels: float) -> None:
        if not self.count:
            return
        anchor = self.anchor
        anchor.offset += pixels
        while anchor.offset < 0 and self._step_up():
            anchor.offset += self._height_of(anchor.number, anchor.part)
        anchor.offset = max(0.0, anchor.offset)
        while anchor.offset >= (height := self._height_of(anchor.number, anchor.part)):
            if not self._step_down():
                anchor.offset = height
                break
            anchor.offset -= height

    def arrange(self) -> list[Placed]:
        """The parts in view, from top to bottom, all of them laid out."""
        if not self.count or self.view_height <= 0:
            return []
        if self._at_end:
            last = self.count - 1
            sheet = self.sheet(last)
            self.anchor = Anchor(last, len(sheet.parts) - 1 if sheet is not None else 0, 0.0)
            self.anchor.offset = self._height_of(last, self.anchor.part)
        placed = list(self._in_view())
        end = placed[-1]
        if self._is_last(end) and end.bottom + self.foot < self.view_height:
            self._move(end.bottom + self.foot - self.view_height)
            placed = list(self._in_view())
        self._cool(placed)
        return placed

    # ---- walking ----------------------------------------------------------------------------------------

    def _in_view(self) -> Iterator[Placed]:
        # Heights may have changed: the view's top is to be in the anchor's part again.
        self._move(0)
        number, index, top = self.anchor.number, self.anchor.part, -self.anchor.offset
        while True:
            height = self._height_of(number, index)
            yield Placed(number, self.sheet(number), index, top, height)
            top += height
            if top >= self.view_height:
                return
            following = self._after(number, index)
            if following is None:
                return
            number, index = following

    def _height_of(self, number: int, index: int) -> float:
        sheet = self.sheet(number)
        if sheet is None:
            return self._heights.of(number)
        height = sheet.part_height(index)
        self._warm.add(number)
        self._heights.put(number, sheet.height)
        return height

    def _after(self, number: int, index: int) -> tuple[int, int] | None:
        sheet = self.sheet(number)
        if sheet is not None and index + 1 < len(sheet.parts):
            return number, index + 1
        return (number + 1, 0) if number + 1 < self.count else None

    def _step_down(self) -> bool:
        following = self._after(self.anchor.number, self.anchor.part)
        if following is None:
            return False
        self.anchor.number, self.anchor.part = following
        return True

    def _step_up(self) -> bool:
        anchor = self.anchor
        if anchor.part > 0:
            anchor.part -= 1
        elif anchor.number > 0:
            anchor.number -= 1
            sheet = self.sheet(anchor.number)
            anchor.part = len(sheet.parts) - 1 if sheet is not None else 0
        else:
            return False
        return True

    def _is_last(self, placed: Placed) -> bool:
        return self._after(placed.number, placed.part) is None

    def _anchor_inside(self, number: int, offset: float) -> None:
        sheet = self.sheet(number)
        if sheet is None:
            self.anchor = Anchor(number, 0, offset)
            return
        index = sheet.part_at(offset)
        self.anchor = Anchor(number, index, max(0.0, offset - sheet.top(index)))

    def _keep_anchor(self) -> None:
        sheet = self.sheet(self.anchor.number)
        if sheet is not None:
            self.anchor.part = min(self.anchor.part, len(sheet.parts) - 1)

    def _share_of_gap(self) -> float:
        """How much of the message at the view's top is above it, as long as that is a gap."""
        return self.anchor.offset / max(1.0, self._heights.of(self.anchor.number))

    def _cool(self, placed: list[Placed]) -> None:
        """Let go of the layouts of what is far from the view."""
        first, last = placed[0], placed[-1]
        for number in list(self._warm):
            sheet = self._sheets[number]
            if not first.number - _WARM <= number <= last.number + _WARM:
                sheet.forget(range(0))
                self._warm.discard(number)
                continue
            begin = first.part - _WARM if number == first.number else 0
            end = last.part + _WARM if number == last.number else len(sheet.parts)
            sheet.forget(range(max(0, begin), end))
