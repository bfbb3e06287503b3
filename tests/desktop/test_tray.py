"""The icon in the system's bar and its notifications, where there is a bar, and nothing missing where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSystemTrayIcon

from app.account.settings import Settings
from app.desktop.notifications import Notifier
from app.desktop.transfers.controller import NOTHING
from app.desktop.tray import Tray, progress_line
from app.errors import KeyringLocked
from tests.desktop.shell_parts import Transfers, with_transfers
from tests.desktop.transfers_made import made_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.account.settings import Notifications
    from app.desktop.context import Context
    from app.desktop.i18n import Translations
    from app.desktop.theme import Look


class Desk:
    """A tray over transfers that are as busy as a test says."""

    def __init__(self, context: Context) -> None:
        self.transfers = Transfers()
        self.context = with_transfers(context, self.transfers)
        self.tray = Tray(self.context, context.look.icons.icon("app", QColor("white")))

    def texts(self) -> list[str]:
        menu = self.tray.menu()
        assert menu is not None
        return [action.text() for action in menu.actions() if action.isVisible() and action.text()]

    def choose(self, text: str) -> None:
        menu = self.tray.menu()
        assert menu is not None
        (action,) = [action for action in menu.actions() if action.text() == text]
        action.trigger()


@pytest.fixture
def desk(context: Context) -> Iterator[Desk]:
    made = Desk(context)
    yield made
    made.tray.remove()


@pytest.fixture
def bar(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A system that has a bar, as the last of these says; a real one is not to be had in a test."""
    has = [True]
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: has[-1])
    return has


# ---- the icon ---------------------------------------------------------------------------------------------


def test_without_a_bar_nothing_happens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    desk.tray.look()
    assert not desk.tray.available()
    assert desk.tray.menu() is None
    desk.tray.say("title", "text")
    desk.tray.build()
    desk.transfers.set(left=3)


def test_the_menu_says_how_far_it_is_and_does_what_it_says(desk: Desk, bar: list[bool]) -> None:
    desk.tray.look()
    assert desk.tray.available()
    assert desk.texts() == ["Open Chat Log Uploader", "No transfers", "Quit"]
    desk.transfers.set(left=5, failed=1, fraction=0.439)
    assert desk.texts() == ["Open Chat Log Uploader", "5 left, 1 failed · 43 %", "Pause all", "Quit"]
    desk.transfers.set(paused=2)
    assert desk.texts()[2:] == ["Pause all", "Resume all", "Quit"]
    desk.transfers.set(paused=5)
    assert desk.texts()[2:] == ["Resume all", "Quit"]
    heard: list[str] = []
    desk.tray.open_wanted.connect(lambda: heard.append("open"))
    desk.tray.quit_wanted.connect(lambda: heard.append("quit"))
    for text in ("Open Chat Log Uploader", "Pause all", "Resume all", "Quit"):
        desk.choose(text)
    assert heard == ["open", "quit"]
    assert desk.transfers.asked == ["pause", "resume"]


def test_the_menu_follows_the_language(desk: Desk, bar: list[bool], translations: Translations) -> None:
    desk.tray.look()
    translations.use("ja")
    desk.tray.build()
    assert desk.texts() == ["Chat Log Uploader を開く", "転送はありません", "終了"]


def test_a_bar_that_ends_gives_the_window_back(desk: Desk, bar: list[bool]) -> None:
    lost: list[bool] = []
    desk.tray.lost.connect(lambda: lost.append(True))
    desk.tray.look()
    bar.append(False)
    assert not desk.tray.available()
    desk.tray.look()
    assert lost == [True]
    bar.append(True)
    desk.tray.look()
    assert desk.tray.available()


def test_a_bar_that_comes_late_is_found(desk: Desk, bar: list[bool]) -> None:
    bar.append(False)
    desk.tray.look()
    assert desk.tray._watch.isActive()
    bar.append(True)
    desk.tray.look()
    assert desk.tray.available()


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({}, "No transfers"),
        ({"left": 5, "fraction": 0.5}, "5 left · 50 %"),
        ({"failed": 1}, "1 failed"),
        ({"left": 1, "failed": 2}, "1 left, 2 failed"),
    ],
)
def test_progress_in_a_line(translations: Translations, values: dict[str, float], line: str) -> None:
    assert progress_line(replace(NOTHING, **values)) == line  # type: ignore[arg-type] # counts and a fraction


