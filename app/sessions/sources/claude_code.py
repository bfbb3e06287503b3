"""Claude Code: `<config>/projects/<slug>/<session id>.jsonl` and what lies beside it.

Companions of a session are everything below `<slug>/<session id>/` (subagents' logs, large tool results) and,
before version 2.1, `<slug>/agent-<id>.jsonl`, which name their parent inside. What has lost its parent is listed
by itself, so that nothing is left behind. `memory/`, `sessions-index.json` and other files are no sessions.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from app.errors import LocalError
from app.sessions.claude_records import objects_of
from app.sessions.facts import moment
from app.sessions.found import FoundFile, FoundSession, Survey
from app.sessions.model import CLAUDE_CODE
from app.sessions.notes import MAIN_MISSING, PARENT_MISSING, SAME_ID
from app.sessions.text import portable_name, short_hash
from app.sessions.walk import Entry, Root, list_folder, open_regular, root_at, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

DEFAULT_CLEANUP_DAYS = 30
"""Claude Code deletes sessions of this age when its settings say nothing (its documentation of `cleanupPeriodDays`)."""
CONFIG_VARIABLE = "CLAUDE_CONFIG_DIR"
_LOG = ".jsonl"
_AGENT = "agent-"
_NO_SESSIONS = frozenset({"memory"})
_COMPANION_FOLDERS = frozenset({"subagents", "tool-results"})
_UUID_GROUPS = (8, 4, 4, 4, 12)
_PARENT_BYTES = 1 << 20
"""The parent's id stands on every line of a subagent's log; the first lines are enough."""
_SETTINGS_BYTES = 16 << 20


class ClaudeCode:
    """The sessions of one configuration folder of Claude Code."""

    name = CLAUDE_CODE

    def __init__(self, config_folder: Path, from_variable: str | None = None) -> None:
        self.from_variable = from_variable
        self._config_folder = config_folder
        self._projects = config_folder / "projects"

    @classmethod
    def at_home(cls, environ: Mapping[str, str], home: Path) -> ClaudeCode:
        """Where this user has it: `CLAUDE_CONFIG_DIR`, else `.claude` in the home folder."""
        override = environ.get(CONFIG_VARIABLE, "")
        folder = Path(override).expanduser() if override else home / ".claude"
        absolute = Path(os.path.abspath(folder))  # noqa: PTH100 - links in the user's own path stay as given
        return cls(absolute, CONFIG_VARIABLE if override else None)

    @property
    def roots(self) -> Sequence[Path]:
        """The projects folder."""
        return (self._projects,)

    def discover(self, survey: Survey) -> Iterator[FoundSession]:
        """Every session below the projects folder, by project folder and name."""
        root = root_at(str(self._projects))
        seen: set[str] = set()
        for slug, path in list_folder(root.path, root, survey).folders:
            for found in _Project(root, path, survey).sessions():
                if found.session_id in seen:
                    unique = f"{found.session_id}-{short_hash(os.fsencode(slug))}"
                    yield found._replace(session_id=unique, notes=(*found.notes, SAME_ID))
                else:
                    seen.add(found.session_id)
                    yield found

    def expiry(self) -> Callable[[int], datetime | None]:
        """Claude Code looks at the main file's modification time and at `cleanupPeriodDays`."""
        period = timedelta(days=cleanup_days(self._config_folder / "settings.json"))

        def deleted_at(mtime_ns: int) -> datetime | None:
            try:
                return moment(mtime_ns // 1000) + period
            except OverflowError:
                return None

        return deleted_at


def cleanup_days(settings: Path) -> float:
    """`cleanupPeriodDays` of a settings file; the default where it is missing, damaged or below 1."""
    try:
        with settings.open("rb") as file:
            value = json.loads(file.read(_SETTINGS_BYTES).decode("utf-8-sig"))
        days = value["cleanupPeriodDays"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return DEFAULT_CLEANUP_DAYS
    if isinstance(days, bool) or not isinstance(days, int | float) or not days >= 1:
        return DEFAULT_CLEANUP_DAYS
    # A timedelta's own limit; whatever is above it means never.
    return min(days, timedelta.max.days)


class _Project:
    """One `<slug>` folder."""

    def __init__(self, root: Root, path: str, survey: Survey) -> None:
        self._root = root
        self._survey = survey
        self._listing = list_folder(path, root, survey)

    def sessions(self) -> Iterator[FoundSession]:
        """The folder's sessions, by name; those without a main file last."""
        mains: dict[str, FoundFile] = {}
        companions: dict[str, list[FoundFile]] = {}
        agents: list[FoundFile] = []
        for entry in self._listing.files:
            if entry.name.startswith(_AGENT) and entry.name.endswith(_LOG):
                agents.append(_found(entry, portable_name(entry.name)))
            elif entry.name.endswith(_LOG) and entry.name != _LOG:
                mains[entry.name.removesuffix(_LOG)] = _found(entry, portable_name(entry.name))
        for name, path in self._listing.folders:
            if name in mains or self._is_session_folder(name, path):
                companions[name] = [
                    self._companion(entry, path, name) for entry in walk(path, self._root, self._survey)
                ]
        lost = self._attach(agents, mains, companions)
        for stem, main in mains.items():
            yield self._session(stem, [main, *companions.pop(stem, ())])
        for stem, files in companions.items():
            if files:
                yield self._session(stem, sorted(files, key=_best_first), MAIN_MISSING)
        for agent in lost:
            yield self._session(_stem(agent), [agent], PARENT_MISSING)

    def _attach(
        self, agents: list[FoundFile], mains: Mapping[str, FoundFile], companions: dict[str, list[FoundFile]]
    ) -> list[FoundFile]:
        """Put flat subagents' logs beside their parents; returns those whose parent is not here."""
        lost: list[FoundFile] = []
        for agent in agents:
            parent = self._survey.recall(agent, self._parent_of)
            if parent is not None and (parent in mains or parent in companions):
                companions.setdefault(parent, []).append(agent)
            else:
                lost.append(agent)
        return lost

    def _parent_of(self, path: str) -> str | None:
        try:
            descriptor = open_regular(path, self._root.path)
        except LocalError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            try:
                head = file.read(_PARENT_BYTES)
            except OSError:
                return None
        for line in head.split(b"\n"):
            for value in objects_of(line):
                parent = value.get("sessionId")
                if isinstance(parent, str) and parent:
                    return parent
        return None

    def _is_session_folder(self, name: str, path: str) -> bool:
        """Whether a folder without a log beside it is what is left of a session."""
        if name in _NO_SESSIONS:
            return False
        if tuple(map(len, name.split("-"))) == _UUID_GROUPS:
            return True
        return any(
            child in _COMPANION_FOLDERS for child, _ in list_folder(path, self._root, self._survey).folders
        )

    def _companion(self, entry: Entry, folder: str, name: str) -> FoundFile:
        below = PurePath(entry.path[len(folder) + 1 :]).parts
        return _found(entry, "/".join(map(portable_name, (name, *below))))

    def _session(self, stem: str, files: list[FoundFile], note: str | None = None) -> FoundSession:
        return FoundSession(
            session_id=portable_name(stem),
            root=self._root.path,
            files=tuple(files),
            reader="claude" if note is None else "claude-agent",
            notes=() if note is None else (note,),
        )


def _found(entry: Entry, relative_path: str) -> FoundFile:
    return FoundFile(entry.path, relative_path, entry.stamp, entry.name.endswith(_LOG))


def _stem(file: FoundFile) -> str:
    return Path(file.path).name.removesuffix(_LOG)


def _best_first(file: FoundFile) -> tuple[bool, str]:
    """Of a session without its main file, a subagent's log tells the most."""
    return (not (file.is_log and "/agent-" in file.relative_path), file.relative_path)
