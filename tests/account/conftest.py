"""A session bus of one's own for the keyring's tests."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHILD = Path(__file__).with_name("keyring_child.py")
PROJECT = Path(__file__).parents[2]
TOOLS = ("dbus-run-session", "gnome-keyring-daemon")

# A bus with nothing that could be started on demand: what answers is what the scenario started.
BARE_BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

PlayScenario = Callable[..., dict[str, Any]]


@pytest.fixture
def play(tmp_path: Path) -> PlayScenario:
    """Plays a scenario of keyring_child.py and returns what it reports; `bus=False` leaves the session bus out."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if platform.system() != "Linux":
        pytest.skip("the Secret Service is Linux's keyring")
    if missing:
        reason = f"not installed: {', '.join(missing)} (packages gnome-keyring, dbus)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def play_scenario(scenario: str, *, bus: bool = True) -> dict[str, Any]:
        home = tmp_path / "user"
        home.mkdir()
        # A socket's path may have 107 bytes: pytest's own folders can be too deep.
        with tempfile.TemporaryDirectory(prefix="bus-") as runtime:
            configuration = Path(runtime, "bus.conf")
            configuration.write_text(BARE_BUS.format(folder=runtime), encoding="utf-8")
            session = ["dbus-run-session", f"--config-file={configuration}", "--"] if bus else []
            ended = subprocess.run(
                [*session, sys.executable, str(CHILD), scenario],
                cwd=PROJECT,
                env=_environment(home, runtime),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        assert ended.returncode == 0, ended.stderr
        results: dict[str, Any] = json.loads(ended.stdout)
        return results

    return play_scenario


def _environment(home: Path, runtime: str) -> dict[str, str]:
    left_out = ("DBUS_", "GNOME_", "XDG_", "DISPLAY", "WAYLAND_", "KEYRING_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return kept | {"HOME": str(home), "XDG_RUNTIME_DIR": runtime, "PYTHONPATH": str(PROJECT)}
