"""The envelope: an event in, a reply out. The Function URL's (payload version 2.0) and the REST API's proxy events
differ in where path and method stand, and take the same reply.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, NoReturn

from backend.presign.problems import Problem, invalid_request, method_not_allowed, no_such_path, too_large

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FUNCTION_URL_PATH = "/"
REST_API_PATH = "/presigned-url-request"

_MAXIMUM_BASE64_RATIO = 1.4
_PREFLIGHT_SECONDS = 600


def read_request(event: Mapping[str, object], limit: int) -> dict[str, object]:
    """The JSON object in the event's body, at most `limit` bytes of UTF-8.

    Raises Problem: 404 for another path, 405 for another method, 413 for a body over the limit, 400 for anything
    that is not one JSON object with unique names and finite numbers.
    """
    method, at_endpoint = _request_line(event)
    if not at_endpoint:
        raise no_such_path()
    if method != "POST":
        raise method_not_allowed()
    return _parse(_body(event, limit))


def reply(
    status: int, body: Mapping[str, object], headers: Mapping[str, str], *, problem: bool
) -> dict[str, object]:
    """What is sent back. Nothing of it may be cached: URLs in it are the power to read and write."""
    return {
        "statusCode": status,
        "headers": {
            "content-type": "application/problem+json" if problem else "application/json",
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            **headers,
        },
        # ASCII only, so that whatever stands in a name passes through every log and proxy unharmed.
        "body": json.dumps(body, separators=(",", ":")),
        # Both ways in would decode a body that says so; ours is text.
        "isBase64Encoded": False,
    }


def problem_reply(
    problem: Problem, request_id: str, more_headers: Mapping[str, str] | None = None
) -> dict[str, object]:
    """A Problem as the reply of a whole request."""
    headers = {**problem.headers, **(more_headers or {})}
    if problem.retry_after is not None:
        headers["retry-after"] = str(problem.retry_after)
    return reply(problem.status, problem.body(request_id), headers, problem=True)


def cors_headers(event: object, allowed_origins: Sequence[str]) -> dict[str, str]:
    """What lets a web page of a named origin read the reply: nothing for any other page.

    For the REST API only: a Function URL answers browsers by its own configuration.
    """
    origin = _header(event, "origin")
    if not allowed_origins or not isinstance(event, dict) or "httpMethod" not in event:
        return {}
    granted = {"access-control-allow-origin": origin} if origin in allowed_origins else {}
    return granted | {"vary": "origin"}


def preflight_reply(event: object, allowed_origins: Sequence[str]) -> dict[str, object] | None:
    """The answer to a browser's question from a named origin whether it may ask; None for every other event.

    Browsers send no token with it, and nothing but the permission is answered.
    https://fetch.spec.whatwg.org/#cors-preflight-request
    """
    headers = cors_headers(event, allowed_origins)
    if "access-control-allow-origin" not in headers or not isinstance(event, dict):
        return None
    if _request_line(event) != ("OPTIONS", True) or _header(event, "access-control-request-method") != "POST":
        return None
    headers |= {
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-max-age": str(_PREFLIGHT_SECONDS),
        "cache-control": "no-store",
    }
    return {"statusCode": 204, "headers": headers, "body": "", "isBase64Encoded": False}


def _request_line(event: Mapping[str, object]) -> tuple[object, bool]:
    """The method, and whether the path is the endpoint's."""
    if "httpMethod" in event:
        # The resource, since before the path a custom domain may have put its own.
        return event["httpMethod"], event.get("resource") == REST_API_PATH
    context = event.get("requestContext")
    http = context.get("http") if isinstance(context, dict) else None
    http = http if isinstance(http, dict) else {}
    return http.get("method"), event.get("rawPath", http.get("path")) in (FUNCTION_URL_PATH, "")


def _header(event: object, name: str) -> str:
    """A header of a REST API's event, which keeps the sender's upper and lower case."""
    headers = event.get("headers") if isinstance(event, dict) else None
    if not isinstance(headers, dict):
        return ""
    values = [value for key, value in headers.items() if isinstance(key, str) and key.lower() == name]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""


def _body(event: Mapping[str, object], limit: int) -> bytes:
    body = event.get("body")
    if not isinstance(body, str) or not body:
        raise invalid_request("", "The request has no body; send a JSON object.")
    encoded = event.get("isBase64Encoded") is True
    # Before anything is decoded, so that a huge body costs nothing.
    if len(body) > limit * (_MAXIMUM_BASE64_RATIO if encoded else 1):
        raise too_large("body", limit)
    try:
        data = base64.b64decode(body, validate=True) if encoded else body.encode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise invalid_request("", "The body is not what its encoding says.") from error
    if len(data) > limit:
        raise too_large("body", limit)
    return data


def _parse(data: bytes) -> dict[str, object]:
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    # ValueError: no UTF-8, no JSON, or a number of thousands of digits; RecursionError: nested without end.
    except (ValueError, RecursionError) as error:
        raise invalid_request("", "The body is not valid JSON in UTF-8.") from error
    if not isinstance(value, dict):
        raise invalid_request("", "The body must be a JSON object.")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise invalid_request("", "The body names a field twice.")
    return values


def _refuse_constant(name: str) -> NoReturn:
    raise invalid_request("", f"{name} is no JSON number.")
