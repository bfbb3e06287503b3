"""What a session's row says: in its cells, in their tooltips, to a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desktop.formats import age, date_and_time, days, days_left, number, size
from app.desktop.i18n import translate
from app.desktop.sessions.columns import DELETED, MESSAGES, PROJECT, SIZE, SOURCE, STATE, TITLE, UPDATED
from app.desktop.sessions.words import archived_all_the_same, source_name, state_meaning, state_name
from app.desktop.widgets.tooltips import plain_tooltip

if TYPE_CHECKING:
    from datetime import datetime

    from app.desktop.sessions.rows import Row


def cells(row: Row, now: datetime, *, this_computer_only: bool) -> tuple[str, ...]:
    """The words of every column."""
    session = row.session
    deleted = session.deleted_at
    return (
        state_name(row.state, this_computer_only=this_computer_only),
        session.title,
        source_name(session.source),
        row.folder,
        number(session.messages),
        size(row.size),
        age(session.updated_at, now),
        translate("Sessions", "Never", "deleted") if deleted is None else days(days_left(deleted, now)),
    )


def sentence(row: Row, words: tuple[str, ...]) -> str:
    """The whole row for a screen reader; `words` are its cells."""
    told = translate(
        "Sessions",
        "{title}. {state}. {source}. {messages} messages, {size}. Last active: {updated}. Deleted in: {deleted}.",
    ).format(
        title=words[TITLE],
        state=words[STATE],
        source=words[SOURCE],
        messages=words[MESSAGES],
        size=words[SIZE],
        updated=words[UPDATED],
        deleted=words[DELETED],
    )
    if row.folder:
        told += " " + translate("Sessions", "Project: {project}.").format(project=row.folder)
    if row.session.notes:
        told += " " + translate("Sessions", "Parts of it cannot be read.")
    return told


def tooltip(row: Row, column: int, *, this_computer_only: bool) -> str:
    """More than a cell has room for; empty where there is no more."""
    session = row.session
    text = ""
    if column == STATE:
        text = state_meaning(row.state, this_computer_only=this_computer_only)
    elif column == TITLE:
        notes = ["", archived_all_the_same(session.notes)] if session.notes else []
        text = "\n".join([session.title, *notes])
    elif column == PROJECT:
        text = session.project or translate("Sessions", "No project")
    elif column == SIZE and len(session.files) > 1:
        text = translate("Sessions", "%n files", n=len(session.files))
    elif column == UPDATED:
        text = date_and_time(session.updated_at)
    elif column == DELETED:
        text = _deletion(row)
    return plain_tooltip(text)


def _deletion(row: Row) -> str:
    session = row.session
    if session.deleted_at is None:
        return translate("Sessions", "Nothing deletes this session.")
    return translate("Sessions", "{tool} deletes this session after {moment}.").format(
        tool=source_name(session.source), moment=date_and_time(session.deleted_at)
    )
