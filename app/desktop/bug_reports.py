"""What nobody expected: exceptions of any thread, logged with their traces and told to a person as the bugs they are."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app import __version__
from app.desktop.i18n import APPLICATION_NAME
from app.desktop.messages import surroundings, without_secrets
from app.errors import Cancelled

if TYPE_CHECKING:
    from types import TracebackType

log = logging.getLogger(__name__)

LOGGED_OF_EACH = 5
"""How often the same fault is logged: one in painting comes back with every picture."""


class BugReports(QObject):
    """Hears of every exception that nobody caught, while it is installed."""

    found = Signal(object)
    """The exception; sent from whichever thread it happened in."""
    interrupted = Signal()
    """Ctrl+C in the terminal that the program was started from."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: dict[tuple[str, str, int], int] = {}
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Listen from now on."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread

    def remove(self) -> None:
        """Listen no more."""
        sys.excepthook, threading.excepthook = self._before

    def report(self, bug: BaseException) -> None:
        """Log a bug and tell of it."""
        if isinstance(bug, Cancelled):
            return
        where = _place(bug)
        count = self._seen[where] = self._seen.get(where, 0) + 1
        if count <= LOGGED_OF_EACH:
            log.error("uncaught", exc_info=bug)
        self.found.emit(bug)

    def _uncaught(self, _kind: type[BaseException], bug: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(bug, KeyboardInterrupt):
            self.interrupted.emit()
            return
        self.report(bug)

    def _uncaught_in_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
            self.report(told.exc_value)


def report_text(bug: BaseException) -> str:
    """A bug for a report: its trace, versions, the system; in English, without secrets or the user's name.

    Reads source files: for a worker thread.
    """
    trace = "".join(traceback.format_exception(bug)).rstrip()
    text = "\n".join([f"{APPLICATION_NAME} {__version__}", *surroundings(), "", trace])
    return without_secrets(text.replace(str(Path.home()), "~"))


def _place(bug: BaseException) -> tuple[str, str, int]:
    frames = list(traceback.walk_tb(bug.__traceback__))
    if not frames:
        return (type(bug).__name__, "", 0)
    frame, line = frames[-1]
    return (type(bug).__name__, frame.f_code.co_filename, line)
