"""Where the program's own data files lie: in the checkout, in an installed package, in the frozen program."""

from __future__ import annotations

import sys
from pathlib import Path


def resource_folder() -> Path:
    """The folder with icons/ and i18n/."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "resources"
    installed = Path(__file__).parents[1] / "resources"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "resources"


def notices_folder() -> Path | None:
    """The folder with the frozen program's bill of materials and its notices; None where it is not frozen."""
    frozen = getattr(sys, "_MEIPASS", None)
    return None if frozen is None else Path(frozen) / "notices"


def read_icons(folder: Path) -> dict[str, str]:
    """The SVG text of every icon by its name. Read once, before the window: nothing is read while it paints."""
    return {path.stem: path.read_text(encoding="utf-8") for path in (folder / "icons").glob("*.svg")}
