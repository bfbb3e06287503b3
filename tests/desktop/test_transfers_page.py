"""The Transfers page under mouse, keyboard and screen reader; its rows are made by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.desktop.transfers.cancelling import CancelAll
from app.desktop.transfers.page import TransfersPage
from app.desktop.transfers.summary import Counted, Summary, summarise
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.labels import Label
from app.desktop.widgets.menus import Menu
from app.errors import AccessDenied, CredentialsMissing, FileVanished, KeyringLocked, Unreachable
from tests.desktop.transfers_made import NOON, every_kind_of_row, made_row, made_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pytestqt.qtbot import QtBot

    from app.archiving.queue_rows import QueueTotals, TransferRow
    from app.desktop.context import Context
    from app.desktop.i18n import Translations
    from app.desktop.theme import Look
    from app.desktop.transfers.actions import Action
    from app.desktop.transfers.halted import Halted
    from app.desktop.transfers.head import Head
    from tests.desktop.conftest import Asked

LEFT = Qt.MouseButton.LeftButton


class Shown:
    """A page in a window, with the rows that a test tells it of; what it asks of the queue is noted in `done`."""

    def __init__(self, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.context = context
        self.qtbot = qtbot
        self.done: list[tuple[str, tuple[str, ...]]] = []
        for name in ("pause", "resume", "cancel", "retry", "clear"):
            monkeypatch.setattr(context.transfers, name, self._noting(name))
        for name in ("pause_all", "resume_all", "cancel_all", "retry_failed", "retry_now"):
            monkeypatch.setattr(context.transfers, name, self._noting(name))
        self.now = made_totals()
        monkeypatch.setattr(context.transfers, "totals", lambda: self.now)
        self.page = TransfersPage(context)
        qtbot.addWidget(self.page)
        self.page.resize(1088, 800)
        self.page.show()
        self.page.shown()
        self.list = self.page.list

    def _noting(self, name: str) -> Callable[..., None]:
        def note(ids: Collection[str] | None = None) -> None:
            self.done.append((name, tuple(ids or ())))

        return note

    def tell(self, *rows: TransferRow, gone: Collection[str] = ()) -> None:
        """The queue's rows have changed."""
        self.context.transfers.changed.emit(list(rows), list(gone))

    def total(self, **known: Any) -> None:
        """The queue's sums have changed."""
        self.now = made_totals(**known)
        self.context.transfers.totals_changed.emit(self.now)

    def line(self, row_id: str) -> int:
        item = self.page.model.item(row_id)
        assert item is not None
        line = self.page.model.line_of(item)
        assert line is not None
        return line

    def place(self, row_id: str, action: Action | None = None) -> QPoint:
        """The middle of a row's title, or of one of its buttons."""
        layout = self.list.layout_of(self.line(row_id))
        if action is None:
            return layout.title.center().toPoint()
        button = layout.button(action)
        assert button is not None, [known.action for known in layout.buttons]
        return button.rect.center().toPoint()

    def buttons(self, row_id: str) -> list[str]:
        return [button.action for button in self.list.layout_of(self.line(row_id)).buttons]

    def click(self, row_id: str, action: Action | None = None) -> None:
        QTest.mouseClick(self.list.viewport(), LEFT, pos=self.place(row_id, action))

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.list, key)

    def current(self) -> str | None:
        item = self.list.item_at(self.list.currentIndex().row())
        return None if item is None else item.row.id

    def animated(self) -> bool:
        return self.list.animated

    def menu(self) -> dict[str, Callable[[], None]]:
        """What the open menu offers; the menu is closed."""
        (menu,) = [menu for menu in self.page.findChildren(Menu) if menu.isVisible()]
        offered = {action.text(): action.trigger for action in menu.actions() if not action.isSeparator()}
        menu.close()
        return offered


