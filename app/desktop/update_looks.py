"""Looks for newer versions of this program, once a day and when a person asks. Without an address nobody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from app.account.settings import Settings
    from app.desktop.settings.account import AccountController
    from app.desktop.window_memory import WindowMemory
    from app.desktop.workplace import Workplace
    from app.errors import ChatLogError
    from app.updates.notice import Look
    from app.updates.releases import Release

FIRST_SECONDS = 60.0
"""After the start, and after another address was set: there is more urgent work then."""

AGAIN_SECONDS = 3600.0
"""Between two questions whether a day has passed; a timer of a whole day would not count the time that a laptop sleeps."""

_MEMORY = "update-dismissed"


class UpdateLooks(QObject):
    """What is known of newer versions, on the GUI thread."""

    changed = Signal()
    """What is known, whether it is being looked, or what is to be told."""
    to_be_read = Signal()
    """A person wants to see what is new; the settings are at the front."""

    def __init__(
        self,
        workplace: Workplace,
        account: AccountController,
        memory: WindowMemory,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._memory = memory
        self._started = False
        self._to_tell = False
        self.address = account.settings.releases_address
        """The address that is asked; None: nobody is."""
        self.look: Look | None = None
        """What the address said, as far as that was read."""
        self.error: ChatLogError | None = None
        """Why the look that a person asked for failed."""
        self.looking = False
        """Whether a person waits for a look."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._daily)
        account.settings_changed.connect(self._settings_changed)
        workplace.reopened.connect(self._reopened)

    @property
    def newest(self) -> Release | None:
        """The newest release, where one is newer than this program."""
        return self.look.releases[0] if self.look is not None and self.look.releases else None

    @property
    def news(self) -> Release | None:
        """What is to be told above the pages: found by a daily look, and neither dismissed nor asked for."""
        newest = self.newest
        if not self._to_tell or newest is None or self._memory.value(_MEMORY, "") == newest.version:
            return None
        return newest

    @property
    def waiting(self) -> bool:
        """Whether a look is to come by itself."""
        return self._timer.isActive()

    def start(self) -> None:
        """From now on it is looked once a day, if there is an address."""
        self._started = True
        self._wait()

    def recall(self) -> None:
        """Read what was found out before; nobody is asked."""
        address = self.address
        if address is not None and self.look is None:
            self._workplace.run(
                lambda services, _task: services.update_notice.known(address),
                done=lambda look: self._take(look, address),
                failed=self._left_unsaid,
                owner=self,
            )

    def look_now(self) -> None:
        """Ask at once; `changed` tells of the answer or the failure."""
        address = self.address
        if address is None or self.looking:
            return
        self.looking, self.error = True, None
        self.changed.emit()

        def done(look: Look) -> None:
            if address == self.address:
                self.looking = False
                if look.releases:
                    # She who asked has it before her eyes.
                    self._memory.keep(_MEMORY, look.releases[0].version)
                self._take(look, address)

        def failed(error: ChatLogError) -> None:
            if address == self.address:
                self.looking, self.error = False, error
                self.changed.emit()

        self._workplace.run(
            lambda services, task: services.update_notice.look(address, ended=task.ended_early),
            done=done,
            failed=failed,
            owner=self,
        )

    def dismiss(self) -> None:
        """The newest version needs no telling any more, in later runs neither."""
        if self.newest is not None:
            self._memory.keep(_MEMORY, self.newest.version)
            self.changed.emit()

    def _wait(self) -> None:
        if self._started and self.address is not None:
            self._timer.start(round(FIRST_SECONDS * 1000))
        else:
            self._timer.stop()

    def _daily(self) -> None:
        address = self.address
        if address is None:
            return
        self._timer.start(round(AGAIN_SECONDS * 1000))

        def done(look: Look | None) -> None:
            if address == self.address:
                self._to_tell = True
                self._take(look, address)

        self._workplace.run(
            lambda services, task: services.update_notice.look_if_due(address, ended=task.ended_early),
            done=done,
            failed=self._left_unsaid,
            owner=self,
        )

    def _take(self, look: Look | None, address: str) -> None:
        if look is None or address != self.address:
            return
        self.look = look
        if not look.failed:
            self.error = None
        self.changed.emit()

    def _left_unsaid(self, _error: ChatLogError) -> None:
        """Nobody waits for it. What is wrong with the settings or the disk is said by those who need them."""

    def _settings_changed(self, settings: Settings) -> None:
        if settings.releases_address == self.address:
            return
        self.address = settings.releases_address
        self.look = self.error = None
        self.looking = self._to_tell = False
        self._wait()
        self.changed.emit()

    def _reopened(self) -> None:
        # The answer would come from services that are no more; it is dropped.
        if self.looking:
            self.looking = False
            self.changed.emit()
