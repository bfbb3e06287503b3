"""Whether a disk that was full has room again, seen without writing to it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.errors import DiskFull

LITTLE_ROOM = 64 * 1024 * 1024
"""With fewer bytes left nothing can be prepared; with more, a file that found no room was a large one."""

LITTLE_SHARE = 0.1
"""Of a small disk, that share of it."""


def has_room(error: DiskFull) -> bool:
    """Whether what the error says is needed is free by now; where it does not say, a little.

    A disk that cannot be looked at counts as one with room: whoever writes to it then is told what is wrong.
    """
    folder = Path(str(error.parameters.get("path", "")))
    needed = error.parameters.get("needed")
    try:
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        usage = shutil.disk_usage(folder)
    except OSError:
        return True
    wanted = needed if isinstance(needed, int | float) else min(LITTLE_ROOM, usage.total * LITTLE_SHARE)
    return usage.free >= wanted
