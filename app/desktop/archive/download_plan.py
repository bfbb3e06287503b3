"""Which objects a download brings, and into which folders. For worker threads; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.archiving.archived_sessions import ArchivedSession
    from app.remote.history import HistoryEntry
    from app.remote.protocol import StoredVersion

_ID_LENGTH = 8
"""Characters of a session's id that tell two sessions of one title apart."""

_DEEPEST = 6
"""Folders below a session's own: no tool has more."""


@dataclass(frozen=True, slots=True)
class PlannedDownload:
    """One object to be brought. `size` is stored bytes, as the archive lists them."""

    s3_key: str
    folder: Path
    title: str
    size: int
    version_id: str | None
    session: tuple[str, str] | None


def downloads_of(sessions: Sequence[ArchivedSession], folder: Path) -> list[PlannedDownload]:
    """Every file of some sessions, into `folder`; a session of several files gets a folder of its own in it.

    Its files lie there as the tool had them. Nothing is created.
    """
    taken: set[Path] = set()
    planned = []
    for session in sessions:
        own = folder
        if session.companions:
            own = _own_folder(session, folder, taken)
            taken.add(own)
        planned += [_planned(session, entry, own) for entry in session.files]
    return planned


def download_of(session: ArchivedSession, version: StoredVersion, folder: Path) -> PlannedDownload:
    """One version of a session's log."""
    return PlannedDownload(
        session.main.s3_key, folder, session.title, version.size or 0, version.version_id, session.identity
    )


def _own_folder(session: ArchivedSession, folder: Path, taken: set[Path]) -> Path:
    """Named after the session. One that another session has, by then or in this download, is left to it."""
    from app.transfer.file_names import safe_name, with_mark  # noqa: PLC0415 - in a worker thread

    name = safe_name(session.title, "session")
    own = folder / name
    main = PurePosixPath(session.main.relative_path or "").name
    if own not in taken and (not own.exists() or (main and (own / safe_name(main)).exists())):
        return own
    identity = session.identity[1] if session.identity is not None else session.main.s3_key
    return folder / with_mark(name, safe_name(identity)[:_ID_LENGTH])


def _planned(session: ArchivedSession, entry: HistoryEntry, folder: Path) -> PlannedDownload:
    title = session.title
    if entry is not session.main:
        name = PurePosixPath(entry.relative_path or entry.file_name).name
        title = f"{title} · {name}"
    return PlannedDownload(
        s3_key=entry.s3_key,
        folder=_place(entry, folder) if session.companions else folder,
        title=title,
        size=entry.size,
        # The newest, whatever it is by then; what a marker hides must be named.
        version_id=entry.version_id if entry.deleted_at is not None else None,
        session=session.identity,
    )


def _place(entry: HistoryEntry, folder: Path) -> Path:
    """The folder of a file as the tool had it, inside `folder` whatever the index line says."""
    from app.transfer.file_names import safe_name  # noqa: PLC0415 - as above

    above = PurePosixPath(entry.relative_path or "").parts[:-1]
    return folder.joinpath(*(safe_name(part, "folder") for part in above[:_DEEPEST]))
