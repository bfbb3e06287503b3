"""What S3 holds, newest first, with titles from the index and ids from metadata."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from app.remote.history import History
from app.remote.index_lines import IndexFile
from app.remote.protocol import UploadRequest
from app.remote.session_index import SessionIndexObjects
from tests.remote.test_index_lines import LINE

if TYPE_CHECKING:
    from pathlib import Path

    from app.remote.transport import StoredBytes
    from tests.remote.conftest import Remote


def put(remote: Remote, name: str, body: bytes, **metadata: str) -> StoredBytes:
    request = UploadRequest(
        file_name=name,
        content_type="application/octet-stream",
        size=len(body),
        sha256=hashlib.sha256(body).digest(),
        session_date=LINE.updated_at.date(),
        metadata={key.replace("_", "-"): value for key, value in metadata.items()},
    )
    return remote.objects.write(request, body)


def history_of(remote: Remote, home: Path) -> tuple[History, SessionIndexObjects]:
    index = SessionIndexObjects(
        remote.presign,
        remote.objects,
        home / "cache",
        machine=remote.machine,
        lock_file=home / "session-index.lock",
    )
    return History(remote.presign, index), index


def test_an_empty_bucket_has_an_empty_history(remote: Remote, tmp_path: Path) -> None:
    history, _ = history_of(remote, tmp_path)

    assert history.objects() == []
    assert history.versions() == []


def test_objects_are_joined_with_the_index(remote: Remote, tmp_path: Path) -> None:
    history, index = history_of(remote, tmp_path)
    main, companion = put(remote, "main", b"one"), put(remote, "agent", b"two")
    files = tuple(
        IndexFile(relative_path, stored.s3_key, stored.version_id, 3, 3, "")
        for relative_path, stored in (("0d9f.jsonl", main), ("0d9f/subagents/agent-1.jsonl", companion))
    )
    index.write([replace(LINE, machine=remote.machine, files=files)])

    entries = {entry.s3_key: entry for entry in history.objects()}

    assert set(entries) == {main.s3_key, companion.s3_key}  # the index objects themselves are not listed
    entry = entries[main.s3_key]
    assert (entry.title, entry.project, entry.source, entry.session_id) == (
        LINE.title,
        LINE.project,
        "claude-code",
        "0d9f",
    )
    assert (entry.size, entry.version_id, entry.machine, entry.host) == (
        3,
        main.version_id,
        remote.machine,
        "laptop",
    )
    assert (entry.is_main, entries[companion.s3_key].is_main) == (True, False)
    assert entries[companion.s3_key].relative_path == "0d9f/subagents/agent-1.jsonl"


def test_without_a_line_the_session_comes_from_metadata(remote: Remote, tmp_path: Path) -> None:
    history, _ = history_of(remote, tmp_path)
    put(remote, "known", b"x", tool="files", session_id="caf%C3%A9")
    put(remote, "foreign", b"x")

    told = {entry.file_name: (entry.source, entry.session_id, entry.title) for entry in history.objects()}

    assert told == {"known": ("files", "café", None), "foreign": (None, None, None)}


def test_many_objects_without_lines_are_asked_for_in_batches(remote: Remote, tmp_path: Path) -> None:
    history, _ = history_of(remote, tmp_path)
    for number in range(120):
        put(remote, f"n{number}", b"x", session_id=str(number))
    before = remote.presign.requests_sent

    entries = history.objects()

    assert {entry.session_id for entry in entries} == {str(number) for number in range(120)}
    assert remote.presign.requests_sent - before <= 5


def test_the_newest_comes_first_and_versions_show_all(remote: Remote, tmp_path: Path) -> None:
    history, _ = history_of(remote, tmp_path)
    first, other, second = put(remote, "a", b"1"), put(remote, "b", b"22"), put(remote, "a", b"333")

    objects, versions = history.objects(), history.versions(first.s3_key)

    assert {(entry.s3_key, entry.version_id) for entry in objects} == {
        (first.s3_key, second.version_id),
        (other.s3_key, other.version_id),
    }
    times = [entry.last_modified for entry in objects]
    assert times == sorted(times, reverse=True)
    assert [(entry.version_id, entry.size, entry.is_latest) for entry in versions] == [
        (second.version_id, 3, True),
        (first.version_id, 1, False),
    ]
    assert len(history.versions()) == 3
