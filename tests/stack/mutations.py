"""Ways to break the stack's template, each with the row of the design that has to notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.stack import rows_common as common
from tests.stack import rows_modes as modes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.stack.templates import Stack

    Row = Callable[[Stack, str], None]
    Change = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Mutation:
    """A row, what breaks it, and for which mode and parameters."""

    name: str
    row: Row
    change: Change
    mode: str = "personal"
    values: Mapping[str, object] = field(default_factory=dict)


def put(value: object, resource: str, *path: str | int) -> Change:
    """Another value at a place among a resource's properties."""

    def change(template: dict[str, Any]) -> None:
        place = template["Resources"][resource]["Properties"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def drop(resource: str, *path: str | int) -> Change:
    """Nothing at a place among a resource's properties."""

    def change(template: dict[str, Any]) -> None:
        place = template["Resources"][resource]["Properties"]
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def without(resource: str) -> Change:
    """No such resource."""
    return lambda template: template["Resources"].pop(resource)


def unstated(resource: str, sid: str, document: str = "PolicyDocument") -> Change:
    """A policy without one of its statements."""

    def change(template: dict[str, Any]) -> None:
        policy = template["Resources"][resource]["Properties"][document]
        policy["Statement"] = [one for one in policy["Statement"] if one.get("Sid") != sid]

    return change


def stated(resource: str, sid: str, member: str, value: object, document: str = "PolicyDocument") -> Change:
    """A policy with another member in one of its statements (None: without it)."""

    def change(template: dict[str, Any]) -> None:
        statements = template["Resources"][resource]["Properties"][document]["Statement"]
        (statement,) = [one for one in statements if one.get("Sid") == sid]
        statement[member] = value
        if value is None:
            del statement[member]

    return change


def added(kind: str, **properties: object) -> Change:
    """One more resource."""
    return lambda template: template["Resources"].update(More={"Type": kind, "Properties": properties})


def limit(parameter: str, member: str, value: object) -> Change:
    """A parameter with another limit."""
    return lambda template: template["Parameters"][parameter].update({member: value})


def retained_no_more(resource: str) -> Change:
    """A resource that ends with the stack."""
    return lambda template: template["Resources"][resource].pop("DeletionPolicy")


def _transition(number: int, member: str, value: object) -> Change:
    return put(value, "Bucket", "LifecycleConfiguration", "Rules", 0, "Transitions", number, member)


PRESIGN = "PresignLambdaFunction"
ENVIRONMENT = ("Environment", "Variables")
RULES = ("LifecycleConfiguration", "Rules")
COMMON_RULES = ("Rules", 0, "Statement", "ManagedRuleGroupStatement", "RuleActionOverrides")

MUTATIONS = [
    Mutation("F1 another runtime", common.f1_function, put("python3.11", PRESIGN, "Runtime")),
    Mutation("F1 another processor", common.f1_function, put(["x86_64"], PRESIGN, "Architectures")),
    Mutation("F1 memory without a limit", common.f1_function, limit("MemorySize", "MaxValue", 10240)),
    Mutation("F1 a fixed time", common.f1_function, put(6, PRESIGN, "Timeout")),
    Mutation(
        "F2 open to everybody", modes.f2_function_url, put("NONE", "PresignLambdaFunctionUrl", "AuthType")
    ),
    Mutation(
        "F2 invoked directly",
        modes.f2_function_url,
        stated("CallersPolicy", "ThroughTheFunctionUrlOnly", "Condition", None),
    ),
    Mutation(
        "F2 any function", modes.f2_function_url, stated("CallersPolicy", "FunctionUrl", "Resource", "*")
    ),
    Mutation(
        "F2 a permission for all", modes.f2_function_url, added("AWS::Lambda::Permission", Principal="*")
    ),
    Mutation(
        "F2 any origin",
        modes.f2_function_url,
        put({"AllowOrigins": ["*"]}, "PresignLambdaFunctionUrl", "Cors"),
    ),
    Mutation(
        "F2 any origin may be chosen",
        modes.f2_function_url,
        limit("AllowedOrigins", "AllowedPattern", "^.*$"),
    ),
    Mutation(
        "F2 any origin instead of the named",
        modes.f2_origins,
        put({"AllowOrigins": ["*"], "AllowMethods": ["POST"]}, "PresignLambdaFunctionUrl", "Cors"),
        values={"AllowedOrigins": "https://logs.example.org"},
    ),
    Mutation("F3 every action", common.f3_role, stated("PresignPolicy", "Objects", "Action", ["s3:*"])),
    Mutation(
        "F3 destroying versions",
        common.f3_role,
        stated("PresignPolicy", "Objects", "Action", ["s3:DeleteObjectVersion"]),
    ),
    Mutation(
        "F3 the whole bucket",
        common.f3_role,
        stated("PresignPolicy", "Objects", "Resource", [{"Fn::Sub": "${Bucket.Arn}/*"}]),
    ),
    Mutation("F3 lists of everything", common.f3_role, stated("PresignPolicy", "Lists", "Condition", None)),
    Mutation("F3 any key", common.f3_role, stated("PresignPolicy", "KeyThroughS3", "Resource", "*")),
    Mutation(
        "F3 the key without S3", common.f3_role, stated("PresignPolicy", "KeyThroughS3", "Condition", None)
    ),
    Mutation(
        "F3 a managed policy",
        common.f3_role,
        put(["arn:aws:iam::aws:policy/AmazonS3FullAccess"], "PresignRole", "ManagedPolicyArns"),
    ),
    Mutation(
        "F3 one more policy",
        common.f3_role,
        added("AWS::IAM::Policy", Roles=[{"Ref": "PresignRole"}], PolicyDocument={"Statement": []}),
    ),
    Mutation("F7 no tracing", common.f7_logs, drop(PRESIGN, "TracingConfig")),
    Mutation("F7 text instead of JSON", common.f7_logs, put("Text", PRESIGN, "LoggingConfig", "LogFormat")),
    Mutation(
        "F7 everything is logged in prod", common.f7_logs, put("DEBUG", PRESIGN, *ENVIRONMENT, "LOG_LEVEL")
    ),
    Mutation(
        "F8 reserved by default", common.f8_concurrency, put(10, PRESIGN, "ReservedConcurrentExecutions")
    ),
    Mutation("F8 no cap", common.f8_concurrency, limit("ReservedConcurrency", "MaxValue", 1000)),
    Mutation(
        "F8 the parameter does nothing",
        common.f8_reserved,
        drop(PRESIGN, "ReservedConcurrentExecutions"),
        values={"ReservedConcurrency": 5},
    ),
    Mutation("F8 no Retry-After", modes.f8_patience, drop("ApiThrottled", "ResponseParameters"), "team"),
    Mutation("F9 no authorizer", modes.f9_api, put("NONE", "ApiMethod", "AuthorizationType"), "team"),
    Mutation("F9 no scope", modes.f9_api, drop("ApiMethod", "AuthorizationScopes"), "team"),
    Mutation("F9 one more method", modes.f9_api, added("AWS::ApiGateway::Method", HttpMethod="GET"), "team"),
    Mutation("F9 one more way in", modes.f9_api, added("AWS::Lambda::Url", AuthType="AWS_IAM"), "team"),
    Mutation(
        "F9 any API may invoke",
        modes.f9_api,
        put({"Fn::Sub": "arn:aws:execute-api:*"}, "ApiInvokesPresign", "SourceArn"),
        "team",
    ),
    Mutation("F9 no firewall", modes.f9_firewall, without("ApiBehindFirewall"), "team"),
    Mutation("F9 sign-in without a firewall", modes.f9_firewall, without("SignInBehindFirewall"), "team"),
    Mutation("F9 large bodies blocked", modes.f9_firewall, drop("ApiFirewall", *COMMON_RULES, 0), "team"),
    Mutation(
        "F9 redirects to this computer blocked",
        modes.f9_firewall,
        drop("SignInFirewall", *COMMON_RULES, 0),
        "team",
    ),
    Mutation(
        "F9 common rules only counted",
        modes.f9_firewall,
        put({"Count": {}}, "ApiFirewall", "Rules", 0, "OverrideAction"),
        "team",
    ),
    Mutation("F9 no rate rule", modes.f9_firewall, drop("ApiFirewall", "Rules", 2), "team"),
    Mutation(
        "F9 tokens in the firewall's log",
        modes.f9_firewall,
        put([], "ApiFirewallLogging", "RedactedFields"),
        "team",
    ),
    Mutation("F10 MFA off in prod", modes.f10_pool, put("OPTIONAL", "UserPool", "MfaConfiguration"), "team"),
    Mutation(
        "F10 anybody signs up",
        modes.f10_pool,
        put(False, "UserPool", "AdminCreateUserConfig", "AllowAdminCreateUserOnly"),
        "team",
    ),
    Mutation(
        "F10 the classic pages", modes.f10_pool, put(1, "UserPoolDomain", "ManagedLoginVersion"), "team"
    ),
    Mutation(
        "F10 a secret in the app", modes.f10_client, put(True, "UserPoolClient", "GenerateSecret"), "team"
    ),
    Mutation(
        "F10 tokens in the address",
        modes.f10_client,
        put(["implicit"], "UserPoolClient", "AllowedOAuthFlows"),
        "team",
    ),
    Mutation(
        "F10 tokens live a day",
        modes.f10_client,
        put(24 * 60, "UserPoolClient", "AccessTokenValidity"),
        "team",
    ),
    Mutation(
        "F10 refresh tokens stay",
        modes.f10_client,
        put("DISABLED", "UserPoolClient", "RefreshTokenRotation", "Feature"),
        "team",
    ),
    Mutation(
        "F10 passwords past the browser",
        modes.f10_client,
        put(["ALLOW_USER_PASSWORD_AUTH"], "UserPoolClient", "ExplicitAuthFlows"),
        "team",
    ),
    Mutation(
        "F10 redirects elsewhere",
        modes.f10_client,
        put(["https://example.org/"], "UserPoolClient", "CallbackURLs"),
        "team",
    ),
    Mutation(
        "F11 an owner of another form", modes.f11_personal_owner, limit("OwnerId", "AllowedPattern", ".*")
    ),
    Mutation("F11 a fixed owner", modes.f11_personal_owner, put("shared", PRESIGN, *ENVIRONMENT, "OWNER_ID")),
    Mutation(
        "F11 the owner can change",
        modes.f11_team_owner,
        put(True, "UserPool", "Schema", 1, "Mutable"),
        "team",
    ),
    Mutation(
        "F11 the client may write the owner",
        modes.f11_team_owner,
        drop("UserPoolClient", "WriteAttributes"),
        "team",
    ),
    Mutation("F11 no owner in the token", modes.f11_team_owner, drop("UserPool", "LambdaConfig"), "team"),
    Mutation(
        "F11 an owner for all in a team",
        modes.f11_team_owner,
        put("me", PRESIGN, *ENVIRONMENT, "OWNER_ID"),
        "team",
    ),
    Mutation(
        "F13 one more variable", common.f13_environment, put("x", PRESIGN, *ENVIRONMENT, "BUCKET_OVERRIDE")
    ),
    Mutation(
        "F13 another S3",
        common.f13_environment,
        put("https://s3.example.org", PRESIGN, *ENVIRONMENT, "AWS_ENDPOINT_URL_S3"),
    ),
    Mutation(
        "F13 the alias as the key",
        common.f13_environment,
        put("alias/a", PRESIGN, *ENVIRONMENT, "KMS_KEY_ID"),
    ),
    Mutation(
        "B1 a name without the account",
        common.b1_name,
        put({"Fn::Sub": f"{common.PREFIX}-prod"}, "Bucket", "BucketName"),
    ),
    Mutation(
        "B2 public access",
        common.b2_bucket,
        put(False, "Bucket", "PublicAccessBlockConfiguration", "RestrictPublicBuckets"),
    ),
    Mutation(
        "B2 ACLs",
        common.b2_bucket,
        put("ObjectWriter", "Bucket", "OwnershipControls", "Rules", 0, "ObjectOwnership"),
    ),
    Mutation(
        "B2 no versions", common.b2_bucket, put("Suspended", "Bucket", "VersioningConfiguration", "Status")
    ),
    Mutation("B2 deleted with the stack", common.b2_bucket, retained_no_more("Bucket")),
    Mutation("B2 the key deleted with the stack", common.b2_bucket, retained_no_more("Key")),
    Mutation(
        "B2 left behind by a creation that failed",
        common.b2_bucket,
        lambda template: template["Resources"]["Bucket"].update(DeletionPolicy="Retain"),
    ),
    Mutation("B3 no encryption", common.b3_encryption, drop("Bucket", "BucketEncryption")),
    Mutation(
        "B3 no bucket key",
        common.b3_encryption,
        put(False, "Bucket", "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "BucketKeyEnabled"),
    ),
    Mutation("B3 unencrypted puts", common.b3_encryption, unstated("BucketPolicy", "DenyUnencryptedPuts")),
    Mutation("B3 other keys", common.b3_encryption, unstated("BucketPolicy", "DenyOtherKeys")),
    Mutation("B4 plain HTTP", common.b4_policy, unstated("BucketPolicy", "DenyPlainHttp")),
    Mutation("B4 old TLS", common.b4_policy, unstated("BucketPolicy", "DenyOldTls")),
    Mutation(
        "B4 old signatures",
        common.b4_policy,
        stated(
            "BucketPolicy",
            "DenyOldSignatures",
            "Condition",
            {"NumericGreaterThan": {"s3:signatureAge": "604800000"}},
        ),
    ),
    Mutation(
        "B4 the denial is of objects only",
        common.b4_policy,
        stated("BucketPolicy", "DenyPlainHttp", "Resource", common.EVERYTHING[1:]),
    ),
    Mutation(
        "B4 more is allowed", common.b4_policy, stated("BucketPolicy", "AllowPresign", "Action", ["s3:*"])
    ),
    Mutation(
        "B4 anybody is allowed", common.b4_policy, stated("BucketPolicy", "AllowPresign", "Principal", "*")
    ),
    Mutation(
        "B9 no second factor",
        common.b9_purge,
        unstated("BucketPolicy", "DenyDestroyingWithoutSecondFactor"),
    ),
    Mutation(
        "B9 long-lived keys need none",
        common.b9_purge,
        stated(
            "BucketPolicy",
            "DenyDestroyingWithoutSecondFactor",
            "Condition",
            {"Bool": {"aws:MultiFactorAuthPresent": "false"}},
        ),
    ),
    Mutation(
        "B9 markers instead of versions",
        common.b9_purge,
        stated("BucketPolicy", "DenyDestroyingWithoutSecondFactor", "Action", "s3:DeleteObject"),
    ),
    Mutation(
        "B9 the function may destroy",
        common.b9_purge,
        stated("PresignPolicy", "Objects", "Action", ["s3:GetObject", "s3:DeleteObjectVersion"]),
    ),
    Mutation("B5 too soon", common.b5_lifecycle, _transition(0, "TransitionInDays", 1)),
    Mutation("B5 another class", common.b5_lifecycle, _transition(1, "StorageClass", "GLACIER_IR")),
    Mutation("B5 small objects too", common.b5_lifecycle, drop("Bucket", *RULES, 0, "ObjectSizeGreaterThan")),
    Mutation("B5 the index is moved", common.b5_lifecycle, drop("Bucket", *RULES, 0, "Prefix")),
    Mutation(
        "B5 all old versions end",
        common.b5_lifecycle,
        drop("Bucket", *RULES, 1, "NoncurrentVersionExpiration", "NewerNoncurrentVersions"),
    ),
    Mutation(
        "B5 current objects end", common.b5_lifecycle, put(400, "Bucket", *RULES, 0, "ExpirationInDays")
    ),
    Mutation("B5 unfinished uploads stay", common.b5_lifecycle, drop("Bucket", *RULES, 3)),
    Mutation("B6 no access logs", common.b6_access_logs, drop("Bucket", "LoggingConfiguration")),
    Mutation(
        "B6 access logs stay for ever",
        common.b6_access_logs,
        drop("AccessLogs", "LifecycleConfiguration", "Rules", 0),
    ),
    Mutation(
        "B6 access logs open", common.b6_access_logs, drop("AccessLogs", "PublicAccessBlockConfiguration")
    ),
    Mutation(
        "B6 anybody's bucket delivers",
        common.b6_access_logs,
        stated("AccessLogsPolicy", "AllowDelivery", "Condition", {}),
    ),
    Mutation(
        "B7 metrics unasked", modes.b7_no_metrics, put([{"Id": "all"}], "Bucket", "MetricsConfigurations")
    ),
    Mutation("B7 no metrics", modes.b7_metrics, drop("Bucket", "MetricsConfigurations"), "team"),
    Mutation("B8 an untagged bucket", common.b8_tags, drop("Bucket", "Tags")),
    Mutation(
        "B8 a pool without its component",
        common.b8_tags,
        drop("UserPool", "UserPoolTags", "component"),
        "team",
    ),
    Mutation("B8 another stage's", common.b8_tags, put("dev", "Key", "Tags", 1, "Value")),
    Mutation("K1 no rotation", common.k1_key, put(False, "Key", "EnableKeyRotation")),
    Mutation("K1 gone in a week", common.k1_key, put(7, "Key", "PendingWindowInDays")),
    Mutation("K1 multi-region unasked", common.k1_key, put(True, "Key", "MultiRegion")),
    Mutation(
        "K1 the role past S3",
        common.k1_key,
        stated("Key", "PresignThroughS3", "Condition", None, "KeyPolicy"),
    ),
    Mutation("K1 nobody administers", common.k1_key, unstated("Key", "Administration", "KeyPolicy")),
    Mutation("K1 open logs", common.k1_key, drop("PresignLogGroup", "KmsKeyId")),
    Mutation("G1 logs stay for ever", common.g1_retention, drop("PresignLogGroup", "RetentionInDays")),
]
"""Each row has one at least."""
