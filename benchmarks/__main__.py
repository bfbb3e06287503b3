"""`make bench`: every benchmark, one after the other, in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PARTS = (
    ("Start-up of commands", "start_up.py"),
    ("Presign function", "presign.py"),
    ("Finding sessions", "scan.py"),
    ("Archiving to the sandbox", "archive.py"),
    ("Beside other tools", "peers.py"),
    ("The window's start", "desktop_start.py"),
    ("The window's tables", "desktop_lists.py"),
    ("The preview of a long log", "desktop_preview.py"),
    ("The window's pauses while it archives", "desktop_pauses.py"),
)


def main() -> int:
    """Run them all, and tell at the end which failed."""
    failed = []
    for title, name in PARTS:
        print(f"== {title}", flush=True)
        if subprocess.run([sys.executable, str(FOLDER / name)], check=False).returncode:
            failed.append(title)
        print(flush=True)
    if failed:
        print("Failed: " + "; ".join(failed), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
