"""The messages under a person's hands: the keyboard's ways, the menu, what has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QToolTip

from app.desktop.i18n import translate
from app.desktop.preview.hits import link_of, rect_of, spots_in
from app.desktop.preview.selectable import SelectableMessages
from app.desktop.widgets.menus import Menu

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.preview.marks import Spot

_BY_KEYBOARD = frozenset(
    {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}
)
_OWN_KEYS = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.SelectAll,
    QKeySequence.StandardKey.Find,
    QKeySequence.StandardKey.FindNext,
    QKeySequence.StandardKey.FindPrevious,
)
"""They mean the messages when these have the focus, whatever the window does with them elsewhere."""


class MessageList(SelectableMessages):
    """Everything that the mouse can do here can be done without it."""

    find_wanted = Signal()
    find_again_wanted = Signal(bool)
    """True: backwards."""
    focus_moved = Signal()
    """Another of the things that can be pressed has the focus."""

    # ---- menu -------------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with what is there."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            spot = self.marks.focused
            rect = rect_of(spot, self.placed, self.typeset) if spot is not None else None
            point = rect.bottomLeft() if rect is not None else QPointF(self.look.px(24), self.look.px(24))
            link = link_of(spot, self.placed) if spot is not None else None
            number = self.current_message()
        else:
            point = QPointF(self.viewport().mapFrom(self, event.pos()))
            hit = self._hit(point)
            link = hit.run.link if hit is not None and hit.run is not None else None
            number = hit.placed.number if hit is not None else self.current_message()
        if self.flow.sheet(number) is None:
            return
        menu = self._menu(number, link)
        menu.exec(self.viewport().mapToGlobal(point.toPoint()))
        menu.deleteLater()

    def _menu(self, number: int, link: str | None) -> Menu:
        def copy_link() -> None:
            QGuiApplication.clipboard().setText(link or "")

        key = QKeySequence.StandardKey
        menu = Menu(self.look, self)
        selected = self.marks.selection is not None
        menu.add(
            translate("Preview", "Copy"),
            self.copy,
            icon="copy",
            shortcut=QKeySequence(key.Copy),
            enabled=selected,
        )
        if link is not None:
            menu.add(translate("Preview", "Copy link"), copy_link, icon="link")
        menu.add(translate("Preview", "Copy message"), lambda: self.copy_message(number))
        menu.add(translate("Preview", "Select message"), lambda: self.select_message(number))
        menu.addSeparator()
        menu.add(
            translate("Preview", "Find in session…"),
            self.find_wanted.emit,
            icon="search",
            shortcut=QKeySequence(key.Find),
        )
        return menu

    # ---- keyboard ---------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keys that the window would take for itself mean the messages here."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and any(event.matches(key) for key in _OWN_KEYS)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scrolling, copying, finding, opening."""
        for standard, done in self._standard_keys().items():
            if event.matches(standard):
                done()
                return
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        done_by_key = self._plain_keys().get((event.key(), plain))
        if done_by_key is None or done_by_key() is False:
            event.ignore()

    def _standard_keys(self) -> dict[QKeySequence.StandardKey, Callable[[], object]]:
        key = QKeySequence.StandardKey
        return {
            key.Copy: self.copy,
            key.SelectAll: lambda: self.select_message(self.current_message()),
            key.Find: self.find_wanted.emit,
            key.FindNext: lambda: self.find_again_wanted.emit(False),
            key.FindPrevious: lambda: self.find_again_wanted.emit(True),
        }

    def _plain_keys(self) -> dict[tuple[int, Qt.KeyboardModifier], Callable[[], object]]:
        key, none = Qt.Key, Qt.KeyboardModifier.NoModifier
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        step = self.look.px(40)
        page = max(step, self.flow.view_height - step)
        return {
            (key.Key_Up, none): lambda: self.scroll_by(-step),
            (key.Key_Down, none): lambda: self.scroll_by(step),
            (key.Key_PageUp, none): lambda: self.scroll_by(-page),
            (key.Key_PageDown, none): lambda: self.scroll_by(page),
            (key.Key_Space, none): lambda: None if self._press_focused() else self.scroll_by(page),
            (key.Key_Space, shift): lambda: self.scroll_by(-page),
            (key.Key_Home, none): self.go_to_beginning,
            (key.Key_End, none): self.go_to_end,
            (key.Key_Home, control): self.go_to_beginning,
            (key.Key_End, control): self.go_to_end,
            (key.Key_Up, control): lambda: self._step_message(-1),
            (key.Key_Down, control): lambda: self._step_message(1),
            (key.Key_Return, none): self._press_focused,
            (key.Key_Enter, none): self._press_focused,
            (key.Key_Left, none): lambda: self._shift_focused(-step),
            (key.Key_Right, none): lambda: self._shift_focused(step),
            (key.Key_Escape, none): self._let_go,
        }

    def _press_focused(self) -> bool:
        if self.marks.focused is None:
            return False
        self.press(self.marks.focused)
        return True

    def _shift_focused(self, pixels: float) -> bool:
        return self.marks.focused is not None and self.shift(self.marks.focused[:3], pixels)

    def _let_go(self) -> bool:
        """Escape: of what is selected, then of what has the focus; else it is somebody else's."""
        if self.marks.selection is not None:
            self._select(None)
            return True
        if self.marks.focused is not None:
            self._focus_on(None)
            return True
        return False

    def _step_message(self, step: int) -> None:
        """To the beginning of the next message, or of this one, or of the one before."""
        first = self.placed[0] if self.placed else None
        if first is None:
            return
        margin = self.look.px(12)
        begins_here = first.part == 0 and first.top >= -margin - 1
        number = first.number + step
        if step < 0 and not begins_here:
            number = first.number
        if step > 0 and first.bottom <= margin + 1:
            number += 1
        if 0 <= number < self.flow.count:
            self.go_to_message(number)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through what can be pressed in view, then on to the next control."""
        spots = spots_in(self.placed, self.flow.view_height)
        focused = self.marks.focused
        if focused is not None and focused in spots:
            following = spots.index(focused) + (1 if forward else -1)
        else:
            following = 0 if forward else -1
        if 0 <= following < len(spots):
            self._focus_on(spots[following])
            return True
        if focused is not None and not forward and following < 0:
            self._focus_on(None)
            return True
        self._focus_on(None)
        return super().focusNextPrevChild(forward)

    def _focus_on(self, spot: Spot | None) -> None:
        self.marks.focused = spot
        self.marks.shows_ring = True
        QToolTip.hideText()
        if spot is not None:
            rect = rect_of(spot, self.placed, self.typeset)
            margin = self.look.px(12)
            if rect is not None and rect.top() < margin:
                self.scroll_by(rect.top() - margin)
            elif rect is not None and rect.bottom() > self.flow.view_height - margin:
                self.scroll_by(rect.bottom() - self.flow.view_height + margin)
            if spot.kind == "link":
                self._tell_link(spot)
        self.viewport().update()
        self.focus_moved.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is for people who use the keyboard."""
        self.marks.is_active = True
        self.marks.shows_ring = event.reason() in _BY_KEYBOARD
        if event.reason() in _BY_KEYBOARD:
            self.marks.focused = None
        self.viewport().update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What is selected stays, paler."""
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.marks.is_active = False
            self.marks.shows_ring = False
        self.viewport().update()
        super().focusOutEvent(event)
