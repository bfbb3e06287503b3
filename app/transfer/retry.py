"""Which failure is tried again, how, and how long to wait: one table for the whole program.

Waits are exponential with full jitter (each is drawn between zero and a ceiling that doubles), never shorter than a
Retry-After. Why: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type

from app.errors import (
    BodyDamaged,
    Cancelled,
    ChatLogError,
    Conflict,
    ObjectArchived,
    ReplyLost,
    ServerFailed,
    Throttled,
    Unreachable,
    UrlExpired,
    VerificationFailed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Remedy(Enum):
    """What is done before the next attempt."""

    WAIT = "wait, then send again with the same URL"
    SIGN_AGAIN = "ask for a new URL at once"
    SEND_AGAIN = "send again from the spool at once"
    RECEIVE_AGAIN = "receive all of it again at once"
    LOOK_FIRST = "wait, then ask S3 whether it has the bytes already"
    GIVE_UP = "trying again does not help"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: what helps against a failure, and how many times it is tried: of a small object, a part or a range."""

    remedy: Remedy
    times: int


TABLE: tuple[tuple[type[ChatLogError], Rule], ...] = (
    # Before Unreachable, whose special case it is: the request had gone, S3 may have done it.
    (ReplyLost, Rule(Remedy.LOOK_FIRST, 6)),
    (Unreachable, Rule(Remedy.WAIT, 6)),
    (Throttled, Rule(Remedy.WAIT, 8)),
    (ServerFailed, Rule(Remedy.LOOK_FIRST, 6)),
    (Conflict, Rule(Remedy.WAIT, 4)),
    # Three: a clock that is wrong, or credentials that die at once, would have us sign for ever.
    (UrlExpired, Rule(Remedy.SIGN_AGAIN, 3)),
    (BodyDamaged, Rule(Remedy.SEND_AGAIN, 1)),
)
"""The first row whose class fits counts. What is not here is given up: asking again gets the same answer."""

DAMAGED_TABLE: tuple[tuple[type[ChatLogError], Rule], ...] = (
    # Damaged on the way, not in S3, which checks what it stores: what comes next is most likely whole. Of an upload the
    # same words mean that S3 holds something else, which sending again would bury under one more version.
    (VerificationFailed, Rule(Remedy.RECEIVE_AGAIN, 2)),
)

DOWNLOAD_TABLE = (*DAMAGED_TABLE, *TABLE)

GIVE_UP = Rule(Remedy.GIVE_UP, 0)

FIRST_CEILING_SECONDS = 0.5
HIGHEST_CEILING_SECONDS = 20.0
BUDGET_SECONDS = 120.0
"""A transfer does not spend more than this on waiting, and what its size adds; the work stays on disk for the next run."""

BUDGET_BYTES = 10 * 1024 * 1024
"""Bytes for each of which a transfer may wait a second more: with a thousand parts a thousand things go wrong."""

PRESIGN_ATTEMPTS = 3
"""PROTOCOL.md, "Client defaults"."""


def rule_for(error: BaseException, table: tuple[tuple[type[ChatLogError], Rule], ...] = TABLE) -> Rule:
    """The table's row for an error."""
    return next((rule for kind, rule in table if isinstance(error, kind)), GIVE_UP)


def may_pass(error: BaseException) -> bool:
    """Whether the same transfer may succeed much later: the network is back, the server well, a copy restored."""
    return isinstance(error, ObjectArchived) or (isinstance(error, ChatLogError) and error.retryable)


