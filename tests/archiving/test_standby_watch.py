"""While the archive is out for two minutes, its second one keeps what waits in the queue; the first gets it all later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.account.profiles import Storage
from app.archiving import queue_halt, standby_watch
from app.archiving.standby import OUT_SECONDS
from app.archiving.standby_watch import AGAIN_SECONDS, Standby, StandbyNews
from app.errors import ProfileInvalid, ProfileUnknown, Unauthorized
from app.remote.presign import PresignClient
from app.transfer import retry
from tests.archiving.two_stacks import TwoStacks, two_stacks
from tests.faults.plan import Fault, Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.sandbox.lifecycle import Sandbox
    from tests.archiving.queue_bench import QueueBench


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries happen, their waits hardly."""
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.0)
    monkeypatch.setattr(queue_halt, "FIRST_SECONDS", 0.2)
    monkeypatch.setattr(queue_halt, "LONGEST_SECONDS", 0.2)


@pytest.fixture
def stacks(tmp_path: Path, make_sandbox: Callable[[Path], Sandbox]) -> Iterator[TwoStacks]:
    with two_stacks(tmp_path / "home", make_sandbox) as made:
        yield made


class Watch:
    """A standby whose clock stands still until the test says otherwise, and which looks when the test says so."""

    def __init__(self, bench: QueueBench) -> None:
        self.now = 1000.0
        self.told: list[StandbyNews | None] = []
        services = bench.services
        self.standby = Standby(
            bench.queue, lambda: services.profile.name, services.open_second, clock=lambda: self.now
        )
        self.standby._heard = lambda: self.told.append(
            self.standby.news
        )  # as `start` has it, without a thread

    def later(self, seconds: float) -> StandbyNews | None:
        """So much later it looks; what there is to tell then."""
        self.now += seconds
        self.standby.look()
        return self.standby.news

    def out_for_long(self, bench: QueueBench) -> StandbyNews | None:
        """The queue has halted, and two minutes later it looks."""
        bench.until(lambda: bench.queue.totals().halted is not None)
        self.later(0)
        return self.later(OUT_SECONDS)


class Actions:
    """What is asked of an endpoint behind its door."""

    def __init__(self, failing: Kind | None = None) -> None:
        self.asked: list[str] = []
        self.puts = 0
        self.failing = failing

    def verdict(self, kind: Kind, *, method: str, path: str, size: int) -> Verdict:
        """For one request: everything passes, but for what is failing."""
        self.asked.append(f"{kind.name} {method}")
        self.puts += method == "PUT"
        return Verdict(0.0, Fault.FAILED if kind is self.failing else None)

    def heads(self) -> bool:
        """What failed was not done."""
        return False


def watch_door(stacks: TwoStacks, failing: Kind | None = None) -> Actions:
    """From now on what comes to the second is noted."""
    actions = Actions(failing)
    stacks.osaka.door.plan = actions  # type: ignore[assignment] # a plan in all that the door asks
    return actions


