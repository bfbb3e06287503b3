"""What is answered when a request is not granted: problems in the form of RFC 9457.

`code` is stable and is what programs read; `title` and `detail` are for people. Nothing internal is ever said: a
problem names the caller's own fields and limits, never a bucket, a role, a key of somebody else or a stack trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Problem(Exception):
    """A refusal. `members` are extension members of the problem's JSON beside the standard ones."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        retryable: bool = False,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.retryable = retryable
        self.retry_after = retry_after
        self.headers = dict(headers or {})
        self.members = dict(members or {})

    def body(self, request_id: str) -> dict[str, object]:
        """The JSON object, as a reply's body or as one item of a batch."""
        body: dict[str, object] = {
            "type": f"urn:chat-log-uploader:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "requestId": request_id,
            "retryable": self.retryable,
        }
        if self.retry_after is not None:
            body["retryAfter"] = self.retry_after
        return body | self.members


def invalid_request(field: str, reason: str) -> Problem:
    """400: `field` is the path of the field at fault (`items[3].size`), or empty for the body as a whole."""
    detail = f"{field}: {reason}" if field else reason
    members = {"field": field} if field else {}
    return Problem(400, "invalid-request", "The request is not valid", detail, members=members)


def unknown_fields(fields: Sequence[str]) -> Problem:
    """400 that names every field this protocol version does not know."""
    return Problem(
        400,
        "invalid-request",
        "The request is not valid",
        f"Unknown fields: {', '.join(fields)}.",
        members={"field": fields[0], "fields": list(fields)},
    )


def forbidden(detail: str) -> Problem:
    """403: the caller may not do this, or did not come the way callers must come."""
    return Problem(403, "forbidden", "Not allowed", detail)


def not_found() -> Problem:
    """404: absent, or not the caller's; which of the two is not told."""
    return Problem(
        404, "not-found", "There is no such object", "No object of yours has this key and version."
    )


def no_such_path() -> Problem:
    """404 for an address that is not the endpoint's."""
    return Problem(404, "not-found", "There is nothing here", "This address is not the endpoint's.")


def method_not_allowed() -> Problem:
    """405 with the Allow header that RFC 9110 demands."""
    return Problem(
        405,
        "method-not-allowed",
        "Only POST is answered",
        "Send the action as JSON with POST.",
        headers={"allow": "POST"},
    )


def object_archived(storage_class: str, restore: object) -> Problem:
    """409: S3 would refuse to read the object before it is restored."""
    return Problem(
        409,
        "object-archived",
        "The object is in an archive class",
        f"The object is in {storage_class}; it must be restored before it can be read.",
        members={"storageClass": storage_class, "restore": restore},
    )


def too_large(field: str, limit: int) -> Problem:
    """413. `limit` is in bytes."""
    return Problem(
        413,
        "too-large",
        "Too large",
        f"{field}: at most {limit} bytes are allowed.",
        members={"field": field, "limit": limit},
    )


def throttled(retry_after: int = 1) -> Problem:
    """429: S3 or KMS asks for patience. `retry_after` in seconds."""
    return Problem(
        429,
        "throttled",
        "Too many requests",
        "The storage asks to slow down.",
        retryable=True,
        retry_after=retry_after,
    )


def unavailable(retry_after: int = 2) -> Problem:
    """503: S3 did not answer, or answered with a failure of its own. `retry_after` in seconds."""
    return Problem(
        503,
        "unavailable",
        "The storage is not available",
        "The storage did not answer as it should; trying again can help.",
        retryable=True,
        retry_after=retry_after,
    )


def internal() -> Problem:
    """500: our fault; the log knows more, the caller gets the request's id to ask with."""
    return Problem(500, "internal", "Something went wrong", "The request failed for an internal reason.")
