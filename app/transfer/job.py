"""One content on its way through the uploader."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.errors import Cancelled, ChatLogError
from app.remote.protocol import EXPIRES_IN_SECONDS, UploadRequest
from app.transfer.content import Outcome, OutcomeState, TransferEvent
from app.transfer.objects import Freshness
from app.transfer.retry import Budget
from app.transfer.schema import Receipt

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from app.remote.protocol import UploadGrant
    from app.transfer.content import Content, Events, EventState, Prepared
    from app.transfer.schema import Transfer
    from app.transfer.withdrawal import Withdrawal

EVENT_SECONDS = 0.1
"""Between two tellings of one transfer's progress."""


@dataclass(slots=True, eq=False)
class Job:
    """A claimed transfer with its prepared bytes. Handed from thread to thread, never shared.

    `s3_key` is the object's key where it is known; `if_absent` asks S3 to refuse when something is there already.
    `maybe_sent`: bytes of an earlier attempt may be in S3; `look_first`: that is still to be asked. `refused`: what the
    endpoint answered instead of a URL. `given_back`: it was withdrawn while its URL was asked for. `failed_at` is when
    the attempt before failed (monotonic). `in_parts`: it is too large for one PUT. `budget` is
    what all its attempts and parts may wait together.
    """

    content: Content
    withdrawal: Withdrawal
    transfer: Transfer
    prepared: Prepared
    spool_file: Path
    s3_key: str | None
    if_absent: bool
    look_first: bool
    maybe_sent: bool
    in_parts: bool = False
    grant: UploadGrant | None = None
    fresh: Freshness | None = None
    refused: ChatLogError | None = None
    given_back: bool = False
    failed_at: float | None = None
    attempt: int = 1
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        self.budget.grow(self.prepared.stored_size)

    def request(self) -> UploadRequest:
        """What is asked of the endpoint."""
        return UploadRequest(
            file_name=self.content.file_name,
            content_type=self.prepared.content_type,
            size=self.prepared.stored_size,
            sha256=self.prepared.stored_sha256,
            kind=self.content.kind,
            session_date=self.content.session_date,
            s3_key=self.s3_key,
            if_absent=self.if_absent,
            metadata=self.prepared.metadata,
        )

    def granted(self, grant: UploadGrant) -> None:
        """The URL to use from now on."""
        self.grant = grant
        self.s3_key = grant.s3_key
        self.fresh = Freshness(EXPIRES_IN_SECONDS)

    def make_receipt(
        self, version_id: str, *, stored_size: int | None = None, stored_sha256: bytes | None = None
    ) -> Receipt:
        """What is kept once S3 has confirmed. The stored size and hash are ours unless another computer's are told."""
        prepared = self.prepared
        assert self.s3_key is not None
        return Receipt(
            path=str(self.content.path),
            size=prepared.original_size if prepared.file_size is None else prepared.file_size,
            mtime_ns=prepared.mtime_ns,
            sha256=prepared.original_sha256,
            original_size=prepared.original_size,
            stored_size=prepared.stored_size if stored_size is None else stored_size,
            stored_sha256=prepared.stored_sha256 if stored_sha256 is None else stored_sha256,
            s3_key=self.s3_key,
            version_id=version_id,
            archived_at=datetime.now(UTC),
            redaction=self.content.redaction,
            compressed=prepared.stored_sha256.hex() != prepared.original_sha256,
        )


def outcome_of(content: Content, state: OutcomeState, receipt: Receipt) -> Outcome:
    """The outcome that a receipt stands for."""
    return Outcome(
        key=content.key,
        state=state,
        s3_key=receipt.s3_key,
        version_id=receipt.version_id,
        size=receipt.original_size,
        stored_size=receipt.stored_size,
        sha256=receipt.sha256,
    )


def failure_of(content: Content, error: ChatLogError, *, kept: bool = False) -> Outcome:
    """The outcome of a content that could not be archived; what was stopped is always kept."""
    return Outcome(key=content.key, state="failed", error=error, kept=kept or isinstance(error, Cancelled))


class Teller:
    """Tells the events of one transfer. A callback that raises is a bug of its own and reaches the uploader's caller."""

    def __init__(self, content: Content, events: Events | None) -> None:
        self._key = content.key
        self._events = events

    def tell(
        self,
        state: EventState,
        *,
        sent: int = 0,
        total: int = 0,
        attempt: int = 1,
        wait_seconds: float = 0.0,
        error: BaseException | None = None,
    ) -> None:
        """Call the callback, if there is one."""
        if self._events is None:
            return
        known = error if isinstance(error, ChatLogError) else None
        self._events(TransferEvent(self._key, state, sent, total, attempt, wait_seconds, known))


class ProgressFile:
    """A spool file that tells how much of it was read, and when all of it was, and stops when asked to."""

    def __init__(
        self,
        file: BinaryIO,
        total: int,
        tell: Callable[[int], None],
        stopped: threading.Event,
        all_sent: Callable[[], None] | None = None,
    ) -> None:
        self._file = file
        self._total = total
        self._tell = tell
        self._stopped = stopped
        self._all_sent = all_sent
        self._sent = 0
        self._told = time.monotonic()

    def __len__(self) -> int:
        return self._total

    def read(self, count: int = -1) -> bytes:
        """The next block; what was handed out before counts as sent. Raises Cancelled."""
        if self._stopped.is_set():
            raise Cancelled
        now = time.monotonic()
        if now - self._told >= EVENT_SECONDS:
            self._told = now
            self._tell(self._sent)
        block = self._file.read(count)
        self._sent += len(block)
        if not block and self._all_sent is not None:
            self._all_sent()
        return block


def remove_spool(spool_file: Path) -> None:
    """Remove a spool file that is no longer needed; one that cannot be removed is a leftover for the next start."""
    with suppress(OSError):
        spool_file.unlink()
