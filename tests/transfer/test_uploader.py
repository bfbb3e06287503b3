"""The uploader against the sandbox: real presigned URLs, a server that refuses."""

from __future__ import annotations

import io
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from app.transfer import job, upload_run
from app.transfer.job import ProgressFile

if TYPE_CHECKING:
    from tests.transfer.conftest import Bench


pytestmark = pytest.mark.usefixtures("no_waiting")


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


def test_urls_are_asked_for_together_and_at_once_when_all_is_prepared(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_run, "GATHER_SECONDS", 3600)
    contents = [bench.content(f"s{number}") for number in range(9)]

    outcomes = bench.upload(*contents)

    assert {outcome.state for outcome in outcomes} == {"archived"}
    assert bench.presign.requests_sent == 1


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