@pytest.fixture
def shown(context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Shown:
    return Shown(context, qtbot, monkeypatch)


# ---- mouse --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "action", "asked_for"),
    [
        (made_row(state="sending"), "pause", ("pause", ("u1",))),
        (made_row(state="sending"), "cancel", ("cancel", ("u1",))),
        (made_row(state="verifying"), "cancel", ("cancel", ("u1",))),
        (made_row(state="paused"), "resume", ("resume", ("u1",))),
        (made_row(state="cancelled"), "retry", ("retry", ("u1",))),
        (made_row(state="failed", error=Unreachable(host="s3")), "mend", ("retry", ("u1",))),
        (made_row(state="failed", error=FileVanished(path="/gone")), "retry", ("retry", ("u1",))),
    ],
)
def test_a_button_in_a_row_does_what_it_shows(
    shown: Shown, row: TransferRow, action: Action, asked_for: tuple[str, tuple[str, ...]]
) -> None:
    shown.tell(row)
    shown.click("u1", action)
    assert shown.done == [asked_for]
    assert not shown.list.selectionModel().hasSelection()


def test_each_state_has_its_buttons(shown: Shown) -> None:
    shown.tell(*every_kind_of_row())
    assert shown.buttons("sending") == ["pause", "cancel"]
    assert shown.buttons("queued") == ["pause", "cancel"]
    assert shown.buttons("verifying") == ["cancel"]
    assert shown.buttons("paused") == ["resume", "cancel"]
    assert shown.buttons("failed") == ["mend", "copy-details", "menu"]
    assert shown.buttons("done") == ["menu"]
    assert shown.buttons("stopping") == shown.buttons("elsewhere") == []


def test_a_button_that_the_mouse_leaves_again_does_nothing(shown: Shown) -> None:
    shown.tell(made_row(state="sending"))
    viewport = shown.list.viewport()
    QTest.mousePress(viewport, LEFT, pos=shown.place("u1", "cancel"))
    QTest.mouseRelease(viewport, LEFT, pos=shown.place("u1"))
    assert shown.done == []


def test_a_button_that_slipped_from_under_the_mouse_does_nothing(shown: Shown) -> None:
    shown.tell(made_row("a", state="sending"), made_row("b", state="sending"))
    place, viewport = shown.place("a", "cancel"), shown.list.viewport()
    QTest.mousePress(viewport, LEFT, pos=place)
    shown.tell(made_row("a", state="done"))
    QTest.mouseRelease(viewport, LEFT, pos=place)
    assert shown.done == []


def test_what_would_mend_a_failure_is_asked_of_the_window(shown: Shown, asked: Asked) -> None:
    error = CredentialsMissing(profile="team")
    shown.tell(made_row(state="failed", error=error))
    shown.click("u1", "mend")
    ((_, told),) = asked.actions
    assert told is error
    assert shown.done == []


def test_unlocking_tries_the_row_again(shown: Shown, asked: Asked) -> None:
    shown.tell(made_row(state="failed", error=KeyringLocked()))
    shown.click("u1", "mend")
    assert [action for action, _ in asked.actions] == ["unlock-keyring"]
    assert shown.done == [("retry", ("u1",))]


def test_the_details_of_a_failure_can_be_copied(shown: Shown) -> None:
    shown.tell(made_row(state="failed", error=FileVanished(path="/home/aki/gone.jsonl")))
    shown.click("u1", "copy-details")
    copied = QGuiApplication.clipboard().text()
    assert "Error: file-vanished" in copied
    assert "/home/aki/gone.jsonl" in copied


def test_only_one_button_of_the_page_is_the_primary_one(shown: Shown) -> None:
    shown.tell(made_row("a", state="failed", error=CredentialsMissing(profile="team")))

    def kind(row_id: str) -> str:
        button = shown.list.layout_of(shown.line(row_id)).button("mend")
        assert button is not None
        return button.kind

    assert kind("a") == "primary"
    shown.tell(made_row("b", state="failed", error=CredentialsMissing(profile="team")))
    assert (kind("a"), kind("b")) == ("secondary", "secondary")


