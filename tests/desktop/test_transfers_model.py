"""The list of transfers: its sections, its order while things move, and what it says of every state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.desktop.messages import Messages
from app.desktop.transfers.model import TransfersModel
from app.desktop.transfers.words import ALMOST, Words
from app.errors import FileVanished
from tests.desktop.transfers_made import NOON, every_kind_of_row, made_row
from tests.system import renew_time_zone, set_time_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.archiving.queue_rows import TransferRow
    from app.desktop.i18n import Translations
    from app.desktop.transfers.model import Filter


class Clock:
    """What time it is for the model."""

    def __init__(self) -> None:
        self.now: datetime = NOON


@pytest.fixture(autouse=True)
def _local_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    renew_time_zone()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_model(
    translations: Translations, clock: Clock, qtlog: Any
) -> Iterator[Callable[..., TransfersModel]]:
    """Models that Qt's own tester watches: it says where signals and rows do not agree."""
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    testers = []

    def make(*rows: TransferRow) -> TransfersModel:
        model = TransfersModel(Words(Messages()), now=lambda: clock.now)
        testers.append(QAbstractItemModelTester(model, mode))
        model.fill(rows)
        return model

    yield make
    testers.clear()
    assert [record.message for record in qtlog.records] == []


def seen(model: TransfersModel) -> list[str]:
    """Headings as they are read, rows by their ids."""
    lines = []
    for line in range(model.rowCount()):
        section, item = model.at(line)
        lines.append(f"{section.name} {len(section.items)}" if item is None else item.row.id)
    return lines


def said(model: TransfersModel, row_id: str) -> str:
    """The line below a row's title."""
    item = model.item(row_id)
    assert item is not None
    return model.words.line(item)


# ---- sections and order -----------------------------------------------------------------------------------


def test_each_transfer_stands_in_the_section_it_belongs_to(make_model: Callable[..., TransfersModel]) -> None:
    yesterday, long_ago = NOON - timedelta(days=1), NOON - timedelta(days=9)
    model = make_model(
        made_row("a", state="sending"),
        made_row("b", state="queued"),
        made_row("c", state="failed"),
        made_row("d", state="done"),
        made_row("e", state="unchanged", updated_at=yesterday),
        made_row("f", state="done", updated_at=long_ago),
        made_row("g", state="cancelled", updated_at=long_ago),
    )
    assert seen(model) == [
        *("attention 1", "c", "progress 2", "a", "b", "cancelled 1", "g"),
        *("today 1", "d", "yesterday 1", "e", "earlier 1", "f"),
    ]


def test_a_transfer_goes_from_section_to_section_without_losing_itself(
    make_model: Callable[..., TransfersModel],
) -> None:
    model = make_model(made_row("a", state="sending"), made_row("b"))
    index = QPersistentModelIndex(model.index(1))
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.apply([made_row("a", state="failed", error=FileVanished(path="/x"))], [])
    assert seen(model) == ["attention 1", "a", "progress 1", "b"]
    assert index.row() == 1
    model.apply([made_row("a", state="queued")], [])
    assert seen(model) == ["progress 2", "b", "a"]
    assert index.row() == 2
    model.apply([made_row("b", state="done"), made_row("a", state="done")], [])
    assert seen(model) == ["today 2", "a", "b"]
    assert index.isValid()
    assert not resets


def test_nothing_jumps_about_while_transfers_move(make_model: Callable[..., TransfersModel]) -> None:
    names = ["a", "b", "c", "d"]
    model = make_model(*[made_row(name) for name in names])
    for name in names[:3]:
        model.apply([made_row(name, state="sending", sent=1, total=10)], [])
    for changed in (
        made_row("b", state="paused", sent=1, total=10),
        made_row("a", state="waiting"),
        made_row("b", state="queued", sent=0),
        made_row("c", state="verifying", sent=10, total=10),
    ):
        model.apply([changed], [])
        assert seen(model) == ["progress 4", *names]


def test_what_has_begun_stands_before_what_waits(make_model: Callable[..., TransfersModel]) -> None:
    model = make_model(*[made_row(name) for name in ("a", "b", "c")])
    model.apply([made_row("get", kind="download")], [])
    assert seen(model) == ["progress 4", "a", "b", "c", "get"]
    model.apply([made_row("get", kind="download", state="receiving")], [])
    assert seen(model) == ["progress 4", "get", "a", "b", "c"]


