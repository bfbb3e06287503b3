"""Archiving sessions: what has not changed costs nothing, the rest is sent, and the session index follows.

A session is archived when its main file and every companion are. One failing file fails its session, not the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from app.archiving.content import SessionContent
from app.transfer.content import ContentKey, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from app.archiving.index_writer import IndexUpdate, IndexWriter
    from app.archiving.plan import Plan, PlannedFile, PlannedSession
    from app.errors import ChatLogError
    from app.sessions.model import Session, SessionFile
    from app.transfer.content import Content, OutcomeState

    Upload = Callable[[Iterable[Content]], Iterator[Outcome]]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """How it ended for one file."""

    file: SessionFile
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class SessionOutcome:
    """How it ended for one session. The first file is the main one."""

    session: Session
    files: tuple[FileOutcome, ...]

    @property
    def state(self) -> OutcomeState:
        """`failed` if a file failed, `archived` if a file was sent, else `unchanged`."""
        states = {entry.outcome.state for entry in self.files}
        if "failed" in states:
            return "failed"
        return "archived" if "archived" in states else "unchanged"

    @property
    def error(self) -> ChatLogError | None:
        """The first file's error."""
        return next((entry.outcome.error for entry in self.files if entry.outcome.error is not None), None)


class Archiver:
    """Archives sessions to one destination."""

    def __init__(
        self,
        read_plan: Callable[[], Plan],
        upload: Upload,
        index_writer: IndexWriter,
        *,
        compress: bool,
        vanished: Callable[[Collection[ContentKey]], Sequence[Content]] = lambda _: (),
    ) -> None:
        """`read_plan` tells what is archived now; `upload` is `Uploader.run`.

        `vanished` tells of bytes that wait in the spool, beside given contents, and whose file is gone.
        """
        self._read_plan = read_plan
        self._upload = upload
        self._index_writer = index_writer
        self._compress = compress
        self._vanished = vanished

    def archive(self, sessions: Sequence[Session]) -> Iterator[SessionOutcome]:
        """Send what is not archived as it is now; each session is told of as soon as it is settled.

        Session-level errors are values; what ends the whole run (no sign-in, a full disk for state.db) is raised.
        """
        plan = self.plan()
        open_sessions: list[PlannedSession] = []
        for session in sessions:
            planned = plan.of(session)
            if planned.settled:
                yield _settled(planned)
            else:
                open_sessions.append(planned)
        if not open_sessions:
            return  # the endpoint is not even looked for
        gathering = {planned.session.identity: _Gathering(planned) for planned in open_sessions}
        contents = (
            self.content(planned.session, entry)
            for planned in open_sessions
            for entry in planned.files
            if not entry.settled
        )
        for outcome in self._upload(contents):
            whole = gathering[outcome.key.source, outcome.key.session_id].add(outcome)
            if whole is not None:
                yield whole

    def rescue(self, sessions: Sequence[Session]) -> Iterator[tuple[Path, Outcome]]:
        """Archive what an interrupted run left in the spool and whose file a tool has deleted since.

        `sessions` are those that are on this computer: their files are `archive`'s business.
        """
        present = {
            ContentKey(session.source, session.session_id, file.relative_path)
            for session in sessions
            for file in session.files
        }
        contents = {content.key: content for content in self._vanished(present)}
        if contents:
            for outcome in self._upload(contents.values()):
                yield contents[outcome.key].path, outcome

    def update_index(self, sessions: Sequence[Session]) -> IndexUpdate:
        """Write the session index's lines of those sessions that are archived whole and not in it as they are now."""
        plan = self.plan()
        return self._index_writer.update(plan.of(session) for session in sessions)

    def without_line(self, identities: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those sessions (source, session id) that this home has not written to the session index yet."""
        return self._index_writer.lacking(identities)

    def plan(self) -> Plan:
        """What is archived and what is not, as of now."""
        return self._read_plan()

    def content(self, session: Session, entry: PlannedFile) -> Content:
        """What is sent of a file; a later version is stored as the first was."""
        date = session.started_at.astimezone(UTC).date() if session.started_at is not None else None
        compress = self._compress if entry.receipt is None else entry.receipt.compressed
        return SessionContent(session, entry.file, compress=compress, session_date=date)


class _Gathering:
    """A session's outcomes as they come in, file by file."""

    def __init__(self, planned: PlannedSession) -> None:
        self._planned = planned
        self._outcomes: dict[ContentKey, Outcome] = {
            entry.key: _from_receipt(entry) for entry in planned.files if entry.settled
        }

    def add(self, outcome: Outcome) -> SessionOutcome | None:
        self._outcomes[outcome.key] = outcome
        if len(self._outcomes) < len(self._planned.files):
            return None
        files = tuple(FileOutcome(entry.file, self._outcomes[entry.key]) for entry in self._planned.files)
        return SessionOutcome(self._planned.session, files)


def _settled(planned: PlannedSession) -> SessionOutcome:
    return SessionOutcome(
        planned.session, tuple(FileOutcome(entry.file, _from_receipt(entry)) for entry in planned.files)
    )


def _from_receipt(entry: PlannedFile) -> Outcome:
    receipt = entry.receipt
    assert receipt is not None
    return Outcome(
        key=entry.key,
        state="unchanged",
        s3_key=receipt.s3_key,
        version_id=receipt.version_id,
        size=receipt.original_size,
        stored_size=receipt.stored_size,
        sha256=receipt.sha256,
    )
