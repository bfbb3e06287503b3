"""What the stack tells the function through its environment, read once.

Nothing else decides where it writes: bucket, key, S3 server and credentials all come from here. So does the owner in
personal mode (AUTH_MODE `iam`); in team mode (`cognito`) each caller's token names theirs.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

SINGLE_PUT_LIMIT = 5 * 1024**3
OBJECT_LIMIT = 5 * 1024**4
"""Bytes of one PUT, and of an object in 10,000 parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html."""

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, without dots: the certificate of
# virtual-host addressing covers one label only.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}")
OWNER_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""An owner is one segment of a key's prefix, whoever names it."""

DEFAULT_SCOPE = "chatlog/archive"
_KMS_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:/_-]{0,511}")
# https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,512}")
_CLIENT_ID = re.compile(r"[A-Za-z0-9_+]{1,128}")
_ISSUER = re.compile(r"https?://[A-Za-z0-9.:-]{1,253}/[A-Za-z0-9_-]{1,128}")
_ORIGIN = re.compile(
    r"(?:https://|http://(?=(?:localhost|127\.0\.0\.1)(?::|$)))[a-z0-9.-]{1,253}(?::[0-9]{1,5})?"
)
_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")
_YES_NO = {"true": True, "1": True, "false": False, "0": False}


class SettingsError(Exception):
    """An environment variable is missing or unusable. Only the variable's name is told, never its value."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SigningCredentials:
    """What botocore's signers read off credentials; its own class would import the whole provider chain."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


AuthMode = Literal["iam", "cognito"]


@dataclass(frozen=True, slots=True)
class UserPool:
    """Whose access tokens are good in team mode: one app client's, with one scope, of one issuer where it is named."""

    client_id: str
    required_scope: str
    issuer: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The function's configuration. Sizes in bytes.

    `owner` is None exactly where `user_pool` is not: in team mode the owner is a value of each request.
    `allowed_origins` are the web pages that browsers may let read a reply, none by default, and none in personal
    mode, where the Function URL's own configuration answers browsers.
    """

    bucket: str
    region: str
    kms_key_id: str
    owner: str | None
    user_pool: UserPool | None
    allowed_origins: tuple[str, ...]
    credentials: SigningCredentials
    endpoint: str | None
    path_style: bool
    max_object_bytes: int
    allow_unsized_uploads: bool
    log_level: str

    @property
    def auth_mode(self) -> AuthMode:
        """Which of the two ways in this function answers."""
        return "iam" if self.user_pool is None else "cognito"

    @property
    def base_url(self) -> str:
        """What an object's key is appended to: `https://bucket.s3.region.amazonaws.com/`, or path style."""
        scheme, _, host = self._server.partition("://")
        if self.path_style:
            return f"{scheme}://{host}/{self.bucket}/"
        return f"{scheme}://{self.bucket}.{host}/"

    @property
    def storage_host(self) -> str:
        """The host presigned URLs lead to, as clients pin it: without a port on the loopback interface, where a
        sandbox's port changes from run to run."""
        parts = urlsplit(self.base_url)
        return (parts.hostname or "") if _is_loopback(parts.hostname or "") else parts.netloc

    @property
    def _server(self) -> str:
        if self.endpoint is not None:
            return self.endpoint
        suffix = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        return f"https://s3.{self.region}.{suffix}"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment of BACKEND.md's row F13 and the stage's parameters. Raises SettingsError."""
    endpoint = _endpoint(environ)
    user_pool = _user_pool(environ)
    return Settings(
        bucket=_matching(environ, "S3_BUCKET_NAME", _BUCKET),
        region=_matching(environ, "AWS_REGION", _REGION),
        kms_key_id=_matching(environ, "KMS_KEY_ID", _KMS_KEY),
        owner=_matching(environ, "OWNER_ID", OWNER_PATTERN) if user_pool is None else None,
        user_pool=user_pool,
        allowed_origins=_allowed_origins(environ) if user_pool is not None else (),
        credentials=SigningCredentials(
            access_key=_required(environ, "AWS_ACCESS_KEY_ID"),
            secret_key=_required(environ, "AWS_SECRET_ACCESS_KEY"),
            token=environ.get("AWS_SESSION_TOKEN") or None,
        ),
        endpoint=endpoint,
        path_style=_path_style(environ, has_endpoint=endpoint is not None),
        max_object_bytes=_max_object_bytes(environ),
        allow_unsized_uploads=_yes_no(environ, "ALLOW_UNSIZED_UPLOADS"),
        log_level=_log_level(environ),
    )


def _required(environ: Mapping[str, str], variable: str) -> str:
    value = environ.get(variable, "")
    if not value:
        raise SettingsError(variable, "missing")
    return value


def _matching(environ: Mapping[str, str], variable: str, pattern: re.Pattern[str]) -> str:
    value = _required(environ, variable)
    if not pattern.fullmatch(value):
        raise SettingsError(variable, "malformed")
    return value


def _user_pool(environ: Mapping[str, str]) -> UserPool | None:
    mode = environ.get("AUTH_MODE", "") or "iam"
    if mode == "iam":
        return None
    if mode != "cognito":
        raise SettingsError("AUTH_MODE", "neither iam nor cognito")
    scope = environ.get("REQUIRED_SCOPE", "") or DEFAULT_SCOPE
    issuer = environ.get("USER_POOL_ISSUER", "") or None
    if not _SCOPE.fullmatch(scope):
        raise SettingsError("REQUIRED_SCOPE", "malformed")
    if issuer is not None and not _ISSUER.fullmatch(issuer):
        raise SettingsError("USER_POOL_ISSUER", "malformed")
    return UserPool(_matching(environ, "USER_POOL_CLIENT_ID", _CLIENT_ID), scope, issuer)


def _allowed_origins(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Origins by name, separated by commas; never `*`."""
    origins = tuple(origin.strip() for origin in environ.get("ALLOWED_ORIGINS", "").split(","))
    named = tuple(origin for origin in origins if origin)
    if not all(_ORIGIN.fullmatch(origin) for origin in named):
        raise SettingsError("ALLOWED_ORIGINS", "not a list of origins such as https://example.org")
    return named


