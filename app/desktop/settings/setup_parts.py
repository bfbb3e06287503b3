"""What the set-up shows: what would be made and what that costs, and how far AWS is with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.formats import number
from app.desktop.i18n import translate
from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.settings.notes import Below, Note
from app.desktop.settings.regions import region_in_full
from app.desktop.settings.setup_words import cost_besides, grouped, idle_cost, is_risky
from app.desktop.widgets.bars import ProgressBar
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.dialogs import line_of
from app.desktop.widgets.labels import ElidedLabel, Label, Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.deployment.values import Change, Plan, Step
    from app.desktop.settings.setup_words import GroupChanges
    from app.desktop.settings.setup_work import Planned
    from app.desktop.theme import Look
    from app.desktop.widgets.labels import Ink


class ResourceList(QWidget):
    """Resources by AWS's own names; those that are done have a tick."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.px(8))
        self._grid.setVerticalSpacing(look.px(5))
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._rows: dict[str, tuple[Picture, ElidedLabel, str]] = {}

    def show_changes(self, changes: Iterable[Change], *, states: bool) -> None:
        """List them; `states`: whether they are to be done now, else what would be done stands before them."""
        self._clear()
        for row, change in enumerate(changes):
            action = _action(change)
            picture = Picture(self.look, *(("new", "text3") if states else _sign(change)), side=14)
            name = ElidedLabel(self.look, change.resource, "meta")
            kind = ElidedLabel(
                self.look, change.kind, "mono-small", "text2", elide=Qt.TextElideMode.ElideMiddle
            )
            said = translate("SetUp", "{action}: {resource}").format(action=action, resource=change.resource)
            name.setAccessibleName(said)
            self._grid.addWidget(picture, row, 0)
            self._grid.addWidget(name, row, 1)
            self._grid.addWidget(kind, row, 2)
            self._rows[change.resource] = (picture, name, change.resource)

    def tick(self, resources: Iterable[str]) -> None:
        """They are done."""
        for resource in resources:
            if resource in self._rows:
                picture, name, words = self._rows[resource]
                picture.set_icon("check", "ok")
                name.setAccessibleName(translate("SetUp", "{resource}: done").format(resource=words))

    def _clear(self) -> None:
        self._rows = {}
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _opening(plan: Plan) -> str:
    if plan.reused is not None:
        return translate(
            "SetUp",
            "Your archive in {region}, in the AWS account {account}, would be set up again. Nothing has been made yet.",
        )
    if plan.new:
        return translate(
            "SetUp",
            "This would be made in {region}, in the AWS account {account}. What you archive is kept there, encrypted. Nothing has been made yet.",
        )
    return translate(
        "SetUp",
        "The archive in {region}, in the AWS account {account}, would be brought up to date. Nothing has been changed yet.",
    )


def _action(change: Change) -> str:
    return {
        "add": translate("SetUp", "To create"),
        "reuse": translate("SetUp", "To use again"),
        "modify": translate("SetUp", "To change"),
        "replace": translate("SetUp", "To replace"),
        "remove": translate("SetUp", "To remove"),
    }[change.action]


def _sign(change: Change) -> tuple[str, Ink]:
    signs: dict[str, tuple[str, Ink]] = {
        "add": ("plus", "text2"),
        "reuse": ("archived", "ok"),
        "modify": ("edit", "text2"),
        "replace": ("warning", "warning"),
        "remove": ("trash", "warning"),
    }
    return signs[change.action]


