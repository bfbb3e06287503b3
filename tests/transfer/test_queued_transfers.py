"""Transfers taken in, set aside and found again, as a queue of sessions does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.errors import AccessDenied, Cancelled
from app.transfer.jobs import JobStore
from app.transfer.queued_transfers import QueuedTransfers
from tests.transfer.test_jobs import KEY, PREPARED, RECEIPT, Named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.transfer.content import ContentKey
    from app.transfer.schema import Transfer

SESSION = KEY[:2]
COMPANION = KEY._replace(relative_path="0d9f/subagents/agent.jsonl")


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[JobStore]:
    with JobStore(tmp_path / "state.db") as store:
        yield store


@pytest.fixture
def queued(jobs: JobStore) -> QueuedTransfers:
    return QueuedTransfers(jobs.database, "here")


def only(transfers: list[Transfer]) -> Transfer:
    [transfer] = transfers
    return transfer


def claimed(jobs: JobStore, key: ContentKey = KEY) -> Transfer:
    transfer = jobs.claim("here", Named(key))
    assert transfer is not None
    return transfer


def test_what_is_taken_in_is_on_disk_and_held_by_nobody(jobs: JobStore, queued: QueuedTransfers) -> None:
    commits = jobs.commits
    queued.enqueue(Named(KEY._replace(session_id=str(number))) for number in range(50))

    assert jobs.commits == commits + 1
    assert {(transfer.state, transfer.held) for transfer in jobs.transfers("here")} == {("queued", False)}
    assert len(queued.by_session(ended=0)) == 50


def test_taking_in_leaves_alone_what_is_worked_on(jobs: JobStore, queued: QueuedTransfers) -> None:
    transfer = claimed(jobs)
    jobs.prepared(transfer, PREPARED)
    before = jobs.transfers()

    queued.enqueue([Named(KEY)])

    assert jobs.transfers() == before


def test_a_failed_one_goes_on_with_what_was_prepared(jobs: JobStore, queued: QueuedTransfers) -> None:
    transfer = claimed(jobs)
    jobs.prepared(transfer, PREPARED)
    jobs.failed(transfer, AccessDenied(host="h", reason="r"), keep_spool=True)

    queued.enqueue([Named(KEY)])

    again = only(jobs.transfers())
    assert (again.state, again.error_code, again.prepared) == ("prepared", None, PREPARED)


def test_a_paused_one_keeps_what_was_prepared_and_goes_on_with_it(
    jobs: JobStore, queued: QueuedTransfers
) -> None:
    transfer = claimed(jobs)
    jobs.prepared(transfer, PREPARED)
    jobs.sending([(transfer, "chat-logs/o/k")])
    jobs.release(transfer)

    assert queued.set_aside([SESSION], "paused") == []
    paused = only(jobs.transfers())
    assert (paused.state, paused.spool, paused.prepared) == ("paused", transfer.spool, PREPARED)
    assert jobs.spool_names() == {transfer.spool}

    again = claimed(jobs)
    assert (again.state, again.spool, again.prepared, again.attempts) == (
        "prepared",
        transfer.spool,
        PREPARED,
        1,
    )


def test_one_paused_before_it_was_prepared_has_no_spool_file(jobs: JobStore, queued: QueuedTransfers) -> None:
    transfer = claimed(jobs)
    jobs.release(transfer)

    assert queued.set_aside([SESSION], "paused") == [transfer.spool]
    assert only(jobs.transfers()).spool is None
    assert claimed(jobs).state == "queued"


def test_cancelling_drops_what_was_prepared_and_remembers_what_may_be_in_s3(
    jobs: JobStore, queued: QueuedTransfers
) -> None:
    transfer = claimed(jobs)
    jobs.prepared(transfer, PREPARED)
    jobs.sending([(transfer, "chat-logs/o/k")])
    jobs.release(transfer)

    assert queued.set_aside([SESSION], "cancelled") == [transfer.spool]

    cancelled = only(jobs.transfers())
    assert (cancelled.state, cancelled.spool, cancelled.prepared) == ("cancelled", None, None)
    again = claimed(jobs)
    assert (again.state, again.prepared, again.attempts, again.s3_key) == (
        "queued",
        None,
        1,
        "chat-logs/o/k",
    )


def test_what_may_be_in_s3_is_remembered_when_its_row_is_forgotten(
    jobs: JobStore, queued: QueuedTransfers
) -> None:
    transfer = claimed(jobs)
    jobs.sending([(transfer, "chat-logs/o/k")])
    jobs.release(transfer)
    queued.set_aside([SESSION], "cancelled")

    jobs.forget([transfer.id])

    assert jobs.transfers() == []
    assert queued.of_session(SESSION) == []
    assert queued.by_session(ended=10) == {}
    assert claimed(jobs).attempts == 1


def test_confirmed_files_stay_as_they_are(jobs: JobStore, queued: QueuedTransfers) -> None:
    jobs.finished([(claimed(jobs), RECEIPT, False)])
    queued.enqueue([Named(COMPANION)])

    queued.set_aside([SESSION], "cancelled")

    assert {transfer.key: transfer.state for transfer in jobs.transfers()} == {
        KEY: "verified",
        COMPANION: "cancelled",
    }


def test_what_somebody_works_on_is_not_set_aside(
    jobs: JobStore, queued: QueuedTransfers, tmp_path: Path
) -> None:
    with JobStore(tmp_path / "state.db") as elsewhere:
        claimed(elsewhere)
        assert queued.worked_on_elsewhere() == {SESSION}
        assert QueuedTransfers(elsewhere.database, "here").worked_on_elsewhere() == set()

        assert queued.set_aside([SESSION], "cancelled") == []
        assert only(jobs.transfers()).state == "queued"
    assert queued.worked_on_elsewhere() == set()


def test_all_that_is_unfinished_is_found_and_the_newest_of_the_rest(
    jobs: JobStore, queued: QueuedTransfers
) -> None:
    for number in range(6):
        jobs.finished([(claimed(jobs, KEY._replace(session_id=f"ended {number}")), RECEIPT, False)])
    queued.enqueue([Named(KEY._replace(session_id="paused"))])
    queued.set_aside([("claude-code", "paused")], "paused")
    queued.enqueue([Named(KEY), Named(COMPANION)])

    found = queued.by_session(ended=2)

    assert {session_id for _, session_id in found} == {"0d9f", "paused", "ended 5", "ended 4"}
    assert {transfer.key for transfer in found[SESSION]} == {KEY, COMPANION}


def test_of_other_destinations_nothing_is_seen_or_touched(jobs: JobStore, queued: QueuedTransfers) -> None:
    elsewhere = QueuedTransfers(jobs.database, "elsewhere")
    elsewhere.enqueue([Named(KEY)])

    assert queued.by_session(ended=9) == {}
    queued.set_aside([SESSION], "cancelled")
    assert only(jobs.transfers()).state == "queued"


def test_after_closing_everything_is_cancelled(tmp_path: Path) -> None:
    jobs = JobStore(tmp_path / "state.db")
    queued = QueuedTransfers(jobs.database, "here")
    jobs.close()

    with pytest.raises(Cancelled):
        queued.enqueue([Named(KEY)])
    with pytest.raises(Cancelled):
        queued.by_session(ended=1)
    jobs.close()
