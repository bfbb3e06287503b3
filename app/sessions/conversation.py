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
USER_ROLES = frozenset({"user", "human"})
ASSISTANT_ROLES = frozenset({"assistant", "ai", "model", "gemini", "bot"})
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
        if is_exchange(value):
            self._context(value)
            self._exchange(value)
            return
        layers = layers_of(value)
        for layer in layers:
            self._context(layer)
        body = layers[-1]
        role = role_of(body) or role_of(value)
        text = " ".join(texts_of(content_of_body(body)))
        if role in USER_ROLES:
            self._user(text)
        elif role in ASSISTANT_ROLES and self._is_new(body):
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
        self._user(" ".join(texts_of(value["message"])))
        if value["response"]:
            self._assistant(" ".join(texts_of(value["response"])))

    def _user(self, text: str) -> None:
        written = user_text(text)
        if written:
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
        for time in times_of(source):
            self._times = [min([time, *self._times]), max([time, *self._times])]


def is_exchange(value: Mapping[str, Any]) -> bool:
    """Whether the object is a question together with its answer."""
    return "response" in value and isinstance(value.get("message"), str | Mapping)


def layers_of(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The object, and what it wraps; the message itself is the last."""
    layers = [value]
    for name in ("payload", "message"):
        nested = layers[-1].get(name)
        if isinstance(nested, Mapping):
            layers.append(nested)
    return layers


def content_of_body(body: Mapping[str, Any]) -> object:
    """What a message says, in whatever form."""
    return body.get("content", body.get("text", body.get("parts")))


def user_text(text: str) -> str:
    """What the user wrote of it: empty where a program spoke in her place."""
    written = written_text(text)
    return "" if written.startswith(_NOT_WRITTEN) else written


def role_of(value: Mapping[str, Any]) -> str:
    """Who speaks, in lower case and the object's own word; empty where that is neither user nor assistant."""
    for name in ("role", "sender", "type"):
        role = value.get(name)
        if isinstance(role, Mapping):
            role = role.get("role")
        if isinstance(role, str) and role.lower() in USER_ROLES | ASSISTANT_ROLES:
            return role.lower()
    return ""


def texts_of(value: object, depth: int = 0) -> Iterator[str]:
    """The texts of a content: a string, a block, or a list of either."""
    if isinstance(value, str):
        yield value
    elif depth > _DEEPEST_CONTENT:
        return
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item, depth + 1)
    elif isinstance(value, Mapping) and value.get("type") not in ("tool_result", "tool_use", "thinking"):
        for name in ("text", "parts", "value"):
            if name in value:
                yield from texts_of(value[name], depth + 1)
                return


def _first_text(source: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = source.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def times_of(source: Mapping[str, Any]) -> list[int]:
    """Every time that an object names, in microseconds since 1970, the most telling first."""
    return [time for name in _TIME_NAMES if (time := _time(source.get(name))) is not None]


def _time(value: object) -> int | None:
    """Microseconds since 1970 from an ISO text or a number of seconds or milliseconds."""
    if isinstance(value, str):
        return microseconds(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not _EARLIEST_SECOND <= value < 100 * _MILLISECONDS_FROM:
        return None
    return int(value * 1000) if value >= _MILLISECONDS_FROM else int(value * 1_000_000)
