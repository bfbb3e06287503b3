"""Who signed a request, and whether everything that S3 wants signed is signed.

The canonical request, the string to sign and the signature are computed by ministack's `core.sigv4`: code that is
neither botocore's (which signs) nor ours. What that emulator lets through and S3 does not is refused here: unsigned
x-amz-* headers, the built-in keys, absent signed headers, life spans over a week, anonymous requests.

Source: "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API Reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ministack.core import sigv4

from app.sandbox.s3_errors import S3Error

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.sandbox.s3_request import S3Request

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
LONGEST_LIFE = 7 * 24 * 3600  # seconds
CLOCK_SKEW = timedelta(minutes=15)

_PRESIGNED_PARAMETERS = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
)
_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_CASE = {name.lower(): name for name in (*_PRESIGNED_PARAMETERS, "X-Amz-Security-Token")}


@dataclass(frozen=True, slots=True)
class Credential:
    """An access key of the sandbox: opens nothing but this computer's sandbox."""

    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What a verified signature says about its request."""

    access_key: str
    presigned: bool
    signed_at: datetime
    signed_headers: frozenset[str]
    payload_hash: str | None
    """SHA-256 of the body in hex when it was signed; the body must still be compared."""


class SignatureCheck:
    """Verifies requests against the keys of one bucket's region."""

    def __init__(
        self, credential: Credential, region: str, now: Callable[[], datetime] | None = None
    ) -> None:
        self._credential = credential
        self._region = region
        self._now = now or (lambda: datetime.now(UTC))

    def verify(self, request: S3Request) -> Signed:
        """The request's signature, verified. Raises the S3Error that S3 answers with."""
        presigned = check_mechanism(request)
        signature = _parse_presigned(request) if presigned else _parse_header(request)
        signed_headers = frozenset(signature.signed_headers.split(";"))
        signed_at = _moment(signature.amz_date, presigned=presigned)
        check_scope(signature, self._region, presigned=presigned)
        check_key(signature, self._credential)
        check_token(request)
        if presigned:
            check_life(request, signed_at, self._now())
        else:
            check_skew(signed_at, self._now())
        check_signed_headers(request, signed_headers)
        check_signature(request, signature, self._credential, presigned=presigned)
        check_unsigned_headers(request, signed_headers)
        return Signed(
            signature.access_key_id,
            presigned,
            signed_at,
            signed_headers,
            _payload_hash(request, presigned=presigned),
        )


def check_mechanism(request: S3Request) -> bool:
    """Whether the request is presigned (True) or signed in its header. Raises for anonymous, doubled or old ways."""
    authorization = request.headers.get("authorization")
    for name in request.query:
        if name.lower() in _CASE and name != _CASE[name.lower()]:
            raise S3Error("AuthorizationQueryParametersError", f"Unknown spelling of {_CASE[name.lower()]}")
    presigned = any(name in request.query for name in _PRESIGNED_PARAMETERS)
    if presigned and authorization is not None:
        raise S3Error("InvalidArgument", "Only one auth mechanism allowed", ArgumentName="Authorization")
    if not presigned and authorization is None:
        if "Signature" in request.query and "AWSAccessKeyId" in request.query:
            raise S3Error(
                "InvalidRequest", f"The authorization mechanism is not supported. Please use {ALGORITHM}."
            )
        raise S3Error("AccessDenied")
    if authorization is not None and not authorization.startswith(f"{ALGORITHM} "):
        raise S3Error(
            "InvalidRequest", f"The authorization mechanism is not supported. Please use {ALGORITHM}."
        )
    return presigned


def check_scope(signature: sigv4.HeaderSignature, region: str, *, presigned: bool) -> None:
    """Raise unless the credential is for S3 in this region and for the day of the signature."""
    code = "AuthorizationQueryParametersError" if presigned else "AuthorizationHeaderMalformed"
    if signature.region_set is not None or signature.region != region:
        raise S3Error(code, f"the region '{signature.region}' is wrong; expecting '{region}'", Region=region)
    if signature.service != "s3":
        raise S3Error(code, f'incorrect service "{signature.service}". This endpoint belongs to "s3".')
    if signature.date_stamp != signature.amz_date[:8]:
        raise S3Error(code, "Invalid credential date. This date is not the same as X-Amz-Date.")


def check_key(signature: sigv4.HeaderSignature, credential: Credential) -> None:
    """Raise unless the key is the sandbox's one: no built-in `test`, no account numbers."""
    if signature.access_key_id != credential.access_key:
        raise S3Error("InvalidAccessKeyId", AWSAccessKeyId=signature.access_key_id)


def check_token(request: S3Request) -> None:
    """Raise for a session token: the sandbox's key is a user's."""
    if "x-amz-security-token" in request.headers or "X-Amz-Security-Token" in request.query:
        raise S3Error("InvalidToken")


