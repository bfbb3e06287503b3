"""What goes wrong while uploading: lost replies, damaged bytes, full disks, an endpoint or storage that is gone."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.errors import (
    AccessDenied,
    BodyDamaged,
    DiskFull,
    FileVanished,
    ReplyLost,
    TooLarge,
    Unauthorized,
    Unexpected,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.transfer.content import Prepared
    from tests.transfer.conftest import Bench


pytestmark = pytest.mark.usefixtures("no_waiting")


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


def test_a_file_above_the_limit_is_refused_clearly(bench: Bench) -> None:
    content = bench.content(data=b"x" * 1001, ending=".jsonl")

    [outcome] = list(bench.uploader(size_limit=1000).run([content]))

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
