"""Speed and time left, on a clock that the test moves."""

from __future__ import annotations

import pytest

from app.transfer.rates import RateMeter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_nothing_is_told_before_half_a_second(clock: Clock) -> None:
    meter = RateMeter(clock=clock)
    clock.now += 0.2
    meter.add(1_000_000)

    assert meter.speed() is None
    assert meter.seconds_left(10) is None


def test_a_steady_flow_has_its_speed_and_time_left(clock: Clock) -> None:
    meter = RateMeter(clock=clock)
    for _ in range(100):
        clock.now += 0.05
        meter.add(50_000)

    assert meter.speed() == pytest.approx(1_000_000, rel=0.05)
    assert meter.seconds_left(5_000_000) == pytest.approx(5, rel=0.05)
    assert meter.total == 5_000_000


def test_the_speed_follows_a_changed_network_within_the_window(clock: Clock) -> None:
    meter = RateMeter(clock=clock, window=10)
    for speed in (1000, 100):
        for _ in range(20):
            clock.now += 1
            meter.add(speed)

    assert meter.speed() == pytest.approx(100, rel=0.15)


def test_a_stalled_flow_falls_to_nothing(clock: Clock) -> None:
    meter = RateMeter(clock=clock, window=10)
    clock.now += 1
    meter.add(1000)
    clock.now += 30

    assert meter.speed() == 0.0
    assert meter.seconds_left(1000) is None


def test_a_rewind_never_makes_a_negative_speed(clock: Clock) -> None:
    meter = RateMeter(clock=clock)
    clock.now += 1
    meter.add(1000)
    meter.add(-1000)
    clock.now += 1

    assert meter.speed() == 0.0


def test_nothing_left_takes_no_time(clock: Clock) -> None:
    assert RateMeter(clock=clock).seconds_left(0) == 0.0


def test_memory_is_bounded_however_often_it_is_told(clock: Clock) -> None:
    meter = RateMeter(clock=clock, window=10)
    for _ in range(100_000):
        clock.now += 0.001
        meter.add(1)

    assert len(meter._samples) < 250
    assert meter.speed() == pytest.approx(1000, rel=0.05)
