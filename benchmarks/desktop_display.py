"""What the window's benchmarks share: a display for them, children that measure, and numbers made readable. No Qt."""

from __future__ import annotations

import json
import math
import os
import platform
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent

SCREEN = "3000x2000x24"
"""Room for the usual window at 200 %."""

FOREIGN = ("AWS_", "CHATLOG_", "CLAUDE", "CODEX_", "GEMINI_", "LAMBDA_", "QT_")
"""What a developer's own shell may say of her set-up; none of it is measured with."""


@contextmanager
def display(frames: Path | None = None) -> Iterator[dict[str, str]]:
    """Variables for programs with windows: an X server of one's own where there is Xvfb, else Qt's offscreen.

    The server keeps what is seen in the folder `frames`, for `benchmarks.desktop_screen`.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    # Compiled files are part of every start but the first.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    environ["PYTHONPATH"] = str(ROOT)
    environ["CHATLOG_LANG"] = "en"
    environ["CHATLOG_SANDBOX_IDLE"] = "120"
    # Some have it on macOS too, where Qt does not paint to it.
    if shutil.which("Xvfb") is None or platform.system() != "Linux":
        yield environ | {"QT_QPA_PLATFORM": "offscreen"}
        return
    read, write = os.pipe()
    # It picks a free number itself and says which.
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(
        words if frames is None else [*words, "-fbdir", str(frames)],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read, encoding="utf-8") as told:
            number = told.readline().strip()
        yield environ | {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{number}"}
    finally:
        server.terminate()
        server.wait()


def place_of(environ: Mapping[str, str]) -> str:
    """Where windows are painted, in a word."""
    return "Xvfb" if environ["QT_QPA_PLATFORM"] == "xcb" else "offscreen"


def ask(words: Sequence[str | Path], environ: Mapping[str, str]) -> dict[str, Any]:
    """Run a Python program that prints its figures as one line of JSON, the last."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        check=True,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=dict(environ),
        text=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def peak_bytes() -> int:
    """The most memory that this process has had at a time; 0 where that cannot be told."""
    if sys.platform == "win32":
        peak = 0
    else:
        import resource  # noqa: PLC0415 - not on Windows

        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return peak