def test_only_after_two_minutes_and_then_all_of_it_and_none_twice(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    bench = open_queue(stacks.home)
    watch = Watch(bench)
    stacks.tokyo.door.shut()
    sessions = bench.several(tmp_path / "notes", 12)
    bench.queue.add_sessions(sessions)
    bench.until(lambda: bench.queue.totals().halted is not None)
    asked = watch_door(stacks)

    assert watch.later(0) is None
    assert watch.later(OUT_SECONDS - 1) is None
    assert asked.asked == []

    news = watch.later(1)

    assert news == StandbyNews("tokyo", "osaka", kept=12, waiting=12, trouble=None)
    assert sorted(stacks.osaka.logs().values()) == [1] * 12
    # The rows go on waiting; to the first nothing of it is known.
    assert bench.queue.totals().left == 12
    assert {bench.planned(session) for session in sessions} == {"queued"}
    # Nothing new: nobody is asked again, however long it lasts.
    asked = watch_door(stacks)
    watch.later(AGAIN_SECONDS)
    watch.later(10 * OUT_SECONDS)
    assert asked.asked == []
    # What comes later goes there too, alone.
    bench.queue.add_sessions([bench.write(tmp_path / "notes", "later.md")])
    bench.until(lambda: len(bench.queue.sessions_waiting()) == 13)
    news = watch.later(0)
    assert news is not None
    assert (news.kept, news.waiting) == (13, 13)
    assert sorted(stacks.osaka.logs().values()) == [1] * 13

    stacks.tokyo.door.open()
    bench.until_idle()
    assert bench.states() == ["done"] * 13
    asked = watch_door(stacks)
    assert watch.later(AGAIN_SECONDS) is None
    bench.queue.add_sessions([bench.write(tmp_path / "notes", "last.md")])
    bench.until_idle()
    watch.later(OUT_SECONDS)
    assert asked.asked == []
    stacks.osaka.door.plan = None
    assert sorted(stacks.tokyo.logs().values()) == [1] * 14
    assert sorted(stacks.osaka.logs().values()) == [1] * 13
    assert bench.spool() == []
    # Told step by step, and the end of it.
    counts = [news.kept for news in watch.told if news is not None]
    assert counts == sorted(counts)
    assert watch.told[-1] is None


def test_a_thread_does_it_by_itself_and_goes_on_when_new_work_comes(
    stacks: TwoStacks,
    open_queue: Callable[..., QueueBench],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(standby_watch, "OUT_SECONDS", 0.5)
    bench = open_queue(stacks.home)
    standby = bench.services.standby
    bench.queue.listen(standby.look_again)
    standby.start(lambda: None)
    stacks.tokyo.door.shut()

    for count in (3, 5):
        bench.queue.add_sessions(bench.several(tmp_path / "notes", count))
        bench.until(lambda count=count: standby.news is not None and standby.news.kept == count)  # type: ignore[misc]

    stacks.tokyo.door.open()
    bench.until_idle()
    bench.until(lambda: standby.news is None)
    assert len(stacks.tokyo.logs()) == len(stacks.osaka.logs()) == 5
    bench.services.close()
    assert not standby._thread.is_alive()


def test_s3_alone_may_be_out(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    bench = open_queue(stacks.home)
    watch = Watch(bench)
    stacks.tokyo.door.plan = Actions(Kind.WHOLE)  # type: ignore[assignment] # as above
    bench.queue.add_sessions(bench.several(tmp_path / "notes", 3))

    news = watch.out_for_long(bench)

    assert news is not None
    assert news.kept == 3
    assert len(stacks.osaka.logs()) == 3


def test_when_nothing_answers_only_health_is_asked_and_nothing_is_told(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    health = PresignClient.health

    def counted(client: PresignClient) -> object:
        asked.append("health")
        return health(client)

    monkeypatch.setattr(PresignClient, "health", counted)
    bench = open_queue(stacks.home)
    watch = Watch(bench)
    stacks.tokyo.door.shut()
    stacks.osaka.door.shut()
    bench.queue.add_sessions(bench.several(tmp_path / "notes", 3))
    bench.until(lambda: bench.queue.totals().halted is not None)
    bench.http.sent.clear()

    assert watch.out_for_long(bench) is None
    to_osaka = [url for method, url in bench.http.sent if url.startswith(stacks.osaka.door.endpoint)]
    assert len(to_osaka) == retry.PRESIGN_ATTEMPTS
    assert not [url for method, url in bench.http.sent if method == "PUT"]
    assert watch.later(AGAIN_SECONDS - 1) is None
    assert len([url for _, url in bench.http.sent if url.startswith(stacks.osaka.door.endpoint)]) == 3
    assert watch.told == []
    assert bench.services.jobs.transfers(stacks.profiles.get("osaka").destination) == []

    # The network is back, tokyo is not.
    stacks.osaka.door.open()
    news = watch.later(1)
    assert news is not None
    assert news.kept == 3


def test_a_refusal_of_the_first_is_no_outage(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    bench = open_queue(stacks.home)
    watch = Watch(bench)
    bench.services.vault.set(stacks.profiles.get("tokyo"), "token", "not-the-token-that-is-known-there")
    bench.queue.add_sessions(bench.several(tmp_path / "notes", 2))

    assert watch.out_for_long(bench) is None
    assert isinstance(bench.queue.totals().halted, Unauthorized)
    assert watch.told == []
    assert stacks.osaka.logs() == {}


def test_one_that_was_not_accepted_is_told_once_and_tried_when_somebody_says_so(
    tmp_path: Path, make_sandbox: Callable[[Path], Sandbox], open_queue: Callable[..., QueueBench]
) -> None:
    with two_stacks(tmp_path / "home", make_sandbox, pinned=False) as stacks:
        asked = watch_door(stacks)
        bench = open_queue(stacks.home)
        watch = Watch(bench)
        stacks.tokyo.door.shut()
        bench.queue.add_sessions(bench.several(tmp_path / "notes", 2))

        news = watch.out_for_long(bench)

        assert news is not None
        assert isinstance(news.trouble, ProfileInvalid)
        assert news.trouble.parameters["reason"] == "second-not-accepted"
        watch.later(10 * AGAIN_SECONDS)
        assert len(watch.told) == 1
        assert asked.asked == []
        info = stacks.osaka.info
        stacks.profiles.pin(
            stacks.profiles.get("osaka"), Storage(info.bucket, info.region, info.owner, "127.0.0.1")
        )
        watch.standby.try_again()
        news = watch.later(1)
        assert news is not None
        assert (news.kept, news.trouble) == (2, None)


def test_one_that_refuses_or_is_gone_or_fails_is_told_and_the_first_goes_on_waiting(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    bench = open_queue(stacks.home)
    watch = Watch(bench)
    stacks.tokyo.door.shut()
    bench.queue.add_sessions(bench.several(tmp_path / "notes", 2))
    osaka = stacks.profiles.get("osaka")
    token = bench.services.vault.get(osaka, "token")
    assert token is not None
    bench.services.vault.set(osaka, "token", "not-the-token-that-is-known-there")

    news = watch.out_for_long(bench)
    assert news is not None
    assert isinstance(news.trouble, Unauthorized)
    assert bench.queue.totals().left == 2
    bench.services.vault.set(osaka, "token", token)

    settings = bench.services.paths.settings
    before = settings.read_text()
    settings.write_text(before.replace("[profiles.osaka", "[profiles.nara"))
    watch.standby.try_again()
    news = watch.later(1)
    assert news is not None
    assert isinstance(news.trouble, ProfileUnknown)
    settings.write_text(before)

    # Its S3 fails: told once, tried each minute.
    watch_door(stacks, failing=Kind.WHOLE)
    watch.standby.try_again()
    news = watch.later(1)
    assert news is not None
    assert news.trouble is not None
    assert news.trouble.code == "server-failed"
    assert news.kept == 0
    stacks.osaka.door.plan = None
    watch.later(AGAIN_SECONDS)
    assert watch.standby.news is not None, bench.queue.totals()
    assert (watch.standby.news.kept, watch.standby.news.trouble) == (2, None)

    stacks.tokyo.door.open()
    bench.until_idle()
    assert sorted(stacks.tokyo.logs().values()) == [1, 1]
    assert sorted(stacks.osaka.logs().values()) == [1, 1]


def test_what_was_not_begun_when_the_first_is_back_is_not_sent_to_the_second(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_queue(stacks.home)
    watch = Watch(bench)
    stacks.tokyo.door.shut()
    bench.queue.add_sessions(bench.several(tmp_path / "notes", 30))
    wanted, asked = watch.standby._still_wanted, 0

    def back_after_five(identity: tuple[str, str]) -> bool:
        nonlocal asked
        asked += 1
        if asked == 6:
            stacks.tokyo.door.open()
            bench.queue.retry_now()
            bench.until_idle()
        return wanted(identity)

    monkeypatch.setattr(watch.standby, "_still_wanted", back_after_five)
    watch.out_for_long(bench)

    assert len(stacks.osaka.logs()) == 5
    assert sorted(stacks.tokyo.logs().values()) == [1] * 30


def test_when_the_second_fails_too_nothing_more_is_begun_there(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    bench = open_queue(stacks.home)
    watch_door(stacks, failing=Kind.WHOLE)
    second = bench.services.open_second()
    assert second is not None
    asked: list[tuple[str, str]] = []

    def wanted(identity: tuple[str, str]) -> bool:
        asked.append(identity)
        return True

    second.connect()
    outcomes = list(second.keep(bench.several(tmp_path / "notes", 400), wanted))
    second.close()

    assert second.trouble is not None
    assert {outcome.state for outcome in outcomes} == {"failed"}
    assert len(asked) < 400
    # Nothing of it is noted as a failure: it goes there when there is reason to.
    destination = stacks.profiles.get("osaka").destination
    assert "failed" not in {transfer.state for transfer in bench.services.jobs.transfers(destination)}


def test_what_is_paused_meanwhile_is_not_sent_anywhere(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    bench = open_queue(stacks.home)
    watch = Watch(bench)
    stacks.tokyo.door.shut()
    first, other = bench.several(tmp_path / "notes", 2)
    bench.queue.add_sessions([first, other])
    bench.until(lambda: bench.queue.totals().halted is not None)
    bench.queue.pause(bench.ids(other))

    news = watch.out_for_long(bench)

    assert news is not None
    assert (news.kept, news.waiting) == (1, 1)
    assert len(stacks.osaka.logs()) == 1


def test_the_program_ends_in_the_outage_and_the_next_one_goes_on(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    first = open_queue(stacks.home)
    watch = Watch(first)
    stacks.tokyo.door.shut()
    first.queue.add_sessions(first.several(tmp_path / "notes", 4))
    watch.out_for_long(first)
    assert len(stacks.osaka.logs()) == 4
    watch.standby.stop()
    first.close()

    later = open_queue(stacks.home)
    watch = Watch(later)
    later.queue.add_sessions([later.write(tmp_path / "notes", "another.md")])
    news = watch.out_for_long(later)
    assert news is not None
    assert (news.kept, news.waiting) == (5, 5)
    assert sorted(stacks.osaka.logs().values()) == [1] * 5

    stacks.tokyo.door.open()
    later.until_idle()
    assert sorted(stacks.tokyo.logs().values()) == [1] * 5
    assert sorted(stacks.osaka.logs().values()) == [1] * 5
    assert later.spool() == []


def test_ending_does_not_wait_for_a_second_that_is_silent(
    stacks: TwoStacks,
    open_queue: Callable[..., QueueBench],
    tmp_path: Path,
    silent_server: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(standby_watch, "OUT_SECONDS", 0.1)
    bench = open_queue(stacks.home)
    stacks.tokyo.door.shut()
    bench.queue.add_sessions(bench.several(tmp_path / "notes", 2))
    puts: list[str] = []

    def lead_astray(method: str, url: str, changes: dict[str, object]) -> None:
        if method == "PUT":
            puts.append(url)
            changes["url"] = silent_server

    bench.http.faults = lead_astray
    standby = bench.services.standby
    bench.queue.listen(standby.look_again)
    standby.start(lambda: None)
    bench.until(lambda: bool(puts))

    standby.stop(30)

    assert not standby._thread.is_alive()
    bench.http.faults = None
    stacks.tokyo.door.open()
    bench.until_idle()
    assert bench.states() == ["done"] * 2
    assert stacks.osaka.logs() == {}


def test_without_a_second_nothing_is_done_and_nothing_told(
    stacks: TwoStacks, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    stacks.profiles.set_second("tokyo", None)
    asked = watch_door(stacks)
    bench = open_queue(stacks.home)
    watch = Watch(bench)
    stacks.tokyo.door.shut()
    bench.queue.add_sessions(bench.several(tmp_path / "notes", 2))

    assert watch.out_for_long(bench) is None
    assert (watch.told, asked.asked) == ([], [])
    # Named in the midst of the outage, by another program of this home.
    stacks.profiles.set_second("tokyo", "osaka")
    news = watch.later(AGAIN_SECONDS)
    assert news is not None
    assert news.kept == 2
