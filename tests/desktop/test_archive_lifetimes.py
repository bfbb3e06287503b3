"""Deleting, undeleting and asking back in the window, on a real sandbox; and what the Sessions page says then."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.archiving import queue_downloads, queue_returns, returning
from app.archiving.lifetimes import SessionsChanged
from app.desktop.archive.lifetime_dialogs import DeleteDialog, ReturnDialog
from app.desktop.archive.lifetimes import News
from app.desktop.archive.model import STORAGE, TITLE
from app.desktop.archive.page import ArchivePage
from app.desktop.transfers.actions import buttons_of, mending
from app.desktop.transfers.page import TransfersPage
from app.desktop.widgets.buttons import Button
from app.errors import NotFound, ObjectArchived
from tests.backend.strict_desk import StrictDesk
from tests.desktop.archive_home import FIRST, SECOND, ArchiveHome
from tests.desktop.gui_guard import Guard, install

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.sessions.model import Session

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


def storage(page: ArchivePage) -> dict[str, str]:
    """What the Storage column says, by title."""
    model = page.model
    cells = (
        (model.index(row, TITLE).data(), model.index(row, STORAGE).data()) for row in range(model.rowCount())
    )
    return {str(title): str(words) for title, words in cells}


def state_of(archive_home: ArchiveHome, session: Session) -> str:
    with archive_home.services() as services:
        return services.plan().of(session).state


def downloads(context: Context) -> list[str]:
    """The states of the downloads."""
    return [row.state for row in context.transfers.rows() if row.kind == "download"]


def press(page: ArchivePage, words: str) -> None:
    """A button of the strip."""
    (button,) = [one for one in page.strip.findChildren(Button) if one.isVisible() and one.text() == words]
    QTest.mouseClick(button, LEFT)


def test_what_is_deleted_with_the_keyboard_is_undone_from_the_notice(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[], ArchivePage],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = archive_home.session(FIRST, "Fix the S3 policy", companions=1)
    second = archive_home.session(SECOND, "ログ同期の修正")
    archive_home.archive(first, second)
    page = open_page()
    refreshed: list[bool] = []
    context.sessions.refresh_states = lambda: refreshed.append(True)  # type: ignore[method-assign]
    page.table.selectAll()
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    dialog = page.lifetimes.dialog
    assert isinstance(dialog, DeleteDialog)
    assert dialog.heading.text() == "Delete 2 sessions from the archive?"
    # Return destroys nothing, Escape leaves everything as it is.
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert page.strip.text() == ""
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.lifetimes.dialog is None, timeout=PATIENCE)
    assert set(storage(page).values()) == {"This computer only"}

    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    dialog = page.lifetimes.dialog
    assert isinstance(dialog, DeleteDialog)
    guard = Guard()
    sys.addaudithook(guard.hook)
    install(guard, monkeypatch)
    with guard.on() as breaches:
        QTest.mouseClick(dialog.delete, LEFT)
        assert page.strip.text() == "Deleting 2 sessions…"
        qtbot.waitUntil(lambda: set(storage(page).values()) == {"Deleted"}, timeout=PATIENCE)
    assert breaches == []
    assert page.strip.text() == "2 sessions deleted; all versions are kept."
    assert refreshed
    assert page.filters.segments._buttons[2].text() == "Deleted 2"
    assert [state_of(archive_home, one) for one in (first, second)] == ["new", "new"]

    press(page, "Undo")
    qtbot.waitUntil(lambda: set(storage(page).values()) == {"This computer only"}, timeout=PATIENCE)
    assert page.strip.text() == "2 sessions are back in the archive."
    assert [state_of(archive_home, one) for one in (first, second)] == ["archived", "archived"]
    press(page, "Close")
    assert page.strip.text() == ""


def test_a_deletion_is_undone_with_the_keys_everybody_knows(
    archive_home: ArchiveHome, open_page: Callable[[], ArchivePage], qtbot: QtBot
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    page = open_page()
    undo = QKeySequence(QKeySequence.StandardKey.Undo)
    assert undo in [QKeySequence(key) for key, _ in page.shortcuts()]
    page.table.setFocus()
    QTest.keySequence(page.table, undo)
    assert page.strip.text() == ""
    page.table.selectAll()
    page.lifetimes.delete(page.selected())
    dialog = page.lifetimes.dialog
    assert isinstance(dialog, DeleteDialog)
    QTest.mouseClick(dialog.delete, LEFT)
    qtbot.waitUntil(
        lambda: page.strip.text() == "1 session deleted; all versions are kept.", timeout=PATIENCE
    )
    qtbot.waitUntil(lambda: page.lifetimes.dialog is None, timeout=PATIENCE)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow, timeout=PATIENCE)
    page.table.setFocus()
    QTest.keySequence(page.table, undo)
    qtbot.waitUntil(lambda: page.strip.text() == "1 session is back in the archive.", timeout=PATIENCE)
    qtbot.waitUntil(lambda: set(storage(page).values()) == {"This computer only"}, timeout=PATIENCE)


def test_one_deleted_session_is_undeleted_from_its_details(
    archive_home: ArchiveHome, open_page: Callable[[], ArchivePage], qtbot: QtBot
) -> None:
    session = archive_home.session(FIRST, "Fix the S3 policy")
    (s3_key,) = archive_home.archive(session)
    archive_home.delete(s3_key)
    page = open_page()
    page.filters.segments.choose("deleted")
    page.filters.segments.chosen.emit("deleted")
    assert storage(page) == {"Fix the S3 policy": "Deleted"}
    # The listing told of a deletion that was made elsewhere.
    assert state_of(archive_home, session) == "new"
    assert (page.pane.preview.isVisible(), page.pane.undelete.isVisible()) == (False, True)
    QTest.mouseClick(page.pane.undelete, LEFT)
    here = {"Fix the S3 policy": "This computer only"}
    # With the last deleted one the choice of deleted ones goes.
    qtbot.waitUntil(lambda: storage(page) == here, timeout=PATIENCE)
    assert (page.pane.preview.isVisible(), page.pane.undelete.isVisible()) == (True, False)


def test_what_is_in_an_archive_class_is_asked_back_and_then_downloaded(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[], ArchivePage],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    session = archive_home.session(FIRST, "Fix the S3 policy", companions=1)
    archive_home.archive(session)
    archive_home.freeze("DEEP_ARCHIVE")
    page = open_page()
    begun = datetime.now(UTC)
    # Downloading and previewing lead there.
    page._download_selected(False)
    assert isinstance(page.lifetimes.dialog, ReturnDialog)
    assert page.lifetimes.dialog.download.isChecked()
    page.lifetimes.dialog.reject()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    dialog = page.lifetimes.dialog
    assert isinstance(dialog, ReturnDialog)
    assert not page.beside.previewing()
    assert [dialog.standard.line, dialog.bulk.line] == ["Usually within 12 hours", "Usually within 48 hours"]
    QTest.mouseClick(dialog.bulk, LEFT, pos=dialog.bulk.rect().center())
    dialog.choose_days(3)
    assert (dialog.tier, dialog.days) == ("Bulk", 3)
    assert not dialog.download.isChecked()
    QTest.mouseClick(dialog.go_on, LEFT)
    qtbot.waitUntil(lambda: storage(page)["Fix the S3 policy"].startswith("Expected "), timeout=PATIENCE)
    told = page.model.index(0, TITLE).data(Qt.ItemDataRole.AccessibleTextRole)
    assert ", Coming back, expected by " in told
    assert page.strip.text() == "S3 is bringing 1 session back."
    qtbot.waitUntil(lambda: page.pane._facts is not None, timeout=PATIENCE)
    returning = page.model.row_at(0).returning
    assert returning is not None
    assert returning.expected_by is not None
    assert returning.expected_by >= begun + timedelta(hours=47)
    assert page.pane.notice.text.text().startswith("Coming back, expected by ")

    # It is still known when the program is started anew.
    StrictDesk(archive_home.sandbox()).finish_restores()
    context.archive.refresh()
    qtbot.waitUntil(lambda: storage(page)["Fix the S3 policy"].startswith("Until "), timeout=PATIENCE)
    available = "Available until "
    qtbot.waitUntil(lambda: page.pane.notice.text.text().startswith(available), timeout=PATIENCE)
    page.downloads._choose_folder = lambda *_: str(tmp_path / "back")
    (tmp_path / "back").mkdir()
    context.transfers.start()
    QTest.mouseClick(page.pane.download, LEFT)
    qtbot.waitUntil(
        lambda: [row.state for row in context.transfers.rows() if row.kind == "download"] == ["done"] * 2,
        timeout=PATIENCE,
    )
    brought = {file.read_bytes() for file in (tmp_path / "back").rglob("*.jsonl")}
    assert brought == {file.path.read_bytes() for file in session.files}


def test_downloading_what_is_in_an_archive_class_asks_waits_and_brings_in_one_step(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[], ArchivePage],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (returning, queue_downloads, queue_returns):
        monkeypatch.setattr(module, "FIRST_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(returning, "LONGEST_LOOK_SECONDS", 0.1)
    session = archive_home.session(FIRST, "Fix the S3 policy")
    archive_home.archive(session)
    archive_home.freeze("GLACIER")
    page = open_page()
    page.downloads._choose_folder = lambda *_: str(tmp_path / "back")
    context.transfers.start()
    page.table.selectAll()
    page._download_selected(False)
    dialog = page.lifetimes.dialog
    assert isinstance(dialog, ReturnDialog)
    QTest.mouseClick(dialog.go_on, LEFT)

    qtbot.waitUntil(lambda: downloads(context) == ["returning"], timeout=PATIENCE)
    assert page.strip.text().startswith("S3 is asked for its return; then it is downloaded to ")
    # The archive's list shows it without being asked.
    qtbot.waitUntil(lambda: storage(page)["Fix the S3 policy"].startswith("Expected "), timeout=PATIENCE)
    # Another download of it, from the button that is there now, waits beside the first.
    qtbot.waitUntil(page.pane.download.isVisible, timeout=PATIENCE)
    assert page.pane.notice.text.text().endswith("A download waits until it is there.")
    page.pane.download_wanted.emit(page.pane.session, True)
    qtbot.waitUntil(lambda: downloads(context) == ["returning"] * 2, timeout=PATIENCE)

    StrictDesk(archive_home.sandbox()).finish_restores()
    qtbot.waitUntil(lambda: downloads(context) == ["done"] * 2, timeout=PATIENCE)
    brought = {file.read_bytes() for file in (tmp_path / "back").rglob("*.jsonl")}
    assert brought == {session.files[0].path.read_bytes()}


def test_a_failed_download_of_such_an_object_is_asked_back_from_its_row(
    context: Context, archive_home: ArchiveHome, tmp_path: Path, qtbot: QtBot
) -> None:
    (s3_key,) = archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    archive_home.freeze("GLACIER")
    page = TransfersPage(context)
    qtbot.addWidget(page)
    context.transfers.start()
    context.transfers.add_download(s3_key, tmp_path / "back", title="Fix the S3 policy", size=1)
    qtbot.waitUntil(lambda: downloads(context) == ["failed"], timeout=PATIENCE)
    [row] = [row for row in context.transfers.rows() if row.kind == "download"]
    assert mending(row, context.messages) == "ask-return"
    assert buttons_of(row, context.messages)[0] == "mend"

    page.doing.act("mend", [row])
    dialog = page.doing.dialog
    assert isinstance(dialog, ReturnDialog)
    dialog.choose_days(2)
    QTest.mouseClick(dialog.go_on, LEFT)

    qtbot.waitUntil(lambda: downloads(context) == ["returning"], timeout=PATIENCE)


def test_a_deleted_session_in_an_archive_class_is_asked_back_first(
    archive_home: ArchiveHome, open_page: Callable[[], ArchivePage], qtbot: QtBot
) -> None:
    (s3_key,) = archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    archive_home.freeze("GLACIER")
    archive_home.delete(s3_key)
    page = open_page()
    assert "Ask for its return first" in page.pane.notice.text.text()
    assert not page.pane.undelete.isEnabled()
    QTest.mouseClick(page.pane.ask, LEFT)
    assert isinstance(page.lifetimes.dialog, ReturnDialog)
    assert page.lifetimes.dialog.bulk.line == "Usually within 5 to 12 hours"
    QTest.mouseClick(page.lifetimes.dialog.go_on, LEFT)
    qtbot.waitUntil(lambda: page.strip.text() == "S3 is bringing 1 session back.", timeout=PATIENCE)
    StrictDesk(archive_home.sandbox()).finish_restores()
    page.context.archive.refresh()
    qtbot.waitUntil(page.pane.undelete.isEnabled, timeout=PATIENCE)
    QTest.mouseClick(page.pane.undelete, LEFT)
    qtbot.waitUntil(lambda: page.strip.text() == "1 session is back in the archive.", timeout=PATIENCE)


def test_what_goes_wrong_is_said_with_a_next_step(
    archive_home: ArchiveHome, open_page: Callable[[], ArchivePage], qtbot: QtBot
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix it"), archive_home.session(SECOND, "ログ"))
    page = open_page()
    first, second = page.model.row_at(0).session, page.model.row_at(1).session
    refused = NotFound(s3Key=first.main.s3_key)
    page.strip.say_news(News("delete", 2, SessionsChanged((second,), ((first, refused),))))
    assert page.strip.text() == (
        "1 session deleted; all versions are kept. 1 session could not be deleted: The archive does not have it."
        " Read the archive again."
    )
    press(page, "Copy details")
    assert "not-found" in QApplication.clipboard().text()
    undone: list[object] = []
    page.strip.undo_wanted.disconnect(page.lifetimes.undo_delete)
    page.strip.undo_wanted.connect(undone.append)
    press(page, "Undo")
    assert undone[-1] == (second,)

    cold = ObjectArchived(s3Key=first.main.s3_key, storageClass="GLACIER", restore=None)
    page.strip.say_news(News("undelete", 1, SessionsChanged((), ((first, cold),))))
    assert page.strip.kind == "bad"
    page.strip.say_news(News("return", 1, error=refused))
    assert page.strip.text().startswith("1 session could not be asked for: ")
    qtbot.waitUntil(lambda: not page.context.archive.loading, timeout=PATIENCE)
