"""What the design demands of the template about watching, a function for each of its rows."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.stack.rows_common import EVERYTHING, KEY, NO_PUBLIC_ACCESS
from tests.stack.templates import strings

if TYPE_CHECKING:
    from tests.stack.templates import Stack

TOPIC = {"Ref": "AlarmTopic"}
FUNCTION = [{"Name": "FunctionName", "Value": {"Ref": "PresignLambdaFunction"}}]
IN_THIS_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
SHOWN = {
    *(
        f"AWS/Lambda {one}"
        for one in ("Invocations", "Duration", "Errors", "Throttles", "ConcurrentExecutions")
    ),
    *(f"AWS/S3 {one}" for one in ("BucketSizeBytes", "AllRequests", "GetRequests", "PutRequests")),
    *(f"AWS/S3 {one}" for one in ("4xxErrors", "5xxErrors")),
}
"""What the dashboard has to show, memory besides."""


def a1_nothing_unasked(stack: Stack, stage: str) -> None:
    """Personal mode with its defaults: nothing that watches and costs money by being there."""
    costly = {
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::CloudTrail::Trail",
        "AWS::Logs::MetricFilter",
    }
    assert not {one["Type"] for one in stack.resources.values()} & costly
    assert "TrailLogs" not in stack.resources


def m1_dashboard(stack: Stack, stage: str) -> None:
    """Where the parameter Dashboard is on."""
    (page,) = stack.of_type("AWS::CloudWatch::Dashboard").values()
    widgets = json.loads(page["DashboardBody"]["Fn::Sub"])["widgets"]
    metrics = [metric for one in widgets for metric in one["properties"].get("metrics", [])]
    assert {" ".join(metric[:2]) for metric in metrics} == SHOWN
    for namespace, name, *rest in metrics:
        words = [one for one in rest if isinstance(one, str)]
        dimensions = dict(zip(words[::2], words[1::2], strict=True))
        if namespace == "AWS/Lambda":
            assert dimensions == {"FunctionName": "${PresignLambdaFunction}"}
        elif name == "BucketSizeBytes":
            assert dimensions.keys() == {"BucketName", "StorageType"}
        else:
            assert dimensions == {"BucketName": "${Bucket}", "FilterId": "chat-logs"}
    sizes = {metric[5] for metric in metrics if metric[1] == "BucketSizeBytes"}
    assert sizes == {"StandardStorage", "StandardIAStorage", "GlacierStorage", "DeepArchiveStorage"}
    (memory,) = [one["properties"]["query"] for one in widgets if one["type"] == "log"]
    assert memory.startswith("SOURCE '${PresignLogGroup}'")
    assert "platform.report" in memory
    assert "record.metrics.maxMemoryUsedMB" in memory
    # No two widgets cover each other on the page, which is 24 wide.
    places = {
        (column, row)
        for one in widgets
        for column in range(one["x"], one["x"] + one["width"])
        for row in range(one["y"], one["y"] + one["height"])
    }
    assert len(places) == sum(one["width"] * one["height"] for one in widgets)
    assert max(column for column, _ in places) < 24


def a1_failures(stack: Stack, stage: str) -> None:
    alarm = _alarm(stack, "FailureAlarm")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 5)
    rate, requests, failures = alarm["Metrics"]
    assert re.search(r"IF\(requests >= [1-9][0-9]*,", rate["Expression"]), "no minimum volume"
    assert [rate["ReturnData"], requests["ReturnData"], failures["ReturnData"]] == [True, False, False]
    counted = [one["MetricStat"] for one in (requests, failures)]
    assert {(one["Stat"], one["Period"]) for one in counted} == {("Sum", 900)}
    names = [(one["Metric"]["Namespace"], one["Metric"]["MetricName"]) for one in counted]
    dimensions = [one["Metric"]["Dimensions"] for one in counted]
    if _mode(stack) == "iam":
        assert names == [("AWS/Lambda", "UrlRequestCount"), ("AWS/Lambda", "Url5xxCount")]
        assert dimensions == [FUNCTION, FUNCTION]
    else:
        assert names == [("AWS/ApiGateway", "Count"), ("AWS/ApiGateway", "5XXError")]
        assert dimensions == [_api(stack, stage)] * 2


def a1_duration(stack: Stack, stage: str) -> None:
    alarm = _alarm(stack, "DurationAlarm")
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (
        "AWS/Lambda",
        "Duration",
        "Maximum",
    )
    assert alarm["Dimensions"] == FUNCTION
    # Milliseconds.
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 10_000)
    # One slow request is no alarm.
    assert 1 < alarm["DatapointsToAlarm"] <= alarm["EvaluationPeriods"]


def a1_storage(stack: Stack, stage: str) -> None:
    """Where alarms and the bucket's request metrics are on."""
    alarm = _alarm(stack, "StorageAlarm")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 1)
    rate, *counted = alarm["Metrics"]
    assert re.search(r">= [1-9][0-9]* AND", rate["Expression"]), "no minimum volume"
    # 404 is what a HEAD says of a new session.
    assert "errors - FILL(heads, 0)" in rate["Expression"]
    assert [one["Id"] for one in counted] == ["requests", "errors", "heads"]
    assert [one["MetricStat"]["Metric"]["MetricName"] for one in counted] == [
        "AllRequests",
        "4xxErrors",
        "HeadRequests",
    ]
    (watched,) = stack.properties("Bucket")["MetricsConfigurations"]
    for one in counted:
        assert one["MetricStat"]["Metric"]["Namespace"] == "AWS/S3"
        assert one["MetricStat"]["Metric"]["Dimensions"] == [
            {"Name": "BucketName", "Value": {"Ref": "Bucket"}},
            {"Name": "FilterId", "Value": watched["Id"]},
        ]


