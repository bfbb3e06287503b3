"""The Sessions page: every session on this computer, what is archived, and the button that archives more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.page import Page
from app.desktop.searching import wanted_words
from app.desktop.sessions.actions import ARCHIVE_KEY, PREVIEW_KEY, RowActions
from app.desktop.sessions.beside import BesidePreview
from app.desktop.sessions.choosing import choose_files, choose_folder
from app.desktop.sessions.filter_row import FilterRow
from app.desktop.sessions.foot import Foot
from app.desktop.sessions.model import SessionsModel, archivable
from app.desktop.sessions.no_sessions import NoSessions, make_looking, make_no_list, make_no_match
from app.desktop.sessions.path_list import PathList, place_lines
from app.desktop.sessions.scan_line import ScanLine
from app.desktop.sessions.sessions_table import SessionsTable
from app.desktop.sessions.strip import SessionsStrip
from app.desktop.widgets.buttons import RING, Button, IconButton
from app.desktop.widgets.fields import SearchField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.archiving.plan import SessionState
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.sessions.path_list import PathLine
    from app.desktop.sessions.rows import Identity
    from app.desktop.settings.account import ProfileView
    from app.errors import ChatLogError
    from app.sessions.index import InspectReport
    from app.sessions.model import Session
    from app.sessions.notes import Problem
    from app.sessions.places import Place

_MINUTE_MILLISECONDS = 60_000
_KEEP_MILLISECONDS = 400
_TABLE = "sessions"


class SessionsPage(Page):
    """The list, with its filters, its preview and its empty states."""

    key = "sessions"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.look, translate("Sessions", "Sessions"), parent)
        self.context = context
        self.controller = context.sessions
        self.model = SessionsModel(self)
        self.model.set_this_computer_only(_stays_here(context.account.profile))
        self._scan_wanted = False
        self._trouble: ChatLogError | None = None
        self._make()
        self._lay_out()
        self._selection_timer = self._timer(0, self._tell_selection)
        self._keep_timer = self._timer(_KEEP_MILLISECONDS, self._keep)
        self._minute = self._timer(_MINUTE_MILLISECONDS, self.model.renew_ages, once=False)
        kept = context.window_state.table(_TABLE)
        if kept is not None:
            self.table.arrange(kept)
        self._listen()
        self._listen_to_controllers()
        self._show_now()

    # ---- making -----------------------------------------------------------------------------------------

    def _make(self) -> None:
        look = self.look
        self.scan_line = ScanLine(look)
        self.search = SearchField(look, translate("Sessions", "Search sessions"))
        self.search.setMinimumWidth(look.px(140))
        self.search.setMaximumWidth(look.px(240) + 2 * RING)
        self.search.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.preview_button = IconButton(look, "panel", translate("Sessions", "Show preview"))
        self.scan_again = Button(look, translate("Sessions", "Scan again"), "quiet", icon="retry")
        self.filters = FilterRow(look)
        self.strip = SessionsStrip(look, self.context.messages)
        self.table = SessionsTable(look, self.model)
        self.row_actions = RowActions(self.context, self.table)
        self.scan_line.bar_over(self.table)
        self.foot = Foot(look)
        self.no_sessions = NoSessions(look)
        self.looking = make_looking(look)
        self.no_list = make_no_list(look)
        self.clear_button = Button(look, translate("Sessions", "Clear the filters"), "secondary")
        self.no_match = make_no_match(look, self.clear_button)
        self.body = QStackedWidget()
        for widget in (self.table, self.no_match, self.looking, self.no_list, self.no_sessions):
            self.body.addWidget(widget)

    def _lay_out(self) -> None:
        px = self.look.px
        head = self.title_row()
        head.setContentsMargins(px(24), 0, px(16) - RING, 0)
        head.addSpacing(px(8))
        head.addWidget(self.scan_line, 1)
        head.addWidget(self.search)
        head.addWidget(self.preview_button)
        head.addWidget(self.scan_again)
        content = QWidget()
        content.setMinimumWidth(px(240))
        column = QVBoxLayout(content)
        column.setContentsMargins(0, px(16) - RING, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(px(12) - 2 * RING)
        column.addWidget(self.filters)
        column.addSpacing(px(8) - RING)
        below = QVBoxLayout()
        below.setSpacing(px(8))
        for widget, right in ((self.strip, 16), (self.body, 8)):
            row = QHBoxLayout()
            row.setContentsMargins(px(16), 0, px(right), 0)
            row.addWidget(widget)
            below.addLayout(row, 1 if widget is self.body else 0)
        column.addLayout(below, 1)
        column.addWidget(self.foot)
        self.beside = BesidePreview(self.context, content)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.beside)

    def _timer(self, milliseconds: int, done: Callable[[], None], *, once: bool = True) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(once)
        timer.setInterval(milliseconds)
        timer.timeout.connect(done)
        return timer

    def _listen(self) -> None:
        table, model, strip, empty = self.table, self.model, self.strip, self.no_sessions
        model.counted.connect(self._count)
        model.rearranged.connect(self._rearranged)
        model.dataChanged.connect(self._selection_timer.start)
        table.selection_changed.connect(self._selection_timer.start)
        table.current_changed.connect(self._selection_timer.start)
        table.activated_row.connect(self.beside.focus_preview)
        table.header().sortIndicatorChanged.connect(self._sorted)
        table.header().sectionResized.connect(self._keep_timer.start)
        table.header().sectionMoved.connect(self._keep_timer.start)
        self.row_actions.preview_wanted.connect(self.beside.toggle)
        self.row_actions.failed.connect(strip.tell_failure)
        self.search.searched.connect(self._filter)
        self.filters.changed.connect(self._filter)
        self.foot.archive_wanted.connect(self.row_actions.archive)
        self.foot.clear_wanted.connect(table.clearSelection)
        self.clear_button.clicked.connect(self.clear_filters)
        self.preview_button.clicked.connect(self.beside.toggle)
        self.beside.shown_changed.connect(self._show_buttons)
        self.beside.reveal_wanted.connect(self.row_actions.reveal_session)
        self.beside.copy_id_wanted.connect(self.row_actions.copy_id)
        self.scan_again.clicked.connect(self.rescan)
        empty.choose_files.connect(self.choose_files)
        empty.choose_folder.connect(self.choose_folder)
        empty.show_places.connect(self.show_places)
        strip.mend.connect(self._mend)
        strip.copy.connect(self._copy)
        strip.show_soon.connect(self.show_deleted_soon)
        strip.archive_soon.connect(self._archive_soon)
        strip.show_transfers.connect(self._show_transfers)
        strip.set_up.connect(self._set_up)
        strip.show_paths.connect(self._show_paths)
        for keys in (QKeySequence("F5"), QKeySequence("Ctrl+R")):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.rescan)

    def _listen_to_controllers(self) -> None:
        controller = self.controller
        controller.listed.connect(self._show_listed)
        controller.states_changed.connect(self._show_states)
        controller.scan_changed.connect(self._show_scan)
        controller.taking_changed.connect(self._show_scan)
        controller.places_changed.connect(self._show_places)
        controller.problems_changed.connect(self._show_problems)
        controller.trouble.connect(self._show_trouble)
        controller.taken.connect(self._show_taken)
        self.context.account.profile_changed.connect(self._show_profile)
        self.context.account.trouble.connect(self._tell_trouble)

    def _show_now(self) -> None:
        controller = self.controller
        self._show_listed(controller.sessions)
        self._show_places(controller.places)
        self._show_problems(controller.problems)
        self._show_trouble(controller.error)
        self._show_profile(self.context.account.profile)
        self._show_scan()

    # ---- what a person does -----------------------------------------------------------------------------

    def shown(self) -> None:
        """Ages have gone on meanwhile; the keyboard is the table's."""
        self.model.renew_ages()
        self._minute.start()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def left(self) -> None:
        """Nobody sees the ages."""
        self._minute.stop()

    def start_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def shortcuts(self) -> list[tuple[QKeySequence | str, str]]:
        """The table's keys and the page's."""
        return [
            (ARCHIVE_KEY, translate("Sessions", "Archive the selected sessions")),
            (PREVIEW_KEY, translate("Sessions", "Show or hide the preview")),
            (
                QKeySequence(QKeySequence.StandardKey.Copy),
                translate("Sessions", "Copy the selected sessions' IDs"),
            ),
            (
                QKeySequence(QKeySequence.StandardKey.SelectAll),
                translate("Sessions", "Select all listed sessions"),
            ),
            ("F5", translate("Sessions", "Scan again")),
        ]

    def rescan(self) -> None:
        """Scan, because a person wants it."""
        self._scan_wanted = True
        self.controller.rescan()

    def clear_filters(self) -> None:
        """List everything."""
        self.search.clear()
        self.filters.clear()
        self._filter()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_deleted_soon(self) -> None:
        """List what is deleted soon, with what is not archived of it selected."""
        self.search.clear()
        self.filters.clear()
        self.filters.segments.choose("soon")
        self._filter()
        wanted = [row.session.identity for row in archivable(self.model.deleted_soon())]
        self.table.select_numbers(self.model.numbers_of(wanted))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_files(self) -> None:
        """Ask for files and archive them."""
        self.controller.take_paths(choose_files(self, self.context.window_state))

    def choose_folder(self) -> None:
        """Ask for a folder and archive what is in it."""
        self.controller.take_paths(choose_folder(self, self.context.window_state))

    def show_places(self) -> None:
        """The folders that are looked in."""
        more = (translate("Sessions", "Add a folder…"), self._open_sources)
        lines = place_lines(self.controller.places)
        PathList(self.look, translate("Sessions", "Places looked in"), lines, more=more, parent=self).ask()

    def _filter(self) -> None:
        self.model.set_filter(self.filters.filter(wanted_words(self.search.text())))
        self.table.show_top()
        self._show_body()

    def _sorted(self) -> None:
        self.table.show_top()
        self._keep_timer.start()

    def _archive_soon(self) -> None:
        self.row_actions.archive_rows(self.model.deleted_soon())

    def _mend(self, action: ActionKind, error: ChatLogError) -> None:
        if action == "retry":
            self.rescan()
        else:
            self.context.run_action(action, error)

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def _show_transfers(self) -> None:
        self.context.navigate("transfers")

    def _set_up(self) -> None:
        self.context.settings_tab("profiles")

    def _open_sources(self) -> None:
        self.context.settings_tab("sources")

    def _show_paths(self, heading: str, lines: Sequence[PathLine]) -> None:
        PathList(self.look, heading, lines, parent=self).ask()

    # ---- what the controllers tell ----------------------------------------------------------------------

    def _show_listed(self, sessions: Sequence[tuple[Session, SessionState]]) -> None:
        self.model.set_listed(sessions)
        chosen = self.filters.filter(())
        self.filters.offer(self.model)
        if self.filters.filter(()) != chosen:
            self._filter()
        self._show_body()

    def _show_states(self, states: Mapping[Identity, SessionState]) -> None:
        self.model.set_states(states)

    def _show_scan(self, _what: object = None) -> None:
        controller = self.controller
        if not controller.scanning:
            self._scan_wanted = False
        wanted = self._scan_wanted or not controller.looked
        self.scan_line.tell(controller.progress, wanted=wanted, taking=controller.taking)
        self._show_body()

    def _show_places(self, places: Sequence[Place]) -> None:
        self.no_sessions.set_places(places)

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        self.strip.set_problems(problems)

    def _show_trouble(self, error: ChatLogError | None) -> None:
        self._trouble = error
        self._tell_trouble()

    def _tell_trouble(self, _of_account: ChatLogError | None = None) -> None:
        error, told = self._trouble, self.context.account.current_trouble
        # What prevents everything is told once, above the pages.
        is_told = told is not None and type(told) is type(error)
        self.strip.set_error(None if is_told else error)
        self._show_body()

    def _show_taken(self, report: InspectReport, paths: Sequence[str]) -> None:
        self.strip.set_taken(report, paths)

    def _show_profile(self, profile: ProfileView | None) -> None:
        only = _stays_here(profile)
        self.model.set_this_computer_only(only)
        self.table.fit_states()
        self.strip.set_this_computer_only(only)

    # ---- what follows from it ---------------------------------------------------------------------------

    def _rearranged(self) -> None:
        self._selection_timer.start()
        self._show_body()

    def _count(self) -> None:
        self.filters.count(self.model)
        self.strip.set_soon(archivable(self.model.deleted_soon()))

    def _tell_selection(self) -> None:
        selected = self.table.selected()
        self.foot.tell(selected, self.model.shown)
        current = self.table.current()
        # With nothing selected the current row is where the keyboard is, not what is looked at.
        self.beside.look_at(current.session if current is not None and selected else None)

    def _show_body(self) -> None:
        """The table, or why there is none."""
        known = bool(self.model.listed)
        controller = self.controller
        if known:
            front: QWidget = self.table if self.model.shown else self.no_match
        elif controller.looked:
            front = self.no_sessions
        else:
            in_vain = controller.error is not None or controller.interrupted
            front = self.no_list if in_vain else self.looking
        self.body.setCurrentWidget(front)
        self.filters.setVisible(known)
        self.foot.setVisible(known)
        self.search.setVisible(known)
        self.scan_again.setVisible(front in {self.no_sessions, self.no_list})
        self.strip.set_bare(not known)
        self.beside.set_offered(known)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self.preview_button.setVisible(bool(self.model.listed) and not self.beside.preview_shown)

    def _keep(self) -> None:
        self.context.window_state.keep_table(_TABLE, self.table.arrangement())


def _stays_here(profile: ProfileView | None) -> bool:
    return profile is not None and profile.this_computer_only
