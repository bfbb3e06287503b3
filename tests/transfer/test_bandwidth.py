"""The bandwidth: all connections together keep to it, from one moment to the next, and nothing waits for it in vain."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from app.errors import Cancelled
from app.transfer import connections
from app.transfer.bandwidth import BURST_SECONDS, Bandwidth
from app.transfer.downloader import Downloader, Wanted
from app.transfer.withdrawal import Withdrawal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.transfer.conftest import Bench, FileContent

PATIENCE_SECONDS = 30.0
KIB, MIB = 1024, 1024**2


@pytest.fixture
def uploads(bench: Bench) -> Bandwidth:
    """What the bench's uploads keep to; no limit yet."""
    bench.http._uploads = Bandwidth()
    return bench.http._uploads


@pytest.fixture
def downloads(bench: Bench) -> Bandwidth:
    bench.http._downloads = Bandwidth()
    return bench.http._downloads


@contextmanager
def in_thread(work: Callable[[], object]) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield thread
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def random_contents(bench: Bench, count: int, size: int) -> list[FileContent]:
    return [
        bench.content(f"limited {number}", secrets.token_bytes(size), ending=".jsonl")
        for number in range(count)
    ]


def least_seconds(size: int, limit: int) -> float:
    """What `size` bytes must take, with what may have been saved up before."""
    return size / limit - BURST_SECONDS


# ---- the limit holds --------------------------------------------------------------------------------------


def test_many_threads_together_get_no_more_than_the_limit() -> None:
    bandwidth = Bandwidth(MIB)

    def take() -> None:
        for _ in range(16):
            bandwidth.take(4 * KIB, lambda: False)

    started = time.monotonic()
    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started >= least_seconds(512 * KIB, MIB)


@pytest.mark.parametrize("options", [{}, {"parts_above": 10 * KIB}], ids=["whole", "in parts"])
def test_uploads_over_several_connections_share_the_limit(
    bench: Bench, uploads: Bandwidth, options: dict[str, Any]
) -> None:
    contents = random_contents(bench, 4, 100 * KIB)
    uploads.limit = 400 * KIB
    started = time.monotonic()
    outcomes = list(bench.uploader(**options).run(contents))
    assert time.monotonic() - started >= least_seconds(400 * KIB, uploads.limit)
    assert {outcome.state for outcome in outcomes} == {"archived"}


@pytest.mark.parametrize("ranges_above", [100 * MIB, 10 * KIB], ids=["whole", "in ranges"])
def test_downloads_over_several_connections_share_the_limit(
    bench: Bench, downloads: Bandwidth, tmp_path: Path, ranges_above: int
) -> None:
    [first, second] = random_contents(bench, 2, 512 * KIB)
    keys = [outcome.s3_key for outcome in bench.upload(first, second)]
    downloader = Downloader(bench.presign, bench.http, ranges_above=ranges_above)
    downloads.limit = MIB
    started = time.monotonic()
    threads = [
        threading.Thread(target=downloader.download, args=(Wanted(key or "", tmp_path / "back"),))
        for key in keys
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started >= least_seconds(MIB, downloads.limit)
    assert sorted(path.stat().st_size for path in (tmp_path / "back").iterdir()) == [512 * KIB] * 2


# ---- and changes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("new", [None, 100 * MIB], ids=["none", "higher"])
def test_who_waits_goes_by_the_new_limit_at_once(new: int | None) -> None:
    bandwidth = Bandwidth(KIB)
    with in_thread(lambda: bandwidth.take(MIB, lambda: False)):
        bandwidth.limit = new


def test_a_limit_that_is_lifted_frees_an_upload_under_way(bench: Bench, uploads: Bandwidth) -> None:
    uploads.limit = KIB
    under_way = threading.Event()
    [content] = random_contents(bench, 1, MIB)
    outcomes: list[Any] = []

    def upload() -> None:
        options = {"events": lambda event: under_way.set() if event.sent else None}
        outcomes.extend(bench.uploader(**options).run([content]))

    with in_thread(upload):
        assert under_way.wait(PATIENCE_SECONDS)
        uploads.limit = None
    assert [outcome.state for outcome in outcomes] == ["archived"]
    assert len(bench.http.puts()) == 1


def test_what_went_without_a_limit_is_not_owed() -> None:
    bandwidth = Bandwidth(KIB)
    with in_thread(lambda: bandwidth.take(100 * MIB, lambda: False)):
        bandwidth.limit = None
    bandwidth.limit = 100 * KIB
    with in_thread(lambda: bandwidth.take(10 * KIB, lambda: False)):
        pass


# ---- nothing waits in vain --------------------------------------------------------------------------------


def test_without_a_limit_nobody_waits_for_anybody() -> None:
    bandwidth = Bandwidth()
    with bandwidth._changed, in_thread(lambda: bandwidth.take(MIB, lambda: False)) as thread:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()
    assert bandwidth.block(12345) == 12345


def test_who_is_cancelled_waits_no_longer() -> None:
    bandwidth, cancelled = Bandwidth(KIB), threading.Event()

    def take() -> None:
        with pytest.raises(Cancelled):
            bandwidth.take(MIB, cancelled.is_set)

    with in_thread(take):
        cancelled.set()


@pytest.mark.parametrize("options", [{}, {"parts_above": 10 * KIB}], ids=["whole", "in parts"])
def test_an_upload_is_withdrawn_under_a_low_limit(
    bench: Bench, uploads: Bandwidth, options: dict[str, Any]
) -> None:
    uploads.limit = 16 * KIB
    way_out = Withdrawal()
    [content] = random_contents(bench, 1, MIB)
    run = bench.uploader(
        events=lambda event: way_out.withdraw() if event.state == "sending" and event.sent else None,
        **options,
    ).run([content], withdrawal_of=lambda _: way_out)
    started = time.monotonic()
    [outcome] = run
    assert isinstance(outcome.error, Cancelled)
    assert time.monotonic() - started < MIB / uploads.limit / 2


def test_a_download_is_cancelled_under_a_low_limit(
    bench: Bench, downloads: Bandwidth, tmp_path: Path
) -> None:
    [outcome] = bench.upload(*random_contents(bench, 1, MIB))
    downloads.limit = 16 * KIB
    cancelled = threading.Event()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        Downloader(bench.presign, bench.http).download(
            Wanted(outcome.s3_key or "", tmp_path / "back"),
            progress=lambda *_: cancelled.set(),
            cancelled=cancelled,
        )
    assert time.monotonic() - started < MIB / downloads.limit / 2


def test_a_wait_for_bandwidth_is_not_taken_for_a_silent_network(
    bench: Bench, uploads: Bandwidth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "STALL_SECONDS", 0.5)
    uploads.limit = 16 * KIB
    contents = random_contents(bench, 4, 8 * KIB)
    assert {outcome.state for outcome in bench.uploader().run(contents)} == {"archived"}
    assert len(bench.http.puts()) == len(contents)


def test_requests_to_the_endpoint_do_not_wait(bench: Bench, uploads: Bandwidth, downloads: Bandwidth) -> None:
    uploads.limit = downloads.limit = KIB
    with in_thread(
        lambda: bench.http.send(
            "POST",
            bench.info.endpoint,
            headers={"content-type": "application/json"},
            body=b" " * 64 * KIB,
            read_timeout=PATIENCE_SECONDS,
            limit=MIB,
        )
    ):
        pass
