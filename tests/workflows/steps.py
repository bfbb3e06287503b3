"""Every `run:` step of the workflows, taken out of them, and where it is run before GitHub does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parents[2]
WORKFLOWS = PROJECT / ".github" / "workflows"

HERE = "by a test in test_workflows.py, as it stands"
CI = "by .ci/run, which has the same make target"
LONG = "by a long test in test_workflows.py, in a fresh clone"

ON_WINDOWS = "not here: Windows' own programs"
ON_MACOS = "not here: macOS' own programs"
FROM_SOURCE = "by .ci/run: the three commands are in `make lint`"

WHERE = {
    "ci linux / Set up": LONG,
    "ci linux / Lint": CI,
    "ci linux / Test": CI,
    "ci stack / Judge the templates": CI,
    "ci stack / Deploy to the emulator": CI,
    "ci elsewhere / Set up": LONG,
    "ci elsewhere / Lint": FROM_SOURCE,
    "ci elsewhere / Test": "by .ci/run: it is `make test`'s command",
    "release version / The tag is the program's version": HERE,
    "release linux / Install what a bare Debian lacks": "not here: it is for a container; tools/package-test.sh prepares a bare Debian of its own",
    "release linux / Make the packages, and the list of what is inside": "by `make test-packages`: it makes them first",
    "release linux-test / Install, use and remove them": "by `make test-packages`: the same script",
    "release windows / Set up": LONG,
    "release windows / Install NSIS": ON_WINDOWS,
    "release windows / Freeze, and list what is inside": "by `make frozen` for Linux: PyInstaller builds for its own system alone",
    "release windows / Make the installer": "by packages/test_windows_installer.py, with a stand-in for the program",
    "release windows / Install, use and remove it": "by packages/in_wine.py in its own way; the script itself needs Windows",
    "release macos / Set up": LONG,
    "release macos / Prepare the certificate": "by packages/test_disk_image.py, with stand-ins for macOS' programs",
    "release macos / Freeze, and list what is inside": "by `make frozen` for Linux: PyInstaller builds for its own system alone",
    "release macos / Make the disk image": "by packages/test_disk_image.py, with stand-ins for macOS' programs",
    "release macos / Do the main job with what is in it": ON_MACOS,
    "release macos / Delete the certificate": HERE,
    "release draft / Sum everything up": HERE,
    "release draft / Draft the release": HERE,
    "deploy judge / Judge the templates": CI,
    "deploy deploy / Set up": LONG,
    "deploy deploy / Plan, and stop where data would be lost": HERE,
    "deploy deploy / Deploy": HERE,
    "deploy deploy / Measure from here": HERE,
}
"""Where each step is run. A step that is not in this table, or no longer in a workflow, is a fault."""


@dataclass(frozen=True)
class Step:
    """A step with commands."""

    key: str
    """Workflow, job and name, as in `WHERE`."""
    commands: str
    environ: dict[str, str]
    """The step's own and its job's, expressions of GitHub left as they stand."""


def workflows() -> dict[str, Any]:
    """The workflows by name."""
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(WORKFLOWS.glob("*.yml"))}


def steps() -> dict[str, Step]:
    """Every step with commands, by its key."""
    found = {}
    for workflow, content in workflows().items():
        for job, about in content["jobs"].items():
            for step in about["steps"]:
                if "run" in step:
                    key = f"{workflow} {job} / {step['name']}"
                    environ = {**about.get("env", {}), **step.get("env", {})}
                    found[key] = Step(key, step["run"], environ)
    return found
