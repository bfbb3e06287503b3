"""What the window remembers while it runs; the file is read before it and written behind it, never by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.storage.window_state import TableState, WindowState

_Value = TypeVar("_Value", str, bool, int, tuple[int, ...])


class WindowMemory:
    """Memory only, for the GUI thread. `changed` is called after every change: whoever listens writes the file."""

    def __init__(self, state: WindowState, changed: Callable[[], None] | None = None) -> None:
        self._state = state
        self._changed = changed

    @property
    def state(self) -> WindowState:
        """Everything, as the file has it."""
        return self._state

    def table(self, name: str) -> TableState | None:
        """How a table was arranged; None where nobody has arranged it."""
        return self._state.tables.get(name)

    def keep_table(self, name: str, state: TableState) -> None:
        """Remember how a table is arranged."""
        if self.table(name) != state:
            self._take(replace(self._state, tables={**self._state.tables, name: state}))

    def value(self, key: str, default: _Value) -> _Value:
        """What was kept under a name; the default where nothing was, or something of another kind.

        A name may hold text, yes or no, a number, or numbers of pixels from 0 to 32767 (a splitter's parts).
        """
        if isinstance(default, tuple):
            sizes = self._state.splitters.get(key)
            return default if sizes is None else tuple(sizes)
        kept = self._state.filters.get(key)
        if kept is None:
            return default
        if isinstance(default, bool):
            return kept == "yes" if kept in {"yes", "no"} else default
        if isinstance(default, int):
            return int(kept) if kept.removeprefix("-").isdecimal() else default
        return kept

    def keep(self, key: str, value: str | int | tuple[int, ...]) -> None:
        """Remember a value under a name, for the next run too."""
        if isinstance(value, tuple):
            if self._state.splitters.get(key) != value:
                self._take(replace(self._state, splitters={**self._state.splitters, key: value}))
            return
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        if self._state.filters.get(key) != text:
            self._take(replace(self._state, filters={**self._state.filters, key: text}))

    def folder(self, purpose: str) -> str:
        """The folder last chosen for a purpose; empty at the first time."""
        return self._state.last_folders.get(purpose, "")

    def keep_folder(self, purpose: str, folder: str) -> None:
        """Remember the folder chosen for a purpose."""
        if self.folder(purpose) != folder:
            self._take(replace(self._state, last_folders={**self._state.last_folders, purpose: folder}))

    def keep_window(self, geometry: str, page: str, *, maximized: bool) -> None:
        """Remember where the window stands (Qt's own record, base64) and the page at its front."""
        self._take(replace(self._state, geometry=geometry, page=page, maximized=maximized))

    def _take(self, state: WindowState) -> None:
        if state != self._state:
            self._state = state
            if self._changed is not None:
                self._changed()
