"""The first run: at most three steps, each of which can be skipped; nothing is archived without a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.first_run.cards import AppTile, QuietLink, StepBars
from app.desktop.first_run.steps import ArchiveFirst, ChooseProfile, ConfirmSources, EnterProfile
from app.desktop.i18n import APPLICATION_NAME, translate
from app.desktop.widgets.buttons import RING, Button, PaintedButton
from app.desktop.widgets.labels import Label
from app.desktop.widgets.scrolling import ScrollPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from app.desktop.context import Context
    from app.desktop.first_run.step import Step

STEPS = 3
WIDTH, HEIGHT = 592, 580
"""Pixels at 100 % (LOOK.md's picture of the first run, and the line below its cards)."""


class FirstRun(QWidget):
    """Fills the window. `done` is called at its end, whichever way that came."""

    def __init__(self, context: Context, done: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._done = done
        self._ended = False
        look = self._look = context.look
        self.setAccessibleName(translate("FirstRun", "Welcome to {app}").format(app=APPLICATION_NAME))
        self.past: list[Step] = []
        """The steps to go back to."""
        self.step: Step | None = None
        self._count = Label(look, "", "meta-strong", "text2")
        self._bars = StepBars(look, STEPS)
        self.heading = Label(look, "", "first", wrap=True)
        self.lines = [Label(look, "", "body", "text2", wrap=True) for _ in range(2)]
        self.note = Label(look, "", "meta", "text2", wrap=True)
        self.skip_button = QuietLink(look, translate("FirstRun", "Skip for now"))
        self.back_button = Button(look, translate("FirstRun", "Back"))
        self.untested_button = Button(look, translate("FirstRun", "Continue without testing"), "quiet")
        self.go_on_button = Button(look, translate("FirstRun", "Continue"), "primary")
        self._lay_out()
        self.skip_button.clicked.connect(self.skip)
        self.back_button.clicked.connect(self.back)
        self.untested_button.clicked.connect(self._untested)
        self.go_on_button.clicked.connect(self._go_on)
        look.changed.connect(self.update)
        self._show(ChooseProfile(context))

    def _lay_out(self) -> None:
        look, px = self._look, self._look.px
        content = QWidget()
        column_widget = self._column = QWidget()
        column_widget.setMaximumWidth(px(WIDTH) + 2 * RING)
        column_widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        across = QHBoxLayout(content)
        across.setContentsMargins(px(24), px(24), px(24), px(24))
        across.addStretch(1)
        down = QVBoxLayout()
        down.addStretch(9)
        down.addWidget(column_widget)
        down.addStretch(11)
        across.addLayout(down, 1000)
        across.addStretch(1)
        column = QVBoxLayout(column_widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._words())
        column.addSpacing(px(20))
        self._room = QVBoxLayout()
        column.addLayout(self._room)
        column.addSpacing(px(20))
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.skip_button)
        buttons.addStretch(1)
        for button in (self.back_button, self.untested_button, self.go_on_button):
            buttons.addWidget(button)
        column.addLayout(buttons)
        column.addSpacing(px(11))
        below = QHBoxLayout()
        below.setContentsMargins(RING, 0, RING, 0)
        below.addWidget(self.note)
        column.addLayout(below)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = ScrollPage(look, content)
        outer.addWidget(self._scroll)

    def _words(self) -> QVBoxLayout:
        look, px = self._look, self._look.px
        words = QVBoxLayout()
        words.setContentsMargins(RING, 0, RING, 0)
        words.setSpacing(0)
        words.addWidget(AppTile(look))
        words.addSpacing(px(21))
        row = QHBoxLayout()
        row.setSpacing(px(20))
        row.addWidget(self._count)
        row.addWidget(self._bars)
        row.addStretch(1)
        words.addLayout(row)
        words.addSpacing(px(11))
        words.addWidget(self.heading)
        words.addSpacing(px(5))
        for line in self.lines:
            # A label has no line height of its own.
            line.setMinimumHeight(px(20))
            words.addWidget(line)
        return words

    # ---- steps ------------------------------------------------------------------------------------------

    def _show(self, step: Step) -> None:
        focus = QApplication.focusWidget()
        by_keyboard = isinstance(focus, PaintedButton) and focus.ring
        before, self.step = self.step, step
        if before is not None:
            before.renewed.disconnect(self._renew)
            before.finished.disconnect(self._finished)
            self._room.removeWidget(before)
            before.hide()
            if before not in self.past:
                before.deleteLater()
        self._room.addWidget(step)
        step.show()
        step.renewed.connect(self._renew)
        step.finished.connect(self._finished)
        self._renew()
        self._give_focus(Qt.FocusReason.TabFocusReason if by_keyboard else Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, self._to_top)

    def _give_focus(self, reason: Qt.FocusReason) -> None:
        """To the step's choice; where nothing need be chosen, Return goes on and switches nothing off."""
        if isinstance(self.step, ConfirmSources):
            self.go_on_button.setFocus(reason)
        elif self.step is not None:
            self.step.take_focus(reason)

    def _to_top(self) -> None:
        """A step is read from its heading, wherever its choice lies."""
        self._scroll.verticalScrollBar().setValue(0)

    def _to_sign_in(self) -> None:
        """What to do in the browser is to be seen, with the buttons that will come below it."""
        if isinstance(self.step, EnterProfile):
            self._scroll.ensureWidgetVisible(self.step.entry.sign_in, 0, self._look.px(120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All steps as high as the first where there is room, so that the heading stays where it is."""
        super().resizeEvent(event)
        px = self._look.px
        self._column.setMinimumHeight(max(0, min(px(HEIGHT), self.height() - 2 * px(24))))

    def showEvent(self, event: QShowEvent) -> None:
        """The choice has the keyboard from the start."""
        super().showEvent(event)
        if self.step is not None:
            self._give_focus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, self, self._to_top)

    def _renew(self) -> None:
        step = self.step
        assert step is not None
        number = translate("FirstRun", "Step {step} of {steps}").format(step=step.number, steps=STEPS)
        self._count.setText(number)
        self._bars.set_step(step.number)
        self.heading.setText(step.heading)
        first, _, second = step.lines().partition("\n")
        for label, line in zip(self.lines, (first, second), strict=True):
            label.setText(line)
            label.setVisible(bool(line))
        self.note.setText(step.note())
        self.go_on_button.setText(step.go_on_words())
        self.go_on_button.setEnabled(step.can_go_on())
        self.back_button.setVisible(bool(self.past))
        self.untested_button.setVisible(isinstance(step, EnterProfile) and step.entry.may_skip_test)
        if isinstance(step, EnterProfile) and step.entry.sign_in.running:
            QTimer.singleShot(0, self, self._to_sign_in)

    def _go_on(self) -> None:
        assert self.step is not None
        self.step.go_on()

    def _untested(self) -> None:
        assert isinstance(self.step, EnterProfile)
        self.step.entry.save_untested()

    def _finished(self) -> None:
        step = self.step
        assert step is not None
        if isinstance(step, ArchiveFirst):
            self._context.sessions.archive([session.identity for session in step.wanted()])
            self._end()
            return
        if not isinstance(step, EnterProfile):
            # A profile that was written would only be in its own way: the choice before it shows it.
            self.past.append(step)
        if isinstance(step, ChooseProfile) and step.chosen() in {"token", "iam"}:
            self._show(EnterProfile(self._context, team=step.chosen() == "token"))
        elif isinstance(step, ConfirmSources):
            self._show(ArchiveFirst(self._context))
        else:
            self._show(ConfirmSources(self._context))

    def back(self) -> None:
        """To the step before, as it was left."""
        self._show(self.past.pop())

    def skip(self) -> None:
        """Leave the rest for later."""
        self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._context.account.change_settings(first_run_done=True)
            self._done()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(self.rect(), self._look.colors.base)
