"""What the command line prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, Any

from app.cli.messages import printable

PIPE_WIDTH = 200
"""Columns of a table that no terminal shows: wide enough not to cut what a script greps for."""

Json = Mapping[str, Any]


def rfc3339(moment: datetime | None) -> str | None:
    """UTC, RFC 3339, to the millisecond; null stays null."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def decimal_size(size: float) -> str:
    """A size for people: 1000-based, as file managers show it."""
    units = ("B", "kB", "MB", "GB", "TB")
    unit = 0
    while size >= 999.5 and unit < len(units) - 1:  # noqa: PLR2004 - would be shown as 1000
        size /= 1000
        unit += 1
    return f"{size:.0f} {units[unit]}" if unit == 0 or size >= 99.5 else f"{size:.1f} {units[unit]}"  # noqa: PLR2004


class Output:
    """The two streams. JSON lines are plain ASCII, so that any file name survives any locale."""

    def __init__(self, out: IO[str] | None = None, err: IO[str] | None = None) -> None:
        self._out = out or sys.stdout
        self._err = err or sys.stderr

    @property
    def error_stream(self) -> IO[str]:
        """Where progress goes."""
        return self._err

    def json_line(self, value: Json) -> None:
        """One JSON Lines record, flushed: a reader sees each as it happens."""
        self._out.write(json.dumps(value, separators=(", ", ": ")) + "\n")
        self._out.flush()

    def line(self, text: str = "") -> None:
        """A line of the result."""
        self._write(self._out, text)

    def message(self, text: str) -> None:
        """A line beside the result."""
        self._write(self._err, text)

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()
    ) -> None:
        """Aligned columns; the columns numbered in `right` are right-aligned. Long cells are cut on a terminal only."""
        from rich import box  # noqa: PLC0415 - rich is slow to import and JSON does not need it
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        console = Console(file=self._out, width=None if self._out.isatty() else PIPE_WIDTH, highlight=False)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for number, name in enumerate(columns):
            table.add_column(
                name, justify="right" if number in right else "left", no_wrap=True, overflow="ellipsis"
            )
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        console.print(table)

    @staticmethod
    def _write(stream: IO[str], text: str) -> None:
        encoding = getattr(stream, "encoding", None) or "utf-8"
        shown = "\n".join(printable(line) for line in text.split("\n"))
        stream.write(shown.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()
