"""The window's own page sets up an archive on the emulator, from choosing to a session archived in it.

Run by `make deploy-emulated`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest.mock import patch

# Before anything of Qt is imported: no window of a test appears on a developer's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from app.account.profiles import ProfileStore
from app.bootstrap import Services
from app.deployment.aws import Account
from app.deployment.deployer import Deployer
from app.deployment.shipped import find_shipped
from app.desktop.settings.setup_dialog import SetUpDialog
from app.storage.paths import resolve_paths
from tests.desktop.stage import Stage
from tests.stack.cloud import REGION, Cloud

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from app.deployment.values import Plan

pytestmark = pytest.mark.stack


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """An emulator in which nothing is deployed."""
    folder = tmp_path / "cloud"
    folder.mkdir()
    made = Cloud(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def stage(
    qapp: QApplication, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """The window of somebody whose AWS profile `operator` may do everything."""
    for name in os.environ:
        if name.startswith(("AWS_", "CHATLOG_")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    key = cloud.operator
    (tmp_path / "credentials").write_text(
        f"[operator]\naws_access_key_id = {key.access_key}\naws_secret_access_key = {key.secret_key}\n",
        encoding="utf-8",
    )
    (tmp_path / "config").write_text(f"[profile operator]\nregion = {REGION}\n", encoding="utf-8")
    environ = {
        "HOME": str(tmp_path),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_ENDPOINT_URL": cloud.address,
        "AWS_CA_BUNDLE": str(cloud.certificate),
        "REQUESTS_CA_BUNDLE": str(cloud.certificate),
    }
    for name, value in environ.items():
        # botocore reads the process's own.
        monkeypatch.setenv(name, value)
    made = Stage(tmp_path / "stage", sessions=3, environ=environ)
    yield made
    made.close()
    assert made.crashes == []


def emulated(cloud: Cloud) -> object:
    """Stands in for Services.deployer: the function is told that its S3 is the emulator's."""

    class Emulated(Deployer):
        def plan(self, chosen: Mapping[str, str]) -> Plan:
            port = cloud.address.rpartition(":")[2]
            return super().plan({**chosen, "Stage": "emulated", "EmulatorPort": port})

    def deployer(
        services: Services, aws_profile: str, region: str, stopped: threading.Event | None = None
    ) -> Deployer:
        account = Account(services.environ, aws_profile, region)
        return Emulated(account, find_shipped(), stopped or services.stopped, interval=0.2)

    return deployer


def open_page(stage: Stage) -> SetUpDialog:
    page = SetUpDialog(stage.application.context, stage.window)
    page.open()
    stage.wait_until(lambda: page.state == "choosing", "AWS's files are not read")
    assert (page.choice.aws_profile, page.choice.region_code) == ("operator", REGION)
    page.go_on()
    stage.wait_until(
        lambda: page.state in {"planned", "there"} or page.problem.error, "the emulator does not answer"
    )
    assert page.problem.error is None
    return page


def left_behind(cloud: Cloud) -> list[str]:
    told = cloud.client("cloudformation").describe_stacks()["Stacks"]
    return [one["StackName"] for one in told if one["StackStatus"] != "DELETE_COMPLETE"]


def test_from_choosing_to_a_session_in_the_new_archive(stage: Stage, cloud: Cloud) -> None:
    stage.start()
    store = ProfileStore(resolve_paths(stage.home).settings)
    with patch.object(Services, "deployer", emulated(cloud)):
        # Looked at and not agreed to: nothing is there.
        page = open_page(stage)
        page.reject()
        stage.settle()
        assert left_behind(cloud) == []
        assert cloud.client("s3").list_buckets()["Buckets"] == []

        # Agreed to: made, pinned, in use.
        page = open_page(stage)
        page.go_on()
        stage.wait_until(lambda: page.state == "done" or page.problem.error, "it is not made")
        assert page.problem.error is None
        page.go_on()
        stage.settle()
        profile = store.get("aws")
        assert profile.storage is not None
        assert (store.chosen(), profile.kind, profile.aws_profile) == ("aws", "iam", "operator")

        # The main job.
        stage.go("sessions")
        stage.archive_all()
        found = cloud.client("s3").list_objects_v2(Bucket=profile.storage.bucket)["Contents"]
        assert len([one for one in found if ".jsonl" in one["Key"]]) >= len(stage.files())

        # A second time there is nothing to do.
        page = open_page(stage)
        assert page.state == "there"
        assert page.leading is not None
        assert (page.leading.name, page.leading.in_use) == ("aws", True)
        page.go_on()
        assert not page.isVisible()
