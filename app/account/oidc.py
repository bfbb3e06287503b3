"""An OpenID provider, as a program without a secret speaks to it: discovery, code for tokens, refresh, revocation.

Only the issuer's host and the sign-in pages' host are spoken to, whatever the discovery document names; redirects are
not followed.
"""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode, urlsplit

from app.account.oidc_tokens import Tokens, TokenUntrusted, checked_claims, who_is
from app.errors import NotOurProtocol, RedirectRefused, ServerFailed, SignInFailed, Throttled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.account.signin_settings import SignIn

TIMEOUT_SECONDS = 30.0
REPLY_BYTES = 512 * 1024
DISCOVERY_PATH = "/.well-known/openid-configuration"
SHORTEST_LIFE, LONGEST_LIFE = 60.0, 24 * 3600.0
"""Seconds that an access token is taken to live, whatever is said of it."""
_USUAL_LIFE = 300.0
# RFC 6749, 5.2: an error is a word.
_ERROR = re.compile(r"[a-z_]{1,64}", re.ASCII)
# RFC 6750, 2.1, at most what API Gateway takes as a header.
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*", re.ASCII)


class Reply(Protocol):
    """A whole HTTP reply; header names are lower-case."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> bytes: ...


class Http(Protocol):
    """Sends one request; never follows a redirect, never tries again."""

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        read_timeout: float,
        limit: int,
    ) -> Reply:
        """Raises Unreachable, TlsFailed, Cancelled."""
        ...


class GrantRefused(Exception):
    """The provider refuses a code or a refresh token; `error` is RFC 6749's word for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a discovery document says that matters here (OpenID Connect Discovery 1.0, RFC 8414), checked."""

    authorization: str
    token: str
    keys: str
    revocation: str | None
    end_session: str | None
    names_itself: bool
    """Whether its answers in the browser carry `iss` (RFC 9207)."""


