"""What the design demands of the later phases, a function for each of its rows; each with its phase switched on."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.stack.packaging import PROJECT
from tests.stack.rows_common import BUCKET, EVERYTHING, KEY, NO_PUBLIC_ACCESS, VIA_S3
from tests.stack.rows_watching import TOPIC
from tests.stack.templates import strings

if TYPE_CHECKING:
    from tests.stack.templates import Stack

ALIAS = {"Ref": "PresignProvConcLambdaAlias"}
VIEWS = ("machine_sessions", "current_sessions", "archived_files")
"""In the order in which they are made: each reads the one before."""
CONFIG = {
    "EncryptionRule": "S3_DEFAULT_ENCRYPTION_KMS",
    "PublicAccessRule": "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
    "VersioningRule": "S3_BUCKET_VERSIONING_ENABLED",
    "RotationRule": "CMK_BACKING_KEY_ROTATION_ENABLED",
}
ONCE_IN_AN_ACCOUNT = {
    ("AWS::Budgets::Budget", "Budget", "BudgetName"),
    ("AWS::CloudWatch::Dashboard", "DashboardName"),
    ("AWS::CloudTrail::Trail", "TrailName"),
    ("AWS::S3::Bucket", "BucketName"),
}
"""Names that no other region's stack may have too. (A trail of all regions has a shadow in each.)"""


def p1_endpoint(stack: Stack, stage: str) -> None:
    endpoint = stack.properties("StorageEndpoint")
    assert endpoint["VpcEndpointType"] == "Gateway"
    assert endpoint["ServiceName"] == {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}
    assert endpoint["VpcId"] == {"Ref": "VpcId"}
    assert endpoint["RouteTableIds"] == {"Ref": "RouteTableIds"}
    # With a policy of its own the VPC would lose every bucket that it does not name.
    assert "PolicyDocument" not in endpoint


def p1_nobody_locked_out(stack: Stack, stage: str) -> None:
    """Whoever sits at a desk comes by the internet: no policy asks for a network."""
    asked = re.compile("aws:(sourcevpc|sourcevpce|sourceip|vpcsourceip)", re.IGNORECASE)
    for name, resource in stack.resources.items():
        assert not asked.search(json.dumps(resource)), name


