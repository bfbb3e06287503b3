"""The operator's tools on a deployed stack: purging, a restore drill, deploying again into the same bucket.

Run by `make deploy-emulated`, which prints how long each takes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from app.remote.zstd_frames import decompressed
from tests.end_to_end.conftest import Home
from tests.stack.cloud import REGION, STACK
from tests.stack.packaging import PROJECT
from tools.operate.aws import Account
from tools.operate.redeploy import look, plan, redeploy, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.stack.cloud import Cloud
    from tests.stack.packaging import Package

pytestmark = pytest.mark.stack

DEVICE = "arn:aws:iam::000000000000:mfa/operator"
WITH_CODE = ("--mfa-serial", DEVICE, "--mfa-code", "123456")
SECRET_TITLE = "the secret that has to go"


def operate(
    cloud: Cloud, tool: str, *words: str, cwd: Path, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a tool as the operator does, who may do everything, in a folder of his own."""
    return subprocess.run(
        [sys.executable, "-m", f"tools.operate.{tool}", *words],
        cwd=cwd,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "HOME": str(cwd),
            "AWS_ENDPOINT_URL": cloud.address,
            "AWS_CA_BUNDLE": str(cloud.certificate),
            "AWS_ACCESS_KEY_ID": cloud.operator.access_key,
            "AWS_SECRET_ACCESS_KEY": cloud.operator.secret_key,
        },
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def purge(cloud: Cloud, *words: str, cwd: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    return operate(cloud, "purge", "--bucket", cloud.outputs["Bucket"], *words, cwd=cwd, typed=typed)


@pytest.fixture(scope="module")
def user(personal: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Somebody who has archived: three sessions, one of them in two versions, one of them deleted since."""
    caller = personal.new_user("aki", policy=personal.outputs["CallersPolicy"])
    home = Home(tmp_path_factory.mktemp("user"))
    files = home.user / ".aws"
    files.mkdir()
    (files / "credentials").write_text(
        f"[callers]\naws_access_key_id = {caller.access_key}\naws_secret_access_key = {caller.secret_key}\n",
        encoding="utf-8",
    )
    home.environ["REQUESTS_CA_BUNDLE"] = str(personal.certificate)
    connection = personal.outputs["Connection"]
    home.run("profile", "add", "cloud", "--connection", connection, "--aws-profile", "callers", "--yes")
    grown = home.write_session("grown", title=SECRET_TITLE, size=50_000)
    home.write_session("kept", title="nothing to hide", size=200_000)
    home.write_session("hidden", title="thrown away", size=2_000)
    home.run("upload", "--all")
    home.append_line(grown, "one more question", 20)
    home.run("upload", "--all")
    home.run("delete", key_of(home, "hidden"))
    yield home
    home.stop()


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints what an operator wants to know of a run that passed."""

    def print_it(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    return print_it


def key_of(home: Home, session: str) -> str:
    (key,) = [line["s3Key"] for line in home.history() if line["sessionId"] == session]
    return str(key)


def everything_stored(cloud: Cloud) -> dict[tuple[str, str], bytes]:
    """Every version in the bucket, unpacked, by key and version."""
    s3, bucket = cloud.client("s3"), cloud.outputs["Bucket"]
    found = {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for one in page.get("Versions", ()):
            body = s3.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read()
            found[one["Key"], one["VersionId"]] = b"".join(decompressed([body]))
    return found


# ---- restore drill ----------------------------------------------------------------------------------------


def test_a_drill_brings_every_kind_back_and_proves_it(
    personal: Cloud, user: Home, tmp_path: Path, say: Callable[[str], None]
) -> None:
    before = everything_stored(personal)
    words = ("--bucket", personal.outputs["Bucket"], "--to", "scratch", "--json")
    ended = operate(personal, "restore_drill", *words, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    summary = json.loads(ended.stdout)
    assert summary["kinds"] == {"newest": 2, "older": 1, "deleted": 1}
    assert (summary["verified"], summary["failed"], summary["chosen"]) == (4, 0, 4)
    assert len(list((tmp_path / "scratch").iterdir())) == 4
    assert everything_stored(personal) == before
    say(f"restore drill: {summary}")


def test_a_drill_finds_what_is_damaged_and_tells_what_is_cold(
    personal: Cloud, user: Home, tmp_path: Path
) -> None:
    s3, bucket = personal.client("s3"), personal.outputs["Bucket"]
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": personal.outputs["Key"]}
    damaged = {"Bucket": bucket, "Key": "chat-logs/drill/2026-11-01_damaged.txt", **encryption}
    s3.put_object(
        **damaged, Body=b"other bytes", ChecksumAlgorithm="SHA256", Metadata={"original-sha256": "0" * 64}
    )
    cold = {"Bucket": bucket, "Key": "chat-logs/drill/2026-11-01_cold.txt", **encryption}
    s3.put_object(**cold, Body=b"cold", ChecksumAlgorithm="SHA256", StorageClass="DEEP_ARCHIVE")
    try:
        ended = operate(
            personal,
            "restore_drill",
            "--bucket",
            bucket,
            "--to",
            "scratch",
            "--objects",
            "100",
            "--json",
            cwd=tmp_path,
        )
        assert ended.returncode == 1
        summary = json.loads(ended.stdout)
        assert (summary["failed"], summary["cold"], summary["hoursForArchiveClasses"]) == (1, 1, 48)
        assert "another SHA-256 than the original had" in ended.stderr
        assert "would be asked for with --ask-return (Bulk, within 48 h)" in ended.stderr
        again = operate(personal, "restore_drill", "--bucket", bucket, "--to", "scratch", cwd=tmp_path)
        assert (again.returncode, "is not empty" in again.stderr) == (1, True)
    finally:
        for one in (damaged, cold):
            gone = purge(personal, one["Key"], "--destroy", *WITH_CODE, cwd=tmp_path, typed=one["Key"] + "\n")
            assert gone.returncode == 0, gone.stderr


# ---- purge ------------------------------------------------------------------------------------------------


def test_without_a_second_factor_nobody_destroys_anything(
    personal: Cloud, user: Home, tmp_path: Path
) -> None:
    key = key_of(user, "grown")
    before = everything_stored(personal)
    ended = purge(personal, key, "--destroy", cwd=tmp_path, typed=f"{key}\n")
    assert ended.returncode == 1
    assert "The bucket asks for a second factor" in ended.stderr
    wrong = purge(
        personal,
        key,
        "--destroy",
        "--mfa-serial",
        DEVICE,
        "--mfa-code",
        "654321",
        cwd=tmp_path,
        typed=f"{key}\n",
    )
    assert (wrong.returncode, "AWS refused GetSessionToken" in wrong.stderr) == (1, True)
    s3 = personal.client("s3")
    version = next(version for stored, version in before if stored == key)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=personal.outputs["Bucket"], Key=key, VersionId=version)
    assert everything_stored(personal) == before
    assert not (tmp_path / "purge-log.jsonl").exists()


def test_a_dry_run_and_another_key_typed_change_nothing(personal: Cloud, user: Home, tmp_path: Path) -> None:
    key = key_of(user, "grown")
    before = everything_stored(personal)
    dry = purge(personal, key, cwd=tmp_path)
    assert dry.returncode == 0, dry.stderr
    assert "Nothing was changed" in dry.stdout
    assert dry.stdout.count("bytes, STANDARD") == 2
    assert "session-index/owner=me/month=2026-11/" in dry.stdout
    assert SECRET_TITLE not in dry.stdout
    other = purge(personal, key, "--destroy", *WITH_CODE, cwd=tmp_path, typed=f"{key}x\n")
    assert (other.returncode, other.stderr) == (1, "That is another key. Nothing was changed.\n")
    for wrong in ("session-index/owner=me/x", "chat-logs/me/", "chat-logs/me/nothing-there"):
        assert purge(personal, wrong, "--destroy", *WITH_CODE, cwd=tmp_path).returncode == 1
    assert everything_stored(personal) == before


def test_a_purged_object_is_gone_in_every_version_and_from_the_index(
    personal: Cloud, user: Home, tmp_path: Path, say: Callable[[str], None]
) -> None:
    key, kept = key_of(user, "grown"), key_of(user, "kept")
    before = everything_stored(personal)
    assert any(SECRET_TITLE.encode() in text for (where, _), text in before.items() if where == key)
    assert any(SECRET_TITLE.encode() in text for (where, _), text in before.items() if "index" in where)
    done = purge(personal, key, "--destroy", *WITH_CODE, cwd=tmp_path, typed=f"{key}\n")
    assert done.returncode == 0, done.stderr
    after = everything_stored(personal)
    assert not [
        where for where, text in after.items() if SECRET_TITLE.encode() in text or key.encode() in text
    ]
    # Nothing else is touched, and the others keep their titles.
    untouched = {
        where: text for where, text in before.items() if where[0].startswith("chat-logs/") and where[0] != key
    }
    assert untouched.items() <= after.items()
    listed = {line["s3Key"]: line["title"] for line in user.history()}
    assert listed == {kept: "nothing to hide"}
    lines = [
        json.loads(line) for line in (tmp_path / "purge-log.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [line["what"] for line in lines][:2] == ["version", "version"]
    assert {line["what"] for line in lines} == {"version", "index-rewritten", "index-version"}
    assert all(line["by"].endswith(":user/operator") for line in lines)
    assert SECRET_TITLE not in json.dumps(lines)
    assert (tmp_path / "purge-log.jsonl").stat().st_mode & 0o777 == 0o600
    say(f"purge: {done.stdout.splitlines()[-1]}")


# ---- deploying again --------------------------------------------------------------------------------------


@pytest.fixture
def account(personal: Cloud, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The operator's way into the emulator."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", personal.address)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(personal.certificate))
    key = personal.operator
    return Account(
        boto3.Session(
            aws_access_key_id=key.access_key, aws_secret_access_key=key.secret_key, region_name=REGION
        )
    )


@pytest.fixture(scope="module")
def template(packaged: Callable[..., Package]) -> dict[str, Any]:
    """What would be deployed."""
    return packaged("personal", "emulated").template


def test_a_stack_that_is_there_is_brought_up_to_date_in_place(
    personal: Cloud,
    user: Home,
    account: Account,
    template: dict[str, Any],
    tmp_path: Path,
    say: Callable[[str], None],
) -> None:
    before, outputs = everything_stored(personal), dict(personal.outputs)
    situation = look(account, "emulated", template, None)
    assert situation.retained == ()
    assert "it is brought up to date in place" in next(plan(situation))
    done = redeploy(account, situation, lambda: personal.deploy("personal", folder=tmp_path))
    assert done.outputs == outputs
    assert everything_stored(personal) == before
    say(f"deployed again in place: {said(done)}")


def test_a_stack_that_is_gone_comes_back_with_its_bucket_and_key(
    personal: Cloud,
    user: Home,
    account: Account,
    template: dict[str, Any],
    tmp_path: Path,
    say: Callable[[str], None],
) -> None:
    before, outputs = everything_stored(personal), dict(personal.outputs)
    cloudformation = personal.client("cloudformation")
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
    assert user.run("history", "--json", code=None).code != 0
    situation = look(account, "emulated", template, None)
    assert {one.logical_id for one in situation.retained} == {"Bucket", "BucketPolicy", "Key"}
    told = "\n".join(plan(situation))
    assert f"Imported as it is: Bucket (AWS::S3::Bucket), {outputs['Bucket']}" in told
    assert everything_stored(personal) == before
    done = redeploy(account, situation, lambda: personal.deploy("personal", folder=tmp_path))
    assert (done.outputs["Bucket"], done.outputs["Key"]) == (outputs["Bucket"], outputs["Key"])
    assert everything_stored(personal) == before
    say(f"deployed again after the stack was gone: {said(done)}")
    # The callers get the new connection, and what they archived is there and can be read.
    personal.client("iam").attach_user_policy(UserName="aki", PolicyArn=done.outputs["CallersPolicy"])
    connection = done.outputs["Connection"]
    user.run(
        "profile",
        "add",
        "cloud",
        "--connection",
        connection,
        "--aws-profile",
        "callers",
        "--yes",
        "--replace",
    )
    (kept,) = user.history()
    user.run("download", kept["s3Key"], "--to", str(tmp_path / "back"))


def test_where_nothing_is_left_all_is_made_anew(
    account: Account, template: dict[str, Any], personal: Cloud
) -> None:
    other = json.loads(json.dumps(template).replace("media-viewer-v209", "never-deployed"))
    situation = look(account, "nowhere", other, None)
    assert (situation.status, situation.versions, situation.retained) == (None, None, ())
    assert next(plan(situation)).endswith("all is made anew.")
