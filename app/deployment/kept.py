"""The bucket and the key that stay in the account when their stack is removed, and how a new stack takes them over.

CloudFormation cannot make them a second time: it imports them into a new stack, which nothing is changed by, and an
update of that stack adds all the rest. The operator's tools (tools/operate/redeploy.py) do the same with these functions.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from app.errors import DeploymentFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

BUCKET, POLICY, KEY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::KMS::Key"

_SUBSTITUTED = re.compile(r"\$\{(\w+)")
_STAYS = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
"""Whatever happens on the way, nothing of the archive goes with the stack."""
_NOT_SET = frozenset({"NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError"})


class Clients(Protocol):
    """What gives botocore's clients: the program's account, or the operator's tools'."""

    def client(self, service: str) -> Any:  # noqa: ANN401 - botocore has no types
        """A client of a service, in the region that is meant."""
        ...


@dataclass(frozen=True, slots=True)
class Importable:
    """Something that outlived its stack: its name in the template, what CloudFormation knows it by, its properties there."""

    logical_id: str
    kind: str
    identifier: Mapping[str, str]
    properties: Mapping[str, Any]

    @property
    def identity(self) -> str:
        """Its name or id in AWS."""
        return next(iter(self.identifier.values()))


@dataclass(frozen=True, slots=True)
class KeptArchive:
    """An archive whose stack is gone."""

    bucket: str
    imports: tuple[Importable, ...]
    """The bucket and its key, and the bucket's policy where it has one."""
    multi_region_key: bool
    owners: tuple[str, ...]
    """Whose folders there are in it."""


# ---- is it ours -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose bucket and key may be taken over, and what says where they are needed."""

    account: str
    region: str
    stack: str


def find_kept(clients: Clients, template: Mapping[str, Any], bucket: str, owned: Owned) -> KeptArchive | None:
    """The archive in a bucket that a stack of this template left in this account and region; None where no bucket is.

    Raises DeploymentFailed (`archive-there` where it is somebody else's, or not this program's, or nothing tells;
    `kept-key-gone`, `kept-key-deleting`, `kept-key-off` where its key is of no use), ClientError.
    """
    if not _is_there(clients, bucket, owned):
        return None
    missing = _missing_tags(_tags_of_bucket(clients, bucket, owned), template, "Bucket")
    if missing:
        raise _foreign(bucket, owned, f"tags: {missing}")
    where = clients.client("s3").get_bucket_location(Bucket=bucket, ExpectedBucketOwner=owned.account)
    region = where.get("LocationConstraint") or "us-east-1"
    if region != owned.region:
        raise _foreign(bucket, owned, region)
    name = key_of_bucket(clients, bucket)
    if name is None:
        raise _foreign(bucket, owned, "SSE-KMS")
    key = usable_key(clients, name, bucket=bucket, stack=owned.stack, region=owned.region)
    if key["Arn"].split(":")[3:5] != [owned.region, owned.account]:
        raise _foreign(bucket, owned, key["Arn"])
    told = clients.client("kms").list_resource_tags(KeyId=key["KeyId"])["Tags"]
    missing = _missing_tags({one["TagKey"]: one["TagValue"] for one in told}, template, "Key")
    if missing:
        raise _foreign(bucket, owned, f"{key['Arn']}: {missing}")
    return KeptArchive(
        bucket,
        importable(clients, template, bucket, key),
        bool(key.get("MultiRegion")),
        _owners(clients, bucket, owned),
    )


def _is_there(clients: Clients, bucket: str, owned: Owned) -> bool:
    s3 = clients.client("s3")
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=owned.account)
    except s3.exceptions.ClientError as problem:
        code = problem.response["Error"]["Code"]
        if code in {"404", "NoSuchBucket"}:
            return False
        if code in {"403", "301"}:
            raise _foreign(bucket, owned, code) from problem
        raise
    return True


