"""state.db: receipts and transfers survive whatever happens to the process; leases keep processes apart."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.errors import AccessDenied, DiskFull, StateDamaged, StateTooNew
from app.transfer.content import ContentKey, Prepared
from app.transfer.jobs import JobStore
from app.transfer.schema import Receipt
from app.transfer.state_database import LeaseLost
from tests.system import PRIVATE_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("jobs_child.py")


@dataclass(frozen=True)
class Named:
    key: ContentKey
    path: Path = Path("folder/file.jsonl")
    file_name: str = "file.jsonl.zst"
    session_date: date | None = date(2026, 11, 3)
    kind: str = "log"
    redaction: str = "none"

    def prepare(self, spool_file: Path, cancelled: Any) -> Prepared:
        raise NotImplementedError


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


KEY = ContentKey("claude-code", "0d9f", "0d9f.jsonl")
RECEIPT = Receipt(
    path="folder/file.jsonl",
    size=10,
    mtime_ns=1_700_000_000_123_456_789,
    sha256="ab" * 32,
    original_size=10,
    stored_size=7,
    stored_sha256=b"\x01" * 32,
    s3_key="chat-logs/o/2026-11-03_file.jsonl.zst",
    version_id="v1",
    archived_at=datetime(2026, 11, 3, 4, 5, 6, 789000, UTC),
    redaction="none",
    compressed=True,
)
PREPARED = Prepared(10, "ab" * 32, 7, b"\x01" * 32, "application/zstd", 123, {"tool": "claude-code"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(path: Path, clock: Clock) -> Iterator[JobStore]:
    with JobStore(path, clock=clock) as store:
        yield store


def test_a_transfer_goes_through_its_states(jobs: JobStore) -> None:
    transfer = jobs.claim("here", Named(KEY))
    assert transfer is not None
    assert (transfer.state, transfer.prepared, transfer.held) == ("queued", None, True)
    jobs.prepared(transfer, PREPARED)
    jobs.sending([(transfer, "chat-logs/o/k")])
    [seen] = jobs.transfers("here")
    assert (seen.state, seen.prepared, seen.s3_key, seen.attempts) == (
        "sending",
        PREPARED,
        "chat-logs/o/k",
        1,
    )

    jobs.finished([(transfer, RECEIPT, False)])

    [seen] = jobs.transfers("here")
    assert (seen.state, seen.held, seen.spool, seen.version_id) == ("verified", False, None, "v1")
    assert jobs.receipts("here") == {KEY: RECEIPT}
    assert jobs.receipts("elsewhere") == {}
    assert jobs.last_archived("here") == RECEIPT.archived_at
    assert jobs.last_archived("elsewhere") is None


def test_everything_is_there_after_opening_again(path: Path) -> None:
    with JobStore(path) as jobs:
        transfer = jobs.claim("here", Named(KEY))
        assert transfer is not None
        jobs.prepared(transfer, PREPARED)
        jobs.failed(transfer, AccessDenied(host="h", reason="r"), keep_spool=True)
    with JobStore(path) as jobs:
        [seen] = jobs.transfers()
        assert (seen.state, seen.error_code, seen.error_parameters) == (
            "failed",
            "access-denied",
            {"host": "h", "reason": "r"},
        )
        assert seen.prepared == PREPARED
        assert seen.session_date == date(2026, 11, 3)
        again = jobs.claim("here", Named(KEY))
        assert again is not None
        assert (again.prepared, again.spool) == (PREPARED, seen.spool)


def test_the_file_is_the_owners_alone(jobs: JobStore, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == PRIVATE_FILE


def test_a_claimed_transfer_is_nobody_elses(jobs: JobStore, path: Path, clock: Clock) -> None:
    mine = jobs.claim("here", Named(KEY))
    with JobStore(path, clock=clock) as other:
        assert other.claim("here", Named(KEY)) is None
        assert jobs.claim("here", Named(KEY)) is None
        assert other.claim("elsewhere", Named(KEY)) is not None
        assert mine is not None
        jobs.release(mine)
        assert other.claim("here", Named(KEY)) is not None


def test_an_expired_lease_is_taken_over_and_its_first_owner_notices(
    jobs: JobStore, path: Path, clock: Clock
) -> None:
    mine = jobs.claim("here", Named(KEY))
    assert mine is not None
    jobs.prepared(mine, PREPARED)
    clock.now += 10_000
    with JobStore(path, clock=clock) as other:
        theirs = other.claim("here", Named(KEY))
        assert theirs is not None
        assert theirs.prepared == PREPARED
        assert jobs.finished([(mine, RECEIPT, False)]) == {mine.id}
        with pytest.raises(LeaseLost):
            jobs.sending([(mine, "k")])
        assert jobs.receipts("here") == {}
        assert other.finished([(theirs, RECEIPT, False)]) == set()
    assert jobs.receipts("here") == {KEY: RECEIPT}


def test_leases_are_renewed_while_their_owner_lives(path: Path) -> None:
    with JobStore(path, lease_seconds=0.3) as jobs, JobStore(path, lease_seconds=0.3) as other:
        assert jobs.claim("here", Named(KEY)) is not None
        with closing(sqlite3.connect(path)) as watcher:
            first = watcher.execute("SELECT lease_until FROM transfers").fetchone()[0]
            waited = threading.Event()
            while watcher.execute("SELECT lease_until FROM transfers").fetchone()[0] < first + 0.5:
                waited.wait(0.02)
        assert other.claim("here", Named(KEY)) is None


def test_a_busy_writer_renews_leases_too(path: Path) -> None:
    with JobStore(path, lease_seconds=0.3) as jobs, JobStore(path, lease_seconds=0.3) as other:
        held = jobs.claim("here", Named(KEY))
        assert held is not None
        busy_until = time.monotonic() + 0.8
        while time.monotonic() < busy_until:
            jobs.prepared(held, PREPARED)
        assert other.claim("here", Named(KEY)) is None


def test_closing_gives_all_leases_back(path: Path) -> None:
    with JobStore(path) as other:
        with JobStore(path) as jobs:
            assert jobs.claim("here", Named(KEY)) is not None
        assert other.claim("here", Named(KEY)) is not None


def test_a_killed_processes_work_is_taken_over_at_once(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(path), "holder"], stdout=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        content = Named(ContentKey("test", "held", "f"), file_name="f.zst", session_date=None)
        with JobStore(path) as jobs:
            assert jobs.claim("here", content) is None
            child.kill()
            child.wait()
            assert jobs.claim("here", content) is not None


@pytest.mark.parametrize("after", [1, 60, 300])
def test_a_kill_in_mid_commit_loses_nothing_that_was_told(path: Path, after: int) -> None:
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(path), "worker"], stdout=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        told = [child.stdout.readline().decode().strip() for _ in range(after)]
        child.kill()
        told += child.stdout.read().decode().splitlines()[:-1]

    with JobStore(path) as jobs:
        kept = jobs.receipts("here")
        states = {transfer.key.session_id: transfer.state for transfer in jobs.transfers()}
    assert set(told) <= {key.session_id for key in kept}
    for key, receipt in kept.items():
        assert receipt.s3_key == key.session_id
        assert states[key.session_id] == "verified"
    assert {state for name, state in states.items() if ContentKey("test", name, "f") not in kept} <= {
        "queued"
    }


def test_what_could_not_be_given_back_for_a_full_disk_is_taken_on_again(
    jobs: JobStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = jobs.claim("here", Named(KEY))
    assert given is not None

    def without_room(operation: Any) -> Any:
        def then_no_room(connection: sqlite3.Connection) -> None:
            operation(connection)
            raise DiskFull(path=str(path))

        return jobs.database.submit(then_no_room).result()

    steps: tuple[Callable[[], object], ...] = (
        lambda: jobs.release(given),
        lambda: jobs.failed(given, AccessDenied(), keep_spool=True),
        lambda: jobs.claim("here", Named(KEY)),
    )
    for step in steps:
        with monkeypatch.context() as patch:
            patch.setattr(jobs.database, "write", without_room)
            with pytest.raises(DiskFull):
                step()

    again = jobs.claim("here", Named(KEY))
    assert again is not None
    assert again.id == given.id
    assert jobs.claim("here", Named(KEY)) is None


def test_many_callers_share_commits(jobs: JobStore) -> None:
    def work(thread: int) -> None:
        for number in range(40):
            transfer = jobs.claim("here", Named(ContentKey("test", f"{thread}-{number}", "f")))
            assert transfer is not None
            jobs.prepared(transfer, PREPARED)
            jobs.finished([(transfer, RECEIPT, False)])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(jobs.receipts("here")) == 640
    assert jobs.commits < 1920 / 2


def test_one_failing_operation_of_a_group_leaves_the_others(jobs: JobStore) -> None:
    lost = jobs.claim("here", Named(KEY))
    assert lost is not None
    jobs.release(lost)
    hold = threading.Event()
    blocker = jobs.database.submit(lambda _: hold.wait(10))

    def lose(connection: sqlite3.Connection) -> None:
        jobs._change(connection, lost, {"state": "failed"})

    futures = [
        jobs.database.submit(lose),
        jobs.database.submit(lambda connection: connection.execute("SELECT 1").fetchone()[0]),
    ]
    hold.set()

    assert blocker.result() is True
    with pytest.raises(LeaseLost):
        futures[0].result()
    assert futures[1].result() == 1
    assert jobs.transfers()[0].state == "queued"


def test_other_redaction_or_compression_begins_anew(jobs: JobStore) -> None:
    for content in (
        Named(KEY),
        Named(KEY, redaction="all"),
        Named(KEY, redaction="all", file_name="f.jsonl"),
    ):
        transfer = jobs.claim("here", content)
        assert transfer is not None
        assert transfer.prepared is None
        jobs.prepared(transfer, PREPARED)
        jobs.release(transfer)


def test_an_ended_transfer_begins_anew(jobs: JobStore) -> None:
    first = jobs.claim("here", Named(KEY))
    assert first is not None
    jobs.sending([(first, "k")])
    jobs.finished([(first, RECEIPT, False)])

    second = jobs.claim("here", Named(KEY))

    assert second is not None
    assert (second.id, second.state, second.prepared, second.attempts) == (first.id, "queued", None, 0)
    assert second.spool not in {None, first.spool}


def test_spool_names_are_those_in_use(jobs: JobStore, clock: Clock) -> None:
    writing = jobs.claim("here", Named(KEY))
    complete = jobs.claim("here", Named(KEY._replace(session_id="2")))
    assert writing is not None
    assert complete is not None
    jobs.prepared(complete, PREPARED)
    assert jobs.spool_names() == {writing.spool, complete.spool}

    jobs.release(writing)
    jobs.release(complete)

    assert jobs.spool_names() == {complete.spool}


def test_transfers_can_be_forgotten_but_not_while_they_run(jobs: JobStore) -> None:
    running = jobs.claim("here", Named(KEY))
    ended = jobs.claim("here", Named(KEY._replace(session_id="2")))
    assert running is not None
    assert ended is not None
    jobs.finished([(ended, RECEIPT, False)])

    jobs.forget([running.id, ended.id])

    assert [transfer.id for transfer in jobs.transfers()] == [running.id]
    assert len(jobs.receipts("here")) == 1


def test_names_that_are_not_unicode_are_kept(jobs: JobStore) -> None:
    key = ContentKey("files", "caf\udce9", "caf\udce9.md")
    transfer = jobs.claim("here", Named(key, path=Path("/x/caf\udce9.md")))
    assert transfer is not None
    jobs.finished([(transfer, replace(RECEIPT, path="/x/caf\udce9.md"), False)])

    assert jobs.receipts("here")[key].path == "/x/caf\udce9.md"
    assert jobs.receipt("here", key) is not None
    assert jobs.transfers()[0].key == key


def _damage(path: Path, how: str) -> bytes:
    with JobStore(path) as jobs:
        for number in range(200):
            transfer = jobs.claim("here", Named(ContentKey("test", str(number), "f")))
            assert transfer is not None
            jobs.finished([(transfer, RECEIPT, False)])
    data = bytearray(path.read_bytes())
    if how == "no database":
        data = bytearray(b"something else entirely" * 300)
    else:
        data[4096 * 3 : 4096 * 6] = b"\xff" * (4096 * 3)
    path.write_bytes(data)
    return bytes(data)


@pytest.mark.parametrize("how", ["no database", "pages overwritten"])
def test_a_damaged_file_is_set_aside_whole_and_the_next_start_is_clean(path: Path, how: str) -> None:
    data = _damage(path, how)

    with pytest.raises(StateDamaged) as caught:
        JobStore(path)

    kept = Path(str(caught.value.parameters["keptAs"]))
    assert kept.read_bytes() == data
    with JobStore(path) as jobs:
        assert jobs.receipts("here") == {}
    assert kept.read_bytes() == data


def test_damage_that_shows_while_working_sets_the_file_aside_too(path: Path) -> None:
    with JobStore(path) as jobs:
        transfer = jobs.claim("here", Named(KEY))
        assert transfer is not None
        jobs.finished([(transfer, RECEIPT, False)])
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096 * 8)

        def work() -> None:
            for number in range(100):
                jobs.receipts("here")
                jobs.claim("here", Named(KEY._replace(session_id=f"x{number}")))

        with pytest.raises(StateDamaged) as caught:
            work()

    assert Path(str(caught.value.parameters["keptAs"])).exists()
    with JobStore(path) as fresh:
        assert fresh.receipts("here") == {}


def test_a_newer_programs_file_is_left_alone(path: Path) -> None:
    with JobStore(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()

    with pytest.raises(StateTooNew):
        JobStore(path)
    assert path.read_bytes() == before


def test_no_owner_files_are_left_behind(path: Path) -> None:
    with JobStore(path) as jobs:
        jobs.claim("here", Named(KEY))
    assert list((path.parent / "owners").iterdir()) == []
