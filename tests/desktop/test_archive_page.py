"""The Archive page as a person uses it: looks, searches, downloads; the real engine and a real sandbox behind it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.archiving.archived_sessions import by_session
from app.desktop.archive.controller import TitlesRead
from app.desktop.archive.details_rows import fill_details
from app.desktop.archive.loading import Facts, load_facts
from app.desktop.archive.model import PROJECT, STORAGE
from app.desktop.archive.page import ArchivePage
from app.desktop.widgets.buttons import Button, IconButton
from app.desktop.widgets.details import CopyableId, Details
from app.errors import NotFound, Unreachable
from app.remote.protocol import HeadReply
from app.storage.window_state import TableState, WindowState
from app.transfer.object_marks import Return
from tests.desktop.archive_home import FIRST, SECOND, ArchiveHome, details_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QPainter
    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from tests.desktop.conftest import Asked

PATIENCE = 30_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def archive_home(home: Path, tmp_path: Path) -> ArchiveHome:
    return ArchiveHome(home, tmp_path / "logs")


@pytest.fixture
def open_page(qtbot: QtBot) -> Callable[[Context], ArchivePage]:
    """The page in a window, with what there is loaded."""

    def open_it(context: Context) -> ArchivePage:
        page = ArchivePage(context)
        qtbot.addWidget(page)
        page.resize(1088, 800)
        page.show()
        page.shown()
        qtbot.waitUntil(lambda: not context.archive.loading, timeout=PATIENCE)
        return page

    return open_it


def wait_for_facts(page: ArchivePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.pane._facts is not None, timeout=PATIENCE)


# ---- looking ------------------------------------------------------------------------------------------------


def test_nothing_archived_yet_leads_to_the_sessions(
    context: Context, open_page: Callable[[Context], ArchivePage], qtbot: QtBot, asked: Asked
) -> None:
    page = open_page(context)
    assert page.empty.shown == "nothing"
    assert page.beside.isHidden()
    (button,) = page.empty.view().findChildren(Button)
    QTest.mouseClick(button, LEFT)
    assert asked.pages == ["sessions"]


def test_the_session_archived_last_is_looked_at_first(
    context: Context, archive_home: ArchiveHome, open_page: Callable[[Context], ArchivePage], qtbot: QtBot
) -> None:
    session = archive_home.session(FIRST, "Fix the S3 policy", companions=2)
    (s3_key,) = archive_home.archive(session)
    page = open_page(context)
    assert page.table.isVisible()
    assert page.summary.text().startswith("1 session · ")
    assert page.summary.text().endswith(" stored on this computer only")
    assert page.pane.title.text() == "Fix the S3 policy"
    assert page.pane.subtitle.text() == "Claude Code · recipe-box"
    wait_for_facts(page, qtbot)
    told = details_of(page)
    assert told["State"] == "This computer only"  # never a bare tick
    assert told["Files"] == "1 log, 2 companions"
    assert told["Key"] == s3_key
    # The sandbox says KMS, as S3 would; what it holds lies on this computer's disk as any file does.
    assert told["Encrypted"] == "Only if this computer's disk is"
    assert told["SHA-256"] == hashlib.sha256(session.path.read_bytes()).hexdigest()
    assert told["Stored"].endswith(", zstd")
    assert len(page.pane.versions.rows()) == 1
    elsewhere = Details(context.look)
    qtbot.addWidget(elsewhere)
    row, facts = page.model.row_at(0), page.pane._facts
    fill_details(elsewhere, row, facts, this_computer_only=False, asking=False)
    assert any(
        label.accessibleName().startswith("Encrypted: KMS · ") for label in elsewhere.findChildren(QLabel)
    )

    # An id is copied whole, by the keyboard too.
    ids = {one.accessibleName(): one for one in page.pane.details.findChildren(CopyableId)}
    QTest.keyClick(ids[f"Key: {s3_key}"], Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == s3_key

    # Every control has a name.
    focusable = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible()
    ]
    assert len(focusable) > 10
    assert [widget for widget in focusable if not widget.accessibleName()] == []
    assert all(button.toolTip() for button in page.findChildren(IconButton))


def test_what_is_typed_is_searched_for(
    context: Context, archive_home: ArchiveHome, open_page: Callable[[Context], ArchivePage], qtbot: QtBot
) -> None:
    archive_home.archive(
        archive_home.session(FIRST, "Fix the S3 policy"), archive_home.session(SECOND, "ログ")
    )
    page = open_page(context)
    assert page.model.rowCount() == 2
    page.start_search()
    page.search.insert("ﾛｸﾞ")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE)
    QTest.keyClicks(page.search, "zzz")
    qtbot.waitUntil(page.empty.isVisible, timeout=PATIENCE)
    assert page.empty.shown == "filtered"
    (button,) = page.empty.view().findChildren(Button)
    QTest.mouseClick(button, LEFT)
    assert page.model.rowCount() == 2
    assert page.search.text() == ""


def test_a_refresh_keeps_what_is_selected(
    context: Context, archive_home: ArchiveHome, open_page: Callable[[Context], ArchivePage], qtbot: QtBot
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    page = open_page(context)
    wait_for_facts(page, qtbot)
    facts = page.pane._facts
    archive_home.archive(archive_home.session(SECOND, "ログ同期の修正"))
    QTest.keyClick(page, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=PATIENCE)
    assert [session.title for session in page.selected()] == ["Fix the S3 policy"]
    assert page.pane._facts is facts  # nothing was asked again


def test_sessions_that_are_gone_from_this_computer_are_found(
    context: Context, archive_home: ArchiveHome, open_page: Callable[[Context], ArchivePage], qtbot: QtBot
) -> None:
    archive_home.archive(
        archive_home.session(FIRST, "Fix the S3 policy"), archive_home.session(SECOND, "ログ")
    )
    page = open_page(context)
    assert page.filters.segments._buttons[1].text() == "Only in the archive"
    context.sessions.sessions = [(archive_home.session(FIRST, "Fix the S3 policy"), "archived")]
    context.sessions.looked = True
    context.sessions.listed.emit(context.sessions.sessions)
    assert page.filters.segments._buttons[1].text() == "Only in the archive 1"
    QTest.mouseClick(page.filters.segments._buttons[1], LEFT)
    assert [page.model.row_at(row).session.title for row in range(page.model.rowCount())] == ["ログ"]


# ---- what goes wrong ----------------------------------------------------------------------------------------


def test_what_is_in_an_archive_class_says_so_before_it_is_tried(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    page = open_page(context)
    wait_for_facts(page, qtbot)

    def as_if(returning: Return | None, storage_class: str = "DEEP_ARCHIVE") -> None:
        head = HeadReply(size=1, storage_class=storage_class)
        assert page.pane._facts is not None
        page.pane._told(Facts(head, page.pane._facts.versions, None, None, returning))

    later = datetime(2030, 12, 1, tzinfo=UTC)
    as_if(None)
    assert "lies in Deep Archive and cannot be read at once" in page.pane.notice.text.text()
    assert (page.pane.ask.isVisible(), page.pane.download.isVisible()) == (True, False)
    assert not any(button.isEnabled() for button in page.pane.versions.rows()[0].findChildren(IconButton))
    as_if(Return(later, None))
    assert page.pane.notice.text.text().startswith("Coming back, expected by ")
    assert (page.pane.ask.isVisible(), page.pane.download.isEnabled()) == (False, True)
    as_if(Return(later, later))
    assert page.pane.notice.text.text().startswith("Available until ")
    assert page.pane.download.isEnabled()
    # Out of an archive tier, whose class says nothing of it.
    as_if(Return(None, None), "INTELLIGENT_TIERING")
    assert page.pane.notice.text.text() == "Coming back. A download waits until it is there."
    assert (page.pane.ask.isVisible(), page.pane.preview.isEnabled()) == (False, False)
    as_if(None, "INTELLIGENT_TIERING")
    assert page.pane.preview.isEnabled()


def test_what_s3_brings_back_though_its_class_does_not_say_so_is_told_as_coming(
    archive_home: ArchiveHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    with archive_home.services() as services:
        [session] = by_session(services.history.latest())
        assert load_facts(services, session).returning is None
        coming = HeadReply(
            size=1, storage_class="INTELLIGENT_TIERING", restore={"state": "in-progress", "expiresAt": None}
        )
        monkeypatch.setattr(services.connection.presign, "head", lambda _requests: [coming])
        assert load_facts(services, session).returning == Return(None, None)


def test_what_s3_does_not_answer_is_explained_where_it_was_asked(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    page = open_page(context)
    wait_for_facts(page, qtbot)
    page.pane._failed(Unreachable(host="abc", reason="timed out"))
    assert page.pane.problem.isVisible()
    assert page.pane.title.text() == "Fix the S3 policy"  # what is known stays
    retry = page.pane.problem.findChildren(Button)[0]
    assert retry.text() == "Try again"
    page.pane._facts = None
    QTest.mouseClick(retry, LEFT)
    wait_for_facts(page, qtbot)
    assert page.pane.problem.isHidden()

    # When nothing can be loaded the list stays, and says of when it is.
    context.archive._failed(Unreachable(host="abc", reason="timed out"))
    assert page.model.rowCount() == 1
    assert "This is the list as of " in page.strip.text()
    _, again = page.strip._buttons
    QTest.mouseClick(again, LEFT)
    qtbot.waitUntil(lambda: page.strip.text() == "", timeout=PATIENCE)


def test_an_archive_that_cannot_be_reached_says_why(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
) -> None:
    page = open_page(context)
    context.archive._listing = None
    context.archive._failed(Unreachable(host="abc", reason="timed out"))
    assert page.empty.shown == "trouble"
    copy, retry = page.empty.view().findChildren(Button)
    QTest.mouseClick(copy, LEFT)
    assert "unreachable" in QGuiApplication.clipboard().text()
    QTest.mouseClick(retry, LEFT)
    qtbot.waitUntil(lambda: page.empty.shown == "nothing", timeout=PATIENCE)


def test_missing_titles_are_offered_to_be_read_again(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "x", text="献立を直す"), index=False)
    page = open_page(context)
    assert page.strip.text() == "1 session has no title here."
    (button,) = page.strip._buttons
    QTest.mouseClick(button, LEFT)
    assert page.strip.text().startswith("Reading the titles again…")
    qtbot.waitUntil(lambda: page.strip.text() == "1 session has its title again.", timeout=PATIENCE)
    qtbot.waitUntil(lambda: not context.archive.loading, timeout=PATIENCE)
    assert page.model.row_at(0).session.title.startswith("献立を直す")
    (close,) = page.strip._buttons
    QTest.mouseClick(close, LEFT)
    assert page.strip.text() == ""


def test_titles_that_cannot_be_read_are_not_offered_for_ever(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "x"), index=False)
    page = open_page(context)
    context.archive._say_titles(TitlesRead("failed", error=NotFound(s3Key="x")))
    _, close = page.strip._buttons
    QTest.mouseClick(close, LEFT)
    assert page.strip.text() == ""


# ---- the frame ----------------------------------------------------------------------------------------------


def test_the_details_give_way_and_come_back(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    page = open_page(context)
    page.beside.hidden_by_person.emit()
    assert page.beside.isHidden()
    assert page._show_details.isVisible()
    again = ArchivePage(context)  # as after a change of language
    qtbot.addWidget(again)
    assert again.beside.isHidden()
    QTest.mouseClick(page._show_details, LEFT)
    assert page.beside.isVisible()
    page.resize(528, 480)  # no room beside the list
    assert page.beside.isHidden()
    assert page.table.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.beside.isVisible()
    assert not page.table.isVisible()


def test_what_is_deleted_shows_in_a_window_of_any_width(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (s3_key,) = archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    archive_home.delete(s3_key)
    page = open_page(context)
    painted: list[str] = []
    paint = context.look.icons.paint

    def note(painter: QPainter, name: str, *rest: object) -> None:
        painted.append(name)
        paint(painter, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(context.look.icons, "paint", note)
    for width, project, storage in ((1088, False, False), (640, True, False), (480, True, True)):
        page.resize(width, 640)
        assert page.table.isColumnHidden(PROJECT) is project
        assert page.table.isColumnHidden(STORAGE) is storage
        painted.clear()
        page.table.viewport().grab()
        assert painted.count("trash") == 1


def test_the_table_is_as_it_was_left(make_context: Callable[..., Context], home: Path, qtbot: QtBot) -> None:
    state = WindowState(
        tables={"archive": TableState(widths={"project": 200}, sort_column="title", sort_descending=False)}
    )
    context = make_context(home, state=state)
    page = ArchivePage(context)
    qtbot.addWidget(page)
    assert page.table.column_widths()["project"] == 200
    assert page.table.header().sortIndicatorSection() == 0
    page.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    kept = context.window_state.table("archive")
    assert kept is not None
    assert (kept.sort_column, kept.sort_descending) == ("stored", True)
