"""Packages the stack as an operator's command does, in a copy of backend/ so that nothing of the checkout changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).parents[2]
OSLS = PROJECT / "backend" / "node_modules" / "osls" / "bin" / "serverless.js"
EVERY_PHASE = tuple(
    word
    for line in Path(__file__).with_name("every_phase.txt").read_text(encoding="utf-8").split()
    for word in ("--param", line)
)
"""Words for the framework that switch every later phase on, with made-up values for what they need."""
PATIENCE = 240
"""Seconds that a command of the framework may take on a busy machine."""


@dataclass(frozen=True)
class Package:
    """What the framework made: the template that is deployed, and the function's zip."""

    template: dict[str, Any]
    zip_file: Path


def copy_backend(folder: Path) -> Path:
    """A copy of backend/ in a folder, under its own name, which stands in the zip."""
    target = folder / "backend"
    left_out = shutil.ignore_patterns("node_modules", ".serverless", "__pycache__")
    shutil.copytree(PROJECT / "backend", target, ignore=left_out)
    return target


def run_osls(backend: Path, *words: str, environ: Mapping[str, str] | None = None) -> str:
    """Run the Serverless Framework in a copy of backend/; what it said. Needs `make judge` or `make deploy-emulated`
    to have prepared it."""
    assert OSLS.is_file(), "The Serverless Framework is not prepared: run `make judge` once."
    quiet = {"SLS_NOTIFICATIONS_MODE": "off", "SLS_TRACKING_DISABLED": "1", "NODE_NO_WARNINGS": "1"}
    # The stack goes where a test says, not where this shell's own account is.
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    node = os.environ.get("CHATLOG_NODE") or shutil.which("node")
    assert node, "Node is missing."
    ended = subprocess.run(
        [node, str(OSLS), *words],
        cwd=backend,
        env={**own, **quiet, **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said
    return said


def package(folder: Path, mode: str, stage: str, *words: str) -> Package:
    """Package a stage of a mode in a folder that does not exist yet. Neither network nor credentials are used."""
    folder.mkdir(parents=True)
    backend = copy_backend(folder)
    nobody = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    run_osls(backend, "package", "--stage", stage, "--param", f"mode={mode}", *words, environ=nobody)
    made = backend / ".serverless"
    template = json.loads((made / "cloudformation-template-update-stack.json").read_text(encoding="utf-8"))
    return Package(template, made / "chatlog-uploader.zip")
