"""What an OpenID provider hands out, and how its ID token is checked before any of it is believed.

OpenID Connect Core 1.0, 3.1.3.7: signature by the provider's published keys, issuer, audience, time, nonce, and the
access token's hash where it is given.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jwt

    from app.account.signin_settings import SignIn

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Public-key signatures only: with HS256 the published key itself would be the secret."""
LEEWAY_SECONDS = 300
"""How wrong this computer's clock may be; AWS refuses signatures beyond the same."""
_NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What signing in came to. `expires_at` is seconds since 1970 and speaks of the access token."""

    access_token: str = field(repr=False)
    expires_at: float
    refresh_token: str | None = field(default=None, repr=False)
    who: str | None = None
    """An e-mail address or user name to show, as the checked ID token has it; None after a refresh."""


class TokenUntrusted(Exception):
    """An ID token that is not what it should be; the reason is fit for a person who looks into it."""


def checked_claims(
    id_token: str, keys: Mapping[str, Any], sign_in: SignIn, *, nonce: str, access_token: str
) -> Mapping[str, Any]:
    """The claims of an ID token that is the provider's answer to our request with `nonce`.

    `keys` is the provider's published key set (RFC 7517). Raises TokenUntrusted.
    """
    import jwt  # noqa: PLC0415 - 0.4 s with cryptography, and only signing in needs it

    try:
        key = _key_of(jwt.get_unverified_header(id_token), keys)
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key=key,
            algorithms=list(ALGORITHMS),
            issuer=sign_in.issuer,
            audience=sign_in.client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": list(_NEEDED), "strict_aud": False},
        )
    except jwt.PyJWTError as problem:
        raise TokenUntrusted(f"{type(problem).__name__}: {problem}") from problem
    if claims["aud"] not in (sign_in.client_id, [sign_in.client_id]):
        raise TokenUntrusted("it is for other programs too")
    if claims.get("azp", sign_in.client_id) != sign_in.client_id:
        raise TokenUntrusted("it was given to another program")
    if not _same(claims["nonce"], nonce):
        raise TokenUntrusted("it answers another request")
    if "at_hash" in claims and not _same(claims["at_hash"], _half_hash(access_token)):
        raise TokenUntrusted("it came with another access token")
    return claims


def who_is(claims: Mapping[str, Any]) -> str | None:
    """A name that the person knows, for display alone."""
    for claim in ("email", "preferred_username", "cognito:username"):
        name = claims.get(claim)
        if isinstance(name, str) and name.isprintable() and 0 < len(name) <= 254:  # noqa: PLR2004 - RFC 5321's longest
            return name
    return None


def _key_of(header: Mapping[str, Any], keys: Mapping[str, Any]) -> jwt.PyJWK:
    """The one published key that a token says it is signed with."""
    import jwt  # noqa: PLC0415 - as above

    if header.get("alg") not in ALGORITHMS:
        raise TokenUntrusted(f"it is signed with {header.get('alg')!r}")
    published = keys.get("keys")
    fitting = [
        key
        for key in (published if isinstance(published, list) else [])
        if isinstance(key, dict)
        and key.get("kid") == header.get("kid")
        and key.get("use", "sig") == "sig"
        and key.get("kty") in ("RSA", "EC")
    ]
    if len(fitting) != 1:
        raise TokenUntrusted("no published key fits")
    return jwt.PyJWK.from_dict(fitting[0], algorithm=fitting[0].get("alg", header["alg"]))


def _half_hash(access_token: str) -> str:
    """OpenID Connect Core 1.0, 3.1.3.6; all our algorithms hash with SHA-256."""
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


def _same(found: object, expected: str) -> bool:
    return isinstance(found, str) and hmac.compare_digest(found.encode(), expected.encode())
