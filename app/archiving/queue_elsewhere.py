"""Rows for what other processes of this home send, the command line's upload for one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.archiving.queue_download_entry import DownloadEntry
from app.archiving.queue_entry import Stage
from app.archiving.queue_intake import find_sessions
from app.archiving.queue_ledger import open_ledger
from app.archiving.queue_past import describe_from_transfers, end_as_transfers, upload_id
from app.archiving.queue_upload_entry import UploadEntry
from app.transfer.schema import UNFINISHED

if TYPE_CHECKING:
    from app.archiving.queue_book import Book
    from app.archiving.queue_desk import Desk
    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_ledger import Ledger
    from app.archiving.queue_rows import Identity
    from app.sessions.model import Session
    from app.transfer.content import ContentKey
    from app.transfer.schema import Receipt, Transfer

GONE_AFTER_LOOKS = 2
"""Between two files of a session a process has none of it in hands."""


class Elsewhere:
    """Looks now and then. For one thread."""

    def __init__(self, book: Book, engine: QueueEngine, desk: Desk) -> None:
        self._book = book
        self._engine = engine
        self._desk = desk
        self._seen_version: int | None = None
        self._missing: Counter[Identity] = Counter()

    def look(self) -> None:
        """Bring the rows of other processes up to date. Raises as state.db's methods do."""
        ledger = open_ledger(self._engine)
        if ledger is None:
            return
        with self._book.changed:
            shown = [entry for entry in self._book.entries() if entry.stage is Stage.ELSEWHERE]
        version = ledger.jobs.database.version()
        if version == self._seen_version and not shown:
            return
        self._seen_version = version
        working = ledger.transfers.worked_on_elsewhere()
        self._show(ledger, working)
        for entry in shown:
            if isinstance(entry, UploadEntry):
                self._follow(ledger, entry, working)
            elif isinstance(entry, DownloadEntry):
                self._follow_download(ledger, entry)

    def _show(self, ledger: Ledger, working: set[Identity]) -> None:
        """Rows for sessions of which nothing is asked here."""
        with self._book.changed:
            known = self._book.uploads
            strangers = {it for it in working if it not in known or not known[it].unfinished}
        if not strangers:
            return
        seen = {identity: _look_at(ledger, identity) for identity in strangers}
        sessions = find_sessions(self._engine, {identity: it.transfers for identity, it in seen.items()})
        with self._book.changed:
            for identity in strangers:
                entry = self._book.uploads.get(identity)
                if entry is None:
                    entry = UploadEntry(identity, upload_id(identity), self._book.next_position())
                elif entry.unfinished:  # asked for meanwhile
                    continue
                else:
                    entry.begin_again(self._book.next_position())
                entry.ours = False
                entry.stage = Stage.ELSEWHERE
                seen[identity].describe(entry, sessions.get(identity))
                self._book.touch(entry)

    def _follow(self, ledger: Ledger, entry: UploadEntry, working: set[Identity]) -> None:
        seen = _look_at(ledger, entry.identity)
        self._missing[entry.identity] += 1
        if entry.identity in working:
            del self._missing[entry.identity]
        with self._book.changed:
            if entry.stage is not Stage.ELSEWHERE:
                return
            if self._missing[entry.identity] < GONE_AFTER_LOOKS:
                seen.describe(entry, entry.known)
                self._book.touch(entry)
                return
            del self._missing[entry.identity]
            if seen.has_ended():
                seen.describe(entry, entry.known)
                end_as_transfers(entry, seen.transfers)
                self._book.touch(entry)
            elif entry.ours:
                # It was left undone there, and was asked for here as well.
                entry.begin_again()
                self._book.touch(entry)
                self._desk.ask_to_take_in([entry])
            else:
                self._book.remove(entry)
            self._book.told()

    def _follow_download(self, ledger: Ledger, entry: DownloadEntry) -> None:
        found = ledger.downloads.find(entry.id)
        with self._book.changed:
            if entry.stage is not Stage.ELSEWHERE or (found is not None and found.held):
                return
            if found is None:
                self._book.remove(entry)
            elif found.state == "queued":
                self._book.make_ready(entry)
            else:
                entry.remember(found)
                self._book.touch(entry)
            self._book.told()


@dataclass(frozen=True, slots=True)
class _Seen:
    """A session's transfers and receipts as they stand on disk."""

    transfers: list[Transfer]
    receipts: dict[ContentKey, Receipt]

    def has_ended(self) -> bool:
        """Whether nothing of it is left undone."""
        states = {transfer.state for transfer in self.transfers}
        return bool(states) and states.isdisjoint((*UNFINISHED, "paused"))

    def describe(self, entry: UploadEntry, session: Session | None) -> None:
        """Show it."""
        if self.transfers:
            describe_from_transfers(entry, self.transfers, session, self.receipts)
        entry.elsewhere_sends = any(it.held and it.state in {"prepared", "sending"} for it in self.transfers)


def _look_at(ledger: Ledger, identity: Identity) -> _Seen:
    transfers = ledger.transfers.of_session(identity)
    receipts = {
        transfer.key: receipt
        for transfer in transfers
        if (receipt := ledger.jobs.receipt(ledger.destination, transfer.key)) is not None
    }
    return _Seen(transfers, receipts)
