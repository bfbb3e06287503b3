"""Connections as a stack's output has them, for tests to send on or to spoil."""

from __future__ import annotations

import base64
import json
from typing import Any

PERSONAL: dict[str, Any] = {
    "format": "chatlog-uploader-connection",
    "version": 1,
    "mode": "personal",
    "name": "prod",
    "endpoint": "https://abc123.lambda-url.ap-northeast-1.on.aws/",
    "account": "123456789012",
    "region": "ap-northeast-1",
    "bucket": "logs-123",
    "s3Host": "logs-123.s3.ap-northeast-1.amazonaws.com",
}
SIGN_IN: dict[str, Any] = {
    "issuer": "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_Ab12Cd34E",
    "clientId": "1h57kf5cpq17m0eml12EXAMPLE",
    "scope": "chatlog/archive",
    "host": "team-logs.auth.ap-northeast-1.amazoncognito.com",
    "redirectPorts": [53682, 53683, 53684, 53685],
}
TEAM: dict[str, Any] = {
    **PERSONAL,
    "mode": "team",
    "name": "team",
    "endpoint": "https://def456.execute-api.ap-northeast-1.amazonaws.com/prod/presigned-url-request",
    "signIn": SIGN_IN,
}


def spoilt(values: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The values with another one at `path` ("signIn.host"); None takes it out."""
    first, _, rest = path.partition(".")
    changed = dict(values)
    if rest:
        changed[first] = spoilt(values[first], rest, value)
    elif value is None:
        del changed[first]
    else:
        changed[first] = value
    return changed


def as_string(values: dict[str, Any]) -> str:
    """As one pastes it."""
    return "chatlog-connection:" + base64.b64encode(json.dumps(values).encode()).decode()


def of_sandbox(endpoint: str, bucket: str, region: str) -> dict[str, Any]:
    """What a stack on this computer would say: an endpoint and a bucket on the loopback interface."""
    return {
        **PERSONAL,
        "name": "here",
        "endpoint": endpoint,
        "bucket": bucket,
        "region": region,
        "s3Host": "127.0.0.1",
    }
