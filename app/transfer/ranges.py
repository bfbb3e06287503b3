"""A large object in ranges, several at once, each with its own retries, into a part file."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit

from app.errors import Cancelled, ChatLogError, RemoteError, ReplyLost, VerificationFailed
from app.remote.protocol import ObjectRequest
from app.transfer.connections import BLOCK
from app.transfer.objects import expect_range, get_range
from app.transfer.open_sockets import CANCEL_SECONDS, OpenSockets
from app.transfer.part_file import UNIT
from app.transfer.retry import Patience, Remedy, Step, persistently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from app.remote.presign import PresignClient
    from app.remote.protocol import DownloadGrant
    from app.transfer.connections import Connections
    from app.transfer.part_file import PartFile
    from app.transfer.retry import Budget

T = TypeVar("T")

RANGE_UNITS = 8
"""Units of one request: 8 MiB, so that a request's own time weighs little."""

THREADS = 4
"""Ranges of one object under way at once."""

PROGRESS_SECONDS = 0.1


class Failure(NamedTuple):
    """A request that is tried again after `seconds`, for the `attempt`th time."""

    error: ChatLogError
    seconds: float
    attempt: int


class Granted:
    """The URL of one version of an object, signed again when it has died. Threads may share it."""

    def __init__(self, presign: PresignClient, grant: DownloadGrant) -> None:
        self._presign = presign
        self._grant = grant
        self._lock = threading.Lock()

    @property
    def grant(self) -> DownloadGrant:
        """The newest."""
        return self._grant

    def renew(self, dead: DownloadGrant) -> None:
        """Have it signed again, unless another thread has. Raises RemoteError, VerificationFailed for another object."""
        with self._lock:
            if self._grant is not dead:
                return
            grant = self._presign.download([ObjectRequest(dead.s3_key, dead.version_id)])[0]
            if isinstance(grant, RemoteError):
                raise grant
            if (grant.version_id, grant.size) != (dead.version_id, dead.size):
                raise VerificationFailed(
                    s3Key=dead.s3_key, what="version", expected=dead.version_id, found=grant.version_id
                )
            self._grant = grant


def first_look(
    http: Connections,
    granted: Granted,
    *,
    budget: Budget,
    stopped: threading.Event,
    waiting: Callable[[Failure], None],
) -> Mapping[str, str]:
    """What S3 tells of the object with its first byte: type, ETag and metadata, as headers.

    Raises RemoteError, RangesIgnored, Cancelled.
    """
    used = granted.grant

    def attempt() -> Mapping[str, str]:
        nonlocal used
        used = granted.grant
        with get_range(http, used, 0, 0, None) as reply:
            expect_range(reply, used, 0, 0, None)
            reply.read(2)  # to its end, so that the connection is kept
            return reply.headers

    return _insistently(attempt, granted, lambda: used, budget, stopped, waiting)