def _tags_of_bucket(clients: Clients, bucket: str, owned: Owned) -> dict[str, str]:
    s3 = clients.client("s3")
    try:
        told = s3.get_bucket_tagging(Bucket=bucket, ExpectedBucketOwner=owned.account)["TagSet"]
    except s3.exceptions.ClientError as problem:
        if problem.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        return {}
    return {one["Key"]: one["Value"] for one in told}


def _missing_tags(found: Mapping[str, str], template: Mapping[str, Any], resource: str) -> str:
    """Those that the template gives a resource and that it lacks: app, env (the stage), component."""
    wanted = {one["Key"]: one["Value"] for one in template["Resources"][resource]["Properties"]["Tags"]}
    return ", ".join(f"{key}={value}" for key, value in wanted.items() if found.get(key) != value)


def _owners(clients: Clients, bucket: str, owned: Owned) -> tuple[str, ...]:
    told = clients.client("s3").list_objects_v2(
        Bucket=bucket, Prefix="chat-logs/", Delimiter="/", ExpectedBucketOwner=owned.account
    )
    return tuple(one["Prefix"].split("/")[1] for one in told.get("CommonPrefixes", ()))


def _foreign(bucket: str, owned: Owned, detail: str) -> DeploymentFailed:
    return DeploymentFailed(
        reason="archive-there", stack=owned.stack, region=owned.region, resource=bucket, detail=detail
    )


# ---- its key ----------------------------------------------------------------------------------------------


def key_of_bucket(clients: Clients, bucket: str) -> str | None:
    """The key that a bucket encrypts with, else the one that an object was encrypted with. Raises ClientError."""
    s3 = clients.client("s3")
    try:
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        name = rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
    except s3.exceptions.ClientError as problem:
        if problem.response["Error"]["Code"] != "ServerSideEncryptionConfigurationNotFoundError":
            raise
        name = None
    if name is None:
        for one in s3.list_object_versions(Bucket=bucket).get("Versions", ())[:1]:
            head = s3.head_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
            name = head.get("SSEKMSKeyId")
    return None if name is None else str(name)


def usable_key(clients: Clients, name: str, *, bucket: str, stack: str, region: str) -> Mapping[str, Any]:
    """A key as KMS describes it. Raises DeploymentFailed (`kept-key-gone`, `kept-key-deleting`, `kept-key-off`), ClientError."""
    kms = clients.client("kms")
    where = {"stack": stack, "region": region, "resource": bucket}
    try:
        known: Mapping[str, Any] = kms.describe_key(KeyId=name)["KeyMetadata"]
    except kms.exceptions.NotFoundException as problem:
        raise DeploymentFailed(reason="kept-key-gone", detail=name, **where) from problem
    if known["KeyState"] == "PendingDeletion":
        raise DeploymentFailed(reason="kept-key-deleting", detail=known["KeyId"], **where)
    if known["KeyState"] != "Enabled":
        raise DeploymentFailed(reason="kept-key-off", detail=known["KeyId"], **where)
    return known


# ---- taking it over ---------------------------------------------------------------------------------------


def importable(
    clients: Clients, template: Mapping[str, Any], bucket: str, key: Mapping[str, Any]
) -> tuple[Importable, ...]:
    """A bucket, its policy and its key, in the words of the template that is to take them over. Raises ClientError.

    What the template says of them and what guards the archive is said where it is so already: an update that fails goes
    back to it, and must not take it away. All else is left to that update.
    """
    resources = template["Resources"]
    imported = {"Bucket", "BucketPolicy", "Key"}
    absent = resources.keys() - imported
    found = [
        Importable(
            "Bucket",
            BUCKET,
            {"BucketName": bucket},
            dict(_bucket_properties(clients, resources["Bucket"]["Properties"], bucket, key["Arn"])),
        )
    ]
    if _has_policy(clients, bucket):
        properties = resources["BucketPolicy"]["Properties"]
        document = _without(properties["PolicyDocument"], absent)
        found.append(
            Importable(
                "BucketPolicy",
                POLICY,
                {"Bucket": bucket},
                {"Bucket": properties["Bucket"], "PolicyDocument": document},
            )
        )
    properties = dict(resources["Key"]["Properties"])
    # What cannot be changed has to be said as it is.
    properties |= {"MultiRegion": bool(key.get("MultiRegion"))}
    properties["KeyPolicy"] = _without(properties["KeyPolicy"], absent)
    rotates = clients.client("kms").get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
    if not rotates:
        properties = {name: one for name, one in properties.items() if "Rotation" not in name}
    found.append(Importable("Key", KEY, {"KeyId": key["KeyId"]}, properties))
    return tuple(found)


