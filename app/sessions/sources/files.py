"""Files of any kind: what the user named or dropped, and the extra folders of the settings.

Such a session is one file. Its identity comes from its place: the same file elsewhere is another session.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.sessions.found import FoundFile, FoundSession, Survey
from app.sessions.model import FILES
from app.sessions.text import one_line, portable_name, short_hash
from app.sessions.walk import Entry, Root, is_inside, root_at, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

_STEM_LENGTH = 80
"""Characters of the file's stem in a session id."""
_LOG_SUFFIXES = (".jsonl", ".ndjson", ".log", ".md", ".txt")
"""Written line by line, at the end. JSON documents are rewritten whole."""


class ExtraFolders:
    """The regular files below some folders. `other_roots` are other sources': their files are left to them."""

    name = FILES
    from_variable = None

    def __init__(self, folders: Sequence[Path], other_roots: Sequence[Path] = ()) -> None:
        self._folders = tuple(Path(os.path.abspath(folder.expanduser())) for folder in folders)  # noqa: PTH100
        self._other_roots = tuple(other_roots)

    @property
    def roots(self) -> Sequence[Path]:
        """The folders."""
        return self._folders

    def discover(self, survey: Survey) -> Iterator[FoundSession]:
        """Every file once, though folders may lie in one another."""
        others = [os.path.realpath(folder) for folder in self._other_roots]
        seen: set[str] = set()
        for folder in self._folders:
            root = root_at(str(folder))
            for entry in walk(root.path, root, survey):
                real = os.path.realpath(entry.path)
                if real not in seen and not any(is_inside(real, other) for other in others):
                    seen.add(real)
                    yield session_of_file(entry, root)

    def expiry(self) -> Callable[[int], datetime | None]:
        """Nothing deletes such files."""
        return lambda _mtime_ns: None


def session_of_file(entry: Entry, root: Root) -> FoundSession:
    """A file as a session of its own."""
    is_log = entry.name.lower().endswith(_LOG_SUFFIXES)
    found = FoundFile(entry.path, portable_name(entry.name), entry.stamp, is_log)
    return FoundSession(
        session_id=file_session_id(entry.path), root=root.path, files=(found,), reader="document"
    )


def file_session_id(path: str) -> str:
    """The stem, readable, and eight hex digits of the SHA-256 of the absolute path."""
    stem = one_line(portable_name(Path(path).stem), _STEM_LENGTH).replace("/", "_").replace("\\", "_")
    return f"{stem or 'file'}-{short_hash(os.fsencode(path))}"
