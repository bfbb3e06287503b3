"""What S3 held when it was last asked, kept on disk: shown while it is asked again, or cannot be asked.

Titles and projects stand in it, so it is as private as the index: 0600, and erased with the cache. Losing it costs a
listing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations while the program runs
from typing import TYPE_CHECKING

import msgspec
import zstandard

from app.errors import DiskFull, FolderNotWritable
from app.remote.history import HistoryEntry  # noqa: TC001 - likewise
from app.remote.zstd_frames import NotZstdError, decompressed
from app.storage.paths import write_private_bytes

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
"""Of the file. A file of another format is as good as none."""

_PATTERN = "history-{}.json.zst"

LARGEST_BYTES = 1 << 30
"""Decompressed: two million objects."""


@dataclass(frozen=True, slots=True)
class KnownHistory:
    """`History.latest` as it was at one moment."""

    as_of: datetime
    entries: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class _File:
    format: int
    history: KnownHistory


class HistoryCache:
    """The known history of one destination."""

    def __init__(self, folder: Path, destination: str) -> None:
        """`folder` is the cache folder; every destination has a file of its own in it."""
        name = hashlib.sha256(destination.encode()).hexdigest()[:16]
        self._file = folder / _PATTERN.format(name)

    def read(self) -> KnownHistory | None:
        """What was kept; None where nothing was, or nothing that can be read."""
        try:
            text = _unpacked(self._file.read_bytes())
            found = msgspec.json.decode(text, type=_File)
        except (OSError, NotZstdError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        return found.history if found.format == FORMAT else None

    def write(self, known: KnownHistory) -> DiskFull | FolderNotWritable | None:
        """Keep it in place of what was kept; what prevented that, which is no reason to stop."""
        text = msgspec.json.encode(_File(FORMAT, known))
        try:
            write_private_bytes(self._file, zstandard.ZstdCompressor(level=1).compress(text))
        except (DiskFull, FolderNotWritable) as problem:
            return problem
        return None


def erase_histories(folder: Path) -> None:
    """Forget what every destination held; `folder` is the cache folder. Raises FolderNotWritable."""
    try:
        for file in folder.glob(_PATTERN.format("*")):
            file.unlink(missing_ok=True)
    except OSError as problem:
        raise FolderNotWritable(path=str(folder), reason=problem.strerror or str(problem)) from problem


def _unpacked(body: bytes) -> bytes:
    parts = []
    size = 0
    for part in decompressed([body]):
        parts.append(part)
        size += len(part)
        if size > LARGEST_BYTES:
            raise NotZstdError("larger than any history")
    return b"".join(parts)
