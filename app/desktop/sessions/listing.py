"""What the worker threads do for the list of sessions: read the index, plan, look at what was dropped."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from app.archiving.plan import SessionState
    from app.bootstrap import Services
    from app.desktop.sessions.rows import Identity
    from app.desktop.tasks import Task
    from app.sessions.index import InspectReport, ScanReport
    from app.sessions.model import Session
    from app.sessions.places import Place

Listed = tuple["Session", "SessionState"]


@dataclass(frozen=True, slots=True)
class Listing:
    """The sessions there are, the most recently used first, and those of them that no scan lists."""

    sessions: list[Listed]
    taken: Mapping[Identity, Session]
    seconds: float
    """How long it took."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found, where it looked, and how long it took in seconds."""

    report: ScanReport
    places: list[Place]
    seconds: float
    own_folders: tuple[Path, ...]
    """Where the program itself writes: changes there are no news."""


def scan(services: Services, task: Task[Scan]) -> Scan:
    """Bring the index up to date. Raises Cancelled, DiskFull, FolderNotWritable, SettingsCorrupt."""
    from app.sessions.index import ScanProgress  # noqa: PLC0415 - the index is loaded in the worker

    began = time.monotonic()
    task.report(ScanProgress(found=0, to_read=0, read=0, bytes_to_read=0, bytes_read=0))
    index = services.sessions
    report = index.scan(progress=task.report, cancelled=task.is_cancelled)
    places = index.places()
    own = (services.paths.data_folder, services.paths.cache_folder)
    return Scan(report, places, time.monotonic() - began, own)


def list_sessions(
    services: Services, known: Mapping[Identity, Session], taken: Mapping[Identity, Session]
) -> Listing:
    """Every session with its state. A session that is as it is `known` is the same object again.

    `taken` are the sessions that a person dropped: those that no scan lists are looked at again, and those that are
    gone are left out. Raises DiskFull, FolderNotWritable, StateDamaged, ConfigurationError.
    """
    began = time.monotonic()
    plan = services.plan()
    found = {session.identity: session for session in services.sessions.sessions()}
    dropped = [session for identity, session in taken.items() if identity not in found]
    apart: dict[Identity, Session] = {}
    if dropped:
        inspected = services.sessions.inspect([session.path for session in dropped])
        apart = {session.identity: session for session in inspected.sessions if session.identity in taken}
        found.update(apart)
    same = [_same(known.get(identity), session) for identity, session in found.items()]
    same.sort(key=lambda session: (session.updated_at, session.identity), reverse=True)
    for session in same:
        # A path makes its text once and keeps it: better here than in the window.
        str(session.path)
    listed = [(session, plan.of(session).state) for session in same]
    del found
    return Listing(listed, apart, time.monotonic() - began)


def _same(known: Session | None, session: Session) -> Session:
    """One object for one state of a session, so that the window sees at a glance what has changed."""
    return known if known is not None and known == session else session


def plan_again(services: Services, sessions: Iterable[Session]) -> dict[Identity, SessionState]:
    """The states of some sessions, asked anew. Raises StateDamaged, ConfigurationError."""
    plan = services.plan()
    return {session.identity: plan.of(session).state for session in sessions}


def inspect(services: Services, paths: Sequence[str], task: Task[InspectReport]) -> InspectReport:
    """The sessions behind files and folders. Raises Cancelled, DiskFull, FolderNotWritable."""
    from pathlib import Path  # noqa: PLC0415 - paths are made where they are used, in the worker

    return services.sessions.inspect([Path(path) for path in paths], cancelled=task.is_cancelled)
