"""Deploys the stack again from this repository into the bucket and key that are there, and says how long that took.

    python -m tools.operate.redeploy STAGE                                 what would happen; changes nothing
    python -m tools.operate.redeploy STAGE --deploy -- --param mode=team   does it; what follows -- is the framework's

A stack that is there is brought up to date in place. Where it is gone, its buckets, their policies and the key are still there,
since they are retained: CloudFormation cannot make them a second time, so they are imported into a new stack first, as the
program itself does (app/deployment/kept.py).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.cli.messages import describe
from app.deployment.kept import (
    KEY,
    Importable,
    import_request,
    importable,
    key_of_bucket,
    usable_key,
)
from app.errors import DeploymentFailed
from tools.operate.aws import Account, Refused, add_options, code_of, open_account, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PROJECT = Path(__file__).resolve().parents[2]
SERVICE = "chatlog-uploader"
CHANGE_SET = "import-what-is-retained"
UNUSABLE = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED"})
"""States out of which a stack can only be deleted; what is retained stays then."""


@dataclass(frozen=True)
class Situation:
    """What there is. `status` None: no stack. `versions`: in the bucket, None where there is no bucket."""

    stack: str
    status: str | None
    bucket: str
    versions: int | None
    retained: tuple[Importable, ...]
    template: Mapping[str, Any]
    """What is to be deployed."""


@dataclass(frozen=True)
class Redeployed:
    """How it went, in seconds."""

    import_seconds: float
    deploy_seconds: float
    outputs: Mapping[str, str]


def look(account: Account, stage: str, template: Mapping[str, Any], key_arn: str | None) -> Situation:
    """What is there of the stack that the template describes. Raises Refused, ClientError."""
    stack = f"{SERVICE}-{stage}"
    bucket = _bucket_name(account, template)
    versions = _count_versions(account, bucket)
    status = _status(account, stack)
    if status in UNUSABLE:
        raise Refused(
            f"The stack {stack} is {status}: delete it first (aws cloudformation delete-stack --stack-name {stack}); "
            "its bucket and key stay."
        )
    retained: tuple[Importable, ...] = ()
    if status is None and versions is not None:
        retained = _retained(account, template, stack, bucket, key_arn)
    return Situation(stack, status, bucket, versions, retained, template)


def _bucket_name(account: Account, template: Mapping[str, Any]) -> str:
    number = account.client("sts").get_caller_identity()["Account"]
    name = template["Resources"]["Bucket"]["Properties"]["BucketName"]
    text: str = name["Fn::Sub"] if isinstance(name, dict) else name
    region = str(account.session.region_name)
    return text.replace("${AWS::AccountId}", number).replace("${AWS::Region}", region)


def _status(account: Account, stack: str) -> str | None:
    try:
        (found,) = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if code_of(error) == "ValidationError":
            return None
        raise
    status = str(found["StackStatus"])
    return None if status == "DELETE_COMPLETE" else status


def _count_versions(account: Account, bucket: str) -> int | None:
    pages = account.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    try:
        return sum(len(page.get("Versions", ())) for page in pages)
    except ClientError as error:
        if code_of(error) == "NoSuchBucket":
            return None
        raise


def _retained(
    account: Account, template: Mapping[str, Any], stack: str, bucket: str, key_arn: str | None
) -> tuple[Importable, ...]:
    name = key_arn or key_of_bucket(account, bucket)
    if name is None:
        raise Refused(f"Nothing tells which key {bucket} is encrypted with: give --key ARN.")
    region = str(account.session.region_name)
    try:
        key = usable_key(account, name, bucket=bucket, stack=stack, region=region)
    except DeploymentFailed as problem:
        raise Refused(describe(problem, "en")) from problem
    return importable(account, template, bucket, key)


def plan(situation: Situation) -> Iterator[str]:
    """What would happen, a line each."""
    if situation.status is not None:
        yield f"The stack {situation.stack} is there ({situation.status}): it is brought up to date in place."
        yield f"Its bucket {situation.bucket} holds {situation.versions} versions and is not touched."
    elif situation.versions is None:
        yield f"There is neither the stack {situation.stack} nor the bucket {situation.bucket}: all is made anew."
    else:
        yield f"The stack {situation.stack} is gone. {situation.bucket} holds {situation.versions} versions."
        for one in situation.retained:
            yield f"Imported as it is: {one.logical_id} ({one.kind}), {', '.join(one.identifier.values())}"
        yield "Then all the rest is deployed. The endpoint's address becomes another: give its Connection out again."


def redeploy(account: Account, situation: Situation, deploy: Callable[[], object]) -> Redeployed:
    """Import what is retained, if there is anything; then `deploy`. Raises Refused, ClientError."""
    began = time.monotonic()
    if situation.retained:
        _import(account, situation)
    imported = time.monotonic()
    deploy()
    deployed = time.monotonic()
    (stack,) = account.client("cloudformation").describe_stacks(StackName=situation.stack)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    _check(account, situation, outputs)
    return Redeployed(imported - began, deployed - imported, outputs)


def _import(account: Account, situation: Situation) -> None:
    cloudformation = account.client("cloudformation")
    named = {"StackName": situation.stack, "ChangeSetName": CHANGE_SET}
    cloudformation.create_change_set(**named, **import_request(situation.template, situation.retained))
    cloudformation.get_waiter("change_set_create_complete").wait(
        **named, WaiterConfig={"Delay": 2, "MaxAttempts": 150}
    )
    cloudformation.execute_change_set(**named)
    cloudformation.get_waiter("stack_import_complete").wait(
        StackName=situation.stack, WaiterConfig={"Delay": 2, "MaxAttempts": 300}
    )


def _check(account: Account, situation: Situation, outputs: Mapping[str, str]) -> None:
    """What was there is there, under the same key."""
    if outputs["Bucket"] != situation.bucket:
        raise Refused(
            f"The stack now has another bucket, {outputs['Bucket']}. {situation.bucket} is as it was."
        )
    keys = [one.identifier["KeyId"] for one in situation.retained if one.kind == KEY]
    if keys and not outputs["Key"].endswith(keys[0]):
        raise Refused(f"The stack now has another key, {outputs['Key']}. {keys[0]} is still needed.")
    if (_count_versions(account, situation.bucket) or 0) < (situation.versions or 0):
        raise Refused(f"{situation.bucket} holds fewer versions than before. Look at its trail.")


def _package(stage: str, words: Sequence[str]) -> dict[str, Any]:
    """The template, packaged from the repository; needs neither network nor credentials once the tools are there."""
    with tempfile.TemporaryDirectory(prefix="chatlog-redeploy-") as folder:
        script = '. tools/stack-tools.sh; prepare_osls; osls package --package "$0" "$@"'
        ended = subprocess.run(
            ["bash", "-euc", script, folder, "--stage", stage, *words],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if ended.returncode:
            raise Refused(f"The stack could not be packaged:\n{ended.stdout}")
        file = Path(folder) / "cloudformation-template-update-stack.json"
        template: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return template


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.operate.redeploy",
        description="Deploy the stack again into the bucket and key that are there. A dry run unless --deploy is given.",
    )
    parser.add_argument("stage", choices=("dev", "staging", "prod"))
    parser.add_argument("--deploy", action="store_true", help="really do it")
    parser.add_argument("--key", metavar="ARN", help="the key, where the bucket does not tell")
    add_options(parser)
    parser.add_argument("words", nargs="*", metavar="-- WORDS", help="what the framework is given besides")
    arguments = parser.parse_args()
    return run(lambda: _main(arguments))


def _main(arguments: argparse.Namespace) -> int:
    account = open_account(arguments)
    words = ["--region", arguments.region, *arguments.words]
    if arguments.aws_profile:
        words += ["--aws-profile", arguments.aws_profile]
    situation = look(account, arguments.stage, _package(arguments.stage, words), arguments.key)
    for line in plan(situation):
        print(line)
    if not arguments.deploy:
        print("Nothing was changed. With --deploy it is done.")
        return 0
    done = redeploy(account, situation, lambda: _deploy(arguments.stage, words))
    print(said(done))
    return 0


def said(done: Redeployed) -> str:
    """The times, for the record."""
    today = datetime.now(UTC).date().isoformat()
    return f"{today}: imported in {done.import_seconds:.1f} s, deployed in {done.deploy_seconds:.1f} s."


def _deploy(stage: str, words: Sequence[str]) -> None:
    command = ["bash", "tools/deploy.sh", "deploy", stage, *words]
    if subprocess.run(command, cwd=PROJECT, check=False).returncode:
        raise Refused(
            "The deployment failed; what the framework said stands above. Mend it and run this again."
        )


if __name__ == "__main__":
    sys.exit(main())
