"""Ways to break what watches the stack, each with the row of the design that has to notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.stack import rows_watching as watching
from tests.stack.mutations import Mutation, added, drop, limit, put, stated, unstated, without

if TYPE_CHECKING:
    from tests.stack.mutations import Change

ALARMS = {"Alarms": "true"}
TRAIL = {"Trail": "true"}
EMAIL = {"AlarmEmail": "aki@example.org"}
RATE = ("Metrics", 0, "Expression")


def _page(old: str, new: str) -> Change:
    """Other words in the dashboard's body."""

    def change(template: dict[str, Any]) -> None:
        properties = template["Resources"]["DashboardPage"]["Properties"]
        properties["DashboardBody"]["Fn::Sub"] = properties["DashboardBody"]["Fn::Sub"].replace(old, new)

    return change


def _key(sid: str) -> Change:
    """The key's policy without a statement; one of them is an `Fn::If`."""

    def change(template: dict[str, Any]) -> None:
        policy = template["Resources"]["Key"]["Properties"]["KeyPolicy"]
        policy["Statement"] = [
            one for one in policy["Statement"] if (one.get("Sid") or one["Fn::If"][1]["Sid"]) != sid
        ]

    return change


def _always(resource: str) -> Change:
    """A resource without its condition."""
    return lambda template: template["Resources"][resource].pop("Condition")


