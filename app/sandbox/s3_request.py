"""A request to S3, taken apart: bucket, key, query and headers, each decoded exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_to_bytes

from app.sandbox.s3_errors import S3Error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.sandbox.http_server import Body, Request

MAX_KEY_BYTES = 1024
MAX_QUERY_FIELDS = 64
_MAX_DIGITS = 10  # more than any number here has; int() of a megabyte of digits is slow
# These decide what a request means: said twice, two readers could choose differently.
_SINGLE = (
    "x-amz-",
    "content-",
    "if-",
    "authorization",
    "host",
    "range",
    "date",
    "expect",
    "transfer-encoding",
)


@dataclass(frozen=True, slots=True)
class S3Request:
    """`path` is decoded; `headers` have lower-case names; `query` keeps every value in order."""

    method: str
    path: str
    bucket: str
    key: str
    query: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str]
    body: Body

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter."""
        values = self.query.get(name)
        return values[0] if values else None

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        """A query parameter as a number. Raises S3Error InvalidArgument."""
        value = self.parameter(name)
        if value is None or value == "":
            return default
        digits = value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS
        if not digits or not lowest <= int(value) <= highest:
            raise S3Error(
                "InvalidArgument", f"{name} must be between {lowest} and {highest}", ArgumentName=name
            )
        return int(value)


def parse_request(request: Request) -> S3Request:
    """Take a request apart. Raises S3Error InvalidURI, InvalidRequest or KeyTooLongError."""
    raw_path, _, raw_query = request.target.partition("?")
    path = _decoded_path(raw_path)
    bucket, _, key = path[1:].partition("/")
    if len(key.encode("utf-8")) > MAX_KEY_BYTES:
        raise S3Error("KeyTooLongError")
    return S3Request(
        request.method, path, bucket, key, _query(raw_query), single_headers(request.headers), request.body
    )


def single_headers(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The headers by name. Raises S3Error InvalidRequest when one that matters is given twice."""
    gathered: dict[str, str] = {}
    for name, value in headers:
        if name in gathered:
            if name.startswith(_SINGLE):
                raise S3Error("InvalidRequest", f"The header {name} was given more than once.")
            value = f"{gathered[name]},{value}"  # noqa: PLW2901 - as HTTP joins repeated headers
        gathered[name] = value
    return gathered


def _decoded_path(raw: str) -> str:
    if not raw.startswith("/"):  # absolute form ("GET http://host/"), "*", "host:port": no business of S3
        raise S3Error("InvalidURI")
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as problem:
        raise S3Error("InvalidURI") from problem


def _query(raw: str) -> dict[str, tuple[str, ...]]:
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS)
    except (ValueError, UnicodeDecodeError) as problem:
        raise S3Error("InvalidURI") from problem
    gathered: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        gathered[name] = (*gathered.get(name, ()), value)
    return gathered
