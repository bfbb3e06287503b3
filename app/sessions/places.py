"""The folders that sessions are looked for in, and what was found there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from app.sessions.found import FoundSession
    from app.sessions.sources import Source

PlaceState = Literal["found", "missing", "unreadable"]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that a source looks in."""

    source: str
    """The source's name, as in `Session.source`."""
    folder: Path
    state: PlaceState
    """As it is now: a folder that can be listed, none at all, or something that cannot be listed."""
    sessions: int
    """How many sessions the last scan found there."""
    size: int
    """Bytes of all their files, as the last scan saw them."""
    from_variable: str | None
    """The environment variable that named the folder; None where it is the tool's usual one, or the settings'."""


def places_of(sources: Sequence[Source], found: Iterable[tuple[str, FoundSession]]) -> list[Place]:
    """Every folder of the sources once, in their order, with its share of what was `found` (source, session)."""
    counts: dict[tuple[str, str], int] = {}
    sizes: dict[tuple[str, str], int] = {}
    for source, session in found:
        where = (source, session.root)
        counts[where] = counts.get(where, 0) + 1
        sizes[where] = sizes.get(where, 0) + sum(file.stamp.size for file in session.files)
    places: list[Place] = []
    for one in sources:
        for folder in dict.fromkeys(one.roots):
            where = (one.name, str(folder))
            places.append(
                Place(
                    source=one.name,
                    folder=folder,
                    state=_state(folder),
                    sessions=counts.get(where, 0),
                    size=sizes.get(where, 0),
                    from_variable=one.from_variable,
                )
            )
    return places


def _state(folder: Path) -> PlaceState:
    try:
        with os.scandir(folder):
            return "found"
    except FileNotFoundError:
        return "missing"
    except (OSError, ValueError):  # ValueError: a NUL in a name that came from a variable
        return "unreadable"
