"""The uploader against the sandbox: real presigned URLs, a server that refuses."""

from __future__ import annotations

import io
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.errors import (
    AccessDenied,
    BodyDamaged,
    Cancelled,
    DiskFull,
    FileVanished,
    ReplyLost,
    TooLarge,
    Unauthorized,
    Unexpected,
    Unreachable,
)
from app.transfer import job, retry
from app.transfer.job import ProgressFile
from app.transfer.unfinished import unfinished

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.transfer.content import Prepared
    from tests.transfer.conftest import Bench, FileContent


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries happen, their waits do not."""
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.0)


def test_a_first_upload_is_archived_verified_and_noted(bench: Bench) -> None:
    content = bench.content(data=b'{"type":"user"}\n' * 100)

    [outcome] = bench.upload(content)

    assert outcome.state == "archived"
    assert outcome.size == 1600
    assert outcome.version_id in bench.versions(outcome.s3_key)
    receipt = bench.jobs.receipt("here", content.key)
    assert receipt is not None
    assert (receipt.s3_key, receipt.version_id, receipt.sha256) == (
        outcome.s3_key,
        outcome.version_id,
        outcome.sha256,
    )
    assert receipt.mtime_ns == content.path.stat().st_mtime_ns
    assert receipt.compressed
    assert [transfer.state for transfer in bench.jobs.transfers()] == ["verified"]
    assert list(bench.spool.iterdir()) == []


def test_the_same_bytes_again_send_no_request_at_all(bench: Bench) -> None:
    content = bench.content()
    bench.upload(content)
    requests = len(bench.http.sent)
    content.path.touch()

    [outcome] = bench.upload(content)

    assert outcome.state == "unchanged"
    assert len(bench.http.sent) == requests
    receipt = bench.jobs.receipt("here", content.key)
    assert receipt is not None
    assert receipt.mtime_ns == content.path.stat().st_mtime_ns
    assert list(bench.spool.iterdir()) == []


def test_changed_bytes_become_a_version_of_the_same_object(bench: Bench) -> None:
    content = bench.content()
    [first] = bench.upload(content)
    content.path.write_bytes(b"more\n")

    [second] = bench.upload(content)

    assert second.state == "archived"
    assert second.s3_key == first.s3_key
    assert bench.versions(second.s3_key) == [second.version_id, first.version_id]


def test_what_another_computer_archived_is_unchanged_here(bench: Bench, other_home: Bench) -> None:
    [first] = bench.upload(bench.content(data=b"same\n"))

    [second] = other_home.upload(other_home.content(data=b"same\n"))

    assert second.state == "unchanged"
    assert (second.s3_key, second.version_id) == (first.s3_key, first.version_id)
    assert other_home.jobs.receipt("here", other_home.content().key) is not None
    assert bench.versions(first.s3_key) == [first.version_id]


def test_other_bytes_than_another_computers_become_a_version(bench: Bench, other_home: Bench) -> None:
    [first] = bench.upload(bench.content(data=b"one\n"))

    [second] = other_home.upload(other_home.content(data=b"two\n"))

    assert second.state == "archived"
    assert bench.versions(first.s3_key) == [second.version_id, first.version_id]


def test_the_same_text_compressed_otherwise_is_unchanged(bench: Bench, other_home: Bench) -> None:
    text = b"".join(b'{"line": %d}\n' % number for number in range(5000))
    [first] = bench.upload(bench.content(data=text, level=1))

    [second] = other_home.upload(other_home.content(data=text, level=19))

    assert second.state == "unchanged"
    assert second.version_id == first.version_id
    assert second.stored_size == first.stored_size


def test_many_known_sessions_are_asked_for_in_batches_and_not_sent(bench: Bench, other_home: Bench) -> None:
    contents = [bench.content(f"s{number}", data=b"%d\n" % number) for number in range(300)]
    assert {outcome.state for outcome in bench.upload(*contents)} == {"archived"}

    same = [other_home.content(f"s{number}", data=b"%d\n" % number) for number in range(300)]
    outcomes = other_home.upload(*same)

    assert {outcome.state for outcome in outcomes} == {"unchanged"}
    assert len(other_home.http.puts()) < 150


def test_an_empty_file_is_archived(bench: Bench) -> None:
    [outcome] = bench.upload(bench.content(data=b"", ending=".jsonl"))

    assert (outcome.state, outcome.error, outcome.size) == ("archived", None, 0)


def test_three_hundred_contents_need_few_requests_and_few_commits(bench: Bench) -> None:
    contents = [bench.content(f"s{number}") for number in range(300)]

    outcomes = bench.upload(*contents)

    assert {outcome.state for outcome in outcomes} == {"archived"}
    assert len({outcome.s3_key for outcome in outcomes}) == 300
    assert len(bench.http.puts()) == 300
    assert bench.presign.requests_sent < 60
    assert bench.jobs.commits < 1000  # of 1,200 durable steps and more


def test_a_lost_reply_is_answered_by_looking_not_by_sending_again(bench: Bench) -> None:
    lost: list[str] = []

    def lose_the_first_reply(method: str, url: str, changes: dict[str, Any]) -> Callable[[], None] | None:
        if method != "PUT" or lost:
            return None
        lost.append(url)

        def lose() -> None:
            raise ReplyLost(host="127.0.0.1", reason="test")

        return lose

    bench.http.faults = lose_the_first_reply

    [outcome] = bench.upload(bench.content())

    assert outcome.state == "archived"
    assert len(bench.http.puts()) == 1
    assert bench.versions(outcome.s3_key) == [outcome.version_id]


def test_a_reply_lost_before_anything_was_stored_is_sent_again(bench: Bench) -> None:
    refused: list[str] = []

    def break_the_first_request(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and not refused:
            refused.append(url)
            raise ReplyLost(host="127.0.0.1", reason="test")

    bench.http.faults = break_the_first_request

    [outcome] = bench.upload(bench.content())

    assert outcome.state == "archived"
    assert len(bench.http.puts()) == 2
    assert len(bench.versions(outcome.s3_key)) == 1


def test_an_expired_url_is_signed_again(bench: Bench) -> None:
    seen: list[str] = []

    def expire_the_first(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            seen.append(url)
            if len(seen) == 1:
                signed_on = parse_qs(urlsplit(url).query)["X-Amz-Date"][0]
                # Storage looks at the time before it computes the signature.
                changes["url"] = url.replace(signed_on, "20200101T000000Z").replace(signed_on[:8], "20200101")

    bench.http.faults = expire_the_first

    [outcome] = bench.upload(bench.content())

    assert outcome.state == "archived"
    assert len(seen) == 2
    assert [event.error_code for event in bench.events if event.state == "waiting"] == ["url-expired"]


def test_a_tampered_url_is_not_tried_again(bench: Bench) -> None:
    def tamper(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            changes["url"] = url.replace("X-Amz-Expires=900", "X-Amz-Expires=901")

    bench.http.faults = tamper

    [outcome] = bench.upload(bench.content())

    assert isinstance(outcome.error, AccessDenied)
    assert len(bench.http.puts()) == 1
    assert [(transfer.state, transfer.error_code) for transfer in bench.jobs.transfers()] == [
        ("failed", "access-denied")
    ]


class _Changed:
    """A body of the right length with other bytes."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def __len__(self) -> int:
        return len(self._body)

    def read(self, count: int = -1, /) -> bytes:
        return bytes(byte ^ 1 for byte in self._body.read(count))


