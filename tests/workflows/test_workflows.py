"""The workflows: pinned, with few rights, judged by linters, and their steps run before GitHub runs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from app import __version__
from tests.workflows.steps import CI, HERE, LONG, PROJECT, WHERE, WORKFLOWS, steps, workflows
from tools.stack_plan import Plan, compare, deployed_resources

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the steps are those for Linux")

STEPS = steps()


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{name} {job}", about)
        for name, content in workflows().items()
        for job, about in content["jobs"].items()
    ]


# ---- what every workflow keeps to -----------------------------------------------------------------------


def test_actions_are_pinned_to_a_commit_with_its_version_beside() -> None:
    for path in WORKFLOWS.glob("*.yml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "uses:" in line:
                assert re.search(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_one_action_is_pinned_to_one_commit_everywhere() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS.glob("*.yml"))
    pins = set(re.findall(r"uses: (\S+)@(\S+) # (\S+)", text))
    assert len({action for action, _, _ in pins}) == len(pins)


def test_workflows_may_read_and_a_job_that_may_more_is_known() -> None:
    for content in workflows().values():
        assert content["permissions"] == {"contents": "read"}
        assert content["concurrency"]["group"]
    more = {name: about["permissions"] for name, about in jobs() if "permissions" in about}
    assert more == {
        "release draft": {"contents": "write"},
        "deploy deploy": {"contents": "read", "id-token": "write"},
    }


def test_every_job_ends_in_time_and_leaves_no_token_in_its_clone() -> None:
    for name, about in jobs():
        assert about["timeout-minutes"] <= 90, name
        for step in about["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"] == {"persist-credentials": False}, name


def test_a_deployment_is_judged_first_and_of_its_stage_s_environment() -> None:
    deploy = workflows()["deploy"]["jobs"]["deploy"]
    assert deploy["needs"] == "judge"
    assert deploy["environment"] == "${{ inputs.stage }}"
    names = [step["name"] for step in deploy["steps"] if "run" in step]
    assert names.index("Plan, and stop where data would be lost") < names.index("Deploy")
    assert names[-1] == "Measure from here"


def test_what_github_says_comes_into_commands_as_variables() -> None:
    assert {key for key, step in STEPS.items() if "${{" in step.commands} == set()


# ---- every step is run somewhere ------------------------------------------------------------------------


def test_the_table_of_steps_is_that_of_the_workflows() -> None:
    assert STEPS.keys() == WHERE.keys()


def test_what_ci_runs_is_in_its_script() -> None:
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    for key, where in WHERE.items():
        if where == CI:
            assert STEPS[key].commands in script, key


def test_every_make_target_and_script_of_the_steps_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for step in STEPS.values():
        assert set(re.findall(r"^make ([a-z-]+)", step.commands, re.MULTILINE)) <= targets, step.key
        for script in re.findall(r"(?:tools|packaging)/[\w./-]+\.(?:sh|ps1)", step.commands):
            assert (PROJECT / script).is_file(), step.key


def run(key: str, folder: Path, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does with `shell: bash`."""
    assert WHERE[key] in {HERE, LONG}
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[key].commands]
    around = {"PATH": os.environ["PATH"], "HOME": str(folder), **(environ or {})}
    return subprocess.run(words, cwd=folder, env=around, capture_output=True, text=True, check=False)


def stand_in(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_only_a_tag_that_is_the_version_is_released(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("[!_]*"))
    key = "release version / The tag is the program's version"
    assert run(key, tmp_path, {"GITHUB_REF_NAME": f"v{__version__}"}).returncode == 0
    assert run(key, tmp_path, {"GITHUB_REF_NAME": "v99.0.0"}).returncode != 0


def test_the_certificate_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "signing").mkdir()
    (tmp_path / "signing" / "signing.keychain-db").touch()
    key = "release macos / Delete the certificate"
    assert run(key, tmp_path, {"RUNNER_TEMP": str(tmp_path)}).returncode == 0
    assert not (tmp_path / "signing").exists()


