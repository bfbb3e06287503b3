"""The table of the pages: rows that are painted whole, a quiet header, columns that give way as room shrinks.

A QTableView, since a QTreeView asks its model twice per row whenever the rows change: with a model in Python that is
100 ms for 100,000 rows, while this takes 1 ms for any number of them. A screen is painted in 6 to 8 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.desktop.painting import draw_text, fill_merged, hairline, outline
from app.desktop.widgets.scrolling import ScrollBar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.desktop.theme import FontRole, Look

PADDING = 8
"""Pixels at 100 % between a cell's edge and its text."""

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how wide at 100 %, on which side its text stands, and when it gives way.

    The one column with `stretches` takes the room that is left, never less than `width`. `leaves`: the order in which
    columns go when there is no room; None stays.
    """

    key: str
    width: int
    side: Literal["left", "right"] = "left"
    stretches: bool = False
    leaves: int | None = None


class Cells(QStyledItemDelegate):
    """Paints a cell's text; the row's background is the table's. Subclasses override `paint_cell`."""

    def __init__(self, look: Look, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.columns = columns

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """A row's height."""
        return QSize(self.look.px(40), self.look.px(32))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell, inside its padding."""
        rect = QRectF(option.rect)
        pad = self.look.px(PADDING)
        self.paint_cell(painter, rect.adjusted(pad, 0, -pad, 0), index, self.columns[index.column()])

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, column: Column) -> None:
        """Text in the second colour; the stretching column's is a title."""
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        role: FontRole = "strong" if column.stretches else "body"
        ink = self.look.colors.text if column.stretches else self.look.colors.text2
        draw_text(painter, rect, text, self.look, role, ink, column.side)


class Header(QHeaderView):
    """Words in the small type; an arrow on the sorted column only."""

    def __init__(self, look: Look, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.look = look
        self._columns = columns
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(look.px(40))
        look.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        """32 high."""
        return QSize(0, self.look.px(32))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One column's words."""
        look = self.look
        painter.save()
        painter.fillRect(rect, look.colors.base)
        sorted_here = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        text = self.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) or ""
        pad = look.px(PADDING)
        room = QRectF(rect).adjusted(pad, 0, -pad, 0)
        role: FontRole = "meta-strong"
        ink = look.colors.text if sorted_here else look.colors.text2
        right = self._columns[section].side == "right"
        width = draw_text(painter, room, text, look, role, ink, "right" if right else "left")
        if sorted_here:
            up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
            side = look.px(12)
            left = room.right() - width - side - look.px(4) if right else room.left() + width + look.px(4)
            icon = "chev-up" if up else "chev-down"
            look.icons.paint_centred(painter, icon, ink, QRectF(left, room.top(), side, room.height()), side)
        hairline(painter, rect.left(), rect.right() + 1, rect.bottom(), look.colors.line)
        painter.restore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground below and beside the sections, too."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.look.colors.base)
        hairline(painter, 0, self.width(), self.height() - 1, self.look.colors.line)
        painter.end()
        super().paintEvent(event)


class Table(QTableView):
    """A list of rows with columns. Its model gives text for DisplayRole and AccessibleTextRole, and sorts by `sort`.

    Rows are `row_height` high; where they differ, `verticalHeader().resizeSection` makes one higher.
    """

    activated_row = Signal(QModelIndex)
    """Return, or a double click."""
    current_changed = Signal(QModelIndex)
    """The row that is previewed; invalid for none."""
    selection_changed = Signal()
    menu_wanted = Signal(QPoint)
    """Where, in global coordinates; what it is about is the selection."""

    def __init__(
        self,
        look: Look,
        name: str,
        columns: Sequence[Column],
        *,
        row_height: int = 32,
        parent: QWidget | None = None,
    ) -> None:
        """`row_height`: pixels at 100 %."""
        super().__init__(parent)
        self.look = look
        self.columns = tuple(columns)
        self._row_height = row_height
        self._hidden_by_person: set[str] = set()
        # Pixels at 100 %.
        self._widths: dict[str, float] = {column.key: column.width for column in self.columns}
        self._hovered = -1
        self._ring = False
        self._fitting = False
        self._refit = QTimer(self)
        self._refit.setSingleShot(True)
        self._refit.setInterval(0)
        self._refit.timeout.connect(self.fit_columns)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(look.px(row_height))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(ScrollBar(look, Qt.Orientation.Vertical))
        self.setMouseTracking(True)
        self.setHorizontalHeader(Header(look, self.columns, self))
        self.horizontalHeader().setAccessibleName(name)
        self.setItemDelegate(Cells(look, self.columns, self))
        self.setSortingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu_at)
        self.setTabKeyNavigation(False)
        self.header().sectionResized.connect(self._resized)
        look.changed.connect(self._renew)

    def header(self) -> QHeaderView:
        """The columns' header."""
        return self.horizontalHeader()

    def _renew(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.look.px(self._row_height))
        self.fit_columns()
        self.viewport().update()

    # ---- model and selection ----------------------------------------------------------------------------

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """The rows."""
        super().setModel(model)
        self.fit_columns()

    def selected_numbers(self) -> list[int]:
        """The selected rows, from top to bottom; quick for very many, too."""
        selection = self.selectionModel().selection()
        rows: set[int] = set()
        for number in range(selection.count()):
            part = selection.at(number)
            rows.update(range(part.top(), part.bottom() + 1))
        return sorted(rows)

    def selected_rows(self) -> list[QModelIndex]:
        """The selected rows' first cells, from top to bottom."""
        return [self.model().index(row, 0) for row in self.selected_numbers()]

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Neighbours' corners change with it."""
        super().selectionChanged(selected, deselected)
        self.viewport().update()
        self.selection_changed.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Another row is looked at."""
        super().currentChanged(current, previous)
        if current.row() != previous.row() or current.isValid() != previous.isValid():
            self.current_changed.emit(self.currentIndex())

    def select_row(self, row: int) -> None:
        """Make this the only selected row, and show it."""
        index = self.model().index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    # ---- columns ----------------------------------------------------------------------------------------

    def hide_column(self, key: str, hidden: bool) -> None:
        """A person's wish, kept apart from what goes for lack of room."""
        (self._hidden_by_person.add if hidden else self._hidden_by_person.discard)(key)
        self.fit_columns()

    def hidden_columns(self) -> list[str]:
        """Those that a person hid."""
        return sorted(self._hidden_by_person)

    def column_widths(self) -> Mapping[str, int]:
        """Widths in pixels at 100 %, without the stretching column's."""
        return {
            column.key: round(self._widths[column.key]) for column in self.columns if not column.stretches
        }

    def set_column_widths(self, widths: Mapping[str, int]) -> None:
        """As they were left."""
        for column in self.columns:
            if column.key in widths and not column.stretches:
                self._widths[column.key] = max(40, min(800, widths[column.key]))
        self.fit_columns()

    def fit_columns(self) -> None:
        """Columns go in their order until the stretching one has its width."""
        if self.model() is None or self._fitting:
            return
        self._fitting = True
        try:
            room = self.viewport().width()
            sizes = {
                section: self.look.px(self._widths[column.key])
                for section, column in enumerate(self.columns)
                if column.key not in self._hidden_by_person
            }
            leaving = sorted(
                (column.leaves, section)
                for section, column in enumerate(self.columns)
                if column.leaves is not None and section in sizes
            )
            for _, section in leaving:
                if sum(sizes.values()) <= room:
                    break
                del sizes[section]
            for section, column in enumerate(self.columns):
                self.setColumnHidden(section, section not in sizes)
                if section in sizes:
                    others = sum(sizes.values()) - sizes[section]
                    width = max(self.look.px(120), room - others) if column.stretches else sizes[section]
                    self.header().resizeSection(section, width)
        finally:
            self._fitting = False

    def _resized(self, section: int, _old: int, new: int) -> None:
        if self._fitting:
            return
        column = self.columns[section]
        by_person = QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton
        if by_person and new and not column.stretches:
            self._widths[column.key] = new / self.look.factor
            self.fit_columns()
        else:
            # The header forgets its widths when a model that was empty is filled by a change of its layout.
            self._refit.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room has changed."""
        super().resizeEvent(event)
        self.fit_columns()

    # ---- mouse and keyboard -----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The whole row is under the mouse."""
        self._hover(self.indexAt(event.position().toPoint()).row())
        super().mouseMoveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """The mouse has gone."""
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            for changed in (row, self._hovered):
                if changed >= 0 and self.model() is not None:
                    rect = self.visualRect(self.model().index(changed, 0))
                    self.viewport().update(0, rect.top() - 1, self.viewport().width(), rect.height() + 2)
            self._hovered = row

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click activates."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self.activated_row.emit(index)
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return activates; Escape clears the selection; the menu key opens the row's menu."""
        self._ring = True
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and plain and self.currentIndex().isValid():
            self.activated_row.emit(self.currentIndex())
            return
        if event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            return
        super().keyPressEvent(event)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Rows are what is gone through: Home and End are the first and the last of them."""
        actions = QAbstractItemView.CursorAction
        if action in {actions.MoveLeft, actions.MoveRight}:
            return self.currentIndex()
        if action in {actions.MoveHome, actions.MoveEnd}:
            modifiers |= Qt.KeyboardModifier.ControlModifier
        return super().moveCursor(action, modifiers)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The current row shows where the keyboard is."""
        self._ring = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        super().focusInEvent(event)
        if self._ring and not self.currentIndex().isValid() and self.model().rowCount() > 0:
            index = self.model().index(0, 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No focus, no ring."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _menu_at(self, point: QPoint) -> None:
        index = self.indexAt(point)
        if not index.isValid():
            index = self.currentIndex()
            if not index.isValid():
                return
            point = self.visualRect(index).bottomLeft()
        if not self.selectionModel().isRowSelected(index.row(), QModelIndex()):
            self.select_row(index.row())
        self.menu_wanted.emit(self.viewport().mapToGlobal(point))

    # ---- painting ---------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows that are seen, each painted whole."""
        painter = QPainter(self.viewport())
        area = event.rect()
        painter.fillRect(area, self.look.colors.base)
        if self.model() is None:
            return
        row = self.rowAt(area.top())
        option = QStyleOptionViewItem()
        while 0 <= row < self.model().rowCount():
            top = self.rowViewportPosition(row)
            if top > area.bottom():
                break
            option.rect = QRect(0, top, self.viewport().width(), self.rowHeight(row))
            self.drawRow(painter, option, self.model().index(row, 0))
            row += 1

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The background once, then every cell."""
        rect = QRectF(option.rect)
        colors = self.look.colors
        row, model = index.row(), self.selectionModel()
        root = QModelIndex()
        selected = model.isRowSelected(row, root)
        above = row > 0 and model.isRowSelected(row - 1, root)
        below = row + 1 < self.model().rowCount() and model.isRowSelected(row + 1, root)
        if selected:
            fill_merged(painter, rect, colors.row_selected, 6, not above, not below)
        elif row == self._hovered:
            fill_merged(painter, rect, colors.hover, 6, True, True)
        if not (selected and below):
            pad = self.look.px(PADDING)
            hairline(painter, pad, rect.right() - pad, rect.bottom() - 1, colors.line)
        header = self.header()
        delegate = self.itemDelegate()
        for section in range(len(self.columns)):
            if self.isColumnHidden(section):
                continue
            left = header.sectionViewportPosition(section)
            option.rect = QRect(left, int(rect.top()), header.sectionSize(section), int(rect.height()))
            delegate.paint(painter, option, self.model().index(row, section))
        if row == self.currentIndex().row() and self._shows_current(selected):
            outline(painter, rect.adjusted(0.5, 0.5, -0.5, -0.5), colors.accent, 6, 1.5)

    def _shows_current(self, selected: bool) -> bool:
        if self._ring and self.hasFocus():
            return True
        selection = self.selectionModel().selection()
        return selected and (selection.count() > 1 or selection.at(0).height() > 1)
