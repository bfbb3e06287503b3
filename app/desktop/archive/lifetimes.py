"""Deleting, undeleting and asking back: the question, the work in the background, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from app.archiving.lifetimes import in_archive_class
from app.desktop.archive.lifetime_dialogs import DeleteDialog, ReturnDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from app.archiving.archived_sessions import ArchivedSession
    from app.archiving.lifetimes import SessionsChanged
    from app.bootstrap import Services
    from app.desktop.context import Context
    from app.desktop.tasks import Task
    from app.desktop.widgets.dialogs import Dialog
    from app.errors import ChatLogError

Kind = Literal["delete", "undelete", "return"]


@dataclass(frozen=True, slots=True)
class News:
    """How it stands with what was asked. Without `changed` and `error` it is under way."""

    kind: Kind
    count: int
    changed: SessionsChanged | None = None
    error: ChatLogError | None = None


class Lifetimes(QObject):
    """For one page. What was begun is done to its end, whatever becomes of the page."""

    told = Signal(object)
    """News."""
    download_agreed = Signal(object, object, bool)
    """Sessions to be downloaded once S3 has brought them back, the ReturnRequest that somebody has agreed to, and whether
    the folder is to be asked for anew."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self.dialog: Dialog | None = None
        """The question that is open."""

    def act(self, kind: Kind, sessions: Sequence[ArchivedSession]) -> None:
        """What a button or a menu asks for. Those that it does not apply to are left out."""
        if kind == "delete":
            self.delete(sessions)
        elif kind == "undelete":
            self.undelete(sessions)
        else:
            self.ask_return(sessions)

    def delete(self, sessions: Sequence[ArchivedSession]) -> None:
        """Ask, then delete."""
        there = [session for session in sessions if session.deleted_at is None]
        if there:
            dialog = DeleteDialog(self._context.look, there, parent=self._window)
            self._ask(dialog, lambda: self._run("delete", there))

    def undelete(self, sessions: Sequence[ArchivedSession]) -> None:
        """Show deleted ones again."""
        deleted = [session for session in sessions if session.deleted_at is not None]
        if deleted:
            self._run("undelete", deleted)

    def undo_delete(self, sessions: Sequence[ArchivedSession]) -> None:
        """Show again what was deleted a moment ago."""
        self._run("undelete", sessions)

    def ask_return(
        self, sessions: Sequence[ArchivedSession], *, download: bool = False, ask_folder: bool = False
    ) -> None:
        """Ask for how long and how fast, then ask S3. `download`: they were to be downloaded, which waits for that."""
        wanted = list(sessions)
        if not wanted:
            return
        classes = {entry.storage_class for session in wanted for entry in in_archive_class(session)}
        dialog = ReturnDialog(
            self._context.look, len(wanted), classes, download=download, parent=self._window
        )

        def go_on() -> None:
            if dialog.download.isChecked():
                self.download_agreed.emit(wanted, dialog.request, ask_folder)
            else:
                self._run("return", wanted, days=dialog.days, tier=dialog.tier)

        self._ask(dialog, go_on)

    def _ask(self, dialog: Dialog, go_on: Callable[[], None]) -> None:
        def answered(_result: int) -> None:
            self.dialog = None
            dialog.deleteLater()

        self.dialog = dialog
        dialog.accepted.connect(go_on)
        dialog.finished.connect(answered)
        dialog.open()

    def _run(self, kind: Kind, sessions: Sequence[ArchivedSession], *, days: int = 0, tier: str = "") -> None:
        wanted = tuple(sessions)

        def work(services: Services, task: Task[SessionsChanged]) -> SessionsChanged:
            lifetimes = services.lifetimes
            if kind == "delete":
                return lifetimes.delete_sessions(wanted, task.is_cancelled)
            if kind == "undelete":
                return lifetimes.undelete_sessions(wanted, task.is_cancelled)
            return lifetimes.ask_for_sessions(wanted, task.is_cancelled, days=days, tier=tier)

        def done(changed: SessionsChanged) -> None:
            self._settled(News(kind, len(wanted), changed))

        def failed(error: ChatLogError) -> None:
            self._settled(News(kind, len(wanted), error=error))

        self.told.emit(News(kind, len(wanted)))
        self._context.workplace.run(work, done=done, failed=failed, owner=self)

    def _settled(self, news: News) -> None:
        self.told.emit(news)
        self._context.archive.refresh()
        # What was deleted is archived no longer, and is again.
        self._context.sessions.refresh_states()