def _endpoint(environ: Mapping[str, str]) -> str | None:
    value = environ.get("AWS_ENDPOINT_URL_S3", "")
    if not value:
        return None
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError as problem:
        raise SettingsError("AWS_ENDPOINT_URL_S3", "malformed") from problem
    if not host or "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment or port == 0:
        raise SettingsError("AWS_ENDPOINT_URL_S3", "malformed")
    # A presigned URL is the power to read or write: over plain HTTP anybody on the way could use it.
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise SettingsError("AWS_ENDPOINT_URL_S3", "https is required outside the loopback interface")
    return f"{parts.scheme}://{parts.netloc}"


def _path_style(environ: Mapping[str, str], *, has_endpoint: bool) -> bool:
    style = environ.get("S3_ADDRESSING_STYLE", "") or "auto"
    if style not in ("auto", "path", "virtual"):
        raise SettingsError("S3_ADDRESSING_STYLE", "neither auto, path nor virtual")
    return style == "path" or (style == "auto" and has_endpoint)


def _max_object_bytes(environ: Mapping[str, str]) -> int:
    value = environ.get("MAX_OBJECT_BYTES", "") or str(OBJECT_LIMIT)
    if not re.fullmatch(r"[1-9][0-9]{0,15}", value) or int(value) > OBJECT_LIMIT:
        raise SettingsError("MAX_OBJECT_BYTES", f"not a number from 1 to {OBJECT_LIMIT}")
    return int(value)


def _yes_no(environ: Mapping[str, str], variable: str) -> bool:
    value = environ.get(variable, "") or "false"
    if value not in _YES_NO:
        raise SettingsError(variable, "neither true nor false")
    return _YES_NO[value]


def _log_level(environ: Mapping[str, str]) -> str:
    value = environ.get("LOG_LEVEL", "") or "INFO"
    if value not in _LEVELS:
        raise SettingsError("LOG_LEVEL", f"not one of {', '.join(_LEVELS)}")
    return value


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
