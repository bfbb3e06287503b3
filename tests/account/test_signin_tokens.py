"""The ID token is believed only when everything about it is right; here a provider's keys are the test's own."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.account.oidc_tokens import LEEWAY_SECONDS, TokenUntrusted, checked_claims, who_is
from app.account.signin_settings import SignIn
from app.errors import SignInFailed
from tests.account.signing_in import Network, SigningIn, with_json
from tests.openid.running import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.remote.transport import HttpReply

SIGN_IN = SignIn("https://issuer.example.com/pool", "client-1", host="team.example.com")
ACCESS = "an-access-token"
NONCE = "the-nonce"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE_KEY = ec.generate_private_key(ec.SECP256R1())


def published(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, **more: str) -> dict[str, Any]:
    maker: Any = jwt.algorithms.RSAAlgorithm
    if isinstance(key, ec.EllipticCurvePublicKey):
        maker = jwt.algorithms.ECAlgorithm
    return {**maker.to_jwk(key, as_dict=True), "kid": "k1", "use": "sig", **more}


KEYS: dict[str, Any] = {
    "keys": [
        published(KEY.public_key(), alg="RS256"),
        published(CURVE_KEY.public_key(), kid="k2", alg="ES256"),
        published(KEY.public_key(), kid="for-secrets", use="enc"),
    ]
}


def claims(**changes: Any) -> dict[str, Any]:
    half = hashlib.sha256(ACCESS.encode()).digest()[:16]
    good = {
        "iss": SIGN_IN.issuer,
        "sub": "aki",
        "aud": SIGN_IN.client_id,
        "exp": time.time() + 300,
        "iat": time.time(),
        "nonce": NONCE,
        "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
        "token_use": "id",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(values: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", **header: Any) -> str:
    return jwt.encode(values, key, algorithm, headers={"kid": "k1", **header})


def by_hand(header: dict[str, Any], values: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """What no honest library makes."""

    def part(content: bytes) -> bytes:
        return base64.urlsafe_b64encode(content).rstrip(b"=")

    body = part(json.dumps(header).encode()) + b"." + part(json.dumps(values).encode())
    return (body + b"." + part(sign(body))).decode()


def rs256(body: bytes) -> bytes:
    return KEY.sign(body, PKCS1v15(), SHA256())


def check(token: str, keys: dict[str, Any] = KEYS) -> Any:
    return checked_claims(token, keys, SIGN_IN, nonce=NONCE, access_token=ACCESS)


@pytest.mark.parametrize(
    "made",
    [
        lambda: signed(claims()),
        lambda: signed(claims(aud=[SIGN_IN.client_id])),
        lambda: signed(claims(azp=SIGN_IN.client_id)),
        lambda: signed(claims(at_hash=None)),
        lambda: by_hand({"alg": "RS256", "kid": "k1"}, claims(), rs256),
        lambda: signed(claims(exp=time.time() - LEEWAY_SECONDS + 60)),
        lambda: signed(claims(iat=time.time() + LEEWAY_SECONDS - 60)),
        lambda: signed(claims(), CURVE_KEY, "ES256", kid="k2"),
    ],
)
def test_a_right_token_is_believed(made: Callable[[], str]) -> None:
    # Now, not when the tests are collected: that may be half an hour ago, and tokens end.
    assert check(made())["sub"] == "aki"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example.com"},
        {"iss": f"{SIGN_IN.issuer}/"},
        {"iss": [SIGN_IN.issuer]},
        {"iss": None},
        {"aud": "client-2"},
        {"aud": ["client-2"]},
        {"aud": [SIGN_IN.client_id, "client-2"]},
        {"aud": []},
        {"aud": None},
        {"azp": "client-2"},
        {"exp": None},
        {"exp": "never"},
        {"iat": None},
        {"sub": None},
        {"nonce": "another"},
        {"nonce": ""},
        {"nonce": None},
        {"nonce": [NONCE]},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"at_hash": 7},
    ],
    ids=str,
)
def test_a_claim_that_is_not_right_spoils_it(changes: dict[str, Any]) -> None:
    token = by_hand({"alg": "RS256", "kid": "k1"}, claims(**changes), rs256)
    with pytest.raises(TokenUntrusted):
        check(token)


@pytest.mark.parametrize(
    ("claim", "from_now"),
    [("exp", -LEEWAY_SECONDS - 60), ("iat", LEEWAY_SECONDS + 600), ("nbf", LEEWAY_SECONDS + 600)],
)
def test_a_token_of_another_time_is_not_believed(claim: str, from_now: float) -> None:
    test_a_claim_that_is_not_right_spoils_it({claim: time.time() + from_now})


def public_pem() -> bytes:
    return KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def hmac_sha256(key: bytes) -> Callable[[bytes], bytes]:
    import hmac  # noqa: PLC0415 - for the forgeries alone

    return lambda body: hmac.digest(key, body, "sha256")


@pytest.mark.parametrize(
    "made",
    [
        lambda: signed(claims(), OTHER_KEY),
        lambda: signed(claims(), kid="unheard-of"),
        lambda: signed(claims(), kid="for-secrets"),
        lambda: by_hand({"alg": "RS256"}, claims(), rs256),
        lambda: by_hand({"alg": "RS256", "kid": "k1", "crit": ["b64"], "b64": False}, claims(), rs256),
        lambda: signed(claims(), algorithm="RS512"),
        lambda: signed(claims(), algorithm="PS256"),
        lambda: by_hand({"alg": "none", "kid": "k1"}, claims(), lambda _: b""),
        lambda: by_hand({"alg": "None", "kid": "k1"}, claims(), lambda _: b""),
        lambda: by_hand({"kid": "k1"}, claims(), lambda _: b""),
        lambda: by_hand({"alg": "HS256", "kid": "k1"}, claims(), hmac_sha256(public_pem())),
        lambda: by_hand(
            {"alg": "HS256", "kid": "k1"}, claims(), hmac_sha256(json.dumps(KEYS["keys"][0]).encode())
        ),
        lambda: by_hand(
            {"alg": "RS256", "kid": "k1", "jwk": published(OTHER_KEY.public_key())},
            claims(),
            lambda _: b"with a key of its own",
        ),
        lambda: signed(claims())[:-4],
        lambda: signed(claims()).rpartition(".")[0] + ".",
        lambda: "",
        lambda: "..",
        lambda: "a.b.c",
    ],
)
def test_a_signature_that_is_not_the_provider_s_spoils_it(made: Callable[[], str]) -> None:
    token = made()
    with pytest.raises(TokenUntrusted):
        check(token)


@pytest.mark.parametrize(
    "keys", [{}, {"keys": []}, {"keys": "none"}, {"keys": [7]}, {"keys": KEYS["keys"][:1] * 2}]
)
def test_keys_that_are_no_keys(keys: dict[str, Any]) -> None:
    with pytest.raises(TokenUntrusted):
        check(signed(claims()), keys)


def test_who_it_is_is_for_display_alone() -> None:
    assert who_is({"email": "aki@example.com", "cognito:username": "x"}) == "aki@example.com"
    assert who_is({"cognito:username": "aki"}) == "aki"
    assert who_is({"email": "evil\x1b[2J@example.com"}) is None
    assert who_is({"email": ["aki"]}) is None


def test_an_honest_token_of_another_request_does_not_sign_in(sign_in: SignIn) -> None:
    """The provider's own signature, the right client, the wrong nonce: somebody else's sign-in put into ours."""
    seen: list[str] = []

    def remember(url: str, reply: HttpReply) -> HttpReply:
        if url.endswith("/token"):
            seen.append(json.loads(reply.body)["id_token"])
        return reply

    with SigningIn(sign_in, Network(remember)) as theirs:
        Visitor("bob").sign_in(theirs.address)
        theirs.tokens()

    def put_in(url: str, reply: HttpReply) -> HttpReply:
        return with_json(reply, id_token=seen[0]) if url.endswith("/token") else reply

    with SigningIn(sign_in, Network(put_in)) as ours:
        assert "did not work" in Visitor("aki").sign_in(ours.address).page
        with pytest.raises(SignInFailed) as problem:
            ours.tokens()
    assert problem.value.parameters["detail"] == "it answers another request"


def test_a_token_of_another_provider_does_not_sign_in(sign_in: SignIn) -> None:
    def put_in(url: str, reply: HttpReply) -> HttpReply:
        return with_json(reply, id_token=signed(claims(), kid="tests")) if url.endswith("/token") else reply

    with SigningIn(sign_in, Network(put_in)) as signing_in:
        Visitor().sign_in(signing_in.address)
        with pytest.raises(SignInFailed) as problem:
            signing_in.tokens()
    assert "Signature" in str(problem.value.parameters["detail"])
