"""`make setup` brings what Qt needs of the system: a window can be made, if only offscreen."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
from PySide6.QtWidgets import QApplication, QPushButton
application = QApplication([])
button = QPushButton("Archive")
button.show()
application.processEvents()
assert not button.grab().isNull()
"""


def test_a_window_can_be_made() -> None:
    # A process of its own: what Qt lacks ends a process, and no other test needs Qt loaded.
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
