"""The desktop's composition: everything that lives for the whole run, its start, and its end without losing anything."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication

from app.desktop import shortcuts
from app.desktop.actions import Actions
from app.desktop.closing import Closing
from app.desktop.collector import Collector
from app.desktop.context import make_context
from app.desktop.i18n import Translations, choose_language, translate
from app.desktop.icons import Icons
from app.desktop.main_window import MainWindow
from app.desktop.notices import Notice
from app.desktop.notifications import Notifier
from app.desktop.page_makers import make_first_run, page_makers
from app.desktop.shortcuts import Shortcuts, ShortcutsDialog, window_keys
from app.desktop.standby_notice import StandbyNotice
from app.desktop.taking import Taking
from app.desktop.tasks import Tasks
from app.desktop.theme import Look
from app.desktop.tray import Tray
from app.desktop.troubles import Troubles
from app.desktop.update_news import UpdateNews
from app.desktop.window_memory import WindowMemory
from app.desktop.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.account.settings import Settings
    from app.account.vault import Vault
    from app.bootstrap import Services
    from app.desktop.request import DesktopRequest
    from app.desktop.single_instance import Summons
    from app.desktop.startup import Startup

QUIT_SECONDS = 8.0
"""How long the transfers are given to stop. Whatever is cut off goes on at the next start."""

_STOPPING_MILLISECONDS = 400
"""Before "Stopping…" shows: mostly it is over by then."""

_WRITE_MILLISECONDS = 1000
"""After a change of the window's memory, before it is written."""


