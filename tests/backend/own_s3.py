"""The sandbox's S3 behind handlers of a test's own: it judges signatures, checksums, encryption and the role's policy.

Everything is made through the endpoint itself and the URLs it signs; what a session never does (an object that stands
in an archive class) by the function's own client.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests

from app.sandbox.server import handler_environment
from backend.handler import Door
from backend.presign.settings import read_settings
from backend.presign.storage import make_client
from tests.backend.conftest import EVENT
from tests.backend.rest_events import REST_EVENT, TEAM
from tests.sandbox.conftest import identity_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.sandbox.lifecycle import SandboxInfo

WAYS = ("function-url", "rest-api")


@dataclass(frozen=True)
class Way:
    """One of the two ways in: a handler of that mode, and its events for one owner."""

    name: str
    owner: str
    environment: Mapping[str, str]
    door: Door
    lines: list[str]

    @property
    def path(self) -> str:
        """The endpoint's path."""
        return "/" if self.name == "function-url" else "/presigned-url-request"

    def event(self, body: str | None, *, encoded: bool = False) -> dict[str, Any]:
        """The event of a request with that body from the owner."""
        event = copy.deepcopy(EVENT if self.name == "function-url" else REST_EVENT)
        if self.name == "rest-api":
            event["requestContext"]["authorizer"]["claims"]["owner_id"] = self.owner
        return event | {"body": body, "isBase64Encoded": encoded}

    def ask(self, request: object) -> tuple[int, dict[str, Any]]:
        """Status and JSON of the reply to a request's JSON."""
        reply: Any = self.door(self.event(json.dumps(request)), None)
        return reply["statusCode"], json.loads(reply["body"])

    def done(self, request: object) -> dict[str, Any]:
        """The reply to a request that must be granted."""
        status, body = self.ask(request)
        assert status == 200, body
        return body

    def put(self, request: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Ask for an upload and send the body; the reply that granted it."""
        granted = self.done(request)
        sent = requests.put(granted["presignedUrl"], data=body, headers=granted["headers"], timeout=30)
        assert sent.status_code == 200, sent.text
        return granted

    def put_archived(self, s3_key: str, body: bytes) -> None:
        """An object that stands in an archive class, as the lifecycle would have put it."""
        settings = read_settings(self.environment)
        make_client(settings).put_object(
            Bucket=settings.bucket,
            Key=s3_key,
            Body=body,
            StorageClass="DEEP_ARCHIVE",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=settings.kms_key_id,
        )


def way_in(sandbox: SandboxInfo, name: str, owner: str) -> Way:
    """A handler of the mode before the sandbox's S3, asked by the owner."""
    environment = handler_environment(identity_of(sandbox)) | {"OWNER_ID": owner}
    if name == "rest-api":
        del environment["OWNER_ID"]
        environment |= TEAM
    lines: list[str] = []
    # Its own clock: what it signs is used at once.
    return Way(name, owner, environment, Door(environment, clock=_now, write_log=lines.append), lines)


def _now() -> datetime:
    return datetime.now(UTC)
