"""How high all messages are together, while most of them have never been laid out."""

from __future__ import annotations

from array import array

USUAL = 110.0
"""Pixels that a message is taken to be high before any is known."""


class Heights:
    """Heights of a row of messages: known ones, and the average of these for all others.

    A binary indexed tree over the known ones: a million messages take 20 steps to look up or to change
    (P. Fenwick, "A new data structure for cumulative frequency tables", 1994).
    """

    def __init__(self, count: int = 0) -> None:
        self._known: dict[int, float] = {}
        self._sums = array("d")
        self._numbers = array("q")
        self._sum = 0.0
        self.resize(count)

    def __len__(self) -> int:
        return len(self._sums) - 1

    @property
    def average(self) -> float:
        """What a message is taken to be high."""
        return self._sum / len(self._known) if self._known else USUAL

    @property
    def total(self) -> float:
        """All together."""
        return self._sum + (len(self) - len(self._known)) * self.average

    def resize(self, count: int) -> None:
        """There are so many messages. Takes a look at each: seldom done."""
        self._known = {number: height for number, height in self._known.items() if number < count}
        self._sum = sum(self._known.values())
        self._sums = array("d", bytes(8 * (count + 1)))
        self._numbers = array("q", bytes(8 * (count + 1)))
        for number, height in self._known.items():
            self._sums[number + 1] += height
            self._numbers[number + 1] += 1
        for position in range(1, count + 1):
            above = position + (position & -position)
            if above <= count:
                self._sums[above] += self._sums[position]
                self._numbers[above] += self._numbers[position]

    def rescale(self, factor: float) -> None:
        """All heights became so many times what they were, about: another width, another size of letters."""
        self._known = {number: height * factor for number, height in self._known.items()}
        self.resize(len(self))

    def of(self, number: int) -> float:
        """A message's height."""
        return self._known.get(number, self.average)

    def knows(self, number: int) -> bool:
        """Whether a message's height is more than the average."""
        return number in self._known

    def put(self, number: int, height: float) -> None:
        """A message's height is known, or known better."""
        before = self._known.get(number)
        change = height - (before or 0.0)
        if before is not None and not change:
            return
        self._known[number] = height
        self._sum += change
        position = number + 1
        while position < len(self._sums):
            self._sums[position] += change
            self._numbers[position] += before is None
            position += position & -position

    def above(self, number: int) -> float:
        """The height of all messages before one."""
        height, known = 0.0, 0
        position = number
        while position:
            height += self._sums[position]
            known += self._numbers[position]
            position -= position & -position
        return height + (number - known) * self.average

    def at(self, y: float) -> int:
        """The message that is so many pixels below the beginning; the first or the last where none is."""
        average = self.average
        position, left = 0, max(0.0, y)
        step = 1 << len(self).bit_length()
        while step:
            ahead = position + step
            if ahead <= len(self):
                height = self._sums[ahead] + (step - self._numbers[ahead]) * average
                if height <= left:
                    position, left = ahead, left - height
            step >>= 1
        return max(0, min(position, len(self) - 1))
