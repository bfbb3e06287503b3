"""How fast bodies may go: one bucket for all connections in one direction, changed while they run."""

from __future__ import annotations

import io
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from app.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class _Readable(Protocol):
        def read(self, count: int = -1, /) -> bytes: ...


CANCEL_SECONDS = 0.1
"""How soon whoever waits for its turn notices that it is not wanted any more."""

TURNS_PER_SECOND = 32
SMALLEST_BLOCK = 256
"""Bytes. A connection's turn comes soon enough for no server to take it for dead, with 32 at the lowest limit too:
S3 ends one that is silent for some twenty seconds (RequestTimeout)."""

BURST_SECONDS = 0.1
"""What may be caught up after a pause."""


class Bandwidth:
    """A token bucket. Threads share it; whoever asks first is served first.

    `limit` in bytes per second, None for none. It may be changed at any moment: those that wait go by the new one.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._changed = threading.Condition()
        self._limit = limit
        self._allowed = 0.0
        """Bytes that the limit has allowed up to `_at`, since the beginning."""
        self._asked = 0
        """Bytes that were asked for, since the beginning."""
        self._at = time.monotonic()

    @property
    def limit(self) -> int | None:
        """Bytes per second."""
        return self._limit

    @limit.setter
    def limit(self, limit: int | None) -> None:
        with self._changed:
            if self._limit is None:
                # What went without a limit is not owed.
                self._allowed, self._at = float(self._asked), time.monotonic()
            self._catch_up()
            self._limit = limit
            self._changed.notify_all()

    def block(self, most: int) -> int:
        """How many bytes to read or send at once, where without a limit it would be `most`."""
        limit = self._limit
        return most if limit is None else min(most, max(SMALLEST_BLOCK, limit // TURNS_PER_SECOND))

    def take(self, count: int, cancelled: Callable[[], bool]) -> None:
        """Wait until `count` bytes more may go. Raises Cancelled soon after `cancelled` says so."""
        if self.limit is None:
            return
        with self._changed:
            self._catch_up()
            self._asked += count
            mine = self._asked
            while (limit := self._limit) is not None and self._allowed < mine:
                if cancelled():
                    raise Cancelled
                self._changed.wait(min(CANCEL_SECONDS, (mine - self._allowed) / limit))
                self._catch_up()

    def _catch_up(self) -> None:
        now = time.monotonic()
        if self._limit is not None:
            most = self._asked + self._limit * BURST_SECONDS
            self._allowed = min(most, self._allowed + (now - self._at) * self._limit)
        self._at = now


class Bandwidths(NamedTuple):
    """Both directions."""

    uploads: Bandwidth
    downloads: Bandwidth


class LimitedBody:
    """A request's body that is read no faster than a limit allows."""

    def __init__(
        self, body: bytes | _Readable, size: int, bandwidth: Bandwidth, cancelled: Callable[[], bool]
    ) -> None:
        self._body = io.BytesIO(body) if isinstance(body, bytes) else body
        self._size = size
        self._bandwidth = bandwidth
        self._cancelled = cancelled

    def __len__(self) -> int:
        return self._size

    def read(self, count: int = -1, /) -> bytes:
        """The next block, smaller than asked for under a limit. Raises Cancelled, and what the body raises."""
        wanted = self._size if count < 0 else count
        block = self._body.read(self._bandwidth.block(wanted))
        self._bandwidth.take(len(block), self._cancelled)
        return block
