"""Another owner's objects do not exist, as far as the endpoint tells: asked of the real process, about a real object."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
import requests

from backend.presign import keys
from backend.presign.problems import Problem

if TYPE_CHECKING:
    from app.sandbox.lifecycle import SandboxInfo

FOREIGN = "chat-logs/somebody-else/2026-01-02_session-0a1b2c3d.jsonl.zst"
OWN = "chat-logs/sandbox/2026-01-02_of-this-owner-0a1b2c3d.jsonl.zst"
BODY = b"what another person said"


def ask(sandbox: SandboxInfo, **request: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    return requests.post(sandbox.endpoint, json=request, headers=headers, timeout=30)


def upload(s3_key: str) -> dict[str, Any]:
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    return {
        "action": "upload",
        "s3Key": s3_key,
        "contentType": "application/zstd",
        "size": len(BODY),
        "checksum": {"algorithm": "SHA256", "type": "FULL_OBJECT", "value": digest},
    }


def about(s3_key: str) -> list[dict[str, Any]]:
    asked = [{"action": action, "s3Key": s3_key} for action in ("download", "head", "versions")]
    return [*asked, upload(s3_key)]


@pytest.fixture
def stored(shared_sandbox: SandboxInfo, signer_of: Any) -> SandboxInfo:
    """Both objects are there: the function's own role may write below every owner's prefix."""
    signer = signer_of(shared_sandbox)
    for key in (FOREIGN, OWN):
        assert signer.put(BODY, key).go().status_code == 200
    return shared_sandbox


def test_another_owners_key_is_not_found_whatever_is_asked(stored: SandboxInfo) -> None:
    for request in about(FOREIGN):
        reply = ask(stored, **request)
        assert (reply.status_code, reply.json()["code"]) == (404, "not-found"), request["action"]
    # A key that nobody has gets the very same answer: nothing is said about whether it exists.
    absent = [ask(stored, **request).json() for request in about(FOREIGN.replace("session", "absent"))]
    there = [ask(stored, **request).json() for request in about(FOREIGN)]
    assert [reply["detail"] for reply in absent] == [reply["detail"] for reply in there]


def test_ones_own_key_is_found(stored: SandboxInfo) -> None:
    for request in about(OWN):
        assert ask(stored, **request).status_code == 200, request["action"]


def test_another_owners_objects_are_not_listed(stored: SandboxInfo) -> None:
    for request in ({"action": "list", "limit": 1000}, {"action": "versions"}):
        reply = ask(stored, **request)
        assert reply.status_code == 200
        assert "somebody-else" not in reply.text


def test_it_is_the_owners_prefix_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the one check widened, the same key passes: so the tests above can fail."""
    with pytest.raises(Problem):
        keys.own_key("sandbox", FOREIGN)
    monkeypatch.setattr(keys, "prefix", lambda *_: "chat-logs/")
    assert keys.own_key("sandbox", FOREIGN).s3_key == FOREIGN
