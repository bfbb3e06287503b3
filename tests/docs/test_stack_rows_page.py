"""The list of the stack's rows is true: what it names exists, and every row that the stack's tests know is in it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.docs.conftest import PROJECT, read_page

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES = ("stack-rows.md", "stack-rows.ja.md")
STATUS: Mapping[str, tuple[str, str]] = {
    "stack-rows.md": ("done", "partly: "),
    "stack-rows.ja.md": ("済", "一部："),
}
NAMED = re.compile(r"`((?:stack|backend|archiving|desktop|end_to_end)/\w+\.py)(?:::(\w+))?`")


def rows(page: str) -> list[list[str]]:
    """The table's lines: row, what, status, names."""
    [table] = list(read_page(page).values())[1].tables.values()
    return table


def functions(file: str) -> set[str]:
    """What a test file defines."""
    tree = ast.parse((PROJECT / "tests" / file).read_text(encoding="utf-8"))
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def known_rows() -> dict[str, str]:
    """Each row's function on the template, `file::function`, and which row it is of, by its name."""
    found = {}
    for path in sorted((PROJECT / "tests" / "stack").glob("rows_*.py")):
        for name in functions(f"stack/{path.name}"):
            if not name.startswith("_"):
                found[f"stack/{path.name}::{name}"] = name.partition("_")[0].upper()
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_name_in_the_list_exists(page: str) -> None:
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    named = NAMED.findall(text)
    assert len(named) > 50
    for file, name in named:
        assert (PROJECT / "tests" / file).is_file(), file
        assert not name or name in functions(file), f"{file}::{name}"


@pytest.mark.parametrize("page", PAGES)
def test_every_row_that_the_tests_know_stands_in_its_line(page: str) -> None:
    lines = {row[0]: row[3] for row in rows(page)}
    for function, row in known_rows().items():
        assert f"`{function}`" in lines[row], f"{row} does not name {function}"


@pytest.mark.parametrize("page", PAGES)
def test_each_row_stands_once_with_a_status_and_what_shows_it(page: str) -> None:
    listed = [row[0] for row in rows(page)]
    assert len(listed) == len(set(listed))
    done, partly = STATUS[page]
    for row, what, status, names in rows(page):
        assert what, row
        assert status == done or (status.startswith(partly) and len(status) > len(partly)), row
        assert NAMED.search(names), row
        assert not NAMED.sub("", names).replace(",", "").strip(), row


def test_both_languages_say_the_same() -> None:
    english, japanese = (
        [(row[0], STATUS[page].index(_beginning(row[2], page)), row[3]) for row in rows(page)]
        for page in PAGES
    )
    assert english == japanese


def _beginning(status: str, page: str) -> str:
    return next(one for one in STATUS[page] if status.startswith(one))
