"""What can be done about a transfer, and what that is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from app.archiving.queue_rows import ENDED
from app.desktop.i18n import mark, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.archiving.queue_rows import RowState, TransferRow
    from app.desktop.messages import ActionKind, Messages

Action = Literal[
    "pause", "resume", "cancel", "retry", "mend", "copy-details", "menu", "show", "copy-path", "remove"
]

_PAUSABLE: frozenset[RowState] = frozenset(
    {"queued", "preparing", "sending", "receiving", "waiting", "returning"}
)

ICONS: Mapping[Action, str] = {
    "pause": "pause",
    "resume": "play",
    "cancel": "close",
    "retry": "retry",
    "menu": "more",
    "show": "folder",
    "copy-path": "copy",
    "copy-details": "copy",
    "remove": "trash",
}


_NAMES: Mapping[Action, tuple[str, str]] = {
    "pause": mark("Transfers", "Pause"),
    "resume": mark("Transfers", "Resume"),
    "cancel": mark("Transfers", "Cancel"),
    "retry": mark("Transfers", "Try again"),
    "copy-details": mark("Transfers", "Copy details"),
    "menu": mark("Transfers", "More"),
    "copy-path": mark("Transfers", "Copy path"),
    "remove": mark("Transfers", "Remove from the list"),
}


def name_of(action: Action) -> str:
    """What a button says or its tooltip, for all but `mend` and `show`, whose words depend on more."""
    return translate(*_NAMES[action])


def buttons_of(row: TransferRow, messages: Messages) -> tuple[Action, ...]:
    """The buttons in a row, from left to right."""
    if row.state == "failed":
        mend: tuple[Action, ...] = ("mend",) if mending(row, messages) is not None else ("retry",)
        return (*mend, "copy-details", "menu")
    if row.state == "cancelled":
        return ("retry", "menu")
    if row.state in ENDED:
        return ("menu",)
    if row.elsewhere or row.stopping:
        return ()
    if row.state == "paused":
        return ("resume", "cancel")
    return ("pause", "cancel") if row.state in _PAUSABLE else ("cancel",)


def mending(row: TransferRow, messages: Messages) -> ActionKind | None:
    """What would mend a failed row, if something in the window can."""
    action = messages.explain(row.error).action if row.error is not None else "retry"
    return None if action == "copy-details" else action


def possible(rows: Iterable[TransferRow]) -> frozenset[Action]:
    """What can be done about at least one of these."""
    found: set[Action] = set()
    for row in rows:
        if row.path:
            found |= {"show", "copy-path"}
        if row.error is not None:
            found.add("copy-details")
        if row.state in ENDED:
            found.add("remove")
            if row.state in {"failed", "cancelled"}:
                found.add("retry")
        elif not row.elsewhere and not row.stopping:
            found.add("cancel")
            if row.state == "paused":
                found.add("resume")
            elif row.state in _PAUSABLE:
                found.add("pause")
    return frozenset(found)
