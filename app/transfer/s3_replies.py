"""S3's replies: which error a refusal stands for, and whether a stored object is what was sent.

Codes: "Error responses" of the Amazon S3 API reference. The XML is read with patterns, not with a parser: it may come
from anywhere.
"""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import (
    AccessDenied,
    AlreadyThere,
    BodyDamaged,
    Conflict,
    InvalidRequest,
    NotFound,
    NotOurProtocol,
    ObjectArchived,
    RedirectRefused,
    RemoteError,
    ServerFailed,
    Throttled,
    TooLarge,
    Unreachable,
    UrlExpired,
    VerificationFailed,
)
from app.remote.replies import retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.remote.protocol import HeadReply, UploadGrant
    from app.remote.transport import HttpReply

ERROR_BODY_LIMIT = 64 * 1024

_CODE = re.compile(rb"<Code>([A-Za-z0-9.]{1,100})</Code>")
_MESSAGE = re.compile(rb"<Message>([^<]{0,500})")
_STORAGE_CLASS = re.compile(rb"<StorageClass>([A-Z_]{1,40})</StorageClass>")


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    code: str
    message: str
    host: str
    s3_key: str
    size: int | None
    wait: float | None
    storage_class: str | None
    request_id: str | None


_BY_CODE: Mapping[str, Callable[[_Refusal], RemoteError]] = {
    "PreconditionFailed": lambda it: AlreadyThere(s3Key=it.s3_key),
    "ConditionalRequestConflict": lambda it: Conflict(s3Key=it.s3_key),
    "OperationAborted": lambda it: Conflict(s3Key=it.s3_key),
    "NoSuchKey": lambda it: NotFound(s3Key=it.s3_key),
    "NoSuchVersion": lambda it: NotFound(s3Key=it.s3_key),
    "InvalidObjectState": lambda it: ObjectArchived(
        s3Key=it.s3_key, storageClass=it.storage_class, restore=None
    ),
    # The URL, or the credentials that signed it, have died; another URL helps.
    "ExpiredToken": lambda it: UrlExpired(host=it.host),
    "TokenRefreshRequired": lambda it: UrlExpired(host=it.host),
    "InvalidToken": lambda it: UrlExpired(host=it.host),
    "InvalidAccessKeyId": lambda it: UrlExpired(host=it.host),
    # The clocks of who signed and of S3 were apart; what is signed next is signed by another clock, or a corrected one.
    "RequestTimeTooSkewed": lambda it: UrlExpired(host=it.host),
    # S3 received other bytes than were signed.
    "BadDigest": lambda it: BodyDamaged(host=it.host),
    "InvalidDigest": lambda it: BodyDamaged(host=it.host),
    "IncompleteBody": lambda it: BodyDamaged(host=it.host),
    "XAmzContentSHA256Mismatch": lambda it: BodyDamaged(host=it.host),
    "XAmzContentChecksumMismatch": lambda it: BodyDamaged(host=it.host),
    "EntityTooLarge": lambda it: TooLarge(size=it.size, limit=None),
    # S3 gave up waiting for our bytes: nothing is stored.
    "RequestTimeout": lambda it: Unreachable(host=it.host, reason=it.code),
    "SlowDown": lambda it: Throttled(host=it.host, retryAfter=it.wait),
    "RequestLimitExceeded": lambda it: Throttled(host=it.host, retryAfter=it.wait),
    "ThrottlingException": lambda it: Throttled(host=it.host, retryAfter=it.wait),
}

_ABOUT_THE_TIME = ("expired", "not valid yet")
"""What S3 says with AccessDenied where the signature's time is what is wrong."""

_BY_STATUS: Mapping[int, Callable[[_Refusal], RemoteError]] = {
    403: lambda it: AccessDenied(host=it.host, reason=it.code or None),
    404: lambda it: NotFound(s3Key=it.s3_key),
    409: lambda it: Conflict(s3Key=it.s3_key),
    412: lambda it: AlreadyThere(s3Key=it.s3_key),
    413: lambda it: TooLarge(size=it.size, limit=None),
}

