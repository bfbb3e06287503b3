"""The Settings page: every choice is written at once, and one that cannot be written says so where it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from app.account.settings import Settings, SettingsStore
from app.desktop.settings.appearance_tab import AppearanceTab
from app.desktop.settings.page import SettingsPage
from app.desktop.settings.sources_tab import SourcesTab
from app.desktop.settings.transfers_tab import TransfersTab
from app.errors import SettingsCorrupt
from app.storage.paths import resolve_paths
from tests.desktop.conftest import PATIENCE_MILLISECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.desktop.settings.groups import SettingRow
    from app.desktop.widgets.fields import MenuButton
    from app.desktop.widgets.segments import Segments
    from app.errors import ChatLogError
    from app.transfer.bandwidth import Bandwidths


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MILLISECONDS)

    return until


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(context)
    qtbot.addWidget(made)
    made.resize(1088, 800)
    made.show()
    return made


@pytest.fixture
def transfers(page: SettingsPage) -> TransfersTab:
    page.show_tab("transfers")
    tab = page.tab("transfers")
    assert isinstance(tab, TransfersTab)
    return tab


@pytest.fixture
def appearance(page: SettingsPage) -> AppearanceTab:
    page.show_tab("appearance")
    tab = page.tab("appearance")
    assert isinstance(tab, AppearanceTab)
    return tab


@pytest.fixture
def written(home: Path) -> Callable[[], Settings]:
    """The settings as they are on disk."""
    return lambda: SettingsStore(resolve_paths(home).settings).read()


def choose(control: MenuButton | Segments, key: str) -> None:
    """As a person does: the control shows the choice, then tells it."""
    control.choose(key)
    control.chosen.emit(key)


def told(row: SettingRow) -> type[ChatLogError] | None:
    """The kind of error that a row tells of."""
    return None if row.error is None else type(row.error)


# ---- tabs -------------------------------------------------------------------------------------------------


def test_a_tab_is_made_when_it_is_first_shown_and_remembered(page: SettingsPage, context: Context) -> None:
    page.show_tab("appearance")
    assert set(page._tabs) == {"appearance"}
    assert context.window_state.value("settings-tab", "") == "appearance"
    page.show_tab("no such tab")
    assert page._choices.current() == "appearance"


def test_tabs_are_walked_by_arrows(page: SettingsPage) -> None:
    page.show_tab("transfers")
    chosen = next(one for one in page._choices.findChildren(QAbstractButton) if one.isChecked())
    chosen.setFocus()
    QTest.keyClick(chosen, Qt.Key.Key_Right)
    assert page._choices.current() == "appearance"
    assert page._stack.currentWidget() is page.tab("appearance")


def test_in_a_narrow_window_the_chosen_tab_is_in_sight(page: SettingsPage) -> None:
    page.resize(360, 480)
    page.show_tab("advanced")
    chosen = next(one for one in page._choices.findChildren(QAbstractButton) if one.isChecked())
    assert not chosen.visibleRegion().isEmpty()
    # A page never makes its window wider than it can be.
    assert page.minimumSizeHint().width() <= 400


# ---- choices ----------------------------------------------------------------------------------------------


def test_every_choice_of_transfers_is_written_at_once(
    transfers: TransfersTab, wait: Callable[..., None], written: Callable[[], Settings]
) -> None:
    transfers.compression.click()
    choose(transfers.uploads, "16")
    choose(transfers.parts_above, str(64 * 1024**2))
    choose(transfers.upload_limit, "250000")
    choose(transfers.download_limit, "625000")
    choose(transfers.close_action, "background")
    choose(transfers.notifications, "all")
    wanted = Settings(
        compression=False,
        parallel_uploads=16,
        parts_above=64 * 1024**2,
        upload_limit=250_000,
        download_limit=625_000,
        close_action="background",
        notifications="all",
    )
    wait(lambda: transfers.context.account.settings == wanted)
    assert written() == wanted


def test_transfers_under_way_keep_to_a_new_limit(
    transfers: TransfersTab, context: Context, wait: Callable[..., None]
) -> None:
    def bandwidths() -> Bandwidths:
        found: list[Bandwidths] = []
        context.workplace.run(lambda services, _task: services.bandwidths, done=found.append)
        wait(lambda: found)
        return found[0]

    held = bandwidths()
    choose(transfers.upload_limit, "250000")
    wait(lambda: held.uploads.limit == 250_000)
    context.account.change_settings(download_limit=625_001)
    wait(lambda: held.downloads.limit == 625_001)
    # A limit that is not among those offered is offered too.
    wait(lambda: transfers.download_limit.current() == "625001")
    choose(transfers.upload_limit, "off")
    wait(lambda: held.uploads.limit is None)
    assert bandwidths() is held


def test_every_choice_of_appearance_is_written_at_once(
    appearance: AppearanceTab, wait: Callable[..., None], written: Callable[[], Settings]
) -> None:
    for control, key in (
        (appearance.language, "ja"),
        (appearance.appearance, "dark"),
        (appearance.contrast, "more"),
        (appearance.motion, "reduced"),
        (appearance.text_size, "125"),
    ):
        choose(control, key)
    wanted = Settings(language="ja", appearance="dark", contrast="more", motion="reduced", text_size=125)
    wait(lambda: appearance.context.account.settings == wanted)
    assert written() == wanted


def test_what_is_changed_elsewhere_shows(
    transfers: TransfersTab, context: Context, wait: Callable[..., None]
) -> None:
    context.account.change_settings(parallel_uploads=5, compression=False)
    wait(lambda: transfers.uploads.current() == "5")
    assert not transfers.compression.isChecked()


def test_a_choice_that_cannot_be_written_says_so_at_its_row_and_goes_back(
    transfers: TransfersTab, home: Path, wait: Callable[..., None], written: Callable[[], Settings]
) -> None:
    path = resolve_paths(home).settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("profile = [", encoding="utf-8")
    transfers.compression.click()
    assert not transfers.compression.isChecked()
    wait(lambda: transfers.compression_row.error)
    assert told(transfers.compression_row) is SettingsCorrupt
    assert transfers.compression.isChecked()
    assert told(transfers.uploads_row) is None
    path.unlink()
    transfers.compression.click()
    wait(lambda: not transfers.context.account.settings.compression)
    assert told(transfers.compression_row) is None
    assert not written().compression


def test_a_language_that_the_environment_fixes_is_said(
    make_context: Callable[..., Context], home: Path, qtbot: QtBot, wait: Callable[..., None]
) -> None:
    tab = AppearanceTab(make_context(home, environ={"CHATLOG_LANG": "ja"}))
    qtbot.addWidget(tab)
    wait(lambda: "CHATLOG_LANG" in tab.language_row.line.text())


# ---- sources ----------------------------------------------------------------------------------------------


@pytest.fixture
def log(user_folder: Path) -> Path:
    """A session of Claude Code."""
    folder = user_folder / ".claude" / "projects" / "-home-aki-work"
    folder.mkdir(parents=True)
    path = folder / "one.jsonl"
    path.write_text('{"type":"user","message":{"role":"user","content":"hello"}}\n', encoding="utf-8")
    return path


@pytest.fixture
def sources(
    log: Path, page: SettingsPage, context: Context, wait: Callable[..., None]
) -> Iterator[SourcesTab]:
    context.sessions.start()
    page.show_tab("sources")
    tab = page.tab("sources")
    assert isinstance(tab, SourcesTab)
    wait(lambda: context.sessions.count() == 1 and "claude-code" in tab.rows)
    yield tab
    context.sessions.stop()


def test_a_source_shows_its_folder_its_sessions_and_how_long_they_are_kept(
    sources: SourcesTab, log: Path, wait: Callable[..., None]
) -> None:
    row = sources.rows["claude-code"]
    assert row.title.text() == "Claude Code"
    assert row.path.text() == str(log.parents[1])
    assert row.line.text().startswith("1 session · ")
    wait(lambda: "Claude Code deletes sessions 30 days after their last use." in row.line.text())
    assert sources._summary.text() == "1 session is listed."


def test_a_source_that_is_switched_off_is_no_longer_listed(
    sources: SourcesTab, context: Context, wait: Callable[..., None], written: Callable[[], Settings]
) -> None:
    sources.switches["claude-code"].click()
    wait(lambda: context.sessions.count() == 0)
    assert written().hidden_sources == ("claude-code",)
    wait(lambda: sources.rows["claude-code"].line.text() == "Switched off: not looked into")
    sources.switches["claude-code"].click()
    wait(lambda: context.sessions.count() == 1)


def test_without_a_folder_of_one_s_own_a_row_says_so(sources: SourcesTab) -> None:
    (row,) = sources.folders.rows()
    assert "No folders" in [label.text() for label in row.findChildren(QLabel)]


def test_a_folder_is_added_and_taken_away_again(
    sources: SourcesTab, context: Context, tmp_path: Path, wait: Callable[..., None]
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "meeting.md").write_text("# Meeting\n", encoding="utf-8")
    sources.add_folder(notes)
    wait(lambda: context.sessions.count() == 2)
    wait(lambda: sources.folder_rows[notes].line.text().startswith("1 session"))
    sources.add_folder(notes)
    (button,) = [
        one for one in sources.folder_rows[notes].findChildren(QAbstractButton) if one.text() == "Remove"
    ]
    assert button.accessibleName() == "Remove notes"
    button.click()
    wait(lambda: context.sessions.count() == 1)
    assert list(sources.folder_rows) == []


def test_a_scan_finds_what_has_come_since(
    sources: SourcesTab, context: Context, log: Path, wait: Callable[..., None]
) -> None:
    wait(lambda: not context.sessions.scanning)
    log.with_name("two.jsonl").write_bytes(log.read_bytes())
    sources.scan_button.click()
    assert not sources.scan_button.isEnabled()
    wait(lambda: sources._summary.text() == "2 sessions are listed.")
    wait(sources.scan_button.isEnabled)
