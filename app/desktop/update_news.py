"""A newer version, told once above the pages until a person dismisses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app import __version__
from app.desktop.i18n import APPLICATION_NAME, translate
from app.desktop.notices import Notice

if TYPE_CHECKING:
    from app.desktop.context import Context
    from app.desktop.main_window import MainWindow
    from app.updates.releases import Release

KEY = "update"


class UpdateNews(QObject):
    """Joins the daily look and the line at the window's top. Failures are for the settings alone."""

    def __init__(self, window: MainWindow, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._context = context
        self._told: Release | None = None
        context.updates.changed.connect(self._tell)
        window.notice_closed.connect(self._closed)

    def _tell(self) -> None:
        news = self._context.updates.news
        if news == self._told:
            return
        self._told = news
        if news is None:
            self._window.withdraw(KEY)
        else:
            self._window.tell(KEY, lambda: self._notice(news))

    def _closed(self, key: str) -> None:
        if key == KEY:
            self._context.updates.dismiss()

    def _show(self) -> None:
        self._context.updates.dismiss()
        self._context.settings_tab("advanced")
        self._context.updates.to_be_read.emit()

    def _notice(self, news: Release) -> Notice:
        return Notice(
            KEY,
            "plain",
            translate("Updates", "{name} {version} is there").format(
                name=APPLICATION_NAME, version=news.version
            ),
            translate("Updates", "This is {version}. Nothing was downloaded.").format(version=__version__),
            [(translate("Updates", "What is new"), self._show)],
        )
