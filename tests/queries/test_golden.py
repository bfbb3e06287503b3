"""The saved queries say what is true of the index: their rows against numbers worked out in Python, and by hand."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.remote.index_lines import decode_object
from tests.queries.conftest import KEPT, OWNERS, QUERIES, Generated, file_of, line_of
from tools.query_index import connect, saved_queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from app.remote.index_lines import IndexLine

Rows = list[tuple[Any, ...]]


def sql(name: str) -> str:
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def answer(folder: Path, query: str) -> Rows:
    """The query's rows over the index in that folder."""
    with connect(folder) as connection:
        return connection.execute(sql(query)).fetchall()


# ---- worked out from what is known beforehand -------------------------------------------------------------


def day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def first_day(line: IndexLine) -> date:
    return day(line.started_at or line.updated_at)


def current(index: Generated) -> list[tuple[str, IndexLine]]:
    """(owner, what the machine says that saw the session last)."""
    return [
        (key[0], min(lines.values(), key=lambda line: (-line.updated_at.timestamp(), line.machine)))
        for key, lines in index.last.items()
    ]


def archived(index: Generated) -> Rows:
    """(owner, line, file) of every object in S3, by the line that was written last."""
    objects: dict[str, tuple[Any, ...]] = {}
    for (owner, *_), lines in index.last.items():
        for line in lines.values():
            for file in line.files:
                known = objects.get(file.s3_key)
                if known is None or known[1].updated_at < line.updated_at:
                    objects[file.s3_key] = (owner, line, file)
    return list(objects.values())


def grouped(rows: Rows, key: Callable[..., tuple[Any, ...]]) -> dict[tuple[Any, ...], Rows]:
    groups: dict[tuple[Any, ...], Rows] = defaultdict(list)
    for row in rows:
        groups[key(*row)].append(row)
    return groups


def sizes(rows: Rows) -> tuple[int, int, int]:
    """(files, stored bytes, bytes of text)."""
    return len(rows), sum(file.stored_size for *_, file in rows), sum(file.size for *_, file in rows)


def tokens_by_model_and_day(index: Generated) -> Rows:
    sums: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for _, line in current(index):
        for model, used in line.tokens.items():
            counts = (1, *(used.get(kind, 0) for kind in ("input", "output", "cacheRead", "cacheWrite")))
            entry = sums[first_day(line), model.lower()]
            entry[:] = [one + other for one, other in zip(entry, counts, strict=True)]
    order = sorted(sums, key=lambda key: (-key[0].toordinal(), key[1]))
    return [(*key, *sums[key]) for key in order]


def storage_by_project(index: Generated) -> Rows:
    rows = []
    for key, group in grouped(archived(index), lambda owner, line, _: (owner, line.project)).items():
        files, stored, text = sizes(group)
        rows.append((*key, len({line.identity for _, line, _ in group}), files, stored, text))
    return sorted(rows, key=lambda row: (-row[4], row[0], row[1] is None, row[1]))


def sessions_per_week(index: Generated) -> Rows:
    def week(owner: str, line: IndexLine) -> tuple[date, str]:
        return first_day(line) - timedelta(days=first_day(line).weekday()), line.tool

    rows = [
        (*key, len(group), len({owner for owner, _ in group}), sum(line.messages for _, line in group))
        for key, group in grouped([*current(index)], week).items()
    ]
    return sorted(rows, key=lambda row: (-row[0].toordinal(), row[1]))


def largest_sessions(index: Generated) -> Rows:
    told = {(owner, *line.identity): line for owner, line in current(index)}
    rows = []
    for key, group in grouped(archived(index), lambda owner, line, _: (owner, *line.identity)).items():
        line = told[key]
        of_line = (line.title, line.project, line.host, line.messages, day(line.updated_at))
        rows.append((*key, *of_line, *sizes(group)))
    return sorted(rows, key=lambda row: (-row[9], *row[:3]))[:50]


