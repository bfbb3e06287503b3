"""When the archive in use counts as out, so that its second one keeps what waits for it meanwhile.

Shared by the command line and the window. The archive in use stays the home of everything: what the second one keeps
still waits for the first, which gets it too when it is back. So nothing has to be merged.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app.errors import ServerFailed, Throttled, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.errors import ChatLogError

OUT_SECONDS = 120.0
"""How long nothing may succeed before the window lets the second archive keep what waits."""


def is_out(error: ChatLogError | None) -> bool:
    """Whether this says that an archive cannot be used for now: no connection, a time-out, 5xx, too many requests.

    Refusals are for a person to mend, and a full disk is this computer's: another archive is no help against them.
    """
    return isinstance(error, Unreachable | ServerFailed | Throttled)


class Outage:
    """How long the archive in use has been out without a break, told by what is seen of it. `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None

    def saw(self, error: ChatLogError | None) -> None:
        """What stands in the way now; None: something works."""
        if not is_out(error):
            self._since = None
        elif self._since is None:
            self._since = self._clock()

    @property
    def seen(self) -> bool:
        """Whether it is out, for however short a time."""
        return self._since is not None

    def seconds_to(self, length: float) -> float | None:
        """Seconds until it has been out for `length` seconds, at least 0; None while it is not out."""
        return None if self._since is None else max(0.0, self._since + length - self._clock())
