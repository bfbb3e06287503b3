"""Sessions, archived sessions and transfers made up for the window's tables: values only, nothing on disk.

The same count gives the same values. Titles, projects and sizes are as varied as those of real collections.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.archiving.archived_sessions import by_session
from app.archiving.queue_rows import TransferRow
from app.desktop.archive.loading import ArchiveRow, Listing
from app.desktop.searching import searchable
from app.errors import FileVanished
from app.remote.history import HistoryEntry
from app.sessions.model import CLAUDE_CODE, Session, SessionFile, Usage
from benchmarks.generate import sizes_of

if TYPE_CHECKING:
    from app.archiving.plan import SessionState
    from app.archiving.queue_rows import RowState

_TEXT = (
    "find the reason why uploads of large logs fail after a retry and write a test for it before anything is mended "
    "policy bucket header signature checksum window table preview message 修正 テスト 同期 ログ"
)
_STATES: tuple[SessionState, ...] = ("archived", "archived", "archived", "new", "new", "changed", "failed")
_PROJECTS = 40
_AVERAGE_BYTES = 500_000
_FAILED = (50, 60)
_ROOT = Path("/home/aki/.claude/projects")


def _titles(count: int) -> list[str]:
    chance = random.Random(count)
    words = _TEXT.split()
    return [" ".join(chance.choices(words, k=chance.randint(3, 14))).capitalize() for _ in range(count)]


def made_sessions(count: int) -> list[tuple[Session, SessionState]]:
    """As the list of the Sessions page has them: the most recently used first."""
    chance = random.Random(count)
    now = datetime.now(UTC)
    listed: list[tuple[Session, SessionState]] = []
    for number, (title, size) in enumerate(
        zip(_titles(count), sizes_of(count, count * _AVERAGE_BYTES), strict=True)
    ):
        identity = f"{chance.getrandbits(128):032x}"
        project = f"/home/aki/work/project-{chance.randrange(_PROJECTS):02d}"
        path = _ROOT / project.replace("/", "-") / f"{identity}.jsonl"
        session = Session(
            source=CLAUDE_CODE,
            session_id=identity,
            title=title,
            project=project,
            path=path,
            files=(SessionFile(path, path.name, _ROOT, size, number, is_main=True, is_log=True),),
            messages=size // 3_000 + 1,
            model=None,
            tokens=Usage(),
            tokens_by_model={},
            started_at=None,
            updated_at=now - timedelta(minutes=number),
            deleted_at=now + timedelta(days=chance.randrange(30)) if chance.random() < 0.8 else None,
        )
        listed.append((session, chance.choice(_STATES)))
    return listed


def made_archive(count: int) -> Listing:
    """As the Archive page is told of S3."""
    chance = random.Random(count)
    now = datetime.now(UTC)
    entries = []
    for number, (title, size) in enumerate(
        zip(_titles(count), sizes_of(count, count * _AVERAGE_BYTES), strict=True)
    ):
        identity = f"{chance.getrandbits(128):032x}"
        entries.append(
            HistoryEntry(
                s3_key=f"chat-logs/aki/2026-11-20_{identity}.jsonl.zst",
                file_name=f"{identity}.jsonl.zst",
                size=size // 5,
                last_modified=now - timedelta(minutes=number),
                storage_class=chance.choice(("STANDARD", "GLACIER_IR", "DEEP_ARCHIVE")),
                version_id=f"{number}",
                is_latest=True,
                is_deleted=False,
                session_id=identity,
                source=CLAUDE_CODE,
                title=title,
                project=f"/home/aki/work/project-{chance.randrange(_PROJECTS):02d}",
                host=chance.choice(("laptop", "studio")),
                relative_path=f"{identity}.jsonl",
                is_main=True,
            )
        )
    rows = []
    for session in by_session(entries):
        searched = searchable(session.title, session.project, session.machine, session.main.s3_key)
        rows.append(ArchiveRow(session, searched, (session.project or "").rpartition("/")[2]))
    return Listing(
        rows=tuple(rows),
        entries=tuple(entries),
        as_of=now,
        this_computer_only=False,
        sessions=count,
        stored_size=sum(entry.size for entry in entries),
    )


def made_transfer(number: int, title: str, state: RowState, sent: int = 0) -> TransferRow:
    """One upload of 4.7 MB, 0.9 MB of it to be sent."""
    moving = state in {"sending", "verifying"}
    total = 900_000
    return TransferRow(
        id=f"u{number}",
        kind="upload",
        state=state,
        title=title,
        source=CLAUDE_CODE,
        project="/home/aki/work/recipe-box",
        path=f"{_ROOT}/recipe-box/{number}.jsonl",
        session=(CLAUDE_CODE, f"{number}"),
        s3_key=None,
        files=1,
        files_done=0,
        size=4_700_000,
        stored_size=total if state == "done" else None,
        sent=total if state == "done" else sent,
        total=total if moving or state == "done" else None,
        speed=6_200_000.0 if moving else None,
        seconds_left=2.0 if moving else None,
        attempt=1,
        wait_seconds=0.0,
        error=FileVanished(path=f"{_ROOT}/recipe-box/{number}.jsonl") if state == "failed" else None,
        verified=state == "done",
        version_id=None,
        updated_at=datetime.now(UTC) - timedelta(seconds=number),
    )


def made_transfers(count: int) -> list[TransferRow]:
    """Four that move, two that failed, a fifth done, the rest waiting."""
    rows = []
    for number, title in enumerate(_titles(count)):
        state: RowState = "queued"
        if number < 4:
            state = "sending"
        elif number in _FAILED:
            state = "failed"
        elif number % 5 == 4:
            state = "done"
        rows.append(made_transfer(number, title, state, sent=number * 100_000))
    return rows