WATCHING_MUTATIONS = [
    Mutation("M1 no dashboard", watching.m1_dashboard, without("DashboardPage"), "team"),
    Mutation("M1 no throttles", watching.m1_dashboard, _page("Throttles", "Invocations"), "team"),
    Mutation("M1 no 5xx of the bucket", watching.m1_dashboard, _page("5xxErrors", "4xxErrors"), "team"),
    Mutation("M1 no memory", watching.m1_dashboard, _page("maxMemoryUsedMB", "durationMs"), "team"),
    Mutation("M1 another filter", watching.m1_dashboard, _page('"chat-logs"', '"all"'), "team"),
    Mutation("M1 a page over another", watching.m1_dashboard, _page('"y": 6', '"y": 0'), "team"),
    Mutation("A nothing unasked: an alarm", watching.a1_nothing_unasked, _always("DurationAlarm")),
    Mutation("A nothing unasked: a dashboard", watching.a1_nothing_unasked, _always("DashboardPage")),
    Mutation("A nothing unasked: a trail", watching.a1_nothing_unasked, _always("AuditTrail")),
    Mutation(
        "A1 no minimum volume",
        watching.a1_failures,
        put("100 * failures / requests", "FailureAlarm", *RATE),
        "team",
    ),
    Mutation(
        "A1 failures of crashes only",
        watching.a1_failures,
        put("Errors", "FailureAlarm", "Metrics", 2, "MetricStat", "Metric", "MetricName"),
        values=ALARMS,
    ),
    Mutation("A1 half of them fail", watching.a1_failures, put(50, "FailureAlarm", "Threshold"), "team"),
    Mutation(
        "A1 another function's failures",
        watching.a1_failures,
        put([], "FailureAlarm", "Metrics", 1, "MetricStat", "Metric", "Dimensions"),
        values=ALARMS,
    ),
    Mutation(
        "A1 silence is an alarm",
        watching.a1_failures,
        put("breaching", "FailureAlarm", "TreatMissingData"),
        "team",
    ),
    Mutation(
        "A1 nobody hears of failures", watching.a1_failures, drop("FailureAlarm", "AlarmActions"), "team"
    ),
    Mutation(
        "A1 the mean duration", watching.a1_duration, put("Average", "DurationAlarm", "Statistic"), "team"
    ),
    Mutation(
        "A1 ten seconds as ten milliseconds",
        watching.a1_duration,
        put(10, "DurationAlarm", "Threshold"),
        "team",
    ),
    Mutation(
        "A1 one slow request", watching.a1_duration, put(1, "DurationAlarm", "DatapointsToAlarm"), "team"
    ),
    Mutation(
        "A1 every 404",
        watching.a1_storage,
        put("IF(requests >= 200 AND errors > 0, 100 * errors / requests, 0)", "StorageAlarm", *RATE),
        "team",
    ),
    Mutation(
        "A1 metrics that nobody counts", watching.a1_storage, drop("Bucket", "MetricsConfigurations"), "team"
    ),
    Mutation(
        "A1 another filter's metrics",
        watching.a1_storage,
        put("all", "Bucket", "MetricsConfigurations", "Fn::If", 1, 0, "Id"),
        values=ALARMS | {"RequestMetrics": "true"},
    ),
    Mutation(
        "A2 text logs have no report",
        watching.a2_cold_start,
        put("WARN", "PresignLambdaFunction", "LoggingConfig", "SystemLogLevel"),
        "team",
    ),
    Mutation(
        "A2 the whole duration",
        watching.a2_cold_start,
        put("$.record.metrics.durationMs", "ColdStarts", "MetricTransformations", 0, "MetricValue"),
        "team",
    ),
    Mutation(
        "A2 a metric that nobody watches",
        watching.a2_cold_start,
        put("ColdStarts", "ColdStarts", "MetricTransformations", 0, "MetricName"),
        "team",
    ),
    Mutation(
        "A2 cold starts for ever",
        watching.a2_cold_start,
        put(30_000, "ColdStartAlarm", "Threshold"),
        values=ALARMS,
    ),
    Mutation("A2 requests in an hour", watching.a2_requests, put(3600, "RequestsAlarm", "Period"), "team"),
    Mutation(
        "A2 a fixed number of requests",
        watching.a2_requests,
        put(1000, "RequestsAlarm", "Threshold"),
        values=ALARMS,
    ),
    Mutation(
        "A2 more requests by default", watching.a2_requests, limit("RequestsPerDay", "Default", 10**6), "team"
    ),
    Mutation("A2 no budget", watching.a2_budget, without("StorageCost")),
    Mutation("A2 a budget for everything", watching.a2_budget, drop("StorageCost", "Budget", "CostFilters")),
    Mutation(
        "A2 a budget a year", watching.a2_budget, put("ANNUALLY", "StorageCost", "Budget", "TimeUnit"), "team"
    ),
    Mutation(
        "A2 a budget that tells nobody",
        watching.a2_budget,
        put([], "StorageCost", "NotificationsWithSubscribers", 0, "Subscribers"),
    ),
    Mutation("A3 an open topic", watching.a3_topic, drop("AlarmTopic", "KmsMasterKeyId")),
    Mutation("A3 the key is not for alarms", watching.a3_topic, _key("Alarms")),
    Mutation("A3 the key is not for budgets", watching.a3_topic, _key("Budgets"), "team"),
    Mutation("A3 the topic is not for budgets", watching.a3_topic, unstated("AlarmTopicPolicy", "Budgets")),
    Mutation(
        "A3 any account's alarms", watching.a3_topic, stated("AlarmTopicPolicy", "Alarms", "Condition", {})
    ),
    Mutation("A3 a second topic", watching.a3_topic, added("AWS::SNS::Topic")),
    Mutation("A3 somebody unasked", watching.a3_nobody, _always("AlarmSubscription")),
    Mutation(
        "A3 another's e-mail",
        watching.a3_email,
        put("bob@example.org", "AlarmSubscription", "Endpoint"),
        values=EMAIL,
    ),
    Mutation(
        "A3 anything is an e-mail",
        watching.a3_email,
        limit("AlarmEmail", "AllowedPattern", ".*"),
        values=EMAIL,
    ),
    Mutation("G1 no trail", watching.g1_trail, without("AuditTrail"), "team"),
    Mutation(
        "G1 a trail that nobody can check",
        watching.g1_trail,
        put(False, "AuditTrail", "EnableLogFileValidation"),
        "team",
    ),
    Mutation(
        "G1 writes only",
        watching.g1_trail,
        put(
            [*({"Field": "eventCategory", "Equals": ["Data"]},), {"Field": "readOnly", "Equals": ["false"]}],
            "AuditTrail",
            "AdvancedEventSelectors",
            0,
            "FieldSelectors",
        ),
        values=TRAIL,
    ),
    Mutation(
        "G1 management events too", watching.g1_trail, put([], "AuditTrail", "AdvancedEventSelectors"), "team"
    ),
    Mutation(
        "G1 the trail stays for ever",
        watching.g1_trail,
        drop("TrailLogs", "LifecycleConfiguration", "Rules", 0, "ExpirationInDays"),
        "team",
    ),
    Mutation(
        "G1 the trail in the open",
        watching.g1_trail,
        drop("TrailLogs", "PublicAccessBlockConfiguration"),
        values=TRAIL,
    ),
    Mutation("G1 the trail without the key", watching.g1_trail, _key("Trail"), values=TRAIL),
    Mutation(
        "G1 anybody's trail",
        watching.g1_trail,
        stated("TrailLogsPolicy", "AllowDelivery", "Condition", {}),
        "team",
    ),
]
"""Each row of rows_watching has one at least."""
