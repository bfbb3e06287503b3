"""Uploads that go on where another run, or another process, left them."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.errors import (
    Cancelled,
)
from app.transfer.unfinished import unfinished

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.transfer.conftest import Bench, FileContent


pytestmark = pytest.mark.usefixtures("no_waiting")


def _leave_prepared(bench: Bench, content: FileContent) -> Path:
    """As if the process had been killed after the spool file was complete; the spool file."""
    transfer = bench.jobs.claim("here", content)
    assert transfer is not None
    assert transfer.spool is not None
    bench.spool.mkdir(exist_ok=True)
    file = bench.spool / transfer.spool
    bench.jobs.prepared(transfer, content.prepare(file, lambda: False))
    bench.jobs.release(transfer)
    return file


def test_a_resumed_upload_reads_the_spool_and_not_the_file(bench: Bench) -> None:
    content = bench.content()
    _leave_prepared(bench, content)

    [outcome] = bench.upload(content)

    assert outcome.state == "archived"
    assert len(content.prepared_times) == 1


def test_a_session_deleted_after_it_was_spooled_is_still_archived(bench: Bench) -> None:
    content = bench.content()
    _leave_prepared(bench, content)
    content.path.unlink()

    [outcome] = bench.upload(content)

    assert outcome.state == "archived"


def test_what_waits_in_the_spool_without_a_session_can_be_found_and_finished(bench: Bench) -> None:
    gone, there, given = (bench.content(name) for name in ("gone", "there", "given"))
    for content in (gone, there, given):
        _leave_prepared(bench, content)
    gone.path.unlink()
    given.path.unlink()

    [found] = unfinished(bench.jobs, "here", {given.key})
    [outcome] = list(bench.uploader().run([found]))

    assert (outcome.key, outcome.state) == (gone.key, "archived")
    assert unfinished(bench.jobs, "here", {given.key}) == []


@pytest.mark.parametrize("damage", ["missing", "other bytes", "source changed"])
def test_a_spool_that_is_of_no_use_is_prepared_again(bench: Bench, damage: str) -> None:
    content = bench.content()
    file = _leave_prepared(bench, content)
    if damage == "missing":
        file.unlink()
    elif damage == "other bytes":
        file.write_bytes(b"\0" * file.stat().st_size)
    else:
        content.path.write_bytes(b"newer\n")

    [outcome] = bench.upload(content)

    assert outcome.state == "archived"
    assert len(content.prepared_times) == 2
    assert list(bench.spool.iterdir()) == []


def test_leftovers_without_a_transfer_are_removed_at_the_start(bench: Bench) -> None:
    bench.spool.mkdir()
    (bench.spool / "0123456789abcdef.spool").write_bytes(b"left")
    kept = _leave_prepared(bench, bench.content("later"))

    bench.upload(bench.content("now"))

    assert list(bench.spool.iterdir()) == [kept]


def test_what_was_prepared_in_another_way_does_not_stay(bench: Bench) -> None:
    before = bench.content()
    _leave_prepared(bench, before)
    packed_otherwise = replace(before, file_name=before.file_name.removesuffix(".zst"))

    [outcome] = bench.upload(packed_otherwise)

    assert outcome.state == "archived"
    assert list(bench.spool.iterdir()) == []


def test_cancelling_leaves_what_was_begun_for_a_later_run(bench: Bench) -> None:
    cancelled = threading.Event()

    def cancel_in_the_middle(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and len(bench.http.puts()) >= 20:
            cancelled.set()

    bench.http.faults = cancel_in_the_middle
    contents = [bench.content(f"s{number}") for number in range(100)]

    outcomes = list(bench.uploader().run(contents, cancelled))

    states = {outcome.key: outcome.state for outcome in outcomes}
    assert len(states) == len(outcomes)
    assert len(outcomes) < 100 or "failed" in states.values()
    assert {type(outcome.error) for outcome in outcomes if outcome.state == "failed"} <= {Cancelled}
    bench.http.faults = None
    archived = {outcome.key for outcome in outcomes if outcome.state == "archived"}
    again = bench.upload(*contents)
    assert {outcome.state for outcome in again if outcome.key in archived} == {"unchanged"}
    assert {outcome.state for outcome in again if outcome.key not in archived} == {"archived"}
    assert all(len(bench.versions(outcome.s3_key)) == 1 for outcome in again[:10])


def test_stopping_to_read_the_outcomes_stops_the_run(bench: Bench) -> None:
    contents = [bench.content(f"s{number}") for number in range(200)]
    outcomes = bench.uploader().run(contents)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]

    assert len(bench.http.puts()) < 200
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("upload-")]


def test_two_uploaders_at_once_send_each_session_once(bench: Bench, shared_sandbox: Any) -> None:
    """Two stores over one state.db, as two processes of one home have."""
    from app.transfer.jobs import JobStore  # noqa: PLC0415
    from app.transfer.uploader import Uploader  # noqa: PLC0415

    contents = [bench.content(f"s{number}") for number in range(60)]
    found: list[str] = []
    with JobStore(bench.folder / "state.db") as second:
        uploaders = [
            bench.uploader(),
            Uploader(second, bench.presign, bench.http, bench.spool, destination="here"),
        ]

        def run(uploader: Any, order: list[FileContent]) -> None:
            found.extend(outcome.state for outcome in uploader.run(order))

        threads = [
            threading.Thread(target=run, args=(uploader, order))
            for uploader, order in zip(uploaders, (contents, contents[::-1]), strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(found) == ["archived"] * 60 + ["unchanged"] * 60
    assert len(bench.http.puts()) == 60


def test_a_lease_lost_in_mid_flight_ends_without_a_second_version(bench: Bench) -> None:
    """Another process thought this one dead, while its PUT was on the way, and archived the file itself."""
    content = bench.content()
    taken: list[str] = []

    def take_over(method: str, url: str, changes: dict[str, Any]) -> Callable[[], None] | None:
        if method != "PUT" or taken:
            return None

        def steal() -> None:
            taken.append(url)
            with sqlite3.connect(bench.folder / "state.db") as connection:
                connection.execute("UPDATE transfers SET lease_owner = 'somebody', lease_until = 0")
            connection.close()

        return steal

    bench.http.faults = take_over

    [outcome] = bench.upload(content)

    assert len(taken) == 1
    assert outcome.state in {"archived", "unchanged"}
    assert bench.versions(outcome.s3_key) == [outcome.version_id]
    assert len(bench.http.puts()) == 1
