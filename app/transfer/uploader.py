"""Many contents to S3 at once: threads that prepare, one that asks for URLs, threads that send.

    contents → prepare (spool, job on disk) → sign in batches → PUT → verify → receipt → outcome

Between the stages little waits: the spool is bounded, so memory and disk are. A failing file never stops others; a
failure of the endpoint or of S3 as a whole ends the run early, since it would fail every file alike.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from app.errors import Cancelled, ChatLogError, Unexpected
from app.remote.protocol import SINGLE_PUT_LIMIT
from app.storage.paths import private_folder
from app.transfer.connections import OpenSockets
from app.transfer.job import Job, Teller, failure_of
from app.transfer.jobs import LeaseLost
from app.transfer.preparing import Preparer
from app.transfer.sending import Sender, concerns_everything
from app.transfer.signing import BatchSigner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from app.remote.presign import PresignClient
    from app.transfer.connections import Connections
    from app.transfer.content import Content, Events, Outcome
    from app.transfer.jobs import JobStore

log = logging.getLogger(__name__)

PARALLEL = 8
PREPARERS = 8
"""More than there are processors: while some compress, others wait for the disk together and share its flush."""

BATCH_ITEMS = 100
BATCH_BYTES = 64 * 1024 * 1024
"""A batch is what can be sent before its URLs die, even over a slow line."""

GATHER_SECONDS = 0.005
"""How long the first item of a batch waits for company while the senders have nothing to do."""

SPOOL_FILES = 200
SPOOL_BYTES = 1024 * 1024 * 1024
"""What may wait in the spool before preparing pauses."""

DEFER_SECONDS = 0.25
"""Before a content that another process works on is looked at again."""

IDLE_SECONDS = 0.1
"""How soon a run notices that it was cancelled."""


class Uploader:
    """Archives contents at one destination. One `run` at a time."""

    def __init__(
        self,
        jobs: JobStore,
        presign: PresignClient,
        http: Connections,
        spool_folder: Path,
        *,
        destination: str,
        events: Events | None = None,
        parallel: int = PARALLEL,
        preparers: int = PREPARERS,
        single_put_limit: int = SINGLE_PUT_LIMIT,
    ) -> None:
        self.jobs = jobs
        self.presign = presign
        self.http = http
        self.spool_folder = spool_folder
        self.destination = destination
        self.events = events
        self.parallel = parallel
        self.preparers = preparers
        self.single_put_limit = single_put_limit

    def run(self, contents: Iterable[Content], cancelled: threading.Event | None = None) -> Iterator[Outcome]:
        """The outcomes, each as it comes; one per content, in no order.

        `contents` is read as room appears, in another thread. When `cancelled` is set no more contents are taken, and
        those that were end as failed with Cancelled, to be gone on with by a later run. Closing the iterator does
        the same. Raises what iterating over `contents` raised, after the others have ended; FolderNotWritable.
        """
        private_folder(self.spool_folder)
        return _Run(self, contents, cancelled or threading.Event()).outcomes()


class _Run:
    """The threads and queues of one run. `_changed` guards everything that is not a constant."""

    def __init__(self, uploader: Uploader, contents: Iterable[Content], cancelled: threading.Event) -> None:
        self._uploader = uploader
        self._cancelled = cancelled
        self._stopped = threading.Event()
        self._sockets = OpenSockets()
        self._preparer = Preparer(
            uploader.jobs,
            uploader.spool_folder,
            uploader.destination,
            limit=uploader.single_put_limit,
            events=uploader.events,
            stopped=self._stopped,
            room_may_come=lambda: self._spool_files > 0,
        )
        self._sender = Sender(
            uploader.jobs,
            uploader.presign,
            uploader.http,
            events=uploader.events,
            stopped=self._stopped,
        )
        self._signer = BatchSigner(uploader.jobs, uploader.presign, self._sender, stopped=self._stopped)
        self._changed = threading.Condition()
        self._contents = iter(contents)
        self._taking = False
        self._exhausted = False
        self._open = 0
        self._deferred: deque[tuple[float, Content]] = deque()
        self._to_sign: deque[Job] = deque()
        self._to_send: deque[Job] = deque()
        self._ready: deque[Outcome] = deque()
        self._spool_files = 0
        self._spool_bytes = 0
        self._last_success = time.monotonic()
        self._storage_is_gone = False
        self._hopeless: ChatLogError | None = None
        self._broken_source: BaseException | None = None

    def outcomes(self) -> Iterator[Outcome]:
        self._preparer.remove_leftovers()
        loops: list[tuple[str, Callable[[], None]]] = [("sign", self._sign_loop)]
        loops += [("prepare", self._prepare_loop)] * self._uploader.preparers
        loops += [("send", self._send_loop)] * self._uploader.parallel
        threads = [
            threading.Thread(target=self._watched, args=(loop,), name=f"upload-{name}", daemon=True)
            for name, loop in loops
        ]
        for thread in threads:
            thread.start()
        try:
            while (outcome := self._next_outcome()) is not None:
                yield outcome
        finally:
            self._stop()
            for thread in threads:
                thread.join()
            self._release_rest()
        yield from self._ready
        if self._broken_source is not None:
            raise self._broken_source

    def _watched(self, loop: Callable[[], None]) -> None:
        with self._uploader.http.watched_by(self._sockets):
            loop()

    # ---- the consumer's side ----------------------------------------------------------------------------

    def _next_outcome(self) -> Outcome | None:
        """None when all is done or the run was cancelled."""
        with self._changed:
            while not self._ready:
                if self._cancelled.is_set() or self._is_done():
                    return None
                self._changed.wait(IDLE_SECONDS)
            return self._ready.popleft()

    def _stop(self) -> None:
        self._stopped.set()
        self._sockets.shut_down()
        with self._changed:
            self._changed.notify_all()

    def _release_rest(self) -> None:
        for job in (*self._to_sign, *self._to_send):
            self._ready.append(self._preparer.give_up(job.content, job.transfer, Cancelled()))
        self._ready.extend(failure_of(content, Cancelled()) for _, content in self._deferred)

    def _is_done(self) -> bool:
        return self._exhausted and self._open == 0

    def _over(self) -> bool:
        return self._stopped.is_set() or self._is_done()

    def _give(self, outcome: Outcome, job: Job | None = None) -> None:
        with self._changed:
            self._ready.append(outcome)
            self._open -= 1
            self._leave_spool(job)
            self._changed.notify_all()

    def _leave_spool(self, job: Job | None) -> None:
        if job is not None:
            self._spool_files -= 1
            self._spool_bytes -= job.prepared.stored_size

    def _defer(self, content: Content, job: Job | None = None) -> None:
        with self._changed:
            self._deferred.append((time.monotonic() + DEFER_SECONDS, content))
            self._leave_spool(job)
            self._changed.notify_all()

    # ---- preparing --------------------------------------------------------------------------------------

    def _prepare_loop(self) -> None:
        while (content := self._next_content()) is not None:
            try:
                self._prepare(content)
            except ChatLogError as error:  # state.db itself
                self._give_up_all(error)
                self._give(failure_of(content, error))
            except Exception as bug:
                log.exception("preparing %s", content.path)
                self._give(failure_of(content, Unexpected(reason=type(bug).__name__)))

    def _prepare(self, content: Content) -> None:
        if self._hopeless is not None:
            Teller(content, self._uploader.events).tell("failed", error=self._hopeless)
            self._give(failure_of(content, self._hopeless))
            return
        prepared = self._preparer.prepare(content)
        if prepared is None:
            self._defer(content)
        elif isinstance(prepared, Job):
            with self._changed:
                self._spool_files += 1
                self._spool_bytes += prepared.prepared.stored_size
                self._to_sign.append(prepared)
                self._changed.notify_all()
        else:
            self._give(prepared)

    def _next_content(self) -> Content | None:
        """The next content once there is room; None at the end."""
        with self._changed:
            while True:
                # A wish to stop counts at once, not only when the consumer next looks.
                if self._over() or self._cancelled.is_set():
                    return None
                if self._spool_files < SPOOL_FILES and self._spool_bytes < SPOOL_BYTES:
                    if self._deferred and self._deferred[0][0] <= time.monotonic():
                        return self._deferred.popleft()[1]
                    if not self._exhausted and not self._taking:
                        break
                self._changed.wait(DEFER_SECONDS if self._deferred else None)
            self._taking = True
        content, problem = None, None
        try:
            content = next(self._contents, None)
        except BaseException as raised:  # noqa: BLE001 - raised again in the consumer's thread
            problem = raised
        with self._changed:
            self._taking = False
            if content is None:
                self._exhausted = True
                self._broken_source = problem
            else:
                self._open += 1
            self._changed.notify_all()
        return content if content is not None else self._next_content()

    # ---- signing ----------------------------------------------------------------------------------------

    def _sign_loop(self) -> None:
        while batch := self._gather():
            try:
                signed = self._signer.sign(batch)
            except Cancelled:
                with self._changed:
                    self._to_sign.extend(batch)
                return
            except ChatLogError as error:
                self._give_up_all(error)
                self._give_up_batch(batch, error)
                continue
            except Exception as bug:
                log.exception("signing")
                self._give_up_batch(batch, Unexpected(reason=type(bug).__name__))
                continue
            for job, outcome in signed.done:
                self._give(outcome, job)
            for job in signed.lost:
                self._defer(job.content, job)
            with self._changed:
                self._to_send.extend(signed.to_send)
                self._changed.notify_all()

    def _give_up_batch(self, batch: list[Job], error: ChatLogError) -> None:
        for job in batch:
            self._give(self._preparer.give_up(job.content, job.transfer, error), job)

    def _gather(self) -> list[Job]:
        """A batch: what is there when senders have nothing to do, a full one while they are busy."""
        with self._changed:
            while not self._to_sign:
                if self._over():
                    return []
                self._changed.wait()
            deadline = time.monotonic() + GATHER_SECONDS
            while not self._over() and not self._batch_is_full():
                left = deadline - time.monotonic()
                if left <= 0 and len(self._to_send) < self._uploader.parallel:
                    break
                self._changed.wait(left if left > 0 else None)
            if self._over():
                return []
            batch: list[Job] = []
            size = 0
            while self._to_sign and len(batch) < BATCH_ITEMS and (not batch or size < BATCH_BYTES):
                batch.append(self._to_sign.popleft())
                size += batch[-1].prepared.stored_size
            return batch

    def _batch_is_full(self) -> bool:
        if len(self._to_send) >= BATCH_ITEMS:
            return False
        waiting = list(self._to_sign)[:BATCH_ITEMS]
        return len(waiting) == BATCH_ITEMS or sum(job.prepared.stored_size for job in waiting) >= BATCH_BYTES

    # ---- sending ----------------------------------------------------------------------------------------

    def _send_loop(self) -> None:
        while (job := self._next_to_send()) is not None:
            started = time.monotonic()
            try:
                if self._hopeless is not None and (job.grant is None or self._storage_is_gone):
                    raise self._hopeless
                outcome = self._sender.send(job)
            except LeaseLost:
                self._defer(job.content, job)
                continue
            except ChatLogError as error:
                if concerns_everything(error) and self._last_success < started:
                    self._storage_is_gone = True
                    self._give_up_all(error)
                outcome = self._preparer.give_up(job.content, job.transfer, error)
            except Exception as bug:
                log.exception("sending %s", job.content.path)
                unexpected = Unexpected(reason=type(bug).__name__)
                outcome = self._preparer.give_up(job.content, job.transfer, unexpected)
            else:
                with self._changed:
                    self._last_success = time.monotonic()
                    if outcome.state == "unchanged":
                        self._signer.known_there = True
            self._give(outcome, job)

    def _next_to_send(self) -> Job | None:
        with self._changed:
            while not self._to_send:
                if self._over():
                    return None
                self._changed.wait()
            if self._stopped.is_set():
                return None
            job = self._to_send.popleft()
            self._changed.notify_all()
            return job

    def _give_up_all(self, error: ChatLogError) -> None:
        """From now on every content fails with this, without being tried."""
        if isinstance(error, Cancelled):
            return
        with self._changed:
            self._hopeless = self._hopeless or error
