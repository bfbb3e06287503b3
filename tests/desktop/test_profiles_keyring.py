"""Profiles beside a real keyring: open, locked with nobody to answer its question, and gone."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the Secret Service is Linux's keyring"
)

CHILD = Path(__file__).with_name("settings_keyring_child.py")
ACCOUNT = Path(__file__).parents[1] / "account"
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def said(tmp_path: Path) -> dict[str, Any]:
    """What the page said at each stage of the child's story."""
    helpers = runpy.run_path(str(ACCOUNT / "conftest.py"))
    missing = [tool for tool in helpers["TOOLS"] if shutil.which(tool) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)} (packages gnome-keyring, dbus)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    user = tmp_path / "user"
    user.mkdir()
    # A socket's path may have 107 bytes: pytest's own folders can be too deep.
    with tempfile.TemporaryDirectory(prefix="bus-") as runtime:
        configuration = Path(runtime, "bus.conf")
        configuration.write_text(helpers["BARE_BUS"].format(folder=runtime), encoding="utf-8")
        session = ("dbus-run-session", f"--config-file={configuration}", "--")
        ended = subprocess.run(
            [*session, sys.executable, str(CHILD), str(ACCOUNT / "keyring_child.py"), str(tmp_path / "home")],
            cwd=PROJECT,
            env=helpers["_environment"](user, runtime),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return told


def test_credentials_go_to_the_keyring_and_its_trouble_is_said_with_what_helps(said: dict[str, Any]) -> None:
    assert said["note when open"] is False
    assert said["files with the token"] == []
    assert "Credentials: In the keyring, which is locked" in said["locked"]
    assert "The keyring is locked" in said["locked"]
    assert said["unanswered"] == "keyring-locked"
    assert said["note when locked"] == "The keyring is locked"
    assert "There is no keyring" in said["gone"]
    assert "Credentials: None kept on this computer" in said["gone"]
