"""Which content a run prepares next: new ones, and those that had to wait."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from app.transfer.content import Content
    from app.transfer.spool_room import SpoolRoom, Writing
    from app.transfer.withdrawal import Withdrawal

DEFER_SECONDS = 0.25
"""Before a content that another process works on, or for which there was no room, is looked at again."""


class Taken(NamedTuple):
    """A content that the run has taken on, with its way out."""

    content: Content
    withdrawal: Withdrawal


class _Deferred(NamedTuple):
    """A content that is to be prepared later."""

    due: float
    taken: Taken
    needed: int | None
    """See Later."""


class Intake:
    """Hands out contents. `changed` guards it; whoever calls `defer`, `take_out` and the attributes holds that.

    `take_on` is called, holding it, for each new content.
    """

    def __init__(
        self,
        changed: threading.Condition,
        contents: Iterable[Content],
        room: SpoolRoom,
        withdrawal_of: Callable[[Content], Withdrawal],
        take_on: Callable[[Withdrawal], None],
    ) -> None:
        self.exhausted = False
        self.problem: BaseException | None = None
        """What ended the contents, if not their end."""
        self._changed = changed
        self._contents = iter(contents)
        self._room = room
        self._withdrawal_of = withdrawal_of
        self._take_on = take_on
        self._taking = False
        self._deferred: deque[_Deferred] = deque()

    def next(self, stops: Callable[[], bool]) -> tuple[Taken, Writing] | None:
        """The next content, once there is room for it, to be written; None when it `stops` and at the end.

        Holding `changed`, which is let go of while waiting and while the contents are asked.
        """
        while not stops():
            if self._is_open():
                taken = self._due()
                if taken is None and not self._taking and not self.exhausted:
                    taken = self._ask()
                    if taken is None:
                        continue
                if taken is not None:
                    return taken, self._room.begin()
            self._changed.wait(DEFER_SECONDS if self._deferred else None)
        return None

    def defer(self, content: Content, withdrawal: Withdrawal, needed: int | None) -> None:
        """To be handed out again later. `needed`: see Later."""
        self._deferred.append(_Deferred(time.monotonic() + DEFER_SECONDS, Taken(content, withdrawal), needed))
        self._changed.notify_all()

    def take_out(self, withdrawal: Withdrawal) -> list[Taken]:
        """What waits and was withdrawn, which is not handed out any more."""
        out = [waiting for waiting in self._deferred if waiting.taken.withdrawal is withdrawal]
        for waiting in out:
            self._deferred.remove(waiting)
        return [waiting.taken for waiting in out]

    def rest(self) -> list[Taken]:
        """What still waits."""
        return [waiting.taken for waiting in self._deferred]

    def _is_open(self) -> bool:
        return self._room.is_open(tight=any(waiting.needed is not None for waiting in self._deferred))

    def _due(self) -> Taken | None:
        now = time.monotonic()
        for waiting in self._deferred:
            if waiting.due <= now and (waiting.needed is None or self._room.has(waiting.needed)):
                self._deferred.remove(waiting)
                return waiting.taken
        return None

    def _ask(self) -> Taken | None:
        """A new content; None at their end, or where the spool has no room for it any more."""
        self._taking = True
        self._changed.release()
        taken, problem = None, None
        try:
            content = next(self._contents, None)
            taken = None if content is None else Taken(content, self._withdrawal_of(content))
        except BaseException as raised:  # noqa: BLE001 - raised again in the consumer's thread
            problem = raised
        finally:
            self._changed.acquire()
        self._taking = False
        self._changed.notify_all()
        if taken is None:
            self.exhausted, self.problem = True, problem
            return None
        self._take_on(taken.withdrawal)
        if self._is_open():
            return taken
        self._deferred.append(_Deferred(time.monotonic(), taken, needed=None))
        return None
