"""Which sessions are new, changed or archived, for one destination: what is on disk beside what S3 has confirmed.

Nothing is read but sizes and times: a file that has both as its receipt says need not be opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.transfer.content import ContentKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from app.sessions.model import Session, SessionFile
    from app.transfer.schema import Receipt, Transfer

SessionState = Literal["new", "archived", "changed", "queued", "uploading", "failed"]

NEEDS_ARCHIVING: frozenset[SessionState] = frozenset({"new", "changed", "queued", "uploading", "failed"})


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of a session and what is known of it in S3."""

    key: ContentKey
    file: SessionFile
    receipt: Receipt | None
    hidden: bool = False
    """Whether what S3 holds of it was deleted: a marker hides it."""

    @property
    def settled(self) -> bool:
        """Whether S3 holds the file as it lies on disk, be it hidden: what was deleted is not sent again unasked."""
        receipt = self.receipt
        return receipt is not None and (receipt.size, receipt.mtime_ns) == (
            self.file.size,
            self.file.mtime_ns,
        )


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session with its state. It is archived when its main file and every companion are."""

    session: Session
    files: tuple[PlannedFile, ...]
    state: SessionState
    receipts: Mapping[str, Receipt]
    """By relative path, of every file ever archived with the session: companions may be gone from disk since."""

    @property
    def settled(self) -> bool:
        """Whether there is nothing to send."""
        return all(file.settled for file in self.files)


class Plan:
    """Receipts and transfers of one destination, at one moment."""

    def __init__(
        self,
        receipts: Mapping[ContentKey, Receipt],
        transfers: Iterable[Transfer],
        hidden: Collection[tuple[str, str]] = frozenset(),
    ) -> None:
        """`hidden`: the versions (s3Key, versionId) that were deleted."""
        self._hidden = hidden
        self._receipts = receipts
        self._by_session: dict[tuple[str, str], dict[str, Receipt]] = {}
        for key, receipt in receipts.items():
            same_session = self._by_session.setdefault((key.source, key.session_id), {})
            same_session[key.relative_path] = receipt
        self._transfers = {transfer.key: transfer for transfer in transfers}

    def of(self, session: Session) -> PlannedSession:
        """The session's state and, per file, its receipt."""
        files = tuple(self._file(session, file) for file in session.files)
        receipts = self._by_session.get(session.identity, {})
        return PlannedSession(session, files, self._state(files), receipts)

    def _file(self, session: Session, file: SessionFile) -> PlannedFile:
        key = ContentKey(session.source, session.session_id, file.relative_path)
        receipt = self._receipts.get(key)
        hidden = receipt is not None and (receipt.s3_key, receipt.version_id) in self._hidden
        return PlannedFile(key, file, receipt, hidden)

    def _state(self, files: tuple[PlannedFile, ...]) -> SessionState:
        open_files = [file for file in files if file.hidden or not file.settled]
        if not open_files:
            return "archived"
        transfers = [self._transfers[file.key] for file in open_files if file.key in self._transfers]
        if any(transfer.held for transfer in transfers):
            return "uploading"
        if any(transfer.state == "failed" for transfer in transfers):
            return "failed"
        if any(transfer.state in {"queued", "prepared", "sending", "paused"} for transfer in transfers):
            return "queued"
        return "new" if all(file.hidden or file.receipt is None for file in files) else "changed"
