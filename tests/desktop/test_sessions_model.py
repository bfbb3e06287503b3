"""The rows of the Sessions page: sorted, filtered and counted in the model, changed in place, told in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.desktop.searching import wanted_words
from app.desktop.sessions.columns import DELETED, KEYS, MESSAGES, PROJECT, SIZE, SOURCE, STATE, TITLE, UPDATED
from app.desktop.sessions.filtering import Filter
from app.desktop.sessions.model import SessionsModel
from app.sessions.model import FILES
from tests.desktop.made_sessions import NOW, made_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.archiving.plan import SessionState
    from app.desktop.i18n import Translations
    from app.desktop.sessions.filtering import Segment
    from app.sessions.model import Session

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
TEXT, TIP, SPOKEN = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


class Clock:
    """Tells the time that it was set to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(translations: Translations, clock: Clock) -> Iterator[SessionsModel]:
    """An empty model that Qt's own checker watches."""
    made = SessionsModel(clock=clock)
    checker = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    checker.deleteLater()


def as_listed(*sessions: Session, state: SessionState = "new") -> list[tuple[Session, SessionState]]:
    """As the controller lists them: the most recently used first."""
    ordered = sorted(sessions, key=lambda session: session.updated_at, reverse=True)
    return [(session, state) for session in ordered]


def names(model: SessionsModel) -> list[str]:
    """The shown sessions' ids, from top to bottom."""
    return [row.session.session_id for row in model.shown]


def words(model: SessionsModel, name: str, column: int, role: Qt.ItemDataRole = TEXT) -> str:
    """What a session's cell says."""
    return str(model.data(model.index(names(model).index(name), column), role))


def search(model: SessionsModel, typed: str) -> list[str]:
    """What is found."""
    model.set_filter(Filter(wanted_words(typed)))
    return names(model)


# ---- sorting ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "order", "expected"),
    [
        (STATE, UP, ["b", "a", "c"]),
        (TITLE, UP, ["c", "a", "b"]),
        (SOURCE, UP, ["a", "b", "c"]),
        (PROJECT, UP, ["c", "b", "a"]),
        (PROJECT, DOWN, ["a", "b", "c"]),
        (MESSAGES, DOWN, ["b", "c", "a"]),
        (SIZE, UP, ["a", "c", "b"]),
        (UPDATED, UP, ["c", "b", "a"]),
        (DELETED, UP, ["b", "a", "c"]),
    ],
)
def test_every_column_sorts_by_what_it_means(
    model: SessionsModel, column: int, order: Qt.SortOrder, expected: list[str]
) -> None:
    a = made_session("a", title="beta", messages=9, size=900, project=None, age=timedelta(hours=1))
    b = made_session(
        "b", title="Ｃ wide", messages=1000, size=10_000, age=timedelta(hours=2), deleted_in=timedelta(days=1)
    )
    c = made_session(
        "c",
        title="Alpha",
        source=FILES,
        messages=20,
        size=1000,
        project="/srv/Apples",
        age=timedelta(days=3),
        deleted_in=None,
    )
    model.set_listed([(a, "new"), (b, "failed"), (c, "archived")])
    model.sort(column, order)
    assert names(model) == expected


def test_equal_rows_stay_with_the_most_recently_used_first_either_way(model: SessionsModel) -> None:
    sessions = [made_session(name, age=timedelta(minutes=number)) for number, name in enumerate("abcd")]
    model.set_listed(as_listed(*sessions))
    for order in (UP, DOWN):
        model.sort(MESSAGES, order)
        assert names(model) == ["a", "b", "c", "d"]


# ---- searching and filtering ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["policy", "sync", "kana"]),
        ("POLICY", ["policy"]),
        ("s3 media", ["policy"]),
        ("media s3 absent", []),
        ("ログ", ["sync", "kana"]),
        ("ﾛｸﾞ", ["sync", "kana"]),
        ("ロク\u3099", ["sync", "kana"]),
        ("ログ\u3000同期", ["sync"]),
        ("recipe", ["policy"]),
        ("sync.jsonl", ["sync"]),
        ("mediaviewer", []),
    ],
)
def test_words_are_found_in_title_project_and_path(
    model: SessionsModel, typed: str, found: list[str]
) -> None:
    model.set_listed(
        as_listed(
            made_session("policy", title="Fix the S3 policy for media"),
            made_session("sync", title="ログ同期の修正", project="/srv/viewer", age=timedelta(hours=2)),
            made_session("kana", title="ロク\u3099 を読む", project="/srv/viewer", age=timedelta(hours=3)),
        )
    )
    assert search(model, typed) == found


