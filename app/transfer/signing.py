"""URLs for many jobs at once, and finding out in batches what S3 has already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from app.errors import NotFound, RemoteError
from app.remote.protocol import HeadReply, ObjectRequest
from app.transfer.retry import Patience, persistently
from app.transfer.state_database import LeaseLost

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from app.remote.presign import PresignClient
    from app.transfer.content import Outcome, OutcomeState
    from app.transfer.job import Job
    from app.transfer.jobs import JobStore
    from app.transfer.schema import Receipt
    from app.transfer.sending import Sender

T = TypeVar("T")


@dataclass(slots=True)
class Signed:
    """What became of a batch: jobs to send, jobs that turned out to be done, jobs another process took over."""

    to_send: list[Job] = field(default_factory=list)
    done: list[tuple[Job, Outcome]] = field(default_factory=list)
    lost: list[Job] = field(default_factory=list)


class BatchSigner:
    """Asks the endpoint for batches; for one thread.

    `known_there` is set by whoever sees that S3 has content this computer knows nothing of: then another computer
    seems to have archived these sessions, and asking first costs less than sending them to be refused.
    """

    def __init__(
        self, jobs: JobStore, presign: PresignClient, sender: Sender, *, stopped: threading.Event
    ) -> None:
        self._jobs = jobs
        self._presign = presign
        self._sender = sender
        self._stopped = stopped
        self._worked = False
        self.known_there = False

    def sign(self, batch: list[Job]) -> Signed:
        """Grants for a batch; what S3 turns out to have goes no further.

        Raises RemoteError where the endpoint as a whole does not answer, Cancelled.
        """
        signed = Signed()
        batch = self._without_known(signed, batch, [job for job in batch if job.look_first])
        # What goes in parts has a URL for each of them, when its turn has come.
        whole = [job for job in batch if not job.in_parts]
        if whole:
            grants = self._insistently(lambda: self._presign.upload([job.request() for job in whole]))
            for job, grant in zip(whole, grants, strict=True):
                if isinstance(grant, RemoteError):
                    job.refused = grant
                else:
                    job.granted(grant)
        if self.known_there:
            asked = [job for job in batch if job.grant is not None and job.if_absent]
            batch = self._without_known(signed, batch, asked)
            self.known_there = bool(signed.done)
        self._note_sending(batch)
        signed.to_send = batch
        return signed

    def _note_sending(self, batch: list[Job]) -> None:
        granted = [job for job in batch if job.grant is not None and not job.withdrawal.stopped.is_set()]
        if not granted:
            return
        try:
            self._jobs.sending([(job.transfer, job.s3_key or "") for job in granted])
        except LeaseLost:
            # One of them was taken over; which one shows when each is signed for by itself.
            for job in granted:
                job.grant = None

    def _without_known(self, signed: Signed, batch: list[Job], asked: list[Job]) -> list[Job]:
        """Finish those of `asked` whose content S3 has already; the rest of the batch."""
        if not asked:
            return batch
        requests = [ObjectRequest(job.s3_key or "") for job in asked]
        heads = self._insistently(lambda: self._presign.head(requests))
        known: list[tuple[Job, OutcomeState, Receipt]] = []
        for job, head in zip(asked, heads, strict=True):
            if isinstance(head, HeadReply | NotFound):
                job.look_first = False
            if isinstance(head, HeadReply):
                ending = self._sender.recognise(job, head)
                if ending is not None:
                    known.append((job, *ending))
        outcomes = self._sender.finish(known)
        gone = set()
        for (job, _, _), outcome in zip(known, outcomes, strict=True):
            gone.add(job.transfer.id)
            if outcome is None:
                signed.lost.append(job)
            else:
                signed.done.append((job, outcome))
        return [job for job in batch if job.transfer.id not in gone]

    def _insistently(self, operation: Callable[[], T]) -> T:
        """Call the endpoint, with all patience once it has worked: a hiccup is not a wrong address."""
        if not self._worked:
            result = operation()
        else:
            result = persistently(operation, Patience(), stopped=self._stopped)
        self._worked = True
        return result
