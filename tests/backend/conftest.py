"""The handler before moto's S3, called as Lambda calls it.

moto accepts every signature, expiry, length and checksum: what is shown here is the handler's logic. That its URLs are
refused when they should be is shown on a server that refuses.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from backend.handler import Door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUCKET = "media-viewer-v209-chat-logs-test-123456789012"
REGION = "ap-northeast-1"
KEY_ID = "arn:aws:kms:ap-northeast-1:123456789012:key/0f0e0d0c-0b0a-0908-0706-050403020100"
OWNER = "hana"
NOW = datetime(2026, 11, 23, 19, 15, 7, tzinfo=UTC)
SECRET = "secret-that-must-never-be-logged"
TOKEN = "session-token/that+must=never-be-logged"

ENVIRONMENT = {
    "S3_BUCKET_NAME": BUCKET,
    "KMS_KEY_ID": KEY_ID,
    "OWNER_ID": OWNER,
    "AWS_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": TOKEN,
}

EVENT: dict[str, Any] = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/",
    "rawQueryString": "",
    "headers": {"content-type": "application/json"},
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "abcdefghij",
        "authentication": None,
        "authorizer": {
            "iam": {
                "accessKey": "AKIACALLER",
                "accountId": "123456789012",
                "callerId": "AROACALLER:laptop",
                "cognitoIdentity": None,
                "principalOrgId": None,
                "userArn": "arn:aws:sts::123456789012:assumed-role/chat-logs/laptop",
                "userId": "AROACALLER:laptop",
            }
        },
        "domainName": "abcdefghij.lambda-url.ap-northeast-1.on.aws",
        "http": {
            "method": "POST",
            "path": "/",
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "x",
        },
        "requestId": "request-1",
        "routeKey": "$default",
        "stage": "$default",
        "time": "23/Nov/2026:19:15:07 +0000",
        "timeEpoch": 1795461307000,
    },
    "isBase64Encoded": False,
}

UPLOAD: dict[str, Any] = {
    "fileName": "conversation-0a1b2c3d.jsonl.zst",
    "contentType": "application/zstd",
    "expiresIn": 900,
    "size": 5,
    "checksum": {
        "algorithm": "SHA256",
        "type": "FULL_OBJECT",
        "value": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    },
    "sessionDate": "2026-11-20",
}


@dataclass
class Answer:
    """A reply, parsed."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Desk:
    """A handler with its log lines, and the ways to call it."""

    environment: dict[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))
    client_factory: Callable[[Any], Any] | None = None
    template: dict[str, Any] = field(default_factory=lambda: EVENT)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        more = {"client_factory": self.client_factory} if self.client_factory is not None else {}
        self.door = Door(self.environment, clock=lambda: NOW, write_log=self.lines.append, **more)

    def send(self, event: object) -> Answer:
        """Hand over an event as it is."""
        reply = self.door(event, None)
        assert reply["isBase64Encoded"] is False
        status, headers, body = reply["statusCode"], reply["headers"], reply["body"]
        assert isinstance(status, int)
        assert isinstance(headers, dict)
        assert isinstance(body, str)
        return Answer(status, headers, json.loads(body))

    def raw(self, body: object, *, base64: bool = False) -> Answer:
        """Hand over a body as it is."""
        event = copy.deepcopy(self.template)
        event["body"] = body
        event["isBase64Encoded"] = base64
        return self.send(event)

    def ask(self, action: str, **fields: object) -> Answer:
        """Hand over an action's JSON."""
        return self.raw(json.dumps({"action": action, **fields}))

    def log(self, level: str) -> list[dict[str, Any]]:
        """The lines of a level."""
        return [line for line in map(json.loads, self.lines) if line["level"] == level]


@pytest.fixture
def desk() -> Desk:
    """A handler that needs no S3."""
    return Desk()


@pytest.fixture
def bucket() -> Iterator[Any]:
    """A client of moto's S3, with the versioned bucket in it."""
    with mock_aws():
        yield make_bucket()


def make_bucket() -> Any:
    """The versioned bucket, inside mock_aws."""
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return client


@pytest.fixture
def event() -> dict[str, Any]:
    """A Function URL's event without a body."""
    return copy.deepcopy(EVENT)


@pytest.fixture
def environment() -> dict[str, str]:
    """A complete environment."""
    return dict(ENVIRONMENT)


@pytest.fixture
def upload() -> dict[str, Any]:
    """The fields of a valid upload."""
    return copy.deepcopy(UPLOAD)


@pytest.fixture
def make_desk() -> type[Desk]:
    """Makes handlers with another environment or another S3."""
    return Desk
