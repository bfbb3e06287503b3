"""How long finding the sessions takes, beside merely reading the same bytes.

    python benchmarks/scan.py [--sessions 10000] [--bytes 5e9] [--rounds 3] [--folder FOLDER]

Prints medians in seconds: a plain read of every main file, the first scan (an empty index), a scan when nothing
changed, and one after 1 % of the sessions grew by a line. Files are in the page cache for all of them.
A given FOLDER is generated when missing and kept; without one, a temporary folder is used.
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
from typing import TYPE_CHECKING

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.sessions.index import SessionIndex
from app.sessions.sources.claude_code import ClaudeCode
from benchmarks.generate import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CHUNK = 1 << 20
_GROWTH = {"type": "user", "isSidechain": False, "message": {"role": "user", "content": "and one more thing"}}


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Medians in seconds by name, and the counts they belong to."""
    mains = sorted((folder / "projects").glob("*/*.jsonl"))
    total = sum(path.stat().st_size for path in mains)
    reads = [_timed(lambda: _read(mains)) for _ in range(rounds + 1)][1:]
    first: list[float] = []
    unchanged: list[float] = []
    changed: list[float] = []
    listing: list[float] = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as home:
            index = SessionIndex(Path(home) / "index.db", [ClaudeCode(folder)])
            first.append(_timed(index.scan))
            unchanged.append(_timed(index.scan))
            _grow(mains[number::100])
            changed.append(_timed(index.scan))
            listing.append(_timed(index.sessions))
            index.close()
    return {
        "sessions": len(mains),
        "bytes": total,
        "plain_read": statistics.median(reads),
        "first_scan": statistics.median(first),
        "unchanged_scan": statistics.median(unchanged),
        "one_percent_changed_scan": statistics.median(changed),
        "list": statistics.median(listing),
    }


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _read(paths: Sequence[Path]) -> None:
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        while os.read(descriptor, _CHUNK):
            pass
        os.close(descriptor)


def _grow(paths: Sequence[Path]) -> None:
    for path in paths:
        with path.open("ab") as file:
            file.write(json.dumps(_GROWTH).encode() + b"\n")


def report(figures: dict[str, float]) -> str:
    """The figures as lines for a person."""
    read = figures["plain_read"]
    lines = [
        f"{figures['sessions']:.0f} sessions, {figures['bytes'] / 1e6:.0f} MB, {os.cpu_count()} processors"
    ]
    for name in ("plain_read", "first_scan", "unchanged_scan", "one_percent_changed_scan", "list"):
        seconds = figures[name]
        lines.append(f"{name.replace('_', ' '):26} {seconds:8.3f} s   {seconds / read:6.2f} of a plain read")
    lines.append(f"first scan: {figures['bytes'] / 1e6 / figures['first_scan']:.0f} MB/s")
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times scans of generated sessions.")
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--bytes", type=float, default=5e9)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        if not (folder / "projects").is_dir():
            generate(folder, arguments.sessions, int(arguments.bytes))
        print(report(measure(folder, arguments.rounds)))


if __name__ == "__main__":
    main()
