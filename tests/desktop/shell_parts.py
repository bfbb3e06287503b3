"""Stand-ins for the shell's tests: pages with nothing on them, and transfers that are as busy as a test says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.page import Page
from app.desktop.transfers.controller import NOTHING, TransfersController

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.context import Context
    from app.desktop.pages_view import MakePage

PAGES = ("sessions", "transfers", "archive", "settings")
NAMES = {"sessions": "Sessions", "transfers": "Transfers", "archive": "Archive", "settings": "Settings"}


class PlainPage(Page):
    """A page with a search field."""

    def __init__(self, context: Context, key: str) -> None:
        super().__init__(context.look, translate("Shell", NAMES[key]))
        self.key = key
        self.heard: list[str] = []
        self.field = QLineEdit(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self.title)
        layout.addWidget(self.field)
        layout.addStretch(1)

    def shown(self) -> None:
        self.heard.append("shown")

    def left(self) -> None:
        self.heard.append("left")

    def start_search(self) -> None:
        self.field.setFocus()


def plain_makers(made: list[str] | None = None) -> dict[str, MakePage]:
    """Makers of plain pages; what is made is noted."""

    def maker(key: str) -> MakePage:
        def make(context: Context) -> Page:
            if made is not None:
                made.append(key)
            return PlainPage(context, key)

        return make

    return {key: maker(key) for key in PAGES}


class PlainFirstRun(QWidget):
    """The first run, in one step."""

    def __init__(self, _context: Context, done: Callable[[], None]) -> None:
        super().__init__()
        self.button = QPushButton("Go", self)
        self.button.clicked.connect(done)


class Transfers(QObject):
    """As busy as a test says; notes what is asked of it."""

    changed = Signal(object, object)
    totals_changed = Signal(object)
    states_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.now = NOTHING
        self.asked: list[str] = []
        self.stopped: list[Callable[[], None]] = []

    def set(self, **values: object) -> None:
        """From now on the totals are these."""
        self.now = replace(self.now, **values)  # type: ignore[arg-type]
        self.totals_changed.emit(self.now)

    def totals(self) -> object:
        return self.now

    def busy(self) -> bool:
        return self.now.left > self.now.paused

    def stop(self, done: Callable[[], None]) -> None:
        self.asked.append("stop")
        self.stopped.append(done)

    def pause_all(self) -> None:
        self.asked.append("pause")

    def resume_all(self) -> None:
        self.asked.append("resume")

    def retry_now(self) -> None:
        self.asked.append("retry")

    def start(self) -> None:
        self.asked.append("start")


def with_transfers(context: Context, transfers: Transfers) -> Context:
    """The context with these transfers in place of the real ones."""
    return replace(context, transfers=cast("TransfersController", transfers))
