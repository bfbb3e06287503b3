"""Work that nobody waits for, done so that the window stays smooth beside it.

Python runs one thread at a time. A frame asks Qt for a hundred things, and after each it has to wait until the worker
gives the interpreter back, which takes up to 5 ms: reading a page ahead would cost a frame or two each time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WORK_SECONDS = 0.002
REST_SECONDS = 0.003
"""A frame takes about as long."""


class Pace:
    """How a piece of work goes. The GUI thread may `hurry` it when somebody waits for it after all."""

    def __init__(self, *, hurried: bool) -> None:
        self._hurried = hurried

    def hurry(self) -> None:
        """Rest no more."""
        self._hurried = True

    def of(self, cancelled: Callable[[], bool]) -> Callable[[], bool]:
        """A `cancelled` for the engine, which asks after every message: every so often it rests before it answers."""
        since = time.perf_counter()

        def rested() -> bool:
            nonlocal since
            if not self._hurried and time.perf_counter() - since >= WORK_SECONDS:
                time.sleep(REST_SECONDS)
                since = time.perf_counter()
            return cancelled()

        return rested
