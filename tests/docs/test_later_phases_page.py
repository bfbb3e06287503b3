"""The page about the later phases names every switch there is, and its prices are those of the list."""

from __future__ import annotations

import re

import pytest

from backend.pricing.prices import read_prices
from tests.docs.conftest import PROJECT

PAGES = ("later-phases.md", "later-phases.ja.md")
PHASES = PROJECT / "backend" / "infrastructure" / "phases.yml"
PARTS = {"warmFunctions", "deploysAs"}
"""What the switches of others bring besides."""


def table(page: str) -> dict[str, str]:
    """What each switch costs, by its name."""
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", text, re.MULTILINE)
    return dict(rows)


@pytest.mark.parametrize("page", PAGES)
def test_every_switch_is_named_once_and_off_by_default(page: str) -> None:
    switches = set(re.findall(r"^(\w+):$", PHASES.read_text(encoding="utf-8"), re.MULTILINE)) - PARTS
    assert table(page).keys() == switches
    settings = (PROJECT / "backend" / "serverless.yml").read_text(encoding="utf-8")
    for one in switches:
        assert re.search(rf"^    {one}: 'false'$", settings, re.MULTILINE), one


@pytest.mark.parametrize("page", PAGES)
def test_the_prices_are_those_of_the_list(page: str) -> None:
    prices = read_prices(PROJECT / "resources" / "prices.json")
    warm = 0.25 * 730 * 3600 * prices.of("lambda.warm_gb_second")
    expected = {
        "guardDuty": {1e6 * prices.of("guardduty.management_event"), prices.of("guardduty.network_log")},
        "analytics": {prices.of("athena.terabyte")},
        "replication": {prices.of("kms.key"), prices.of("transfer.region")},
        "provisionedConcurrency": {round(warm, 2), 2 * prices.of("cloudwatch.alarm_metric")},
        "configRules": {
            30 * prices.of("config.evaluation"),
            prices.of("config.evaluation"),
            prices.of("config.item"),
        },
    }
    told = {
        switch: {float(one) for one in re.findall(r"(\d+\.\d+) USD", costs)}
        for switch, costs in table(page).items()
    }
    assert {switch: numbers for switch, numbers in told.items() if numbers} == expected
