"""What a session is: frozen values, no behaviour beyond sums.

The words are the product's: a session is one conversation of one source; it has one main file and perhaps
companions (subagents' logs, large tool results). Times are aware and in UTC, sizes are bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

CLAUDE_CODE = "claude-code"
FILES = "files"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider reports them; a cache's reads and writes are not part of `input`."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input=self.input + other.input,
            output=self.output + other.output,
            cache_read=self.cache_read + other.cache_read,
            cache_write=self.cache_write + other.cache_write,
        )


@dataclass(frozen=True, slots=True)
class SessionFile:
    """A regular file of a session, as `stat` saw it during the scan.

    `relative_path` identifies the file inside its session, with forward slashes, and is the same on every
    computer: "<uuid>.jsonl", "<uuid>/subagents/agent-x.jsonl"; for the source "files" the file's name. It is
    always valid Unicode; `path` keeps the name as the file system has it, links unresolved.
    """

    path: Path
    relative_path: str
    root: Path
    """The folder the file must lie in: a link that leads out of it is never followed."""
    size: int
    mtime_ns: int
    is_main: bool
    is_log: bool
    """Line-based and append-only: an unfinished last line may be left out while the file grows."""


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation found on this computer.

    `notes` are stable codes for what could not be read: see `app.sessions.notes`.
    """

    source: str
    session_id: str
    title: str
    project: str | None
    path: Path
    files: tuple[SessionFile, ...]
    messages: int
    model: str | None
    tokens: Usage
    tokens_by_model: Mapping[str, Usage]
    started_at: datetime | None
    updated_at: datetime
    deleted_at: datetime | None
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes on disk of all the session's files."""
        return sum(file.size for file in self.files)

    @property
    def identity(self) -> tuple[str, str]:
        """What tells this session from every other one on this computer."""
        return (self.source, self.session_id)