class RangeFetch:
    """Brings what a part file misses, by threads that run inside the `with`. Nothing is kept in memory."""

    def __init__(
        self,
        http: Connections,
        granted: Granted,
        part: PartFile,
        etag: str,
        *,
        slots: threading.Semaphore,
        budget: Budget,
        cancelled: threading.Event,
        progress: Callable[[int], None],
        waiting: Callable[[Failure], None],
    ) -> None:
        """`slots` bounds the requests of all downloads together, `budget` is this download's. `progress` (stored bytes received) and `waiting` are
        called by `blocks`, in its thread."""
        self._http = http
        self._granted = granted
        self._part = part
        self._etag = etag
        self._slots = slots
        self._budget = budget
        self._cancelled = cancelled
        self._progress = progress
        self._waiting = waiting
        self._sockets = OpenSockets()
        self._ended = threading.Event()
        self._changed = threading.Condition()
        self._to_bring = deque(part.missing(RANGE_UNITS))
        self._on_the_way: dict[int, int] = {}
        self._failures: deque[Failure] = deque()
        self._error: BaseException | None = None
        self._told_at = 0.0
        self._threads = [
            threading.Thread(target=self._work, name="download-range", daemon=True)
            for _ in range(min(THREADS, len(self._to_bring)))
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._sockets.shut_down()
        for thread in self._threads:
            thread.join()

    def blocks(self) -> Iterator[bytes]:
        """The object's bytes from the first to the last, as they come; may be gone through again.

        Raises what ended a range: RemoteError, OSError; Cancelled.
        """
        for unit in range(self._part.units):
            self._wait_for(unit)
            yield self._part.read(unit)

    def _wait_for(self, unit: int) -> None:
        while True:
            self._tell()
            if self._cancelled.is_set():
                raise Cancelled
            with self._changed:
                if self._error is not None:
                    raise self._error
                if self._part.has(unit):
                    return
                self._changed.wait(CANCEL_SECONDS)

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_SECONDS:
            self._told_at = now
            with self._changed:
                received = self._part.received + sum(self._on_the_way.values())
            self._progress(received)
        while self._failures:
            self._waiting(self._failures.popleft())

    # ---- the threads --------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            with self._http.watched_by(self._sockets):
                while (units := self._next()) is not None:
                    self._bring(units)
        except BaseException as error:  # noqa: BLE001 - raised again by `blocks`
            with self._changed:
                self._error = self._error or error
                self._changed.notify_all()
            self._ended.set()

    def _next(self) -> range | None:
        with self._changed:
            return self._to_bring.popleft() if self._to_bring and not self._ended.is_set() else None

    def _bring(self, units: range) -> None:
        used = self._granted.grant

        def attempt() -> None:
            nonlocal used
            # What came before the connection broke is there.
            missing = range(next(unit for unit in units if not self._part.has(unit)), units.stop)
            with self._slot():
                used = self._granted.grant
                try:
                    self._receive(used, missing)
                finally:
                    with self._changed:
                        self._on_the_way.pop(units.stop, None)

        _insistently(attempt, self._granted, lambda: used, self._budget, self._ended, self._failures.append)

    def _receive(self, grant: DownloadGrant, units: range) -> None:
        first = units.start * UNIT
        last = min(units.stop * UNIT, self._part.size) - 1
        waiting = iter(units)
        unit = next(waiting, None)
        gathered = bytearray()
        with get_range(self._http, grant, first, last, self._etag) as reply:
            expect_range(reply, grant, first, last, self._etag)
            for block in reply.blocks(BLOCK):
                if self._ended.is_set():
                    raise Cancelled
                gathered += block
                while unit is not None and len(gathered) >= self._part.length(unit):
                    length = self._part.length(unit)
                    self._part.write(unit, bytes(gathered[:length]))
                    del gathered[:length]
                    unit = next(waiting, None)
                if unit is None and gathered:
                    raise VerificationFailed(
                        s3Key=grant.s3_key, what="size", expected=last - first + 1, found=None
                    )
                with self._changed:
                    self._on_the_way[units.stop] = len(gathered)
                    self._changed.notify_all()
        if unit is not None:
            host = urlsplit(grant.presigned_url).hostname or ""
            raise ReplyLost(host=host, reason="the reply ended early")

    @contextmanager
    def _slot(self) -> Iterator[None]:
        while not self._slots.acquire(timeout=CANCEL_SECONDS):
            if self._ended.is_set():
                raise Cancelled
        try:
            yield
        finally:
            self._slots.release()


def _insistently(
    attempt: Callable[[], T],
    granted: Granted,
    used: Callable[[], DownloadGrant],
    budget: Budget,
    stopped: threading.Event,
    waiting: Callable[[Failure], None],
) -> T:
    """Call `attempt` by the table of retries. `used` tells the grant that the last attempt was made with."""
    number = 1
    dead: DownloadGrant | None = None

    def signed_attempt() -> T:
        nonlocal dead
        if dead is not None:
            granted.renew(dead)
            dead = None
        return attempt()

    def before_next(step: Step, error: BaseException) -> None:
        nonlocal number, dead
        number += 1
        if isinstance(error, ChatLogError):
            waiting(Failure(error, step.wait, number))
        if step.remedy is Remedy.SIGN_AGAIN:
            dead = used()

    return persistently(signed_attempt, Patience(budget=budget), stopped=stopped, before_next=before_next)
