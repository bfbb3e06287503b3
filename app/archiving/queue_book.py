"""The queue's rows in memory: their order, what changed since when, and the sums."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.archiving.queue_download_entry import DownloadEntry
from app.archiving.queue_entry import Entry, Stage
from app.archiving.queue_figures import NOTHING
from app.archiving.queue_halt import Halt
from app.archiving.queue_rows import ENDED, QueueTotals
from app.archiving.queue_turns import Turns
from app.archiving.queue_upload_entry import UploadEntry
from app.transfer.rates import RateMeter

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.archiving.queue_rows import Identity, RowState, TransferRow
    from app.errors import ChatLogError
    from app.sessions.model import Session

KEPT_ENDED = 1000
"""Ended rows that a queue begins with, and to which it goes back when it has run empty."""

_IDLE = (Stage.ENDED, Stage.PAUSED, Stage.RETURNING, Stage.ELSEWHERE)
"""Nothing is done about it here and now."""

_MOVING: frozenset[RowState] = frozenset({"sending", "receiving", "waiting"})
"""What changes by the passing of time alone."""


class Book:
    """Shared by the queue's threads: everything but `rows`, `changes` and `totals` is called holding `changed`.

    Whoever changes an entry calls `touch`. `tell` hears of every change: with True where a state changed, with False
    where only numbers did.
    """

    def __init__(self, tell: Callable[[bool], None], stopped: threading.Event) -> None:
        self.changed = threading.Condition()
        self.halt = Halt()
        self._stopped = stopped
        self._stopping = False
        self.notice: ChatLogError | None = None
        self.index_due = False
        """Sessions are archived that the session index may not know of."""
        self.to_index: dict[Identity, Session] = {}
        """Those of them that were archived since the last time; the last scan may know them otherwise, or not."""
        self.needs_connection = False
        """What was asked for cannot even be noted before the endpoint has said where to."""
        self.uploads: dict[Identity, UploadEntry] = {}
        self.uploads_due: Turns[UploadEntry] = Turns(_has_files_to_offer)
        self.downloads_due: Turns[DownloadEntry] = Turns(_is_ready)
        self.last_success = time.monotonic()
        """When the last of those downloads began that succeeded."""
        self._tell = tell
        self._entries: dict[str, Entry] = {}
        self._by_change: dict[str, Entry] = {}
        self._gone: list[tuple[int, str]] = []
        self._moving: dict[str, Entry] = {}
        self._in_order: list[Entry] | None = None
        self._serial = 0
        self._positions = 0
        self._sum = NOTHING
        self._states: Counter[RowState] = Counter()
        self._stages: Counter[Stage] = Counter()
        self._stage_of: dict[str, Stage] = {}
        self._period: set[str] = set()
        """What was worked on since the queue was last empty, and what of it is not confirmed yet. Nothing cancelled."""
        self._pending: set[str] = set()
        self._meter = RateMeter()

    # ---- for the face -----------------------------------------------------------------------------------

    def rows(self) -> list[TransferRow]:
        """See TransferQueue."""
        with self.changed:
            self._refresh()
            return [self._row(entry) for entry in self._ordered()]

    def changes(self, since: int) -> tuple[int, list[TransferRow], list[str]]:
        """See TransferQueue."""
        with self.changed:
            self._refresh()
            newer = []
            for entry in reversed(self._by_change.values()):
                if entry.serial <= since:
                    break
                newer.append(entry)
            gone = []
            for serial, row_id in reversed(self._gone):
                if serial <= since:
                    break
                if row_id not in self._entries:
                    gone.append(row_id)
            return self._serial, [self._row(entry) for entry in reversed(newer)], gone

    def totals(self) -> QueueTotals:
        """See TransferQueue."""
        with self.changed:
            states, figures = self._states, self._sum
            ended = sum(states[state] for state in ENDED)
            left = states.total() - ended
            moving = any(states[state] for state in _MOVING)
            return QueueTotals(
                left=left,
                failed=states["failed"],
                done=states["done"] + states["unchanged"],
                paused=states["paused"],
                sent=figures.sent,
                total=figures.total,
                speed=self._meter.speed() if moving else None,
                seconds_left=self._meter.seconds_left(figures.left) if moving else None,
                fraction=None if not self._period else figures.fraction if self._pending else 1.0,
                halted=self.halt.error,
                retry_in=self.halt.retry_in(),
                notice=self.notice,
                returning=states["returning"],
            )

    def busy(self) -> bool:
        """See TransferQueue."""
        with self.changed:
            return (self.index_due and bool(self.to_index)) or self._at_work()

    # ---- the end ----------------------------------------------------------------------------------------

    @property
    def stopping(self) -> bool:
        """Whether everything is to end."""
        return self._stopping or self._stopped.is_set()

    def stop(self) -> None:
        """Everything is to end."""
        self._stopping = True
        self.changed.notify_all()

    # ---- for the queue's own parts ----------------------------------------------------------------------

    def find(self, row_id: str) -> Entry | None:
        """The entry of that id."""
        return self._entries.get(row_id)

    def entries(self) -> list[Entry]:
        """All of them, in the order in which they are shown."""
        return list(self._ordered())

    def returning(self) -> list[DownloadEntry]:
        """Those whose objects S3 is bringing out of an archive class."""
        if not self._stages[Stage.RETURNING]:
            return []
        return [
            entry
            for entry in self._entries.values()
            if isinstance(entry, DownloadEntry) and entry.stage is Stage.RETURNING
        ]

    def next_position(self) -> int:
        """A place behind all that were given."""
        self._positions += 1
        return self._positions

    def begin(self, entry: Entry) -> None:
        """An entry is to be done from now on. After the queue has run empty the sums begin anew with it."""
        if not self._at_work() and not self._stages[Stage.PAUSED] and not self._stages[Stage.RETURNING]:
            self._new_period()
        self._period.add(entry.id)
        entry.in_period = True

    def touch(self, entry: Entry, *, numbers_only: bool = False) -> None:
        """An entry is new or has changed."""
        self._serial += 1
        entry.serial = self._serial
        entry.row = None
        self._entries[entry.id] = entry
        if isinstance(entry, UploadEntry):
            self.uploads[entry.identity] = entry
        self._by_change.pop(entry.id, None)
        self._by_change[entry.id] = entry
        self._count(entry)
        state = entry.state
        if state != entry.shown:
            self._change_state(entry, state)
            numbers_only = False
        if not numbers_only:
            self._in_order = None  # a session that was found again may be deleted later than was known
        self._tell(not numbers_only)

    def remove(self, entry: Entry) -> None:
        """An entry is shown no more. What it has added to the sums stays until the queue has run empty."""
        del self._entries[entry.id]
        del self._by_change[entry.id]
        if isinstance(entry, UploadEntry):
            del self.uploads[entry.identity]
        self._moving.pop(entry.id, None)
        if entry.shown is not None:
            self._states[entry.shown] -= 1
        self._stages[self._stage_of.pop(entry.id)] -= 1
        self._pending.discard(entry.id)
        if not self._is_success(entry):
            self._period.discard(entry.id)
            self._sum = self._sum.minus(entry.counted)
        self._in_order = None
        self._serial += 1
        self._gone.append((self._serial, entry.id))
        self._tell(True)  # noqa: FBT003 - the one word of a callback

    def make_ready(self, entry: Entry) -> None:
        """It waits for its turn."""
        entry.stage = Stage.READY
        if isinstance(entry, UploadEntry):
            self.uploads_due.add(entry)
        elif isinstance(entry, DownloadEntry):
            self.downloads_due.add(entry)
        self.touch(entry)
        self.changed.notify_all()

    def moved(self, entry: Entry, count: int) -> None:
        """`count` more bytes of an entry have gone; negative when a retry rewinds."""
        if entry.meter is None:
            entry.meter = RateMeter()
        if count:
            entry.meter.add(count)
            self._meter.add(count)

    def told(self) -> None:
        """Something that is no row's has changed."""
        self._tell(True)  # noqa: FBT003 - the one word of a callback
        self.changed.notify_all()

    # ---- inside -----------------------------------------------------------------------------------------

    def _at_work(self) -> bool:
        return self._stages.total() > sum(self._stages[stage] for stage in _IDLE)

    def _count(self, entry: Entry) -> None:
        stage = self._stage_of.get(entry.id)
        if stage is not entry.stage:
            if stage is not None:
                self._stages[stage] -= 1
            self._stages[entry.stage] += 1
            self._stage_of[entry.id] = entry.stage
            self._in_order = None
        counted = entry.figures() if entry.in_period else NOTHING
        if counted != entry.counted:
            self._sum = self._sum.minus(entry.counted).plus(counted)
            entry.counted = counted
        if entry.stage is Stage.ENDED and entry.ended == "cancelled":
            self._period.discard(entry.id)
        if not entry.in_period or self._is_success(entry) or entry.id not in self._period:
            self._pending.discard(entry.id)
        else:
            self._pending.add(entry.id)

    def _change_state(self, entry: Entry, state: RowState) -> None:
        if entry.shown is not None:
            self._states[entry.shown] -= 1
            entry.updated_at = datetime.now(UTC)
        self._states[state] += 1
        if state in ENDED and (entry.shown is None or entry.shown not in ENDED):
            entry.ended_position = self.next_position()
        entry.shown = state
        self._in_order = None
        if state in _MOVING:
            self._moving[entry.id] = entry
        else:
            self._moving.pop(entry.id, None)

    def _new_period(self) -> None:
        for entry in self._entries.values():
            entry.in_period, entry.counted = False, NOTHING
        self._period.clear()
        self._pending.clear()
        self._sum = NOTHING
        self._meter = RateMeter()
        ended = [entry for entry in self._ordered() if entry.stage is Stage.ENDED]
        for entry in ended[KEPT_ENDED:]:
            self.remove(entry)

    @staticmethod
    def _is_success(entry: Entry) -> bool:
        return entry.stage is Stage.ENDED and entry.ended in {"done", "unchanged"}

    def _ordered(self) -> list[Entry]:
        if self._in_order is None:
            unfinished = [entry for entry in self._entries.values() if entry.unfinished]
            ended = [entry for entry in self._entries.values() if not entry.unfinished]
            unfinished.sort(key=lambda entry: entry.turn)
            ended.sort(key=lambda entry: entry.ended_position, reverse=True)
            self._in_order = unfinished + ended
        return self._in_order

    def _refresh(self) -> None:
        """What moves has another speed by now."""
        for entry in self._moving.values():
            self._serial += 1
            entry.serial = self._serial
            entry.row = None
            self._by_change.pop(entry.id)
            self._by_change[entry.id] = entry

    @staticmethod
    def _row(entry: Entry) -> TransferRow:
        if entry.row is None:
            entry.row = entry.make_row()
        return entry.row


def _has_files_to_offer(entry: UploadEntry) -> bool:
    return entry.stage in {Stage.READY, Stage.RUNNING} and entry.wish == "go" and bool(entry.to_offer)


def _is_ready(entry: DownloadEntry) -> bool:
    return entry.stage is Stage.READY and entry.wish == "go"
