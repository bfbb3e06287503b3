"""Keys that work wherever the keyboard is in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QListWidget, QVBoxLayout, QWidget

from app.desktop.shortcuts import MENU, Shortcuts, window_keys

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.desktop.i18n import Translations


def test_a_menu_opens_with_the_keyboard_where_the_keyboard_is(
    qtbot: QtBot, translations: Translations
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    rows, other = QListWidget(), QListWidget()
    layout = QVBoxLayout(window)
    asked: list[tuple[str, QPoint]] = []
    for name, view in (("rows", rows), ("other", other)):
        view.addItems(["first", "second", "third"])
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(lambda point, name=name: asked.append((name, point)))
        layout.addWidget(view)
    keys = Shortcuts(window)
    keys.open_menu()
    assert asked == []
    window.show()
    rows.setCurrentRow(1)
    rows.setFocus()
    keys.open_menu()
    ((name, point),) = asked
    assert name == "rows"
    assert rows.visualItemRect(rows.item(1)).contains(point)
    translations.use("ja")
    assert dict(window_keys())[MENU] == "選択したもののメニュー"
