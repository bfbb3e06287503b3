"""The transfer queue of one set of services: opened behind the window by whoever needs it first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from app.desktop.transfers.standing_back import call_standing_back
from app.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.archiving.standby_watch import Standby, StandbyNews
    from app.archiving.transfer_queue import TransferQueue
    from app.bootstrap import Services


class OpenedQueue:
    """Another profile has another of these."""

    def __init__(self, heard: Callable[[], None]) -> None:
        """`heard` is called from a thread of the queue's when something changed."""
        self._heard = heard
        self._opening = threading.Lock()
        self._closed = False
        self._queue: TransferQueue | None = None
        self._standby: Standby | None = None

    @property
    def news(self) -> StandbyNews | None:
        """How the second archive stands in for the one in use; memory only."""
        return self._standby.news if self._standby is not None else None

    def retry_now(self) -> None:
        """Do not wait any longer, where the endpoint or the second archive could not be used; memory only."""
        if self._queue is not None:
            self._queue.retry_now()
        if self._standby is not None:
            self._standby.try_again()

    @property
    def queue(self) -> TransferQueue | None:
        """The queue once it is there, for what only touches its memory."""
        return self._queue

    def open(self, services: Services) -> TransferQueue:
        """The queue, started. Raises Cancelled after `close`, and what opening it raises; for worker threads."""
        with self._opening:
            if self._closed:
                raise Cancelled
            if self._queue is None:
                queue = services.transfer_queue
                queue.listen(self._heard)
                # From here on `close` can break off what `start` waits for.
                self._queue = queue
                call_standing_back(queue.start)
                self._standby = standby = services.standby
                queue.listen(standby.look_again)
                call_standing_back(lambda: standby.start(self._heard))
            return self._queue

    def close(self) -> None:
        """Stop the queue, keeping everything for the next start; returns when it has stopped. For worker threads."""
        self._closed = True
        self._stop()
        with self._opening:  # one that was being opened just then
            self._stop()

    def _stop(self) -> None:
        if self._standby is not None:
            self._standby.stop()
        if self._queue is not None:
            self._queue.stop()
