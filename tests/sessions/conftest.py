"""What the tests of sessions share: a tree to write logs into, and an index over it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.sessions.index import SessionIndex
from app.sessions.sources import Source, default_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

SLUG = "-home-user-project"


class Tree:
    """A configuration folder of Claude Code."""

    def __init__(self, folder: Path) -> None:
        self.config = folder
        self.projects = folder / "projects"

    def write(self, relative: str, *lines: Mapping[str, Any] | bytes | str, end: bytes = b"\n") -> Path:
        """A file below `projects`: objects become JSON, text and bytes stand as they are, a line each."""
        path = self.projects / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = [self._line(line) for line in lines]
        path.write_bytes(b"\n".join(parts) + (end if parts else b""))
        return path

    def session(self, name: str = "one", *lines: Mapping[str, Any] | bytes | str) -> Path:
        """A main log in the usual project."""
        return self.write(f"{SLUG}/{name}.jsonl", *(lines or (user("hello"), assistant("hi"))))

    @staticmethod
    def _line(line: Mapping[str, Any] | bytes | str) -> bytes:
        if isinstance(line, bytes):
            return line
        return line.encode() if isinstance(line, str) else json.dumps(line, separators=(",", ":")).encode()


def user(text: object, **fields: Any) -> dict[str, Any]:
    return {"type": "user", "message": {"role": "user", "content": text}, **fields}


def assistant(text: str, identity: str | None = "msg_1", **fields: Any) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "model": "claude-test",
        "content": [{"type": "text", "text": text}],
    }
    if identity is not None:
        message["id"] = identity
    message.update(fields.pop("message", {}))
    return {"type": "assistant", "message": message, **fields}


class Lines:
    """Makers of log lines."""

    user = staticmethod(user)
    assistant = staticmethod(assistant)


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "claude")


@pytest.fixture
def sources(tree: Tree, tmp_path: Path) -> list[Source]:
    return default_sources({"CLAUDE_CONFIG_DIR": str(tree.config)}, tmp_path)


@pytest.fixture
def open_index(tmp_path: Path, sources: list[Source]) -> Iterator[Callable[[], SessionIndex]]:
    """Opens the index of this home; every one is closed at the end."""
    opened: list[SessionIndex] = []

    def open_one() -> SessionIndex:
        opened.append(SessionIndex(tmp_path / "home" / "index.db", sources))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def index(open_index: Callable[[], SessionIndex]) -> SessionIndex:
    return open_index()
