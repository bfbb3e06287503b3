"""What `make deploy` and `make undeploy` say when they cannot begin."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.stack.packaging import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


def deploy(home: Path, *words: str, verb: str = "deploy") -> subprocess.CompletedProcess[str]:
    """Run it as somebody who has no credentials of AWS's anywhere."""
    nobody = {"HOME": str(home), "PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"}
    return subprocess.run(
        ["bash", str(PROJECT / "tools" / "deploy.sh"), verb, *words],
        env=nobody,
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("words", [(), ("",), ("production",), ("emulated",), ("--help",)])
def test_a_stage_has_to_be_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = deploy(tmp_path, *words)
    assert ended.returncode == 2
    assert ended.stderr == "Name the stage: make deploy STAGE=dev (or staging, prod).\n"


def test_the_stage_to_be_removed_has_to_be_named(tmp_path: Path) -> None:
    ended = deploy(tmp_path, "everything", verb="remove")
    assert ended.returncode == 2
    assert ended.stderr == "Name the stage: make undeploy STAGE=dev (or staging, prod).\n"


def test_credentials_have_to_be_there(tmp_path: Path) -> None:
    ended = deploy(tmp_path, "dev")
    assert ended.returncode == 1
    assert ended.stderr.startswith("No AWS credentials were found: set AWS_PROFILE")
    assert len(ended.stderr.splitlines()) == 1
