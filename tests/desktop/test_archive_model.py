"""The rows of the Archive page: sorted, searched and filtered without losing what is selected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from app.archiving.archived_sessions import by_session
from app.desktop.archive.filters import FilterRow
from app.desktop.archive.loading import ArchiveRow, Listing
from app.desktop.archive.model import ARCHIVED, STORED, TITLE, ArchiveModel, Filter, columns_for
from app.desktop.searching import searchable
from app.desktop.widgets.table import Table
from app.remote.history import HistoryEntry

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.desktop.theme import Look

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(name: str, title: str, *, minutes: int = 0, **fields: object) -> ArchiveRow:
    entry = HistoryEntry(
        s3_key=f"chat-logs/me/2026-11-20_{name}.jsonl.zst",
        file_name=f"{name}.jsonl.zst",
        size=1000 + minutes,
        last_modified=NOON + timedelta(minutes=minutes),
        storage_class="STANDARD",
        version_id="v",
        is_latest=True,
        is_deleted=False,
        session_id=name,
        source="claude-code",
        title=title,
        project="/srv/recipe-box",
        host="laptop",
        relative_path=f"{name}.jsonl",
        is_main=True,
    )
    (session,) = by_session([replace(entry, **fields)])  # type: ignore[arg-type]
    searched = searchable(session.title, session.project, session.machine, session.main.s3_key)
    return ArchiveRow(session, searched, (session.project or "").rpartition("/")[2])


ROWS = (
    row("a", "Fix the S3 bucket policy", minutes=1),
    row("b", "ログ同期の修正", minutes=3, project="/srv/v209", host="studio"),
    row("c", "Old prototype notes", minutes=2, deleted_at=NOON, source="files", project=None),
    row("d", "lambda retries", minutes=9, storage_class="DEEP_ARCHIVE"),
)


def listing_of(*rows: ArchiveRow) -> Listing:
    return Listing(rows, (), NOON, this_computer_only=False, sessions=len(rows), stored_size=0)


@pytest.fixture
def model() -> ArchiveModel:
    made = ArchiveModel()
    made.set_rows(ROWS, this_computer_only=False)
    return made


def shown(model: ArchiveModel) -> str:
    """The rows by the names of their sessions."""
    names = (model.row_at(number).session.main.session_id for number in range(model.rowCount()))
    return "".join(name or "" for name in names)


def test_the_session_archived_last_comes_first(model: ArchiveModel) -> None:
    assert shown(model) == "dbca"


def test_any_column_sorts_and_equals_stay_newest_first(model: ArchiveModel) -> None:
    model.sort(TITLE, Qt.SortOrder.AscendingOrder)
    assert shown(model) == "adcb"  # whatever the case
    model.sort(STORED, Qt.SortOrder.AscendingOrder)
    assert shown(model) == "acbd"
    model.sort(ARCHIVED, Qt.SortOrder.AscendingOrder)
    assert shown(model) == "acbd"
    model.set_rows(
        [replace(one, session=replace(one.session, stored_size=1)) for one in ROWS], this_computer_only=False
    )
    model.sort(STORED, Qt.SortOrder.DescendingOrder)
    assert shown(model) == "dbca"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), "dbca"),
        (Filter(typed="s3 FIX"), "a"),
        (Filter(typed="ﾛｸﾞ"), "b"),
        (Filter(typed="studio"), "b"),
        (Filter(typed="2026-11-20_d"), "d"),
        (Filter(typed="nothing"), ""),
        (Filter(show="deleted"), "c"),
        (Filter(source="files"), "c"),
        (Filter(project="/srv/v209"), "b"),
        (Filter(machine="laptop", source="claude-code"), "da"),
    ],
)
def test_what_is_wanted_is_shown(model: ArchiveModel, wanted: Filter, found: str) -> None:
    model.set_filter(wanted)
    assert shown(model) == found


def test_sessions_that_are_no_longer_here_are_told(model: ArchiveModel) -> None:
    assert model.only_archived() is None  # nobody has looked yet
    model.set_filter(Filter(show="only"))
    assert shown(model) == ""
    model.set_here({("claude-code", "b")})
    assert shown(model) == "da"  # deleted ones are in no archive
    assert model.only_archived() == 2
    model.set_here(set(), unknown_sources={"claude-code"})
    assert (shown(model), model.only_archived()) == ("", 0)


def test_the_selection_survives_what_happens_to_the_rows(
    model: ArchiveModel, look: Look, qtbot: QtBot
) -> None:
    table = Table(look, "Archived sessions", columns_for(look))
    qtbot.addWidget(table)
    table.setModel(model)
    table.sortByColumn(ARCHIVED, Qt.SortOrder.DescendingOrder)
    select = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for number in (1, 3):  # b and a
        table.selectionModel().setCurrentIndex(model.index(number, 0), select)

    def selected() -> str:
        return "".join(model.row_at(number).key[-1] for number in table.selected_numbers())

    def current() -> str:
        return model.row_at(table.currentIndex().row()).key[-1] if table.currentIndex().isValid() else ""

    widths = table.column_widths()
    assert (selected(), current()) == ("ba", "a")
    table.sortByColumn(TITLE, Qt.SortOrder.AscendingOrder)
    assert (selected(), current()) == ("ab", "a")
    model.set_rows((*ROWS, row("e", "Another", minutes=20)), this_computer_only=False)
    assert (selected(), current()) == ("ab", "a")
    model.set_filter(Filter(typed="s3"))
    assert (selected(), current()) == ("a", "a")
    model.set_filter(Filter())
    assert (selected(), current()) == ("a", "a")
    model.set_rows(ROWS[1:], this_computer_only=False)
    assert (selected(), current()) == ("", "")
    assert table.column_widths() == widths


def test_a_row_is_a_sentence_to_a_screen_reader(model: ArchiveModel) -> None:
    index = model.index(0, TITLE)
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("lambda retries, recipe-box, ")
    assert said.endswith(", 1 kB, Deep Archive")
    model.set_rows(ROWS[:1], this_computer_only=True)
    assert model.index(0, TITLE).data(Qt.ItemDataRole.AccessibleTextRole).endswith(", This computer only")


def test_a_title_that_looks_like_html_is_shown_as_it_is(model: ArchiveModel) -> None:
    model.set_rows([row("x", "<img src='http://example.org/x'>hello")], this_computer_only=False)
    tooltip = model.index(0, TITLE).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tooltip
    assert "&lt;img" in tooltip


def test_filters_offer_what_there_is(look: Look, qtbot: QtBot) -> None:
    filters = FilterRow(look)
    qtbot.addWidget(filters)
    filters.set_listing(listing_of(*ROWS))
    assert [key for key, _ in filters.projects._choices] == ["", "/srv/recipe-box", "/srv/v209"]
    assert [words for _, words in filters.sources._choices] == ["All sources", "Claude Code", "Files"]
    assert not filters.machines.isHidden()
    filters.set_listing(listing_of(ROWS[0]))
    assert filters.machines.isHidden()


def test_projects_of_one_name_are_told_by_their_paths(look: Look, qtbot: QtBot) -> None:
    filters = FilterRow(look)
    qtbot.addWidget(filters)
    filters.set_listing(listing_of(row("a", "A"), row("b", "B", project="/home/aki/recipe-box")))
    words = [words for _, words in filters.projects._choices]
    assert words == ["All projects", "/home/aki/recipe-box", "/srv/recipe-box"]


def test_a_choice_that_is_gone_is_taken_back(look: Look, qtbot: QtBot) -> None:
    filters = FilterRow(look)
    qtbot.addWidget(filters)
    filters.set_listing(listing_of(*ROWS))
    filters.projects.choose("/srv/v209")
    filters.projects.chosen.emit("/srv/v209")
    filters.segments.choose("deleted")
    filters.segments.chosen.emit("deleted")
    assert filters.wanted == Filter(show="deleted", project="/srv/v209")
    filters.set_listing(listing_of(*ROWS))  # a refresh changes nothing
    assert filters.wanted == Filter(show="deleted", project="/srv/v209")
    filters.set_listing(listing_of(ROWS[0]))
    assert filters.wanted == Filter()
    assert filters.segments.current() == "all"
