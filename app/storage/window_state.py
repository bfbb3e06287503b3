"""Where the window stood and how its tables were arranged: a memory, not a choice.

Losing it costs nothing but a moment of arranging, so whatever is wrong with the file, there is no memory.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - msgspec reads the annotations while the program runs
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

import msgspec

from app.storage.paths import write_private_bytes

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
"""Of the file. A file of another version is as good as none."""

MAXIMUM_BYTES = 1 << 20

Pixels = Annotated[int, msgspec.Meta(ge=0, le=32767)]
"""A coordinate on a screen fits 16 bits in X11 and in Windows' messages."""

_BASE64 = r"^[A-Za-z0-9+/]*={0,2}$"


@dataclass(frozen=True, slots=True)
class TableState:
    """How one table was arranged. Columns go by their names, so that a new one does not shift the others."""

    widths: Mapping[str, Pixels] = field(default_factory=dict)
    """Logical pixels by column."""
    order: tuple[str, ...] = ()
    """The columns from left to right; empty: as the table is made."""
    hidden: tuple[str, ...] = ()
    sort_column: str | None = None
    sort_descending: bool = False


@dataclass(frozen=True, slots=True)
class WindowState:
    """What the window remembers from one run to the next, with what holds at the first."""

    geometry: Annotated[str, msgspec.Meta(pattern=_BASE64, max_length=4096)] | None = None
    """The window system's own record of size and place, base64."""
    maximized: bool = False
    page: str | None = None
    """The page that was shown, by its name."""
    tables: Mapping[str, TableState] = field(default_factory=dict)
    splitters: Mapping[str, tuple[Pixels, ...]] = field(default_factory=dict)
    """The sizes of a splitter's parts, by its name."""
    preview_shown: bool = True
    filters: Mapping[str, str] = field(default_factory=dict)
    """What each filter was set to, by its name."""
    last_folders: Mapping[str, str] = field(default_factory=dict)
    """The folder last chosen, by what it was chosen for."""


@dataclass(frozen=True, slots=True)
class _File:
    version: int
    window: WindowState


def read_window_state(path: Path) -> WindowState:
    """What was remembered; the first run's state where the file is missing, damaged or of another version."""
    try:
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES)
        found = msgspec.json.decode(content, type=_File)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return WindowState()
    return found.window if found.version == VERSION else WindowState()


def write_window_state(path: Path, state: WindowState) -> None:
    """Remember the state, 0600, whole or not at all. Raises FolderNotWritable, DiskFull."""
    write_private_bytes(path, msgspec.json.encode(_File(VERSION, _in_unicode(state))))


def _in_unicode(state: WindowState) -> WindowState:
    """The state without texts that JSON cannot hold: names of folders that are not UTF-8, halves of characters."""

    def of(texts: Mapping[str, str]) -> dict[str, str]:
        return {key: text for key, text in texts.items() if _is_unicode(text)}

    return replace(state, filters=of(state.filters), last_folders=of(state.last_folders))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
