"""The table's columns: their order, their words, how each is sorted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.desktop.formats import age, days, number, size
from app.desktop.i18n import translate
from app.desktop.sessions.rows import state_key
from app.desktop.sessions.words import source_name
from app.desktop.widgets.table import PADDING, Column
from app.sessions.model import CLAUDE_CODE

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.sessions.rows import Row
    from app.desktop.theme import Look

KEYS = ("state", "title", "source", "project", "messages", "size", "updated", "deleted")
STATE, TITLE, SOURCE, PROJECT, MESSAGES, SIZE, UPDATED, DELETED = range(len(KEYS))

FIRST_SORT = "updated"
"""What the table is sorted by until a person wishes otherwise: the session last used at the top."""

LARGEST_FIRST = frozenset({MESSAGES, SIZE, UPDATED})
"""Columns whose first click puts the largest value at the top."""

_ARROW = 12 + 4
_ICON = 16 + 6
"""Pixels at 100 % for an icon and the gap beside its word."""


@dataclass(frozen=True, slots=True)
class Words:
    """A column's heading and what it means."""

    heading: str
    meaning: str


def column_words() -> tuple[Words, ...]:
    """By column, in the language of now."""
    return (
        Words(translate("Sessions", "State"), translate("Sessions", "Whether the session is archived")),
        Words(translate("Sessions", "Title"), translate("Sessions", "What the session was about")),
        Words(translate("Sessions", "Source"), translate("Sessions", "The tool that wrote the session")),
        Words(translate("Sessions", "Project"), translate("Sessions", "The folder that was worked in")),
        Words(
            translate("Sessions", "Messages"),
            translate("Sessions", "What you and the assistant wrote, without tools' results"),
        ),
        Words(
            translate("Sessions", "Size"), translate("Sessions", "All files of the session on this computer")
        ),
        Words(
            translate("Sessions", "Last active"), translate("Sessions", "How long ago the session last grew")
        ),
        Words(
            translate("Sessions", "Deleted in"),
            translate("Sessions", "When the tool deletes the session from this computer"),
        ),
    )


def table_columns(look: Look, states: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns with their widths at 100 %. Those with few words are as wide as the widest (`states`: the states')."""
    words = column_words()

    def room(texts: tuple[str, ...], column: int, extra: float = 0) -> int:
        """The widest of some texts, or of the heading with its arrow, and the padding on both sides."""
        body, meta = look.metrics("body"), look.metrics("meta-strong")
        widest = max(body.horizontalAdvance(text) for text in texts) / look.factor + extra
        heading = meta.horizontalAdvance(words[column].heading) / look.factor + _ARROW
        return round(max(widest, heading) + 2 * PADDING + 0.5)

    now = datetime.now(UTC)
    age_words = age(now - timedelta(days=888), now)
    return (
        Column("state", max(104, room(states, STATE, _ICON)), leaves=None),
        Column("title", 220, stretches=True),
        Column("source", max(104, room((source_name(CLAUDE_CODE),), SOURCE)), leaves=2),
        Column("project", 124, leaves=4),
        Column("messages", max(80, room((number(88_888),), MESSAGES)), "right", leaves=1),
        Column("size", max(76, room((size(888_800_000),), SIZE)), "right", leaves=3),
        Column("updated", max(80, room((age_words,), UPDATED)), "right"),
        Column("deleted", max(96, room((days(88),), DELETED, _ICON)), "right"),
    )


def sort_key(column: int) -> Callable[[Row], Any]:
    """What rows are compared by in a column; all of it lies prepared in the row."""
    keys: tuple[Callable[[Row], Any], ...] = (
        state_key,
        lambda row: row.search,
        lambda row: source_name(row.session.source).casefold(),
        # Sessions without a project after all others.
        lambda row: (not row.folder, row.folder.casefold(), row.session.project or ""),
        lambda row: row.session.messages,
        lambda row: row.size,
        lambda row: row.updated,
        lambda row: row.deleted,
    )
    return keys[column]
