"""The speed test measures with the real engine, says what it cannot tell, and leaves nothing but versions."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from app.archiving.speed_samples import log_like
from app.archiving.speed_test import SpeedTest, Stopwatch, percentile_95
from app.errors import ServerFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from app.bootstrap import Services


class Scripted(Stopwatch):
    """Every request is made; how long it took is what the script says, one after the other."""

    def __init__(self, inner: Stopwatch, script: Sequence[float]) -> None:
        super().__init__(inner)
        self._script = iter(script)

    def send(self, *positional: Any, **named: Any) -> Any:
        reply = super().send(*positional, **named)
        self.seconds[-1] = next(self._script)
        return reply


@pytest.fixture
def services(open_services: Callable[[Path], Services], home: Path) -> Services:
    """The engine of a home on the sandbox that all tests share."""
    return open_services(home)


def far_away(services: Services, *scripts: Sequence[float], **changes: Any) -> SpeedTest:
    """A test of what is taken for an endpoint on AWS; each connection's requests take as long as its script says."""
    bench = services.speed_test().bench
    prepared = iter(scripts)

    def stopwatch() -> Stopwatch:
        return Scripted(bench.stopwatch(), next(prepared))

    return SpeedTest(replace(bench, stopwatch=stopwatch, this_computer=False, **changes))


def speed_test_objects(services: Services) -> list[str]:
    return [
        found.s3_key
        for found in services.connection.presign.list_objects()
        if services.speed_test().bench.machine[:8] in found.s3_key
    ]


def test_everything_is_measured_with_the_real_engine_and_then_deleted(services: Services, home: Path) -> None:
    test = services.speed_test()
    found = list(test.measurements())
    told = [(one.measured, one.sample, one.size) for one in found]
    assert told == [
        ("presign", None, None),
        ("cold-start", None, None),
        ("upload", "incompressible", 1_000_000),
        ("upload", "log-like", 1_000_000),
        ("upload", "incompressible", 10_000_000),
        ("upload", "log-like", 10_000_000),
    ]
    assert found[0].requests == 20
    assert (found[1].judged, found[1].unknown) == ("unknown", "this-computer")
    sizes = [one.stored_size or 0 for one in found[2:]]
    assert sizes[0] > 1_000_000 > 3 * sizes[1]
    assert sizes[2] > 10_000_000 > 3 * sizes[3]
    keys = speed_test_objects(services)
    assert len(keys) == 4
    tidied = test.tidy_up()
    assert sorted(tidied.deleted) == keys
    assert tidied.stored_size == sum(sizes)
    assert speed_test_objects(services) == []
    # As everything that is deleted, each has a version left.
    versions = list(services.connection.presign.versions(keys[0]))
    assert [one.is_deleted for one in versions] == [True, False]
    # Nothing of it is in the home.
    assert services.jobs.transfers() == []
    assert list(services.paths.cache_folder.glob("speed-test-*")) == []


def test_every_run_of_a_computer_has_the_same_keys(services: Services) -> None:
    """So that the bucket's rule for old versions bounds what stays."""
    runs = []
    for _ in range(2):
        test = services.speed_test()
        list(test.measurements())
        runs.append(test.tidy_up().deleted)
    assert sorted(runs[0]) == sorted(runs[1])


def test_what_a_killed_run_left_is_replaced_and_deleted(services: Services) -> None:
    list(services.speed_test().measurements())  # and nobody tidies up
    left = services.paths.cache_folder / "speed-test-left"
    left.mkdir()
    hours_ago = time.time() - 7_200
    os.utime(left, (hours_ago, hours_ago))
    assert len(speed_test_objects(services)) == 4
    test = services.speed_test()
    assert len(list(test.measurements())) == 6
    test.tidy_up()
    assert speed_test_objects(services) == []
    assert not left.exists()


def test_a_slow_first_call_is_a_cold_start(services: Services) -> None:
    for first, judged in ((2.2, "met"), (4.2, "missed")):
        test = far_away(services, [first, *[0.01] * 20], [0.3], [0.1], [0.2])
        start = _second(test.measurements())
        assert (start.judged, start.unknown) == (judged, None)
        # A new connection's own time is not the function's.
        assert start.seconds == pytest.approx(first - 0.1)


def test_where_the_first_call_was_quick_or_not_the_first_a_cold_start_cannot_be_told(
    services: Services,
) -> None:
    for changes, why in (({}, "awake"), ({"asked_before": True}, "asked-before")):
        test = far_away(services, [0.15, *[0.01] * 20], [0.1], [0.1], [0.1], **changes)
        start = _second(test.measurements())
        assert (start.judged, start.unknown, start.seconds) == ("unknown", why, None)


def test_a_presigned_url_is_judged_by_its_slow_requests(services: Services) -> None:
    script = [0.2, *[0.1] * 18, 0.6, 0.7]
    told = next(far_away(services, script).measurements())
    assert (told.seconds, told.p95, told.judged) == (0.1, 0.6, "missed")


def test_an_object_that_cannot_be_deleted_is_told(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = services.speed_test()
    list(test.measurements())

    def refuse(_: str) -> str:
        raise ServerFailed(host="127.0.0.1", status=500)

    monkeypatch.setattr(services.connection.presign, "delete", refuse)
    tidied = test.tidy_up()
    assert tidied.deleted == ()
    assert sorted(tidied.left) == speed_test_objects(services)
    assert isinstance(tidied.error, ServerFailed)


def test_tidying_up_before_anything_was_made_does_nothing(services: Services) -> None:
    assert services.speed_test().tidy_up().deleted == ()


def test_the_95th_percentile_is_the_19th_of_20() -> None:
    assert percentile_95([float(number) for number in range(20, 0, -1)]) == 19.0
    assert percentile_95([3.0]) == 3.0


def test_what_is_like_a_log_packs_like_a_log() -> None:
    """About four-fold, as real ones do."""
    content = log_like(1_000_000)
    assert len(content) == 1_000_000
    packed = len(zstandard.ZstdCompressor(level=3).compress(content))
    assert 3 < len(content) / packed < 5


def _second(found: Iterator[Any]) -> Any:
    next(found)
    return next(found)
