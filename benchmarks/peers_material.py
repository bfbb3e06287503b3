"""What `peers.py` sends: made once per folder and size, and handed out as a tree that may be changed.

FOLDER/many/projects/…       sessions with log-normal sizes
FOLDER/large/projects/…      one long session
FOLDER/many.zst, large.zst   the same files as zstd level 3 makes them, for the ceiling
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SPREAD = 2.2
"""Of the sizes' logarithms: 2,000 sessions of 1 GB then have a median near 60 kB."""
GROWN_SHARE = 0.01
GROWN_BYTES = 20_000
LEVEL = 3


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much there is: sessions and their bytes together, and the long session's bytes."""

    sessions: int
    total: int
    large: int

    @property
    def name(self) -> str:
        """A folder's name."""
        return f"{self.sessions}-{self.total}-{self.large}"


def prepare(folder: Path, sizes: Sizes) -> Path:
    """The folder with everything in it. Made in a process of its own, whose memory is not ours."""
    made = folder / sizes.name
    if not (made / "complete").exists():
        shutil.rmtree(made, ignore_errors=True)
        words = [str(made), str(sizes.sessions), str(sizes.total), str(sizes.large)]
        subprocess.run([sys.executable, str(Path(__file__).resolve()), *words], check=True)
        (made / "complete").touch()
    return made


def hand_out(source: Path, target: Path) -> Path:
    """A copy of `source` that may be changed. Not links: whatever touches one would change the others' times."""
    shutil.copytree(source, target)
    return target


def logs_in(tree: Path) -> list[Path]:
    """The sessions of a tree, in one order."""
    return sorted(tree.rglob("*.jsonl"))


def grow(tree: Path) -> list[Path]:
    """Let every hundredth session go on, as chance has it, and return which."""
    # Imported late: whoever measures stays small, as a child's peak memory begins with its parent's.
    from benchmarks.generate import grow_session  # noqa: PLC0415

    logs = logs_in(tree)
    chosen = random.Random(1).sample(logs, max(1, round(len(logs) * GROWN_SHARE)))
    for path in chosen:
        grow_session(path, GROWN_BYTES, seed=1)
    return chosen


def compressed_size(paths: list[Path]) -> int:
    """Bytes of these files under zstd, one by one."""
    import zstandard  # noqa: PLC0415 - as above

    return sum(len(zstandard.ZstdCompressor(level=LEVEL).compress(path.read_bytes())) for path in paths)


def _compress(source: Path, target: Path) -> None:
    import zstandard  # noqa: PLC0415 - as above

    with source.open("rb") as opened, target.open("wb") as written:
        zstandard.ZstdCompressor(level=LEVEL).copy_stream(opened, written)


def _compress_all(tree: Path, target: Path) -> None:
    target.mkdir()
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for _ in threads.map(lambda path: _compress(path, target / f"{path.stem}.zst"), logs_in(tree)):
            pass


def main() -> None:
    """Make a folder's content."""
    from benchmarks.generate import generate, write_session  # noqa: PLC0415 - as above

    parser = argparse.ArgumentParser(description="Makes what is sent in the comparison with other tools.")
    parser.add_argument("folder", type=Path)
    for name in ("sessions", "total", "large"):
        parser.add_argument(name, type=int)
    arguments = parser.parse_args()
    generate(arguments.folder / "many", arguments.sessions, arguments.total, sigma=SPREAD)
    name = "00000000-0000-4000-8000-000000000001.jsonl"
    write_session(arguments.folder / "large" / "projects" / "-home-user-work" / name, arguments.large, seed=1)
    for tree in ("many", "large"):
        _compress_all(arguments.folder / tree, arguments.folder / f"{tree}.zst")


if __name__ == "__main__":
    main()
