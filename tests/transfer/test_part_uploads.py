"""Uploads in parts are remembered until S3 has ended them; what nobody goes on with is dropped."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from app.errors import NotFound, Unreachable
from app.remote.multipart import MultipartRequest
from app.storage.database import open_database
from app.transfer.jobs import JobStore
from app.transfer.part_uploads import PartUpload, PartUploads
from app.transfer.queued_transfers import QueuedTransfers
from app.transfer.schema import MIGRATIONS

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from app.transfer.schema import Transfer
    from tests.transfer.conftest import Bench, FileContent


@pytest.fixture
def uploads(bench: Bench) -> PartUploads:
    return PartUploads(bench.jobs.database, bench.presign, bench.destination)


def prepared(bench: Bench, content: FileContent) -> tuple[Transfer, bytes]:
    """A transfer that stands in the spool, and the hash of what it has there."""
    transfer = bench.jobs.claim(bench.destination, content)
    assert transfer is not None
    assert transfer.spool is not None
    bench.spool.mkdir(exist_ok=True)
    made = content.prepare(bench.spool / transfer.spool, lambda: False)
    bench.jobs.prepared(transfer, made)
    bench.jobs.release(transfer)
    return transfer, made.stored_sha256


def begin(bench: Bench, content: FileContent) -> PartUpload:
    made = bench.presign.create_multipart(
        MultipartRequest(file_name=content.file_name, content_type="application/zstd", size=100)
    )
    return PartUpload(made.s3_key, made.upload_id, made.part_size, if_absent=False)


def is_open(bench: Bench, upload: PartUpload) -> bool:
    try:
        list(bench.presign.list_parts(upload.s3_key, upload.upload_id))
    except NotFound:
        return False
    return True


def test_what_is_paused_is_gone_on_with_and_what_is_cancelled_is_dropped(
    bench: Bench, uploads: PartUploads
) -> None:
    content = bench.content()
    transfer, sha256 = prepared(bench, content)
    upload = begin(bench, content)
    uploads.begun(transfer, sha256, upload)
    queue = QueuedTransfers(bench.jobs.database, bench.destination)

    queue.set_aside([content.key[:2]], "paused")
    uploads.abort_useless()
    assert uploads.of(transfer, sha256) == upload
    assert uploads.of(transfer, b"other bytes") is None
    assert is_open(bench, upload)

    queue.set_aside([content.key[:2]], "cancelled")
    uploads.abort_useless()
    assert uploads.of(transfer, sha256) is None
    assert not is_open(bench, upload)


def test_what_is_cancelled_while_nothing_runs_is_dropped_by_the_next_run(
    bench: Bench, uploads: PartUploads
) -> None:
    content = bench.content()
    transfer, sha256 = prepared(bench, content)
    upload = begin(bench, content)
    uploads.begun(transfer, sha256, upload)
    QueuedTransfers(bench.jobs.database, bench.destination).set_aside([content.key[:2]], "cancelled")

    bench.upload(bench.content("other"))

    assert not is_open(bench, upload)


def test_what_cannot_be_dropped_now_is_dropped_later(bench: Bench, uploads: PartUploads) -> None:
    content = bench.content()
    transfer, sha256 = prepared(bench, content)
    upload = begin(bench, content)
    uploads.begun(transfer, sha256, upload)

    def unplug(method: str, url: str, changes: dict[str, Any]) -> None:
        raise Unreachable(host="127.0.0.1", reason="test")

    bench.http.faults = unplug
    uploads.abort_all_of(transfer)
    assert uploads.of(transfer, sha256) == upload
    bench.http.faults = None
    uploads.abort_all_of(transfer)
    assert uploads.of(transfer, sha256) is None
    assert not is_open(bench, upload)


def test_a_state_of_the_version_before_is_given_them(tmp_path: Path) -> None:
    path = tmp_path / "old" / "state.db"
    path.parent.mkdir()
    with closing(open_database(path, MIGRATIONS[:3])) as old:
        old.execute("INSERT INTO hidden VALUES ('here', 'key', 'version')")
    with JobStore(path) as jobs:
        assert len(jobs.database.read("SELECT * FROM hidden")) == 1
        assert jobs.database.read("SELECT * FROM part_uploads") == []
    with closing(sqlite3.connect(path.with_name("state.db.v3.bak"))) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == 3
