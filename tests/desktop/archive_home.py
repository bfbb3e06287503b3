"""Sessions archived by the real engine, for tests of the Archive page."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.bootstrap import Services
from app.desktop.widgets.labels import ElidedLabel
from app.sessions.model import Session, SessionFile, Usage
from app.storage.paths import resolve_paths
from tests.sandbox.conftest import Signer, identity_of, port_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.desktop.archive.page import ArchivePage
    from app.sandbox.lifecycle import SandboxInfo

FIRST = "0d9f1c52-7c1e-4d0e-9a55-3b7f0c2d9e11"
SECOND = "5b2a7e40-11aa-4c3d-8f6b-90c1d2e3f4a5"


def log_of(text: str, lines: int = 1) -> bytes:
    """A Claude Code log that says `text`."""
    record = {
        "type": "user",
        "uuid": "u1",
        "sessionId": FIRST,
        "timestamp": "2026-11-02T09:00:00Z",
        "cwd": "/srv/recipe-box",
        "message": {"role": "user", "content": text},
    }
    return (json.dumps(record, ensure_ascii=False) + "\n").encode() * lines


@dataclass
class ArchiveHome:
    """A home with its own sandbox, and a folder of logs."""

    home: Path
    logs: Path

    @contextmanager
    def services(self) -> Iterator[Services]:
        """The engine as another process of this home has it."""
        services = Services(resolve_paths(self.home), os.environ, home=self.home)
        try:
            yield services
        finally:
            services.close()

    def session(
        self, session_id: str, title: str, *, companions: int = 0, text: str = "お味噌汁", **fields: object
    ) -> Session:
        """A session whose files are on disk."""
        names = [f"{session_id}.jsonl"]
        names += [f"{session_id}/subagents/agent-{number}.jsonl" for number in range(companions)]
        files = []
        for name in names:
            path = self.logs / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(log_of(f"{text} {name}", 20))
            status = path.stat()
            files.append(
                SessionFile(
                    path=path,
                    relative_path=name,
                    root=self.logs,
                    size=status.st_size,
                    mtime_ns=status.st_mtime_ns,
                    is_main=name == names[0],
                    is_log=True,
                )
            )
        known: dict[str, object] = {
            "source": "claude-code",
            "session_id": session_id,
            "title": title,
            "project": "/srv/recipe-box",
            "path": files[0].path,
            "files": tuple(files),
            "messages": 20,
            "model": None,
            "tokens": Usage(),
            "tokens_by_model": {},
            "started_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
            "updated_at": datetime(2026, 11, 2, 10, tzinfo=UTC),
            "deleted_at": None,
        }
        return Session(**{**known, **fields})  # type: ignore[arg-type]

    def archive(self, *sessions: Session, index: bool = True) -> list[str]:
        """Archive them, and tell the session index; the main files' keys."""
        keys = []
        with self.services() as services:
            archiver = services.archiver(lambda _: None, compress=True)
            for outcome in archiver.archive(sessions):
                assert outcome.error is None
                s3_key = outcome.files[0].outcome.s3_key
                assert s3_key is not None
                keys.append(s3_key)
            if index:
                assert archiver.update_index(sessions).error is None
        return keys

    def sandbox(self) -> SandboxInfo:
        """Its sandbox, running."""
        with self.services() as services:
            return services.sandbox.ensure_running()

    def stop_sandbox(self) -> None:
        """Nobody answers any more, until somebody starts it."""
        with self.services() as services:
            services.sandbox.stop()

    def freeze(self, storage_class: str) -> None:
        """As a lifecycle rule would: every log moved to an archive class."""
        (database,) = self.sandbox().data_folder.rglob("objects.db")
        with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
            connection.execute(
                "UPDATE versions SET storage_class = ? WHERE key LIKE 'chat-logs/%'", (storage_class,)
            )

    def delete(self, s3_key: str) -> None:
        """As an operator would: a marker on top."""
        info = self.sandbox()
        signer = Signer(port_of(info.s3_endpoint), identity_of(info))
        assert signer.presign("DELETE", s3_key).go().status_code == 204


def details_of(page: ArchivePage) -> dict[str, str]:
    """What the details say, by label."""
    grid = page.pane.details._grid
    cells = [item.widget() for place in range(grid.count()) if (item := grid.itemAt(place)) is not None]
    told = [value for cell in cells if cell is not None for value in (cell, *cell.findChildren(ElidedLabel))]
    named = (value.accessibleName().partition(": ") for value in told if ": " in value.accessibleName())
    return {name: value for name, _, value in named}
