"""The table of sessions: what is selected, seen and current stays so while rows come, go and move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QApplication

from app.desktop.i18n import translate
from app.desktop.searching import searchable
from app.desktop.sessions.cells import SessionCells
from app.desktop.sessions.columns import FIRST_SORT, KEYS, TITLE, column_words, table_columns
from app.desktop.sessions.words import state_name
from app.desktop.widgets.menus import Menu
from app.desktop.widgets.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QWidget

    from app.archiving.plan import SessionState
    from app.desktop.sessions.model import SessionsModel
    from app.desktop.sessions.rows import Row
    from app.desktop.theme import Look
    from app.storage.window_state import TableState

_STATES: tuple[SessionState, ...] = ("new", "changed", "queued", "uploading", "archived", "failed")


class SessionsTable(Table):
    """Rows of `SessionsModel`."""

    def __init__(self, look: Look, model: SessionsModel, parent: QWidget | None = None) -> None:
        columns = table_columns(look, state_words(this_computer_only=model.this_computer_only))
        super().__init__(look, translate("Sessions", "Sessions"), columns, parent=parent)
        self._sessions = model
        self._anchor: tuple[Row, int] | None = None
        self._all: frozenset[Row] | None = None
        self._typed = ""
        self._typing = QDeadlineTimer()
        self.setItemDelegate(SessionCells(look, columns, model, self))
        self.setModel(model)
        model.about_to_change.connect(self._remember)
        model.rearranged.connect(self._recall)
        header = self.header()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose_columns)
        self.sortByColumn(KEYS.index(FIRST_SORT), Qt.SortOrder.DescendingOrder)

    # ---- selection --------------------------------------------------------------------------------------

    def selected(self) -> list[Row]:
        """The selected rows, from top to bottom."""
        return [self._sessions.shown[number] for number in self.selected_numbers()]

    def current(self) -> Row | None:
        """The row that is looked at."""
        number = self.currentIndex().row()
        return self._sessions.shown[number] if 0 <= number < len(self._sessions.shown) else None

    def select_numbers(self, numbers: Iterable[int]) -> None:
        """Select these rows and no others."""
        model, last = self._sessions, len(KEYS) - 1
        selection = QItemSelection()
        begin = end = -2
        for number in [*numbers, -2]:
            if number != end + 1:
                if begin >= 0:
                    selection.select(model.index(begin, 0), model.index(end, last))
                begin = number
            end = number
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def show_top(self) -> None:
        """After a person has changed what is listed: its top, or what is looked at where that is still there."""
        number = self._looked_at()
        if number < 0:
            self.scrollToTop()
        else:
            self.scrollTo(self._sessions.index(number, 0))

    def _looked_at(self) -> int:
        """The current row if it is selected, too; else it is only where the keyboard is. -1: none."""
        number = self.currentIndex().row()
        return number if self.selectionModel().isRowSelected(number, QModelIndex()) else -1

    def _remember(self) -> None:
        """What is seen and selected, before rows change place."""
        shown = self._sessions.shown
        self._anchor = None
        if self.verticalScrollBar().value() > 0:
            number = self._looked_at()
            place = self.visualRect(self._sessions.index(number, 0))
            if number < 0 or not self.viewport().rect().intersects(place):
                number = self.rowAt(0)
            if 0 <= number < len(shown):
                self._anchor = (shown[number], self.rowViewportPosition(number))
        selection = self.selectionModel().selection()
        whole = selection.count() == 1 and selection.at(0).height() == len(shown) > 1
        self._all = frozenset(shown) if whole else None

    def _recall(self) -> None:
        shown = self._sessions.shown
        if self._all is not None:
            # Where everything was selected, Qt selects everything again if there are as many rows as before, whichever
            # they are, and else nothing.
            known = self._all
            self.select_numbers(number for number, row in enumerate(shown) if row in known)
        if self._anchor is not None:
            row, top = self._anchor
            if row in shown:
                self.executeDelayedItemsLayout()
                bar = self.verticalScrollBar()
                bar.setValue(shown.index(row) * self.verticalHeader().defaultSectionSize() - top)

    # ---- keyboard ---------------------------------------------------------------------------------------

    def keyboardSearch(self, search: str) -> None:
        """Go to the next title that begins with what is typed. Qt would ask the model for each row's state."""
        if self._typing.hasExpired():
            self._typed = ""
        again = self._typed == search
        self._typed = search if again else self._typed + search
        self._typing.setRemainingTime(QApplication.keyboardInputInterval())
        shown = self._sessions.shown
        start = max(0, self.currentIndex().row()) + (1 if len(self._typed) == 1 else 0)
        wanted = searchable(self._typed)
        order = [*range(start, len(shown)), *range(min(start, len(shown)))]
        found = next((number for number in order if shown[number].search.startswith(wanted)), None)
        if found is not None:
            self.select_row(found)

    # ---- columns ----------------------------------------------------------------------------------------

    def fit_states(self) -> None:
        """Where nothing leaves this computer the states' words are longer. A width that a person chose stays."""
        words = state_words(this_computer_only=self._sessions.this_computer_only)
        column = table_columns(self.look, words)[0]
        automatic = self.columns[0]
        if self.column_widths().get(column.key) == automatic.width:
            self.columns = (column, *self.columns[1:])
            self.set_column_widths({column.key: column.width})

    def arrangement(self) -> TableState:
        """Widths that a person chose, order, hidden columns and sorting, to be remembered."""
        from app.storage.window_state import TableState  # noqa: PLC0415 - with it comes the file's format

        header = self.header()
        order = sorted(range(len(KEYS)), key=header.visualIndex)
        automatic = {column.key: column.width for column in self.columns}
        return TableState(
            widths={key: width for key, width in self.column_widths().items() if width != automatic[key]},
            order=tuple(KEYS[section] for section in order),
            hidden=tuple(self.hidden_columns()),
            sort_column=KEYS[header.sortIndicatorSection()],
            sort_descending=header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder,
        )

    def arrange(self, state: TableState) -> None:
        """As it was left. Columns that are not known are passed over."""
        header = self.header()
        known = [KEYS.index(key) for key in state.order if key in KEYS]
        for place, section in enumerate(known):
            header.moveSection(header.visualIndex(section), place)
        for key in state.hidden:
            if key in KEYS and key != KEYS[TITLE]:
                self.hide_column(key, True)
        self.set_column_widths(state.widths)
        if state.sort_column in KEYS:
            down = Qt.SortOrder.DescendingOrder if state.sort_descending else Qt.SortOrder.AscendingOrder
            self.sortByColumn(KEYS.index(state.sort_column), down)

    def _choose_columns(self, point: QPoint) -> None:
        menu = Menu(self.look, self)
        hidden = set(self.hidden_columns())
        for key, words in zip(KEYS, column_words(), strict=True):
            action = menu.addAction(words.heading)
            action.setCheckable(True)
            action.setChecked(key not in hidden)
            action.setEnabled(key != KEYS[TITLE])
            action.setData(key)
        picked = menu.exec(self.header().mapToGlobal(point))
        menu.deleteLater()
        if picked is not None:
            self.hide_column(picked.data(), not picked.isChecked())


def state_words(*, this_computer_only: bool) -> tuple[str, ...]:
    """What can stand in the state's column."""
    return tuple(state_name(state, this_computer_only=this_computer_only) for state in _STATES)
