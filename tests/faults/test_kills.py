"""SIGKILL of the program, or of the server behind it, at random moments, on a network that fails as well."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.faults.conftest import SEED
from tests.faults.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.conftest import World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")

ROOT = Path(__file__).parents[2]
CHILD = ROOT / "tests" / "archiving" / "queue_child.py"
SHARE = 0.1
LARGE = 2
"""Files that go in parts."""
LONGEST_SECONDS = 2.5
"""A moment comes this long after the start at the latest: then the child has long been at work."""


class Killer:
    """Runs the program again and again, each time until a moment drawn by lot."""

    def __init__(self, world: World, s3_keys: Sequence[str]) -> None:
        self._world = world
        told = [str(world.home), str(world.folder / "files"), str(world.folder / "out"), *s3_keys]
        self._command = [sys.executable, str(CHILD), *told]
        self._environ = {**world.environ, "PYTHONPATH": str(ROOT)}
        self._chance = random.Random(SEED)  # noqa: S311 - moments, not secrets

    def kill_one(self) -> None:
        """The program or the server, by lot."""
        with self._started() as program:
            # The moment itself has to be a time: nobody may know where the program is then.
            with suppress(subprocess.TimeoutExpired):
                program.wait(self._chance.uniform(0.3, LONGEST_SECONDS))
            if self._chance.random() < 0.5:
                info = self._world.sandbox.peek()
                assert info is not None
                psutil.Process(info.pid).kill()
                self._world.restart_sandbox()
                with suppress(subprocess.TimeoutExpired):
                    program.wait(self._chance.uniform(0.0, 0.5))
            program.kill()

    def finish(self) -> list[str]:
        """Let it come to its end; what it told."""
        with self._started() as program:
            told, _ = program.communicate(timeout=240)
        return str(told).splitlines()

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(self._command, stdout=subprocess.PIPE, cwd=ROOT, env=self._environ, text=True)


@pytest.mark.parametrize(
    ("kills", "count"),
    [(3, 60), pytest.param(100, 500, marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
)
def test_whoever_is_killed_all_ends_verified(world: World, kills: int, count: int) -> None:
    files = [*world.write_sessions(count), *world.write_large(LARGE)]
    downloads = {f"film {number}.md": random.Random(number).randbytes(200_000) for number in range(kills)}  # noqa: S311 - fillings
    first = world.program(patience=60)
    films = [first.write(world.folder / "films", name, body) for name, body in downloads.items()]
    first.queue.add_sessions(films)
    first.until_idle()
    s3_keys = [str(first.row(film).s3_key) for film in films]
    first.queue.clear()
    first.close()
    killer = Killer(world, s3_keys)

    world.door.plan = Plan(SEED, SHARE)
    for _ in range(kills):
        killer.kill_one()
    told = killer.finish()
    world.door.plan = None

    assert told[-1] == "idle"
    assert {line.split()[0] for line in told[:-1]} <= {"done", "unchanged"}
    later = world.program(patience=60)
    later.until_idle()
    rows = later.queue.rows()
    assert [(row.state, row.error) for row in rows if row.state not in {"done", "unchanged"}] == []
    assert all(row.verified for row in rows)
    assert [row.kind for row in rows].count("download") == kills
    world.expect_each_stored_once(later.receipts(), count + LARGE + kills)
    assert later.services.jobs.database.read("SELECT * FROM part_uploads") == []
    out = world.folder / "out"
    assert {path.name: path.read_bytes() for path in out.iterdir()} == downloads
    assert later.spool() == []
    assert len({path.name for path in files}) == count + LARGE
    for path in files[count:]:
        [s3_key] = [receipt.s3_key for receipt in later.receipts().values() if receipt.path == str(path)]
        back = later.services.bring_back.download(s3_key, world.folder / "large")
        assert back.path.read_bytes() == path.read_bytes()
