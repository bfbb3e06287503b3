"""Garbage ends on the GUI thread, whichever thread makes objects."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject

from app.desktop.collector import PASS_MILLISECONDS, Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.desktop.tasks import Task, Tasks


class Ring:
    """Garbage that only the collector finds; tells the thread that it ends in."""

    def __init__(self, told: list[threading.Thread]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: told.append(threading.current_thread())).atexit = False


@pytest.fixture
def collector(qapp: object) -> Iterator[Collector]:
    made = Collector()
    yield made
    made.deleteLater()


def _make_much() -> list[list[int]]:
    return [[number] for number in range(10 * gc.get_threshold()[0])]


def test_a_worker_that_makes_many_objects_ends_no_widget(
    qtbot: QtBot, collector: Collector, tasks: Tasks
) -> None:
    told: list[threading.Thread] = []
    done: list[list[list[int]]] = []
    Ring(told)
    tasks.run(lambda _task: _make_much(), done=done.append)
    qtbot.waitUntil(lambda: bool(done))
    qtbot.waitUntil(lambda: bool(told), timeout=20 * PASS_MILLISECONDS)
    assert told == [threading.main_thread()]


def test_every_generation_has_its_turn(collector: Collector) -> None:
    gc.collect()
    looked = []
    kept = []
    for _ in range(200):
        kept.append(_make_much())
        looked.append(collector.look())
    assert set(looked) == {0, 1, 2}
    assert looked.count(0) > looked.count(1) > looked.count(2)


def test_with_nothing_to_do_nothing_is_looked_through(collector: Collector) -> None:
    gc.collect()
    assert collector.look() is None


def test_what_a_task_holds_ends_on_the_gui_thread(qtbot: QtBot, tasks: Tasks) -> None:
    """The worker keeps its last task until the next one: parts of the window must not hang on that."""
    told: list[threading.Thread] = []

    def start() -> None:
        ring = Ring(told)
        ring.itself = None  # type: ignore[assignment] # no ring: it ends with its last reference
        tasks.run(lambda _task: str(ring))

    start()
    qtbot.waitUntil(lambda: not tasks.busy())
    qtbot.waitUntil(lambda: bool(told))
    assert told == [threading.main_thread()]


def test_what_a_cancelled_task_holds_ends_on_the_gui_thread(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[threading.Thread] = []
    going = threading.Event()

    def start() -> Task[None]:
        ring = Ring(told)
        ring.itself = None  # type: ignore[assignment] # no ring: it ends with its last reference

        def work(task: Task[None]) -> None:
            going.set()
            assert task.ended_early.wait(30)

        def done(_nothing: None) -> None:
            raise AssertionError(ring)

        return tasks.run(work, done=done)

    task = start()
    assert going.wait(30)
    task.cancel()
    del task
    qtbot.waitUntil(lambda: not tasks.busy())
    qtbot.waitUntil(lambda: bool(told))
    assert told == [threading.main_thread()]


def test_a_dropped_object_of_qt_is_gone_after_a_look(collector: Collector) -> None:
    gone: list[bool] = []
    holder = QObject()
    holder.destroyed.connect(lambda: gone.append(True))
    holder.itself = holder  # type: ignore[attr-defined]
    del holder
    kept = _make_much()
    collector.look()
    assert gone == [True]
    assert kept
