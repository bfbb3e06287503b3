"""Where this program keeps its own files.

With a home (`--home DIR` or `CHATLOG_HOME`) everything lies under it; without one, the platform's folders are
used. Folders are made 0700, files 0600: they name projects and hold session titles.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.errors import DiskFull, FileUnreadable, FolderNotWritable

APP_NAME = "chatlog-uploader"

HOME_VARIABLE = "CHATLOG_HOME"
"""Names a home where none is given on the command line or in a call."""

REPLACE_PATIENCE = 2.0 if sys.platform == "win32" else 0.0
"""Seconds. Windows replaces no file that anybody reads at that moment, were it a virus scanner."""
_REPLACE_LOOK = 0.01

_MACHINE_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of one home."""

    config_folder: Path
    data_folder: Path
    cache_folder: Path

    @property
    def settings(self) -> Path:
        """TOML that a person can read and edit."""
        return self.config_folder / "settings.toml"

    @property
    def state(self) -> Path:
        """state.db: transfers and receipts. Not rebuildable."""
        return self.data_folder / "state.db"

    @property
    def index(self) -> Path:
        """index.db: rebuildable."""
        return self.cache_folder / "index.db"

    @property
    def spool(self) -> Path:
        """Compressed files on their way to S3."""
        return self.data_folder / "spool"

    @property
    def sandbox(self) -> Path:
        """Everything of the embedded backend."""
        return self.data_folder / "sandbox"

    @property
    def machine_id(self) -> Path:
        """The random id of this home, as it stands in names of session-index objects."""
        return self.data_folder / "machine-id"

    @property
    def window_state(self) -> Path:
        """Where the window stood and how its tables were arranged. Losing it costs nothing."""
        return self.data_folder / "window-state.json"

    @property
    def logs(self) -> Path:
        """Diagnostic logs."""
        return self.cache_folder / "logs"


def resolve_paths(home: Path | None) -> Paths:
    """The folders under `home`, or the platform's own folders when it is None. Nothing is created."""
    if home is not None:
        root = Path(os.path.abspath(home.expanduser()))  # noqa: PTH100 - links in the user's own path stay as given
        return Paths(config_folder=root, data_folder=root, cache_folder=root)
    return Paths(
        config_folder=platformdirs.user_config_path(APP_NAME, appauthor=False),
        data_folder=platformdirs.user_data_path(APP_NAME, appauthor=False),
        cache_folder=platformdirs.user_cache_path(APP_NAME, appauthor=False),
    )


def private_folder(folder: Path) -> Path:
    """Make the folder and those above it that are missing, readable by their owner alone, and return it.

    Raises FolderNotWritable, DiskFull.
    """
    try:
        if not folder.is_dir():
            # mkdir(parents=True) would give the mode to the last one only.
            private_folder(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        raise _not_written(folder, problem) from problem
    return folder


def erase_folder(folder: Path) -> None:
    """Delete a folder with all that is in it; nothing happens where there is none. Raises FolderNotWritable."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise _not_written(folder, problem) from problem


def write_private(path: Path, text: str) -> None:
    """`write_private_bytes` of the text in UTF-8."""
    write_private_bytes(path, text.encode("utf-8"))


def write_private_bytes(path: Path, content: bytes) -> None:
    """Replace a file at once: readers see the old content or the new one, never half of it. Mode 0600.

    Raises FolderNotWritable, DiskFull.
    """
    private_folder(path.parent)
    try:
        handle, temporary_name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(temporary_name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            replace_file(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as problem:
        raise _not_written(path, problem) from problem


def replace_file(finished: Path, path: Path, *, patience: float = REPLACE_PATIENCE) -> None:
    """Give a finished file the name of another at once, waiting up to `patience` seconds for whoever reads that one.

    Raises OSError.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            finished.replace(path)
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_REPLACE_LOOK)
        else:
            return


def read_machine_id(paths: Paths) -> str:
    """The random id of this home (32 hex digits), made at the first call.

    Raises FileUnreadable, FolderNotWritable, DiskFull.
    """
    known = _known_machine_id(paths.machine_id)
    if known is not None:
        return known
    import filelock  # noqa: PLC0415 - needed once in a home's life

    private_folder(paths.machine_id.parent)
    # Two processes at once must not go by different ids.
    with filelock.FileLock(paths.machine_id.with_name(f".{paths.machine_id.name}.lock"), mode=0o600):
        known = _known_machine_id(paths.machine_id)
        if known is None:
            known = secrets.token_hex(16)
            write_private(paths.machine_id, known + "\n")
        return known


def _known_machine_id(path: Path) -> str | None:
    try:
        known = path.read_bytes().decode("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    except OSError as problem:
        raise FileUnreadable(path=str(path), reason=problem.strerror or str(problem)) from problem
    return known if _MACHINE_ID.fullmatch(known) else None


def _not_written(path: Path, problem: OSError) -> DiskFull | FolderNotWritable:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path=str(path))
    return FolderNotWritable(path=str(path), reason=problem.strerror or str(problem))
