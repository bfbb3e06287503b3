"""What every page and dialog is given: the one way from a page to the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.archive.controller import ArchiveController
    from app.desktop.messages import ActionKind, Messages
    from app.desktop.sessions.controller import SessionsController
    from app.desktop.settings.account import AccountController
    from app.desktop.tasks import Tasks
    from app.desktop.theme import Look
    from app.desktop.transfers.controller import TransfersController
    from app.desktop.window_memory import WindowMemory
    from app.desktop.workplace import Workplace
    from app.errors import ChatLogError


@dataclass(frozen=True, slots=True)
class Context:
    """Made once per run; the controllers in it outlive pages and windows."""

    look: Look
    tasks: Tasks
    workplace: Workplace
    messages: Messages
    account: AccountController
    transfers: TransfersController
    sessions: SessionsController
    archive: ArchiveController
    window_state: WindowMemory
    navigate: Callable[[str], None]
    """Brings a page to the front: "sessions", "transfers", "archive", "settings"."""
    settings_tab: Callable[[str], None]
    """Opens Settings at a tab: "profiles", "sources", "transfers", "appearance", "advanced"."""
    run_action: Callable[[ActionKind, ChatLogError], None]
    """What the button of an explained error does."""
