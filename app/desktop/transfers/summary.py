"""The words of the page's head: how many are left, how far they are, or that everything is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.desktop.formats import amount, duration, number, speed
from app.desktop.i18n import translate

if TYPE_CHECKING:
    from app.archiving.queue_rows import QueueTotals
    from app.desktop.widgets.labels import Ink


@dataclass(frozen=True, slots=True)
class Counted:
    """Ended rows of the list."""

    done: int = 0
    cancelled: int = 0
    archived: bool = False
    """Some of those that were done are uploads."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One line: an icon where all is well, what matters, and more about it."""

    text: str
    details: str = ""
    icon: str | None = None
    ink: Ink = "text2"
    fraction: float | None = None
    """0 to 1, where there is a bar to show."""


def summarise(totals: QueueTotals, counted: Counted, *, this_computer_only: bool) -> Summary:
    """How it stands."""
    if not totals.left and not totals.failed:
        return _at_rest(totals, counted, this_computer_only=this_computer_only)
    left = translate("Transfers", "%n left", n=totals.left) if totals.left else ""
    failed = (
        translate("Transfers", "{count} failed").format(count=number(totals.failed)) if totals.failed else ""
    )
    text = (
        translate("Transfers", "{left}, {failed}").format(left=left, failed=failed) if left and failed else ""
    )
    return Summary(
        text or left or failed,
        _pace(totals) if totals.left else "",
        fraction=totals.fraction if totals.left else None,
    )


def _pace(totals: QueueTotals) -> str:
    parts = []
    if totals.total:
        parts.append(amount(totals.sent, totals.total))
    if totals.speed:
        parts.append(speed(totals.speed))
    if totals.seconds_left is not None:
        parts.append(translate("Transfers", "{time} left").format(time=duration(totals.seconds_left)))
    said = " · ".join(parts)
    for more in (_returning(totals), _paused(totals)):
        if more and said:
            said = translate("Transfers", "{progress}, {paused}").format(progress=said, paused=more)
        else:
            said = said or more
    return said


def _returning(totals: QueueTotals) -> str:
    if not totals.returning:
        return ""
    return translate("Transfers", "{count} coming back").format(count=number(totals.returning))


def _paused(totals: QueueTotals) -> str:
    if not totals.paused:
        return ""
    if totals.paused == totals.left:
        return translate("Transfers", "all paused")
    return translate("Transfers", "{count} paused").format(count=number(totals.paused))


def _at_rest(totals: QueueTotals, counted: Counted, *, this_computer_only: bool) -> Summary:
    cancelled = (
        translate("Transfers", "{count} cancelled").format(count=number(counted.cancelled))
        if counted.cancelled
        else ""
    )
    fraction = 1.0 if totals.fraction == 1.0 else None
    if counted.cancelled or totals.halted is not None or not counted.done:
        return Summary(translate("Transfers", "Nothing left to transfer"), cancelled)
    if not counted.archived:
        return Summary(
            translate("Transfers", "All downloads are done"), icon="downloading", fraction=fraction
        )
    if this_computer_only:
        text = translate("Transfers", "Everything is kept on this computer and verified")
        return Summary(text, icon="local", fraction=fraction)
    text = translate("Transfers", "Everything is archived and verified")
    return Summary(text, icon="archived", ink="ok", fraction=fraction)
