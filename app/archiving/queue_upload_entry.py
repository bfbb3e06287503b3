"""A session in the queue: the files to send, and what became of each."""

from __future__ import annotations

from collections import Counter, deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from app.archiving.queue_entry import NEVER, Entry, Stage
from app.archiving.queue_figures import NOTHING, Figures
from app.archiving.queue_rows import TransferRow
from app.transfer.schema import CONFIRMED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from app.archiving.plan import PlannedFile
    from app.archiving.queue_entry import Turn
    from app.archiving.queue_rows import Identity, RowState
    from app.errors import ChatLogError
    from app.sessions.model import Session
    from app.transfer.content import Content, Outcome
    from app.transfer.schema import Transfer
    from app.transfer.withdrawal import Withdrawal

Phase = Literal[
    "queued", "preparing", "prepared", "sending", "verifying", "waiting", "done", "unchanged", "failed"
]

_CONFIRMED = frozenset[Phase]({"done", "unchanged"})
_MOVING = frozenset[Phase]({"sending", "verifying"})


class FileProgress:
    """One file. `size` is original, `total` stored bytes; without `content` there is nothing to send it from (yet).

    `counts` tells whether it is part of what the row has to send; what S3 had before is not.
    """

    __slots__ = (
        "attempt",
        "content",
        "counts",
        "error",
        "phase",
        "retry_at",
        "s3_key",
        "sent",
        "size",
        "total",
        "version_id",
        "withdrawal",
    )

    def __init__(self, size: int, content: Content | None = None) -> None:
        self.size = size
        self.content = content
        self.counts = True
        self.phase: Phase = "queued"
        self.sent = 0
        self.total: int | None = None
        self.attempt = 1
        self.retry_at: float | None = None
        self.error: ChatLogError | None = None
        self.s3_key: str | None = None
        self.version_id: str | None = None
        self.withdrawal: Withdrawal | None = None

    @classmethod
    def settled(cls, entry: PlannedFile) -> FileProgress:
        """A file that lies in S3 as it lies on disk."""
        receipt = entry.receipt
        assert receipt is not None
        file = cls(entry.file.size)
        file.counts = False
        file.phase, file.total = "unchanged", receipt.stored_size
        file.s3_key, file.version_id = receipt.s3_key, receipt.version_id
        return file

    @classmethod
    def remembered(cls, transfer: Transfer) -> FileProgress:
        """A file as an earlier run left its transfer."""
        prepared = transfer.prepared
        file = cls(prepared.original_size if prepared is not None else 0)
        file.total = prepared.stored_size if prepared is not None else None
        if transfer.state in CONFIRMED:
            file.phase = "done" if transfer.state == "verified" else "unchanged"
            file.sent = file.total or 0
        file.s3_key, file.version_id = transfer.s3_key, transfer.version_id
        return file

    def finished(self, outcome: Outcome) -> None:
        """S3 has it."""
        self.phase = "done" if outcome.state == "archived" else "unchanged"
        if outcome.size is not None:
            self.size = outcome.size
        self.total = outcome.stored_size if outcome.stored_size is not None else self.total
        self.sent = self.total or 0
        self.error = None
        self.s3_key, self.version_id = outcome.s3_key, outcome.version_id

    def begin_again(self) -> None:
        """Nothing of it was confirmed; what was prepared may still be of use."""
        self.phase, self.sent, self.retry_at, self.error = "queued", 0, None, None

    def figures(self) -> Figures:
        """What it adds to its row's sums."""
        if not self.counts:
            return NOTHING
        if self.total is None:
            return Figures(unknown=self.size, left_unknown=self.size)
        confirmed = self.phase in _CONFIRMED
        sent = self.total if confirmed else self.sent
        return Figures(
            sent=sent,
            confirmed=self.total if confirmed else 0,
            known=self.total,
            packed_original=self.size,
            packed_stored=self.total,
            left_known=self.total - sent,
        )


