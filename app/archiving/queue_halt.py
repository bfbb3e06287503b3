"""Whether the endpoint can be used, as far as the queue has seen, and when it is tried again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app.archiving.queue_room import has_room
from app.errors import DiskFull

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.errors import ChatLogError

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 60.0


class Halt:
    """Used under the queue's lock. `clock` is monotonic.

    An error that trying again can mend is tried again after 5 s, growing to 60 s while nothing succeeds; a full disk is
    looked at as often. Every other one waits until somebody says that it is mended.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting = False
        self._retry_at: float | None = None
        self._tries = 0
        self._by_itself = False
        self.error: ChatLogError | None = None

    def failed(self, error: ChatLogError) -> None:
        """The endpoint as a whole could not be used. Of several at once the first counts."""
        if self._waiting:
            return
        self._waiting = True
        self.error = error
        self._retry_at = None
        if error.retryable or isinstance(error, DiskFull):
            self._retry_at = self._clock() + min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(self._tries, 16))
        self._tries += 1

    def succeeded(self) -> None:
        """Something worked."""
        self._waiting = False
        self._tries = 0
        self.error = None

    def try_now(self) -> None:
        """Do not wait any longer."""
        self._waiting = self._by_itself = False

    def may_try(self) -> bool:
        """Whether work may begin."""
        if self._waiting and self._retry_at is not None and self._clock() >= self._retry_at:
            self._waiting, self._by_itself = False, True
        return not self._waiting

    def full_disk(self) -> DiskFull | None:
        """What `expect_room` is to look at before anything is tried; None where somebody wants it tried."""
        return self.error if self._by_itself and isinstance(self.error, DiskFull) else None

    def seconds(self) -> float | None:
        """Until `may_try`; None where time alone does not help."""
        if not self._waiting:
            return 0.0
        return None if self._retry_at is None else max(0.0, self._retry_at - self._clock())

    def retry_in(self) -> float | None:
        """What QueueTotals.retry_in tells."""
        if self.error is None or (self._waiting and self._retry_at is None):
            return None
        return self.seconds()


def expect_room(full: DiskFull | None) -> None:
    """Raise the like while the disk is as full; without the queue's lock, since disks may be slow to answer."""
    if full is not None and not has_room(full):
        raise DiskFull(**full.parameters)