def check_life(request: S3Request, signed_at: datetime, now: datetime) -> None:
    """Raise when a presigned URL is dead, not yet alive, or claims to live for over a week."""
    value = request.parameter("X-Amz-Expires") or ""
    if not (value.isascii() and value.isdigit()) or not 0 < int(value[:7]) <= LONGEST_LIFE or len(value) > 7:  # noqa: PLR2004 - a week has six digits
        raise S3Error(
            "AuthorizationQueryParametersError", "X-Amz-Expires must be a number of seconds up to a week"
        )
    if signed_at > now + CLOCK_SKEW:
        raise S3Error("AccessDenied", "Request is not valid yet")
    expires = signed_at + timedelta(seconds=int(value))
    if now > expires:
        raise S3Error(
            "AccessDenied",
            "Request has expired",
            Expires=_iso(expires),
            ServerTime=_iso(now),
        )


def check_skew(signed_at: datetime, now: datetime) -> None:
    """Raise when a request signed in its header is more than 15 minutes from this clock."""
    if abs(now - signed_at) > CLOCK_SKEW:
        raise S3Error("RequestTimeTooSkewed", RequestTime=_iso(signed_at), ServerTime=_iso(now))


def check_signed_headers(request: S3Request, signed_headers: frozenset[str]) -> None:
    """Raise when a header that was signed is absent, or `host` is not among them."""
    if "host" not in signed_headers or any(name not in request.headers for name in signed_headers):
        raise S3Error("SignatureDoesNotMatch")


def check_unsigned_headers(request: S3Request, signed_headers: frozenset[str]) -> None:
    """Raise when an x-amz-* header is there that was not signed: it would change what was allowed."""
    unsigned = [name for name in request.headers if name.startswith("x-amz-") and name not in signed_headers]
    if unsigned:
        raise S3Error(
            "AccessDenied",
            "There were headers present in the request which were not signed",
            HeadersNotSigned=", ".join(unsigned),
        )


def check_signature(
    request: S3Request, signature: sigv4.HeaderSignature, credential: Credential, *, presigned: bool
) -> None:
    """Raise unless the signature is the one computed over the request as it came."""
    query = {name: list(values) for name, values in request.query.items()}
    path = sigv4.uri_encode(request.path, encode_slash=False)
    _, string_to_sign = sigv4.header_signing_documents(
        signature, request.method, path, query, request.headers, b"", presigned=presigned
    )
    computed = sigv4.calculate_signature(
        credential.secret_key, signature.date_stamp, signature.region, signature.service, string_to_sign
    )
    if not sigv4.signatures_match(computed, signature.signature):
        raise S3Error("SignatureDoesNotMatch", AWSAccessKeyId=signature.access_key_id)


def _parse_presigned(request: S3Request) -> sigv4.HeaderSignature:
    for name in _PRESIGNED_PARAMETERS:
        if len(request.query.get(name, ())) != 1:
            raise S3Error(
                "AuthorizationQueryParametersError", f"Query-string authentication requires {name} once."
            )
    if request.parameter("X-Amz-Algorithm") != ALGORITHM:
        raise S3Error("AuthorizationQueryParametersError", f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    parsed = sigv4.parse_query_signature({name: values[0] for name, values in request.query.items()})
    if isinstance(parsed, tuple) or not _ends_in_aws4(request.parameter("X-Amz-Credential")):
        raise S3Error("AuthorizationQueryParametersError")
    return parsed


def _parse_header(request: S3Request) -> sigv4.HeaderSignature:
    authorization = request.headers["authorization"]
    parsed = sigv4.parse_header_signature(request.headers)
    if isinstance(parsed, tuple):
        raise S3Error("AuthorizationHeaderMalformed", parsed[1])
    if not _ends_in_aws4(authorization.partition("Credential=")[2].partition(",")[0]):
        raise S3Error("AuthorizationHeaderMalformed")
    return parsed


def _ends_in_aws4(credential: str | None) -> bool:
    return (credential or "").strip().endswith("/aws4_request")


def _moment(stamp: str, *, presigned: bool) -> datetime:
    code = "AuthorizationQueryParametersError" if presigned else "AccessDenied"
    try:
        if not _STAMP.fullmatch(stamp):
            raise ValueError(stamp)
        return datetime.fromisoformat(stamp)  # strptime takes forty times as long
    except ValueError as problem:
        raise S3Error(
            code, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
        ) from problem


def _payload_hash(request: S3Request, *, presigned: bool) -> str | None:
    value = request.headers.get("x-amz-content-sha256")
    if value is None:
        if presigned:
            return None
        raise S3Error("MissingSecurityHeader", MissingHeaderName="x-amz-content-sha256")
    if value == UNSIGNED_PAYLOAD:
        return None
    if value.startswith("STREAMING-"):
        raise S3Error("NotImplemented", "aws-chunked bodies are not spoken here")
    if len(value) != 64 or not set(value) <= set("0123456789abcdef"):  # noqa: PLR2004 - SHA-256 in hex
        raise S3Error(
            "InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value."
        )
    return value


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
