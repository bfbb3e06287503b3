"""Taking one content out of a run while the others go on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from app.transfer.open_sockets import OpenSockets

if TYPE_CHECKING:
    from collections.abc import Callable


class Withdrawal:
    """One content's way out of a run, at any moment and from any thread; it serves for one time through.

    `stopped` is what the work on the content looks at and waits by; `sockets` ends its requests, however silent the
    network is. `for_good`: nobody means to go on with it, so that S3 need not keep the parts it has.
    """

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.for_good = False
        self.sockets = OpenSockets()
        self._lock = threading.Lock()
        self._wake: Callable[[Withdrawal], None] | None = None

    def withdraw(self, *, for_good: bool = False) -> None:
        """Have the content given back soon, as stopped, unless it is confirmed before that. May be called twice."""
        self.for_good = self.for_good or for_good
        self.stop()
        with self._lock:
            wake = self._wake
        if wake is not None:
            wake(self)

    def stop(self) -> None:
        """End the work on the content, without telling the run: for the run itself."""
        self.stopped.set()
        self.sockets.shut_down()

    def tell(self, wake: Callable[[Withdrawal], None] | None) -> None:
        """Whom `withdraw` is told to from now on: the run that has the content."""
        with self._lock:
            self._wake = wake
