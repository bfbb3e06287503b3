"""Team mode's event and environment: a REST API's proxy event after its Cognito authorizer, as AWS documents it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import copy
import json
from typing import Any

CLIENT = "5kq2l1p0examplebnc7d0e9f8g"
POOL_ISSUER = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_aBcDeFgHi"
ALICE = "2f1e0d3c-4b5a-4968-8776-655443322110"
BOB = "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"

TEAM: dict[str, str] = {
    "AUTH_MODE": "cognito",
    "USER_POOL_CLIENT_ID": CLIENT,
    "USER_POOL_ISSUER": POOL_ISSUER,
}

CLAIMS: dict[str, str] = {
    "sub": ALICE,
    "iss": POOL_ISSUER,
    "version": "2",
    "client_id": CLIENT,
    "origin_jti": "f0b1c2d3-0000-4000-8000-000000000001",
    "event_id": "f0b1c2d3-0000-4000-8000-000000000002",
    "token_use": "access",
    "scope": "openid chatlog/archive",
    "auth_time": "1795461300",
    "exp": "Mon Nov 23 19:30:00 UTC 2026",
    "iat": "Mon Nov 23 19:15:00 UTC 2026",
    "jti": "f0b1c2d3-0000-4000-8000-000000000003",
    "username": ALICE,
}

REST_EVENT: dict[str, Any] = {
    "resource": "/presigned-url-request",
    "path": "/presigned-url-request",
    "httpMethod": "POST",
    "headers": {
        "Content-Type": "application/json",
        "Host": "abc123.execute-api.ap-northeast-1.amazonaws.com",
    },
    "multiValueHeaders": {"Content-Type": ["application/json"]},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "abc123",
        "authorizer": {"claims": CLAIMS},
        "domainName": "abc123.execute-api.ap-northeast-1.amazonaws.com",
        "domainPrefix": "abc123",
        "extendedRequestId": "request-id",
        "httpMethod": "POST",
        "identity": {
            "accessKey": None,
            "accountId": None,
            "caller": None,
            "cognitoAuthenticationProvider": None,
            "cognitoIdentityId": None,
            "sourceIp": "192.0.2.1",
            "user": None,
            "userAgent": "x",
            "userArn": None,
        },
        "path": "/prod/presigned-url-request",
        "protocol": "HTTP/1.1",
        "requestId": "request-1",
        "requestTime": "23/Nov/2026:19:15:07 +0000",
        "requestTimeEpoch": 1795461307000,
        "resourceId": "r1s2t3",
        "resourcePath": "/presigned-url-request",
        "stage": "prod",
    },
    "body": None,
    "isBase64Encoded": False,
}


def rest_event(request: dict[str, Any] | None = None, **claims: object) -> dict[str, Any]:
    """An event with the request's JSON and with some claims changed; None as a claim removes it."""
    event = copy.deepcopy(REST_EVENT)
    event["body"] = json.dumps({"action": "health"} if request is None else request)
    kept = event["requestContext"]["authorizer"]["claims"] | claims
    event["requestContext"]["authorizer"]["claims"] = {
        name: value for name, value in kept.items() if value is not None
    }
    return event
