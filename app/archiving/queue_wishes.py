"""The queue hears what another program of this home, the command line for one, asks of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from app.archiving.queue_ledger import open_ledger
from app.transfer.wishes import WishFor

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from app.archiving.queue_engine import QueueEngine

    Obey = Callable[[WishFor, Collection[str]], Collection[str]]
    """Does it, and tells of which rows it is the queue's to do."""


class Listener:
    """Looks often: what is asked is done within about a second. For one thread."""

    def __init__(self, engine: QueueEngine, obey: Obey) -> None:
        self._engine = engine
        self._obey = obey
        self._attends = False
        self._seen_version: int | None = None

    def attend(self) -> None:
        """Let other programs know that they are heard. Raises as state.db's methods do."""
        ledger = open_ledger(self._engine)
        if ledger is not None and not self._attends:
            ledger.wishes.attend()
            self._attends = True

    def look(self) -> None:
        """Do what was asked since. Raises as state.db's methods do."""
        self.attend()
        ledger = open_ledger(self._engine)
        if ledger is None:
            return
        version = ledger.jobs.database.version()
        if version == self._seen_version:
            return
        wishes = ledger.wishes.open()
        for wish in get_args(WishFor):
            wanted = [row_id for row_id, asked in wishes.items() if asked == wish]
            if wanted and (heard := self._obey(wish, wanted)):
                ledger.wishes.close(heard, wish)
        self._seen_version = version
