"""SIGKILL of a program whose queue is at work, at many moments: started again, everything ends verified."""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.archiving.queue_bench import QueueBench

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("queue_child.py")
SEED = 20261124
KILLS = 6
FILES = 40
DOWNLOADS = 4


class Program:
    """Starts it again and again."""

    def __init__(self, environ: Mapping[str, str], *told: str) -> None:
        self._environ = {**environ, "PYTHONPATH": str(ROOT)}
        self._command = [sys.executable, str(CHILD), *told]

    def run(self, lines: int | None) -> list[str]:
        """What it told before it was killed, after so many lines; None: until it has nothing left to do."""
        with subprocess.Popen(
            self._command, stdout=subprocess.PIPE, cwd=ROOT, env=self._environ, text=True
        ) as child:
            assert child.stdout is not None
            told: list[str] = []
            while lines is None or len(told) < lines:
                line = child.stdout.readline()
                if not line:
                    break
                told.append(line.strip())
            if lines is not None:
                child.kill()
        return told


def test_everything_ends_verified_whenever_the_program_is_killed(
    home: Path,
    environ: Mapping[str, str],
    open_queue: Callable[..., QueueBench],
    tmp_path: Path,
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same moments each time, as far as processes allow
    files, out = tmp_path / "files", tmp_path / "out"
    first = open_queue(home)
    bodies = {f"film {number}.md": secrets.token_bytes(400_000) for number in range(DOWNLOADS)}
    films = [first.write(tmp_path / "films", name, body) for name, body in bodies.items()]
    first.queue.add_sessions(films)
    first.until_idle()
    s3_keys = [str(first.row(film).s3_key) for film in films]
    first.queue.clear()
    first.close()
    files.mkdir()
    for number in range(FILES):
        (files / f"note {number}.md").write_bytes(secrets.token_bytes(chance.randrange(0, 200_000)))
    program = Program(environ, str(home), str(files), str(out), *s3_keys)

    for _ in range(KILLS):
        for line in program.run(chance.randrange(1, 12)):
            assert line.split()[0] in {"done", "unchanged", "idle"}, line
    assert program.run(None)[-1] == "idle"

    later = open_queue(home)
    later.until_idle()
    rows = later.queue.rows()
    assert {row.state for row in rows} <= {"done", "unchanged"}
    assert all(row.verified for row in rows)
    assert [row.kind for row in rows].count("upload") == FILES
    assert [row.kind for row in rows].count("download") == DOWNLOADS
    assert {name: (out / name).read_bytes() for name in bodies} == bodies
    assert sorted(path.name for path in out.iterdir()) == sorted(bodies)
    assert later.spool() == []
    for row in rows:
        assert len(later.versions(row.s3_key)) == 1
    uploads = {row.session for row in rows if row.kind == "upload"}
    later.until(lambda: uploads <= later.services.session_index.read().sessions.keys())
    assert os.listdir(home / "spool") == []  # noqa: PTH208 - hidden files too