def test_the_release_is_a_draft_with_one_list_of_checksums(tmp_path: Path) -> None:
    folder = tmp_path / "release"
    folder.mkdir()
    for name in ("a.deb", "b-setup.exe", "SHA256SUMS", "SHA256SUMS-windows"):
        (folder / name).write_text(name, encoding="utf-8")
    done = run("release draft / Sum everything up", tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["SHA256SUMS", "a.deb", "b-setup.exe"]
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    gh = stand_in(tmp_path / "programs", "gh", f'printf "%s\\n" "$@" >{tmp_path}/called')
    environ = {
        "PATH": f"{gh.parent}:{os.environ['PATH']}",
        "GITHUB_REF_NAME": "v1",
        "GITHUB_REPOSITORY": "a/b",
    }
    assert run("release draft / Draft the release", tmp_path, environ).returncode == 0
    called = (tmp_path / "called").read_text(encoding="utf-8").splitlines()
    assert called[:3] == ["release", "create", "v1"]
    assert {"--draft", "--verify-tag", "release/a.deb", "release/SHA256SUMS"} <= set(called)


@pytest.fixture
def stage(tmp_path: Path) -> dict[str, str]:
    """A folder like a clone whose scripts note how they are called, and what GitHub sets around the steps."""
    for script in ("tools/plan.sh", "tools/deploy.sh", ".venv/bin/chatlog-uploader"):
        stand_in(tmp_path, script, f'echo "{Path(script).name} $*" | tee -a "{tmp_path}/called"')
    return {
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "RUNNER_TEMP": str(tmp_path),
        "STAGE": "dev",
        "OPTIONS": "--region us-east-1 --param mode=team --param githubDeploy=true",
    }


def test_a_deployment_is_planned_carried_out_and_measured(tmp_path: Path, stage: dict[str, str]) -> None:
    for name in (
        "Plan, and stop where data would be lost",
        "Deploy",
        "Measure from here",
    ):
        done = run(f"deploy deploy / {name}", tmp_path, stage)
        assert done.returncode == 0, (name, done.stderr)
    options = "dev --region us-east-1 --param mode=team --param githubDeploy=true"
    called = (tmp_path / "called").read_text(encoding="utf-8").splitlines()
    assert called == [
        f"plan.sh {options}",
        f"deploy.sh deploy {options}",
        "chatlog-uploader profile add deployed --connection dev.chatlog-connection --yes",
        "chatlog-uploader --profile deployed doctor --measure",
    ]
    assert "plan.sh" in (tmp_path / "summary").read_text(encoding="utf-8")


def test_the_scripts_themselves_are_called_as_they_want_to_be(tmp_path: Path, stage: dict[str, str]) -> None:
    environ = {**stage, "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path)}
    done = run("deploy deploy / Deploy", PROJECT, environ)
    assert (done.returncode, done.stderr.split(":")[0]) == (1, "No AWS credentials were found")


def test_a_plan_that_says_no_ends_the_deployment(tmp_path: Path, stage: dict[str, str]) -> None:
    stand_in(tmp_path, "tools/plan.sh", "echo Stopped; exit 1")
    assert run("deploy deploy / Plan, and stop where data would be lost", tmp_path, stage).returncode == 1


# ---- the plan -------------------------------------------------------------------------------------------


def test_a_plan_stops_where_data_or_the_way_to_deploy_would_go() -> None:
    deployed = {"Bucket": "AWS::S3::Bucket", "Topic": "AWS::SNS::Topic", "DeployRole": "AWS::IAM::Role"}
    assert compare({}, deployed).lost == ()
    assert compare(deployed, deployed) == Plan((), (), ())
    fewer = compare(deployed, {"Bucket": "AWS::S3::Bucket", "DeployRole": "AWS::IAM::Role"})
    assert fewer == Plan((), ("Topic (AWS::SNS::Topic)",), ())
    renamed = compare(deployed, {**deployed, "Bucket": "AWS::S3::AccessPoint"})
    assert renamed.lost == ("Bucket (AWS::S3::Bucket)",)
    assert compare(deployed, {"Bucket": "AWS::S3::Bucket"}).lost == ("DeployRole (AWS::IAM::Role)",)


def test_a_plan_begins_with_what_is_deployed() -> None:
    secret = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "example"}
    client = boto3.client("cloudformation", region_name="us-east-1", **secret)
    with Stubber(client) as replies:
        replies.add_client_error(
            "list_stack_resources", "ValidationError", "Stack with id chatlog-uploader-dev does not exist"
        )
        assert deployed_resources(client, "chatlog-uploader-dev") == {}
        topic = {"LogicalResourceId": "Topic", "ResourceType": "AWS::SNS::Topic"}
        gone = {"LogicalResourceId": "Alarm", "ResourceType": "AWS::CloudWatch::Alarm"}
        summaries = [
            {**topic, "ResourceStatus": "UPDATE_COMPLETE", "LastUpdatedTimestamp": datetime.now(tz=UTC)},
            {**gone, "ResourceStatus": "DELETE_COMPLETE", "LastUpdatedTimestamp": datetime.now(tz=UTC)},
        ]
        replies.add_response("list_stack_resources", {"StackResourceSummaries": summaries})
        assert deployed_resources(client, "chatlog-uploader-dev") == {"Topic": "AWS::SNS::Topic"}
        replies.add_client_error("list_stack_resources", "AccessDenied", "not yours")
        with pytest.raises(ClientError):
            deployed_resources(client, "chatlog-uploader-dev")


# ---- what takes long ------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(
    "key", {STEPS[key].commands: key for key, where in WHERE.items() if where == LONG}.values()
)
def test_a_fresh_clone_is_set_up_as_the_workflows_do(key: str, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(clone)], check=True)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "python")], check=True)
    environ = {**os.environ, "PATH": f"{tmp_path / 'python' / 'bin'}:{os.environ['PATH']}"}
    done = run(key, clone, environ)
    assert done.returncode == 0, done.stderr
    program = clone / ".venv" / "bin" / "chatlog-uploader"
    if not program.exists():
        program = tmp_path / "python" / "bin" / "chatlog-uploader"
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    assert said == f"chatlog-uploader {__version__}\n"
