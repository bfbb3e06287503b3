"""The disk is full, the program's own records among what has no room: all waits, and goes on once there is room."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import SEED
from tests.faults.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.conftest import World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="mounts are POSIX's")

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("disk_child.py")
DISK_BYTES = 24_000_000
COUNT = 60


def test_a_disk_that_fills_up_loses_nothing(
    world: World, on_small_disk: Callable[[Path, int], tuple[str, ...]]
) -> None:
    files = world.write_sessions(COUNT)
    downloads = {f"film {number}.md": random.Random(number).randbytes(300_000) for number in range(4)}  # noqa: S311 - fillings
    first = world.program(patience=60)
    films = [first.write(world.folder / "films", name, body) for name, body in downloads.items()]
    first.queue.add_sessions(films)
    first.until_idle()
    s3_keys = [str(first.row(film).s3_key) for film in films]
    first.close()
    info = world.sandbox.ensure_running()
    disk = world.folder / "disk"
    disk.mkdir()
    told = [world.door.endpoint, info.token, info.bucket, info.region, info.owner, str(disk)]

    world.door.plan = Plan(SEED, 0.1)
    ran = subprocess.run(
        [
            *on_small_disk(disk, DISK_BYTES),
            *[sys.executable, str(CHILD), *told, str(world.folder / "files"), *s3_keys],
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**world.environ, "PYTHONPATH": str(ROOT)},
        timeout=240,
        check=False,
    )
    world.door.plan = None

    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    assert "archived: []" in lines, ran.stdout
    assert "brought back: []" in lines, ran.stdout
    receipts = dict(line.split()[1:] for line in lines if line.startswith("receipt "))
    assert len(receipts) == len(files) == COUNT
    assert [line.split(" ", 1)[1] for line in lines if line.startswith("file ")] == [
        f"{name} {len(body)}" for name, body in sorted(downloads.items())
    ]
    assert "spool []" in lines
    with world.behind() as store:
        versions = world.versions(store)
    assert {s3_key: versions.pop(s3_key) for s3_key in receipts} == {
        s3_key: [version_id] for s3_key, version_id in receipts.items()
    }
    assert sorted(versions) == sorted(s3_keys)
