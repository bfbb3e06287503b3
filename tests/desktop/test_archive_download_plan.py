"""Which objects a download brings and where to: as the tool had them, and never outside the folder that was chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from app.archiving.archived_sessions import ArchivedSession, by_session
from app.desktop.archive.download_plan import download_of, downloads_of
from app.remote.history import HistoryEntry
from app.remote.protocol import StoredVersion

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def session(session_id: str, title: str, *paths: str, **fields: object) -> ArchivedSession:
    """A session with these files, the first of them its log."""
    entries = [
        HistoryEntry(
            s3_key=f"chat-logs/me/2026-11-20_{session_id}-{number}.zst",
            file_name=f"{session_id}-{number}.zst",
            size=100 + number,
            last_modified=NOON,
            storage_class="STANDARD",
            version_id=f"v{number}",
            is_latest=True,
            is_deleted=False,
            session_id=session_id,
            source="claude-code",
            title=title,
            relative_path=path,
            is_main=number == 0,
        )
        for number, path in enumerate(paths)
    ]
    (made,) = by_session(replace(entry, **fields) for entry in entries)  # type: ignore[arg-type]
    return made


def places(planned: list[tuple[str, Path]], folder: Path) -> dict[str, str]:
    return {title: path.relative_to(folder).as_posix() for title, path in planned}


def test_a_single_file_goes_into_the_folder_itself(tmp_path: Path) -> None:
    (one,) = downloads_of([session("0d9f", "Fix it", "0d9f.jsonl")], tmp_path)
    assert (one.folder, one.title, one.size, one.version_id) == (tmp_path, "Fix it", 100, None)
    assert one.session == ("claude-code", "0d9f")


def test_companions_lie_below_the_sessions_own_folder_as_the_tool_had_them(tmp_path: Path) -> None:
    planned = downloads_of(
        [session("0d9f", "Fix it", "0d9f.jsonl", "0d9f/subagents/agent-a.jsonl", "0d9f/tool-results/b.txt")],
        tmp_path,
    )
    assert places([(one.title, one.folder) for one in planned], tmp_path) == {
        "Fix it": "Fix it",
        "Fix it · agent-a.jsonl": "Fix it/0d9f/subagents",
        "Fix it · b.txt": "Fix it/0d9f/tool-results",
    }


@pytest.mark.parametrize(
    "title", ["../../etc", "/etc/passwd", "C:\\Windows", "..", "con", "a\x1b[0m\nb", "."]
)
@pytest.mark.parametrize("path", ["../../../evil.jsonl", "/etc/cron.d/evil", "..\\..\\evil", "a/../../evil"])
def test_no_title_and_no_path_leads_out_of_the_folder(tmp_path: Path, title: str, path: str) -> None:
    for one in downloads_of([session("0d9f", title, "0d9f.jsonl", path)], tmp_path):
        assert one.folder.is_relative_to(tmp_path)
        assert one.folder != tmp_path
        assert ".." not in PurePosixPath(one.folder.relative_to(tmp_path).as_posix()).parts


def test_two_sessions_of_one_title_get_two_folders(tmp_path: Path) -> None:
    twins = [session(name, "Fix it", f"{name}.jsonl", f"{name}/a.txt") for name in ("0d9f1c52", "5b2a7e40")]
    mains = [one.folder.name for one in downloads_of(twins, tmp_path) if "·" not in one.title]
    assert mains == ["Fix it", "Fix it-5b2a7e40"]


def test_a_folder_that_another_session_has_is_left_to_it(tmp_path: Path) -> None:
    (tmp_path / "Fix it").mkdir()
    (tmp_path / "Fix it" / "notes.txt").write_text("my own", encoding="utf-8")
    wanted = session("0d9f1c52", "Fix it", "0d9f1c52.jsonl", "0d9f1c52/a.txt")
    assert downloads_of([wanted], tmp_path)[0].folder.name == "Fix it-0d9f1c52"
    # Its own, from an earlier download, is used again.
    (tmp_path / "Fix it" / "0d9f1c52.jsonl").write_text("{}", encoding="utf-8")
    assert downloads_of([wanted], tmp_path)[0].folder.name == "Fix it"


def test_of_a_deleted_session_the_version_below_the_marker_is_named(tmp_path: Path) -> None:
    (one,) = downloads_of([session("0d9f", "Fix it", "0d9f.jsonl", deleted_at=NOON)], tmp_path)
    assert one.version_id == "v0"


def test_one_version_is_one_file(tmp_path: Path) -> None:
    wanted = session("0d9f", "Fix it", "0d9f.jsonl", "0d9f/a.txt")
    version = StoredVersion(
        s3_key=wanted.main.s3_key,
        file_name="x",
        version_id="old",
        is_latest=False,
        last_modified=NOON,
        size=7,
    )
    one = download_of(wanted, version, tmp_path)
    assert (one.folder, one.version_id, one.size, one.s3_key) == (tmp_path, "old", 7, wanted.main.s3_key)


def test_nothing_is_made_by_planning(tmp_path: Path) -> None:
    downloads_of([session("0d9f", "Fix it", "0d9f.jsonl", "0d9f/a.txt")], tmp_path)
    assert list(tmp_path.iterdir()) == []
