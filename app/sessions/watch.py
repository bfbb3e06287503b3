"""Says when something below folders has changed, so that a scan is worth its while."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Literal

from app.sessions.folder_events import FolderEvents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

NOISE_SECONDS = 5.0
"""So long at most is quiet waited for: a session that is being written all the time is shown too."""

STOP_SECONDS = 0.9
"""How long `stop` waits for what is under way; a tree of a hundred thousand folders takes longer to watch."""


class Watcher:
    """Calls `changed`, from a thread of its own, when files or folders below some folders have changed.

    The folders need not exist: their coming is a change, and so is their going. `changed` is also called once when
    the watching has begun, since what happened between a scan before and that moment was seen by nobody.

    Where the system cannot tell of every change (no watches left, a file server's folder), `changed` is called every
    `poll_seconds` besides, whether there was a change or not.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        changed: Callable[[], None],
        *,
        settle_seconds: float = 1.0,
        poll_seconds: float = 60.0,
        ignored: Sequence[Path] = (),
    ) -> None:
        """`settle_seconds` of quiet are waited for after a change, but NOISE_SECONDS at most.

        `ignored` are folders inside `folders` whose changes do not count: those that a scan itself writes to.
        """
        self._changed = changed
        self._settle_seconds = settle_seconds
        self._poll_seconds = poll_seconds
        self._events = FolderEvents(folders, ignored, changed=self._note_change, shifted=self._note_shift)
        self._news = threading.Condition()
        self._stopped = False
        self._shifted = False
        self._first_change: float | None = None
        self._last_change = 0.0
        self._watching: Literal["events", "polling"] = "polling"
        self._thread = threading.Thread(target=self._run, name="session-watch", daemon=True)

    @property
    def watching(self) -> Literal["events", "polling"]:
        """`events` when the system tells of every change; `polling` when not, and before the watching has begun."""
        return self._watching

    def start(self) -> None:
        """Begin; returns at once. A watcher is started once."""
        self._thread.start()

    def stop(self) -> None:
        """End, within a second. May be called twice, before `start`, and from `changed`."""
        with self._news:
            self._stopped = True
            self._news.notify()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(STOP_SECONDS)

    def _note_change(self) -> None:
        with self._news:
            now = time.monotonic()
            if self._first_change is None:
                self._first_change = now
            self._last_change = now
            self._news.notify()

    def _note_shift(self) -> None:
        self._note_change()
        with self._news:
            self._shifted = True
            self._news.notify()

    def _run(self) -> None:
        try:
            self._arrange()
            self._note_change()
            next_look = time.monotonic() + self._poll_seconds
            while self._wait(next_look):
                changed = self._take_change()
                looked = time.monotonic() >= next_look
                if looked or self._take_shift():
                    self._arrange()
                if looked:
                    next_look = time.monotonic() + self._poll_seconds
                if (changed or (looked and self._watching == "polling")) and not self._stopped:
                    self._changed()
        finally:
            self._events.close()

    def _arrange(self) -> None:
        """Watch what is there now; what was not watched until now is a change."""
        before = self._events.watched()
        self._watching = "events" if self._events.arrange() else "polling"
        if self._events.watched() != before:
            self._note_change()

    def _wait(self, next_look: float) -> bool:
        """Until there is something to do. False: to stop."""
        with self._news:
            while not self._stopped and not self._shifted:
                seconds = min(next_look, self._due()) - time.monotonic()
                if seconds <= 0:
                    break
                self._news.wait(seconds)
            return not self._stopped

    def _take_change(self) -> bool:
        """Whether there was a change that has settled; it counts once."""
        with self._news:
            if self._due() > time.monotonic():
                return False
            self._first_change = None
            return True

    def _take_shift(self) -> bool:
        with self._news:
            shifted, self._shifted = self._shifted, False
            return shifted

    def _due(self) -> float:
        """When what has changed is to be told; the caller holds the lock."""
        if self._first_change is None:
            return float("inf")
        return min(self._last_change + self._settle_seconds, self._first_change + NOISE_SECONDS)
