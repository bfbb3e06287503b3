"""How fast the presign function starts and signs: row F12 of the stack's requirements.

    python benchmarks/presign.py [--rounds 200]

Prints the import time of the handler in new interpreters, and the median and 95th percentile of one presign and of a
batch of 100, all without a network: signing needs none. Ends with status 1 if a median misses its goal.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from backend.handler import Door

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ENVIRONMENT = {
    "S3_BUCKET_NAME": "media-viewer-v209-chat-logs-bench-123456789012",
    "KMS_KEY_ID": "arn:aws:kms:ap-northeast-1:123456789012:key/00000000-0000-4000-8000-000000000000",
    "OWNER_ID": "bench",
    "AWS_REGION": "ap-northeast-1",
    "AWS_ACCESS_KEY_ID": "AKIABENCHBENCHBENCH0",
    "AWS_SECRET_ACCESS_KEY": "bench",
    # The session token of a Lambda role is about this long, and is signed with everything else.
    "AWS_SESSION_TOKEN": "t" * 800,
}

_IMPORT = "import time; t = time.perf_counter(); import backend.handler; print(time.perf_counter() - t)"


def event(request: dict[str, Any]) -> dict[str, Any]:
    """A Function URL's event from an IAM user."""
    user = {
        "accountId": "123456789012",
        "callerId": "AIDABENCHBENCHBENCH0",
        "userArn": "arn:aws:iam::123456789012:user/bench",
        "userId": "AIDABENCHBENCHBENCH0",
    }
    return {
        "version": "2.0",
        "rawPath": "/",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "path": "/"}, "authorizer": {"iam": user}},
        "body": json.dumps(request),
        "isBase64Encoded": False,
    }


def item(number: int) -> dict[str, Any]:
    """One upload as the app asks for it."""
    digest = number.to_bytes(32, "big")
    return {
        "fileName": f"00000000-0000-4000-8000-{number:012d}-0a1b2c3d.jsonl.zst",
        "contentType": "application/zstd",
        "size": 30_000 + number,
        "checksum": {
            "algorithm": "SHA256",
            "type": "FULL_OBJECT",
            "value": base64.b64encode(digest).decode(),
        },
        "sessionDate": "2026-11-23",
        "ifAbsent": True,
        "metadata": {
            "tool": "claude-code",
            "session-id": f"00000000-0000-4000-8000-{number:012d}",
            "original-size": "120000",
            "original-sha256": digest.hex(),
            "format-version": "1",
        },
        "expiresIn": 900,
    }


def _milliseconds(work: Callable[[], object], rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begin) * 1000)
    return taken


def import_seconds(rounds: int = 7) -> list[float]:
    """Import times in new interpreters, with compiled files as a deployed function has them."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ |= ENVIRONMENT
    command = [sys.executable, "-c", _IMPORT]
    root = Path(__file__).resolve().parent.parent
    runs = [
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=root, env=environ)
        for _ in range(rounds + 1)
    ]
    return [float(run.stdout) for run in runs[1:]]


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured several times, and what its median may be at most. Milliseconds."""

    name: str
    taken: Sequence[float]
    goal: float

    @property
    def median(self) -> float:
        """Of all rounds."""
        return statistics.median(self.taken)

    @property
    def met(self) -> bool:
        """Whether the goal is."""
        return self.median <= self.goal

    def line(self) -> str:
        """For a person."""
        worst = statistics.quantiles(self.taken, n=20)[-1]
        verdict = "met" if self.met else "MISSED"
        return f"{self.name:16} {self.median:8.2f} ms (p95 {worst:.2f}, of {len(self.taken)}; goal {self.goal:g}: {verdict})"


def measure(rounds: int) -> list[Figure]:
    """The three times of row F12. Raises RuntimeError if the function refuses what the app asks."""
    door = Door(ENVIRONMENT, write_log=lambda _: None)
    requests = {
        "one presign": event({"action": "upload", **item(1)}),
        "batch of 100": event({"action": "upload", "items": [item(number) for number in range(100)]}),
    }
    for request in requests.values():
        reply = door(request, None)
        if reply["statusCode"] != 200:
            raise RuntimeError(reply["body"])
    taken = {name: _milliseconds(partial(door, request, None), rounds) for name, request in requests.items()}
    return [
        Figure("handler import", [1000 * seconds for seconds in import_seconds()], 400),
        Figure("one presign", taken["one presign"], 5),
        Figure("batch of 100", taken["batch of 100"], 50),
    ]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times the presign function.")
    parser.add_argument("--rounds", type=int, default=200)
    figures = measure(parser.parse_args().rounds)
    for figure in figures:
        print(figure.line())
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
