"""The queue's rows are paused, gone on with and cancelled from outside: by a program that does not run the queue."""

from __future__ import annotations

import secrets
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from app.archiving import queue_outside
from app.transfer.jobs import JobStore
from app.transfer.wishes import FRESH_SECONDS, WishStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.archiving.queue_outside import OutsideQueue
    from app.archiving.queue_rows import RowState
    from app.archiving.transfer_queue import TransferQueue
    from app.bootstrap import Services
    from app.sessions.model import Session
    from tests.archiving.queue_bench import QueueBench


@pytest.fixture
def outside(home: Path, open_services: Callable[[Path], Services]) -> OutsideQueue:
    """What the command line sees of the home."""
    return open_services(home).outside_queue()


@pytest.fixture
def slow(bench: QueueBench, tmp_path: Path) -> list[Session]:
    """Two sessions that a running queue is sending, at a speed at which that takes minutes."""
    bench.services.bandwidths.uploads.limit = 4 * 1024
    sessions = [bench.write(tmp_path, f"{name}.md", secrets.token_bytes(1024**2)) for name in "ab"]
    bench.queue.add_sessions(sessions)
    bench.until(lambda: all(bench.row(session).sent for session in sessions))
    return sessions


def states(rows: list[Any]) -> set[RowState]:
    return {row.state for row in rows}


def test_a_queue_that_runs_in_another_program_is_asked(
    bench: QueueBench, slow: list[Session], outside: OutsideQueue
) -> None:
    ids = bench.ids(*slow)
    assert outside.is_run()
    # What the other program works on is shown as that.
    assert {row.id for row in outside.rows() if row.elsewhere} == set(ids)

    assert states(outside.ask(ids, "pause")) == {"paused"}
    assert states(bench.queue.rows()) == {"paused"}
    assert states(outside.ask(ids[:1], "resume")) <= {"queued", "sending"}
    bench.until_state(slow[0], "sending")
    assert bench.state(slow[1]) == "paused"
    assert states(outside.ask(ids, "cancel")) == {"cancelled"}
    assert states(bench.queue.rows()) == {"cancelled"}


def test_where_nobody_runs_the_queue_it_is_noted_for_the_next_start(
    home: Path,
    tmp_path: Path,
    outside: OutsideQueue,
    open_queue: Callable[..., QueueBench],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = open_queue(home, start=False)
    sessions = bench.several(tmp_path, 3)
    for session in sessions:
        bench.take_in(session)
    assert not outside.is_run()
    ids = [row.id for row in outside.rows()]
    assert states(outside.rows()) == {"queued"}

    seen: set[str] = set()
    # Of other queues, that are still ending.
    before = set(threading.enumerate())
    make_queue = outside._make_queue

    def watched_queue() -> TransferQueue:
        queue = make_queue()
        queue.listen(lambda: seen.update(it.name for it in threading.enumerate() if it not in before))
        return queue

    monkeypatch.setattr(outside, "_make_queue", watched_queue)
    assert states(outside.ask(ids, "pause")) == {"paused"}
    assert "queue-clerk" in seen
    assert not seen & {"queue-uploads", "queue-download", "queue-index", "queue-returns"}
    assert states(outside.ask(ids[:1], "resume")) == {"queued"}
    assert states(outside.ask(ids[1:2], "cancel")) == {"cancelled"}
    bench.queue.start()
    bench.until_idle()
    assert {row.id: row.state for row in bench.queue.rows()} == {
        ids[0]: "done",
        ids[1]: "cancelled",
        ids[2]: "paused",
    }


def test_what_an_upload_of_the_command_line_holds_stays_with_it(
    home: Path, tmp_path: Path, outside: OutsideQueue, open_queue: Callable[..., QueueBench]
) -> None:
    holder = open_queue(home, start=False)
    [session] = holder.several(tmp_path, 1)
    go_on, held = threading.Event(), threading.Event()

    def hold(method: str, _url: str, _changes: dict[str, Any]) -> None:
        if method == "PUT":
            held.set()
            go_on.wait(60)

    holder.http.faults = hold
    upload = threading.Thread(target=lambda: list(holder.archiver().archive([session])))
    upload.start()
    assert held.wait(60)
    try:
        [row] = outside.ask([row.id for row in outside.rows()], "pause")
        assert row.elsewhere
        assert not queue_outside.has_come(row, "pause")
    finally:
        go_on.set()
        upload.join()
    assert states(outside.rows()) == {"done"}


def test_a_wish_that_nobody_heard_in_time_is_not_done_later(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    with closing(JobStore(tmp_path / "state.db", clock=lambda: now)) as jobs:
        wishes = WishStore(jobs.database, "here")
        wishes.put(["a", "b"], "pause")
        wishes.put(["b"], "cancel")
        assert wishes.open() == {"a": "pause", "b": "cancel"}
        wishes.close(["a", "b"], "pause")
        assert wishes.open() == {"b": "cancel"}
        now += FRESH_SECONDS + 1
        assert wishes.open() == {}
        wishes.attend()
        now -= FRESH_SECONDS + 1
        assert wishes.open() == {}


def test_a_queue_that_has_ended_is_not_waited_for(tmp_path: Path) -> None:
    with (
        closing(JobStore(tmp_path / "state.db")) as one,
        closing(JobStore(tmp_path / "state.db")) as other,
    ):
        WishStore(one.database, "here").attend()
        assert WishStore(other.database, "here").attended()
        assert not WishStore(other.database, "elsewhere").attended()
        assert not WishStore(one.database, "here").attended()
        one.close()
        assert not WishStore(other.database, "here").attended()