def test_typing_on_and_deleting_finds_the_same_as_a_fresh_search(model: SessionsModel) -> None:
    syllables = ["ka", "to", "mi", "ログ", "S3"]
    sessions = [
        made_session(f"n{number}", title="".join(parts), project=None)
        for number, parts in enumerate(product(syllables, repeat=3))
    ]
    model.set_listed(as_listed(*sessions))
    for typed in ("k", "ka", "kat", "kato", "kato m", "kato mi", "kato", "ka s", "ka s3", "to s3", "s3", ""):
        found = search(model, typed)
        wanted = wanted_words(typed)
        assert found == [
            row.session.session_id for row in model.listed if all(word in row.search for word in wanted)
        ]


@pytest.mark.parametrize(
    ("segment", "expected"),
    [("all", ["one", "two", "three", "past"]), ("open", ["two", "three"]), ("soon", ["two", "past"])],
)
def test_segments_are_by_state_and_by_deletion(
    model: SessionsModel, segment: Segment, expected: list[str]
) -> None:
    days = timedelta(days=1)
    model.set_listed(
        [
            (made_session("one", deleted_in=2 * days + timedelta(seconds=1)), "archived"),
            (made_session("two", deleted_in=2 * days), "uploading"),
            (made_session("three", deleted_in=None), "changed"),
            (made_session("past", deleted_in=-days), "archived"),
        ]
    )
    assert (model.count_open(), len(model.deleted_soon())) == (2, 2)
    model.set_filter(Filter(segment=segment))
    assert names(model) == expected


def test_sources_and_projects_are_counted_and_filtered(model: SessionsModel) -> None:
    model.set_listed(
        as_listed(
            made_session("a"),
            made_session("b", project="/srv/other"),
            made_session("c", source=FILES, project=None),
        )
    )
    assert model.count_by_source() == {"claude-code": 2, FILES: 1}
    assert model.count_by_project() == {"/home/aki/work/recipe-box": 1, "/srv/other": 1, None: 1}
    model.set_filter(Filter(source="claude-code", project="/srv/other"))
    assert names(model) == ["b"]
    model.set_filter(Filter(project=""))
    assert names(model) == ["c"]


# ---- changes in place -------------------------------------------------------------------------------------


def test_rows_are_followed_through_every_change(model: SessionsModel) -> None:
    sessions = [made_session(name, age=timedelta(minutes=number)) for number, name in enumerate("abcde")]
    model.set_listed(as_listed(*sessions))
    kept = {name: QPersistentModelIndex(model.index(names(model).index(name), TITLE)) for name in "abd"}
    grown = made_session("d", title="Grown", age=timedelta(minutes=-1))
    model.set_listed(as_listed(sessions[0], sessions[2], grown, made_session("new", age=timedelta(days=1))))
    assert names(model) == ["d", "a", "c", "new"]
    assert [kept["a"].row(), kept["d"].row(), kept["a"].column()] == [1, 0, TITLE]
    assert not kept["b"].isValid()
    assert words(model, "d", TITLE) == "Grown"
    model.sort(TITLE, DOWN)
    assert kept["a"].row() == names(model).index("a")


def test_nothing_is_told_where_nothing_has_changed(model: SessionsModel) -> None:
    listed = as_listed(made_session("a"), made_session("b"))
    model.set_listed(listed)
    told: list[object] = []
    model.layoutChanged.connect(lambda: told.append("moved"))
    model.dataChanged.connect(lambda *_: told.append("changed"))
    model.set_listed(list(listed))
    model.set_states({("claude-code", "a"): "new", ("claude-code", "unknown"): "failed"})
    assert told == []


def test_a_new_state_repaints_only_its_row(model: SessionsModel) -> None:
    model.set_listed(as_listed(*[made_session(name) for name in "abc"]))
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda top, bottom: told.append((top.row(), bottom.row())))
    model.set_states({("claude-code", "b"): "uploading"})
    place = names(model).index("b")
    assert told == [(place, place)]
    assert words(model, "b", STATE) == "Uploading"


def test_an_archived_session_leaves_the_list_of_those_that_are_not(model: SessionsModel) -> None:
    model.set_listed(as_listed(*[made_session(name) for name in "abc"]))
    model.set_filter(Filter(segment="open"))
    counted: list[int] = []
    model.counted.connect(lambda: counted.append(model.count_open()))
    model.set_states({("claude-code", "b"): "archived"})
    assert sorted(names(model)) == ["a", "c"]
    assert counted == [2]


# ---- words ------------------------------------------------------------------------------------------------


