"""Work in the background and its way back: on the GUI thread, in order, cancellable, never lost in silence."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, QThread

from app.desktop.tasks import Task, Tasks
from app.errors import Cancelled, DiskFull

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    assert made.close()


def test_the_result_arrives_on_the_gui_thread(qtbot: QtBot, tasks: Tasks) -> None:
    worked: list[threading.Thread] = []
    told: list[tuple[int, QThread]] = []

    def work(_task: Task[int]) -> int:
        worked.append(threading.current_thread())
        return 42

    tasks.run(work, done=lambda value: told.append((value, QThread.currentThread())))
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(42, tasks.thread())]
    assert worked[0] is not threading.main_thread()


def test_an_expected_error_goes_to_who_asked(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[object] = []

    def work(_task: Task[None]) -> None:
        raise DiskFull(path="there")

    tasks.run(work, failed=told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], DiskFull)


@pytest.mark.parametrize("error", [DiskFull(path="there"), ZeroDivisionError("a bug")])
def test_what_nobody_asked_to_hear_of_is_told_all_the_same(
    qtbot: QtBot, tasks: Tasks, error: Exception
) -> None:
    def work(_task: Task[None]) -> None:
        raise error

    with qtbot.waitSignal(tasks.crashed) as heard:
        tasks.run(work)
    assert heard.args == [error]


def test_a_bug_is_told_although_errors_are_listened_to(qtbot: QtBot, tasks: Tasks) -> None:
    failures: list[object] = []
    with qtbot.waitSignal(tasks.crashed):
        tasks.run(lambda _task: 1 // 0, failed=failures.append)
    assert failures == []


def test_progress_comes_at_most_ten_times_a_second_and_the_last_of_it_always(
    qtbot: QtBot, tasks: Tasks
) -> None:
    seen: list[int] = []
    ended: list[int] = []
    spent = 0.0

    def work(task: Task[int]) -> int:
        nonlocal spent
        started = time.monotonic()
        number = 0
        while len(seen) < 3:
            number += 1
            task.report(number)
            time.sleep(0.001)
        spent = time.monotonic() - started
        task.report(-1)
        return number

    tasks.run(work, progress=seen.append, done=ended.append)
    qtbot.waitUntil(lambda: bool(ended), timeout=20_000)
    assert seen[-1] == -1
    assert seen[:-1] == sorted(seen[:-1])
    assert spent > 0.19  # three tellings are two tenths of a second apart
    assert len(seen) <= 5


def test_nothing_comes_back_from_a_cancelled_task(qtbot: QtBot, tasks: Tasks) -> None:
    going = threading.Event()
    told: list[Any] = []

    def work(task: Task[int]) -> int:
        going.set()
        while not task.cancelled:
            time.sleep(0.001)
        return 1

    task = tasks.run(work, done=told.append, failed=told.append)
    assert going.wait(20)
    task.cancel()
    qtbot.waitUntil(lambda: not tasks.busy())
    qtbot.wait(10)
    assert told == []


def test_an_owner_that_is_gone_is_not_called(qtbot: QtBot, tasks: Tasks) -> None:
    owner, go = QObject(), threading.Event()
    told: list[Any] = []
    tasks.run(lambda _task: go.wait(20), done=told.append, owner=owner)
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed):
        pass
    go.set()
    qtbot.waitUntil(lambda: not tasks.busy())
    qtbot.wait(10)
    assert told == []


def test_work_that_stops_itself_ends_in_silence(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[Any] = []

    def work(_task: Task[None]) -> None:
        raise Cancelled

    tasks.crashed.connect(told.append)
    tasks.run(work, done=told.append, failed=told.append)
    qtbot.waitUntil(lambda: not tasks.busy())
    qtbot.wait(10)
    assert told == []


def test_one_that_hangs_keeps_neither_the_others_nor_the_end_waiting(qtbot: QtBot, qapp: object) -> None:
    tasks = Tasks()
    release = threading.Event()
    told: list[Any] = []
    tasks.run(lambda _task: release.wait(60))
    for number in range(20):
        tasks.run(lambda _task, number=number: number, done=told.append)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(told) == 20)
    assert tasks.close(timeout=0.05) is False
    release.set()


def test_what_is_asked_after_the_end_is_not_done(qapp: object) -> None:
    tasks = Tasks()
    assert tasks.close()
    told: list[int] = []
    assert tasks.run(lambda _task: 1, done=told.append).cancelled
    assert told == []


def test_a_task_lives_as_long_as_a_timer_that_will_ask_it(
    qtbot: QtBot, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PySide keeps no hold of the object whose method a timer calls, and calls it nevertheless."""
    monkeypatch.setattr("app.desktop.tasks.PROGRESS_SECONDS", 5.0)
    seen: list[weakref.ref[Task[None]]] = []
    told: list[int] = []
    go_on = threading.Event()

    def work(task: Task[None]) -> None:
        seen.append(weakref.ref(task))
        task.report(1)
        assert go_on.wait(30)
        task.report(2)

    ended: list[None] = []
    tasks.run(work, done=ended.append, progress=told.append)
    qtbot.waitUntil(lambda: told == [1])
    go_on.set()
    qtbot.waitUntil(lambda: bool(ended))
    # The worker thread holds its last task until it has another one.
    tasks.run(lambda _task: None, done=ended.append)
    qtbot.waitUntil(lambda: len(ended) == 2)
    gc.collect()
    assert told == [1, 2]
    assert seen[0]() is not None