def test_the_first_that_waits_says_that_it_is_next(make_model: Callable[..., TransfersModel]) -> None:
    model = make_model(made_row("a"), made_row("b"), made_row("c", state="sending"))
    assert said(model, "a") == "Queued · 4.7 MB · next"
    assert said(model, "b") == "Queued · 4.7 MB"
    model.apply([made_row("a", state="sending")], [])
    assert said(model, "b") == "Queued · 4.7 MB · next"


def test_what_was_done_last_comes_first(make_model: Callable[..., TransfersModel]) -> None:
    model = make_model(made_row("a", state="done", updated_at=NOON))
    model.apply([made_row("b", state="done", updated_at=NOON + timedelta(minutes=1))], [])
    assert seen(model) == ["today 2", "b", "a"]


def test_a_row_moves_down_in_its_own_section_too(make_model: Callable[..., TransfersModel]) -> None:
    rows = [
        made_row(name, state="failed", updated_at=NOON - timedelta(minutes=number))
        for number, name in enumerate("abc")
    ]
    model = make_model(*rows)
    index = QPersistentModelIndex(model.index(1))
    model.apply([made_row("a", state="failed", updated_at=NOON - timedelta(minutes=9))], [])
    assert seen(model) == ["attention 3", "b", "c", "a"]
    assert index.row() == 3


def test_at_midnight_today_becomes_yesterday(make_model: Callable[..., TransfersModel], clock: Clock) -> None:
    model = make_model(
        made_row("a", state="done"), made_row("b", state="done", updated_at=NOON - timedelta(days=1))
    )
    clock.now = NOON + timedelta(hours=13)
    model.apply([], [])
    assert seen(model) == ["yesterday 1", "a", "earlier 1", "b"]


def test_a_day_with_another_length_is_a_day(
    make_model: Callable[..., TransfersModel], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_time_zone(monkeypatch, "America/New_York")
    # On 1 November 2026 clocks go back: the day has 25 hours.
    clock.now = datetime(2026, 11, 1, 23, 30).astimezone()
    at_one = datetime(2026, 11, 1, 0, 10).astimezone()
    model = make_model(
        made_row("a", state="done", updated_at=at_one),
        made_row("b", state="done", updated_at=at_one - timedelta(minutes=20)),
    )
    assert seen(model) == ["today 1", "a", "yesterday 1", "b"]


def test_rows_that_are_gone_take_an_empty_section_with_them(
    make_model: Callable[..., TransfersModel],
) -> None:
    model = make_model(*[made_row(name, state="done") for name in ("a", "b", "c")], made_row("d"))
    model.apply([], ["b", "nobody"])
    assert seen(model) == ["progress 1", "d", "today 2", "a", "c"]
    model.apply([], ["a", "c"])
    assert seen(model) == ["progress 1", "d"]


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        ("progress", ["progress 1", "a"]),
        ("failed", ["attention 1", "b"]),
        ("done", ["today 1", "c", "earlier 1", "d"]),
        ("all", ["attention 1", "b", "progress 1", "a", "today 1", "c", "earlier 1", "d"]),
    ],
)
def test_a_filter_shows_some_sections_only(
    make_model: Callable[..., TransfersModel], wanted: Filter, lines: list[str]
) -> None:
    long_ago = NOON - timedelta(days=9)
    model = make_model(
        made_row("a"), made_row("b", state="failed"), made_row("c", state="done"),
        made_row("d", state="done", updated_at=long_ago),
    )  # fmt: skip
    model.set_filter(wanted)
    assert seen(model) == lines
    assert model.count() == 4
    model.apply([made_row("e", state="failed"), made_row("b", state="sending")], ["c"])
    model.set_filter("all")
    assert seen(model) == ["attention 1", "e", "progress 2", "b", "a", "earlier 1", "d"]


