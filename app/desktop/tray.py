"""The icon in the system's bar, where there is such a bar; where there is none, nothing is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.desktop.formats import percent
from app.desktop.i18n import APPLICATION_NAME, translate

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

    from app.archiving.queue_rows import QueueTotals
    from app.desktop.context import Context

_LOOK_MILLISECONDS = 10_000
"""How often is looked whether the bar is still there: it may end, and a hidden window with it."""

_MESSAGE_MILLISECONDS = 8000


class Tray(QObject):
    """The icon with its menu: open, how far it is, pause or resume, quit."""

    open_wanted = Signal()
    quit_wanted = Signal()
    lost = Signal()
    """The system's bar is gone: what was hidden must come back."""
    message_clicked = Signal()

    def __init__(self, context: Context, icon: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._icon = icon
        self._tray: QSystemTrayIcon | None = None
        self._watch = QTimer(self)
        self._watch.timeout.connect(self.look)
        context.transfers.totals_changed.connect(self._show_totals)

    @staticmethod
    def possible() -> bool:
        """Whether the system has a bar for it now."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def available(self) -> bool:
        """Whether the icon is there."""
        return self._tray is not None and self.possible()

    def look(self) -> None:
        """Show the icon if it can be shown; say when it cannot any more."""
        if self._tray is None and self.possible():
            self._make()
        elif self._tray is not None and not self.possible():
            self.remove()
            self.lost.emit()
        if not self._watch.isActive():
            self._watch.start(_LOOK_MILLISECONDS)

    def _make(self) -> None:
        tray = QSystemTrayIcon(self._icon, self)
        tray.activated.connect(self._activated)
        tray.messageClicked.connect(self.message_clicked)
        self._tray = tray
        self.build()
        tray.show()

    def build(self) -> None:
        """Make the menu, in the language of now."""
        if self._tray is None:
            return
        menu = QMenu()
        transfers = self._context.transfers
        menu.addAction(translate("Shell", "Open {name}").format(name=APPLICATION_NAME)).triggered.connect(
            self.open_wanted
        )
        menu.addSeparator()
        self.progress = menu.addAction("")
        self.progress.setEnabled(False)
        self.pause = menu.addAction(translate("Shell", "Pause all"))
        self.pause.triggered.connect(transfers.pause_all)
        self.resume = menu.addAction(translate("Shell", "Resume all"))
        self.resume.triggered.connect(transfers.resume_all)
        menu.addSeparator()
        menu.addAction(translate("Shell", "Quit")).triggered.connect(self.quit_wanted)
        # The icon does not own its menu.
        self._menu = menu
        self._tray.setContextMenu(menu)
        self._show_totals(transfers.totals())

    def menu(self) -> QMenu | None:
        """The menu, if the icon is there."""
        return None if self._tray is None else self._menu

    def remove(self) -> None:
        """No more icon."""
        self._watch.stop()
        if self._tray is not None:
            self._tray.hide()
            self._tray.deleteLater()
            self._tray = None

    def say(self, title: str, text: str) -> None:
        """A notification beside the icon; nothing where there is none."""
        if self._tray is not None:
            self._tray.showMessage(title, text, self._icon, _MESSAGE_MILLISECONDS)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in {
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        }:
            self.open_wanted.emit()

    def _show_totals(self, totals: QueueTotals) -> None:
        if self._tray is None:
            return
        line = progress_line(totals)
        self.progress.setText(line)
        self._tray.setToolTip(f"{APPLICATION_NAME}\n{line}")
        self.pause.setVisible(totals.left > totals.paused)
        self.resume.setVisible(totals.paused > 0)


def progress_line(totals: QueueTotals) -> str:
    """How far the transfers are: "5 left, 1 failed · 43 %"."""
    if not totals.left and not totals.failed:
        return translate("Shell", "No transfers")
    parts = []
    if totals.left:
        parts.append(translate("Shell", "%n left", n=totals.left))
    if totals.failed:
        parts.append(translate("Shell", "%n failed", n=totals.failed))
    line = translate("Shell", ", ", "between two counts").join(parts)
    if totals.left and totals.fraction is not None:
        line = f"{line} · {percent(totals.fraction)}"
    return line