def wait_before(attempt: int, error: BaseException, draw: Callable[[float, float], float]) -> float:
    """Seconds to wait before attempt number `attempt` + 1. `draw(low, high)` is random.uniform or a test's."""
    ceiling = min(HIGHEST_CEILING_SECONDS, FIRST_CEILING_SECONDS * 2.0 ** min(attempt - 1, 16))
    asked = error.parameters.get("retryAfter") if isinstance(error, ChatLogError) else None
    waited = draw(0.0, ceiling)
    return waited + float(asked) if isinstance(asked, int | float) else waited


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next after a failure: the remedy, and the seconds to wait before it."""

    remedy: Remedy
    wait: float


class Budget:
    """What one transfer may still spend on waiting, over all its attempts, parts and ranges. Threads share it.

    Waits at the same time count once: when the network is gone, all parts wait for the same.
    """

    def __init__(
        self, seconds: float = BUDGET_SECONDS, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` is monotonic."""
        self._left = seconds
        self._clock = clock
        self._waited_until = clock()
        self._lock = threading.Lock()

    def grow(self, size: int) -> None:
        """The transfer is one of `size` bytes."""
        with self._lock:
            self._left += size / BUDGET_BYTES

    def spend(self, seconds: float) -> bool:
        """Whether one may wait so long from now on; then it counts."""
        with self._lock:
            now = self._clock()
            more = max(0.0, now + seconds - max(now, self._waited_until))
            if more > self._left:
                return False
            self._left -= more
            self._waited_until = max(self._waited_until, now + seconds)
            return True


class Patience:
    """How often and how long one request may still be tried again. For one thread.

    `attempts` bounds them over all kinds of failures; each row of the table has its own bound besides. `budget` is that
    of the transfer which the request is part of.
    """

    def __init__(
        self,
        *,
        attempts: int | None = None,
        budget: Budget | None = None,
        table: tuple[tuple[type[ChatLogError], Rule], ...] = TABLE,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._attempts = attempts
        self._table = table
        self._budget = budget or Budget()
        self._draw = draw
        self._used: dict[Rule, int] = {}
        self.attempt = 1

    def after(self, error: BaseException) -> Step:
        """What to do about a failure. GIVE_UP once a bound is reached."""
        rule = rule_for(error, self._table)
        used = self._used.get(rule, 0)
        if used >= rule.times or self.attempt == self._attempts:
            return Step(Remedy.GIVE_UP, 0.0)
        wait = 0.0
        if rule.remedy in {Remedy.WAIT, Remedy.LOOK_FIRST}:
            wait = wait_before(used + 1, error, self._draw)
            if not self._budget.spend(wait):
                return Step(Remedy.GIVE_UP, 0.0)
        self._used[rule] = used + 1
        self.attempt += 1
        return Step(rule.remedy, wait)


def persistently(
    operation: Callable[[], T],
    patience: Patience,
    *,
    stopped: threading.Event,
    before_next: Callable[[Step, BaseException], None] | None = None,
) -> T:
    """Call `operation` until it succeeds or patience ends. `before_next` hears of each failure before the wait.

    Raises the last error, or Cancelled soon after `stopped` is set.
    """
    step = Step(Remedy.GIVE_UP, 0.0)

    def decide(state: RetryCallState) -> float:
        nonlocal step
        error = _error_of(state)
        step = patience.after(error)
        return step.wait

    def tell(state: RetryCallState) -> None:
        if before_next is not None:
            before_next(step, _error_of(state))

    def sleep(seconds: float) -> None:
        if stopped.wait(seconds):
            raise Cancelled

    retrying = Retrying(
        retry=retry_if_exception_type(ChatLogError),
        wait=decide,
        stop=lambda _: step.remedy is Remedy.GIVE_UP,
        before_sleep=tell,
        sleep=sleep,
        reraise=True,
    )
    return retrying(operation)


class Retrier:
    """Calls operations that may simply be repeated (asking for URLs, reading) again, by the table.

    `stopped` ends the waiting at once with Cancelled.
    """

    def __init__(
        self,
        *,
        attempts: int = PRESIGN_ATTEMPTS,
        stopped: threading.Event | None = None,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._attempts = attempts
        self._stopped = stopped or threading.Event()
        self._draw = draw

    def __call__(self, operation: Callable[[], T]) -> T:
        """The operation's result. Raises its last error, or Cancelled."""
        patience = Patience(attempts=self._attempts, draw=self._draw)
        return persistently(operation, patience, stopped=self._stopped)


def _error_of(state: RetryCallState) -> BaseException:
    error = state.outcome.exception() if state.outcome else None
    assert error is not None
    return error
