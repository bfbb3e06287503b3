"""One prepared job to S3: sign, PUT, verify, receipt; and what to do about each thing that goes wrong.

How a large one goes in parts is in app.transfer.multipart.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.errors import (
    AccessDenied,
    AlreadyThere,
    Cancelled,
    ChatLogError,
    ConfigurationError,
    FileVanished,
    HostNotPinned,
    NotFound,
    NotOurProtocol,
    RedirectRefused,
    RemoteError,
    SandboxFailed,
    StorageChanged,
    TlsFailed,
    Unauthorized,
    UrlExpired,
)
from app.transfer.job import ProgressFile, Teller, outcome_of, remove_spool
from app.transfer.multipart import PartFailed
from app.transfer.objects import confirmed, look, put, version_of
from app.transfer.retry import Patience, Remedy, Step, persistently
from app.transfer.s3_replies import holds
from app.transfer.state_database import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.remote.presign import PresignClient
    from app.remote.protocol import HeadReply
    from app.transfer.connections import Connections
    from app.transfer.content import Events, Outcome, OutcomeState
    from app.transfer.job import Job
    from app.transfer.jobs import JobStore
    from app.transfer.multipart import PartsSender
    from app.transfer.part_uploads import PartUploads
    from app.transfer.schema import Receipt


class Sender:
    """Sends jobs, one after another per thread. Threads may share it."""

    def __init__(
        self,
        jobs: JobStore,
        presign: PresignClient,
        http: Connections,
        parts: PartsSender,
        part_uploads: PartUploads,
        *,
        events: Events | None,
    ) -> None:
        self._jobs = jobs
        self._presign = presign
        self._http = http
        self._parts = parts
        self._part_uploads = part_uploads
        self._events = events

    def send(self, job: Job) -> Outcome:
        """The outcome, once it is on disk.

        Raises ChatLogError when all that the table of retries knows has been tried, Cancelled, LeaseLost.
        """
        teller = Teller(job.content, self._events)

        def before_next(step: Step, error: BaseException) -> None:
            job.attempt += 1
            job.failed_at = time.monotonic()
            if step.remedy is Remedy.SIGN_AGAIN:
                job.grant = None
            if step.remedy is Remedy.LOOK_FIRST:
                job.look_first = job.maybe_sent = True
            total = job.prepared.stored_size
            teller.tell("waiting", total=total, attempt=job.attempt, wait_seconds=step.wait, error=error)

        try:
            state, receipt = persistently(
                lambda: self._attempt(job),
                Patience(budget=job.budget),
                stopped=job.withdrawal.stopped,
                before_next=before_next,
            )
        except PartFailed as failed:
            raise failed.error from failed
        [outcome] = self.finish([(job, state, receipt)])
        if outcome is None:
            raise LeaseLost(job.transfer.id)
        return outcome

    def finish(self, endings: Sequence[tuple[Job, OutcomeState, Receipt]]) -> list[Outcome | None]:
        """The receipts to disk in one commit, then the spool files away, then the news.

        None for a job that another process has taken over.
        """
        lost = self._jobs.finished(
            [(job.transfer, receipt, state == "unchanged") for job, state, receipt in endings]
        )
        outcomes: list[Outcome | None] = []
        for job, state, receipt in endings:
            if job.transfer.id in lost:
                outcomes.append(None)
                continue
            remove_spool(job.spool_file)
            if job.in_parts:
                # S3 had the content by other means than the parts that were begun.
                self._part_uploads.abort_all_of(job.transfer)
            size = receipt.stored_size
            Teller(job.content, self._events).tell(state, sent=size, total=size, attempt=job.attempt)
            outcomes.append(outcome_of(job.content, state, receipt))
        return outcomes

    def recognise(self, job: Job, head: HeadReply | None) -> tuple[OutcomeState, Receipt] | None:
        """The end of the job where `head` shows that S3 has its content; None where it is still to be sent.

        Other content under the key means that a version is to be added.
        """
        if head is None:
            return None
        if not holds(
            head, stored_sha256=job.prepared.stored_sha256, original_sha256=job.prepared.original_sha256
        ):
            if job.if_absent:
                job.if_absent, job.grant = False, None
            return None
        stored = head.checksum.sha256() if head.checksum else None
        receipt = job.make_receipt(version_of(head, job.s3_key), stored_size=head.size, stored_sha256=stored)
        return ("archived" if job.maybe_sent else "unchanged"), receipt

    def _attempt(self, job: Job) -> tuple[OutcomeState, Receipt]:
        if job.withdrawal.stopped.is_set():
            raise Cancelled
        if job.refused is not None:
            error, job.refused = job.refused, None
            raise error
        if job.look_first and job.s3_key is not None:
            known = self.recognise(job, look(self._presign, job.s3_key))
            job.look_first = False
            if known is not None:
                return known
        try:
            return "archived", self._store(job)
        except (AlreadyThere, NotFound) as problem:
            # An upload in parts of which S3 knows no more; nothing else is done about what is not found.
            if isinstance(problem, NotFound) and not job.in_parts:
                raise
            assert job.s3_key is not None
            known = self.recognise(job, look(self._presign, job.s3_key))
            if known is not None:
                return known
        return "archived", self._store(job)

    def _store(self, job: Job) -> Receipt:
        return self._parts.send(job) if job.in_parts else self._put(job)

    def _put(self, job: Job) -> Receipt:
        if job.grant is None or not job.fresh:
            self._sign(job)
        grant = job.grant
        assert grant is not None
        total = job.prepared.stored_size
        teller = Teller(job.content, self._events)
        teller.tell("sending", total=total, attempt=job.attempt)
        try:
            with job.spool_file.open("rb", buffering=0) as file:
                body = ProgressFile(
                    file,
                    total,
                    lambda sent: teller.tell("sending", sent=sent, total=total, attempt=job.attempt),
                    job.withdrawal.stopped,
                    lambda: teller.tell("verifying", sent=total, total=total, attempt=job.attempt),
                )
                version_id = put(self._http, grant, body, job.prepared.stored_sha256).version_id
        except FileNotFoundError as problem:
            raise FileVanished(path=str(job.spool_file)) from problem
        except AccessDenied as problem:
            # A bucket policy that limits a signature's age denies without saying that it expired.
            if not job.fresh:
                raise UrlExpired(host=urlsplit(grant.presigned_url).hostname) from problem
            raise
        return job.make_receipt(
            version_id or confirmed(self._presign, grant, size=total, sha256=job.prepared.stored_sha256)
        )

    def _sign(self, job: Job) -> None:
        grant = self._presign.upload([job.request()])[0]
        if isinstance(grant, RemoteError):
            raise grant
        self._jobs.sending([(job.transfer, grant.s3_key)])
        job.granted(grant)


def concerns_everything(error: ChatLogError, *, others_succeeded: bool) -> bool:
    """Whether a failure that outlasted all patience says that S3 or the way to it is gone, not one file's upload.

    `others_succeeded`: since the attempt before failed, so that a network that goes away is not taken for the failure of
    what was under way. A page in place of S3's reply may then be about this file alone: some
    networks look into what is sent.
    """
    if isinstance(error, ALWAYS_OF_EVERYTHING):
        return True
    alike = error.retryable or isinstance(error, NotOurProtocol | RedirectRefused)
    return alike and isinstance(error, RemoteError) and not others_succeeded


ALWAYS_OF_EVERYTHING = (
    ConfigurationError,
    HostNotPinned,
    SandboxFailed,
    StorageChanged,
    TlsFailed,
    Unauthorized,
)
"""What says nothing of one file: the other side is not the accepted one, or does not know us."""
