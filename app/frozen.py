"""What is other in the frozen program (PyInstaller's one folder)."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

COMMAND = "chatlog-uploader"
"""The command line's program. Windows and macOS have another one for the window, which writes to no console."""

LIBRARIES = "LD_LIBRARY_PATH"
BEFORE = "LD_LIBRARY_PATH_ORIG"
"""What it was before the frozen program set its own, where it was set at all
(https://pyinstaller.org/en/stable/runtime-information.html#ld-library-path-libpath-considerations)."""


def command_program(executable: str) -> str:
    """The command line's program of the frozen program that runs as `executable`; it lies in the same folder."""
    folder, name = os.path.split(executable)
    return os.path.join(folder, COMMAND + (".exe" if name.endswith(".exe") else ""))  # noqa: PTH118 - nothing is normalised


@contextmanager
def for_other_programs(
    environ: MutableMapping[str, str] = os.environ, *, frozen: bool | None = None
) -> Iterator[None]:
    """Programs that are started meanwhile find the system's libraries, not those that the frozen program brings.

    A browser or a file manager may not start with ours. `frozen`: whether this is one, None to look.
    """
    if frozen is None:
        frozen = bool(getattr(sys, "frozen", False))
    own = environ.get(LIBRARIES)
    if not frozen or own is None:
        yield
        return
    before = environ.get(BEFORE)
    if before is None:
        del environ[LIBRARIES]
    else:
        environ[LIBRARIES] = before
    try:
        yield
    finally:
        # Processes of the frozen program itself take it over.
        environ[LIBRARIES] = own