class Application(QObject):
    """Made after the QApplication. `start` shows the window; `ended` comes when all has stopped."""

    ended = Signal()

    def __init__(
        self,
        startup: Startup,
        request: DesktopRequest,
        environ: Mapping[str, str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        # Before there is anything to collect.
        self._collector = Collector(self)
        self._request = request
        self._environ = environ
        self._paths = startup.paths
        self._settings = startup.settings
        self._lock = startup.lock
        self._ending = False
        self._to_end = 0
        self._vault_lock = threading.Lock()
        self._vault: Vault | None = None
        self.translations = Translations(startup.translations, self)
        self.translations.use(choose_language(environ, startup.settings.language))
        self.look = Look(Icons(startup.icons), self)
        self._dress(startup.settings)
        self.tasks = Tasks(self)
        self.workplace = Workplace(self.tasks, self._open_services, self)
        self.memory = WindowMemory(startup.window_state, self._write_soon)
        self._actions = Actions(startup.paths.settings, self)
        self.context = make_context(
            self.look,
            self.workplace,
            self.memory,
            navigate=self.navigate,
            settings_tab=self.open_settings,
            run_action=self._actions.run,
            settings=startup.settings,
            profile_for_run=request.profile,
        )
        self._actions.context = self.context
        self._make_window(startup.settings)

    def _make_window(self, settings: Settings) -> None:
        context = self.context
        icon = self.look.icons.icon("app", QColor("white"))
        QGuiApplication.setWindowIcon(icon)
        self.window = MainWindow(
            context, page_makers(), make_first_run, show_first_run=not settings.first_run_done
        )
        self.look.follow(self.window)
        self.tray = Tray(context, icon, self)
        self.closing = Closing(self.window, context, self.tray.available, self)
        self.troubles = Troubles(self.window, context, self)
        self.standby_notice = StandbyNotice(self.window, context, self)
        self.update_news = UpdateNews(self.window, context, self)
        self.taking = Taking(self.window, context, self)
        self.notifier = Notifier(context, self.tray.say, self.window.isActiveWindow, self)
        self._writing = _once(self, self._write_memory)
        self._stopping = _once(self, self._say_stopping)
        self._deadline = _once(self, self._end)
        self.closing.quit_wanted.connect(self.quit)
        self.tray.open_wanted.connect(self.window.to_front)
        self.tray.message_clicked.connect(self._show_transfers)
        self.tray.quit_wanted.connect(self.closing.quit)
        self.tray.lost.connect(self.window.show)
        context.account.settings_changed.connect(self._apply)
        self._add_keys()

    def _add_keys(self) -> None:
        keys = Shortcuts(self.window)
        for key, page in shortcuts.PAGES.items():
            keys.add(key, lambda page=page: self.navigate(page))  # type: ignore[misc]
        keys.add(shortcuts.OPEN_FILES, self.taking.choose_files)
        keys.add(shortcuts.OPEN_FOLDER, self.taking.choose_folder)
        keys.add(shortcuts.PASTE, self.taking.paste)
        keys.add(shortcuts.SEARCH, self.window.start_search)
        keys.add(shortcuts.QUIT, self.closing.quit)
        keys.add(shortcuts.MENU, keys.open_menu)
        keys.add(shortcuts.LIST, self._list_keys)

    def _open_services(self) -> Services:
        # In a worker thread: both are slow.
        from app.account.vault import open_vault  # noqa: PLC0415
        from app.bootstrap import Services  # noqa: PLC0415

        with self._vault_lock:
            if self._vault is None:
                # What it keeps for this run only must outlive a change of profile.
                self._vault = open_vault(self._paths, self._request.home)
        return Services(
            self._paths,
            self._environ,
            home=self._request.home,
            profile_name=self.context.account.profile_for_run,
            vault=self._vault,
        )

    # ---- start ------------------------------------------------------------------------------------------

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
        context.updates.start()
        self.tray.look()
        self.troubles.tell("lock", self._lock.problem)
        self.taking.take(self._request.paths)

    def summoned(self, summons: Summons) -> None:
        """Somebody started the program again: bring the window to the front, take what was given to it."""
        self.window.to_front(summons.activation_token)
        self.taking.take(summons.paths)

    # ---- what pages ask for -----------------------------------------------------------------------------

    def navigate(self, page: str) -> None:
        """Bring a page to the front."""
        self.window.navigate(page)

    def open_settings(self, tab: str) -> None:
        """Bring a tab of the settings to the front."""
        self.window.open_settings(tab)

    def _show_transfers(self) -> None:
        self.window.to_front()
        self.navigate("transfers")

    def _list_keys(self) -> None:
        page = self.window.front_page
        groups = {translate("Shell", "Everywhere"): window_keys()}
        if page is not None:
            groups[page.title.text()] = page.shortcuts()
        ShortcutsDialog(self.look, groups, self.window).open()

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
        spoken = self.translations.language
        if language != spoken:
            self.translations.use(language)
        self._dress(settings)
        if language != spoken or settings.text_size != before.text_size:
            self.window.build()
            self.tray.build()

    # ---- the window's memory ----------------------------------------------------------------------------

    def _write_soon(self) -> None:
        if not self._ending:
            self._writing.start(_WRITE_MILLISECONDS)

    def _write_memory(self) -> None:
        from app.storage.window_state import write_window_state  # noqa: PLC0415 - read with the start already

        path, state = self._paths.window_state, self.memory.state
        # A memory that cannot be kept costs nothing; what else cannot be written there says so itself.
        self.tasks.run(
            lambda _task: write_window_state(path, state),
            done=lambda _nothing: self._one_ended(),
            failed=lambda _error: self._one_ended(),
        )

    # ---- end --------------------------------------------------------------------------------------------

    def quit(self) -> None:
        """Stop what runs, keeping all of it, and end. Asked a second time: end at once."""
        if self._ending:
            if self._deadline.isActive():
                self._end()
            return
        self._ending = True
        self._to_end = 2
        self._writing.stop()
        self.window.keep()
        self.tray.remove()
        self._stopping.start(_STOPPING_MILLISECONDS)
        self._deadline.start(int(QUIT_SECONDS * 1000))
        self._write_memory()
        self.context.sessions.stop()
        self.context.transfers.stop(self._one_ended)

    def _one_ended(self) -> None:
        if self._ending:
            self._to_end -= 1
            if self._to_end == 0:
                self._end()

    def _say_stopping(self) -> None:
        self.window.tell("stopping", _stopping_notice)

    def _end(self) -> None:
        self._stopping.stop()
        self._deadline.stop()
        self.window.may_close = True
        self.window.close()
        self.ended.emit()

    def close(self) -> None:
        """Close what is open; blocks until the workers have ended, some seconds at most. Nothing is shown any more."""
        self.tasks.close()
        self.workplace.close()
        self._lock.release()


def _once(owner: QObject, done: Callable[[], None]) -> QTimer:
    """A timer that is to be started, and fires once."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(done)
    return timer


def _stopping_notice() -> Notice:
    return Notice(
        "stopping",
        "plain",
        translate("Shell", "Stopping…"),
        translate("Shell", "What is not finished goes on at the next start."),
    )
