"""Work in the background and its way back to the window: a few threads, one bridge object.

The GUI thread asks, a worker thread does, and what the worker has to say is run on the GUI thread again. Nothing else
crosses: a page never waits, and a service never touches a widget.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.errors import Cancelled, ChatLogError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

WORKERS = 8
"""More than there are processors: most wait for the disk, the network or a keyring's prompt."""

PROGRESS_SECONDS = 0.1
"""Between two tellings of one task's progress (ARCHITECTURE.md, Threads)."""

T = TypeVar("T")


class Bridge(QObject):
    """Brings calls from any thread to the GUI thread, in order."""

    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._open = True
        # Queued always: a call from the GUI thread itself must not overtake earlier ones.
        self._woken.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Have `call` run on the GUI thread soon. Once the bridge is closed the call is dropped."""
        # Under the lock: the object must not go while a worker signals through it.
        with self._lock:
            if not self._open:
                return
            self._calls.append(call)
            self._woken.emit()

    def close(self) -> None:
        """Run nothing more. To be called before the object goes, if other threads may still post."""
        with self._lock:
            self._open = False
            self._calls.clear()

    @Slot()
    def _run(self) -> None:
        """One call for each signal: one that opens a dialog does not hold up those that come after it."""
        with self._lock:
            call = self._calls.popleft() if self._calls else None
        if call is not None:
            call()


class Task(Generic[T]):
    """One piece of work. Made by `Tasks.run`; `report` is for the worker, everything else for the GUI thread."""

    def __init__(
        self,
        bridge: Bridge,
        work: Callable[[Task[T]], T],
        *,
        done: Callable[[T], None] | None,
        failed: Callable[[ChatLogError], None] | None,
        progress: Callable[[Any], None] | None,
        owner: QObject | None,
        crashed: Callable[[Exception], None],
    ) -> None:
        self._bridge = bridge
        self._work = work
        self._done = done
        self._failed = failed
        self._progress = progress
        self._owner = owner
        self._crashed = crashed
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._latest: Any = None
        self._pending = False
        self._told = 0.0

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants the result any more. Workers look at this often."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Let the work end early; neither `done` nor `failed` is called from now on."""
        self._cancelled.set()

    def is_cancelled(self) -> bool:
        """`cancelled` as a function, for services that ask for one."""
        return self._cancelled.is_set()

    @property
    def ended_early(self) -> threading.Event:
        """Set by `cancel`, for services that wait for one. For nobody else to set."""
        return self._cancelled

    def report(self, value: Any) -> None:  # noqa: ANN401 - each task has progress of its own kind
        """Tell progress; only the newest value of each tenth of a second reaches the GUI thread."""
        with self._lock:
            self._latest = value
            if self._pending or self._progress is None:
                return
            self._pending = True
        self._bridge.post(self._tell)

    def run(self) -> None:
        """Do the work, in the calling thread."""
        try:
            result = None if self.cancelled else self._work(self)
        except Cancelled:
            self._bridge.post(lambda: self._end(None, None))
        except ChatLogError as error:
            self._bridge.post(lambda error=error: self._end(self._failed or self._crashed, error))  # type: ignore[misc]
        except Exception as bug:
            log.exception("a task failed")
            self._bridge.post(lambda bug=bug: self._end(self._crashed, bug))  # type: ignore[misc]
        else:
            self._bridge.post(lambda: self._end(self._done, result))

    def _wanted(self) -> bool:
        return not self.cancelled and (self._owner is None or shiboken6.isValid(self._owner))

    def _tell(self) -> None:
        if not self._pending:  # the end has been told meanwhile
            return
        wait = self._told + PROGRESS_SECONDS - time.monotonic()
        if wait > 0:
            # A method would not keep its object alive: PySide calls it though nobody has the task any more.
            QTimer.singleShot(int(wait * 1000) + 1, self._bridge, lambda: self._tell())  # noqa: PLW0108
            return
        self._told = time.monotonic()
        with self._lock:
            value, self._pending = self._latest, False
        if self._wanted() and self._progress is not None:
            self._progress(value)

    def _end(self, call: Callable[[Any], None] | None, value: object) -> None:
        with self._lock:
            last, pending, self._pending = self._latest, self._pending, False
        try:
            if not self._wanted():
                return
            if pending and self._progress is not None:
                self._progress(last)
            if call is not None:
                call(value)
        finally:
            # The worker may be the last to let this task go, and what it still held would then end in that thread:
            # parts of the window, perhaps.
            self._work = _nothing
            self._done = self._failed = self._progress = self._owner = self._latest = None


def _nothing(_task: Task[Any]) -> Any:  # noqa: ANN401 - stands in for work of any kind
    return None


class Tasks(QObject):
    """A pool of worker threads. Lives on the GUI thread."""

    crashed = Signal(object)
    """A bug: an exception outside the tree of expected errors, already logged with its trace; or an expected error that
    nobody asked to hear of."""

    def __init__(self, parent: QObject | None = None, *, workers: int = WORKERS) -> None:
        super().__init__(parent)
        self.bridge = Bridge(self)
        self._workers = workers
        self._idle = 0
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[Task[Any] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._tasks: set[Task[Any]] = set()
        self._closed = False

    def run(
        self,
        work: Callable[[Task[T]], T],
        *,
        done: Callable[[T], None] | None = None,
        failed: Callable[[ChatLogError], None] | None = None,
        progress: Callable[[Any], None] | None = None,
        owner: QObject | None = None,
    ) -> Task[T]:
        """Do `work(task)` in a worker thread, then call `done(result)` or `failed(error)` on the GUI thread.

        An expected error without `failed`, and any bug, is told by `crashed`. With an `owner` nothing is called once
        that object is gone. Work that raises Cancelled ends in silence.
        """
        task = Task(
            self.bridge,
            work,
            done=done,
            failed=failed,
            progress=progress,
            owner=owner,
            crashed=self.crashed.emit,
        )
        with self._lock:
            if self._closed:
                task.cancel()
                return task
            self._tasks.add(task)
            if self._idle < len(self._tasks) and len(self._threads) < self._workers:
                # Daemons: a keyring's prompt that nobody answers must not keep the program from ending.
                thread = threading.Thread(target=self._loop, name=f"task-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._waiting.put(task)
        return task

    def busy(self) -> bool:
        """Whether some work is waiting or being done."""
        with self._lock:
            return bool(self._tasks)

    def close(self, timeout: float = 5.0) -> bool:
        """Cancel everything and wait up to `timeout` seconds; whether all workers have ended."""
        self.bridge.close()
        with self._lock:
            self._closed = True
            tasks, threads = list(self._tasks), list(self._threads)
        for task in tasks:
            task.cancel()
        for _ in threads:
            self._waiting.put(None)
        deadline = time.monotonic() + timeout
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _loop(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            task = self._waiting.get()
            with self._lock:
                self._idle -= 1
            if task is None:
                return
            try:
                task.run()
            finally:
                with self._lock:
                    self._tasks.discard(task)