def test_what_is_cut_and_what_is_an_icon_is_told_by_a_tooltip(shown: Shown) -> None:
    title = "<b>long</b> " * 40
    shown.tell(made_row("a", title=title), made_row("b"))
    told = shown.list.tooltip_at(shown.line("a"), shown.place("a"))
    assert "&lt;b&gt;long" in told
    assert shown.list.tooltip_at(shown.line("b"), shown.place("b")) == ""
    assert shown.list.tooltip_at(shown.line("b"), shown.place("b", "pause")) == "Pause"
    assert shown.list.tooltip_at(0, QPoint(20, 20)) == ""


def test_a_failure_that_is_cut_can_be_read_as_a_whole(shown: Shown) -> None:
    path = f"/home/aki/{'long/' * 40}gone.jsonl"
    shown.tell(made_row(state="failed", error=FileVanished(path=path)))
    told = shown.list.tooltip_at(shown.line("u1"), shown.place("u1"))
    assert path[-100:] in told.replace("&#47;", "/")


# ---- keyboard -----------------------------------------------------------------------------------------------


def test_the_keyboard_goes_over_headings_from_row_to_row(shown: Shown) -> None:
    shown.tell(made_row("a", state="failed"), made_row("b"), made_row("c", state="done"))
    steps = []
    for key in (
        Qt.Key.Key_Home,
        Qt.Key.Key_Down,
        Qt.Key.Key_Down,
        Qt.Key.Key_Down,
        Qt.Key.Key_Up,
        Qt.Key.Key_End,
    ):
        shown.press(key)
        steps.append(shown.current())
    assert steps == ["a", "b", "c", "c", "b", "c"]
    shown.press(Qt.Key.Key_PageUp)
    assert shown.current() == "a"


def test_every_action_is_reached_by_keyboard(shown: Shown) -> None:
    shown.tell(
        made_row("sending", state="sending"), made_row("paused", state="paused"),
        made_row("failed", state="failed"), made_row("done", state="done"),
    )  # fmt: skip
    home, down = Qt.Key.Key_Home, Qt.Key.Key_Down
    shown.press(home, Qt.Key.Key_R, down, Qt.Key.Key_Space, Qt.Key.Key_Delete)
    shown.press(down, Qt.Key.Key_Space, down, Qt.Key.Key_Delete)
    assert shown.done == [
        ("retry", ("failed",)),
        ("pause", ("sending",)),
        ("cancel", ("sending",)),
        ("resume", ("paused",)),
        ("clear", ("done",)),
    ]


def test_the_buttons_of_a_row_are_gone_through_with_the_arrows(shown: Shown) -> None:
    shown.tell(made_row("a", state="sending"), made_row("b", state="sending"))
    shown.press(Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return)
    assert shown.done == [("cancel", ("a",))]
    shown.press(Qt.Key.Key_Left, Qt.Key.Key_Space)
    assert shown.done[1:] == [("pause", ("a",))]
    # In another row the keyboard is with the row again.
    shown.press(Qt.Key.Key_Down, Qt.Key.Key_Delete)
    assert shown.done[2:] == [("cancel", ("b",))]
    # The key that the list of keys names leads there.
    (told,) = [key for key, text in shown.page.shortcuts() if text.startswith("To the buttons")]
    QTest.keySequence(shown.list, QKeySequence(told))
    shown.press(Qt.Key.Key_Space)
    assert shown.done[3:] == [("pause", ("b",))]


