"""A profile whose access key is in the keyring: with a real one, a locked one and none."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.end_to_end.conftest import Gate, Home

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the Secret Service is Linux's keyring"
)

CHILD = Path(__file__).with_name("keyring_child.py")
ACCOUNT = Path(__file__).parents[1] / "account"
UPLOAD = ("upload", "--all", "--json")
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

Step = str | tuple[str, ...]


@pytest.fixture
def gate(make_home: Callable[..., Home], open_gate: Callable[[Home], Gate]) -> Gate:
    """An endpoint in front of another home's sandbox."""
    return open_gate(make_home("behind"))


@pytest.fixture
def beside_keyring(home: Home) -> Callable[..., list[dict[str, Any]]]:
    """Runs steps (commands, "lock") beside a keyring that is unlocked at first; how each command ended."""
    settings = runpy.run_path(str(ACCOUNT / "conftest.py"))
    missing = [tool for tool in settings["TOOLS"] if shutil.which(tool) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)} (packages gnome-keyring, dbus)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def run(*steps: Step) -> list[dict[str, Any]]:
        told = [step if step == "lock" else {"words": step, "stdin": SECRET} for step in steps]
        # A socket's path may have 107 bytes: pytest's own folders can be too deep.
        with tempfile.TemporaryDirectory(prefix="bus-") as runtime:
            configuration = Path(runtime, "bus.conf")
            configuration.write_text(settings["BARE_BUS"].format(folder=runtime), encoding="utf-8")
            session = ("dbus-run-session", f"--config-file={configuration}", "--")
            ended = subprocess.run(
                [*session, sys.executable, str(CHILD), str(ACCOUNT / "keyring_child.py")],
                cwd=home.user,
                env={**home.environ, "XDG_RUNTIME_DIR": runtime},
                input=json.dumps(told),
                capture_output=True,
                encoding="utf-8",
                timeout=120,
                check=False,
            )
        assert ended.returncode == 0, ended.stderr
        results: list[dict[str, Any]] = json.loads(ended.stdout)
        return results

    return run


def add_words(gate: Gate) -> tuple[str, ...]:
    return ("profile", "add", "team", "--endpoint", gate.endpoint, "--access-key-id", "AKIDEXAMPLE")


def files_with(secret: str, folder: Path) -> Sequence[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


def test_a_locked_keyring_stops_before_anything_is_sent(
    home: Home, gate: Gate, beside_keyring: Callable[..., list[dict[str, Any]]]
) -> None:
    home.write_session()
    added, works, upload, status, doctor = beside_keyring(
        add_words(gate), ("profile", "test"), "lock", UPLOAD, ("status",), ("doctor",)
    )
    assert (added["code"], works["code"]) == (0, 0)
    assert upload["code"] == 2
    assert upload["out"] == ""
    assert upload["err"] == (
        "The keyring is locked, or its prompt was not answered in time. Unlock it and run the command again.\n"
    )
    assert status["code"] == 1
    assert "The keyring is locked" in status["err"]
    assert doctor["code"] == 1
    assert "PROBLEM  The keyring is locked" in doctor["out"]
    assert files_with(SECRET, home.path) == []
    sent = {request["action"] for request in gate.requests}
    assert sent == {"health"}
    (unlocked,) = beside_keyring(UPLOAD)
    assert json.loads(unlocked["out"])["state"] == "archived"
    assert unlocked["code"] == 0


def test_a_keyring_that_is_gone_is_told_with_what_can_be_done(
    home: Home, gate: Gate, beside_keyring: Callable[..., list[dict[str, Any]]]
) -> None:
    home.write_session()
    beside_keyring(add_words(gate))
    ran = home.run(*UPLOAD, code=2)
    assert "No keyring can be used on this computer: " in ran.err
    assert "Start one (GNOME Keyring, KWallet) in your desktop session, or use an AWS profile" in ran.err
    assert "PROBLEM  No keyring can be used" in home.run("doctor", code=1).out


def test_without_a_keyring_no_key_is_taken(home: Home, gate: Gate) -> None:
    ran = home.run(*add_words(gate), stdin=SECRET, code=2)
    assert "No keyring can be used on this computer: " in ran.err
    assert home.run("profile", "list", "--json").line["name"] == "sandbox"
    assert files_with(SECRET, home.path) == []
    assert gate.requests == []
    # The sandbox needs none.
    home.write_session()
    assert home.run(*UPLOAD).line["state"] == "archived"
