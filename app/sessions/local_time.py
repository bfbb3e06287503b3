"""Moments by this computer's clock."""

from __future__ import annotations

from datetime import UTC, datetime


def local_time(moment: datetime) -> datetime:
    """The moment in this computer's time zone; in UTC where that cannot be told.

    A file can claim any moment. No date is before the year 1 or after 9999 in any zone, and Windows knows no zone before
    1970 nor after 3000.
    """
    try:
        return moment.astimezone()
    except (OSError, OverflowError):
        return moment.astimezone(UTC)
