"""One run of the uploader: threads that prepare, one that asks for URLs, threads that send.

    contents → prepare (spool, job on disk) → sign in batches → PUT → verify → receipt → outcome

A large content goes in parts: one sender has it in hands, others help with its parts. While small ones wait too, each
kind has half of the senders; at no time have the large ones all.

Between the stages little waits: the spool is bounded, so memory and disk are. A failing file never stops others; a
failure of the endpoint or of S3 as a whole ends the run early, since it would fail every file alike. A content can be
withdrawn at every stage.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from app.errors import Cancelled, ChatLogError, Unexpected
from app.transfer.intake import Intake
from app.transfer.job import Job, Teller, failure_of
from app.transfer.multipart import PartsSender
from app.transfer.open_sockets import OpenSockets
from app.transfer.part_uploads import PartUploads
from app.transfer.preparing import Later, Preparer
from app.transfer.send_queue import SendQueue
from app.transfer.sending import Sender, concerns_everything
from app.transfer.signing import BatchSigner
from app.transfer.spool_room import SpoolRoom
from app.transfer.state_database import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from app.transfer.content import Content, Outcome
    from app.transfer.crew import Part, PartsUnderWay
    from app.transfer.intake import Taken
    from app.transfer.spool_room import Writing
    from app.transfer.uploader import Uploader
    from app.transfer.withdrawal import Withdrawal

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.05
"""How long the first item of a batch waits for company while the senders have nothing to do, if more is prepared."""

IDLE_SECONDS = 0.1
"""How soon a run notices that it was cancelled."""


class UploadRun:
    """The threads and queues of one run. `_changed` guards everything that is not a constant."""

    def __init__(
        self,
        uploader: Uploader,
        contents: Iterable[Content],
        cancelled: threading.Event,
        withdrawal_of: Callable[[Content], Withdrawal],
    ) -> None:
        self._uploader = uploader
        self._cancelled = cancelled
        self._stopped = threading.Event()
        self._sockets = OpenSockets()
        self._preparer = Preparer(
            uploader.jobs,
            uploader.spool_folder,
            uploader.destination,
            size_limit=uploader.size_limit,
            parts_above=uploader.parts_above,
            events=uploader.events,
        )
        self._changed = threading.Condition()
        self._sending = SendQueue(self._changed, uploader.parallel)
        self._room = SpoolRoom(uploader.spool_folder, lambda: self._sending.bytes_in_parts)
        self._part_uploads = PartUploads(uploader.jobs.database, uploader.presign, uploader.destination)
        self._sender = self._make_sender(uploader)
        self._signer = BatchSigner(uploader.jobs, uploader.presign, self._sender, stopped=self._stopped)
        self._intake = Intake(self._changed, contents, self._room, withdrawal_of, self._take_on)
        self._under_way: set[Withdrawal] = set()
        self._to_sign: deque[Job] = deque()
        self._being_signed: list[Job] = []
        self._to_give_back: deque[Job] = deque()
        self._ready: deque[Outcome] = deque()
        self._last_success = time.monotonic()
        """When the last of those sendings began that succeeded: one that began before the network went says nothing."""
        self._storage_is_gone = False
        self._broken_off = False
        self._hopeless: ChatLogError | None = None

    def _make_sender(self, uploader: Uploader) -> Sender:
        jobs, presign, http = uploader.jobs, uploader.presign, uploader.http
        parts = PartsSender(
            jobs, self._part_uploads, presign, http, self._sending.crew, events=uploader.events
        )
        return Sender(jobs, presign, http, parts, self._part_uploads, events=uploader.events)

    def outcomes(self) -> Iterator[Outcome]:
        """See Uploader.run."""
        self._preparer.remove_leftovers()
        loops: list[tuple[str, Callable[[], None]]] = [("sign", self._sign_loop)]
        loops += [("prepare", self._prepare_loop)] * self._uploader.preparers
        loops += [("send", self._send_loop)] * self._uploader.parallel
        threads = [threading.Thread(target=loop, name=f"upload-{name}", daemon=True) for name, loop in loops]
        for thread in threads:
            thread.start()
        try:
            while (outcome := self._next_outcome()) is not None:
                yield outcome
        finally:
            self._stop()
            for thread in threads:
                self._join(thread)
            self._release_rest()
            with suppress(ChatLogError):  # the next run does it too
                self._preparer.remove_leftovers()
        yield from self._ready
        if self._intake.problem is not None:
            raise self._intake.problem

    # ---- the consumer's side ----------------------------------------------------------------------------

    def _next_outcome(self) -> Outcome | None:
        """None when all is done or the run was cancelled."""
        with self._changed:
            while not self._ready:
                if self._cancelled.is_set() or self._broken_off or self._is_done():
                    return None
                self._changed.wait(IDLE_SECONDS)
            return self._ready.popleft()

    def _join(self, thread: threading.Thread) -> None:
        """It may still be letting S3 drop parts: a wish to stop ends that too."""
        while thread.is_alive():
            thread.join(IDLE_SECONDS)
            if self._cancelled.is_set():
                self._sockets.shut_down()

    def _stop(self) -> None:
        self._stopped.set()
        with self._changed:
            if not self._is_done():
                self._sockets.shut_down()
            for withdrawal in self._under_way:
                withdrawal.stop()
            self._changed.notify_all()

    def _release_rest(self) -> None:
        for job in (*self._to_sign, *self._sending.rest(), *self._to_give_back):
            self._ready.append(self._preparer.give_up(job.content, job.transfer, Cancelled()))
        self._ready.extend(failure_of(taken.content, Cancelled()) for taken in self._intake.rest())

    def _is_done(self) -> bool:
        return self._intake.exhausted and not self._under_way

    def _over(self) -> bool:
        return self._stopped.is_set() or self._is_done()

    def _give(self, outcome: Outcome, withdrawal: Withdrawal, job: Job | None = None) -> None:
        withdrawal.tell(None)
        with self._changed:
            self._ready.append(outcome)
            self._under_way.discard(withdrawal)
            if job is not None:
                self._room.leave(job.prepared.stored_size)
            self._changed.notify_all()

    def _defer(
        self, content: Content, withdrawal: Withdrawal, job: Job | None = None, *, needed: int | None = None
    ) -> None:
        with self._changed:
            if job is not None:
                self._room.leave(job.prepared.stored_size)
            if not withdrawal.stopped.is_set():
                self._intake.defer(content, withdrawal, needed)
                return
        self._give(failure_of(content, Cancelled()), withdrawal)

    def _take_out(self, withdrawal: Withdrawal) -> None:
        """A content was withdrawn. What waits is given back now, by a thread that prepares; who works on it stops."""
        with self._changed:
            for job in [job for job in self._to_sign if job.withdrawal is withdrawal]:
                self._to_sign.remove(job)
                self._to_give_back.append(job)
            self._to_give_back.extend(self._sending.take_out(lambda job: job.withdrawal is withdrawal))
            for job in self._being_signed:
                if job.withdrawal is withdrawal and not job.given_back:
                    job.given_back = True
                    self._to_give_back.append(job)
            deferred = self._intake.take_out(withdrawal)
            self._changed.notify_all()
        for taken in deferred:
            self._give(failure_of(taken.content, Cancelled()), withdrawal)

    # ---- preparing --------------------------------------------------------------------------------------

    def _prepare_loop(self) -> None:
        while (work := self._next_work()) is not None:
            if isinstance(work, Job):
                given_up = self._preparer.give_up(work.content, work.transfer, Cancelled())
                self._give(given_up, work.withdrawal, work)
                self._end_parts_of(work)
                continue
            (content, withdrawal), writing = work
            try:
                self._prepare(content, withdrawal, writing)
            except ChatLogError as error:  # state.db itself
                self._give_up_all(error)
                self._give(failure_of(content, error, kept=self._uploader.keeps_what_halts), withdrawal)
            except Exception as bug:
                log.exception("preparing %s", content.path)
                self._give(failure_of(content, Unexpected(reason=type(bug).__name__)), withdrawal)

    def _prepare(self, content: Content, withdrawal: Withdrawal, writing: Writing) -> None:
        prepared: Job | Outcome | Later | None = None
        try:
            if self._hopeless is None:
                prepared = self._preparer.prepare(content, withdrawal, partial(self._was_shared, writing))
        finally:
            with self._changed:
                self._room.end(prepared.prepared.stored_size if isinstance(prepared, Job) else None)
                if isinstance(prepared, Job):
                    (self._to_give_back if withdrawal.stopped.is_set() else self._to_sign).append(prepared)
                self._changed.notify_all()
        if prepared is None:
            assert self._hopeless is not None
            Teller(content, self._uploader.events).tell("failed", error=self._hopeless)
            kept = self._uploader.keeps_what_halts
            self._give(failure_of(content, self._hopeless, kept=kept), withdrawal)
        elif isinstance(prepared, Later):
            self._defer(content, withdrawal, needed=prepared.needed)
        elif not isinstance(prepared, Job):
            self._give(prepared, withdrawal)

    def _was_shared(self, writing: Writing) -> bool:
        with self._changed:
            return self._room.was_shared(writing)

    def _next_work(self) -> tuple[Taken, Writing] | Job | None:
        """The next content once there is room, or a job that was withdrawn; None at the end."""
        with self._changed:
            work = self._intake.next(lambda: bool(self._to_give_back) or self._takes_no_more())
            if work is not None or self._takes_no_more():
                return work
            return self._to_give_back.popleft()

    def _takes_no_more(self) -> bool:
        # A wish to stop counts at once, not only when the consumer next looks.
        return self._over() or self._cancelled.is_set()

    def _take_on(self, withdrawal: Withdrawal) -> None:
        self._under_way.add(withdrawal)
        withdrawal.tell(self._take_out)
        if self._stopped.is_set():
            withdrawal.stop()

    # ---- signing ----------------------------------------------------------------------------------------

    def _sign_loop(self) -> None:
        with self._uploader.http.watched_by(self._sockets):
            self._part_uploads.abort_useless()
            while not self._broken_off and (batch := self._gather()):
                self._sign(batch)

    def _sign(self, batch: list[Job]) -> None:
        try:
            signed = self._signer.sign(list(batch))
        except Cancelled:
            # Perhaps by who owns the client, without this run having been told: it ends all the same.
            with self._changed:
                self._to_sign.extend(self._kept_from(batch))
                self._broken_off = True
                self._changed.notify_all()
            return
        except ChatLogError as error:
            self._give_up_all(error)
            self._give_up_batch(batch, error, kept=self._uploader.keeps_what_halts)
            return
        except Exception as bug:
            log.exception("signing")
            self._give_up_batch(batch, Unexpected(reason=type(bug).__name__), kept=False)
            return
        with self._changed:
            outcomes = dict(signed.done)
            kept = self._kept_from(batch)
            self._sending.offer(job for job in kept if job not in outcomes and job not in signed.lost)
        for job in kept:
            if job in outcomes:
                self._give(outcomes[job], job.withdrawal, job)
            elif job in signed.lost:
                self._defer(job.content, job.withdrawal, job)

    def _kept_from(self, batch: list[Job]) -> list[Job]:
        """Those of a batch that were not withdrawn meanwhile. Holding `_changed`."""
        self._being_signed = []
        return [job for job in batch if not job.given_back]

    def _give_up_batch(self, batch: list[Job], error: ChatLogError, *, kept: bool) -> None:
        with self._changed:
            rest = self._kept_from(batch)
        for job in rest:
            outcome = self._preparer.give_up(job.content, job.transfer, error, kept=kept)
            self._give(outcome, job.withdrawal, job)

    def _gather(self) -> list[Job]:
        """A batch: what is there when senders have nothing to do, a full one while they are busy."""
        with self._changed:
            deadline: float | None = None
            while not self._over() and not self._sending.wants_more(self._to_sign):
                if not self._to_sign:  # none yet, or all were withdrawn
                    deadline = None
                    self._changed.wait()
                    continue
                deadline = deadline or time.monotonic() + GATHER_SECONDS
                left = 0 if self._all_prepared() else deadline - time.monotonic()
                if left <= 0 and self._sending.is_low():
                    break
                self._changed.wait(left if left > 0 else None)
            if self._over():
                return []
            batch = self._sending.take_batch(self._to_sign)
            self._being_signed = list(batch)
            return batch

    def _all_prepared(self) -> bool:
        """Whether no other content is on its way to be signed for. Holding `_changed`."""
        return self._intake.exhausted and len(self._under_way) <= self._room.files

    # ---- sending ----------------------------------------------------------------------------------------

    def _send_loop(self) -> None:
        while (work := self._next_to_send()) is not None:
            if isinstance(work, Job):
                self._send(work)
                continue
            parts, part = work
            try:
                with self._uploader.http.watched_by(parts.job.withdrawal.sockets):
                    parts.work(part)
            finally:
                with self._changed:
                    self._sending.helped()

    def _send(self, job: Job) -> None:
        try:
            outcome = self._sent(job)
        finally:
            with self._changed:
                self._sending.ended(job)
        if outcome is None:
            self._defer(job.content, job.withdrawal, job)
            return
        self._give(outcome, job.withdrawal, job)
        if outcome.state == "failed":
            self._end_parts_of(job)

    def _end_parts_of(self, job: Job) -> None:
        """No parts are to stay in S3 of what will not be gone on with."""
        if not job.in_parts:
            return
        with self._uploader.http.watched_by(self._sockets):
            if job.withdrawal.for_good:
                self._part_uploads.abort_all_of(job.transfer)
            else:
                self._part_uploads.abort_useless()

    def _sent(self, job: Job) -> Outcome | None:
        """How a job ended; None where another process has taken it over."""
        started = time.monotonic()
        try:
            if self._hopeless is not None and (job.grant is None or self._storage_is_gone):
                raise self._hopeless
            with self._uploader.http.watched_by(job.withdrawal.sockets):
                outcome = self._sender.send(job)
        except LeaseLost:
            return None
        except ChatLogError as error:
            return self._give_up_sending(job, error, started)
        except Exception as bug:
            log.exception("sending %s", job.content.path)
            unexpected = Unexpected(reason=type(bug).__name__)
            return self._preparer.give_up(job.content, job.transfer, unexpected)
        with self._changed:
            self._last_success = max(self._last_success, started)
            if outcome.state == "archived":
                self._sending.carried(job)
            if outcome.state == "unchanged":
                self._signer.known_there = True
        return outcome

    def _give_up_sending(self, job: Job, error: ChatLogError, started: float) -> Outcome:
        others_succeeded = self._last_success >= (job.failed_at or started)
        of_everything = concerns_everything(error, others_succeeded=others_succeeded)
        if of_everything:
            self._storage_is_gone = True
            self._give_up_all(error)
        kept = self._uploader.keeps_what_halts and (of_everything or error is self._hopeless)
        return self._preparer.give_up(job.content, job.transfer, error, kept=kept)

    def _next_to_send(self) -> Job | tuple[PartsUnderWay, Part] | None:
        """A job, or a part of one that another sender has in hands; None at the end."""
        with self._changed:
            while True:
                if self._stopped.is_set():
                    return None
                if (work := self._sending.next()) is not None:
                    return work
                if self._over():
                    return None
                self._changed.wait()

    def _give_up_all(self, error: ChatLogError) -> None:
        """From now on every content fails with this, without being tried."""
        if isinstance(error, Cancelled):
            return
        with self._changed:
            self._hopeless = self._hopeless or error
