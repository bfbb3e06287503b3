"""The packaged stack, row by row of its design; and each row's assertion finds the row broken.

Run by `make judge`.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack import rows_common as common
from tests.stack import rows_modes as modes
from tests.stack import rows_watching as watching
from tests.stack.mutations import MUTATIONS, Mutation
from tests.stack.mutations_watching import WATCHING_MUTATIONS
from tests.stack.packaging import PROJECT, package
from tests.stack.templates import Stack, strings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.stack.packaging import Package

pytestmark = pytest.mark.stack

CASES = [(mode, stage) for mode in ("personal", "team") for stage in ("dev", "prod", "emulated")]
IN_BOTH = [
    common.f1_function,
    common.f3_role,
    common.f7_logs,
    common.f8_concurrency,
    common.f13_environment,
    common.b1_name,
    common.b2_bucket,
    common.b3_encryption,
    common.b4_policy,
    common.b5_lifecycle,
    common.b6_access_logs,
    common.b8_tags,
    common.b9_purge,
    common.k1_key,
    common.g1_retention,
    watching.a3_topic,
    watching.a3_nobody,
]
IN_PERSONAL = [
    modes.f2_function_url,
    modes.f11_personal_owner,
    modes.b7_no_metrics,
    watching.a1_nothing_unasked,
]
IN_TEAM = [
    modes.f8_patience,
    modes.f9_api,
    modes.f10_pool,
    modes.f10_client,
    modes.f11_team_owner,
    modes.b7_metrics,
    watching.m1_dashboard,
    watching.a1_duration,
    watching.a2_cold_start,
    watching.a2_requests,
]
NOT_EMULATED = {
    "personal": [watching.a2_budget],
    "team": [
        modes.f9_firewall,
        watching.a1_failures,
        watching.a1_storage,
        watching.a2_budget,
        watching.g1_trail,
    ],
}
ROWS = [
    (row, mode, stage)
    for mode, stage in CASES
    for row in [*IN_BOTH, *(IN_PERSONAL if mode == "personal" else IN_TEAM)]
] + [(row, mode, stage) for mode in NOT_EMULATED for row in NOT_EMULATED[mode] for stage in ("dev", "prod")]
WITH_PARAMETERS = [
    (common.f8_reserved, "personal", {"ReservedConcurrency": 5}),
    (modes.f2_origins, "personal", {"AllowedOrigins": "https://logs.example.org"}),
    (modes.b7_metrics, "personal", {"RequestMetrics": "true"}),
    (modes.b7_no_metrics, "team", {"RequestMetrics": "false"}),
    (watching.m1_dashboard, "personal", {"Dashboard": "true"}),
    (watching.a1_failures, "personal", {"Alarms": "true"}),
    (watching.a1_duration, "personal", {"Alarms": "true"}),
    (watching.a1_storage, "personal", {"Alarms": "true", "RequestMetrics": "true"}),
    (watching.a2_cold_start, "personal", {"Alarms": "true"}),
    (watching.a2_requests, "personal", {"Alarms": "true"}),
    (watching.a3_topic, "personal", {"Alarms": "true", "RequestMetrics": "true"}),
    (watching.a3_email, "personal", {"AlarmEmail": "aki@example.org"}),
    (watching.g1_trail, "personal", {"Trail": "true"}),
    (common.b8_tags, "personal", {"Alarms": "true", "Dashboard": "true", "Trail": "true"}),
    (common.k1_key, "personal", {"Trail": "true"}),
    (
        watching.a1_nothing_unasked,
        "team",
        {"Alarms": "false", "Dashboard": "false", "Trail": "false"},
    ),
]


@pytest.mark.parametrize(("row", "mode", "stage"), ROWS, ids=lambda value: getattr(value, "__name__", value))
def test_the_row_holds(
    packaged: Callable[..., Package], row: Callable[[Stack, str], None], mode: str, stage: str
) -> None:
    row(Stack(packaged(mode, stage).template), stage)


@pytest.mark.parametrize(("row", "mode", "values"), WITH_PARAMETERS)
def test_the_row_holds_with_a_parameter(
    packaged: Callable[..., Package],
    row: Callable[[Stack, str], None],
    mode: str,
    values: dict[str, object],
) -> None:
    row(Stack(packaged(mode, "prod").template, **values), "prod")


@pytest.mark.parametrize("mutation", [*MUTATIONS, *WATCHING_MUTATIONS], ids=lambda mutation: mutation.name)
def test_a_broken_row_is_found(packaged: Callable[..., Package], mutation: Mutation) -> None:
    whole = packaged(mutation.mode, "prod").template
    mutation.row(Stack(whole, **mutation.values), "prod")
    broken = copy.deepcopy(whole)
    mutation.change(broken)
    assert broken != whole
    with pytest.raises((AssertionError, KeyError, ValueError)):
        mutation.row(Stack(broken, **mutation.values), "prod")


def test_every_row_can_break() -> None:
    broken = {mutation.row for mutation in [*MUTATIONS, *WATCHING_MUTATIONS]}
    assert {row for row, *_ in [*ROWS, *WITH_PARAMETERS]} == broken


def test_outside_the_primary_region_the_name_holds_the_region(packaged: Callable[..., Package]) -> None:
    stack = Stack(packaged("personal", "prod", "--region", "us-east-1").template)
    name = stack.properties("Bucket")["BucketName"]["Fn::Sub"]
    assert name == f"{common.PREFIX}-prod-${{AWS::AccountId}}-us-east-1"
    common.b6_access_logs(stack, "prod")


@pytest.mark.parametrize("mode", ["personal", "team"])
def test_the_zip_is_the_backend_and_the_same_twice(
    packaged: Callable[..., Package], tmp_path: Path, mode: str
) -> None:
    first, second = packaged(mode, "dev").zip_file, package(tmp_path / "again", mode, "prod").zip_file
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size < 3_000_000
    with zipfile.ZipFile(first) as archive:
        names = set(archive.namelist())
    folders = (PROJECT / "backend", PROJECT / "backend" / "presign")
    assert names == {
        path.relative_to(PROJECT).as_posix() for folder in folders for path in folder.glob("*.py")
    }
    assert "backend/handler.py" in names


@pytest.mark.parametrize(("mode", "stage"), CASES)
def test_the_outputs_are_what_a_profile_needs(
    packaged: Callable[..., Package], mode: str, stage: str
) -> None:
    stack = Stack(packaged(mode, stage).template)
    own = {"personal": {"CallersPolicy"}, "team": {"UserPool", "UserPoolClient"}}[mode]
    assert {"Endpoint", "Region", "Bucket", "Key", "Connection"} | own <= stack.outputs.keys()
    prefix, encoded = stack.outputs["Connection"]["Fn::Join"][1]
    text, values = encoded["Fn::Base64"]["Fn::Sub"]
    assert prefix == "chatlog-connection:"
    assert values["endpoint"] == stack.outputs["Endpoint"]
    connection = json.loads(text)
    assert (connection["format"], connection["version"]) == ("chatlog-uploader-connection", 1)
    assert (connection["mode"], connection["name"]) == (mode, stage)
    assert ("signIn" in connection) == (mode == "team")
    if mode == "team":
        assert connection["signIn"]["redirectPorts"] == list(modes.PORTS)
    # CloudFormation's outputs are no secrets: whoever may describe the stack reads them.
    assert "secret" not in text.lower()
    assert len(base64.b64encode(text.encode())) < 16_384


@pytest.mark.parametrize(("mode", "stage"), CASES)
def test_nothing_is_open_to_everybody(packaged: Callable[..., Package], mode: str, stage: str) -> None:
    """A `*` as the one who is meant stands in denials only."""
    stack = Stack(packaged(mode, stage).template)
    for name, resource in stack.resources.items():
        for one in _statements(resource):
            anybody = "*" in strings(one.get("Principal", ""))
            assert not anybody or one["Effect"] == "Deny", name


def test_the_deployed_api_is_named_after_its_content(packaged: Callable[..., Package]) -> None:
    """API Gateway serves the deployment that has been made; another content needs another one."""
    stack = Stack(packaged("team", "prod").template)
    served = {
        name: resource["Properties"]
        for name, resource in stack.resources.items()
        if resource["Type"].startswith("AWS::ApiGateway::")
        and resource["Type"].rpartition(":")[2] not in {"RestApi", "Deployment", "Stage"}
    }
    digest = hashlib.sha256(json.dumps(served, sort_keys=True).encode()).hexdigest()[:8]
    assert list(stack.of_type("AWS::ApiGateway::Deployment")) == [f"ApiDeployment{digest}"]
    assert stack.properties("ApiStage")["DeploymentId"] == {"Ref": f"ApiDeployment{digest}"}


def test_every_skipped_check_has_its_reason(packaged: Callable[..., Package]) -> None:
    skipped = [
        one
        for mode in ("personal", "team")
        for resource in packaged(mode, "prod").template["Resources"].values()
        for one in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    ]
    assert all(len(one["comment"]) > 15 for one in skipped)
    assert 0 < len({one["id"] for one in skipped}) <= 12


def _statements(resource: dict[str, Any]) -> list[dict[str, Any]]:
    properties = resource.get("Properties", {})
    documents = ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument")
    found: list[dict[str, Any]] = [
        one for document in documents for one in properties.get(document, {}).get("Statement", [])
    ]
    return found