_BY_STATUS_WHOEVER_ANSWERS: Mapping[int, Callable[[_Refusal], RemoteError]] = {
    408: lambda it: Unreachable(host=it.host, reason="408"),
    429: lambda it: Throttled(host=it.host, retryAfter=it.wait),
}
"""Proxies and firewalls say these too, with pages of their own."""


def refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    host: str,
    s3_key: str,
    size: int | None = None,
) -> RemoteError:
    """The error that a reply with another status than success stands for."""
    code, message = _found(_CODE, body), html.unescape(_found(_MESSAGE, body))
    it = _Refusal(
        status,
        code,
        message,
        host,
        s3_key,
        size,
        retry_after(headers),
        _found(_STORAGE_CLASS, body) or None,
        headers.get("x-amz-request-id"),
    )
    if code in _BY_CODE:
        return _BY_CODE[code](it)
    if code == "AccessDenied" and any(words in message.lower() for words in _ABOUT_THE_TIME):
        return UrlExpired(host=host)
    return _by_status(it, headers.get("content-type", ""))


def _by_status(it: _Refusal, content_type: str) -> RemoteError:
    if 300 <= it.status < 400:  # noqa: PLR2004 - HTTP's redirects
        return RedirectRefused(host=it.host, status=it.status)
    if it.status >= 500:  # noqa: PLR2004 - server errors
        return ServerFailed(host=it.host, status=it.status, retryAfter=it.wait, requestId=it.request_id)
    if it.status in _BY_STATUS_WHOEVER_ANSWERS:
        return _BY_STATUS_WHOEVER_ANSWERS[it.status](it)
    if "html" in content_type:
        return NotOurProtocol(host=it.host, status=it.status, contentType=content_type)
    known = _BY_STATUS.get(it.status)
    return (
        known(it)
        if known
        else InvalidRequest(field=None, detail=f"{it.status} {it.code} {it.message}".strip())
    )


def verify_put(grant: UploadGrant, reply: HttpReply, sha256: bytes, host: str) -> str | None:
    """The version id that S3 gave, once its reply confirms checksum and encryption.

    None where the reply does not say enough (some servers leave the checksum out): `head` decides then.
    Raises VerificationFailed where the reply says otherwise, NotOurProtocol for a page.
    """
    headers = reply.headers
    if "html" in headers.get("content-type", ""):
        raise NotOurProtocol(host=host, status=reply.status, contentType=headers["content-type"])
    expected = {"x-amz-checksum-sha256": base64.b64encode(sha256).decode("ascii")}
    for name in ("x-amz-server-side-encryption", _KMS_KEY):
        granted = grant.headers.get(name)
        if granted is not None:
            expected[name] = granted
    complete = True
    for name, value in expected.items():
        found = headers.get(name)
        if found is None:
            complete = False
        elif found != value and not (name == _KMS_KEY and same_kms_key(value, found)):
            raise VerificationFailed(s3Key=grant.s3_key, what=name, expected=value, found=found)
    version_id = headers.get("x-amz-version-id")
    return version_id if complete and version_id not in {None, "", "null"} else None


_KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def same_kms_key(asked: str, told: str) -> bool:
    """Whether S3 tells of the key that was asked for: it tells the key's ARN, one may ask by id or alias."""
    asked_name = asked.rpartition(":")[2]
    return (
        asked == told
        or asked_name.startswith("alias/")
        or told.rpartition("/")[2] == asked_name.removeprefix("key/")
    )


def holds(head: HeadReply, *, stored_sha256: bytes, original_sha256: str) -> bool:
    """Whether an object has the content that was prepared.

    The stored bytes may differ where another version of the compressor made them; then the original's hash, which
    was signed into the metadata, tells.
    """
    if head.checksum is not None and head.checksum.sha256() == stored_sha256:
        return True
    return original_hash(head.metadata) == original_sha256


def original_hash(metadata: Mapping[str, str]) -> str | None:
    """The SHA-256 (hex) of the text as archived, which stands in an object's metadata."""
    told = metadata.get("original-sha256") or metadata.get("redacted-sha256")
    return told if told and re.fullmatch(r"[0-9a-f]{64}", told) else None


def _found(pattern: re.Pattern[bytes], body: bytes) -> str:
    found = pattern.search(body[:ERROR_BODY_LIMIT])
    return found[1].decode("utf-8", "replace") if found else ""
