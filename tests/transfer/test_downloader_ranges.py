"""Large objects come back in ranges, several at once; what has come of them outlives kills and lost networks."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socketserver
import subprocess
import sys
import threading
import time
import tracemalloc
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import zstandard

from app.errors import Cancelled, DiskFull, ReplyLost, Throttled, Unreachable, UrlExpired, VerificationFailed
from app.remote.protocol import ObjectRequest, UploadRequest
from app.transfer import downloader
from app.transfer.downloader import Downloader, Wanted
from app.transfer.objects import SmallObjectStore
from app.transfer.part_file import UNIT
from tests.system import PRIVATE_FILE
from tests.transfer.conftest import Bench
from tests.transfer.counting_proxy import CountingProxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.sandbox.lifecycle import SandboxInfo
    from app.transfer.retry import Budget

pytestmark = pytest.mark.usefixtures("no_waiting")

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("download_child.py")
SIZE = 40_000_000
SLACK = 100_000
"""Bytes of the first look and of all replies' headers."""


@dataclass(frozen=True)
class Film:
    """A large object; `stored` are its bytes in S3, `data` what they stand for."""

    s3_key: str
    data: bytes
    stored: bytes


@pytest.fixture(scope="module")
def storage(shared_sandbox: SandboxInfo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(shared_sandbox, tmp_path_factory.mktemp("storage"), stack)


@pytest.fixture(scope="module")
def film(storage: Bench) -> Film:
    data = os.urandom(SIZE)
    stored = zstandard.compress(data, 1)
    return Film(store(storage, "film.jsonl.zst", data, stored), data, stored)


@pytest.fixture(scope="module")
def plain(storage: Bench, film: Film) -> Film:
    """The same, stored as it is."""
    s3_key = store(storage, "film.jsonl", film.data, film.data, "application/x-ndjson")
    return Film(s3_key, film.data, film.data)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


@pytest.fixture
def proxy(bench: Bench, film: Film) -> Iterator[CountingProxy]:
    with CountingProxy(server_of(bench, film.s3_key)) as counting:
        bench.http.faults = counting.lead
        yield counting


def store(
    bench: Bench, name: str, data: bytes, stored: bytes, kind: str = "application/zstd", **fields: Any
) -> str:
    request = UploadRequest(
        file_name=f"{bench.salt}-{name}",
        content_type=kind,
        size=len(stored),
        sha256=hashlib.sha256(stored).digest(),
        metadata={
            "original-size": str(len(data)),
            "original-sha256": hashlib.sha256(data).hexdigest(),
        },
        **fields,
    )
    return SmallObjectStore(bench.presign, bench.http).write(request, stored).s3_key


def server_of(bench: Bench, s3_key: str) -> str:
    (grant,) = bench.presign.download([ObjectRequest(s3_key)])
    assert not isinstance(grant, Exception)
    return urlsplit(grant.presigned_url).netloc


def fetch(bench: Bench, s3_key: str, target: Path, **options: Any) -> Any:
    fields = {name: options.pop(name) for name in ("mark", "name", "sha256") if name in options}
    return Downloader(bench.presign, bench.http).download(Wanted(s3_key, target, **fields), **options)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def whole_units(folder: Path) -> int:
    """How many the journal in a folder names, which has one line more."""
    return sum(path.read_bytes().count(b"\n") - 1 for path in folder.glob("*.journal"))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_large_object_comes_in_ranges_several_at_once(bench: Bench, target: Path, film: Film) -> None:
    asked: list[tuple[int, int]] = []
    together = threading.Barrier(3, timeout=60)

    def watch(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET":
            first, last = re.findall(r"\d+", changes["headers"]["range"])
            asked.append((int(first), int(last)))
            if 1 < len(asked) <= 4:  # the look, then three that go on only together
                together.wait()

    bench.http.faults = watch
    told: list[tuple[int, int | None]] = []

    got = fetch(bench, film.s3_key, target, progress=lambda *now: told.append(now))

    assert got.path.read_bytes() == film.data
    assert (got.size, got.sha256, got.verified) == (SIZE, hashlib.sha256(film.data).hexdigest(), True)
    assert [got.version_id] == bench.versions(film.s3_key)
    assert names(target) == [got.path.name]
    assert got.path.stat().st_mode & 0o777 == PRIVATE_FILE
    assert told[-1] == (len(film.stored), len(film.stored))
    look, *ranges = sorted(asked)
    assert look == (0, 0)
    assert max(last - first for first, last in ranges) < 8 * UNIT
    assert [first for first, _ in ranges] == [0, *(last + 1 for _, last in ranges[:-1])]


def test_all_ranges_wait_out_of_one_budget(
    bench: Bench, target: Path, plain: Film, budgets: list[Budget]
) -> None:
    bench.http.fail_once("GET", Throttled())

    assert fetch(bench, plain.s3_key, target).path.read_bytes() == plain.data

    assert len(budgets) == 1 + len(range(0, SIZE, 8 * UNIT))
    assert len({id(budget) for budget in budgets}) == 1


def test_one_that_is_not_compressed_is_its_own_part_file(bench: Bench, target: Path, plain: Film) -> None:
    got = fetch(bench, plain.s3_key, target)

    assert got.path.read_bytes() == plain.data
    assert (got.sha256, got.verified) == (hashlib.sha256(plain.data).hexdigest(), True)
    assert names(target) == [got.path.name]
    assert got.path.stat().st_mode & 0o777 == PRIVATE_FILE


def test_somebodys_own_large_zst_file_comes_back_as_it_was(bench: Bench, target: Path, film: Film) -> None:
    s3_key = store(bench, "own.zst", film.stored, film.stored)

    got = fetch(bench, s3_key, target)

    assert got.path.read_bytes() == film.stored
    assert got.path.name.endswith("own.zst")
    assert names(target) == [got.path.name]


def test_memory_does_not_grow_with_the_object(bench: Bench, target: Path, film: Film) -> None:
    tracemalloc.start()
    with closing(ExitStack()) as stack:
        stack.callback(tracemalloc.stop)
        fetch(bench, film.s3_key, target)
        _, peak = tracemalloc.get_traced_memory()

    assert peak < len(film.stored) / 2


def test_after_a_kill_only_what_is_missing_is_fetched(
    bench: Bench, shared_sandbox: SandboxInfo, target: Path, film: Film, proxy: CountingProxy
) -> None:
    info = shared_sandbox
    proxy.stop_after = SIZE // 2
    told = [info.endpoint, info.token, info.bucket, film.s3_key, str(target), proxy.address]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(CHILD), *told], cwd=ROOT, env=environ) as child:
        until(lambda: child.poll() is not None or whole_units(target) >= 8)
        child.kill()
    there = whole_units(target)
    assert 8 <= there < SIZE // UNIT

    with CountingProxy(server_of(bench, film.s3_key)) as second:
        bench.http.faults = second.lead
        first_told: list[int] = []
        got = fetch(bench, film.s3_key, target, progress=lambda now, _: first_told.append(now))

    assert got.path.read_bytes() == film.data
    missing = len(film.stored) - there * UNIT
    assert missing <= second.sent < missing + SLACK
    assert first_told[0] >= there * UNIT
    assert names(target) == [got.path.name]


