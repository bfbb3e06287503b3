"""What a stack costs in a month in which nobody uses it: whatever is paid for being there.

Free allowances are left out, since another stack of the account may have used them up. What is paid by use (requests,
bytes, events, sent messages, metrics while something is counted) is not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.pricing.decided import DecidedTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.pricing.prices import Prices

PAID_ROTATIONS = 2
"""The first two rotations of a key each add the price of a key, and later ones nothing:
https://aws.amazon.com/kms/pricing/"""

FREE_WHILE_IDLE = frozenset(
    {
        "AWS::ApiGateway::Authorizer",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::Budgets::Budget",
        "AWS::CloudTrail::Trail",
        "AWS::Cognito::ManagedLoginBranding",
        "AWS::Cognito::UserPool",
        "AWS::Cognito::UserPoolClient",
        "AWS::Cognito::UserPoolDomain",
        "AWS::Cognito::UserPoolResourceServer",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Url",
        "AWS::Logs::LogGroup",
        "AWS::Logs::MetricFilter",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::WAFv2::LoggingConfiguration",
        "AWS::WAFv2::WebACLAssociation",
    }
)
"""Types that are paid by use, or not at all."""


class UnknownCost(ValueError):
    """A resource of a type of which nobody has said what it costs. The text is the type."""


@dataclass(frozen=True)
class IdleCost:
    """What one resource costs in a month, in US dollars."""

    resource: str
    price: str
    """The price's name in the list."""
    units: int
    dollars: float


def idle_costs(
    template: Mapping[str, Any], values: Mapping[str, object], prices: Prices, *, rotations: int = 0
) -> tuple[IdleCost, ...]:
    """Each cost of a template's resources for given values of its parameters (the defaults for the others).

    `rotations` is how often the key has rotated: once a year. Raises UnknownCost for a type that is not known, so that
    nothing new is taken for free, and UnknownCondition.
    """
    found = []
    for name, resource in DecidedTemplate(template, values).resources.items():
        kind = resource["Type"]
        if kind in FREE_WHILE_IDLE:
            continue
        if kind not in _UNITS:
            raise UnknownCost(kind)
        for price, units in _UNITS[kind](resource.get("Properties", {}), rotations):
            found.append(IdleCost(name, price, units, units * prices.of(price)))
    return tuple(found)


def _key(properties: Mapping[str, Any], rotations: int) -> tuple[tuple[str, int], ...]:
    paid = min(rotations, PAID_ROTATIONS) if properties.get("EnableKeyRotation") else 0
    return (("kms.key", 1 + paid),)


def _alarm(properties: Mapping[str, Any], _: int) -> tuple[tuple[str, int], ...]:
    # An alarm on a formula is paid for each metric in it.
    metrics = [one for one in properties.get("Metrics", [{"MetricStat": {}}]) if "MetricStat" in one]
    return (("cloudwatch.alarm_metric", len(metrics)),)


def _dashboard(_: Mapping[str, Any], __: int) -> tuple[tuple[str, int], ...]:
    return (("cloudwatch.dashboard", 1),)


def _firewall(properties: Mapping[str, Any], _: int) -> tuple[tuple[str, int], ...]:
    return (("waf.web_acl", 1), ("waf.rule", len(properties["Rules"])))


_UNITS: Mapping[str, Callable[[Mapping[str, Any], int], tuple[tuple[str, int], ...]]] = {
    "AWS::KMS::Key": _key,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::WAFv2::WebACL": _firewall,
}
