"""The table of sessions: what is selected, looked at and seen stays so while the list changes under it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest

from app.desktop.sessions.columns import KEYS, SIZE, TITLE, UPDATED
from app.desktop.sessions.filtering import Filter
from app.desktop.sessions.model import SessionsModel
from app.desktop.sessions.sessions_table import SessionsTable
from app.storage.window_state import TableState
from tests.desktop.made_sessions import NOW, made_session

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.archiving.plan import SessionState
    from app.desktop.theme import Look
    from app.sessions.model import Session

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def numbered(count: int, *, begin: int = 0) -> list[tuple[Session, SessionState]]:
    """Sessions n0, n1 …, the last used first."""
    return [
        (made_session(f"n{number}", age=timedelta(minutes=number), size=1000 + number), "new")
        for number in range(begin, begin + count)
    ]


@pytest.fixture
def table(look: Look, qtbot: QtBot) -> SessionsTable:
    """A table of 300 sessions, 900 by 400."""
    model = SessionsModel(clock=lambda: NOW)
    made = SessionsTable(look, model)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    model.set_listed(numbered(300))
    qtbot.waitUntil(lambda: made.verticalScrollBar().maximum() > 0)
    return made


def model_of(table: SessionsTable) -> SessionsModel:
    model = table.model()
    assert isinstance(model, SessionsModel)
    return model


def selected(table: SessionsTable) -> list[str]:
    """The selected sessions' ids."""
    return [row.session.session_id for row in table.selected()]


def top_row(table: SessionsTable) -> tuple[str, int]:
    """The first session that is seen, and how much of it is cut off."""
    number = table.rowAt(0)
    return model_of(table).shown[number].session.session_id, table.rowViewportPosition(number)


def shown_columns(table: SessionsTable) -> list[str]:
    """From left to right."""
    header = table.header()
    ordered = sorted(range(len(KEYS)), key=header.visualIndex)
    return [KEYS[section] for section in ordered if not table.isColumnHidden(section)]


# ---- selection --------------------------------------------------------------------------------------------


def test_the_selection_goes_with_its_sessions(table: SessionsTable) -> None:
    table.select_numbers([3, 4, 5, 100])
    model_of(table).sort(SIZE, DOWN)
    assert selected(table) == ["n100", "n5", "n4", "n3"]
    model_of(table).set_filter(Filter(words=("n4",)))
    assert selected(table) == ["n4"]
    model_of(table).set_filter(Filter())
    assert selected(table) == ["n4"]


def test_selected_sessions_that_are_gone_are_not_selected(table: SessionsTable) -> None:
    table.select_numbers([0, 1, 2])
    model_of(table).set_listed(numbered(299, begin=1))
    assert selected(table) == ["n1", "n2"]


def test_everything_selected_is_what_was_there_then(table: SessionsTable) -> None:
    """Qt selects as many rows again as there were, whichever they are."""
    table.selectAll()
    model_of(table).set_listed(numbered(300, begin=2))
    assert selected(table) == [f"n{number}" for number in range(2, 300)]


def test_everything_selected_stays_selected_in_another_order(table: SessionsTable) -> None:
    table.selectAll()
    model_of(table).sort(SIZE, UP)
    assert len(selected(table)) == 300
    model_of(table).set_filter(Filter(words=("n1",)))
    assert len(selected(table)) == len(model_of(table).shown) < 300


def test_the_session_that_is_looked_at_stays_it(table: SessionsTable) -> None:
    table.select_row(7)
    model_of(table).sort(SIZE, DOWN)
    current = table.current()
    assert current is not None
    assert current.session.session_id == "n7"
    model_of(table).set_listed(numbered(5))
    assert table.current() is None


# ---- what is seen -----------------------------------------------------------------------------------------


def test_new_sessions_above_do_not_move_what_is_seen(table: SessionsTable) -> None:
    table.verticalScrollBar().setValue(1010)
    before = top_row(table)
    newer = [(made_session(f"newer{n}", age=timedelta(seconds=-n)), "new") for n in range(5)]
    model_of(table).set_listed([*newer, *numbered(300)])  # type: ignore[list-item]
    assert top_row(table) == before
    assert table.verticalScrollBar().value() == 1010 + 5 * table.rowHeight(0)


def test_at_the_top_new_sessions_are_seen(table: SessionsTable) -> None:
    model_of(table).set_listed([(made_session("newest", age=timedelta(seconds=-9)), "new"), *numbered(300)])
    assert top_row(table)[0] == "newest"


