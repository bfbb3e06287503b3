"""Large files go up in parts: resumed from what S3 has, verified as a whole, and dropped when nobody wants them."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zstandard
from awscrt import checksums

from app.errors import BodyDamaged, Cancelled, DiskFull, ReplyLost, Throttled, Unreachable
from app.remote.multipart import PartRequest, crc64nvme_field
from app.remote.protocol import HeadReply, ObjectRequest
from app.transfer.downloader import Downloader, Wanted
from app.transfer.withdrawal import Withdrawal
from tests.transfer.conftest import part_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.sandbox.lifecycle import SandboxInfo
    from app.transfer.content import Content, Outcome
    from app.transfer.retry import Budget
    from tests.transfer.conftest import Bench, FileContent

pytestmark = pytest.mark.usefixtures("no_waiting")

MIB = 1024**2
SIZE = 33 * MIB
ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("parts_child.py")
PATIENCE_SECONDS = 120.0


@pytest.fixture(scope="session")
def large() -> bytes:
    """What no compressor makes smaller."""
    return random.Random(20261124).randbytes(SIZE)  # noqa: S311 - the same each time


@pytest.fixture
def content(bench: Bench, large: bytes) -> FileContent:
    """A file that goes in three parts: 16, 16 and 1 MiB."""
    return bench.content("large", large, ending=".jsonl")


class Server:
    """What the sandbox holds, read from its own database: one test's objects."""

    def __init__(self, info: SandboxInfo, salt: str) -> None:
        [self._path] = info.data_folder.rglob("*.db")
        self._like = f"%{salt}%"

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, (self._like,)).fetchall()

    def uploads(self) -> list[tuple[str, str]]:
        """Those under way: (key, id)."""
        return self._rows("SELECT key, upload_id FROM uploads WHERE completed_version IS NULL AND key LIKE ?")

    def parts(self) -> dict[int, str]:
        """The file of each part that it holds of uploads under way, by number."""
        return dict(
            self._rows(
                "SELECT number, file_name FROM parts JOIN bodies USING (part) JOIN uploads USING (upload_id)"
                " WHERE key LIKE ?"
            )
        )

    def bodies(self) -> list[str]:
        """The files that its objects are made of, in order."""
        return [
            row[0]
            for row in self._rows(
                "SELECT file_name FROM bodies JOIN versions USING (sequence) WHERE key LIKE ?"
                " ORDER BY sequence, position"
            )
        ]


@pytest.fixture
def server(bench: Bench) -> Server:
    """What the sandbox holds of this test."""
    return Server(bench.info, bench.salt)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def head_of(bench: Bench, outcome: Outcome) -> HeadReply:
    assert outcome.s3_key is not None
    [head] = bench.presign.head([ObjectRequest(outcome.s3_key)])
    assert isinstance(head, HeadReply)
    return head


def crc64nvme(data: bytes) -> bytes:
    return int(checksums.crc64nvme(data)).to_bytes(8, "big")


def assert_archived(bench: Bench, outcome: Outcome, data: bytes, *, versions: int = 1) -> None:
    """S3 holds these bytes as one object, and nothing is left over on either side."""
    assert (outcome.state, outcome.error) == ("archived", None)
    head = head_of(bench, outcome)
    assert head.size == len(data)
    assert head.checksum is not None
    assert (head.checksum.algorithm, head.checksum.type) == ("CRC64NVME", "FULL_OBJECT")
    assert head.checksum.value == crc64nvme_field(crc64nvme(data))["value"]
    assert head.version_id == outcome.version_id
    assert len(bench.versions(outcome.s3_key)) == versions
    assert list(bench.spool.iterdir()) == []
    assert bench.jobs.database.read("SELECT * FROM part_uploads") == []


