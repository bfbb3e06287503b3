"""A download in the queue."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from app.archiving.queue_entry import Entry, Stage
from app.archiving.queue_figures import Figures
from app.archiving.queue_rows import TransferRow

if TYPE_CHECKING:
    from datetime import datetime

    from app.archiving.queue_rows import RowState
    from app.errors import ChatLogError
    from app.transfer.downloader import Downloaded
    from app.transfer.downloads import Download, ReturnRequest


class DownloadEntry(Entry):
    """A download's row. `kept` tells whether it stands on disk yet; `cancelled` ends the work on it.

    `returning_since` and `look_at` (seconds since the epoch) tell since when S3 brings the object back, and when it is
    asked again how that stands.
    """

    def __init__(self, download: Download, position: int) -> None:
        super().__init__(
            download.id, download.title, str(download.path or download.folder), download.session, position
        )
        self.download = download
        self.kept = False
        self.cancelled = threading.Event()
        self.verified = download.verified
        self.version_id = download.version_id
        self.size = download.size
        self.total: int | None = download.stored_size
        self.received = 0
        self.begun = False
        self.attempt = 1
        self.retry_at: float | None = None
        self.failed_at: float | None = None
        self.waits_for: ChatLogError | None = None
        self.returning_since = download.updated_at.timestamp()
        self.look_at = 0.0

    @classmethod
    def remembered(cls, download: Download) -> DownloadEntry:
        """The row of a download that stands on disk."""
        entry = cls(download, 0)
        entry.kept = True
        entry.remember(download)
        entry.updated_at = download.updated_at
        return entry

    def remember(self, download: Download) -> None:
        """It is as the disk says."""
        self.download = download
        self.path = str(download.path or download.folder)
        self.size, self.total, self.verified = download.size, download.stored_size, download.verified
        if download.state == "paused":
            self.stage = Stage.PAUSED
        elif download.state == "returning":
            self.stage = Stage.RETURNING
            self.returning_since, self.look_at = download.updated_at.timestamp(), 0.0
        elif download.state != "queued":
            self.received = self._expected if download.state == "done" else 0
            self.end(download.state, download.error)

    def restart(self) -> None:
        """Nothing was received yet, as far as is known."""
        self.cancelled = threading.Event()
        self.received = 0
        self.begun = False
        self.attempt = 1
        self.retry_at = self.failed_at = self.waits_for = None

    def wait_for_return(self, expected_by: datetime | None, *, look_at: float) -> None:
        """S3 brings the object back, by `expected_by` as far as that is known."""
        self.restart()
        self.download = replace(self.download, ask_return=None, expected_by=expected_by)
        self.returning_since, self.look_at = time.time(), look_at
        self.stage = Stage.RETURNING

    def agree(self, request: ReturnRequest) -> None:
        """S3 may be asked for the object's return."""
        self.download = replace(self.download, ask_return=request)

    def finished(self, downloaded: Downloaded) -> None:
        """The file is there."""
        self.path = str(downloaded.path)
        self.size = downloaded.size
        self.verified = downloaded.verified
        self.version_id = downloaded.version_id
        self.received = self._expected
        self.end("done")

    def state_of_work(self) -> RowState:
        """See Entry."""
        if self.stage is Stage.ELSEWHERE:
            return "receiving"
        if self.stage is Stage.RETURNING:
            return "returning"
        if self.stage is not Stage.RUNNING:
            return "queued"
        if self.retry_at is not None:
            return "waiting"
        if self.total is not None and self.received >= self.total:
            return "verifying"
        return "receiving"

    def figures_of_work(self) -> Figures:
        """See Entry. Before S3 has told the size, what the archive lists stands for it."""
        confirmed = self.stage is Stage.ENDED and self.ended == "done"
        expected = self._expected
        received = expected if confirmed else self.received
        return Figures(
            sent=received,
            confirmed=expected if confirmed else 0,
            known=expected,
            left_known=expected - received,
        )

    def make_row(self) -> TransferRow:
        """See Entry."""
        state = self.state
        moving = self.meter if state == "receiving" else None
        done = self.stage is Stage.ENDED and self.ended == "done"
        return TransferRow(
            id=self.id,
            kind="download",
            state=state,
            title=self.title,
            source=self.session[0] if self.session is not None else None,
            project=None,
            path=self.path,
            session=self.session,
            s3_key=self.download.s3_key,
            files=1,
            files_done=int(done),
            size=self.size,
            stored_size=self.total,
            sent=self.received,
            total=self.total,
            speed=moving.speed() if moving is not None else None,
            seconds_left=moving.seconds_left(self.total - self.received)
            if moving is not None and self.total is not None
            else None,
            attempt=self.attempt,
            wait_seconds=self.seconds_until_retry(self.retry_at) if state == "waiting" else 0.0,
            error=self.waits_for if state in {"waiting", "returning"} else self.error,
            verified=done and self.verified,
            version_id=self.version_id,
            updated_at=self.updated_at,
            stopping=self.stopping,
            elsewhere=self.stage is Stage.ELSEWHERE,
            expected_by=self.download.expected_by if state == "returning" else None,
        )

    @property
    def _expected(self) -> int:
        return self.total if self.total is not None else self.download.size