def a2_cold_start(stack: Stack, stage: str) -> None:
    alarm = _alarm(stack, "ColdStartAlarm")
    # Milliseconds.
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 3000)
    assert alarm["Statistic"] == "Maximum"
    found = stack.properties("ColdStarts")
    assert found["LogGroupName"] == {"Ref": "PresignLogGroup"}
    (made,) = found["MetricTransformations"]
    assert made["MetricValue"] == "$.record.metrics.initDurationMs"
    assert (made["MetricNamespace"], made["MetricName"]) == (alarm["Namespace"], alarm["MetricName"])
    # Another stage's cold starts are not this one's.
    assert stage in made["MetricNamespace"]
    logging = stack.properties("PresignLambdaFunction")["LoggingConfig"]
    assert (logging["LogFormat"], logging["SystemLogLevel"]) == ("JSON", "INFO"), "no platform.report"


def a2_requests(stack: Stack, stage: str) -> None:
    alarm = _alarm(stack, "RequestsAlarm")
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Sum", 86_400, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["Threshold"] == {"Ref": "RequestsPerDay"}
    assert stack.parameters["RequestsPerDay"]["Default"] == 1000
    if _mode(stack) == "iam":
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "UrlRequestCount")
        assert alarm["Dimensions"] == FUNCTION
    else:
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ApiGateway", "Count")
        assert alarm["Dimensions"] == _api(stack, stage)


def a2_budget(stack: Stack, stage: str) -> None:
    """Everywhere but on the emulator."""
    (one,) = stack.of_type("AWS::Budgets::Budget").values()
    budget = one["Budget"]
    assert (budget["BudgetType"], budget["TimeUnit"]) == ("COST", "MONTHLY")
    assert budget["BudgetLimit"] == {"Amount": {"Ref": "StorageBudget"}, "Unit": "USD"}
    assert stack.parameters["StorageBudget"]["Default"] == 10
    assert budget["CostFilters"] == {"Service": ["Amazon Simple Storage Service"]}
    (told,) = one["NotificationsWithSubscribers"]
    assert told["Notification"] == {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 100,
        "ThresholdType": "PERCENTAGE",
    }
    assert told["Subscribers"] == [{"SubscriptionType": "SNS", "Address": TOPIC}]


def a3_topic(stack: Stack, stage: str) -> None:
    (topic,) = stack.of_type("AWS::SNS::Topic").values()
    assert topic["KmsMasterKeyId"] == KEY
    services = {"Alarms": "cloudwatch.amazonaws.com", "Budgets": "budgets.amazonaws.com"}
    for document, resource, actions, about in (
        ("PolicyDocument", "AlarmTopicPolicy", "sns:Publish", TOPIC),
        ("KeyPolicy", "Key", ["kms:Decrypt", "kms:GenerateDataKey"], "*"),
    ):
        said = stack.statements(resource, document)
        for sid, service in services.items():
            assert said[sid]["Effect"] == "Allow"
            assert said[sid]["Principal"] == {"Service": service}
            assert said[sid]["Action"] == actions
            assert said[sid]["Resource"] == about
            assert said[sid]["Condition"] == IN_THIS_ACCOUNT
    assert stack.properties("AlarmTopicPolicy")["Topics"] == [TOPIC]
    assert stack.outputs["AlarmTopic"] == TOPIC
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [TOPIC]


