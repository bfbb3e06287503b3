"""Downloads in the transfer queue: brought and verified, paused, cancelled, begun again after a restart."""

from __future__ import annotations

import secrets
import socketserver
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from app.archiving import queue_halt
from app.errors import NotFound, TlsFailed, Unreachable, VerificationFailed
from app.transfer import retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.archiving.queue_bench import QueueBench

CONTENT = secrets.token_bytes(3_000_000)
LARGE = secrets.token_bytes(20_000_000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 3000000\r\n\r\n"


class Slow(socketserver.BaseRequestHandler):
    """Sends the head and a body that comes in drops and never ends."""

    def handle(self) -> None:
        self.request.recv(65536)
        self.request.sendall(HEAD)
        self.request.settimeout(0.02)
        for start in range(0, 2_000_000, 20_000):
            self.request.sendall(CONTENT[start : start + 20_000])
            with suppress(TimeoutError):
                if not self.request.recv(1):
                    return
        self.request.settimeout(None)
        self.request.recv(1)  # until the other side goes


@pytest.fixture
def slow_server() -> Iterator[str]:
    """The address of a server that stops in the middle of its reply."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Slow) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def s3_key(bench: QueueBench, tmp_path: Path) -> str:
    """An archived file, stored as it is."""
    session = bench.write(tmp_path / "source", "film.md", CONTENT)
    (outcome,) = bench.services.archiver(lambda _: None, compress=False).archive([session])
    assert bench.archiver().update_index([session]).error is None
    found = outcome.files[0].outcome.s3_key
    assert found is not None
    return found


def add(bench: QueueBench, s3_key: str, folder: Path, **options: Any) -> str:
    return bench.queue.add_download(s3_key, folder, title="A film", size=3_000_000, **options)


def lead_gets_to(server: str) -> Any:
    def lead_astray(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET" and "film" in url:
            changes["url"] = server

    return lead_astray


def test_a_file_is_brought_verified_and_told_of(bench: QueueBench, s3_key: str, tmp_path: Path) -> None:
    row_id = add(bench, s3_key, tmp_path / "out", session=("files", "film"))

    totals = bench.until_idle()

    row = bench.row(row_id)
    assert (row.kind, row.state, row.verified, row.title) == ("download", "done", True, "A film")
    assert row.path == str(tmp_path / "out" / "film.md")
    assert (tmp_path / "out" / "film.md").read_bytes() == CONTENT
    assert (row.size, row.sent, row.total, row.files_done) == (3_000_000, 3_000_000, 3_000_000, 1)
    assert (row.s3_key, row.session, row.source) == (s3_key, ("files", "film"), "files")
    assert [row.version_id] == bench.versions(s3_key)
    assert (totals.done, totals.fraction, totals.sent, totals.total) == (1, 1.0, 3_000_000, 3_000_000)


def test_an_older_version_is_brought_when_it_is_named(bench: QueueBench, s3_key: str, tmp_path: Path) -> None:
    session = bench.write(tmp_path / "source", "film.md", b"shorter")
    bench.queue.add_sessions([session])
    bench.until_idle()
    newer, older = bench.versions(s3_key)

    ids = [add(bench, s3_key, tmp_path / version, version_id=version) for version in (newer, older)]
    bench.until_idle()

    assert [bench.row(row_id).version_id for row_id in ids] == [newer, older]
    assert (tmp_path / newer / "film.md").read_bytes() == b"shorter"
    assert (tmp_path / older / "film.md").read_bytes() == CONTENT


def test_progress_is_shown_and_cancelling_leaves_nothing(
    bench: QueueBench, s3_key: str, slow_server: str, tmp_path: Path
) -> None:
    bench.http.faults = lead_gets_to(slow_server)
    row_id = add(bench, s3_key, tmp_path / "out")
    bench.until(lambda: bench.row(row_id).sent > 100_000)
    row = bench.row(row_id)
    assert (row.state, row.total) == ("receiving", 3_000_000)
    fraction = bench.queue.totals().fraction
    assert fraction is not None
    assert 0 < fraction < 1

    bench.queue.cancel([row_id])

    bench.until_state(row_id, "cancelled")
    assert list((tmp_path / "out").iterdir()) == []
    assert not bench.queue.busy()
    assert bench.queue.totals().left == 0

    bench.http.faults = None
    bench.queue.retry([row_id])
    bench.until_idle()
    assert bench.state(row_id) == "done"


def test_a_paused_one_waits_over_a_restart(
    bench: QueueBench,
    s3_key: str,
    slow_server: str,
    home: Path,
    open_queue: Callable[..., QueueBench],
    tmp_path: Path,
) -> None:
    bench.http.faults = lead_gets_to(slow_server)
    row_id = add(bench, s3_key, tmp_path / "out")
    bench.until(lambda: bench.row(row_id).sent > 0)
    bench.queue.pause([row_id])
    bench.until_state(row_id, "paused")
    assert not bench.queue.busy()
    bench.close()

    later = open_queue(home)
    row = later.row(row_id)
    assert (row.state, row.title, row.path) == ("paused", "A film", str(tmp_path / "out"))
    later.queue.resume([row_id])

    later.until_idle()
    assert later.state(row_id) == "done"
    assert (tmp_path / "out" / "film.md").read_bytes() == CONTENT


def test_one_under_way_begins_again_at_the_next_start(
    bench: QueueBench,
    s3_key: str,
    slow_server: str,
    home: Path,
    open_queue: Callable[..., QueueBench],
    tmp_path: Path,
) -> None:
    bench.http.faults = lead_gets_to(slow_server)
    ids = [add(bench, s3_key, tmp_path / str(number)) for number in range(6)]
    bench.until(lambda: bench.states().count("receiving") == 3)
    bench.close()
    assert [file for number in range(6) for file in (tmp_path / str(number)).glob("*")] == []

    later = open_queue(home)
    assert sorted(row.id for row in later.queue.rows() if row.kind == "download") == sorted(ids)
    later.until_idle()
    assert {later.state(row_id) for row_id in ids} == {"done"}
    later.close()

    last = open_queue(home)
    row = last.row(ids[0])
    assert (row.state, row.verified, row.size, row.sent) == ("done", True, 3_000_000, 3_000_000)
    assert row.path.endswith("film.md")
    last.queue.clear()
    last.close()
    assert open_queue(home).states() == []


def test_a_pause_taken_back_at_once_is_no_pause(
    bench: QueueBench, s3_key: str, slow_server: str, tmp_path: Path
) -> None:
    bench.http.faults = lead_gets_to(slow_server)
    row_id = add(bench, s3_key, tmp_path / "out")
    bench.until(lambda: bench.row(row_id).sent > 0)
    bench.http.faults = None

    for _ in range(3):
        bench.queue.pause([row_id])
        bench.queue.resume([row_id])

    bench.until_idle()
    assert bench.state(row_id) == "done"


def test_one_that_is_not_there_fails_and_says_why_also_later(
    bench: QueueBench, s3_key: str, home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    missing = add(bench, f"{s3_key}x", tmp_path / "out")
    good = add(bench, s3_key, tmp_path / "out")

    totals = bench.until_idle()

    assert (totals.failed, totals.done, totals.halted) == (1, 1, None)
    assert isinstance(bench.row(missing).error, NotFound)
    bench.close()
    later = open_queue(home)
    assert isinstance(later.row(missing).error, NotFound)
    assert later.state(good) == "done"


def test_bytes_that_are_not_the_ones_archived_are_no_download(
    bench: QueueBench, s3_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.transfer import downloader  # noqa: PLC0415

    monkeypatch.setattr(downloader, "original_hash", lambda _: "0" * 64)
    row_id = add(bench, s3_key, tmp_path / "out")

    bench.until_idle()

    row = bench.row(row_id)
    assert isinstance(row.error, VerificationFailed)
    assert (row.state, row.verified) == ("failed", False)
    assert list((tmp_path / "out").iterdir()) == []


def test_without_a_network_they_wait_with_everything_else(
    bench: QueueBench, s3_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.0)
    monkeypatch.setattr(queue_halt, "FIRST_SECONDS", 0.2)

    def unplug(method: str, url: str, changes: dict[str, Any]) -> None:
        raise Unreachable(host="127.0.0.1", reason="test")

    bench.http.faults = unplug
    ids = [add(bench, s3_key, tmp_path / str(number)) for number in range(5)]
    session = bench.write(tmp_path)
    bench.queue.add_sessions([session])
    bench.until(lambda: bench.queue.totals().halted is not None)
    assert bench.queue.totals().failed == 0

    bench.http.faults = None

    assert bench.until_idle().halted is None
    assert {bench.state(row_id) for row_id in ids} == {"done"}
    assert bench.state(session) == "done"


def test_what_a_retry_waits_for_is_told(bench: QueueBench, s3_key: str, tmp_path: Path) -> None:
    def unplug(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET":
            raise Unreachable(host="127.0.0.1", reason="test")

    bench.http.faults = unplug
    row_id = add(bench, s3_key, tmp_path / "out")

    row = bench.until_state(row_id, "waiting")

    assert isinstance(row.error, Unreachable)
    assert row.attempt > 1
    bench.queue.cancel([row_id])
    bench.until_state(row_id, "cancelled")


@pytest.mark.parametrize("action", ["health", "list", "download"])
def test_cancelling_does_not_wait_for_a_silent_endpoint(
    bench: QueueBench, s3_key: str, silent_server: str, tmp_path: Path, action: str
) -> None:
    asked = threading.Event()

    def lead_astray(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "POST" and f'"{action}"'.encode() in changes["body"]:
            changes["url"] = silent_server
            asked.set()

    bench.http.faults = lead_astray
    row_id = add(bench, s3_key, tmp_path / "out")
    assert asked.wait(60)

    bench.queue.cancel([row_id])

    bench.until_state(row_id, "cancelled")


def test_a_certificate_that_is_not_trusted_halts(bench: QueueBench, s3_key: str, tmp_path: Path) -> None:
    def distrust(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET":
            raise TlsFailed(host="127.0.0.1", reason="test")

    bench.http.faults = distrust
    row_id = add(bench, s3_key, tmp_path / "out")
    bench.until(lambda: isinstance(bench.queue.totals().halted, TlsFailed))
    bench.until_state(row_id, "queued")
    bench.http.faults = None

    bench.queue.retry_now()

    bench.until_idle()
    assert bench.state(row_id) == "done"


@pytest.fixture
def large_key(bench: QueueBench, tmp_path: Path) -> str:
    """An archived file that comes in ranges."""
    session = bench.write(tmp_path / "source", "long film.md", LARGE)
    archiver = bench.services.archiver(lambda _: None, compress=False)
    (outcome,) = archiver.archive([session])
    # The session index knows its name.
    archiver.update_index([session])
    found = outcome.files[0].outcome.s3_key
    assert found is not None
    return found


def held_up_after(ranges: int, go_on: threading.Event, asked: list[str]) -> Any:
    """Lets so many requests for ranges through; those after them wait."""

    def hold(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET" and "if-match" in changes["headers"]:
            asked.append(changes["headers"]["range"])
            if len(asked) > ranges:
                go_on.wait(60)
                raise Unreachable(host="127.0.0.1", reason="test")

    return hold


def parts(folder: Path) -> list[str]:
    return sorted(file.suffix for file in folder.glob(".chatlog-*") if file.suffix != ".lock")


def test_a_large_one_goes_on_after_a_pause_and_a_restart(
    bench: QueueBench, large_key: str, home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    go_on, asked = threading.Event(), list[str]()
    bench.http.faults = held_up_after(1, go_on, asked)
    row_id = bench.queue.add_download(large_key, tmp_path / "out", title="A film", size=len(LARGE))
    # The first range is there: 8 MiB of it.
    bench.until(lambda: bench.row(row_id).sent >= 8 * 1024 * 1024)
    bench.queue.pause([row_id])
    go_on.set()
    bench.until_state(row_id, "paused")
    assert parts(tmp_path / "out") == [".journal", ".stored"]
    bench.close()

    later = open_queue(home)
    again: list[str] = []
    later.http.faults = held_up_after(1000, go_on, again)
    later.queue.resume([row_id])
    later.until_idle()

    assert later.state(row_id) == "done"
    assert (tmp_path / "out" / "long film.md").read_bytes() == LARGE
    assert parts(tmp_path / "out") == []
    received_anew = [int(wanted.partition("=")[2].partition("-")[0]) for wanted in again]
    assert min(received_anew) > 0
    assert len(again) < 3


@pytest.mark.parametrize("moment", ["receiving", "paused"])
def test_a_large_one_that_is_not_wanted_any_more_leaves_nothing(
    bench: QueueBench, large_key: str, tmp_path: Path, moment: str
) -> None:
    go_on, asked = threading.Event(), list[str]()
    bench.http.faults = held_up_after(1, go_on, asked)
    row_id = bench.queue.add_download(large_key, tmp_path / "out", title="A film", size=len(LARGE))
    bench.until(lambda: bench.row(row_id).sent >= 8 * 1024 * 1024)
    if moment == "paused":
        bench.queue.pause([row_id])
        go_on.set()
        bench.until_state(row_id, "paused")
        assert parts(tmp_path / "out") != []

    bench.queue.cancel([row_id])
    go_on.set()
    bench.until_state(row_id, "cancelled")

    bench.until(lambda: parts(tmp_path / "out") == [])
