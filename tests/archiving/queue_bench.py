"""A transfer queue of a home, and what a person would see of it; the engine is the real one."""

from __future__ import annotations

import json
import secrets
import threading
import time
import uuid
from typing import TYPE_CHECKING

from app.transfer.queued_transfers import QueuedTransfers
from tests.transfer.conftest import FaultyConnections

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.archiving.archive import Archiver
    from app.archiving.plan import SessionState
    from app.archiving.transfer_queue import QueueTotals, RowState, TransferQueue, TransferRow
    from app.bootstrap import Services
    from app.sessions.model import Session

PATIENCE_SECONDS = 90.0


class QueueBench:
    """One run of the program: services whose network has the faults a test plans, and their queue, started."""

    def __init__(self, services: Services, *, start: bool = True) -> None:
        self.services = services
        self.http = FaultyConnections(services.bandwidths)
        services.__dict__["connections"] = self.http
        self.queue: TransferQueue = services.transfer_queue
        if start:
            self.queue.start()

    def close(self) -> None:
        """The run ends in good order."""
        self.services.close()
        self.http.close()

    def write(self, folder: Path, name: str = "notes.md", data: bytes | None = None) -> Session:
        """A file as a person drops it: a session of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_bytes(secrets.token_bytes(2000) if data is None else data)
        return self.session_at(path)

    def found_by_scan(self, claude: Path, count: int) -> list[Session]:
        """Sessions of a tool, as a scan of its folder finds them."""
        folder = claude / "projects" / "-srv-recipe-box"
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            session_id = str(uuid.uuid4())
            line = {
                "type": "user",
                "sessionId": session_id,
                "cwd": "/srv/recipe-box",
                "timestamp": "2026-11-02T09:00:00.000Z",
                "message": {"role": "user", "content": f"question number {number}"},
            }
            (folder / f"{session_id}.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
        self.services.sessions.scan()
        return self.services.sessions.sessions()

    def session_at(self, path: Path) -> Session:
        """The session that a file stands for now."""
        (session,) = self.services.sessions.inspect([path]).sessions
        return session

    def several(self, folder: Path, count: int) -> list[Session]:
        """As many files, each a session."""
        return [self.write(folder, f"note {number}.md") for number in range(count)]

    def archiver(self) -> Archiver:
        """What the command line archives with."""
        return self.services.archiver(lambda _: None, compress=True)

    def take_in(self, session: Session) -> None:
        """As a run leaves it that was killed before the session's turn came."""
        destination = self.services.connection.profile.destination
        archiver = self.archiver()
        planned = archiver.plan().of(session)
        QueuedTransfers(self.services.jobs.database, destination).enqueue(
            archiver.content(session, entry) for entry in planned.files
        )

    # ---- looking ----------------------------------------------------------------------------------------

    def row(self, session: Session | str) -> TransferRow:
        """The row of a session, or the row of an id."""
        found = [
            row
            for row in self.queue.rows()
            if (row.id == session if isinstance(session, str) else row.session == session.identity)
        ]
        assert len(found) == 1, found
        return found[0]

    def ids(self, *sessions: Session) -> list[str]:
        """The ids of sessions' rows."""
        return [self.row(session).id for session in sessions]

    def states(self) -> list[RowState]:
        """The states of all rows as they are listed."""
        return [row.state for row in self.queue.rows()]

    def state(self, session: Session | str) -> RowState:
        """The state of one row."""
        return self.row(session).state

    def planned(self, session: Session) -> SessionState:
        """The state that a list of sessions shows, as state.db has it."""
        return self.services.plan().of(session).state

    def spool(self) -> list[str]:
        """The files in the spool."""
        folder = self.services.paths.spool
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def versions(self, s3_key: str | None) -> list[str]:
        """What S3 holds under a key, newest first."""
        assert s3_key is not None
        return [version.version_id for version in self.services.connection.presign.versions(s3_key)]

    # ---- waiting ----------------------------------------------------------------------------------------

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        pause = threading.Event()
        while not condition():
            assert time.monotonic() < deadline, (self.queue.totals(), self.queue.rows()[:5])
            pause.wait(0.005)

    def until_state(self, session: Session | str, *states: RowState) -> TransferRow:
        """Wait until a row is in one of these states; the row."""
        self.until(lambda: self.state(session) in states)
        return self.row(session)

    def until_state_shown(self, session: Session, *states: RowState) -> TransferRow:
        """Wait until a session has a row, in one of these states."""
        self.until(
            lambda: any(row.session == session.identity and row.state in states for row in self.queue.rows())
        )
        return self.row(session)

    def until_idle(self) -> QueueTotals:
        """Wait until nothing is left to do by itself; the totals."""
        self.until(lambda: not self.queue.busy())
        return self.queue.totals()
