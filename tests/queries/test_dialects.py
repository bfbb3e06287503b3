"""Every saved file is Trino's SQL and DuckDB's at once, and means the same in both."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import sqlglot
from sqlglot import exp

from tests.queries.conftest import QUERIES
from tools.query_index import VIEWS, saved_queries

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(QUERIES.glob("*.sql"))

BOTH_KNOW = {
    *("coalesce", "count", "current_date", "date_trunc", "lower", "map_keys", "max", "max_by", "replace"),
    *("row_number", "substr", "sum", "unnest"),
}
"""Functions of the same name, the same arguments and the same answer: Trino's and DuckDB's reference."""


def parsed(text: str, dialect: str) -> exp.Expression:
    [statement] = sqlglot.parse(text, dialect=dialect)
    assert isinstance(statement, exp.Expression)
    return statement


def same_in_both(text: str) -> bool:
    return parsed(text, "trino") == parsed(text, "duckdb")


def functions(text: str) -> set[str]:
    """The names of the functions as they are written."""
    tokens = sqlglot.tokenize(text, dialect="trino")
    known = {"OVER", "BY", "AS", "IN", "AND", "OR", "WHERE", "FILTER", "TRY_CAST", "CAST", "ON", "USED"}
    return {
        first.text.lower()
        for first, second in pairwise(tokens)
        if second.text == "(" and first.text.upper() not in known and first.text[0].isalpha()
    }


def test_there_is_a_file_for_each() -> None:
    assert {file.stem for file in FILES} == {*VIEWS, *saved_queries()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_one_statement_that_means_the_same_in_both(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    statement = parsed(text, "trino")
    assert same_in_both(text)
    assert isinstance(statement, exp.Create if file.stem in VIEWS else exp.Select)
    assert not list(statement.find_all(exp.Command, exp.Anonymous, exp.Lambda))
    assert text.startswith("-- ")
    assert not text.rstrip().endswith(";")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_uses_only_what_both_know(file: Path) -> None:
    assert functions(file.read_text(encoding="utf-8")) - BOTH_KNOW == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_only_the_first_view_reads_the_index_itself(file: Path) -> None:
    statement = parsed(file.read_text(encoding="utf-8"), "trino")
    own = {table.alias for table in statement.find_all(exp.CTE)}
    read = {table.name for table in statement.find_all(exp.Table)} - own - {file.stem}
    assert read == {"sessions"} if file.stem == "machine_sessions" else read <= {*VIEWS}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT date_diff('day', a, b) FROM t",
        "SELECT concat(a, b) FROM t",
        "SELECT element_at(a, 1) FROM t",
        "SELECT json_extract(a, '$.b') FROM t",
        "SELECT list_sum(a) FROM t",
    ],
)
def test_what_is_not_common_is_found(text: str) -> None:
    assert not same_in_both(text) or functions(text) - BOTH_KNOW
