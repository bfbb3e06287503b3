"""Sessions made up for tests of the list: values only, nothing on disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.sessions.model import CLAUDE_CODE, Session, SessionFile, Usage

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def made_session(
    name: str,
    *,
    title: str | None = None,
    source: str = CLAUDE_CODE,
    project: str | None = "/home/aki/work/recipe-box",
    messages: int = 3,
    size: int = 1000,
    age: timedelta = timedelta(hours=1),
    deleted_in: timedelta | None = timedelta(days=20),
    notes: tuple[str, ...] = (),
) -> Session:
    """A session of one file, named after its id; `age` and `deleted_in` are seen from NOW."""
    root = Path("/home/aki/.claude/projects/-home-aki-work")
    path = root / f"{name}.jsonl"
    return Session(
        source=source,
        session_id=name,
        title=title or f"Title of {name}",
        project=project,
        path=path,
        files=(SessionFile(path, path.name, root, size, 1, is_main=True, is_log=True),),
        messages=messages,
        model=None,
        tokens=Usage(),
        tokens_by_model={},
        started_at=None,
        updated_at=NOW - age,
        deleted_at=None if deleted_in is None else NOW + deleted_in,
        notes=notes,
    )
