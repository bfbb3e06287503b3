"""One prepared job to S3 in parts: begin or go on, send what S3 lacks, complete, verify.

What S3 lacks is asked of S3 each time, and compared with the spool: sizes and checksums, part by part.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.errors import (
    AccessDenied,
    AlreadyThere,
    BodyDamaged,
    Cancelled,
    ChatLogError,
    InvalidRequest,
    NotFound,
    NotOurProtocol,
    RemoteError,
    UrlExpired,
    VerificationFailed,
)
from app.remote.multipart import MultipartRequest, PartRequest, crc64nvme_field
from app.remote.protocol import EXPIRES_IN_SECONDS, ObjectRequest
from app.transfer.crew import Part, PartsProgress, PartsUnderWay
from app.transfer.job import Teller
from app.transfer.objects import Freshness, look, reply_timeout, version_of
from app.transfer.part_uploads import PartUpload
from app.transfer.retry import Patience, Remedy, Step, persistently
from app.transfer.s3_replies import ERROR_BODY_LIMIT, refusal
from app.transfer.spool_parts import SpoolParts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.remote.multipart import CompletedUpload, PartGrant, StoredPart
    from app.remote.presign import PresignClient
    from app.remote.protocol import HeadReply
    from app.transfer.connections import Connections
    from app.transfer.content import Events
    from app.transfer.crew import Crew
    from app.transfer.job import Job
    from app.transfer.jobs import JobStore
    from app.transfer.part_uploads import PartUploads
    from app.transfer.schema import Receipt

PARTS_ABOVE = 16 * 1024 * 1024
"""Stored bytes above which an object goes in parts: the size of the endpoint's smallest parts."""

LARGEST_OBJECT = 5 * 1024**4
"""Bytes: Amazon S3 user guide, "Amazon S3 multipart upload limits"."""

SIGNED_AHEAD = 32
"""URLs that are asked for together: half a gibibyte, which the slowest line worth using carries before they die."""

ENCRYPTION = "aws:kms"
"""What the endpoint asks of S3 for every upload in parts."""

CHECKSUM_HEADER = "x-amz-checksum-crc64nvme"


class PartFailed(Exception):
    """A part could not be sent with all the patience there is: `error` says why."""

    def __init__(self, error: ChatLogError) -> None:
        super().__init__(str(error))
        self.error = error


class PartsSender:
    """Sends jobs in parts, each from one thread, with the help of others. Threads may share it."""

    def __init__(
        self,
        jobs: JobStore,
        uploads: PartUploads,
        presign: PresignClient,
        http: Connections,
        crew: Crew,
        *,
        events: Events | None,
    ) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._presign = presign
        self._http = http
        self._crew = crew
        self._events = events

    def send(self, job: Job) -> Receipt:
        """The receipt of the object that S3 has confirmed.

        Raises AlreadyThere where the upload had to be the first and was not, NotFound where S3 knows the upload no more
        (then it is forgotten), PartFailed, and other errors where something other than a part's bytes failed.
        """
        upload = self._uploads.of(job.transfer, job.prepared.stored_sha256)
        if upload is not None and (upload.s3_key, upload.if_absent) != (job.s3_key, job.if_absent):
            # Begun for another key, or to be the first where a version is wanted by now.
            self._uploads.abort(upload)
            upload = None
        fresh = upload is None
        if upload is None:
            upload = self._begin(job)
        one = _ObjectInParts(self._presign, self._http, self._crew, job, upload, self._events)
        try:
            receipt = one.send(known_empty=fresh)
        except NotFound:
            self._uploads.ended(upload)
            raise
        self._uploads.ended(upload)
        return receipt

    def _begin(self, job: Job) -> PartUpload:
        """Raises AlreadyThere where something lies under the key of an upload that must be the first."""
        request = job.request()
        begun = self._presign.create_multipart(
            MultipartRequest(
                file_name=request.file_name,
                content_type=request.content_type,
                size=request.size,
                kind=request.kind,
                session_date=request.session_date,
                s3_key=request.s3_key,
                if_absent=request.if_absent,
                metadata=request.metadata,
            )
        )
        upload = PartUpload(begun.s3_key, begun.upload_id, begun.part_size, job.if_absent)
        self._uploads.begun(job.transfer, job.prepared.stored_sha256, upload)
        # Asked now, and not only at completion: gibibytes may lie in between.
        if job.if_absent and look(self._presign, upload.s3_key) is not None:
            job.s3_key = upload.s3_key
            self._uploads.abort(upload)
            raise AlreadyThere(s3Key=upload.s3_key)
        self._jobs.sending([(job.transfer, upload.s3_key)])
        job.s3_key = upload.s3_key
        return upload


