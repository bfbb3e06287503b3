"""The transfers in their sections and order: what needs attention, what goes on, what is done and when it was."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import inf
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from app.archiving.queue_rows import TransferRow

SectionName = Literal["attention", "progress", "cancelled", "today", "yesterday", "earlier"]

SECTIONS: tuple[SectionName, ...] = ("attention", "progress", "cancelled", "today", "yesterday", "earlier")
"""From top to bottom."""

Key = tuple[float, float, int]


@dataclass(frozen=True, slots=True)
class Days:
    """When today and yesterday began on this computer, in seconds since 1970."""

    today: float
    yesterday: float

    @classmethod
    def at(cls, now: datetime) -> Days:
        """The days as seen at a moment."""
        today = now.astimezone().date()

        def began(ago: int) -> float:
            # A day has not always 24 hours.
            return datetime.combine(today - timedelta(days=ago), time()).astimezone().timestamp()

        return cls(began(0), began(1))

    def section_of(self, row: TransferRow) -> SectionName:
        """Where a row belongs."""
        if row.state == "failed":
            return "attention"
        if row.state == "cancelled":
            return "cancelled"
        if row.state not in {"done", "unchanged"}:
            return "progress"
        ended = row.updated_at.timestamp()
        return "today" if ended >= self.today else "yesterday" if ended >= self.yesterday else "earlier"


class Item:
    """A transfer in the list. The object stays the same for as long as the transfer is listed."""

    __slots__ = ("arrival", "begun", "key", "line", "next", "row", "section")

    row: TransferRow
    section: SectionName
    key: Key
    """Its place among the rows of its section."""
    arrival: int
    """Which one it was to come into its section."""
    begun: bool
    """Something was done about it since it came into its section; it then stands before those that only wait."""
    next: bool
    """It is the first of those that wait."""
    line: str | None
    """The line below the title, once it was made."""

    def __init__(self, row: TransferRow, section: SectionName, arrival: int) -> None:
        self.next = False
        self.enter(row, section, arrival)

    def enter(self, row: TransferRow, section: SectionName, arrival: int) -> None:
        """Another section."""
        self.section = section
        self.arrival = arrival
        self.begun = False
        self.take(row)

    def take(self, row: TransferRow) -> None:
        """The same transfer, a little later."""
        self.row = row
        self.line = None
        self.begun = self.begun or row.state not in {"queued", "paused", "returning"} or row.sent > 0
        if self.section == "progress":
            # Never back again: nothing jumps about while it is paused or tried again.
            self.key = (0.0, 0.0, self.arrival) if self.begun else (1.0, _deleted(row), self.arrival)
        else:
            self.key = (-row.updated_at.timestamp(), 0.0, -self.arrival)


def _deleted(row: TransferRow) -> float:
    """As the queue has it: what is deleted soonest goes first."""
    return row.deleted_at.timestamp() if row.deleted_at is not None else inf


def _key(item: Item) -> Key:
    return item.key


class Section:
    """Some rows in their order, below a heading that is there when they are."""

    __slots__ = ("headed", "items", "name", "shown")

    def __init__(self, name: SectionName) -> None:
        self.name: SectionName = name
        self.items: list[Item] = []
        self.headed = False
        self.shown = True

    @property
    def length(self) -> int:
        """Lines in the list."""
        return (self.headed + len(self.items)) if self.shown else 0

    def place_for(self, item: Item) -> int:
        """Where an item stands, or would."""
        return bisect_left(self.items, item.key, key=_key)


class Sections:
    """All of them, one below the other as the lines of one list."""

    def __init__(self) -> None:
        self.all = tuple(Section(name) for name in SECTIONS)
        self._by_name = {section.name: section for section in self.all}

    def __getitem__(self, name: SectionName) -> Section:
        return self._by_name[name]

    def __iter__(self) -> Iterator[Section]:
        return iter(self.all)

    def length(self) -> int:
        """Lines in all. Painting asks for it more often than for anything else."""
        lines = 0
        for section in self.all:
            if section.shown:
                lines += section.headed + len(section.items)
        return lines

    def first_line(self, wanted: Section) -> int:
        """The line of a section's heading, or where it would be."""
        line = 0
        for section in self.all:
            if section is wanted:
                return line
            line += section.length
        raise ValueError(wanted.name)

    def line_of(self, item: Item) -> int | None:
        """An item's line; None while its section is not shown."""
        section = self[item.section]
        if not section.shown:
            return None
        return self.first_line(section) + section.headed + section.place_for(item)

    def at(self, line: int) -> tuple[Section, Item | None]:
        """The section of a line, and the item; None for the heading. Raises IndexError."""
        for section in self.all:
            length = section.length
            if line < length:
                line -= section.headed
                return section, (None if line < 0 else section.items[line])
            line -= length
        raise IndexError

    def show(self, names: Collection[SectionName]) -> None:
        """Show these only."""
        for section in self.all:
            section.shown = section.name in names

    def fill(self, items: Sequence[Item]) -> None:
        """These and no others."""
        for section in self.all:
            section.items = [item for item in items if item.section == section.name]
            section.items.sort(key=_key)
            section.headed = bool(section.items)

    def first_waiting(self) -> Item | None:
        """The item that is next."""
        progress = self["progress"]
        start = bisect_left(progress.items, (1.0, -inf, 0), key=_key)
        return next((item for item in progress.items[start:] if item.row.state == "queued"), None)
