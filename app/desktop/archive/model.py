"""The table's rows: what the listing has, sorted and filtered here, with the selection kept through every change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    Qt,
)
from PySide6.QtWidgets import QTableView

from app.desktop.archive.words import return_words, storage_of
from app.desktop.formats import day_and_time, size
from app.desktop.i18n import translate
from app.desktop.painting import draw_text
from app.desktop.searching import matches, wanted_words
from app.desktop.widgets.table import Cells, Column
from app.desktop.widgets.tooltips import plain_tooltip

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from PySide6.QtGui import QColor, QPainter

    from app.archiving.archived_sessions import ArchivedSession, Identity
    from app.desktop.archive.loading import ArchiveRow
    from app.desktop.theme import FontRole, Look

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_NO_INDEX = QModelIndex()

TITLE, PROJECT, MACHINE, ARCHIVED, STORED, STORAGE = range(6)
COLUMN_KEYS = ("title", "project", "machine", "archived", "stored", "storage")

_SORT_KEYS: dict[int, Callable[[ArchiveRow], Any]] = {
    TITLE: lambda row: row.session.title.casefold(),
    PROJECT: lambda row: (not row.folder, row.folder.casefold()),
    MACHINE: lambda row: (row.session.machine or "").casefold(),
    ARCHIVED: lambda row: row.session.archived_at,
    STORED: lambda row: row.session.stored_size,
    STORAGE: lambda row: (row.session.deleted_at is not None, row.session.storage_class or ""),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted of the rows. `show`: "all", "only" (no longer on this computer), "deleted". Empty: any."""

    show: str = "all"
    source: str = ""
    project: str = ""
    machine: str = ""
    typed: str = ""

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return self != Filter()


class ArchiveModel(QAbstractTableModel):
    """Rows are changed in place: those that stay keep their selection."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ArchiveRow] = []
        """The newest first, so that equals stand in one order whichever way a column goes."""
        self._sorted: list[ArchiveRow] = []
        self._shown: list[ArchiveRow] = []
        self._filter = Filter()
        self._here: Collection[Identity] | None = None
        self._unknown_sources: Collection[str] = ()
        self._column = ARCHIVED
        self._order = Qt.SortOrder.DescendingOrder
        self._headings = _headings()
        self.this_computer_only = False

    # ---- what is shown ----------------------------------------------------------------------------------

    def set_rows(self, rows: Sequence[ArchiveRow], *, this_computer_only: bool) -> None:
        """Other rows."""
        self.this_computer_only = this_computer_only
        self._rows = sorted(rows, key=lambda row: (row.session.archived_at, row.key), reverse=True)
        self._sort()
        self._show()

    def set_filter(self, wanted: Filter) -> None:
        """Show what is wanted."""
        if wanted != self._filter:
            self._filter = wanted
            self._show()

    def set_here(self, here: Collection[Identity] | None, unknown_sources: Collection[str] = ()) -> None:
        """The sessions on this computer, None while that is not known; sources that nobody looked for."""
        self._here = here
        self._unknown_sources = unknown_sources
        if self._filter.show == "only":
            self._show()

    @property
    def filter(self) -> Filter:
        """What is wanted."""
        return self._filter

    def row_at(self, row: int) -> ArchiveRow:
        """A row as it is shown."""
        return self._shown[row]

    def place_of(self, key: str) -> int | None:
        """Where a session is shown, if it is."""
        return next((place for place, row in enumerate(self._shown) if row.key == key), None)

    def is_only_archived(self, session: ArchivedSession) -> bool:
        """Whether it is in the archive and no longer on this computer, as far as that is known."""
        return (
            self._here is not None
            and session.deleted_at is None
            and session.identity is not None
            and session.identity[0] not in self._unknown_sources
            and session.identity not in self._here
        )

    def only_archived(self) -> int | None:
        """How many there are of those, in all; None while that is not known."""
        if self._here is None:
            return None
        return sum(self.is_only_archived(row.session) for row in self._rows)

    def _sort(self) -> None:
        descending = self._order is Qt.SortOrder.DescendingOrder
        if self._column == ARCHIVED and descending:
            self._sorted = self._rows
        else:
            self._sorted = sorted(self._rows, key=_SORT_KEYS[self._column], reverse=descending)

    def _show(self) -> None:
        wanted, words = self._filter, wanted_words(self._filter.typed)
        shown = [
            row
            for row in self._sorted
            if (not wanted.source or row.session.source == wanted.source)
            and (not wanted.project or row.session.project == wanted.project)
            and (not wanted.machine or row.session.machine == wanted.machine)
            and self._is_shown(row.session)
            and matches(words, row.searched)
        ]
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        keys = [self._shown[index.row()].key for index in old]
        self._shown = shown
        places = {row.key: place for place, row in enumerate(shown)} if old else {}
        new = [
            self.index(places[key], index.column()) if key in places else QModelIndex()
            for index, key in zip(old, keys, strict=True)
        ]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _is_shown(self, session: ArchivedSession) -> bool:
        if self._filter.show == "only":
            return self.is_only_archived(session)
        return self._filter.show != "deleted" or session.deleted_at is not None

    # ---- Qt's questions ---------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """The rows shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """The columns."""
        return 0 if parent.isValid() else len(COLUMN_KEYS)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        if column in _SORT_KEYS:
            self._column, self._order = column, order
            self._sort()
            self._show()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        """The columns' names, what they mean, and which order a first click gives."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMN_KEYS):
            return None
        if role in {Role.DisplayRole, Role.AccessibleTextRole}:
            return self._headings[section][0]
        if role in {Role.ToolTipRole, Role.AccessibleDescriptionRole}:
            return self._headings[section][1]
        if role == Role.InitialSortOrderRole:
            largest = section in {ARCHIVED, STORED}
            return (Qt.SortOrder.DescendingOrder if largest else Qt.SortOrder.AscendingOrder).value
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> str | None:
        """The words of a cell, and of a row for a screen reader."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row = self._shown[index.row()]
        if role == Role.DisplayRole:
            return self._words(row, index.column())
        if role == Role.AccessibleTextRole:
            return self._sentence(row) if index.column() == TITLE else self._words(row, index.column())
        if role == Role.ToolTipRole:
            return plain_tooltip(
                {
                    TITLE: row.session.title,
                    PROJECT: row.session.project,
                    STORAGE: self._storage_in_full(row),
                }.get(index.column())
                or ""
            )
        return None

    def _words(self, row: ArchiveRow, column: int) -> str:
        session = row.session
        if column == TITLE:
            return session.title
        if column == PROJECT:
            return row.folder
        if column == MACHINE:
            return session.machine or ""
        if column == ARCHIVED:
            return day_and_time(session.archived_at, datetime.now(UTC))
        if column == STORED:
            return size(session.stored_size)
        return storage_of(session, row.returning, this_computer_only=self.this_computer_only).words

    def _storage_in_full(self, row: ArchiveRow) -> str:
        """Of what the column has to cut short."""
        if row.returning is None or row.session.deleted_at is not None:
            return ""
        return return_words(row.returning).words

    def _sentence(self, row: ArchiveRow) -> str:
        parts = [self._words(row, column) for column in (TITLE, PROJECT, ARCHIVED, STORED)]
        parts.append(self._storage_in_full(row) or self._words(row, STORAGE))
        return ", ".join(part for part in parts if part)


