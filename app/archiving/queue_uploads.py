"""The queue's uploads: sessions are offered to the uploader file by file, and what it tells becomes their rows."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from typing import TYPE_CHECKING

from app.archiving.queue_entry import Stage
from app.archiving.queue_halt import expect_room
from app.archiving.queue_room import LITTLE_ROOM
from app.errors import Cancelled, ChatLogError, DiskFull, FolderNotWritable, StateDamaged, Unexpected
from app.transfer.withdrawal import Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.archiving.queue_book import Book
    from app.archiving.queue_desk import Desk
    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_upload_entry import FileProgress, Phase, UploadEntry
    from app.transfer.content import Content, ContentKey, EventState, Outcome, TransferEvent

log = logging.getLogger(__name__)

INDEX_SECONDS = 600.0
"""How long archived sessions go without their lines in the session index while the queue does not run empty."""

_PHASES: Mapping[EventState, Phase] = {
    "preparing": "preparing",
    "prepared": "prepared",
    "sending": "sending",
    "verifying": "verifying",
    "waiting": "waiting",
}


class Uploads:
    """One thread: waits for sessions, then runs the uploader until none is left."""

    def __init__(self, book: Book, engine: QueueEngine, desk: Desk) -> None:
        self._book = book
        self._engine = engine
        self._desk = desk
        self._stop = threading.Event()
        self._handed: dict[ContentKey, tuple[UploadEntry, FileProgress]] = {}
        self._halting: ChatLogError | None = None
        self._index_due_at = 0.0

    def stop(self) -> None:
        """End what is under way; it stays on disk for the next start."""
        self._stop.set()

    def loop(self) -> None:
        """The thread's work."""
        while self._wait_for_work():
            try:
                expect_room(self._book.halt.full_disk())
                self._engine.connect(self._book.halt.error is not None)
                self._after_connecting()
                self._upload()
            except ChatLogError as error:
                self._halt(error)
            except Exception as bug:
                log.exception("uploading")
                self._halt(Unexpected(reason=type(bug).__name__))

    def _wait_for_work(self) -> bool:
        """False when it is time to end."""
        book = self._book
        with book.changed:
            while not book.stopping:
                wanted = book.needs_connection or book.uploads_due.next() is not None
                if wanted and book.halt.may_try():
                    return True
                book.changed.wait(book.halt.seconds() if wanted else None)
            return False

    def _after_connecting(self) -> None:
        with self._book.changed:
            if self._book.needs_connection:
                self._desk.ask_to_take_in_the_unconnected()
                self._book.halt.succeeded()
                self._book.told()

    def _halt(self, error: ChatLogError) -> None:
        with self._book.changed:
            if not isinstance(error, Cancelled):
                self._book.halt.failed(error)
            self._book.told()

    # ---- a run ------------------------------------------------------------------------------------------

    def _upload(self) -> None:
        self._halting = None
        self._index_due_at = time.monotonic() + INDEX_SECONDS
        run = self._engine.uploader(self._hear).run(
            self._offered(), self._stop, withdrawal_of=self._withdrawal_of
        )
        try:
            for outcome in run:
                self._take(outcome)
        finally:
            self._settle_rest()
        if self._halting is not None:
            raise self._halting

    def _offered(self) -> Iterator[Content]:
        while (content := self._next_content()) is not None:
            yield content

    def _next_content(self) -> Content | None:
        """The next file, once there is one; None when nothing is under way either. Called by the run."""
        book = self._book
        with book.changed:
            while True:
                if self._ends():
                    return None
                entry = book.uploads_due.next()
                if entry is not None:
                    return self._hand_out(entry)
                if not self._handed:
                    return None
                book.changed.wait()

    def _hand_out(self, entry: UploadEntry) -> Content:
        file = entry.to_offer.popleft()
        assert file.content is not None
        file.withdrawal = Withdrawal()
        self._handed[file.content.key] = entry, file
        entry.outstanding += 1
        entry.stage = Stage.RUNNING
        self._book.touch(entry)
        return file.content

    def _withdrawal_of(self, content: Content) -> Withdrawal:
        with self._book.changed:
            _, file = self._handed[content.key]
            assert file.withdrawal is not None
            return file.withdrawal

    def _ends(self) -> bool:
        return self._book.stopping or self._halting is not None

    # ---- what the run tells -------------------------------------------------------------------------------

    def _hear(self, event: TransferEvent) -> None:
        """A step of one file, from any of the run's threads. How it ended comes as its outcome."""
        phase = _PHASES.get(event.state)
        book = self._book
        with book.changed:
            handed = self._handed.get(event.key)
            if handed is None or phase is None:
                return
            entry, file = handed
            with entry.changing(file):
                file.phase = phase
                file.attempt = event.attempt
                if phase != "preparing":
                    file.total = event.total
                if phase in {"sending", "verifying"}:
                    book.moved(entry, event.sent - file.sent)
                    file.sent = event.sent
                file.error = event.error
                file.retry_at = time.monotonic() + event.wait_seconds if phase == "waiting" else None
            book.touch(entry, numbers_only=True)

    def _take(self, outcome: Outcome) -> None:
        error = self._of_everything(outcome)
        book = self._book
        with book.changed:
            entry, file = self._handed.pop(outcome.key)
            entry.outstanding -= 1
            file.withdrawal = None
            if outcome.state == "archived":
                book.moved(entry, (outcome.stored_size or file.sent) - file.sent)
            with entry.changing(file):
                if outcome.state != "failed":
                    file.finished(outcome)
                elif outcome.kept or error is not None:
                    file.begin_again()
                    entry.to_offer.append(file)
                else:
                    file.phase, file.error = "failed", outcome.error
            if error is not None:
                self._halting = self._halting or error
            elif outcome.state != "failed" and self._halting is None:
                book.halt.succeeded()
            if not entry.outstanding and (not entry.to_offer or entry.wish != "go" or self._ends()):
                self._settle(entry, note_again=error is not None and not outcome.kept)
            elif entry.to_offer:
                book.uploads_due.add(entry)
            book.touch(entry)
            book.changed.notify_all()

    def _of_everything(self, outcome: Outcome) -> ChatLogError | None:
        """Why everything else would fail as this file did; None where it is the file's own failure."""
        error = outcome.error
        if error is None or isinstance(error, Cancelled):
            return None
        if outcome.kept or isinstance(error, FolderNotWritable | StateDamaged):
            return error
        if isinstance(error, DiskFull) and shutil.disk_usage(self._engine.spool).free < LITTLE_ROOM:
            return error
        return None

    # ---- when nothing of a session is under way -----------------------------------------------------------

    def _settle(self, entry: UploadEntry, *, note_again: bool = False) -> None:
        failure = entry.first_error()
        if not entry.to_offer and failure is None:
            entry.end(entry.confirmed_state())
            self._index(entry)
        elif entry.wish == "cancel" or (entry.wish == "pause" and entry.to_offer):
            entry.stage = Stage.SETTLING
            self._desk.ask_to_put_away([entry])
        elif not entry.to_offer:
            entry.end("failed", failure)
        elif note_again:
            # It stands on disk as failed.
            entry.begin_again()
            self._desk.ask_to_take_in([entry])
        else:
            self._book.make_ready(entry)

    def _settle_rest(self) -> None:
        """The run has ended before it had everything, or was broken off."""
        book = self._book
        with book.changed:
            for entry, file in self._handed.values():
                entry.outstanding = 0
                file.withdrawal = None
                with entry.changing(file):
                    file.begin_again()
                entry.to_offer.append(file)
            self._handed.clear()
            for entry in [it for it in book.uploads.values() if it.stage is Stage.RUNNING]:
                self._settle(entry)
                book.touch(entry)
            book.index_due = book.index_due or bool(book.to_index)
            book.told()

    def _index(self, entry: UploadEntry) -> None:
        if entry.known is not None:
            self._book.to_index[entry.identity] = entry.known
        run_empty = not self._handed and self._book.uploads_due.next() is None
        if run_empty or time.monotonic() >= self._index_due_at:
            self._index_due_at = time.monotonic() + INDEX_SECONDS
            self._book.index_due = True
