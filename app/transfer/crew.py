"""The parts of one object on their way, and the threads that help with them while they have nothing else to send."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.transfer.job import EVENT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from app.remote.multipart import PartGrant
    from app.transfer.content import EventState
    from app.transfer.job import Job, Teller
    from app.transfer.objects import Freshness


@dataclass(slots=True, eq=False)
class Part:
    """A part to be sent. `grant` None: a URL is still to be asked for."""

    number: int
    grant: PartGrant | None
    fresh: Freshness | None


class PartsUnderWay:
    """The parts of one job's object that are ready. Any thread may take one and `work` on it.

    The first failure ends it: what was not begun is dropped, what is being sent goes on to its end.
    """

    def __init__(self, job: Job, send: Callable[[Part], None]) -> None:
        self.job = job
        self._send = send
        self._changed = threading.Condition()
        self._ready: deque[Part] = deque()
        self._busy = 0
        self._failure: BaseException | None = None

    def wants_more(self, low: int) -> bool:
        """Whether fewer than `low` wait to be taken, and nothing has failed."""
        with self._changed:
            return self._failure is None and len(self._ready) < low

    def offer(self, parts: Sequence[Part]) -> None:
        """These can be sent now."""
        with self._changed:
            if self._failure is None:
                self._ready.extend(parts)

    def take(self) -> Part | None:
        """One to `work` on, if there is one."""
        with self._changed:
            if not self._ready:
                return None
            self._busy += 1
            return self._ready.popleft()

    def work(self, part: Part) -> None:
        """Send a part that was taken. Raises nothing: a failure is the whole object's."""
        try:
            self._send(part)
        except BaseException as problem:  # noqa: BLE001 - raised again by `wait`, in the thread whose object it is
            self.fail(problem)
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def fail(self, problem: BaseException) -> None:
        """Take up no more."""
        with self._changed:
            self._failure = self._failure or problem
            self._ready.clear()

    def wait(self) -> bool:
        """Wait until one that is being sent has ended, if any is: whether there was one.

        Raises the first failure, once nothing is being sent any more.
        """
        with self._changed:
            if not self._busy:
                if self._failure is not None:
                    raise self._failure
                return False
            self._changed.wait()
            return True


class Crew:
    """The objects in parts of a run, to which senders without other work turn. `changed` guards it."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._objects: deque[PartsUnderWay] = deque()

    @contextmanager
    def helping(self, parts: PartsUnderWay) -> Iterator[None]:
        """Inside the `with`, others may take of these."""
        with self._changed:
            self._objects.append(parts)
        try:
            yield
        finally:
            with self._changed:
                self._objects.remove(parts)

    def call(self) -> None:
        """There are parts to be taken."""
        with self._changed:
            self._changed.notify_all()

    def next(self) -> tuple[PartsUnderWay, Part] | None:
        """A part to help with, of each object in turn. Holding `changed`."""
        for _ in range(len(self._objects)):
            parts = self._objects[0]
            self._objects.rotate(-1)
            if (part := parts.take()) is not None:
                return parts, part
        return None


class PartsProgress:
    """How many bytes of an object S3 has, or is being sent. Threads share it; it may go back."""

    def __init__(self, teller: Teller, job: Job) -> None:
        self._teller = teller
        self._job = job
        self._lock = threading.Lock()
        self._sent: dict[int, int] = {}
        self._told = 0.0

    def begin(self, held: Mapping[int, int]) -> None:
        """S3 has these parts of that many bytes, and no others."""
        with self._lock:
            self._sent = dict(held)
            self._tell()

    def at(self, number: int, sent: int) -> None:
        """Of a part, so much."""
        with self._lock:
            self._sent[number] = sent
            now = time.monotonic()
            if now - self._told >= EVENT_SECONDS:
                self._told = now
                self._tell()

    def tell(self) -> None:
        """Tell it now."""
        with self._lock:
            self._tell()

    def waiting(self, wait_seconds: float, error: BaseException) -> None:
        """A part failed and is tried again."""
        with self._lock:
            self._job.attempt += 1
            self._job.failed_at = time.monotonic()
            self._teller.tell(
                "waiting",
                sent=sum(self._sent.values()),
                total=self._job.prepared.stored_size,
                attempt=self._job.attempt,
                wait_seconds=wait_seconds,
                error=error,
            )

    def _tell(self) -> None:
        """Inside the lock, so that what is told later is never the older."""
        total = self._job.prepared.stored_size
        sent = sum(self._sent.values())
        state: EventState = "sending" if sent < total else "verifying"
        self._teller.tell(state, sent=sent, total=total, attempt=self._job.attempt)
