"""The tools whose sessions are found: one module each, all with the face of `Source`.

A new source is a class with this face, a line in `default_sources` and, when its main files are written in a
form of their own, a reader in `app.sessions.reading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from app.sessions.sources.claude_code import ClaudeCode
from app.sessions.sources.files import ExtraFolders

if TYPE_CHECKING:
    from pathlib import Path

    from app.sessions.found import FoundSession, Survey

Expiry = Callable[[int], datetime | None]
"""From a main file's modification time (nanoseconds since 1970) to when its tool deletes it; None: never."""


class Source(Protocol):
    """A tool that writes sessions."""

    @property
    def name(self) -> str:
        """As it stands in `Session.source`."""

    @property
    def roots(self) -> Sequence[Path]:
        """The folders that the sessions lie in; they need not exist."""

    @property
    def from_variable(self) -> str | None:
        """The environment variable that named the roots; None where they are the usual ones, or the settings'."""

    def discover(self, survey: Survey) -> Iterator[FoundSession]:
        """List every session without reading its content. Never raises for what the folders hold."""

    def expiry(self) -> Expiry:
        """When sessions are deleted, by the tool's settings as they are now."""


def default_sources(
    environ: Mapping[str, str], home: Path, extra_folders: Sequence[Path] = ()
) -> list[Source]:
    """Every source there is, at its place for this user.

    `home` is the user's home folder; `extra_folders` are searched as the source "files".
    """
    claude_code = ClaudeCode.at_home(environ, home)
    return [claude_code, ExtraFolders(extra_folders, other_roots=claude_code.roots)]
