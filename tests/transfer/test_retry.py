"""The table of retries: which failure is tried again, how, how often, how long after."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import (
    AccessDenied,
    BodyDamaged,
    Cancelled,
    ChatLogError,
    DiskFull,
    NotFound,
    NotOurProtocol,
    ReplyLost,
    ServerFailed,
    Throttled,
    TlsFailed,
    Unauthorized,
    Unreachable,
    UrlExpired,
    VerificationFailed,
)
from app.transfer.retry import (
    BUDGET_BYTES,
    BUDGET_SECONDS,
    DOWNLOAD_TABLE,
    HIGHEST_CEILING_SECONDS,
    Budget,
    Patience,
    Remedy,
    Retrier,
    Step,
    persistently,
    rule_for,
    wait_before,
)


def at_once(low: float, high: float) -> float:
    return 0.0


class Clock:
    """Time as a test has it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def waited(self, patience: Patience, seconds: float) -> Remedy:
        """What is done about a failure; if that is to wait, it is waited."""
        step = patience.after(Throttled(retryAfter=seconds))
        self.now += step.wait
        return step.remedy


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (Unreachable(host="h", reason="r"), Remedy.WAIT),
        (ReplyLost(host="h", reason="r"), Remedy.LOOK_FIRST),
        (ServerFailed(status=500), Remedy.LOOK_FIRST),
        (Throttled(), Remedy.WAIT),
        (UrlExpired(), Remedy.SIGN_AGAIN),
        (BodyDamaged(), Remedy.SEND_AGAIN),
        (AccessDenied(), Remedy.GIVE_UP),
        (Unauthorized(), Remedy.GIVE_UP),
        (NotFound(), Remedy.GIVE_UP),
        (TlsFailed(), Remedy.GIVE_UP),
        (NotOurProtocol(), Remedy.GIVE_UP),
        (DiskFull(), Remedy.GIVE_UP),
    ],
)
def test_each_failure_has_its_remedy(error: ChatLogError, remedy: Remedy) -> None:
    assert rule_for(error).remedy is remedy


def test_what_came_down_damaged_is_received_again_but_nothing_is_sent_again_for_it() -> None:
    damaged = VerificationFailed(what="sha256")
    patience = Patience(table=DOWNLOAD_TABLE, draw=at_once)

    assert [patience.after(damaged).remedy for _ in range(3)] == [
        Remedy.RECEIVE_AGAIN,
        Remedy.RECEIVE_AGAIN,
        Remedy.GIVE_UP,
    ]
    assert Patience(draw=at_once).after(damaged).remedy is Remedy.GIVE_UP


def test_every_error_that_calls_itself_retryable_and_concerns_a_request_is_in_the_table() -> None:
    for error in (Unreachable, ReplyLost, UrlExpired, Throttled, ServerFailed, BodyDamaged):
        assert rule_for(error()).remedy is not Remedy.GIVE_UP


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waits_are_drawn_from_nothing_to_a_ceiling_that_doubles(attempt: int, part: float) -> None:
    wait = wait_before(attempt, Unreachable(), lambda low, high: low + part * (high - low))

    assert 0 <= wait <= min(HIGHEST_CEILING_SECONDS, 0.5 * 2.0 ** min(attempt - 1, 30))


def test_a_retry_after_is_a_floor() -> None:
    assert wait_before(1, Throttled(retryAfter=7.0), at_once) == 7.0
    assert wait_before(1, Throttled(retryAfter=7.0), lambda _, high: high) == 7.5


def test_patience_ends_with_the_times_of_the_row_or_the_budget() -> None:
    patience = Patience(draw=at_once)
    steps = [patience.after(BodyDamaged()) for _ in range(2)]
    assert [step.remedy for step in steps] == [Remedy.SEND_AGAIN, Remedy.GIVE_UP]

    clock = Clock()
    patience = Patience(draw=at_once, budget=Budget(clock=clock))
    assert [clock.waited(patience, 50) for _ in range(3)] == [Remedy.WAIT, Remedy.WAIT, Remedy.GIVE_UP]
    assert BUDGET_SECONDS < 150


def test_parts_of_one_transfer_share_its_budget_one_after_the_other() -> None:
    clock = Clock()
    budget = Budget(clock=clock)
    first, second = Patience(draw=at_once, budget=budget), Patience(draw=at_once, budget=budget)

    assert clock.waited(first, 70) is Remedy.WAIT
    assert clock.waited(second, 70) is Remedy.GIVE_UP
    assert clock.waited(second, 50) is Remedy.WAIT
    assert Patience(draw=at_once).after(Throttled(retryAfter=70)).remedy is Remedy.WAIT


def test_parts_that_wait_together_wait_once() -> None:
    clock = Clock()
    budget = Budget(clock=clock)
    parts = [Patience(draw=at_once, budget=budget) for _ in range(8)]

    assert {part.after(Throttled(retryAfter=70)).remedy for part in parts} == {Remedy.WAIT}
    clock.now += 35
    # Half of it is waited for already.
    assert parts[0].after(Throttled(retryAfter=80)).remedy is Remedy.WAIT
    assert parts[0].after(Throttled(retryAfter=90)).remedy is Remedy.GIVE_UP


def test_a_larger_transfer_may_wait_longer() -> None:
    budget = Budget()
    budget.grow(100 * BUDGET_BYTES)

    assert budget.spend(BUDGET_SECONDS + 99)


def test_different_failures_have_their_own_counts() -> None:
    patience = Patience(draw=at_once)
    assert patience.after(BodyDamaged()).remedy is Remedy.SEND_AGAIN
    assert patience.after(UrlExpired()).remedy is Remedy.SIGN_AGAIN
    assert patience.after(Unreachable()).remedy is Remedy.WAIT
    assert patience.after(BodyDamaged()).remedy is Remedy.GIVE_UP


def test_an_operation_is_called_until_it_succeeds_and_each_failure_is_told() -> None:
    failures: list[ChatLogError] = [Unreachable(), UrlExpired(), Throttled()]
    told: list[tuple[Step, BaseException]] = []

    def operation() -> str:
        if failures:
            raise failures.pop(0)
        return "done"

    result = persistently(
        operation,
        Patience(draw=at_once),
        stopped=threading.Event(),
        before_next=lambda step, error: told.append((step, error)),
    )

    assert result == "done"
    assert [step.remedy for step, _ in told] == [Remedy.WAIT, Remedy.SIGN_AGAIN, Remedy.WAIT]


def test_a_failure_that_is_given_up_comes_out_as_it_is() -> None:
    error = AccessDenied(reason="x")

    def operation() -> None:
        raise error

    with pytest.raises(AccessDenied) as caught:
        persistently(operation, Patience(), stopped=threading.Event())
    assert caught.value is error


def test_a_bug_is_not_tried_again() -> None:
    calls = []

    def operation() -> None:
        calls.append(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Retrier()(operation)
    assert calls == [1]


def test_the_retrier_makes_three_attempts() -> None:
    calls = []

    def operation() -> None:
        calls.append(1)
        raise ServerFailed(status=503)

    with pytest.raises(ServerFailed):
        Retrier(draw=at_once)(operation)
    assert len(calls) == 3


def test_stopping_ends_a_wait_at_once() -> None:
    stopped = threading.Event()

    def operation() -> None:
        stopped.set()
        raise Throttled(retryAfter=60)

    started = time.monotonic()
    with pytest.raises(Cancelled):
        Retrier(stopped=stopped)(operation)
    assert time.monotonic() - started < 5
