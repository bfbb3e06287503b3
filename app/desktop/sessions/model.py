"""The sessions as rows: filled, sorted and filtered here, since a proxy does all that a hundred times slower.

Rows keep their place in the selection through every refresh: a session is one `Row` for as long as it is listed, and
what is shown changes by telling the view where each row has gone. Strings are made when a row is first seen.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.desktop.sessions import cell_texts
from app.desktop.sessions.columns import FIRST_SORT, KEYS, LARGEST_FIRST, STATE, column_words, sort_key
from app.desktop.sessions.filtering import SOON, Filter
from app.desktop.sessions.rows import ARCHIVABLE, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.archiving.plan import SessionState
    from app.desktop.sessions.rows import Identity
    from app.sessions.model import Session

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

_FEW = 64
"""Up to so many changed rows are told one by one; more as one range."""

_NOWHERE = QModelIndex()

_WITH_HINT = ("QList<QPersistentModelIndex>", "QAbstractItemModel::LayoutChangeHint")
"""The signals' form that says that rows have moved: the columns' header then keeps its widths."""


class SessionsModel(QAbstractTableModel):
    """The table's rows. `about_to_change` and `rearranged` stand around every change of which rows are where."""

    about_to_change = Signal()
    rearranged = Signal()
    counted = Signal()
    """How many are archived, deleted soon and so on may be other than before."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._now = clock()
        self._moment = 0
        self._words = column_words()
        self._this_computer_only = False
        self._by_identity: dict[Identity, Row] = {}
        self._listed: list[Row] = []
        self._sorted: list[Row] = []
        self._shown: list[Row] = []
        self._filter = Filter()
        self._column = KEYS.index(FIRST_SORT)
        self._descending = True

    # ---- what it holds ----------------------------------------------------------------------------------

    @property
    def shown(self) -> list[Row]:
        """The rows as the table has them. Not to be altered."""
        return self._shown

    @property
    def listed(self) -> list[Row]:
        """Every row, whatever the filter. Not to be altered."""
        return self._listed

    @property
    def now(self) -> datetime:
        """The moment that ages are told for."""
        return self._now

    @property
    def this_computer_only(self) -> bool:
        """Whether what is archived has no copy elsewhere."""
        return self._this_computer_only

    def numbers_of(self, identities: Iterable[Identity]) -> list[int]:
        """Where sessions stand in the table, from top to bottom, as far as they are shown."""
        wanted = {id(row) for identity in identities if (row := self._by_identity.get(identity)) is not None}
        return [number for number, row in enumerate(self._shown) if id(row) in wanted]

    def deleted_soon(self) -> list[Row]:
        """Every row that is deleted soon."""
        soon = self._soon()
        return [row for row in self._listed if row.deleted <= soon]

    def count_open(self) -> int:
        """How many are not archived as they are."""
        return sum(row.state != "archived" for row in self._listed)

    def count_by_source(self) -> Counter[str]:
        """How many sessions each source has."""
        return Counter(row.session.source for row in self._listed)

    def count_by_project(self) -> Counter[str | None]:
        """How many sessions each project has, by its full path."""
        return Counter(row.session.project for row in self._listed)

    # ---- changes ----------------------------------------------------------------------------------------

    def set_listed(self, listed: Sequence[tuple[Session, SessionState]]) -> None:
        """What there is now, the most recently used first. Sessions that were listed before keep their rows."""
        self._now = self._clock()
        touched = self._take(listed)
        self._arrange(touched)
        self.counted.emit()

    def _take(self, listed: Sequence[tuple[Session, SessionState]]) -> set[Row]:
        """A row for every session; those that are other than before."""
        before = self._by_identity
        rows: dict[Identity, Row] = {}
        touched: set[Row] = set()
        for session, state in listed:
            identity = session.identity
            row = before.get(identity)
            if row is None:
                row = Row(session, state)
            elif row.session is not session:
                row.take(session, state)
                touched.add(row)
            elif row.state != state:
                row.take_state(state)
                touched.add(row)
            rows[identity] = row
        self._by_identity = rows
        self._listed = list(rows.values())
        return touched

    def set_states(self, states: Mapping[Identity, SessionState]) -> None:
        """Other states of some sessions."""
        touched = set()
        for identity, state in states.items():
            row = self._by_identity.get(identity)
            if row is not None and row.state != state:
                row.take_state(state)
                touched.add(row)
        if not touched:
            return
        if self._column == STATE or self._filter.segment == "open":
            self._arrange(touched)
        else:
            self._tell(touched)
        self.counted.emit()

    def set_filter(self, wanted: Filter) -> None:
        """Show other rows."""
        old, self._filter = self._filter, wanted
        if wanted != old:
            narrower = wanted.is_narrower_than(old)
            self._show(wanted.accepted(self._shown if narrower else self._sorted, self._soon()))

    def set_this_computer_only(self, only: bool) -> None:
        """Whether what is archived has no copy elsewhere; words and icons say so."""
        if only != self._this_computer_only:
            self._this_computer_only = only
            self._renew()

    def renew_ages(self) -> None:
        """A minute has passed: ages are told anew, and what is deleted soon may be more."""
        self._now = self._clock()
        if self._filter.segment == "soon":
            self._show(self._filter.accepted(self._sorted, self._soon()))
        self._renew()
        self.counted.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Another order; equal rows stay as listed, the most recently used first."""
        descending = order is Qt.SortOrder.DescendingOrder
        if 0 <= column < len(KEYS) and (column, descending) != (self._column, self._descending):
            self._column, self._descending = column, descending
            self._arrange(set())

    def _arrange(self, touched: set[Row]) -> None:
        self._sorted = sorted(self._listed, key=sort_key(self._column), reverse=self._descending)
        shown = self._filter.accepted(self._sorted, self._soon())
        if not self._show(shown):
            self._tell(touched)

    def _show(self, shown: list[Row]) -> bool:
        """Show these rows; whether anything has moved."""
        if shown == self._shown:
            return False
        self.about_to_change.emit()
        hint = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
        self.layoutAboutToBeChanged[_WITH_HINT].emit([], hint)  # type: ignore[index] # not in the stubs
        old, self._shown = self._shown, shown
        kept = self.persistentIndexList()
        if kept:
            numbers = {row: number for number, row in enumerate(shown)}
            moved = [numbers.get(old[index.row()], -1) for index in kept]
            self.changePersistentIndexList(
                kept,
                [
                    self.createIndex(number, index.column()) if number >= 0 else QModelIndex()
                    for number, index in zip(moved, kept, strict=True)
                ],
            )
        self.layoutChanged[_WITH_HINT].emit([], hint)  # type: ignore[index] # not in the stubs
        self.rearranged.emit()
        return True

    def _tell(self, touched: set[Row]) -> None:
        """Say which rows look different, where nothing has moved."""
        numbers = [number for number, row in enumerate(self._shown) if row in touched] if touched else []
        if not numbers:
            return
        last = len(KEYS) - 1
        ranges = [(numbers[0], numbers[-1])] if len(numbers) > _FEW else [(one, one) for one in numbers]
        for top, bottom in ranges:
            self.dataChanged.emit(self.index(top, 0), self.index(bottom, last))

    def _renew(self) -> None:
        """Everything shown is made anew when it is next seen."""
        self._moment += 1
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(KEYS) - 1))

    def _soon(self) -> float:
        return (self._now + SOON).timestamp()

    # ---- Qt's questions ---------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """The shown rows."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """All columns, seen or not."""
        return 0 if parent.isValid() else len(KEYS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        """Words for the eye and for screen readers."""
        number, column = index.row(), index.column()
        if not 0 <= number < len(self._shown):
            return None
        row = self._shown[number]
        if role == Role.DisplayRole:
            return self.cells(row)[column]
        if role == Role.AccessibleTextRole:
            return cell_texts.sentence(row, self.cells(row)) if column == STATE else self.cells(row)[column]
        if role == Role.ToolTipRole:
            return cell_texts.tooltip(row, column, this_computer_only=self._this_computer_only)
        return None

    def cells(self, row: Row) -> tuple[str, ...]:
        """What a row shows, by column."""
        if row.cells_of != self._moment:
            row.cells = cell_texts.cells(row, self._now, this_computer_only=self._this_computer_only)
            row.cells_of = self._moment
        return row.cells

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        """Headings, what they mean, and which order a first click gives."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(KEYS):
            return None
        if role in {Role.DisplayRole, Role.AccessibleTextRole}:
            return self._words[section].heading
        if role in {Role.ToolTipRole, Role.AccessibleDescriptionRole}:
            return self._words[section].meaning
        if role == Role.InitialSortOrderRole:
            first_down = section in LARGEST_FIRST
            return (Qt.SortOrder.DescendingOrder if first_down else Qt.SortOrder.AscendingOrder).value
        return None


def archivable(rows: Iterable[Row]) -> list[Row]:
    """Those that archiving would do something about."""
    return [row for row in rows if row.state in ARCHIVABLE]
