"""Newer versions and the whole window: nobody is asked without an address, once a day with one, and one quiet notice tells of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.account.settings import SettingsStore
from app.desktop import update_looks
from app.desktop.settings.advanced_tab import AdvancedTab
from app.desktop.settings.page import SettingsPage
from app.storage.paths import resolve_paths
from app.updates.notice import UpdateNotice
from tests.desktop.gui_guard import Guard, install
from tests.desktop.stage import Stage
from tests.desktop.test_whole_window import (  # fixtures among them
    Pseudo,
    cut_texts,
    fixed_texts,
    hooked,  # noqa: F401
    nameless_in,
    pseudo,  # noqa: F401
)
from tests.updates.server import Answer, release, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.updates.server import Releases


@pytest.fixture
def releases() -> Iterator[Releases]:
    with serving() as server:
        yield server


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look comes at once."""
    monkeypatch.setattr(update_looks, "FIRST_SECONDS", 0.0)


@pytest.fixture
def open_stage(qapp: QApplication, tmp_path: Path, user_folder: Path) -> Iterator[Callable[..., Stage]]:
    """Starts the desktop, each time on the same home, without sessions; the run before it is ended."""
    (tmp_path / "stage" / "claude" / "projects").mkdir(parents=True)
    made: list[Stage] = []

    def start(address: str | None) -> Stage:
        for earlier in made:
            earlier.close()
        made.clear()
        made.append(Stage(tmp_path / "stage", prepare=lambda stage: set_address(stage, address)))
        made[0].start()
        return made[0]

    yield start
    for one in made:
        one.close()
        assert one.crashes == []


def set_address(stage: Stage, address: str | None) -> None:
    SettingsStore(resolve_paths(stage.home).settings).change(releases_address=address)


def titles(stage: Stage) -> list[str]:
    return [notice.title for notice in stage.application.window.notices.all()]


def press(stage: Stage, name: str) -> None:
    buttons = stage.application.window.notices.findChildren(QAbstractButton)
    next(one for one in buttons if one.accessibleName() == name).click()
    stage.settle()


def advanced(stage: Stage) -> AdvancedTab:
    page = stage.go("settings", "advanced")
    assert isinstance(page, SettingsPage)
    tab = page.tab("advanced")
    assert isinstance(tab, AdvancedTab)
    return tab


def looked(stage: Stage) -> None:
    stage.wait_until(lambda: stage.application.context.updates.look is not None, "nobody has looked")
    stage.settle()


def forget_day(stage: Stage) -> None:
    """As if the last look had been long ago."""
    path = resolve_paths(stage.home).cache_folder / "releases.json"
    kept = json.loads(path.read_bytes())
    path.write_text(json.dumps({**kept, "at": "2020-01-01T00:00:00Z"}), encoding="utf-8")


