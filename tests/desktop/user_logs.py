"""Claude Code logs of a made-up user, on disk, for tests of the list of sessions."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = uuid.UUID("5b2a7e40-11aa-4c3d-8f6b-90c1d2e3f4a5")


@dataclass(frozen=True)
class UserLogs:
    """The folder that Claude Code writes to (CLAUDE_CONFIG_DIR), as fixture `user_folder` sets it."""

    folder: Path

    def session_id(self, name: str) -> str:
        """The id of the session that a test calls `name`."""
        return str(uuid.uuid5(_NAMES, name))

    def identity(self, name: str) -> tuple[str, str]:
        """What tells it from all others."""
        return ("claude-code", self.session_id(name))

    def path(self, name: str) -> Path:
        """Its log."""
        return self.folder / "projects" / "-srv-recipe-box" / f"{self.session_id(name)}.jsonl"

    def write(self, name: str, *, lines: int = 2, days_old: float = 1, tail: bytes = b"") -> Path:
        """A session whose title is its name, last active so many days ago."""
        moment = datetime.now(UTC) - timedelta(days=days_old)
        record = {
            "type": "user",
            "sessionId": self.session_id(name),
            "timestamp": moment.isoformat().replace("+00:00", "Z"),
            "cwd": "/srv/recipe-box",
            "message": {"role": "user", "content": name},
        }
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps({**record, "uuid": f"{name}-{line}"}) + "\n" for line in range(lines))
        path.write_bytes(text.encode() + tail)
        os.utime(path, (moment.timestamp(), moment.timestamp()))
        return path
