"""The page of costs is true: its sums are those that the dated price file gives, in both languages."""

from __future__ import annotations

import re

import pytest

from backend.pricing.prices import read_prices
from backend.pricing.usage import ONE_PERSON, TEAM_OF_TEN, Use, use_costs
from tests.docs.conftest import PROJECT, code_words, read_page

PAGES = ("costs.md", "costs.ja.md")
PRICES = read_prices(PROJECT / "resources" / "prices.json")


def rows(page: str, heading: int) -> list[list[str]]:
    """The one table under a heading."""
    [table] = list(read_page(page).values())[heading].tables.values()
    return [[cell.strip(" |") for cell in row] for row in table]


def money(dollars: float) -> str:
    """As the page writes it: to the cent, and small sums as such."""
    if dollars == 0:
        return "0"
    return f"{dollars:.2f}" if dollars >= 0.005 else "< 0.01"


@pytest.mark.parametrize("page", PAGES)
def test_the_sums_are_those_of_the_price_file(page: str) -> None:
    *lines, total = rows(page, 3)
    by_name = {code_words(row[0])[0]: row for row in lines}
    for column, use in ((2, ONE_PERSON), (3, TEAM_OF_TEN)):
        costs = use_costs(use, PRICES)
        assert list(by_name) == [one.price for one in costs]
        for one in costs:
            assert by_name[one.price][column] == money(one.dollars), one.price
        assert total[column] == money(sum(one.dollars for one in costs))
    for name, row in by_name.items():
        assert float(row[1].split()[0]) == PRICES.of(name)


@pytest.mark.parametrize("page", PAGES)
def test_what_each_use_is_stands_above_its_sums(page: str) -> None:
    found = [[cell.replace(",", "") for cell in row[1:]] for row in rows(page, 2)]
    assert found == [
        [str(getattr(use, name)) for use in (ONE_PERSON, TEAM_OF_TEN)]
        for name in ("gigabytes", "puts", "gets", "calls", "out_gigabytes", "users")
    ]


@pytest.mark.parametrize("page", PAGES)
def test_the_original_s_line_is_set_right(page: str) -> None:
    (line,) = rows(page, 4)
    assert line[1:] == ["0.50", money(10 * PRICES.of("s3.standard")), "0.025"]
    assert PRICES.of("s3.standard") == 0.025


@pytest.mark.parametrize("page", PAGES)
def test_the_dates_are_those_of_the_list(page: str) -> None:
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    dated = [one.dated.isoformat() for one in PRICES.by_name.values()]
    assert {min(dated), max(dated)} == set(re.findall(r"\d{4}-\d\d-\d\d", text))


def test_twice_the_use_costs_twice_as_much() -> None:
    once = Use(1, 10, 10, 10, 1, 1, watched=True)
    twice = Use(2, 20, 20, 20, 2, 2, watched=True)
    for one, other in zip(use_costs(once, PRICES), use_costs(twice, PRICES), strict=True):
        assert one.dollars > 0
        assert other.dollars == pytest.approx(2 * one.dollars)


def test_what_nobody_switched_on_costs_nothing() -> None:
    free = {one.price for one in use_costs(ONE_PERSON, PRICES) if not one.dollars}
    assert free == {"cognito.user", "waf.request", "cloudtrail.data_event"}
