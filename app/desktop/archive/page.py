"""The Archive page: what S3 holds, newest first, one row a session; and beside it the one that is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.desktop.archive.beside import Beside
from app.desktop.archive.details import WIDTH
from app.desktop.archive.details_rows import lock_of
from app.desktop.archive.downloads import Downloads
from app.desktop.archive.filters import FilterRow
from app.desktop.archive.foot import Foot
from app.desktop.archive.lifetimes import Lifetimes
from app.desktop.archive.menus import add_copies, add_lifetimes
from app.desktop.archive.model import ARCHIVED, COLUMN_KEYS, ArchiveCells, ArchiveModel, columns_for
from app.desktop.archive.strip import ArchiveStrip
from app.desktop.archive.views import EmptyViews
from app.desktop.formats import date_and_time, size
from app.desktop.i18n import translate
from app.desktop.page import Page
from app.desktop.widgets.buttons import RING, IconButton
from app.desktop.widgets.fields import SearchField
from app.desktop.widgets.labels import ElidedLabel
from app.desktop.widgets.menus import Menu
from app.desktop.widgets.table import Table
from app.storage.window_state import TableState

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QResizeEvent

    from app.archiving.archived_sessions import ArchivedSession
    from app.desktop.archive.details_rows import Lock
    from app.desktop.archive.loading import ArchiveRow, Listing
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.errors import ChatLogError
    from app.remote.protocol import StoredVersion

TABLE = "archive"
"""Under which the window remembers how the table was arranged."""
DETAILS_SHOWN = "archive-details"

NARROW = 720
"""Pixels at 100 %: in less, the details take the list's place instead of standing beside it."""


