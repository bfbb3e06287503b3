"""What the stack costs while nobody uses it, from the packaged template and the dated list of prices.

Run by `make judge`.
"""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from backend.pricing.idle import FREE_WHILE_IDLE, UnknownCost, idle_costs
from backend.pricing.prices import read_prices
from tests.docs.conftest import read_page
from tests.stack.packaging import EVERY_PHASE, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.pricing.prices import Prices
    from tests.stack.packaging import Package

pytestmark = pytest.mark.stack

PRICE_FILE = PROJECT / "resources" / "prices.json"
MOST = 1.50
"""US dollars a month that personal mode may cost while it idles."""


@pytest.fixture(scope="module")
def prices() -> Prices:
    """The project's own list."""
    return read_prices(PRICE_FILE)


def total(template: dict[str, Any], prices: Prices, **values: object) -> float:
    """US dollars a month, to the tenth of a cent."""
    costs = idle_costs(template, values, prices)
    return round(sum(one.dollars for one in costs), 3)


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_personal_mode_idles_within_its_budget(
    packaged: Callable[..., Package], prices: Prices, stage: str
) -> None:
    template = packaged("personal", stage).template
    assert total(template, prices) <= MOST
    # The key is all there is.
    assert [(one.resource, one.price) for one in idle_costs(template, {}, prices)] == [("Key", "kms.key")]


def test_with_its_alarms_personal_mode_still_idles_within_its_budget(
    packaged: Callable[..., Package], prices: Prices
) -> None:
    template = packaged("personal", "prod").template
    assert total(template, prices, Alarms="true") <= MOST


@pytest.mark.parametrize(("rotations", "dollars"), [(0, 1.0), (1, 2.0), (2, 3.0), (9, 3.0)])
def test_each_of_the_first_two_rotations_costs_as_much_as_a_key(
    packaged: Callable[..., Package], prices: Prices, rotations: int, dollars: float
) -> None:
    (key,) = idle_costs(packaged("personal", "prod").template, {}, prices, rotations=rotations)
    assert key.dollars == dollars


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({"Alarms": "true"}, 0.5),
        ({"Alarms": "true", "RequestMetrics": "true"}, 0.8),
        ({"Dashboard": "true"}, 3.0),
        ({"Trail": "true"}, 0.0),
        ({"AlarmEmail": "aki@example.org"}, 0.0),
    ],
)
def test_what_is_switched_on_adds_what_it_costs(
    packaged: Callable[..., Package], prices: Prices, values: dict[str, object], more: float
) -> None:
    template = packaged("personal", "prod").template
    assert total(template, prices, **values) == pytest.approx(total(template, prices) + more)


def test_team_mode_costs_its_firewalls_besides(packaged: Callable[..., Package], prices: Prices) -> None:
    costs = idle_costs(packaged("team", "prod").template, {}, prices)
    by_price = {name: sum(one.units for one in costs if one.price == name) for name in prices.by_name}
    assert {name: units for name, units in by_price.items() if units} == {
        "kms.key": 1,
        "cloudwatch.alarm_metric": 8,
        "cloudwatch.dashboard": 1,
        "waf.web_acl": 2,
        "waf.rule": 6,
    }


WARM = 0.25 * 730 * 3600 * 0.0000053835
"""US dollars a month for one warm function of 256 MB."""


