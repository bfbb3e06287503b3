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
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::Athena::NamedQuery",
        "AWS::Athena::WorkGroup",
        "AWS::Budgets::Budget",
        "AWS::CloudTrail::Trail",
        "AWS::Cognito::ManagedLoginBranding",
        "AWS::Cognito::UserPool",
        "AWS::Cognito::UserPoolClient",
        "AWS::Cognito::UserPoolDomain",
        "AWS::Cognito::UserPoolResourceServer",
        "AWS::EC2::VPCEndpoint",
        "AWS::Events::Rule",
        "AWS::Glue::Database",
        "AWS::Glue::Table",
        "AWS::GuardDuty::Detector",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::OIDCProvider",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Url",
        "AWS::Lambda::Version",
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
"""Types that are paid by use, or not at all. (An endpoint for S3 is one of the free kind, a gateway.)"""

SECONDS = 730 * 3600
"""Of a month, as AWS counts it."""
LOOKS = 30
"""How often a rule of AWS Config that looks once a day does so in a month."""


class UnknownCost(ValueError):
    """A resource of a type of which nobody has said what it costs. The text is the type."""


@dataclass(frozen=True)
class IdleCost:
    """What one resource costs in a month, in US dollars."""

    resource: str
    price: str
    """The price's name in the list."""
    units: float
    dollars: float


@dataclass(frozen=True)
class _Month:
    """Which month it is of a stack's life, and with which values of its parameters."""

    rotations: int
    values: Mapping[str, object]


def idle_costs(
    template: Mapping[str, Any], values: Mapping[str, object], prices: Prices, *, rotations: int = 0
) -> tuple[IdleCost, ...]:
    """Each cost of a template's resources for given values of its parameters (the defaults for the others).

    `rotations` is how often the key has rotated: once a year. Raises UnknownCost for a type that is not known, so that
    nothing new is taken for free, and UnknownCondition.
    """
    found = []
    decided = DecidedTemplate(template, values)
    month = _Month(rotations, decided.values)
    for name, resource in decided.resources.items():
        kind = resource["Type"]
        if kind in FREE_WHILE_IDLE:
            continue
        if kind not in _UNITS:
            raise UnknownCost(kind)
        for price, units in _UNITS[kind](resource.get("Properties", {}), month):
            found.append(IdleCost(name, price, units, units * prices.of(price)))
    return tuple(found)


def _key(properties: Mapping[str, Any], month: _Month) -> tuple[tuple[str, float], ...]:
    paid = min(month.rotations, PAID_ROTATIONS) if properties.get("EnableKeyRotation") else 0
    return (("kms.key", 1 + paid),)


def _alarm(properties: Mapping[str, Any], _: _Month) -> tuple[tuple[str, float], ...]:
    # An alarm on a formula is paid for each metric in it.
    metrics = [one for one in properties.get("Metrics", [{"MetricStat": {}}]) if "MetricStat" in one]
    return (("cloudwatch.alarm_metric", len(metrics)),)


def _dashboard(_: Mapping[str, Any], __: _Month) -> tuple[tuple[str, float], ...]:
    return (("cloudwatch.dashboard", 1),)


def _firewall(properties: Mapping[str, Any], _: _Month) -> tuple[tuple[str, float], ...]:
    return (("waf.web_acl", 1), ("waf.rule", len(properties["Rules"])))


def _warm(properties: Mapping[str, Any], month: _Month) -> tuple[tuple[str, float], ...]:
    """An alias's warm functions. Scaling takes away none of those that are always there."""
    warm = properties.get("ProvisionedConcurrencyConfig")
    if warm is None:
        return ()
    gigabytes = float(str(month.values["MemorySize"])) / 1024
    least = max(float(str(month.values["ProvisionedLeast"])), warm["ProvisionedConcurrentExecutions"])
    return (("lambda.warm_gb_second", least * gigabytes * SECONDS),)


def _tracking(_: Mapping[str, Any], __: _Month) -> tuple[tuple[str, float], ...]:
    # Auto Scaling makes an alarm for more and one for fewer:
    # https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
    return (("cloudwatch.alarm_metric", 2),)


def _judgement(properties: Mapping[str, Any], _: _Month) -> tuple[tuple[str, float], ...]:
    # While nothing changes, those alone that look once a day; of one key.
    return (("config.evaluation", LOOKS if "MaximumExecutionFrequency" in properties else 0),)


_UNITS: Mapping[str, Callable[[Mapping[str, Any], _Month], tuple[tuple[str, float], ...]]] = {
    "AWS::KMS::Key": _key,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::WAFv2::WebACL": _firewall,
    "AWS::Lambda::Alias": _warm,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _tracking,
    "AWS::Config::ConfigRule": _judgement,
}
