"""Structured logs and metrics, one JSON object a line on standard output, where Lambda collects them.

Levels: ERROR what the operator must mend, WARN what nears a limit or was refused entry, INFO one line a request,
DEBUG (development only) what was asked. No URL, signature, token or key of an object is ever logged.
The INFO line is at once the metrics' carrier, in CloudWatch's embedded metric format (EMF):
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import sys
import traceback
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Level = Literal["DEBUG", "INFO", "WARN", "ERROR"]

NAMESPACE = "ChatLogUploader"
LARGE_OBJECT_BYTES = 1024**3
"""From this size an upload is worth a WARN, as is one of more than NEAR_LIMIT of the stage's limit."""

NEAR_LIMIT = 0.9
_RANK = {"DEBUG": 10, "INFO": 20, "WARN": 30, "ERROR": 40}


def write_to_stdout(line: str) -> None:
    """One line, flushed at once: Lambda freezes the process between requests."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class RequestLog:
    """The log of one request. Counters go into its last line."""

    def __init__(
        self,
        request_id: str,
        level: str = "INFO",
        *,
        write: Callable[[str], None] = write_to_stdout,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.request_id = request_id
        self._threshold = _RANK[level]
        self._write = write
        self._clock = clock

    def set_level(self, level: str) -> None:
        """The least level that is written, once the settings have been read."""
        self._threshold = _RANK[level]

    def debug(self, message: str, **fields: object) -> None:
        """What was asked, in counts and kinds."""
        self._line("DEBUG", message, fields)

    def warning(self, message: str, **fields: object) -> None:
        """Something an operator may want to know."""
        self._line("WARN", message, fields)

    def failure(self, message: str, **fields: object) -> None:
        """Something an operator must mend."""
        self._line("ERROR", message, fields)

    def bug(self, error: BaseException) -> None:
        """An exception nobody expected: its type and where it arose. Its text may hold anything, so it is left out."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        self._line("ERROR", "unexpected exception", {"exception": type(error).__name__, "trace": places})

    def upload_size(self, size: int, limit: int) -> None:
        """WARN for a large upload or one near the limit. Bytes."""
        if size >= LARGE_OBJECT_BYTES or size > limit * NEAR_LIMIT:
            self._line("WARN", "large upload", {"size": size, "limit": limit})

    def done(
        self, action: str, status: int, code: str | None, milliseconds: float, items: int, problems: int
    ) -> None:
        """The request's line and its metrics, written whatever the level: without it the alarms are blind.

        `problems` counts refused items of a batch, or the refusal itself.
        """
        now = self._clock()
        metrics = {
            "Requests": (1, "Count"),
            "Items": (items, "Count"),
            "Problems": (problems, "Count"),
            "Failures": (int(status >= 500), "Count"),  # noqa: PLR2004 - HTTP's server errors
            "Duration": (round(milliseconds, 3), "Milliseconds"),
        }
        definition = {
            "Namespace": NAMESPACE,
            "Dimensions": [["Action"]],
            "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in metrics.items()],
        }
        fields: dict[str, object] = {"Action": action, "status": status, "code": code}
        fields |= {name: value for name, (value, _) in metrics.items()}
        fields["_aws"] = {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [definition]}
        self._put("INFO", "done", fields)

    def _line(self, level: Level, message: str, fields: dict[str, object]) -> None:
        if _RANK[level] < self._threshold:
            return
        self._put(level, message, fields)

    def _put(self, level: Level, message: str, fields: dict[str, object]) -> None:
        time = self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"timestamp": time, "level": level, "message": message, "requestId": self.request_id}
        self._write(json.dumps(line | fields))