def _headings() -> tuple[tuple[str, str], ...]:
    """By column its name and what it means."""
    return (
        (translate("Archive", "Title"), translate("Archive", "What the session was about")),
        (translate("Archive", "Project"), translate("Archive", "The folder that was worked in")),
        (
            translate("Archive", "Computer"),
            translate("Archive", "The computer that archived the session last"),
        ),
        (
            translate("Archive", "Archived"),
            translate("Archive", "When the newest file of the session was archived"),
        ),
        (
            translate("Archive", "Stored"),
            translate("Archive", "What the newest versions of all its files take up"),
        ),
        (translate("Archive", "Storage"), translate("Archive", "The storage class of the session")),
    )


def columns_for(look: Look) -> tuple[Column, ...]:
    """The columns, as wide as the words of the language in use need."""

    def wide_enough(least: int, *texts: str) -> int:
        # Measured at the size of now, told at 100 %.
        widest = max(look.metrics("body").horizontalAdvance(text) for text in texts)
        return max(least, round(widest / look.factor) + 17)

    late = datetime(2026, 11, 28, 20, 48, tzinfo=UTC)
    days = (late, late + timedelta(days=1), late + timedelta(days=40))
    times = [day_and_time(late, now) for now in days]
    places = [
        translate("Archive", "Instant retrieval"),
        translate("Archive", "This computer only"),
    ]
    return (
        Column("title", 220, stretches=True),
        Column("project", 130, leaves=1),
        Column("machine", 110, leaves=0),
        Column("archived", wide_enough(114, *times)),
        Column("stored", wide_enough(68, size(888_800_000)), side="right"),
        Column("storage", wide_enough(130, *(f"{place}      " for place in places)), leaves=2),
    )


class ArchiveCells(Cells):
    """The Storage column has icons; titles that are only file names stand back."""

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, column: Column) -> None:
        """One cell."""
        look, colors = self.look, self.look.colors
        model = index.model()
        assert isinstance(model, ArchiveModel)
        row = model.row_at(index.row())
        session = row.session
        text = index.data(Role.DisplayRole) or ""
        role: FontRole = "body"
        ink = colors.text2
        if column.key == "title":
            role, ink = ("strong", colors.text) if session.titled else ("body", colors.text2)
            if session.deleted_at is not None and self._storage_gave_way():
                rect = self._paint_icon(painter, rect, "trash", ink)
        elif column.key == "storage":
            icon = storage_of(session, row.returning, this_computer_only=model.this_computer_only).icon
            if icon is not None:
                rect = self._paint_icon(painter, rect, icon, ink)
        draw_text(painter, rect, text, look, role, ink, column.side)

    def _paint_icon(self, painter: QPainter, rect: QRectF, icon: str, ink: QColor) -> QRectF:
        """An icon at the left; what room is left beside it."""
        side = self.look.px(16)
        place = QPointF(round(rect.left()), round(rect.center().y() - side / 2))
        self.look.icons.paint(painter, icon, ink, place, side)
        return rect.adjusted(self.look.px(22), 0, 0, 0)

    def _storage_gave_way(self) -> bool:
        """Then the title tells what is deleted."""
        table = self.parent()
        return isinstance(table, QTableView) and table.isColumnHidden(STORAGE)
