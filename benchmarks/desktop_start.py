"""How long it takes from the start of the program to its window with rows in it.

    python benchmarks/desktop_start.py [--sessions 1000] [--rounds 7] [--cold-rounds 3]

Watched from outside, in the X server's frame buffer: from the start of the process to the first picture of the whole
window, and to the picture with rows. Prints medians of wall time and of processor time until then, beside a bare
QtWidgets window that is started in turn with it. Warm, then with the kernel's caches dropped before each start, where
that is allowed; another process that has Qt loaded keeps it in memory all the same. The frozen program is measured,
too, where dist/chatlog-uploader exists. The sessions are in the index already, as in every start but the first.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil

from app.account.settings import SettingsStore
from app.storage.paths import resolve_paths
from benchmarks.desktop_display import ROOT, display
from benchmarks.desktop_screen import WINDOW, Screen
from benchmarks.generate import generate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CACHES = Path("/proc/sys/vm/drop_caches")
FROZEN = ROOT / "dist" / "chatlog-uploader" / "chatlog-uploader"

BARE = f"""
import sys
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication(sys.argv)
label = QLabel("a bare window")
label.resize({WINDOW[0]}, {WINDOW[1]})
label.move(application.primaryScreen().availableGeometry().center() - label.rect().center())
label.show()
application.exec()
"""

_LOOK_SECONDS = 0.003
_PATIENCE_SECONDS = 60.0
_SETTLE_SECONDS = 3.0
"""After the first rows: what is done behind the window is no part of a start, and the next one should find it done."""
_MEBIBYTE = 1 << 20


class Start(NamedTuple):
    """Seconds until the window was painted, until it had rows (the same for a window without any), and of a
    processor until then; bytes of memory at that moment."""

    window: float
    rows: float
    processor: float
    memory: int


def start_once(
    command: Sequence[str], environ: Mapping[str, str], frames: Path, *, rows: bool, settle: float = 0.0
) -> Start:
    """Start it, see when what is wanted can be seen, wait a while, end it."""
    screen = Screen(frames)
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=dict(environ), stderr=subprocess.DEVNULL)
    try:
        window = _when(screen.is_painted, begin, process)
        full = _when(screen.has_rows, begin, process) if rows else window
        seen = psutil.Process(process.pid)
        times, memory = seen.cpu_times(), seen.memory_info().rss
        time.sleep(settle)
    finally:
        process.terminate()
        process.wait()
        screen.close()
    return Start(window, full, times.user + times.system, memory)


def _when(condition: object, begin: float, process: subprocess.Popen[bytes]) -> float:
    assert callable(condition)
    while not condition():
        if process.poll() is not None or time.perf_counter() - begin > _PATIENCE_SECONDS:
            message = "the window does not get there"
            raise RuntimeError(message)
        time.sleep(_LOOK_SECONDS)
    return time.perf_counter() - begin


def drop_caches() -> bool:
    """Have the kernel forget what it has read; whether it may be asked to."""
    if sys.platform != "win32":
        os.sync()
    try:
        CACHES.write_text("3", encoding="utf-8")
    except OSError:
        return False
    return True


def measure(
    programs: Mapping[str, Sequence[str]],
    environ: Mapping[str, str],
    frames: Path,
    rounds: int,
    *,
    cold: bool,
) -> dict[str, list[Start]]:
    """Each of them in turn, so that what else the machine does meets all of them."""
    starts: dict[str, list[Start]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, command in programs.items():
            if cold:
                drop_caches()
            starts[name].append(start_once(command, environ, frames, rows=name != "bare"))
    return starts


def report(starts: Mapping[str, Sequence[Start]]) -> str:
    """The figures as lines for a person."""
    bare = statistics.median(start.rows for start in starts["bare"])
    lines = []
    for name, measured in starts.items():
        window, rows, processor, memory = (
            statistics.median(figures) for figures in zip(*measured, strict=True)
        )
        lines.append(
            f"  {name:8} window {window * 1000:5.0f} ms   rows {rows * 1000:5.0f} ms"
            f"   processor {processor * 1000:5.0f} ms   {rows / bare:5.2f} of bare"
            f"   rows at best {min(start.rows for start in measured) * 1000:5.0f} ms"
            f"   {memory / _MEBIBYTE:4.0f} MiB"
        )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times the start of the window.")
    parser.add_argument("--sessions", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cold-rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        frames = folder / "frames"
        frames.mkdir()
        with display(frames) as environ:
            if not (frames / "Xvfb_screen0").exists():
                print("not measured: the window is watched in Xvfb's frame buffer, and there is no Xvfb")
                return
            home, claude = folder / "home", folder / "claude"
            generate(claude, arguments.sessions, arguments.sessions * 20_000)
            SettingsStore(resolve_paths(home).settings).change(first_run_done=True, appearance="light")
            environ |= {"CHATLOG_HOME": str(home), "CLAUDE_CONFIG_DIR": str(claude)}
            programs = {
                "bare": [sys.executable, "-c", BARE],
                "source": [sys.executable, "-m", "app"],
            }
            if FROZEN.exists():
                programs["frozen"] = [str(FROZEN)]
            for name, command in programs.items():
                start_once(command, environ, frames, rows=name != "bare", settle=_SETTLE_SECONDS)
            print(f"{arguments.sessions} sessions in the index, {os.cpu_count()} processors; warm:")
            print(report(measure(programs, environ, frames, arguments.rounds, cold=False)), flush=True)
            if not drop_caches():
                print("caches dropped: not measured, the kernel may not be asked to drop them here")
                return
            print("caches dropped before each start:")
            print(report(measure(programs, environ, frames, arguments.cold_rounds, cold=True)))


if __name__ == "__main__":
    main()
