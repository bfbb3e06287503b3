"""The main window's frame: what fills it, its title, where it stands, and what closing it asks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QMainWindow

from app.desktop.drop_target import DropTarget
from app.desktop.focus_place import FocusPlace
from app.desktop.i18n import APPLICATION_NAME, translate
from app.desktop.pages_view import FirstRunView, PagesView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QCloseEvent, QMoveEvent, QResizeEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from app.desktop.context import Context
    from app.desktop.notices import Notice, Notices
    from app.desktop.page import Page
    from app.desktop.pages_view import MakePage
    from app.desktop.settings.account import ProfileView

    MakeFirstRun = Callable[[Context, Callable[[], None]], QWidget]

FIRST_PAGE = "sessions"

_MINIMUM = (720, 480)
_USUAL = (1280, 800)
_KEEP_MILLISECONDS = 400
"""After the last movement: a drag of the window's edge is one change."""


class MainWindow(QMainWindow):
    """The frame stays for the whole run; what is in it is made anew when the language changes."""

    close_wanted = Signal()
    """A person wants the window closed; whoever listens decides what that means."""
    page_changed = Signal(str)
    """The key of the page that has come to the front."""
    first_run_ended = Signal()
    notice_closed = Signal(str)
    """The key of a notice that a person closed."""

    def __init__(
        self,
        context: Context,
        pages: Mapping[str, MakePage],
        first_run: MakeFirstRun,
        *,
        show_first_run: bool = False,
    ) -> None:
        super().__init__()
        self.context = context
        self._makers = pages
        self._make_first_run = first_run
        self._first_run = show_first_run
        self._told: dict[str, Callable[[], Notice]] = {}
        self.may_close = False
        """The next close is final."""
        self.drop_target = DropTarget(context.look, context.tasks, self)
        self._page = context.window_state.state.page or FIRST_PAGE
        if self._page not in pages:
            self._page = FIRST_PAGE
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.timeout.connect(self.keep)
        self.setMinimumSize(context.look.px(_MINIMUM[0]), context.look.px(_MINIMUM[1]))
        self.view: PagesView | None = None
        self.build()
        self._restore()
        self._show_profile(context.account.profile)
        context.account.profile_changed.connect(self._show_profile)

    # ---- what is in it ----------------------------------------------------------------------------------

    def build(self) -> None:
        """Make everything in the frame anew, in the language of now, with the same page at the front."""
        self.drop_target.enabled = not self._first_run
        if self._first_run:
            self._build_first_run()
        else:
            self._build_pages()

    def _build_first_run(self) -> None:
        steps = self._make_first_run(self.context, self._first_run_done)
        filling = FirstRunView(self.context.look, steps)
        self._take_notices(filling.notices)
        self.setCentralWidget(filling)
        self.setWindowTitle(f"{translate('Shell', 'Welcome')} — {APPLICATION_NAME}")

    def _build_pages(self) -> None:
        focus = FocusPlace.of(self.focusWidget(), self.front_page)
        view = PagesView(self.context, self._makers)
        view.page_changed.connect(self._page_changed)
        self.view = view
        self._take_notices(view.notices)
        self.setCentralWidget(view)
        self.drop_target.set_area(view.area)
        view.navigate(self._page)
        if focus is not None:
            # Who has just chosen another language goes on from there.
            focus.restore(view.page(self._page))

    def _take_notices(self, notices: Notices) -> None:
        self.notices = notices
        notices.closed.connect(self._closed_notice)
        for make in self._told.values():
            notices.tell(make())

    def _first_run_done(self) -> None:
        self._first_run = False
        self.build()
        self.first_run_ended.emit()

    @property
    def in_first_run(self) -> bool:
        """Whether the first steps fill the window."""
        return self._first_run

    @property
    def current_page(self) -> str:
        """The key of the page at the front, or that will be after the first run."""
        return self._page

    def navigate(self, key: str) -> None:
        """Bring a page to the front; not before the first run's end."""
        if self.view is not None:
            self.view.navigate(key)

    def open_settings(self, tab: str) -> None:
        """Bring a tab of the settings to the front."""
        if self.view is not None:
            self.view.open_settings(tab)

    @property
    def front_page(self) -> Page | None:
        """The page at the front; None during the first run."""
        return None if self.view is None else self.view.front

    def start_search(self) -> None:
        """Put the focus into the page's search field."""
        if self.front_page is not None:
            self.front_page.start_search()

    def _page_changed(self, key: str) -> None:
        self._page = key
        assert self.view is not None
        assert self.view.front is not None
        self.setWindowTitle(f"{self.view.front.title.text()} — {APPLICATION_NAME}")
        self._keeping.start(_KEEP_MILLISECONDS)
        self.page_changed.emit(key)

    def tell(self, key: str, make: Callable[[], Notice]) -> None:
        """Show a notice at the top; it is made anew when the language changes. One with the same key gives way."""
        self._told.pop(key, None)
        self._told[key] = make
        self.notices.tell(make())

    def withdraw(self, key: str) -> None:
        """A notice is no longer so."""
        self._told.pop(key, None)
        self.notices.withdraw(key)

    def _closed_notice(self, key: str) -> None:
        self._told.pop(key, None)
        self.notice_closed.emit(key)

    def _show_profile(self, profile: ProfileView | None) -> None:
        self.drop_target.this_computer_only = profile is not None and profile.this_computer_only

    # ---- the frame --------------------------------------------------------------------------------------

    def _restore(self) -> None:
        state = self.context.window_state.state
        kept = QByteArray.fromBase64((state.geometry or "").encode())
        # Qt moves what would lie on a screen that is not there now, and refuses what is no record of its own.
        if self.restoreGeometry(kept):
            return
        screen = QGuiApplication.primaryScreen().availableGeometry()
        px = self.context.look.px
        self.resize(min(px(_USUAL[0]), screen.width()), min(px(_USUAL[1]), screen.height()))
        self.move(screen.center() - self.rect().center())

    def keep(self) -> None:
        """Remember place, size and page."""
        geometry = self.saveGeometry().toBase64().toStdString()
        self.context.window_state.keep_window(geometry, self._page, maximized=self.isMaximized())

    def to_front(self, activation_token: str = "") -> None:
        """Show it, out of the tray or the dock too, before other programs' windows.

        `activation_token`: leave to do so, given by the system to who asked for it (XDG activation).
        """
        if activation_token:
            # Where Qt looks for it when a window is activated.
            os.environ["XDG_ACTIVATION_TOKEN"] = activation_token
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def close_for_good(self) -> None:
        """The system ends: the next close asks nothing."""
        self.keep()
        self.may_close = True

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what closing means, unless that is decided."""
        if self.may_close:
            event.accept()
            return
        event.ignore()
        self.close_wanted.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """From now on things can be dropped on it."""
        super().showEvent(event)
        self.drop_target.watch(self)

    def moveEvent(self, event: QMoveEvent) -> None:
        """Remembered."""
        super().moveEvent(event)
        self._keeping.start(_KEEP_MILLISECONDS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Remembered."""
        super().resizeEvent(event)
        self._keeping.start(_KEEP_MILLISECONDS)

    def changeEvent(self, event: QEvent) -> None:
        """Made large, made small: remembered."""
        super().changeEvent(event)
        if event.type() is event.Type.WindowStateChange:
            self._keeping.start(_KEEP_MILLISECONDS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground, until pages are there."""
        QPainter(self).fillRect(self.rect(), self.context.look.colors.base)