def _bucket_properties(
    clients: Clients, wanted: Mapping[str, Any], bucket: str, key_arn: str
) -> Iterator[tuple[str, Any]]:
    s3 = clients.client("s3")
    yield "BucketName", wanted["BucketName"]
    yield "Tags", wanted["Tags"]
    looks: Mapping[str, Callable[[], object]] = {
        "PublicAccessBlockConfiguration": lambda: s3.get_public_access_block(Bucket=bucket)[
            "PublicAccessBlockConfiguration"
        ],
        "OwnershipControls": lambda: s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"],
        "VersioningConfiguration": lambda: {"Status": s3.get_bucket_versioning(Bucket=bucket).get("Status")},
    }
    for name, look in looks.items():
        try:
            same = look() == wanted[name]
        except s3.exceptions.ClientError as problem:
            if problem.response["Error"]["Code"] not in _NOT_SET:
                raise
            same = False
        if same:
            yield name, wanted[name]
    if key_of_bucket(clients, bucket) == key_arn:
        yield "BucketEncryption", wanted["BucketEncryption"]


def _has_policy(clients: Clients, bucket: str) -> bool:
    s3 = clients.client("s3")
    try:
        s3.get_bucket_policy(Bucket=bucket)
    except s3.exceptions.ClientError as problem:
        if problem.response["Error"]["Code"] != "NoSuchBucketPolicy":
            raise
        return False
    return True


def _without(document: Mapping[str, Any], absent: Collection[str]) -> dict[str, Any]:
    """A policy without its statements about what is not there, such as a role of the stack that is gone."""
    kept = [one for one in document["Statement"] if not _named(one) & set(absent)]
    return {**document, "Statement": kept}


def _named(value: Any) -> set[str]:  # noqa: ANN401 - a template's values are of any form
    """The names that a part of a template refers to."""
    if isinstance(value, dict):
        found: set[str] = set()
        for function, operand in value.items():
            if function == "Ref":
                found.add(operand)
            elif function == "Fn::GetAtt":
                found.add(operand[0] if isinstance(operand, list) else operand.partition(".")[0])
            elif function == "Fn::Sub":
                text = operand[0] if isinstance(operand, list) else operand
                found |= set(_SUBSTITUTED.findall(text)) | _named(
                    operand if isinstance(operand, list) else []
                )
            else:
                found |= _named(operand)
        return found
    if isinstance(value, list):
        return set().union(*map(_named, value)) if value else set()
    return set()


def import_request(template: Mapping[str, Any], imports: tuple[Importable, ...]) -> dict[str, Any]:
    """What CreateChangeSet takes besides names and parameters: nothing but the resources, with the template's parameters."""
    named = {name: template[name] for name in ("Parameters", "Conditions") if name in template}
    resources = {
        one.logical_id: {"Type": one.kind, **_STAYS, "Properties": one.properties} for one in imports
    }
    return {
        "ChangeSetType": "IMPORT",
        "TemplateBody": json.dumps({**named, "Resources": resources}, separators=(",", ":")),
        "ResourcesToImport": [
            {
                "ResourceType": one.kind,
                "LogicalResourceId": one.logical_id,
                "ResourceIdentifier": dict(one.identifier),
            }
            for one in imports
        ],
    }
