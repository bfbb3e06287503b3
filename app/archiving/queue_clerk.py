"""A thread that does what it is given, one after another, and looks around while it has nothing to do."""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING

from app.archiving.queue_halt import expect_room
from app.errors import Cancelled, ChatLogError, Unexpected

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.archiving.queue_book import Book

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""Between two looks at what other processes of this home ask for."""


class Clerk:
    """Runs commands in order. One that fails for an expected reason halts the queue and is done again later.

    After `close` what was given is still done, once.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._commands: deque[Callable[[], None]] = deque()
        self._closing = False
        self._stuck = False

    def post(self, command: Callable[[], None]) -> None:
        """Have a command done after those given before. Holding the book's lock."""
        self._commands.append(command)
        self._book.changed.notify_all()

    def close(self) -> None:
        """End the loop as soon as everything given is done."""
        with self._book.changed:
            self._closing = True
            self._book.changed.notify_all()

    def loop(self, look: Callable[[], None]) -> None:
        """The thread's work. `look` is called while there is nothing to do."""
        next_look = time.monotonic() + LOOK_SECONDS
        while True:
            with self._book.changed:
                while not self._can_do_something():
                    if self._closing:
                        return
                    left = next_look - time.monotonic()
                    if left <= 0 and not self._stuck:
                        break
                    self._book.changed.wait(self._patience(left))
                command = self._commands.popleft() if self._can_do_something() else None
            if command is None:
                _look_around(look)
                next_look = time.monotonic() + LOOK_SECONDS
            else:
                self._do(command)

    def _can_do_something(self) -> bool:
        if not self._commands:
            return False
        return not self._stuck or (not self._closing and self._book.halt.may_try())

    def _patience(self, until_look: float) -> float | None:
        return self._book.halt.seconds() if self._stuck else until_look

    def _do(self, command: Callable[[], None]) -> None:
        error: ChatLogError | None = None
        try:
            if self._stuck:
                expect_room(self._book.halt.full_disk())
            command()
        except ChatLogError as problem:
            error = problem
        except Exception as bug:
            log.exception("the transfer queue's work on disk")
            with self._book.changed:
                self._book.halt.failed(Unexpected(reason=type(bug).__name__))
        with self._book.changed:
            if error is None:
                if self._stuck:
                    self._stuck = False
                    self._book.halt.succeeded()
            elif not isinstance(error, Cancelled):  # which says that state.db was closed
                self._stuck = True
                self._commands.appendleft(command)
                self._book.halt.failed(error)
            self._book.told()


def _look_around(look: Callable[[], None]) -> None:
    try:
        look()
    except ChatLogError as error:
        # Looking is a courtesy: what is wrong with the disk is said where something is to be written.
        log.debug("looking at other processes' transfers: %s", error.code)
    except Exception:
        log.exception("looking at other processes' transfers")
