"""Archived sessions read beside the list: the real bytes from a real sandbox, none of them left on this computer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.desktop.archive.page import ArchivePage
from app.desktop.widgets.buttons import Button, IconButton
from app.errors import Unreachable
from tests.desktop.archive_home import FIRST, SECOND, ArchiveHome
from tests.desktop.gui_guard import Guard, install

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from tests.desktop.conftest import Asked

PATIENCE = 30_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def archive_home(home: Path, tmp_path: Path) -> ArchiveHome:
    return ArchiveHome(home, tmp_path / "logs")


@pytest.fixture
def open_page(context: Context, qtbot: QtBot) -> Callable[[], ArchivePage]:
    """The page in a window, with what there is loaded."""

    def open_it() -> ArchivePage:
        page = ArchivePage(context)
        qtbot.addWidget(page)
        page.resize(1088, 800)
        page.show()
        page.shown()
        qtbot.waitUntil(lambda: not context.archive.loading, timeout=PATIENCE)
        return page

    return open_it


def read(page: ArchivePage) -> str:
    """What the preview shows, as it would be copied."""
    preview = page.beside.preview
    assert preview is not None
    preview.messages.copy_message()
    return QGuiApplication.clipboard().text()


def wait_for(page: ArchivePage, qtbot: QtBot, text: str) -> None:
    QGuiApplication.clipboard().clear()
    qtbot.waitUntil(lambda: text in read(page), timeout=PATIENCE)


def left_on_disk(home: Path) -> list[str]:
    folder = home / "looked-at"
    # A folder may go while it is listed.
    try:
        return [path.name for path in folder.rglob("*.jsonl")]
    except FileNotFoundError:
        return ["on its way out"]


def test_a_session_is_read_and_nothing_of_it_is_left(
    archive_home: ArchiveHome, open_page: Callable[[], ArchivePage], home: Path, qtbot: QtBot
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", text="献立を直す"))
    page = open_page()
    QTest.mouseClick(page.pane.preview, LEFT)
    assert page.beside.previewing()
    wait_for(page, qtbot, "献立を直す")
    assert left_on_disk(home) == [f"{FIRST}.jsonl"]
    assert page.beside.preview is not None
    assert page.beside.preview.header.title.text() == "Fix the S3 policy"
    assert page.beside.preview.header.place.text() == "Claude Code · recipe-box"
    # Back to the details by the choice in the head.
    QTest.mouseClick(page.beside._views._buttons[0], LEFT)
    assert not page.beside.previewing()
    qtbot.waitUntil(lambda: left_on_disk(home) == [], timeout=PATIENCE)
    # And there again.
    QTest.mouseClick(page.pane.views._buttons[1], LEFT)
    wait_for(page, qtbot, "献立を直す")
    assert page.beside._views.current() == "preview"


def test_return_reads_and_the_arrow_keys_go_on_reading(
    archive_home: ArchiveHome, open_page: Callable[[], ArchivePage], home: Path, qtbot: QtBot
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", text="first text"))
    archive_home.archive(archive_home.session(SECOND, "ログ同期の修正", text="second text"))
    page = open_page()
    page.table.setFocus()
    page.table.select_row(page.model.place_of(f"claude-code\n{FIRST}") or 0)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    wait_for(page, qtbot, "first text")
    row = page.table.currentIndex().row()
    QTest.keyClick(page.table, Qt.Key.Key_Up if row else Qt.Key.Key_Down)
    wait_for(page, qtbot, "second text")
    qtbot.waitUntil(lambda: left_on_disk(home) == [f"{SECOND}.jsonl"], timeout=PATIENCE)


def test_an_older_version_is_read_as_it_was(
    archive_home: ArchiveHome, open_page: Callable[[], ArchivePage], qtbot: QtBot
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", text="as it was"))
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", text="as it is"))
    page = open_page()
    qtbot.waitUntil(lambda: len(page.pane.versions.rows()) == 2, timeout=PATIENCE)
    buttons = page.pane.versions.rows()[1].findChildren(IconButton)
    (button,) = [one for one in buttons if one.accessibleName() == "Preview this version: Version 1"]
    QTest.mouseClick(button, LEFT)
    wait_for(page, qtbot, "as it was")
    assert page.beside.preview is not None
    assert page.beside.preview.header.place.text().startswith("Version of ")


def test_a_preview_that_failed_is_tried_again(
    archive_home: ArchiveHome,
    open_page: Callable[[], ArchivePage],
    qtbot: QtBot,
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", text="献立を直す"))
    page = open_page()

    def unreachable(*_: object, **__: object) -> None:
        raise Unreachable(host="abc", reason="timed out")

    with monkeypatch.context() as patch:
        patch.setattr("app.archiving.peek.Peek.preview", unreachable)
        QTest.mouseClick(page.pane.preview, LEFT)
        assert page.beside.preview is not None
        instead = page.beside.preview.instead
        qtbot.waitUntil(lambda: bool(instead.isVisible() and instead.findChildren(Button)), timeout=PATIENCE)
    (retry,) = [button for button in instead.findChildren(Button) if button.text() == "Try again"]
    QTest.mouseClick(retry, LEFT)
    wait_for(page, qtbot, "献立を直す")
    assert asked.actions == []  # it is about this preview, not the window's


def test_hiding_the_pane_ends_the_look(
    archive_home: ArchiveHome, open_page: Callable[[], ArchivePage], home: Path, qtbot: QtBot
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", text="献立を直す"))
    page = open_page()
    QTest.mouseClick(page.pane.preview, LEFT)
    wait_for(page, qtbot, "献立を直す")
    assert page.beside.preview is not None
    page.beside.preview.copy_id_wanted.emit()
    assert QGuiApplication.clipboard().text() == FIRST
    QTest.mouseClick(page.beside.preview.header.hide_button, LEFT)
    assert page.beside.isHidden()
    qtbot.waitUntil(lambda: left_on_disk(home) == [], timeout=PATIENCE)


def test_what_cannot_be_read_is_not_brought_by_the_arrow_keys(
    archive_home: ArchiveHome,
    open_page: Callable[[], ArchivePage],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", text="献立を直す"))
    page = open_page()
    QTest.mouseClick(page.pane.preview, LEFT)
    wait_for(page, qtbot, "献立を直す")
    row = page.model.row_at(0)
    monkeypatch.setattr("app.archiving.lifetimes.ARCHIVE_CLASSES", frozenset({"STANDARD"}))
    page.beside.show_row(None, this_computer_only=True)
    assert not page.beside.previewing()
    page.beside.show_row(row, this_computer_only=True)
    assert page.pane.lock == "locked"
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert not page.beside.previewing()
    assert page.lifetimes.dialog is not None  # it can be asked back
    page.lifetimes.dialog.reject()


def test_the_gui_thread_touches_no_file_and_no_socket(
    archive_home: ArchiveHome,
    open_page: Callable[[], ArchivePage],
    context: Context,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", companions=1, text="献立を直す"))
    context.transfers.start()
    guard = Guard()
    sys.addaudithook(guard.hook)
    install(guard, monkeypatch)
    with guard.on() as breaches:
        page = open_page()
        qtbot.waitUntil(lambda: page.pane._facts is not None, timeout=PATIENCE)
        page.search.setText("s3")
        qtbot.waitUntil(lambda: page.model.filter.typed == "s3", timeout=PATIENCE)
        page.downloads._choose_folder = lambda *_: str(tmp_path / "downloads")
        QTest.mouseClick(page.pane.download, LEFT)
        qtbot.waitUntil(
            lambda: [row.state for row in context.transfers.rows() if row.kind == "download"] == ["done"] * 2,
            timeout=PATIENCE,
        )
        QTest.mouseClick(page.pane.preview, LEFT)
        wait_for(page, qtbot, "献立を直す")
        page.beside.show_details()
        context.archive.read_titles()
        qtbot.waitUntil(
            lambda: context.archive.titles is not None and context.archive.titles.state == "ended",
            timeout=PATIENCE,
        )
        qtbot.waitUntil(lambda: not context.archive.loading, timeout=PATIENCE)
    assert breaches == []
