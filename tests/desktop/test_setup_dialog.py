"""Setting up in one's own AWS account: chosen, seen before it is agreed to, made, in use; closed and gone wrong on the way."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.account.connections import parse_connection
from app.account.profiles import ProfileStore
from app.bootstrap import Services
from app.deployment.aws_profiles import AwsProfiles
from app.deployment.values import Change
from app.desktop.settings import setup_work
from app.desktop.settings.profile_dialog import ProfileDialog
from app.desktop.settings.setup_dialog import SetUpDialog
from app.errors import AccessDenied, AwsSetUpWrong, ChatLogError, DeploymentFailed, Unreachable
from app.storage.paths import resolve_paths
from tests.account.connection_texts import as_string, of_sandbox
from tests.desktop.conftest import PATIENCE_MILLISECONDS
from tests.desktop.made_deployments import ACCOUNT, REUSED, MadeAws, changes_around_an_archive, let_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.sandbox.lifecycle import SandboxInfo

    Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MILLISECONDS)

    return until


@pytest.fixture
def store(home: Path) -> ProfileStore:
    return ProfileStore(resolve_paths(home).settings)


@pytest.fixture
def aws(shared_sandbox: SandboxInfo) -> Iterator[MadeAws]:
    """An account in which nothing is; what would be made there leads to a real sandbox."""
    info = shared_sandbox
    made = MadeAws(as_string(of_sandbox(info.endpoint, info.bucket, info.region)))
    with made.in_place(), let_in(info.token):
        yield made
    assert all(name.startswith("task-") for name in made.threads), "the GUI thread asked AWS"


@pytest.fixture
def opened(context: Context, aws: MadeAws, qtbot: QtBot, wait: Wait) -> Callable[[], SetUpDialog]:
    """Opens the page and waits until there is something to choose."""

    def open_page() -> SetUpDialog:
        made = SetUpDialog(context)
        qtbot.addWidget(made)
        made.show()
        wait(lambda: made.state == "choosing")
        return made

    return open_page


@pytest.fixture
def page(opened: Callable[[], SetUpDialog]) -> SetUpDialog:
    return opened()


def shown(widget: QWidget) -> str:
    """What can be read below a widget."""
    labels = [label for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return "\n".join(label.accessibleName() or label.text() for label in labels)


def press(page: SetUpDialog, words: str) -> None:
    """Press the button with these words, which is there and can be pressed."""
    buttons = [one for one in page.findChildren(QAbstractButton) if one.isVisibleTo(page) and one.isEnabled()]
    [button] = [one for one in buttons if one.text() == words]
    button.click()


def methods(aws: MadeAws) -> list[str]:
    """What was asked of AWS that could leave something there."""
    return [asked[0] for asked in aws.asked if asked[0] in {"plan", "apply", "discard"}]


def plan(page: SetUpDialog, wait: Wait) -> None:
    press(page, "Show what would be made")
    wait(lambda: page.state == "planned")


# ---- the usual way ------------------------------------------------------------------------------------------


def test_from_choosing_to_a_profile_in_use(
    page: SetUpDialog,
    aws: MadeAws,
    context: Context,
    store: ProfileStore,
    shared_sandbox: SandboxInfo,
    wait: Wait,
) -> None:
    assert page.choice.profile.text() == "default"
    assert page.choice.region.text() == "Tokyo (ap-northeast-1)"
    plan(page, wait)
    assert ("plan", "default", "ap-northeast-1") in aws.asked
    said = shown(page)
    assert f"This would be made in Tokyo (ap-northeast-1), in the AWS account {ACCOUNT}." in said
    assert "While nobody uses it, this costs 1.00 US dollars a month" in said
    assert "0.025 US dollars for each GB and month" in said
    assert "Buckets\n4 to create" in said
    assert "AWS::" not in said
    press(page, "Show AWS's own names")
    assert "To create: BucketPolicy\nAWS::S3::BucketPolicy" in shown(page)
    assert "chatlog-uploader-code-" in shown(page)
    assert methods(aws) == ["plan"]
    press(page, "Create in my AWS account")
    wait(lambda: page.state == "done")
    assert methods(aws) == ["plan", "apply"]
    assert "The profile “aws” is in use" in shown(page)
    profile = store.get("aws")
    assert profile.storage is not None
    assert (profile.kind, profile.aws_profile, store.chosen()) == ("iam", "default", "aws")
    assert profile.storage.bucket == shared_sandbox.bucket
    assert profile.expected == parse_connection(aws.connection).expected
    wait(lambda: context.account.profile is not None and context.account.profile.name == "aws")
    press(page, "Done")
    assert not page.isVisible()
    assert methods(aws) == ["plan", "apply"]


def test_an_archive_that_has_stayed_is_set_up_again_and_its_profile_with_it(
    page: SetUpDialog,
    opened: Callable[[], SetUpDialog],
    aws: MadeAws,
    context: Context,
    store: ProfileStore,
    shared_sandbox: SandboxInfo,
    wait: Wait,
) -> None:
    plan(page, wait)
    press(page, "Create in my AWS account")
    wait(lambda: page.state == "done")
    press(page, "Done")
    endpoint = store.get("aws").endpoint
    wait(lambda: any(view.endpoint == endpoint for view in context.account.profiles))

    # Its stack is removed, and would get another address.
    aws.there, aws.reused, aws.bucket = False, REUSED, shared_sandbox.bucket
    aws.changes = changes_around_an_archive()
    other = of_sandbox(
        shared_sandbox.endpoint.replace("127.0.0.1", "localhost"),
        shared_sandbox.bucket,
        shared_sandbox.region,
    )
    aws.connection = as_string(other)
    page = opened()
    plan(page, wait)
    said = shown(page)
    assert "would be set up again" in said
    assert f"Your bucket {REUSED.bucket} with its archives is still there" in said
    assert "what lies in its folder chat-logs/me is listed again" in said
    assert "2 to use again · 2 to create" in said
    assert page.name.isHidden()
    press(page, "Show AWS's own names")
    assert "To use again: Bucket\nAWS::S3::Bucket" in shown(page)
    press(page, "Set up again in my AWS account")
    wait(lambda: page.state == "done")
    assert set(store.names()) == {"sandbox", "aws"}
    assert (store.get("aws").endpoint, store.chosen()) == (other["endpoint"], "aws")
    assert endpoint != other["endpoint"]


def test_the_dialog_for_a_new_profile_leads_there(
    context: Context, aws: MadeAws, qtbot: QtBot, wait: Wait
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    dialog = ProfileDialog(context, window)
    dialog.show()
    dialog.set_up_button.click()
    wait(lambda: isinstance(QApplication.activeModalWidget(), SetUpDialog))
    assert not dialog.isVisible()
    page = QApplication.activeModalWidget()
    assert isinstance(page, SetUpDialog)
    wait(lambda: page.state == "choosing")
    page.reject()


def test_who_has_a_connection_is_not_led_there(context: Context, aws: MadeAws, qtbot: QtBot) -> None:
    dialog = ProfileDialog(context, connection=aws.connection)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.set_up_button.isHidden()


def test_the_page_needs_nothing_of_aws_before_it_asks() -> None:
    code = "import sys, app.desktop.settings.profile_dialog as _; print([n for n in sys.modules if n.startswith(('boto', 'app.deployment', 'backend'))])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


# ---- choosing -----------------------------------------------------------------------------------------------


def test_without_an_aws_profile_it_says_how_to_make_one(
    opened: Callable[[], SetUpDialog], aws: MadeAws, wait: Wait
) -> None:
    profiles, aws.profiles = aws.profiles, AwsProfiles((), "")
    page = opened()
    wait(lambda: "There is no AWS profile on this computer yet" in shown(page))
    assert not page.go_button.isEnabled()
    press(page, "Copy the command")
    assert QGuiApplication.clipboard().text() == "aws configure"
    aws.profiles = profiles
    press(page, "Look again")
    wait(lambda: page.choice.aws_profile == "default")
    assert page.go_button.isEnabled()
    assert "There is no AWS profile" not in shown(page)


def test_a_profile_without_a_region_leaves_that_to_be_chosen(
    page: SetUpDialog, aws: MadeAws, wait: Wait
) -> None:
    page.choice.profile.choose("work")
    page.choice.profile.chosen.emit("work")
    assert page.choice.region.text() == "Choose a region…"
    assert not page.go_button.isEnabled()
    page.choice.region.choose("eu-central-1")
    page.choice.region.chosen.emit("eu-central-1")
    assert page.choice.region.text() == "Frankfurt (eu-central-1)"
    plan(page, wait)
    assert ("plan", "work", "eu-central-1") in aws.asked


def test_aws_s_damaged_files_are_told_and_read_again(
    context: Context, aws: MadeAws, qtbot: QtBot, wait: Wait
) -> None:
    aws.errors["aws_profiles"] = AwsSetUpWrong(reason="ConfigParseError", awsProfile="default")
    page = SetUpDialog(context)
    qtbot.addWidget(page)
    page.show()
    wait(lambda: page.problem.error is not None)
    assert "AWS cannot be used" in shown(page)
    aws.errors.clear()
    press(page, "Try again")
    wait(lambda: page.choice.aws_profile == "default")


# ---- not agreed to ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["Cancel", "Back", "escape", "closed"])
def test_who_does_not_agree_leaves_nothing_behind(
    page: SetUpDialog, aws: MadeAws, store: ProfileStore, qtbot: QtBot, wait: Wait, way: str
) -> None:
    plan(page, wait)
    if way == "escape":
        QTest.keyClick(page, Qt.Key.Key_Escape)
    elif way == "closed":
        page.close()
    else:
        press(page, way)
    wait(lambda: methods(aws) == ["plan", "discard"])
    assert page.isVisible() == (way == "Back")
    assert store.names() == ["sandbox"]


def test_a_plan_that_comes_after_the_page_was_closed_is_discarded(
    page: SetUpDialog, aws: MadeAws, wait: Wait
) -> None:
    answer = aws.hold("plan")
    press(page, "Show what would be made")
    wait(lambda: "plan" in methods(aws))
    page.reject()
    assert not page.isVisible()
    answer.set()
    wait(lambda: methods(aws) == ["plan", "discard"])


def test_return_agrees_to_nothing(page: SetUpDialog, aws: MadeAws, qtbot: QtBot, wait: Wait) -> None:
    plan(page, wait)
    for place in (page.summary.fold, page.name.field, page):
        QTest.keyClick(place, Qt.Key.Key_Return)
    assert page.state == "planned"
    assert methods(aws) == ["plan"]


def test_a_name_that_is_taken_is_said_before_anything_is_made(
    page: SetUpDialog, aws: MadeAws, store: ProfileStore, wait: Wait
) -> None:
    plan(page, wait)
    page.name.set_text("sandbox")
    press(page, "Create in my AWS account")
    wait(page.name.problem)
    assert page.state == "planned"
    assert methods(aws) == ["plan"]
    page.name.set_text("mine")
    press(page, "Create in my AWS account")
    wait(lambda: page.state == "done")
    assert store.chosen() == "mine"


# ---- while AWS is at work -----------------------------------------------------------------------------------


def test_each_resource_is_ticked_as_it_is_done(page: SetUpDialog, aws: MadeAws, wait: Wait) -> None:
    aws.stepwise = True
    plan(page, wait)
    press(page, "Create in my AWS account")
    wait(lambda: page.state == "creating")
    assert ": done" not in shown(page)
    for _ in range(3):
        aws.steps.release()
    first = [change.resource for change in aws.changes][:4]
    wait(lambda: "AWS is at work: 3 of 14 done" in shown(page))
    assert [f"{name}: done" in shown(page) for name in first] == [True, True, True, False]
    assert page.progress.bar.fraction() == pytest.approx(3 / 14)
    aws.stepwise = False
    wait(lambda: page.state == "done")


def test_closing_in_the_midst_asks_first_and_the_page_finishes_it_next_time(
    page: SetUpDialog,
    opened: Callable[[], SetUpDialog],
    aws: MadeAws,
    store: ProfileStore,
    qtbot: QtBot,
    wait: Wait,
) -> None:
    aws.stepwise = True
    plan(page, wait)
    press(page, "Create in my AWS account")
    wait(lambda: "apply" in methods(aws))
    page.close()
    assert page.isVisible()
    assert "AWS goes on by itself" in shown(page)
    press(page, "Go on waiting")
    assert "AWS goes on by itself" not in shown(page)
    for _ in range(3):
        QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.isVisible()
    assert aws.ended == []
    press(page, "Close, and finish later")
    assert not page.isVisible()
    wait(lambda: aws.ended == ["cancelled"])
    assert store.names() == ["sandbox"]
    assert methods(aws) == ["plan", "apply"]

    aws.there, aws.changes = True, ()
    again = opened()
    press(again, "Show what would be made")
    wait(lambda: again.state == "there")
    assert "Your archive is there, and up to date" in shown(again)
    press(again, "Add the profile and use it")
    wait(lambda: again.state == "done")
    assert store.chosen() == "aws"
    assert methods(aws) == ["plan", "apply", "plan"]


# ---- what goes wrong ----------------------------------------------------------------------------------------

PLACE = {"stack": "chatlog-uploader-prod", "region": "ap-northeast-1", "awsProfile": "default"}
ERRORS: list[tuple[ChatLogError, str]] = [
    (AwsSetUpWrong(reason="aws-profile-unknown", awsProfile="default"), "Choose another AWS profile."),
    (AwsSetUpWrong(reason="none-found", awsProfile="default"), "Sign in to AWS as you usually do"),
    (AwsSetUpWrong(reason="sso-expired", awsProfile="default"), "Sign in to AWS as you usually do"),
    (AwsSetUpWrong(reason="key-refused", awsProfile="default"), "Put it right in AWS's set-up"),
    (Unreachable(host="AWS", reason="ConnectTimeoutError"), "AWS"),
    *(
        (DeploymentFailed(reason=reason, detail="No", resource="Bucket", **PLACE), step)
        for reason, step in (
            ("access-denied", "Choose one that may manage CloudFormation"),
            ("throttled", "Try again in a minute."),
            ("busy", "Wait until that is done, then try again."),
            ("creation-failed", "Remove it in the CloudFormation console"),
            ("stuck", "in the CloudFormation console, then try again."),
            ("name-taken", "Choose another region or AWS account."),
            ("archive-there", "or choose another region."),
            ("kept-key-gone", "delete the bucket in the S3 console and try again."),
            ("kept-key-deleting", "Cancel the deletion in the KMS console"),
            ("kept-key-off", "Enable the key in the KMS console"),
            ("refused", "Put that right, then try again."),
        )
    ),
]


@pytest.mark.parametrize(
    ("error", "next_step"), ERRORS, ids=lambda value: getattr(value, "parameters", {}).get("reason")
)
def test_what_keeps_aws_from_planning_is_told_in_place_and_can_be_tried_again(
    page: SetUpDialog, aws: MadeAws, wait: Wait, error: ChatLogError, next_step: str
) -> None:
    aws.errors["plan"] = error
    press(page, "Show what would be made")
    wait(lambda: page.problem.error is error)
    assert page.state == "choosing"
    assert next_step in shown(page)
    aws.errors.clear()
    press(page, "Try again")
    wait(lambda: page.state == "planned")
    assert page.problem.isHidden()


@pytest.mark.parametrize("reason", ["resource-taken", "rolled-back", "lost-sight", "code-bucket-taken"])
def test_what_fails_while_it_is_made_is_told_and_tried_again_with_a_new_plan(
    page: SetUpDialog, aws: MadeAws, store: ProfileStore, wait: Wait, reason: str
) -> None:
    error = DeploymentFailed(reason=reason, detail="No", resource="Bucket", **PLACE)
    aws.errors["applying"] = error
    plan(page, wait)
    press(page, "Create in my AWS account")
    wait(lambda: page.problem.error is error)
    assert page.state == "choosing"
    assert store.names() == ["sandbox"]
    aws.errors.clear()
    press(page, "Try again")
    wait(lambda: page.state == "planned")
    press(page, "Create in my AWS account")
    wait(lambda: page.state == "done")
    assert methods(aws) == ["plan", "apply", "plan", "apply"]


def test_an_endpoint_that_refuses_at_first_is_waited_for(
    page: SetUpDialog, aws: MadeAws, store: ProfileStore, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    monkeypatch.setattr(setup_work, "READY_INTERVAL", 0.0)
    refusals = [AccessDenied(host="aws"), Unreachable(host="aws")]
    real = Services.try_out

    def try_out(*given: Any) -> Any:
        if refusals:
            raise refusals.pop()
        return real(*given)

    plan(page, wait)
    with patch.object(Services, "try_out", try_out):
        press(page, "Create in my AWS account")
        wait(lambda: page.state == "done")
    assert refusals == []
    assert store.chosen() == "aws"


def test_an_endpoint_that_goes_on_refusing_leaves_the_profile_to_be_tried_again(
    page: SetUpDialog, aws: MadeAws, store: ProfileStore, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    monkeypatch.setattr(setup_work, "READY_SECONDS", 0.0)
    monkeypatch.setattr(setup_work, "READY_INTERVAL", 0.0)
    refused = AccessDenied(host="aws")
    plan(page, wait)
    with patch.object(Services, "try_out", side_effect=refused):
        press(page, "Create in my AWS account")
        wait(lambda: page.problem.error is refused)
    assert page.state == "there"
    assert store.names() == ["sandbox"]
    press(page, "Add the profile and use it")
    wait(lambda: page.state == "done")
    assert store.chosen() == "aws"
    assert methods(aws) == ["plan", "apply"]


# ---- there already ------------------------------------------------------------------------------------------


@pytest.fixture
def known(aws: MadeAws, store: ProfileStore, context: Context, wait: Wait) -> str:
    """The stack is there, and a profile that leads to it and is not in use."""
    aws.there, aws.changes = True, ()
    store.add(parse_connection(aws.connection).to_profile("mine", aws_profile="default"))
    context.account.load()
    wait(lambda: len(context.account.profiles) == 2)
    return "mine"


def test_a_profile_that_leads_there_is_offered_for_use(
    known: str, page: SetUpDialog, context: Context, store: ProfileStore, wait: Wait
) -> None:
    press(page, "Show what would be made")
    wait(lambda: page.state == "there")
    assert "the profile “mine” leads to it" in shown(page)
    assert page.name.isHidden()
    press(page, "Use “mine”")
    wait(lambda: page.state == "done")
    assert store.chosen() == known
    assert store.names() == ["sandbox", "mine"]


def test_a_profile_in_use_that_leads_there_leaves_nothing_to_do(
    known: str, page: SetUpDialog, context: Context, aws: MadeAws, wait: Wait
) -> None:
    context.account.use(known)
    wait(lambda: context.account.profile is not None and context.account.profile.name == known)
    press(page, "Show what would be made")
    wait(lambda: page.state == "there")
    assert "the profile “mine” that is in use leads to it" in shown(page)
    assert page.cancel_button.isHidden()
    press(page, "Done")
    assert not page.isVisible()
    assert "apply" not in methods(aws)


def test_an_older_archive_is_brought_up_to_date_and_its_profile_used(
    known: str, page: SetUpDialog, aws: MadeAws, store: ProfileStore, wait: Wait
) -> None:
    aws.changes = (
        Change("modify", "PresignLambdaFunction", "AWS::Lambda::Function"),
        Change("replace", "KeyAlias", "AWS::KMS::Alias"),
    )
    plan(page, wait)
    said = shown(page)
    assert "would be brought up to date. Nothing has been changed yet." in said
    assert "1 to change" in said
    assert "1 to replace" in said
    assert "Something that is there would go" in said
    assert page.name.isHidden()
    press(page, "Make these changes")
    wait(lambda: page.state == "done")
    assert store.chosen() == known
    assert methods(aws) == ["plan", "apply"]
