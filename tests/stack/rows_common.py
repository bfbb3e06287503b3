"""What the design demands of the template in both modes, a function for each of its rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stack.templates import Stack

PREFIX = "media-viewer-v209-chat-logs"
PREFIXES = ("chat-logs/*", "session-index/*")
KEY = {"Fn::GetAtt": ["Key", "Arn"]}
BUCKET = {"Fn::GetAtt": ["Bucket", "Arn"]}
OBJECTS = [{"Fn::Sub": f"${{Bucket.Arn}}/{prefix}"} for prefix in PREFIXES]
EVERYTHING = [BUCKET, {"Fn::Sub": "${Bucket.Arn}/*"}]
DESTROYING = r"s3:(DeleteObjectVersion|Delete\*|DeleteObject\*|\*)|^\*$|'\*'"
"""Actions, as text, that a version can be destroyed with."""
VIA_S3 = {"StringEquals": {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"}}}
NO_PUBLIC_ACCESS = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
)
UNTAGGED = {
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Resource",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::Athena::NamedQuery",
    "AWS::CloudWatch::Dashboard",
    "AWS::Cognito::ManagedLoginBranding",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolDomain",
    "AWS::Cognito::UserPoolResourceServer",
    "AWS::Config::ConfigRule",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::KMS::Alias",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::Lambda::Version",
    "AWS::Logs::MetricFilter",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACLAssociation",
}
"""Types that have no tags in CloudFormation."""
TAGS = ("Tags", "UserPoolTags", "ResourceTags")
"""What the others call them."""


def f1_function(stack: Stack, stage: str) -> None:
    functions = stack.of_type("AWS::Lambda::Function")
    assert {one["Runtime"] for one in functions.values()} == {"python3.13"}
    assert [one["Architectures"] for one in functions.values()] == [["arm64"]] * len(functions)
    presign = stack.properties("PresignLambdaFunction")
    assert presign["Handler"] == "backend.handler.handler"
    for size, default, most in (("MemorySize", 256, 3008), ("FunctionTimeout", 30, 900)):
        assert presign[size.removeprefix("Function")] == {"Ref": size}
        assert (stack.parameters[size]["Default"], stack.parameters[size]["MaxValue"]) == (default, most)


def f3_role(stack: Stack, stage: str) -> None:
    role = stack.properties("PresignRole")
    assert "ManagedPolicyArns" not in role
    assert "Policies" not in role
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert stack.properties("PresignLambdaFunction")["Role"] == {"Fn::GetAtt": ["PresignRole", "Arn"]}
    attached = [
        one for one in stack.of_type("AWS::IAM::Policy").values() if {"Ref": "PresignRole"} in one["Roles"]
    ]
    assert len(attached) == 1
    said = stack.statements("PresignPolicy")
    assert {sid: set(one["Action"]) for sid, one in said.items()} == {
        "Objects": {
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:PutObject",
            "s3:RestoreObject",
            "s3:AbortMultipartUpload",
            "s3:ListMultipartUploadParts",
            "s3:DeleteObject",
        },
        "Lists": {"s3:ListBucket", "s3:ListBucketVersions"},
        "KeyThroughS3": {"kms:GenerateDataKey", "kms:Decrypt"},
        "Log": {"logs:CreateLogStream", "logs:PutLogEvents"},
        "Trace": {"xray:PutTraceSegments", "xray:PutTelemetryRecords"},
    }
    assert said["Objects"]["Resource"] == OBJECTS
    assert said["Lists"]["Resource"] == BUCKET
    assert said["Lists"]["Condition"] == {"StringLike": {"s3:prefix": list(PREFIXES)}}
    assert said["KeyThroughS3"]["Resource"] == KEY
    assert said["KeyThroughS3"]["Condition"] == VIA_S3
    assert said["Log"]["Resource"] == {"Fn::GetAtt": ["PresignLogGroup", "Arn"]}
    for name in stack.of_type("AWS::IAM::Policy") | stack.of_type("AWS::IAM::ManagedPolicy"):
        for sid, one in stack.statements(name).items():
            assert "*" not in str(one["Action"]), f"{name} {sid}"
            assert (one["Resource"] == "*") == (sid in {"Trace", "Validate"}), f"{name} {sid}"


def f7_logs(stack: Stack, stage: str) -> None:
    for name, one in stack.of_type("AWS::Lambda::Function").items():
        assert one["TracingConfig"] == {"Mode": "Active"}
        assert one["LoggingConfig"]["LogFormat"] == "JSON"
        assert one["LoggingConfig"]["LogGroup"] == {"Ref": name.replace("LambdaFunction", "LogGroup")}
    level = stack.properties("PresignLambdaFunction")["Environment"]["Variables"]["LOG_LEVEL"]
    assert level == ("DEBUG" if stage == "dev" else "INFO")


def f8_concurrency(stack: Stack, stage: str) -> None:
    assert "ReservedConcurrentExecutions" not in stack.properties("PresignLambdaFunction")
    assert stack.parameters["ReservedConcurrency"]["MaxValue"] == 100


def f8_reserved(stack: Stack, stage: str) -> None:
    """With the parameter ReservedConcurrency set."""
    assert stack.properties("PresignLambdaFunction")["ReservedConcurrentExecutions"] == {
        "Ref": "ReservedConcurrency"
    }


def f13_environment(stack: Stack, stage: str) -> None:
    variables = stack.properties("PresignLambdaFunction")["Environment"]["Variables"]
    by_mode = {
        "iam": {"OWNER_ID"},
        "cognito": {"USER_POOL_CLIENT_ID", "USER_POOL_ISSUER", "REQUIRED_SCOPE"},
    }[variables["AUTH_MODE"]]
    always = {"AUTH_MODE", "S3_BUCKET_NAME", "KMS_KEY_ID", "AWS_ENDPOINT_URL_S3", "S3_ADDRESSING_STYLE"}
    limits = {"MAX_OBJECT_BYTES", "ALLOW_UNSIZED_UPLOADS", "LOG_LEVEL"}
    assert variables.keys() == always | limits | by_mode
    assert variables["S3_BUCKET_NAME"] == {"Ref": "Bucket"}
    # The key's ARN, as the bucket's policy compares it.
    assert variables["KMS_KEY_ID"] == KEY
    elsewhere = (variables["AWS_ENDPOINT_URL_S3"], variables["S3_ADDRESSING_STYLE"])
    # Personal mode's template is told the emulator's port by a parameter.
    server = {"iam": {"Fn::Sub": "https://127.0.0.1:${EmulatorPort}"}, "cognito": "https://127.0.0.1:0"}
    emulated = (server[variables["AUTH_MODE"]], "path")
    assert elsewhere == (emulated if stage == "emulated" else ("", "auto"))
    assert stack.parameters["AllowUnsizedUploads"]["Default"] == "false"


def b1_name(stack: Stack, stage: str) -> None:
    name = stack.properties("Bucket")["BucketName"]["Fn::Sub"]
    assert name == f"{PREFIX}-{stage}-${{AWS::AccountId}}"
    assert len(name.replace("${AWS::AccountId}", "1" * 12)) < 63


def b2_bucket(stack: Stack, stage: str) -> None:
    bucket = stack.properties("Bucket")
    assert bucket["PublicAccessBlockConfiguration"] == NO_PUBLIC_ACCESS
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    # The key with the bucket: without it the bucket could not be read.
    # It stays with the stack's removal, and with every failure but that of the operation that makes it: what would be
    # left then is empty, and in the next one's way.
    for name in ("Bucket", "Key"):
        assert stack.resources[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert stack.resources[name]["UpdateReplacePolicy"] == "Retain"


def b3_encryption(stack: Stack, stage: str) -> None:
    (rule,) = stack.properties("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    said = stack.statements("BucketPolicy")
    header = "s3:x-amz-server-side-encryption"
    for sid, name, value in (
        ("DenyUnencryptedPuts", header, "aws:kms"),
        ("DenyOtherKeys", f"{header}-aws-kms-key-id", KEY),
    ):
        _denies(said[sid], "s3:PutObject", EVERYTHING[1], {"StringNotEquals": {name: value}})


def b4_policy(stack: Stack, stage: str) -> None:
    said = stack.statements("BucketPolicy")
    _denies(said["DenyPlainHttp"], "s3:*", EVERYTHING, {"Bool": {"aws:SecureTransport": "false"}})
    _denies(said["DenyOldTls"], "s3:*", EVERYTHING, {"NumericLessThan": {"s3:TlsVersion": "1.2"}})
    # An hour, the longest life of a URL, in milliseconds.
    _denies(
        said["DenyOldSignatures"], "s3:*", EVERYTHING, {"NumericGreaterThan": {"s3:signatureAge": "3600000"}}
    )
    allowed = [one for one in said.values() if one["Effect"] == "Allow"]
    assert allowed == [said["AllowPresign"]]
    assert said["AllowPresign"]["Principal"] == {"AWS": {"Fn::GetAtt": ["PresignRole", "Arn"]}}
    assert said["AllowPresign"]["Action"] == ["s3:GetObject", "s3:PutObject"]
    assert said["AllowPresign"]["Resource"] == OBJECTS


def b9_purge(stack: Stack, stage: str) -> None:
    """Nobody destroys a version without a second factor, and nothing of ours is allowed to at all."""
    _denies(
        stack.statements("BucketPolicy")["DenyDestroyingWithoutSecondFactor"],
        "s3:DeleteObjectVersion",
        EVERYTHING[1],
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    )
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::S3::BucketPolicy"):
        for name, one in stack.of_type(kind).items():
            allowed = [said for said in one["PolicyDocument"]["Statement"] if said["Effect"] == "Allow"]
            destroying = [said for said in allowed if re.search(DESTROYING, str(said["Action"]))]
            assert not destroying, f"{name} {destroying}"


def b5_lifecycle(stack: Stack, stage: str) -> None:
    rules = {one["Id"]: one for one in stack.properties("Bucket")["LifecycleConfiguration"]["Rules"]}
    assert {one["Status"] for one in rules.values()} == {"Enabled"}
    moving = [one for one in rules.values() if "Transitions" in one or "NoncurrentVersionTransitions" in one]
    assert moving == [rules["tiers"]]
    assert rules["tiers"]["Prefix"] == "chat-logs/"
    assert rules["tiers"]["ObjectSizeGreaterThan"] == {"Ref": "TierFromBytes"}
    assert stack.parameters["TierFromBytes"]["Default"] == 1024**2
    assert [(one["StorageClass"], one["TransitionInDays"]) for one in rules["tiers"]["Transitions"]] == [
        ("STANDARD_IA", 30),
        ("GLACIER", 90),
        ("DEEP_ARCHIVE", 365),
    ]
    ended = {
        one["Prefix"]: one["NoncurrentVersionExpiration"]
        for one in rules.values()
        if "NoncurrentVersionExpiration" in one
    }
    kept = {"NoncurrentDays": 90, "NewerNoncurrentVersions": 3}
    assert ended == {"chat-logs/": kept, "session-index/": kept}
    assert rules["unfinished-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert "Prefix" not in rules["unfinished-uploads"]
    # Nothing that is current ever ends by itself.
    assert not [one for one in rules.values() if "ExpirationInDays" in one or "ExpirationDate" in one]


def b6_access_logs(stack: Stack, stage: str) -> None:
    assert stack.properties("Bucket")["LoggingConfiguration"]["DestinationBucketName"] == {
        "Ref": "AccessLogs"
    }
    logs = stack.properties("AccessLogs")
    assert logs["PublicAccessBlockConfiguration"] == NO_PUBLIC_ACCESS
    (rule,) = logs["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert [
        one["ExpirationInDays"]
        for one in logs["LifecycleConfiguration"]["Rules"]
        if "ExpirationInDays" in one
    ] == [90]
    delivery = stack.statements("AccessLogsPolicy")["AllowDelivery"]
    assert delivery["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert delivery["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    source = delivery["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
    assert source.endswith(f":s3:::{stack.properties('Bucket')['BucketName']['Fn::Sub']}")


def b8_tags(stack: Stack, stage: str) -> None:
    for name, resource in stack.resources.items():
        if resource["Type"] in UNTAGGED:
            continue
        properties = resource["Properties"]
        tags: Any = next((properties[one] for one in TAGS if one in properties), {})
        named = tags if isinstance(tags, dict) else {one["Key"]: one["Value"] for one in tags}
        assert named.keys() == {"app", "env", "component"}, name
        assert (named["app"], named["env"]) == ("chatlog-uploader", stage), name


def k1_key(stack: Stack, stage: str) -> None:
    key = stack.properties("Key")
    assert (key["KeySpec"], key["KeyUsage"]) == ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
    assert (key["EnableKeyRotation"], key["RotationPeriodInDays"]) == (True, 365)
    assert key["PendingWindowInDays"] == 30
    assert key["MultiRegion"] is False
    assert stack.properties("KeyAlias")["TargetKeyId"] == {"Ref": "Key"}
    said = stack.statements("Key", "KeyPolicy")
    watching = {"Alarms", "Budgets"} | ({"Trail"} if "AuditTrail" in stack.resources else set())
    assert said.keys() == {"Administration", "PresignThroughS3", "Logs"} | watching
    assert said["Administration"]["Principal"] == {
        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    }
    through_s3 = said["PresignThroughS3"]
    assert through_s3["Principal"] == {"AWS": {"Fn::GetAtt": ["PresignRole", "Arn"]}}
    assert through_s3["Action"] == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert through_s3["Condition"] == VIA_S3
    assert said["Logs"]["Principal"] == {"Service": {"Fn::Sub": "logs.${AWS::Region}.${AWS::URLSuffix}"}}
    (contexts,) = said["Logs"]["Condition"]["ArnLike"].values()
    assert all(re.search(r"chatlog-uploader-[a-z]+-\*$", one["Fn::Sub"]) for one in contexts)
    for one in stack.of_type("AWS::Logs::LogGroup").values():
        assert one["KmsKeyId"] == KEY


def g1_retention(stack: Stack, stage: str) -> None:
    groups = stack.of_type("AWS::Logs::LogGroup")
    assert groups
    assert {one.get("RetentionInDays") for one in groups.values()} == {14}


def _denies(statement: dict[str, Any], action: str, resource: object, condition: object) -> None:
    assert statement["Effect"] == "Deny"
    assert statement["Principal"] == "*"
    assert statement["Action"] == action
    assert statement["Resource"] == resource
    assert statement["Condition"] == condition
