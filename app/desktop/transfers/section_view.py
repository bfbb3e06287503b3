"""A list view whose own layout is put aside: where a line stands is computed from the sections, whatever their size.

QListView would ask the model for every row's size whenever one row changes; here nothing is asked per row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from app.desktop.transfers.line_places import LinePlaces
from app.desktop.transfers.row_layout import HEADING
from app.desktop.widgets.scrolling import ScrollBar

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.desktop.theme import Look
    from app.desktop.transfers.model import Index, TransfersModel
    from app.desktop.transfers.sections import Item, SectionName

Anchor = list[tuple["Item", "SectionName", int]]
"""Items, their sections, and the height in the viewport at which they were seen."""


class SectionView(QListView):
    """Headings and rows of several heights, scrolled by pixels."""

    def __init__(self, look: Look, model: TransfersModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.rows = model
        self._places = LinePlaces(look, model.sections)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that rows keep their width; it paints nothing while all is seen.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollBar(ScrollBar(look, Qt.Orientation.Vertical))
        self.setModel(model)

    # ---- where things are -------------------------------------------------------------------------------

    def line_at(self, y: float) -> int:
        """The line at a height in the viewport; -1 where there is none."""
        return self._places.line_at(int(y) + self.verticalOffset())

    def line_rect(self, line: int) -> QRect:
        """A line's place in the viewport."""
        top, height = self._places.of(line)
        return QRect(0, top - self.verticalOffset(), self.viewport().width(), height)

    def item_at(self, line: int) -> Item | None:
        """The item of a line; None for headings and beyond the ends."""
        return self.rows.at(line)[1] if 0 <= line < self.rows.rowCount() else None

    def visible_lines(self) -> range:
        """Those of which something is seen."""
        first = self.line_at(0)
        if first < 0:
            return range(0)
        last = self.line_at(self.viewport().height() - 1)
        return range(first, (self.rows.rowCount() - 1 if last < 0 else last) + 1)

    # ---- what Qt asks of a view -------------------------------------------------------------------------

    def visualRect(self, index: Index) -> QRect:
        """A line's place."""
        return self.line_rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The line at a point."""
        line = self.line_at(point.y())
        return self.rows.index(line) if line >= 0 else QModelIndex()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """As far as is needed; a section's first row shows its heading too."""
        if not index.isValid():
            return
        top, height = self._places.of(index.row())
        bottom = top + height
        if index.row() and self.item_at(index.row() - 1) is None:
            top -= self.look.px(HEADING)
        bar, room = self.verticalScrollBar(), self.viewport().height()
        if hint is QAbstractItemView.ScrollHint.PositionAtTop or top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + room:
            bar.setValue(bottom - room)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Over the headings."""
        actions, last = QAbstractItemView.CursorAction, self.rows.rowCount() - 1
        line = self.currentIndex().row()
        step = (
            -1 if action in {actions.MoveUp, actions.MovePageUp, actions.MoveEnd, actions.MovePrevious} else 1
        )
        if action is actions.MoveHome or (line < 0 and step > 0):
            target = 0
        elif action is actions.MoveEnd or line < 0:
            target = last
        elif action in {actions.MovePageUp, actions.MovePageDown}:
            top, height = self._places.of(line)
            page = max(height, self.viewport().height() - self.look.px(HEADING))
            target = self.line_at(top + step * page - self.verticalOffset())
            if target < 0:
                target, step = (last, -1) if step > 0 else (0, 1)
        elif action in {actions.MoveLeft, actions.MoveRight}:
            return self.currentIndex()
        else:
            target = line + step
        while 0 <= target <= last and self.item_at(target) is None:
            target += step
        return self.rows.index(target) if 0 <= target <= last else self.currentIndex()

    def setSelection(self, rect: QRect, flags: QItemSelectionModel.SelectionFlag) -> None:
        """The rows that a rectangle meets."""
        rect = rect.normalized()
        last = self.line_at(rect.bottom())
        first, last = max(0, self.line_at(rect.top())), (self.rows.rowCount() - 1 if last < 0 else last)
        selection = QItemSelection()
        for line in range(first, last + 1):
            if self.item_at(line) is not None:
                index = self.rows.index(line)
                selection.select(index, index)
        self.selectionModel().select(selection, flags)

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:
        """Neighbours' corners change with it."""
        return QRegion(self.viewport().rect())

    def verticalOffset(self) -> int:
        """How far it is scrolled."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Never."""
        return 0

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """What is seen moves, and only what comes into sight is painted. Qt's own moves nothing where Qt has laid out
        nothing: QListModeViewBase::scrollContentsBy."""
        self.viewport().scroll(dx, dy)

    def doItemsLayout(self) -> None:
        """Nothing is laid out row by row."""
        self.updateGeometries()
        self.viewport().update()

    def updateGeometries(self) -> None:
        """What the scroll bar needs to know."""
        bar, room = self.verticalScrollBar(), self.viewport().height()
        bar.setSingleStep(self.look.px(28))
        bar.setPageStep(room)
        bar.setRange(0, max(0, self._places.total() - room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self.updateGeometries()

    # ---- staying where one was --------------------------------------------------------------------------

    def hold(self) -> Anchor:
        """What is seen now, before the model changes. Nothing at the very top: there what is new should be seen."""
        if not self.verticalOffset():
            return []
        return [
            (item, item.section, self.line_rect(line).top())
            for line in self.visible_lines()
            if (item := self.item_at(line)) is not None
        ]

    def settle(self, anchor: Anchor) -> None:
        """Have the first of what was seen, and has not itself gone elsewhere, where it was."""
        for item, section, top in anchor:
            if item.section == section and self.rows.item(item.row.id) is item:
                line = self.rows.line_of(item)
                if line is not None:
                    bar = self.verticalScrollBar()
                    bar.setValue(bar.value() + self.line_rect(line).top() - top)
                    return
