"""The real window in this process, for benchmarks: started on a home of its own, driven through its event loop."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent

from app.account.settings import SettingsStore
from app.desktop.application import Application
from app.desktop.request import DesktopRequest
from app.desktop.running import QtApplication
from app.desktop.startup import read_startup
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QAbstractScrollArea, QWidget

    from app.desktop.sessions.page import SessionsPage

PATIENCE_SECONDS = 600.0
_LOOK_MILLISECONDS = 20


class Cost(NamedTuple):
    """Seconds that the window's thread took for something, and of a processor in them."""

    wall: float
    processor: float


class _Eye(QObject):
    """Sees whether a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._widget = widget
        self._painted = False
        widget.installEventFilter(self)

    def close(self) -> bool:
        """Look no more; whether it was painted."""
        self._widget.removeEventFilter(self)
        return self._painted

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's own
        """Nothing is kept from the widget."""
        self._painted = self._painted or event.type() is QEvent.Type.Paint
        return False


class Window:
    """One run of the desktop. `start` begins its work; without it only what is put into it is shown."""

    def __init__(self, home: Path) -> None:
        """`home` holds all that the program keeps; the variables of this process say where sessions are."""
        self.qt = QtApplication(["benchmark"])
        SettingsStore(resolve_paths(home).settings).change(first_run_done=True, appearance="light")
        request = DesktopRequest(home=home)
        self.application = Application(read_startup(request), request, dict(os.environ))
        self.application.tasks.crashed.connect(_fail)

    def show(self) -> None:
        """The window, with nothing in it."""
        self.application.window.show()
        self.rest(0.3)

    def start(self, sessions: int) -> None:
        """As a person starts it; returns when so many sessions are listed and nothing more is being looked for."""
        self.application.start()
        listed = self.application.context.sessions
        self.wait_until(lambda: listed.count() == sessions and listed.looked and not listed.busy)
        self.rest(1.0)

    @property
    def sessions_page(self) -> SessionsPage:
        """The first page."""
        from app.desktop.sessions.page import SessionsPage  # noqa: PLC0415 - made with the window

        page = self.application.window.front_page
        assert isinstance(page, SessionsPage)
        return page

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Run the event loop until the condition holds. It is asked rarely: asking costs time on this thread."""
        loop = QEventLoop()
        deadline = time.monotonic() + PATIENCE_SECONDS
        late = False

        def look() -> None:
            nonlocal late
            late = time.monotonic() > deadline
            if late or condition():
                loop.quit()

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(_LOOK_MILLISECONDS)
        loop.exec()
        timer.stop()
        if late:
            message = "the window does not get there"
            raise TimeoutError(message)

    def rest(self, seconds: float) -> None:
        """Run the event loop for a while."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def settle(self) -> None:
        """Do all that is to be done now."""
        for _ in range(3):
            self.qt.processEvents()

    def cost(self, change: Callable[[], object], *painted: QWidget) -> Cost:
        """What a change takes until all that follows from it is done, these widgets painted.

        Raises RuntimeError where nothing of it is painted at all: then something else was measured than was meant.
        """
        eyes = [_Eye(widget) for widget in painted]
        begin, busy = time.perf_counter(), time.thread_time()
        change()
        self.qt.processEvents()
        cost = Cost(time.perf_counter() - begin, time.thread_time() - busy)
        seen = [eye.close() for eye in eyes]
        if not any(seen):
            message = "nothing was painted"
            raise RuntimeError(message)
        return cost

    def wheel(self, view: QAbstractScrollArea, notches: int) -> None:
        """A person turns the wheel over a view; negative: downwards."""
        viewport = view.viewport()
        place = QPointF(viewport.rect().center())
        event = QWheelEvent(
            place,
            QPointF(viewport.mapToGlobal(place.toPoint())),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003 - Qt's own
        )
        self.qt.sendEvent(viewport, event)

    def close(self) -> None:
        """Quit as a person does."""
        loop = QEventLoop()
        self.application.ended.connect(loop.quit)
        self.application.quit()
        loop.exec()
        self.application.close()


class Heartbeat(QObject):
    """Beats on the window's thread and notes by how much each beat is late: so long the window did not answer."""

    INTERVAL = 0.005

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []
        """Seconds."""
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self.work: list[float] = []
        """Seconds of a processor that this thread had between two beats: what is left of the pauses on a machine that
        does nothing else and in a process whose other threads never hold the interpreter."""
        self._last = self._begun = self._last_busy = self._begun_busy = self._begun_waiting = 0.0

    def begin(self) -> None:
        """From now on; in the window's thread."""
        self._last = self._begun = time.perf_counter()
        self._begun_busy = self._last_busy = time.thread_time()
        self._begun_waiting = _waited_for_processor()
        self._timer.start(round(self.INTERVAL * 1000))

    def end(self) -> tuple[float, float, float]:
        """(seconds that it beat, those of them in which this thread had a processor, those in which it could have used
        one and had none; the last is 0 where the kernel does not tell)."""
        self._timer.stop()
        busy = time.thread_time() - self._begun_busy
        return time.perf_counter() - self._begun, busy, _waited_for_processor() - self._begun_waiting

    def waiting(self) -> float:
        """Seconds since the last beat; from any thread."""
        return time.perf_counter() - self._last

    def _beat(self) -> None:
        now, busy = time.perf_counter(), time.thread_time()
        self.pauses.append(max(0.0, now - self._last - self.INTERVAL))
        self.work.append(busy - self._last_busy)
        self._last, self._last_busy = now, busy


