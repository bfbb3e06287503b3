"""What the menus of a row and of the details have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from app.desktop.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.archiving.archived_sessions import ArchivedSession
    from app.desktop.archive.lifetimes import Kind
    from app.desktop.widgets.menus import Menu


def add_copies(menu: Menu, session: ArchivedSession) -> None:
    """What of a session can be copied."""
    copies: list[tuple[str, str]] = [(translate("Archive", "Copy the key"), session.main.s3_key)]
    if session.identity is not None:
        copies.append((translate("Archive", "Copy the session ID"), session.identity[1]))
    for words, text in copies:
        menu.add(words, _copier(text), icon="copy")


def add_lifetimes(
    menu: Menu,
    sessions: Sequence[ArchivedSession],
    locked: Sequence[ArchivedSession],
    act: Callable[[Kind, Sequence[ArchivedSession]], None],
) -> None:
    """What can be done to whole sessions. `locked` are those that have to be asked back before they can be read."""
    if locked:
        asked = translate("Archive", "Ask for the return of %Ln sessions…", n=len(locked))
        menu.add(asked, lambda: act("return", locked), icon="putback")
    deleted = sum(session.deleted_at is not None for session in sessions)
    if deleted:
        words = translate("Archive", "Undelete %Ln sessions", n=deleted)
        menu.add(words, lambda: act("undelete", sessions), icon="putback")
    if deleted < len(sessions):
        words = translate("Archive", "Delete %Ln sessions…", n=len(sessions) - deleted)
        menu.add(words, lambda: act("delete", sessions), icon="trash", shortcut="Del")


def _copier(text: str) -> Callable[[], None]:
    return lambda: QGuiApplication.clipboard().setText(text)
