"""The transfer queue: uploads and downloads that go on for as long as the program runs, and after its next start.

One row is one session (an upload of all its files) or one download. What is asked for is noted at once in memory and
in state.db by a thread of the queue's own (queue_desk.py); other threads upload (queue_uploads.py), download
(queue_downloads.py), look at what S3 is bringing out of an archive class (queue_returns.py) and keep the session index
(queue_index.py). All of them share the rows (queue_book.py).
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeGuard

from app.archiving.queue_book import Book
from app.archiving.queue_clerk import Clerk
from app.archiving.queue_desk import Desk
from app.archiving.queue_download_entry import DownloadEntry
from app.archiving.queue_downloads import PARALLEL_DOWNLOADS, Downloads
from app.archiving.queue_elsewhere import Elsewhere
from app.archiving.queue_entry import Entry, Stage, Wish
from app.archiving.queue_index import Index
from app.archiving.queue_past import upload_id
from app.archiving.queue_returns import Returns
from app.archiving.queue_rows import QueueTotals, RowState, TransferKind, TransferRow
from app.archiving.queue_teller import Teller
from app.archiving.queue_upload_entry import UploadEntry
from app.archiving.queue_uploads import Uploads
from app.archiving.queue_wishes import Listener
from app.transfer.downloads import Download, download_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_rows import Identity
    from app.sessions.model import Session
    from app.transfer.downloads import ReturnRequest
    from app.transfer.wishes import WishFor
    from app.transfer.withdrawal import Withdrawal

__all__ = ["QueueTotals", "RowState", "TransferKind", "TransferQueue", "TransferRow"]


LOOKS_ELSEWHERE = 4
"""What other processes send is looked at as often as every so many looks at what they ask for."""


class TransferQueue:
    """Threads may share it. Nothing but `start` and `stop` waits for a disk or a network."""

    def __init__(self, engine: QueueEngine) -> None:
        self._teller = Teller()
        self._book = Book(self._teller.tell, engine.stopped)
        self._clerk = Clerk(self._book)
        self._desk = Desk(self._book, engine, self._clerk)
        self._elsewhere = Elsewhere(self._book, engine, self._desk)
        self._uploads = Uploads(self._book, engine, self._desk)
        self._downloads = Downloads(self._book, engine, self._desk)
        self._returns = Returns(self._book, engine)
        self._index = Index(self._book, engine)
        self._listener = Listener(engine, self._obey)
        self._looks = 0
        self._workers: list[threading.Thread] = []
        self._keepers: list[threading.Thread] = []

    # ---- beginning and end --------------------------------------------------------------------------------

    def start(self, *, work: bool = True) -> None:
        """Take up what an earlier run left unfinished, and show what it ended. Once; from a worker thread.

        Without `work` nothing is sent or brought, nor anything heard that other programs ask for: what is asked of the
        rows here is noted on disk.

        Returns when the rows are there. What stands in the way is told by `totals().halted`.
        """
        with self._book.changed:
            if self._keepers or self._book.stopping:
                return
            if work:
                # Before the rows are read: what another program notes on disk itself is in them then.
                self._clerk.post(self._listener.attend)
            self._desk.ask_to_load()
            self._workers = [
                _thread("uploads", self._uploads.loop),
                _thread("index", self._index.loop),
                _thread("returns", self._returns.loop),
                *[_thread("download", self._downloads.loop) for _ in range(PARALLEL_DOWNLOADS)],
            ]
            self._keepers = [
                _thread("clerk", lambda: self._clerk.loop(self._look_around if work else _nothing)),
                _thread("teller", self._teller.loop),
            ]
            if not work:
                self._workers = []
            for thread in (*self._keepers, *self._workers):
                thread.start()
            self._book.changed.wait_for(
                lambda: self._desk.loaded or self._book.stopping or self._book.halt.error is not None
            )

    def stop(self, timeout: float | None = None) -> None:
        """End all work now and wait for that, at most `timeout` seconds; everything stays for the next start.

        May be called twice, and without `start`.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._book.changed:
            self._book.stop()
            self._uploads.stop()
            self._downloads.stop()
            self._returns.stop()
        _join(self._workers, deadline)
        self._clerk.close()  # what was asked for, pauses and cancellations too, is noted before the end
        self._teller.close()
        _join(self._keepers, deadline)

    # ---- what is to be done -------------------------------------------------------------------------------

    def add_sessions(self, sessions: Sequence[Session]) -> None:
        """Archive these. One that is waiting or under way already, or paused, stays as it is; one whose row has ended
        begins anew."""
        book = self._book
        with book.changed:
            added = [entry for session in sessions if (entry := self._add(session)) is not None]
            self._desk.ask_to_take_in(added)
            if added:
                book.halt.try_now()
                book.told()

    def add_download(
        self,
        s3_key: str,
        folder: Path,
        *,
        title: str,
        size: int,
        version_id: str | None = None,
        session: tuple[str, str] | None = None,
        ask_return: ReturnRequest | None = None,
    ) -> str:
        """Bring an object into `folder`; the row's id. `size` (bytes) is what the archive lists for it.

        One that lies in an archive class is waited for where its return was asked for; else `ask_return` is asked.
        """
        now = datetime.now(UTC)
        wanted = Download(
            id=download_id(),
            s3_key=s3_key,
            version_id=version_id,
            folder=folder,
            title=title,
            session=session,
            size=size,
            state="queued",
            created_at=now,
            updated_at=now,
            ask_return=ask_return,
        )
        book = self._book
        with book.changed:
            entry = DownloadEntry(wanted, book.next_position())
            book.begin(entry)
            book.touch(entry)
            self._desk.ask_to_take_in([entry])
            book.halt.try_now()
            book.told()
        return entry.id

    def cancel(self, ids: Collection[str]) -> None:
        """Do not do these. Nothing of them is kept; what S3 has confirmed before it was stopped counts as done."""
        with self._book.changed:
            self._wish(self._found(ids), "cancel")

    def pause(self, ids: Collection[str]) -> None:
        """Leave these until `resume`, over restarts too. What was prepared is kept."""
        with self._book.changed:
            self._wish(self._found(ids), "pause")

    def resume(self, ids: Collection[str]) -> None:
        """Go on with paused ones, at the place in the queue that they had."""
        with self._book.changed:
            self._resume(self._found(ids))

    def retry(self, ids: Collection[str]) -> None:
        """Begin failed and cancelled ones anew, behind all others."""
        with self._book.changed:
            self._retry(self._found(ids))

    def ask_return(self, ids: Collection[str], request: ReturnRequest) -> None:
        """Begin failed downloads anew, asking for the return of what lies in an archive class."""
        with self._book.changed:
            downloads = [entry for entry in self._found(ids) if isinstance(entry, DownloadEntry)]
            for entry in downloads:
                entry.agree(request)
            self._retry(downloads)

    def cancel_all(self) -> None:
        """Cancel everything that has not ended."""
        with self._book.changed:
            self._wish(self._book.entries(), "cancel")

    def pause_all(self) -> None:
        """Pause everything that has not ended."""
        with self._book.changed:
            self._wish(self._book.entries(), "pause")

    def resume_all(self) -> None:
        """Go on with everything that is paused."""
        with self._book.changed:
            self._resume(self._book.entries())

    def retry_failed(self) -> None:
        """Begin everything that failed anew."""
        with self._book.changed:
            self._retry([entry for entry in self._book.entries() if entry.state == "failed"])

    def clear(self, ids: Collection[str] | None = None) -> None:
        """Forget these rows if they have ended; None: all that ended without failure."""
        book = self._book
        with book.changed:
            ended = [entry for entry in book.entries() if entry.stage is Stage.ENDED]
            if ids is None:
                gone = [entry for entry in ended if entry.ended != "failed"]
            else:
                wanted = set(ids)
                gone = [entry for entry in ended if entry.id in wanted]
            self._desk.ask_to_forget(gone)
            for entry in gone:
                book.remove(entry)

    def retry_now(self) -> None:
        """When halted: try again at once. Also writes the session index if that failed before."""
        with self._book.changed:
            self._book.halt.try_now()
            self._book.index_due = self._book.index_due or self._book.notice is not None
            self._book.told()

    # ---- how it stands: memory only -------------------------------------------------------------------------

    def rows(self) -> list[TransferRow]:
        """The unfinished ones in the order of the queue, then those that have ended, the newest first."""
        return self._book.rows()

    def changes(self, since: int) -> tuple[int, list[TransferRow], list[str]]:
        """(a serial number for the next call, the rows that changed since that of `since`, the ids removed since).

        With 0: everything.
        """
        return self._book.changes(since)

    def totals(self) -> QueueTotals:
        """The sums over all rows."""
        return self._book.totals()

    def sessions_waiting(self) -> list[Session]:
        """The sessions that wait to be archived and are known on this computer, in the order of the queue."""
        with self._book.changed:
            return [
                entry.known for entry in self._book.entries() if _waits(entry) and entry.known is not None
            ]

    def waits(self, identity: Identity) -> bool:
        """Whether a session waits to be archived: neither paused, nor cancelled, nor another process's."""
        with self._book.changed:
            entry = self._book.uploads.get(identity)
            return entry is not None and _waits(entry)

    def busy(self) -> bool:
        """Whether something is queued, running or waiting, the session index included; what is paused, or waits for a
        return from an archive class, does not count."""
        return self._book.busy()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call it, from a thread of the queue's, when something changed: at most some ten times a second where only
        numbers did, promptly where a state did. It must not block."""
        self._teller.listen(listener)

    # ---- other programs of this home --------------------------------------------------------------------------

    def _look_around(self) -> None:
        self._listener.look()
        self._looks += 1
        if self._looks % LOOKS_ELSEWHERE == 0:
            self._elsewhere.look()

    def _obey(self, wish: WishFor, ids: Collection[str]) -> Collection[str]:
        with self._book.changed:
            ours = [entry.id for entry in self._found(ids)]
        {"pause": self.pause, "resume": self.resume, "cancel": self.cancel}[wish](ours)
        return ours

    # ---- inside: holding the book's lock ----------------------------------------------------------------------

    def _found(self, ids: Collection[str]) -> list[Entry]:
        return [entry for row_id in ids if (entry := self._book.find(row_id)) is not None]

    def _add(self, session: Session) -> UploadEntry | None:
        """The entry that is to be taken in; None where there is nothing to do."""
        book = self._book
        entry = book.uploads.get(session.identity)
        if entry is None:
            entry = UploadEntry(session.identity, upload_id(session.identity), book.next_position(), session)
        elif entry.stage is Stage.ENDED:
            entry.begin_again(book.next_position())
            entry.forget_files()
            entry.describe(session)
        elif entry.stage is Stage.READY and session != entry.known:
            entry.begin_again()
            entry.describe(session)
        else:
            self._add_to_unfinished(entry, session)
            return None
        entry.look_again = False
        book.begin(entry)
        book.touch(entry)
        return entry

    def _add_to_unfinished(self, entry: UploadEntry, session: Session) -> None:
        if entry.stage in {Stage.TAKEN_IN, Stage.ELSEWHERE}:
            entry.describe(session)
            entry.ours = True
        if entry.wish == "cancel":  # which has not taken effect yet
            self._go_on(entry)
        self._book.touch(entry)

    def _wish(self, entries: Iterable[Entry], wish: Wish) -> None:
        withdrawn: list[Withdrawal] = []
        settling = []
        for entry in entries:
            if entry.stage in {Stage.ENDED, Stage.ELSEWHERE}:
                continue
            if entry.stage is Stage.PAUSED and wish == "pause":
                continue
            entry.wish = wish
            if entry.stage is Stage.RUNNING and isinstance(entry, DownloadEntry):
                entry.cancelled.set()
            elif entry.stage is Stage.RUNNING and isinstance(entry, UploadEntry) and entry.outstanding:
                withdrawn += entry.to_withdraw()
            elif entry.stage is not Stage.TAKEN_IN or wish == "cancel":
                entry.stage = Stage.SETTLING
                settling.append(entry)
            self._book.touch(entry)
        self._desk.ask_to_withdraw(withdrawn, for_good=wish == "cancel")
        self._desk.ask_to_put_away(settling)
        self._book.told()

    def _resume(self, entries: Iterable[Entry]) -> None:
        again = []
        for entry in entries:
            if entry.stage is Stage.PAUSED:
                again.append(entry)
            elif entry.unfinished and entry.wish == "pause":
                self._go_on(entry)
        self._begin_again(again)

    def _retry(self, entries: Iterable[Entry]) -> None:
        again = []
        for entry in entries:
            if entry.stage is Stage.ENDED and entry.ended in {"failed", "cancelled"}:
                entry.position = self._book.next_position()
                again.append(entry)
            elif entry.stage is Stage.PAUSED:
                again.append(entry)
        self._begin_again(again)

    def _go_on(self, entry: Entry) -> None:
        """A pause or a cancellation that has not taken effect is taken back."""
        entry.wish = "go"
        if isinstance(entry, UploadEntry) and entry.to_offer:
            self._book.uploads_due.add(entry)
        self._book.touch(entry)
        self._book.told()

    def _begin_again(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            entry.begin_again()
            if isinstance(entry, UploadEntry):
                entry.look_again = True
                entry.forget_files()
            elif isinstance(entry, DownloadEntry):
                entry.restart()
            self._book.begin(entry)
            self._book.touch(entry)
        self._desk.ask_to_take_in(entries)
        if entries:
            self._book.halt.try_now()
            self._book.told()


def _waits(entry: Entry) -> TypeGuard[UploadEntry]:
    stages = (Stage.TAKEN_IN, Stage.READY, Stage.RUNNING)
    return isinstance(entry, UploadEntry) and entry.stage in stages and entry.wish == "go"


def _nothing() -> None:
    """Nobody looks around."""


def _thread(name: str, loop: Callable[[], None]) -> threading.Thread:
    # Daemons: a network that does not let go must not keep the program from ending.
    return threading.Thread(target=loop, name=f"queue-{name}", daemon=True)


def _join(threads: Iterable[threading.Thread], deadline: float | None) -> None:
    for thread in threads:
        thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
