"""What can go wrong with a deployment, each with the error that names it; AWS's answers are botocore's own, stubbed."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.session import Session
from botocore.stub import ANY, Stubber

from app.cli.messages import describe
from app.deployment.aws import Account
from app.deployment.deployer import STACK, Deployer
from app.deployment.shipped import find_shipped
from app.deployment.stack import Stack
from app.errors import AwsSetUpWrong, ChatLogError, DeploymentFailed, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "ap-northeast-1"
NUMBER = "123456789012"
ARN = f"arn:aws:cloudformation:{REGION}:{NUMBER}:stack/{STACK}/1"
CHANGE_SET = f"arn:aws:cloudformation:{REGION}:{NUMBER}:changeSet/one/1"
DENIED, MISSING = 403, 404
NOW = datetime(2026, 11, 24, tzinfo=UTC)
OURS = [{"ParameterKey": "CodeKey", "ParameterValue": "function/0.zip"}]


class StubbedAccount(Account):
    """An account whose answers the test gives, in the order in which they are asked for."""

    def __init__(self) -> None:
        super().__init__({}, "operator", REGION)
        self._aws = Session()
        self._aws.set_credentials("AKIAEXAMPLE", "a-secret")
        self._made = {
            name: self._aws.create_client(name, region_name=REGION) for name in ("cloudformation", "s3")
        }
        self.answers = Stubber(self._made["cloudformation"])
        self.buckets = Stubber(self._made["s3"])
        self.answers.activate()
        self.buckets.activate()

    @property
    def number(self) -> str:
        return NUMBER

    def client(self, service: str) -> Any:
        return self._made[service]

    def has_stack(self, status: str, *, parameters: Any = OURS, reason: str = "") -> None:
        """The next look at the stack finds it so."""
        stack = {"StackName": STACK, "StackId": ARN, "StackStatus": status, "CreationTime": NOW}
        stack |= {"Parameters": parameters, "StackStatusReason": reason}
        self.answers.add_response("describe_stacks", {"Stacks": [stack]})

    def has_no_stack(self) -> None:
        message = f"Stack with id {STACK} does not exist"
        self.answers.add_client_error("describe_stacks", "ValidationError", message)

    def has_bucket(self, status: int) -> None:
        """What S3 says when it is asked whether the archive's bucket is there."""
        named = {"Bucket": f"media-viewer-v209-chat-logs-prod-{NUMBER}", "ExpectedBucketOwner": NUMBER}
        self.buckets.add_client_error("head_bucket", str(status), "", status, expected_params=named)

    def has_events(self, *events: tuple[str, str, str]) -> None:
        """The next list of events: (resource, status, reason), newest first."""
        told = [
            {
                "StackId": ARN,
                "StackName": STACK,
                "EventId": f"{number}-{resource}",
                "LogicalResourceId": resource,
                "PhysicalResourceId": resource,
                "ResourceType": "AWS::S3::Bucket",
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
                "Timestamp": NOW,
            }
            for number, (resource, status, reason) in enumerate(events)
        ]
        self.answers.add_response("describe_stack_events", {"StackEvents": told})


@pytest.fixture
def account() -> Iterator[StubbedAccount]:
    made = StubbedAccount()
    yield made
    made.answers.assert_no_pending_responses()
    made.buckets.assert_no_pending_responses()


def deployer(account: Account) -> Deployer:
    return Deployer(account, find_shipped(), threading.Event(), interval=0)


@contextmanager
def refused(kind: type[ChatLogError], reason: str, next_step: str) -> Iterator[None]:
    """What happens within ends with that error, whose words name that next step, in English and in Japanese."""
    with pytest.raises(kind) as raised:
        yield
    assert raised.value.parameters["reason"] == reason
    assert next_step in describe(raised.value, "en")
    assert next_step in describe(raised.value, "ja")


# ---- the set-up -------------------------------------------------------------------------------------------


