"""What a screen reader is told of painted messages: a group for each in view, with its words, and buttons in it.

The widgets are not painted and take no clicks; there are none while nobody listens. Qt's accessible interfaces could
say the same without widgets, but objects made in Python for them are deleted from C++ at any time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGroupBox, QWidget

from app.desktop.i18n import translate
from app.desktop.preview import words
from app.desktop.preview.composing import spoken
from app.desktop.preview.hits import rect_of, spots_in

if TYPE_CHECKING:
    from app.desktop.preview.marks import Spot
    from app.desktop.preview.message_list import MessageList

_QUIET_MILLISECONDS = 200
"""After the last movement."""
_LONGEST = 2_000
"""Characters of one message."""
_SHORT = 300


class _SpokenMessage(QGroupBox):
    """A message's words."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The list has painted it."""


class _SpokenSpot(QAbstractButton):
    """Something that can be pressed."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The list has painted it."""


class Spoken(QObject):
    """Follows a list."""

    def __init__(self, messages: MessageList) -> None:
        super().__init__(messages)
        self._messages = messages
        self._groups: list[_SpokenMessage] = []
        self._buttons: dict[Spot, _SpokenSpot] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MILLISECONDS)
        self._timer.timeout.connect(self.renew)
        messages.view_changed.connect(self._timer.start)
        messages.focus_moved.connect(self._focus_moved)

    def renew(self) -> None:
        """Say what is in view now."""
        self._clear()
        messages = self._messages
        leaf = messages.leaf(messages.current_message())
        messages.setAccessibleDescription("" if leaf is None else spoken(leaf, _SHORT))
        if not QAccessible.isActive():
            return
        view = messages.viewport()
        by_message: dict[int, QWidget] = {}
        for place in messages.placed:
            if place.sheet is None or place.number in by_message:
                continue
            top = place.top - place.sheet.top(place.part)
            rect = QRect(0, round(top), view.width(), round(place.sheet.height)).intersected(view.rect())
            group = _SpokenMessage(view)
            group.setAccessibleName(spoken(place.sheet.leaf, _LONGEST))
            self._place(group, rect)
            self._groups.append(group)
            by_message[place.number] = group
        for spot in spots_in(messages.placed, messages.flow.view_height):
            found = rect_of(spot, messages.placed, messages.typeset)
            if found is not None and spot.number in by_message:
                self._add_spot(spot, found.toRect(), by_message[spot.number])

    def _add_spot(self, spot: Spot, rect: QRect, group: QWidget) -> None:
        button = _SpokenSpot(group)
        button.setAccessibleName(self._name(spot))
        button.clicked.connect(lambda: self._messages.press(spot))
        self._place(button, rect.translated(-group.pos()))
        self._buttons[spot] = button

    def _name(self, spot: Spot) -> str:
        messages = self._messages
        leaf = messages.leaf(spot.number)
        parts = [part for block in (leaf.blocks if leaf is not None else ()) for part in block]
        part = next((p for p in parts if p.block == spot.block and p.piece == spot.piece), None)
        if spot.kind == "code":
            return translate("Preview", "Copy code")
        if part is None:
            return ""
        if spot.kind == "link":
            run = next((run for run in part.runs if run.start == spot.start), None)
            return translate("Preview", "Link: {address}").format(address=run.link if run is not None else "")
        facts = [part.text, words.failure(part.tool) if part.tool is not None else ""]
        is_open = messages.is_open(spot.number, spot.block)
        facts.append(translate("Preview", "open") if is_open else translate("Preview", "closed"))
        return translate("Preview", ", ").join(fact for fact in facts if fact)

    @staticmethod
    def _place(widget: QWidget, rect: QRect) -> None:
        widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        widget.setGeometry(rect)
        widget.show()

    def _focus_moved(self) -> None:
        if not QAccessible.isActive():
            return
        self.renew()
        focused = self._messages.marks.focused
        target: QWidget = self._messages
        if focused is not None and focused in self._buttons:
            target = self._buttons[focused]
        QAccessible.updateAccessibility(QAccessibleEvent(target, QAccessible.Event.Focus))

    def _clear(self) -> None:
        for group in self._groups:
            group.hide()
            group.deleteLater()
        self._groups.clear()
        self._buttons.clear()
