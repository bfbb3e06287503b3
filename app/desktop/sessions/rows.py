"""One session as a row: what it is sorted and searched by is prepared once, what is shown is made when it is seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.desktop.searching import searchable

if TYPE_CHECKING:
    from app.archiving.plan import SessionState
    from app.sessions.model import Session

Identity = tuple[str, str]
"""A session's source and id."""

# What asks for something to be done comes first.
_STATE_ORDER: dict[SessionState, int] = {
    "failed": 0,
    "new": 1,
    "changed": 2,
    "uploading": 3,
    "queued": 4,
    "archived": 5,
}

ARCHIVABLE: frozenset[SessionState] = frozenset({"new", "changed", "failed"})
"""What archiving would do something about: the rest is archived or on its way."""


class Row:
    """A session in the table. The object stays the same for as long as the session is listed."""

    __slots__ = ("cells", "cells_of", "deleted", "folder", "search", "session", "size", "state", "updated")

    session: Session
    state: SessionState
    search: str
    """`searchable` title, project and path; it begins with the title, so that it sorts by title too."""
    folder: str
    """The project's last folder, as it is shown; empty without a project."""
    size: int
    updated: float
    """Seconds since 1970."""
    deleted: float
    """Seconds since 1970; infinity for never."""
    cells: tuple[str, ...]
    """What is shown, by column, as made at the moment `cells_of`."""
    cells_of: int

    def __init__(self, session: Session, state: SessionState) -> None:
        self.take(session, state)

    def take(self, session: Session, state: SessionState) -> None:
        """Another look at the same session."""
        self.session = session
        self.state = state
        self.search = searchable(session.title, session.project, str(session.path))
        self.folder = folder_name(session.project or "")
        self.size = session.size
        self.updated = session.updated_at.timestamp()
        self.deleted = math.inf if session.deleted_at is None else session.deleted_at.timestamp()
        self.forget_cells()

    def take_state(self, state: SessionState) -> None:
        """Another state."""
        self.state = state
        self.forget_cells()

    def forget_cells(self) -> None:
        """What is shown is made anew when it is seen."""
        self.cells = ()
        self.cells_of = -1


def state_key(row: Row) -> int:
    """The order of states: what asks for something to be done, what is on its way, what is done."""
    return _STATE_ORDER[row.state]


def folder_name(path: str) -> str:
    """The last folder of a path as some computer writes it."""
    if not path:
        return ""
    separator = "/" if "/" in path else "\\"
    return path.rstrip(separator).rpartition(separator)[2] or path
