"""What a metric filter of CloudWatch Logs would count of a log's lines.

Of https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html as much as the stack's filter
uses: JSON, members joined by `&&`, compared for being equal or larger. Another word is refused, never passed over.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TERM = re.compile(r'(\$(?:\.\w+)+) (=|>) (?:"([^"]*)"|([0-9.]+))')


def counted(metric_filter: Mapping[str, Any], line: str) -> Iterator[float]:
    """The value that a line adds to the filter's metric, if any. Raises ValueError for another kind of pattern."""
    pattern = metric_filter["FilterPattern"]
    if not (pattern.startswith("{ ") and pattern.endswith(" }")):
        raise ValueError(pattern)
    terms = [TERM.fullmatch(one) for one in pattern[2:-2].split(" && ")]
    try:
        read = json.loads(line)
    except ValueError:
        return
    (made,) = metric_filter["MetricTransformations"]
    for term in terms:
        if term is None:
            raise ValueError(pattern)
        path, comparison, text, number = term.groups()
        if not _holds(_member(read, path), comparison, text, number):
            return
    value = _member(read, made["MetricValue"])
    if isinstance(value, int | float):
        yield float(value)


def _holds(value: object, comparison: str, text: str | None, number: str | None) -> bool:
    if text is not None:
        return comparison == "=" and value == text
    if isinstance(value, bool) or not isinstance(value, int | float) or number is None:
        return False
    return value > float(number) if comparison == ">" else value == float(number)


def _member(value: object, path: str) -> object:
    for name in path.split(".")[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value