# ---- notifications ----------------------------------------------------------------------------------------


class Teller:
    """What a person was told."""

    def __init__(self, context: Context, notifications: Notifications) -> None:
        context.account.settings = Settings(notifications=notifications)
        self.transfers = Transfers()
        self.told: list[str] = []
        self.seen = False
        self.notifier = Notifier(
            with_transfers(context, self.transfers),
            lambda title, text: self.told.append(f"{title}: {text}"),
            lambda: self.seen,
        )


@pytest.mark.parametrize(
    ("notifications", "told"),
    [
        ("failures", ["Transfers need attention: 2 transfers failed"]),
        ("all", ["Transfers need attention: 2 transfers failed"]),
        ("none", []),
    ],
)
def test_failures_are_told_when_the_batch_has_ended(
    context: Context, translations: Translations, notifications: Notifications, told: list[str]
) -> None:
    teller = Teller(context, notifications)
    teller.transfers.set(left=5)
    teller.transfers.set(left=3, failed=2)
    assert teller.told == []
    teller.transfers.set(left=0, done=3)
    assert teller.told == told
    teller.transfers.set(left=0)
    assert teller.told == told


@pytest.mark.parametrize(
    ("notifications", "told"),
    [("failures", []), ("all", ["Transfers finished: 3 finished"]), ("none", [])],
)
def test_a_finished_batch_is_told_to_who_wants_all(
    context: Context, translations: Translations, notifications: Notifications, told: list[str]
) -> None:
    teller = Teller(context, notifications)
    teller.transfers.set(done=40, failed=1)
    teller.transfers.set(left=3)
    teller.transfers.set(left=0, done=43)
    assert teller.told == told


@pytest.mark.parametrize(
    ("notifications", "told"),
    [
        ("failures", ["Back from S3, and downloaded: A film"]),
        ("all", ["Transfers finished: 2 finished", "Back from S3, and downloaded: A film"]),
        ("none", []),
    ],
)
def test_what_s3_has_brought_back_is_told_once_it_is_here(
    context: Context, translations: Translations, notifications: Notifications, told: list[str]
) -> None:
    teller = Teller(context, notifications)
    transfers = teller.transfers
    transfers.set(left=3)
    transfers.changed.emit([made_row("d1", kind="download", state="returning", title="A film")], [])
    # It takes hours; everything else is through.
    transfers.set(left=1, returning=1, done=2)
    transfers.changed.emit([made_row("d1", kind="download", state="receiving", title="A film")], [])
    transfers.set(left=1, done=2)
    transfers.changed.emit([made_row("d1", kind="download", state="done", title="A film")], [])
    transfers.set(left=0, done=3)
    transfers.changed.emit([made_row("d1", kind="download", state="done", title="A film")], [])
    assert teller.told == told


def test_what_failed_before_is_not_told_again(context: Context) -> None:
    teller = Teller(context, "failures")
    teller.transfers.set(failed=3)
    teller.transfers.set(left=1)
    teller.transfers.set(left=0, done=1)
    assert teller.told == []


def test_what_fails_again_is_told_again(context: Context, translations: Translations) -> None:
    teller = Teller(context, "failures")
    teller.transfers.set(failed=3)
    teller.transfers.set(left=3, failed=0)
    teller.transfers.set(left=0, failed=3)
    assert teller.told == ["Transfers need attention: 3 transfers failed"]


def test_what_is_seen_needs_no_telling(context: Context) -> None:
    teller = Teller(context, "all")
    teller.seen = True
    teller.transfers.set(left=3)
    teller.transfers.set(left=0, done=2, failed=1)
    assert teller.told == []


def test_a_halt_is_told_once(context: Context, translations: Translations) -> None:
    teller = Teller(context, "failures")
    for _ in range(3):
        teller.transfers.set(left=3, halted=KeyringLocked())
    assert teller.told == ["Transfers need attention: The keyring is locked"]


def test_the_app_has_an_icon_of_its_own(look: Look) -> None:
    icon = look.icons.icon("app", QColor("white"))
    for side in (16, 22, 32, 64, 256):
        image = icon.pixmap(side, side).toImage()
        assert image.pixelColor(image.width() // 8, image.height() // 2).name() == "#2f5bd0"
        assert image.pixelColor(0, 0).alpha() < 128
