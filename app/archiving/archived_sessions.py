"""What S3 holds, by session: one log and its companions are one thing to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.archiving.recognition import is_known_tool, main_path
from app.sessions.text import one_line, path_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from app.remote.history import HistoryEntry

Identity = tuple[str, str]
"""(tool, sessionId)."""


@dataclass(frozen=True, slots=True)
class ArchivedSession:
    """A session's objects, each in its newest version. Sizes in bytes.

    Words come from logs and other computers' index lines: they are made fit to be shown. `title` is the main
    object's file name where no index line has one (`titled` false). `project` is the full first working folder,
    `machine` the name of the computer that archived it last. `identity` is None for an object that no session is
    known of: it stands for itself. `archived_at` is the newest object's time. With `deleted_at` markers hide the
    session; its versions are still there.
    """

    identity: Identity | None
    title: str
    titled: bool
    project: str | None
    machine: str | None
    main: HistoryEntry
    companions: tuple[HistoryEntry, ...]
    archived_at: datetime
    stored_size: int

    @property
    def key(self) -> str:
        """What tells this session from every other one of the archive."""
        return "\n".join(self.identity) if self.identity is not None else self.main.s3_key

    @property
    def files(self) -> tuple[HistoryEntry, ...]:
        """The main object first."""
        return (self.main, *self.companions)

    @property
    def source(self) -> str | None:
        """The tool that wrote it."""
        return self.main.source

    @property
    def storage_class(self) -> str | None:
        """The main object's."""
        return self.main.storage_class

    @property
    def deleted_at(self) -> datetime | None:
        """When it was deleted; None: it was not."""
        return self.main.deleted_at

    @property
    def original_size(self) -> int | None:
        """Of all its files, before compression; None where that is not known of each."""
        sizes = [file.original_size for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)


def by_session(entries: Iterable[HistoryEntry]) -> list[ArchivedSession]:
    """Sessions out of what `History.latest` tells; the one archived last first."""
    groups: dict[Identity, list[HistoryEntry]] = {}
    sessions = []
    for entry in entries:
        if entry.session_id is None or entry.source is None:
            sessions.append(_session(None, entry, ()))
        else:
            groups.setdefault((entry.source, entry.session_id), []).append(entry)
    sessions.extend(_grouped(identity, group) for identity, group in groups.items())
    sessions.sort(key=lambda session: (session.archived_at, session.main.s3_key), reverse=True)
    return sessions


def _grouped(identity: Identity, group: Sequence[HistoryEntry]) -> ArchivedSession:
    main = group[0] if len(group) == 1 else min(group, key=lambda entry: _rank(identity, entry))
    companions = [
        entry
        for entry in group
        # What was deleted of a session that is there is no part of it.
        if entry is not main and (main.deleted_at is not None or entry.deleted_at is None)
    ]
    companions.sort(key=lambda entry: (entry.relative_path or "", entry.s3_key))
    return _session(identity, main, tuple(companions))


def _rank(identity: Identity, entry: HistoryEntry) -> tuple[bool, bool, bool, int, str]:
    """The least is the main object: what a line says, else what the key tells, else the log that tells the most."""
    known = is_known_tool(identity[0]) and not entry.is_main and entry.title is None
    recognised = known and main_path(*identity, entry.s3_key) is not None
    is_main = entry.is_main or recognised
    return (
        not is_main,
        entry.deleted_at is not None,
        "agent-" in entry.s3_key,
        len(entry.s3_key),
        entry.s3_key,
    )


def _session(
    identity: Identity | None, main: HistoryEntry, companions: tuple[HistoryEntry, ...]
) -> ArchivedSession:
    files = (main, *companions)
    titled = next((file for file in files if file.title is not None), main)
    return ArchivedSession(
        identity=identity,
        title=one_line(titled.title or "") or one_line(main.file_name) or main.s3_key,
        titled=titled.title is not None,
        project=path_text(titled.project) or None if titled.project else None,
        machine=one_line(titled.host) or None if titled.host else None,
        main=main,
        companions=companions,
        archived_at=max(file.last_modified for file in files),
        stored_size=sum(file.size for file in files),
    )
