"""Several programs of one home at once, with files that go in parts: none is sent twice, and who dies is taken over."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.system import KILLED

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")

ROOT = Path(__file__).parents[2]
QUEUE = ROOT / "tests" / "archiving" / "queue_child.py"
COUNT = 3
SIZE = 50_000_000
SECONDS = 120


class Processes:
    """A home, files that go in three parts each, and the programs that archive them."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.user / "films"
        self.folder.mkdir()
        chance = random.Random(20261124)  # noqa: S311 - fillings
        for number in range(COUNT):
            (self.folder / f"film {number}.md").write_bytes(chance.randbytes(SIZE))
        home.run("sandbox", "info", "--json")

    def slow_down(self) -> None:
        """Two parts at a time, each for most of a second: whoever is killed in between has not sent them all."""
        settings = self.home.paths.settings
        known = settings.read_text(encoding="utf-8") if settings.exists() else ""
        settings.write_text(f'parallel_uploads = 2\nupload_limit = "40M"\n{known}', encoding="utf-8")

    def command_line(self) -> subprocess.Popen[str]:
        """`upload` of all files."""
        return self.home.start("upload", *map(str, sorted(self.folder.iterdir())), "--json")

    def queue(self) -> subprocess.Popen[str]:
        """A program whose transfer queue has all files."""
        command = [sys.executable, str(QUEUE), str(self.home.path), str(self.folder), str(self.home.user)]
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**self.home.environ, "PYTHONPATH": str(ROOT)},
        )

    def _of_sandbox(self, sql: str) -> list[tuple[Any, ...]]:
        [path] = self.home.paths.sandbox.rglob("*.db")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def parts(self) -> set[str]:
        """The files of the parts that S3 holds of uploads under way."""
        return {
            row[0]
            for row in self._of_sandbox(
                "SELECT file_name FROM parts JOIN bodies USING (part) JOIN uploads USING (upload_id)"
                " WHERE completed_version IS NULL"
            )
        }

    def bodies(self) -> set[str]:
        """The files that the objects are made of."""
        return {
            row[0]
            for row in self._of_sandbox(
                "SELECT file_name FROM bodies JOIN versions USING (sequence) WHERE key LIKE 'chat-logs/%'"
            )
        }

    def uploads(self) -> int:
        """How many uploads in parts were ever begun."""
        return int(self._of_sandbox("SELECT count(*) FROM uploads")[0][0])

    def expect_each_archived_once(self, folder: Path) -> None:
        """One version of each, which comes back byte for byte; nothing is left over."""
        versions = self.home.run("history", "--versions", "--json").lines
        assert len(versions) == len({version["s3Key"] for version in versions}) == COUNT
        assert self.home._rows(self.home.paths.state, "SELECT * FROM part_uploads") == []
        assert self.parts() == set()
        self.home.prove_tidy()
        for number, version in enumerate(versions):
            target = folder / str(number)
            target.mkdir(parents=True)
            self.home.run("download", version["s3Key"], "--to", str(target))
        back = sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert back == sorted(path.read_bytes() for path in self.folder.iterdir())


def ended(*programs: subprocess.Popen[str]) -> list[list[str]]:
    """What each told."""
    told = []
    for program in programs:
        out, err = program.communicate(timeout=SECONDS)
        assert (program.returncode, "Traceback" in err) == (0, False), err
        told.append(out.splitlines())
    return told


@pytest.fixture
def processes(home: Home) -> Processes:
    """Nothing is archived yet."""
    return Processes(home)


def test_two_command_lines_at_once_send_each_file_once(processes: Processes, tmp_path: Path) -> None:
    told = ended(processes.command_line(), processes.command_line())

    states = [json.loads(line)["state"] for lines in told for line in lines]
    assert sorted(states) == ["archived"] * COUNT + ["unchanged"] * COUNT
    assert processes.uploads() == COUNT
    processes.expect_each_archived_once(tmp_path / "back")


def test_a_command_line_beside_a_queue_sends_each_file_once(processes: Processes, tmp_path: Path) -> None:
    _, queue = ended(processes.command_line(), processes.queue())

    assert queue[-1] == "idle"
    assert not [line for line in queue if line.startswith("failed")]
    assert processes.uploads() == COUNT
    processes.expect_each_archived_once(tmp_path / "back")


@pytest.mark.parametrize("killed", ["command_line", "queue"])
def test_the_parts_of_one_that_is_killed_are_gone_on_with_by_the_other(
    processes: Processes, killed: str, tmp_path: Path
) -> None:
    processes.slow_down()
    first = getattr(processes, killed)()
    processes.home.wait_until(lambda: first.poll() is not None or processes.parts())
    other = processes.queue() if killed == "command_line" else processes.command_line()
    first.kill()
    first.communicate()
    assert first.returncode == KILLED
    held = processes.parts()

    ended(other)

    assert held
    assert held <= processes.bodies()
    processes.expect_each_archived_once(tmp_path / "back")
