"""Archived objects deleted, shown again and asked back from an archive class; and the receipts, which keep up with that.

Without the last, a session whose archive was deleted would go on being listed as archived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.errors import Cancelled, Conflict, NotArchived, NotFound, ObjectArchived, RemoteError, TooLarge
from app.transfer.object_marks import ObjectVersion, Return

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.archiving.archived_sessions import ArchivedSession
    from app.errors import ChatLogError
    from app.remote.history import HistoryEntry
    from app.remote.presign import PresignClient
    from app.remote.protocol import HeadReply, ObjectRequest, RestoreReply
    from app.transfer.object_marks import ObjectMarks

_OF_ONE_OBJECT = (Conflict, NotArchived, NotFound, ObjectArchived, TooLarge)
"""What says nothing of the next object."""

ARCHIVE_CLASSES = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""What S3 gives back only after it was asked to bring it out (Amazon S3 user guide, "Understanding archival storage")."""


@dataclass(frozen=True, slots=True)
class SessionsChanged:
    """How something went that was asked of whole sessions: those it was done to, and the others with what prevented it."""

    done: tuple[ArchivedSession, ...]
    failed: tuple[tuple[ArchivedSession, ChatLogError], ...]


class Lifetimes:
    """For one destination. Threads may share it; every method blocks. All raise RemoteError and what state.db does."""

    def __init__(self, presign: PresignClient, marks: ObjectMarks) -> None:
        self._presign = presign
        self._marks = marks

    # ---- objects ----------------------------------------------------------------------------------------

    def delete(self, s3_key: str) -> str:
        """Hide an object behind a delete marker; the marker's version id. Raises NotFound."""
        before = datetime.now(UTC)
        marker = self._presign.delete(s3_key)
        self._marks.follow([s3_key], {}, before)
        return marker

    def undelete(self, s3_key: str) -> str:
        """Put the newest version back on top; the new version's id. Raises NotFound, ObjectArchived, TooLarge."""
        version_id = self._presign.undelete(s3_key)
        self._marks.shown_again(s3_key, version_id)
        return version_id

    def ask_return(self, s3_key: str, version_id: str | None, *, days: int, tier: str) -> RestoreReply:
        """Ask for a readable copy for 1 to 14 days; `tier` is Standard or Bulk. Raises NotArchived, NotFound."""
        reply = self._presign.restore(s3_key, version_id, days=days, tier=tier)
        if version_id is not None and reply.state == "in-progress":
            self._marks.note_returns({ObjectVersion(s3_key, version_id): Return(reply.expected_by, None)})
        return reply

    # ---- sessions ---------------------------------------------------------------------------------------

    def delete_sessions(
        self, sessions: Iterable[ArchivedSession], cancelled: Callable[[], bool]
    ) -> SessionsChanged:
        """Hide all objects of each session. The main one goes first: what is half done counts as deleted."""

        def delete(session: ArchivedSession) -> None:
            for entry in session.files:
                if entry.deleted_at is None:
                    self.delete(entry.s3_key)

        return _each(sessions, delete, cancelled)

    def undelete_sessions(
        self, sessions: Iterable[ArchivedSession], cancelled: Callable[[], bool]
    ) -> SessionsChanged:
        """Show all objects of each session again. The main one comes last: what is half done counts as deleted."""

        def undelete(session: ArchivedSession) -> None:
            for entry in reversed(session.files):
                self.undelete(entry.s3_key)

        return _each(sessions, undelete, cancelled)

    def ask_for_sessions(
        self,
        sessions: Iterable[ArchivedSession],
        cancelled: Callable[[], bool],
        *,
        days: int,
        tier: str,
    ) -> SessionsChanged:
        """Ask for the return of what each session has in an archive class."""

        def ask(session: ArchivedSession) -> None:
            # One that S3 has moved there since the archive was listed is asked for all the same.
            for entry in in_archive_class(session) or (session.main,):
                self.ask_return(entry.s3_key, entry.version_id, days=days, tier=tier)
            # Those that are there already are told by S3 with the new day of their end.
            self.look_at(in_archive_class(session))

        return _each(sessions, ask, cancelled)

    # ---- keeping up -------------------------------------------------------------------------------------

    def follow(self, entries: Iterable[HistoryEntry], as_of: datetime) -> bool:
        """Take over what `History.latest` told, asked at `as_of`; whether sessions may have other states now."""
        hidden, shown = [], {}
        for entry in entries:
            if entry.deleted_at is not None:
                hidden.append(entry.s3_key)
            else:
                shown[entry.s3_key] = entry.version_id
        return self._marks.follow(hidden, shown, as_of)

    def returns(self) -> Mapping[ObjectVersion, Return]:
        """What was asked back, as far as is known. Asks nobody."""
        return self._marks.returns()

    def look_at_returns(self) -> Mapping[ObjectVersion, Return]:
        """What was asked back, as S3 has it now."""
        versions = list(self._marks.returns())
        if versions:
            self._ask(versions)
        return self._marks.returns()

    def look_at(self, entries: Sequence[HistoryEntry]) -> Mapping[ObjectVersion, Return]:
        """Ask S3 about some objects, whoever asked for their return."""
        self._ask([ObjectVersion(entry.s3_key, entry.version_id) for entry in entries])
        return self._marks.returns()

    def look(self, objects: Sequence[ObjectRequest]) -> list[HeadReply | RemoteError]:
        """How versions stand in S3, or the newest ones; what it says of their returns is kept."""
        heads = self._presign.head(list(objects))
        told = {
            ObjectVersion(asked.s3_key, head.version_id): _return_of(head)
            for asked, head in zip(objects, heads, strict=True)
            if not isinstance(head, RemoteError) and head.version_id is not None
        }
        self._marks.note_returns(told)
        return heads

    def _ask(self, versions: Sequence[ObjectVersion]) -> None:
        from app.remote.protocol import HeadReply, ObjectRequest  # noqa: PLC0415 - slow, and seldom needed

        heads = self._presign.head([ObjectRequest(*version) for version in versions])
        self._marks.note_returns(
            {
                version: _return_of(head)
                for version, head in zip(versions, heads, strict=True)
                if isinstance(head, HeadReply)
            }
        )