class HoldBack:
    """Parts above a number are not sent before `go_on`; `held` is set when the first of them would be."""

    def __init__(self, bench: Bench, last: int) -> None:
        self.held, self.go_on = threading.Event(), threading.Event()
        self._last = last
        bench.http.faults = self

    def __call__(self, method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and part_number(url) > self._last:
            self.held.set()
            assert self.go_on.wait(PATIENCE_SECONDS)


def running(bench: Bench, content: Content, **options: Any) -> tuple[threading.Thread, list[Outcome]]:
    """An upload in a thread of its own, and its outcomes."""
    outcomes: list[Outcome] = []
    cancelled = options.pop("cancelled", None)
    way = options.pop("way", None)

    def run() -> None:
        way_of = None if way is None else lambda _: way
        outcomes.extend(bench.uploader(**options).run([content], cancelled, withdrawal_of=way_of))

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcomes


def ended(thread: threading.Thread) -> None:
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


# ---- the way that nothing stands in ---------------------------------------------------------------------------


def test_a_large_file_goes_up_in_parts_and_comes_back(
    bench: Bench, large: bytes, server: Server, tmp_path: Path
) -> None:
    larger = large + large[: 7 * MIB][::-1]
    content = bench.content("large", larger)

    [outcome] = bench.upload(content)

    receipt = bench.jobs.receipts("here")[content.key]
    assert 40 * MIB < receipt.stored_size < 41 * MIB
    assert receipt.version_id == outcome.version_id
    assert_archived(bench, outcome, zstandard.compress(larger, content.level))
    assert bench.http.parts() == [1, 2, 3]
    assert len(server.bodies()) == 3
    assert server.uploads() == []
    assert outcome.s3_key is not None
    back = Downloader(bench.presign, bench.http).download(Wanted(outcome.s3_key, tmp_path / "back"))
    assert back.verified
    assert back.path.read_bytes() == larger
    told = [event for event in bench.events if event.state in {"sending", "verifying"}]
    assert [event.sent for event in told] == sorted(event.sent for event in told)
    assert (told[0].sent, told[-1].sent) == (0, receipt.stored_size)
    assert {event.total for event in told} == {receipt.stored_size}


def test_what_was_archived_in_parts_and_has_not_changed_costs_no_request(
    bench: Bench, content: FileContent
) -> None:
    bench.upload(content)
    bench.http.sent.clear()

    [outcome] = bench.upload(content)

    assert outcome.state == "unchanged"
    assert bench.http.sent == []


def test_a_changed_file_becomes_a_version(bench: Bench, content: FileContent, large: bytes) -> None:
    bench.upload(content)

    [outcome] = bench.upload(bench.content("large", large[::-1], ending=".jsonl"))

    assert_archived(bench, outcome, large[::-1], versions=2)


def test_parts_go_side_by_side(bench: Bench, content: FileContent, large: bytes) -> None:
    together = threading.Barrier(3)

    def wait_for_the_others(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            together.wait(PATIENCE_SECONDS)

    bench.http.faults = wait_for_the_others

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large)


def test_all_parts_wait_out_of_one_budget(
    bench: Bench, content: FileContent, large: bytes, budgets: list[Budget]
) -> None:
    bench.http.fail_once("PUT", Throttled())

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large)
    assert len(budgets) == 3
    assert len({id(budget) for budget in budgets}) == 1


def test_large_files_leave_senders_to_small_ones(bench: Bench, content: FileContent, large: bytes) -> None:
    """The second large one waits, and all parts of the first are held back until the small one is there."""
    other = bench.content("other", large[1:], ending=".jsonl")
    small = bench.content("small")
    holding = HoldBack(bench, last=0)
    states = []
    for outcome in bench.uploader(parallel=2).run(iter([content, other, small])):
        states.append((outcome.key, outcome.state))
        holding.go_on.set()

    assert states[0] == (small.key, "archived")
    assert {state for _, state in states} == {"archived"}


# ---- resuming ---------------------------------------------------------------------------------------------------


