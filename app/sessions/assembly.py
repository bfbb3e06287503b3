"""A session out of what was found and what was read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.sessions.facts import Facts, moment
from app.sessions.model import Session, SessionFile, Usage

if TYPE_CHECKING:
    from app.sessions.found import FoundSession
    from app.sessions.sources import Expiry


def assemble(
    source: str, found: FoundSession, facts: Facts, expiry: Expiry, roots: dict[str, Path]
) -> Session:
    """The session. `updated_at` is the log's last time, or the main file's modification where it tells none.

    `roots` keeps the few roots' paths between calls: making a path costs more than all the rest.
    """
    main = found.main
    path = Path(main.path)
    root = roots.get(found.root)
    if root is None:
        root = roots[found.root] = Path(found.root)
    usage = facts.usage_by_model()
    return Session(
        source=source,
        session_id=found.session_id,
        title=facts.title,
        project=facts.project,
        path=path,
        files=tuple(
            SessionFile(
                path=path if file is main else Path(file.path),
                relative_path=file.relative_path,
                root=root,
                size=file.stamp.size,
                mtime_ns=file.stamp.mtime_ns,
                is_main=file is main,
                is_log=file.is_log,
            )
            for file in found.files
        ),
        messages=facts.messages,
        model=facts.model,
        tokens=sum(usage.values(), Usage()),
        tokens_by_model=usage,
        started_at=None if facts.started is None else moment(facts.started),
        updated_at=moment(main.stamp.mtime_ns // 1000 if facts.updated is None else facts.updated),
        deleted_at=expiry(main.stamp.mtime_ns),
        notes=(*found.notes, *facts.notes),
    )