class UploadEntry(Entry):
    """A session's row. The first file is the main one.

    `known` is the session as it was found on this computer, None where only its transfers are known of. `to_offer`
    are files whose turn has not come, `outstanding` counts those that are under way. With `look_again` the session is
    looked for before anything is done: it may have changed, or not be known at all.
    """

    def __init__(
        self, identity: Identity, row_id: str, position: int, session: Session | None = None
    ) -> None:
        super().__init__(row_id, identity[1], "", identity, position)
        self.identity = identity
        self.known: Session | None = None
        self.look_again = session is None
        self.files: list[FileProgress] = []
        self.to_offer: deque[FileProgress] = deque()
        self.outstanding = 0
        self.elsewhere_sends = False
        self._sum = NOTHING
        self._phases: Counter[Phase] = Counter()
        if session is not None:
            self.describe(session)

    def describe(self, session: Session) -> None:
        """The session it is about."""
        self.known = session
        self.title = session.title
        self.path = str(session.path)

    def forget_files(self) -> None:
        """What was sent of it is of the past."""
        self.take_files([])

    def to_withdraw(self) -> list[Withdrawal]:
        """The ways out of what is under way."""
        return [file.withdrawal for file in self.files if file.withdrawal is not None]

    def take_files(self, files: Sequence[FileProgress]) -> None:
        """These are the session's files from now on; those with a content are to be sent."""
        self.files = list(files)
        self.to_offer = deque(file for file in files if file.content is not None and file.phase == "queued")
        self.outstanding = 0
        self._sum, self._phases = NOTHING, Counter()
        for file in self.files:
            self._sum = self._sum.plus(file.figures())
            self._phases[file.phase] += 1

    @contextmanager
    def changing(self, file: FileProgress) -> Iterator[None]:
        """Inside the `with` one of the files may be changed; the sums follow."""
        self._phases[file.phase] -= 1
        self._sum = self._sum.minus(file.figures())
        yield
        self._phases[file.phase] += 1
        self._sum = self._sum.plus(file.figures())

    def first_error(self) -> ChatLogError | None:
        """Why the first failed file failed."""
        return next((file.error for file in self.files if file.phase == "failed"), None)

    def confirmed_state(self) -> RowState:
        """How it ended, once every file is confirmed."""
        return "done" if any(file.phase == "done" for file in self.files) else "unchanged"

    def state_of_work(self) -> RowState:
        """See Entry."""
        if self.stage is Stage.ELSEWHERE:
            return "sending" if self.elsewhere_sends else "queued"
        phases = self._phases
        still = sum(phases[phase] for phase in ("queued", "preparing", "prepared", "waiting"))
        if phases["sending"] or (phases["verifying"] and still):
            return "sending"
        if phases["verifying"]:
            return "verifying"
        if phases["waiting"]:
            return "waiting"
        if self.stage is Stage.RUNNING and phases["done"]:
            return "sending"  # between two of its files
        return "preparing" if phases["preparing"] else "queued"

    def figures_of_work(self) -> Figures:
        """See Entry."""
        return self._sum

    def make_row(self) -> TransferRow:
        """See Entry."""
        state = self.state
        main = self.files[0] if self.files else None
        waiting = self._waiting_file() if state == "waiting" else None
        moving = self.meter if state == "sending" else None
        total = self._sum.known if not self._sum.unknown and self.files else None
        stored = [file.total for file in self.files if file.total is not None]
        return TransferRow(
            id=self.id,
            kind="upload",
            state=state,
            title=self.title,
            source=self.identity[0],
            project=self.known.project if self.known is not None else None,
            path=self.path,
            session=self.identity,
            s3_key=main.s3_key if main is not None else None,
            files=len(self.files) or (len(self.known.files) if self.known is not None else 0),
            files_done=self._phases["done"] + self._phases["unchanged"],
            size=sum(file.size for file in self.files) if self.files else self._known_size(),
            stored_size=sum(stored) if self.files and len(stored) == len(self.files) else None,
            sent=self._sum.sent,
            total=total,
            speed=moving.speed() if moving is not None else None,
            seconds_left=moving.seconds_left(total - self._sum.sent)
            if moving is not None and total is not None
            else None,
            attempt=max((file.attempt for file in self.files), default=1),
            wait_seconds=self.seconds_until_retry(waiting.retry_at) if waiting is not None else 0.0,
            error=waiting.error if waiting is not None else self.error,
            verified=self.stage is Stage.ENDED and self.ended in {"done", "unchanged"},
            version_id=main.version_id if main is not None else None,
            updated_at=self.updated_at,
            stopping=self.stopping,
            elsewhere=self.stage is Stage.ELSEWHERE,
            deleted_at=self._deleted_at,
        )

    @property
    def turn(self) -> Turn:
        """What its tool deletes soonest goes first."""
        deleted_at = self._deleted_at
        return (NEVER if deleted_at is None else deleted_at.timestamp()), self.position

    @property
    def _deleted_at(self) -> datetime | None:
        return self.known.deleted_at if self.known is not None else None

    def _waiting_file(self) -> FileProgress | None:
        waiting = [file for file in self.files if file.phase == "waiting"]
        return min(waiting, key=lambda file: file.retry_at or 0.0, default=None)

    def _known_size(self) -> int:
        return self.known.size if self.known is not None else 0
