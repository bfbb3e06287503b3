"""Settings → Sources: which tools' sessions are listed, where they lie, and folders besides."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.desktop.formats import days, number
from app.desktop.i18n import translate
from app.desktop.sessions.words import source_name
from app.desktop.settings.groups import SettingRow, SettingsTab
from app.desktop.settings.notes import Below
from app.desktop.settings.place_words import place_line
from app.desktop.widgets.buttons import Button, Switch
from app.desktop.widgets.problem import Problem
from app.sessions.model import FILES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from app.account.settings import Settings
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.errors import ChatLogError
    from app.sessions.index import ScanProgress
    from app.sessions.places import Place

_MEMORY = "extra-folder"


class SourcesTab(SettingsTab):
    """A row for every place that is looked in; folders that a person added can be taken away again."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, translate("Settings", "Sources"))
        look = context.look
        self.scan_button = Button(look, translate("Settings", "Scan again"), icon="retry")
        heading = translate("Settings", "Where sessions come from")
        _, self._summary = self.add_section(heading, " ", self.scan_button)
        self.group = self.add_group(heading)
        self.add_button = Button(look, translate("Settings", "Add a folder…"), icon="plus")
        more = translate("Settings", "More folders")
        self.add_section(
            more,
            translate("Settings", "Every file in them counts as a session, whatever tool wrote it."),
            self.add_button,
        )
        self.folders = self.add_group(more)
        self.problem = Problem(look, context.messages, self._act)
        self.column.addWidget(Below(self.problem, top=look.px(8)))
        self.end()
        self.rows: dict[str, SettingRow] = {}
        self.switches: dict[str, Switch] = {}
        self.folder_rows: dict[Path, SettingRow] = {}
        self._places: Sequence[Place] = ()
        self._kept_for: Mapping[str, timedelta | None] = {}
        self._wanted = False
        """Whether a person waits for a scan."""
        self._adding: Path | None = None
        """The folder that was last added."""
        self._settings = context.account.settings
        self._shown_folders: tuple[Path, ...] | None = None
        sessions = context.sessions
        sessions.places_changed.connect(self._take_places)
        sessions.scan_changed.connect(self._scanning)
        sessions.listed.connect(self._count)
        sessions.problems_changed.connect(self._scan_ended)
        context.account.settings_changed.connect(self.show_settings)
        self.scan_button.clicked.connect(self._scan)
        self.add_button.clicked.connect(self._ask_folder)
        self._take_places(sessions.places)
        self._scanning(sessions.progress)

    def shown(self) -> None:
        """What stands in the tools' own settings may have changed."""
        self.context.workplace.run(
            lambda services, _task: services.sessions.kept_for(), done=self._take_periods, owner=self
        )

    # ---- what is shown ----------------------------------------------------------------------------------

    def show_settings(self, settings: Settings) -> None:
        """Show the choices as they hold."""
        self._settings = settings
        self._renew()

    def _take_places(self, places: Sequence[Place]) -> None:
        self._places = places
        self._renew()

    def _take_periods(self, kept_for: Mapping[str, timedelta | None]) -> None:
        self._kept_for = kept_for
        self._renew()

    def _renew(self) -> None:
        self._count()
        by_source: defaultdict[str, list[Place]] = defaultdict(list)
        for place in self._places:
            by_source[place.source].append(place)
        wanted = [source for source in by_source if source != FILES]
        if list(self.rows) != wanted:
            self._make_rows(wanted)
        for source in wanted:
            self._fill(source, by_source[source])
        self._renew_folders({place.folder: place for place in by_source[FILES]})

    def _make_rows(self, sources: Sequence[str]) -> None:
        self.group.clear()
        self.rows, self.switches = {}, {}
        for source in sources:
            name = source_name(source)
            label = translate("Settings", "List sessions of {source}").format(source=name)
            switch = Switch(self.look, label)
            switch.clicked.connect(partial(self._switch, source))
            row = SettingRow(self.context, name, "", [switch], icon="terminal")
            self.group.add(row, line_from=50)
            self.rows[source], self.switches[source] = row, switch

    def _fill(self, source: str, places: Sequence[Place]) -> None:
        hidden = source in self._settings.hidden_sources
        row = self.rows[source]
        self.switches[source].setChecked(not hidden)
        row.set_path(str(places[0].folder) if len(places) == 1 else "")
        lines = [place_line(place, hidden=hidden) for place in places]
        period = self._kept_for.get(source)
        if period is not None and not hidden:
            text = translate("Settings", "{tool} deletes sessions {days} after their last use.")
            lines.append(text.format(tool=source_name(source), days=days(max(1, period.days))))
        elif source in self._kept_for and not hidden:
            text = translate("Settings", "{tool} keeps sessions for ever.")
            lines.append(text.format(tool=source_name(source)))
        row.say("\n".join(lines))

    def _renew_folders(self, places: Mapping[Path, Place]) -> None:
        wanted = self._settings.extra_folders
        if self._shown_folders != wanted:
            self._shown_folders = wanted
            self.folders.clear()
            self.folder_rows = {}
            for folder in wanted:
                remove = Button(self.look, translate("Settings", "Remove"), small=True)
                name = translate("Settings", "Remove {folder}").format(folder=folder.name or str(folder))
                remove.setAccessibleName(name)
                row = SettingRow(self.context, folder.name or str(folder), "", [remove], icon="folder")
                row.set_path(str(folder))
                remove.clicked.connect(partial(self._remove_folder, folder))
                self.folders.add(row, line_from=50)
                self.folder_rows[folder] = row
            if not wanted:
                none = SettingRow(
                    self.context,
                    translate("Settings", "No folders"),
                    translate("Settings", "For logs that lie elsewhere: a backup, another computer's disk"),
                    icon="folder",
                )
                self.folders.add(none)
        for folder, row in self.folder_rows.items():
            place = places.get(folder)
            row.say("" if place is None else place_line(place, hidden=False))

    def _count(self, _listed: object = None) -> None:
        if self.context.sessions.progress is not None:
            return
        text = translate("Settings", "%n sessions are listed.", n=self.context.sessions.count())
        self._summary.setText(text)

    def _scan(self) -> None:
        self._wanted = True
        self.context.sessions.rescan()
        self._scanning(self.context.sessions.progress)

    def _scan_ended(self, _problems: object) -> None:
        self._wanted = False
        self._scanning(None)

    def _scanning(self, progress: ScanProgress | None) -> None:
        scanning = self.context.sessions.scanning
        self.scan_button.setEnabled(not scanning)
        if progress is not None and progress.to_read:
            text = translate("Settings", "Reading {read} of %n sessions…", n=progress.to_read)
            self._summary.setText(text.format(read=number(progress.read)))
        elif scanning and self._wanted:
            self._summary.setText(translate("Settings", "Looking for sessions…"))
        else:
            self._count()

    # ---- what is changed --------------------------------------------------------------------------------

    def _switch(self, source: str) -> None:
        hidden = set(self._settings.hidden_sources)
        if self.switches[source].isChecked():
            hidden.discard(source)
        else:
            hidden.add(source)
        self.save(self.rows[source], hidden_sources=sorted(hidden))

    def _ask_folder(self) -> None:
        memory = self.context.window_state
        chosen = QFileDialog.getExistingDirectory(
            self, translate("Settings", "Add a folder"), memory.folder(_MEMORY)
        )
        if chosen:
            memory.keep_folder(_MEMORY, chosen)
            self.add_folder(Path(chosen))

    def add_folder(self, folder: Path) -> None:
        """Look in this folder too."""
        if folder in self._settings.extra_folders:
            return
        self.problem.tell(None)
        self._adding = folder
        self.context.account.save_settings(
            {"extra_folders": [*self._settings.extra_folders, folder]},
            failed=self.problem.tell,
            owner=self,
        )

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if action == "retry" and self._adding is not None:
            self.add_folder(self._adding)
        else:
            self.context.run_action(action, error)

    def _remove_folder(self, folder: Path) -> None:
        kept = [other for other in self._settings.extra_folders if other != folder]
        self.save(self.folder_rows[folder], extra_folders=kept)
