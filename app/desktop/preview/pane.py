"""The preview: a session's head and its messages, read in the background."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.preview import words
from app.desktop.preview.find_bar import FindBar
from app.desktop.preview.finder import Finder
from app.desktop.preview.header import Header
from app.desktop.preview.message_list import MessageList
from app.desktop.preview.reader import Reader
from app.desktop.preview.spoken import Spoken
from app.desktop.preview.states import GrownLine, Instead
from app.desktop.sessions.rows import folder_name
from app.desktop.sessions.words import source_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from app.bootstrap import Services
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.preview.library import Wanted
    from app.desktop.preview.parts import ReadPage
    from app.desktop.tasks import Task
    from app.errors import ChatLogError
    from app.sessions.model import Session
    from app.sessions.preview import Preview

_WIDTH = 336
_NARROWEST = 260
_WAIT_MILLISECONDS = 150
"""What comes sooner than this needs no placeholder."""
_CHECK_MILLISECONDS = 4000
"""Between two looks whether the file has changed, as long as it can be seen."""

Shown = Literal["nothing", "session", "archived"]


class PreviewPane(QWidget):
    """Shows one session at a time. What it does not show is not open."""

    hidden_by_person = Signal()
    reveal_wanted = Signal()
    """The file of the session that is shown is wanted in the file manager."""
    copy_id_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        look = self._look = context.look
        self._shown: Shown = "nothing"
        self._session: Session | None = None
        self._wants_end = False
        self._again: Callable[[], None] = self.clear
        self.setAccessibleName(translate("Preview", "Preview", "noun"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(look.px(_NARROWEST))
        self.header = Header(look)
        self.grown = GrownLine(look)
        self.find_bar = FindBar(look)
        self.messages = MessageList(look)
        self.instead = Instead(look)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.instead)
        self._stack.addWidget(self.messages)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.header, self.find_bar, self.grown):
            layout.addWidget(widget)
        layout.addWidget(self._stack, 1)
        self.setFocusProxy(self.messages)
        self.reader = Reader(context.tasks, context.workplace, self)
        self.finder = Finder(self.reader, self.messages, self)
        self._spoken = Spoken(self.messages)
        self._waiting = self._timer(_WAIT_MILLISECONDS, self._show_waiting)
        self._waiting.setSingleShot(True)
        self._checking = self._timer(_CHECK_MILLISECONDS, self._check)
        self._connect()
        self.clear()

    def _timer(self, milliseconds: int, done: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(done)
        return timer

    def _connect(self) -> None:
        header, reader, messages = self.header, self.reader, self.messages
        header.hide_wanted.connect(self.hidden_by_person)
        header.reveal_wanted.connect(self.reveal_wanted)
        header.copy_id_wanted.connect(self.copy_id_wanted)
        header.find_wanted.connect(self.open_find)
        header.beginning_wanted.connect(messages.go_to_beginning)
        header.end_wanted.connect(messages.go_to_end)
        header.copy_message_wanted.connect(messages.copy_message)
        reader.page_read.connect(self._page_read)
        reader.counted.connect(messages.set_total)
        reader.picture_read.connect(messages.show_picture)
        reader.changed.connect(self._file_changed)
        reader.failed.connect(self._failed)
        messages.wanted.connect(self._pages_wanted)
        messages.picture_wanted.connect(reader.want_picture)
        messages.find_wanted.connect(self.open_find)
        messages.find_again_wanted.connect(self._find_again)
        self.find_bar.searched.connect(self.finder.search)
        self.find_bar.again.connect(self._find_again)
        self.find_bar.closed.connect(self._find_closed)
        self.finder.told.connect(self._tell_found)
        self.grown.newest_wanted.connect(self._show_newest)
        self._look.changed.connect(self.update)
        # What was archived with another profile cannot be read any more.
        self._context.workplace.reopened.connect(self._profile_changed)

    # ---- what is shown ----------------------------------------------------------------------------------

    def show_session(self, session: Session) -> None:
        """A session of this computer. The one that is shown already stays as it is; it may be said to have grown."""
        before = self._session
        self._session = session
        self.header.show_facts(
            session.title,
            " · ".join(
                fact for fact in (source_name(session.source), folder_name(session.project or "")) if fact
            ),
            words.figures(session),
            is_here=True,
            tooltip=words.tokens_in_full(session.tokens) if words.tokens(session.tokens) else "",
        )
        is_same = before is not None and before.identity == session.identity
        if is_same and self._shown == "session" and not self._has_failed():
            if before is not None and _main_of(before) != _main_of(session):
                self._file_changed()
            return
        self._shown = "session"
        self._read_session(session)

    def show_archived(
        self, title: str, subtitle: str, open_preview: Callable[[Services, Task[Any]], Preview]
    ) -> None:
        """Something that has to be brought first: `open_preview` is called in a worker, with the task to report to
        and to look whether it is still wanted. What it opens is closed here."""
        self._session = None
        self._shown = "archived"
        self.header.show_facts(title, subtitle, "", is_here=False)
        self._begin()
        self._again = partial(self.show_archived, title, subtitle, open_preview)
        self.reader.open_with_services(open_preview)

    def clear(self) -> None:
        """Nothing is selected."""
        self._shown = "nothing"
        self._session = None
        self.reader.close()
        self._begin()
        self._waiting.stop()
        self.header.show_nothing()
        self.instead.hint(translate("Preview", "Select a session to read it here."))
        self._stack.setCurrentWidget(self.instead)

    def _read_session(self, session: Session) -> None:
        def opening() -> Preview:
            from app.sessions.preview import open_preview  # noqa: PLC0415 - in the worker: it knows every format

            return open_preview(session)

        self._begin()
        self._again = partial(self._read_session, session)
        self.reader.open_file(opening)

    def _begin(self) -> None:
        self._wants_end = False
        self.grown.hide()
        self.finder.forget()
        if not self.find_bar.isHidden():
            self.find_bar.close_bar()
        self.messages.clear()
        self.header.set_readable(True)
        self._stack.setCurrentWidget(self.messages)
        self._waiting.start()
        self._start_checking()

    def _has_failed(self) -> bool:
        return self._stack.currentWidget() is self.instead

    # ---- reading ----------------------------------------------------------------------------------------

    def _page_read(self, page: ReadPage) -> None:
        self._waiting.stop()
        self.messages.show_page(page)
        self.reader.want_count()
        if self._wants_end:
            self._wants_end = False
            self.messages.go_to_end()

    def _pages_wanted(self, wanted: Wanted) -> None:
        self.reader.want_pages(wanted.now, wanted.ahead)

    def _show_waiting(self) -> None:
        self.messages.set_waiting(True)

    def _failed(self, error: ChatLogError) -> None:
        self._waiting.stop()
        self.grown.hide()
        self.messages.clear()
        self.header.set_readable(False)
        self.instead.tell(error, self._context.messages, self._act)
        self._stack.setCurrentWidget(self.instead)

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        """What an error's button says; trying again means to read this one again."""
        if action == "retry":
            self._again()
        else:
            self._context.run_action(action, error)

    def _file_changed(self) -> None:
        self._checking.stop()
        self.grown.show()

    def _check(self) -> None:
        if self._shown == "session" and self.messages.placed:
            self.reader.want_check()

    def _show_newest(self) -> None:
        if self._session is not None:
            self._read_session(self._session)
            self._wants_end = True

    def _profile_changed(self) -> None:
        if self._shown == "archived":
            self.clear()

    def _start_checking(self) -> None:
        if self.isVisible():
            self._checking.start()

    # ---- finding ----------------------------------------------------------------------------------------

    def open_find(self) -> None:
        """Show the bar to find something, if there is something to be found in."""
        if self._shown != "nothing" and not self._has_failed():
            self.find_bar.open_bar()

    def _find_again(self, back: bool) -> None:
        if self.find_bar.isHidden():
            self.open_find()
        else:
            self.finder.go_on(back=back)

    def _tell_found(self, position: int | None, count: int, is_done: bool) -> None:
        self.find_bar.tell_count(position, count, is_done=is_done)

    def _find_closed(self) -> None:
        self.finder.search("")
        self.messages.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- events -----------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Wherever the focus is in the pane, finding means this session."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Find)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the focused control does not take."""
        if event.matches(QKeySequence.StandardKey.Find):
            self.open_find()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Look from time to time whether the file has changed."""
        super().showEvent(event)
        self._start_checking()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees whether it has."""
        self._checking.stop()
        super().hideEvent(event)

    def sizeHint(self) -> QSize:
        """336 wide."""
        return QSize(self._look.px(_WIDTH), self._look.px(480))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(self.rect(), self._look.colors.base)


def _main_of(session: Session) -> tuple[int, int] | None:
    """What tells whether the main file is still the same."""
    return next(((file.size, file.mtime_ns) for file in session.files if file.is_main), None)
