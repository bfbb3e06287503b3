"""Logs to be previewed, as Claude Code writes them, and the sessions that a scan would make of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.sessions.model import CLAUDE_CODE, Session, SessionFile, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BEGUN = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


class Log:
    """A conversation in the making. Every method adds to it and returns it."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def _add(self, role: str, content: object, message_id: str | None = None) -> Log:
        message: dict[str, Any] = {"role": role, "content": content}
        if message_id is not None:
            message["id"] = message_id
        moment = BEGUN + timedelta(minutes=len(self.lines))
        self.lines.append(
            {
                "type": role,
                "message": message,
                "uuid": str(len(self.lines)),
                "timestamp": moment.isoformat().replace("+00:00", "Z"),
                "cwd": "/home/aki/projects/demo",
            }
        )
        return self

    def user(self, text: str) -> Log:
        return self._add("user", text)

    def says(self, text: str) -> Log:
        return self._add("assistant", [{"type": "text", "text": text}], f"m{len(self.lines)}")

    def calls(self, name: str, given: dict[str, Any], output: str | None, *, failed: bool = False) -> Log:
        identity = f"t{len(self.lines)}"
        use = {"type": "tool_use", "id": identity, "name": name, "input": given}
        self._add("assistant", [use], f"m{len(self.lines)}")
        if output is not None:
            result = {"type": "tool_result", "tool_use_id": identity, "content": output, "is_error": failed}
            self._add("user", [result])
        return self

    def shows(self, data: str, media_type: str = "image/png") -> Log:
        """The user sends a picture; `data` is base64."""
        source = {"type": "base64", "media_type": media_type, "data": data}
        return self._add("user", [{"type": "text", "text": "Look."}, {"type": "image", "source": source}])

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_lines(self.lines), encoding="utf-8")
        return path


def as_lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def short_log() -> Log:
    """A question, an answer with two calls, thanks."""
    return (
        Log()
        .user("Please find out why uploads fail.")
        .says("I'll look at the **policy** in `bucket.yml`, see [the guide](https://example.com/guide).")
        .calls("Bash", {"command": "make test"}, "Error: Exit code 1\n1 failed, 41 passed", failed=True)
        .calls("Edit", {"file_path": "/home/aki/projects/demo/bucket.yml"}, "updated")
        .says('The deny rule asks for a header:\n\n```json\n{\n  "aws": "kms"\n}\n```\n\nIt is gone now.')
        .user("ありがとう。テストも追加してください。")
    )


def long_log(messages: int) -> Log:
    """So many messages of very different heights, each of which says its number."""
    log = Log()
    for number in range(0, messages, 2):
        log.user(f"Question {number}. " + "Some more words of it. " * (number % 7))
        log.says(f"Answer {number + 1}.\n\n" + "It goes on for a while. " * (number * 13 % 90))
    return log


def session_of(path: Path, title: str = "Why do uploads fail?") -> Session:
    """As a scan would list it."""
    seen = path.stat()
    file = SessionFile(
        path, path.name, path.parent, seen.st_size, seen.st_mtime_ns, is_main=True, is_log=True
    )
    return Session(
        source=CLAUDE_CODE,
        session_id=path.stem,
        title=title,
        project="/home/aki/projects/media-viewer",
        path=path,
        files=(file,),
        messages=214,
        model=None,
        tokens=Usage(input=40_000, output=8_200, cache_read=900_000),
        tokens_by_model={},
        started_at=None,
        updated_at=BEGUN,
        deleted_at=None,
    )
