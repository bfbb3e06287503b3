"""What AWS does before the handler, as a WSGI application: an HTTP request becomes the event of one of the two ways in.

A request without the right Authorization header becomes one without an identity, which AWS would not have let through.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.backend.own_s3 import Way

GOOD = "Bearer good"


class Gate:
    """The way in, over HTTP."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def __call__(
        self, environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]
    ) -> Iterable[bytes]:
        """Answer one request."""
        event = self._event(environ, environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        if environ.get("HTTP_AUTHORIZATION") != GOOD:
            del event["requestContext"]["authorizer"]
        reply: Any = self._way.door(event, None)
        start(f"{reply['statusCode']} Answered", list(reply["headers"].items()))
        return [reply["body"].encode("ascii")]

    def _event(self, environ: dict[str, Any], body: bytes) -> dict[str, Any]:
        try:
            event = self._way.event(body.decode("utf-8"))
        except UnicodeDecodeError:
            event = self._way.event(base64.b64encode(body).decode("ascii"), encoded=True)
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if self._way.name == "rest-api":
            return event | {"httpMethod": method, "resource": path, "path": path}
        event["requestContext"]["http"] |= {"method": method, "path": path}
        return event | {"rawPath": path}
