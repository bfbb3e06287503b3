"""The Sessions page as a person uses it: list, search, select, archive, and what it says when there is nothing."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.desktop.sessions.page import SessionsPage
from app.desktop.sessions.path_list import PathList
from app.errors import DiskFull
from app.sessions.index import InspectReport, ScanProgress
from app.sessions.notes import Problem
from app.sessions.places import Place
from app.storage.window_state import WindowState
from tests.desktop.gui_guard import Guard, install
from tests.desktop.made_sessions import NOW, made_session
from tests.desktop.user_logs import UserLogs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import Qt as QtCoreQt
    from pytestqt.qtbot import QtBot

    from app.archiving.plan import SessionState
    from app.desktop.context import Context
    from app.desktop.i18n import Translations
    from app.desktop.widgets.buttons import Button
    from app.sessions.model import Session

    Listed = tuple[Session, SessionState]
    OpenPage = Callable[..., SessionsPage]

PATIENCE = 30_000
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def open_page(context: Context, qtbot: QtBot) -> OpenPage:
    """A maker of pages: `open_page(listed, looked=True, preview=False)`, shown in a window of 900 by 600."""

    def make(
        listed: list[Listed] | None = None, *, looked: bool = True, preview: bool = False
    ) -> SessionsPage:
        context.sessions.sessions = list(listed or [])
        context.sessions.looked = looked
        context.window_state.keep("sessions.preview-shown", preview)
        page = SessionsPage(context)
        page.model._clock = lambda: NOW
        qtbot.addWidget(page)
        page.resize(900, 600)
        page.show()
        page.shown()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow, timeout=PATIENCE)
        return page

    return make


def sessions_of(*states: SessionState) -> list[Listed]:
    """Sessions s0, s1 … of 1 MB each, in these states."""
    return [
        (made_session(f"s{number}", age=timedelta(minutes=number), size=1_000_000), state)
        for number, state in enumerate(states)
    ]


def names(page: SessionsPage) -> list[str]:
    return [row.session.session_id for row in page.model.shown]


def settled(qtbot: QtBot, page: SessionsPage, told: str) -> None:
    """Wait until the foot says so."""
    qtbot.waitUntil(lambda: page.foot.told.text() == told, timeout=PATIENCE)


def strip_buttons(page: SessionsPage) -> dict[str, Button]:
    return {button.text(): button for button in page.strip._buttons}


# ---- selecting and archiving ------------------------------------------------------------------------------


def test_with_nothing_selected_the_foot_says_what_is_listed_and_why_nothing_can_be_archived(
    open_page: OpenPage, qtbot: QtBot
) -> None:
    page = open_page(sessions_of("new", "archived"))
    settled(qtbot, page, "2 sessions · 2.0 MB")
    assert not page.foot.archive.isEnabled()
    assert page.foot.archive.toolTip() == "Select the sessions to archive."
    assert page.foot.clear.isHidden()


@pytest.mark.parametrize(
    ("states", "button", "reason"),
    [
        (("new",), "Archive 1 session", ""),
        (("new", "changed", "failed", "archived", "queued"), "Archive 3 sessions", ""),
        (("archived", "archived"), "Archive", "What is selected is archived already."),
        (("archived", "uploading"), "Archive", "What is selected is archived already, or on its way."),
    ],
)
def test_the_button_counts_what_is_not_archived(
    open_page: OpenPage, qtbot: QtBot, states: tuple[SessionState, ...], button: str, reason: str
) -> None:
    page = open_page(sessions_of(*states))
    page.table.selectAll()
    settled(qtbot, page, f"{len(states)} selected · {len(states)}.0 MB")
    assert page.foot.archive.text() == button
    assert page.foot.archive.isEnabled() is not bool(reason)
    assert page.foot.archive.toolTip() == reason
    page.foot.clear.click()
    assert page.table.selected() == []


def test_archiving_sends_what_is_selected_and_not_archived(
    open_page: OpenPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(sessions_of("new", "archived", "failed", "new"))
    sent: list[list[str]] = []
    monkeypatch.setattr(
        context.transfers, "add_sessions", lambda wanted: sent.append([one.session_id for one in wanted])
    )
    page.controller._positions = {row.session.identity: n for n, row in enumerate(page.model.listed)}
    page.table.select_numbers([0, 1, 2])
    QTest.keyClick(page.table, Qt.Key.Key_Return, CTRL)
    assert sent == [["s0", "s2"]]


def test_a_session_is_archived_from_the_page_without_a_file_touched_by_the_window(
    context: Context,
    user_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    logs = UserLogs(user_folder / ".claude")
    for name in ("first", "second"):
        logs.write(name)
    guard = Guard()
    sys.addaudithook(guard.hook)
    install(guard, monkeypatch)
    with guard.on() as breaches:
        page = SessionsPage(context)
        qtbot.addWidget(page)
        page.resize(1100, 600)
        page.show()
        page.shown()
        context.account.load()
        context.transfers.start()
        context.sessions.start()
        qtbot.waitUntil(lambda: len(page.model.shown) == 2, timeout=PATIENCE)
        page.table.select_row(0)
        qtbot.waitUntil(page.foot.archive.isEnabled, timeout=PATIENCE)
        page.foot.archive.click()
        qtbot.waitUntil(lambda: page.model.shown[0].state == "archived", timeout=PATIENCE)
        cell = page.model.index(0, 0)
        qtbot.waitUntil(lambda: cell.data() == "This computer only", timeout=PATIENCE)
        page.search.setText("second")
        qtbot.waitUntil(lambda: len(page.model.shown) == 1, timeout=PATIENCE)
        page.grab()
    context.sessions.stop()
    assert breaches == []


# ---- searching and filtering ------------------------------------------------------------------------------


def test_searching_lists_what_matches_and_clearing_lists_everything(
    open_page: OpenPage, qtbot: QtBot
) -> None:
    page = open_page(sessions_of("new", "new", "archived"))
    page.start_search()
    QTest.keyClicks(page.search, "s1")
    qtbot.waitUntil(lambda: names(page) == ["s1"], timeout=PATIENCE)
    QTest.keyClicks(page.search, "xyz")
    qtbot.waitUntil(lambda: page.body.currentWidget() is page.no_match, timeout=PATIENCE)
    page.clear_button.click()
    assert page.body.currentWidget() is page.table
    assert (names(page), page.search.text()) == (["s0", "s1", "s2"], "")


def test_segments_count_everything_and_filter(open_page: OpenPage) -> None:
    soon = made_session("soon", deleted_in=timedelta(days=1), age=timedelta(days=3))
    page = open_page([*sessions_of("new", "archived"), (soon, "changed")])
    buttons = {button.key: button for button in page.filters.segments._buttons}
    assert [button.text() for button in buttons.values()] == ["All 3", "Not archived 2", "Deleted soon 1"]
    buttons["open"].click()
    assert names(page) == ["s0", "soon"]
    buttons["soon"].click()
    assert names(page) == ["soon"]


def test_a_filter_of_what_is_gone_is_lifted(open_page: OpenPage, context: Context) -> None:
    other = made_session("other", project="/srv/other")
    page = open_page([*sessions_of("new"), (other, "new")])
    page.filters.projects.choose("=/srv/other")
    page.filters.changed.emit()
    assert names(page) == ["other"]
    assert page.filters.projects.text() == "other"
    context.sessions.listed.emit(sessions_of("new"))
    assert names(page) == ["s0"]
    assert page.filters.projects.text() == "All projects"


def test_projects_of_the_same_name_are_told_apart(open_page: OpenPage) -> None:
    projects = ("/home/aki/app", "/srv/app", "C:\\work\\tool", None)
    page = open_page([(made_session(f"s{n}", project=one), "new") for n, one in enumerate(projects)])
    choices = dict(page.filters.projects._choices)
    assert list(choices.values()) == ["All projects", "aki/app", "srv/app", "tool", "No project"]


# ---- the strip --------------------------------------------------------------------------------------------


def test_the_most_important_thing_is_said(open_page: OpenPage, context: Context) -> None:
    soon = made_session("soon", deleted_in=timedelta(days=1))
    page = open_page([*sessions_of("new"), (soon, "new")])
    page.model.set_this_computer_only(True)
    page.strip.set_this_computer_only(True)
    context.sessions.problems_changed.emit((Problem("/srv/log", "unreadable"),))
    missing = Problem("/home/aki/notes.txt", "missing")
    context.sessions.taken.emit(InspectReport((), (missing,)), ("/home/aki/notes.txt",))
    context.sessions.trouble.emit(DiskFull(path="/home/aki"))
    said = [page.strip.text()]
    context.sessions.trouble.emit(None)
    said.append(page.strip.text())
    strip_buttons(page)["Close"].click()
    said.append(page.strip.text())
    context.sessions.states_changed.emit({soon.identity: "queued"})
    said.append(page.strip.text())
    page.strip.set_this_computer_only(False)
    said.append(page.strip.text())
    strip_buttons(page)["Close"].click()
    assert page.strip.isHidden()
    assert said[0].startswith("The disk is full")
    assert said[1:] == [
        "“notes.txt” is not there",
        "1 session will be deleted by Claude Code within 2 days",
        "Archived sessions are on this computer only. No copy exists elsewhere.",
        "“log” cannot be read",
    ]


def test_what_is_deleted_soon_can_be_shown_and_archived(
    open_page: OpenPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = timedelta(days=1)
    listed: list[Listed] = [
        (made_session("safe", deleted_in=days), "archived"),
        (made_session("one", deleted_in=days), "new"),
        (made_session("two", deleted_in=2 * days), "changed"),
        (made_session("later", deleted_in=3 * days), "new"),
    ]
    page = open_page(listed)
    assert page.strip.text() == "2 sessions will be deleted by Claude Code within 2 days"
    strip_buttons(page)["Show them"].click()
    assert sorted(names(page)) == ["one", "safe", "two"]
    assert sorted(row.session.session_id for row in page.table.selected()) == ["one", "two"]
    archived: list[list[str]] = []
    monkeypatch.setattr(context.sessions, "archive", lambda wanted: archived.append([i for _, i in wanted]))
    strip_buttons(page)["Archive both"].click()
    assert [sorted(one) for one in archived] == [["one", "two"]]


@pytest.mark.parametrize(
    ("added", "problems", "paths", "words", "buttons"),
    [
        (2, 0, 2, "2 sessions were added and are being archived", ["Show transfers", "Close"]),
        (1, 2, 3, "1 session is being archived, 2 items were left out", ["Show them", "Close"]),
        (0, 2, 2, "2 items were left out", ["Show them", "Close"]),
        (0, 0, 1, "There is nothing to archive in “p0”", ["Close"]),
        (0, 0, 2, "There is nothing to archive there", ["Close"]),
    ],
)
def test_what_became_of_dropped_files_is_said(
    open_page: OpenPage,
    context: Context,
    added: int,
    problems: int,
    paths: int,
    words: str,
    buttons: list[str],
) -> None:
    page = open_page(sessions_of("new"))
    report = InspectReport(
        tuple(made_session(f"d{n}") for n in range(added)),
        tuple(Problem(f"/srv/x{n}", "unreadable") for n in range(problems)),
    )
    context.sessions.taken.emit(report, tuple(f"/srv/p{n}" for n in range(paths)))
    assert page.strip.text() == words
    assert list(strip_buttons(page)) == buttons


def test_an_error_has_the_button_that_mends_it_and_details_to_copy(
    open_page: OpenPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(sessions_of("new"))
    scans: list[int] = []
    monkeypatch.setattr(context.sessions, "rescan", lambda: scans.append(1))
    context.sessions.trouble.emit(DiskFull(path="/home/aki"))
    strip_buttons(page)["Copy details"].click()
    assert "disk-full" in QGuiApplication.clipboard().text()
    strip_buttons(page)["Try again"].click()
    assert scans == [1]


# ---- nothing to list --------------------------------------------------------------------------------------


def test_no_session_at_all_is_the_place_to_drop_files(
    open_page: OpenPage, context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_page()
    assert page.body.currentWidget() is page.no_sessions
    assert (page.filters.isHidden(), page.foot.isHidden(), page.search.isHidden()) == (True, True, True)
    assert not page.scan_again.isHidden()
    places = [
        Place("claude-code", tmp_path / "projects", "missing", 0, 0, None),
        Place("files", tmp_path / "logs", "unreadable", 0, 0, None),
    ]
    context.sessions.places = places
    context.sessions.places_changed.emit(places)
    assert page.no_sessions.looked.text() == "Looked in 2 places"
    asked: list[str] = []
    monkeypatch.setattr(PathList, "ask", lambda dialog: asked.append(dialog.windowTitle()))
    page.no_sessions.show_them.click()
    assert asked == ["Places looked in — Chat Log Uploader"]
    took: list[list[str]] = []
    monkeypatch.setattr(context.sessions, "take_paths", took.append)
    file = str(tmp_path / "log.jsonl")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([file], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    page.choose_files()
    page.choose_folder()
    assert took == [[file], []]
    assert context.window_state.folder("archive") == str(tmp_path)


def test_before_the_first_scan_has_ended_it_is_looking(open_page: OpenPage, context: Context) -> None:
    page = open_page(looked=False)
    assert page.body.currentWidget() is page.looking
    context.sessions.sessions = sessions_of("new")
    context.sessions.listed.emit(context.sessions.sessions)
    assert page.body.currentWidget() is page.table
    assert not page.filters.isHidden()


def test_a_bug_in_the_first_scan_is_not_taken_for_an_empty_computer(
    open_page: OpenPage, context: Context
) -> None:
    page = open_page(looked=False)
    context.sessions._crashed(RuntimeError("a bug"))
    assert page.body.currentWidget() is page.no_list
    assert not page.scan_again.isHidden()
    context.sessions.trouble.emit(DiskFull(path="/home/aki"))
    assert page.body.currentWidget() is page.no_list
    # Of a computer that was looked through, a later bug says nothing.
    context.sessions.looked = True
    context.sessions._crashed(RuntimeError("a bug"))
    assert page.body.currentWidget() is page.no_sessions


def test_a_scan_is_told_without_moving_anything(open_page: OpenPage, context: Context, qtbot: QtBot) -> None:
    page = open_page(sessions_of("new"))
    place = page.table.geometry()
    context.sessions.progress = ScanProgress(
        found=400, to_read=312, read=120, bytes_to_read=100, bytes_read=40
    )
    context.sessions.scan_changed.emit(context.sessions.progress)
    qtbot.waitUntil(lambda: page.scan_line.text() == "Reading 120 of 312 sessions…", timeout=PATIENCE)
    assert page.table.geometry() == place
    context.sessions.progress = None
    context.sessions.scan_changed.emit(None)
    assert page.scan_line.text() == ""


# ---- the row's menu and keys ------------------------------------------------------------------------------


def test_the_menu_says_what_it_will_do(open_page: OpenPage) -> None:
    page = open_page(sessions_of("new", "new", "archived"))
    page.table.select_numbers([0, 1, 2])
    words = [action.text() for action in page.row_actions.make_menu().actions() if action.text()]
    assert words == ["Archive 2 sessions", "Preview", "Show in Files", "Copy session IDs"]
    page.table.select_numbers([2])
    archive, *_, copy = page.row_actions.make_menu().actions()
    assert (archive.text(), archive.isEnabled(), copy.text()) == ("Archive", False, "Copy session ID")


def test_ids_are_copied_one_a_line(open_page: OpenPage) -> None:
    page = open_page(sessions_of("new", "new", "new"))
    page.table.setFocus()
    page.table.select_numbers([0, 2])
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "s0\ns2"


def test_a_file_that_is_gone_cannot_be_shown_and_that_is_said(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(sessions_of("new"))
    page.table.select_row(0)
    page.row_actions.reveal()
    qtbot.waitUntil(lambda: page.strip.kind == "bad" and not page.strip.isHidden(), timeout=PATIENCE)
    strip_buttons(page)["Close"].click()
    assert page.strip.isHidden()


def test_all_that_is_listed_is_selected_by_key(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(sessions_of("new", "new", "new"))
    page.search.setText("s1")
    qtbot.waitUntil(lambda: names(page) == ["s1"], timeout=PATIENCE)
    QTest.keyClick(page.table, Qt.Key.Key_A, CTRL)
    assert [row.session.session_id for row in page.table.selected()] == ["s1"]


@pytest.mark.parametrize("key", [(Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_R, CTRL)])
def test_a_key_scans_again(
    open_page: OpenPage,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
    key: tuple[QtCoreQt.Key, QtCoreQt.KeyboardModifier],
) -> None:
    page = open_page(sessions_of("new"))
    scans: list[int] = []
    monkeypatch.setattr(context.sessions, "rescan", lambda: scans.append(1))
    QTest.keyClick(page.table, *key)
    assert scans == [1]


# ---- the preview ------------------------------------------------------------------------------------------


def test_the_preview_follows_the_selection_and_can_be_hidden(
    open_page: OpenPage, context: Context, user_folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(sessions_of("new", "new"), preview=True)
    page.resize(1100, 600)
    qtbot.waitUntil(lambda: page.beside.preview_shown, timeout=PATIENCE)
    pane = page.beside._pane
    assert pane is not None
    told: list[str] = []
    monkeypatch.setattr(pane, "show_session", lambda session: told.append(session.session_id))
    page.table.select_row(0)
    page.table.select_row(1)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    # Only what the selection rested on is opened.
    assert told == ["s1"]
    assert page.preview_button.isHidden()
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    assert not page.beside.preview_shown
    assert not page.preview_button.isHidden()
    assert context.window_state.value("sessions.preview-shown", True) is False
    page.preview_button.click()
    assert page.beside.preview_shown


def test_the_preview_gives_way_where_there_is_no_room(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(sessions_of("new"), preview=True)
    page.resize(1100, 600)
    qtbot.waitUntil(lambda: page.beside.preview_shown, timeout=PATIENCE)
    page.resize(600, 600)
    qtbot.waitUntil(lambda: not page.beside.preview_shown, timeout=PATIENCE)
    page.resize(1100, 600)
    qtbot.waitUntil(lambda: page.beside.preview_shown, timeout=PATIENCE)


# ---- what is remembered -----------------------------------------------------------------------------------


def test_the_order_is_remembered_and_the_search_is_not(
    make_context: Callable[..., Context], home: Path, qtbot: QtBot
) -> None:
    context = make_context(home, state=WindowState())
    context.window_state.keep("sessions.preview-shown", False)
    context.sessions.sessions = [
        (made_session(name, size=size), "new") for name, size in (("aa", 1), ("zz", 2))
    ]
    context.sessions.looked = True
    page = SessionsPage(context)
    qtbot.addWidget(page)
    page.table.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    page.search.setText("zz")
    qtbot.waitUntil(lambda: names(page) == ["zz"], timeout=PATIENCE)
    qtbot.waitUntil(lambda: context.window_state.table("sessions") is not None, timeout=PATIENCE)
    other = SessionsPage(context)
    qtbot.addWidget(other)
    assert names(other) == ["aa", "zz"]


def test_the_tab_key_goes_through_the_page_as_it_is_read(open_page: OpenPage) -> None:
    soon = made_session("soon", deleted_in=timedelta(days=1))
    page = open_page([*sessions_of("new"), (soon, "new")])
    page.table.selectAll()
    show, archive = page.strip._buttons
    wanted = [page.search, page.filters.sources, page.filters.projects, show, archive, page.table]
    chain = [page.search]
    while (widget := chain[-1].nextInFocusChain()) is not page.search:
        chain.append(widget)  # type: ignore[arg-type]
    assert [widget for widget in chain if widget in wanted] == wanted


def test_a_page_in_japanese(
    open_page: OpenPage, translations: Translations, context: Context, qtbot: QtBot
) -> None:
    translations.use("ja")
    soon = made_session("soon", deleted_in=timedelta(days=1))
    page = open_page([*sessions_of("new", "archived"), (soon, "new")])
    page.table.selectAll()
    settled(qtbot, page, "3 件選択中 · 2.0 MB")
    assert page.foot.archive.text() == "2 件のセッションを保管"
    assert page.strip.text() == "1 件のセッションが 2 日以内に Claude Code によって削除されます"
    assert [button.text() for button in page.filters.segments._buttons] == [
        "すべて 3",
        "未保管 2",
        "まもなく削除 1",
    ]
