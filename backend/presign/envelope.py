"""The Function URL's envelope: an event in, a reply out (payload version 2.0)."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, NoReturn

from backend.presign.problems import Problem, invalid_request, method_not_allowed, no_such_path, too_large

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAXIMUM_BASE64_RATIO = 1.4


def read_request(event: Mapping[str, object], limit: int) -> dict[str, object]:
    """The JSON object in the event's body, at most `limit` bytes of UTF-8.

    Raises Problem: 404 for another path, 405 for another method, 413 for a body over the limit, 400 for anything
    that is not one JSON object with unique names and finite numbers.
    """
    context = event.get("requestContext")
    http = context.get("http") if isinstance(context, dict) else None
    http = http if isinstance(http, dict) else {}
    if event.get("rawPath", http.get("path")) not in ("/", ""):
        raise no_such_path()
    if http.get("method") != "POST":
        raise method_not_allowed()
    return _parse(_body(event, limit))


def reply(
    status: int, body: Mapping[str, object], headers: Mapping[str, str], *, problem: bool
) -> dict[str, object]:
    """What the Function URL sends back. Nothing of it may be cached: URLs in it are the power to read and write."""
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
        "isBase64Encoded": False,
    }


def problem_reply(problem: Problem, request_id: str) -> dict[str, object]:
    """A Problem as the reply of a whole request."""
    headers = dict(problem.headers)
    if problem.retry_after is not None:
        headers["retry-after"] = str(problem.retry_after)
    return reply(problem.status, problem.body(request_id), headers, problem=True)


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