class _ObjectInParts:
    """One object, from the parts that S3 has to the receipt."""

    def __init__(
        self,
        presign: PresignClient,
        http: Connections,
        crew: Crew,
        job: Job,
        upload: PartUpload,
        events: Events | None,
    ) -> None:
        self._presign = presign
        self._http = http
        self._crew = crew
        self._job = job
        self._upload = upload
        self._size = job.prepared.stored_size
        self._spool = SpoolParts(job.spool_file, self._size, upload.part_size, job.withdrawal.stopped)
        self._progress = PartsProgress(Teller(job.content, events), job)

    def send(self, *, known_empty: bool) -> Receipt:
        """Raises as PartsSender.send does."""
        held = [] if known_empty else self._held()
        if held is not None:
            self._send_missing(held)
        try:
            done = self._complete()
        except InvalidRequest as problem:
            if problem.parameters.get("field") not in {"size", "checksum"}:
                raise
            # S3 has other parts than it was sent: seen which, they are sent again.
            self._send_missing(self._held() or [])
            done = self._complete()
        return self._confirmed(done)

    def _held(self) -> list[StoredPart] | None:
        """The parts that S3 has; None where the upload has ended: completing it once more tells how."""
        try:
            return list(self._presign.list_parts(self._upload.s3_key, self._upload.upload_id))
        except NotFound:
            return None

    def _send_missing(self, held: Iterable[StoredPart]) -> None:
        numbers = range(1, self._spool.count + 1)
        whole = {
            part.part_number: part.size
            for part in held
            if part.part_number in numbers and self._is_ours(part)
        }
        self._progress.begin(whole)
        missing = deque(number for number in numbers if number not in whole)
        parts = PartsUnderWay(self._job, self._send_part)
        with self._crew.helping(parts):
            try:
                self._drive(parts, missing)
            except ChatLogError as error:
                if isinstance(error, NotFound | Cancelled):
                    raise
                # A bucket policy on what uploads are begun with denies parts of one that is no more.
                if isinstance(error, AccessDenied) and self._held() is None:
                    raise NotFound(s3Key=self._upload.s3_key) from error
                raise PartFailed(error) from error

    def _drive(self, parts: PartsUnderWay, unsigned: deque[int]) -> None:
        """Ask for URLs ahead of need, and send like the helpers. Raises the first failure."""
        while True:
            if unsigned and parts.wants_more(SIGNED_AHEAD // 2):
                batch = [unsigned.popleft() for _ in range(min(SIGNED_AHEAD, len(unsigned)))]
                try:
                    parts.offer(self._signed(batch))
                except BaseException as problem:  # noqa: BLE001 - raised by `wait`, once nothing is being sent
                    parts.fail(problem)
                self._crew.call()
            if (part := parts.take()) is not None:
                parts.work(part)
            elif not parts.wait() and not unsigned:
                return

    def _is_ours(self, part: StoredPart) -> bool:
        number = part.part_number
        return (
            part.size == self._spool.size(number)
            and part.checksum is not None
            and part.checksum.algorithm == "CRC64NVME"
            and part.checksum.value == crc64nvme_field(self._spool.checksum(number))["value"]
        )

    # ---- a part -----------------------------------------------------------------------------------------

    def _signed(self, numbers: list[int]) -> list[Part]:
        requests = [
            PartRequest(number, self._spool.size(number), self._spool.checksum(number)) for number in numbers
        ]
        return [
            Part(number, grant, Freshness(EXPIRES_IN_SECONDS))
            for number, grant in zip(numbers, self._grants(requests), strict=True)
        ]

    def _grants(self, requests: list[PartRequest]) -> list[PartGrant]:
        return self._presign.sign_parts(self._upload.s3_key, self._upload.upload_id, requests)

    def _send_part(self, part: Part) -> None:
        """From any thread. Sending a part twice is harmless: S3 keeps the one that came last, and they are the same."""

        def before_next(step: Step, error: BaseException) -> None:
            self._progress.at(part.number, 0)
            self._progress.waiting(step.wait, error)
            if step.remedy is Remedy.SIGN_AGAIN:
                part.grant = None

        persistently(
            lambda: self._put(part),
            Patience(budget=self._job.budget),
            stopped=self._job.withdrawal.stopped,
            before_next=before_next,
        )

    def _put(self, part: Part) -> None:
        number, size = part.number, self._spool.size(part.number)
        if part.grant is None or not part.fresh:
            [part.grant] = self._grants([PartRequest(number, size, self._spool.checksum(number))])
            part.fresh = Freshness(EXPIRES_IN_SECONDS)
        url = part.grant.presigned_url
        host = urlsplit(url).hostname or ""
        body = self._spool.body(number, lambda sent: self._progress.at(number, sent))
        try:
            reply = self._http.send(
                "PUT",
                url,
                headers=part.grant.headers,
                body=body,
                read_timeout=reply_timeout(size),
                limit=ERROR_BODY_LIMIT,
                data=True,
            )
        finally:
            body.close()
        if reply.status != 200:  # noqa: PLR2004 - S3's one status for a stored part
            error = refusal(
                reply.status, reply.headers, reply.body, host=host, s3_key=self._upload.s3_key, size=size
            )
            if isinstance(error, AccessDenied) and not part.fresh:
                # A bucket policy that limits a signature's age denies without saying that it expired.
                raise UrlExpired(host=host)
            raise error
        if "html" in reply.headers.get("content-type", ""):
            raise NotOurProtocol(host=host, status=reply.status, contentType=reply.headers["content-type"])
        sent = crc64nvme_field(self._spool.checksum(number))["value"]
        if reply.headers.get(CHECKSUM_HEADER, sent) != sent:
            raise BodyDamaged(host=host)
        self._progress.at(number, size)

    # ---- the whole --------------------------------------------------------------------------------------

    def _complete(self) -> CompletedUpload:
        self._progress.tell()
        crc64nvme = self._spool.whole(self._job.prepared.stored_sha256)
        # From here on the object may be there, whatever becomes of the reply.
        self._job.maybe_sent = True
        return self._presign.complete_multipart(
            self._upload.s3_key, self._upload.upload_id, size=self._size, crc64nvme=crc64nvme
        )

    def _confirmed(self, done: CompletedUpload) -> Receipt:
        """Checksum, size, version and encryption as S3 tells them. Raises VerificationFailed, RemoteError."""
        head = self._presign.head([ObjectRequest(self._upload.s3_key, done.version_id)])[0]
        if isinstance(head, RemoteError):
            raise head
        wanted = crc64nvme_field(self._spool.whole(self._job.prepared.stored_sha256))["value"]
        self._expect("checksum", wanted, _full_crc64nvme(head))
        self._expect("size", self._size, head.size)
        self._expect("encryption", ENCRYPTION, head.encryption.algorithm if head.encryption else None)
        return self._job.make_receipt(version_of(head, self._upload.s3_key))

    def _expect(self, what: str, expected: str | int, found: str | int | None) -> None:
        if found != expected:
            raise VerificationFailed(s3Key=self._upload.s3_key, what=what, expected=expected, found=found)


def _full_crc64nvme(head: HeadReply) -> str | None:
    checksum = head.checksum
    if checksum is None or (checksum.algorithm, checksum.type) != ("CRC64NVME", "FULL_OBJECT"):
        return None
    return checksum.value
