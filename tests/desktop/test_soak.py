"""The window lives through some thousand repaints while sessions are archived, and does not grow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOAK = Path(__file__).with_name("soak.py")

MEMORY_BYTES = 96 * 2**20
"""What three quarters of the run may add: caches of SQLite and of the allocator. One picture that is kept from every
repaint would be more than ten times that."""


def _spend(folder: Path, repaints: int) -> dict[str, Any]:
    """The figures of a run. A process that dies leaves the stacks of its threads in the test's output."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(SOAK), str(folder), str(repaints)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _check(figures: dict[str, Any], repaints: int) -> None:
    assert figures["repaints"] >= repaints
    assert figures["rounds"] >= 2, "nothing was archived meanwhile"
    assert figures["crashes"] == []
    before, after = figures["memory"]
    assert after - before < MEMORY_BYTES
    # More of them is no harm; fewer end in an abort, some thousand repaints later.
    assert figures["nones"] > -repaints, "references to None are being lost"


def test_the_window_lives_through_thousands_of_repaints(tmp_path: Path) -> None:
    _check(_spend(tmp_path, 3_000), 3_000)


@pytest.mark.long
def test_the_window_lives_through_a_long_day_of_repaints(tmp_path: Path) -> None:
    _check(_spend(tmp_path, 12_000), 12_000)
