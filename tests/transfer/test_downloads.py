"""Downloads on disk, and the migration that brought them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.errors import ChatLogError, NotFound, Unexpected
from app.storage.database import open_database
from app.transfer.downloader import Downloaded
from app.transfer.downloads import Download, DownloadStore, download_id
from app.transfer.jobs import JobStore
from app.transfer.kept_errors import error_columns, error_of
from app.transfer.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def wanted(number: int = 0, **changes: object) -> Download:
    now = datetime(2026, 11, 3, tzinfo=UTC)
    made = Download(
        id=download_id(),
        s3_key=f"chat-logs/o/{number}.jsonl.zst",
        version_id=None,
        folder=Path("downloads"),
        title=f"title {number}",
        session=("claude-code", str(number)),
        size=100,
        state="queued",
        created_at=now,
        updated_at=now,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def jobs(path: Path) -> Iterator[JobStore]:
    with JobStore(path) as store:
        yield store


@pytest.fixture
def downloads(jobs: JobStore) -> DownloadStore:
    return DownloadStore(jobs.database, "here")


def test_a_download_goes_through_its_states(downloads: DownloadStore) -> None:
    download = wanted()
    downloads.add(download)
    assert downloads.claim(download.id)
    brought = Downloaded(download.s3_key, "v1", Path("downloads/0.jsonl"), 400, "ab" * 32, verified=True)

    downloads.done(download.id, brought, 90)

    [seen] = downloads.all(ended=10)
    assert (seen.state, seen.path, seen.size, seen.stored_size, seen.verified, seen.held) == (
        "done",
        Path("downloads/0.jsonl"),
        400,
        90,
        True,
        False,
    )
    assert (seen.title, seen.session, seen.folder) == (download.title, download.session, download.folder)
    assert DownloadStore(downloads._database, "elsewhere").all(ended=10) == []


def test_why_one_failed_is_there_after_opening_again(path: Path) -> None:
    download = wanted()
    with JobStore(path) as jobs:
        downloads = DownloadStore(jobs.database, "here")
        downloads.add(download)
        downloads.failed(download.id, NotFound(s3Key="k"))
    with JobStore(path) as jobs:
        [seen] = DownloadStore(jobs.database, "here").all(ended=1)
    assert seen.state == "failed"
    assert isinstance(seen.error, NotFound)
    assert seen.error.parameters == {"s3Key": "k"}


def test_one_that_another_process_works_on_is_nobody_elses(
    path: Path, jobs: JobStore, downloads: DownloadStore
) -> None:
    download = wanted()
    downloads.add(download)
    with JobStore(path) as second:
        theirs = DownloadStore(second.database, "here")
        assert theirs.claim(download.id)
        assert not downloads.claim(download.id)
        seen = downloads.find(download.id)
        assert seen is not None
        assert seen.held
        downloads.leave([download.id], "cancelled")
        [still] = downloads.all(ended=0)
        assert still.state == "queued"
    assert downloads.claim(download.id)
    assert downloads.claim(download.id)  # one's own


def test_a_killed_process_s_download_is_taken_over(
    path: Path, downloads: DownloadStore, jobs: JobStore
) -> None:
    download = wanted()
    downloads.add(download)
    code = (
        "import sys, os, pathlib\nfrom app.transfer.jobs import JobStore\n"
        "from app.transfer.downloads import DownloadStore\n"
        "jobs = JobStore(pathlib.Path(sys.argv[1]))\n"
        "assert DownloadStore(jobs.database, 'here').claim(sys.argv[2])\nos._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(path), download.id], check=True, cwd=ROOT)

    assert downloads.claim(download.id)


def test_unfinished_ones_are_all_found_and_of_the_rest_the_newest(downloads: DownloadStore) -> None:
    made = [wanted(number) for number in range(6)]
    for download in made:
        downloads.add(download)
    downloads.leave([made[0].id], "paused")
    for download in made[1:5]:
        downloads.leave([download.id], "cancelled")

    assert {download.title for download in downloads.all(ended=2)} == {
        "title 0",
        "title 5",
        "title 4",
        "title 3",
    }
    downloads.forget([made[4].id])
    assert {download.title for download in downloads.all(ended=1)} == {"title 0", "title 5", "title 3"}


def test_names_that_are_not_unicode_are_kept(downloads: DownloadStore) -> None:
    download = wanted(
        folder=Path("caf\udce9"), title="half \ud83d of it", session=("files", "caf\udce9"), size=2**40
    )
    downloads.add(download)
    [seen] = downloads.all(ended=0)
    assert (seen.folder, seen.session, seen.size) == (download.folder, download.session, 2**40)
    assert seen.title == "half ? of it"


# ---- errors -----------------------------------------------------------------------------------------------


def kinds(kind: type[ChatLogError] = ChatLogError) -> Iterator[type[ChatLogError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from kinds(child)


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.code)
def test_every_error_comes_back_as_it_was_kept(kind: type[ChatLogError]) -> None:
    columns = error_columns(kind(path="p", size=3))
    again = error_of(columns["error_code"], {"path": "p", "size": 3})
    assert type(again) is kind
    assert again.parameters == {"path": "p", "size": 3}


def test_an_error_of_another_version_says_so() -> None:
    again = error_of("from-the-future", {})
    assert isinstance(again, Unexpected)
    assert again.parameters == {"reason": "from-the-future"}
    assert error_of(None, {}) is None


# ---- the migration ----------------------------------------------------------------------------------------


def test_a_state_of_the_first_version_is_copied_then_given_downloads(path: Path) -> None:
    with closing(open_database(path, MIGRATIONS[:1])) as old:
        old.execute(
            "INSERT INTO transfers (id, destination, source, session_id, relative_path, path, state, file_name,"
            " kind, redaction, created_at, updated_at, attempts)"
            " VALUES ('t', 'here', 'claude-code', 's', 's.jsonl', 'p', 'sending', 'n', 'log', 'none', 1, 2, 1)"
        )
    with JobStore(path) as jobs:
        [kept] = jobs.transfers("here")
        assert (kept.id, kept.state, kept.attempts) == ("t", "sending", 1)
        downloads = DownloadStore(jobs.database, "here")
        downloads.add(wanted())
        assert len(downloads.all(ended=0)) == 1
    with closing(sqlite3.connect(path.with_name("state.db.v1.bak"))) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == 1
        assert copy.execute("SELECT id FROM transfers").fetchall() == [("t",)]
