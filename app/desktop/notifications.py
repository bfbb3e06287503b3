"""The system's notifications: failures, or every finished batch too, or none, as the settings say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.archiving.queue_rows import ENDED
from app.desktop.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.archiving.queue_rows import QueueTotals, TransferRow
    from app.desktop.context import Context


class Notifier(QObject):
    """Tells what happened while nobody looked: nothing is said of what the window at the front shows."""

    def __init__(
        self,
        context: Context,
        say: Callable[[str, str], None],
        is_seen: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """`say(title, text)` shows a notification; `is_seen` tells whether the window is at the front."""
        super().__init__(parent)
        self._context = context
        self._say = say
        self._is_seen = is_seen
        self._before: QueueTotals | None = None
        self._halted = ""
        self._returning: set[str] = set()
        self._told_back = 0
        context.transfers.changed.connect(self._follow_returns)
        context.transfers.totals_changed.connect(self._follow)

    def _follow_returns(self, changed: Sequence[TransferRow], removed: Sequence[str]) -> None:
        """What S3 took hours to bring back is told by itself, whether or not every finished batch is."""
        self._returning.difference_update(removed)
        for row in changed:
            if row.state == "returning":
                self._returning.add(row.id)
            elif row.state in ENDED and row.id in self._returning:
                self._returning.discard(row.id)
                if row.state == "done" and self._context.account.settings.notifications != "none":
                    self._told_back += 1
                    self._tell(translate("Shell", "Back from S3, and downloaded"), row.title)

    def _follow(self, totals: QueueTotals) -> None:
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.setBadgeNumber(totals.left)
        # Counts of what ended before this batch are not its own; they fall when rows are cleared or tried again.
        begun = self._before or totals
        begun = replace(begun, done=min(begun.done, totals.done), failed=min(begun.failed, totals.failed))
        self._before = begun
        halted = "" if totals.halted is None else totals.halted.code
        newly_halted, self._halted = halted != self._halted and bool(halted), halted
        if newly_halted:
            assert totals.halted is not None
            self._tell_failure(self._context.messages.explain(totals.halted).title)
        if totals.left > totals.returning:
            return
        self._before = totals
        failed, done = totals.failed - begun.failed, totals.done - begun.done - self._told_back
        self._told_back = 0
        if failed > 0:
            self._tell_failure(translate("Shell", "%n transfers failed", n=failed))
        elif done > 0 and self._context.account.settings.notifications == "all":
            self._tell(translate("Shell", "Transfers finished"), translate("Shell", "%n finished", n=done))

    def _tell_failure(self, text: str) -> None:
        if self._context.account.settings.notifications != "none":
            self._tell(translate("Shell", "Transfers need attention"), text)

    def _tell(self, title: str, text: str) -> None:
        if not self._is_seen():
            self._say(title, text)
