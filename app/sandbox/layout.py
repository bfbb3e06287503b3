"""The names that the sandbox's process and those who start it agree on. Imports nothing: every start-up reads it."""

from __future__ import annotations

import hashlib
import hmac

IDENTITY_NAME = "identity.json"  # kept until reset
RUNNING_NAME = "running.json"  # there while a process serves the folder, or was killed doing so
SERVE_LOCK = "serve.lock"  # held by the serving process as long as it lives
START_LOCK = "start.lock"  # held by whoever starts, stops or resets
LOG_NAME = "sandbox.log"
OUTPUT_NAME = "sandbox-output.log"  # what the last process wrote before its log was open

CHALLENGE_PATH = "/sandbox/challenge"
STOP_PATH = "/sandbox/stop"


def proof(token: str, challenge: str) -> str:
    """What a sandbox that knows `token` answers to `challenge`, in hex."""
    return hmac.new(
        token.encode("utf-8"), f"chatlog-sandbox:{challenge}".encode("ascii"), hashlib.sha256
    ).hexdigest()
