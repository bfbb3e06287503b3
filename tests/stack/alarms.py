"""What CloudWatch would make of a metric's history: an alarm's own definition, evaluated over a replayed series.

From https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html and .../using-metric-math.html,
as far as the stack's alarms go: another word of an alarm's or a formula's is refused, never passed over.
"""

from __future__ import annotations

import ast
import operator
import re
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Samples = Mapping[str, Sequence[tuple[float, float]]]
    """By `namespace name`: seconds since the beginning, and what was counted or measured then."""

STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": fmean,
    "SampleCount": len,
}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
RELATIONS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class NotUnderstood(ValueError):
    """An alarm in words that are not evaluated here."""


@dataclass(frozen=True)
class Metric:
    """One statistic of one metric."""

    name: str
    """Its namespace and name."""
    statistic: str
    period: int
    """Seconds."""

    def values(self, samples: Samples, spans: int) -> list[float | None]:
        """The statistic of each span of a period; None where nothing was counted."""
        inside: list[list[float]] = [[] for _ in range(spans)]
        for second, value in samples.get(self.name, ()):
            if 0 <= second < spans * self.period:
                inside[int(second // self.period)].append(value)
        return [STATISTICS[self.statistic](one) if one else None for one in inside]


def history(alarm: Mapping[str, Any], samples: Samples, seconds: int, **values: object) -> list[str]:
    """The alarm's state at the end of each of its periods: OK, ALARM or INSUFFICIENT_DATA.

    `values` are the stack's parameters, for an alarm that refers to them. Before the beginning nothing was counted.
    Raises NotUnderstood.
    """
    points = _points(alarm, samples, seconds)
    threshold = _number(alarm["Threshold"], values)
    compare = COMPARISONS[alarm["ComparisonOperator"]]
    spans = alarm["EvaluationPeriods"]
    needed = alarm.get("DatapointsToAlarm", spans)
    treatment = alarm.get("TreatMissingData", "missing")
    state, states = "INSUFFICIENT_DATA", []
    for end in range(1, len(points) + 1):
        seen = [None] * max(0, spans - end) + points[max(0, end - spans) : end]
        breaching = sum(compare(one, threshold) for one in seen if one is not None)
        missing = seen.count(None)
        state = _state(state, breaching, missing, spans, needed, treatment)
        states.append(state)
    return states


def fires(alarm: Mapping[str, Any], samples: Samples, seconds: int, **values: object) -> bool:
    """Whether the alarm would have told anybody."""
    return "ALARM" in history(alarm, samples, seconds, **values)


def metrics_of(alarm: Mapping[str, Any]) -> dict[str, Metric]:
    """What an alarm watches, by the names in its formula; `value` where it has none."""
    if "Metrics" not in alarm:
        name = f"{alarm['Namespace']} {alarm['MetricName']}"
        return {"value": Metric(name, alarm["Statistic"], alarm["Period"])}
    return {
        one["Id"]: Metric(
            f"{one['MetricStat']['Metric']['Namespace']} {one['MetricStat']['Metric']['MetricName']}",
            one["MetricStat"]["Stat"],
            one["MetricStat"]["Period"],
        )
        for one in alarm["Metrics"]
        if "MetricStat" in one
    }


def _state(before: str, breaching: int, missing: int, spans: int, needed: int, treatment: str) -> str:
    if treatment not in {"missing", "ignore", "breaching", "notBreaching"}:
        raise NotUnderstood(treatment)
    if missing == spans and treatment in {"missing", "ignore"}:
        return "INSUFFICIENT_DATA" if treatment == "missing" else before
    if treatment == "breaching":
        breaching += missing
    return "ALARM" if breaching >= needed else "OK"


def _points(alarm: Mapping[str, Any], samples: Samples, seconds: int) -> list[float | None]:
    metrics = metrics_of(alarm)
    (period,) = {one.period for one in metrics.values()}
    series = {name: one.values(samples, seconds // period) for name, one in metrics.items()}
    if "Metrics" not in alarm:
        return series["value"]
    (formula,) = [one["Expression"] for one in alarm["Metrics"] if one.get("ReturnData", True)]
    # Metric math's AND and OR bind as Python's do.
    words = re.sub(r"\b(AND|OR)\b", lambda found: found[0].lower(), formula)
    tree = ast.parse(words, mode="eval").body
    return [
        _evaluated(tree, {name: values[span] for name, values in series.items()})
        for span in range(seconds // period)
    ]


def _evaluated(  # noqa: PLR0911 - one for each form
    node: ast.expr, values: Mapping[str, float | None]
) -> float | None:
    """A formula's value; None where a value that it needs is missing, or where it divides by nothing."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return values[name]
        case ast.Call(func=ast.Name(id="FILL"), args=[of, instead]):
            value = _evaluated(of, values)
            return _evaluated(instead, values) if value is None else value
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            holds = _evaluated(condition, values)
            return None if holds is None else _evaluated(then if holds else otherwise, values)
        case ast.BoolOp(op=joined, values=parts):
            found = [_evaluated(part, values) for part in parts]
            if None in found:
                return None
            return float(all(found) if isinstance(joined, ast.And) else any(found))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in ARITHMETIC:
            return _both(ARITHMETIC[type(sign)], left, right, values)
        case ast.Compare(left=left, ops=[relation], comparators=[right]) if type(relation) in RELATIONS:
            return _both(RELATIONS[type(relation)], left, right, values)
    raise NotUnderstood(ast.unparse(node))


def _both(
    work: Callable[[float, float], float],
    left: ast.expr,
    right: ast.expr,
    values: Mapping[str, float | None],
) -> float | None:
    first, second = _evaluated(left, values), _evaluated(right, values)
    if first is None or second is None:
        return None
    try:
        return float(work(first, second))
    except ZeroDivisionError:
        return None


def _number(threshold: object, values: Mapping[str, object]) -> float:
    found = values[threshold["Ref"]] if isinstance(threshold, dict) else threshold
    return float(str(found))