def test_several_rows_are_done_at_once(shown: Shown) -> None:
    shown.tell(made_row("a"), made_row("b"), made_row("c", state="done"))
    QTest.keyClick(shown.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    shown.press(Qt.Key.Key_Delete)
    assert shown.done == [("cancel", ("a", "b"))]
    shown.press(Qt.Key.Key_Escape)
    assert not shown.list.selectionModel().hasSelection()


def test_rows_keep_their_selection_while_they_move(shown: Shown) -> None:
    shown.tell(made_row("a", state="sending"), made_row("b", state="sending"))
    shown.click("b")
    shown.tell(made_row("c", state="failed"), made_row("a", state="done"), made_row("b", state="verifying"))
    assert [item.row.id for item in shown.list.selected()] == ["b"]
    shown.tell(made_row("b", state="done"))
    assert [item.row.id for item in shown.list.selected()] == ["b"]


@pytest.mark.parametrize(
    ("row", "offered"),
    [
        (made_row(state="sending"), ["Pause", "Cancel", "Show in Files", "Copy path"]),
        (made_row(state="paused"), ["Resume", "Cancel", "Show in Files", "Copy path"]),
        (
            made_row(state="failed", error=FileVanished(path="/x")),
            ["Try again", "Show in Files", "Copy path", "Copy details", "Remove from the list"],
        ),
        (made_row(state="done", kind="download"), ["Show in Files", "Copy path", "Remove from the list"]),
        (made_row(state="sending", elsewhere=True), ["Show in Files", "Copy path"]),
    ],
)
def test_the_menu_of_a_row_offers_what_can_be_done(
    shown: Shown, monkeypatch: pytest.MonkeyPatch, row: TransferRow, offered: list[str]
) -> None:
    monkeypatch.setattr("app.desktop.transfers.doing.reveal_words", lambda: "Show in Files")
    shown.tell(row)
    shown.press(Qt.Key.Key_Home)
    # The menu key, as the system passes it on.
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(-1, -1), QPoint(-1, -1))
    QApplication.sendEvent(shown.list.viewport(), event)
    assert list(shown.menu()) == offered


