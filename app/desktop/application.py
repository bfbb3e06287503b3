"""The desktop's composition: made once, started, and ended without losing anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.desktop.context import make_context
from app.desktop.i18n import APPLICATION_NAME, Translations, choose_language
from app.desktop.icons import Icons
from app.desktop.main_window import MainWindow
from app.desktop.startup import begin_startup
from app.desktop.tasks import Tasks
from app.desktop.theme import Look
from app.desktop.window_memory import WindowMemory
from app.desktop.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from app.account.settings import Settings
    from app.bootstrap import Services
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.page import Page
    from app.desktop.request import DesktopRequest
    from app.desktop.startup import Startup
    from app.errors import ChatLogError


def open_desktop(request: DesktopRequest, words: Sequence[str]) -> int:
    """Open the window and stay until it is closed for good; the exit code."""
    reading = begin_startup(request)
    qt = make_qt_application(words)
    startup = reading.result()
    application = Application(qt, startup, request, os.environ)
    application.start()
    return qt.exec()


def make_qt_application(words: Sequence[str]) -> QApplication:
    """Qt's part, set up as this program wants it."""
    qt = QApplication(list(words[:1]))
    qt.setStyle("Fusion")
    qt.setApplicationName("chatlog-uploader")
    qt.setApplicationDisplayName(APPLICATION_NAME)
    qt.setDesktopFileName("chatlog-uploader")
    # Closing the window may mean going on in the background.
    qt.setQuitOnLastWindowClosed(False)
    return qt


class Application(QObject):
    """Everything that lives for the whole run."""

    def __init__(
        self, qt: QApplication, startup: Startup, request: DesktopRequest, environ: Mapping[str, str]
    ) -> None:
        super().__init__(qt)
        self._qt = qt
        self._request = request
        self._environ = environ
        self._paths = startup.paths
        self._settings = startup.settings
        self.translations = Translations(startup.translations, self)
        self.translations.use(choose_language(environ, startup.settings.language))
        self.look = Look(Icons(startup.icons), self)
        self._dress(startup.settings)
        self.tasks = Tasks(self)
        self.workplace = Workplace(self.tasks, self._open_services, self)
        self.context = make_context(
            self.look,
            self.workplace,
            WindowMemory(startup.window_state),
            navigate=self._navigate,
            settings_tab=self._settings_tab,
            run_action=self._run_action,
        )
        self.window = MainWindow(
            self.context, page_makers(), make_first_run, show_first_run=not startup.settings.first_run_done
        )
        self.context.account.settings_changed.connect(self._apply)

    def _open_services(self) -> Services:
        from app.bootstrap import Services  # noqa: PLC0415 - in a worker thread, and slow

        return Services(
            self._paths, self._environ, home=self._request.home, profile_name=self._request.profile
        )

    # ---- from start to end ------------------------------------------------------------------------------

    def start(self) -> None:
        """Show the window, then begin to work."""
        self.window.show()
        QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        context = self.context
        context.account.load()
        context.transfers.start()
        context.sessions.start()
        context.archive.refresh()

    # ---- what pages ask for -----------------------------------------------------------------------------

    def _navigate(self, key: str) -> None:
        self.window.navigate(key)

    def _settings_tab(self, _tab: str) -> None:
        self.window.navigate("settings")

    def _run_action(self, _action: ActionKind, _error: ChatLogError) -> None:
        self.context.transfers.retry_now()

    # ---- choices ----------------------------------------------------------------------------------------

    def _dress(self, settings: Settings) -> None:
        self.look.choose(
            appearance=settings.appearance,
            contrast=settings.contrast,
            motion=settings.motion,
            text_size=settings.text_size,
        )

    def _apply(self, settings: Settings) -> None:
        before, self._settings = self._settings, settings
        language = choose_language(self._environ, settings.language)
        self._dress(settings)
        if language != self.translations.language:
            self.translations.use(language)
            self.window.build()
        elif before.text_size != settings.text_size:
            self.window.build()


def page_makers() -> Mapping[str, Callable[[Context], Page]]:
    """The pages by key; each is imported when it is first shown."""

    def sessions(context: Context) -> Page:
        from app.desktop.sessions.page import SessionsPage  # noqa: PLC0415

        return SessionsPage(context)

    def transfers(context: Context) -> Page:
        from app.desktop.transfers.page import TransfersPage  # noqa: PLC0415

        return TransfersPage(context)

    def archive(context: Context) -> Page:
        from app.desktop.archive.page import ArchivePage  # noqa: PLC0415

        return ArchivePage(context)

    def settings(context: Context) -> Page:
        from app.desktop.settings.page import SettingsPage  # noqa: PLC0415

        return SettingsPage(context)

    return {"sessions": sessions, "transfers": transfers, "archive": archive, "settings": settings}


def make_first_run(context: Context, done: Callable[[], None]) -> QWidget:
    """The first steps; imported by whom it meets."""
    from app.desktop.first_run.flow import FirstRun  # noqa: PLC0415

    return FirstRun(context, done)
