"""Menus with the look's corners; on macOS the system's own."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction, QKeySequence

    from app.desktop.theme import Look


class Menu(QMenu):
    """A menu. Delete it after use, or give it a parent that lives as long."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        if sys.platform != "darwin":
            self.setWindowFlags(
                self.windowFlags() | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
            )
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
            self._dress()
            look.changed.connect(self._dress)

    def add(
        self,
        text: str,
        done: Callable[[], None],
        *,
        icon: str | None = None,
        shortcut: QKeySequence | str | None = None,
        enabled: bool = True,
    ) -> QAction:
        """One thing to do. The shortcut is only shown: the page listens for it."""
        action = self.addAction(text.replace("&", "&&"))
        action.setEnabled(enabled)
        if icon is not None:
            action.setIcon(self.look.icons.icon(icon, self.look.colors.text2))
        if shortcut is not None:
            action.setShortcut(shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _checked=False: done())
        return action

    def _dress(self) -> None:
        colors, px = self.look.colors, self.look.px
        ground = colors.raised if self.look.dark else colors.base
        self.setFont(self.look.font("body"))
        # The one place with a style sheet (LOOK.md): QMenu has no delegate.
        self.setStyleSheet(
            f"QMenu {{ background: {ground.name()}; border: 1px solid {colors.button_edge.name()};"
            f" border-radius: 8px; padding: 4px; color: {colors.text.name()}; }}"
            f"QMenu::item {{ padding: {px(6)}px {px(24)}px {px(6)}px {px(8)}px; border-radius: 5px; }}"
            f"QMenu::item:selected {{ background: {colors.nav_selected.name()}; color: {colors.text.name()}; }}"
            f"QMenu::item:disabled {{ color: {colors.text3.name()}; }}"
            f"QMenu::icon {{ padding-left: {px(8)}px; }}"
            f"QMenu::separator {{ height: 1px; background: {colors.line.name()}; margin: 4px 8px; }}"
        )
