"""`backend deploy`, `status` and `remove` on the emulator, as somebody does who has AWS's keys and nothing else.

Run by `make deploy-emulated`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import Home
from tests.stack.cloud import REGION, Cloud

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    key = status["key"]
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
    assert cloud.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    # A new stack could not take the bucket over: that is said before anything is made.
    refused = user.run(*deploy(cloud, "again", "--yes"), code=1)
    assert f"The bucket {current['bucket']} is there already" in refused.err
    assert stacks(cloud) == []
    assert "There is no stack" in user.run("backend", "remove", "--aws-profile", "operator", "--yes").err


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
