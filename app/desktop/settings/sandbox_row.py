"""The sandbox in the settings: whether it runs, how much it holds, and its end."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from app.desktop.formats import size
from app.desktop.i18n import translate
from app.desktop.settings.groups import SettingRow
from app.desktop.settings.questions import ErasingDialog
from app.desktop.widgets.buttons import Button

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.bootstrap import Services
    from app.desktop.context import Context
    from app.errors import ChatLogError


@dataclass(frozen=True, slots=True)
class SandboxState:
    """How the sandbox is."""

    endpoint: str | None
    """Where it answers; None: it does not run."""
    size: int
    """Bytes of all its files."""


def sandbox_state(services: Services) -> SandboxState:
    """Look at the sandbox; starts nothing."""
    info = services.sandbox.peek()
    return SandboxState(info.endpoint if info is not None else None, size_of(services.paths.sandbox))


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder; files may go while they are counted."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - thousands of them
            except OSError:
                continue
    return total


class SandboxRow(SettingRow):
    """Running or not, its address, its size; [Stop], [Erase everything in it…]."""

    dialog_wanted = Signal(object)
    """The Dialog to show."""

    def __init__(self, context: Context) -> None:
        look = context.look
        self.stop_button = Button(look, translate("Settings", "Stop"), small=True)
        self.erase_button = Button(
            look, translate("Settings", "Erase everything in it…"), "danger", small=True
        )
        super().__init__(
            context,
            translate("Settings", "Sandbox"),
            translate("Settings", "Looking…"),
            [self.stop_button, self.erase_button],
            icon="local",
        )
        self.state: SandboxState | None = None
        self._set_busy(True)
        self.stop_button.clicked.connect(self.stop)
        self.erase_button.clicked.connect(self.ask_to_erase)

    def refresh(self) -> None:
        """Look at it anew."""
        self._run(lambda _services: None)

    def stop(self) -> None:
        """End its process; what it holds stays, and it starts again when it is needed."""
        self._run(lambda services: services.sandbox.stop())

    def ask_to_erase(self) -> None:
        """Say what is lost, and erase it if that is wanted."""
        holds = size(self.state.size) if self.state is not None else ""
        dialog = ErasingDialog(
            self.look,
            translate("Settings", "Erase the sandbox"),
            translate("Settings", "Erase everything in the sandbox?"),
            [
                translate("Settings", "All sessions archived on this computer only are lost: {size}.").format(
                    size=holds
                ),
                translate("Settings", "The tools' own logs on this computer stay as they are."),
            ],
            translate("Settings", "Erase everything"),
            tick=translate("Settings", "I no longer need what is archived there"),
            parent=self.window(),
        )
        dialog.accepted.connect(self._erase)
        self.dialog_wanted.emit(dialog)

    def _erase(self) -> None:
        # Another bucket comes after it: what is known of the old one is of no use.
        self._run(lambda services: services.sandbox.reset(), then=self._context.workplace.reopen)

    def _run(self, work: Callable[[Services], None], then: Callable[[], None] | None = None) -> None:
        self.tell(None)
        self._set_busy(True)

        def whole(services: Services, _task: object) -> SandboxState:
            work(services)
            return sandbox_state(services)

        def done(state: SandboxState) -> None:
            self._show(state)
            if then is not None:
                then()

        def failed(error: ChatLogError) -> None:
            self._set_busy(False)
            self.tell(error, lambda: self._run(work, then))

        self._context.workplace.run(whole, done=done, failed=failed, owner=self, of_any_profile=True)

    def _show(self, state: SandboxState) -> None:
        self.state = state
        if state.endpoint is not None:
            text = translate("Settings", "Running at {address} · {size}")
            self.say(text.format(address=state.endpoint, size=size(state.size)))
        elif state.size:
            text = translate("Settings", "Not running; it starts when it is needed · {size}")
            self.say(text.format(size=size(state.size)))
        else:
            self.say(translate("Settings", "Nothing is archived in it yet"))
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        state = self.state
        self.stop_button.setEnabled(not busy and state is not None and state.endpoint is not None)
        self.erase_button.setEnabled(not busy and state is not None and state.size > 0)
