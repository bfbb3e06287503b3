"""Which error each refusal of S3, or of what stands before it, stands for, and so what is done about it."""

from __future__ import annotations

import pytest

from app.errors import (
    AccessDenied,
    AlreadyThere,
    BodyDamaged,
    Conflict,
    NotOurProtocol,
    RemoteError,
    ServerFailed,
    Throttled,
    Unreachable,
    UrlExpired,
)
from app.transfer.retry import Remedy, rule_for
from app.transfer.s3_replies import refusal

XML = "application/xml"
HTML = "text/html; charset=utf-8"


def refused(
    status: int, code: str, message: str = "", *, kind: str = XML, retry_after: str = ""
) -> RemoteError:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>" if kind == XML else "<html>"
    headers = {"content-type": kind, "retry-after": retry_after}
    return refusal(status, headers, body.encode(), host="s3", s3_key="chat-logs/me/x")


@pytest.mark.parametrize(
    ("status", "code", "kind", "remedy"),
    [
        (400, "RequestTimeout", Unreachable, Remedy.WAIT),
        (400, "BadDigest", BodyDamaged, Remedy.SEND_AGAIN),
        (400, "IncompleteBody", BodyDamaged, Remedy.SEND_AGAIN),
        (400, "ExpiredToken", UrlExpired, Remedy.SIGN_AGAIN),
        (403, "RequestTimeTooSkewed", UrlExpired, Remedy.SIGN_AGAIN),
        (403, "SignatureDoesNotMatch", AccessDenied, Remedy.GIVE_UP),
        (408, "", Unreachable, Remedy.WAIT),
        (409, "ConditionalRequestConflict", Conflict, Remedy.WAIT),
        (412, "PreconditionFailed", AlreadyThere, Remedy.GIVE_UP),
        (429, "TooManyRequests", Throttled, Remedy.WAIT),
        (500, "InternalError", ServerFailed, Remedy.LOOK_FIRST),
        (502, "", ServerFailed, Remedy.LOOK_FIRST),
        (503, "SlowDown", Throttled, Remedy.WAIT),
        (503, "ServiceUnavailable", ServerFailed, Remedy.LOOK_FIRST),
        (504, "", ServerFailed, Remedy.LOOK_FIRST),
    ],
)
def test_s3s_refusals(status: int, code: str, kind: type[RemoteError], remedy: Remedy) -> None:
    error = refused(status, code)
    assert type(error) is kind
    assert rule_for(error).remedy is remedy


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, NotOurProtocol),
        (408, Unreachable),
        (429, Throttled),
        (500, ServerFailed),
        (502, ServerFailed),
        (503, ServerFailed),
        (504, ServerFailed),
    ],
)
def test_pages_of_proxies(status: int, kind: type[RemoteError]) -> None:
    assert type(refused(status, "", kind=HTML)) is kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Request has expired", UrlExpired),
        ("Request is not valid yet", UrlExpired),
        ("Access Denied", AccessDenied),
    ],
)
def test_only_the_words_tell_a_denial_for_the_time_from_any_other(
    message: str, kind: type[RemoteError]
) -> None:
    assert type(refused(403, "AccessDenied", message)) is kind


@pytest.mark.parametrize(("status", "code"), [(429, ""), (503, "SlowDown"), (503, ""), (500, "")])
def test_a_retry_after_is_heard_wherever_it_comes_with(status: int, code: str) -> None:
    assert refused(status, code, retry_after="7").parameters["retryAfter"] == 7.0
