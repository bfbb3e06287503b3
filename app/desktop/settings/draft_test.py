"""Whether what stands in a form answers, and where it leads: shown before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.settings.account_work import try_draft
from app.desktop.settings.connection_words import add_storage, encryption, host_of, reached
from app.desktop.widgets.details import Details
from app.desktop.widgets.labels import Label, Picture
from app.desktop.widgets.problem import Problem

if TYPE_CHECKING:
    from app.account.profile_editing import Draft
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.settings.account_work import ConnectionReport
    from app.desktop.tasks import Task
    from app.errors import ChatLogError


class DraftTest(QWidget):
    """Hidden until something is tried."""

    ended = Signal()
    """An answer came, or none; `report` and `error` say which."""
    action_wanted = Signal(str, object)
    """What the button of an error says, and the error; trying again it does by itself."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = context.look
        self.look = look
        self._context = context
        self._asking: Task[ConnectionReport] | None = None
        self._draft: Draft | None = None
        self._editing: str | None = None
        self.report: ConnectionReport | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._panel = _Panel(context)
        self.result = self._panel.result
        outer.addWidget(self._panel)
        self.problem = Problem(look, context.messages, self._act)
        outer.addWidget(self.problem)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether an answer is waited for."""
        return self._asking is not None

    @property
    def error(self) -> ChatLogError | None:
        """Why there was no answer."""
        return self.problem.error

    def is_of(self, draft: Draft) -> bool:
        """Whether the report is this draft's."""
        return self.report is not None and self._draft == draft

    def start(self, draft: Draft, editing: str | None) -> None:
        """Ask the draft's endpoint."""
        self.forget()
        self._draft, self._editing = draft, editing
        self._panel.ask(translate("Profiles", "Asking {host}…").format(host=host_of(draft.endpoint)))
        self.show()
        self._asking = self._context.workplace.run(
            lambda services, _task: try_draft(services, draft, editing),
            done=self._answered,
            failed=self._not_answered,
            owner=self,
        )

    def forget(self) -> None:
        """What was asked is no longer what stands in the form."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        self.report = None
        self.problem.tell(None)
        self._panel.hide()
        self.hide()

    def tell(self, error: ChatLogError) -> None:
        """Show an error that came later, from saving."""
        self.problem.tell(error)
        self.show()

    def _answered(self, report: ConnectionReport) -> None:
        self._asking = None
        self.report = report
        assert self._draft is not None
        self._panel.show_report(report, self._draft.endpoint)
        self.ended.emit()

    def _not_answered(self, error: ChatLogError) -> None:
        self._asking = None
        self._panel.hide()
        self.problem.tell(error)
        self.ended.emit()

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if action == "retry" and self._draft is not None:
            self.start(self._draft, self._editing)
        else:
            self.action_wanted.emit(action, error)


class _Panel(QWidget):
    """What the endpoint said, as a person reads it before she accepts it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        look = context.look
        self.look = look
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        column.setSpacing(look.px(8))
        row = QHBoxLayout()
        row.setSpacing(look.px(10))
        self._picture = Picture(look, "queued")
        self.result = Label(look, "", "strong", wrap=True)
        row.addWidget(self._picture)
        row.addWidget(self.result, 1)
        column.addLayout(row)
        self._line = Label(look, "", "meta", "text2", wrap=True)
        column.addWidget(self._line)
        self.details = Details(look, label_width=104)
        column.addWidget(self.details)
        look.changed.connect(self.update)

    def ask(self, text: str) -> None:
        """An answer is waited for."""
        self._picture.set_icon("queued", "text2")
        self._say(text, "")
        self.details.clear()
        self.details.hide()
        self.show()

    def show_report(self, report: ConnectionReport, endpoint: str) -> None:
        """The answer."""
        if report.leads_elsewhere and report.pinned is not None:
            text = translate(
                "Profiles", "{pinned} was accepted before. From now on sessions would go to other storage."
            )
            self._picture.set_icon("warning", "warning")
            self._say(reached(report), text.format(pinned=report.pinned.bucket))
        else:
            self._picture.set_icon("archived", "ok")
            line = translate(
                "Profiles", "Sessions would be kept here. It stays the only place they may go to."
            )
            if report.this_computer_only:
                line = translate(
                    "Profiles", "Sessions would be kept on this computer only: no copy elsewhere."
                )
            self._say(reached(report), line)
        self.details.clear()
        add_storage(self.details, report.storage, endpoint)
        self.details.add(translate("Profiles", "Encryption"), encryption(report))
        self.details.show()

    def _say(self, result: str, line: str) -> None:
        self.result.setText(result)
        self._line.setText(line)
        self._line.setVisible(bool(line))
        self.setAccessibleName(f"{result} {line}".strip())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        fill(QPainter(self), QRectF(self.rect()), self.look.colors.raised, WIDE_RADIUS)
