"""Asking where to, and handing downloads to the transfers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog

from app.desktop.archive.download_plan import download_of, downloads_of
from app.desktop.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from app.archiving.archived_sessions import ArchivedSession
    from app.desktop.archive.download_plan import PlannedDownload
    from app.desktop.context import Context
    from app.remote.protocol import StoredVersion
    from app.transfer.downloads import ReturnRequest

    Plan = Callable[[Path], list[PlannedDownload]]

PURPOSE = "download"
"""Under which the window remembers the folder."""


class Downloads(QObject):
    """For one page."""

    begun = Signal(str, bool)
    """The folder, as a person reads it; whether S3 has to bring it out of an archive class first."""

    def __init__(
        self,
        context: Context,
        window: QWidget,
        choose_folder: Callable[[QWidget, str, str], str] = QFileDialog.getExistingDirectory,
    ) -> None:
        """`choose_folder(parent, title, start)` asks a person; empty: she changed her mind."""
        super().__init__(window)
        self._context = context
        self._window = window
        self._choose_folder = choose_folder

    def download(
        self, sessions: Sequence[ArchivedSession], *, ask: bool, ask_return: ReturnRequest | None = None
    ) -> None:
        """Bring sessions with all their files. `ask`: for the folder, even if one was chosen before.

        `ask_return` is what somebody has agreed to ask of S3 where they lie in an archive class.
        """
        wanted = tuple(sessions)
        self._begin(lambda folder: downloads_of(wanted, folder), ask=ask, ask_return=ask_return)

    def download_version(self, session: ArchivedSession, version: StoredVersion, *, ask: bool) -> None:
        """Bring one version of a session's log."""
        self._begin(lambda folder: [download_of(session, version, folder)], ask=ask)

    def _begin(self, plan: Plan, *, ask: bool, ask_return: ReturnRequest | None = None) -> None:
        known = self._context.window_state.folder(PURPOSE)

        def look(_task: object) -> tuple[list[PlannedDownload] | None, str]:
            start = known or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
            # A folder that has gone (a drive that was pulled out) is asked for anew.
            there = bool(known) and Path(known).is_dir()
            return (plan(Path(known)) if there and not ask else None), start

        def looked(found: tuple[list[PlannedDownload] | None, str]) -> None:
            planned, start = found
            if planned is not None:
                self._add(planned, known, ask_return)
            else:
                self._ask(plan, start, ask_return)

        self._context.tasks.run(look, done=looked, owner=self)

    def _ask(self, plan: Plan, start: str, ask_return: ReturnRequest | None) -> None:
        title = translate("Archive", "Download to")
        folder = self._choose_folder(self._window, title, start)
        if not folder:
            return
        self._context.window_state.keep_folder(PURPOSE, folder)
        self._context.tasks.run(
            lambda _task: plan(Path(folder)),
            done=lambda planned: self._add(planned, folder, ask_return),
            owner=self,
        )

    def _add(self, planned: Sequence[PlannedDownload], folder: str, ask_return: ReturnRequest | None) -> None:
        for one in planned:
            self._context.transfers.add_download(
                one.s3_key,
                one.folder,
                title=one.title,
                size=one.size,
                version_id=one.version_id,
                session=one.session,
                ask_return=ask_return,
            )
        self.begun.emit(QDir.toNativeSeparators(folder), ask_return is not None)
