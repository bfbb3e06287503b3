"""One content is withdrawn from a run, at every stage of its way, while the others go on."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from app.errors import Cancelled, ReplyLost, TlsFailed, Unauthorized, Unreachable
from app.transfer.queued_transfers import QueuedTransfers
from app.transfer.withdrawal import Withdrawal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.transfer.content import Content, ContentKey, Outcome, Prepared, TransferEvent
    from tests.transfer.conftest import Bench, FileContent

pytestmark = pytest.mark.usefixtures("no_waiting")

PATIENCE_SECONDS = 60.0


class WithWaysOut:
    """A run of an uploader whose contents can be withdrawn by name."""

    def __init__(self, bench: Bench, **options: Any) -> None:
        self._bench = bench
        self._options = options
        self._ways: dict[ContentKey, Withdrawal] = {}

    def way_of(self, content: Content) -> Withdrawal:
        return self._ways.setdefault(content.key, Withdrawal())

    def upload(self, *contents: FileContent) -> list[Outcome]:
        """The outcomes in the order of the contents."""
        run = self._bench.uploader(**self._options).run(contents, withdrawal_of=self.way_of)
        found = {outcome.key: outcome for outcome in run}
        return [found[content.key] for content in contents]


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The address of a server that takes connections and bytes, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def assert_stopped(outcome: Outcome) -> None:
    assert outcome.state == "failed"
    assert isinstance(outcome.error, Cancelled)
    assert outcome.kept


def test_before_it_was_begun(bench: Bench) -> None:
    run = WithWaysOut(bench)
    stopped, other = bench.content("stopped"), bench.content("other")
    run.way_of(stopped).withdraw()

    first, second = run.upload(stopped, other)

    assert_stopped(first)
    assert second.state == "archived"
    assert stopped.prepared_times == []
    assert [transfer.key for transfer in bench.jobs.transfers()] == [other.key]


def test_while_it_is_prepared(bench: Bench) -> None:
    run = WithWaysOut(bench)
    stopped, other = bench.content("stopped"), bench.content("other")

    def prepare(spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
        spool_file.write_bytes(b"half")
        run.way_of(stopped).withdraw()
        assert cancelled()
        raise Cancelled

    object.__setattr__(stopped, "prepare", prepare)

    first, second = run.upload(stopped, other)

    assert_stopped(first)
    assert second.state == "archived"
    [left] = [transfer for transfer in bench.jobs.transfers() if transfer.state == "queued"]
    assert (left.key, left.held) == (stopped.key, False)


def test_while_its_url_is_asked_for(bench: Bench) -> None:
    """The endpoint does not answer until the outcome of the withdrawn one is there."""
    run = WithWaysOut(bench)
    stopped, other = bench.content("stopped"), bench.content("other")
    given_back = threading.Event()

    def withdraw_while_asking(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "POST" and b'"upload"' in changes["body"] and not given_back.is_set():
            run.way_of(stopped).withdraw()
            assert given_back.wait(PATIENCE_SECONDS)

    bench.http.faults = withdraw_while_asking
    outcomes: dict[ContentKey, Outcome] = {}
    contents = iter([stopped, other])
    for outcome in bench.uploader(preparers=2).run(contents, withdrawal_of=run.way_of):
        outcomes[outcome.key] = outcome
        if outcome.key == stopped.key:
            given_back.set()

    assert_stopped(outcomes[stopped.key])
    assert outcomes[other.key].state == "archived"
    assert bench.stored(None) == [outcomes[other.key].s3_key]
    [left] = [transfer for transfer in bench.jobs.transfers() if transfer.state == "prepared"]
    assert (left.key, left.held) == (stopped.key, False)


def test_while_it_waits_for_its_turn_to_be_sent(bench: Bench) -> None:
    run = WithWaysOut(bench, parallel=1)
    contents = [bench.content(f"s{number}") for number in range(4)]
    withdrawn: list[ContentKey] = []

    def withdraw_the_others(method: str, url: str, changes: dict[str, Any]) -> None:
        if method != "PUT" or withdrawn:
            return
        withdrawn.extend(content.key for content in contents if content.file_name not in url)
        for content in contents:
            if content.key in withdrawn:
                run.way_of(content).withdraw()

    bench.http.faults = withdraw_the_others

    outcomes = run.upload(*contents)

    assert len(bench.http.puts()) == 1
    assert [outcome.state for outcome in outcomes].count("archived") == 1
    for outcome in outcomes:
        if outcome.key in withdrawn:
            assert_stopped(outcome)


@pytest.mark.parametrize(
    ("size", "state"), [(30_000_000, "sending"), (3_000, "verifying")], ids=["half sent", "all sent"]
)
def test_while_s3_is_silent_only_that_request_ends(
    bench: Bench, silent_server: str, size: int, state: str
) -> None:
    stopped = bench.content("stopped", data=b"x" * size, ending=".jsonl")
    other = bench.content("other")

    def lead_astray(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and stopped.file_name in url:
            changes["url"] = silent_server

    bench.http.faults = lead_astray
    reached = threading.Event()

    def hear(event: TransferEvent) -> None:
        if event.key == stopped.key and event.state == state:
            reached.set()

    run = WithWaysOut(bench, events=hear)

    def withdraw() -> None:
        reached.wait(PATIENCE_SECONDS)
        run.way_of(stopped).withdraw()

    withdrawer = threading.Thread(target=withdraw)
    withdrawer.start()
    first, second = run.upload(stopped, other)
    withdrawer.join()

    assert_stopped(first)
    assert second.state == "archived"
    [left] = [transfer for transfer in bench.jobs.transfers() if transfer.state == "sending"]
    assert (left.key, left.held) == (stopped.key, False)
    bench.http.faults = None
    [again] = bench.upload(stopped)
    assert again.state == "archived"
    assert len(stopped.prepared_times) == 1


def test_while_another_process_has_it(bench: Bench, other_home: Bench) -> None:
    from app.transfer.jobs import JobStore  # noqa: PLC0415

    content = bench.content()
    with JobStore(bench.folder / "state.db") as elsewhere:
        held = elsewhere.claim("here", content)
        assert held is not None
        run = WithWaysOut(bench)
        timer = threading.Timer(0.1, run.way_of(content).withdraw)
        timer.start()
        [outcome] = run.upload(content)
        timer.join()

    assert_stopped(outcome)


def test_once_it_is_confirmed_it_is_archived_all_the_same(bench: Bench) -> None:
    run = WithWaysOut(bench)
    content = bench.content()

    [outcome] = run.upload(content)
    run.way_of(content).withdraw()

    assert outcome.state == "archived"


@pytest.mark.parametrize("known", [False, True], ids=["a first upload", "a later version"])
def test_bytes_that_came_to_s3_before_a_cancellation_are_looked_for_at_the_next_upload(
    bench: Bench, known: bool
) -> None:
    content = bench.content()
    if known:
        bench.upload(content)
        content.path.write_bytes(b"it went on\n")
    run = WithWaysOut(bench)
    before = len(bench.http.puts())

    def lose_the_reply_and_withdraw(
        method: str, url: str, changes: dict[str, Any]
    ) -> Callable[[], None] | None:
        if method != "PUT":
            return None

        def lose() -> None:
            run.way_of(content).withdraw()
            raise ReplyLost(host="127.0.0.1", reason="test")

        return lose

    bench.http.faults = lose_the_reply_and_withdraw
    [stopped] = run.upload(content)
    bench.http.faults = None
    assert_stopped(stopped)
    queued = QueuedTransfers(bench.jobs.database, "here")
    [useless] = queued.set_aside([content.key[:2]], "cancelled")
    (bench.spool / useless).unlink()

    [outcome] = bench.upload(content)

    assert outcome.state == "archived"
    assert len(bench.http.puts()) - before == 1
    assert bench.versions(outcome.s3_key)[0] == outcome.version_id
    assert len(bench.versions(outcome.s3_key)) == (2 if known else 1)


# ---- what concerns everything is kept ---------------------------------------------------------------------


def test_an_endpoint_that_does_not_know_us_leaves_everything_for_a_later_run(bench: Bench) -> None:
    authenticator = bench.presign._authenticator
    bench.presign._authenticator = None
    contents = [bench.content(f"s{number}") for number in range(30)]

    outcomes = {outcome.key: outcome for outcome in bench.uploader(keeps_what_halts=True).run(contents)}

    assert {(type(outcome.error), outcome.kept) for outcome in outcomes.values()} == {(Unauthorized, True)}
    assert {transfer.state for transfer in bench.jobs.transfers()} <= {"queued", "prepared"}
    assert not any(transfer.held for transfer in bench.jobs.transfers())
    bench.presign._authenticator = authenticator
    assert {outcome.state for outcome in bench.upload(*contents)} == {"archived"}


@pytest.mark.parametrize("error", [Unreachable, TlsFailed])
def test_storage_that_cannot_be_spoken_to_leaves_everything_for_a_later_run(
    bench: Bench, error: type[Exception]
) -> None:
    def unplug(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            raise error(host="127.0.0.1", reason="test")  # type: ignore[call-arg]

    bench.http.faults = unplug
    contents = [bench.content(f"s{number}") for number in range(20)]

    outcomes = list(bench.uploader(keeps_what_halts=True).run(contents))

    assert {(type(outcome.error), outcome.kept) for outcome in outcomes} == {(error, True)}
    assert "failed" not in {transfer.state for transfer in bench.jobs.transfers()}


def test_all_bytes_sent_is_told_apart_from_confirmed(bench: Bench) -> None:
    bench.upload(bench.content(data=b"x" * 300_000, ending=".jsonl"))

    [verifying] = [event for event in bench.events if event.state == "verifying"]
    assert (verifying.sent, verifying.total) == (300_000, 300_000)
    assert bench.events[-1].state == "archived"
