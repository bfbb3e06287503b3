"""The Transfers page: what is being sent and brought back, what failed and how to mend it, what is done."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.messages import sentences
from app.desktop.page import Page
from app.desktop.transfers.cancelling import CancelAll
from app.desktop.transfers.doing import Doing
from app.desktop.transfers.halted import Halted
from app.desktop.transfers.head import Head
from app.desktop.transfers.model import TransfersModel
from app.desktop.transfers.summary import Counted, summarise
from app.desktop.transfers.view import TransferList
from app.desktop.transfers.words import Words
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.empty import EmptyState
from app.desktop.widgets.strips import Strip

if TYPE_CHECKING:
    from PySide6.QtGui import QKeySequence

    from app.archiving.queue_rows import QueueTotals, TransferRow
    from app.desktop.context import Context
    from app.desktop.settings.account import ProfileView
    from app.desktop.transfers.actions import Action
    from app.desktop.transfers.model import Filter
    from app.desktop.transfers.sections import Item
    from app.errors import ChatLogError


class TransfersPage(Page):
    """Shows what `context.transfers` tells."""

    key = "transfers"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.look, translate("Transfers", "Transfers"), parent)
        self.context = context
        self.controller = context.transfers
        self.model = TransfersModel(Words(context.messages), self)
        self.doing = Doing(context, self.tell_problem, self)
        self._notice: ChatLogError | None = None
        self._problem: ChatLogError | None = None
        self._filter: Filter = "all"
        self._make()
        self._listen()
        self._take_profile(context.account.profile)
        self.model.fill(self.controller.rows())
        self._renew()
        self._wait_for_midnight()

    # ---- what it is made of -----------------------------------------------------------------------------

    def _make(self) -> None:
        look = self.look
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.head = Head(look, self.title)
        column.addWidget(self.head)
        self.halted = Halted(look, self.context.messages)
        self.strip = Strip(look)
        self._strips = QWidget()
        strips = QVBoxLayout(self._strips)
        strips.setContentsMargins(look.px(16), look.px(8), look.px(16), 0)
        strips.addWidget(self.halted)
        strips.addWidget(self.strip)
        column.addWidget(self._strips)
        self.list = TransferList(look, translate("Transfers", "Transfers"), self.model, self.context.messages)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(look.px(16), 0, look.px(6), 0)
        row.addWidget(self.list)
        self._stack = QStackedWidget()
        self._stack.addWidget(holder)
        self.empty = self._make_empty()
        self._stack.addWidget(self.empty)
        self.none_match = self._make_none_match()
        self._stack.addWidget(self.none_match)
        column.addWidget(self._stack, 1)

    def _make_empty(self) -> EmptyState:
        button = Button(self.look, translate("Transfers", "Go to sessions"), "primary")
        button.clicked.connect(lambda _checked=False: self.context.navigate("sessions"))
        lines = translate(
            "Transfers",
            "Sessions that you archive and files that you download appear here.\nThey go on after a restart.",
        )
        return EmptyState(self.look, "transfers", translate("Transfers", "No transfers yet"), lines, [button])

    def _make_none_match(self) -> EmptyState:
        button = Button(self.look, translate("Transfers", "Show all"))
        button.clicked.connect(self._show_all)
        return EmptyState(self.look, "transfers", "", "", [button])

    def _listen(self) -> None:
        transfers = self.controller
        transfers.changed.connect(self._changed)
        transfers.totals_changed.connect(self._renew)
        transfers.ready_changed.connect(self._renew)
        self.context.account.profile_changed.connect(self._take_profile)
        self.head.wanted.connect(self._command)
        self.head.filter_chosen.connect(self._choose_filter)
        self.halted.try_now.connect(transfers.retry_now)
        self.halted.action_wanted.connect(self.context.run_action)
        self.list.acted.connect(self._act)
        self.list.menu_wanted.connect(self._open_menu)

    def shown(self) -> None:
        """The keyboard is the list's."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def shortcuts(self) -> list[tuple[QKeySequence | str, str]]:
        """Keys of the list."""
        return [
            ("Space", translate("Transfers", "Pause or resume the selected transfers")),
            ("R", translate("Transfers", "Try the selected transfers again")),
            ("Del", translate("Transfers", "Cancel the selected transfers, or remove them from the list")),
            ("Right", translate("Transfers", "To the buttons of a transfer, and back")),
        ]

    # ---- what is known ----------------------------------------------------------------------------------

    def _changed(self, changed: list[TransferRow], removed: list[str]) -> None:
        anchor = self.list.hold()
        self.model.apply(changed, removed)
        self.list.settle(anchor)
        self._renew()

    def _take_profile(self, profile: ProfileView | None) -> None:
        self.model.set_this_computer_only(profile is not None and profile.this_computer_only)
        self._renew()

    def _renew(self, _totals: QueueTotals | None = None) -> None:
        totals, model = self.controller.totals(), self.model
        counted = Counted(model.done(), model.count("cancelled"), model.has_archived())
        summary = summarise(totals, counted, this_computer_only=model.words.this_computer_only)
        ended = counted.done + counted.cancelled
        self.head.show_totals(totals, summary, ended=ended, any_rows=model.count() > 0)
        self.halted.tell(totals.halted, totals.retry_in)
        self._tell_notice(totals)
        self._strips.setVisible(not self.halted.isHidden() or not self.strip.isHidden())
        self._choose_view()

    def _tell_notice(self, totals: QueueTotals) -> None:
        """One strip at a time: what halts comes first, then what a person has just asked for."""
        notice = totals.notice if totals.halted is None else None
        if notice is self._notice or self._problem is not None:
            return
        self._notice = notice
        if notice is None:
            self.strip.clear()
            return
        why = self.context.messages.explain(notice).title
        text = translate(
            "Transfers", "Nothing is lost, but the list of titles could not be written: {reason}"
        )
        again = (translate("Transfers", "Try now"), self.controller.retry_now)
        self.strip.say(text.format(reason=why), [again])

    def tell_problem(self, error: ChatLogError) -> None:
        """What a row's menu could not do."""
        self._problem = error
        explained = self.context.messages.explain(error)
        close = (translate("Transfers", "Close"), self._forget_problem)
        self.strip.say(sentences(explained.title_sentence, explained.cause), [close], kind="warning")
        self._strips.show()

    def _forget_problem(self) -> None:
        self._problem = self._notice = None
        self.strip.clear()
        self._renew()

    # ---- which rows are seen ----------------------------------------------------------------------------

    def _choose_filter(self, wanted: str) -> None:
        self._filter = cast("Filter", wanted)
        self.model.set_filter(self._filter)
        self.list.scrollToTop()
        self._choose_view()

    def _show_all(self) -> None:
        self.head.filter.choose("all")
        self._choose_filter("all")
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_view(self) -> None:
        if not self.model.count() and self.controller.ready and not self.controller.busy():
            self._stack.setCurrentWidget(self.empty)
            return
        if self.model.count() and not self.model.rowCount():
            heading = {
                "all": "",
                "progress": translate("Transfers", "Nothing is in progress"),
                "failed": translate("Transfers", "Nothing has failed"),
                "done": translate("Transfers", "Nothing is done yet"),
            }[self._filter]
            self.none_match.set_text(heading, "")
            self._stack.setCurrentWidget(self.none_match)
            return
        self._stack.setCurrentIndex(0)

    def _wait_for_midnight(self) -> None:
        """What was done today is then done yesterday."""
        now = datetime.now().astimezone()
        midnight = datetime.combine(now.date() + timedelta(days=1), time()).astimezone()
        self._midnight = QTimer(self)
        self._midnight.setSingleShot(True)
        self._midnight.timeout.connect(self._next_day)
        self._midnight.start(int((midnight - now).total_seconds() * 1000) + 1000)

    def _next_day(self) -> None:
        self._changed([], [])
        self._wait_for_midnight()

    # ---- what a person wants ----------------------------------------------------------------------------

    def _act(self, action: Action, items: list[Item]) -> None:
        self.doing.act(action, [item.row for item in items])

    def _open_menu(self, point: QPoint) -> None:
        rows = [item.row for item in self.list.selected()]
        if rows:
            menu = self.doing.menu(rows, self.list)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(point)

    def _command(self, command: str) -> None:
        if command == "cancel-all":
            self._ask_before_cancelling()
            return
        {
            "retry-failed": self.controller.retry_failed,
            "clear": self.controller.clear,
            "pause-all": self.controller.pause_all,
            "resume-all": self.controller.resume_all,
        }[command]()

    def _ask_before_cancelling(self) -> None:
        left = self.controller.totals().left
        only = self.model.words.this_computer_only
        dialog = CancelAll(self.look, left, this_computer_only=only, parent=self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._answered)
        dialog.open()

    def _answered(self, result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            self.controller.cancel_all()
