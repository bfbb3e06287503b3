"""Transfers as the window knows them: the queue's changes brought to the GUI thread, and what pages ask of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.archiving.queue_rows import QueueTotals
from app.desktop.transfers.opened_queue import OpenedQueue
from app.desktop.transfers.session_states import SessionStates

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from app.archiving.queue_rows import Identity, RowState, TransferRow
    from app.archiving.standby_watch import StandbyNews
    from app.archiving.transfer_queue import TransferQueue
    from app.bootstrap import Services
    from app.desktop.tasks import Task
    from app.desktop.workplace import Workplace
    from app.sessions.model import Session
    from app.transfer.downloads import ReturnRequest

    Request = Callable[[TransferQueue], object]

TICK_SECONDS = 0.1
"""Between two looks at the queue while it changes (ARCHITECTURE.md, Threads)."""

CLOCK_MILLISECONDS = 1000
"""Between two looks at what changes by the passing of time alone: speeds, and the seconds until something is tried
again."""

_MOVING: frozenset[RowState] = frozenset({"sending", "receiving", "waiting"})

NOTHING = QueueTotals(
    left=0,
    failed=0,
    done=0,
    paused=0,
    sent=0,
    total=0,
    speed=None,
    seconds_left=None,
    fraction=None,
    halted=None,
    retry_in=None,
)


class TransfersController(QObject):
    """Lives on the GUI thread for the whole run. What only touches the queue's memory is done at once, everything
    else in the background."""

    changed = Signal(object, object)
    """list[TransferRow]: new ones and those that changed; list[str]: the ids of those that are gone."""
    totals_changed = Signal(object)
    """QueueTotals."""
    states_changed = Signal(object)
    """dict[(source, session id), SessionState]; an empty state: only the plan can tell."""

    standby_changed = Signal(object)
    """StandbyNews, or None: how the second archive stands in for the one in use."""
    ready_changed = Signal()
    """`ready` is another than before."""

    def __init__(self, workplace: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._bridge = workplace.tasks.bridge
        self._started = False
        self._opened = self._another_queue()
        self._rows: dict[str, TransferRow] = {}
        self._totals = NOTHING
        self._standby: StandbyNews | None = None
        self._states = SessionStates()
        self._moving: set[str] = set()
        self._serial = 0
        self._asking = 0
        self.ready = False
        """The queue is open: that there are no rows is then a fact."""
        self._ticked_at = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        workplace.reopened.connect(self._reopened)

    # ---- how it stands ----------------------------------------------------------------------------------

    def rows(self) -> list[TransferRow]:
        """All rows as they were told last: the unfinished ones in the order of the queue, then the others, the newest
        first."""
        queue = self._opened.queue
        if queue is None:
            return []
        return [self._rows[row.id] for row in queue.rows() if row.id in self._rows]

    def totals(self) -> QueueTotals:
        """The sums as they were told last."""
        return self._totals

    def standby(self) -> StandbyNews | None:
        """How the second archive stands in for the one in use, as it was told last; None: not at all."""
        return self._standby

    def busy(self) -> bool:
        """Whether something is being transferred or waits for it; what is paused does not count."""
        queue = self._opened.queue
        return self._asking > 0 or (queue is not None and queue.busy())

    # ---- beginning and end ------------------------------------------------------------------------------

    def start(self) -> None:
        """Take up in the background what an earlier run left."""
        self._started = True
        self._ask(_nothing)

    def stop(self, done: Callable[[], None]) -> None:
        """End all transfers in the background, keeping everything for the next start; then call `done`."""
        opened = self._opened
        self._timer.stop()

        def work(_task: Task[None]) -> None:
            try:
                opened.close()
            finally:
                # Whatever happened: the program must be able to end.
                self._bridge.post(done)

        self._workplace.tasks.run(work)

    def _reopened(self) -> None:
        """Another profile: its rows in place of the old ones."""
        old, self._opened = self._opened, self._another_queue()
        self._workplace.tasks.run(lambda _task: old.close())
        gone = list(self._rows)
        self._rows, self._moving, self._serial = {}, set(), 0
        self._states = SessionStates()
        self._asking = 0
        self._timer.stop()
        if gone:
            self.changed.emit([], gone)
        self._take_totals(NOTHING)
        self._take_standby(None)
        self._set_ready(False)
        if self._started:
            self._ask(_nothing)

    # ---- what is to be done -----------------------------------------------------------------------------

    def add_sessions(self, sessions: Sequence[Session]) -> None:
        """Archive these."""
        wanted = tuple(sessions)
        self._ask(lambda queue: queue.add_sessions(wanted))

    def add_download(
        self,
        s3_key: str,
        folder: Path,
        *,
        title: str,
        size: int,
        version_id: str | None = None,
        session: Identity | None = None,
        ask_return: ReturnRequest | None = None,
    ) -> None:
        """Bring an object into a folder. `size` (bytes) is what the archive lists for it; `ask_return` is asked of S3 if
        it lies in an archive class."""
        self._ask(
            lambda queue: queue.add_download(
                s3_key,
                folder,
                title=title,
                size=size,
                version_id=version_id,
                session=session,
                ask_return=ask_return,
            )
        )

    def ask_return(self, ids: Collection[str], request: ReturnRequest) -> None:
        """Begin failed downloads anew, asking S3 for the return of what lies in an archive class."""
        self._tell(lambda queue: queue.ask_return(ids, request))

    def cancel(self, ids: Collection[str]) -> None:
        """Do not do these."""
        self._tell(lambda queue: queue.cancel(ids))

    def retry(self, ids: Collection[str]) -> None:
        """Begin failed and cancelled ones anew."""
        self._tell(lambda queue: queue.retry(ids))

    def pause(self, ids: Collection[str]) -> None:
        """Leave these until they are resumed, over restarts too."""
        self._tell(lambda queue: queue.pause(ids))

    def resume(self, ids: Collection[str]) -> None:
        """Go on with paused ones."""
        self._tell(lambda queue: queue.resume(ids))

    def cancel_all(self) -> None:
        """Cancel everything that has not ended."""
        self._tell(lambda queue: queue.cancel_all())

    def pause_all(self) -> None:
        """Pause everything that has not ended."""
        self._tell(lambda queue: queue.pause_all())

    def resume_all(self) -> None:
        """Go on with everything that is paused."""
        self._tell(lambda queue: queue.resume_all())

    def retry_failed(self) -> None:
        """Begin everything that failed anew."""
        self._tell(lambda queue: queue.retry_failed())

    def clear(self, ids: Collection[str] | None = None) -> None:
        """Take ended rows off the list; None: all that ended without failure."""
        self._tell(lambda queue: queue.clear(ids))

    def retry_now(self) -> None:
        """When halted: do not wait any longer."""
        self._opened.retry_now()

    def _tell(self, command: Callable[[TransferQueue], None]) -> None:
        """Where there is no queue yet, there are no rows to do anything about."""
        queue = self._opened.queue
        if queue is not None:
            command(queue)

    def _ask(self, request: Request) -> None:
        """Have the queue do something in the background, once it is open."""
        opened = self._opened

        def work(services: Services, _task: Task[None]) -> None:
            request(opened.open(services))

        def done(_: None) -> None:
            self._asking -= 1
            self._tick()
            self._set_ready(True)

        self._asking += 1
        self._workplace.run(work, done=done, owner=self)

    def _set_ready(self, ready: bool) -> None:
        if self.ready != ready:
            self.ready = ready
            self.ready_changed.emit()

    # ---- following the queue ----------------------------------------------------------------------------

    def _another_queue(self) -> OpenedQueue:
        """One that has the GUI thread look whenever it has changed, as long as it is the one in use."""
        waiting = False

        def heard() -> None:
            nonlocal waiting
            if not waiting:
                waiting = True
                self._bridge.post(look)

        def look() -> None:
            nonlocal waiting
            waiting = False
            if opened is self._opened:
                self._look_soon()

        opened = OpenedQueue(heard)
        return opened

    def _look_soon(self) -> None:
        """At once after a quiet time, else when the next tick is due."""
        wait = max(0, round((self._ticked_at + TICK_SECONDS - time.monotonic()) * 1000))
        if not self._timer.isActive() or self._timer.remainingTime() > wait:
            self._timer.start(wait)

    def _tick(self) -> None:
        queue = self._opened.queue
        if queue is None:
            return
        self._ticked_at = time.monotonic()
        self._serial, newer, removed = queue.changes(self._serial)
        known = self._rows
        changed = [row for row in newer if known.get(row.id) != row]
        for row in changed:
            known[row.id] = row
            (self._moving.add if row.state in _MOVING else self._moving.discard)(row.id)
        removed = [row_id for row_id in removed if known.pop(row_id, None) is not None]
        self._moving.difference_update(removed)
        totals = queue.totals()
        if changed or removed:
            self.changed.emit(changed, removed)
            states = self._states.news(changed, removed)
            if states:
                self.states_changed.emit(states)
        self._take_totals(totals)
        self._take_standby(self._opened.news)
        if (self._moving or totals.retry_in is not None) and not self._timer.isActive():
            self._timer.start(CLOCK_MILLISECONDS)

    def _take_totals(self, totals: QueueTotals) -> None:
        if totals != self._totals:
            self._totals = totals
            self.totals_changed.emit(totals)

    def _take_standby(self, news: StandbyNews | None) -> None:
        if news != self._standby:
            self._standby = news
            self.standby_changed.emit(news)


def _nothing(_queue: TransferQueue) -> None:
    """Opening the queue is all that is asked for."""