@pytest.mark.parametrize(("damaged_times", "archived"), [(1, True), (9, False)])
def test_damaged_bytes_are_refused_and_sent_once_more(
    bench: Bench, damaged_times: int, archived: bool
) -> None:
    seen: list[str] = []

    def damage(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            seen.append(url)
            if len(seen) <= damaged_times:
                changes["body"] = _Changed(changes["body"])

    bench.http.faults = damage

    [outcome] = bench.upload(bench.content())

    assert len(seen) == 2
    assert outcome.state == ("archived" if archived else "failed")
    assert isinstance(outcome.error, BodyDamaged) is not archived
    assert list(bench.spool.iterdir()) == []


def test_one_failing_file_never_stops_others(bench: Bench) -> None:
    contents = [bench.content(f"s{number}") for number in range(20)]

    def vanish(spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
        raise FileVanished(path="gone")

    def crash(spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
        raise ZeroDivisionError

    object.__setattr__(contents[3], "prepare", vanish)
    object.__setattr__(contents[5], "prepare", crash)

    outcomes = bench.upload(*contents)

    assert isinstance(outcomes[3].error, FileVanished)
    assert isinstance(outcomes[5].error, Unexpected)
    assert [outcome.state for outcome in outcomes].count("archived") == 18


def test_a_full_disk_waits_for_what_is_being_sent(bench: Bench) -> None:
    contents = [bench.content(f"s{number}") for number in range(30)]
    late = bench.content("late")
    prepare = late.prepare
    tries: list[int] = []

    def without_room(spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
        tries.append(len(list(bench.spool.iterdir())))
        if len(tries) == 1:
            while not list(bench.spool.glob("*.spool")):
                time.sleep(0.001)
            raise DiskFull(path="spool")
        return prepare(spool_file, cancelled)

    object.__setattr__(late, "prepare", without_room)
    hold = threading.Event()

    def hold_until_tried(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            hold.wait(0.3)

    bench.http.faults = hold_until_tried

    outcomes = bench.upload(*contents[:15], late, *contents[15:])

    assert {outcome.state for outcome in outcomes} == {"archived"}
    assert len(tries) == 2
    assert "failed" not in {event.state for event in bench.events}


def test_a_full_disk_with_nothing_under_way_is_told(bench: Bench) -> None:
    content = bench.content()

    def without_room(spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
        raise DiskFull(path="spool")

    object.__setattr__(content, "prepare", without_room)

    assert isinstance(bench.upload(content)[0].error, DiskFull)


def test_a_file_above_the_limit_of_one_put_is_refused_clearly(bench: Bench) -> None:
    content = bench.content(data=b"x" * 1001, ending=".jsonl")

    [outcome] = list(bench.uploader(single_put_limit=1000).run([content]))

    assert isinstance(outcome.error, TooLarge)
    assert outcome.error.parameters == {"size": 1001, "limit": 1000}
    assert bench.http.sent == []


def test_an_endpoint_that_does_not_know_us_ends_the_run_early(bench: Bench) -> None:
    bench.presign._authenticator = None
    contents = [bench.content(f"s{number}") for number in range(400)]

    outcomes = bench.upload(*contents)

    assert {type(outcome.error) for outcome in outcomes} == {Unauthorized}
    assert sum(len(content.prepared_times) for content in contents) < 400


def test_storage_that_is_gone_ends_the_run_early(bench: Bench) -> None:
    def unplug(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            raise Unreachable(host="127.0.0.1", reason="test")

    bench.http.faults = unplug
    contents = [bench.content(f"s{number}") for number in range(300)]

    outcomes = bench.upload(*contents)

    assert {type(outcome.error) for outcome in outcomes} == {Unreachable}
    assert len(bench.http.puts()) < 8 * 7 * 3
    bench.http.faults = None
    assert {outcome.state for outcome in bench.upload(*contents)} == {"archived"}


def test_what_was_prepared_before_the_network_went_is_not_prepared_again(bench: Bench) -> None:
    def unplug(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            raise Unreachable(host="127.0.0.1", reason="test")

    bench.http.faults = unplug
    content = bench.content()
    assert isinstance(bench.upload(content)[0].error, Unreachable)
    bench.http.faults = None

    [outcome] = bench.upload(content)

    assert outcome.state == "archived"
    assert len(content.prepared_times) == 1


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


def test_contents_that_cannot_be_listed_raise_after_the_others_have_ended(bench: Bench) -> None:
    def some() -> Any:
        yield bench.content("one")
        raise LookupError("no more")

    states: list[str] = []
    outcomes = bench.uploader().run(some())
    with pytest.raises(LookupError):
        states.extend(outcome.state for outcome in outcomes)

    assert states == ["archived"]


def test_events_tell_each_step_and_success_comes_last(bench: Bench) -> None:
    content = bench.content(data=b"x" * 3_000_000, ending=".jsonl")

    bench.upload(content)

    states = [event.state for event in bench.events]
    assert states[0] == "preparing"
    assert states[-1] == "archived"
    assert bench.events[-1].sent == bench.events[-1].total == 3_000_000


@pytest.mark.parametrize("extra", [{}, {"x-amz-meta-extra": "1"}])
def test_storage_refuses_any_header_that_was_not_granted(bench: Bench, extra: dict[str, str]) -> None:
    def add(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            changes["headers"] = {**changes["headers"], **extra}

    bench.http.faults = add

    [outcome] = bench.upload(bench.content())

    assert outcome.state == ("failed" if extra else "archived")


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


def test_progress_is_told_at_most_about_ten_times_a_second() -> None:
    told: list[int] = []
    body = ProgressFile(io.BytesIO(bytes(10_000)), 10_000, told.append, threading.Event())
    started = time.monotonic()
    while body.read(1):
        pass
    took = time.monotonic() - started

    assert len(told) <= took / 0.1 + 1


def test_progress_is_told_while_a_slow_body_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(job, "EVENT_SECONDS", 0.0)
    body = ProgressFile(io.BytesIO(bytes(100)), 100, told.append, threading.Event())
    while body.read(40):
        pass

    assert told == [0, 40, 80, 100]
