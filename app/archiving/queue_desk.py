"""The queue's work on disk: what is asked for is noted in state.db, in the order in which it was asked."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeVar

from app.archiving.queue_download_entry import DownloadEntry
from app.archiving.queue_entry import Entry, Stage
from app.archiving.queue_intake import files_to_send, find_sessions
from app.archiving.queue_ledger import open_ledger
from app.archiving.queue_past import remembered_entries
from app.archiving.queue_upload_entry import UploadEntry
from app.errors import ChatLogError, FileVanished, Unexpected
from app.transfer.placing import remove_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.archiving.queue_book import Book
    from app.archiving.queue_clerk import Clerk
    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_ledger import Ledger
    from app.archiving.queue_rows import Identity
    from app.archiving.queue_upload_entry import FileProgress
    from app.sessions.model import Session
    from app.transfer.content import Content
    from app.transfer.downloads import Download
    from app.transfer.schema import Transfer
    from app.transfer.withdrawal import Withdrawal

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Entry)


class Desk:
    """What the clerk does, one after another; every method but `ask_*` is called in its thread.

    The `ask_*` methods are called holding the book's lock.
    """

    def __init__(self, book: Book, engine: QueueEngine, clerk: Clerk) -> None:
        self._book = book
        self._engine = engine
        self._clerk = clerk
        self._unconnected: list[Entry] = []
        self.loaded = False
        """Whether the rows of earlier runs are there."""

    # ---- asked for, from any thread -----------------------------------------------------------------------

    def ask_to_load(self) -> None:
        """Take up what an earlier run left."""
        self._clerk.post(self._load)

    def ask_to_take_in(self, entries: Iterable[Entry]) -> None:
        """Note that these are to be done, then let them wait for their turn. They are TAKEN_IN."""
        given = list(entries)
        if given:
            self._clerk.post(lambda: self._attempt(self._take_in, given, Stage.TAKEN_IN))

    def ask_to_take_in_the_unconnected(self) -> None:
        """Where to is known by now."""
        given, self._unconnected = self._unconnected, []
        self._book.needs_connection = False
        self.ask_to_take_in(dict.fromkeys(given))

    def ask_to_put_away(self, entries: Iterable[Entry]) -> None:
        """Note that these are paused or cancelled, as the user wishes. They are SETTLING."""
        given = list(entries)
        if given:
            self._clerk.post(lambda: self._attempt(self._put_away, given, Stage.SETTLING))

    def ask_to_withdraw(self, withdrawals: Sequence[Withdrawal], *, for_good: bool) -> None:
        """Stop the work on these contents; `for_good` where nobody means to go on with it."""
        if withdrawals:
            self._clerk.post(lambda: _withdraw_all(withdrawals, for_good=for_good))

    def ask_to_forget(self, entries: Iterable[Entry]) -> None:
        """Note that these ended rows are to be shown no more."""
        uploads, downloads = [], []
        for entry in entries:
            if isinstance(entry, UploadEntry):
                uploads.append(entry.identity)
            elif isinstance(entry, DownloadEntry):
                downloads.append(entry.download)
        if uploads or downloads:
            self._clerk.post(lambda: self._forget(uploads, downloads))

    def _attempt(self, work: Callable[[list[Entry]], None], given: list[Entry], stage: Stage) -> None:
        """A bug fails the rows it met; they would be stuck otherwise. Raises ChatLogError."""
        try:
            work(given)
        except ChatLogError:
            raise
        except Exception as bug:
            log.exception("the transfer queue's work on disk")
            with self._book.changed:
                for entry in _still(given, stage):
                    entry.end("failed", Unexpected(reason=type(bug).__name__))
                    self._book.touch(entry)

    # ---- loading ------------------------------------------------------------------------------------------

    def _load(self) -> None:
        ledger = open_ledger(self._engine)
        if ledger is None:
            with self._book.changed:
                self.loaded = True
            return
        sessions = {session.identity: session for session in self._engine.known_sessions()}
        unfinished, ended = remembered_entries(ledger, sessions)
        book = self._book
        with book.changed:
            strangers = [entry for entry in (*ended, *unfinished) if not self._is_known(entry)]
            for entry in strangers:
                entry.position = book.next_position()
                if entry.unfinished:
                    book.begin(entry)
                book.touch(entry)
            self.ask_to_take_in(entry for entry in strangers if entry.stage is Stage.TAKEN_IN)
            # A kill between the last receipt and the session index leaves lines unwritten.
            book.index_due = True
            self.loaded = True
            book.told()

    def _is_known(self, entry: Entry) -> bool:
        """Whether it was added before the past was loaded."""
        if isinstance(entry, UploadEntry):
            return entry.identity in self._book.uploads
        return self._book.find(entry.id) is not None

    # ---- taking in ----------------------------------------------------------------------------------------

    def _take_in(self, given: list[Entry]) -> None:
        ledger = open_ledger(self._engine)
        if ledger is None:
            with self._book.changed:
                self._unconnected += given
                self._book.needs_connection = True
                self._book.changed.notify_all()
            return
        with self._book.changed:
            wanted = _still(given, Stage.TAKEN_IN)
        self._take_in_downloads(ledger, [entry for entry in wanted if isinstance(entry, DownloadEntry)])
        self._take_in_uploads(ledger, [entry for entry in wanted if isinstance(entry, UploadEntry)])

    def _take_in_downloads(self, ledger: Ledger, entries: list[DownloadEntry]) -> None:
        for entry in entries:
            if not entry.kept:
                ledger.downloads.add(entry.download)
                entry.kept = True
            elif entry.download.ask_return is not None:
                ledger.downloads.agree(entry.id, entry.download.ask_return)
        ledger.downloads.leave([entry.id for entry in entries], "queued")
        with self._book.changed:
            for entry in _still(entries, Stage.TAKEN_IN):
                self._go_on(entry)

    def _take_in_uploads(self, ledger: Ledger, entries: list[UploadEntry]) -> None:
        if not entries:
            return
        elsewhere = ledger.transfers.worked_on_elsewhere()
        transfers = {entry.identity: ledger.transfers.of_session(entry.identity) for entry in entries}
        sessions = find_sessions(
            self._engine, {entry.identity: transfers[entry.identity] for entry in entries if entry.look_again}
        )
        # Whoever asks for a session whose archive was deleted wants it there again.
        ledger.marks.forget_hidden(entry.identity for entry in entries)
        files, useless = self._files_of(entries, transfers, sessions)
        contents: list[Content] = []
        for entry in entries:
            if entry.identity not in elsewhere:
                contents += [file.content for file in files[entry.identity] if file.content is not None]
        ledger.transfers.enqueue(contents)
        if useless:
            ledger.jobs.forget(useless)
        with self._book.changed:
            for entry in _still(entries, Stage.TAKEN_IN):
                if entry.identity in sessions:
                    entry.describe(sessions[entry.identity])
                entry.look_again = False
                entry.take_files(files[entry.identity])
                if entry.identity in elsewhere:
                    entry.stage = Stage.ELSEWHERE
                    self._book.touch(entry)
                else:
                    self._go_on(entry)

    def _files_of(
        self,
        entries: Sequence[UploadEntry],
        transfers: dict[Identity, list[Transfer]],
        sessions: dict[Identity, Session],
    ) -> tuple[dict[Identity, list[FileProgress]], list[str]]:
        archiver = self._engine.archiver()
        plan = archiver.plan()
        files, useless = {}, []
        for entry in entries:
            session = sessions.get(entry.identity) or entry.known
            files[entry.identity], gone = files_to_send(archiver, plan, session, transfers[entry.identity])
            useless += gone
        return files, useless

    def _go_on(self, entry: Entry) -> None:
        """After it was noted on disk."""
        if entry.wish != "go":
            entry.stage = Stage.SETTLING
            self._book.touch(entry)
            self.ask_to_put_away([entry])
        elif isinstance(entry, UploadEntry) and not entry.to_offer:
            if entry.files:
                entry.end(entry.confirmed_state())
            else:
                entry.end("failed", FileVanished(path=entry.path))
            self._book.touch(entry)
        else:
            self._book.make_ready(entry)

    # ---- putting away -------------------------------------------------------------------------------------

    def _put_away(self, given: list[Entry]) -> None:
        book = self._book
        with book.changed:
            wishes = {entry: entry.wish for entry in _still(given, Stage.SETTLING)}
        ledger = open_ledger(self._engine)
        if ledger is not None:
            self._set_aside(ledger, [entry for entry, wish in wishes.items() if wish == "pause"], "paused")
            self._set_aside(
                ledger, [entry for entry, wish in wishes.items() if wish == "cancel"], "cancelled"
            )
        with book.changed:
            for entry in _still(given, Stage.SETTLING):
                if entry.wish == "go":
                    entry.begin_again()
                    self.ask_to_take_in([entry])
                elif entry.wish != wishes.get(entry):
                    self.ask_to_put_away([entry])
                elif entry.wish == "pause":
                    entry.stage = Stage.PAUSED
                else:
                    entry.end("cancelled")
                book.touch(entry)
            book.changed.notify_all()

    def _set_aside(self, ledger: Ledger, entries: list[Entry], state: Literal["paused", "cancelled"]) -> None:
        uploads = [entry.identity for entry in entries if isinstance(entry, UploadEntry)]
        for name in ledger.transfers.set_aside(uploads, state):
            # One that cannot be removed is a leftover for the next start.
            with suppress(OSError):
                (self._engine.spool / name).unlink()
        downloads = [entry for entry in entries if isinstance(entry, DownloadEntry)]
        ledger.downloads.leave([entry.id for entry in downloads if entry.kept], state)
        if state == "cancelled":
            for entry in downloads:
                remove_parts(entry.download.folder, entry.id)

    def _forget(self, uploads: list[Identity], downloads: list[Download]) -> None:
        ledger = open_ledger(self._engine)
        if ledger is None:
            return
        ids = [transfer.id for identity in uploads for transfer in ledger.transfers.of_session(identity)]
        if ids:
            ledger.jobs.forget(ids)
        if downloads:
            ledger.downloads.forget([download.id for download in downloads])
        for download in downloads:
            remove_parts(download.folder, download.id)


def _still(given: Iterable[E], stage: Stage) -> list[E]:
    """Those of which nothing else was asked since they were given. Holding the book's lock."""
    return [entry for entry in given if entry.stage is stage]


def _withdraw_all(withdrawals: Sequence[Withdrawal], *, for_good: bool) -> None:
    for withdrawal in withdrawals:
        withdrawal.withdraw(for_good=for_good)
