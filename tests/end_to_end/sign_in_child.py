"""Runs commands of the program beside a real keyring, in a process with a session bus, and signs in where one asks to.

Standard input is a JSON list of commands (lists of words). What a command prints as an address is visited by `aki`.
Prints a JSON list with each command's `code`, `out`, `err` and `page` (what the browser saw, or null).
`python sign_in_child.py FILE`: FILE has the keyring's helpers.
"""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

SECONDS = 120


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.openid.running import Visitor  # noqa: PLC0415 - found from here on

    visitor = Visitor("aki")
    helpers = runpy.run_path(sys.argv[1])
    with helpers["keyring_daemon"]():
        print(json.dumps([_ran(words, visitor) for words in json.load(sys.stdin)]))  # noqa: T201 - its answer


def _ran(words: list[str], visitor: Any) -> dict[str, Any]:
    command = [sys.executable, "-m", "app", *words]
    if "sign-in" not in words:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        return {"code": ended.returncode, "out": ended.stdout, "err": ended.stderr, "page": None}
    started = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert started.stdout is not None
    address = started.stdout.readline().strip()
    page = visitor.sign_in(address).page if address else None
    out, err = started.communicate(timeout=SECONDS)
    return {"code": started.returncode, "out": out, "err": err, "page": page}


if __name__ == "__main__":
    main()
