"""Files that come in by a drop, the clipboard or a dialog go to the sessions, once it is decided where to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.desktop import shortcuts
from app.desktop.main_window import MainWindow
from app.desktop.sessions.controller import SessionsController
from app.desktop.shortcuts import Shortcuts
from app.desktop.taking import Taking
from tests.desktop.shell_parts import PlainFirstRun, PlainPage, plain_makers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from tests.desktop.conftest import Asked


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the sessions were given; they do not look at it here."""
    given: list[tuple[str, ...]] = []

    def take_paths(_self: SessionsController, paths: Sequence[str]) -> None:
        given.append(tuple(paths))

    monkeypatch.setattr(SessionsController, "take_paths", take_paths)
    return given


class Desk:
    """A window with its keys."""

    def __init__(self, context: Context, *, show_first_run: bool = False) -> None:
        self.window = MainWindow(context, plain_makers(), PlainFirstRun, show_first_run=show_first_run)
        self.window.may_close = True
        self.taking = Taking(self.window, context)
        keys = Shortcuts(self.window)
        keys.add(shortcuts.PASTE, self.taking.paste)
        keys.add(shortcuts.OPEN_FILES, self.taking.choose_files)
        keys.add(shortcuts.OPEN_FOLDER, self.taking.choose_folder)


@pytest.fixture
def desk(qtbot: QtBot, context: Context, taken: list[tuple[str, ...]]) -> Desk:
    made = Desk(context)
    qtbot.addWidget(made.window)
    with qtbot.waitActive(made.window):
        made.window.show()
        made.window.activateWindow()
    return made


def test_what_is_dropped_is_taken_and_shown(desk: Desk, taken: list[tuple[str, ...]], asked: Asked) -> None:
    desk.window.drop_target.dropped.emit(("/a", "/b"))
    assert taken == [("/a", "/b")]
    assert asked.pages == ["sessions"]


def test_copied_files_are_taken_by_key(
    desk: Desk, taken: list[tuple[str, ...]], copy_files: Callable[..., None]
) -> None:
    copy_files("/a b", "/c")
    QTest.keyClick(desk.window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert taken == [("/a b", "/c")]


def test_a_text_field_keeps_its_own_paste(desk: Desk, taken: list[tuple[str, ...]]) -> None:
    QGuiApplication.clipboard().setText("/home/aki/log.jsonl")
    page = desk.window.front_page
    assert isinstance(page, PlainPage)
    page.start_search()
    QTest.keyClick(page.field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert page.field.text() == "/home/aki/log.jsonl"
    assert taken == []


def test_other_text_in_the_clipboard_does_nothing(
    desk: Desk, taken: list[tuple[str, ...]], asked: Asked
) -> None:
    QGuiApplication.clipboard().setText("hello")
    desk.taking.paste()
    assert (taken, asked.pages) == ([], [])


def test_chosen_files_are_taken_and_their_folder_remembered(
    desk: Desk, taken: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[str] = []

    def choose(_parent: object, _title: str, folder: str) -> tuple[list[str], str]:
        began.append(folder)
        return (["/home/aki/logs/a.jsonl", "/home/aki/logs/b.jsonl"], "")

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", choose)
    for _ in range(2):
        QTest.keyClick(desk.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert taken == [("/home/aki/logs/a.jsonl", "/home/aki/logs/b.jsonl")] * 2
    assert began == ["", "/home/aki/logs"]


def test_a_chosen_folder_is_taken_and_choosing_none_does_nothing(
    desk: Desk, taken: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["/home/aki/logs", ""]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for _ in range(2):
        QTest.keyClick(desk.window, Qt.Key.Key_O, modifiers)
    assert taken == [("/home/aki/logs",)]
    assert answers == []


def test_during_the_first_run_it_waits(
    qtbot: QtBot, context: Context, taken: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(context, show_first_run=True)
    qtbot.addWidget(desk.window)
    asked_for: list[bool] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: asked_for.append(True))
    desk.taking.choose_files()
    desk.taking.choose_folder()
    desk.taking.take(["/a"])
    desk.taking.take(["/b"])
    assert (taken, asked_for) == ([], [])
    first_run = desk.window.findChild(PlainFirstRun)
    assert first_run is not None
    first_run.button.click()
    assert taken == [("/a", "/b")]
