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
from tests.sandbox.conftest import Signer, identity_of, port_of

if TYPE_CHECKING:
    from pathlib import Path

    from app.remote.transport import StoredBytes
    from app.sandbox.lifecycle import SandboxInfo
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


def delete(info: SandboxInfo, s3_key: str) -> None:
    """As the endpoint's operator would: a marker on top, nothing destroyed."""
    signer = Signer(port_of(info.s3_endpoint), identity_of(info))
    assert signer.presign("DELETE", s3_key).go().status_code == 204


def test_the_latest_are_one_for_each_object_and_tell_what_was_deleted(
    remote: Remote, sandbox: SandboxInfo, tmp_path: Path
) -> None:
    history, _ = history_of(remote, tmp_path)
    put(remote, "a", b"1")
    newer, gone = put(remote, "a", b"333"), put(remote, "b", b"22")
    delete(sandbox, gone.s3_key)

    latest = {entry.s3_key: entry for entry in history.latest()}

    assert latest.keys() == {newer.s3_key, gone.s3_key}
    there, deleted = latest[newer.s3_key], latest[gone.s3_key]
    assert (there.version_id, there.size, there.deleted_at) == (newer.version_id, 3, None)
    # What the marker hides is what could be brought back.
    assert (deleted.version_id, deleted.size, deleted.is_deleted) == (gone.version_id, 2, False)
    assert deleted.deleted_at is not None
    assert deleted.deleted_at >= deleted.last_modified


def test_what_comes_back_after_it_was_deleted_is_not_deleted(
    remote: Remote, sandbox: SandboxInfo, tmp_path: Path
) -> None:
    history, _ = history_of(remote, tmp_path)
    delete(sandbox, put(remote, "a", b"1").s3_key)
    again = put(remote, "a", b"22")

    (entry,) = history.latest()

    assert (entry.version_id, entry.deleted_at) == (again.version_id, None)


def test_metadata_is_not_asked_for_twice(remote: Remote, tmp_path: Path) -> None:
    history, _ = history_of(remote, tmp_path)
    for number in range(3):
        put(remote, f"n{number}", b"x", tool="files", session_id=str(number), original_size="7")
    first = history.latest()
    before = remote.presign.requests_sent

    second = history.latest(first)

    assert second == first
    assert {(entry.source, entry.original_size) for entry in second} == {("files", 7)}
    assert remote.presign.requests_sent - before == 2  # versions, and the list of index objects


def test_the_size_before_compression_is_told_of_the_version_it_was_noted_for(
    remote: Remote, tmp_path: Path
) -> None:
    history, index = history_of(remote, tmp_path)
    old = put(remote, "main", b"one")
    files = (IndexFile("0d9f.jsonl", old.s3_key, old.version_id, 1000, 3, ""),)
    index.write([replace(LINE, machine=remote.machine, files=files)])
    assert [entry.original_size for entry in history.latest()] == [1000]

    put(remote, "main", b"longer")

    assert [entry.original_size for entry in history.latest()] == [None]
    assert [entry.original_size for entry in history.versions()] == [None, 1000]


def test_progress_says_how_much_was_listed(remote: Remote, tmp_path: Path) -> None:
    history, _ = history_of(remote, tmp_path)
    put(remote, "a", b"1")
    told: list[int] = []
    history.latest(progress=told.append)
    assert told == [0]
