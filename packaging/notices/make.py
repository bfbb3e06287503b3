"""Writes the bill of materials and the notices of a frozen folder: make.py FOLDER WORK TARGET.

WORK is PyInstaller's work folder of this build. Both files are written to TARGET and put into the frozen folder.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from bom import bill_of_materials
from inventory import NOTICES, inventory
from notices_text import notices_text

BOM, TEXT = "sbom.cdx.json", "THIRD-PARTY-NOTICES.txt"


def make(folder: Path, work: Path, target: Path, epoch: int) -> None:
    """Raises LookupError where something in the folder has no known owner, or no licence's text."""
    components = inventory(folder, work)
    target.mkdir(parents=True, exist_ok=True)
    bill = bill_of_materials(components, folder, epoch)
    (target / BOM).write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (target / TEXT).write_text(notices_text(components), encoding="utf-8")
    inside = (folder / "_internal" if (folder / "_internal").is_dir() else folder) / NOTICES
    inside.mkdir(exist_ok=True)
    for name in (BOM, TEXT):
        shutil.copyfile(target / name, inside / name)


if __name__ == "__main__":
    make(*(Path(word) for word in sys.argv[1:4]), epoch=int(os.environ.get("SOURCE_DATE_EPOCH", "1")))