def a3_nobody(stack: Stack, stage: str) -> None:
    """Without the parameter AlarmEmail."""
    assert not stack.of_type("AWS::SNS::Subscription")


def a3_email(stack: Stack, stage: str) -> None:
    """With the parameter AlarmEmail set."""
    assert stack.properties("AlarmSubscription") == {
        "TopicArn": TOPIC,
        "Protocol": "email",
        "Endpoint": {"Ref": "AlarmEmail"},
    }
    pattern = stack.parameters["AlarmEmail"]["AllowedPattern"]
    assert re.fullmatch(pattern, "aki@example.org")
    assert re.fullmatch(pattern, "")
    assert not any(re.fullmatch(pattern, one) for one in ("aki", "aki@example", "a b@example.org"))


def g1_trail(stack: Stack, stage: str) -> None:
    """Where the parameter Trail is on, and not on the emulator."""
    (trail,) = stack.of_type("AWS::CloudTrail::Trail").values()
    assert (trail["IsLogging"], trail["EnableLogFileValidation"]) == (True, True)
    assert trail["KMSKeyId"] == KEY
    assert "EventSelectors" not in trail
    (selector,) = trail["AdvancedEventSelectors"]
    fields = {one.pop("Field"): one for one in (dict(field) for field in selector["FieldSelectors"])}
    # Reading and writing; management events would be a paid second copy.
    assert fields == {
        "eventCategory": {"Equals": ["Data"]},
        "resources.type": {"Equals": ["AWS::S3::Object"]},
        "resources.ARN": {"StartsWith": [{"Fn::Sub": "${Bucket.Arn}/chat-logs/"}]},
    }
    assert trail["S3BucketName"] == {"Ref": "TrailLogs"}
    assert stack.resources["AuditTrail"]["DependsOn"] == ["TrailLogsPolicy"]
    logs = stack.properties("TrailLogs")
    assert stack.resources["TrailLogs"]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert logs["PublicAccessBlockConfiguration"] == NO_PUBLIC_ACCESS
    assert logs["VersioningConfiguration"] == {"Status": "Enabled"}
    rules = {one["Id"]: one for one in logs["LifecycleConfiguration"]["Rules"]}
    assert rules["end"]["ExpirationInDays"] == 90
    arn = f":trail/chatlog-uploader-{stage}"
    assert trail["TrailName"] == arn.removeprefix(":trail/")
    said = stack.statements("TrailLogsPolicy")
    assert said["DenyPlainHttp"]["Resource"] == json.loads(
        json.dumps(EVERYTHING).replace("Bucket", "TrailLogs")
    )
    for one in (said["AllowLook"], said["AllowDelivery"], stack.statements("Key", "KeyPolicy")["Trail"]):
        assert one["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        (condition,) = one["Condition"].values()
        assert condition.keys() == {"aws:SourceArn"}
        assert all(text.endswith(arn) for text in strings(condition))
    assert said["AllowDelivery"]["Action"] == "s3:PutObject"
    assert said.keys() == {"DenyPlainHttp", "AllowLook", "AllowDelivery"}


def _alarm(stack: Stack, name: str) -> dict[str, Any]:
    """An alarm, which tells the topic, and for which silence is no trouble."""
    alarm = stack.properties(name)
    assert alarm["AlarmActions"] == [TOPIC]
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm.get("ActionsEnabled", True) is True
    return alarm


def _mode(stack: Stack) -> str:
    return str(stack.properties("PresignLambdaFunction")["Environment"]["Variables"]["AUTH_MODE"])


def _api(stack: Stack, stage: str) -> list[dict[str, str]]:
    assert stack.properties("Api")["Name"] == f"chatlog-uploader-{stage}"
    return [{"Name": "ApiName", "Value": f"chatlog-uploader-{stage}"}, {"Name": "Stage", "Value": stage}]
