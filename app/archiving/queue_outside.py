"""The queue's rows for a program that does not run the queue: read from state.db, paused, gone on with, cancelled.

Where another program of this home runs the queue (the window), it is asked, and does it within about a second.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from app.archiving.queue_download_entry import DownloadEntry
from app.archiving.queue_entry import Stage
from app.archiving.queue_ledger import open_ledger
from app.archiving.queue_past import remembered_entries
from app.archiving.queue_upload_entry import UploadEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_entry import Entry
    from app.archiving.queue_ledger import Ledger
    from app.archiving.queue_rows import RowState, TransferRow
    from app.archiving.transfer_queue import TransferQueue
    from app.transfer.wishes import WishFor

PATIENCE_SECONDS = 10.0
"""For what takes effect within a second, on a computer that is busy with other things."""

LOOK_SECONDS = 0.1


class OutsideQueue:
    """For one thread. Every method may raise what state.db's do."""

    def __init__(self, engine: QueueEngine, make_queue: Callable[[], TransferQueue]) -> None:
        """`make_queue`: one of this program's own, which is not to work, for where no other program runs the queue."""
        self._engine = engine
        self._make_queue = make_queue
        self._pause = threading.Event()

    def rows(self) -> list[TransferRow]:
        """The unfinished ones, then those that have ended, the newest first."""
        ledger = open_ledger(self._engine)
        if ledger is None:
            return []
        sessions = {session.identity: session for session in self._engine.known_sessions()}
        unfinished, ended = remembered_entries(ledger, sessions)
        working = ledger.transfers.worked_on_elsewhere()
        for entry in unfinished:
            _mark_held(ledger, entry, working)
        return [entry.make_row() for entry in (*unfinished, *reversed(ended))]

    def is_run(self) -> bool:
        """Whether another program of this home runs the queue, and so goes on with what waits."""
        ledger = open_ledger(self._engine)
        return ledger is not None and ledger.wishes.attended()

    def ask(self, ids: Collection[str], wish: WishFor) -> list[TransferRow]:
        """Have this done to these rows; how they stand then. One that another program holds stays as it is."""
        ledger = open_ledger(self._engine)
        if ledger is None or not ids:
            return []
        if ledger.wishes.attended():
            self._ask_the_other(ledger, ids, wish)
        else:
            self._do(ids, wish)
        return self._found(ids)

    def _found(self, ids: Collection[str]) -> list[TransferRow]:
        return [row for row in self.rows() if row.id in ids]

    def _ask_the_other(self, ledger: Ledger, ids: Collection[str], wish: WishFor) -> None:
        ledger.wishes.put(ids, wish)
        try:
            heard = self._until(lambda: not (ledger.wishes.open().keys() & set(ids)))
        finally:
            ledger.wishes.close(ids, wish)
        if heard:
            self._until(lambda: all(has_come(row, wish) for row in self._found(ids)))

    def _do(self, ids: Collection[str], wish: WishFor) -> None:
        held = {row.id for row in self.rows() if row.elsewhere}
        free = [row_id for row_id in ids if row_id not in held]
        queue = self._make_queue()
        queue.start(work=False)
        try:
            if error := queue.totals().halted:
                raise error
            {"pause": queue.pause, "resume": queue.resume, "cancel": queue.cancel}[wish](free)
            self._until(lambda: _have_come(queue.rows(), free, wish) or queue.totals().halted is not None)
            if error := queue.totals().halted:
                raise error
        finally:
            queue.stop()

    def _until(self, condition: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() >= deadline or self._engine.stopped.is_set():
                return False
            self._pause.wait(LOOK_SECONDS)
        return True


def has_come(row: TransferRow, wish: WishFor) -> bool:
    """Whether a row is as it was wished; one that had ended before stays as it ended."""
    ended: tuple[RowState, ...] = ("done", "unchanged", "failed", "cancelled")
    if wish == "resume":
        return row.state != "paused"
    return not row.elsewhere and (row.state in ended or (wish == "pause" and row.state == "paused"))


def _have_come(rows: Sequence[TransferRow], ids: Collection[str], wish: WishFor) -> bool:
    return all(row.elsewhere or (not row.stopping and has_come(row, wish)) for row in rows if row.id in ids)


def _mark_held(ledger: Ledger, entry: Entry, working: Collection[tuple[str, str]]) -> None:
    """Show what another process works on as that."""
    if isinstance(entry, UploadEntry) and entry.identity in working:
        transfers = ledger.transfers.of_session(entry.identity)
        entry.stage = Stage.ELSEWHERE
        entry.elsewhere_sends = any(it.held and it.state in {"prepared", "sending"} for it in transfers)
    elif isinstance(entry, DownloadEntry) and entry.stage is Stage.TAKEN_IN:
        found = ledger.downloads.find(entry.id)
        if found is not None and found.held:
            entry.stage = Stage.ELSEWHERE
