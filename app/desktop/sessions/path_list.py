"""A dialog that lists files and folders with a line about each: where was looked, what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.desktop.formats import size
from app.desktop.i18n import translate
from app.desktop.sessions.words import source_name
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.dialogs import Dialog
from app.desktop.widgets.labels import ElidedLabel, Picture
from app.desktop.widgets.scrolling import ScrollPage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.desktop.theme import Look
    from app.sessions.places import Place

_MOST = 500
"""Lines that are shown: more than a person reads."""

_TALLEST = 320
"""Pixels at 100 %; more lines scroll."""


class PathLine(NamedTuple):
    """A file or folder and what there is to say of it."""

    icon: str
    path: str
    text: str


class PathList(Dialog):
    """Lines of an icon, what there is to say, and the whole path below it."""

    def __init__(
        self,
        look: Look,
        heading: str,
        lines: Sequence[PathLine],
        *,
        more: tuple[str, Callable[[], None]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`more`: another button's words and what it does."""
        super().__init__(look, heading, heading, width=520, parent=parent)
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, look.px(4), look.px(8), look.px(4))
        grid.setHorizontalSpacing(look.px(10))
        grid.setVerticalSpacing(look.px(2))
        grid.setColumnStretch(1, 1)
        shown = lines[:_MOST]
        for number, line in enumerate(shown):
            top = number * 3
            grid.addWidget(Picture(look, line.icon, "text2"), top, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(ElidedLabel(look, line.text, "body"), top, 1)
            path = ElidedLabel(look, line.path, "meta", "text3", elide=Qt.TextElideMode.ElideMiddle)
            grid.addWidget(path, top + 1, 1)
            grid.setRowMinimumHeight(top + 2, look.px(8))
        if len(lines) > _MOST:
            rest = translate("Sessions", "and %n more", n=len(lines) - _MOST)
            grid.addWidget(ElidedLabel(look, rest, "body", "text3"), len(shown) * 3, 1)
        grid.setRowStretch(len(shown) * 3 + 1, 1)
        page = ScrollPage(look, content)
        page.setMinimumHeight(min(look.px(_TALLEST), content.sizeHint().height()))
        page.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        page.setAccessibleName(heading)
        self.body.addWidget(page)
        close = Button(look, translate("Sessions", "Close"), "primary")
        close.clicked.connect(self.accept)
        close.setFocus()
        left = []
        if more is not None:
            words, done = more
            other = Button(look, words, "secondary")
            other.clicked.connect(self.accept)
            other.clicked.connect(lambda _checked=False: done())
            left.append(other)
        self.set_buttons(close, left=left)


def place_lines(places: Sequence[Place]) -> list[PathLine]:
    """The folders that sessions are looked for in, with what is there."""
    return [PathLine("folder", str(place.folder), _place_text(place)) for place in places]


def _place_text(place: Place) -> str:
    tool = source_name(place.source)
    if place.state == "missing":
        return translate("Sessions", "{tool} · not there").format(tool=tool)
    if place.state == "unreadable":
        return translate("Sessions", "{tool} · cannot be read").format(tool=tool)
    text = translate("Sessions", "{tool} · %n sessions · {size}", n=place.sessions)
    return text.format(tool=tool, size=size(place.size))
