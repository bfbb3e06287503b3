"""Bringing objects back: byte for byte, verified, without touching what is there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from app.errors import (
    Cancelled,
    DiskFull,
    FolderNotWritable,
    NotFound,
    ReplyLost,
    TooLarge,
    VerificationFailed,
)
from app.remote.protocol import UploadRequest
from app.transfer import downloader, retry
from app.transfer.downloader import Downloader, Wanted, default_name
from app.transfer.objects import SmallObjectStore
from tests.system import PRIVATE_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.transfer.conftest import Bench


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.0)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


def names(folder: Path) -> list[str]:
    """What is in a folder, hidden files too."""
    return [file.name for file in folder.iterdir()]


def archive(bench: Bench, data: bytes, *, ending: str = ".jsonl.zst") -> str:
    [outcome] = bench.upload(bench.content(data=data, ending=ending))
    assert outcome.s3_key is not None
    return outcome.s3_key


def store(bench: Bench, stored: bytes, name: str, kind: str = "application/zstd", **metadata: str) -> str:
    """An object as some other program may have made it."""
    request = UploadRequest(
        file_name=f"{bench.salt}-{name}",
        content_type=kind,
        size=len(stored),
        sha256=hashlib.sha256(stored).digest(),
        metadata={key.replace("_", "-"): value for key, value in metadata.items()},
    )
    return SmallObjectStore(bench.presign, bench.http).write(request, stored).s3_key


def fetch(bench: Bench, s3_key: str, target: Path, **fields: Any) -> Any:
    return Downloader(bench.presign, bench.http).download(Wanted(s3_key, target, **fields))


@pytest.mark.parametrize("data", [b"", b"x", os.urandom(3_000_000), b'{"type":"user"}\n' * 200_000])
@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.zst"])
def test_the_original_comes_back_byte_for_byte(bench: Bench, target: Path, data: bytes, ending: str) -> None:
    s3_key = archive(bench, data, ending=ending)

    got = fetch(bench, s3_key, target)

    assert got.path.read_bytes() == data
    assert (got.size, got.sha256, got.verified) == (len(data), hashlib.sha256(data).hexdigest(), True)
    assert got.path.parent == target
    assert got.path.name.endswith(".jsonl")
    assert stat.S_IMODE(got.path.stat().st_mode) == PRIVATE_FILE
    assert names(target) == [got.path.name]


def test_an_older_version_can_be_brought_back(bench: Bench, target: Path) -> None:
    content = bench.content(data=b"one\n")
    [first] = bench.upload(content)
    content.path.write_bytes(b"two\n")
    [second] = bench.upload(content)
    assert first.s3_key is not None

    old = fetch(bench, first.s3_key, target, version_id=first.version_id, name="old")
    new = fetch(bench, first.s3_key, target, name="new")

    assert (old.path.read_bytes(), old.version_id) == (b"one\n", first.version_id)
    assert (new.path.read_bytes(), new.version_id) == (b"two\n", second.version_id)


def test_several_frames_are_all_read(bench: Bench, target: Path) -> None:
    data = b"first\n" * 1000 + b"second\n" * 1000
    frames = zstandard.compress(data[:6000]) + zstandard.compress(data[6000:])
    digest = hashlib.sha256(data).hexdigest()
    s3_key = store(bench, frames, "two.jsonl.zst", original_size=str(len(data)), original_sha256=digest)

    assert fetch(bench, s3_key, target).path.read_bytes() == data


def test_the_same_file_twice_is_one_file(bench: Bench, target: Path) -> None:
    s3_key = archive(bench, b"same\n")

    first, second = fetch(bench, s3_key, target, name="a.jsonl"), fetch(bench, s3_key, target, name="a.jsonl")

    assert first.path == second.path
    assert names(target) == ["a.jsonl"]


def test_another_file_of_that_name_is_never_replaced(bench: Bench, target: Path) -> None:
    target.mkdir()
    (target / "a.jsonl").write_bytes(b"mine")
    (target / "elsewhere").write_bytes(b"linked")
    s3_key = archive(bench, b"theirs\n")
    mark = hashlib.sha256(b"theirs\n").hexdigest()[:8]

    got = fetch(bench, s3_key, target, name="a.jsonl")
    (target / "b.jsonl").symlink_to(target / "elsewhere")
    other = fetch(bench, s3_key, target, name="b.jsonl")

    assert got.path.name == f"a-{mark}.jsonl"
    assert (target / "a.jsonl").read_bytes() == b"mine"
    assert other.path.name == f"b-{mark}.jsonl"
    assert (target / "elsewhere").read_bytes() == b"linked"


def test_a_file_system_without_hard_links_will_do(
    bench: Bench, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    s3_key = archive(bench, b"theirs\n")
    target.mkdir()
    (target / "a.jsonl").write_bytes(b"mine")

    got = fetch(bench, s3_key, target, name="a.jsonl")

    assert got.path.read_bytes() == b"theirs\n"
    assert (target / "a.jsonl").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["../up.jsonl", "/etc/x.jsonl", "..\\up.jsonl", "\0x.jsonl"])
def test_a_name_never_leads_out_of_the_folder(bench: Bench, target: Path, name: str) -> None:
    got = fetch(bench, archive(bench, b"x\n"), target, name=name)

    assert got.path.parent == target
    assert got.path.read_bytes() == b"x\n"


def test_somebodys_own_zst_file_comes_back_as_it_was(bench: Bench, target: Path) -> None:
    own = zstandard.compress(b"my own archive\n" * 100_000)
    digest = hashlib.sha256(own).hexdigest()
    s3_key = store(bench, own, "own.zst", original_size=str(len(own)), original_sha256=digest)

    got = fetch(bench, s3_key, target)

    assert got.path.read_bytes() == own
    assert got.path.name.endswith("own.zst")
    assert got.verified


def test_an_object_without_metadata_is_checked_against_s3s_checksum(bench: Bench, target: Path) -> None:
    s3_key = store(bench, zstandard.compress(b"text\n"), "foreign.txt.zst")

    got = fetch(bench, s3_key, target)

    assert got.path.read_bytes() == b"text\n"
    assert got.verified


def test_a_hash_from_the_index_is_used_where_metadata_tells_none(bench: Bench, target: Path) -> None:
    s3_key = store(bench, b"text\n", "foreign.txt", "text/plain")

    with pytest.raises(VerificationFailed):
        fetch(bench, s3_key, target, sha256="0" * 64)
    assert names(target) == []


@pytest.mark.parametrize(
    ("stored", "metadata"),
    [
        (zstandard.compress(b"text\n"), {"original_size": "5", "original_sha256": "0" * 64}),
        (zstandard.compress(b"text\n" * 100), {"original_size": "5", "original_sha256": "0" * 64}),
        (zstandard.compress(b"text\n" * 100)[:-9], {"original_size": "500", "original_sha256": "0" * 64}),
        (b"not zstd", {"original_size": "5", "original_sha256": "0" * 64}),
    ],
)
def test_what_is_not_what_was_archived_is_not_left_behind(
    bench: Bench, target: Path, stored: bytes, metadata: dict[str, str]
) -> None:
    s3_key = store(bench, stored, "wrong.jsonl.zst", **metadata)

    with pytest.raises(VerificationFailed):
        fetch(bench, s3_key, target)
    assert names(target) == []


def test_a_decompression_bomb_is_stopped(bench: Bench, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloader, "SMALL", 1_000_000)
    monkeypatch.setattr(downloader, "RATIO_LIMIT", 10)
    s3_key = store(bench, zstandard.compress(b"\0" * 200_000_000), "bomb.zst")

    with pytest.raises(TooLarge):
        fetch(bench, s3_key, target)
    assert names(target) == []


def test_no_room_is_told_before_anything_is_received(
    bench: Bench, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_key = archive(bench, b"x" * 1000)
    usage = shutil.disk_usage(bench.folder)._replace(free=999)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    with pytest.raises(DiskFull):
        fetch(bench, s3_key, target)
    assert names(target) == []


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, DiskFull), (errno.EIO, FolderNotWritable)])
def test_a_disk_that_fails_while_writing_leaves_nothing(
    bench: Bench, target: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    s3_key = archive(bench, b"x" * 1000)
    target.mkdir()
    (target / "there").write_bytes(b"before")

    def fail(_: int) -> None:
        raise OSError(number, "failing")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(error):
        fetch(bench, s3_key, target)
    assert names(target) == ["there"]


def test_a_folder_that_cannot_be_made_is_told(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(FolderNotWritable):
        fetch(bench, archive(bench, b"x\n"), tmp_path / "file" / "below")


def test_what_is_not_there_is_not_found(bench: Bench, target: Path) -> None:
    s3_key = archive(bench, b"x\n")

    with pytest.raises(NotFound):
        fetch(bench, s3_key + "x", target)
    assert not target.exists()


def test_a_body_that_breaks_off_is_received_again(bench: Bench, target: Path) -> None:
    data = os.urandom(2_000_000)
    s3_key = archive(bench, data)
    broken: list[str] = []

    def break_off(method: str, url: str, changes: dict[str, Any]) -> Callable[[], None] | None:
        if method != "GET" or broken:
            return None
        broken.append(url)

        def lose() -> None:
            raise ReplyLost(host="127.0.0.1", reason="test")

        return lose

    bench.http.faults = break_off
    got = fetch(bench, s3_key, target)

    assert len(broken) == 1
    assert got.path.read_bytes() == data
    assert len(names(target)) == 1


def test_cancelling_leaves_nothing(bench: Bench, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    s3_key = archive(bench, os.urandom(8_000_000))
    cancelled = threading.Event()

    def stop(received: int, total: int | None) -> None:
        cancelled.set()

    monkeypatch.setattr(downloader, "PROGRESS_SECONDS", 0.0)
    bringing = Downloader(bench.presign, bench.http)
    with pytest.raises(Cancelled):
        bringing.download(Wanted(s3_key, target), progress=stop, cancelled=cancelled)
    assert names(target) == []


def test_progress_ends_with_everything(bench: Bench, target: Path) -> None:
    s3_key = archive(bench, os.urandom(1000))
    told: list[tuple[int, int | None]] = []

    Downloader(bench.presign, bench.http).download(
        Wanted(s3_key, target), progress=lambda received, total: told.append((received, total))
    )

    received, total = told[-1]
    assert received == total is not None


@pytest.mark.parametrize(
    ("s3_key", "name"),
    [
        ("chat-logs/o/2026-11-03_a_b-12345678.jsonl.zst", "a_b-12345678.jsonl"),
        ("chat-logs/o/2026-11-03T01-02-03Z_a.zst", "a"),
        ("chat-logs/o/foreign.zst", "foreign"),
    ],
)
def test_the_default_name_is_the_objects_own(s3_key: str, name: str) -> None:
    assert default_name(s3_key, decompressed=True) == name
