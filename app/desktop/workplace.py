"""The services of the profile in use, reached from background work only.

Another profile or other settings mean other services: the old ones are closed when the last work that uses them has
ended, and nothing on the GUI thread waits for that.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app.errors import ChatLogError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.bootstrap import Services
    from app.desktop.tasks import Task, Tasks

    T = TypeVar("T")

log = logging.getLogger(__name__)


class _Generation:
    """One set of services and how many are using it."""

    def __init__(self, open_services: Callable[[], Services]) -> None:
        self._open = open_services
        self._lock = threading.Lock()
        self._services: Services | None = None
        self._users = 0
        self._retired = False

    @contextmanager
    def used(self) -> Iterator[Services]:
        with self._lock:
            if self._services is None:
                self._services = self._open()
            self._users += 1
            services = self._services
        try:
            yield services
        finally:
            with self._lock:
                self._users -= 1
                last = self._retired and self._users == 0
            if last:
                self._close()

    def retire(self) -> None:
        """Let waits end, and close once nobody uses it. May be called from any thread, and more than once."""
        with self._lock:
            first, self._retired = not self._retired, True
            services, unused = self._services, self._users == 0
        if services is not None:
            services.stopped.set()
            if first and unused:
                self._close()

    def _close(self) -> None:
        assert self._services is not None
        try:
            self._services.close()
        except ChatLogError:
            log.exception("closing the services")


class Workplace(QObject):
    """Runs work with services. Lives on the GUI thread."""

    reopened = Signal()
    """From now on work is done with other services: what was shown is of another profile."""

    def __init__(
        self, tasks: Tasks, open_services: Callable[[], Services], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self._open = open_services
        self._generation = _Generation(open_services)

    def run(
        self,
        work: Callable[[Services, Task[T]], T],
        *,
        done: Callable[[T], None] | None = None,
        failed: Callable[[ChatLogError], None] | None = None,
        progress: Callable[[Any], None] | None = None,
        owner: QObject | None = None,
        of_any_profile: bool = False,
    ) -> Task[T]:
        """`Tasks.run` with the services of now. What an earlier profile's work brings is dropped.

        `of_any_profile`: the work's end is told also when the services are others by then.
        """
        generation = self._generation

        def with_services(task: Task[T]) -> T:
            with generation.used() as services:
                return work(services, task)

        def current(call: Callable[[Any], None] | None) -> Callable[[Any], None] | None:
            if call is None:
                return None
            return lambda value: call(value) if of_any_profile or generation is self._generation else None

        return self.tasks.run(
            with_services,
            done=current(done),
            failed=current(failed) if failed is not None else None,
            progress=current(progress),
            owner=owner,
        )

    def reopen(self) -> None:
        """Work from now on is done with new services."""
        old, self._generation = self._generation, _Generation(self._open)
        self.tasks.run(lambda _task: old.retire())
        self.reopened.emit()

    def close(self) -> None:
        """Close the services; blocks for as long as that takes, so it is called last, when nothing is shown any more."""
        self._generation.retire()
