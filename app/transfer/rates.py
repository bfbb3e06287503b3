"""Speed and time left, from byte counts that come now and then."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW_SECONDS = 10.0
"""Long enough to be calm, short enough to follow a changed network."""

SHORTEST_SPAN = 0.5
"""Seconds observed before a speed is told: the first blocks fill buffers and say nothing about the network."""

RESOLUTION_SECONDS = 0.1


class RateMeter:
    """Bytes per second over the last `WINDOW_SECONDS`. Threads may share it; `clock` is monotonic, in seconds."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, window: float = WINDOW_SECONDS
    ) -> None:
        self._clock = clock
        self._window = window
        self._lock = threading.Lock()
        self._total = 0
        self._samples: deque[tuple[float, int]] = deque([(clock(), 0)])

    def add(self, count: int) -> None:
        """`count` more bytes have gone; negative when a retry rewinds."""
        now = self._clock()
        with self._lock:
            self._total += count
            # The newest sample moves along until it is a tenth of a second behind, which bounds their number.
            if len(self._samples) > 1 and now - self._samples[-2][0] < RESOLUTION_SECONDS:
                self._samples[-1] = (now, self._total)
            else:
                self._samples.append((now, self._total))
            self._forget(now)

    @property
    def total(self) -> int:
        """Bytes so far."""
        with self._lock:
            return self._total

    def speed(self) -> float | None:
        """Bytes per second; None until enough has been seen. Falls to 0 while nothing moves."""
        now = self._clock()
        with self._lock:
            self._forget(now)
            start, before = self._samples[0]
            span = now - start
            if span < SHORTEST_SPAN:
                return None
            return max(0.0, (self._total - before) / span)

    def seconds_left(self, remaining: int) -> float | None:
        """How long `remaining` more bytes will take; None while that cannot be told."""
        if remaining <= 0:
            return 0.0
        speed = self.speed()
        return remaining / speed if speed else None

    def _forget(self, now: float) -> None:
        """Keep one sample from before the window as its start."""
        while len(self._samples) > 1 and self._samples[1][0] <= now - self._window:
            self._samples.popleft()
        start, before = self._samples[0]
        if len(self._samples) == 1 and start < now - self._window:
            self._samples[0] = (now - self._window, before)
