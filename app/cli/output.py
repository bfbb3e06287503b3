"""What the command line prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, Any, Literal

from app.cli.messages import printable
from app.sessions.local_time import local_time

COLUMN_GAP = 3
"""Columns that rich puts between two cells."""

NARROWEST = 20
"""Columns a flexible cell keeps on the narrowest terminal."""

_PLAINER = {
    "·": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "×": "x",
    "→": "->",
}
"""Marks of ours that a code page may lack: a Japanese Windows' (cp932) has no middle dot."""

Json = Mapping[str, Any]


def rfc3339(moment: datetime | None) -> str | None:
    """UTC, RFC 3339, to the millisecond; null stays null."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def minute(moment: datetime) -> str:
    """A moment for a reader: the day and minute by this computer's clock."""
    return local_time(moment).strftime("%Y-%m-%d %H:%M")


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
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        right: Sequence[int] = (),
        flexible: int | None = None,
    ) -> None:
        """Aligned columns; those numbered in `right` are right-aligned.

        On a terminal the column `flexible` is cut so that a row stays a line; whatever reads a pipe gets it all.
        """
        from rich import box  # noqa: PLC0415 - rich is slow to import and JSON does not need it
        from rich.cells import cell_len  # noqa: PLC0415
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        columns = [_as_shown(self._out, name) for name in columns]
        cells = [[_as_shown(self._out, cell) for cell in row] for row in rows]
        widths = [max(cell_len(name) for name in column) for column in zip(columns, *cells, strict=True)]
        console = Console(file=self._out, highlight=False)
        if flexible is not None and self._out.isatty():
            others = sum(widths) - widths[flexible]
            room = console.width - others - COLUMN_GAP * len(widths)
            widths[flexible] = max(NARROWEST, min(widths[flexible], room))
        console.width = max(console.width, sum(widths) + COLUMN_GAP * len(widths))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for number, name in enumerate(columns):
            justify: Literal["left", "right"] = "right" if number in right else "left"
            table.add_column(name, justify=justify, no_wrap=True, overflow="ellipsis", width=widths[number])
        for row in cells:
            table.add_row(*map(Text, row))
        console.print(table)

    @staticmethod
    def _write(stream: IO[str], text: str) -> None:
        stream.write("\n".join(_as_shown(stream, line) for line in text.split("\n")) + "\n")
        stream.flush()


def _as_shown(stream: IO[str], text: str) -> str:
    """A line as the stream's encoding can tell it: plainer marks, and the code of any other character it lacks."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    shown = printable(text)
    try:
        shown.encode(encoding)
    except UnicodeEncodeError:
        told = "".join(_PLAINER.get(one, one) if _lacks(encoding, one) else one for one in shown)
        return told.encode(encoding, "backslashreplace").decode(encoding)
    return shown


def _lacks(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return True
    return False