def first_paint(window: Window, widget: QWidget, ready: Callable[[], bool]) -> float:
    """When (`time.perf_counter`) a widget was painted for the first time after something became ready."""

    class Watch(QObject):
        at = 0.0

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's own
            if not self.at and event.type() is QEvent.Type.Paint and ready():
                # The paint itself is to come; its end is the next turn of the loop.
                QTimer.singleShot(0, self, self.note)
            return False

        def note(self) -> None:
            self.at = self.at or time.perf_counter()

    watch = Watch()
    widget.installEventFilter(watch)
    window.wait_until(lambda: watch.at)
    widget.removeEventFilter(watch)
    return watch.at


class CollectorPasses:
    """Times the passes of Python's garbage collector: while one runs, no thread of this process does anything."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.elsewhere = 0
        """Passes that did not run in the window's thread."""
        self._began = 0.0

    def begin(self) -> None:
        """From now on."""
        gc.callbacks.append(self._hear)

    def end(self) -> None:
        """No more."""
        gc.callbacks.remove(self._hear)

    def _hear(self, phase: str, _facts: object) -> None:
        if phase == "start":
            self._began = time.perf_counter()
            return
        self.seconds.append(time.perf_counter() - self._began)
        self.elsewhere += threading.current_thread() is not threading.main_thread()


class LatePlaces:
    """Looks from a thread of its own where the window's thread is while a beat is late, and how often."""

    LATE = 0.03
    _LOOK = 0.005
    _FRAMES = 7

    def __init__(self, heart: Heartbeat) -> None:
        """Begins at once."""
        self._heart = heart
        self._seen: Counter[str] = Counter()
        self._ended = threading.Event()
        self._main = threading.main_thread().ident
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> str:
        """Stacks with the number of times that each was met, the most frequent first."""
        self._ended.set()
        self._thread.join()
        return "\n".join(f"{count:5} {place}" for place, count in self._seen.most_common(40))

    def _look(self) -> None:
        while not self._ended.wait(self._LOOK):
            if self._heart.waiting() < self.LATE:
                continue
            frame = sys._current_frames().get(self._main or 0)  # noqa: SLF001 - there is no other way
            stack: list[str] = []
            while frame is not None and len(stack) < self._FRAMES:
                stack.append(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}:{frame.f_lineno}")
                frame = frame.f_back
            self._seen[" < ".join(stack)] += 1


@contextmanager
def ended_with_failure() -> Iterator[None]:
    """A bug in what is measured ends the process; threads that nobody closes would keep it for ever."""
    try:
        yield
    except BaseException:  # noqa: BLE001 - whatever it is
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def _waited_for_processor() -> float:
    """Seconds that this thread has stood ready while all processors were busy with others."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="utf-8").split()[1]) / 1e9
    except OSError:
        return 0.0


def _fail(problem: object) -> None:
    # Raised in a slot it would only be printed.
    print(f"the window has a bug: {problem!r}", file=sys.stderr, flush=True)
    os._exit(1)
