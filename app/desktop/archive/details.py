"""The pane beside the table: one session of the archive, its versions, and the ways back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from app.desktop.archive.details_rows import fill_details, lock_notice, lock_of
from app.desktop.archive.menus import add_copies, add_lifetimes
from app.desktop.archive.versions import VersionList
from app.desktop.i18n import translate
from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.sessions.words import source_name
from app.desktop.widgets.buttons import RING, Button, IconButton
from app.desktop.widgets.details import Details
from app.desktop.widgets.labels import ClampedLabel, ElidedLabel, Label, Line, Picture
from app.desktop.widgets.menus import Menu
from app.desktop.widgets.problem import Problem
from app.desktop.widgets.scrolling import ScrollPage
from app.desktop.widgets.segments import Segments

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from app.archiving.archived_sessions import ArchivedSession
    from app.desktop.archive.details_rows import Lock, Notice
    from app.desktop.archive.loading import ArchiveRow, Facts
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.tasks import Task
    from app.desktop.theme import Look
    from app.errors import ChatLogError

WIDTH = 336
"""Pixels at 100 % (LOOK.md, Measures)."""

ASK_MILLISECONDS = 180
"""After a row was chosen before S3 is asked about it: who runs through the list asks nothing."""


class DetailsPane(QWidget):
    """Says what is known of a session at once, and the rest when S3 has said it."""

    download_wanted = Signal(object, bool)
    """ArchivedSession, and whether the folder is to be asked for anew."""
    version_wanted = Signal(object, object)
    """ArchivedSession and StoredVersion, to be downloaded."""
    preview_wanted = Signal(object, object)
    """ArchivedSession and StoredVersion; None for the newest."""
    act_wanted = Signal(str, object)
    """What `Lifetimes.act` is to do, and the ArchivedSession."""
    hidden_by_person = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.look = context.look
        self._row: ArchiveRow | None = None
        self._facts: Facts | None = None
        self._task: Task[Facts] | None = None
        self._this_computer_only = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_MILLISECONDS)
        self._timer.timeout.connect(self._ask)
        self.setAccessibleName(translate("Archive", "Details"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_header())
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)
        self._content = QWidget()
        self._scroll = ScrollPage(self.look, self._content)
        self._hint = self._make_hint()
        self._stack.addWidget(self._hint)
        self._stack.addWidget(self._scroll)
        self._make_content()
        self.show_row(None, this_computer_only=False)

    # ---- what it is made of -----------------------------------------------------------------------------

    def _make_header(self) -> QHBoxLayout:
        look = self.look
        row = QHBoxLayout()
        row.setContentsMargins(look.px(20), look.px(16) - RING, look.px(14) - RING, look.px(8) - RING)
        row.setSpacing(0)
        self.views = make_views(look)
        self.views.chosen.connect(self._view_chosen)
        row.addWidget(self.views)
        row.addStretch(1)
        self._more = IconButton(look, "more", translate("Archive", "More"))
        self._more.clicked.connect(self._open_menu)
        row.addWidget(self._more)
        hide = IconButton(look, "panel", translate("Archive", "Hide the details"))
        hide.clicked.connect(self.hidden_by_person)
        row.addWidget(hide)
        return row

    def _make_hint(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        hint = Label(self.look, translate("Archive", "Select a session to see its details."), "meta", "text3")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setWordWrap(True)
        column.addWidget(hint)
        return holder

    def _make_content(self) -> None:
        look = self.look
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, look.px(6), 0, look.px(20))
        column.setSpacing(0)
        self.title = ClampedLabel(look, "pane")
        self.subtitle = ElidedLabel(look, "", "meta", "text2")
        self.notice = _Notice(look)
        self.problem = Problem(look, self.context.messages, self._act)
        self._gap = QWidget()
        self._gap.setFixedHeight(look.px(16))
        self.details = Details(look)
        self.versions = VersionList(look)
        self.versions.download_wanted.connect(self._version_wanted)
        self.versions.preview_wanted.connect(self._version_preview)
        column.addLayout(self._inset(self.title, self.subtitle, spacing=4))
        column.addSpacing(look.px(15) - RING)
        column.addLayout(self._make_buttons())
        column.addSpacing(look.px(19) - RING)
        column.addLayout(self._inset(self.notice, self.problem, self._gap, Line(look)))
        column.addSpacing(look.px(17))
        self._line = Line(look)
        column.addLayout(self._inset(self.details, self._line, spacing=20))
        column.addSpacing(look.px(12))
        # Its buttons have room for their focus rings.
        column.addLayout(self._inset(self.versions, right=look.px(16) - RING))
        column.addStretch(1)

    def _inset(self, *widgets: QWidget, spacing: int = 0, right: int | None = None) -> QVBoxLayout:
        """Below one another, as far from the pane's edges as everything in it."""
        look = self.look
        column = QVBoxLayout()
        column.setContentsMargins(look.px(20), 0, look.px(16) if right is None else right, 0)
        column.setSpacing(look.px(spacing))
        for widget in widgets:
            column.addWidget(widget)
        return column

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(self.look.px(20) - RING, 0, self.look.px(16) - RING, 0)
        row.setSpacing(0)
        self.download = Button(
            self.look, translate("Archive", "Download", "button"), "primary", icon="download"
        )
        self.download.clicked.connect(self._download)
        self.preview = Button(self.look, translate("Archive", "Preview", "button"), icon="eye")
        self.preview.clicked.connect(self._preview)
        self.ask = Button(self.look, translate("Archive", "Ask for its return…"), "primary", icon="putback")
        self.ask.clicked.connect(self.ask_back)
        self.undelete = Button(self.look, translate("Archive", "Undelete", "button"), icon="putback")
        self.undelete.clicked.connect(lambda: self.act_wanted.emit("undelete", self.session))
        for button in (self.ask, self.download, self.preview, self.undelete):
            row.addWidget(button)
        row.addStretch(1)
        return row

    # ---- what it shows ----------------------------------------------------------------------------------

    @property
    def session(self) -> ArchivedSession | None:
        """The session it shows."""
        return self._row.session if self._row is not None else None

    @property
    def readable(self) -> bool:
        """Whether S3 would give the session, as far as is known."""
        return self.lock == "open"

    @property
    def lock(self) -> Lock:
        """Whether the session can be had at once, has to be asked back first, or is on its way."""
        return lock_of(self._row, self._facts) if self._row is not None else "open"

    def shows(self, row: ArchiveRow) -> bool:
        """Whether it is about this session."""
        return self._row is not None and self._row.key == row.key

    def show_itself(self) -> None:
        """It is in front again."""
        self.views.choose("details")

    def show_row(self, row: ArchiveRow | None, *, this_computer_only: bool) -> None:
        """Another session, the same one as it is now, or none."""
        before, self._row = self._row, row
        changed = this_computer_only != self._this_computer_only
        self._this_computer_only = this_computer_only
        for widget in (self.views, self._more):
            widget.setVisible(row is not None)
        if row is None:
            self._forget()
            self._stack.setCurrentWidget(self._hint)
            return
        if before is None or before.session != row.session or before.returning != row.returning:
            self._forget()
            if before is None or before.key != row.key:
                self._scroll.verticalScrollBar().setValue(0)
            self._ask_soon()
        elif not changed:
            return
        self._stack.setCurrentWidget(self._scroll)
        self._fill()

    def set_quiet(self, quiet: bool) -> None:
        """Several are selected: the one primary button of the view stands below the table."""
        for button in (self.ask, self.download):
            button.set_kind("secondary" if quiet else "primary")

    def _forget(self) -> None:
        self._timer.stop()
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self._facts = None
        self.problem.tell(None)

    def _fill(self) -> None:
        row = self._row
        assert row is not None
        session = row.session
        self.title.setText(session.title)
        named = source_name(session.source) if session.source is not None else ""
        self.subtitle.setText(" · ".join(part for part in (named, row.folder) if part))
        self.subtitle.setVisible(bool(self.subtitle.text()))
        self.notice.tell(lock_notice(row, self._facts))
        readable, lock, deleted = self.readable, self.lock, session.deleted_at is not None
        locked = lock == "locked"
        self.ask.setVisible(locked)
        self.download.setVisible(not locked)
        # The versions of a deleted one are looked at from their list.
        self.preview.setVisible(not deleted)
        self.preview.setEnabled(lock != "coming")
        self.undelete.setVisible(deleted)
        self.undelete.setEnabled(readable)
        self.details.clear()
        fill_details(
            self.details,
            row,
            self._facts,
            this_computer_only=self._this_computer_only,
            asking=self._facts is None and self.problem.error is None,
        )
        failed = self.problem.error is not None
        self._line.setVisible(not failed)
        self.versions.setVisible(not failed)
        if not failed:
            self.versions.show_versions(
                self._facts.versions if self._facts is not None else None, readable=readable
            )
        self._gap.setVisible(not self.notice.isHidden() or not self.problem.isHidden())

    # ---- asking S3 --------------------------------------------------------------------------------------

    def _ask_soon(self) -> None:
        if self.isVisible():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is asked for a pane that nobody sees."""
        super().showEvent(event)
        if self._row is not None and self._facts is None and self._task is None:
            self._ask_soon()

    def _ask(self) -> None:
        session = self.session
        if session is None:
            return
        self._task = self.context.archive.ask_facts(session, done=self._told, failed=self._failed, owner=self)

    def _told(self, facts: Facts) -> None:
        self._task = None
        self._facts = facts
        self.problem.tell(None)
        self._fill()

    def _failed(self, error: ChatLogError) -> None:
        self._task = None
        self.problem.tell(error)
        self._fill()

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if action != "retry":
            self.context.run_action(action, error)
            return
        self.problem.tell(None)
        self._fill()
        self._ask()

    # ---- what a person does -----------------------------------------------------------------------------

    def _download(self) -> None:
        again = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.download_wanted.emit(self.session, again)

    def _preview(self) -> None:
        if not self.readable:
            self.show_itself()
            self.ask_back()
            return
        self.preview_wanted.emit(self.session, None)

    def ask_back(self) -> None:
        """Lead to asking for the session's return, if that is what it takes to read it."""
        if self.lock == "locked":
            self.act_wanted.emit("return", self.session)

    def _version_wanted(self, version: object) -> None:
        self.version_wanted.emit(self.session, version)

    def _version_preview(self, version: object) -> None:
        self.preview_wanted.emit(self.session, version)

    def _view_chosen(self, key: str) -> None:
        if key == "preview":
            self._preview()

    def _open_menu(self) -> None:
        session = self.session
        if session is None:
            return
        menu = Menu(self.look, self)
        menu.add(
            translate("Archive", "Download to…"),
            lambda: self.download_wanted.emit(session, True),
            icon="download",
            enabled=self.lock != "locked",
        )
        menu.addSeparator()
        add_copies(menu, session)
        menu.addSeparator()
        locked = [session] if self.lock == "locked" else []
        add_lifetimes(menu, [session], locked, lambda kind, _: self.act_wanted.emit(kind, session))
        menu.exec(self._more.mapToGlobal(QPoint(RING, self._more.height() - RING + 4)))
        menu.deleteLater()


def make_views(look: Look) -> Segments:
    """The choice between details and preview; it stands in the head of both."""
    return Segments(
        look,
        translate("Archive", "What is shown of the session"),
        [
            ("details", translate("Archive", "Details")),
            ("preview", translate("Archive", "Preview", "noun")),
        ],
    )


class _Notice(QWidget):
    """Something to know before a button is pressed."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        row.setSpacing(look.px(10))
        self._icon = Picture(look, "lock")
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self.text = Label(look, "", "meta", "text2", wrap=True)
        row.addWidget(self.text, 1)
        self.hide()
        look.changed.connect(self.update)

    def tell(self, notice: Notice | None) -> None:
        """Show it; None hides."""
        self.setVisible(notice is not None)
        if notice is not None:
            self._icon.set_icon(notice.icon)
            self.text.setText(notice.text)
            self.setAccessibleName(notice.text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        fill(QPainter(self), QRectF(self.rect()), self.look.colors.raised, WIDE_RADIUS)