@pytest.fixture
def held_back_child(
    bench: Bench, content: FileContent, server: Server, plain_environment: None
) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has brought the first two of three parts to S3, and keeps the third."""
    info = bench.info
    told = [info.endpoint, info.token, info.bucket, str(bench.folder), "large", bench.salt, "2"]
    child = subprocess.Popen(
        [sys.executable, str(CHILD), *told], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    with child:
        try:
            wait_until(lambda: child.poll() is not None or sorted(server.parts()) == [1, 2])
            assert child.poll() is None
            yield child
        finally:
            child.kill()


def test_after_a_kill_only_what_is_missing_is_sent(
    bench: Bench,
    content: FileContent,
    large: bytes,
    server: Server,
    held_back_child: subprocess.Popen[bytes],
) -> None:
    before = server.parts()
    held_back_child.kill()
    held_back_child.wait()

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large)
    assert bench.http.parts() == [3]
    assert server.bodies()[:2] == [before[1], before[2]]
    assert content.prepared_times == []


def test_another_process_waits_and_takes_over_when_the_first_dies(
    bench: Bench,
    content: FileContent,
    large: bytes,
    held_back_child: subprocess.Popen[bytes],
) -> None:
    thread, outcomes = running(bench, content)
    wait_until(lambda: bench.jobs.transfers()[0].held)
    assert bench.http.sent == []
    held_back_child.kill()
    ended(thread)

    assert_archived(bench, outcomes[0], large)
    assert bench.http.parts() == [3]


def test_a_part_that_s3_holds_with_other_bytes_is_sent_again(
    bench: Bench,
    content: FileContent,
    large: bytes,
    server: Server,
    held_back_child: subprocess.Popen[bytes],
) -> None:
    held_back_child.kill()
    held_back_child.wait()
    other = large[: 16 * MIB][::-1]
    [(s3_key, upload_id)] = server.uploads()
    [grant] = bench.presign.sign_parts(s3_key, upload_id, [PartRequest(1, len(other), crc64nvme(other))])
    sent = bench.http.send(
        "PUT", grant.presigned_url, headers=grant.headers, body=other, read_timeout=60, limit=1000
    )
    assert sent.status == 200
    bench.http.sent.clear()

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large)
    assert bench.http.parts() == [1, 3]


def test_a_file_that_changed_meanwhile_is_begun_anew(
    bench: Bench,
    content: FileContent,
    large: bytes,
    server: Server,
    held_back_child: subprocess.Popen[bytes],
) -> None:
    held_back_child.kill()
    held_back_child.wait()
    changed = bench.content("large", large[::-1], ending=".jsonl")

    [outcome] = bench.upload(changed)
    assert outcome.state == "archived"
    bench.upload(bench.content("later"))

    assert_archived(bench, outcome, large[::-1])
    assert bench.http.parts()[-3:] == [1, 2, 3]
    assert server.uploads() == []


def test_stopped_and_gone_on_with(bench: Bench, content: FileContent, large: bytes, server: Server) -> None:
    holding, cancelled, way = HoldBack(bench, last=2), threading.Event(), Withdrawal()
    thread, outcomes = running(bench, content, cancelled=cancelled, way=way)
    wait_until(lambda: len(server.parts()) == 2)
    cancelled.set()
    wait_until(way.stopped.is_set)
    holding.go_on.set()
    ended(thread)
    assert isinstance(outcomes[0].error, Cancelled)
    bench.http.faults = None
    bench.http.sent.clear()
    bench.events.clear()

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large)
    assert bench.http.parts() == [3]
    first = next(event for event in bench.events if event.state == "sending")
    assert first.sent == 32 * MIB


def test_a_network_that_went_away_costs_only_the_parts_under_way(
    bench: Bench, content: FileContent, large: bytes
) -> None:
    def unplug(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and part_number(url) == 3:
            raise Unreachable(host="127.0.0.1", reason="test")

    bench.http.faults = unplug
    [outcome] = bench.upload(content)
    assert isinstance(outcome.error, Unreachable)
    assert outcome.state == "failed"
    bench.http.faults = None
    bench.http.sent.clear()

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large)
    assert bench.http.parts() == [3]


# ---- what goes wrong with a part -----------------------------------------------------------------------------


class _Damaged:
    """A body of the right length with another first byte in each block."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def __len__(self) -> int:
        return len(self._body)

    def read(self, count: int = -1, /) -> bytes:
        block: bytes = self._body.read(count)
        return bytes([block[0] ^ 1]) + block[1:] if block else block


