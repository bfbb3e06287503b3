"""Tells listeners that something changed: soon, but not for every single change."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

NUMBERS_SECONDS = 0.1
STATES_SECONDS = 0.02
"""Between two tellings, where only numbers changed and where a state did."""


class Teller:
    """A thread calls the listeners, so that none of them holds up a transfer."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._listeners: list[Callable[[], None]] = []
        self._numbers = False
        self._states = False
        self._closed = False

    def listen(self, listener: Callable[[], None]) -> None:
        """Call it from now on."""
        with self._changed:
            self._listeners.append(listener)

    def tell(self, states: bool) -> None:  # noqa: FBT001 - the one word of a callback
        """Something changed: a state, or only numbers. Returns at once."""
        with self._changed:
            if states and not self._states:
                self._states = True
                self._changed.notify()
            elif not self._numbers:
                self._numbers = True
                self._changed.notify()

    def close(self) -> None:
        """End the loop, after telling what is still to be told."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def loop(self) -> None:
        """The thread's work."""
        told = time.monotonic() - NUMBERS_SECONDS
        while True:
            with self._changed:
                while (wait := self._wait(told)) is None or wait > 0:
                    self._changed.wait(wait)
                if self._closed and not (self._states or self._numbers):
                    return
                self._states = self._numbers = False
                listeners = list(self._listeners)
            told = time.monotonic()
            for listener in listeners:
                try:
                    listener()
                except Exception:
                    log.exception("a listener of the transfer queue")

    def _wait(self, told: float) -> float | None:
        """Seconds until something is to be done; None for as long as nothing happens."""
        if self._closed:
            return 0.0
        if self._states:
            return told + STATES_SECONDS - time.monotonic()
        if self._numbers:
            return told + NUMBERS_SECONDS - time.monotonic()
        return None
