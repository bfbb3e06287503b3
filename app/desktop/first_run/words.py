"""What the first steps say of the sessions that were found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.archiving.plan import NEEDS_ARCHIVING
from app.desktop.formats import days_left
from app.desktop.i18n import translate
from app.desktop.sessions.words import source_name
from app.sessions.local_time import local_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.archiving.plan import SessionState
    from app.sessions.model import Session

SOON = timedelta(days=7)
"""Time enough to act, and little enough to be worth a choice of its own."""


def unarchived(sessions: Sequence[tuple[Session, SessionState]]) -> list[Session]:
    """Those that the profile in use does not hold as they are."""
    return [session for session, state in sessions if state in NEEDS_ARCHIVING]


def deleted_soon(sessions: Sequence[Session], now: datetime) -> list[Session]:
    """Those that their tools delete within a week."""
    return [one for one in sessions if one.deleted_at is not None and one.deleted_at - now < SOON]


def first_deletion(sessions: Sequence[Session], now: datetime) -> str:
    """When the first of them is deleted, and by whom; empty where none is."""
    going = [(one.deleted_at, one.source) for one in sessions if one.deleted_at is not None]
    if not going:
        return ""
    moment, source = min(going)
    left = days_left(moment, now)
    nights = (local_time(moment).date() - now.astimezone().date()).days
    if left <= 0:
        text = translate("FirstRun", "{tool} may delete the first of them any time.")
    elif nights == 0:
        text = translate("FirstRun", "{tool} will delete the first of them today.")
    elif nights == 1:
        text = translate("FirstRun", "{tool} will delete the first of them tomorrow.")
    else:
        text = translate("FirstRun", "{tool} will delete the first of them in %n days.", n=left)
    return text.format(tool=source_name(source))


def found_line(sessions: Sequence[Session], *, looking: bool, now: datetime | None = None) -> str:
    """How many sessions there are and when the first of them goes."""
    if not sessions:
        if looking:
            return translate("FirstRun", "Looking for sessions on this computer…")
        return translate("FirstRun", "No sessions were found here yet.")
    found = translate("FirstRun", "%n sessions were found here.", n=len(sessions))
    deletion = first_deletion(sessions, now or datetime.now(UTC))
    return joined(found, deletion)


def joined(first: str, second: str) -> str:
    """Two sentences; Japanese ones stand without a space between them."""
    if not second:
        return first
    return f"{first}{'' if first.endswith('。') else ' '}{second}"