def test_a_reply_that_breaks_off_goes_on_from_where_it_broke(
    bench: Bench, target: Path, film: Film, proxy: CountingProxy
) -> None:
    proxy.break_after, proxy.breaks = 3 * UNIT, 4

    got = fetch(bench, film.s3_key, target)

    assert proxy.breaks == 0
    assert got.path.read_bytes() == film.data
    # Each time the unit under way is lost, no more.
    assert proxy.sent < len(film.stored) + 4 * (UNIT + SLACK)


class Short(socketserver.StreamRequestHandler):
    """Says that it sends the range that was asked for, and sends a hundred bytes."""

    def handle(self) -> None:
        lines: dict[str, str] = {}
        while line := self.rfile.readline().strip().decode():
            name, _, value = line.partition(":")
            lines[name.lower()] = value.strip()
        first, last = re.findall(r"\d+", lines["range"])
        size = self.server.size  # type: ignore[attr-defined]
        head = [
            "HTTP/1.1 206 Partial Content",
            f"ETag: {lines['if-match']}",
            f"Content-Range: bytes {first}-{last}/{size}",
            "Content-Length: 100",
            "Connection: close",
        ]
        self.wfile.write(("\r\n".join(head) + "\r\n\r\n").encode() + bytes(100))


def test_a_server_that_sends_less_than_it_says_is_asked_again(bench: Bench, target: Path, film: Film) -> None:
    left = [None] * 2

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Short) as server:
        server.size = len(film.stored)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()

        def lead(method: str, url: str, changes: dict[str, Any]) -> None:
            if method == "GET" and "if-match" in changes["headers"] and left:
                left.pop()
                changes["url"] = f"http://127.0.0.1:{server.server_address[1]}/"

        bench.http.faults = lead
        heard: list[Any] = []
        got = fetch(bench, film.s3_key, target, waiting=lambda *failure: heard.append(failure))
        server.shutdown()
        thread.join()

    assert got.path.read_bytes() == film.data
    assert [type(error) for error, _, _ in heard] == [ReplyLost, ReplyLost]


