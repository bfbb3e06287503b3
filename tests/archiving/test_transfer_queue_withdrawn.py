"""Rows are paused and cancelled at every stage, go on or stay away, and the disk says the same."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from app.archiving import content as content_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.sessions.model import Session
    from tests.archiving.queue_bench import QueueBench

STAGES = ["queued", "preparing", "asking", "sending", "verifying"]


class Held:
    """A session that is kept at one stage of its way for as long as the test likes."""

    def __init__(
        self, bench: QueueBench, monkeypatch: pytest.MonkeyPatch, silent_server: str, folder: Path
    ) -> None:
        self._bench = bench
        self._monkeypatch = monkeypatch
        self._silent_server = silent_server
        self._folder = folder
        self.let_go = threading.Event()
        self.session: Session

    def at(self, stage: str) -> Session:
        """The session, which is there now; it is added to the queue."""
        # Random bytes: more than the network's buffers hold, however they are compressed.
        data = secrets.token_bytes(12_000_000) if stage == "sending" else None
        self.session = self._bench.write(self._folder, "held.md", data)
        reached = getattr(self, f"_hold_{stage}")()
        self._bench.queue.add_sessions([self.session])
        self._bench.until(reached)
        return self.session

    def release(self) -> None:
        """From now on nothing holds it."""
        self._bench.http.faults = None
        self._monkeypatch.undo()
        self.let_go.set()

    def _hold_queued(self) -> Callable[[], bool]:
        """The endpoint cannot be asked; everything waits."""
        connect = self._bench.queue._uploads._engine.connect

        def wait(again: bool) -> None:
            self.let_go.wait(60)
            connect(again)

        object.__setattr__(self._bench.queue._uploads._engine, "connect", wait)
        return lambda: self._bench.planned(self.session) == "queued"

    def _hold_preparing(self) -> Callable[[], bool]:
        blocks = content_module._blocks

        def endless(source: Any, size: int, path: Path) -> Iterator[bytes]:
            yield from blocks(source, size, path)
            while not self.let_go.wait(0.005):
                yield b""

        self._monkeypatch.setattr(content_module, "_blocks", endless)
        return lambda: self._bench.state(self.session) == "preparing"

    def _hold_asking(self) -> Callable[[], bool]:
        asked = threading.Event()

        def hold(method: str, url: str, changes: dict[str, Any]) -> None:
            if method == "POST" and b'"upload"' in changes["body"]:
                asked.set()
                self.let_go.wait(60)

        self._bench.http.faults = hold
        return asked.is_set

    def _hold_sending(self) -> Callable[[], bool]:
        self._lead_astray()
        return lambda: self._bench.state(self.session) == "sending"

    def _hold_verifying(self) -> Callable[[], bool]:
        self._lead_astray()
        return lambda: self._bench.state(self.session) == "verifying"

    def _lead_astray(self) -> None:
        def lead_astray(method: str, url: str, changes: dict[str, Any]) -> None:
            if method == "PUT" and "held" in url:
                changes["url"] = self._silent_server

        self._bench.http.faults = lead_astray


@pytest.fixture
def held(
    bench: QueueBench, monkeypatch: pytest.MonkeyPatch, silent_server: str, tmp_path: Path
) -> Iterator[Held]:
    made = Held(bench, monkeypatch, silent_server, tmp_path)
    yield made
    made.let_go.set()


# ---- one row ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
def test_cancelled_at_any_stage_it_is_gone_from_disk_and_others_go_on(
    bench: QueueBench, held: Held, stage: str, tmp_path: Path
) -> None:
    session = held.at(stage)

    bench.queue.cancel(bench.ids(session))

    row = bench.until_state(session, "cancelled")
    assert (row.stopping, row.verified, row.error) == (False, False, None)
    assert bench.planned(session) == "new"
    assert bench.spool() == []
    totals = bench.queue.totals()
    assert (totals.left, totals.total, totals.fraction) == (0, 0, None)
    held.release()
    other = bench.write(tmp_path, "other.md")
    bench.queue.add_sessions([other])
    bench.until_idle()
    assert (bench.state(session), bench.state(other)) == ("cancelled", "done")


@pytest.mark.parametrize("stage", STAGES)
def test_paused_at_any_stage_it_waits_and_then_goes_on(bench: QueueBench, held: Held, stage: str) -> None:
    session = held.at(stage)

    bench.queue.pause(bench.ids(session))

    bench.until_state(session, "paused")
    assert bench.planned(session) == "queued"
    assert not bench.queue.busy()
    assert len(bench.spool()) == (0 if stage in {"queued", "preparing"} else 1)
    totals = bench.queue.totals()
    assert (totals.left, totals.paused) == (1, 1)
    held.release()

    bench.queue.resume(bench.ids(session))

    bench.until_idle()
    row = bench.row(session)
    assert row.state == "done"
    assert bench.versions(row.s3_key) == [row.version_id]
    assert bench.spool() == []
    assert bench.queue.totals().fraction == 1.0


@pytest.mark.parametrize("stage", ["queued", "preparing", "verifying"])
def test_a_pause_lasts_over_a_restart_and_what_was_prepared_is_not_read_again(
    bench: QueueBench,
    held: Held,
    stage: str,
    home: Path,
    open_queue: Callable[..., QueueBench],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = held.at(stage)
    bench.queue.pause(bench.ids(session))
    bench.until_state(session, "paused")
    held.release()
    bench.close()

    later = open_queue(home)

    row = later.row(session)
    assert (row.state, row.title) == ("paused", "held.md")
    assert not later.queue.busy()
    assert later.planned(session) == "queued"
    if stage == "verifying":
        monkeypatch.setattr(content_module, "take_snapshot", lambda *_, **__: pytest.fail("read again"))
    later.queue.resume_all()
    later.until_idle()
    assert later.state(session) == "done"


def test_a_cancellation_lasts_over_a_restart_and_can_be_thought_better_of(
    bench: QueueBench, held: Held, home: Path, open_queue: Callable[..., QueueBench]
) -> None:
    session = held.at("verifying")
    bench.queue.cancel(bench.ids(session))
    bench.until_state(session, "cancelled")
    held.release()
    bench.close()

    later = open_queue(home)
    assert later.until_idle().left == 0
    assert later.state(session) == "cancelled"
    later.queue.retry(later.ids(session))

    later.until_idle()
    row = later.row(session)
    assert row.state == "done"
    assert later.versions(row.s3_key) == [row.version_id]


def test_a_cancellation_just_before_the_end_of_the_program_is_not_forgotten(
    bench: QueueBench, held: Held, home: Path, open_queue: Callable[..., QueueBench]
) -> None:
    session = held.at("verifying")

    bench.queue.cancel(bench.ids(session))
    bench.close()

    assert open_queue(home).state(session) == "cancelled"


def test_a_paused_row_can_be_cancelled(bench: QueueBench, held: Held) -> None:
    session = held.at("verifying")
    bench.queue.pause(bench.ids(session))
    bench.until_state(session, "paused")

    bench.queue.cancel(bench.ids(session))

    bench.until_state(session, "cancelled")
    assert bench.spool() == []
    assert bench.planned(session) == "new"


def test_adding_a_paused_session_again_leaves_it_paused(bench: QueueBench, held: Held) -> None:
    session = held.at("queued")
    bench.queue.pause(bench.ids(session))
    bench.until_state(session, "paused")
    held.release()

    bench.queue.add_sessions([session])

    assert not bench.queue.busy()
    assert bench.states() == ["paused"]


@pytest.mark.parametrize("stage", ["preparing", "verifying"])
def test_a_pause_taken_back_at_once_is_no_pause(bench: QueueBench, held: Held, stage: str) -> None:
    session = held.at(stage)
    for _ in range(3):
        bench.queue.pause(bench.ids(session))
        bench.queue.resume(bench.ids(session))
    held.release()

    bench.until_idle()

    row = bench.row(session)
    assert row.state == "done"
    assert bench.versions(row.s3_key) == [row.version_id]


@pytest.mark.parametrize("stage", ["queued", "asking", "verifying"])
def test_a_session_added_again_while_it_is_being_cancelled_is_archived(
    bench: QueueBench, held: Held, stage: str
) -> None:
    session = held.at(stage)
    bench.queue.cancel(bench.ids(session))
    bench.queue.add_sessions([session])
    held.release()

    bench.until_idle()

    assert bench.states() == ["done"]


def test_one_file_of_a_session_is_sent_and_the_others_are_paused(
    bench: QueueBench, held: Held, session_of: Callable[..., Session], tmp_path: Path
) -> None:
    names = ["m.jsonl", "m/held.txt", "m/c.txt"]
    session = session_of(tmp_path / "logs", *names, session_id=f"of three {tmp_path}")
    held._lead_astray()
    bench.queue.add_sessions([session])
    bench.until(lambda: bench.row(session).files_done == 2 and bench.state(session) == "verifying")

    bench.queue.pause(bench.ids(session))

    row = bench.until_state(session, "paused")
    assert (row.files, row.files_done) == (3, 2)
    held.release()
    bench.queue.resume(bench.ids(session))
    bench.until_idle()
    again = bench.row(session)
    assert (again.state, again.files_done) == ("done", 3)


# ---- all rows ---------------------------------------------------------------------------------------------


def test_everything_is_paused_and_resumed_together(
    bench: QueueBench, silent_server: str, tmp_path: Path
) -> None:
    def lead_astray(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            changes["url"] = silent_server

    bench.http.faults = lead_astray
    sessions = bench.several(tmp_path, 60)
    bench.queue.add_sessions(sessions)
    bench.until(lambda: "verifying" in bench.states())

    bench.queue.pause_all()

    bench.until(lambda: bench.states() == ["paused"] * 60)
    assert {bench.planned(session) for session in sessions} == {"queued"}
    bench.http.faults = None
    order = [row.id for row in bench.queue.rows()]
    bench.queue.resume_all()
    assert [row.id for row in bench.queue.rows() if row.state != "done"][:1] == order[:1]
    bench.until_idle()
    assert bench.states() == ["done"] * 60


def test_everything_is_cancelled_together(bench: QueueBench, silent_server: str, tmp_path: Path) -> None:
    def lead_astray(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and "note 3" in url:
            changes["url"] = silent_server

    bench.http.faults = lead_astray
    sessions = bench.several(tmp_path, 60)
    bench.queue.add_sessions(sessions)
    bench.until(lambda: bench.states().count("done") > 3)

    bench.queue.cancel_all()

    bench.until(lambda: bench.queue.totals().left == 0)
    states = Counter(bench.states())
    assert states.total() == 60
    assert set(states) == {"done", "cancelled"}
    assert bench.spool() == []
    for session in sessions:
        assert bench.planned(session) == ("archived" if bench.state(session) == "done" else "new")


def test_what_asks_for_nothing_possible_changes_nothing(bench: QueueBench, tmp_path: Path) -> None:
    session = bench.write(tmp_path)
    bench.queue.add_sessions([session])
    bench.until_idle()
    before = bench.queue.rows()
    ids = [*bench.ids(session), "no such row"]

    for ask in (bench.queue.cancel, bench.queue.pause, bench.queue.resume, bench.queue.retry):
        ask(ids)
    bench.queue.cancel_all()

    assert bench.queue.rows() == before
