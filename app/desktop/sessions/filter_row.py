"""The row above the table: which sessions are listed, by state, source and project."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.desktop.formats import number
from app.desktop.i18n import translate
from app.desktop.sessions.filtering import Filter, Segment
from app.desktop.sessions.rows import folder_name
from app.desktop.sessions.words import source_name
from app.desktop.widgets.buttons import RING
from app.desktop.widgets.fields import MenuButton
from app.desktop.widgets.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.desktop.sessions.model import SessionsModel
    from app.desktop.theme import Look

_ANY = ""
_ONE = "="
"""Before a source or project in a menu's key, so that none of them is taken for "any"."""


class FilterRow(QWidget):
    """Segments at the left, menus at the right."""

    changed = Signal()
    """A person has chosen."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(24), 0, look.px(16) - RING, 0)
        row.setSpacing(0)
        self.segments = Segments(
            look,
            translate("Sessions", "Which sessions are listed"),
            [(segment, segment_words(segment, 0)) for segment in get_args(Segment)],
        )
        self.sources = MenuButton(look, translate("Sessions", "Source"))
        self.projects = MenuButton(look, translate("Sessions", "Project"))
        row.addWidget(self.segments)
        row.addStretch(1)
        row.addWidget(self.sources)
        row.addWidget(self.projects)
        self.segments.chosen.connect(self.changed)
        self.sources.chosen.connect(self.changed)
        self.projects.chosen.connect(self.changed)
        self._offer(self.sources, translate("Sessions", "All sources"), {}, {})
        self._offer(self.projects, translate("Sessions", "All projects"), {}, {})

    def filter(self, words: tuple[str, ...]) -> Filter:
        """What is chosen here, with the words that are searched for."""
        segment: Segment = next(one for one in get_args(Segment) if one == self.segments.current())
        return Filter(words, segment, _chosen(self.sources), _chosen(self.projects))

    def clear(self) -> None:
        """List everything."""
        self.segments.choose("all")
        self.sources.choose(_ANY)
        self.projects.choose(_ANY)

    def count(self, model: SessionsModel) -> None:
        """How many there are of each segment."""
        counts: dict[Segment, int] = {
            "all": len(model.listed),
            "open": model.count_open(),
            "soon": len(model.deleted_soon()),
        }
        for segment, count in counts.items():
            self.segments.set_text(segment, segment_words(segment, count))

    def offer(self, model: SessionsModel) -> None:
        """The sources and projects that there are, with their numbers. What is chosen stays while it is there."""
        sources = model.count_by_source()
        names = {source: source_name(source) for source in sources}
        self._offer(self.sources, translate("Sessions", "All sources"), names, sources)
        projects = {project or "": count for project, count in model.count_by_project().items()}
        self._offer(self.projects, translate("Sessions", "All projects"), project_names(projects), projects)

    def _offer(
        self, button: MenuButton, every: str, names: Mapping[str, str], counts: Mapping[str, int]
    ) -> None:
        ordered = sorted(names, key=lambda key: (not key, names[key].casefold(), key))
        beside = {_ONE + key: number(counts[key]) for key in ordered}
        choices = [(_ANY, every), *((_ONE + key, names[key]) for key in ordered)]
        button.set_choices(choices, button.current(), beside=beside)


def _chosen(button: MenuButton) -> str | None:
    key = button.current()
    return None if key == _ANY else key.removeprefix(_ONE)


def segment_words(segment: Segment, count: int) -> str:
    """A segment with its number."""
    shown = number(count)
    if segment == "open":
        return translate("Sessions", "Not archived {count}").format(count=shown)
    if segment == "soon":
        return translate("Sessions", "Deleted soon {count}").format(count=shown)
    return translate("Sessions", "All {count}").format(count=shown)


def project_names(projects: Mapping[str, int]) -> dict[str, str]:
    """What each project is called: its last folder, and where that is not enough the one above it too."""
    names = {project: folder_name(project) for project in projects}
    seen = Counter(names.values())
    for project, name in names.items():
        if not project:
            names[project] = translate("Sessions", "No project")
        elif seen[name] > 1:
            separator = "/" if "/" in project else "\\"
            names[project] = separator.join(project.rstrip(separator).split(separator)[-2:])
    return names
