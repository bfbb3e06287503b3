"""What every page and dialog is given: the one way from a page to the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.account.settings import Settings
    from app.desktop.archive.controller import ArchiveController
    from app.desktop.messages import ActionKind, Messages
    from app.desktop.sessions.controller import SessionsController
    from app.desktop.settings.account import AccountController
    from app.desktop.tasks import Tasks
    from app.desktop.theme import Look
    from app.desktop.transfers.controller import TransfersController
    from app.desktop.update_looks import UpdateLooks
    from app.desktop.window_memory import WindowMemory
    from app.desktop.workplace import Workplace
    from app.errors import ChatLogError

    Navigate = Callable[[str], None]
    RunAction = Callable[[ActionKind, ChatLogError], None]


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
    updates: UpdateLooks
    window_state: WindowMemory
    navigate: Navigate
    """Brings a page to the front: "sessions", "transfers", "archive", "settings"."""
    settings_tab: Navigate
    """Opens Settings at a tab: "profiles", "sources", "transfers", "appearance", "advanced"."""
    run_action: RunAction
    """What the button of an explained error does."""


def make_context(
    look: Look,
    workplace: Workplace,
    window_state: WindowMemory,
    *,
    navigate: Navigate,
    settings_tab: Navigate,
    run_action: RunAction,
    settings: Settings | None = None,
    profile_for_run: str | None = None,
) -> Context:
    """The controllers, made in the order in which they need each other, with what belongs to them.

    They live as long as the workplace. `settings`: as they were read before the window; `profile_for_run`: given at
    the start.
    """
    from app.desktop.archive.controller import ArchiveController  # noqa: PLC0415 - a page needs only the type
    from app.desktop.messages import Messages  # noqa: PLC0415
    from app.desktop.sessions.controller import SessionsController  # noqa: PLC0415
    from app.desktop.settings.account import AccountController  # noqa: PLC0415
    from app.desktop.transfers.controller import TransfersController  # noqa: PLC0415
    from app.desktop.update_looks import UpdateLooks  # noqa: PLC0415

    account = AccountController(workplace, workplace, settings=settings, profile_for_run=profile_for_run)
    transfers = TransfersController(workplace, workplace)
    return Context(
        look=look,
        tasks=workplace.tasks,
        workplace=workplace,
        messages=Messages(),
        account=account,
        transfers=transfers,
        sessions=SessionsController(workplace, transfers, workplace),
        archive=ArchiveController(workplace, transfers, workplace),
        updates=UpdateLooks(workplace, account, window_state, workplace),
        window_state=window_state,
        navigate=navigate,
        settings_tab=settings_tab,
        run_action=run_action,
    )
