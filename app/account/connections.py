"""A connection: what a stack's output says of itself, as a file or as a string to paste.

It is written by strangers as far as this program knows: nothing in it is believed before a person has seen it, its
parts have to agree with each other, and whatever is not exactly right is refused with a reason. It holds no secret.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NoReturn
from urllib.parse import urlsplit

from app.account.endpoints import EndpointRefused, is_loopback_host, is_region, normalise_endpoint
from app.account.expected import Expected, is_account, is_bucket
from app.account.profiles import Profile, check_profile_name, make_profile
from app.account.signin_settings import SignIn
from app.errors import ConnectionInvalid, FileUnreadable, FileVanished, NotARegularFile, ProfileInvalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Mode = Literal["personal", "team"]

CONNECTION_PREFIX = "chatlog-connection:"
"""What a connection's string begins with; base64 of its JSON follows."""
CONNECTION_SUFFIX = ".chatlog-connection"
"""How the name of a connection's file ends."""

FORMAT = "chatlog-uploader-connection"
VERSION = 1
MAXIMUM_BYTES = 16 * 1024
"""Of the JSON."""
MAXIMUM_TEXT_BYTES = 32 * 1024
"""Of the file or string: base64 takes four bytes for three, and terminals break lines."""

# https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html has letters
# and digits only; other providers' ids are texts of RFC 6749's VSCHAR.
_CLIENT_ID = re.compile(r"[\w.+~-]{1,128}", re.ASCII)
# RFC 6749, 3.3: tokens of visible characters but quotes and backslash, one space between them.
_SCOPE = re.compile(r"[!#-\[\]-~]{1,256}( [!#-\[\]-~]{1,256}){0,9}", re.ASCII)
# On this computer any port is right: an emulator's changes from run to run.
_LOOPBACK_PORT = re.compile(r"(localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]):[0-9]{1,5}", re.ASCII)
_PORTS = range(1024, 65536)
_MAXIMUM_PORTS = 16
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)
# The issuer's host and path, and the hosted pages of a user pool (Amazon Cognito developer guide, "User pool endpoints").
_POOL_HOST = re.compile(r"cognito-idp\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?", re.ASCII)
_POOL_ID = re.compile(r"/([a-z0-9-]+)_[A-Za-z0-9]{1,55}", re.ASCII)
_POOL_PAGES = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.auth\.([a-z0-9-]+)\.amazoncognito\.com", re.ASCII
)
# Regions in an endpoint's host: a Function URL, or a REST API.
_REGIONAL_HOST = re.compile(
    r"(?:[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws|[a-z0-9]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Connection:
    """What a connection says, checked: where to, which bucket of whose account, and how one signs in there."""

    mode: Mode
    """`personal`: with AWS credentials; `team`: in the browser, as `sign_in` has it."""
    name: str
    """What whoever runs the stack calls it; fit for a profile's name, or empty."""
    endpoint: str
    account: str
    """The AWS account's 12 digits."""
    region: str
    bucket: str
    s3_host: str
    sign_in: SignIn | None = None

    @property
    def expected(self) -> Expected:
        """What is pinned when it is accepted."""
        return Expected(self.account, self.bucket, self.region, self.s3_host)

    def to_profile(
        self, name: str, *, kind: Literal["iam", "token"] = "iam", aws_profile: str | None = None
    ) -> Profile:
        """A profile with this connection's storage pinned. `kind` and `aws_profile` are for personal ones: a team signs in.

        Raises ProfileInvalid (`name-…`, `aws-profile-…`).
        """
        profile = make_profile(
            name,
            kind if self.sign_in is None else "signin",
            self.endpoint,
            region=self.region,
            aws_profile=aws_profile,
            sign_in=self.sign_in,
        )
        return replace(profile, expected=self.expected)


def parse_connection(text: str | bytes) -> Connection:
    """A connection from a file's content or a string: JSON, or `chatlog-connection:` and base64 of it.

    Raises ConnectionInvalid with a reason: `too-large`, `not-text`, `not-a-connection`, `damaged`, `version-unknown`;
    with `field` also `field-missing`, `field-malformed`, `endpoint-…` (see endpoints.py), and with `other` as well
    `fields-disagree`.
    """
    plain = _plain(text).strip()
    if plain.startswith(CONNECTION_PREFIX):
        plain = _plain(_decoded(plain.removeprefix(CONNECTION_PREFIX)))
    elif not plain.startswith("{"):
        _refuse(reason="not-a-connection")
    if len(plain.encode()) > MAXIMUM_BYTES:
        _refuse(reason="too-large")
    values = _json_object(plain)
    if values.get("format") != FORMAT:
        _refuse(reason="not-a-connection")
    if type(values.get("version")) is not int or values["version"] != VERSION:
        _refuse(reason="version-unknown")
    return _agreeing(_connection(values))


def read_connection(path: Path) -> Connection:
    """A connection from a file. Raises as `parse_connection` does, FileVanished, FileUnreadable, NotARegularFile."""
    try:
        # A pipe by that name would be waited for.
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(file, "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise NotARegularFile(path=str(path))
            content = opened.read(MAXIMUM_TEXT_BYTES + 1)
    except FileNotFoundError as problem:
        raise FileVanished(path=str(path)) from problem
    except (OSError, ValueError) as problem:
        # Not by the kind of error: of a folder Windows says that access is denied.
        if path.is_dir():
            raise NotARegularFile(path=str(path)) from problem
        reason = getattr(problem, "strerror", None) or str(problem)
        raise FileUnreadable(path=str(path), reason=reason) from problem
    return parse_connection(content)


def is_connection_file(path: str) -> bool:
    """Whether a file by that name is taken for a connection."""
    return path.lower().endswith(CONNECTION_SUFFIX)


# ---- from bytes to values ---------------------------------------------------------------------------------


def _refuse(*, reason: str, field: str | None = None, other: str | None = None) -> NoReturn:
    raise ConnectionInvalid(reason=reason, field=field, other=other)


def _plain(text: str | bytes) -> str:
    if len(text) > MAXIMUM_TEXT_BYTES:
        _refuse(reason="too-large")
    try:
        # Windows' Notepad puts a byte order mark in front.
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        plain.encode()  # halves of surrogate pairs are no text
    except UnicodeError:
        _refuse(reason="not-text")
    return plain


def _decoded(text: str) -> bytes:
    """Base64, of either alphabet, with or without padding, with any white space."""
    packed = "".join(text.split()).translate({ord("-"): "+", ord("_"): "/"})
    if not _BASE64.fullmatch(packed):
        _refuse(reason="damaged")
    bare = packed.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        _refuse(reason="damaged")


def _json_object(text: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) != len(pairs):
            # Two programs would read two different connections.
            _refuse(reason="damaged")
        return values

    def no_number(_name: str) -> NoReturn:
        _refuse(reason="damaged")

    try:
        values = json.loads(text, object_pairs_hook=once, parse_constant=no_number)
    except (ValueError, RecursionError):
        _refuse(reason="damaged")
    if not isinstance(values, dict):
        _refuse(reason="not-a-connection")
    return values


# ---- from values to a connection --------------------------------------------------------------------------


def _connection(values: dict[str, Any]) -> Connection:
    mode = _text(values, "mode")
    if mode not in {"personal", "team"}:
        _refuse(reason="field-malformed", field="mode")
    endpoint = _endpoint(values)
    account = _fitting(values, "account", is_account)
    region = _fitting(values, "region", is_region)
    bucket = _fitting(values, "bucket", is_bucket)
    s3_host = _LOOPBACK_PORT.sub(r"\1", _text(values, "s3Host").lower())
    if mode == "personal":
        return Connection("personal", _name(values), endpoint, account, region, bucket, s3_host)
    sign_in = values.get("signIn")
    if sign_in is None:
        _refuse(reason="field-missing", field="signIn")
    if not isinstance(sign_in, dict):
        _refuse(reason="field-malformed", field="signIn")
    return Connection("team", _name(values), endpoint, account, region, bucket, s3_host, _sign_in(sign_in))


def _sign_in(values: dict[str, Any]) -> SignIn:
    where = "signIn."
    issuer = _text(values, "issuer", where)
    try:
        # An issuer is compared letter for letter (OpenID Connect Core, 3.1.3.7): only one in normal form is taken.
        normal = normalise_endpoint(issuer)
    except EndpointRefused as problem:
        raise ConnectionInvalid(reason=problem.reason, field="signIn.issuer", other=None) from problem
    if normal not in {issuer, f"{issuer}/"}:
        _refuse(reason="field-malformed", field="signIn.issuer")
    ports = values.get("redirectPorts")
    if ports is None:
        _refuse(reason="field-missing", field="signIn.redirectPorts")
    if (
        not isinstance(ports, list)
        or not 1 <= len(ports) <= _MAXIMUM_PORTS
        or any(type(port) is not int or port not in _PORTS for port in ports)
        or len(set(ports)) != len(ports)
    ):
        _refuse(reason="field-malformed", field="signIn.redirectPorts")
    return SignIn(
        issuer=issuer,
        client_id=_fitting(values, "clientId", _CLIENT_ID.fullmatch, where),
        scope=_fitting(values, "scope", _SCOPE.fullmatch, where),
        host=_text(values, "host", where).lower(),
        redirect_ports=tuple(ports),
    )


def _text(values: dict[str, Any], field: str, where: str = "") -> str:
    found = values.get(field)
    if found is None:
        _refuse(reason="field-missing", field=where + field)
    if not isinstance(found, str) or not found:
        _refuse(reason="field-malformed", field=where + field)
    return found


def _fitting(values: dict[str, Any], field: str, fits: Callable[[str], object], where: str = "") -> str:
    text = _text(values, field, where)
    if not fits(text):
        _refuse(reason="field-malformed", field=where + field)
    return text


def _name(values: dict[str, Any]) -> str:
    """A suggestion: a name that no profile may have (`sandbox`) is as good as none."""
    if values.get("name") is None:
        return ""
    try:
        return check_profile_name(_text(values, "name"))
    except ProfileInvalid:
        return ""


def _endpoint(values: dict[str, Any]) -> str:
    try:
        return normalise_endpoint(_text(values, "endpoint"))
    except EndpointRefused as problem:
        raise ConnectionInvalid(reason=problem.reason, field="endpoint", other=None) from problem


# ---- whether its parts agree ------------------------------------------------------------------------------


def _agreeing(connection: Connection) -> Connection:
    """Its parts, none of which may speak of another region, bucket or computer than the others."""
    region = connection.region
    host = urlsplit(connection.endpoint).hostname or ""
    here = is_loopback_host(host)
    regional = _REGIONAL_HOST.fullmatch(host)
    if regional is not None and region not in regional.groups():
        _refuse(reason="fields-disagree", field="endpoint", other="region")
    _check_s3_host(connection, here=here)
    if connection.sign_in is not None:
        _check_sign_in(connection.sign_in, region, here=here)
    return connection


def _check_s3_host(connection: Connection, *, here: bool) -> None:
    """The bucket's own host in its region; this computer only where the endpoint is there too (an emulator)."""
    host = connection.s3_host
    if is_loopback_host(host):
        if not here:
            _refuse(reason="fields-disagree", field="s3Host", other="endpoint")
        return
    domain = "amazonaws.com.cn" if connection.region.startswith("cn-") else "amazonaws.com"
    if host == f"{connection.bucket}.s3.{connection.region}.{domain}":
        return
    if not host.startswith(f"{connection.bucket}.s3"):
        _refuse(reason="fields-disagree", field="s3Host", other="bucket")
    _refuse(reason="fields-disagree", field="s3Host", other="region")


def _check_sign_in(sign_in: SignIn, region: str, *, here: bool) -> None:
    """The issuer and the pages where one signs in belong together: one user pool's, or one host."""
    issuer = urlsplit(sign_in.issuer)
    issuer_host = issuer.hostname or ""
    if is_loopback_host(issuer_host) and not here:
        _refuse(reason="fields-disagree", field="signIn.issuer", other="endpoint")
    try:
        pages = urlsplit(normalise_endpoint(f"{issuer.scheme}://{sign_in.host}/"))
    except EndpointRefused:
        _refuse(reason="field-malformed", field="signIn.host")
    if pages.path != "/" or sign_in.host != pages.netloc:
        _refuse(reason="field-malformed", field="signIn.host")
    pool = _POOL_HOST.fullmatch(issuer_host)
    if pool is None:
        # The port counts: on one computer another port is another server.
        if issuer.netloc != pages.netloc:
            _refuse(reason="fields-disagree", field="signIn.host", other="signIn.issuer")
        return
    pool_id = _POOL_ID.fullmatch(issuer.path)
    if issuer.scheme != "https" or issuer.port is not None or pool_id is None:
        _refuse(reason="field-malformed", field="signIn.issuer")
    if pool[1] != region or pool_id[1] != region:
        _refuse(reason="fields-disagree", field="signIn.issuer", other="region")
    hosted = _POOL_PAGES.fullmatch(sign_in.host)
    if hosted is None:
        _refuse(reason="fields-disagree", field="signIn.host", other="signIn.issuer")
    if hosted[1] != region:
        _refuse(reason="fields-disagree", field="signIn.host", other="region")
