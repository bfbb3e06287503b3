"""SIGKILL at many moments: running again loses nothing, sends nothing twice and leaves nothing half."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.end_to_end.test_frozen import PROGRAM as FROZEN
from tests.system import KILLED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")

UPLOAD = ("upload", "--all", "--json")


@pytest.fixture(autouse=True, params=["source", pytest.param("frozen", marks=pytest.mark.long)])
def program(request: pytest.FixtureRequest, home: Home) -> None:
    """From source, and frozen: what is killed and goes on."""
    if request.param == "frozen":
        assert FROZEN.is_file(), "`make frozen` builds it"
        home.program = (str(FROZEN),)


class Killer:
    """Starts uploads and kills them, or the sandbox under them, at moments drawn from a seed."""

    def __init__(self, home: Home, seed: str) -> None:
        self.home = home
        self.chance = random.Random(seed)  # noqa: S311 - moments, not secrets
        self.kills = 0
        self.grown: set[Path] = set()
        self._sessions = 0

    def more_work(self, *, growing: bool = False) -> None:
        """New sessions; with `growing`, more lines in some old ones too."""
        if growing:
            for path in self.chance.sample(old := self.home.files(), min(3, len(old))):
                self.home.append_line(path, f"more, {self.kills}", 1)
                self.grown.add(path)
        for _ in range(5):
            self._sessions += 1
            self.home.write_session(f"new-{self._sessions}", size=self.chance.randrange(100_000))

    def kill_uploader(self) -> None:
        """SIGKILL an upload at some moment, its end included."""
        upload = self._upload()
        self._some_moment(upload)
        upload.kill()
        self._ended(upload, {KILLED, 0})

    def kill_sandbox(self) -> None:
        """SIGKILL the sandbox under an upload. It comes back while the upload tries again, or the upload dies too."""
        upload = self._upload()
        self._some_moment(upload)
        for pid in self._sandboxes(upload):
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()
        if self.chance.random() < 0.5:
            upload.kill()
            self._ended(upload, {KILLED, 0, 1})
        else:
            self.home.run("sandbox", "info", "--json")
            # 1: the sandbox was killed before it was ready, or took another port.
            self._ended(upload, {0, 1})

    def _upload(self) -> subprocess.Popen[str]:
        """Nobody listens before its end: a line for each of some hundred sessions has to fit."""
        return self.home.start(*UPLOAD, pipe_size=1 << 20)

    def _some_moment(self, upload: subprocess.Popen[str]) -> None:
        """Wait until the upload has come to a step drawn by lot, and a little longer."""
        before = self._spooled()
        step = self.chance.choice((None, self._spooled, self._spooled))
        if step is not None:
            self.home.wait_until(lambda: upload.poll() is not None or step() != before)
        # The moment itself has to be a time: what happens after a step is not to be seen from outside.
        delay = self.chance.uniform(0.0, 1.5 if step is None else 0.5)
        with suppress(subprocess.TimeoutExpired):
            upload.wait(delay)

    def _spooled(self) -> set[Path]:
        """What waits on disk: changes as files are prepared, and as they have been sent."""
        with suppress(FileNotFoundError):
            return set(self.home.paths.spool.iterdir())
        return set()

    def _sandboxes(self, upload: subprocess.Popen[str]) -> set[int]:
        """The one that runs and the one that is just being started."""
        found = {pid for pid in [self.home.sandbox_pid()] if pid is not None and psutil.pid_exists(pid)}
        with suppress(psutil.NoSuchProcess):
            found |= {
                child.pid for child in psutil.Process(upload.pid).children() if "serve" in child.cmdline()
            }
        return found

    def _ended(self, upload: subprocess.Popen[str], codes: set[int]) -> None:
        out, err = upload.communicate(timeout=120)
        self.kills += 1
        assert upload.returncode in codes, f"{upload.returncode}\n{out}\n{err}"
        assert "Traceback" not in err, err


def test_uploads_killed_at_any_moment(home_with_logs: Home, tmp_path: Path) -> None:
    killer = Killer(home_with_logs, "uploads")
    for _ in range(8):
        killer.kill_uploader()
        killer.more_work()
    home_with_logs.run(*UPLOAD)
    home_with_logs.prove_archived(tmp_path / "back")


def test_sandboxes_killed_at_any_moment(home_with_logs: Home, tmp_path: Path) -> None:
    killer = Killer(home_with_logs, "sandboxes")
    for _ in range(8):
        killer.kill_sandbox()
        killer.more_work()
    home_with_logs.run(*UPLOAD)
    home_with_logs.prove_archived(tmp_path / "back")


def test_downloads_killed_at_any_moment_leave_no_half_file(home: Home, tmp_path: Path) -> None:
    path = home.write_session("large", size=20_000_000)
    s3_key = home.run(*UPLOAD).line["s3Key"]
    target = tmp_path / "target"
    target.mkdir()
    wanted = target / path.name
    chance = random.Random("downloads")  # noqa: S311 - as above
    for _ in range(6):
        download = home.start("download", s3_key, "--to", str(target))
        home.wait_until(lambda: any(target.iterdir()) or download.poll() is not None)  # noqa: B023 - called at once
        with suppress(subprocess.TimeoutExpired):
            download.wait(chance.uniform(0, 0.1))
        download.kill()
        download.wait()
        assert not wanted.exists() or wanted.read_bytes() == path.read_bytes()
        for left in target.iterdir():
            left.unlink()
    assert home.run("download", s3_key, "--to", str(target), "--json").line["verified"]
    assert [left.name for left in target.iterdir()] == [path.name]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_kills_of_all_kinds_while_sessions_grow(home_with_logs: Home, tmp_path: Path, seed: int) -> None:
    killer = Killer(home_with_logs, f"long/{seed}")
    while killer.kills < 20:
        killer.chance.choice((killer.kill_uploader, killer.kill_sandbox))()
        killer.more_work(growing=True)
        if killer.chance.random() < 0.2:
            home_with_logs.run(*UPLOAD)
    home_with_logs.run(*UPLOAD)
    home_with_logs.prove_archived(tmp_path / "back", grown=killer.grown)
