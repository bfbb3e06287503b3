"""An endpoint that cannot be used fails no row: the queue halts, says why, and goes on when it can."""

from __future__ import annotations

import shutil
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.vault import open_vault
from app.archiving import queue_halt, queue_uploads
from app.archiving.queue_halt import Halt
from app.archiving.queue_room import has_room
from app.errors import (
    CredentialsMissing,
    DiskFull,
    FolderNotWritable,
    ServerFailed,
    StorageChanged,
    TlsFailed,
    Unauthorized,
    Unreachable,
)
from app.storage.paths import resolve_paths
from app.transfer import retry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.sandbox.lifecycle import Sandbox
    from tests.archiving.queue_bench import QueueBench


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries happen, their waits hardly."""
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.0)
    monkeypatch.setattr(queue_halt, "FIRST_SECONDS", 0.2)


@pytest.fixture
def own_sandbox(make_sandbox: Callable[[Path], Sandbox], tmp_path: Path) -> Sandbox:
    """A sandbox that the test may stop."""
    return make_sandbox(tmp_path / "elsewhere" / "sandbox")


@pytest.fixture
def own_home(own_sandbox: Sandbox, tmp_path: Path) -> Path:
    """A home whose profile leads to that sandbox as to any other endpoint."""
    info = own_sandbox.ensure_running()
    home = tmp_path / "home"
    paths = resolve_paths(home)
    profile = make_profile("own", "token", info.endpoint)
    profiles = ProfileStore(paths.settings)
    profiles.add(profile)
    open_vault(paths, home).set(profile, "token", info.token)
    profiles.pin(profile, Storage(info.bucket, info.region, info.owner, s3_host="127.0.0.1"))
    profiles.use("own")
    return home


def expect_halted(bench: QueueBench, kind: type[Exception], left: int) -> None:
    bench.until(lambda: bench.queue.totals().halted is not None)
    totals = bench.queue.totals()
    assert isinstance(totals.halted, kind)
    assert (totals.left, totals.failed) == (left, 0)


def test_without_the_endpoint_everything_stays_queued_and_goes_on_by_itself_when_it_is_back(
    own_sandbox: Sandbox, own_home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    bench = open_queue(own_home)
    own_sandbox.stop()
    sessions = bench.several(tmp_path / "notes", 12)

    bench.queue.add_sessions(sessions)

    expect_halted(bench, Unreachable, 12)
    assert bench.queue.totals().retry_in is not None
    assert bench.queue.busy()
    bench.until(lambda: set(bench.states()) == {"queued"})
    assert {bench.planned(session) for session in sessions} == {"queued"}

    own_sandbox.ensure_running()
    totals = bench.until_idle()

    assert bench.states() == ["done"] * 12
    assert (totals.halted, totals.retry_in, totals.fraction) == (None, None, 1.0)


def test_what_was_halted_when_the_program_ended_goes_on_at_the_next_start(
    own_sandbox: Sandbox, own_home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    first = open_queue(own_home)
    sessions = first.several(tmp_path / "notes", 5)
    own_sandbox.stop()
    first.queue.add_sessions(sessions)
    expect_halted(first, Unreachable, 5)
    first.close()
    own_sandbox.ensure_running()

    later = open_queue(own_home)

    later.until_idle()
    assert later.states() == ["done"] * 5


def test_a_network_that_goes_in_mid_run_costs_nothing_that_was_prepared(
    bench: QueueBench, tmp_path: Path
) -> None:
    sent: list[str] = []

    def break_after_five(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            sent.append(url)
        if len(sent) > 5:
            raise Unreachable(host="127.0.0.1", reason="test")

    bench.http.faults = break_after_five
    sessions = bench.several(tmp_path, 40)
    bench.queue.add_sessions(sessions)
    bench.until(lambda: bench.queue.totals().halted is not None)
    bench.until(lambda: set(bench.states()) <= {"queued", "done"})
    assert bench.queue.totals().failed == 0
    assert len(bench.spool()) > 0

    bench.http.faults = None
    bench.until_idle()

    assert bench.states() == ["done"] * 40
    assert bench.spool() == []


def test_credentials_that_are_not_known_wait_for_somebody_to_mend_them(
    bench: QueueBench, tmp_path: Path
) -> None:
    profile = bench.services.profile
    token = bench.services.vault.get(profile, "token")
    assert token is not None
    bench.services.vault.set(profile, "token", "not-the-token-that-is-known-there")
    sessions = bench.several(tmp_path, 5)

    bench.queue.add_sessions(sessions)

    expect_halted(bench, Unauthorized, 5)
    assert bench.queue.totals().retry_in is None
    bench.services.vault.set(profile, "token", token)
    bench.queue.retry_now()
    assert bench.until_idle().halted is None
    assert bench.states() == ["done"] * 5


def test_missing_credentials_halt_too(bench: QueueBench, tmp_path: Path) -> None:
    bench.services.vault.forget(bench.services.profile)

    bench.queue.add_sessions(bench.several(tmp_path, 2))

    expect_halted(bench, CredentialsMissing, 2)
    assert bench.queue.totals().retry_in is None


def test_storage_that_is_another_one_than_was_accepted_is_sent_nothing(
    home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    profiles = ProfileStore(resolve_paths(home).settings)
    profile = profiles.get("shared")
    assert profile.storage is not None
    profiles.pin(profile, Storage("another-bucket", "ap-northeast-1", "somebody", s3_host="127.0.0.1"))
    bench = open_queue(home)

    bench.queue.add_sessions([bench.write(tmp_path)])

    expect_halted(bench, StorageChanged, 1)
    assert bench.http.puts() == []
    assert bench.spool() == []


def test_what_is_added_later_tries_again_at_once(bench: QueueBench, tmp_path: Path) -> None:
    broken = TlsFailed(host="127.0.0.1", reason="test")

    def refuse(method: str, url: str, changes: dict[str, Any]) -> None:
        raise broken

    bench.http.faults = refuse
    bench.queue.add_sessions([bench.write(tmp_path, "one.md")])
    expect_halted(bench, TlsFailed, 1)
    bench.http.faults = None

    bench.queue.add_sessions([bench.write(tmp_path, "two.md")])

    bench.until_idle()
    assert bench.states() == ["done"] * 2


def test_rows_can_be_cancelled_and_paused_while_halted(bench: QueueBench, tmp_path: Path) -> None:
    def refuse(method: str, url: str, changes: dict[str, Any]) -> None:
        raise TlsFailed(host="127.0.0.1", reason="test")

    bench.http.faults = refuse
    one, two = bench.write(tmp_path, "one.md"), bench.write(tmp_path, "two.md")
    bench.queue.add_sessions([one, two])
    expect_halted(bench, TlsFailed, 2)

    bench.queue.cancel(bench.ids(one))
    bench.queue.pause(bench.ids(two))

    bench.until_state(one, "cancelled")
    bench.until_state(two, "paused")
    assert not bench.queue.busy()


def test_one_object_that_fails_again_and_again_fails_its_row_while_others_succeed(
    bench: QueueBench, tmp_path: Path
) -> None:
    unlucky = bench.write(tmp_path, "unlucky.md")
    others = bench.several(tmp_path / "others", 120)
    turns = threading.Semaphore(0)
    # Those that hold the other connections, and some that begin only then.
    some = bench.services.settings.parallel_uploads + 1

    def fail(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and "unlucky" in url:
            done = bench.states().count("done")
            turns.release(some)
            bench.until(lambda: bench.states().count("done") == done + some)
            raise ServerFailed(host="127.0.0.1", status=500, retryAfter=None, requestId=None)
        if method == "PUT":
            turns.acquire(timeout=60)

    bench.http.faults = fail
    bench.queue.add_sessions([unlucky, *others])
    bench.until_state(unlucky, "failed")
    turns.release(len(others))

    totals = bench.until_idle()

    assert (totals.done, totals.failed, totals.halted) == (120, 1, None)
    assert isinstance(bench.row(unlucky).error, ServerFailed)


def test_a_file_too_large_for_what_is_left_fails_alone(
    bench: QueueBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.archiving import content as content_module  # noqa: PLC0415

    take_snapshot = content_module.take_snapshot
    large = bench.write(tmp_path, "large.md")
    others = bench.several(tmp_path / "others", 6)

    def without_room(path: Path, *rest: Any, **options: Any) -> Any:
        if path == large.path:
            raise DiskFull(path="spool")
        return take_snapshot(path, *rest, **options)

    monkeypatch.setattr(content_module, "take_snapshot", without_room)
    bench.queue.add_sessions([large, *others])
    bench.until_idle()
    assert bench.state(large) == "failed"
    assert {bench.state(session) for session in others} == {"done"}


def test_a_full_disk_is_looked_at_and_written_to_once_there_is_room(
    bench: QueueBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.archiving import content as content_module  # noqa: PLC0415

    session, take_snapshot = bench.write(tmp_path), content_module.take_snapshot
    tried, looks, room = [], [], threading.Event()

    def without_room(path: Path, *rest: Any, **options: Any) -> Any:
        tried.append(path)
        if room.is_set():
            return take_snapshot(path, *rest, **options)
        raise DiskFull(path=str(tmp_path))

    def look(_: DiskFull) -> bool:
        looks.append(room.is_set())
        return looks[-1]

    monkeypatch.setattr(content_module, "take_snapshot", without_room)
    monkeypatch.setattr(queue_uploads, "LITTLE_ROOM", 1 << 62)
    monkeypatch.setattr(queue_halt, "has_room", look)
    bench.queue.add_sessions([session])

    expect_halted(bench, DiskFull, 1)
    assert bench.queue.totals().retry_in is not None
    bench.until(lambda: bench.planned(session) == "queued" and len(looks) >= 2)
    assert len(tried) == 1
    bench.queue.retry_now()  # somebody knows better
    bench.until(lambda: len(tried) == 2)
    room.set()
    assert bench.until_idle().halted is None
    assert bench.state(session) == "done"
    assert len(tried) == 3


def test_room_is_what_was_needed_or_a_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free, total = 70_000_000, 10**12
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free, total=total))
    inside = str(tmp_path / "not" / "made yet")

    assert has_room(DiskFull(path=inside))
    assert has_room(DiskFull(path=inside, needed=free))
    assert not has_room(DiskFull(path=inside, needed=free + 1))
    free = 60_000_000
    assert not has_room(DiskFull(path=inside))
    total = 200_000_000
    assert has_room(DiskFull(path=inside))


def test_a_state_that_cannot_be_written_halts_and_nothing_asked_for_is_lost(
    bench: QueueBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.transfer.queued_transfers import QueuedTransfers  # noqa: PLC0415

    def read_only(*_: object) -> Any:
        raise FolderNotWritable(path="state.db", reason="test")

    with monkeypatch.context() as patch:
        patch.setattr(QueuedTransfers, "enqueue", read_only)
        one, two = bench.write(tmp_path, "one.md"), bench.write(tmp_path, "two.md")
        bench.queue.add_sessions([one])
        expect_halted(bench, FolderNotWritable, 1)
        bench.queue.cancel(bench.ids(one))
        bench.queue.add_sessions([two])
        expect_halted(bench, FolderNotWritable, 2)

    bench.queue.retry_now()

    assert bench.until_idle().halted is None
    assert (bench.state(one), bench.state(two)) == ("cancelled", "done")


# ---- how long it waits --------------------------------------------------------------------------------------


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def halt(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Halt:
    monkeypatch.setattr(queue_halt, "FIRST_SECONDS", 5.0)
    return Halt(clock)


def test_waits_grow_from_five_seconds_to_a_minute(halt: Halt, clock: Clock) -> None:
    waits = []
    for _ in range(7):
        halt.failed(Unreachable(host="h", reason="r"))
        assert not halt.may_try()
        wait = halt.retry_in()
        assert wait is not None
        waits.append(wait)
        clock.now += wait
        assert halt.may_try()
        assert halt.error is not None  # until something succeeds
        assert halt.retry_in() == 0.0

    assert waits == [5, 10, 20, 40, 60, 60, 60]
    halt.succeeded()
    assert (halt.error, halt.retry_in()) == (None, None)
    halt.failed(Unreachable(host="h", reason="r"))
    assert halt.retry_in() == 5


def test_what_time_does_not_mend_waits_for_a_word(halt: Halt, clock: Clock) -> None:
    halt.failed(Unauthorized(host="h"))
    halt.failed(Unreachable(host="h", reason="of another thread"))
    clock.now += 1e6

    assert isinstance(halt.error, Unauthorized)
    assert (halt.may_try(), halt.seconds(), halt.retry_in()) == (False, None, None)
    halt.try_now()
    assert halt.may_try()
