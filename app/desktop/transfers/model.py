"""The transfers as a list for the view: headings and rows in one model, changed in place while things move."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.archiving.queue_rows import ENDED
from app.desktop.transfers.sections import Days, Item, Section, Sections
from app.desktop.transfers.words import section_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from app.archiving.queue_rows import TransferRow
    from app.desktop.transfers.sections import SectionName
    from app.desktop.transfers.words import Words

Index = QModelIndex | QPersistentModelIndex

Filter = Literal["all", "progress", "failed", "done"]

_SHOWN: Mapping[Filter, frozenset[SectionName]] = {
    "all": frozenset({"attention", "progress", "cancelled", "today", "yesterday", "earlier"}),
    "progress": frozenset({"progress"}),
    "failed": frozenset({"attention"}),
    "done": frozenset({"today", "yesterday", "earlier"}),
}


def _now() -> datetime:
    return datetime.now(UTC)


class TransfersModel(QAbstractListModel):
    """Lines are headings and rows; `at(line)` tells which. A model in Python is asked through Qt as little as can be."""

    def __init__(
        self, words: Words, parent: QObject | None = None, *, now: Callable[[], datetime] = _now
    ) -> None:
        super().__init__(parent)
        self.words = words
        self.sections = Sections()
        self._now = now
        self._days = Days.at(now())
        self._day = self._today()
        self._items: dict[str, Item] = {}
        self._arrivals = 0
        self._next: Item | None = None
        self._other: set[Item] = set()

    # ---- what is there ----------------------------------------------------------------------------------

    def at(self, line: int) -> tuple[Section, Item | None]:
        """The section of a line, and its item; None for a heading. Raises IndexError."""
        return self.sections.at(line)

    def item(self, row_id: str) -> Item | None:
        """A transfer by its id."""
        return self._items.get(row_id)

    def line_of(self, item: Item) -> int | None:
        """An item's line; None while it is filtered out."""
        return self.sections.line_of(item)

    def count(self, *names: SectionName) -> int:
        """How many transfers there are in some sections, shown or not; in all of them without names."""
        return sum(len(self.sections[name].items) for name in names) if names else len(self._items)

    def done(self) -> int:
        """How many were done, whenever that was."""
        return self.count("today", "yesterday", "earlier")

    def has_archived(self) -> bool:
        """Whether some of those that were done are uploads."""
        done = (self.sections[name] for name in ("today", "yesterday", "earlier"))
        return any(item.row.kind == "upload" for section in done for item in section.items)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        """Lines."""
        return 0 if parent.isValid() else self.sections.length()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Text, for screen readers and typing ahead; what is painted asks `at`."""
        if not index.isValid():
            return None
        section, item = self.at(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return section_title(section.name) if item is None else item.row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if item is None:
                return f"{section_title(section.name)}, {len(section.items)}"
            return self.words.spoken(item)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be selected."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        if self.at(index.row())[1] is not None:
            flags |= Qt.ItemFlag.ItemIsSelectable
        return flags

    # ---- what changes -----------------------------------------------------------------------------------

    def fill(self, rows: Sequence[TransferRow]) -> None:
        """These rows and no others: the unfinished ones in the order of the queue, then the others, the newest first."""
        self.beginResetModel()
        self._days, self._day = Days.at(self._now()), self._today()
        self._items = {}
        waiting = [row for row in rows if row.state not in ENDED]
        for row in (*waiting, *reversed([row for row in rows if row.state in ENDED])):
            self._items[row.id] = Item(row, self._days.section_of(row), self._arrival())
        self.sections.fill(list(self._items.values()))
        self._next = None
        self._mark_next()
        self.endResetModel()

    def apply(self, changed: Sequence[TransferRow], removed: Iterable[str]) -> None:
        """Rows that are new or have changed, and the ids of those that are gone."""
        self._other = set()
        counts = {section.name: len(section.items) for section in self.sections}
        self._renew_days()
        self._remove([item for row_id in removed if (item := self._items.pop(row_id, None)) is not None])
        fresh: list[Item] = []
        for row in changed:
            item = self._items.get(row.id)
            if item is None:
                item = Item(row, self._days.section_of(row), self._arrival())
                self._items[row.id] = item
                fresh.append(item)
            else:
                self._take(item, row)
        self._insert(fresh)
        self._mark_next()
        self._tell_changes(counts)

    def set_filter(self, wanted: Filter) -> None:
        """Show some sections only."""
        self.beginResetModel()
        self.sections.show(_SHOWN[wanted])
        self.endResetModel()

    def set_this_computer_only(self, only: bool) -> None:
        """What the profile in use does with what is archived."""
        if self.words.this_computer_only != only:
            self.words.this_computer_only = only
            for item in self._items.values():
                item.line = None
            if self.rowCount():
                self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    # ---- inside -----------------------------------------------------------------------------------------

    def _arrival(self) -> int:
        self._arrivals += 1
        return self._arrivals

    def _today(self) -> date:
        return self._now().astimezone().date()

    def _renew_days(self) -> None:
        """At midnight what was done today becomes what was done yesterday."""
        if self._today() == self._day:
            return
        self._days, self._day = Days.at(self._now()), self._today()
        for name in ("yesterday", "today"):
            for item in list(self.sections[name].items):
                self._take(item, item.row)

    def _take(self, item: Item, row: TransferRow) -> None:
        """An item as it is now, at the place that is now its own."""
        section, target = self.sections[item.section], self._days.section_of(row)
        source = section.place_for(item)
        if target == item.section:
            key = item.key
            item.take(row)
            if item.key == key:
                self._other.add(item)
                return
            del section.items[source]
            place = section.place_for(item)
            section.items.insert(source, item)
        else:
            item.enter(row, target, self._arrival())
            place = self.sections[target].place_for(item)
        self._other.add(item)
        self._move(item, section, source, self.sections[target], place)

    def _move(self, item: Item, section: Section, source: int, target: Section, place: int) -> None:
        """From one place to another; `place` is counted without the item itself."""
        if section is target and source == place:
            return
        self._add_heading(target)
        first = self.sections.first_line(section) + section.headed + source
        to = self.sections.first_line(target) + target.headed + place
        if section is target and place > source:
            to += 1  # Qt counts the line that is yet to go
        root = QModelIndex()
        if section.shown and target.shown:
            self.beginMoveRows(root, first, first, root, to)
        elif section.shown:
            self.beginRemoveRows(root, first, first)
        elif target.shown:
            self.beginInsertRows(root, to, to)
        del section.items[source]
        target.items.insert(place, item)
        if section.shown and target.shown:
            self.endMoveRows()
        elif section.shown:
            self.endRemoveRows()
        elif target.shown:
            self.endInsertRows()
        self._drop_heading(section)

    def _add_heading(self, section: Section) -> None:
        if section.headed:
            return
        line = self.sections.first_line(section)
        if section.shown:
            self.beginInsertRows(QModelIndex(), line, line)
        section.headed = True
        if section.shown:
            self.endInsertRows()

    def _drop_heading(self, section: Section) -> None:
        if section.items or not section.headed:
            return
        line = self.sections.first_line(section)
        if section.shown:
            self.beginRemoveRows(QModelIndex(), line, line)
        section.headed = False
        if section.shown:
            self.endRemoveRows()

    def _remove(self, items: Sequence[Item]) -> None:
        for section in self.sections:
            places = sorted(section.place_for(item) for item in items if item.section == section.name)
            for first, last in reversed(_runs(places)):
                line = self.sections.first_line(section) + section.headed
                if section.shown:
                    self.beginRemoveRows(QModelIndex(), line + first, line + last)
                del section.items[first : last + 1]
                if section.shown:
                    self.endRemoveRows()
            self._drop_heading(section)

    def _insert(self, items: Sequence[Item]) -> None:
        for section in self.sections:
            coming = sorted((item for item in items if item.section == section.name), key=lambda it: it.key)
            while coming:
                self._add_heading(section)
                # As many as stand next to each other.
                place = section.place_for(coming[0])
                end = len(coming)
                if place < len(section.items):
                    following = section.items[place].key
                    end = next((n for n, item in enumerate(coming) if item.key > following), end)
                run, coming = coming[:end], coming[end:]
                line = self.sections.first_line(section) + section.headed + place
                if section.shown:
                    self.beginInsertRows(QModelIndex(), line, line + len(run) - 1)
                section.items[place:place] = run
                if section.shown:
                    self.endInsertRows()

    def _mark_next(self) -> None:
        """The first of those that wait says so."""
        following = self.sections.first_waiting()
        if following is self._next:
            return
        for item, is_next in ((self._next, False), (following, True)):
            if item is not None:
                item.next, item.line = is_next, None
                self._other.add(item)
        self._next = following

    def _tell_changes(self, counts: Mapping[SectionName, int]) -> None:
        """Lines that show something else than before, neighbours at once."""
        lines = [
            self.sections.first_line(section)
            for section in self.sections
            if section.shown and section.headed and counts[section.name] != len(section.items)
        ]
        listed = (item for item in self._other if item.row.id in self._items)
        lines += [line for item in listed if (line := self.line_of(item)) is not None]
        self._other = set()
        for first, last in _runs(sorted(lines)):
            self.dataChanged.emit(self.index(first), self.index(last))


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbours together: (first, last)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
