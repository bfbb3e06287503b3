"""What can be done with the selected sessions: by menu, by key, by the foot's button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut

from app.desktop.i18n import translate
from app.desktop.sessions.foot import archive_words
from app.desktop.sessions.model import archivable
from app.desktop.sessions.reveal import reveal, reveal_words
from app.desktop.widgets.menus import Menu

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.context import Context
    from app.desktop.sessions.rows import Row
    from app.desktop.sessions.sessions_table import SessionsTable
    from app.sessions.model import Session

ARCHIVE_KEY = "Ctrl+Return"
PREVIEW_KEY = "Space"
_MOST_REVEALED = 20
"""Files that a file manager is asked to select at once."""


class RowActions(QObject):
    """Acts on the table's selection."""

    preview_wanted = Signal()
    failed = Signal(object)
    """ChatLogError: something that was asked for could not be done."""

    def __init__(self, context: Context, table: SessionsTable) -> None:
        super().__init__(table)
        self._context = context
        self._table = table
        self._on_table(QKeySequence(ARCHIVE_KEY), self.archive)
        self._on_table(QKeySequence("Ctrl+Enter"), self.archive)
        self._on_table(QKeySequence(PREVIEW_KEY), self.preview_wanted.emit)
        self._on_table(QKeySequence(QKeySequence.StandardKey.Copy), self.copy_ids)
        table.menu_wanted.connect(self.open_menu)

    def _on_table(self, keys: QKeySequence, done: Callable[[], object]) -> None:
        shortcut = QShortcut(keys, self._table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(done)

    def archive(self) -> None:
        """Archive what is selected and not archived."""
        self.archive_rows(self._table.selected())

    def archive_rows(self, rows: list[Row]) -> None:
        """Archive those of the rows that are not archived."""
        wanted = [row.session.identity for row in archivable(rows)]
        if wanted:
            self._context.sessions.archive(wanted)

    def copy_ids(self) -> None:
        """The selected sessions' ids, one a line, to the clipboard."""
        ids = [row.session.session_id for row in self._table.selected()]
        if ids:
            QGuiApplication.clipboard().setText("\n".join(ids))

    def copy_id(self, session: Session) -> None:
        """One session's id to the clipboard."""
        QGuiApplication.clipboard().setText(session.session_id)

    def reveal(self) -> None:
        """Show the selected sessions' main files where they lie."""
        paths = [row.session.path for row in self._table.selected()[:_MOST_REVEALED]]
        if paths:
            reveal(paths, self._context.tasks, self.failed.emit, self)

    def reveal_session(self, session: Session) -> None:
        """Show one session's main file where it lies."""
        reveal([session.path], self._context.tasks, self.failed.emit, self)

    def open_menu(self, place: QPoint) -> None:
        """The selection's menu, at a place on the screen."""
        menu = self.make_menu()
        menu.exec(place)
        menu.deleteLater()

    def make_menu(self) -> Menu:
        """The selection's menu."""
        rows = self._table.selected()
        count = len(archivable(rows))
        menu = Menu(self._table.look, self._table)
        menu.add(
            archive_words(count), self.archive, icon="archive", shortcut=ARCHIVE_KEY, enabled=bool(count)
        )
        preview = translate("Sessions", "Preview")
        menu.add(preview, self.preview_wanted.emit, icon="panel", shortcut=PREVIEW_KEY)
        menu.addSeparator()
        menu.add(reveal_words(), self.reveal, icon="folder")
        copy = translate("Sessions", "Copy %n session IDs", n=len(rows))
        menu.add(copy, self.copy_ids, icon="copy", shortcut=QKeySequence(QKeySequence.StandardKey.Copy))
        return menu
