"""The frozen program opens its window with what it has in itself: Qt, icons, words; and it is one per home too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.account.settings import SettingsStore
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).resolve().parents[2] / "dist" / "chatlog-uploader"
PROGRAM = FOLDER / "chatlog-uploader"

MAXIMUM_BYTES = 160_000_000
"""Of the folder. More means that something crept in that the program does not use."""


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="sockets in a folder")
def test_the_frozen_window_opens_answers_and_ends(home: Path, user_folder: Path) -> None:
    assert PROGRAM.is_file(), "`make package` builds it"
    SettingsStore(resolve_paths(home).settings).change(first_run_done=True, language="ja")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QT_"))}
    environ |= {"QT_QPA_PLATFORM": "offscreen"}
    words = [str(PROGRAM), "--home", str(home)]
    first = subprocess.Popen(words, env=environ, cwd=user_folder, stderr=subprocess.PIPE, text=True)
    try:
        wait_for((home / "window.sock").exists)
        wait_for(
            lambda: (
                subprocess.run(words, env=environ, capture_output=True, timeout=120, check=False).returncode
                == 0
            )
        )
        first.send_signal(signal.SIGTERM)
        _, said = first.communicate(timeout=120)
        assert first.returncode == 0
        assert "Traceback" not in said
    finally:
        first.kill()
    log = (home / "logs" / "window.log").read_text(encoding="utf-8")
    assert "ERROR" not in log


@pytest.mark.long
def test_the_frozen_program_holds_what_it_needs_and_little_more() -> None:
    assert PROGRAM.is_file(), "`make package` builds it"
    names = {path.name for path in FOLDER.rglob("*")}
    assert {"qtbase_ja.qm", "ja.qm", "en.qm", "app.svg"} <= names
    assert not [name for name in names if "Qml" in name or "Quick" in name or name.startswith("libgtk")]
    size = sum(path.lstat().st_size for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink())
    assert size < MAXIMUM_BYTES
