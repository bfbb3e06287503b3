"""Where the keyboard is in a page, told so that it is found again in a page that was made anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.desktop.widgets.buttons import PaintedButton

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class FocusPlace:
    """A widget by its place among its parent's children, that parent's among its own, and so on."""

    indexes: Sequence[int]
    """From the page down."""
    kind: type[QWidget]
    by_keyboard: bool
    """Whether a ring showed it."""

    @classmethod
    def of(cls, widget: QWidget | None, page: QWidget | None) -> FocusPlace | None:
        """The place of a widget in a page; None where it is not in it."""
        if widget is None or page is None or not page.isAncestorOf(widget):
            return None
        indexes: list[int] = []
        child = widget
        while child is not page:
            parent = child.parentWidget()
            assert parent is not None  # the page is above it
            if child not in _children(parent):
                return None
            indexes.insert(0, _children(parent).index(child))
            child = parent
        ring = isinstance(widget, PaintedButton) and widget.ring
        return cls(tuple(indexes), type(widget), ring)

    def restore(self, page: QWidget) -> None:
        """The keyboard to the widget at that place; where the page is another one now, it stays where it is."""
        found = page
        for index in self.indexes:
            children = _children(found)
            if index >= len(children):
                return
            found = children[index]
        if type(found) is self.kind and found.isEnabled():
            reason = Qt.FocusReason.TabFocusReason if self.by_keyboard else Qt.FocusReason.OtherFocusReason
            found.setFocus(reason)


def _children(parent: QWidget) -> list[QWidget]:
    """In the order they were made. Of a stack only the one in front counts: the others are made when they are needed."""
    if isinstance(parent, QStackedWidget):
        front = parent.currentWidget()
        return [] if front is None else [front]
    return parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
