"""Python's garbage collector, at work on the GUI thread only.

By itself it runs in whichever thread happens to make one object too many. Found in a worker thread, a dropped widget
or timer would be destroyed there, while Qt may be using it: a crash some day, with nothing in the log.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

PASS_MILLISECONDS = 1000
"""Between two looks at how much there is to do."""


class Collector(QObject):
    """Takes the collector over, for the rest of this process. Lives on the GUI thread.

    The three generations and how often each is looked through are Python's own (`gc.get_threshold`); only the moment
    and the thread are others.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(PASS_MILLISECONDS)

    def look(self) -> int | None:
        """Look through the oldest generation that is due, if any is; which one it was."""
        due = None
        for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            # A threshold of zero: never.
            if not 0 < threshold < count:
                break
            due = generation
        if due is not None:
            gc.collect(due)
        return due


def keep_from_collector() -> None:
    """What there is now stays for good: the collector need not look at it again and again.

    A pass over 10,000 sessions and everything else that was loaded stops the window for a fifth of a second.
    """
    gc.freeze()
