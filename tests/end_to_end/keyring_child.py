"""Runs commands of the program one after another beside a real keyring, in a process with a session bus of its own.

Standard input is a JSON list of steps: "lock", or an object with `words` and `stdin`. Prints a JSON list with each
command's `code`, `out` and `err`. `python keyring_child.py FILE`: FILE has the keyring's helpers.
"""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from typing import Any


def main() -> None:
    helpers = runpy.run_path(sys.argv[1])
    results: list[dict[str, Any]] = []
    with helpers["keyring_daemon"]():
        for step in json.load(sys.stdin):
            if step == "lock":
                helpers["lock_keyring"]()
                continue
            ended = subprocess.run(
                [sys.executable, "-m", "app", *step["words"]],
                input=step["stdin"],
                capture_output=True,
                encoding="utf-8",
                timeout=60,
                check=False,
            )
            results.append({"code": ended.returncode, "out": ended.stdout, "err": ended.stderr})
    print(json.dumps(results))  # noqa: T201 - its answer to the test


if __name__ == "__main__":
    main()
