"""A download whose object lies in an archive class waits until S3 has brought it back, however long, and goes on."""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.archiving import queue_downloads, queue_returns, returning
from app.archiving.returning import seconds_to_next_look
from app.errors import ObjectArchived, Unreachable
from app.transfer import retry
from app.transfer.downloads import DownloadStore, ReturnRequest
from app.transfer.object_marks import ObjectVersion
from tests.archiving.cold_object import ColdObject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.sandbox.lifecycle import SandboxInfo
    from tests.archiving.queue_bench import QueueBench

CONTENT = secrets.token_bytes(50_000)
BULK = ReturnRequest(days=3, tier="Bulk")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other at once."""
    for module in (returning, queue_downloads, queue_returns):
        monkeypatch.setattr(module, "FIRST_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(returning, "LONGEST_LOOK_SECONDS", 0.05)


@pytest.fixture
def cold(bench: QueueBench, shared_sandbox: SandboxInfo, tmp_path: Path) -> ColdObject:
    """An archived file that was moved to an archive class since."""
    session = bench.write(tmp_path / "source", "film.md", CONTENT)
    (outcome,) = bench.services.archiver(lambda _: None, compress=False).archive([session])
    assert bench.archiver().update_index([session]).error is None
    s3_key = outcome.files[0].outcome.s3_key
    assert s3_key is not None
    found = ColdObject(shared_sandbox.data_folder, s3_key)
    found.freeze()
    return found


def add(bench: QueueBench, cold: ColdObject, folder: Path, ask: ReturnRequest | None = BULK) -> str:
    return bench.queue.add_download(cold.s3_key, folder, title="A film", size=50_000, ask_return=ask)


def test_the_return_is_asked_for_waited_for_and_brought_in_one_step(
    bench: QueueBench, cold: ColdObject, tmp_path: Path
) -> None:
    begun = datetime.now(UTC).replace(microsecond=0)
    row_id = add(bench, cold, tmp_path / "out")

    row = bench.until_state(row_id, "returning")
    assert row.expected_by is not None
    assert row.expected_by >= begun + timedelta(hours=12)  # Bulk, from Flexible Retrieval
    assert row.error is None
    # It takes hours: nothing is said to go on here, and no time is promised.
    assert not bench.queue.busy()
    totals = bench.queue.totals()
    assert (totals.left, totals.returning, totals.seconds_left) == (1, 1, None)
    # The Archive page knows of it too.
    [version] = bench.versions(cold.s3_key)
    assert bench.services.lifetimes.returns()[ObjectVersion(cold.s3_key, version)].expected_by is not None

    cold.bring_back()

    bench.until_state(row_id, "done")
    assert (tmp_path / "out" / "film.md").read_bytes() == CONTENT
    assert bench.row(row_id).verified


def test_nothing_is_asked_of_s3_that_nobody_agreed_to(
    bench: QueueBench, cold: ColdObject, tmp_path: Path
) -> None:
    row_id = add(bench, cold, tmp_path / "out", ask=None)
    row = bench.until_state(row_id, "failed")
    assert isinstance(row.error, ObjectArchived)
    assert cold.asked() == 0

    bench.queue.ask_return([row_id], BULK)

    bench.until_state(row_id, "returning")
    assert cold.asked() == 1
    cold.bring_back()
    bench.until_state(row_id, "done")


def test_what_was_asked_for_elsewhere_is_waited_for(
    bench: QueueBench, cold: ColdObject, tmp_path: Path
) -> None:
    bench.services.lifetimes.ask_return(cold.s3_key, None, days=1, tier="Standard")

    row_id = add(bench, cold, tmp_path / "out", ask=None)

    assert bench.until_state(row_id, "returning").expected_by is None  # S3 does not tell
    cold.bring_back()
    bench.until_state(row_id, "done")


def test_it_is_waited_for_over_restarts_and_looked_at_at_once(
    bench: QueueBench,
    cold: ColdObject,
    home: Path,
    open_queue: Callable[..., QueueBench],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row_id = add(bench, cold, tmp_path / "out")
    expected_by = bench.until_state(row_id, "returning").expected_by
    bench.close()
    monkeypatch.setattr(returning, "FIRST_LOOK_SECONDS", 3600.0)
    monkeypatch.setattr(returning, "LONGEST_LOOK_SECONDS", 3600.0)

    later = open_queue(home)
    row = later.row(row_id)
    assert (row.state, row.expected_by, row.title) == ("returning", expected_by, "A film")
    later.close()
    cold.bring_back()

    last = open_queue(home)
    last.until_state(row_id, "done")
    assert (tmp_path / "out" / "film.md").read_bytes() == CONTENT


def test_a_return_that_has_expired_leads_back_to_asking(
    bench: QueueBench, cold: ColdObject, home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    row_id = add(bench, cold, tmp_path / "out")
    bench.until_state(row_id, "returning")
    bench.close()
    cold.expire()  # nobody was there while it could be read

    later = open_queue(home)
    row = later.until_state(row_id, "failed")
    assert isinstance(row.error, ObjectArchived)
    # It was agreed to once, and costs money: somebody is asked again.
    later.queue.ask_return([row_id], BULK)
    later.until_state(row_id, "returning")
    cold.bring_back()
    later.until_state(row_id, "done")


def test_no_other_download_waits_for_those_that_wait(
    bench: QueueBench, cold: ColdObject, tmp_path: Path
) -> None:
    waiting = [add(bench, cold, tmp_path / f"out {number}") for number in range(5)]
    bench.until(lambda: bench.queue.totals().returning == 5)
    session = bench.write(tmp_path / "source", "warm.md", b"warm")
    (outcome,) = bench.services.archiver(lambda _: None, compress=False).archive([session])
    warm = bench.queue.add_download(
        str(outcome.files[0].outcome.s3_key), tmp_path / "warm", title="Warm", size=4
    )
    bench.until_state(warm, "done")
    bench.queue.pause(waiting[:1])
    bench.queue.cancel(waiting[1:2])
    bench.until_state(waiting[0], "paused")
    bench.until_state(waiting[1], "cancelled")

    cold.bring_back()
    for row_id in waiting[2:]:
        bench.until_state(row_id, "done")
    assert bench.state(waiting[0]) == "paused"
    bench.queue.resume(waiting[:1])
    bench.until_state(waiting[0], "done")
    assert not (tmp_path / "out 1").exists()


def test_a_lost_network_is_told_in_the_row_and_looked_through(
    bench: QueueBench, cold: ColdObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.01)
    row_id = add(bench, cold, tmp_path / "out")
    bench.until_state(row_id, "returning")
    lost = threading.Event()

    def lose(_method: str, _url: str, _changes: dict[str, Any]) -> None:
        lost.set()
        raise Unreachable(host="127.0.0.1", reason="gone")

    bench.http.faults = lose
    bench.until(lambda: isinstance(bench.row(row_id).error, Unreachable))
    assert bench.state(row_id) == "returning"
    # Nothing else is held up by it.
    assert bench.queue.totals().halted is None
    bench.http.faults = None
    bench.until(lambda: bench.row(row_id).error is None)
    cold.bring_back()
    bench.until_state(row_id, "done")


def test_a_newer_version_ends_the_wait(bench: QueueBench, cold: ColdObject, tmp_path: Path) -> None:
    row_id = add(bench, cold, tmp_path / "out")
    bench.until_state(row_id, "returning")

    newer = bench.write(tmp_path / "source", "film.md", b"newer")
    (outcome,) = bench.services.archiver(lambda _: None, compress=False).archive([newer])
    assert outcome.files[0].outcome.s3_key == cold.s3_key

    bench.until_state(row_id, "done")
    assert (tmp_path / "out" / "film.md").read_bytes() == b"newer"


def test_what_was_asked_is_not_asked_twice_whenever_the_program_ends(
    bench: QueueBench, cold: ColdObject, home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    row_id = add(bench, cold, tmp_path / "out")
    bench.until_state(row_id, "returning")
    # As a kill leaves it between S3's answer and the note of it.
    destination = bench.services.connection.profile.destination
    store = DownloadStore(bench.services.jobs.database, destination)
    store.leave([row_id], "queued")
    store.agree(row_id, BULK)
    bench.close()

    later = open_queue(home)
    row = later.until_state(row_id, "returning")
    assert row.expected_by is not None
    assert cold.asked() == 1


def test_looks_grow_rarer_from_a_minute_to_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert seconds_to_next_look(0) == 60
    assert seconds_to_next_look(3600) == 360
    assert seconds_to_next_look(48 * 3600) == 3600
