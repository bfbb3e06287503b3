"""The guide for operators is followed, from its first command to its last, on an emulator and in a clean home.

Run by `make deploy-emulated`. Its commands are taken from the page itself; only the values that it asks for are others.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import pytest

from tests.docs.conftest import blocks
from tests.stack.cloud import REGION, Cloud
from tests.stack.packaging import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.stack

PAGE = "docs/operating.md"
EXPORT = re.compile(r"^export (\w+)=(.+)$", re.MULTILINE)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Cloud]:
    """An account with nothing in it."""
    folder = tmp_path / "cloud"
    folder.mkdir()
    cloud = Cloud(folder)
    try:
        cloud.start()
        yield cloud
    finally:
        cloud.stop()


def operator_s_environment(home: Path, account: Cloud) -> dict[str, str]:
    """A home with AWS's files and nothing else. What was downloaded before need not be downloaded again."""
    files = home / ".aws"
    files.mkdir(parents=True)
    (files / "credentials").write_text(
        f"[operator]\naws_access_key_id = {account.operator.access_key}\n"
        f"aws_secret_access_key = {account.operator.secret_key}\n",
        encoding="utf-8",
    )
    (files / "config").write_text(f"[profile operator]\nregion = {REGION}\n", encoding="utf-8")
    # The emulator's beside those with which packages are fetched.
    authorities = home / "authorities.pem"
    known = Path(os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where())
    authorities.write_bytes(known.read_bytes() + b"\n" + account.certificate.read_bytes())
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "CHATLOG_", "LAMBDA_", "CLAUDE_", "PYTHON"))
    }
    caches = {
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache" / "uv"),
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache" / "pip"),
        "NPM_CONFIG_CACHE": os.environ.get("NPM_CONFIG_CACHE") or str(Path.home() / ".npm"),
    }
    return {
        **own,
        **caches,
        "HOME": str(home),
        "PYTHON": sys.executable,
        "AWS_ENDPOINT_URL": account.address,
        "AWS_CA_BUNDLE": str(authorities),
        "REQUESTS_CA_BUNDLE": str(authorities),
        "NODE_EXTRA_CA_CERTS": str(account.certificate),
        "CHATLOG_LANG": "en",
    }


def test_the_guide_can_be_followed(account: Cloud, tmp_path: Path) -> None:
    own = {"STAGE": "emulated", "AWS_PROFILE": "operator", "REPOSITORY": f"file://{PROJECT}"}
    values, *steps = blocks(PAGE, "sh")
    assert dict(EXPORT.findall(values)).keys() == own.keys()
    script = "\n".join([*(f"export {name}={value}" for name, value in own.items()), *steps])
    work = tmp_path / "work"
    work.mkdir()

    followed = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=work,
        env=operator_s_environment(tmp_path / "home", account),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=1500,
        check=False,
    )

    said = followed.stdout + followed.stderr
    assert followed.returncode == 0, said
    assert "“emulated” works" in said
    assert "1 archived" in said
    assert "The stack is gone" in said
    stacks = account.client("cloudformation").list_stacks(
        StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"]
    )
    assert stacks["StackSummaries"] == []
    names = [bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]]
    [bucket] = [name for name in names if name.startswith("media-viewer-v209-chat-logs-emulated-")]
    assert account.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] > 0
