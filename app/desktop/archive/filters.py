"""The row above the table: which sessions are shown, of which tool, project and computer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.desktop.archive.model import Filter
from app.desktop.formats import number
from app.desktop.i18n import translate
from app.desktop.sessions.words import source_name
from app.desktop.widgets.buttons import RING
from app.desktop.widgets.fields import MenuButton
from app.desktop.widgets.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.desktop.archive.loading import Listing
    from app.desktop.theme import Look


class FilterRow(QWidget):
    """Keeps what was chosen when the archive is loaded again."""

    changed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.wanted = Filter()
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(24), 0, look.px(16) - RING, 0)
        row.setSpacing(0)
        self.segments = Segments(
            look,
            translate("Archive", "Which sessions are shown"),
            [
                ("all", translate("Archive", "All")),
                ("only", translate("Archive", "Only in the archive")),
                ("deleted", translate("Archive", "Deleted")),
            ],
        )
        self.segments.chosen.connect(self._shown)
        self.sources = MenuButton(look, translate("Archive", "Source"), widest=150)
        self.sources.chosen.connect(self._source)
        self.projects = MenuButton(look, translate("Archive", "Project"), widest=150)
        self.projects.chosen.connect(self._project)
        self.machines = MenuButton(look, translate("Archive", "Computer"), widest=130)
        self.machines.chosen.connect(self._machine)
        row.addWidget(self.segments)
        row.addStretch(1)
        row.addSpacing(look.px(8))
        for menu in (self.sources, self.projects, self.machines):
            row.addWidget(menu)
        self.set_listing(None)
        self.set_only_count(None)

    # ---- what there is to choose from -------------------------------------------------------------------

    def set_listing(self, listing: Listing | None) -> None:
        """Offer what the archive has. A choice that is there no more is taken back."""
        sessions = [row.session for row in listing.rows] if listing is not None else []
        deleted = sum(session.deleted_at is not None for session in sessions)
        words = translate("Archive", "Deleted {count}").format(count=number(deleted))
        self.segments.set_text("deleted", words)
        self.segments.set_shown("deleted", deleted > 0)
        sources = {session.source for session in sessions if session.source}
        self.sources.set_choices(
            [("", translate("Archive", "All sources")), *_sorted((one, source_name(one)) for one in sources)],
            self.wanted.source,
        )
        folders = {row.session.project: row.folder for row in listing.rows} if listing is not None else {}
        self.projects.set_choices(
            [("", translate("Archive", "All projects")), *_sorted(_told_apart(folders))], self.wanted.project
        )
        machines = {session.machine for session in sessions if session.machine}
        self.machines.set_choices(
            [("", translate("Archive", "All computers")), *_sorted((one, one) for one in machines)],
            self.wanted.machine,
        )
        self.machines.setVisible(len(machines) > 1)
        self._take(
            replace(
                self.wanted,
                show=self.segments.current(),
                source=self.sources.current(),
                project=self.projects.current(),
                machine=self.machines.current(),
            )
        )

    def set_only_count(self, count: int | None) -> None:
        """How many sessions are no longer on this computer; None while nobody has looked."""
        text = translate("Archive", "Only in the archive")
        if count is not None:
            text = translate("Archive", "Only in the archive {count}").format(count=number(count))
        self.segments.set_text("only", text)

    # ---- what is chosen ---------------------------------------------------------------------------------

    def set_typed(self, text: str) -> None:
        """What was typed into the search field."""
        self._take(replace(self.wanted, typed=text))

    def clear(self) -> None:
        """Everything again."""
        self.segments.choose("all")
        for menu in (self.sources, self.projects, self.machines):
            menu.choose("")
        self._take(Filter())

    def _take(self, wanted: Filter) -> None:
        if wanted != self.wanted:
            self.wanted = wanted
            self.changed.emit()

    def _shown(self, key: str) -> None:
        self._take(replace(self.wanted, show=key))

    def _source(self, key: str) -> None:
        self._take(replace(self.wanted, source=key))

    def _project(self, key: str) -> None:
        self._take(replace(self.wanted, project=key))

    def _machine(self, key: str) -> None:
        self._take(replace(self.wanted, machine=key))


def _sorted(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(choices, key=lambda choice: (choice[1].casefold(), choice[0]))


def _told_apart(folders: dict[str | None, str]) -> list[tuple[str, str]]:
    """Projects by their last folder; by the whole path where two have the same."""
    names = Counter(folders.values())
    return [(path, path if names[name] > 1 else name) for path, name in folders.items() if path]