@pytest.mark.parametrize(
    ("phase", "more"),
    [
        ({"analytics": "true"}, 0.0),
        (
            {
                "vpcEndpoint": "true",
                "vpcId": "vpc-0123456789abcdef0",
                "routeTableIds": "rtb-0123456789abcdef0",
            },
            0.0,
        ),
        ({"guardDuty": "true"}, 0.0),
        ({"replication": "true", "replicaKey": "arn:aws:kms:ap-northeast-3:123456789012:key/1a2b"}, 0.0),
        ({"provisionedConcurrency": "true"}, 0.2 + WARM),
        ({"provisionedConcurrency": "true", "provisionedLeast": "3"}, 0.2 + 3 * WARM),
        ({"provisionedConcurrency": "true", "memorySize": "512"}, 0.2 + 2 * WARM),
        ({"configRules": "true"}, 0.03),
        ({"objectLock": "true"}, 0.0),
        (
            {
                "githubDeploy": "true",
                "githubRepository": "example/chat-logs",
                "deployExecutionRole": "arn:aws:iam::123456789012:role/deployment",
            },
            0.0,
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_later_phase_adds_what_it_costs_while_idle(
    packaged: Callable[..., Package], prices: Prices, phase: dict[str, str], more: float
) -> None:
    words = [word for name, value in phase.items() for word in ("--param", f"{name}={value}")]
    with_it = packaged("personal", "prod", *words).template
    without = packaged("personal", "prod").template
    assert total(with_it, prices) == pytest.approx(total(without, prices) + more, abs=0.001)


def test_more_warm_functions_by_the_stack_s_parameter_cost_more(
    packaged: Callable[..., Package], prices: Prices
) -> None:
    template = packaged("personal", "prod", "--param", "provisionedConcurrency=true").template
    assert total(template, prices, ProvisionedLeast=4) == pytest.approx(1.0 + 0.2 + 4 * WARM, abs=0.001)


def test_the_replica_costs_its_key(packaged: Callable[..., Package], prices: Prices) -> None:
    template = packaged("personal", "prod", "--config", "replica.yml").template
    assert [(one.resource, one.dollars) for one in idle_costs(template, {}, prices)] == [("Key", 1.0)]


def test_one_more_key_is_too_much(packaged: Callable[..., Package], prices: Prices) -> None:
    template = copy.deepcopy(packaged("personal", "prod").template)
    template["Resources"]["Another"] = template["Resources"]["Key"]
    assert total(template, prices) > MOST


def test_nothing_new_is_taken_for_free(packaged: Callable[..., Package], prices: Prices) -> None:
    template = copy.deepcopy(packaged("personal", "prod").template)
    template["Resources"]["Gateway"] = {"Type": "AWS::EC2::NatGateway", "Properties": {}}
    with pytest.raises(UnknownCost, match="AWS::EC2::NatGateway"):
        idle_costs(template, {}, prices)


def test_what_is_free_is_there_in_some_mode(packaged: Callable[..., Package]) -> None:
    there = {
        one["Type"]
        for mode in ("personal", "team")
        for one in packaged(mode, "prod", *EVERY_PHASE).template["Resources"].values()
    }
    assert there >= FREE_WHILE_IDLE


def test_every_price_says_where_it_stands_and_when_it_stood_there(prices: Prices) -> None:
    assert prices.region == "ap-northeast-1"
    for name, one in prices.by_name.items():
        assert one.dollars > 0, name
        assert one.unit, name
        assert one.source.startswith("https://aws.amazon.com/"), name
        assert one.dated > date(2026, 1, 1), name
    written = json.loads(PRICE_FILE.read_text(encoding="utf-8"))["prices"]
    assert {one["date_of"] for one in written.values()} == {"publication", "reading"}
    assert all(one["usage_type"] for one in written.values())


@pytest.mark.parametrize("page", ["costs.md", "costs.ja.md"])
def test_the_page_of_costs_says_what_it_costs_to_be_there(
    packaged: Callable[..., Package], prices: Prices, page: str
) -> None:
    personal, team = packaged("personal", "prod").template, packaged("team", "prod").template
    (table,) = list(read_page(page).values())[1].tables.values()
    assert [float(row[1].strip(" |")) for row in table] == [
        total(personal, prices),
        total(personal, prices, Alarms="true"),
        total(personal, prices, Alarms="true", Dashboard="true"),
        total(team, prices),
        prices.of("kms.key"),
    ]
