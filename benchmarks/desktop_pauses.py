"""How long the window does not answer while it archives and a person types.

    python benchmarks/desktop_pauses.py [--sessions 2000] [--bytes 1e9] [--folder FOLDER] [--quick]
        [--switch MILLISECONDS] [--trace]

All sessions are archived from the window to the sandbox on the same processors, with the Sessions page in front and
somebody typing into its filter, then with the Transfers page in front. A timer on the window's thread beats every
5 ms: a pause is by how much a beat is late. Prints the pauses, what Python's collector had of them, how much of a
processor the window's thread had, and the process's peak memory. `--switch` sets after how long Python takes the
interpreter from a thread that others wait for; `--trace` prints where the window's thread was in long pauses.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.desktop_display import ask, display, peak_bytes, place_of, quantile

TYPED = ("the rate of", "so many words", "project-07")
KEY_MILLISECONDS = 120
"""Between two keys: somebody types quickly."""

PAGES = ("sessions", "transfers")

QUICK = (300, 1.5e8)
"""Sessions and bytes."""


def archive_in_window(
    home: Path, page: str, *, switch: float | None = None, trace: bool = False
) -> dict[str, Any]:
    """Archive what CLAUDE_CONFIG_DIR holds; what it took and how the window was meanwhile. `switch`: seconds."""
    from PySide6.QtCore import Qt, QTimer  # noqa: PLC0415 - in the child only
    from PySide6.QtTest import QTest  # noqa: PLC0415

    from benchmarks.desktop_window import CollectorPasses, Heartbeat, LatePlaces, Window  # noqa: PLC0415

    found = len(list(Path(os.environ["CLAUDE_CONFIG_DIR"]).glob("projects/*/*.jsonl")))
    window = Window(home)
    if switch is not None:
        sys.setswitchinterval(switch)
    window.start(found)
    context = window.application.context
    search = window.sessions_page.search
    search.setFocus()
    keys = [key for text in TYPED for key in (*text, *"\b" * len(text))]
    pressed = 0

    def press() -> None:
        nonlocal pressed
        key = keys[pressed % len(keys)]
        pressed += 1
        if key == "\b":
            QTest.keyClick(search, Qt.Key.Key_Backspace)
        else:
            QTest.keyClicks(search, key)

    typing = QTimer()
    typing.timeout.connect(press)
    if page == "sessions":
        typing.start(KEY_MILLISECONDS)
    else:
        window.application.navigate(page)
    window.rest(0.5)
    heart = Heartbeat()
    passes = CollectorPasses()
    places = LatePlaces(heart) if trace else None
    busy_before = time.process_time()
    heart.begin()
    passes.begin()
    context.sessions.archive([session.identity for session, _ in context.sessions.sessions])
    window.wait_until(context.transfers.busy)
    window.wait_until(lambda: not context.transfers.busy())
    seconds, in_thread, waited = heart.end()
    passes.end()
    if places is not None:
        print(places.end(), file=sys.stderr)
    busy = time.process_time() - busy_before
    typing.stop()
    totals = context.transfers.totals()
    if totals.failed or totals.done != found:
        message = f"not everything was archived: {totals}"
        raise RuntimeError(message)
    figures = {
        "page": page,
        "sessions": found,
        "bytes": sum(session.size for session, _ in context.sessions.sessions),
        "seconds": seconds,
        "keys": pressed,
        "p50": quantile(heart.pauses, 0.5),
        "p99": quantile(heart.pauses, 0.99),
        "max": max(heart.pauses),
        "work_p99": quantile(heart.work, 0.99),
        "work_max": max(heart.work),
        "waited": waited / seconds,
        "beats": len(heart.pauses),
        "switch": sys.getswitchinterval(),
        "collections": len(passes.seconds),
        "collecting": sum(passes.seconds),
        "longest_collection": max(passes.seconds, default=0.0),
        "collected_elsewhere": passes.elsewhere,
        "over": sum(pause for pause in heart.pauses if pause > 0.05) / seconds,
        "thread": in_thread / seconds,
        "process": busy / seconds,
        "peak_bytes": peak_bytes(),
    }
    window.close()
    return figures


def report(figures: dict[str, Any]) -> str:
    """The figures as lines for a person."""
    doing = f"{figures['keys']} keys typed" if figures["keys"] else "nobody typing"
    return "\n".join(
        (
            (
                f"{figures['page'].capitalize()} in front, {doing}: {figures['sessions']} sessions,"
                f" {figures['bytes'] / 1e6:.0f} MB in {figures['seconds']:.1f} s"
            ),
            (
                f"  pause           p50 {figures['p50'] * 1000:6.1f}   p99 {figures['p99'] * 1000:6.1f}"
                f"   longest {figures['max'] * 1000:6.1f} ms   above 50 ms {figures['over']:.1%} of the time"
            ),
            (
                f"  collector       {figures['collections']} passes, longest"
                f" {figures['longest_collection'] * 1000:.1f} ms, {figures['collecting'] * 1000:.0f} ms in all;"
                f" {figures['collected_elsewhere']} in other threads"
            ),
            (
                f"  own work in it  p99 {figures['work_p99'] * 1000:6.1f}   most {figures['work_max'] * 1000:6.1f} ms;"
                f" for {figures['waited']:.0%} of the time the thread waited for a processor"
            ),
            (
                f"  of a processor  {figures['thread']:.0%} the window's thread,"
                f" {figures['process']:.0%} the whole process"
            ),
            f"  peak memory     {figures['peak_bytes'] / 1e6:.0f} MB",
        )
    )


def measure(claude: Path, environ: dict[str, str], page: str, options: list[str]) -> dict[str, Any]:
    """One archiving of everything below `claude`, in a process and a home of its own. `options` are the child's."""
    from app.bootstrap import Services  # noqa: PLC0415 - the child does without the time that this takes
    from app.storage.paths import resolve_paths  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        known = environ | {"CLAUDE_CONFIG_DIR": str(claude), "CHATLOG_HOME": str(home)}
        try:
            return ask([Path(__file__).resolve(), "--child", page, *options], known)
        finally:
            services = Services(resolve_paths(home), known, home=home)
            services.sandbox.stop()
            services.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures how long the window does not answer.")
    parser.add_argument("--sessions", type=int, default=2_000)
    parser.add_argument("--bytes", type=float, default=1e9)
    parser.add_argument("--folder", type=Path, help="made when it is missing, and kept")
    parser.add_argument("--quick", action="store_true", help="fewer sessions")
    parser.add_argument("--switch", type=float, metavar="MILLISECONDS", help="Python's own without it")
    parser.add_argument("--trace", action="store_true", help="where the window's thread was in long pauses")
    parser.add_argument("--page", choices=PAGES, help="only with this one in front")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        from benchmarks.desktop_window import ended_with_failure  # noqa: PLC0415 - in the child only

        switch = None if arguments.switch is None else arguments.switch / 1000
        home = Path(os.environ["CHATLOG_HOME"])
        with ended_with_failure():
            print(json.dumps(archive_in_window(home, arguments.child, switch=switch, trace=arguments.trace)))
        return
    from benchmarks.generate import generate  # noqa: PLC0415 - for the parent only

    sessions, size = QUICK if arguments.quick else (arguments.sessions, arguments.bytes)
    with tempfile.TemporaryDirectory() as temporary, display() as environ:
        claude = arguments.folder or Path(temporary) / "claude"
        if not (claude / "projects").is_dir():
            generate(claude, sessions, int(size))
        print(f"painted to {place_of(environ)}, {os.cpu_count()} processors")
        options = ["--trace"] if arguments.trace else []
        if arguments.switch is not None:
            options += ["--switch", str(arguments.switch)]
        for page in (arguments.page,) if arguments.page else PAGES:
            print(report(measure(claude, environ, page, options)), flush=True)


if __name__ == "__main__":
    main()