def in_archive_class(session: ArchivedSession) -> tuple[HistoryEntry, ...]:
    """The objects of a session that S3 gives back only when it was asked."""
    return tuple(entry for entry in session.files if entry.storage_class in ARCHIVE_CLASSES)


def return_of(session: ArchivedSession, returns: Mapping[ObjectVersion, Return]) -> Return | None:
    """How it stands with a session that lies in an archive class; None: not all of it was asked for, or not lately.

    `available_until` is told once all of it can be read.
    """
    found = [
        returns.get(ObjectVersion(entry.s3_key, entry.version_id)) for entry in in_archive_class(session)
    ]
    backs = [back for back in found if back is not None]
    if not backs or len(backs) < len(found):
        return None
    ends = [back.available_until for back in backs if back.available_until is not None]
    if ends and min(ends) <= datetime.now(UTC):
        return None
    expected = [back.expected_by for back in backs if back.available_until is None and back.expected_by]
    return Return(
        expected_by=max(expected, default=None),
        available_until=min(ends) if len(ends) == len(backs) else None,
    )


def is_coming(head: HeadReply) -> bool:
    """Whether S3 is bringing the object out of an archive class."""
    return isinstance(head.restore, dict) and head.restore.get("state") == "in-progress"


def _return_of(head: HeadReply) -> Return | None:
    if is_coming(head):
        return Return(None, None)
    restore = head.restore if isinstance(head.restore, dict) else {}
    if restore.get("state") != "restored":
        return None
    try:
        until = datetime.fromisoformat(str(restore.get("expiresAt")))
    except ValueError:
        return None
    return Return(None, until if until.tzinfo is not None else until.replace(tzinfo=UTC))


def _each(
    sessions: Iterable[ArchivedSession],
    act: Callable[[ArchivedSession], None],
    cancelled: Callable[[], bool],
) -> SessionsChanged:
    """One after another. What holds for all, a lost network say, is not tried again with each."""
    done: list[ArchivedSession] = []
    failed: list[tuple[ArchivedSession, ChatLogError]] = []
    general: RemoteError | None = None
    for session in sessions:
        if cancelled():
            raise Cancelled
        if general is not None:
            failed.append((session, general))
            continue
        try:
            act(session)
        except _OF_ONE_OBJECT as error:
            failed.append((session, error))
        except RemoteError as error:
            general = error
            failed.append((session, error))
        else:
            done.append(session)
    return SessionsChanged(tuple(done), tuple(failed))
