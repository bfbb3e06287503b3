"""From a content to a job with bytes in the spool: claimed, and read only if what is spooled is of no use."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from app.errors import (
    BodyDamaged,
    Cancelled,
    ChatLogError,
    ConfigurationError,
    DiskFull,
    InvalidRequest,
    RemoteError,
    TooLarge,
    VerificationFailed,
)
from app.transfer.job import Job, Teller, failure_of, outcome_of, remove_spool
from app.transfer.state_database import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.transfer.content import Content, Events, Outcome, Prepared
    from app.transfer.jobs import JobStore
    from app.transfer.schema import Receipt, Transfer
    from app.transfer.withdrawal import Withdrawal

LARGEST_RATIO = 8
"""To how small a part logs shrink at best, as a rule: with less room than that, there is no use in trying."""

_ABOUT_THE_BYTES = (BodyDamaged, InvalidRequest, TooLarge, VerificationFailed)


class Later(NamedTuple):
    """That a content is to be prepared another time."""

    needed: int | None
    """The disk is full, and the file is of more than so many bytes; None: another process has it."""


class Preparer:
    """Prepares contents for one destination. Threads may share it."""

    def __init__(
        self,
        jobs: JobStore,
        spool_folder: Path,
        destination: str,
        *,
        size_limit: int,
        parts_above: int,
        events: Events | None,
    ) -> None:
        self._jobs = jobs
        self._spool_folder = spool_folder
        self._destination = destination
        self._size_limit = size_limit
        self._parts_above = parts_above
        self._events = events

    def prepare(
        self, content: Content, withdrawal: Withdrawal, room_may_come: Callable[[], bool] = lambda: False
    ) -> Job | Outcome | Later:
        """A job to send; or the outcome already, where nothing is to be sent; or that it is for another time.

        Where the disk is full, `room_may_come` tells whether trying again is of any use.
        """
        if withdrawal.stopped.is_set():
            return failure_of(content, Cancelled())
        transfer = self._jobs.claim(self._destination, content)
        if transfer is None:
            return Later(needed=None)
        try:
            return self._prepare(content, withdrawal, transfer)
        except LeaseLost:
            return Later(needed=None)
        except ChatLogError as error:
            if isinstance(error, DiskFull) and room_may_come():
                needed = self._missing_room(transfer, error)
                remove_spool(self._spool_file(transfer))
                self._jobs.release(transfer)
                return Later(needed)
            return self.give_up(content, transfer, error)

    def give_up(
        self, content: Content, transfer: Transfer, error: ChatLogError, *, kept: bool = False
    ) -> Outcome:
        """Note a failure. What was stopped by the user, or is `kept`, stays on disk as it is for a later run."""
        keep = isinstance(error, RemoteError | ConfigurationError) and not isinstance(error, _ABOUT_THE_BYTES)
        # Where the state itself cannot be written, the failure that is told is the one that matters.
        with suppress(LeaseLost, ChatLogError):
            if kept or isinstance(error, Cancelled):
                self._jobs.release(transfer)
            else:
                self._jobs.failed(transfer, error, keep_spool=keep)
                if not keep:
                    remove_spool(self._spool_file(transfer))
        Teller(content, self._events).tell("failed", error=error)
        return failure_of(content, error, kept=kept)

    def remove_leftovers(self) -> None:
        """Remove spool files that belong to no transfer: a process was killed between two steps."""
        with suppress(OSError):
            # Listed before the names are read: a file's name is on disk before the file is.
            found = list(self._spool_folder.iterdir())
            known = self._jobs.spool_names()
            for file in found:
                if file.name not in known:
                    remove_spool(file)

    def _prepare(self, content: Content, withdrawal: Withdrawal, transfer: Transfer) -> Job | Outcome:
        receipt = self._jobs.receipt(self._destination, content.key)
        prepared = self._reusable(content, transfer)
        if prepared is None:
            if transfer.prepared is not None:
                remove_spool(self._spool_file(transfer))
                transfer = self._jobs.prepare_again(transfer)
            Teller(content, self._events).tell("preparing")
            self._expect_room(content)
            prepared = content.prepare(self._spool_file(transfer), withdrawal.stopped.is_set)
            if prepared.stored_size > self._size_limit:
                raise TooLarge(size=prepared.stored_size, limit=self._size_limit)
            if not _same(receipt, prepared):
                self._jobs.prepared(transfer, prepared)
        if receipt is not None and _same(receipt, prepared):
            return self._unchanged(content, transfer, receipt, prepared)
        Teller(content, self._events).tell("prepared", total=prepared.stored_size)
        return self._job(content, withdrawal, transfer, receipt, prepared)

    def _job(
        self,
        content: Content,
        withdrawal: Withdrawal,
        transfer: Transfer,
        receipt: Receipt | None,
        prepared: Prepared,
    ) -> Job:
        maybe_sent = transfer.attempts > 0 and transfer.s3_key is not None
        known = receipt.s3_key if receipt else transfer.s3_key if maybe_sent else None
        # With compression switched on or off the name has another ending: another object.
        if known is not None and known.endswith(".zst") != content.file_name.endswith(".zst"):
            known, maybe_sent = None, False
        return Job(
            content=content,
            withdrawal=withdrawal,
            transfer=transfer,
            prepared=prepared,
            spool_file=self._spool_file(transfer),
            s3_key=known,
            if_absent=receipt is None or known is None,
            look_first=maybe_sent,
            maybe_sent=maybe_sent,
            in_parts=prepared.stored_size > self._parts_above,
        )

    def _unchanged(
        self, content: Content, transfer: Transfer, receipt: Receipt, prepared: Prepared
    ) -> Outcome:
        refreshed = replace(
            receipt,
            path=str(content.path),
            size=prepared.original_size if prepared.file_size is None else prepared.file_size,
            mtime_ns=prepared.mtime_ns,
            redaction=content.redaction,
        )
        if self._jobs.finished([(transfer, refreshed, True)]):
            raise LeaseLost(transfer.id)
        remove_spool(self._spool_file(transfer))
        Teller(content, self._events).tell("unchanged", total=prepared.stored_size)
        return outcome_of(content, "unchanged", refreshed)

    def _reusable(self, content: Content, transfer: Transfer) -> Prepared | None:
        """What an earlier run prepared, if it is whole and still what would be prepared now.

        A source file that is gone meanwhile is no hindrance: the spool has its bytes.
        """
        prepared = transfer.prepared
        wanted = (content.file_name, content.redaction)
        if prepared is None or (transfer.file_name, transfer.redaction) != wanted:
            return None
        try:
            status = content.path.stat()
            size = prepared.original_size if prepared.file_size is None else prepared.file_size
            if (status.st_mtime_ns, status.st_size) != (prepared.mtime_ns, size):
                return None
        except FileNotFoundError:
            pass
        except OSError:
            return None
        return prepared if _is_whole(self._spool_file(transfer), prepared) else None

    def _expect_room(self, content: Content) -> None:
        """Fail before minutes of compressing, not after. Raises DiskFull."""
        with suppress(OSError):  # reading it tells what is wrong with the file
            size = content.path.stat().st_size
            needed = size // LARGEST_RATIO if content.file_name.endswith(".zst") else size
            free = shutil.disk_usage(self._spool_folder).free
            if needed > free:
                raise DiskFull(path=str(self._spool_folder), needed=needed, free=free)

    def _missing_room(self, transfer: Transfer, error: DiskFull) -> int:
        """For how many bytes at least there is to be room, in bytes."""
        needed = error.parameters.get("needed")
        written = 0
        with suppress(OSError):
            written = self._spool_file(transfer).stat().st_size
        return max(written, int(needed) if isinstance(needed, int | float) else 0)

    def _spool_file(self, transfer: Transfer) -> Path:
        assert transfer.spool is not None
        return self._spool_folder / transfer.spool


def _same(receipt: Receipt | None, prepared: Prepared) -> bool:
    return receipt is not None and receipt.sha256 == prepared.original_sha256


def _is_whole(spool_file: Path, prepared: Prepared) -> bool:
    try:
        with spool_file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == prepared.stored_sha256
    except OSError:
        return False
