"""Counting a conversation in a form that no tool of its own is known for.

Most chat programs agree on a list of objects with a role and some content; the names differ, and are gathered
here: Media Viewer's `{role, content, timestamp}`, claude.ai's `{sender, text, created_at}`, Gemini's
`{type, content}`, VS Code's `{message: {text}, response, timestamp}`, Codex' `{timestamp, payload: {role, …}}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.sessions.claude_texts import written_text
from app.sessions.facts import Facts, microseconds
from app.sessions.text import one_line, path_text

LIST_NAMES = ("messages", "history", "chat_messages", "requests")
"""Under which names a document keeps its messages."""
_TITLE_NAMES = ("title", "name", "customTitle", "summary")
_PROJECT_NAMES = ("cwd", "project", "projectPath", "workspaceDirectory", "directory")
_MODEL_NAMES = ("model", "modelId", "model_slug")
_TIME_NAMES = (
    "timestamp",
    "createdAt",
    "created_at",
    "create_time",
    "updatedAt",
    "updated_at",
    "update_time",
    "startTime",
    "lastUpdated",
    "creationDate",
    "lastMessageDate",
)
_USER_ROLES = frozenset({"user", "human"})
_ASSISTANT_ROLES = frozenset({"assistant", "ai", "model", "gemini", "bot"})
_NOT_WRITTEN = (
    "<environment_context>",
    "<user_instructions>",
    "<permissions instructions>",
    "# AGENTS.md instructions",
)
"""How Codex begins the texts that it puts in the user's place."""
_DEEPEST_CONTENT = 4
_MILLISECONDS_FROM = 10**11
"""Numbers from here are milliseconds since 1970 (as seconds: the year 5138), smaller ones are seconds."""
_EARLIEST_SECOND = 10**8
"""Smaller numbers are counters, not times (as seconds: 1973)."""


class Conversation:
    """The sum of what was seen; feed it the document's own fields and its messages."""

    def __init__(self) -> None:
        self._title = ""
        self._first_user = ""
        self._first_assistant = ""
        self._project: str | None = None
        self._model: str | None = None
        self._times: list[int] = []
        self._ids: set[str] = set()
        self.messages = 0

    def describe(self, fields: Mapping[str, Any]) -> None:
        """Take in the fields that speak of the whole conversation: title, project, model, times."""
        for source in (fields, fields.get("metadata")):
            if isinstance(source, Mapping):
                self._title = self._title or one_line(_first_text(source, _TITLE_NAMES))
                self._context(source)

    def message(self, value: Mapping[str, Any]) -> None:
        """Take in one message; objects that are none only add their times."""
        self._context(value)
        if "response" in value and isinstance(value.get("message"), str | Mapping):
            self._exchange(value)
            return
        inner = value
        for name in ("payload", "message"):
            nested = inner.get(name)
            if isinstance(nested, Mapping):
                inner = nested
                self._context(inner)
        role = _role(inner) or _role(value)
        text = " ".join(_texts(inner.get("content", inner.get("text", inner.get("parts")))))
        if role in _USER_ROLES:
            self._user(text)
        elif role in _ASSISTANT_ROLES and self._is_new(inner):
            self._assistant(text)

    def facts(self, file_name: str, notes: tuple[str, ...]) -> Facts:
        """What was seen."""
        title = self._title or self._first_user or self._first_assistant or one_line(file_name) or "?"
        return Facts(
            title=title,
            project=self._project,
            messages=self.messages,
            model=self._model,
            tokens={},
            started=min(self._times, default=None),
            updated=max(self._times, default=None),
            notes=notes,
        )

    def _exchange(self, value: Mapping[str, Any]) -> None:
        """A question and its answer in one object, as VS Code writes them."""
        self._user(" ".join(_texts(value["message"])))
        if value["response"]:
            self._assistant(" ".join(_texts(value["response"])))

    def _user(self, text: str) -> None:
        written = written_text(text)
        if written and not written.startswith(_NOT_WRITTEN):
            self.messages += 1
            self._first_user = self._first_user or one_line(written)

    def _assistant(self, text: str) -> None:
        self.messages += 1
        self._first_assistant = self._first_assistant or one_line(text)

    def _is_new(self, value: Mapping[str, Any]) -> bool:
        """Whether a message counts: some logs repeat one under the same id while it grows."""
        identity = value.get("id")
        if not isinstance(identity, str) or not identity:
            return True
        known = identity in self._ids
        self._ids.add(identity)
        return not known

    def _context(self, source: Mapping[str, Any]) -> None:
        if self._project is None:
            self._project = path_text(_first_text(source, _PROJECT_NAMES)) or None
        self._model = one_line(_first_text(source, _MODEL_NAMES)) or self._model
        for name in _TIME_NAMES:
            time = _time(source.get(name))
            if time is not None:
                self._times = [min([time, *self._times]), max([time, *self._times])]


def _role(value: Mapping[str, Any]) -> str:
    for name in ("role", "sender", "type"):
        role = value.get(name)
        if isinstance(role, Mapping):
            role = role.get("role")
        if isinstance(role, str) and role.lower() in _USER_ROLES | _ASSISTANT_ROLES:
            return role.lower()
    return ""


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    """The texts of a content: a string, a block, or a list of either."""
    if isinstance(value, str):
        yield value
    elif depth > _DEEPEST_CONTENT:
        return
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, depth + 1)
    elif isinstance(value, Mapping) and value.get("type") not in ("tool_result", "tool_use", "thinking"):
        for name in ("text", "parts", "value"):
            if name in value:
                yield from _texts(value[name], depth + 1)
                return


def _first_text(source: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = source.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _time(value: object) -> int | None:
    """Microseconds since 1970 from an ISO text or a number of seconds or milliseconds."""
    if isinstance(value, str):
        return microseconds(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not _EARLIEST_SECOND <= value < 100 * _MILLISECONDS_FROM:
        return None
    return int(value * 1000) if value >= _MILLISECONDS_FROM else int(value * 1_000_000)