def p2_guard_duty(stack: Stack, stage: str) -> None:
    (detector,) = stack.of_type("AWS::GuardDuty::Detector").values()
    assert detector["Enable"] is True
    features = {one["Name"]: one["Status"] for one in detector["Features"]}
    assert features.pop("S3_DATA_EVENTS") == "ENABLED"
    # What is not named may be on by GuardDuty's own default, and is paid.
    assert features == dict.fromkeys(
        (
            "EKS_AUDIT_LOGS",
            "EBS_MALWARE_PROTECTION",
            "RDS_LOGIN_EVENTS",
            "LAMBDA_NETWORK_LOGS",
            "RUNTIME_MONITORING",
        ),
        "DISABLED",
    )
    rule = stack.properties("Findings")
    assert rule["State"] == "ENABLED"
    assert rule["EventPattern"] == {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"severity": [{"numeric": [">=", 4]}]},
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == TOPIC
    assert target["RoleArn"] == {"Fn::GetAtt": ["FindingsRole", "Arn"]}
    (trusted,) = stack.properties("FindingsRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "events.amazonaws.com"}
    said = stack.statements("FindingsPolicy")
    assert (said["Tell"]["Action"], said["Tell"]["Resource"]) == ("sns:Publish", TOPIC)
    # The topic is encrypted: without the key a message would vanish.
    assert said["KeyThroughTopic"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert said["KeyThroughTopic"]["Resource"] == KEY
    assert said.keys() == {"Tell", "KeyThroughTopic"}


def p3_replication(stack: Stack, stage: str) -> None:
    bucket = stack.properties("Bucket")
    replication = bucket["ReplicationConfiguration"]
    assert replication["Role"] == {"Fn::GetAtt": ["ReplicationRole", "Arn"]}
    (rule,) = replication["Rules"]
    assert (rule["Status"], rule["Filter"]) == ("Enabled", {"Prefix": ""})
    assert rule["DeleteMarkerReplication"] == {"Status": "Disabled"}
    assert rule["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    replica = rule["Destination"]["Bucket"]
    assert replica["Fn::Sub"].endswith(f":s3:::{bucket['BucketName']['Fn::Sub']}-replica")
    assert rule["Destination"]["EncryptionConfiguration"] == {"ReplicaKmsKeyID": {"Ref": "ReplicaKey"}}
    (trusted,) = stack.properties("ReplicationRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "s3.amazonaws.com"}
    assert trusted["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    said = stack.statements("ReplicationPolicy")
    assert set(said["Look"]["Action"]) == {"s3:GetReplicationConfiguration", "s3:ListBucket"}
    assert said["Look"]["Resource"] == BUCKET
    assert said["Versions"]["Resource"] == EVERYTHING[1]
    # No ReplicateDelete.
    assert said["Copies"]["Action"] == ["s3:ReplicateObject", "s3:ReplicateTags"]
    assert said["Copies"]["Resource"] == {"Fn::Join": ["", [replica, "/*"]]}
    assert (said["KeyThroughS3"]["Action"], said["KeyThroughS3"]["Resource"]) == ("kms:Decrypt", KEY)
    assert said["KeyThroughS3"]["Condition"] == VIA_S3
    assert said["ReplicaKeyThroughS3"]["Resource"] == {"Ref": "ReplicaKey"}
    text, values = said["ReplicaKeyThroughS3"]["Condition"]["StringEquals"]["kms:ViaService"]["Fn::Sub"]
    assert text == "s3.${region}.${AWS::URLSuffix}"
    # The fourth part of arn:aws:kms:REGION:….
    assert values == {"region": {"Fn::Select": [3, {"Fn::Split": [":", {"Ref": "ReplicaKey"}]}]}}
    assert said.keys() == {"Look", "Versions", "Copies", "KeyThroughS3", "ReplicaKeyThroughS3"}
    pattern = stack.parameters["ReplicaKey"]["AllowedPattern"]
    key = "arn:aws:kms:ap-northeast-3:123456789012:key/"
    assert all(re.fullmatch(pattern, key + one) for one in ("1a-2b", "mrk-1a2b"))
    # An alias may lead elsewhere tomorrow.
    assert not any(re.fullmatch(pattern, one) for one in ("", key, key.replace("key/", "alias/a")))


def p3_replica(stack: Stack, stage: str) -> None:
    """Of the stack in the other region."""
    name = stack.properties("Bucket")["BucketName"]["Fn::Sub"]
    assert name == f"media-viewer-v209-chat-logs-{stage}-${{AWS::AccountId}}-replica"
    assert len(name.replace("${AWS::AccountId}", "1" * 12)) <= 63
    (rule,) = stack.properties("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    said = stack.statements("BucketPolicy")
    assert said.keys() == {"DenyPlainHttp", "DenyOldTls", "DenyDestroyingWithoutSecondFactor"}
    assert {one["Effect"] for one in said.values()} == {"Deny"}
    key = stack.properties("Key")
    assert (key["EnableKeyRotation"], key["PendingWindowInDays"]) == (True, 30)
    assert stack.statements("Key", "KeyPolicy").keys() == {"Administration"}
    assert stack.outputs["Key"] == KEY


def p4_provisioned(stack: Stack, stage: str) -> None:
    alias = stack.properties(ALIAS["Ref"])
    assert alias["Name"] == "provisioned"
    assert alias["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 1}
    target = stack.properties("ProvisionedScaling")
    assert target["ServiceNamespace"] == "lambda"
    assert target["ScalableDimension"] == "lambda:function:ProvisionedConcurrency"
    assert target["ResourceId"] == {"Fn::Sub": "function:${PresignLambdaFunction}:provisioned"}
    assert (target["MinCapacity"], target["MaxCapacity"]) == (
        {"Ref": "ProvisionedLeast"},
        {"Ref": "ProvisionedMost"},
    )
    # The target of the scaling must be there, and only the framework's words say so.
    assert ALIAS["Ref"] in stack.resources["ProvisionedScaling"]["DependsOn"]
    policy = stack.properties("ProvisionedTracking")
    assert policy["PolicyType"] == "TargetTrackingScaling"
    assert policy["ScalingTargetId"] == {"Ref": "ProvisionedScaling"}
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 0.7
    assert tracking["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "LambdaProvisionedConcurrencyUtilization"
    }


def p4_way_in_personal(stack: Stack, stage: str) -> None:
    """Warm functions are of use to those alone who come to the alias."""
    (url,) = stack.of_type("AWS::Lambda::Url").values()
    function = {"Fn::GetAtt": ["PresignLambdaFunction", "Arn"]}
    assert url["TargetFunctionArn"] == {"Fn::Join": [":", [function, "provisioned"]]}
    assert url["AuthType"] == "AWS_IAM"
    said = stack.statements("CallersPolicy")
    assert said.keys() == {"FunctionUrl", "ThroughTheFunctionUrlOnly"}
    assert said["FunctionUrl"]["Action"] == "lambda:InvokeFunctionUrl"
    assert said["FunctionUrl"]["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
    through = said["ThroughTheFunctionUrlOnly"]
    assert through["Action"] == "lambda:InvokeFunction"
    assert through["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    assert said["FunctionUrl"]["Resource"] == through["Resource"] == ALIAS


def p4_way_in_team(stack: Stack, stage: str) -> None:
    integration = stack.properties("ApiMethod")["Integration"]
    assert (integration["Type"], integration["IntegrationHttpMethod"]) == ("AWS_PROXY", "POST")
    assert integration["Uri"]["Fn::Sub"].endswith("/functions/${PresignProvConcLambdaAlias}/invocations")
    (permission,) = [
        one
        for one in stack.of_type("AWS::Lambda::Permission").values()
        if one["Principal"] == "apigateway.amazonaws.com"
    ]
    assert permission["FunctionName"] == ALIAS
    assert permission["SourceArn"]["Fn::Sub"].endswith(":${Api}/*/POST/presigned-url-request")


def p5_table(stack: Stack, stage: str) -> None:
    assert stack.properties("AnalyticsDatabase")["DatabaseInput"]["Name"] == f"chatlog_uploader_{stage}"
    table = stack.properties("AnalyticsTable")
    assert table["DatabaseName"] == {"Ref": "AnalyticsDatabase"}
    given = table["TableInput"]
    assert given["Name"] == "sessions"
    projection = {
        name.removeprefix("projection."): value
        for name, value in given["Parameters"].items()
        if name.startswith("projection.")
    }
    assert projection == {
        "enabled": "true",
        "owner.type": "enum",
        "owner.values": "aki,bob",
        "month.type": "date",
        "month.format": "yyyy-MM",
        "month.range": "2020-01,NOW+1MONTHS",
        "month.interval": "1",
        "month.interval.unit": "MONTHS",
    }
    assert [one["Name"] for one in given["PartitionKeys"]] == ["owner", "month"]
    assert given["StorageDescriptor"]["Location"] == {"Fn::Sub": "s3://${Bucket}/session-index/"}


def p5_workgroup(stack: Stack, stage: str) -> None:
    (group,) = stack.of_type("AWS::Athena::WorkGroup").values()
    settings = group["WorkGroupConfiguration"]
    # Without it each client chooses for itself.
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert settings["BytesScannedCutoffPerQuery"] == {"Ref": "AnalyticsScanLimit"}
    limit = stack.parameters["AnalyticsScanLimit"]
    assert 10_000_000 == limit["MinValue"] < limit["Default"] <= 10**12
    assert settings["EngineVersion"] == {"SelectedEngineVersion": "Athena engine version 3"}
    results = settings["ResultConfiguration"]
    assert results["OutputLocation"] == {"Fn::Sub": "s3://${AnalyticsResults}/"}
    assert results["EncryptionConfiguration"] == {"EncryptionOption": "SSE_KMS", "KmsKey": KEY}
    bucket = stack.properties("AnalyticsResults")
    assert bucket["PublicAccessBlockConfiguration"] == NO_PUBLIC_ACCESS
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    rules = {one["Id"]: one for one in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules["end"]["ExpirationInDays"] == 7
    denied = stack.statements("AnalyticsResultsPolicy")["DenyPlainHttp"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def p5_saved_queries(stack: Stack, stage: str) -> None:
    """Not on the emulator."""
    written = {
        path.stem: path.read_text(encoding="utf-8")
        for path in (PROJECT / "backend" / "queries").glob("*.sql")
    }
    titles = {f"view {number}: {name}": name for number, name in enumerate(VIEWS, start=1)}
    saved = list(stack.of_type("AWS::Athena::NamedQuery").values())
    assert {titles.get(one["Name"], one["Name"]): one["QueryString"] for one in saved} == written
    assert titles.keys() <= {one["Name"] for one in saved}
    for one in saved:
        assert (one["Database"], one["WorkGroup"]) == (
            {"Ref": "AnalyticsDatabase"},
            {"Ref": "AnalyticsWorkGroup"},
        )


def p5_analysts(stack: Stack, stage: str) -> None:
    """Who asks reads the index and writes answers: no log, and nothing of the archive."""
    said = stack.statements("AnalystsPolicy")
    assert said["Index"]["Action"] == "s3:GetObject"
    assert said["Index"]["Resource"] == {"Fn::Sub": "${Bucket.Arn}/session-index/*"}
    assert said["IndexList"]["Condition"] == {"StringLike": {"s3:prefix": "session-index/*"}}
    assert said["Answers"]["Resource"] == {"Fn::Sub": "${AnalyticsResults.Arn}/*"}
    assert said["AnswersBucket"]["Resource"] == {"Fn::GetAtt": ["AnalyticsResults", "Arn"]}
    assert said["KeyThroughS3"]["Condition"] == VIA_S3
    assert said["Ask"]["Resource"]["Fn::Sub"].endswith(":workgroup/${AnalyticsWorkGroup}")
    about = [one["Resource"] for one in said.values()]
    assert not [one for one in strings(about) if "chat-logs" in one or one == "${Bucket.Arn}/*"]
    assert "Users" not in stack.properties("AnalystsPolicy")
    assert "Roles" not in stack.properties("AnalystsPolicy")


def p6_config(stack: Stack, stage: str) -> None:
    rules = stack.of_type("AWS::Config::ConfigRule")
    assert {name: one["Source"]["SourceIdentifier"] for name, one in rules.items()} == CONFIG
    assert {one["Source"]["Owner"] for one in rules.values()} == {"AWS"}
    assert rules["EncryptionRule"]["InputParameters"] == {"kmsKeyArns": KEY}
    for name in ("EncryptionRule", "PublicAccessRule", "VersioningRule"):
        assert rules[name]["Scope"] == {
            "ComplianceResourceTypes": ["AWS::S3::Bucket"],
            "ComplianceResourceId": {"Ref": "Bucket"},
        }
    assert rules["RotationRule"]["MaximumExecutionFrequency"] == "TwentyFour_Hours"


def p6_object_lock(stack: Stack, stage: str) -> None:
    bucket = stack.properties("Bucket")
    assert bucket["ObjectLockEnabled"] is True
    lock = bucket["ObjectLockConfiguration"]
    assert lock["ObjectLockEnabled"] == "Enabled"
    # GOVERNANCE and not COMPLIANCE: a leaked secret has to be destroyed on the day it is found.
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": {"Ref": "ObjectLockDays"}}
    days = stack.parameters["ObjectLockDays"]
    (ends,) = {
        one["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for one in bucket["LifecycleConfiguration"]["Rules"]
        if "NoncurrentVersionExpiration" in one
    }
    assert 1 == days["MinValue"] <= days["Default"] <= days["MaxValue"] <= ends
    # And nobody may end it.
    assert not [one for one in strings(list(stack.resources.values())) if "BypassGovernance" in one]


def p8_deploy_role(stack: Stack, stage: str) -> None:
    (provider,) = stack.of_type("AWS::IAM::OIDCProvider").values()
    assert provider["Url"] == "https://token.actions.githubusercontent.com"
    assert provider["ClientIdList"] == ["sts.amazonaws.com"]
    _deploy_role(stack, stage, {"Ref": "GithubIdentity"})


def p8_known_provider(stack: Stack, stage: str) -> None:
    """With the parameter GithubProvider: the account has one already."""
    assert not stack.of_type("AWS::IAM::OIDCProvider")
    _deploy_role(stack, stage, {"Ref": "GithubProvider"})


def p8_no_stored_keys(stack: Stack, stage: str) -> None:
    assert not stack.of_type("AWS::IAM::User")
    assert not stack.of_type("AWS::IAM::AccessKey")


def p9_names(stack: Stack, stage: str) -> None:
    """Of a stack in us-east-1, with everything that has a name: one beside it in the primary region keeps its own."""
    for kind, *path in ONCE_IN_AN_ACCOUNT:
        named = [_at(one, path) for one in stack.of_type(kind).values()]
        assert [one for one in named if one], kind
        assert all("-us-east-1" in json.dumps(one) for one in named if one), kind
    (connection,) = [
        one for one in strings(stack.outputs["Connection"]) if "connection" in one and "{" in one
    ]
    assert json.loads(connection)["name"] == f"{stage}-us-east-1"
    trail = stack.properties("AuditTrail")["TrailName"]
    for document, name in (("PolicyDocument", "TrailLogsPolicy"), ("KeyPolicy", "Key")):
        arns = [one for one in strings(stack.properties(name)[document]) if ":cloudtrail:" in one]
        assert arns, name
        assert all(one.endswith(f":trail/{trail}") for one in arns), name


def _deploy_role(stack: Stack, stage: str, provider: dict[str, str]) -> None:
    (trusted,) = stack.properties("DeployRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trusted["Principal"] == {"Federated": provider}
    issuer = "token.actions.githubusercontent.com"
    assert trusted["Condition"] == {
        "StringEquals": {
            f"{issuer}:aud": "sts.amazonaws.com",
            f"{issuer}:sub": {"Fn::Sub": "repo:${GithubRepository}:environment:${GithubEnvironment}"},
        }
    }
    # Nothing in them widens the comparison or moves its end.
    for name, good in (("GithubRepository", "example/chat-logs"), ("GithubEnvironment", stage)):
        pattern = stack.parameters[name]["AllowedPattern"]
        assert re.fullmatch(pattern, good)
        assert not any(
            re.fullmatch(pattern, one) for one in ("", "*", f"{good}*", f"{good}:ref", f"{good}/x")
        )
    said = stack.statements("DeployPolicy")
    execution = {"Ref": "DeployExecutionRole"}
    assert said["Change"]["Action"] == "cloudformation:CreateChangeSet"
    assert said["Change"]["Condition"] == {"StringEquals": {"cloudformation:RoleArn": execution}}
    for sid in ("Change", "Stack"):
        assert said[sid]["Resource"]["Fn::Sub"].endswith(f":stack/chatlog-uploader-{stage}/*")
    passed = said["HandRoleToCloudFormation"]
    assert (passed["Action"], passed["Resource"]) == ("iam:PassRole", execution)
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    assert {sid for sid, one in said.items() if one["Resource"] == "*"} == {"Validate"}
    services = {action.partition(":")[0] for one in said.values() for action in strings(one["Action"])}
    assert services == {"cloudformation", "s3", "iam"}
    assert not [
        one for one in strings([one["Action"] for one in said.values()]) if "*" in one or "Update" in one
    ]


def _at(properties: dict[str, Any], path: list[str]) -> Any:
    found: Any = properties
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found
