"""Files that macOS hands to the running program (dock icon, "open with"): by an event, not by arguments."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LOOK = """
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from app.desktop.running import QtApplication

qt = QtApplication(["chatlog-uploader"])
qt.file_opened.connect(print)
qt.sendEvent(qt, QFileOpenEvent("/srv/logs/a session.jsonl"))
qt.sendEvent(qt, QFileOpenEvent(QUrl("file:///srv/logs/100%25.md")))
qt.sendEvent(qt, QFileOpenEvent(QUrl("https://example.com/a.md")))
"""


def test_files_of_an_open_event_are_taken_and_addresses_of_the_web_are_not(tmp_path: Path) -> None:
    # A process of its own: there can be one application in each, and the tests' is another.
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "CHATLOG_HOME": str(tmp_path)}
    words = [sys.executable, "-c", LOOK]
    done = subprocess.run(
        words, cwd=Path(__file__).parents[2], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["/srv/logs/a session.jsonl", "/srv/logs/100%.md"]