changes = st.lists(
    st.tuples(
        st.sampled_from("abcdefg"),
        st.sampled_from(["queued", "sending", "paused", "failed", "done", "cancelled", "gone"]),
        st.integers(0, 4),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(changes, max_size=8), st.sampled_from(["all", "progress", "failed", "done"]))
def test_whatever_happens_headings_and_rows_agree(
    make_model: Callable[..., TransfersModel],
    story: list[list[tuple[str, str, int]]],
    wanted: Filter,
) -> None:
    model = make_model()
    model.set_filter(wanted)
    expected: dict[str, str] = {}
    for batch in story:
        latest = {name: (state, days) for name, state, days in batch}
        gone = [name for name, (state, _) in latest.items() if state == "gone"]
        rows = [
            made_row(name, state=state, updated_at=NOON - timedelta(days=days))
            for name, (state, days) in latest.items()
            if state != "gone"
        ]
        model.apply(rows, gone)
        expected.update({row.id: row.state for row in rows})
        for name in gone:
            expected.pop(name, None)
        assert {
            item.row.id: item.row.state for section in model.sections for item in section.items
        } == expected
        for section in model.sections:
            assert section.headed == bool(section.items)
            assert [item.key for item in section.items] == sorted(item.key for item in section.items)
            for item in section.items:
                line = model.line_of(item)
                assert (line is None) != section.shown
                assert line is None or model.at(line) == (section, item)


# ---- words ------------------------------------------------------------------------------------------------


def test_every_state_says_what_happens(
    make_model: Callable[..., TransfersModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.desktop.transfers.words.time_of", lambda _moment: "14:21")
    monkeypatch.setattr("app.desktop.transfers.words.event", lambda _moment: "Today 14:21")
    rows = every_kind_of_row()
    model = make_model(*rows)
    assert {row.id: said(model, row.id) for row in rows} == {
        "failed": "Failed · Stopped at 312 of 780 kB",
        "vanished": "Failed · 4.7 MB",
        "sending": "Uploading · 3.6 of 5.8 MB · 6.2 MB/s · 1 s left",
        "several": "Uploading · 3 of 5 files · 3.6 of 5.8 MB · 6.2 MB/s · 1 s left",
        "verifying": "Verifying · 9.6 MB sent · waiting for S3 to confirm",
        "preparing": "Preparing · 4.7 MB",
        "waiting": "Trying again in 12 s · No connection · 4.7 MB · attempt 3",
        "receiving": "Downloading · 3.6 of 5.8 MB · 6.2 MB/s · 1 s left",
        "returning": "Coming back · 4.7 MB · ready by about Today 14:21",
        "paused": "Paused · 84 of 200 MB · paused by you",
        "stopping": "Stopping…",
        "elsewhere": "Uploading · by a command outside this window",
        "queued": "Queued · 4.7 MB · next",
        "cancelled": "Cancelled · 4.7 MB · Today 14:21",
        "unchanged": "4.7 MB · unchanged, already archived 14:21",
        "done": "4.7 MB → 610 kB · archived and verified 14:21",
        "downloaded": "4.7 MB · downloaded and verified 14:21",
        "unverified": "4.7 MB · downloaded 14:21 · nothing to compare it with",
    }


def test_on_this_computer_only_nothing_is_called_archived_nor_has_a_tick(
    make_model: Callable[..., TransfersModel],
) -> None:
    rows = every_kind_of_row()
    model = make_model(*rows)
    assert model.words.icon(rows[-3]) == ("archived", "ok")
    model.set_this_computer_only(True)
    for row in rows:
        assert "archived" not in said(model, row.id)
        assert "S3" not in said(model, row.id)
        assert model.words.icon(row)[0] != "archived"
    assert "kept on this computer and verified" in said(model, "done")
    assert model.words.icon(rows[-3])[0] == "local"


def test_nothing_is_complete_before_it_is_confirmed(make_model: Callable[..., TransfersModel]) -> None:
    everything_sent = made_row("a", state="sending", sent=10, total=10)
    words = make_model(everything_sent).words
    assert words.bar(everything_sent).fraction == ALMOST < 1
    assert words.bar(made_row(state="verifying", sent=10, total=10)).kind == "waiting"
    assert words.bar(made_row(state="queued")).kind == "none"


def test_a_row_is_heard_with_title_state_and_percentage(make_model: Callable[..., TransfersModel]) -> None:
    model = make_model(
        made_row("a", state="sending", sent=62_000, total=100_000),
        made_row("b", state="failed", error=FileVanished(path="/home/aki/gone.jsonl")),
    )

    def heard(line: int) -> str:
        return str(model.index(line).data(Qt.ItemDataRole.AccessibleTextRole))

    assert heard(0) == "Needs attention, 1"
    assert heard(1).startswith("Title of b, Failed · 4.7 MB, The file is no longer there. ")
    assert "/home/aki/gone.jsonl" in heard(1)
    assert heard(3) == "Title of a, Uploading · 62 of 100 kB, 62 %"
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsSelectable
