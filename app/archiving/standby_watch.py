"""Watches the transfer queue: while its archive is out for long, the second one keeps what waits.

The queue knows nothing of it: its rows go on waiting, and are sent when the archive is back.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.archiving.standby import OUT_SECONDS, Outage, is_out
from app.errors import Cancelled, ChatLogError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.archiving.queue_rows import Identity, QueueTotals
    from app.archiving.second_archive import SecondArchive
    from app.sessions.model import Session

log = logging.getLogger(__name__)

AGAIN_SECONDS = 60.0
"""Before the second archive is asked again, where that can help; nothing is asked more often."""


@dataclass(frozen=True, slots=True)
class StandbyNews:
    """How the second archive stands in for the one in use."""

    first: str
    second: str
    """The names of the profiles; `second` is empty where that cannot be told."""
    kept: int
    """Of those that wait for the first: how many lie in the second as they are now, verified."""
    waiting: int
    trouble: ChatLogError | None
    """Why the second cannot be used."""


class WaitingQueue(Protocol):
    """TransferQueue, as far as this needs it."""

    def totals(self) -> QueueTotals: ...

    def sessions_waiting(self) -> Sequence[Session]: ...

    def waits(self, identity: Identity) -> bool: ...


class Standby:
    """A thread that decides and archives. `news` may be read from any thread."""

    def __init__(
        self,
        queue: WaitingQueue,
        first: Callable[[], str],
        open_second: Callable[[threading.Event], SecondArchive | None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`first` is the name of the profile in use; `open_second` Services.open_second; `clock` is monotonic."""
        self._queue = queue
        self._first = first
        self._open = open_second
        self._clock = clock
        self._outage = Outage(clock)
        self._kept: dict[Identity, Session] = {}
        self._next_at: float | None = 0.0
        self._second = ""
        self._trouble: ChatLogError | None = None
        self._heard: Callable[[], None] = _nobody
        self._ended = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="standby", daemon=True)
        self.news: StandbyNews | None = None
        """None while there is nothing to tell: the archive in use works, or nothing answers at all."""

    def start(self, heard: Callable[[], None]) -> None:
        """Watch from now on; `heard` is called, from this thread, when `news` has changed. Once."""
        self._heard = heard
        self._thread.start()

    def stop(self, timeout: float | None = None) -> None:
        """End it, with what is under way; what was sent and confirmed by then counts. May be called twice."""
        self._ended.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def look_again(self) -> None:
        """The queue has changed. Returns at once."""
        self._wake.set()

    def try_again(self) -> None:
        """What was wrong with the second archive may be mended. Returns at once."""
        self._next_at = 0.0
        self._wake.set()

    def _loop(self) -> None:
        while not self._ended.is_set():
            try:
                self.look()
            except Exception:
                log.exception("the second archive")
                self._next_at = None
            self._wake.wait(self._patience())
            self._wake.clear()

    def _patience(self) -> float | None:
        """Seconds until something is to be done though nobody says so."""
        left = self._outage.seconds_to(OUT_SECONDS)
        if left is None or left > 0:
            return left
        return None if self._next_at is None else max(1.0, self._next_at - self._clock())

    # ---- deciding ---------------------------------------------------------------------------------------

    def look(self) -> None:
        """See how the queue stands, and do what is to be done; for the thread that waits for networks."""
        self._outage.saw(self._queue.totals().halted)
        left = self._outage.seconds_to(OUT_SECONDS)
        if left is None:
            self._kept.clear()
            self._next_at, self._trouble = 0.0, None
            self._tell(None)
        if left != 0 or self._next_at is None or self._clock() < self._next_at:
            return
        sessions = [it for it in self._queue.sessions_waiting() if self._kept.get(it.identity) != it]
        if sessions:
            self._serve(sessions)

    def _still_wanted(self, identity: Identity) -> bool:
        return (
            not self._ended.is_set() and is_out(self._queue.totals().halted) and self._queue.waits(identity)
        )

    # ---- doing ------------------------------------------------------------------------------------------

    def _serve(self, sessions: Sequence[Session]) -> None:
        second: SecondArchive | None = None
        try:
            second = self._open(self._ended)
            if second is None:
                self._next_at = self._clock() + AGAIN_SECONDS
                return
            self._second = second.name
            second.connect()
            self._keep(second, sessions)
        except Cancelled:
            return
        except ChatLogError as error:
            self._in_trouble(error)
        finally:
            if second is not None:
                second.close()

    def _keep(self, second: SecondArchive, sessions: Sequence[Session]) -> None:
        self._trouble = None
        self._count()
        kept: list[Session] = []
        failed = False
        for outcome in second.keep(sessions, self._still_wanted):
            if outcome.state == "failed":
                failed = True
                continue
            kept.append(outcome.session)
            self._kept[outcome.session.identity] = outcome.session
            self._count()
        if second.trouble is not None:
            self._in_trouble(second.trouble)
        elif failed:
            self._next_at = self._clock() + AGAIN_SECONDS
        # Lines that cannot be written now are written when that profile is used next.
        second.update_index(kept)

    def _in_trouble(self, error: ChatLogError) -> None:
        self._next_at = self._clock() + AGAIN_SECONDS if error.retryable else None
        if isinstance(error, Unreachable):
            # Most likely this computer has no network: what the queue tells is all there is to tell.
            self._trouble = None
            if self._kept:
                self._count()
            else:
                self._tell(None)
            return
        told = self._trouble
        if told is None or (told.code, told.parameters) != (error.code, error.parameters):
            self._trouble = error
        self._count()

    # ---- telling ----------------------------------------------------------------------------------------

    def _count(self) -> None:
        waiting = self._queue.sessions_waiting()
        kept = sum(self._kept.get(session.identity) == session for session in waiting)
        self._tell(StandbyNews(self._first(), self._second, kept, len(waiting), self._trouble))

    def _tell(self, news: StandbyNews | None) -> None:
        if news != self.news:
            self.news = news
            self._heard()


def _nobody() -> None:
    """Nobody listens."""
