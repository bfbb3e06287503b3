"""From the door to the exit code: Qt, the one desktop of a home, the log, signals, and the loop."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QUrl, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from app import __version__
from app.desktop.application import Application
from app.desktop.bug_reports import BugReports
from app.desktop.diagnostics import Diagnostics, log_qt_messages
from app.desktop.drop_target import local_path
from app.desktop.i18n import APPLICATION_NAME, Translations, choose_language, translate
from app.desktop.process_signals import ProcessSignals
from app.desktop.single_instance import InstanceServer, Summons, activation_token, summon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from app.desktop.request import DesktopRequest
    from app.desktop.startup import Startup

log = logging.getLogger(__name__)

CLOSE_SECONDS = 6.0
"""How long open things are given to close once the window is gone."""

DONE, FAILED = 0, 1


class QtApplication(QApplication):
    """Qt's part, set up as this program wants it."""

    file_opened = Signal(str)
    """macOS gives files that are opened with the program by an event."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(list(words[:1]))
        self.setStyle("Fusion")
        self.setApplicationName("chatlog-uploader")
        self.setApplicationDisplayName(APPLICATION_NAME)
        self.setApplicationVersion(__version__)
        self.setDesktopFileName("chatlog-uploader")
        # Closing the window may mean going on in the background.
        self.setQuitOnLastWindowClosed(False)

    def event(self, event: QEvent) -> bool:
        """Files."""
        if isinstance(event, QFileOpenEvent):
            path = event.file() or local_path(QUrl(event.url()))
            if path:
                self.file_opened.emit(path)
            return True
        return super().event(event)


def open_desktop(request: DesktopRequest, reading: Future[Startup], words: Sequence[str]) -> int:
    """Open the window and stay until it is closed for good; the exit code. `reading`: see `begin_startup`."""
    environ = dict(os.environ)
    log_qt_messages()
    qt = QtApplication(words)
    startup = reading.result()
    if not startup.lock.held and startup.lock.elsewhere:
        code = _hand_over(startup, request, environ)
        if code is not None:
            return code
    # A leave to come to the front is for this process alone.
    os.environ.pop("XDG_ACTIVATION_TOKEN", None)
    diagnostics = Diagnostics(startup.paths.logs)
    diagnostics.start()
    log.info("started, version %s", __version__)
    code = _run(qt, startup, request, environ)
    log.info("ended")
    diagnostics.stop()
    return code


def _run(qt: QtApplication, startup: Startup, request: DesktopRequest, environ: Mapping[str, str]) -> int:
    application = Application(startup, request, environ)
    # A bug before this ends the program with its trace; from here on a window can tell of it.
    bugs = BugReports()
    bugs.install()
    signals = ProcessSignals()
    signals.end_wanted.connect(application.quit)
    bugs.interrupted.connect(application.quit)
    bugs.found.connect(application.troubles.crashed)
    application.ended.connect(qt.exit)
    qt.file_opened.connect(lambda path: application.taking.take([path]))
    # The system ends: no questions, and what must be kept is on the disk at every moment.
    qt.commitDataRequest.connect(lambda _manager: application.window.close_for_good())
    server = None
    if startup.lock.held and startup.lock.address is not None:
        server = InstanceServer(startup.lock.address)
        server.summoned.connect(application.summoned)
        if not server.listening:
            log.warning("other starts cannot reach this one at %s", startup.lock.address)
    application.start()
    code = qt.exec()
    if server is not None:
        server.close()
    closer = threading.Thread(target=application.close, name="closing", daemon=True)
    closer.start()
    closer.join(CLOSE_SECONDS)
    signals.close()
    bugs.remove()
    if closer.is_alive():
        # Something waits for a network or a prompt that does not answer. All that counts is on the disk.
        log.warning("ended with work that did not stop")
        logging.shutdown()
        os._exit(code)
    return code


def _hand_over(startup: Startup, request: DesktopRequest, environ: Mapping[str, str]) -> int | None:
    """Let the running desktop do what was asked; the exit code, or None to go on as the running one."""
    lock = startup.lock
    summons = Summons(request.paths, activation_token(environ))
    # It may end meanwhile. As long as it lives, a second one on the same home would only be in its way.
    if lock.address is not None and summon(lock.address, summons, ended=lock.take):
        return DONE
    if lock.held or lock.take():
        return None
    words = Translations(startup.translations)
    words.use(choose_language(environ, startup.settings.language))
    print(  # noqa: T201 - the window is the other process's
        translate(
            "Shell", "{name} is running already but does not answer. End it, then start it again."
        ).format(name=APPLICATION_NAME),
        file=sys.stderr,
    )
    return FAILED
