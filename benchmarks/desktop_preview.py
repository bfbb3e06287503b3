"""How quickly a log of 70 MB can be read in the window.

    python benchmarks/desktop_preview.py [--bytes 7e7] [--rounds 5]

The real window with one session: from its selection to its first messages painted, and how long the window did not
answer meanwhile and while the whole log was counted; then a notch of the wheel each frame through the beginning, and
the way to the end and back up from there. A frame is what the window's thread does from the wheel's event until all
that follows from it is painted; between frames it does what it else has to. Prints medians and 99th percentiles of
wall time and of processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.desktop_display import ask, display, peak_bytes, place_of, quantile

if TYPE_CHECKING:
    from app.desktop.preview.pane import PreviewPane
    from app.sessions.model import Session
    from benchmarks.desktop_window import Cost, Window

WHEEL_FRAMES = 400
_BETWEEN_SECONDS = 0.008
"""Between two frames: a wheel that is turned quickly."""


def measure(home: Path, rounds: int) -> dict[str, Any]:
    """In this process, with the one session that CLAUDE_CONFIG_DIR holds."""
    from app.desktop.preview.pane import PreviewPane  # noqa: PLC0415 - in the child only
    from benchmarks.desktop_window import Window  # noqa: PLC0415

    window = Window(home)
    window.start(1)
    page = window.sessions_page
    pane = page.findChild(PreviewPane)
    assert pane is not None
    session = window.application.context.sessions.sessions[0][0]
    first, opening = [], []
    for _ in range(rounds):
        pane.clear()
        window.rest(0.3)
        seconds, pauses = _open(window, pane, session)
        first.append(seconds)
        opening += pauses
    messages = pane.messages
    down = _wheel(window, pane, -1)
    begin = time.perf_counter()
    messages.go_to_end()
    window.settle()
    to_end = time.perf_counter() - begin
    window.rest(1.0)
    up = _wheel(window, pane, 1)
    figures = {
        "bytes": session.size,
        "messages": messages.flow.count,
        "first": first,
        "opening": opening,
        "end": to_end,
        "wheel down": [tuple(cost) for cost in down],
        "wheel up": [tuple(cost) for cost in up],
        "peak_bytes": peak_bytes(),
    }
    window.close()
    return figures


def _open(window: Window, pane: PreviewPane, session: Session) -> tuple[float, list[float]]:
    """Seconds until its first messages were painted, and the pauses until all of it was counted."""
    from benchmarks.desktop_window import Heartbeat, first_paint  # noqa: PLC0415 - in the child only

    read: list[object] = []
    counted: list[object] = []
    seen_page = pane.reader.page_read.connect(read.append)
    seen_count = pane.reader.counted.connect(counted.append)
    heart = Heartbeat()
    heart.begin()
    begin = time.perf_counter()
    pane.show_session(session)
    seconds = first_paint(window, pane.messages.viewport(), lambda: bool(read)) - begin
    window.wait_until(lambda: bool(counted))
    heart.end()
    pane.reader.page_read.disconnect(seen_page)
    pane.reader.counted.disconnect(seen_count)
    return seconds, heart.pauses


def _wheel(window: Window, pane: PreviewPane, notches: int) -> list[Cost]:
    costs = []
    view = pane.messages
    for _ in range(WHEEL_FRAMES):
        costs.append(window.cost(lambda: window.wheel(view, notches), view.viewport()))
        window.rest(_BETWEEN_SECONDS)
    return costs


def report(figures: dict[str, Any]) -> str:
    """The figures as lines for a person."""
    opening = figures["opening"]
    lines = [
        (
            f"{figures['bytes'] / 1e6:.0f} MB, {figures['messages']} messages"
            f" ({figures['peak_bytes'] / 1e6:.0f} MB of memory at most)"
        ),
        (
            f"  first messages     {statistics.median(figures['first']) * 1000:7.1f} ms"
            f"   longest {max(figures['first']) * 1000:7.1f}"
        ),
        f"  pauses until counted   p99 {quantile(opening, 0.99) * 1000:7.1f}   longest {max(opening) * 1000:7.1f} ms",
        f"  to the end         {figures['end'] * 1000:7.1f} ms",
    ]
    for name in ("wheel down", "wheel up"):
        wall, processor = ([cost[place] * 1000 for cost in figures[name]] for place in (0, 1))
        lines.append(
            f"  {name + ' frame':18} {statistics.median(wall):7.1f} ms   p99 {quantile(wall, 0.99):7.1f}"
            f"   of a processor {statistics.median(processor):7.1f}   p99 {quantile(processor, 0.99):7.1f}"
        )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times the preview of a long log.")
    parser.add_argument("--bytes", type=float, default=7e7)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        from benchmarks.desktop_window import ended_with_failure  # noqa: PLC0415 - in the child only

        with ended_with_failure():
            print(json.dumps(measure(Path(os.environ["CHATLOG_HOME"]), arguments.rounds)))
        return
    from benchmarks.generate import generate  # noqa: PLC0415 - for the parent only

    with tempfile.TemporaryDirectory() as temporary, display() as environ:
        claude = Path(temporary) / "claude"
        generate(claude, 1, int(arguments.bytes))
        known = environ | {"CHATLOG_HOME": str(Path(temporary) / "home"), "CLAUDE_CONFIG_DIR": str(claude)}
        print(f"painted to {place_of(environ)}, {os.cpu_count()} processors")
        words: list[str | Path] = [Path(__file__).resolve(), "--child", "--rounds", str(arguments.rounds)]
        print(report(ask(words, known)))


if __name__ == "__main__":
    main()
