"""The list of transfers as a person meets it: rows painted whole, with buttons for mouse and keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QToolTip, QWidget

from app.desktop.messages import sentences
from app.desktop.transfers.actions import possible
from app.desktop.transfers.painter import RowLook, RowPainter
from app.desktop.transfers.row_layout import lay_out
from app.desktop.transfers.section_view import SectionView
from app.desktop.widgets.bars import FRAME_MILLISECONDS, PASS_SECONDS
from app.desktop.widgets.tooltips import plain_tooltip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtCore import QTimerEvent
    from PySide6.QtGui import (
        QFocusEvent,
        QHideEvent,
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
        QShowEvent,
    )

    from app.desktop.messages import Messages
    from app.desktop.theme import Look
    from app.desktop.transfers.actions import Action
    from app.desktop.transfers.model import Index, TransfersModel
    from app.desktop.transfers.row_layout import RowLayout
    from app.desktop.transfers.sections import Item


_KEYS: Mapping[Qt.Key, tuple[Action, ...]] = {
    Qt.Key.Key_Space: ("pause", "resume"),
    Qt.Key.Key_R: ("retry",),
    Qt.Key.Key_Delete: ("cancel", "remove"),
    Qt.Key.Key_Backspace: ("cancel", "remove"),
}
"""What keys do with the selected rows: the first of these that is possible."""


class TransferList(SectionView):
    """`acted` and `menu_wanted` say what a person wants; the page does it."""

    acted = Signal(str, object)
    """An Action other than "menu", and the list of Items it is about."""
    menu_wanted = Signal(QPoint)
    """Where, in global coordinates; what it is about is the selection."""

    def __init__(
        self, look: Look, name: str, model: TransfersModel, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, model, parent)
        self._messages = messages
        self.painter = RowPainter(look, model.words)
        self._hovered = -1
        self._hovered_button: Action | None = None
        self._pressed: tuple[Item, Action] | None = None
        self._focused_button: Action | None = None
        self._ring = False
        self._animation = 0
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu_at)
        look.changed.connect(self.doItemsLayout)

    def layout_of(self, line: int) -> RowLayout:
        """The places in a row."""
        _, item = self.rows.at(line)
        assert item is not None
        alone = self.rows.count("attention") == 1
        return lay_out(QRectF(self.line_rect(line)), item, self.look, self._messages, alone=alone)

    def dataChanged(self, first: Index, last: Index, _roles: Sequence[int] = ()) -> None:
        """Paint what is seen of it."""
        self.viewport().update(self.line_rect(first.row()).united(self.line_rect(last.row())))
        self._animate()

    def doItemsLayout(self) -> None:
        """Lines have come, gone or moved; once for many of them."""
        super().doItemsLayout()
        self._animate()
        self._hover_again()

    # ---- motion -----------------------------------------------------------------------------------------

    @property
    def animated(self) -> bool:
        """Whether a light passes in one of the rows that are seen."""
        return self._animation != 0

    def _waiting_lines(self) -> list[int]:
        words = self.rows.words
        return [
            line
            for line in self.visible_lines()
            if (item := self.item_at(line)) is not None and words.bar(item.row).kind == "waiting"
        ]

    def _animate(self) -> None:
        wanted = self.isVisible() and not self.look.reduced_motion and bool(self._waiting_lines())
        if wanted and not self._animation:
            self._animation = self.startTimer(FRAME_MILLISECONDS)
        elif not wanted and self._animation:
            self.killTimer(self._animation)
            self._animation = 0

    def timerEvent(self, event: QTimerEvent) -> None:
        """The light goes on."""
        if event.timerId() != self._animation:
            super().timerEvent(event)
            return
        self.painter.phase = (self.painter.phase + FRAME_MILLISECONDS / 1000 / PASS_SECONDS) % 1.0
        for line in self._waiting_lines():
            self.viewport().update(_bar_place(self.layout_of(line)))

    def showEvent(self, event: QShowEvent) -> None:
        """It moves only while it is seen."""
        super().showEvent(event)
        self._animate()

    def hideEvent(self, event: QHideEvent) -> None:
        """It rests."""
        super().hideEvent(event)
        self._animate()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Other rows come into sight, and under the mouse."""
        super().scrollContentsBy(dx, dy)
        self._animate()
        self._hover_again()

    # ---- mouse ------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A row is under the mouse, and perhaps a button."""
        self._hover(event.position().toPoint())
        if self._pressed is None:
            super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A button is pressed, or a row selected."""
        self._ring = False
        self._focused_button = None
        point = event.position().toPoint()
        self._hover(point)
        item = self.item_at(self._hovered)
        if event.button() is Qt.MouseButton.LeftButton and item is not None and self._hovered_button:
            self._pressed = (item, self._hovered_button)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.viewport().update()
            return
        if item is None and not event.modifiers():
            self.clearSelection()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What was pressed is done if the mouse is still on it."""
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            super().mouseReleaseEvent(event)
            return
        self._hover(event.position().toPoint())
        self.viewport().update()
        if self.item_at(self._hovered) is pressed[0] and self._hovered_button == pressed[1]:
            self._act(self._hovered, pressed[1])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two quick clicks on a button are two."""
        self.mousePressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """The mouse has gone, or rests on something that has more to say."""
        if event.type() is QEvent.Type.Leave:
            self._set_hovered(-1, None)
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._show_tooltip(event)
            return True
        return super().viewportEvent(event)

    def _hover(self, point: QPoint) -> None:
        line = self.line_at(point.y()) if self.viewport().rect().contains(point) else -1
        button = None
        if self.item_at(line) is not None:
            found = self.layout_of(line).button_at(point.x(), point.y())
            button = found.action if found is not None else None
        self._set_hovered(line, button)

    def _hover_again(self) -> None:
        """Rows have moved under a mouse that stands still."""
        if self._hovered >= 0:
            self._hover(self.viewport().mapFromGlobal(QCursor.pos()))

    def _set_hovered(self, line: int, button: Action | None) -> None:
        if (line, button) == (self._hovered, self._hovered_button):
            return
        for changed in {line, self._hovered}:
            if changed >= 0:
                # And the hairline above.
                self.viewport().update(self.line_rect(changed).adjusted(0, -1, 0, 0))
        self._hovered, self._hovered_button = line, button

    def _show_tooltip(self, event: QHelpEvent) -> None:
        line = self.line_at(event.pos().y())
        text = self.tooltip_at(line, event.pos())
        if text:
            QToolTip.showText(event.globalPos(), text, self.viewport(), self.line_rect(line))
        else:
            QToolTip.hideText()

    def tooltip_at(self, line: int, point: QPoint) -> str:
        """The name of an icon, or the whole of a text that is cut."""
        item = self.item_at(line)
        if item is None:
            return ""
        layout, look = self.layout_of(line), self.look
        button = layout.button_at(point.x(), point.y())
        if button is not None:
            return button.name if button.icon is not None else ""
        words, cut = self.rows.words, []
        if look.metrics("strong").horizontalAdvance(item.row.title) > layout.title.width():
            cut.append(item.row.title)
        if look.metrics("meta").horizontalAdvance(words.line(item)) > layout.line.width():
            cut.append(words.line(item))
        if item.section == "attention" and item.row.error is not None:
            whole = sentences(*words.problem(item.row.error))
            shown = sentences(*self.painter.problem_within(item, layout.problem.width()))
            if shown != whole or look.metrics("meta").horizontalAdvance(whole) > layout.problem.width():
                cut.append(whole)
        return plain_tooltip("\n".join(cut)) if cut else ""

    # ---- keyboard ---------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go through a row's buttons; letters and Delete do what the row's menu says."""
        self._ring = True
        self.viewport().update()
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        if plain and self._handle(Qt.Key(event.key())):
            return
        super().keyPressEvent(event)

    def _handle(self, key: Qt.Key) -> bool:
        line = self.currentIndex().row()
        if key is Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            return True
        if self.item_at(line) is not None and self._handle_in_row(line, key):
            return True
        actions = _KEYS.get(key)
        if actions is None or not self.selected():
            return False
        self._act_on_selection(actions)
        return True

    def _handle_in_row(self, line: int, key: Qt.Key) -> bool:
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self._step(line, 1 if key is Qt.Key.Key_Right else -1)
            return True
        focused = self.layout_of(line).button(self._focused_button)
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._act(line, focused.action if focused is not None else "menu")
            return True
        if key is Qt.Key.Key_Space and focused is not None:
            self._act(line, focused.action)
            return True
        return False

    def _step(self, line: int, step: int) -> None:
        """To the neighbouring button; leftwards of the first one to the row itself."""
        offered: list[Action | None] = [None, *(button.action for button in self.layout_of(line).buttons)]
        now = offered.index(self._focused_button) if self._focused_button in offered else 0
        self._focused_button = offered[max(0, min(len(offered) - 1, now + step))]

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Another row has the keyboard."""
        super().currentChanged(current, previous)
        if self.item_at(current.row()) is not self.item_at(previous.row()):
            self._focused_button = None
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The current row shows where the keyboard is."""
        self._ring = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        super().focusInEvent(event)
        if self._ring and self.item_at(self.currentIndex().row()) is None:
            first = self.moveCursor(QAbstractItemView.CursorAction.MoveHome, Qt.KeyboardModifier.NoModifier)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No focus, no ring."""
        super().focusOutEvent(event)
        self.viewport().update()

    # ---- doing ------------------------------------------------------------------------------------------

    def selected(self) -> list[Item]:
        """The selected items from top to bottom, else the current one."""
        lines = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        lines = lines or [self.currentIndex().row()]
        return [item for line in lines if (item := self.item_at(line)) is not None]

    def _act(self, line: int, action: Action) -> None:
        item = self.item_at(line)
        if item is None:
            return
        if action != "menu":
            self.acted.emit(action, [item])
            return
        self._select_unless_selected(line)
        button = self.layout_of(line).button("menu")
        place = button.rect.toAlignedRect() if button is not None else self.line_rect(line)
        self.menu_wanted.emit(self.viewport().mapToGlobal(place.bottomLeft()))

    def _act_on_selection(self, actions: Sequence[Action]) -> None:
        items = self.selected()
        done = next((action for action in actions if action in possible(item.row for item in items)), None)
        if done is not None:
            self.acted.emit(done, items)

    def _menu_at(self, point: QPoint) -> None:
        line = self.line_at(point.y())
        if self.item_at(line) is None:
            line = self.currentIndex().row()
            if self.item_at(line) is None:
                return
            point = self.line_rect(line).bottomLeft()
        self._select_unless_selected(line)
        self.menu_wanted.emit(self.viewport().mapToGlobal(point))

    def _select_unless_selected(self, line: int) -> None:
        index = self.rows.index(line)
        if not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # ---- painting ---------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines of which something is to be painted, each painted whole; of a passing light only its bar."""
        painter = QPainter(self.viewport())
        region = event.region()
        painter.fillRect(event.rect(), self.look.colors.base)
        selected = self._selected_ranges()
        for line in self.visible_lines():
            rect = self.line_rect(line)
            if not region.intersects(rect):
                continue
            section, item = self.rows.at(line)
            if item is None:
                self.painter.paint_heading(painter, QRectF(rect), section)
                continue
            layout, row_look = self.layout_of(line), self._look_of(line, selected)
            if _bar_place(layout).contains(region.intersected(rect).boundingRect()):
                self.painter.paint_bar(painter, item, layout, row_look)
            else:
                self.painter.paint_row(painter, QRectF(rect), item, layout, row_look)

    def _selected_ranges(self) -> list[tuple[int, int]]:
        """First and last line of each: asking Qt about every line would take as long as painting them."""
        selection = self.selectionModel().selection()
        parts = [selection.at(number) for number in range(selection.count())]
        return [(part.top(), part.bottom()) for part in parts]

    def _look_of(self, line: int, ranges: Sequence[tuple[int, int]]) -> RowLook:
        def selected(other: int) -> bool:
            inside = any(first <= other <= last for first, last in ranges)
            return inside and self.item_at(other) is not None

        here, below = selected(line), selected(line + 1)
        hovered = line == self._hovered
        pressed = self._pressed
        current = self._ring and self.hasFocus() and line == self.currentIndex().row()
        busy = here or below or hovered or line + 1 == self._hovered
        item, following = self.item_at(line), self.item_at(line + 1)
        return RowLook(
            selected=here,
            selected_above=selected(line - 1),
            selected_below=below,
            hovered=hovered,
            line_below=not busy
            and following is not None
            and item is not None
            and item.section != "attention",
            ring=current,
            hovered_button=self._hovered_button if hovered else None,
            pressed_button=pressed[1] if pressed is not None and pressed[0] is item else None,
            focused_button=self._focused_button if current else None,
        )


def _bar_place(layout: RowLayout) -> QRect:
    """The whole pixels of a row's bar."""
    return layout.bar.toAlignedRect()
