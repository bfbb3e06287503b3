"""Each alarm, as it is packaged, over replayed histories: some at which it has to fire, and some at which it must not.

Run by `make judge`.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.alarms import NotUnderstood, fires, history
from tests.stack.filters import counted
from tests.stack.templates import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.stack.alarms import Samples
    from tests.stack.packaging import Package

pytestmark = pytest.mark.stack

MINUTE, HOUR, DAY = 60, 3600, 86_400
ON = {"Alarms": "true", "RequestMetrics": "true"}
DOORS = {
    "personal": ("AWS/Lambda UrlRequestCount", "AWS/Lambda Url5xxCount"),
    "team": ("AWS/ApiGateway Count", "AWS/ApiGateway 5XXError"),
}
DURATION = "AWS/Lambda Duration"
COLD = "ChatLogUploader/prod ColdStart"
S3 = ("AWS/S3 AllRequests", "AWS/S3 4xxErrors", "AWS/S3 HeadRequests")


@dataclass(frozen=True)
class Replay:
    """What was counted and measured for a while, and whether an alarm has to fire at it."""

    name: str
    alarm: str
    must_fire: bool
    samples: Samples
    seconds: int
    modes: tuple[str, ...] = ("personal", "team")
    values: Mapping[str, object] = field(default_factory=dict)


def at(second: float, value: float) -> list[tuple[float, float]]:
    """One sample."""
    return [(second, value)]


def spread(number: int, over: int, value: float = 1) -> list[tuple[float, float]]:
    """So many samples, evenly over a time."""
    return [(one * over / number, value) for one in range(number)]


def door(name: str, must_fire: bool, seconds: int, requests: Any, failures: Any) -> list[Replay]:
    """A replay at each mode's own door."""
    return [
        Replay(name, "FailureAlarm", must_fire, {counts: requests, errors: failures}, seconds, (mode,))
        for mode, (counts, errors) in DOORS.items()
    ]


def day(name: str, must_fire: bool, requests: Any, seconds: int = DAY, **values: object) -> list[Replay]:
    """A replay of requests in each mode."""
    return [
        Replay(name, "RequestsAlarm", must_fire, {counts: requests}, seconds, (mode,), values)
        for mode, (counts, _) in DOORS.items()
    ]


def s3(name: str, must_fire: bool, requests: int, errors: int, heads: int | None) -> Replay:
    """A replay of an hour of the bucket; None where nothing was counted of heads."""
    numbers = dict(zip(S3, (requests, errors, heads), strict=True))
    samples = {one: at(MINUTE, number) for one, number in numbers.items() if number is not None}
    return Replay(name, "StorageAlarm", must_fire, samples, HOUR)


def duration(name: str, must_fire: bool, *samples: tuple[float, float]) -> Replay:
    """A replay of an hour of requests: seconds since the beginning, milliseconds they took."""
    return Replay(name, "DurationAlarm", must_fire, {DURATION: samples}, HOUR)


REPLAYS = [
    *door("one of ten fails", True, HOUR, spread(10, 10 * MINUTE), at(MINUTE, 1)),
    *door("everything fails, later", True, HOUR, spread(120, HOUR), [(55 * MINUTE, 30.0)]),
    *door("five of a hundred fail", False, 15 * MINUTE, spread(100, 14 * MINUTE), at(MINUTE, 5)),
    *door("all of nine fail", False, 15 * MINUTE, spread(9, 14 * MINUTE), at(MINUTE, 9)),
    *door("nothing fails", False, HOUR, spread(500, HOUR), ()),
    *door("zeros are counted", False, HOUR, spread(500, HOUR), spread(500, HOUR, 0)),
    *door("nobody calls", False, DAY, (), ()),
    duration("slow twice within a quarter of an hour", True, (60, 12_000.0), (700, 11_000.0)),
    duration("slow all the time", True, *spread(60, HOUR, 29_000.0)),
    duration(
        "slow twice among many quick ones", True, (60, 12_000.0), (700, 11_000.0), *spread(60, HOUR, 80.0)
    ),
    duration("slow once", False, (60, 29_000.0), *spread(60, HOUR, 80.0)),
    duration("slow many times in one span", False, *[(60.0 + one, 29_000.0) for one in range(50)]),
    duration("slow twice, long apart", False, (60, 12_000.0), (1800, 12_000.0)),
    duration("ten seconds and not more", False, *spread(60, HOUR, 10_000.0)),
    duration("nobody calls", False),
    s3("one in fifty is refused", True, 1000, 420, 400),
    s3("all are refused", True, 500, 500, 0),
    s3("all are refused, and no HEAD is counted", True, 500, 500, None),
    s3("a thousand new sessions: each HEAD says 404", False, 3000, 1000, 1000),
    s3("a few were there already: 412", False, 1000, 305, 300),
    s3("refused, but few", False, 150, 150, 0),
    s3("few besides the HEADs", False, 1000, 900, 850),
    s3("nothing is refused", False, 10_000, 0, 3000),
    Replay("nobody stores", "StorageAlarm", False, {}, DAY),
    Replay("a cold start of 3.2 s", "ColdStartAlarm", True, {COLD: at(MINUTE, 3200)}, HOUR),
    Replay(
        "one slow among quick ones", "ColdStartAlarm", True, {COLD: [*spread(50, HOUR, 400), (9, 9000)]}, HOUR
    ),
    Replay("quick cold starts", "ColdStartAlarm", False, {COLD: spread(50, HOUR, 2999.9)}, HOUR),
    Replay("no cold starts", "ColdStartAlarm", False, {}, DAY),
    *day("1,001 requests in a day", True, spread(1001, DAY)),
    *day("1,001 requests in a minute", True, at(MINUTE, 1001)),
    *day("a thousand requests in a day", False, spread(1000, DAY)),
    *day("six hundred on each of three days", False, spread(1800, 3 * DAY), 3 * DAY),
    *day("a parameter of fifty", True, spread(51, DAY), RequestsPerDay=50),
    *day("a parameter of a million", False, spread(1001, DAY), RequestsPerDay=1_000_000),
    *day("nobody calls", False, (), 3 * DAY),
]

