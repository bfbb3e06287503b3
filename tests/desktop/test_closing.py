"""Closing the window while transfers run: wait, go on in the background, stop; asked once, and never a dead end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.desktop.closing import Closing
from app.desktop.main_window import MainWindow
from app.errors import Unreachable
from tests.desktop.shell_parts import PlainFirstRun, Transfers, plain_makers, with_transfers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.desktop.close_dialog import CloseChoice, CloseDialog
    from app.desktop.context import Context
    from tests.desktop.conftest import Asked


class Desk:
    """A window with transfers as busy as a test says, and a tray or none."""

    def __init__(self, context: Context) -> None:
        self.transfers = Transfers()
        self.context = with_transfers(context, self.transfers)
        self.window = MainWindow(self.context, plain_makers(), PlainFirstRun)
        self.has_tray = True
        self.closing = Closing(self.window, self.context, lambda: self.has_tray)
        self.quits = 0
        self.closing.quit_wanted.connect(self._count)

    def _count(self) -> None:
        self.quits += 1

    @property
    def dialog(self) -> CloseDialog:
        assert self.closing.dialog is not None
        return self.closing.dialog

    def choose(self, choice: CloseChoice, *, always: bool = False) -> None:
        self.dialog.options[choice].click()
        if always:
            self.dialog.always.click()
        self.dialog.go.click()

    def notices(self) -> list[str]:
        return [notice.title for notice in self.window.notices.all()]


@pytest.fixture
def desk(qtbot: QtBot, context: Context) -> Iterator[Desk]:
    made = Desk(context)
    qtbot.addWidget(made.window)
    with qtbot.waitExposed(made.window):
        made.window.show()
    yield made
    made.window.may_close = True


def test_without_transfers_the_end_is_the_end(desk: Desk) -> None:
    desk.window.close()
    assert desk.quits == 1
    assert desk.window.isVisible(), "it closes when all has stopped"


def test_paused_ones_do_not_hold_it(desk: Desk) -> None:
    desk.transfers.set(left=2, paused=2)
    desk.window.close()
    assert desk.quits == 1


def test_with_transfers_it_asks_once(desk: Desk) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    assert desk.quits == 0
    assert desk.dialog.heading.text() == "5 transfers are not finished"
    first = desk.dialog
    desk.window.close()
    assert desk.dialog is first


def test_escape_closes_nothing(desk: Desk) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    QTest.keyClick(desk.dialog, Qt.Key.Key_Escape)
    assert desk.closing.dialog is None
    assert (desk.quits, desk.window.isVisible(), desk.closing.waiting) == (0, True, False)


def test_stop_and_quit(desk: Desk) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    desk.choose("quit")
    assert desk.quits == 1


def test_in_the_background_the_window_is_hidden(desk: Desk) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    desk.choose("background")
    assert (desk.quits, desk.window.isVisible()) == (0, False)
    desk.window.to_front()
    assert desk.window.isVisible()


def test_without_a_tray_there_is_no_background(desk: Desk) -> None:
    desk.has_tray = False
    desk.transfers.set(left=5)
    desk.window.close()
    assert set(desk.dialog.options) == {"wait", "quit"}


def test_waiting_ends_with_the_transfers(desk: Desk) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    desk.choose("wait")
    assert desk.notices() == ["The window closes when the transfers are finished."]
    desk.transfers.set(left=1)
    assert desk.quits == 0
    desk.transfers.set(left=0, done=5)
    assert desk.quits == 1


def test_waiting_can_be_taken_back(desk: Desk) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    desk.choose("wait")
    desk.closing.stay()
    assert desk.notices() == []
    desk.transfers.set(left=0)
    assert desk.quits == 0


def test_closing_its_notice_takes_waiting_back_too(desk: Desk) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    desk.choose("wait")
    desk.window.notices.closed.emit("closing")
    desk.transfers.set(left=0)
    assert desk.quits == 0


def test_failures_meanwhile_keep_the_window_open(desk: Desk, asked: Asked) -> None:
    desk.transfers.set(left=5, failed=1)
    desk.window.close()
    desk.choose("wait")
    desk.transfers.set(left=0, failed=2)
    assert desk.quits == 0
    assert desk.notices() == ["The window stays open: some transfers failed."]


def test_one_who_waits_can_still_stop(desk: Desk) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    desk.choose("wait")
    desk.transfers.set(halted=Unreachable(host="example.com", reason="offline"))
    desk.window.close()
    desk.choose("quit")
    assert desk.quits == 1


def test_what_ends_while_it_is_asked_needs_no_answer(desk: Desk) -> None:
    desk.transfers.set(left=1)
    desk.window.close()
    desk.transfers.set(left=0, done=1)
    assert desk.closing.dialog is None
    assert desk.quits == 1


@pytest.mark.parametrize("choice", ["background", "quit"])
def test_always_is_remembered(desk: Desk, qtbot: QtBot, choice: CloseChoice) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    desk.choose(choice, always=True)
    qtbot.waitUntil(lambda: desk.context.account.settings.close_action == choice, timeout=30_000)
    desk.window.show()
    quits = desk.quits
    desk.window.close()
    assert desk.closing.dialog is None
    assert desk.quits == quits + (choice == "quit")
    assert desk.window.isVisible() == (choice == "quit")


def test_waiting_is_never_always(desk: Desk) -> None:
    desk.transfers.set(left=5)
    desk.window.close()
    desk.dialog.always.click()
    desk.dialog.options["wait"].click()
    assert not desk.dialog.always.isEnabled()
    desk.dialog.go.click()
    assert desk.closing.waiting
    assert desk.context.account.settings.close_action == "ask"


def test_a_background_that_is_gone_is_no_background(desk: Desk, qtbot: QtBot) -> None:
    desk.context.account.change_settings(close_action="background")
    qtbot.waitUntil(lambda: desk.context.account.settings.close_action == "background", timeout=30_000)
    desk.window.close()
    assert not desk.window.isVisible()
    desk.window.show()
    desk.has_tray = False
    desk.transfers.set(left=5)
    desk.window.close()
    assert desk.window.isVisible()
    assert set(desk.dialog.options) == {"wait", "quit"}


def test_quit_in_a_menu_is_not_the_background(desk: Desk, qtbot: QtBot) -> None:
    desk.context.account.change_settings(close_action="background")
    qtbot.waitUntil(lambda: desk.context.account.settings.close_action == "background", timeout=30_000)
    desk.transfers.set(left=5)
    desk.window.hide()
    desk.closing.quit()
    assert desk.window.isVisible()
    desk.choose("quit")
    assert desk.quits == 1
    desk.transfers.set(left=0)
    desk.closing.quit()
    assert desk.quits == 2
