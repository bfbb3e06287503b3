"""What waits to be sent, and which of it goes next: small and large share the senders.

one sender is kept from parts, which may take minutes each: what is small and comes in the meantime goes at once
while small and large both wait, each kind has half of the senders
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from app.remote.protocol import EXPIRES_IN_SECONDS
from app.transfer.crew import Crew

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from app.transfer.crew import Part, PartsUnderWay
    from app.transfer.job import Job

BATCH_ITEMS = 100
BATCH_BYTES = 64 * 1024 * 1024
"""A batch is what can be sent before its URLs die; so is what waits with a URL."""

SIGNED_AHEAD_SECONDS = EXPIRES_IN_SECONDS / 3
"""What is signed for is sent within that time, as fast as the line has been so far."""


class SendQueue:
    """Jobs to be sent, and parts of those that are being sent. `changed` guards it and is held by every caller but that
    of `crew`'s methods."""

    def __init__(self, changed: threading.Condition, senders: int) -> None:
        self._changed = changed
        self._senders = senders
        self._jobs: deque[Job] = deque()
        self.crew = Crew(changed)
        self._in_parts = 0
        self._helping = 0
        self._bytes_sent = 0
        self._begun_at: float | None = None
        self.bytes_in_parts = 0
        """Of the jobs in parts that have been begun."""

    def offer(self, jobs: Iterable[Job]) -> None:
        """These can be sent now."""
        self._jobs.extend(jobs)
        self._changed.notify_all()

    def take_out(self, wanted: Callable[[Job], bool]) -> list[Job]:
        """Those of the waiting that are wanted back."""
        found = [job for job in self._jobs if wanted(job)]
        for job in found:
            self._jobs.remove(job)
        return found

    def next(self) -> Job | tuple[PartsUnderWay, Part] | None:
        """A job to send or a part to help with, for a sender; None where there is nothing for it now.

        Of each, `ended` is called, or `helped`.
        """
        if self._senders == 1:
            return self._begin(next(iter(self._jobs), None))
        half, at_parts = self._senders // 2, self._in_parts + self._helping
        small = next((job for job in self._jobs if not job.in_parts), None)
        if small is not None and at_parts >= half:
            return self._begin(small)
        if at_parts < self._senders - 1:
            if self._in_parts < half and (large := next((it for it in self._jobs if it.in_parts), None)):
                return self._begin(large)
            if (help_wanted := self.crew.next()) is not None:
                self._helping += 1
                return help_wanted
        return self._begin(small)

    def ended(self, job: Job) -> None:
        """A job that was given out by `next` is not being sent any more."""
        if job.in_parts:
            self._in_parts -= 1
            self.bytes_in_parts -= job.prepared.stored_size
        self._changed.notify_all()

    def helped(self) -> None:
        """A part that was given out by `next` is not being sent any more."""
        self._helping -= 1
        self._changed.notify_all()

    def carried(self, job: Job) -> None:
        """S3 has all of a job's bytes, which shows what the line carries."""
        if not job.in_parts:
            self._bytes_sent += job.prepared.stored_size

    def wants_more(self, waiting: Iterable[Job]) -> bool:
        """Whether URLs for a full batch of what is `waiting` for them are to be asked for."""
        signed, most = self._signed(), self._batch_bytes()
        if len(signed) >= BATCH_ITEMS or _size(signed) >= most:
            return False
        batch = list(waiting)[:BATCH_ITEMS]
        return len(batch) == BATCH_ITEMS or _size(batch) >= most

    def take_batch(self, waiting: deque[Job]) -> list[Job]:
        """Take from the front of `waiting` what URLs are asked for next: at least one job, if there is any."""
        batch: list[Job] = []
        size, most = 0, self._batch_bytes()
        while waiting and len(batch) < BATCH_ITEMS and (not batch or size < most):
            batch.append(waiting.popleft())
            size += batch[-1].prepared.stored_size
        return batch

    def is_low(self) -> bool:
        """Whether senders will soon have nothing to do."""
        return len(self._signed()) < self._senders

    def rest(self) -> tuple[Job, ...]:
        """What was not begun."""
        return tuple(self._jobs)

    def _signed(self) -> list[Job]:
        """What waits to be sent whole, with a URL."""
        return [job for job in self._jobs if not job.in_parts]

    def _batch_bytes(self) -> float:
        """How much is sent before its URLs would die, as far as the line is known."""
        taken = time.monotonic() - self._begun_at if self._begun_at is not None else 0.0
        if not self._bytes_sent or not taken:
            return BATCH_BYTES
        return min(BATCH_BYTES, SIGNED_AHEAD_SECONDS * self._bytes_sent / taken)

    def _begin(self, job: Job | None) -> Job | None:
        if job is not None:
            self._jobs.remove(job)
            self._begun_at = self._begun_at or time.monotonic()
            if job.in_parts:
                self._in_parts += 1
                self.bytes_in_parts += job.prepared.stored_size
            self._changed.notify_all()
        return job


def _size(jobs: Iterable[Job]) -> int:
    return sum(job.prepared.stored_size for job in jobs)