@pytest.fixture
def aws_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with AWS's files, `config` and `credentials`, and nothing else of AWS's."""
    for name in (
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path


@pytest.mark.usefixtures("aws_files")
def test_without_an_aws_profile() -> None:
    with refused(AwsSetUpWrong, "aws-profile-unknown", "aws configure --profile default"):
        _ = Account({}, None, REGION).number
    with refused(AwsSetUpWrong, "aws-profile-unknown", "aws configure --profile work"):
        _ = Account({"AWS_PROFILE": "work"}, None, REGION).number


def test_without_credentials(aws_files: Path) -> None:
    (aws_files / "config").write_text(f"[profile work]\nregion = {REGION}\n", encoding="utf-8")
    with refused(AwsSetUpWrong, "none-found", "aws configure --profile work"):
        _ = Account({}, "work", None).number


def test_without_a_region(aws_files: Path) -> None:
    keys = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = a-secret\n"
    (aws_files / "credentials").write_text(f"[work]\n{keys}", encoding="utf-8")
    with refused(AwsSetUpWrong, "region-missing", "--region"):
        _ = Account({}, "work", None).region
    with refused(AwsSetUpWrong, "region-missing", "--region"):
        _ = Account({}, "work", "Tokyo").region
    assert Account({"AWS_REGION": "eu-west-1"}, "work", None).region == "eu-west-1"
    (aws_files / "config").write_text("[profile work]\nregion = us-west-2\n", encoding="utf-8")
    assert Account({}, "work", None).region == "us-west-2"


def test_an_expired_sso_sign_in(aws_files: Path) -> None:
    (aws_files / "config").write_text(
        "[profile work]\nsso_session = one\nsso_account_id = 123456789012\nsso_role_name = admin\n"
        "[sso-session one]\nsso_region = ap-northeast-1\nsso_start_url = https://example.awsapps.com/start\n",
        encoding="utf-8",
    )
    with refused(AwsSetUpWrong, "sso-expired", "aws sso login --profile work"):
        _ = Account({}, "work", REGION).number


@pytest.mark.parametrize(
    ("code", "kind", "reason", "next_step"),
    [
        ("ExpiredToken", AwsSetUpWrong, "sso-expired", "aws sso login --profile operator"),
        ("InvalidClientTokenId", AwsSetUpWrong, "key-refused", "aws configure --profile operator"),
        ("AccessDenied", DeploymentFailed, "access-denied", "--aws-profile"),
        ("Throttling", DeploymentFailed, "throttled", ""),
    ],
)
def test_what_aws_refuses(
    account: StubbedAccount, code: str, kind: type[ChatLogError], reason: str, next_step: str
) -> None:
    account.answers.add_client_error("describe_stacks", code, "No.", http_status_code=400)
    with refused(kind, reason, next_step):
        deployer(account).plan({})


# ---- the stack that is there ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason", "next_step"),
    [
        ("ROLLBACK_COMPLETE", "creation-failed", "backend remove"),
        ("CREATE_IN_PROGRESS", "busy", "backend status"),
        ("UPDATE_ROLLBACK_FAILED", "stuck", "CloudFormation"),
    ],
)
def test_a_stack_that_cannot_be_changed(
    account: StubbedAccount, status: str, reason: str, next_step: str
) -> None:
    account.has_stack(status)
    with refused(DeploymentFailed, reason, next_step):
        deployer(account).plan({})


def test_a_stack_that_something_else_deployed(account: StubbedAccount) -> None:
    account.has_stack("UPDATE_COMPLETE", parameters=[])
    with refused(DeploymentFailed, "name-taken", "--region"):
        deployer(account).plan({})
    account.has_stack("UPDATE_COMPLETE", parameters=[])
    with refused(DeploymentFailed, "name-taken", "--region"):
        deployer(account).plan_removal()


def test_somebody_else_s_bucket_is_found_before_anything_is_made(account: StubbedAccount) -> None:
    account.has_no_stack()
    account.has_bucket(DENIED)
    with refused(DeploymentFailed, "archive-there", f"media-viewer-v209-chat-logs-prod-{NUMBER}"):
        deployer(account).plan({})


def test_a_parameter_that_the_stack_does_not_have(account: StubbedAccount) -> None:
    for name in ("Colour", "CodeKey"):
        with refused(AwsSetUpWrong, "parameter-unknown", "backend status"):
            deployer(account).plan({name: "red"})


def test_a_value_that_cloudformation_refuses(account: StubbedAccount) -> None:
    account.has_no_stack()
    account.has_bucket(MISSING)
    message = "Parameter 'MemorySize' must be a number not less than 128"
    account.answers.add_client_error("create_change_set", "ValidationError", message)
    with refused(AwsSetUpWrong, "parameter-refused", message):
        deployer(account).plan({"MemorySize": "1"})


def change_set(account: StubbedAccount, status: str, reason: str) -> None:
    account.answers.add_response("create_change_set", {"Id": CHANGE_SET, "StackId": ARN})
    account.answers.add_response("describe_change_set", {"Status": "CREATE_PENDING"})
    account.answers.add_response(
        "describe_change_set", {"Status": status, "StatusReason": reason, "Changes": []}
    )
    account.answers.add_response("describe_change_set", {"StackId": ARN}, {"ChangeSetName": CHANGE_SET})
    account.answers.add_response("delete_change_set", {}, {"ChangeSetName": CHANGE_SET})


def test_a_change_set_that_fails_leaves_nothing(account: StubbedAccount) -> None:
    account.has_no_stack()
    account.has_bucket(MISSING)
    change_set(account, "FAILED", "Unresolved resource dependencies")
    account.answers.add_response("delete_stack", {}, {"StackName": ARN})
    with refused(DeploymentFailed, "refused", "backend deploy"):
        deployer(account).plan({})


def test_nothing_to_change(account: StubbedAccount) -> None:
    """A value that was chosen once stays, and so nothing is different."""
    account.has_stack(
        "UPDATE_COMPLETE", parameters=[*OURS, {"ParameterKey": "Alarms", "ParameterValue": "true"}]
    )
    change_set(account, "FAILED", "The submitted information didn't contain changes.")
    plan = deployer(account).plan({})
    assert (plan.changes, plan.change_set, plan.new) == ((), "", False)
    assert plan.estimate.dollars > 1


# ---- on the way -------------------------------------------------------------------------------------------


def wait(account: StubbedAccount, *, patience: float = 0) -> None:
    steps: list[Any] = []
    stack = Stack(account, STACK, threading.Event(), interval=0, patience=patience)
    stack.wait(ARN, 2, steps.append, seen=set())


@pytest.mark.parametrize(
    ("why", "reason", "next_step"),
    [
        ("chat-logs-123456789012 already exists", "resource-taken", "backend remove"),
        ("User: bob is not authorized to perform: s3:CreateBucket", "access-denied", "--aws-profile"),
        ("Limit exceeded", "rolled-back", "backend deploy"),
    ],
)
def test_a_creation_that_goes_back_says_what_was_first_in_the_way(
    account: StubbedAccount, why: str, reason: str, next_step: str
) -> None:
    account.has_stack("CREATE_IN_PROGRESS")
    account.has_events(("Bucket", "CREATE_FAILED", why), ("Key", "CREATE_COMPLETE", ""))
    account.has_stack("ROLLBACK_COMPLETE", reason="The following resource(s) failed")
    account.has_events(("Key", "CREATE_FAILED", "Resource creation cancelled"))
    with refused(DeploymentFailed, reason, next_step):
        wait(account)


def test_a_removal_that_fails(account: StubbedAccount) -> None:
    account.has_stack("DELETE_FAILED")
    account.has_events(("AccessLogs", "DELETE_FAILED", "The bucket is not empty"))
    with refused(DeploymentFailed, "removal-failed", "backend remove"):
        wait(account)


class Broken(StubbedAccount):
    """An account that cannot be reached for a while."""

    failures = 0

    def client(self, service: str) -> Any:
        if self.failures:
            self.failures -= 1
            raise Unreachable(host="AWS", reason="ConnectTimeoutError")
        return super().client(service)


def test_a_network_that_is_lost_for_a_while_is_sat_out() -> None:
    account = Broken()
    account.failures = 5
    account.has_stack("CREATE_COMPLETE")
    account.has_events(("Bucket", "CREATE_COMPLETE", ""))
    wait(account, patience=60)


def test_a_network_that_is_lost_for_long_leaves_aws_at_work() -> None:
    account = Broken()
    account.failures = 1_000_000
    with refused(DeploymentFailed, "lost-sight", "backend status"):
        wait(account, patience=0)


class Offline(StubbedAccount):
    """An account behind an address at which nobody listens."""

    def client(self, service: str) -> Any:
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        once = Config(retries={"total_max_attempts": 1})
        return self._aws.create_client(service, region_name=REGION, endpoint_url=address, config=once)


def test_no_network_at_all() -> None:
    with pytest.raises(Unreachable):
        deployer(Offline()).status()


def test_the_plan_asks_for_what_was_chosen(account: StubbedAccount) -> None:
    account.has_no_stack()
    account.has_bucket(MISSING)
    wanted = {name: one.get("Default", "") for name, one in find_shipped().choices.items()} | {
        "Alarms": "true"
    }
    wanted |= {"CodeBucket": f"chatlog-uploader-code-{NUMBER}-{REGION}", "CodeKey": find_shipped().code.key}
    wanted |= {"RegionSuffix": ""}
    expected = {
        "StackName": STACK,
        "ChangeSetName": ANY,
        "ChangeSetType": "CREATE",
        "TemplateBody": find_shipped().body,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": str(value)} for name, value in wanted.items()
        ],
        "Tags": ANY,
    }
    account.answers.add_response("create_change_set", {"Id": CHANGE_SET, "StackId": ARN}, expected)
    added = {"Action": "Add", "LogicalResourceId": "Bucket", "ResourceType": "AWS::S3::Bucket"}
    changed = {
        "Action": "Modify",
        "Replacement": "True",
        "LogicalResourceId": "Key",
        "ResourceType": "AWS::KMS::Key",
    }
    first = {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": added}], "NextToken": "more"}
    account.answers.add_response("describe_change_set", first)
    account.answers.add_response(
        "describe_change_set", {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": changed}]}
    )
    plan = deployer(account).plan({"Alarms": "true"})
    assert [(one.action, one.resource) for one in plan.changes] == [("add", "Bucket"), ("replace", "Key")]
    assert plan.estimate.dollars == 1.5
