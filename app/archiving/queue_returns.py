"""The queue's downloads whose objects S3 is bringing out of an archive class: looked at now and then, by one thread.

None of them holds a thread that downloads. What comes of a return shows when the download is tried: it goes on, or the
object has to be asked for again.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from app.archiving.lifetimes import is_coming
from app.archiving.queue_entry import Stage
from app.archiving.queue_ledger import open_ledger
from app.archiving.returning import FIRST_LOOK_SECONDS, seconds_to_next_look
from app.errors import Cancelled, ChatLogError, NotFound, RemoteError, Unexpected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.archiving.queue_book import Book
    from app.archiving.queue_download_entry import DownloadEntry
    from app.archiving.queue_engine import QueueEngine
    from app.remote.protocol import HeadReply

log = logging.getLogger(__name__)


class Returns:
    """Looks at what is due, at the beginning at once."""

    def __init__(self, book: Book, engine: QueueEngine) -> None:
        self._book = book
        self._engine = engine
        self._stop = threading.Event()

    def stop(self) -> None:
        """End a look that is under way."""
        self._stop.set()

    def loop(self) -> None:
        """The thread's work."""
        while due := self._wait_for_due():
            try:
                self._look(due)
            except Cancelled:
                continue
            except ChatLogError as error:
                self._look_later(due, error)
            except Exception as bug:
                log.exception("looking at returns")
                self._look_later(due, Unexpected(reason=type(bug).__name__))

    def _wait_for_due(self) -> list[DownloadEntry]:
        """Empty when it is time to end."""
        book = self._book
        with book.changed:
            while not book.stopping:
                coming = book.returning()
                now = time.time()
                due = [entry for entry in coming if entry.look_at <= now]
                if due:
                    return due
                # By the clock on the wall, now and then: the computer may sleep meanwhile.
                left = min((entry.look_at - now for entry in coming), default=None)
                book.changed.wait(None if left is None else min(left, FIRST_LOOK_SECONDS))
            return []

    def _look(self, due: Sequence[DownloadEntry]) -> None:
        """Raises ChatLogError where S3 could not be asked."""
        from app.remote.protocol import ObjectRequest  # noqa: PLC0415 - slow, and seldom needed

        self._engine.connect(False)  # noqa: FBT003 - the one word of a callback
        asked = [ObjectRequest(entry.download.s3_key, entry.download.version_id) for entry in due]
        heads = self._engine.look(asked, cancelled=self._stop)
        come = [entry for entry, head in zip(due, heads, strict=True) if _has_come(head)]
        ledger = open_ledger(self._engine)
        assert ledger is not None
        if come:
            ledger.downloads.returned([entry.id for entry in come])
        with self._book.changed:
            for entry, head in zip(due, heads, strict=True):
                if entry.stage is not Stage.RETURNING:  # paused or cancelled meanwhile
                    continue
                if entry in come:
                    self._book.make_ready(entry)
                    continue
                entry.waits_for = head if isinstance(head, RemoteError) else None
                self._put_off(entry)
            self._book.told()

    def _look_later(self, due: Sequence[DownloadEntry], error: ChatLogError) -> None:
        log.info("looking at %d returns: %s", len(due), error.code)
        with self._book.changed:
            for entry in due:
                if entry.stage is Stage.RETURNING:
                    entry.waits_for = error
                    self._put_off(entry)
            self._book.told()

    def _put_off(self, entry: DownloadEntry) -> None:
        now = time.time()
        entry.look_at = now + seconds_to_next_look(now - entry.returning_since)
        self._book.touch(entry)


def _has_come(head: HeadReply | RemoteError) -> bool:
    """Whether the return has ended: the object is there, or never will be."""
    return isinstance(head, NotFound) if isinstance(head, RemoteError) else not is_coming(head)
