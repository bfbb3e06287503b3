"""Ctrl+C, `kill`, a closed terminal: heard although Qt's loop, and not Python, is running."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

if TYPE_CHECKING:
    from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")

_TICK_MILLISECONDS = 300
"""Where there are no pipes to wake Qt with (Windows), Python gets its turn this often."""


class ProcessSignals(QObject):
    """Turns the system's wishes to end into a Qt signal."""

    end_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        self._before = {
            number: signal.signal(number, self._heard)
            for number in known
            # nohup's wish
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        self._pipe: tuple[int, int] | None = None
        self._notifier: QSocketNotifier | None = None
        if sys.platform != "win32":
            self._pipe = os.pipe()
            for end in self._pipe:
                os.set_blocking(end, False)
            signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
            self._notifier = QSocketNotifier(self._pipe[0], QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._woken)
        else:
            tick = QTimer(self)
            tick.timeout.connect(lambda: None)
            tick.start(_TICK_MILLISECONDS)

    def close(self) -> None:
        """Leave the signals as they were found."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._pipe is not None and self._notifier is not None:
            self._notifier.setEnabled(False)
            signal.set_wakeup_fd(-1)
            for end in self._pipe:
                os.close(end)
            self._pipe = None

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self.end_wanted.emit()

    def _woken(self) -> None:
        # Reading makes room; that Python runs at all has called the handler.
        if self._pipe is not None:
            os.read(self._pipe[0], 64)
