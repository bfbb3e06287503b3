"""Snapshots of files that grow, shrink, vanish and are rewritten under our hands."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard

from app.archiving import content
from app.archiving.content import Snapshot, take_snapshot
from app.errors import (
    Cancelled,
    DiskFull,
    FileKeepsChanging,
    FileShrank,
    FileUnreadable,
    FileVanished,
    NotARegularFile,
)
from tests.system import PRIVATE_FILE, listening_at, make_pipe

if TYPE_CHECKING:
    from collections.abc import Callable


def snapshot(
    path: Path,
    spool: Path,
    *,
    root: Path | None = None,
    is_log: bool = True,
    compress: bool = True,
    cancelled: Callable[[], bool] = lambda: False,
) -> Snapshot:
    return take_snapshot(
        path, root or path.parent, spool, is_log=is_log, compress=compress, cancelled=cancelled
    )


def unpacked(spool: Path) -> bytes:
    with spool.open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True).read()


def test_every_byte_is_stored_and_both_hashes_are_true(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    body = b'{"a": 1}\n' * 300_000 + b'{"unfinished'
    log.write_bytes(body)
    taken = snapshot(log, tmp_path / "spool")
    stored = (tmp_path / "spool").read_bytes()
    assert unpacked(tmp_path / "spool") == body
    assert taken.original_size == len(body)
    assert taken.original_sha256 == hashlib.sha256(body).hexdigest()
    assert taken.stored_size == len(stored) < len(body)
    assert taken.stored_sha256 == hashlib.sha256(stored).digest()
    assert taken.mtime_ns == log.stat().st_mtime_ns
    assert (tmp_path / "spool").stat().st_mode & 0o777 == PRIVATE_FILE


@pytest.mark.parametrize("compress", [True, False])
def test_an_empty_file_is_stored_as_an_empty_file(tmp_path: Path, compress: bool) -> None:
    log = tmp_path / "empty.jsonl"
    log.touch()
    taken = snapshot(log, tmp_path / "spool", compress=compress)
    assert taken.original_size == 0
    assert taken.original_sha256 == hashlib.sha256(b"").hexdigest()
    assert (unpacked(tmp_path / "spool") if compress else (tmp_path / "spool").read_bytes()) == b""


def during_first_read(action: Callable[[], object]) -> Callable[[], bool]:
    """A `cancelled` callback that acts once, while the file is being read."""
    pending = [action]

    def called() -> bool:
        if pending:
            pending.pop()()
        return False

    return called


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_a_log_that_grows_while_it_is_read_is_stored_up_to_its_last_whole_line(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b'{"line": 1}\n{"line": 2}\n{"li')
    grown = during_first_read(lambda: append(log, b'ne": 3}\n'))
    taken = snapshot(log, tmp_path / "spool", cancelled=grown)
    assert unpacked(tmp_path / "spool") == b'{"line": 1}\n{"line": 2}\n'
    assert taken.original_size == 24


def test_a_log_that_ends_in_mid_line_and_rests_is_stored_whole(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b'{"line": 1}\n{"li')
    snapshot(log, tmp_path / "spool")
    assert unpacked(tmp_path / "spool") == b'{"line": 1}\n{"li'


def test_a_file_rewritten_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    document = tmp_path / "chat.json"
    document.write_bytes(b"old" * 100)
    rewrite = during_first_read(lambda: document.write_bytes(b"new!" * 100))
    snapshot(document, tmp_path / "spool", is_log=False, cancelled=rewrite)
    assert unpacked(tmp_path / "spool") == b"new!" * 100


def test_a_file_that_shrinks_once_is_read_again(tmp_path: Path) -> None:
    document = tmp_path / "chat.json"
    document.write_bytes(b"x" * (3 * content.BLOCK))
    shrink = during_first_read(lambda: os.truncate(document, 10))
    taken = snapshot(document, tmp_path / "spool", is_log=False, cancelled=shrink)
    assert taken.original_size == 10


def test_a_file_that_never_stops_changing_is_an_error(tmp_path: Path) -> None:
    document = tmp_path / "chat.json"
    document.write_bytes(b"x")

    def rewrite() -> bool:
        append(document, b"x")
        return False

    with pytest.raises(FileKeepsChanging):
        snapshot(document, tmp_path / "spool", is_log=False, cancelled=rewrite)


def test_a_file_that_always_shrinks_is_an_error(tmp_path: Path) -> None:
    document = tmp_path / "chat.json"

    def swing() -> bool:
        os.truncate(document, document.stat().st_size // 2)
        return False

    document.write_bytes(b"x" * (64 * content.BLOCK))
    with pytest.raises((FileShrank, FileKeepsChanging)):
        snapshot(document, tmp_path / "spool", is_log=False, cancelled=swing)


def test_a_file_deleted_in_mid_read_is_still_stored_whole(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"line\n" * 1000)
    snapshot(log, tmp_path / "spool", cancelled=during_first_read(log.unlink))
    assert unpacked(tmp_path / "spool") == b"line\n" * 1000


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileVanished):
        snapshot(tmp_path / "gone.jsonl", tmp_path / "spool")
    with pytest.raises((FileUnreadable, NotARegularFile)):
        snapshot(tmp_path, tmp_path / "spool", root=tmp_path.parent)


def test_links_out_of_the_root_pipes_and_sockets_are_not_opened(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    (root / "link.jsonl").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    (root / "loop").symlink_to(root / "loop")
    make_pipe(root / "pipe.jsonl")
    with listening_at(root / "socket.jsonl"):
        for name in ("link.jsonl", "folder/secret", "pipe.jsonl", "socket.jsonl", "loop"):
            with pytest.raises((NotARegularFile, FileUnreadable)):
                snapshot(root / name, tmp_path / "spool", root=root)
    assert not (tmp_path / "spool").exists()


def test_a_link_inside_the_root_and_a_root_that_is_a_link_are_fine(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "log.jsonl").write_text("x\n", encoding="utf-8")
    (root / "alias.jsonl").symlink_to(root / "log.jsonl")
    (tmp_path / "home").symlink_to(root)
    assert snapshot(root / "alias.jsonl", tmp_path / "spool").original_size == 2
    assert snapshot(tmp_path / "home" / "log.jsonl", tmp_path / "spool").original_size == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device /dev/full")
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(os.urandom(100_000))
    with pytest.raises(DiskFull):
        snapshot(log, Path("/dev/full"))


def test_cancelling_stops_in_mid_file(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"x" * (3 * content.BLOCK))
    with pytest.raises(Cancelled):
        snapshot(log, tmp_path / "spool", cancelled=lambda: True)
