"""The log: what happened, for a report. Written in a thread of its own, readable by its owner alone."""

from __future__ import annotations

import logging
import os
import queue
import sys
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

from app.desktop.messages import without_secrets
from app.storage.paths import private_folder

if TYPE_CHECKING:
    from io import TextIOWrapper

    from PySide6.QtCore import QMessageLogContext

LOG_NAME = "window.log"

_BYTES = 1_000_000
_KEPT = 3

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class _Hand(QueueHandler):
    """Hands records over as they are: to format a trace, its source is read, and that is the other thread's work."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        record.msg, record.args = record.getMessage(), None
        return record


class _PrivateFile(RotatingFileHandler):
    """A file that only its owner can read, begun when the first line is written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
        self.setFormatter(_Lines("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        private_folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:
        """Where the log cannot be written, what is worth a line goes to standard error."""
        if record.levelno >= logging.WARNING and sys.stderr is not None:
            sys.stderr.write(f"{self.format(record)}\n")


class _Lines(logging.Formatter):
    """Without signatures and keys."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class Diagnostics:
    """The log of this run, from `start` to `stop`."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made when the first line is written."""
        self.path = folder / LOG_NAME
        records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        self._hand = _Hand(records)
        self._file = _PrivateFile(self.path)
        self._listener = QueueListener(records, self._file)
        self._level_before = logging.NOTSET

    def start(self) -> None:
        """From now on what is logged anywhere in the program is written: warnings, and what this program tells itself."""
        root = logging.getLogger()
        root.addHandler(self._hand)
        ours = logging.getLogger("app")
        self._level_before = ours.level
        ours.setLevel(logging.INFO)
        self._listener.start()

    def stop(self) -> None:
        """Write what is waiting, and end."""
        logging.getLogger().removeHandler(self._hand)
        logging.getLogger("app").setLevel(self._level_before)
        self._listener.stop()
        self._file.close()


def log_qt_messages() -> None:
    """Have Qt's own messages logged. One that ends the program is said on standard error, in place of a core dump."""
    log = logging.getLogger("qt")

    def take(kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
            os._exit(2)
        log.log(_QT_LEVELS[kind], "%s", text)

    qInstallMessageHandler(take)
