"""Which sessions stand behind files and folders that the user named or dropped."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from app.sessions.found import FoundSession, Survey, stamp_of
from app.sessions.model import FILES
from app.sessions.notes import PROBLEM_LINK_BROKEN, PROBLEM_MISSING, PROBLEM_NOT_REGULAR, PROBLEM_UNREADABLE
from app.sessions.sources.files import session_of_file
from app.sessions.walk import Entry, Root, is_inside, root_at, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from app.sessions.sources import Source

Named = tuple[str, FoundSession]
"""A source's name and a session of it."""


def find_paths(paths: Sequence[Path], sources: Sequence[Source], survey: Survey) -> list[Named]:
    """Every session behind the paths, once, in the paths' order; folders are searched to their depths."""
    finder = _Finder(sources, survey)
    found: dict[tuple[str, str], Named] = {}
    for path in paths:
        for source, session in finder.behind(os.path.abspath(path)):  # noqa: PTH100 - links stay as the user gave them
            found.setdefault((source, session.session_id), (source, session))
    return list(found.values())


class _Finder:
    def __init__(self, sources: Sequence[Source], survey: Survey) -> None:
        self._sources = [source for source in sources if source.name != FILES]
        self._survey = survey
        self._known: dict[str, dict[str, Named]] = {}

    def behind(self, path: str) -> Iterator[Named]:
        """The sessions behind one path."""
        try:
            real = os.path.realpath(path, strict=True)
            status = os.stat(real)  # noqa: PTH116 - a string all the way
        except OSError as problem:
            self._survey.problem(path, _why_not(path, problem))
            return
        known = self._sessions_near(real)
        if stat.S_ISDIR(status.st_mode):
            yield from self._below(path, real, known)
        elif not stat.S_ISREG(status.st_mode):
            self._survey.problem(path, PROBLEM_NOT_REGULAR)
        elif real in known:
            yield known[real]
        else:
            # The file named is the user's own choice: where a link leads is its root.
            root = Root(os.path.dirname(real), os.path.dirname(real))  # noqa: PTH120
            name = os.path.basename(path)  # noqa: PTH119
            yield FILES, session_of_file(Entry(name, path, stamp_of(status)), root)

    def _below(self, path: str, real: str, known: dict[str, Named]) -> Iterator[Named]:
        for file, named in known.items():
            if is_inside(file, real):
                yield named
        root = root_at(path)
        for entry in walk(path, root, self._survey):
            if _real_path(entry.path, root) not in known:
                yield FILES, session_of_file(entry, root)

    def _sessions_near(self, real: str) -> dict[str, Named]:
        """Files without links and the sessions they belong to, of the sources that have to do with a path."""
        near: dict[str, Named] = {}
        for source in self._sources:
            for folder in source.roots:
                real_root = os.path.realpath(folder)
                if is_inside(real, real_root) or is_inside(real_root, real):
                    near.update(self._sessions_of(source))
        return near

    def _sessions_of(self, source: Source) -> dict[str, Named]:
        if source.name not in self._known:
            self._known[source.name] = {
                _real_path(file.path, root_at(session.root)): (source.name, session)
                for session in source.discover(self._survey)
                for file in session.files
            }
        return self._known[source.name]


def _real_path(path: str, root: Root) -> str:
    """A file below a root without the links that lead to the root."""
    return root.real + path[len(root.path) :] if root.path != root.real else path


def _why_not(path: str, problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError):
        return PROBLEM_LINK_BROKEN if os.path.lexists(path) else PROBLEM_MISSING
    return PROBLEM_UNREADABLE
