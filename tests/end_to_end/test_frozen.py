"""The frozen program does the same round trip on its own sandbox, and needs nothing of this checkout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.sessions.pool import POOL_FROM
from benchmarks.generate import generate

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Home

FOLDER = Path(__file__).resolve().parents[2] / "dist" / "chatlog-uploader"
PROGRAM = FOLDER / ("chatlog-uploader.exe" if sys.platform == "win32" else "chatlog-uploader")

ENOUGH_FOR_PROCESSES = POOL_FROM + 20_000_000
"""Bytes with which a scan starts processes of its own: a trap of frozen programs."""


@pytest.mark.long
def test_the_frozen_program_does_the_main_job(home: Home, tmp_path: Path) -> None:
    assert PROGRAM.is_file(), "`make package` builds it"
    generate(home.claude, 60, ENOUGH_FOR_PROCESSES, seed=3, companions=0.1)
    program = (str(PROGRAM),)
    listed = home.run("list", "--json", program=program).lines
    assert len(listed) == 60
    uploaded = home.run("upload", "--all", "--json", program=program).lines
    assert {line["state"] for line in uploaded} == {"archived"}
    serving = Path(f"/proc/{home.sandbox_pid()}/exe")
    assert serving.resolve() == PROGRAM.resolve() or not serving.parent.parent.is_dir()
    history = home.run("history", "--json", program=program).lines
    assert {line["title"] for line in history} == {line["title"] for line in listed}
    for line in uploaded[:5]:
        words = ("download", line["s3Key"], "--to", str(tmp_path / "back"), "--json")
        brought = home.run(*words, program=program).line
        assert brought["verified"] is True
        assert Path(brought["path"]).read_bytes() == Path(line["path"]).read_bytes()
    again = home.run("upload", "--all", "--json", program=program).lines
    assert {line["state"] for line in again} == {"unchanged"}
    home.run("doctor", program=program)
    home.run("sandbox", "stop", program=program)
