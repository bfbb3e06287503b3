"""The pages by key; each is imported when it is first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from app.desktop.context import Context
    from app.desktop.page import Page


def page_makers() -> Mapping[str, Callable[[Context], Page]]:
    """In the order of the sidebar."""
    return {"sessions": _sessions, "transfers": _transfers, "archive": _archive, "settings": _settings}


def make_first_run(context: Context, done: Callable[[], None]) -> QWidget:
    """The first steps; `done` is called when they are finished or skipped."""
    from app.desktop.first_run.flow import FirstRun  # noqa: PLC0415 - met once

    return FirstRun(context, done)


def _sessions(context: Context) -> Page:
    from app.desktop.sessions.page import SessionsPage  # noqa: PLC0415 - imported when shown

    return SessionsPage(context)


def _transfers(context: Context) -> Page:
    from app.desktop.transfers.page import TransfersPage  # noqa: PLC0415 - imported when shown

    return TransfersPage(context)


def _archive(context: Context) -> Page:
    from app.desktop.archive.page import ArchivePage  # noqa: PLC0415 - imported when shown

    return ArchivePage(context)


def _settings(context: Context) -> Page:
    from app.desktop.settings.page import SettingsPage  # noqa: PLC0415 - imported when shown

    return SettingsPage(context)
