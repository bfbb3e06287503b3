"""Hears of logs that change on disk, and says when a scan is worth its while and affordable."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.desktop.tasks import Task, Tasks
    from app.sessions.watch import Watcher

REST_FACTOR = 10
"""After a scan, so many times its length is rested: a session being written costs a tenth of the time at most."""

LONGEST_REST = 60.0
"""Seconds."""


class DiskWatch(QObject):
    """Watches the folders that sessions lie in. Lives on the GUI thread; what blocks is done in the background."""

    worth_scanning = Signal()

    def __init__(self, tasks: Tasks, parent: QObject | None = None, *, settle_seconds: float = 1.0) -> None:
        """`settle_seconds` of quiet are waited for after a change."""
        super().__init__(parent)
        self._tasks = tasks
        self._settle_seconds = settle_seconds
        self._watcher: Watcher | None = None
        self._folders: tuple[Path, ...] = ()
        self._rest_until = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.worth_scanning)

    def look_at(self, folders: Sequence[Path], ignored: Sequence[Path]) -> None:
        """Watch these folders from now on, and no others, but for what lies in the ignored ones."""
        wanted = tuple(folders)
        if wanted == self._folders:
            return
        self.stop()
        self._folders = wanted
        settle_seconds, bridge = self._settle_seconds, self._tasks.bridge

        def watch(_task: Task[Watcher]) -> Watcher:
            from app.sessions.watch import Watcher  # noqa: PLC0415 - the events' library is slow to import

            watcher = Watcher(
                wanted,
                lambda: bridge.post(self.changed),
                settle_seconds=settle_seconds,
                ignored=ignored,
            )
            watcher.start()
            return watcher

        def began(watcher: Watcher) -> None:
            if self._folders == wanted and self._watcher is None:
                self._watcher = watcher
            else:
                self._end(watcher)

        self._tasks.run(watch, done=began, owner=self)

    def stop(self) -> None:
        """Watch nothing."""
        self._folders = ()
        self._timer.stop()
        if self._watcher is not None:
            self._end(self._watcher)
            self._watcher = None

    def rest(self, seconds: float) -> None:
        """A scan and the list that followed it took so long: the next one waits in proportion."""
        self._rest_until = time.monotonic() + min(LONGEST_REST, seconds * REST_FACTOR)

    def changed(self) -> None:
        """Something has changed on disk: a scan is worth its while as soon as it is affordable."""
        if self._folders and not self._timer.isActive():
            self._timer.start(max(0, round((self._rest_until - time.monotonic()) * 1000)))

    def _end(self, watcher: Watcher) -> None:
        self._tasks.run(lambda _task: watcher.stop())
