"""How fast the presign function starts and signs: row F12 of the stack's requirements.

    python benchmarks/presign.py [--rounds 200]

Prints the import time of the handler in new interpreters, the first presign, and the median and 95th percentile of
one presign and of a batch of 100, all without a network: signing needs none.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from backend.handler import Door

if TYPE_CHECKING:
    from collections.abc import Callable

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


def report(rounds: int) -> str:
    """The figures as lines for a person."""
    door = Door(ENVIRONMENT, write_log=lambda _: None)
    single = event({"action": "upload", **item(1)})
    batch = event({"action": "upload", "items": [item(number) for number in range(100)]})
    for request in (single, batch):
        reply = door(request, None)
        if reply["statusCode"] != 200:
            raise RuntimeError(reply["body"])
    imports = import_seconds()
    lines = [
        f"handler import           {statistics.median(imports) * 1000:8.1f} ms (median of {len(imports)}; goal 400)"
    ]
    for name, request, goal in (("one presign", single, 5), ("batch of 100", batch, 50)):
        taken = _milliseconds(lambda request=request: door(request, None), rounds)  # type: ignore[misc]
        centiles = statistics.quantiles(taken, n=20)
        lines.append(
            f"{name:24} {statistics.median(taken):8.2f} ms (p95 {centiles[-1]:.2f}; goal for the median {goal})"
        )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times the presign function.")
    parser.add_argument("--rounds", type=int, default=200)
    print(report(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
