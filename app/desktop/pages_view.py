"""What fills the window: the sidebar, the pages, the notices above them. Made anew when the language changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.notices import Notices
from app.desktop.sidebar import Sidebar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.desktop.context import Context
    from app.desktop.page import Page
    from app.desktop.theme import Look

    MakePage = Callable[[Context], Page]


class PagesView(QWidget):
    """Sidebar and pages; a page is made when it is first shown."""

    page_changed = Signal(str)
    """The key of the page that has come to the front."""

    def __init__(self, context: Context, makers: Mapping[str, MakePage]) -> None:
        super().__init__()
        self._context = context
        self._makers = makers
        self._made: dict[str, Page] = {}
        self.front: Page | None = None
        look = context.look
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.sidebar = Sidebar(look)
        self.area = _Area(look)
        column = QVBoxLayout(self.area)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.notices = Notices(look)
        self._stack = QStackedWidget()
        column.addWidget(self.notices)
        column.addWidget(self._stack, 1)
        row.addWidget(self.sidebar)
        row.addWidget(self.area, 1)
        self._listen()

    # ---- pages ------------------------------------------------------------------------------------------

    def page(self, key: str) -> Page:
        """A page by its key, made now if it was not yet."""
        if key not in self._made:
            page = self._makers[key](self._context)
            self._stack.addWidget(page)
            self._made[key] = page
        return self._made[key]

    def navigate(self, key: str) -> None:
        """Bring a page to the front."""
        page = self.page(key)
        if page is not self.front:
            was_inside = self.front is not None and self._has_focus(self.front)
            if self.front is not None:
                self.front.left()
            self.front = page
            self._stack.setCurrentWidget(page)
            page.shown()
            if was_inside and not self._has_focus(page):
                # Qt gave it to the next widget there is, with a ring: the sidebar's first entry.
                page.setFocus(Qt.FocusReason.OtherFocusReason)
            self.page_changed.emit(key)
        self.sidebar.set_current(key)

    def _has_focus(self, page: Page) -> bool:
        focus = self.window().focusWidget()
        return bool(focus) and page.isAncestorOf(focus)

    def open_settings(self, tab: str) -> None:
        """Bring a tab of the settings to the front."""
        from app.desktop.settings.page import SettingsPage  # noqa: PLC0415 - imported when first shown

        self.navigate("settings")
        page = self.page("settings")
        assert isinstance(page, SettingsPage)
        page.show_tab(tab)

    # ---- what the sidebar shows -------------------------------------------------------------------------

    def _listen(self) -> None:
        context, sidebar = self._context, self.sidebar
        sidebar.chosen.connect(self.navigate)
        sidebar.profiles_wanted.connect(self._open_profiles)
        sidebar.profile_chosen.connect(context.account.use)
        context.account.profile_changed.connect(sidebar.set_profile)
        context.account.profiles_changed.connect(sidebar.set_profiles)
        context.account.trouble.connect(sidebar.set_trouble)
        context.transfers.totals_changed.connect(self._count)
        context.sessions.listed.connect(self._count)
        context.archive.count_changed.connect(self._count)
        sidebar.set_profile(context.account.profile)
        sidebar.set_profiles(context.account.profiles)
        self._count()

    def _open_profiles(self) -> None:
        self._context.settings_tab("profiles")

    def _count(self, _what: object = None) -> None:
        totals = self._context.transfers.totals()
        waiting = totals.left + totals.failed
        self.sidebar.set_count("sessions", self._context.sessions.count())
        halted = totals.halted is not None
        self.sidebar.set_count("transfers", waiting or None, totals.failed, halted=halted)
        self.sidebar.set_count("archive", self._context.archive.count())


class FirstRunView(QWidget):
    """The first steps, with the notices above them."""

    def __init__(self, look: Look, steps: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.notices = Notices(look)
        column.addWidget(self.notices)
        column.addWidget(steps, 1)


class _Area(QWidget):
    """The room of notices and pages."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pages' ground."""
        QPainter(self).fillRect(self.rect(), self._look.colors.base)
