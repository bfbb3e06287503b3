"""What the page shows where there is nothing to list: the drop zone, a calm "looking", an empty search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.sessions.words import source_name
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.empty import EmptyState
from app.desktop.widgets.labels import Label
from app.sessions.model import CLAUDE_CODE, FILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.theme import Look
    from app.sessions.places import Place

_NAMED = 3
"""Tools that are named; further ones are "others"."""

_ZONE = (640, 340)
_TITLE = 52
"""Pixels at 100 %."""


class NoSessions(QWidget):
    """No session on this computer: the place to drop files, and where was looked."""

    choose_files = Signal()
    choose_folder = Signal()
    show_places = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        files = Button(look, translate("Sessions", "Choose files…"), "primary")
        folder = Button(look, translate("Sessions", "Choose a folder…"), "secondary")
        self.zone = EmptyState(
            look,
            "sessions",
            translate("Sessions", "No sessions on this computer yet"),
            "",
            (files, folder),
            dashed=True,
        )
        self.zone.setMinimumHeight(look.px(_ZONE[1]))
        self.zone.setMaximumWidth(look.px(_ZONE[0]))
        self.looked = Label(look, "", "meta", "text2")
        self.show_them = Button(look, translate("Sessions", "Show them", "places"), "link")
        below = QHBoxLayout()
        below.setSpacing(look.px(16) - RING)
        below.addStretch(1)
        below.addWidget(self.looked)
        below.addWidget(self.show_them)
        below.addStretch(1)
        column = QVBoxLayout(self)
        # In the middle of the page, not of the room that its title leaves.
        column.setContentsMargins(look.px(16), 0, look.px(16), look.px(_TITLE))
        column.setSpacing(0)
        column.addStretch(1)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self.zone, 100)
        across.addStretch(1)
        column.addLayout(across)
        column.addSpacing(look.px(10))
        column.addLayout(below)
        column.addStretch(1)
        files.clicked.connect(self.choose_files)
        folder.clicked.connect(self.choose_folder)
        self.show_them.clicked.connect(self.show_places)
        self.set_places([])

    def set_places(self, places: Sequence[Place]) -> None:
        """Where was looked."""
        tools = list(dict.fromkeys(place.source for place in places if place.source != FILES))
        lines = (
            translate("Sessions", "Sessions from {tools} appear here by themselves.").format(
                tools=tool_list(tools or [CLAUDE_CODE])
            ),
            translate("Sessions", "You can also drop files or folders anywhere in this window."),
        )
        self.zone.set_text(self.zone.heading.text(), "\n".join(lines))
        self.looked.setText(translate("Sessions", "Looked in %n places", n=len(places)))
        for widget in (self.looked, self.show_them):
            widget.setVisible(bool(places))


def tool_list(sources: Sequence[str]) -> str:
    """The tools as a list in the language of now: "Claude Code, Codex and others"."""
    names = [source_name(source) for source in sources[:_NAMED]]
    if len(sources) > _NAMED:
        names.append(translate("Sessions", "others", "other tools"))
    return QLocale().createSeparatedList(names)


def make_looking(look: Look) -> EmptyState:
    """The first scan has found nothing yet."""
    return EmptyState(look, "search", translate("Sessions", "Looking for sessions…"), "")


def make_no_list(look: Look) -> EmptyState:
    """Nobody knows whether there are sessions; why not stands above."""
    return EmptyState(look, "warning", translate("Sessions", "The sessions cannot be listed"), "")


def make_no_match(look: Look, clear: Button) -> EmptyState:
    """There are sessions, but none like that."""
    return EmptyState(
        look,
        "search",
        translate("Sessions", "No session matches"),
        translate("Sessions", "Other words or fewer filters may find it."),
        (clear,),
    )