class PlanSummary(QWidget):
    """What would be made, by purpose, and what it costs; AWS's own names on request."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        column = QVBoxLayout(self)
        column.setContentsMargins(RING, 0, RING, 0)
        column.setSpacing(look.px(8))
        self.where = line_of(look, "")
        column.addWidget(self.where)
        self.reused = Note(look)
        column.addWidget(Below(self.reused))
        # Before the list: seen without scrolling on the lowest screen.
        self.cost = Label(look, "", "strong", wrap=True)
        self.besides = Label(look, "", "meta", "text2", wrap=True)
        column.addWidget(self.cost)
        column.addWidget(self.besides)
        self._groups = _Panel(look)
        column.addWidget(self._groups)
        self.warning = Note(look)
        column.addWidget(Below(self.warning))
        self.fold = Button(look, "", "link", small=True)
        self.fold.setCheckable(True)
        row = QHBoxLayout()
        row.addSpacing(-RING)
        row.addWidget(self.fold)
        row.addStretch(1)
        column.addLayout(row)
        self.resources = ResourceList(look)
        column.addWidget(Below(self.resources, bottom=look.px(4)))
        self._code = Label(look, "", "meta", "text2", wrap=True)
        column.addWidget(self._code)
        self.fold.toggled.connect(self._unfold)

    def show_plan(self, planned: Planned) -> None:
        """Show it, AWS's own names folded away."""
        plan = planned.plan
        region = region_in_full(plan.place.region)
        self.where.setText(_opening(plan).format(region=region, account=plan.place.account))
        if plan.reused is None:
            self.reused.clear()
        else:
            again = translate(
                "SetUp",
                "It stays as it is, with its key, and what lies in its folder {folder} is listed again. All else is made anew around it.",
            )
            self.reused.say(
                translate("SetUp", "Your bucket {bucket} with its archives is still there").format(
                    bucket=plan.reused.bucket
                ),
                again.format(folder=f"chat-logs/{plan.reused.owner}"),
            )
        self._groups.show_groups(grouped(plan.changes))
        if is_risky(plan.changes):
            self.warning.say(
                translate("SetUp", "Something that is there would go"),
                translate("SetUp", "Look at AWS's own names below before you agree."),
                kind="warning",
            )
        else:
            self.warning.clear()
        self.resources.show_changes(plan.changes, states=False)
        code = translate(
            "SetUp", "The function's code goes into the bucket {bucket}, made where it is missing."
        )
        self._code.setText(code.format(bucket=planned.code_bucket))
        self.cost.setText(idle_cost(plan.estimate))
        self.besides.setText(cost_besides(plan.estimate))
        self.fold.setChecked(False)
        self._unfold(False)

    def _unfold(self, shown: bool) -> None:
        self.fold.setText(
            translate("SetUp", "Hide AWS's own names")
            if shown
            else translate("SetUp", "Show AWS's own names")
        )
        self.resources.setVisible(shown)
        self._code.setVisible(shown)


class _Panel(QWidget):
    """The groups on the raised ground."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        self._column.setSpacing(look.px(10))
        self._shown: list[QWidget] = []
        look.changed.connect(self.update)

    def show_groups(self, groups: Sequence[GroupChanges]) -> None:
        """A row for each."""
        for widget in self._shown:
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown = [self._row(group) for group in groups]
        for widget in self._shown:
            self._column.addWidget(widget)

    def _row(self, group: GroupChanges) -> QWidget:
        look = self.look
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(10))
        row.addWidget(Picture(look, group.icon), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(look.px(1))
        head = QHBoxLayout()
        head.setSpacing(look.px(8))
        head.addWidget(Label(look, group.title, "strong"), 1)
        head.addWidget(Label(look, group.counts, "meta", "warning" if group.risky else "text2"))
        words.addLayout(head)
        words.addWidget(Label(look, group.line, "meta", "text2", wrap=True))
        row.addLayout(words, 1)
        holder.setAccessibleName(f"{group.title}: {group.counts}. {group.line}")
        return holder

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        fill(QPainter(self), QRectF(self.rect()), self.look.colors.raised, WIDE_RADIUS)


class SetUpProgress(QWidget):
    """What is waited for, how far it is, and each resource."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(RING, 0, RING, 0)
        column.setSpacing(look.px(8))
        self.line = line_of(look, "")
        self.bar = ProgressBar(look, translate("SetUp", "Progress"), thickness=6)
        self.resources = ResourceList(look)
        column.addWidget(self.line)
        column.addWidget(self.bar)
        column.addWidget(Below(self.resources, top=look.px(4)))

    def wait_for(self, text: str, *, resources: bool = False) -> None:
        """Something whose end is not known."""
        self.line.setText(text)
        self.bar.set_fraction(None)
        self.resources.setVisible(resources)

    def begin(self, planned: Planned) -> None:
        """AWS begins with a plan."""
        self.resources.show_changes(planned.plan.changes, states=True)
        self.wait_for(translate("SetUp", "AWS has been asked to begin…"), resources=True)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """These are done."""
        newest = steps[-1]
        text = translate("SetUp", "AWS is at work: {done} of {total} done")
        self.line.setText(text.format(done=number(newest.done), total=number(newest.total)))
        self.bar.set_fraction(newest.done / max(1, newest.total))
        self.resources.tick(step.resource for step in steps)


class Outcome(QWidget):
    """How it has come out: a heading with its sign, and a few lines."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(RING, 0, RING, 0)
        row.setSpacing(look.px(10))
        row.addWidget(Picture(look, "archived", "ok"), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(look.px(4))
        self.title = Label(look, "", "strong", wrap=True)
        self.line = Label(look, "", "body", "text2", wrap=True)
        column.addWidget(self.title)
        column.addWidget(self.line)
        row.addLayout(column, 1)

    def say(self, title: str, line: str) -> None:
        """Show it."""
        self.title.setText(title)
        self.line.setText(line)
        self.setAccessibleName(f"{title}. {line}")
