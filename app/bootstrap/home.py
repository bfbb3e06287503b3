"""What every layer stands on: the folders, the environment and the settings of one home, and how it all ends."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from app.account.settings import SettingsStore
from app.bootstrap.built_once import built_once
from app.errors import Cancelled, FileUnreadable, SettingsCorrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from app.account.profiles import Profile
    from app.account.settings import Settings
    from app.account.signin_session import SignInSession
    from app.account.vault import Vault
    from app.archiving.standby_watch import Standby
    from app.archiving.transfer_queue import TransferQueue
    from app.storage.paths import Paths

STOP_SECONDS = 15.0
"""How long closing waits for transfers to stop: a connection that is being made takes ten to give up."""


class HomeServices:
    """The engine of one home, for one run. Threads may share it; close it at the end.

    `stopped` ends waits and transfers when it is set.
    """

    def __init__(
        self,
        paths: Paths,
        environ: Mapping[str, str],
        *,
        home: Path | None = None,
        profile_name: str | None = None,
        vault: Vault | None = None,
        stopped: threading.Event | None = None,
    ) -> None:
        """`vault`: one that outlives these services, so that what it keeps for this run is there for the next.

        `stopped`: one that others set too.
        """
        self.paths = paths
        self.stopped = stopped or threading.Event()
        self._environ = environ
        self._home = home
        self._profile_name = profile_name
        self._given_vault = vault
        self._open = ExitStack()
        self._closed = False
        self._answered = False
        self._sign_ins: dict[Profile, SignInSession] = {}
        self._building: dict[str, threading.RLock] = {}
        self._building_lock = threading.Lock()

    def close(self) -> None:
        """Stop what is under way, then close what was opened. May be called twice.

        Who still uses transfers or receipts from then on gets Cancelled.
        """
        self.stopped.set()
        standby: Standby | None = self.__dict__.get("standby")
        if standby is not None:
            standby.stop(STOP_SECONDS)
        queue: TransferQueue | None = self.__dict__.get("transfer_queue")
        if queue is not None:
            queue.stop(STOP_SECONDS)
        self._let_go()

    def _let_go(self) -> None:
        """Close what was opened here, and leave alone what else `stopped` ends."""
        self._closed = True
        self._open.close()

    def building(self, name: str) -> threading.RLock:
        """The lock under which a service is built."""
        with self._building_lock:
            return self._building.setdefault(name, threading.RLock())

    def _close_at_the_end(self, close: Callable[[], None]) -> None:
        """Raises Cancelled where that is over: what was opened just now is closed at once."""
        self._open.callback(close)
        if self._closed:
            self._open.close()
            raise Cancelled

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment that the engine was started with."""
        return self._environ

    @property
    def settings_store(self) -> SettingsStore:
        """The settings as they are in the file, to be read again and changed."""
        return SettingsStore(self.paths.settings)

    @built_once
    def settings(self) -> Settings:
        """The user's choices, as they were when they were first asked for. Raises SettingsCorrupt."""
        return self.settings_store.read()

    def language_setting(self) -> str:
        """The language chosen in settings; "system" while these cannot be read, so that this can be said."""
        try:
            return self.settings.language
        except (SettingsCorrupt, FileUnreadable):
            return "system"
