"""The guide for operators is true: every parameter with its default, tests that exist, the same commands in both languages."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.docs.conftest import PROJECT, blocks, code_words, read_page

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES = ("operating.md", "operating.ja.md")
NAMED = re.compile(r"`((?:stack|backend)/\w+\.py)::(\w+)`")


def text_of(page: str) -> str:
    return (PROJECT / "docs" / page).read_text(encoding="utf-8")


def parameters() -> Mapping[str, Any]:
    described = yaml.safe_load((PROJECT / "backend" / "serverless.yml").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = described["params"]["default"]
    return found


def table(page: str) -> list[list[str]]:
    """The parameters' lines: name, default, what it does."""
    return next(
        section.tables[head]
        for section in read_page(page).values()
        for head in ("Parameter", "パラメーター")
        if head in section.tables
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_parameter_is_told_with_its_default(page: str) -> None:
    rows = {code_words(name)[0]: (default, what) for name, default, what in table(page)}
    assert list(rows) == list(parameters())
    for name, (told, what) in rows.items():
        default = str(parameters()[name])
        if not default.startswith("${"):
            assert code_words(told) == ([default] if default else []), name
        assert what


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_it_names_exists(page: str) -> None:
    named = NAMED.findall(text_of(page))
    assert len(named) > 15
    for file, name in named:
        tree = ast.parse((PROJECT / "tests" / file).read_text(encoding="utf-8"))
        assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}, f"{file}::{name}"


def test_both_languages_have_the_same_commands_and_tests() -> None:
    english, japanese = (blocks(f"docs/{page}", "sh") for page in PAGES)
    assert english == japanese
    assert len(english) > 5
    assert NAMED.findall(text_of(PAGES[0])) == NAMED.findall(text_of(PAGES[1]))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_and_heading_that_it_points_to_is_there(page: str) -> None:
    for file, anchor in re.findall(r"\]\(([\w./-]+\.md)(?:#([\w-]+))?\)", text_of(page)):
        target = PROJECT / "docs" / file
        assert target.is_file(), file
        headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, f"{file}#{anchor}"
