"""The preview pane on real logs: read in the background, scrolled without jumps, one file open at a time."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from app.desktop.preview.library import NEAR
from app.desktop.preview.pane import PreviewPane
from app.desktop.widgets.buttons import Button
from app.errors import Cancelled, Unreachable
from app.sessions.preview import PAGE_SIZE, Preview, open_preview_file
from tests.desktop.conftest import PATIENCE_MILLISECONDS
from tests.desktop.gui_guard import Guard, install
from tests.desktop.preview_logs import Log, long_log, session_of, short_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.bootstrap import Services
    from app.desktop.context import Context
    from app.desktop.tasks import Task


@pytest.fixture
def pane(context: Context, qtbot: QtBot) -> Iterator[PreviewPane]:
    made = PreviewPane(context)
    qtbot.addWidget(made)
    made.resize(336, 640)
    made.show()
    yield made
    made.clear()


@pytest.fixture
def at_rest(pane: PreviewPane, qtbot: QtBot) -> Callable[[], None]:
    """Waits until nothing is being read."""

    def wait() -> None:
        qtbot.waitUntil(pane.reader.is_idle, timeout=PATIENCE_MILLISECONDS)
        QApplication.processEvents()
        qtbot.waitUntil(pane.reader.is_idle, timeout=PATIENCE_MILLISECONDS)

    return wait


def seen(pane: PreviewPane) -> list[str]:
    """The texts of the parts in view."""
    return [place.sheet.parts[place.part].text for place in pane.messages.placed if place.sheet is not None]


def numbers(pane: PreviewPane) -> list[int]:
    """The messages in view."""
    return list(dict.fromkeys(place.number for place in pane.messages.placed))


def open_files(path: Path) -> int:
    """How often this process has the file open."""
    return [file.path for file in psutil.Process().open_files()].count(str(path.resolve()))


# ---- what is shown ----------------------------------------------------------------------------------------


def test_without_a_session_it_says_what_to_do(pane: PreviewPane) -> None:
    assert pane.instead.isVisible()
    assert pane.instead.text.text() == "Select a session to read it here."
    assert not pane.messages.isVisible()
    assert not pane.header.copy_id.isVisible()
    assert pane.header.hide_button.isVisible()


def test_a_session_is_read_without_the_gui_thread_touching_its_file(
    pane: PreviewPane, at_rest: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(short_log().write(tmp_path / "log.jsonl"))
    guard = Guard()
    sys.addaudithook(guard.hook)
    install(guard, monkeypatch)
    with guard.on() as breaches:
        pane.show_session(session)
        at_rest()
        pane.messages.grab()
    assert breaches == []
    assert seen(pane)[:2] == ["You", "Please find out why uploads fail."]
    assert "Bash make test" in seen(pane)
    assert numbers(pane) == [0, 1, 2, 3, 4, 5]


def test_the_head_tells_what_the_session_is(pane: PreviewPane, tmp_path: Path) -> None:
    pane.show_session(session_of(short_log().write(tmp_path / "log.jsonl")))
    header = pane.header
    assert header.title.text() == "Why do uploads fail?"
    assert header.place.text() == "Claude Code · media-viewer"
    assert header.figures.text().startswith("214 messages · ")
    assert header.figures.text().endswith(" · 48,200 tokens")
    wishes: list[str] = []
    pane.reveal_wanted.connect(lambda: wishes.append("reveal"))
    pane.copy_id_wanted.connect(lambda: wishes.append("copy"))
    pane.hidden_by_person.connect(lambda: wishes.append("hide"))
    for button in (header.reveal, header.copy_id, header.hide_button):
        assert button.accessibleName()
        button.click()
    assert wishes == ["reveal", "copy", "hide"]


def test_markup_of_a_log_stays_text(pane: PreviewPane, at_rest: Callable[[], None], tmp_path: Path) -> None:
    hostile = "<b>bold</b> <img src='file:///etc/passwd'> <script>x</script>"
    log = Log().user(hostile).says(f"{hostile}\n\n![picture](http://127.0.0.1:1/x.png)")
    pane.show_session(session_of(log.write(tmp_path / "log.jsonl"), title="<i>title</i>"))
    at_rest()
    assert seen(pane)[1] == hostile
    assert "<script>" in " ".join(seen(pane)[2:])
    assert pane.header.title.text() == "<i>title</i>"


def test_a_file_that_is_gone_is_told_in_words(
    pane: PreviewPane, at_rest: Callable[[], None], tmp_path: Path
) -> None:
    path = short_log().write(tmp_path / "log.jsonl")
    session = session_of(path)
    path.unlink()
    pane.show_session(session)
    at_rest()
    assert pane.instead.isVisible()
    assert pane.instead.heading.text()
    assert str(path) in pane.instead.text.text()
    assert not pane.header.more.isEnabled()
    # Once it is there again it is read again.
    short_log().write(path)
    pane.show_session(session)
    at_rest()
    assert pane.messages.isVisible()
    assert numbers(pane) == [0, 1, 2, 3, 4, 5]


# ---- a long log -------------------------------------------------------------------------------------------


@pytest.fixture
def long_session(pane: PreviewPane, at_rest: Callable[[], None], tmp_path: Path) -> PreviewPane:
    """A thousand messages, shown from the beginning."""
    pane.show_session(session_of(long_log(1000).write(tmp_path / "long.jsonl")))
    at_rest()
    return pane


def test_it_goes_to_the_end_and_back_and_the_scroll_bar_says_so(
    long_session: PreviewPane, at_rest: Callable[[], None]
) -> None:
    messages = long_session.messages
    bar = messages.verticalScrollBar()
    assert (bar.value(), messages.flow.count) == (0, 1000)
    messages.go_to_end()
    at_rest()
    assert numbers(long_session)[-1] == 999
    assert bar.value() == bar.maximum()
    last = messages.placed[-1]
    assert last.bottom + messages.flow.foot == pytest.approx(messages.viewport().height(), abs=1)
    messages.go_to_beginning()
    at_rest()
    assert (numbers(long_session)[0], bar.value()) == (0, 0)


def test_every_message_comes_by_when_one_scrolls_through(
    long_session: PreviewPane, at_rest: Callable[[], None]
) -> None:
    messages = long_session.messages
    met = set(numbers(long_session))
    tops: list[int] = [0]
    for _ in range(3000):
        messages.scroll_by(500)
        if any(place.sheet is None for place in messages.placed):
            at_rest()
        messages.viewport().repaint()
        met.update(numbers(long_session))
        tops.append(messages.verticalScrollBar().value())
        if tops[-1] == tops[-2]:
            break
    assert met == set(range(1000))
    assert tops == sorted(tops)


def test_only_pages_near_the_view_stay_in_memory(
    long_session: PreviewPane, at_rest: Callable[[], None]
) -> None:
    messages = long_session.messages
    for share in (0.2, 0.5, 0.8, 1.0, 0.4):
        bar = messages.verticalScrollBar()
        bar.setValue(round(bar.maximum() * share))
        at_rest()
    held = [number for number in range(1000) if messages.leaf(number) is not None]
    first, last = numbers(long_session)[0], numbers(long_session)[-1]
    assert first - (NEAR + 1) * PAGE_SIZE <= held[0] <= first
    assert last <= held[-1] <= last + (NEAR + 1) * PAGE_SIZE
    assert all(messages.leaf(number) is not None for number in range(first, last + 1))


def test_what_is_read_above_does_not_move_what_is_in_view(
    long_session: PreviewPane, at_rest: Callable[[], None], qtbot: QtBot
) -> None:
    messages = long_session.messages
    messages.go_to_message(500)
    qtbot.waitUntil(lambda: messages.leaf(500) is not None, timeout=PATIENCE_MILLISECONDS)
    before = {(place.number, place.part): place.top for place in messages.placed}
    at_rest()  # the neighbouring pages have come by now
    messages.scroll_by(-200)
    after = {(place.number, place.part): place.top for place in messages.placed}
    common = before.keys() & after.keys()
    assert common
    assert all(after[key] == pytest.approx(before[key] + 200) for key in common)


def test_of_a_message_that_turns_out_long_the_same_share_is_above_the_view(
    pane: PreviewPane, at_rest: Callable[[], None], tmp_path: Path
) -> None:
    log = long_log(300).says("It is long. " * 10_000)
    pane.show_session(session_of(long_log_after(log).write(tmp_path / "log.jsonl")))
    at_rest()
    flow = pane.messages.flow
    flow.show_from(flow._heights.above(300) + flow._heights.average / 2)
    pane.messages.refresh()
    assert pane.messages.leaf(300) is None
    at_rest()
    sheet = flow.sheet(300)
    assert sheet is not None
    assert flow.anchor.number == 300
    above = sheet.top(flow.anchor.part) + flow.anchor.offset
    assert above / sheet.height == pytest.approx(0.5, abs=0.1)


def long_log_after(log: Log) -> Log:
    """The log, with so much after it that the end is far away."""
    for number in range(100):
        log.user(f"And {number}?").says("Yes. " * 30)
    return log


def test_another_width_or_size_keeps_the_place(
    long_session: PreviewPane, at_rest: Callable[[], None]
) -> None:
    messages = long_session.messages
    messages.go_to_message(301)
    at_rest()
    top = numbers(long_session)[0]
    long_session.resize(520, 640)
    QApplication.processEvents()
    assert abs(numbers(long_session)[0] - top) <= 1
    long_session.header.look.choose(appearance="dark", text_size=150)
    at_rest()
    assert abs(numbers(long_session)[0] - top) <= 1
    widest = messages.viewport().width()
    for place in messages.placed:
        if place.sheet is not None and place.sheet.parts[place.part].kind == "text":
            assert place.sheet.box(place.part).width <= widest


def test_the_handle_can_be_dragged_without_running_away(
    long_session: PreviewPane, at_rest: Callable[[], None]
) -> None:
    messages = long_session.messages
    bar = messages.verticalScrollBar()
    longest = bar.maximum()
    bar.setSliderDown(True)
    for share in (0.1, 0.6, 0.9):
        bar.setSliderPosition(round(longest * share))
        at_rest()
        assert (bar.maximum(), bar.value()) == (longest, round(longest * share))
        assert numbers(long_session)[0] == pytest.approx(1000 * share, abs=60)
    bar.setSliderPosition(longest)
    bar.setSliderDown(False)
    at_rest()
    assert numbers(long_session)[-1] == 999


def test_the_wheel_scrolls_by_pixels(long_session: PreviewPane) -> None:
    messages = long_session.messages
    place = QPointF(100, 200)
    whereabouts = messages.viewport().mapToGlobal(place)
    event = QWheelEvent(
        place, whereabouts, QPoint(0, -37), QPoint(0, -74), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.ScrollUpdate, False,
    )  # fmt: skip
    QApplication.sendEvent(messages.viewport(), event)
    assert messages.verticalScrollBar().value() == 37


def test_an_enormous_message_is_laid_out_only_where_it_is_looked_at(
    pane: PreviewPane, at_rest: Callable[[], None], tmp_path: Path
) -> None:
    log = Log().user("w" * 190_000).says("待ち時間" * 40_000).says("line\n\n" * 1_900)
    pane.show_session(session_of(log.write(tmp_path / "log.jsonl")))
    at_rest()
    messages = pane.messages
    messages.go_to_end()
    at_rest()
    for _ in range(30):
        messages.scroll_by(-900)
    for number in range(3):
        sheet = messages.flow.sheet(number)
        assert sheet is not None
        assert len(sheet._boxes) < 200
        assert len(sheet.parts) > 100
    for place in messages.placed:
        assert place.sheet is not None
        assert place.sheet.box(place.part).width <= place.sheet.area(place.part).width() + 1


# ---- one file at a time -----------------------------------------------------------------------------------


def test_only_the_session_that_is_shown_is_open(
    pane: PreviewPane, at_rest: Callable[[], None], qtbot: QtBot, tmp_path: Path
) -> None:
    paths = [short_log().write(tmp_path / f"log{number}.jsonl") for number in range(6)]
    for path in paths:
        pane.show_session(session_of(path))  # before the one before has been read
    at_rest()
    qtbot.waitUntil(lambda: not any(map(open_files, paths[:-1])), timeout=PATIENCE_MILLISECONDS)
    assert open_files(paths[-1]) == 1
    assert numbers(pane) == [0, 1, 2, 3, 4, 5]
    pane.clear()
    qtbot.waitUntil(lambda: not open_files(paths[-1]), timeout=PATIENCE_MILLISECONDS)


def test_a_slow_archive_is_given_up_when_something_else_is_selected(
    pane: PreviewPane, at_rest: Callable[[], None], qtbot: QtBot, tmp_path: Path
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def bring(_services: Services, task: Task[Any]) -> Preview:
        begun.set()
        while not task.cancelled:
            time.sleep(0.001)
        ended.set()
        raise Cancelled

    pane.show_archived("Old session", "Claude Code · 2.1 MB", bring)
    assert pane.header.title.text() == "Old session"
    assert not pane.header.reveal.isVisible()
    qtbot.waitUntil(begun.is_set, timeout=PATIENCE_MILLISECONDS)
    qtbot.waitUntil(lambda: pane.messages._is_waiting, timeout=PATIENCE_MILLISECONDS)
    pane.messages.grab()
    pane.show_session(session_of(short_log().write(tmp_path / "log.jsonl")))
    qtbot.waitUntil(ended.is_set, timeout=PATIENCE_MILLISECONDS)
    at_rest()
    assert numbers(pane) == [0, 1, 2, 3, 4, 5]


def test_what_was_brought_from_the_archive_is_shown_and_closed(
    pane: PreviewPane, at_rest: Callable[[], None], qtbot: QtBot, context: Context, tmp_path: Path
) -> None:
    path = short_log().write(tmp_path / "brought.jsonl")
    threads: list[int] = []

    def bring(services: Services, _task: Task[Any]) -> Preview:
        assert services.paths is not None
        threads.append(threading.get_ident())
        return open_preview_file(path, source="claude-code", name="log.jsonl")

    pane.show_archived("Old session", "Claude Code", bring)
    at_rest()
    assert seen(pane)[1] == "Please find out why uploads fail."
    assert threads
    assert threads[0] != threading.get_ident()
    assert open_files(path) == 1
    # With another profile it is not to be seen any more.
    context.workplace.reopen()
    assert pane.instead.isVisible()
    qtbot.waitUntil(lambda: not open_files(path), timeout=PATIENCE_MILLISECONDS)


def test_what_cannot_be_brought_is_explained_with_its_button(
    pane: PreviewPane, at_rest: Callable[[], None], tmp_path: Path
) -> None:
    path = short_log().write(tmp_path / "brought.jsonl")
    tries: list[int] = []

    def bring(_services: Services, _task: Task[Any]) -> Preview:
        tries.append(1)
        if len(tries) > 1:
            return open_preview_file(path, source="claude-code", name="log.jsonl")
        raise Unreachable(host="s3.example.com", reason="no route")

    pane.show_archived("Old session", "Claude Code", bring)
    at_rest()
    assert pane.instead.isVisible()
    buttons = {button.text(): button for button in pane.instead.findChildren(Button)}
    assert list(buttons) == ["Try again", "Copy details"]
    assert pane.instead.heading.text() in pane.instead.accessibleName()
    buttons["Try again"].click()
    at_rest()
    assert seen(pane)[1] == "Please find out why uploads fail."


# ---- a session that goes on -------------------------------------------------------------------------------


def test_a_session_that_has_grown_says_so_and_shows_the_newest(
    pane: PreviewPane, at_rest: Callable[[], None], qtbot: QtBot, tmp_path: Path
) -> None:
    path = long_log(200).write(tmp_path / "log.jsonl")
    pane.show_session(session_of(path))
    at_rest()
    assert not pane.grown.isVisible()
    long_log(260).write(path)
    pane.reader.want_check()
    qtbot.waitUntil(pane.grown.isVisible, timeout=PATIENCE_MILLISECONDS)
    assert numbers(pane)[0] == 0
    pane.grown.button.click()
    at_rest()
    assert not pane.grown.isVisible()
    assert numbers(pane)[-1] == 259


def test_a_new_scan_of_the_same_session_keeps_the_place(
    pane: PreviewPane, at_rest: Callable[[], None], tmp_path: Path
) -> None:
    path = long_log(300).write(tmp_path / "log.jsonl")
    session = session_of(path)
    pane.show_session(session)
    at_rest()
    pane.messages.go_to_message(100)
    at_rest()
    before = numbers(pane)
    pane.show_session(session_of(path, title="A better title"))
    assert pane.header.title.text() == "A better title"
    assert numbers(pane) == before
    assert not pane.grown.isVisible()
    long_log(310).write(path)
    pane.show_session(session_of(path))
    assert pane.grown.isVisible()
    assert numbers(pane) == before
