"""A row of the queue as the queue itself keeps it: what the user wants of it, and how far the work has come."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Literal

from app.archiving.queue_figures import NOTHING, Figures

if TYPE_CHECKING:
    from app.archiving.queue_rows import Identity, RowState, TransferRow
    from app.errors import ChatLogError
    from app.transfer.rates import RateMeter


class Stage(Enum):
    """Who has the row in hands."""

    TAKEN_IN = "the desk notes it on disk"
    READY = "it waits for its turn"
    RUNNING = "it is being sent or received"
    SETTLING = "the desk notes on disk that it was paused or cancelled"
    RETURNING = "S3 is bringing its object out of an archive class"
    PAUSED = "the user paused it"
    ELSEWHERE = "another process of this home works on it"
    ENDED = "nothing is to be done"


Wish = Literal["go", "pause", "cancel"]
"""What the user wants. The stage follows as soon as it can."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What of a row moves while it is worked on."""

    attempt: int = 1
    retry_at: float | None = None
    error: ChatLogError | None = None


Turn = tuple[float, int]
"""When its tool deletes it, in seconds since the epoch, where it does; its place in the queue."""

NEVER = float("inf")


class Entry:
    """What uploads and downloads have in common. Everything is read and written under the queue's lock.

    `position` is its place in the queue, `ended_position` its place among those that have ended.
    """

    def __init__(self, row_id: str, title: str, path: str, session: Identity | None, position: int) -> None:
        self.id = row_id
        self.title = title
        self.path = path
        self.session = session
        self.position = position
        self.ended_position = 0
        self.stage = Stage.TAKEN_IN
        self.wish: Wish = "go"
        self.ended: RowState = "queued"
        self.error: ChatLogError | None = None
        self.ours = True
        self.updated_at = datetime.now(UTC)
        self.meter: RateMeter | None = None
        # The book's own notes.
        self.serial = 0
        self.in_period = False
        self.counted: Figures = NOTHING
        self.shown: RowState | None = None
        self.row: TransferRow | None = None

    @property
    def turn(self) -> Turn:
        """Among what waits the least comes first."""
        return NEVER, self.position

    @property
    def unfinished(self) -> bool:
        """Whether something is still to be done about it."""
        return self.stage is not Stage.ENDED

    @property
    def stopping(self) -> bool:
        """Whether a pause or a cancellation was asked for and has yet to take effect."""
        if self.stage in {Stage.ENDED, Stage.PAUSED, Stage.ELSEWHERE}:
            return False
        return self.wish != "go"

    def begin_again(self, position: int | None = None) -> None:
        """It is to be done, whatever became of it before; at the place it has, or another."""
        self.stage = Stage.TAKEN_IN
        self.wish = "go"
        self.error = None
        self.ours = True
        self.meter = None
        if position is not None:
            self.position = position

    def end(self, state: RowState, error: ChatLogError | None = None) -> None:
        """Nothing more is to be done."""
        self.stage = Stage.ENDED
        self.ended = state
        self.error = error
        self.meter = None

    @property
    def state(self) -> RowState:
        """What the row shows."""
        if self.stage is Stage.ENDED:
            return self.ended
        if self.stage is Stage.PAUSED:
            return "paused"
        return self.state_of_work()

    def figures(self) -> Figures:
        """What the row adds to the sums."""
        if self.stage is Stage.ELSEWHERE or (self.stage is Stage.ENDED and self.ended == "cancelled"):
            return NOTHING
        work = self.figures_of_work()
        if self.stage is Stage.ENDED and self.ended == "failed":
            return work._replace(sent=0, confirmed=0, left_known=0, left_unknown=0)
        if self.stage in {Stage.PAUSED, Stage.RETURNING}:
            return work._replace(left_known=0, left_unknown=0)
        return work

    def seconds_until_retry(self, retry_at: float | None) -> float:
        """For `wait_seconds`."""
        return max(0.0, retry_at - time.monotonic()) if retry_at is not None else 0.0

    def state_of_work(self) -> RowState:
        """The state while it is neither paused nor ended."""
        raise NotImplementedError

    def figures_of_work(self) -> Figures:
        """What all its bytes add to the sums."""
        raise NotImplementedError

    def make_row(self) -> TransferRow:
        """How it is shown now."""
        raise NotImplementedError
