"""Replies of the presign endpoint, and of what stands before it, as values or errors of our tree.

The endpoint's own refusals are problem+json and are told by their code. AWS, a WAF or a proxy answer in their own
ways (403, 413, 429, 502, 504): those are told by status. A page instead of JSON is not our protocol.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from app.account.endpoints import is_loopback_host
from app.errors import (
    AccessDenied,
    AlreadyThere,
    Conflict,
    HostNotPinned,
    InvalidRequest,
    NotArchived,
    NotFound,
    NotOurProtocol,
    ObjectArchived,
    RedirectRefused,
    RemoteError,
    ServerFailed,
    Throttled,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from app.remote.protocol import Problem, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.account.profiles import Storage
    from app.remote.transport import HttpReply

R = TypeVar("R", bound=Reply)

_HEADER_NAME = re.compile(r"[a-z0-9-]{1,128}", re.IGNORECASE | re.ASCII)
# Patterns, since a URL has a thousand characters: one by one they would hold up all other threads.
_PRINTABLE = re.compile(r"[ -~]*")
_CLEAN_URL = re.compile(r"[!-\[\]-~]*")
_NEVER_GRANTED = frozenset({"host", "connection", "transfer-encoding", "proxy-authorization"})

LONGEST_WAIT_ASKED = 300.0
"""Seconds; a Retry-After beyond this is taken for this."""


def decode_reply(reply: HttpReply, host: str, limit: int, s3_key: str | None = None) -> dict[str, Any]:
    """The reply's JSON object; `s3_key` is what was asked about.

    Raises the error that the reply stands for.
    """
    if 300 <= reply.status < 400:  # noqa: PLR2004 - HTTP's redirects
        raise RedirectRefused(host=host, status=reply.status)
    decoded = _json_object(reply.body) if len(reply.body) <= limit else None
    if reply.status != 200:  # noqa: PLR2004 - the one status the protocol uses for success
        raise _refusal(reply, decoded, host, s3_key)
    if decoded is None:
        raise not_our_protocol(reply, host)
    return decoded


def read_as(kind: type[R], value: object, host: str) -> R:
    """`value` (decoded JSON) as a typed reply.

    Raises NotOurProtocol.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as problem:
        raise NotOurProtocol(
            host=host, status=200, contentType="application/json", reason=str(problem)
        ) from problem


def problem_error(value: object, host: str, s3_key: str | None = None) -> RemoteError | None:
    """The error a problem object stands for; None where `value` is no problem."""
    if not isinstance(value, dict) or not isinstance(value.get("code"), str):
        return None
    try:
        problem = msgspec.convert(value, Problem, strict=False)
    except msgspec.ValidationError:
        problem = Problem(code=value["code"])
    return _by_code(_Refused(problem, host, s3_key or problem.s3_key))


def not_our_protocol(reply: HttpReply, host: str) -> NotOurProtocol:
    """For a reply that no presign endpoint makes."""
    return NotOurProtocol(host=host, status=reply.status, contentType=reply.headers.get("content-type", ""))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds a Retry-After header asks to wait, in either of its forms (RFC 9110, 10.2.3); none where it is neither.

    A date is one of the server's clock: it is compared with the reply's own.
    """
    asked = headers.get("retry-after", "")
    try:
        seconds = float(asked)
    except ValueError:
        until, now = _http_date(asked), _http_date(headers.get("date", ""))
        if until is None:
            return None
        seconds = max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
    return min(seconds, LONGEST_WAIT_ASKED) if seconds >= 0 else None


def _http_date(value: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told


def check_presigned_host(url: str, pinned: Storage | None) -> None:
    """Refuse a presigned URL that leads elsewhere than to the accepted bucket.

    https, or http on this computer alone. On a loopback address any port is right, since the sandbox's changes; the
    path must begin with the bucket. Without a pin (storage not yet accepted) only the scheme is checked.

    Raises HostNotPinned.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    wanted = pinned.s3_host if pinned else None
    # A backslash or control character is read differently by different parsers; user information hides the host.
    clean = _CLEAN_URL.fullmatch(url) is not None and "@" not in parts.netloc
    loopback = is_loopback_host(host)
    scheme_right = parts.scheme == "https" or (parts.scheme == "http" and loopback)
    if not (host and clean and scheme_right) or (
        pinned is not None and not _leads_to(pinned, host, parts.path)
    ):
        raise HostNotPinned(host=host, pinned=wanted)


