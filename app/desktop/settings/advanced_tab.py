"""Settings → Advanced: where things are, the sandbox, what is remembered, the set-up's checks, newer versions, and what this is."""

from __future__ import annotations

import platform
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, qVersion

from app import __version__
from app.desktop.i18n import APPLICATION_NAME, translate
from app.desktop.opening import open_folder
from app.desktop.resources import notices_folder
from app.desktop.sessions.reveal import reveal, reveal_words
from app.desktop.settings.checkup_group import CheckUp
from app.desktop.settings.groups import ICON_INSET, SettingRow, SettingsTab
from app.desktop.settings.licences import LicencesDialog, read_contents
from app.desktop.settings.questions import ErasingDialog
from app.desktop.settings.sandbox_row import SandboxRow
from app.desktop.settings.updates_group import Updates
from app.desktop.widgets.buttons import Button
from app.storage.paths import private_folder

if TYPE_CHECKING:
    from pathlib import Path

    from app.desktop.context import Context
    from app.desktop.settings.licences import Contents
    from app.errors import ChatLogError
    from app.storage.paths import Paths


class AdvancedTab(SettingsTab):
    """What is seldom needed."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, translate("Settings", "Advanced"))
        look = context.look
        self._paths: Paths | None = None
        heading = translate("Settings", "Where things are")
        self.add_section(heading)
        group = self.add_group(heading)
        self.place_rows: dict[str, SettingRow] = {}
        for key, icon, title in (
            ("settings", "settings", translate("Settings", "Settings file")),
            ("data", "folder", translate("Settings", "Data")),
            ("logs", "terminal", translate("Settings", "Logs")),
        ):
            button = Button(look, reveal_words(), small=True)
            button.setAccessibleName(f"{reveal_words()}: {title}")
            button.clicked.connect(partial(self._show, key))
            row = SettingRow(context, title, "", [button], icon=icon)
            group.add(row, line_from=ICON_INSET)
            self.place_rows[key] = row

        heading = translate("Settings", "On this computer")
        self.add_section(heading)
        group = self.add_group(heading)
        self.sandbox_row = SandboxRow(context)
        group.add(self.sandbox_row)
        self.erase_button = Button(look, translate("Settings", "Erase…"), "danger", small=True)
        self.index_row = SettingRow(
            context,
            translate("Settings", "List of sessions"),
            translate("Settings", "Titles, projects and what the archive held; rebuilt at the next scan"),
            [self.erase_button],
            icon="sessions",
        )
        self.erase_button.setAccessibleName(translate("Settings", "Erase the list of sessions…"))
        self.erase_button.clicked.connect(self.ask_to_erase_index)
        group.add(self.index_row, line_from=ICON_INSET)

        self.add_section(translate("Settings", "Set-up"))
        self.checkup = CheckUp(context)
        self.column.addWidget(self.checkup)
        self.sandbox_row.dialog_wanted.connect(self.open_dialog)
        # The checks start it.
        self.checkup.checked.connect(self.sandbox_row.refresh)

        self.add_section(translate("Updates", "Newer versions"))
        self.updates = Updates(context)
        self.column.addWidget(self.updates)
        context.updates.to_be_read.connect(self._bring_updates)

        heading = translate("Settings", "About")
        self.add_section(heading)
        group = self.add_group(heading)
        self.licences_button = Button(look, translate("Settings", "Licences…"), small=True)
        self.about_row = SettingRow(
            context,
            f"{APPLICATION_NAME} {__version__}",
            translate("Settings", "MIT licence · Python {python} · Qt {qt}").format(
                python=platform.python_version(), qt=qVersion()
            ),
            [self.licences_button],
            icon="app" if "app" in look.icons else "archive",
        )
        self.licences_button.clicked.connect(self._read_licences)
        group.add(self.about_row)
        self.end()
        context.workplace.run(lambda services, _task: services.paths, done=self._take_paths, owner=self)

    def shown(self) -> None:
        """The sandbox may have ended since."""
        self.sandbox_row.refresh()
        self.updates.shown()

    def _bring_updates(self) -> None:
        # A tab that was made just now is laid out only afterwards.
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.updates, 0, self.look.px(40)))

    # ---- where things are -------------------------------------------------------------------------------

    def _take_paths(self, paths: Paths) -> None:
        self._paths = paths
        for key, path in (("settings", paths.settings), ("data", paths.data_folder), ("logs", paths.logs)):
            self.place_rows[key].set_path(str(path))

    def _show(self, key: str) -> None:
        paths, row = self._paths, self.place_rows[key]
        if paths is None:
            return
        row.tell(None)
        if key == "settings":
            reveal([paths.settings, paths.config_folder], self.context.tasks, row.tell)
            return
        folder = paths.data_folder if key == "data" else paths.logs
        # There may be no log yet.
        self.context.tasks.run(lambda _task: private_folder(folder), done=_open, failed=row.tell, owner=row)

    # ---- what is remembered -----------------------------------------------------------------------------

    def ask_to_erase_index(self) -> None:
        """Say what goes, and erase it if that is wanted."""
        dialog = ErasingDialog(
            self.look,
            translate("Settings", "Erase the list of sessions"),
            translate("Settings", "Erase the list of sessions?"),
            [
                translate(
                    "Settings",
                    "What was read of sessions and of the archive is forgotten on this computer. The next scan reads all logs anew, which may take a while.",
                ),
                translate("Settings", "The logs themselves and everything archived stay as they are."),
            ],
            translate("Settings", "Erase the list"),
            parent=self.window(),
        )
        dialog.accepted.connect(self._erase_index)
        self.open_dialog(dialog)

    def _erase_index(self) -> None:
        self.index_row.tell(None)
        self.erase_button.setEnabled(False)
        self.context.workplace.run(
            lambda services, _task: services.erase_index(),
            done=self._erased,
            failed=self._not_erased,
            owner=self,
            of_any_profile=True,
        )

    def _erased(self, _none: None) -> None:
        self.erase_button.setEnabled(True)
        self.index_row.say(translate("Settings", "Erased; it is being read anew"), "ok")
        self.context.sessions.rescan()
        self.context.archive.refresh()

    def _not_erased(self, error: ChatLogError) -> None:
        self.erase_button.setEnabled(True)
        self.index_row.tell(error, self._erase_index)

    # ---- what this is -----------------------------------------------------------------------------------

    def _read_licences(self) -> None:
        self.context.tasks.run(
            lambda _task: read_contents(notices_folder()), done=self._show_licences, owner=self
        )

    def _show_licences(self, contents: Contents) -> None:
        self.open_dialog(LicencesDialog(self.look, contents, self.window()))


def _open(folder: Path) -> None:
    open_folder(folder)
