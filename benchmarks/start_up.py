"""How long commands take to start.

    python benchmarks/start_up.py [--rounds 9] [--cold]

Prints medians in milliseconds, warm, with compiled files: the interpreter alone, `--help`, and `list --json` of a
home without sessions, whose index is there already. The frozen program stands beside the source where it is built.
With --cold (Linux, as root) the system's caches are dropped before each run, once all is written.
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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent


FROZEN = ROOT / "dist" / "chatlog-uploader" / "chatlog-uploader"
DROP_CACHES = Path("/proc/sys/vm/drop_caches")


def milliseconds(
    command: list[str], environ: dict[str, str], rounds: int, prepare: Callable[[], None] | None = None
) -> float:
    """The median of several runs, after one that does not count; `prepare` is called before each."""
    taken = []
    for _ in range(rounds + 1):
        if prepare is not None:
            prepare()
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=environ)
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken[1:])


def drop_caches() -> None:
    """What was read of files is forgotten by the whole system; pages, names and attributes."""
    if sys.platform != "win32":
        os.sync()
    DROP_CACHES.write_text("3", encoding="ascii")


def report(rounds: int, *, cold: bool = False) -> str:
    """The figures as lines for a person."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environ |= {"CHATLOG_HOME": f"{folder}/home", "CLAUDE_CONFIG_DIR": f"{folder}/claude"}
        commands = {
            "python alone": [sys.executable, "-c", "pass"],
            "--help": [sys.executable, "-m", "app", "--help"],
            "list --json": [sys.executable, "-m", "app", "list", "--json"],
        }
        if FROZEN.is_file():
            commands |= {
                "frozen --help": [str(FROZEN), "--help"],
                "frozen list --json": [str(FROZEN), "list", "--json"],
            }
        prepare = drop_caches if cold else None
        return "\n".join(
            f"{name:24} {milliseconds(command, environ, rounds, prepare):8.0f} ms"
            for name, command in commands.items()
        )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times the start of commands.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--cold", action="store_true", help="drop the system's caches before each run")
    arguments = parser.parse_args()
    print(report(arguments.rounds, cold=arguments.cold))


if __name__ == "__main__":
    main()
