"""One thread that writes to a SQLite database and lets many callers share one commit.

A durable commit costs a flush of the disk. While one is under way, the operations that arrive wait together and are
committed together, so that thousands of durable steps cost hundreds of flushes and not thousands.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from types import TracebackType

T = TypeVar("T")

Operation = Callable[[sqlite3.Connection], T]

LARGEST_GROUP = 500
"""Operations in one transaction: bounds how long the first of them waits."""


class WriterClosed(Exception):
    """The writer takes nothing more."""


class GroupCommitWriter:
    """Owns `connection` (in autocommit mode) from now on. Operations run one after another, in order of arrival.

    `regularly` runs about every `interval` seconds between groups, however busy the writer is, in a transaction of
    its own. `translate` makes the error that callers see out of SQLite's.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        translate: Callable[[sqlite3.Error], Exception],
        regularly: Operation[None] | None = None,
        interval: float = 60.0,
    ) -> None:
        self._connection = connection
        self._translate = translate
        self._regularly = regularly
        self._interval = interval
        self._queue: SimpleQueue[tuple[Operation[Any], Future[Any]] | None] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._due = time.monotonic() + interval
        self.commits = 0
        self._thread = threading.Thread(target=self._run, name="state-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def submit(self, operation: Operation[T]) -> Future[T]:
        """Queue an operation. Its future is done once its effects are on disk, or it failed and has none.

        Raises WriterClosed.
        """
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise WriterClosed
            self._queue.put((operation, future))
        return future

    def write(self, operation: Operation[T]) -> T:
        """`submit` and wait. Raises what the operation raised, or the translated SQLite error."""
        return self.submit(operation).result()

    def close(self) -> None:
        """Write what is queued, then close the connection. May be called twice."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            while self._next_group():
                pass
        finally:
            self._connection.close()

    def _next_group(self) -> bool:
        """Whether to go on."""
        left = self._due - time.monotonic()
        if left <= 0:
            self._due = time.monotonic() + self._interval
            if self._regularly is not None:
                self._commit([(self._regularly, Future())])
            return True
        try:
            first = self._queue.get(timeout=left)
        except Empty:
            return True
        if first is None:
            return False
        group = [first]
        going_on = True
        while len(group) < LARGEST_GROUP:
            try:
                item = self._queue.get_nowait()
            except Empty:
                break
            if item is None:
                going_on = False
                break
            group.append(item)
        self._commit(group)
        return going_on

    def _commit(self, group: list[tuple[Operation[Any], Future[Any]]]) -> None:
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for operation, future in group:
                outcomes.append((future, *self._attempt(operation)))
            self._connection.execute("COMMIT")
            self.commits += 1
        except sqlite3.Error as problem:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            error = self._translate(problem)
            for _, future in group:
                future.set_exception(error)
            return
        for future, result, failure in outcomes:
            if failure is not None:
                future.set_exception(failure)
            else:
                future.set_result(result)

    def _attempt(self, operation: Operation[Any]) -> tuple[Any, BaseException | None]:
        """Run one operation so that its failure undoes its own effects alone.

        Raises sqlite3.Error where the whole transaction is lost (SQLite rolls back by itself on a full disk).
        """
        self._connection.execute("SAVEPOINT operation")
        try:
            result = operation(self._connection)
        except BaseException as failure:
            if isinstance(failure, sqlite3.Error) and not isinstance(failure, sqlite3.IntegrityError):
                raise
            self._connection.execute("ROLLBACK TO operation")
            self._connection.execute("RELEASE operation")
            return None, failure
        self._connection.execute("RELEASE operation")
        return result, None