def test_without_an_address_no_request_goes_out_at_the_start_or_later(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(_notice: UpdateNotice, address: str, _patience: object) -> bytes:
        asked.append(address)
        return b"[]"

    monkeypatch.setattr(UpdateNotice, "_get", ask)
    stage = open_stage(None)
    stage.settle()
    updates = stage.application.context.updates
    assert not updates.waiting
    advanced(stage)
    updates.look_now()
    stage.settle()
    assert asked == []
    # The same start with one does ask.
    again = open_stage("https://releases.example.com/list")
    looked(again)
    assert asked == ["https://releases.example.com/list"]


def test_a_newer_version_is_told_once_until_it_is_dismissed(
    open_stage: Callable[..., Stage], releases: Releases
) -> None:
    releases.say(release("v99.0"))
    stage = open_stage(releases.address)
    looked(stage)
    assert titles(stage) == ["Chat Log Uploader 99.0 is there"]
    assert stage.application.context.updates.waiting
    # Not dismissed: told again in the next run, though nobody is asked before a day has passed.
    stage = open_stage(releases.address)
    looked(stage)
    assert titles(stage) == ["Chat Log Uploader 99.0 is there"]
    assert len(releases.asked) == 1
    press(stage, "Close")
    assert titles(stage) == []
    stage = open_stage(releases.address)
    looked(stage)
    assert titles(stage) == []
    # Another version is other news.
    forget_day(stage)
    releases.say(release("v99.1"), release("v99.0"))
    stage = open_stage(releases.address)
    looked(stage)
    assert len(releases.asked) == 2
    assert titles(stage) == ["Chat Log Uploader 99.1 is there"]


def test_the_notice_leads_to_what_is_new_and_goes_with_the_address(
    open_stage: Callable[..., Stage], releases: Releases
) -> None:
    releases.say(release("v99.0"))
    stage = open_stage(releases.address)
    looked(stage)
    stage.application.context.account.change_settings(releases_address=None)
    stage.wait_until(lambda: titles(stage) == [], "the notice stays")
    stage.application.context.account.change_settings(releases_address=releases.address)
    stage.wait_until(lambda: titles(stage) != [], "the new address is not looked at")
    press(stage, "What is new")
    assert titles(stage) == []
    assert stage.application.window.current_page == "settings"
    page = stage.page
    assert isinstance(page, SettingsPage)
    tab = page.tab("advanced")
    assert isinstance(tab, AdvancedTab)
    assert tab.updates.release_row is not None
    assert tab.updates.release_row.visibleRegion().contains(tab.updates.release_row.rect())


def test_a_daily_look_that_fails_says_nothing_outside_the_settings(
    open_stage: Callable[..., Stage], releases: Releases
) -> None:
    releases.answer(Answer(status=503))
    stage = open_stage(releases.address)
    looked(stage)
    assert len(releases.asked) == 1
    assert titles(stage) == []
    group = advanced(stage).updates
    assert group.look_row.line.text().startswith("The last look did not succeed (Today ")
    assert group.look_row.error is None


def test_a_look_that_drags_on_does_not_hold_up_the_end(
    open_stage: Callable[..., Stage], releases: Releases
) -> None:
    releases.answer(Answer(b"[" + b" " * 5000 + b"]", drip=True))
    stage = open_stage(None)
    stage.application.context.account.change_settings(releases_address=releases.address)
    stage.wait_until(lambda: bool(releases.asked), "nobody is asked")
    # As the end of the program does.
    for task in list(stage.application.tasks._tasks):
        task.cancel()
    stage.wait_until(lambda: not stage.application.tasks.busy(), "the look goes on")
    # Its patience had not run out: that would be remembered as a failure.
    assert not (resolve_paths(stage.home).cache_folder / "releases.json").exists()


def test_the_gui_thread_touches_no_file_and_no_socket(
    open_stage: Callable[..., Stage],
    releases: Releases,
    hooked: Guard,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(hooked, monkeypatch)
    releases.say(release("v99.0"))
    stage = open_stage(None)
    with hooked.on() as breaches:
        group = advanced(stage).updates
        row = group.address_row
        row.field.field.setText(releases.address)
        row.use()
        looked(stage)
        group.look_button.click()
        stage.wait_until(lambda: len(releases.asked) == 2, "nobody has looked")
        stage.settle()
        assert group.release_row is not None
        row.stop()
        stage.settle()
    assert breaches == []


def test_every_control_has_a_name_and_no_text_is_fixed_or_cut(
    open_stage: Callable[..., Stage],
    releases: Releases,
    pseudo: Pseudo,  # noqa: F811 - the fixture
) -> None:
    theirs = {"name": "⟦name⟧", "body": "1.2.3\n" * 40}
    releases.say(release("v99.0", html_url="https://127.0.0.1/v99", **theirs))
    stage = open_stage(releases.address)
    looked(stage)
    QCoreApplication.installTranslator(pseudo)
    stage.application.window.build()
    stage.window.resize(1280, 1400)
    tab = advanced(stage)

    def check() -> None:
        stage.settle()
        tab.ensureWidgetVisible(tab.updates)
        stage.settle()
        assert list(nameless_in(stage.window)) == []
        assert list(fixed_texts(stage, stage.window)) == []
        assert list(cut_texts(stage.window)) == []

    check()
    assert tab.updates.release_row is not None
    assert len(titles(stage)) == 1
    releases.say(release("v99.0", html_url="https://example.com/v99", **theirs))
    tab.updates.look_button.click()
    stage.wait_until(lambda: len(releases.asked) == 2, "nobody has looked")
    check()
    releases.answers.clear()
    tab.updates.look_button.click()
    stage.wait_until(lambda: tab.updates.look_row.error is not None, "it does not fail")
    tab.updates.address_row.field.field.setText("http://example.com/")
    tab.updates.address_row.use()
    check()
    tab.updates.address_row.stop()
    stage.wait_until(lambda: stage.application.context.updates.address is None, "it goes on asking")
    check()