def test_when_the_network_is_gone_what_came_stays_for_the_next_time(
    bench: Bench, target: Path, film: Film, proxy: CountingProxy
) -> None:
    def unplug(method: str, url: str, changes: dict[str, Any]) -> None:
        proxy.lead(method, url, changes)
        if method == "GET" and whole_units(target) >= 5:
            raise Unreachable(host="127.0.0.1", reason="test")

    bench.http.faults = unplug
    with pytest.raises(Unreachable):
        fetch(bench, film.s3_key, target)
    there = whole_units(target)
    assert there >= 5
    already = proxy.sent

    bench.http.faults = proxy.lead
    got = fetch(bench, film.s3_key, target)

    assert got.path.read_bytes() == film.data
    assert proxy.sent - already < len(film.stored) - there * UNIT + SLACK
    assert names(target) == [got.path.name]


def test_a_url_that_has_expired_is_signed_again_once_for_all(bench: Bench, target: Path, film: Film) -> None:
    urls: list[str] = []

    def expire(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET" and url not in urls:
            urls.append(url)
        if method == "GET" and url == urls[0] and "if-match" in changes["headers"]:
            raise UrlExpired(host="127.0.0.1")

    bench.http.faults = expire
    before = bench.presign.requests_sent
    # The URLs of one second are the same: let the clock move on between the two.
    until(lambda: time.time() % 1 > 0.9)

    def wait_a_second(*_: Any) -> None:
        now = int(time.time())
        until(lambda: int(time.time()) > now)

    grant_again = bench.presign.download

    def later(items: Any) -> Any:
        if urls:
            wait_a_second()
        return grant_again(items)

    bench.presign.download = later  # type: ignore[method-assign]
    got = fetch(bench, film.s3_key, target)

    assert got.path.read_bytes() == film.data
    assert len(urls) == 2
    assert bench.presign.requests_sent - before == 2


def test_the_version_that_was_begun_is_the_one_that_comes(bench: Bench, target: Path, storage: Bench) -> None:
    data = os.urandom(20_000_000)
    s3_key = store(bench, "growing.jsonl", data, data, "application/x-ndjson")
    first_version = bench.versions(s3_key)
    grown: list[str] = []
    lock = threading.Lock()

    def grow(method: str, url: str, changes: dict[str, Any]) -> None:
        with lock:
            if method == "GET" and "if-match" in changes["headers"] and not grown:
                grown.append(url)
                newer = data + b"more"
                # Through other connections, which no fault concerns.
                storage_of = SmallObjectStore(storage.presign, storage.http)
                request = UploadRequest(
                    file_name=f"{bench.salt}-growing.jsonl",
                    content_type="application/x-ndjson",
                    size=len(newer),
                    sha256=hashlib.sha256(newer).digest(),
                    s3_key=s3_key,
                )
                storage_of.write(request, newer)

    bench.http.faults = grow
    got = fetch(bench, s3_key, target, name="first")

    assert got.path.read_bytes() == data
    assert [got.version_id] == first_version
    assert len(bench.versions(s3_key)) == 2
    newest = fetch(bench, s3_key, target, name="second", sha256=None)
    assert newest.path.read_bytes() == data + b"more"


@pytest.mark.parametrize("times", [1, 1000])
def test_ranges_of_another_object_are_never_joined(
    bench: Bench, target: Path, plain: Film, times: int
) -> None:
    other = os.urandom(SIZE)
    other_key = store(bench, "other.jsonl", other, other, "application/x-ndjson")
    (grant,) = bench.presign.download([ObjectRequest(other_key)])
    assert not isinstance(grant, Exception)
    left = [None] * times

    def exchange(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET" and changes["headers"]["range"].startswith(f"bytes={8 * UNIT}-") and left:
            left.pop()
            changes["url"] = grant.presigned_url

    bench.http.faults = exchange
    if times == 1:
        assert fetch(bench, plain.s3_key, target).path.read_bytes() == plain.data
        return
    with pytest.raises(VerificationFailed) as refused:
        fetch(bench, plain.s3_key, target)

    assert refused.value.parameters["what"] == "etag"
    assert names(target) == []


def test_a_proxy_that_drops_the_range_gets_the_object_whole(bench: Bench, target: Path, film: Film) -> None:
    def drop(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET":
            changes["headers"] = {}

    bench.http.faults = drop

    assert fetch(bench, film.s3_key, target).path.read_bytes() == film.data


def test_wrong_bytes_are_not_kept_for_the_next_time(
    bench: Bench, target: Path, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloader, "original_hash", lambda _: "0" * 64)

    with pytest.raises(VerificationFailed):
        fetch(bench, film.s3_key, target)
    assert names(target) == []


@pytest.mark.parametrize("mark", [None, "row"])
def test_cancelling_leaves_only_what_somebody_knows_of(
    bench: Bench, target: Path, film: Film, mark: str | None
) -> None:
    cancelled = threading.Event()

    def stop(received: int, total: int | None) -> None:
        if received > 2 * UNIT:
            cancelled.set()

    with pytest.raises(Cancelled):
        fetch(bench, film.s3_key, target, mark=mark, progress=stop, cancelled=cancelled)

    left = [] if mark is None else [".chatlog-row.journal", ".chatlog-row.stored"]
    assert names(target) == left
    if mark is not None:
        assert fetch(bench, film.s3_key, target, mark=mark).path.read_bytes() == film.data
        assert len(names(target)) == 1


def test_two_at_once_do_not_disturb_each_other(bench: Bench, target: Path, film: Film) -> None:
    got: list[Path] = []
    threads = [
        threading.Thread(target=lambda: got.append(fetch(bench, film.s3_key, target).path)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 2
    assert set(got) == {target / name for name in names(target)}
    assert len(set(got)) == 1
    assert got[0].read_bytes() == film.data


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of that size, where one may be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_the_room_for_everything_is_asked_for_first(bench: Bench, tmp_path: Path, film: Film) -> None:
    with small_disk(tmp_path / "disk", 60) as target:
        room = shutil.disk_usage(target).free
        with pytest.raises(DiskFull) as refused:
            fetch(bench, film.s3_key, target)

        assert names(target) == []
    assert refused.value.parameters["needed"] == len(film.stored) + len(film.data)
    free = refused.value.parameters["free"]
    assert isinstance(free, int | float)
    assert room - UNIT < free <= room
    assert len([url for method, url in bench.http.sent if method == "GET"]) == 1


def test_what_was_received_counts_as_room(
    bench: Bench, target: Path, plain: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled = threading.Event()

    def hold_back_the_rest(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET" and int(re.findall(r"\d+", changes["headers"]["range"])[0]) > 0:
            assert cancelled.wait(90)

    def stop(received: int, total: int | None) -> None:
        if whole_units(target):
            cancelled.set()

    bench.http.faults = hold_back_the_rest
    with pytest.raises(Cancelled):
        fetch(bench, plain.s3_key, target, mark="row", progress=stop, cancelled=cancelled)
    # How much came before that is a matter of luck; from here on it is one unit.
    (journal,) = target.glob("*.journal")
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:2]))
    assert whole_units(target) == 1
    free = SIZE - UNIT - 1
    usage = shutil.disk_usage(target)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))
    with pytest.raises(DiskFull):
        fetch(bench, plain.s3_key, target, mark="row")
    free += 1

    assert fetch(bench, plain.s3_key, target, mark="row").path.read_bytes() == plain.data


def test_a_disk_that_fills_up_in_the_middle_is_given_its_room_back(
    bench: Bench, tmp_path: Path, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=10**12)
    with small_disk(tmp_path / "disk", 30) as target:
        (target / "there").write_bytes(b"before")
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

        with pytest.raises(DiskFull):
            fetch(bench, film.s3_key, target)

        assert names(target) == ["there"]