def test_a_row_says_what_is_known(model: SessionsModel) -> None:
    model.set_listed(
        as_listed(made_session("a", title="Fix it", messages=1024, size=14_000_000, age=timedelta(days=29)))
    )
    row = [model.data(model.index(0, column)) for column in range(len(KEYS))]
    assert row == ["New", "Fix it", "Claude Code", "recipe-box", "1,024", "14.0 MB", "29 d", "20 days"]


def test_what_nothing_deletes_says_never(model: SessionsModel) -> None:
    model.set_listed(as_listed(made_session("a", deleted_in=None, source=FILES, project=None)))
    assert (words(model, "a", DELETED), words(model, "a", SOURCE), words(model, "a", PROJECT)) == (
        "Never",
        "Files",
        "",
    )


def test_ages_go_on_when_time_is_told_again(model: SessionsModel, clock: Clock) -> None:
    model.set_listed(as_listed(made_session("a", age=timedelta(minutes=5), deleted_in=timedelta(hours=49))))
    assert (words(model, "a", UPDATED), words(model, "a", DELETED)) == ("5 min", "3 days")
    assert model.deleted_soon() == []
    clock.now += timedelta(hours=2)
    model.renew_ages()
    assert (words(model, "a", UPDATED), words(model, "a", DELETED)) == ("2 h", "2 days")
    assert [row.session.session_id for row in model.deleted_soon()] == ["a"]


def test_a_clock_set_back_makes_nothing_negative(model: SessionsModel, clock: Clock) -> None:
    model.set_listed(as_listed(made_session("a", age=timedelta(minutes=5), deleted_in=timedelta(days=1))))
    clock.now -= timedelta(days=400)
    model.renew_ages()
    assert words(model, "a", UPDATED) == "now"
    assert words(model, "a", DELETED) == "401 days"
    clock.now += timedelta(days=4000)
    model.renew_ages()
    assert words(model, "a", DELETED) == "today"


def test_what_stays_here_is_never_called_archived(model: SessionsModel) -> None:
    model.set_listed(as_listed(made_session("a"), state="archived"))
    assert words(model, "a", STATE) == "Archived"
    model.set_this_computer_only(True)
    assert words(model, "a", STATE) == "This computer only"
    assert "No copy exists elsewhere" in words(model, "a", STATE, TIP)


def test_a_screen_reader_hears_the_whole_row(model: SessionsModel) -> None:
    model.set_listed(as_listed(made_session("a", title="Fix it", notes=("bad-lines:3",))))
    told = words(model, "a", STATE, SPOKEN)
    for part in ("Fix it", "New", "Claude Code", "3 messages", "1 kB", "1 h", "20 days", "recipe-box"):
        assert part in told
    assert "cannot be read" in told
    assert words(model, "a", TITLE, SPOKEN) == "Fix it"


def test_tooltips_tell_more_and_take_no_html_from_a_log(model: SessionsModel) -> None:
    hostile = made_session(
        "a", title="<img src=file:///etc/passwd> <b>x</b>", notes=("bad-lines:3", "unheard")
    )
    model.set_listed(as_listed(hostile))
    tip = words(model, "a", TITLE, TIP)
    assert "<img" not in tip
    assert "&lt;img" in tip
    assert "3 lines cannot be read" in tip
    assert "unheard" in tip
    assert words(model, "a", PROJECT, TIP) == "/home/aki/work/recipe-box"
    assert "Claude Code deletes this session after" in words(model, "a", DELETED, TIP)


def test_japanese_is_complete_and_ages_follow_it(model: SessionsModel, translations: Translations) -> None:
    translations.use("ja")
    made = SessionsModel(clock=lambda: NOW)
    made.set_listed(as_listed(made_session("a", age=timedelta(days=29), deleted_in=timedelta(days=1))))
    assert [made.headerData(section, Qt.Orientation.Horizontal) for section in range(len(KEYS))] == [
        "状態",
        "タイトル",
        "ツール",
        "プロジェクト",
        "発言",
        "サイズ",
        "最終更新",
        "削除まで",
    ]
    assert (words(made, "a", STATE), words(made, "a", UPDATED), words(made, "a", DELETED)) == (
        "新規",
        "29 日前",
        "1 日",
    )


def test_ten_thousand_rows_are_told_without_asking_for_words(translations: Translations) -> None:
    """Strings are made for what is seen."""
    model = SessionsModel(clock=lambda: NOW)
    sessions = [made_session(f"n{number}", age=timedelta(minutes=number)) for number in range(10_000)]
    model.set_listed(as_listed(*sessions))
    model.sort(SIZE, UP)
    assert search(model, "n99") == [name for name in (s.session_id for s in sessions) if "n99" in name]
    assert not any(row.cells for row in model.listed)
    assert words(model, "n99", TITLE) == "Title of n99"
    assert sum(bool(row.cells) for row in model.listed) == 1
