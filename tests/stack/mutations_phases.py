"""Ways to break the later phases, each with the row of the design that has to notice.

The mode of such a mutation is a name of a template in test_phases.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.stack import rows_phases as phases
from tests.stack.mutations import Mutation, added, drop, limit, put, stated, unstated, without

if TYPE_CHECKING:
    from tests.stack.mutations import Change

RULE = ("ReplicationConfiguration", "Rules", 0)
GROUP = ("AnalyticsWorkGroup", "WorkGroupConfiguration")
TRACKING = ("ProvisionedTracking", "TargetTrackingScalingPolicyConfiguration")
CATALOG = ("AnalyticsTable", "TableInput", "Parameters")
PROVIDER = {"GithubProvider": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}
TRUST = ("DeployRole", "AssumeRolePolicyDocument", "Statement", 0, "Condition")


def _from_the_vpc_only(template: dict[str, Any]) -> None:
    """What guides to endpoints recommend, and what would end every desktop."""
    template["Resources"]["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"].append(
        {
            "Sid": "DenyOthers",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:SourceVpce": {"Ref": "StorageEndpoint"}}},
        }
    )


def _any_branch(template: dict[str, Any]) -> None:
    trust = template["Resources"]["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    trust["Condition"]["StringLike"] = trust["Condition"].pop("StringEquals")


def _of_the_primary_region(resource: str, *path: str) -> Change:
    """A name without the region."""

    def change(template: dict[str, Any]) -> None:
        place = template["Resources"][resource]["Properties"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = "chatlog-uploader-prod"

    return change


def _unnamed_connection(template: dict[str, Any]) -> None:
    encoded = template["Outputs"]["Connection"]["Value"]["Fn::Join"][1][1]["Fn::Base64"]["Fn::Sub"]
    encoded[0] = encoded[0].replace('"prod-us-east-1"', '"prod"')


def _other_trail(template: dict[str, Any]) -> None:
    for one in template["Resources"]["TrailLogsPolicy"]["Properties"]["PolicyDocument"]["Statement"]:
        if one["Sid"] == "AllowDelivery":
            one["Condition"] = {"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:::trail/other"}}


PHASES_MUTATIONS = [
    Mutation("P1 no endpoint", phases.p1_endpoint, without("StorageEndpoint")),
    Mutation(
        "P1 a paid endpoint", phases.p1_endpoint, put("Interface", "StorageEndpoint", "VpcEndpointType")
    ),
    Mutation(
        "P1 no other bucket",
        phases.p1_endpoint,
        put({"Statement": []}, "StorageEndpoint", "PolicyDocument"),
        "team",
    ),
    Mutation("P1 a way that no table leads to", phases.p1_endpoint, drop("StorageEndpoint", "RouteTableIds")),
    Mutation("P1 desktops locked out", phases.p1_nobody_locked_out, _from_the_vpc_only),
    Mutation(
        "P1 the office's address only",
        phases.p1_nobody_locked_out,
        stated("PresignPolicy", "Objects", "Condition", {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
        "team",
    ),
    Mutation(
        "P2 nothing about S3",
        phases.p2_guard_duty,
        put("DISABLED", "Detector", "Features", 0, "Status"),
    ),
    Mutation("P2 all that costs", phases.p2_guard_duty, put([], "Detector", "Features"), "team"),
    Mutation("P2 nobody hears", phases.p2_guard_duty, put([], "Findings", "Targets")),
    Mutation(
        "P2 a message without the key", phases.p2_guard_duty, unstated("FindingsPolicy", "KeyThroughTopic")
    ),
    Mutation("P2 it sleeps", phases.p2_guard_duty, put(False, "Detector", "Enable"), "team"),
    Mutation(
        "P3 deletions too",
        phases.p3_replication,
        put("Enabled", "Bucket", *RULE, "DeleteMarkerReplication", "Status"),
    ),
    Mutation(
        "P3 nothing that is encrypted",
        phases.p3_replication,
        drop("Bucket", *RULE, "SourceSelectionCriteria"),
        "team",
    ),
    Mutation(
        "P3 another key",
        phases.p3_replication,
        drop("Bucket", *RULE, "Destination", "EncryptionConfiguration"),
    ),
    Mutation("P3 a part only", phases.p3_replication, put("chat-logs/", "Bucket", *RULE, "Filter", "Prefix")),
    Mutation(
        "P3 the role may delete",
        phases.p3_replication,
        stated("ReplicationPolicy", "Copies", "Action", ["s3:ReplicateObject", "s3:ReplicateDelete"]),
    ),
    Mutation(
        "P3 any service's role",
        phases.p3_replication,
        drop("ReplicationRole", "AssumeRolePolicyDocument", "Statement", 0, "Condition"),
        "team",
    ),
    Mutation(
        "P3 the key of the other region",
        phases.p3_replication,
        unstated("ReplicationPolicy", "ReplicaKeyThroughS3"),
    ),
    Mutation("P3 any string is a key", phases.p3_replication, limit("ReplicaKey", "AllowedPattern", ".*")),
    Mutation(
        "P3 the same name",
        phases.p3_replica,
        put({"Fn::Sub": "media-viewer-v209-chat-logs-prod-${AWS::AccountId}"}, "Bucket", "BucketName"),
        "replica",
    ),
    Mutation("P3 copies in the open", phases.p3_replica, drop("Bucket", "BucketEncryption"), "replica"),
    Mutation("P3 plain HTTP there", phases.p3_replica, unstated("BucketPolicy", "DenyPlainHttp"), "replica"),
    Mutation("P3 a key for ever", phases.p3_replica, put(False, "Key", "EnableKeyRotation"), "replica"),
    Mutation("P4 per cent", phases.p4_provisioned, put(70, *TRACKING, "TargetValue")),
    Mutation(
        "P4 another function's",
        phases.p4_provisioned,
        put("function:other:provisioned", "ProvisionedScaling", "ResourceId"),
        "team",
    ),
    Mutation("P4 no end", phases.p4_provisioned, put(1000, "ProvisionedScaling", "MaxCapacity")),
    Mutation(
        "P4 nothing warm",
        phases.p4_provisioned,
        drop("PresignProvConcLambdaAlias", "ProvisionedConcurrencyConfig"),
        "team",
    ),
    Mutation(
        "P4 the cold way in",
        phases.p4_way_in_personal,
        put(
            {"Fn::GetAtt": ["PresignLambdaFunction", "Arn"]}, "PresignLambdaFunctionUrl", "TargetFunctionArn"
        ),
    ),
    Mutation(
        "P4 callers of another",
        phases.p4_way_in_personal,
        stated("CallersPolicy", "FunctionUrl", "Resource", "*"),
    ),
    Mutation(
        "P4 invoked directly",
        phases.p4_way_in_personal,
        stated("CallersPolicy", "ThroughTheFunctionUrlOnly", "Condition", None),
    ),
    Mutation(
        "P4 the API's cold way",
        phases.p4_way_in_team,
        put(
            {"Fn::Sub": "functions/${PresignLambdaFunction.Arn}/invocations"},
            "ApiMethod",
            "Integration",
            "Uri",
        ),
        "team",
    ),
    Mutation(
        "P4 the API may not",
        phases.p4_way_in_team,
        put({"Ref": "PresignLambdaFunction"}, "ApiInvokesPresign", "FunctionName"),
        "team",
    ),
    Mutation("P5 a crawler's table", phases.p5_table, put("false", *CATALOG, "projection.enabled")),
    Mutation("P5 one owner's", phases.p5_table, put("aki", *CATALOG, "projection.owner.values"), "team"),
    Mutation("P5 no months", phases.p5_table, drop(*CATALOG, "projection.month.range")),
    Mutation("P5 no scan limit", phases.p5_workgroup, drop(*GROUP, "BytesScannedCutoffPerQuery")),
    Mutation(
        "P5 a limit that clients turn off",
        phases.p5_workgroup,
        put(False, *GROUP, "EnforceWorkGroupConfiguration"),
        "team",
    ),
    Mutation(
        "P5 answers in the open",
        phases.p5_workgroup,
        drop(*GROUP, "ResultConfiguration", "EncryptionConfiguration"),
    ),
    Mutation(
        "P5 answers for ever",
        phases.p5_workgroup,
        drop("AnalyticsResults", "LifecycleConfiguration", "Rules", 0, "ExpirationInDays"),
    ),
    Mutation("P5 less than Athena's least", phases.p5_workgroup, limit("AnalyticsScanLimit", "MinValue", 1)),
    Mutation("P5 a query is missing", phases.p5_saved_queries, without("QuerySessionsPerWeek")),
    Mutation(
        "P5 other SQL",
        phases.p5_saved_queries,
        put("SELECT 1", "QueryStorageByProject", "QueryString"),
        "team",
    ),
    Mutation(
        "P5 views in no order",
        phases.p5_saved_queries,
        put("machine_sessions", "QueryMachineSessions", "Name"),
    ),
    Mutation(
        "P5 analysts read the logs",
        phases.p5_analysts,
        stated("AnalystsPolicy", "Index", "Resource", {"Fn::Sub": "${Bucket.Arn}/*"}),
    ),
    Mutation(
        "P5 the key without S3",
        phases.p5_analysts,
        stated("AnalystsPolicy", "KeyThroughS3", "Condition", {}),
        "team",
    ),
    Mutation("P6 no rule for versions", phases.p6_config, without("VersioningRule")),
    Mutation("P6 any key will do", phases.p6_config, drop("EncryptionRule", "InputParameters")),
    Mutation("P6 everybody's buckets", phases.p6_config, drop("PublicAccessRule", "Scope"), "team"),
    Mutation(
        "P6 nobody can ever destroy it",
        phases.p6_object_lock,
        put("COMPLIANCE", "Bucket", "ObjectLockConfiguration", "Rule", "DefaultRetention", "Mode"),
    ),
    Mutation("P6 no lock", phases.p6_object_lock, drop("Bucket", "ObjectLockEnabled"), "team"),
    Mutation(
        "P6 longer than the lifecycle", phases.p6_object_lock, limit("ObjectLockDays", "MaxValue", 36_500)
    ),
    Mutation(
        "P6 the function ends it",
        phases.p6_object_lock,
        stated("PresignPolicy", "Objects", "Action", ["s3:BypassGovernanceRetention"]),
    ),
    Mutation(
        "P6 a replica without it", phases.p6_object_lock, drop("Bucket", "ObjectLockEnabled"), "replica"
    ),
    Mutation("P8 any branch", phases.p8_deploy_role, _any_branch),
    Mutation(
        "P8 any environment",
        phases.p8_deploy_role,
        put(
            {"Fn::Sub": "repo:${GithubRepository}:*"},
            *TRUST,
            "StringEquals",
            "token.actions.githubusercontent.com:sub",
        ),
        "team",
    ),
    Mutation(
        "P8 any audience",
        phases.p8_deploy_role,
        drop(*TRUST, "StringEquals", "token.actions.githubusercontent.com:aud"),
    ),
    Mutation(
        "P8 a star in the name", phases.p8_deploy_role, limit("GithubRepository", "AllowedPattern", ".+")
    ),
    Mutation(
        "P8 any role",
        phases.p8_deploy_role,
        stated("DeployPolicy", "HandRoleToCloudFormation", "Resource", "*"),
    ),
    Mutation(
        "P8 as itself", phases.p8_deploy_role, stated("DeployPolicy", "Change", "Condition", {}), "team"
    ),
    Mutation(
        "P8 more than deploying",
        phases.p8_deploy_role,
        stated("DeployPolicy", "Stack", "Action", ["lambda:InvokeFunction"]),
    ),
    Mutation(
        "P8 a second provider",
        phases.p8_known_provider,
        added("AWS::IAM::OIDCProvider"),
        values=PROVIDER,
    ),
    Mutation("P8 a stored key", phases.p8_no_stored_keys, added("AWS::IAM::AccessKey")),
    Mutation("P8 a user", phases.p8_no_stored_keys, added("AWS::IAM::User"), "team"),
    Mutation(
        "P9 one dashboard for both",
        phases.p9_names,
        _of_the_primary_region("DashboardPage", "DashboardName"),
        "elsewhere",
    ),
    Mutation(
        "P9 one budget for both",
        phases.p9_names,
        _of_the_primary_region("StorageCost", "Budget", "BudgetName"),
        "elsewhere",
    ),
    Mutation(
        "P9 one trail for both",
        phases.p9_names,
        _of_the_primary_region("AuditTrail", "TrailName"),
        "elsewhere",
    ),
    Mutation(
        "P9 one bucket for both", phases.p9_names, _of_the_primary_region("Bucket", "BucketName"), "elsewhere"
    ),
    Mutation("P9 one profile for both", phases.p9_names, _unnamed_connection, "elsewhere"),
    Mutation("P9 another trail's logs", phases.p9_names, _other_trail, "elsewhere"),
]
"""Each row of rows_phases has one at least."""