@pytest.mark.parametrize(("damaged_times", "archived"), [(1, True), (9, False)])
def test_a_part_damaged_on_the_way_is_refused_and_sent_once_more(
    bench: Bench,
    content: FileContent,
    large: bytes,
    server: Server,
    damaged_times: int,
    archived: bool,
) -> None:
    seen: list[str] = []

    def damage(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and part_number(url) == 2:
            seen.append(url)
            if len(seen) <= damaged_times:
                changes["body"] = _Damaged(changes["body"])

    bench.http.faults = damage

    [outcome] = bench.upload(content)

    assert len(seen) == 2
    assert server.uploads() == []
    if archived:
        assert_archived(bench, outcome, large)
        assert [event.error_code for event in bench.events if event.state == "waiting"] == ["body-damaged"]
    else:
        assert isinstance(outcome.error, BodyDamaged)
        assert list(bench.spool.iterdir()) == []


def test_an_expired_url_is_signed_again(bench: Bench, content: FileContent, large: bytes) -> None:
    expired: list[str] = []

    def expire_the_first(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and part_number(url) == 2 and not expired:
            expired.append(url)
            signed_on = parse_qs(urlsplit(url).query)["X-Amz-Date"][0]
            # Storage looks at the time before it computes the signature.
            changes["url"] = url.replace(signed_on, "20200101T000000Z").replace(signed_on[:8], "20200101")

    bench.http.faults = expire_the_first

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large)
    assert bench.http.parts() == [1, 2, 2, 3]


@pytest.mark.parametrize("lost", ["a part's", "the completion's"])
def test_a_lost_reply_makes_no_second_object(
    bench: Bench, content: FileContent, large: bytes, lost: str
) -> None:
    seen: list[str] = []

    def lose(method: str, url: str, changes: dict[str, Any]) -> Callable[[], None] | None:
        completes = method == "POST" and b'"multipart-complete"' in changes["body"]
        if seen or not (completes if lost == "the completion's" else method == "PUT"):
            return None
        seen.append(url)

        def lose_it() -> None:
            raise ReplyLost(host="127.0.0.1", reason="test")

        return lose_it

    bench.http.faults = lose

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large)


def test_an_upload_that_s3_has_dropped_is_begun_anew(
    bench: Bench, content: FileContent, large: bytes, server: Server
) -> None:
    dropped: list[str] = []

    def drop(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and part_number(url) == 3 and not dropped:
            [(s3_key, upload_id)] = server.uploads()
            dropped.append(upload_id)
            bench.presign.abort_multipart(s3_key, upload_id)

    bench.http.faults = drop

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large)
    assert bench.http.parts()[-1] == 3
    assert server.uploads() == []


# ---- what another computer did ------------------------------------------------------------------------------


def test_what_another_computer_has_archived_is_not_sent(
    bench: Bench, other_home: Bench, content: FileContent, large: bytes, server: Server
) -> None:
    [first] = other_home.upload(other_home.content("large", large, ending=".jsonl"))

    [outcome] = bench.upload(content)

    assert (outcome.state, outcome.version_id) == ("unchanged", first.version_id)
    assert bench.http.puts() == []
    assert server.uploads() == []


def test_other_content_under_the_key_becomes_an_older_version(
    bench: Bench, other_home: Bench, content: FileContent, large: bytes, server: Server
) -> None:
    other_home.upload(other_home.content("large", b"other", ending=".jsonl"))

    [outcome] = bench.upload(content)

    assert_archived(bench, outcome, large, versions=2)
    assert bench.http.parts() == [1, 2, 3]
    assert server.uploads() == []


def test_who_comes_second_at_completion_adds_a_version(
    bench: Bench, other_home: Bench, content: FileContent, large: bytes, server: Server
) -> None:
    holding = HoldBack(bench, last=2)
    thread, outcomes = running(bench, content)
    assert holding.held.wait(PATIENCE_SECONDS)
    other_home.upload(other_home.content("large", b"other", ending=".jsonl"))
    holding.go_on.set()
    ended(thread)

    assert_archived(bench, outcomes[0], large, versions=2)
    assert server.uploads() == []


# ---- cancelled ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("for_good", [True, False])
def test_s3_keeps_parts_of_what_is_paused_and_none_of_what_is_cancelled(
    bench: Bench, content: FileContent, server: Server, for_good: bool
) -> None:
    holding, way = HoldBack(bench, last=2), Withdrawal()
    thread, outcomes = running(bench, content, way=way)
    wait_until(lambda: len(server.parts()) == 2)
    way.withdraw(for_good=for_good)
    holding.go_on.set()
    ended(thread)

    assert isinstance(outcomes[0].error, Cancelled)
    assert outcomes[0].kept
    assert len(server.uploads()) == (0 if for_good else 1)
    assert len(server.parts()) == (0 if for_good else 2)


# ---- room --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ending", "needed"), [(".jsonl", SIZE), (".jsonl.zst", SIZE // 8)])
def test_room_for_the_spool_is_looked_for_first(
    bench: Bench, content: FileContent, monkeypatch: pytest.MonkeyPatch, ending: str, needed: int
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=SIZE, used=SIZE, free=1000))
    content = bench.content("large", ending=ending)

    [outcome] = bench.upload(content)

    assert isinstance(outcome.error, DiskFull)
    assert outcome.error.parameters == {"path": str(bench.spool), "needed": needed, "free": 1000}
    assert content.prepared_times == []