def test_the_session_that_is_looked_at_is_where_it_was(table: SessionsTable) -> None:
    table.select_row(50)
    place = table.visualRect(table.currentIndex()).top()
    grown = made_session("n60", age=timedelta(seconds=-9))
    listed = [entry for entry in numbered(300) if entry[0].session_id != "n60"]
    model_of(table).set_listed([(grown, "new"), *listed])
    assert table.currentIndex().row() == 51
    assert table.visualRect(table.currentIndex()).top() == place


# ---- keyboard ---------------------------------------------------------------------------------------------


def test_typing_goes_to_the_title_that_begins_so(table: SessionsTable) -> None:
    table.setFocus()
    table.select_row(0)
    QTest.keyClicks(table, "title of n25")
    current = table.current()
    assert current is not None
    assert current.session.session_id == "n25"


def test_home_and_end_are_the_first_and_the_last_session(table: SessionsTable) -> None:
    table.select_row(5)
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.currentIndex().row() == 299
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert table.currentIndex().row() == 299
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 0
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert selected(table) == ["n0", "n1"]


# ---- columns ----------------------------------------------------------------------------------------------


def test_columns_leave_in_their_order_and_come_back(table: SessionsTable, qtbot: QtBot) -> None:
    left = set(KEYS)
    order = []
    for width in range(1100, 400, -10):
        table.resize(width, 400)
        gone = left - set(shown_columns(table))
        order += sorted(gone)
        left -= gone
    assert order == ["messages", "source", "size", "project"]
    table.resize(1200, 400)
    assert set(shown_columns(table)) == set(KEYS)


def test_the_title_takes_the_room_that_is_left(table: SessionsTable) -> None:
    for width in (720, 900, 1400):
        table.resize(width, 400)
        widths = [table.columnWidth(section) for section in range(len(KEYS))]
        assert sum(widths) == table.viewport().width()
        assert widths[TITLE] >= table.look.px(220)


def test_an_arrangement_is_remembered_and_given_back(table: SessionsTable, look: Look, qtbot: QtBot) -> None:
    table.resize(1400, 400)
    table.hide_column("size", True)
    table.set_column_widths({"project": 177})
    table.header().moveSection(table.header().visualIndex(UPDATED), 1)
    table.sortByColumn(SIZE, DOWN)
    kept = table.arrangement()
    other = SessionsTable(look, SessionsModel(table, clock=lambda: NOW))
    qtbot.addWidget(other)
    other.resize(1400, 400)
    other.show()
    other.arrange(kept)
    assert shown_columns(other) == shown_columns(table)
    assert shown_columns(other)[:2] == ["state", "updated"]
    assert "size" not in shown_columns(other)
    assert other.column_widths()["project"] == 177
    assert other.arrangement() == kept


def test_an_arrangement_of_another_version_is_taken_as_far_as_it_is_understood(table: SessionsTable) -> None:
    table.resize(2400, 400)
    table.arrange(
        TableState(
            widths={"cost": 90, "title": 5, "size": 100_000},
            order=("cost", "size", "state"),
            hidden=("cost", "title"),
            sort_column="cost",
        )
    )
    assert shown_columns(table)[:2] == ["size", "state"]
    assert "title" in shown_columns(table)
    assert table.column_widths()["size"] == 800


def test_where_nothing_leaves_this_computer_the_states_have_room(table: SessionsTable) -> None:
    before = table.column_widths()["state"]
    model_of(table).set_this_computer_only(True)
    table.fit_states()
    assert table.column_widths()["state"] > before
    table.set_column_widths({"state": 200})
    model_of(table).set_this_computer_only(False)
    table.fit_states()
    assert table.column_widths()["state"] == 200


def test_the_current_row_of_many_is_told_apart_without_counting_them(table: SessionsTable) -> None:
    table.selectAll()
    flags = QItemSelectionModel.SelectionFlag.NoUpdate
    table.selectionModel().setCurrentIndex(model_of(table).index(3, 0), flags)
    picture = table.grab().toImage()
    accent = table.look.colors.accent
    place = table.visualRect(table.currentIndex())
    ratio = picture.devicePixelRatio()
    edge = table.viewport().y() + place.top() + 1
    row = [picture.pixelColor(round(x * ratio), round(edge * ratio)) for x in range(100, 140)]
    assert any(abs(color.blue() - accent.blue()) < 40 and color.red() < 160 for color in row)
