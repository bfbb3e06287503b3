"""What a transfer tells about its session, in the words of app/archiving/plan.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.archiving.plan import SessionState
    from app.archiving.queue_rows import Identity, RowState, TransferRow

_STATES: Mapping[RowState, SessionState] = {
    "queued": "queued",
    "paused": "queued",
    "preparing": "uploading",
    "sending": "uploading",
    "verifying": "uploading",
    "waiting": "uploading",
    "failed": "failed",
}


def state_told_by(row: TransferRow) -> SessionState | Literal[""]:
    """The state that follows from an upload; empty where only the plan knows: a log may have grown meanwhile."""
    return _STATES.get(row.state, "")


class SessionStates:
    """Remembers what was told of each session, so that only news is told."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[Identity, SessionState | Literal[""]]] = {}

    def news(
        self, changed: Iterable[TransferRow], removed: Iterable[str]
    ) -> dict[Identity, SessionState | Literal[""]]:
        """The sessions whose state is another than before."""
        found: dict[Identity, SessionState | Literal[""]] = {}
        for row_id in removed:
            identity, state = self._told.pop(row_id, (None, ""))
            if identity is not None and state:
                found[identity] = ""
        for row in changed:
            if row.kind == "upload" and row.session is not None:
                told = (row.session, state_told_by(row))
                if self._told.get(row.id) != told:
                    self._told[row.id] = told
                    found[row.session] = told[1]
        return found