def storage_by_owner_and_machine(index: Generated) -> Rows:
    rows = []
    for key, group in grouped(archived(index), lambda owner, line, _: (owner, line.machine)).items():
        files, stored, text = sizes(group)
        lines = [line for _, line, _ in group]
        named = [line for line in lines if line.host is not None]
        host = max(named, key=lambda line: line.updated_at).host if named else None
        last = day(max(line.updated_at for line in lines))
        rows.append((*key, host, len({line.identity for line in lines}), files, stored, text, last))
    return sorted(rows, key=lambda row: (-row[5], *row[:2]))


def sessions_not_seen_for_long(index: Generated) -> Rows:
    today = datetime.now(UTC).date()
    stored = grouped(archived(index), lambda owner, line, _: (owner, *line.identity))
    rows = []
    for owner, line in current(index):
        last = day(line.updated_at)
        if (today - last).days > 180:
            key = (owner, *line.identity)
            rows.append((*key, line.title, line.project, line.host, last, sizes(stored.get(key, []))[1]))
    return sorted(rows, key=lambda row: (row[6], *row[:3]))


EXPECTED = {
    query.__name__: query
    for query in (
        largest_sessions,
        sessions_not_seen_for_long,
        sessions_per_week,
        storage_by_owner_and_machine,
        storage_by_project,
        tokens_by_model_and_day,
    )
}


@pytest.fixture(scope="module")
def opened(index: Generated) -> Iterator[DuckDBPyConnection]:
    """The generated index, with the views."""
    with connect(index.folder) as connection:
        yield connection


def test_every_saved_query_has_its_numbers() -> None:
    assert saved_queries() == list(EXPECTED)


@pytest.mark.parametrize("query", EXPECTED)
def test_a_query_says_what_is_true(index: Generated, opened: DuckDBPyConnection, query: str) -> None:
    before = EXPECTED[query](index)
    rows = opened.execute(sql(query)).fetchall()
    # Midnight may have passed.
    after = EXPECTED[query](index)
    assert len(rows) > 1
    assert rows in (before, after)


def test_the_index_has_what_the_views_are_for(index: Generated) -> None:
    recent = [lines for (*_, name), lines in index.objects.items() if name.endswith("_recent")]
    assert len(recent) > 10
    assert [] in recent
    assert sum(len(lines) > 1 for lines in index.last.values()) > 20
    assert {owner for owner, *_ in index.last} == set(OWNERS)
    written = index.folder / "owner=aki" / f"month={first_month(index)}" / "a1.jsonl.zst"
    assert len(decode_object(written.read_bytes())[1]) == len(KEPT)


def first_month(index: Generated) -> str:
    return min(month for owner, month, name in index.objects if name == "a1")


# ---- worked out by hand -----------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Generated:
    """Two owners, three machines, four sessions."""
    index = Generated(tmp_path / "session-index")
    thursday = datetime(2026, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC)
    later = thursday + timedelta(hours=2)
    opus = {"opus": {"input": 5, "output": 50, "cacheRead": 500, "cacheWrite": 5000}}
    more = {"opus": {"input": 6, "output": 60, "cacheRead": 600}, "haiku": {"input": 1}}
    old = line_of("grows", "a1", thursday, thursday, tokens=opus, files=(file_of("k1", 100),))
    new = line_of("grows", "a1", thursday, later, tokens=more, files=(file_of("k1", 300), file_of("k2", 1)))
    index.archived("aki", new, earlier=[old], recent=True)
    index.archived("aki", line_of("grows", "a2", thursday, thursday, tokens=opus, files=(file_of("k3", 40),)))
    index.archived("aki", line_of("quiet", "a2", later, later, tokens=opus, messages=9))
    index.archived(
        "bob", line_of("grows", "c1", thursday, later, tokens=opus, files=(file_of("k4", 7),), project=None)
    )
    index.write()
    return index


