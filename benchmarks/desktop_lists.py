"""How quickly the window's tables are filled, sorted, filtered and scrolled.

    python benchmarks/desktop_lists.py [--scale 1]

The Sessions page with 10,000 and 100,000 rows, the Archive page with 10,000, the Transfers page with 2,000, in the real
window at its usual size, each in a process of its own. Every figure is the time in which the window's thread answers
nothing else: from the event until all that follows from it is painted. Prints the median and the 99th percentile of
wall time and of processor time (which other programs disturb less). `--scale 2` paints twice as large.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.desktop_display import ask, display, peak_bytes, place_of, quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTableView

    from benchmarks.desktop_window import Cost, Window

CASES = (("sessions", 10_000), ("sessions", 100_000), ("archive", 10_000), ("transfers", 2_000))
TYPED = "bucket poli"
WHEEL_FRAMES = 300
JUMP_FRAMES = 100
TICKS = 60
"""Changes of the transfers, as often as they are told while they run."""

Figures = dict[str, list["Cost"]]


def measure_sessions(window: Window, count: int) -> Figures:
    """The first page."""
    from benchmarks.desktop_made import made_sessions  # noqa: PLC0415 - in the child only

    page = window.sessions_page
    controller = window.application.context.sessions
    listed = made_sessions(count)
    table = page.table

    def fill() -> None:
        # As SessionsController does when the list has been read.
        controller.sessions = listed
        controller.listed.emit(listed)

    figures = {"fill": [window.cost(fill, table.viewport())]}
    controller.looked = True
    figures |= _sort(window, table, page.model.columnCount())
    figures["filter key"] = _filter(window, page.search, page.search.searched.emit, table)
    figures |= _scroll(window, table)
    figures["select all, none"] = [
        window.cost(change, table.viewport())
        for _ in range(5)
        for change in (table.selectAll, table.clearSelection)
    ]
    return figures


def measure_archive(window: Window, count: int) -> Figures:
    """The Archive page."""
    from app.desktop.archive.page import ArchivePage  # noqa: PLC0415 - in the child only
    from benchmarks.desktop_made import made_archive  # noqa: PLC0415

    window.application.navigate("archive")
    window.rest(0.5)
    page = window.application.window.front_page
    assert isinstance(page, ArchivePage)
    listing = made_archive(count)
    archive = window.application.context.archive
    figures = {"fill": [window.cost(lambda: archive._take(listing), page.table.viewport())]}  # noqa: SLF001 - S3's part
    window.rest(0.5)
    figures |= _sort(window, page.table, page.model.columnCount())
    figures["filter key"] = _filter(window, page.search, page.search.searched.emit, page.table)
    figures |= _scroll(window, page.table)
    return figures


def measure_transfers(window: Window, count: int) -> Figures:
    """The Transfers page, with rows that change as they do while something is sent."""
    from app.desktop.transfers.page import TransfersPage  # noqa: PLC0415 - in the child only
    from benchmarks.desktop_made import made_transfers  # noqa: PLC0415

    window.application.navigate("transfers")
    window.rest(0.5)
    page = window.application.window.front_page
    assert isinstance(page, TransfersPage)
    rows = made_transfers(count)
    changed = window.application.context.transfers.changed
    figures = {"fill": [window.cost(lambda: changed.emit(rows, []), page.list.viewport())]}
    page.list.verticalScrollBar().setValue(0)
    window.settle()
    waiting = [row for row in rows if row.state == "queued"]
    ticks = []
    for tick in range(TICKS):
        # Four move on, four are done, four begin.
        first = tick * 4
        ended = [replace(row, state="done", verified=True) for row in waiting[first : first + 4]]
        begun = [
            replace(row, state="sending", sent=1, total=900_000, speed=6e6)
            for row in waiting[first + 4 : first + 8]
        ]
        moved = [replace(row, sent=row.sent + tick + 1) for row in rows[:4]]
        news = [*ended, *begun, *moved]
        ticks.append(window.cost(lambda news=news: changed.emit(news, []), page.list.viewport()))  # type: ignore[misc]
    figures["tick"] = ticks
    figures |= _scroll(window, page.list)
    return figures


def _sort(window: Window, table: QTableView, columns: int) -> Figures:
    from PySide6.QtCore import Qt  # noqa: PLC0415 - in the child only

    orders = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)
    # Where all rows are equal, only the header is painted.
    seen = (table.viewport(), table.horizontalHeader().viewport())
    costs = [
        window.cost(lambda c=column, o=order: table.sortByColumn(c, o), *seen)  # type: ignore[misc]
        for column in range(columns)
        for order in orders
    ]
    return {"sort by a column": costs}


def _filter(
    window: Window, search: QLineEdit, searched: Callable[[str], object], table: QAbstractItemView
) -> list[Cost]:
    """Every key, and what is done once it has rested, without the rest itself."""
    from PySide6.QtTest import QTest  # noqa: PLC0415 - in the child only

    costs = []
    keys: Iterable[str] = (*TYPED, *"\b" * len(TYPED))
    for key in keys:
        text = search.text()[:-1] if key == "\b" else search.text() + key

        def press(text: str = text) -> None:
            search.setText(text)
            searched(text)

        costs.append(window.cost(press, table.viewport(), search))
        QTest.qWait(80)
    return costs


def _scroll(window: Window, view: QAbstractItemView) -> Figures:
    """A notch of the wheel each frame, then jumps, as with the bar's handle."""
    bar = view.verticalScrollBar()
    bar.setValue(0)
    window.rest(0.3)
    wheel = [window.cost(lambda: window.wheel(view, -1), view.viewport()) for _ in range(WHEEL_FRAMES)]
    step = bar.maximum() / (JUMP_FRAMES + 1)
    jumps = [
        window.cost(lambda n=number: bar.setValue(round(n * step)), view.viewport())  # type: ignore[misc]
        for number in range(1, JUMP_FRAMES + 1)
    ]
    return {"wheel frame": wheel, "jump frame": jumps}


def measure(home: Path, page: str, count: int) -> dict[str, Any]:
    """One case, in this process."""
    from benchmarks.desktop_window import Window  # noqa: PLC0415 - in the child only

    window = Window(home)
    window.show()
    measures = {"sessions": measure_sessions, "archive": measure_archive, "transfers": measure_transfers}
    figures = measures[page](window, count)
    told = {name: [tuple(cost) for cost in costs] for name, costs in figures.items()}
    window.close()
    return {"figures": told, "peak_bytes": peak_bytes()}


def report(page: str, count: int, told: dict[str, Any]) -> str:
    """The figures as lines for a person."""
    lines = [f"{page.capitalize()}, {count} rows ({told['peak_bytes'] / 1e6:.0f} MB at most)"]
    for name, costs in told["figures"].items():
        wall, processor = ([cost[place] * 1000 for cost in costs] for place in (0, 1))
        line = f"  {name:18} {statistics.median(wall):7.1f} ms"
        if len(costs) > 1:
            line += (
                f"   p99 {quantile(wall, 0.99):7.1f}"
                f"   of a processor {statistics.median(processor):7.1f}   p99 {quantile(processor, 0.99):7.1f}"
            )
        else:
            line += f"{'':14}   of a processor {processor[0]:7.1f}"
        lines.append(line)
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times the window's tables.")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        from benchmarks.desktop_window import ended_with_failure  # noqa: PLC0415 - in the child only

        page, count = arguments.child
        with ended_with_failure():
            print(json.dumps(measure(Path(os.environ["CHATLOG_HOME"]), page, int(count))))
        return
    with display() as environ:
        print(f"painted to {place_of(environ)} at {arguments.scale:.0%}, {os.cpu_count()} processors")
        for page, count in CASES:
            with tempfile.TemporaryDirectory() as temporary:
                known = environ | {
                    "CHATLOG_HOME": str(Path(temporary) / "home"),
                    "CLAUDE_CONFIG_DIR": str(Path(temporary) / "claude"),
                    "QT_SCALE_FACTOR": str(arguments.scale),
                }
                told = ask([Path(__file__).resolve(), "--child", page, str(count)], known)
            print(report(page, count, told), flush=True)


if __name__ == "__main__":
    main()
