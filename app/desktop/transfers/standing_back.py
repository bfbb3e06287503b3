"""Work that leaves the processors to the window where there are not enough for both."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NICENESS = 10
"""Of 19. Archiving takes as long as before, for the window needs little; but it is served at once."""


def call_standing_back(call: Callable[[], None]) -> None:
    """Call it, and return when it has ended; threads and processes that it starts stand back from then on.

    A thread has a niceness of its own on Linux only (sched(7)), gives it to all that it starts, and cannot take it
    back: hence a thread for this alone. Elsewhere nothing stands back. Raises what `call` raises.
    """
    if sys.platform == "linux":
        _call_nicely(call)
    else:
        call()


def _call_nicely(call: Callable[[], None]) -> None:
    ended: Future[None] = Future()

    def run() -> None:
        if sys.platform != "win32":
            os.nice(NICENESS)
        try:
            call()
        except BaseException as problem:  # noqa: BLE001 - raised again in the thread that asked
            ended.set_exception(problem)
        else:
            ended.set_result(None)

    threading.Thread(target=run, name="standing-back", daemon=True).start()
    ended.result()