def test_numbers_worked_out_by_hand(small: Generated) -> None:
    first, second = date(2026, 1, 1), date(2026, 1, 2)
    assert answer(small.folder, "tokens_by_model_and_day") == [
        (second, "opus", 1, 5, 50, 500, 5000),
        (first, "haiku", 1, 1, 0, 0, 0),
        (first, "opus", 2, 11, 110, 1100, 5000),
    ]
    assert answer(small.folder, "storage_by_project") == [
        ("aki", "recipe-box", 1, 3, 341, 2387),
        ("bob", None, 1, 1, 7, 49),
    ]
    assert answer(small.folder, "sessions_per_week") == [(date(2025, 12, 29), "claude-code", 3, 2, 13)]
    assert answer(small.folder, "storage_by_owner_and_machine") == [
        ("aki", "a1", "desk", 1, 2, 301, 2107, second),
        ("aki", "a2", "desk", 1, 1, 40, 280, first),
        ("bob", "c1", "desk", 1, 1, 7, 49, second),
    ]


# ---- and could be wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "right", "wrong", "query"),
    [
        ("machine_sessions", "WHERE is_recent = counts", "", "sessions_per_week"),
        ("machine_sessions", "month, place, tool", "month, tool", "sessions_per_week"),
        ("machine_sessions", "WHERE age = 1", "", "storage_by_project"),
        ("machine_sessions", "ORDER BY updatedat DESC", "ORDER BY updatedat ASC", "sessions_per_week"),
        ("machine_sessions", "AND last_day IS NOT NULL", "", "sessions_per_week"),
        (
            "machine_sessions",
            "PARTITION BY owner, tool, sessionid, machine",
            "PARTITION BY sessionid",
            "storage_by_project",
        ),
        ("current_sessions", "WHERE age = 1", "", "tokens_by_model_and_day"),
        ("current_sessions", "updatedat DESC", "updatedat ASC", "tokens_by_model_and_day"),
        ("current_sessions", "owner, tool, sessionid ORDER", "tool, sessionid ORDER", "sessions_per_week"),
        ("current_sessions", "owner, tool, sessionid ORDER", "owner, sessionid ORDER", "sessions_per_week"),
        ("archived_files", "WHERE age = 1", "", "storage_by_project"),
        ("archived_files", "updatedat DESC", "updatedat ASC", "storage_by_project"),
    ],
)
def test_a_fault_in_a_view_shows(
    index: Generated, opened: DuckDBPyConnection, view: str, right: str, wrong: str, query: str
) -> None:
    assert sql(view).count(right) == 1
    opened.begin()
    try:
        opened.execute(sql(view).replace(right, wrong))
        assert opened.execute(sql(query)).fetchall() != EXPECTED[query](index)
    finally:
        opened.rollback()


# ---- what is read -----------------------------------------------------------------------------------------


def scans(folder: Path, query: str, *instead: str) -> set[tuple[int, int]]:
    """Of each look at the index: how many objects are read, and of how many."""
    with connect(folder) as connection:
        for view in instead:
            connection.execute(view)
        [(_, plan)] = connection.execute(f"EXPLAIN ANALYZE {query}").fetchall()
    assert plan.count("READ_JSON") >= 1
    found = re.findall(r"Scanning Files: (\d+)/(\d+)", plan)
    assert len(found) in (0, plan.count("READ_JSON"))
    return {(int(read), int(there)) for read, there in found}


@pytest.mark.parametrize("view", ["machine_sessions", "current_sessions"])
def test_a_bound_on_the_owner_reads_that_owners_objects_only(small: Generated, view: str) -> None:
    assert scans(small.folder, f"SELECT * FROM {view} WHERE owner = 'aki'") == {(3, 4)}  # noqa: S608
    assert scans(small.folder, f"SELECT * FROM {view} WHERE tool = 'claude-code'") <= {(4, 4)}  # noqa: S608


def test_a_bound_on_the_month_in_the_view_reads_those_months_only(small: Generated) -> None:
    narrow = sql("machine_sessions").replace("'2020-01'", "'2026-02'")
    old = small.folder / "owner=bob" / "month=2026-01" / "c1.jsonl.zst"
    assert scans(small.folder, sql("sessions_per_week"), narrow) == {(0, 4)}
    new = small.folder / "owner=bob" / "month=2026-02"
    new.mkdir()
    shutil.copy(old, new)
    assert scans(small.folder, sql("sessions_per_week"), narrow) == {(1, 5)}
