"""A run of tests fails when a log tells what no log may tell, whatever the tests themselves say."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.desktop.diagnostics import LOG_NAME as WINDOW_LOG
from app.sandbox.layout import LOG_NAME, OUTPUT_NAME
from benchmarks.generate import MARKER, generate
from tests.silence import LOG_FILES, told

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[1]
CONFTEST = """
from tests.silence import Silence

def pytest_configure(config):
    config.pluginmanager.register(Silence(config))
"""
QUIET = """
import logging

def test_quiet(tmp_path):
    logging.getLogger("app").warning("a file of %s bytes was archived", 12)
    (tmp_path / "sandbox.log").write_text("done\\n")
    (tmp_path / "session.jsonl").write_text({marker!r})
"""
RECORD = """
import logging

def test_talkative():
    try:
        raise ValueError({said!r})
    except ValueError:
        logging.getLogger("app.transfer").exception("it failed")
"""
FILE = """
def test_talkative(tmp_path):
    (tmp_path / "identity.json").write_text('{{"token": "abcdefgh12345678"}}')
    (tmp_path / {name!r}).write_text({said!r})
"""
URL = "https://bucket.s3.amazonaws.com/key?X-Amz-Expires=60&X-Amz-Signature=0123456789abcdef"


@pytest.fixture
def apart() -> Iterator[Path]:
    """A folder that is gone before the logs of this very run are searched."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def run(folder: Path, *tests: str, words: tuple[str, ...] = ()) -> tuple[int, str]:
    """The exit code and the words of a run of these test files."""
    inside = folder / "tests-of-a-run"
    inside.mkdir()
    (inside / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for number, text in enumerate(tests):
        (inside / f"test_{number}.py").write_text(text, encoding="utf-8")
    options = ("-q", "-p", "no:cacheprovider", "--rootdir", str(inside), "-c", os.devnull)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--basetemp", str(folder / "temporary"), *words, "."],
        cwd=inside,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return ended.returncode, ended.stdout


def test_a_run_whose_logs_are_silent_passes(apart: Path) -> None:
    code, said = run(apart, QUIET.format(marker=MARKER))
    assert (code, "Told in a log" in said) == (0, False), said


LEAKS = {
    RECORD.format(said=URL): "app.transfer: a presigned URL",
    RECORD.format(said=f"title: {MARKER}"): "app.transfer: a title or content",
    RECORD.format(said="authorization: Bearer abcdefgh12345678"): "app.transfer: a token",
    FILE.format(name="window.log", said=URL): "window.log: a presigned URL",
    FILE.format(name="sandbox.log.1", said=f"x {MARKER.upper()}"): "sandbox.log.1: a title or content",
    FILE.format(name="sandbox-output.log", said="abcdefgh12345678"): "a key or token of a sandbox",
}


def test_a_run_in_which_a_log_tells_something_fails(apart: Path) -> None:
    code, said = run(apart, QUIET.format(marker=MARKER), *LEAKS)
    assert "7 passed" in said
    assert code == 1
    assert [what for what in LEAKS.values() if what not in said] == [], said


def test_so_does_a_run_in_several_processes(apart: Path) -> None:
    talkative = (RECORD.format(said=URL), FILE.format(name="window.log", said=MARKER))
    code, said = run(apart, QUIET.format(marker=MARKER), *talkative, words=("-n", "2"))
    assert code == 1, said
    assert "app.transfer: a presigned URL" in said
    assert "window.log: a title or content" in said


def test_the_files_searched_are_those_the_program_writes() -> None:
    assert set(LOG_FILES) == {LOG_NAME, OUTPUT_NAME, WINDOW_LOG}


def test_what_is_made_up_has_the_word_that_is_searched_for(tmp_path: Path) -> None:
    generate(tmp_path, 3, 100_000, seed=1)
    logs = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.jsonl")]
    assert len(logs) == 3
    for log in logs:
        assert list(told(log)) != []
