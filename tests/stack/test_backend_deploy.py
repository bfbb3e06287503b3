"""`backend deploy`, `status` and `remove` on the emulator, as somebody does who has AWS's keys and nothing else.

Run by `make deploy-emulated`.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from app.deployment.aws import Account
from app.deployment.deployer import Deployer
from app.deployment.shipped import find_shipped
from tests.end_to_end.conftest import Home
from tests.stack.cloud import REGION, Cloud

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.stack

STACK = "chatlog-uploader-prod"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An emulator in which nothing is deployed."""
    made = Cloud(tmp_path_factory.mktemp("empty"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def user(cloud: Cloud, tmp_path: Path) -> Iterator[Home]:
    """Somebody whose AWS profile `operator` may do everything, with an empty home."""
    home = Home(tmp_path)
    files = home.user / ".aws"
    files.mkdir()
    key = cloud.operator
    (files / "credentials").write_text(
        f"[operator]\naws_access_key_id = {key.access_key}\naws_secret_access_key = {key.secret_key}\n",
        encoding="utf-8",
    )
    (files / "config").write_text(f"[profile operator]\nregion = {REGION}\n", encoding="utf-8")
    home.environ |= {
        "AWS_ENDPOINT_URL": cloud.address,
        "AWS_CA_BUNDLE": str(cloud.certificate),
        "REQUESTS_CA_BUNDLE": str(cloud.certificate),
    }
    yield home
    home.stop()


def deploy(cloud: Cloud, *words: str) -> list[str]:
    """The words of a deployment to the emulator."""
    port = cloud.address.rpartition(":")[2]
    emulated = ("--parameter", "Stage=emulated", "--parameter", f"EmulatorPort={port}")
    return ["backend", "deploy", "--aws-profile", "operator", *emulated, *words]


def stacks(cloud: Cloud) -> list[str]:
    """The names of the stacks that are there."""
    told = cloud.client("cloudformation").describe_stacks()["Stacks"]
    return [one["StackName"] for one in told if one["StackStatus"] != "DELETE_COMPLETE"]


def buckets(cloud: Cloud) -> set[str]:
    return {one["Name"] for one in cloud.client("s3").list_buckets()["Buckets"]}


def assert_as_the_template_says(cloud: Cloud, bucket: str, key: str) -> None:
    """A bucket is guarded as that of a new stack is."""
    s3 = cloud.client("s3")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": key,
    }
    statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert {one["Sid"] for one in statements} >= {"DenyPlainHttp", "DenyOtherKeys", "AllowPresign"}


def test_a_stack_s_whole_life(cloud: Cloud, user: Home) -> None:
    """In the order in which a person does it: looked at, not agreed to, deployed, used, deployed again, removed."""
    nothing = user.run("backend", "status", "--aws-profile", "operator", code=1)
    assert "There is no stack" in nothing.err

    # Nobody agrees: nothing is there.
    asked = user.run(*deploy(cloud), code=2)
    assert "create  Bucket (AWS::S3::Bucket)" in asked.err
    assert "this costs 1.00 US dollars a month (Key: 1.00)" in asked.err
    assert "Nothing was created" in asked.err
    assert stacks(cloud) == []
    assert buckets(cloud) == set()

    # One command, from an empty home to a profile in use.
    made = user.run(*deploy(cloud, "--yes", "--json"))
    assert made.line["kind"] == "iam"
    assert "is deployed" in made.err
    assert "Bucket (AWS::S3::Bucket)" in made.err
    (current,) = (line for line in user.run("profile", "list", "--json").lines if line["current"])
    assert (current["name"], current["awsProfile"]) == ("aws", "operator")
    assert current["bucket"] in buckets(cloud)
    assert "“aws” works" in user.run("profile", "test").out

    # The main job.
    original = user.write_session("s1", size=200_000).read_bytes()
    assert {line["state"] for line in user.run("upload", "--all", "--json").lines} == {"archived"}
    (archived,) = (line for line in user.run("history", "--json").lines if line["sessionId"])
    user.run("download", archived["s3Key"], "--to", str(user.user / "back"))
    (brought,) = (path for path in (user.user / "back").rglob("*") if path.is_file())
    assert brought.read_bytes() == original

    # A second time: nothing to do.
    again = user.run(*deploy(cloud))
    assert "is so already: nothing was changed" in again.err
    status = user.run("backend", "status", "--aws-profile", "operator", "--json").line
    assert (status["current"], status["bucket"], status["profiles"]) == (True, current["bucket"], ["aws"])

    # Another value of a parameter changes what it is about; what was chosen before stays.
    changed = user.run(
        "backend", "deploy", "--aws-profile", "operator", "--parameter", "MemorySize=512", "--yes"
    )
    assert "PresignLambdaFunction (AWS::Lambda::Function)" in changed.err
    assert "create" not in changed.err.partition("would change")[2].partition("Besides")[0]
    assert "“aws” works" in user.run("profile", "test").out

    # Removed: but for what is archived, and its key.
    asked = user.run("backend", "remove", "--aws-profile", "operator", code=2)
    assert "Nothing was removed" in asked.err
    assert stacks(cloud) == [STACK]
    removed = user.run("backend", "remove", "--aws-profile", "operator", "--yes", "--json")
    stays = {one["resource"]: one["id"] for one in removed.line["stays"]}
    assert stays["Bucket"] == current["bucket"]
    assert removed.line["dollarsPerMonth"] == 1.0
    assert "9 Bucket (AWS::S3::Bucket)" not in removed.err
    assert f"https://console.aws.amazon.com/s3/buckets/{current['bucket']}?region={REGION}" in removed.err
    assert stacks(cloud) == []
    assert {name for name in buckets(cloud) if "-code-" in name} == set()
    found = cloud.client("s3").list_objects_v2(Bucket=current["bucket"])["Contents"]
    assert archived["s3Key"] in {one["Key"] for one in found}
    assert cloud.client("kms").describe_key(KeyId=status["key"])["KeyMetadata"]["KeyState"] == "Enabled"
    set_up_again(cloud, user, current["bucket"], status["key"])

    use_again(user, archived["s3Key"], original)
    user.run("backend", "remove", "--aws-profile", "operator", "--yes")
    assert stacks(cloud) == []
    assert "There is no stack" in user.run("backend", "remove", "--aws-profile", "operator", "--yes").err


def set_up_again(cloud: Cloud, user: Home, bucket: str, key: str) -> None:
    """Deploy around the bucket and the key that have stayed. That is said, and asked, before."""
    asked = user.run(*deploy(cloud), code=2)
    assert f"Your bucket {bucket} with its archives is still there" in asked.err
    assert "use again  Bucket (AWS::S3::Bucket)" in asked.err
    assert "use again  Key (AWS::KMS::Key)" in asked.err
    assert "create  PresignRole (AWS::IAM::Role)" in asked.err
    assert "Nothing was created" in asked.err
    assert stacks(cloud) == []
    user.run(*deploy(cloud, "--yes"))
    status = user.run("backend", "status", "--aws-profile", "operator", "--json").line
    assert (status["current"], status["bucket"], status["key"]) == (True, bucket, key)
    assert status["profiles"] == ["aws"]
    assert "“aws” works" in user.run("profile", "test").out
    assert_as_the_template_says(cloud, bucket, key)


def use_again(user: Home, s3_key: str, original: bytes) -> None:
    """All that was archived is there, and can be brought back; and archiving goes on."""
    assert s3_key in {line["s3Key"] for line in user.run("history", "--json").lines}
    user.run("download", s3_key, "--to", str(user.user / "once more"))
    (brought,) = (path for path in (user.user / "once more").rglob("*") if path.is_file())
    assert brought.read_bytes() == original
    user.write_session("s2", size=2_000)
    told = {line["sessionId"]: line["state"] for line in user.run("upload", "--all", "--json").lines}
    assert told["s2"] == "archived"


@pytest.fixture
def deployer(cloud: Cloud, user: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Deployer]:
    """Gives what deploys to a region, in this process; the region's archive is one by itself."""
    files = user.user / ".aws"
    environ = {
        "AWS_CONFIG_FILE": str(files / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(files / "credentials"),
        "AWS_ENDPOINT_URL": cloud.address,
        "AWS_CA_BUNDLE": str(cloud.certificate),
        "REQUESTS_CA_BUNDLE": str(cloud.certificate),
    }
    for name, value in environ.items():
        # botocore reads the process's own.
        monkeypatch.setenv(name, value)

    def give(region: str) -> Deployer:
        account = Account(environ, "operator", region)
        return Deployer(account, find_shipped(), threading.Event(), interval=0.2)

    return give


def test_killed_between_the_two_operations_it_goes_on_with_the_second(
    cloud: Cloud, user: Home, deployer: Callable[[str], Deployer]
) -> None:
    region = "eu-west-1"
    here = ("--region", region)
    user.run(*deploy(cloud, *here, "--yes", "--parameter", "OwnerId=aki"))
    user.write_session("s1", size=2_000)
    user.run("upload", "--all")
    (archived,) = (line for line in user.run("history", "--json").lines if line["sessionId"])
    before = user.run("backend", "status", "--aws-profile", "operator", *here, "--json").line
    user.run("backend", "remove", "--aws-profile", "operator", *here, "--yes")

    # As apply does, and no further.
    port = cloud.address.rpartition(":")[2]
    plan = deployer(region).plan({"Stage": "emulated", "EmulatorPort": port, "MemorySize": "512"})
    assert plan.reused is not None
    assert (plan.reused.bucket, plan.reused.owner) == (before["bucket"], "aki")
    cloudformation = cloud.client("cloudformation", region=region)
    cloudformation.execute_change_set(ChangeSetName=plan.change_set)
    cloudformation.get_waiter("stack_import_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
    half = user.run("backend", "status", "--aws-profile", "operator", *here).out
    assert "IMPORT_COMPLETE" in half
    assert "`chatlog-uploader backend deploy`" in half

    # What was chosen then, and whose the archive is, are still known.
    done = user.run("backend", "deploy", "--aws-profile", "operator", *here, "--yes")
    assert "is deployed" in done.err
    after = user.run("backend", "status", "--aws-profile", "operator", *here, "--json").line
    assert (after["bucket"], after["key"], after["current"]) == (before["bucket"], before["key"], True)
    assert (after["parameters"]["MemorySize"], after["parameters"]["OwnerId"]) == ("512", "aki")
    assert archived["s3Key"] in {line["s3Key"] for line in user.run("history", "--json").lines}

    # A key that is on its way out is said before anything is made; brought back, it is of use again.
    user.run("backend", "remove", "--aws-profile", "operator", *here, "--yes")
    kms = cloud.client("kms", region=region)
    kms.schedule_key_deletion(KeyId=before["key"], PendingWindowInDays=7)
    refused = user.run(*deploy(cloud, *here, "--yes"), code=1)
    assert "is scheduled for deletion" in refused.err
    kms.cancel_key_deletion(KeyId=before["key"])
    refused = user.run(*deploy(cloud, *here, "--yes"), code=1)
    assert "aws kms enable-key" in refused.err
    kms.enable_key(KeyId=before["key"])
    user.run(*deploy(cloud, *here), code=2)
    found = cloudformation.describe_stacks()["Stacks"]
    assert [one for one in found if one["StackStatus"] != "DELETE_COMPLETE"] == []


def test_a_first_deployment_that_fails_leaves_nothing_in_the_next_one_s_way(
    cloud: Cloud, user: Home, deployer: Callable[[str], Deployer]
) -> None:
    region = "ap-southeast-2"
    here = ("--region", region)
    # Something else has the name that the logs are to have; by then the bucket and the key have been made.
    logs, name = cloud.client("logs", region=region), f"/aws/lambda/{STACK}-presign"
    logs.create_log_group(logGroupName=name)
    refused = user.run(*deploy(cloud, *here, "--yes"), code=1)
    assert "AWS has something of the name" in refused.err
    assert "Bucket (AWS::S3::Bucket)" in refused.err
    assert deployer(region).bucket not in buckets(cloud)
    keys = cloud.client("kms", region=region)
    states = [keys.describe_key(KeyId=one["KeyId"])["KeyMetadata"] for one in keys.list_keys()["Keys"]]
    assert [one for one in states if one["KeyManager"] == "CUSTOMER" and one["KeyState"] == "Enabled"] == []

    logs.delete_log_group(logGroupName=name)
    user.run("backend", "remove", "--aws-profile", "operator", *here, "--yes")
    asked = user.run(*deploy(cloud, *here), code=2)
    assert "create  Bucket (AWS::S3::Bucket)" in asked.err


def test_another_bucket_of_that_name_is_not_touched(
    cloud: Cloud, user: Home, deployer: Callable[[str], Deployer]
) -> None:
    region = "us-west-2"
    s3, name = cloud.client("s3", region=region), deployer(region).bucket
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    refused = user.run(*deploy(cloud, "--region", region, "--yes"), code=1)
    assert f"There is a bucket {name} already" in refused.err
    assert "app=chatlog-uploader, env=prod, component=storage" in refused.err
    # Of another stage of this program.
    tags = {"app": "chatlog-uploader", "env": "dev", "component": "storage"}
    s3.put_bucket_tagging(
        Bucket=name, Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}
    )
    refused = user.run(*deploy(cloud, "--region", region, "--yes"), code=1)
    assert "(tags: env=prod)" in refused.err
    assert cloud.client("cloudformation", region=region).describe_stacks()["Stacks"] == []


def test_a_profile_s_name_that_is_taken_is_said_before_anything_is_made(cloud: Cloud, user: Home) -> None:
    user.run(
        "profile", "add", "aws", "--endpoint", "http://127.0.0.1:9/", "--aws-profile", "operator", code=None
    )
    refused = user.run(*deploy(cloud, "--yes"), code=2)
    assert "There is a profile “aws” already" in refused.err
    assert stacks(cloud) == []


def test_without_permission_it_says_so(cloud: Cloud, user: Home) -> None:
    key = cloud.new_user("bob", {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"})
    with (user.user / ".aws" / "credentials").open("a", encoding="utf-8") as file:
        file.write(f"[bob]\naws_access_key_id = {key.access_key}\naws_secret_access_key = {key.secret_key}\n")
    refused = user.run("backend", "deploy", "--aws-profile", "bob", "--region", REGION, "--yes", code=1)
    assert "does not let the AWS profile “bob” do this" in refused.err
    assert stacks(cloud) == []