class ArchivePage(Page):
    """Shows what `context.archive` knows, and says when that is not of now."""

    key = "archive"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.look, translate("Archive", "Archive"), parent)
        self.context = context
        self._details_wanted = context.window_state.value(DETAILS_SHOWN, default=True)
        self._details_opened = False
        self.model = ArchiveModel(self)
        self.downloads = Downloads(context, self)
        self.lifetimes = Lifetimes(context, self)
        self._build()
        self._listen()
        self._restore_table()
        self._listed(context.archive.listing)
        self._sessions_listed()

    # ---- what it is made of -----------------------------------------------------------------------------

    def _build(self) -> None:
        look = self.look
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._list = QWidget()
        self._list.setMinimumWidth(look.px(240))
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, look.px(16) - RING, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_title_row())
        column.addSpacing(look.px(12) - 2 * RING)
        self.filters = FilterRow(look)
        column.addWidget(self.filters)
        column.addSpacing(look.px(8) - RING)
        self.strip = ArchiveStrip(self.context, self)
        column.addWidget(self.strip.with_room(look.px(16), look.px(8)))
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)
        self._stack.addWidget(self._make_table())
        self.empty = EmptyViews(self.context)
        self._stack.addWidget(self.empty)
        self.foot = Foot(look)
        column.addWidget(self.foot)
        self.beside = Beside(self.context)
        self.pane = self.beside.details
        row.addWidget(self._list, 1)
        row.addWidget(self.beside)

    def _make_title_row(self) -> QHBoxLayout:
        look = self.look
        row = self.title_row()
        self.summary = ElidedLabel(look, "", "body", "text2")
        self.search = SearchField(look, translate("Archive", "Search the archive"))
        self.search.setFixedWidth(look.px(240) + 2 * RING)
        policy = self.search.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # it makes the row as high as it is
        self.search.setSizePolicy(policy)
        self._show_details = IconButton(look, "panel", translate("Archive", "Show the details"))
        row.addSpacing(look.px(8))
        row.addWidget(self.summary, 1)
        row.addWidget(self.search)
        row.addWidget(self._show_details)
        return row

    def _make_table(self) -> QWidget:
        look = self.look
        self.table = Table(look, translate("Archive", "Archived sessions"), columns_for(look))
        self.table.setItemDelegate(ArchiveCells(look, self.table.columns, self.table))
        self.table.setModel(self.model)
        holder = QWidget()
        layout = QHBoxLayout(holder)
        layout.setContentsMargins(look.px(16), 0, look.px(8), 0)
        layout.addWidget(self.table)
        return holder

    def _listen(self) -> None:
        archive, sessions = self.context.archive, self.context.sessions
        archive.listed.connect(self._listed)
        archive.loading_changed.connect(self._loading_changed)
        archive.trouble.connect(self._trouble)
        archive.progressed.connect(self._progressed)
        sessions.listed.connect(self._sessions_listed)
        sessions.scan_changed.connect(self._scan_changed)
        self.search.searched.connect(self.filters.set_typed)
        self.filters.changed.connect(self._filter_changed)
        self.table.current_changed.connect(self._current_changed)
        self.table.selection_changed.connect(self._selection_changed)
        self.table.activated_row.connect(self._activated)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.header().sectionResized.connect(self._keep_table)
        self.table.header().sortIndicatorChanged.connect(self._keep_table)
        self.pane.download_wanted.connect(self._download_one)
        self.pane.version_wanted.connect(self._download_version)
        self.pane.act_wanted.connect(lambda kind, session: self.lifetimes.act(kind, [session]))
        self.lifetimes.told.connect(self.strip.say_news)
        self.lifetimes.download_agreed.connect(
            lambda sessions, request, ask: self.downloads.download(sessions, ask=ask, ask_return=request)
        )
        self.strip.undo_wanted.connect(self.lifetimes.undo_delete)
        self.beside.hidden_by_person.connect(self._hide_details)
        self._show_details.clicked.connect(self._show_details_again)
        self.foot.download_wanted.connect(self._download_selected)
        self.foot.clear_wanted.connect(self.table.clearSelection)
        self.downloads.begun.connect(self.strip.say_downloading)
        self.empty.clear_wanted.connect(self._clear_filter)
        self.empty.action_wanted.connect(self._act)
        self.strip.action_wanted.connect(self._act)
        refresh = QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self)
        refresh.activated.connect(self.context.archive.refresh)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(lambda: self.lifetimes.delete(self.selected()))
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.strip.undo)

    # ---- the frame's questions --------------------------------------------------------------------------

    def shown(self) -> None:
        """What is older than a minute is loaded again; the keyboard is the table's."""
        self.context.archive.refresh_if_old()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def start_search(self) -> None:
        """Ctrl/Cmd+F."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def shortcuts(self) -> list[tuple[QKeySequence | str, str]]:
        """Keys of this page."""
        return [
            (QKeySequence(QKeySequence.StandardKey.Refresh), translate("Archive", "Look into S3 again")),
            ("Return", translate("Archive", "Preview the session")),
            (
                QKeySequence(QKeySequence.StandardKey.Delete),
                translate("Archive", "Delete the selected sessions"),
            ),
            (
                QKeySequence(QKeySequence.StandardKey.Undo),
                translate("Archive", "Undo the deletion of a moment ago"),
            ),
        ]

    # ---- what is known ----------------------------------------------------------------------------------

    def _listed(self, listing: Listing | None) -> None:
        self.model.set_rows(
            listing.rows if listing is not None else (),
            this_computer_only=listing is not None and listing.this_computer_only,
        )
        self.filters.set_listing(listing)
        if listing is not None and listing.states_changed:
            self.context.sessions.refresh_states()
        self._count_only()
        self._arrange()
        self._selection_changed()
        self._show_current()
        if self.pane.session is None and self.model.rowCount() > 0:
            self.table.select_row(0)

    def _loading_changed(self, _loading: bool) -> None:
        self._arrange()

    def _trouble(self, _error: ChatLogError | None) -> None:
        self._arrange()

    def _progressed(self, count: int) -> None:
        self.empty.say_progress(count)

    def _scan_changed(self, progress: object) -> None:
        if progress is None:
            self._sessions_listed()

    def _sessions_listed(self, _listed: object = None) -> None:
        sessions = self.context.sessions
        here = {session.identity for session, _ in sessions.sessions} if sessions.looked else None
        hidden = self.context.account.settings.hidden_sources
        self.model.set_here(here, hidden)
        self._count_only()
        self._arrange()

    def _count_only(self) -> None:
        self.filters.set_only_count(self.model.only_archived())

    def _filter_changed(self) -> None:
        self.model.set_filter(self.filters.wanted)
        self._arrange()
        self._selection_changed()

    def _arrange(self) -> None:
        """Which of list, empty state and strip are seen."""
        archive = self.context.archive
        listing = archive.listing
        self.summary.setText(self._summary(listing))
        nothing_listed = listing is None or not listing.rows
        filtered_out = not nothing_listed and self.model.rowCount() == 0
        is_list = not nothing_listed and not filtered_out
        self._stack.setCurrentIndex(0 if is_list else 1)
        if not is_list:
            self.empty.show_for(archive, filtered_out=filtered_out)
        self.filters.setVisible(not nothing_listed)
        self.search.setVisible(not nothing_listed)
        self.strip.show_for(archive, is_list=not nothing_listed)
        self._arrange_pane()

    def _summary(self, listing: Listing | None) -> str:
        if listing is None or not listing.rows:
            return ""
        sessions = translate("Archive", "%Ln sessions", n=listing.sessions)
        stored = size(listing.stored_size)
        if listing.this_computer_only:
            text = translate("Archive", "{sessions} · {size} stored on this computer only")
        else:
            text = translate("Archive", "{sessions} · {size} stored")
        told = text.format(sessions=sessions, size=stored)
        archive = self.context.archive
        if archive.is_current or archive.error is not None:  # the strip says of when it is
            return told
        return translate("Archive", "{summary} · as of {when}").format(
            summary=told, when=date_and_time(listing.as_of)
        )

    # ---- details ----------------------------------------------------------------------------------------

    def _is_narrow(self) -> bool:
        return self.width() < self.look.px(NARROW)

    def _arrange_pane(self) -> None:
        listing = self.context.archive.listing
        has_rows = listing is not None and bool(listing.rows)
        narrow = self._is_narrow()
        shown = has_rows and (self._details_opened if narrow else self._details_wanted)
        self.beside.setVisible(shown)
        self._list.setVisible(not (narrow and shown))
        self.beside.setMinimumWidth(0 if narrow else self.look.px(WIDTH))
        self.beside.setMaximumWidth(16_777_215 if narrow else self.look.px(WIDTH))
        self._show_details.setVisible(has_rows and not shown)

    def _hide_details(self) -> None:
        if self._is_narrow():
            self._details_opened = False
        else:
            self._details_wanted = False
            self.context.window_state.keep(DETAILS_SHOWN, value=False)
        self._arrange_pane()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_details_again(self) -> None:
        self._open_details()

    def _open_details(self) -> None:
        if self._is_narrow():
            self._details_opened = True
        elif not self._details_wanted:
            self._details_wanted = True
            self.context.window_state.keep(DETAILS_SHOWN, value=True)
        self._arrange_pane()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside one another, or one in the other's place."""
        super().resizeEvent(event)
        self._arrange_pane()

    # ---- selection --------------------------------------------------------------------------------------

    def selected(self) -> list[ArchivedSession]:
        """The selected sessions, from top to bottom."""
        return [self.model.row_at(row).session for row in self.table.selected_numbers()]

    def _current_changed(self, _index: QModelIndex) -> None:
        self._show_current()

    def _show_current(self) -> None:
        index = self.table.currentIndex()
        listing = self.context.archive.listing
        row = self.model.row_at(index.row()) if index.isValid() else self._filtered_out(listing)
        only = listing is not None and listing.this_computer_only
        self.beside.show_row(row, this_computer_only=only)

    def _filtered_out(self, listing: Listing | None) -> ArchiveRow | None:
        """The session that was looked at, if it is only the search that hides its row."""
        looked_at = self.pane.session
        if listing is None or looked_at is None:
            return None
        return next((row for row in listing.rows if row.key == looked_at.key), None)

    def _selection_changed(self) -> None:
        sessions = self.selected()
        self.foot.show_selection(sessions)
        self.pane.set_quiet(len(sessions) > 1)

    def _activated(self, _index: QModelIndex) -> None:
        self._preview()

    def _preview(self) -> None:
        self._open_details()
        self.beside.focus_preview()

    # ---- downloads --------------------------------------------------------------------------------------

    def _download_one(self, session: ArchivedSession, ask: bool) -> None:
        self.downloads.download([session], ask=ask)

    def _download_version(self, session: ArchivedSession, version: StoredVersion) -> None:
        self.downloads.download_version(session, version, ask=False)

    def _download_selected(self, ask: bool) -> None:
        """What can be read is downloaded; what cannot be yet is asked back."""
        rows = [self.model.row_at(number) for number in self.table.selected_numbers()]
        locks = {row.key: self._lock_of(row) for row in rows}
        readable = [row.session for row in rows if locks[row.key] == "open"]
        # What is on its way is waited for.
        coming = [row.session for row in rows if locks[row.key] == "coming"]
        if readable or coming:
            self.downloads.download([*readable, *coming], ask=ask)
        locked = [row.session for row in rows if locks[row.key] == "locked"]
        self.lifetimes.ask_return(locked, download=True, ask_folder=ask)

    def _lock_of(self, row: ArchiveRow) -> Lock:
        return self.pane.lock if self.pane.shows(row) else lock_of(row, None)

    def _open_menu(self, place: QPoint) -> None:
        sessions = self.selected()
        menu = Menu(self.look, self)
        count = len(sessions)
        if count == 1:
            menu.add(translate("Archive", "Preview", "button"), self._preview, icon="eye", shortcut="Return")
        download = translate("Archive", "Download %Ln sessions", n=count)
        menu.add(download, lambda: self._download_selected(False), icon="download")
        menu.add(translate("Archive", "Download to…"), lambda: self._download_selected(True))
        menu.addSeparator()
        if count == 1:
            add_copies(menu, sessions[0])
            menu.addSeparator()
        locked = [
            row.session
            for number in self.table.selected_numbers()
            if self._lock_of(row := self.model.row_at(number)) == "locked"
        ]
        add_lifetimes(menu, sessions, locked, self.lifetimes.act)
        menu.addSeparator()
        refresh = QKeySequence(QKeySequence.StandardKey.Refresh)
        menu.add(
            translate("Archive", "Look into S3 again"),
            self.context.archive.refresh,
            icon="retry",
            shortcut=refresh,
        )
        menu.exec(place)
        menu.deleteLater()

    # ---- the rest ---------------------------------------------------------------------------------------

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if action == "retry":
            self.context.archive.refresh()
        else:
            self.context.run_action(action, error)

    def _clear_filter(self) -> None:
        self.search.clear()
        self.filters.clear()

    def _restore_table(self) -> None:
        state = self.context.window_state.table(TABLE) or TableState()
        self.table.set_column_widths(state.widths)
        column, order = ARCHIVED, Qt.SortOrder.DescendingOrder
        if state.sort_column in COLUMN_KEYS:
            column = COLUMN_KEYS.index(state.sort_column)
            order = Qt.SortOrder.DescendingOrder if state.sort_descending else Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(column, order)

    def _keep_table(self) -> None:
        header = self.table.header()
        section = header.sortIndicatorSection()
        descending = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        column = COLUMN_KEYS[section] if 0 <= section < len(COLUMN_KEYS) else None
        state = TableState(widths=self.table.column_widths(), sort_column=column, sort_descending=descending)
        self.context.window_state.keep_table(TABLE, state)
