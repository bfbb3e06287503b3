"""The queue's downloads."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from app.archiving.lifetimes import is_coming
from app.archiving.queue_download_entry import DownloadEntry
from app.archiving.queue_entry import Stage
from app.archiving.queue_halt import expect_room
from app.archiving.queue_ledger import open_ledger
from app.archiving.returning import FIRST_LOOK_SECONDS
from app.errors import Cancelled, ChatLogError, NotArchived, ObjectArchived, RemoteError, Unexpected
from app.transfer.object_marks import ObjectVersion
from app.transfer.sending import concerns_everything

if TYPE_CHECKING:
    from app.archiving.queue_book import Book
    from app.archiving.queue_desk import Desk
    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_ledger import Ledger
    from app.transfer.downloader import Downloaded

log = logging.getLogger(__name__)

PARALLEL_DOWNLOADS = 3


class Downloads:
    """`PARALLEL_DOWNLOADS` threads, each of which brings one object after another."""

    def __init__(self, book: Book, engine: QueueEngine, desk: Desk) -> None:
        self._book = book
        self._engine = engine
        self._desk = desk

    def stop(self) -> None:
        """End what is under way; it begins again at the next start. Holding the book's lock."""
        for entry in self._book.entries():
            if isinstance(entry, DownloadEntry) and entry.stage is Stage.RUNNING:
                entry.cancelled.set()

    def loop(self) -> None:
        """A thread's work."""
        while self._wait_for_work():
            entry: DownloadEntry | None = None
            try:
                # Before one is taken on: what waits can be cancelled at once, however silent the endpoint is.
                expect_room(self._book.halt.full_disk())
                self._engine.connect(self._book.halt.error is not None)
                ledger = open_ledger(self._engine)
                assert ledger is not None
                entry = self._next()
                if entry is not None:
                    self._download(ledger, entry)
            except ChatLogError as error:
                self._halt(error, entry)
            except Exception as bug:
                log.exception("downloading")
                self._halt(Unexpected(reason=type(bug).__name__), entry)

    def _wait_for_work(self) -> bool:
        """False when it is time to end."""
        book = self._book
        with book.changed:
            while not book.stopping:
                waiting = book.downloads_due.next() is not None
                if waiting and book.halt.may_try():
                    return True
                book.changed.wait(book.halt.seconds() if waiting else None)
            return False

    def _next(self) -> DownloadEntry | None:
        """The next that waits, if another thread has not taken it."""
        with self._book.changed:
            entry = self._book.downloads_due.next()
            if entry is None or self._book.stopping:
                return None
            entry.stage = Stage.RUNNING
            entry.restart()
            self._book.touch(entry)
            return entry

    def _download(self, ledger: Ledger, entry: DownloadEntry) -> None:
        """Bring it and note how that ended. Raises what is not this download's own failure."""
        started = time.monotonic()
        if not ledger.downloads.claim(entry.id):
            with self._book.changed:
                entry.stage = Stage.ELSEWHERE
                self._book.touch(entry)
            return
        try:
            downloaded = self._fetch(ledger, entry)
            if downloaded is None:
                return
        except ChatLogError as error:
            others_succeeded = self._book.last_success >= (entry.failed_at or started)
            if isinstance(error, Cancelled) or concerns_everything(error, others_succeeded=others_succeeded):
                raise
            if entry.wish != "go":
                raise Cancelled from error
            ledger.downloads.failed(entry.id, error)
            with self._book.changed:
                entry.end("failed", error)
                self._book.touch(entry)
                self._book.told()
        else:
            ledger.downloads.done(entry.id, downloaded, entry.total)
            with self._book.changed:
                self._book.last_success = max(self._book.last_success, started)
                self._book.halt.succeeded()
                entry.finished(downloaded)
                self._book.touch(entry)
                self._book.told()

    def _fetch(self, ledger: Ledger, entry: DownloadEntry) -> Downloaded | None:
        """The file; None where it waits for the object's return by now."""
        wanted = entry.download
        try:
            return self._engine.fetch(
                wanted.s3_key,
                wanted.folder,
                version_id=wanted.version_id,
                mark=entry.id,
                progress=lambda received, total: self._received(entry, received, total),
                waiting=lambda error, seconds, attempt: self._waits(entry, error, seconds, attempt),
                cancelled=entry.cancelled,
            )
        except ObjectArchived as error:
            self._wait_for_return(ledger, entry, error)
            return None

    def _wait_for_return(self, ledger: Ledger, entry: DownloadEntry, error: ObjectArchived) -> None:
        """Ask S3 for the object's return, if somebody has agreed to that, or it was asked already; let the row wait.

        Raises the error where neither is so, and what asking does.
        """
        from app.remote.protocol import ObjectRequest  # noqa: PLC0415 - slow, and seldom needed

        wanted = entry.download
        [head] = self._engine.look(
            [ObjectRequest(wanted.s3_key, wanted.version_id)], cancelled=entry.cancelled
        )
        if isinstance(head, RemoteError):
            raise head
        version = ObjectVersion(wanted.s3_key, head.version_id or "")
        look_at = time.time() + FIRST_LOOK_SECONDS
        if not is_coming(head):
            if wanted.ask_return is None:
                raise error
            with suppress(NotArchived):  # it has come back meanwhile, as the next look tells
                self._engine.ask_return(
                    wanted.s3_key, head.version_id, wanted.ask_return, cancelled=entry.cancelled
                )
        back = ledger.marks.returns().get(version)
        expected_by = back.expected_by if back is not None else None
        ledger.downloads.returning(entry.id, expected_by)
        with self._book.changed:
            self._book.halt.succeeded()
            entry.wait_for_return(expected_by, look_at=look_at)
            if entry.wish == "go":
                self._book.touch(entry)
            else:
                self._put_away(entry)
            self._book.told()

    def _received(self, entry: DownloadEntry, received: int, total: int | None) -> None:
        with self._book.changed:
            # What lay there already when it began is no speed.
            self._book.moved(entry, received - entry.received if entry.begun else 0)
            entry.begun = True
            entry.received, entry.total = received, total
            entry.retry_at = entry.waits_for = None
            self._book.touch(entry, numbers_only=True)

    def _waits(self, entry: DownloadEntry, error: ChatLogError, seconds: float, attempt: int) -> None:
        with self._book.changed:
            entry.retry_at, entry.waits_for = time.monotonic() + seconds, error
            entry.attempt, entry.failed_at = attempt, time.monotonic()
            self._book.touch(entry)

    def _halt(self, error: ChatLogError, entry: DownloadEntry | None) -> None:
        """The endpoint or state.db cannot be used, or the download was stopped; it becomes what the user wishes."""
        book = self._book
        with book.changed:
            if not isinstance(error, Cancelled):
                book.halt.failed(error)
            if entry is not None:
                self._put_back(entry)
            book.told()

    def _put_back(self, entry: DownloadEntry) -> None:
        entry.restart()
        if entry.wish == "go":
            self._book.make_ready(entry)
        else:
            self._put_away(entry)

    def _put_away(self, entry: DownloadEntry) -> None:
        entry.stage = Stage.SETTLING
        self._book.touch(entry)
        self._desk.ask_to_put_away([entry])