def test_the_menu_does_what_it_says(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    revealed: list[list[Path]] = []
    monkeypatch.setattr("app.desktop.transfers.doing.reveal", lambda paths, *_: revealed.append(paths))
    row = made_row(state="done", kind="download", path="/home/aki/Downloads/log.jsonl")
    shown.tell(row)
    shown.click("u1", "menu")
    offered = list(shown.menu().values())
    for do in offered:
        do()
    assert revealed == [[Path("/home/aki/Downloads/log.jsonl")]]
    assert QGuiApplication.clipboard().text() == "/home/aki/Downloads/log.jsonl"
    assert shown.done == [("clear", ("u1",))]


def test_a_file_that_is_gone_is_told_above_the_list_until_that_is_closed(shown: Shown) -> None:
    shown.page.tell_problem(FileVanished(path="/home/aki/gone.jsonl"))
    assert shown.page.strip.isVisible()
    assert "gone.jsonl" in shown.page.strip.text()
    shown.total(left=1)
    assert shown.page.strip.isVisible()
    (close,) = [button for button in shown.page.strip.findChildren(Button) if button.text() == "Close"]
    QTest.mouseClick(close, LEFT)
    assert not shown.page.strip.isVisible()


def test_a_screen_reader_hears_rows_as_they_stand(shown: Shown) -> None:
    shown.tell(made_row("a", state="sending", sent=62_000, total=100_000), made_row("b", state="done"))
    spoken = QAccessible.queryAccessibleInterface(shown.list)
    assert spoken.text(QAccessible.Text.Name) == "Transfers"
    names = [spoken.child(number).text(QAccessible.Text.Name) for number in range(spoken.childCount())]
    assert names[0] == "In progress, 1"
    assert names[1] == "Title of a, Uploading · 62 of 100 kB, 62 %"


# ---- staying, moving, painting ------------------------------------------------------------------------------


def test_rows_that_are_looked_at_stay_where_they_are(shown: Shown) -> None:
    past = [
        made_row(f"d{number}", state="done", updated_at=NOON - timedelta(minutes=number))
        for number in range(60)
    ]
    shown.tell(*[made_row(f"u{number}", state="sending") for number in range(8)], *past)
    bar = shown.list.verticalScrollBar()
    bar.setValue(1200)
    watched = shown.list.item_at(shown.list.line_at(100))
    assert watched is not None
    place = shown.list.line_rect(shown.line(watched.row.id)).top()
    shown.tell(made_row("u0", state="failed"), made_row("new"), made_row("u1", state="done"))
    assert shown.list.line_rect(shown.line(watched.row.id)).top() == place
    shown.tell(gone=["u1", "u0"])
    assert shown.list.line_rect(shown.line(watched.row.id)).top() == place
    # At the very top what is new is seen.
    bar.setValue(0)
    shown.tell(made_row("u2", state="failed"))
    assert bar.value() == 0


def test_a_row_that_leaves_does_not_take_the_view_with_it(shown: Shown) -> None:
    shown.tell(*[made_row(f"u{number:02}", state="sending") for number in range(40)])
    shown.list.verticalScrollBar().setValue(600)
    first = shown.list.item_at(shown.list.line_at(10))
    assert first is not None
    shown.tell(made_row(first.row.id, state="done"))
    assert abs(shown.list.verticalScrollBar().value() - 600) <= 56


def test_something_moves_only_while_it_is_seen_and_nobody_minds(shown: Shown, look: Look) -> None:
    assert not shown.animated()
    shown.tell(made_row("a", state="sending"), made_row("b", state="verifying"))
    assert shown.animated()
    look.choose(appearance="light", motion="reduced")
    shown.qtbot.waitUntil(lambda: not shown.animated())
    look.choose(appearance="light")
    shown.qtbot.waitUntil(shown.animated)
    shown.page.hide()
    assert not shown.animated()
    shown.page.show()
    assert shown.animated()
    shown.tell(made_row("b", state="done"))
    shown.qtbot.waitUntil(lambda: not shown.animated())


def test_scrolling_paints_the_rows_that_come_into_sight(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.tell(*(made_row(f"u{number}") for number in range(60)))
    bar = shown.list.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1000)
    painted: list[str] = []
    real = shown.list.painter.paint_row

    def paint_row(painter: Any, rect: Any, item: Any, *others: Any) -> None:
        painted.append(item.row.id)
        real(painter, rect, item, *others)

    monkeypatch.setattr(shown.list.painter, "paint_row", paint_row)
    shown.list.viewport().update()
    qtbot.waitUntil(lambda: "u0" in painted)
    bar.setValue(bar.maximum())

    qtbot.waitUntil(lambda: "u59" in painted)


def test_a_light_below_the_edge_does_not_move(shown: Shown) -> None:
    shown.tell(
        *[made_row(f"u{number}", state="sending") for number in range(40)], made_row("v", state="verifying")
    )
    shown.qtbot.waitUntil(lambda: not shown.animated())
    shown.list.verticalScrollBar().setValue(10_000)
    assert shown.animated()


@pytest.mark.parametrize("width", [528, 1088])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_state_is_painted_at_every_width_without_a_complaint(
    context: Context,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    translations: Translations,
    width: int,
    language: str,
) -> None:
    translations.use(language)  # type: ignore[arg-type]
    shown = Shown(context, qtbot, monkeypatch)
    shown.page.resize(width, 800)
    shown.tell(*every_kind_of_row())
    shown.total(
        left=9,
        failed=2,
        paused=1,
        sent=84,
        total=230,
        fraction=0.4,
        halted=Unreachable(host="s3"),
        retry_in=40.0,
    )
    assert not shown.page.grab().isNull()
    assert shown.page.head.width() == width


# ---- which rows are seen ------------------------------------------------------------------------------------


def test_without_transfers_the_way_leads_to_the_sessions(shown: Shown, asked: Asked) -> None:
    assert not shown.page.empty.isVisible()  # nothing is known yet
    shown.context.transfers.start()
    shown.qtbot.waitUntil(shown.page.empty.isVisible)
    (button,) = shown.page.empty.findChildren(Button)
    QTest.mouseClick(button, LEFT)
    assert asked.pages == ["sessions"]
    shown.tell(made_row())
    assert shown.list.isVisible()


def test_a_filter_that_nothing_meets_says_so_and_leads_back(shown: Shown) -> None:
    shown.tell(made_row())
    shown.page.head.filter.choose("failed")
    shown.page.head.filter.chosen.emit("failed")
    assert shown.page.none_match.isVisible()
    assert shown.page.none_match.heading.text() == "Nothing has failed"
    (back,) = shown.page.none_match.findChildren(Button)
    QTest.mouseClick(back, LEFT)
    assert shown.list.isVisible()
    assert shown.page.head.filter.current() == "all"


# ---- the head -----------------------------------------------------------------------------------------------


def visible(head: Head) -> list[str]:
    return [command for command, button in head.buttons.items() if button.isVisible()]


def test_the_head_offers_what_makes_sense(shown: Shown) -> None:
    shown.tell(made_row())
    shown.total(left=5, failed=1, paused=1)
    shown.tell(made_row("d", state="done"))
    assert visible(shown.page.head) == ["retry-failed", "cancel-all", "clear", "pause-all"]
    shown.total(left=5, paused=5)
    assert visible(shown.page.head) == ["cancel-all", "clear", "resume-all"]
    shown.total()
    assert visible(shown.page.head) == ["clear"]


@pytest.mark.parametrize(
    ("command", "asked_for"),
    [
        ("retry-failed", "retry_failed"),
        ("clear", "clear"),
        ("pause-all", "pause_all"),
        ("resume-all", "resume_all"),
    ],
)
def test_the_head_does_what_it_offers(shown: Shown, command: Any, asked_for: str) -> None:
    shown.tell(made_row(), made_row("d", state="done"))
    shown.total(left=5, failed=1, paused=5 if command == "resume-all" else 0)
    QTest.mouseClick(shown.page.head.buttons[command], LEFT)
    assert shown.done == [(asked_for, ())]


def test_before_everything_is_cancelled_a_person_is_asked_once(shown: Shown) -> None:
    shown.tell(made_row())
    shown.total(left=5)
    head = shown.page.head

    def ask() -> CancelAll:
        QTest.mouseClick(head.buttons["cancel-all"], LEFT)
        (dialog,) = [it for it in shown.page.findChildren(CancelAll) if it.isVisible()]
        return dialog

    dialog = ask()
    assert dialog.heading.text() == "Cancel all 5 transfers?"
    assert "What is archived already stays" in " ".join(label.text() for label in dialog.findChildren(Label))
    assert dialog.focusWidget() is dialog.go_on
    QTest.keyClick(dialog.go_on, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert shown.done == []
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QTest.mouseClick(ask().cancel, LEFT)
    assert shown.done == [("cancel_all", ())]


def test_what_has_no_room_in_the_head_stands_in_a_menu(shown: Shown) -> None:
    shown.tell(made_row())
    shown.total(left=5, failed=12, paused=1)
    shown.page.resize(480, 600)
    shown.qtbot.waitUntil(shown.page.head.more.isVisible)
    assert visible(shown.page.head) == ["pause-all"]
    offered = {action.text(): action for action in shown.page.head.menu().actions()}
    assert list(offered) == ["Retry 12 failed", "Resume all", "Cancel all…"]
    offered["Retry 12 failed"].trigger()
    assert shown.done == [("retry_failed", ())]


def summary(counted: Counted = Counted(), *, here: bool = False, **known: Any) -> Summary:  # noqa: B008 - a value
    return summarise(made_totals(**known), counted, this_computer_only=here)


def test_the_head_says_how_many_are_left_and_how_far_they_are(translations: Translations) -> None:
    known: dict[str, Any] = {
        "sent": 100_000_000,
        "total": 230_000_000,
        "speed": 10_300_000.0,
        "seconds_left": 3.0,
        "fraction": 0.43,
    }
    told = summary(left=5, failed=1, paused=1, **known)
    assert told == Summary(
        "5 left, 1 failed", "100 of 230 MB · 10.3 MB/s · 3 s left, 1 paused", fraction=0.43
    )
    assert summary(left=1).text == "1 left"
    assert summary(failed=2).text == "2 failed"
    assert summary(left=2, paused=2, sent=2_500_000, total=10_000_000).details == "2.5 of 10.0 MB, all paused"


def test_everything_is_only_called_archived_when_it_is(translations: Translations) -> None:
    done = Counted(done=3, archived=True)
    assert summary(done, fraction=1.0).text == "Everything is archived and verified"
    assert summary(done, fraction=1.0).icon == "archived"
    here = summary(done, here=True)
    assert (here.text, here.icon) == ("Everything is kept on this computer and verified", "local")
    assert summary(Counted(done=3)).text == "All downloads are done"
    for told in (
        summary(Counted(done=3, archived=True, cancelled=1)),
        summary(done, halted=Unreachable(host="s3")),
        summary(done, failed=1),
        summary(done, left=1),
        summary(),
    ):
        assert "verified" not in told.text
        assert told.icon is None


# ---- what halts and what could not be written ---------------------------------------------------------------


def halted_words(bar: Halted) -> list[str]:
    return [label.text() for label in (bar.title, bar.text, bar.countdown) if label.isVisible()]


def test_what_halts_everything_is_explained_and_counts_down(shown: Shown) -> None:
    shown.tell(made_row())
    error = Unreachable(host="s3.example.com", reason="timed out")
    shown.total(left=1, halted=error, retry_in=40.0)
    bar = shown.page.halted
    title, text, countdown = halted_words(bar)
    assert title == "No connection"
    assert "s3.example.com" in text
    assert countdown == "Trying again in 40 s"
    assert not bar.mend.isVisible()
    shown.total(left=1, halted=error, retry_in=0.0)
    assert halted_words(bar)[2] == "Trying again…"
    QTest.mouseClick(bar.again, LEFT)
    assert shown.done == [("retry_now", ())]
    QTest.mouseClick(bar.copy, LEFT)
    assert "Error: unreachable" in QGuiApplication.clipboard().text()
    shown.total(left=1)
    assert not bar.isVisible()


def test_what_only_a_person_can_mend_has_its_button(shown: Shown, asked: Asked) -> None:
    error = CredentialsMissing(profile="team")
    shown.total(left=1, halted=error)
    bar = shown.page.halted
    assert len(halted_words(bar)) == 2
    QTest.mouseClick(bar.mend, LEFT)
    ((_, told),) = asked.actions
    assert told is error


def test_a_list_of_titles_that_could_not_be_written_is_told_quietly(shown: Shown) -> None:
    notice = AccessDenied(host="s3", reason="policy")
    shown.total(notice=notice, halted=Unreachable(host="s3"))
    assert not shown.page.strip.isVisible()
    shown.total(notice=notice)
    assert shown.page.strip.text().startswith("Nothing is lost, but the list of titles could not be written")
    (again,) = [button for button in shown.page.strip.findChildren(Button) if not button.isHidden()]
    QTest.mouseClick(again, LEFT)
    assert shown.done == [("retry_now", ())]
    shown.total()
    assert not shown.page.strip.isVisible()


def test_totals_are_told_whole(shown: Shown) -> None:
    totals: QueueTotals = made_totals(left=5, failed=1, fraction=0.999)
    shown.now = totals
    shown.tell(made_row())
    assert shown.page.head.text.text() == "5 left, 1 failed"
    assert shown.page.head.percent.text() == "99 %"
    assert shown.page.head.bar.fraction() == 0.999
