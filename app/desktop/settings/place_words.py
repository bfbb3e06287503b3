"""A place that is looked in, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desktop.formats import size
from app.desktop.i18n import translate

if TYPE_CHECKING:
    from app.sessions.places import Place


def place_line(place: Place, *, hidden: bool) -> str:
    """How a place is, and what was found there."""
    if hidden:
        return translate("Settings", "Switched off: not looked into")
    if place.state == "missing":
        line = translate("Settings", "The folder is not there yet")
    elif place.state == "unreadable":
        line = translate("Settings", "The folder cannot be read")
    else:
        line = translate("Settings", "%n sessions", n=place.sessions)
        if place.sessions:
            text = translate("Settings", "{sessions} · {size}")
            line = text.format(sessions=line, size=size(place.size))
    if place.from_variable is not None:
        text = translate("Settings", "{line} · from {variable}")
        line = text.format(line=line, variable=place.from_variable)
    return line
