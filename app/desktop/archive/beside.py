"""What stands beside the table: a session's details, or the session itself, read without being saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.desktop.archive.details import DetailsPane, make_views
from app.desktop.formats import date_and_time
from app.desktop.i18n import translate
from app.desktop.painting import vertical_hairline
from app.errors import ObjectArchived

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.archiving.archived_sessions import ArchivedSession
    from app.bootstrap import Services
    from app.desktop.archive.loading import ArchiveRow
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.preview.pane import PreviewPane
    from app.desktop.tasks import Task
    from app.errors import ChatLogError
    from app.remote.protocol import StoredVersion
    from app.sessions.preview import Preview

    Opening = Callable[[Services, Task[Any]], Preview]

QUIET_MILLISECONDS = 300
"""A session is brought when the selection has rested for so long: who runs through the list brings nothing."""


class Beside(QWidget):
    """Details until a preview is wanted; then previews, also of other sessions, until details are wanted again."""

    hidden_by_person = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.look = context.look
        self.details = DetailsPane(context)
        self.preview: PreviewPane | None = None
        self._views = make_views(context.look)
        self._shown: tuple[ArchivedSession, StoredVersion | None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MILLISECONDS)
        self._timer.timeout.connect(self._follow)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(1, 0, 0, 0)  # the hairline at the left
        self._stack.addWidget(self.details)
        self.details.preview_wanted.connect(self.show_preview)
        self.details.hidden_by_person.connect(self._hide)
        self.look.changed.connect(self.update)

    def previewing(self) -> bool:
        """Whether the preview is in front."""
        return self._stack.currentWidget() is not self.details

    def show_row(self, row: ArchiveRow | None, *, this_computer_only: bool) -> None:
        """Another session, the same one as it is now, or none."""
        self.details.show_row(row, this_computer_only=this_computer_only)
        if not self.previewing():
            return
        if row is None or not self.details.readable:
            self.show_details()
        elif self._shown is None or self._shown[0].key != row.key:
            self._timer.start()

    def show_details(self) -> None:
        """The details again. What was read is closed, and gone from this computer."""
        self._timer.stop()
        self._shown = None
        self._stack.setCurrentWidget(self.details)
        self.details.show_itself()
        if self.preview is not None:
            self.preview.clear()

    def show_preview(self, session: ArchivedSession, version: StoredVersion | None = None) -> None:
        """Read a session, or an older version of its log."""
        self._timer.stop()
        pane = self.preview if self.preview is not None else self._make_preview()
        self._stack.setCurrentWidget(pane)
        self._views.choose("preview")
        self._shown = (session, version)
        told = self.details.subtitle.text()
        if version is not None and not version.is_latest:
            when = date_and_time(version.last_modified)
            told = translate("Archive", "Version of {when}").format(when=when)
        pane.show_archived(session.title, told, _opening(session, version))

    def focus_preview(self) -> None:
        """Read the session that is selected, and go there; one that cannot be read yet can be asked back instead."""
        session = self.details.session
        if not self.details.readable:
            self.details.ask_back()
        elif session is not None:
            self.show_preview(session)
            assert self.preview is not None
            self.preview.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_preview(self) -> PreviewPane:
        from app.desktop.preview.pane import PreviewPane  # noqa: PLC0415 - made when first shown

        # "Try again" is about this preview; every other button is the window's.
        pane = PreviewPane(replace(self.context, run_action=self._act))
        self._views.chosen.connect(self._view_chosen)
        pane.header.set_lead(self._views)
        pane.hidden_by_person.connect(self._hide)
        pane.copy_id_wanted.connect(self._copy_id)
        self._stack.addWidget(pane)
        self.preview = pane
        return pane

    def _view_chosen(self, key: str) -> None:
        if key == "details":
            self.show_details()

    def _follow(self) -> None:
        session = self.details.session
        if self.previewing() and session is not None:
            self.show_preview(session)

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if isinstance(error, ObjectArchived) and self._shown is not None:
            session, _version = self._shown
            self.show_details()
            self.details.act_wanted.emit("return", session)
        elif action == "retry" and self._shown is not None:
            self.show_preview(*self._shown)
        else:
            self.context.run_action(action, error)

    def _copy_id(self) -> None:
        session = self.details.session
        if session is not None and session.identity is not None:
            QGuiApplication.clipboard().setText(session.identity[1])

    def _hide(self) -> None:
        self.show_details()
        self.hidden_by_person.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line that parts it from the list."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.colors.base)
        vertical_hairline(painter, 0, 0, self.height(), self.look.colors.line)


def _opening(session: ArchivedSession, version: StoredVersion | None) -> Opening:
    """Brings the session's log, in a worker, for as long as the preview is open."""
    main = session.main
    version_id = version.version_id if version is not None else main.version_id
    name = PurePosixPath(main.relative_path).name if main.relative_path else None

    def open_preview(services: Services, task: Task[Any]) -> Preview:
        return services.peek.preview(
            main.s3_key, version_id, source=main.source, name=name, cancelled=task.ended_early
        )

    return open_preview