# In the words of https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html and of the JSON that Lambda
# writes: `requestId`, `status` and `tracing` stand in another order from time to time.
WARM = """{"time":"2026-11-23T19:15:07.129Z","type":"platform.report","record":{"requestId":"6d68ca91-49c9-448d-89b8-7ca3e6dc66aa",
"metrics":{"durationMs":7.918,"billedDurationMs":8,"memorySizeMB":256,"maxMemoryUsedMB":104},"status":"success"}}"""
COLD_START = """{"time":"2026-11-23T19:15:06.766Z","type":"platform.report","record":{"requestId":"459921b5-681c-4a96-beb0-81e0aa586026",
"metrics":{"durationMs":2599.4,"billedDurationMs":3149,"memorySizeMB":256,"maxMemoryUsedMB":94,"initDurationMs":549.04},
"tracing":{"spanId":"24cd7d670fa455f0","type":"X-Amzn-Trace-Id","value":"Root=1-6352a70e-1e2c502e358361800241fd45;Parent=35465b3a9e2f7c6a;Sampled=1"},"status":"success"}}"""
SLOW_START = COLD_START.replace("549.04", "3204.512")
TIMED_OUT = """{"time":"2026-11-23T19:15:30.000Z","type":"platform.report","record":{"requestId":"459921b5-681c-4a96-beb0-81e0aa586027",
"metrics":{"durationMs":30000.0,"billedDurationMs":30000,"memorySizeMB":256,"maxMemoryUsedMB":94},"status":"timeout"}}"""
INIT_REPORT = """{"time":"2026-11-23T19:15:04.000Z","type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init",
"status":"success","metrics":{"durationMs":3804.5}}}"""
START = """{"time":"2026-11-23T19:15:04.100Z","type":"platform.start","record":{"requestId":"459921b5-681c-4a96-beb0-81e0aa586026","version":"$LATEST"}}"""
OURS = '{"timestamp":"2026-11-23T19:15:04.200Z","level":"INFO","message":"done","requestId":"r","Action":"upload","Duration":4000}'
PRETENDED = (
    '{"timestamp":"2026-11-23T19:15:04.200Z","level":"INFO","message":"platform.report initDurationMs 9000"}'
)
TEXT = "REPORT RequestId: 459921b5 Duration: 3.03 ms Billed Duration: 4 ms Memory Size: 256 MB Init Duration: 4000.00 ms"


def replayed(packaged: Callable[..., Package], replay: Replay, mode: str) -> bool:
    """Whether the alarm that is packaged fires."""
    stack = Stack(packaged(mode, "prod").template, **ON, **replay.values)
    return fires(stack.properties(replay.alarm), replay.samples, replay.seconds, **stack.values)


@pytest.mark.parametrize(
    ("replay", "mode"),
    [(replay, mode) for replay in REPLAYS for mode in replay.modes],
    ids=lambda value: f"{value.alarm}: {value.name}" if isinstance(value, Replay) else value,
)
def test_the_alarm_fires_when_it_has_to(packaged: Callable[..., Package], replay: Replay, mode: str) -> None:
    assert replayed(packaged, replay, mode) == replay.must_fire


@pytest.mark.parametrize("mode", ["personal", "team"])
def test_every_alarm_is_replayed_both_ways(packaged: Callable[..., Package], mode: str) -> None:
    stack = Stack(packaged(mode, "prod").template, **ON)
    alarms = set(stack.of_type("AWS::CloudWatch::Alarm"))
    for must_fire in (True, False):
        replays = [one for one in REPLAYS if mode in one.modes and one.must_fire == must_fire]
        assert {one.alarm for one in replays} == alarms