class Provider:
    """One provider. Threads may share it; each method may take a network's time.

    Raises Unreachable, TlsFailed, Throttled, ServerFailed, RedirectRefused, NotOurProtocol, SignInFailed
    (`provider-unsuitable`) from every method that asks it.
    """

    def __init__(self, sign_in: SignIn, http: Http, *, now: Callable[[], float] = time.time) -> None:
        self.sign_in = sign_in
        self.host = urlsplit(sign_in.issuer).hostname or ""
        self._http = http
        self._now = now
        self._lock = threading.Lock()
        self._metadata: Metadata | None = None

    def metadata(self) -> Metadata:
        """Its addresses, asked for once."""
        with self._lock:
            if self._metadata is None:
                self._metadata = self._discovered()
            return self._metadata

    def authorization_url(
        self, *, redirect_uri: str, state: str, nonce: str, challenge: str, language: str | None
    ) -> str:
        """Where the browser is sent to. `challenge` is RFC 7636's, by S256."""
        values = {
            "response_type": "code",
            "client_id": self.sign_in.client_id,
            "redirect_uri": redirect_uri,
            "scope": f"openid {self.sign_in.scope}",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if language is not None:
            # The second is Amazon Cognito's own word for it.
            values |= {"ui_locales": language, "lang": language}
        return _with_query(self.metadata().authorization, values)

    def exchange(self, code: str, *, redirect_uri: str, verifier: str, nonce: str) -> Tokens:
        """The tokens for a code, the ID token checked. Raises GrantRefused, SignInFailed (`token-untrusted`) too."""
        values, tokens = self._tokens(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier,
            }
        )
        keys = self._json("GET", self.metadata().keys)
        try:
            claims = checked_claims(
                str(values.get("id_token", "")),
                keys,
                self.sign_in,
                nonce=nonce,
                access_token=tokens.access_token,
            )
        except TokenUntrusted as problem:
            raise SignInFailed(reason="token-untrusted", host=self.host, detail=str(problem)) from problem
        return Tokens(tokens.access_token, tokens.expires_at, tokens.refresh_token, who_is(claims))

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token, which may be of no use from then on. Raises GrantRefused too.

        An ID token that comes along is not looked at: nothing is taken from it.
        """
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token})[1]

    def revoke(self, refresh_token: str) -> bool:
        """End a refresh token and what came of it (RFC 7009); False where the provider has no way to."""
        address = self.metadata().revocation
        if address is None:
            return False
        self._form(address, {"token": refresh_token, "token_type_hint": "refresh_token"})
        return True

    def end_session_url(self, back_to: str) -> str | None:
        """The page that ends the browser's own session there; None where there is none.

        `back_to` has to be known to the provider as an address to come back to.
        """
        address = self.metadata().end_session
        if address is None:
            return None
        # OpenID Connect RP-Initiated Logout 1.0, then Amazon Cognito's word for the same.
        return _with_query(
            address,
            {
                "client_id": self.sign_in.client_id,
                "post_logout_redirect_uri": back_to,
                "logout_uri": back_to,
            },
        )

    def _discovered(self) -> Metadata:
        found = self._json("GET", self.sign_in.issuer.removesuffix("/") + DISCOVERY_PATH)
        if found.get("issuer") != self.sign_in.issuer:
            raise self._unsuitable("it calls itself by another name")
        methods = found.get("code_challenge_methods_supported", ["S256"])
        if not isinstance(methods, list) or "S256" not in methods:
            raise self._unsuitable("PKCE with S256")
        needed = [self._address(found, f"{what}_endpoint") for what in ("authorization", "token")]
        needed.append(self._address(found, "jwks_uri"))
        authorization, token, keys = needed
        if authorization is None or token is None or keys is None:
            raise self._unsuitable("an address is missing")
        return Metadata(
            authorization,
            token,
            keys,
            self._address(found, "revocation_endpoint"),
            self._address(found, "end_session_endpoint"),
            found.get("authorization_response_iss_parameter_supported") is True,
        )

    def _address(self, found: Mapping[str, Any], name: str) -> str | None:
        address = found.get(name)
        if address is None:
            return None
        if not isinstance(address, str) or not self.sign_in.permits(address):
            elsewhere = urlsplit(address).hostname if isinstance(address, str) else None
            raise self._unsuitable(f"{name}: {elsewhere}")
        return address

    def _tokens(self, values: Mapping[str, str]) -> tuple[Mapping[str, Any], Tokens]:
        reply = self._form(self.metadata().token, values)
        access, refresh = reply.get("access_token"), reply.get("refresh_token")
        if str(reply.get("token_type", "")).lower() != "bearer" or not _is_token(access):
            raise SignInFailed(reason="token-untrusted", host=self.host, detail="access_token")
        if refresh is not None and not _is_token(refresh):
            raise SignInFailed(reason="token-untrusted", host=self.host, detail="refresh_token")
        granted = reply.get("scope")
        missing = set(self.sign_in.scope.split()) - set(str(granted).split())
        if granted is not None and missing:
            raise SignInFailed(reason="scope-missing", host=self.host, detail=" ".join(sorted(missing)))
        life = reply.get("expires_in", _USUAL_LIFE)
        seconds = float(life) if isinstance(life, int | float) else _USUAL_LIFE
        expires_at = self._now() + min(max(seconds, SHORTEST_LIFE), LONGEST_LIFE)
        return reply, Tokens(str(access), expires_at, refresh)

    def _form(self, address: str, values: Mapping[str, str]) -> Mapping[str, Any]:
        body = urlencode({**values, "client_id": self.sign_in.client_id}).encode()
        return self._json("POST", address, body)

    def _json(self, method: str, address: str, body: bytes = b"") -> Mapping[str, Any]:
        """The reply's JSON object; empty where there is none, as revocation answers."""
        headers = {"accept": "application/json"}
        if body:
            headers["content-type"] = "application/x-www-form-urlencoded"
        host = urlsplit(address).hostname or ""
        reply = self._http.send(
            method, address, headers=headers, body=body, read_timeout=TIMEOUT_SECONDS, limit=REPLY_BYTES
        )
        if 300 <= reply.status < 400:  # noqa: PLR2004 - HTTP's redirects
            raise RedirectRefused(host=host, status=reply.status)
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Throttled(host=host, retryAfter=None)
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServerFailed(host=host, status=reply.status, retryAfter=None, requestId=None)
        found = _object(reply.body)
        if reply.status == HTTPStatus.OK and (found is not None or (body and not reply.body)):
            return found or {}
        error = error_word((found or {}).get("error"))
        if body and error is not None:
            raise GrantRefused(error)
        content_type = reply.headers.get("content-type", "")
        raise NotOurProtocol(host=host, status=reply.status, contentType=content_type)

    def _unsuitable(self, detail: str) -> SignInFailed:
        return SignInFailed(reason="provider-unsuitable", host=self.host, detail=detail)


def error_word(text: object) -> str | None:
    """RFC 6749's word for an error; other texts are nothing to show."""
    return text if isinstance(text, str) and _ERROR.fullmatch(text) else None


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_token(text: object) -> bool:
    return isinstance(text, str) and _BEARER.fullmatch(text) is not None


def _with_query(address: str, values: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"
