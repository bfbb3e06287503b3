"""What the Archive page asks the services, in worker threads. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.desktop.searching import searchable
from app.desktop.sessions.rows import folder_name
from app.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.archiving.archived_sessions import ArchivedSession
    from app.bootstrap import Services
    from app.remote.history import HistoryEntry
    from app.remote.protocol import HeadReply, StoredVersion
    from app.transfer.object_marks import ObjectVersion, Return

_DIGITS = 20
"""Of a number beyond 64 bits."""


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """A session of the archive with what the table needs ready: the words it is searched by, the project's last folder."""

    session: ArchivedSession
    searched: str
    folder: str
    returning: Return | None = None
    """How it stands with its return from an archive class, if it was asked for."""

    @property
    def key(self) -> str:
        """The session's."""
        return self.session.key


@dataclass(frozen=True, slots=True)
class Listing:
    """What S3 held at one moment. `sessions` counts those that are not deleted, `stored_size` their bytes.

    `states_changed`: something was deleted or shown again elsewhere, so that sessions of this computer have other states.
    """

    rows: tuple[ArchiveRow, ...]
    entries: tuple[HistoryEntry, ...]
    as_of: datetime
    this_computer_only: bool
    sessions: int
    stored_size: int
    states_changed: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is asked about one session when it is looked at: its main object as S3 has it, and that object's versions
    and delete markers, newest first."""

    head: HeadReply
    versions: tuple[StoredVersion, ...]
    sha256: str | None
    """Of the main file as it was archived, hex; None where nothing was noted."""
    original_size: int | None
    """Bytes of the main file before compression; None where nothing was noted."""
    returning: Return | None = None
    """How it stands with the return of all its files from an archive class."""


def known_listing(services: Services) -> Listing | None:
    """The archive as it was when it was last asked; None where that is not known. Asks nobody."""
    known = services.history_cache.read()
    if known is None:
        return None
    return _listing(services, known.entries, known.as_of, {}, services.known_returns())


def load_listing(
    services: Services, earlier: Listing | None, progress: Callable[[int], None] | None = None
) -> Listing:
    """The archive as it is now, and kept for when it cannot be asked. Raises as `Services.connection` does."""
    from app.remote.history_cache import KnownHistory  # noqa: PLC0415 - slow, and not needed for the first window

    as_of = datetime.now(UTC)
    rows = {row.key: row for row in earlier.rows} if earlier is not None else {}
    if _is_unused_sandbox(services):
        return _listing(services, (), as_of, rows, {})
    known = earlier.entries if earlier is not None else ()
    entries = tuple(services.history.latest(known, progress=progress))
    # What prevents this is no reason to show nothing: the next start shows less until it has asked.
    services.history_cache.write(KnownHistory(as_of, entries))
    states_changed = services.lifetimes.follow(entries, as_of)
    returns = services.lifetimes.look_at_returns()
    return _listing(services, entries, as_of, rows, returns, states_changed=states_changed)


def load_facts(services: Services, session: ArchivedSession) -> Facts:
    """What S3 says of a session's main object. Raises RemoteError (NotFound, …), and as `Services.connection` does."""
    from app.archiving.lifetimes import in_archive_class, is_coming, return_of  # noqa: PLC0415 - as above
    from app.remote.protocol import ObjectRequest  # noqa: PLC0415 - as above
    from app.transfer.object_marks import Return  # noqa: PLC0415 - as above
    from app.transfer.s3_replies import original_hash  # noqa: PLC0415 - as above

    presign = services.connection.presign
    main = session.main
    head = presign.head([ObjectRequest(main.s3_key, main.version_id)])[0]
    if isinstance(head, RemoteError):
        raise head
    versions = sorted(
        presign.versions(main.s3_key),
        key=lambda version: (version.is_latest, version.last_modified),
        reverse=True,
    )
    cold = in_archive_class(session)
    if cold:
        returning = return_of(session, services.lifetimes.look_at(cold))
    else:
        # Of the archive tiers of INTELLIGENT_TIERING S3 tells here only that it is bringing something out of one.
        returning = Return(None, None) if is_coming(head) else None
    size = head.metadata.get("original-size", "")
    return Facts(
        head,
        tuple(versions),
        sha256=original_hash(head.metadata),
        original_size=int(size) if size.isascii() and size.isdecimal() and len(size) < _DIGITS else None,
        returning=returning,
    )


def _listing(
    services: Services,
    entries: Iterable[HistoryEntry],
    as_of: datetime,
    earlier: Mapping[str, ArchiveRow],
    returns: Mapping[ObjectVersion, Return],
    *,
    states_changed: bool = False,
) -> Listing:
    from app.archiving.archived_sessions import by_session  # noqa: PLC0415 - as above

    kept = tuple(entries)
    rows = tuple(_row(session, earlier.get(session.key), returns) for session in by_session(kept))
    there = [row.session for row in rows if row.session.deleted_at is None]
    return Listing(
        rows=rows,
        entries=kept,
        as_of=as_of,
        this_computer_only=services.this_computer_only,
        sessions=len(there),
        stored_size=sum(session.stored_size for session in there),
        states_changed=states_changed,
    )


def _row(
    session: ArchivedSession, earlier: ArchiveRow | None, returns: Mapping[ObjectVersion, Return]
) -> ArchiveRow:
    from app.archiving.lifetimes import return_of  # noqa: PLC0415 - as above

    returning = return_of(session, returns) if returns else None
    if earlier is not None and earlier.session == session:
        return earlier if earlier.returning == returning else replace(earlier, returning=returning)
    searched = searchable(
        session.title,
        session.project,
        session.machine,
        session.main.s3_key,
        (session.identity or ("", ""))[1],
    )
    return ArchiveRow(session, searched, folder_name(session.project or ""), returning)


def _is_unused_sandbox(services: Services) -> bool:
    """Nothing was ever archived to it: it need not be started to say so."""
    from app.account.profiles import SANDBOX  # noqa: PLC0415 - as above

    return services.profile.kind == SANDBOX and services.profile.storage is None
