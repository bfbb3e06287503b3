"""The later phases that the emulator knows, deployed: the archive works with them as without.

The emulator has no GuardDuty, no rules of AWS Config, no scaling of warm functions, no saved queries and no identity
provider: of these the template alone is tested (test_phases.py). Its CloudFormation passes Object Lock and replication
over; so they are set here through S3's own API, as they stand in the packaged template.

Run by `make deploy-emulated`.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.cloud import Cloud
from tests.stack.packaging import package
from tests.stack.templates import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.stack.cloud import Key

pytestmark = pytest.mark.stack

BODY = b"a session\n" * 100
ELSEWHERE = "ap-northeast-3"
REPLICA = "chatlog-uploader-replica-emulated"


@dataclass(frozen=True)
class Both:
    """The two stacks, in the order in which the guide deploys them."""

    cloud: Cloud
    replica: Mapping[str, str]
    """The outputs of the replica's stack."""
    words: tuple[str, ...]
    """What the main stack was deployed with."""
    bucket: dict[str, Any]
    """The archive's bucket as the template has it."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Both stacks, deployed."""
    cloud = Cloud(tmp_path_factory.mktemp("phases"))
    try:
        cloud.start()
        network = cloud.client("ec2")
        vpc = network.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        table = network.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        locked = ("--param", "objectLock=true")
        replica = cloud.deploy_stack(REPLICA, ELSEWHERE, "--config", "replica.yml", *locked)
        values = {
            "analytics": "true",
            "vpcEndpoint": "true",
            "vpcId": vpc,
            "routeTableIds": table,
            "guardDuty": "true",
            "replication": "true",
            "replicaKey": replica["Key"],
            "provisionedConcurrency": "true",
            "configRules": "true",
        }
        words = (
            tuple(word for name, value in values.items() for word in ("--param", f"{name}={value}")) + locked
        )
        cloud.deploy("personal", *words)
        made = package(tmp_path_factory.mktemp("packaged") / "stack", "personal", "emulated", *words)
        yield Both(cloud, replica, words, Stack(made.template).properties("Bucket"))
    finally:
        cloud.stop()


@pytest.fixture(scope="module")
def cloud(both: Both) -> Cloud:
    """The emulator."""
    return both.cloud


@pytest.fixture(scope="module")
def caller(cloud: Cloud) -> Key:
    """A user who has the stack's policy for callers, and nothing else."""
    return cloud.new_user("aki", policy=cloud.outputs["CallersPolicy"])


def put(cloud: Cloud, caller: Key, name: str) -> str:
    """Upload a session through a presigned URL; its key."""
    checksum = {
        "algorithm": "SHA256",
        "type": "FULL_OBJECT",
        "value": base64.b64encode(hashlib.sha256(BODY).digest()).decode(),
    }
    asked = {"fileName": name, "size": len(BODY), "checksum": checksum, "contentType": "application/x-ndjson"}
    reply = cloud.signed_call(caller, {"action": "upload", **asked})
    assert reply.status_code == 200, reply.text
    answered = reply.json()
    sent = cloud.send("PUT", answered["presignedUrl"], BODY, answered["headers"])
    assert sent.status_code == 200, sent.text
    key: str = answered["s3Key"]
    return key


def test_the_way_in_leads_to_warm_functions(cloud: Cloud, caller: Key) -> None:
    warm = cloud.client("lambda").get_provisioned_concurrency_config(
        FunctionName="chatlog-uploader-emulated-presign", Qualifier="provisioned"
    )
    assert warm["RequestedProvisionedConcurrentExecutions"] == 1
    reply = cloud.signed_call(caller, {"action": "health"})
    assert reply.status_code == 200, reply.text


def test_an_endpoint_locks_nobody_out(cloud: Cloud, caller: Key) -> None:
    (endpoint,) = cloud.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert endpoint["ServiceName"] == "com.amazonaws.ap-northeast-1.s3"
    assert put(cloud, caller, "endpoint.jsonl")


def test_the_index_is_a_table_and_the_workgroup_has_its_limit(cloud: Cloud) -> None:
    table = cloud.client("glue").get_table(DatabaseName="chatlog_uploader_emulated", Name="sessions")["Table"]
    assert table["Parameters"]["projection.owner.values"] == "me"
    assert table["StorageDescriptor"]["Location"] == f"s3://{cloud.outputs['Bucket']}/session-index/"
    group = cloud.client("athena").get_work_group(WorkGroup="chatlog-uploader-emulated")["WorkGroup"]
    assert int(group["Configuration"]["BytesScannedCutoffPerQuery"]) == 1_000_000_000
    encryption = group["Configuration"]["ResultConfiguration"]["EncryptionConfiguration"]
    assert encryption == {"EncryptionOption": "SSE_KMS", "KmsKey": cloud.outputs["Key"]}


def test_with_object_lock_uploads_are_held(both: Both, cloud: Cloud, caller: Key) -> None:
    s3, name = cloud.client("s3"), cloud.outputs["Bucket"]
    lock = copy.deepcopy(both.bucket["ObjectLockConfiguration"])
    assert lock["Rule"]["DefaultRetention"].pop("Days") == {"Ref": "ObjectLockDays"}
    lock["Rule"]["DefaultRetention"]["Days"] = 30
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)

    key = put(cloud, caller, "held.jsonl")

    held = s3.head_object(Bucket=name, Key=key)
    assert held["ObjectLockMode"] == "GOVERNANCE"
    assert held["ObjectLockRetainUntilDate"] > datetime.now(UTC) + timedelta(days=29)
    # Deleting in the program only adds a marker, which no lock forbids.
    deleted = cloud.signed_call(caller, {"action": "delete", "s3Key": key})
    assert deleted.status_code == 200, deleted.text
    assert s3.get_object(Bucket=name, Key=key, VersionId=held["VersionId"])["Body"].read() == BODY


def test_s3_takes_the_replication_to_the_other_stack_s_bucket(both: Both, cloud: Cloud) -> None:
    (rule,) = copy.deepcopy(both.bucket["ReplicationConfiguration"]["Rules"])
    replica = both.replica
    account = replica["Key"].split(":")[4]
    there = rule["Destination"]["Bucket"]["Fn::Sub"]
    there = there.replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", account)
    assert there == f"arn:aws:s3:::{replica['Bucket']}"
    assert replica["Key"].split(":")[3] == ELSEWHERE
    versions = cloud.client("s3", region=ELSEWHERE).get_bucket_versioning(Bucket=replica["Bucket"])
    assert versions["Status"] == "Enabled"
    rule["Destination"]["Bucket"] = there
    rule["Destination"]["EncryptionConfiguration"] = {"ReplicaKmsKeyID": replica["Key"]}
    s3, name = cloud.client("s3"), cloud.outputs["Bucket"]
    given = {"Role": f"arn:aws:iam::{account}:role/replication", "Rules": [{"ID": rule.pop("Id"), **rule}]}
    s3.put_bucket_replication(Bucket=name, ReplicationConfiguration=given)
    taken = s3.get_bucket_replication(Bucket=name)["ReplicationConfiguration"]["Rules"][0]
    assert taken["DeleteMarkerReplication"] == {"Status": "Disabled"}
    assert taken["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}


def test_a_second_deployment_changes_nothing_that_callers_see(both: Both, cloud: Cloud) -> None:
    before = dict(cloud.outputs)
    cloud.deploy("personal", *both.words)
    assert cloud.outputs == before