def check_headers(headers: Mapping[str, str], host: str) -> None:
    """Refuse granted headers that HTTP cannot carry, or that would speak for another host.

    Raises NotOurProtocol.
    """
    for name, value in headers.items():
        printable = _PRINTABLE.fullmatch(value)
        if not printable or not _HEADER_NAME.fullmatch(name) or name.lower() in _NEVER_GRANTED:
            raise NotOurProtocol(
                host=host, status=200, contentType="application/json", reason=f"header {name[:80]!r}"
            )


def _leads_to(pinned: Storage, host: str, path: str) -> bool:
    if host != pinned.s3_host.lower():
        return False
    return not is_loopback_host(host) or path.startswith(f"/{pinned.bucket}/")


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None


def _refusal(reply: HttpReply, decoded: dict[str, Any] | None, host: str, s3_key: str | None) -> RemoteError:
    if decoded is not None:
        error = problem_error(decoded, host, s3_key)
        if error is not None:
            wait = retry_after(reply.headers)
            if wait is not None and isinstance(error, Throttled | ServerFailed):
                error.parameters["retryAfter"] = wait
            return error
    return _by_status(reply, decoded, host)


@dataclass(frozen=True, slots=True)
class _Refused:
    problem: Problem
    host: str
    s3_key: str | None

    @property
    def detail(self) -> str:
        return (self.problem.detail or self.problem.title or "")[:500]

    @property
    def wait(self) -> float | None:
        wait = self.problem.retry_after
        return None if wait is None or wait < 0 else min(wait, LONGEST_WAIT_ASKED)


def _too_large(it: _Refused) -> TooLarge:
    told = it.problem
    if told.version_id is None:
        return TooLarge(size=told.size, limit=told.limit)
    # Only undelete names a version: the one that S3 would have to copy.
    return TooLarge(
        size=told.size, limit=told.limit, reason="copy", s3Key=it.s3_key, versionId=told.version_id
    )


_BY_CODE: Mapping[str, Callable[[_Refused], RemoteError]] = {
    "not-found": lambda it: NotFound(s3Key=it.s3_key),
    "object-archived": lambda it: ObjectArchived(
        s3Key=it.s3_key,
        storageClass=it.problem.storage_class,
        restore=_shown(it.problem.restore),
        versionId=it.problem.version_id,
    ),
    "not-archived": lambda it: NotArchived(s3Key=it.s3_key, storageClass=it.problem.storage_class),
    "already-there": lambda it: AlreadyThere(s3Key=it.s3_key),
    "conflict": lambda it: Conflict(s3Key=it.s3_key),
    "too-large": _too_large,
    "throttled": lambda it: Throttled(host=it.host, retryAfter=it.wait),
    "unauthorized": lambda it: Unauthorized(host=it.host),
    "forbidden": lambda it: AccessDenied(host=it.host, reason=it.detail),
    "invalid-request": lambda it: InvalidRequest(field=it.problem.field, detail=it.detail),
}
"""One row per code of the protocol (PROTOCOL.md, "Errors"); others go by their status."""


def _by_code(it: _Refused) -> RemoteError:
    known = _BY_CODE.get(it.problem.code)
    if known is not None:
        return known(it)
    if it.problem.status >= 500 or it.problem.retryable:  # noqa: PLR2004 - HTTP's server errors
        request_id = it.problem.request_id
        return ServerFailed(host=it.host, status=it.problem.status, retryAfter=it.wait, requestId=request_id)
    return InvalidRequest(field=it.problem.field, detail=it.detail or it.problem.code)


def _by_status(reply: HttpReply, decoded: dict[str, Any] | None, host: str) -> RemoteError:
    """AWS's own replies are JSON with a `message`; pages come from proxies and portals."""
    status = reply.status
    if status == 408:  # noqa: PLR2004 - Request Timeout: it did not all arrive
        return Unreachable(host=host, reason="408")
    if status == 429:  # noqa: PLR2004 - Too Many Requests
        return Throttled(host=host, retryAfter=retry_after(reply.headers))
    if status >= 500:  # noqa: PLR2004 - server errors
        request_id = reply.headers.get("x-amzn-requestid")
        return ServerFailed(
            host=host, status=status, retryAfter=retry_after(reply.headers), requestId=request_id
        )
    if status == 413:  # noqa: PLR2004 - Content Too Large
        return TooLarge(size=None, limit=None)
    if decoded is not None and status in {401, 403}:
        message = decoded.get("message", decoded.get("Message"))
        denied = AccessDenied(host=host, reason=str(message)[:500] if message else None)
        return Unauthorized(host=host) if status == 401 else denied  # noqa: PLR2004 - Unauthorized
    return not_our_protocol(reply, host)


def _shown(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()[:500]
