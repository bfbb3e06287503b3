"""The presign endpoint: the sandbox's own door in front of `backend/handler.py`.

Takes the place of the Function URL: it checks the sandbox's token where AWS would check a signature, and hands the
handler the same event, with the identity of a user of the sandbox's account.

Beside the protocol it answers two requests of `lifecycle`: a challenge, by which a caller learns whether this is
its sandbox before it says the token, and the wish to stop.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.sandbox.http_server import Reply, Request
from app.sandbox.layout import CHALLENGE_PATH, STOP_PATH, proof

if TYPE_CHECKING:
    from app.sandbox.identity import Identity

REQUEST_LIMIT = 256 * 1024  # bytes, as PROTOCOL.md says
_CHALLENGE = re.compile(r"[0-9a-f]{32,128}")

Handler = Callable[[object, object], dict[str, object]]


def problem(status: int, title: str, code: str, detail: str) -> Reply:
    """An RFC 9457 problem in the form the handler gives its own."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "requestId": secrets.token_hex(8),
        "retryable": False,
    }
    headers = {"content-type": "application/problem+json", "cache-control": "no-store"}
    return Reply(status, headers, json.dumps(body).encode("utf-8"))


def refusal(status: int, detail: str) -> Reply:
    """What strangers get."""
    return problem(status, "Forbidden", "forbidden", detail)


class Endpoint:
    """The application behind the presign port."""

    def __init__(self, identity: Identity, handler: Handler, stop: Callable[[], None]) -> None:
        self._identity = identity
        self._handler = handler
        self._stop = stop
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="presign")

    def close(self) -> None:
        """Wait for the handler's last replies."""
        self._threads.shutdown(wait=True)

    async def __call__(self, request: Request) -> Reply:
        """Answer one request."""
        path, _, query = request.target.partition("?")
        if request.method == "GET" and path == CHALLENGE_PATH:
            return self._prove(query)
        if not self.authorized(request):
            reply = problem(401, "Unauthorized", "unauthorized", "The sandbox asks for its token.")
            return Reply(reply.status, {**reply.headers, "www-authenticate": "Bearer"}, reply.body)
        if request.body.length is None:
            return problem(411, "Length Required", "invalid-request", "Content-Length is required.")
        body = await request.body.read(REQUEST_LIMIT) if request.body.length <= REQUEST_LIMIT else None
        if body is None:
            return problem(413, "Content Too Large", "too-large", f"Requests end at {REQUEST_LIMIT} bytes.")
        if request.method == "POST" and path == STOP_PATH:
            self._stop()
            return Reply(202, {"cache-control": "no-store"})
        return await self._invoke(request, path, query, body)

    def authorized(self, request: Request) -> bool:
        """Whether the request carries the token, compared in constant time."""
        given = request.header("authorization") or ""
        expected = f"Bearer {self._identity.token}"
        return hmac.compare_digest(given.encode("utf-8"), expected.encode("utf-8"))

    def _prove(self, query: str) -> Reply:
        challenge = query.removeprefix("challenge=")
        if not _CHALLENGE.fullmatch(challenge):
            return problem(400, "Bad Request", "invalid-request", "challenge: 32 to 128 hex digits")
        body = json.dumps({"proof": proof(self._identity.token, challenge)}).encode("ascii")
        return Reply(200, {"content-type": "application/json", "cache-control": "no-store"}, body)

    async def _invoke(self, request: Request, path: str, query: str, body: bytes) -> Reply:
        event = function_url_event(self._identity, request, path, query, body)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._threads, self._handler, event, None)
        content = str(answer.get("body", ""))
        data = base64.b64decode(content) if answer.get("isBase64Encoded") else content.encode("utf-8")
        headers = answer.get("headers")
        assert isinstance(headers, dict)
        return Reply(
            int(str(answer["statusCode"])), {str(k).lower(): str(v) for k, v in headers.items()}, data
        )


def function_url_event(
    identity: Identity, request: Request, path: str, query: str, body: bytes
) -> dict[str, object]:
    """The event a Function URL with `aws_iam` would make of the request (payload version 2.0)."""
    host = request.header("host") or ""
    hidden = {"authorization", "cookie"}
    try:
        text, encoded = body.decode("utf-8"), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode("ascii"), True
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name: value for name, value in request.headers if name not in hidden},
        "requestContext": {
            "accountId": identity.account,
            "apiId": "sandbox",
            "authorizer": {
                "iam": {
                    "accessKey": identity.access_key,
                    "accountId": identity.account,
                    "callerId": "AIDASANDBOXUSER",
                    "cognitoIdentity": None,
                    "principalOrgId": None,
                    "userArn": f"arn:aws:iam::{identity.account}:user/sandbox",
                    "userId": "AIDASANDBOXUSER",
                }
            },
            "domainName": host,
            "domainPrefix": "sandbox",
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": request.header("user-agent") or "",
            },
            "requestId": secrets.token_hex(16),
            "routeKey": "$default",
            "stage": "$default",
            "time": datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": time.time_ns() // 1_000_000,
        },
        "body": text,
        "isBase64Encoded": encoded,
    }
