"""How long commands take to start.

    python benchmarks/start_up.py [--rounds 9]

Prints medians in milliseconds, warm, with compiled files: the interpreter alone, `--help`, and `list --json` of a
home without sessions, whose index is there already.
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

ROOT = Path(__file__).resolve().parent.parent


def milliseconds(command: list[str], environ: dict[str, str], rounds: int) -> float:
    """The median of several runs, after one that does not count."""
    taken = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=environ)
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken[1:])


def report(rounds: int) -> str:
    """The figures as lines for a person."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environ |= {"CHATLOG_HOME": f"{folder}/home", "CLAUDE_CONFIG_DIR": f"{folder}/claude"}
        commands = {
            "python alone": [sys.executable, "-c", "pass"],
            "--help": [sys.executable, "-m", "app", "--help"],
            "list --json": [sys.executable, "-m", "app", "list", "--json"],
        }
        return "\n".join(
            f"{name:24} {milliseconds(command, environ, rounds):8.0f} ms"
            for name, command in commands.items()
        )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times the start of commands.")
    parser.add_argument("--rounds", type=int, default=9)
    print(report(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
