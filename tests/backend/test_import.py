"""A cold start: importing the handler and signing a URL loads no client and no service model, and nothing of the app."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

PROGRAM = """
import json, sys
from backend.handler import handler
event, body = json.loads(sys.stdin.read())
reply = handler({**event, "body": json.dumps(body)}, None)
loaded = [name for name in ("boto3", "botocore.client", "botocore.session", "botocore.loaders", "app") if name in sys.modules]
print(json.dumps([reply["statusCode"], loaded]))
"""


def test_a_url_is_signed_without_boto3(
    event: dict[str, Any], upload: dict[str, Any], environment: dict[str, str]
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps([event, {"action": "upload", **upload}]),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    log, answer = run.stdout.splitlines()
    assert json.loads(answer) == [200, []]
    assert json.loads(log)["message"] == "done"
