"""The set-up checked, as the command line's `doctor` does: a row for every finding, with what to do about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.settings.checkup_words import finding_text, verdict_name
from app.desktop.settings.groups import ICON_INSET, Group, SettingRow
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.labels import Label, Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.archiving.checkup import Finding, Verdict
    from app.bootstrap import Services
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.tasks import Task
    from app.desktop.theme import Look
    from app.desktop.widgets.labels import Ink
    from app.errors import ChatLogError

_SIGNS: dict[Verdict, tuple[str, Ink]] = {
    "ok": ("archived", "ok"),
    "note": ("info", "text2"),
    "problem": ("failed", "bad"),
}


class CheckUp(Group):
    """A row with the button, and below it what was found."""

    checked = Signal()
    """All has been looked at."""

    def __init__(self, context: Context) -> None:
        name = translate("Settings", "Check the set-up")
        super().__init__(context.look, name)
        self._context = context
        self._task: Task[None] | None = None
        self._line = translate("Settings", "Settings, folders, disk, keyring, endpoint and clock")
        self.button = Button(context.look, translate("Settings", "Check now"), small=True)
        self.row = SettingRow(context, name, self._line, [self.button], icon="shield")
        self.add(self.row)
        self.findings: list[FindingRow] = []
        self.button.clicked.connect(self.check)

    def check(self) -> None:
        """Check everything, in the background; each finding shows as it is made."""
        self.clear_findings()
        self.button.setEnabled(False)
        self.row.say(translate("Settings", "Checking…"))
        bridge = self._context.tasks.bridge

        def work(services: Services, task: Task[None]) -> None:
            from app.archiving.checkup import check_up  # noqa: PLC0415 - in the worker thread

            for finding in check_up(services, cancelled=task.is_cancelled):
                # Not as progress: of that only the newest is told.
                bridge.post(lambda finding=finding: self._found(task, finding))  # type: ignore[misc]

        self._task = self._context.workplace.run(
            work, done=self._done, failed=self._failed, owner=self, of_any_profile=True
        )

    def clear_findings(self) -> None:
        """Nothing was found yet."""
        for row in self.findings:
            self.remove(row)
        self.findings = []

    def _found(self, task: Task[None], finding: Finding) -> None:
        if not shiboken6.isValid(self) or task is not self._task:
            return
        row = FindingRow(self._context, finding, self._act)
        self.findings.append(row)
        self.add(row, line_from=ICON_INSET)

    def _done(self, _none: None) -> None:
        self.button.setEnabled(True)
        self.checked.emit()
        problems = sum(row.finding.verdict == "problem" for row in self.findings)
        if problems:
            self.row.say(translate("Settings", "%n problems were found", n=problems), "bad")
        else:
            self.row.say(translate("Settings", "No problem was found"), "ok")

    def _failed(self, error: ChatLogError) -> None:
        self.button.setEnabled(True)
        self.row.say(self._line)
        self.row.tell(error, self.check)

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if action == "retry":
            self.check()
        else:
            self._context.run_action(action, error)


class FindingRow(QWidget):
    """One finding: its sign, what it is, its verdict in a word; an error with what to do about it."""

    def __init__(
        self, context: Context, finding: Finding, act: Callable[[ActionKind, ChatLogError], None]
    ) -> None:
        super().__init__()
        look = context.look
        self.finding = finding
        icon, ink = _SIGNS[finding.verdict]
        verdict = verdict_name(finding.verdict)
        error = finding.error
        explained = None if error is None else context.messages.explain(error)
        text = finding_text(finding) if explained is None else explained.title
        self.setAccessibleName(f"{verdict}: {text}")
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(18), look.px(8), look.px(16), look.px(8))
        row.setSpacing(look.px(16))
        row.addWidget(Picture(look, icon, ink), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(look.px(2))
        row.addLayout(column, 1)
        self.label = Label(look, text, "body", "text", wrap=True)
        column.addWidget(self.label)
        if explained is not None:
            column.addWidget(Label(look, explained.text, "meta", "text2", wrap=True))
        self.button: Button | None = None
        if finding.said in {"at-risk", "waiting"}:
            page, words = (
                ("sessions", translate("Settings", "Open Sessions"))
                if finding.said == "at-risk"
                else ("transfers", translate("Settings", "Open Transfers"))
            )
            self._add_button(context.look, column, words, partial(context.navigate, page))
        elif error is not None and explained is not None and explained.action not in {None, "copy-details"}:
            action = explained.action
            assert action is not None
            self._add_button(look, column, context.messages.label(action), partial(act, action, error))
        row.addWidget(Label(look, verdict, "meta", ink), 0, Qt.AlignmentFlag.AlignTop)

    def _add_button(self, look: Look, column: QVBoxLayout, words: str, done: Callable[[], None]) -> None:
        self.button = Button(look, words, small=True)
        self.button.clicked.connect(lambda _checked=False: done())
        holder = QHBoxLayout()
        holder.addSpacing(-RING)
        holder.addWidget(self.button)
        holder.addStretch(1)
        column.addLayout(holder)
