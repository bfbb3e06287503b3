"""The head of the page: title, filter and buttons, how far everything is together, and the overall bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.formats import number, percent
from app.desktop.i18n import translate
from app.desktop.widgets.bars import ProgressBar
from app.desktop.widgets.buttons import RING, Button, IconButton
from app.desktop.widgets.labels import ElidedLabel, Label, Line, Picture
from app.desktop.widgets.menus import Menu
from app.desktop.widgets.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QResizeEvent

    from app.archiving.queue_rows import QueueTotals
    from app.desktop.theme import Look
    from app.desktop.transfers.summary import Summary

Command = Literal["retry-failed", "cancel-all", "clear", "pause-all", "resume-all"]

_QUIET: tuple[Command, ...] = ("retry-failed", "cancel-all", "clear")

_OVERALL = 6
"""Thickness of the overall bar at 100 % (LOOK.md, Progress)."""


class Head(QWidget):
    """Says what a person wants of all transfers; what does not fit beside the title stands in a menu."""

    wanted = Signal(str)
    """A Command."""
    filter_chosen = Signal(str)
    """A Filter of the model."""

    def __init__(self, look: Look, title: Label, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._title = title
        self._offered: set[Command] = set()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, look.px(16) - RING, 0, 0)
        self._column.setSpacing(0)
        self._make_title_row()
        self._make_summary()
        self._line = Line(look)
        self._column.addWidget(self._line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    # ---- what it is made of -----------------------------------------------------------------------------

    def _make_title_row(self) -> None:
        look = self.look
        row = QHBoxLayout()
        row.setContentsMargins(look.px(24), 0, look.px(16) - RING, 0)
        row.setSpacing(look.px(4))
        row.addStrut(look.px(32) + 2 * RING)  # also while it has no buttons
        row.addWidget(self._title, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(look.px(12))
        self._beside_title = row
        self.filter = Segments(
            look,
            translate("Transfers", "Which transfers"),
            [
                ("all", translate("Transfers", "All", "filter")),
                ("progress", translate("Transfers", "In progress")),
                ("failed", translate("Transfers", "Failed")),
                ("done", translate("Transfers", "Done")),
            ],
        )
        self.filter.chosen.connect(self.filter_chosen)
        row.addWidget(self.filter)
        row.addStretch(1)
        self.buttons: dict[Command, Button] = {}
        for command in _QUIET:
            self._add_button(row, command, Button(look, "", "quiet"))
        self.more = IconButton(look, "more", translate("Transfers", "More"))
        self.more.clicked.connect(self._open_menu)
        row.addWidget(self.more)
        self._add_button(row, "resume-all", Button(look, "", icon="play"))
        self._add_button(row, "pause-all", Button(look, "", icon="pause"))
        self._column.addLayout(row)
        self._below_title = QHBoxLayout()
        self._below_title.setContentsMargins(look.px(24), 0, look.px(16), 0)
        self._below_title.addStretch(1)
        self._column.addLayout(self._below_title)

    def _add_button(self, row: QHBoxLayout, command: Command, button: Button) -> None:
        button.setText(self._words(command, 0))
        button.clicked.connect(lambda _checked=False: self.wanted.emit(command))
        self.buttons[command] = button
        row.addWidget(button)

    def _make_summary(self) -> None:
        look = self.look
        self.summary = QWidget()
        column = QVBoxLayout(self.summary)
        column.setContentsMargins(look.px(24), look.px(12), look.px(24), look.px(16))
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(0)
        self._icon = Picture(look, "archived", "ok", side=20)
        self.text = Label(look, "", "pane")
        self.details = ElidedLabel(look, "", "body", "text2")
        self.percent = Label(look, "", "pane")
        row.addWidget(self._icon)
        self._icon_gap = QWidget()
        self._icon_gap.setFixedWidth(look.px(8))
        row.addWidget(self._icon_gap)
        row.addWidget(self.text)
        row.addSpacing(look.px(13))
        row.addWidget(self.details, 1)
        row.addSpacing(look.px(12))
        row.addWidget(self.percent)
        column.addLayout(row)
        self.bar = ProgressBar(look, translate("Transfers", "All transfers"), thickness=_OVERALL)
        self._bar_room = QWidget()
        room = QVBoxLayout(self._bar_room)
        room.setContentsMargins(0, look.px(12), 0, look.px(3))
        room.addWidget(self.bar)
        column.addWidget(self._bar_room)
        self._column.addWidget(self.summary)

    # ---- what it shows ----------------------------------------------------------------------------------

    def show_totals(self, totals: QueueTotals, summary: Summary, *, ended: int, any_rows: bool) -> None:
        """How it stands. `ended`: rows that "Clear done" would take away."""
        self.summary.setVisible(any_rows)
        self.filter.setVisible(any_rows)
        self._line.setVisible(any_rows)
        self._icon.setVisible(summary.icon is not None)
        self._icon_gap.setVisible(summary.icon is not None)
        if summary.icon is not None:
            self._icon.set_icon(summary.icon, summary.ink)
        _say(self.text, summary.text)
        if self.details.text() != summary.details:
            self.details.setText(summary.details)
        fraction = summary.fraction
        _say(self.percent, "" if fraction is None else percent(fraction))
        self._bar_room.setVisible(fraction is not None)
        self.bar.set_fraction(fraction or 0.0)
        failed = number(totals.failed)
        words = translate("Transfers", "Failed {count}").format(count=failed) if totals.failed else ""
        self.filter.set_text("failed", words or translate("Transfers", "Failed"))
        self._offer(totals, ended)

    def _offer(self, totals: QueueTotals, ended: int) -> None:
        moving = totals.left > totals.paused
        offered: set[Command] = set()
        offered |= {"retry-failed"} if totals.failed else set()
        offered |= {"cancel-all"} if totals.left else set()
        offered |= {"clear"} if ended else set()
        offered |= {"pause-all"} if moving else set()
        offered |= {"resume-all"} if totals.paused else set()
        words = self._words("retry-failed", totals.failed)
        if self.buttons["retry-failed"].text() != words:
            self.buttons["retry-failed"].setText(words)
            self._fit()
        if offered != self._offered:
            self._offered = offered
            self._fit()

    @staticmethod
    def _words(command: Command, failed: int) -> str:
        return {
            "retry-failed": translate("Transfers", "Retry %n failed", n=failed),
            "cancel-all": translate("Transfers", "Cancel all…"),
            "clear": translate("Transfers", "Clear done"),
            "pause-all": translate("Transfers", "Pause all"),
            "resume-all": translate("Transfers", "Resume all"),
        }[command]

    # ---- what fits --------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """First the filter goes below the title, then the quiet buttons go into a menu."""
        offered, px = self._offered, self.look.px
        # One of the two is enough; the other stands in the row's menu or the page's.
        main: Command = "pause-all" if "pause-all" in offered else "resume-all"
        quiet: list[Command] = [command for command in _QUIET if command in offered]
        shown = [*quiet, main] if main in offered else quiet
        room = self.width() - px(24) - (px(16) - RING) - self._title.sizeHint().width() - px(12)
        # Whatever is offered: the filter must not jump about while transfers come and go.
        most = self._width_of([*_QUIET, "pause-all"])
        beside = most + self.filter.sizeHint().width() + px(16) <= room
        short = self._width_of(shown) > room
        for command, button in self.buttons.items():
            button.setVisible(command in shown and not (short and command in quiet))
        self.more.setVisible(bool(short and quiet))
        wanted = self._beside_title if beside else self._below_title
        if wanted.indexOf(self.filter) < 0:
            (self._below_title if beside else self._beside_title).removeWidget(self.filter)
            # Behind the title and the gap after it.
            place = self._beside_title.indexOf(self._title) + 2 if beside else 0
            wanted.insertWidget(place, self.filter)
            self._below_title.setContentsMargins(px(24), 0 if beside else px(8) - RING, px(16), 0)

    def _width_of(self, commands: Sequence[Command]) -> int:
        gap = self._beside_title.spacing()
        return sum(self.buttons[command].sizeHint().width() + gap for command in commands)

    def minimumSizeHint(self) -> QSize:
        """Whatever does not fit gives way."""
        return QSize(self.look.px(320), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self._fit()

    def menu(self) -> Menu:
        """What did not fit."""
        menu = Menu(self.look, self)
        for command in ("retry-failed", "clear", "resume-all", "cancel-all"):
            if command in self._offered and self.buttons[command].isHidden():
                menu.add(self.buttons[command].text(), self._wanting(command))
        return menu

    def _wanting(self, command: Command) -> Callable[[], None]:
        return lambda: self.wanted.emit(command)

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))


def _say(label: Label, text: str) -> None:
    if label.text() != text:
        label.setText(text)