@pytest.mark.parametrize(
    ("alarm", "member", "value"),
    [
        ("FailureAlarm", "Threshold", 4),
        ("FailureAlarm", "Threshold", 10),
        ("FailureAlarm", "ComparisonOperator", "LessThanThreshold"),
        ("FailureAlarm", "TreatMissingData", "breaching"),
        ("DurationAlarm", "DatapointsToAlarm", 1),
        ("DurationAlarm", "EvaluationPeriods", 7),
        ("DurationAlarm", "Period", 60),
        ("DurationAlarm", "Statistic", "Minimum"),
        ("DurationAlarm", "ComparisonOperator", "GreaterThanOrEqualToThreshold"),
        ("StorageAlarm", "Threshold", 0),
        ("StorageAlarm", "Threshold", 4),
        ("ColdStartAlarm", "Statistic", "Average"),
        ("ColdStartAlarm", "Threshold", 3.0),
        ("RequestsAlarm", "Period", HOUR),
        ("RequestsAlarm", "Threshold", 1000),
        ("RequestsAlarm", "Statistic", "SampleCount"),
    ],
)
def test_an_altered_alarm_is_found(
    packaged: Callable[..., Package], alarm: str, member: str, value: object
) -> None:
    stack = Stack(packaged("personal", "prod").template, **ON)
    altered = copy.deepcopy(stack.properties(alarm)) | {member: value}
    assert altered != stack.properties(alarm)
    found = [
        fires(altered, one.samples, one.seconds, **(stack.values | dict(one.values))) == one.must_fire
        for one in REPLAYS
        if one.alarm == alarm and "personal" in one.modes
    ]
    assert not all(found)


@pytest.mark.parametrize(
    ("line", "milliseconds"),
    [
        (COLD_START, [549.04]),
        (SLOW_START, [3204.512]),
        (WARM, []),
        (TIMED_OUT, []),
        (INIT_REPORT, []),
        (START, []),
        (OURS, []),
        (PRETENDED, []),
        (TEXT, []),
    ],
)
def test_cold_starts_are_counted_from_lambdas_own_reports(
    packaged: Callable[..., Package], line: str, milliseconds: list[float]
) -> None:
    stack = Stack(packaged("personal", "prod").template, **ON)
    assert list(counted(stack.properties("ColdStarts"), line.replace("\n", ""))) == milliseconds


@pytest.mark.parametrize(
    ("lines", "fired"),
    [([WARM, SLOW_START, WARM], True), ([COLD_START, WARM, COLD_START, TIMED_OUT, INIT_REPORT], False)],
)
def test_a_slow_start_in_the_log_reaches_its_alarm(
    packaged: Callable[..., Package], lines: Sequence[str], fired: bool
) -> None:
    stack = Stack(packaged("team", "prod").template)
    found = stack.properties("ColdStarts")
    (made,) = found["MetricTransformations"]
    values = [(1.0, value) for line in lines for value in counted(found, line.replace("\n", ""))]
    samples = {f"{made['MetricNamespace']} {made['MetricName']}": values}
    assert fires(stack.properties("ColdStartAlarm"), samples, HOUR) == fired


def test_the_reports_are_json() -> None:
    for line in (COLD_START, SLOW_START, WARM, TIMED_OUT, INIT_REPORT, START):
        assert json.loads(line)["type"].startswith("platform.")


# ---- the evaluator itself -----------------------------------------------------------------------------------

SIMPLE = {
    "Namespace": "N",
    "MetricName": "M",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 5,
}


@pytest.mark.parametrize(
    ("treatment", "states"),
    [
        ("missing", ["OK", "ALARM", "ALARM", "OK", "INSUFFICIENT_DATA"]),
        ("notBreaching", ["OK", "ALARM", "ALARM", "OK", "OK"]),
        ("breaching", ["ALARM", "ALARM", "ALARM", "ALARM", "ALARM"]),
        ("ignore", ["OK", "ALARM", "ALARM", "OK", "OK"]),
    ],
)
def test_missing_data_is_treated_as_the_alarm_says(treatment: str, states: list[str]) -> None:
    samples = {"N M": [(0.0, 9.0), (60.0, 9.0)]}
    found = history({**SIMPLE, "TreatMissingData": treatment}, samples, 300)
    assert found == states


@pytest.mark.parametrize("formula", ["RATE(a)", "a ** 2", "SUM([a, a])", "-a", "'a'"])
def test_a_formula_that_is_not_understood_is_refused(formula: str) -> None:
    metric = {
        "Id": "a",
        "ReturnData": False,
        "MetricStat": {"Stat": "Sum", "Period": 60, "Metric": {"Namespace": "N", "MetricName": "M"}},
    }
    alarm = {**SIMPLE, "Metrics": [{"Id": "r", "Expression": formula}, metric]}
    with pytest.raises(NotUnderstood):
        history(alarm, {"N M": [(0.0, 1.0)]}, 60)


def test_a_division_by_nothing_is_no_data() -> None:
    metric = {
        "Id": "a",
        "ReturnData": False,
        "MetricStat": {"Stat": "Sum", "Period": 60, "Metric": {"Namespace": "N", "MetricName": "M"}},
    }
    alarm = {**SIMPLE, "Metrics": [{"Id": "r", "Expression": "6 / a"}, metric]}
    assert history(alarm, {"N M": [(0.0, 0.0)]}, 60) == ["INSUFFICIENT_DATA"]
