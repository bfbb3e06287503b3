"""The window's frame and sidebar: pages made when shown, counts, the profile's menu, its place, its languages."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.desktop.main_window import MainWindow
from app.desktop.notices import Notice
from app.desktop.sidebar import Sidebar
from app.errors import SettingsCorrupt, Unreachable
from app.storage.window_state import WindowState
from tests.desktop.shell_parts import PAGES, PlainFirstRun, PlainPage, Transfers, plain_makers, with_transfers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.desktop.i18n import Translations
    from app.desktop.settings.account import ProfileView
    from app.desktop.theme import Look
    from tests.desktop.conftest import Asked

PATIENCE = 30_000


@pytest.fixture
def made() -> list[str]:
    """The pages that were made."""
    return []


@pytest.fixture
def open_window(
    qtbot: QtBot, make_context: Callable[..., Context], home: Path, made: list[str]
) -> Iterator[Callable[..., MainWindow]]:
    """Opens a window with plain pages."""
    opened: list[MainWindow] = []

    def make(state: WindowState | None = None, *, show_first_run: bool = False) -> MainWindow:
        context = make_context(home, state=state)
        window = MainWindow(context, plain_makers(made), PlainFirstRun, show_first_run=show_first_run)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.may_close = True


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """A window on an empty home."""
    return open_window()


def sidebar_of(window: MainWindow) -> Sidebar:
    assert window.view is not None
    return window.view.sidebar


# ---- pages ------------------------------------------------------------------------------------------------


def test_a_page_is_made_when_it_is_first_shown(window: MainWindow, made: list[str]) -> None:
    assert made == ["sessions"]
    window.navigate("archive")
    window.navigate("sessions")
    window.navigate("archive")
    assert made == ["sessions", "archive"]


def test_pages_hear_of_coming_and_going(window: MainWindow) -> None:
    first = window.front_page
    window.navigate("archive")
    window.navigate("archive")
    second = window.front_page
    assert isinstance(first, PlainPage)
    assert isinstance(second, PlainPage)
    assert (first.heard, second.heard) == (["shown", "left"], ["shown"])


def test_the_title_says_the_page_and_the_program(window: MainWindow, translations: Translations) -> None:
    for key in PAGES:
        window.navigate(key)
        assert window.windowTitle() == f"{key.capitalize()} — Chat Log Uploader"
    translations.use("ja")
    window.build()
    assert window.windowTitle() == "設定 — Chat Log Uploader"


def test_the_sidebar_goes_by_mouse_and_arrows(window: MainWindow) -> None:
    entries = sidebar_of(window).entries
    QTest.mouseClick(entries["archive"], Qt.MouseButton.LeftButton)
    assert window.current_page == "archive"
    entries["archive"].setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(entries["archive"], Qt.Key.Key_Down)
    assert window.current_page == "settings"
    QTest.keyClick(entries["settings"], Qt.Key.Key_Up)
    QTest.keyClick(entries["archive"], Qt.Key.Key_Up)
    assert window.current_page == "transfers"
    assert [key for key, entry in entries.items() if entry.isChecked()] == ["transfers"]


def test_the_keyboard_stays_on_the_page_and_not_on_the_sidebar(window: MainWindow) -> None:
    window.show()
    window.activateWindow()
    window.start_search()
    window.navigate("archive")
    page, focus = window.front_page, window.focusWidget()
    assert page is not None
    assert focus is not None
    assert focus is page or page.isAncestorOf(focus)
    # Who walks along the sidebar goes on there.
    entries = sidebar_of(window).entries
    entries["archive"].setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(entries["archive"], Qt.Key.Key_Down)
    assert window.focusWidget() is entries["settings"]


def test_search_goes_to_the_page_s_field(window: MainWindow) -> None:
    window.activateWindow()
    window.start_search()
    page = window.front_page
    assert isinstance(page, PlainPage)
    assert window.focusWidget() is page.field


# ---- sidebar ----------------------------------------------------------------------------------------------


def test_counts_and_failures_are_said(
    qtbot: QtBot, context: Context, look: Look, translations: Translations
) -> None:
    transfers = Transfers()
    window = MainWindow(with_transfers(context, transfers), plain_makers(), PlainFirstRun)
    qtbot.addWidget(window)
    window.may_close = True
    entry = sidebar_of(window).entries["transfers"]
    assert entry.accessibleName() == "Transfers"
    transfers.set(left=1200)
    assert entry.accessibleName() == "Transfers, 1,200"
    transfers.set(left=5, failed=1)
    assert entry.accessibleName() == "Transfers, 6, 1 failed"
    transfers.set(left=0, failed=0)
    assert entry.accessibleName() == "Transfers"
    transfers.set(left=2, halted=Unreachable(host="archive.example", reason="timed out"))
    assert entry.accessibleName() == "Transfers, 2, nothing goes on"


@pytest.fixture
def sidebar(qtbot: QtBot, look: Look) -> Sidebar:
    made = Sidebar(look)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def team(qtbot: QtBot, context: Context) -> ProfileView:
    """A profile that leads elsewhere."""
    with qtbot.waitSignal(context.account.profile_changed, timeout=PATIENCE):
        context.account.load()
    assert context.account.profile is not None
    return replace(context.account.profile, name="team", title="Team archive", this_computer_only=False)


def test_the_profile_says_how_fresh_the_archive_is(sidebar: Sidebar, team: ProfileView) -> None:
    now = datetime.now(UTC)
    for last, said in (
        (None, "Nothing archived yet"),
        (now, "Archived just now"),
        (now - timedelta(minutes=2, seconds=5), "Archived 2 min ago"),
        (now - timedelta(days=3), "Archived 3 d ago"),
        (now + timedelta(hours=1), "Archived just now"),
    ):
        sidebar.set_profile(replace(team, last_archived=last))
        assert sidebar.profile_button.line() == said
        assert sidebar.profile_button.accessibleName() == f"Profile: Team archive. {said}"


def test_this_computer_only_is_said_whatever_was_archived(sidebar: Sidebar, team: ProfileView) -> None:
    sidebar.set_profile(replace(team, this_computer_only=True, last_archived=datetime.now(UTC)))
    assert sidebar.profile_button.line() == "No copy elsewhere"


def test_trouble_is_said(sidebar: Sidebar, team: ProfileView) -> None:
    sidebar.set_profile(team)
    sidebar.set_trouble(SettingsCorrupt(path="x", reason="y"))
    assert sidebar.profile_button.line() == "Cannot be used"
    sidebar.set_trouble(None)
    assert sidebar.profile_button.line() == "Nothing archived yet"
    sidebar.set_profile(None)
    assert "No profile" in sidebar.profile_button.accessibleName()


def test_the_menu_offers_the_profiles(sidebar: Sidebar, team: ProfileView) -> None:
    chosen: list[str] = []
    sidebar.profile_chosen.connect(chosen.append)
    sidebar.profiles_wanted.connect(lambda: chosen.append("…"))
    sidebar.set_profiles([replace(team, in_use=False), replace(team, name="b", title="B & C", in_use=True)])
    actions = [action for action in sidebar.menu().actions() if not action.isSeparator()]
    assert [action.text() for action in actions] == ["Team archive", "B && C", "Profiles…"]
    assert [action.isChecked() for action in actions] == [False, True, False]
    for action in actions:
        action.trigger()
    assert chosen == ["team", "b", "…"]


def test_profiles_leads_to_the_settings(window: MainWindow, asked: Asked) -> None:
    sidebar_of(window).profiles_wanted.emit()
    assert asked.tabs == ["profiles"]


# ---- the first run ----------------------------------------------------------------------------------------


def test_the_first_run_fills_the_window_until_it_is_done(
    open_window: Callable[..., MainWindow], made: list[str]
) -> None:
    window = open_window(show_first_run=True)
    states = [window.in_first_run]
    assert made == []
    assert window.windowTitle() == "Welcome — Chat Log Uploader"
    window.navigate("archive")
    window.tell("a", lambda: Notice("a", "bad", "heed this"))
    assert made == []
    assert [notice.title for notice in window.notices.all()] == ["heed this"]
    welcome = [window.drop_target.enabled]
    first_run = window.findChild(PlainFirstRun)
    assert first_run is not None
    first_run.button.click()
    assert [*states, window.in_first_run] == [True, False]
    assert made == ["sessions"]
    assert [*welcome, window.drop_target.enabled] == [False, True]
    assert [notice.title for notice in window.notices.all()] == ["heed this"]


# ---- languages --------------------------------------------------------------------------------------------


def test_built_again_it_shows_the_same_in_the_language_of_now(
    window: MainWindow, translations: Translations
) -> None:
    window.navigate("archive")
    before, place = window.centralWidget(), window.geometry()
    window.tell("a", lambda: Notice("a", "bad", translations.language))
    translations.use("ja")
    window.build()
    assert window.centralWidget() is not before
    assert window.geometry() == place
    assert window.current_page == "archive"
    assert sidebar_of(window).entries["archive"].isChecked()
    assert sidebar_of(window).entries["archive"].text() == "保管済み"
    assert [notice.title for notice in window.notices.all()] == ["ja"]


# ---- where it stands --------------------------------------------------------------------------------------


def test_place_and_page_come_back(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.setGeometry(QRect(60, 50, 740, 500))
    window.navigate("transfers")
    qtbot.waitUntil(lambda: window.context.window_state.state.page == "transfers", timeout=PATIENCE)
    window.keep()
    again = open_window(window.context.window_state.state)
    assert again.geometry() == window.geometry()
    assert again.current_page == "transfers"


@pytest.mark.parametrize(
    "state",
    [
        WindowState(geometry="AAAA", page="no such page"),
        WindowState(geometry="AdnQywADAAA=", page="archive"),
        WindowState(geometry=None, maximized=True),
    ],
)
def test_a_damaged_memory_gives_a_usable_window(
    open_window: Callable[..., MainWindow], state: WindowState
) -> None:
    window = open_window(state)
    assert window.width() >= 720
    assert window.height() >= 480
    assert window.current_page in PAGES


def test_a_window_that_stood_on_another_screen_is_brought_back(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window()
    window.setGeometry(QRect(9000, 9000, 900, 600))
    kept = window.saveGeometry().toBase64().toStdString()
    again = open_window(WindowState(geometry=kept))
    assert QByteArray.fromBase64(kept.encode()).size() > 0
    available = QGuiApplication.primaryScreen().availableGeometry()
    assert available.intersects(again.frameGeometry())


def test_it_is_never_too_small_to_use(window: MainWindow) -> None:
    window.resize(100, 100)
    assert (window.width(), window.height()) == (720, 480)


def test_closing_it_asks_first(window: MainWindow) -> None:
    asked: list[bool] = []
    window.close_wanted.connect(lambda: asked.append(True))
    assert not window.close()
    assert asked == [True]
    window.close_for_good()
    assert window.close()
    assert asked == [True]


def test_the_system_s_leave_is_where_qt_looks_for_it(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
    window.hide()
    window.to_front("token")
    assert os.environ["XDG_ACTIVATION_TOKEN"] == "token"
    assert window.isVisible()
