"""Which bucket is taken over by a new stack, and which is not; AWS's answers are botocore's own, stubbed."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session
from botocore.stub import ANY, Stubber

from app.cli.messages import describe
from app.deployment.aws import Account
from app.deployment.deployer import STACK, Deployer
from app.deployment.kept import KeptArchive, Owned, find_kept, import_request, key_of_bucket
from app.deployment.shipped import find_shipped
from app.errors import DeploymentFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION = "ap-northeast-1"
NUMBER = "123456789012"
BUCKET = f"media-viewer-v209-chat-logs-prod-{NUMBER}"
KEY = "8f14e45f-ceea-467f-a0d6-cd3d8f1c2b5a"
KEY_ARN = f"arn:aws:kms:{REGION}:{NUMBER}:key/{KEY}"
TEMPLATE = find_shipped().template


@dataclass(frozen=True)
class Left:
    """What a stack that was removed has left. None of an answer: AWS says that there is no such thing."""

    head: int = 200
    tags: Mapping[str, str] | None = field(
        default_factory=lambda: {
            "app": "chatlog-uploader",
            "env": "prod",
            "component": "storage",
            "cost": "ours",
        }
    )
    region: str = REGION
    key: str | None = KEY_ARN
    key_state: str | None = "Enabled"
    key_arn: str = KEY_ARN
    key_tags: Mapping[str, str] = field(
        default_factory=lambda: {"app": "chatlog-uploader", "env": "prod", "component": "key"}
    )
    multi_region: bool = False
    rotates: bool = True
    versioning: str = "Enabled"
    public_access: bool | None = False
    policy: bool = True
    owners: tuple[str, ...] = ("me",)


class Stubbed:
    """Clients that answer as AWS does of what was left."""

    def __init__(self, left: Left | None) -> None:
        """None: no answers yet."""
        session = Session()
        session.set_credentials("AKIAEXAMPLE", "a-secret")
        self._clients = {
            name: session.create_client(name, region_name=REGION) for name in ("s3", "kms", "cloudformation")
        }
        self.s3, self.kms = Stubber(self._clients["s3"]), Stubber(self._clients["kms"])
        self.stacks = Stubber(self._clients["cloudformation"])
        for stub in (self.s3, self.kms, self.stacks):
            stub.activate()
        if left is not None:
            self._recognised(left)
            self._described(left)

    def client(self, service: str) -> Any:
        return self._clients[service]

    def _recognised(self, left: Left) -> None:
        mine = {"Bucket": BUCKET, "ExpectedBucketOwner": NUMBER}
        if left.head != 200:
            self.s3.add_client_error("head_bucket", str(left.head), expected_params=mine)
            return
        self.s3.add_response("head_bucket", {}, mine)
        if left.tags is None:
            self.s3.add_client_error("get_bucket_tagging", "NoSuchTagSet", expected_params=mine)
        else:
            told = [{"Key": key, "Value": value} for key, value in left.tags.items()]
            self.s3.add_response("get_bucket_tagging", {"TagSet": told}, mine)
        self.s3.add_response("get_bucket_location", {"LocationConstraint": left.region}, mine)
        self._encrypted(left)
        if left.key is None:
            self.s3.add_response("list_object_versions", {}, {"Bucket": BUCKET})
        if left.key_state is None:
            self.kms.add_client_error(
                "describe_key", "NotFoundException", expected_params={"KeyId": left.key}
            )
            return
        known: dict[str, Any] = {"KeyId": KEY, "Arn": left.key_arn, "KeyState": left.key_state}
        known |= {"MultiRegion": left.multi_region}
        self.kms.add_response("describe_key", {"KeyMetadata": known}, {"KeyId": left.key})
        told = [{"TagKey": key, "TagValue": value} for key, value in left.key_tags.items()]
        self.kms.add_response("list_resource_tags", {"Tags": told}, {"KeyId": KEY})

    def _encrypted(self, left: Left) -> None:
        how = (
            {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": left.key}
            if left.key
            else {"SSEAlgorithm": "AES256"}
        )
        rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": how}]}
        self.s3.add_response("get_bucket_encryption", {"ServerSideEncryptionConfiguration": rules})

    def _described(self, left: Left) -> None:
        """What is asked of one that was recognised."""
        if left.public_access is None:
            self.s3.add_client_error("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
        else:
            names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
            told = dict.fromkeys(names, not left.public_access)
            self.s3.add_response("get_public_access_block", {"PublicAccessBlockConfiguration": told})
        rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        self.s3.add_response("get_bucket_ownership_controls", {"OwnershipControls": rules})
        self.s3.add_response("get_bucket_versioning", {"Status": left.versioning})
        self._encrypted(left)
        if left.policy:
            self.s3.add_response("get_bucket_policy", {"Policy": "{}"})
        else:
            self.s3.add_client_error("get_bucket_policy", "NoSuchBucketPolicy")
        self.kms.add_response("get_key_rotation_status", {"KeyRotationEnabled": left.rotates})
        folders = [{"Prefix": f"chat-logs/{owner}/"} for owner in left.owners]
        self.s3.add_response("list_objects_v2", {"CommonPrefixes": folders})


def found(left: Left) -> KeptArchive | None:
    return find_kept(Stubbed(left), TEMPLATE, BUCKET, Owned(NUMBER, REGION, STACK))


def imported(left: Left) -> dict[str, Any]:
    """The template of the import, by the names of its resources."""
    kept = found(left)
    assert kept is not None
    template: dict[str, Any] = json.loads(import_request(TEMPLATE, kept.imports)["TemplateBody"])
    return template


# ---- which one --------------------------------------------------------------------------------------------


def test_what_this_program_left_is_recognised() -> None:
    kept = found(Left(owners=("aki",)))
    assert kept is not None
    assert (kept.bucket, kept.owners, kept.multi_region_key) == (BUCKET, ("aki",), False)
    assert [(one.logical_id, one.identity) for one in kept.imports] == [
        ("Bucket", BUCKET),
        ("BucketPolicy", BUCKET),
        ("Key", KEY),
    ]


def test_where_nothing_was_left_there_is_nothing() -> None:
    assert found(Left(head=404)) is None


OTHERS = {"app": "somebody's", "env": "prod", "component": "storage"}


@pytest.mark.parametrize(
    ("left", "detail"),
    [
        (Left(head=403), "403"),
        (Left(tags=None), "app=chatlog-uploader, env=prod, component=storage"),
        (Left(tags=OTHERS), "app=chatlog-uploader"),
        (Left(tags={"app": "chatlog-uploader", "env": "dev", "component": "storage"}), "env=prod"),
        (Left(tags={"app": "chatlog-uploader", "env": "prod", "component": "trail"}), "component=storage"),
        (Left(region="eu-west-1"), "eu-west-1"),
        (Left(key=None), "SSE-KMS"),
        (Left(key_arn=f"arn:aws:kms:{REGION}:999999999999:key/{KEY}"), "999999999999"),
        (Left(key_arn=f"arn:aws:kms:eu-west-1:{NUMBER}:key/{KEY}"), "eu-west-1"),
        (Left(key_tags={}), "app=chatlog-uploader, env=prod, component=key"),
    ],
)
def test_what_may_be_somebody_else_s_is_not_touched(left: Left, detail: str) -> None:
    with pytest.raises(DeploymentFailed) as refused:
        found(left)
    assert refused.value.parameters["reason"] == "archive-there"
    for language in ("en", "ja"):
        said = describe(refused.value, language)
        assert BUCKET in said
        assert detail in said
        assert "--region" in said


@pytest.mark.parametrize(
    ("state", "reason", "next_step"),
    [
        (None, "kept-key-gone", "--region"),
        (
            "PendingDeletion",
            "kept-key-deleting",
            f"aws kms cancel-key-deletion --key-id {KEY} --region {REGION}",
        ),
        ("Disabled", "kept-key-off", f"aws kms enable-key --key-id {KEY} --region {REGION}"),
    ],
)
def test_a_key_of_no_use_is_said_with_what_to_do(state: str | None, reason: str, next_step: str) -> None:
    with pytest.raises(DeploymentFailed) as refused:
        found(Left(key_state=state))
    assert refused.value.parameters["reason"] == reason
    for language in ("en", "ja"):
        assert next_step in describe(refused.value, language)


def test_an_older_bucket_s_key_is_told_by_what_is_in_it() -> None:
    clients = Stubbed(None)
    versions = [{"Key": "chat-logs/me/a", "VersionId": "1"}]
    plain = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    clients.s3.add_response("get_bucket_encryption", {"ServerSideEncryptionConfiguration": plain})
    clients.s3.add_response("list_object_versions", {"Versions": versions})
    clients.s3.add_response("head_object", {"SSEKMSKeyId": KEY_ARN}, {"Bucket": BUCKET, **versions[0]})
    assert key_of_bucket(clients, BUCKET) == KEY_ARN


# ---- how it is taken over ---------------------------------------------------------------------------------


def test_the_import_keeps_everything_and_names_nothing_that_is_not_there() -> None:
    template = imported(Left())
    assert template.keys() == {"Parameters", "Conditions", "Resources"}
    for resource in template["Resources"].values():
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert "PresignRole" not in json.dumps(template)
    assert "AccessLogs" not in json.dumps(template)
    statements = template["Resources"]["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert {one["Sid"] for one in statements} >= {"DenyPlainHttp", "DenyUnencryptedPuts", "DenyOtherKeys"}
    key = template["Resources"]["Key"]["Properties"]
    assert "Administration" in {one.get("Sid") for one in key["KeyPolicy"]["Statement"]}
    assert key["EnableKeyRotation"] is True


GUARDS = {
    "PublicAccessBlockConfiguration",
    "OwnershipControls",
    "VersioningConfiguration",
    "BucketEncryption",
}


@pytest.mark.parametrize(
    ("left", "missing"),
    [
        (Left(), set()),
        (Left(public_access=None), {"PublicAccessBlockConfiguration"}),
        (Left(public_access=True), {"PublicAccessBlockConfiguration"}),
        (Left(versioning="Suspended"), {"VersioningConfiguration"}),
    ],
)
def test_what_guards_it_is_said_where_it_is_so_and_else_left_to_the_update(
    left: Left, missing: set[str]
) -> None:
    bucket = imported(left)["Resources"]["Bucket"]["Properties"]
    assert bucket.keys() == {"BucketName", "Tags"} | GUARDS - missing


def test_a_bucket_without_a_policy_and_a_key_of_several_regions_that_does_not_rotate() -> None:
    resources = imported(Left(policy=False, multi_region=True, rotates=False))["Resources"]
    assert resources.keys() == {"Bucket", "Key"}
    assert resources["Key"]["Properties"]["MultiRegion"] is True
    assert "EnableKeyRotation" not in resources["Key"]["Properties"]


class StubbedAccount(Account):
    """An account of what was left."""

    def __init__(self, left: Left) -> None:
        super().__init__({}, "operator", REGION)
        self.stubbed = Stubbed(left)

    @property
    def number(self) -> str:
        return NUMBER

    def client(self, service: str) -> Any:
        return self.stubbed.client(service)


@pytest.mark.parametrize(
    ("left", "owner"),
    [
        (Left(), "me"),
        (Left(owners=()), "me"),
        (Left(owners=("aki",)), "aki"),
        (Left(owners=("aki", "me")), "me"),
    ],
)
def test_the_plan_says_what_is_used_again_and_keeps_whose_it_is(left: Left, owner: str) -> None:
    account = StubbedAccount(left)
    stacks = account.stubbed.stacks
    stacks.add_client_error("describe_stacks", "ValidationError", f"Stack with id {STACK} does not exist")
    arn = f"arn:aws:cloudformation:{REGION}:{NUMBER}"
    answer = {"Id": f"{arn}:changeSet/one/1", "StackId": f"{arn}:stack/{STACK}/1"}
    # Without tags, which an import may not give.
    expected = dict.fromkeys(("StackName", "ChangeSetName", "TemplateBody", "ResourcesToImport"), ANY)
    expected |= {"ChangeSetType": "IMPORT", "Capabilities": ["CAPABILITY_NAMED_IAM"], "Parameters": ANY}
    stacks.add_response("create_change_set", answer, expected)
    stacks.add_response("describe_change_set", {"Status": "CREATE_COMPLETE", "Changes": []})
    plan = Deployer(account, find_shipped(), threading.Event(), interval=0).plan({})
    assert plan.new
    assert plan.reused is not None
    assert (plan.reused.bucket, plan.reused.key, plan.reused.owner) == (BUCKET, KEY, owner)
    told = {change.resource: change.action for change in plan.changes}
    assert {name for name, action in told.items() if action == "reuse"} == {"Bucket", "BucketPolicy", "Key"}
    assert told["PresignRole"] == "add"
    assert "TrailLogs" not in told
