"""A file of 6 GB goes up and comes back by the command line, in little memory."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.conftest import Home

MEMORY_LIMIT = 300_000_000
COPIES = 5
"""What lies on disk at once: the file, the spool or S3's object, the object's bytes and the file out of them; and room
to breathe."""
BLOCK = 1 << 20


@dataclass
class Used:
    """What a command took: seconds, and bytes of memory of its processes at most, the sandbox's own apart."""

    seconds: float
    memory: int
    sandbox_memory: int
    line: dict[str, Any]


@pytest.fixture
def emptied(tmp_path: Path) -> Iterator[Path]:
    """The folder of everything here, whose files do not wait for the next runs to be removed; made before `home`."""
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


def write_noise(path: Path, size: int) -> str:
    """What no compressor makes smaller, the same each time; its SHA-256."""
    chance = random.Random(20261124)  # noqa: S311 - a filling
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for start in range(0, size, BLOCK):
            block = chance.randbytes(min(BLOCK, size - start))
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def memory_of(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def measured(home: Home, *words: str, seconds: float) -> Used:
    """Run a command to its end, looking at its memory all the while."""
    started = time.monotonic()
    command = home.start(*words)
    program = psutil.Process(command.pid)
    most = most_of_sandbox = 0
    pause = threading.Event()
    while command.poll() is None:
        assert time.monotonic() - started < seconds, f"{words[0]} takes too long"
        sandbox = home.sandbox_pid()
        try:
            family = [program, *program.children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        most = max(most, sum(memory_of(one) for one in family if one.pid != sandbox))
        if sandbox is not None and psutil.pid_exists(sandbox):
            most_of_sandbox = max(most_of_sandbox, memory_of(psutil.Process(sandbox)))
        pause.wait(0.05)
    out, err = command.communicate()
    assert command.returncode == 0, f"{out[-2000:]}\n{err[-2000:]}"
    return Used(time.monotonic() - started, most, most_of_sandbox, json.loads(out))


@pytest.mark.parametrize(
    "size",
    [50_000_000, pytest.param(6_000_000_000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])],
)
def test_a_large_file_goes_up_and_comes_back_in_little_memory(emptied: Path, home: Home, size: int) -> None:
    free = shutil.disk_usage(emptied).free
    if free < COPIES * size:
        pytest.skip(f"{COPIES * size / 1e9:.0f} GB of disk are needed, {free / 1e9:.0f} GB are free")
    path = home.user / "film.md"
    sha256 = write_noise(path, size)
    home.run("sandbox", "info", "--json")

    up = measured(home, "upload", str(path), "--json", seconds=1800)

    assert up.line["state"] == "archived"
    path.unlink()
    assert list(home.paths.spool.iterdir()) == []
    target = home.user / "back"
    target.mkdir()
    down = measured(home, "download", up.line["s3Key"], "--to", str(target), "--json", seconds=1800)

    assert down.line["verified"]
    (back,) = target.iterdir()
    assert (back.stat().st_size, sha256_of(back)) == (size, sha256)
    for word, used in (("up", up), ("down", down)):
        sys.stdout.write(
            f"\n{size / 1e9:.2f} GB {word}: {used.seconds:.1f} s, {size / 1e6 / used.seconds:.0f} MB/s, "
            f"{used.memory / 1e6:.0f} MB of memory at most (the sandbox's process {used.sandbox_memory / 1e6:.0f} MB)"
        )
    sys.stdout.write("\n")
    assert max(up.memory, down.memory) < MEMORY_LIMIT
