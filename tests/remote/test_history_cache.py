"""What S3 held when it was last asked, kept on disk; whatever happens to the file, it costs a listing and no more."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
import zstandard

from app.remote.history import HistoryEntry
from app.remote.history_cache import HistoryCache, KnownHistory, erase_histories

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
ENTRY = HistoryEntry(
    s3_key="chat-logs/me/2026-11-02_0d9f-0a1b2c3d.jsonl.zst",
    file_name="0d9f-0a1b2c3d.jsonl.zst",
    size=388_000,
    last_modified=NOON,
    storage_class="STANDARD",
    version_id="v1",
    is_latest=False,
    is_deleted=False,
    session_id="0d9f",
    source="claude-code",
    title="ログ同期の修正",
    project="/srv/v209",
    machine="ab" * 16,
    host="laptop",
    relative_path="0d9f.jsonl",
    is_main=True,
    original_size=2_100_000,
    deleted_at=NOON,
)
KNOWN = KnownHistory(NOON, (ENTRY,))


def file_of(folder: Path) -> Path:
    (file,) = folder.glob("history-*")
    return file


def test_what_is_kept_is_read_again_whole(tmp_path: Path) -> None:
    assert HistoryCache(tmp_path, "bucket/me").read() is None
    assert HistoryCache(tmp_path, "bucket/me").write(KNOWN) is None
    assert HistoryCache(tmp_path, "bucket/me").read() == KNOWN


def test_every_destination_has_its_own(tmp_path: Path) -> None:
    HistoryCache(tmp_path, "bucket/me").write(KNOWN)
    assert HistoryCache(tmp_path, "bucket/alice").read() is None


def test_all_of_them_can_be_forgotten_and_nothing_else_goes(tmp_path: Path) -> None:
    HistoryCache(tmp_path, "bucket/me").write(KNOWN)
    HistoryCache(tmp_path, "bucket/alice").write(KNOWN)
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    erase_histories(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]
    erase_histories(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    HistoryCache(tmp_path, "bucket/me").write(KNOWN)
    assert file_of(tmp_path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"garbage",
        zstandard.compress(b"{}"),
        zstandard.compress(b"\xff"),
        zstandard.compress(b"[" * 100_000),
        zstandard.compress(msgspec.json.encode({"format": 0, "history": KNOWN})),
        zstandard.compress(msgspec.json.encode({"format": 1, "history": KNOWN}))[:-4],
    ],
    ids=["empty", "garbage", "other", "no-text", "deep", "old", "cut"],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damaged: bytes) -> None:
    cache = HistoryCache(tmp_path, "bucket/me")
    cache.write(KNOWN)
    file_of(tmp_path).write_bytes(damaged)
    assert cache.read() is None
    cache.write(KNOWN)
    assert cache.read() == KNOWN


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_folder_that_cannot_be_written_is_said_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    problem = HistoryCache(tmp_path / "file", "bucket/me").write(KNOWN)
    assert problem is not None
    assert problem.code == "folder-not-writable"
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208 - names only
