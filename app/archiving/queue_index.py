"""The session index follows the queue's uploads."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from app.archiving.queue_entry import Stage
from app.errors import Cancelled, ChatLogError, Unexpected

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.archiving.queue_book import Book
    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_rows import Identity
    from app.sessions.model import Session

log = logging.getLogger(__name__)


class Index:
    """One thread: writes the lines of what was archived, when the queue says that they are due."""

    def __init__(self, book: Book, engine: QueueEngine) -> None:
        self._book = book
        self._engine = engine
        self._looked_back = False

    def loop(self) -> None:
        """The thread's work."""
        book = self._book
        while True:
            with book.changed:
                # While the endpoint cannot be used there is nothing to write to; its error is told already.
                while not book.stopping and (not book.index_due or book.halt.error is not None):
                    book.changed.wait()
                if book.stopping:
                    return
            error = self._look_back()
            with book.changed:
                archived = dict(book.to_index)
            error = error or self._write(archived)
            with book.changed:
                if error is None:
                    for identity, session in archived.items():
                        if book.to_index.get(identity) is session:
                            del book.to_index[identity]
                book.notice = error
                book.index_due = error is None and bool(book.to_index) and book.index_due
                book.told()

    def _write(self, archived: dict[Identity, Session]) -> ChatLogError | None:
        """All that is known of, not only what was just archived: an earlier run may have been killed before."""

        def write() -> ChatLogError | None:
            known = {session.identity: session for session in self._engine.known_sessions()}
            return self._engine.update_index(list((known | archived).values())).error

        return _attempt(write)

    def _look_back(self) -> ChatLogError | None:
        """Once: dropped files, which no scan knows, that a killed run has archived without writing their lines."""
        if self._looked_back:
            return None

        def look() -> None:
            with self._book.changed:
                strangers = {
                    identity: entry.path
                    for identity, entry in self._book.uploads.items()
                    if entry.known is None
                    and entry.stage is Stage.ENDED
                    and entry.ended in {"done", "unchanged"}
                }
            lacking = self._engine.archiver().without_line(strangers)
            paths = [path for identity in lacking if (path := Path(strangers[identity])).exists()]
            found = [session for session in self._engine.inspect(paths) if session.identity in lacking]
            with self._book.changed:
                for session in found:
                    self._book.to_index.setdefault(session.identity, session)
            self._looked_back = True

        return _attempt(look)


def _attempt(work: Callable[[], ChatLogError | None]) -> ChatLogError | None:
    """What stood in the way."""
    try:
        return work()
    except Cancelled:
        return None
    except ChatLogError as error:
        return error
    except Exception as bug:
        log.exception("writing the session index")
        return Unexpected(reason=type(bug).__name__)
