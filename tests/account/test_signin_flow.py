"""Signing in with the browser at a real OpenID provider, and what others may try meanwhile."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from app.account.loopback import LoopbackServer
from app.account.loopback_page import page, preferred_language
from app.account.oidc import GrantRefused, Provider
from app.account.signin_flow import challenge_of
from app.errors import Cancelled, ChatLogError, RedirectRefused, ServerFailed, SignInFailed
from app.remote.transport import HttpReply
from tests.account.signing_in import Network, SigningIn, with_json
from tests.openid.running import CLIENT_ID, SCOPE, Visitor

if TYPE_CHECKING:
    from app.account.signin_settings import SignIn


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def with_query(address: str, **changes: str | None) -> str:
    parts = urlsplit(address)
    values: dict[str, str | None] = {**query_of(address), **changes}
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return parts._replace(query=query).geturl()


# ---- as it should be --------------------------------------------------------------------------------------


def test_a_person_signs_in_and_sees_a_calm_page(sign_in: SignIn) -> None:
    with SigningIn(sign_in) as signing_in:
        seen = Visitor("aki").sign_in(signing_in.address)
        tokens = signing_in.tokens()
    assert tokens.who == "aki@example.com"
    assert tokens.refresh_token
    assert tokens.access_token not in repr(tokens)
    assert tokens.refresh_token not in repr(tokens)
    assert seen.status == 200
    assert "You are signed in" in seen.page
    assert "close this page" in seen.page
    assert seen.headers["cache-control"] == "no-store"
    assert seen.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in seen.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in seen.headers["content-security-policy"]
    assert not re.search(r"<script|<img|<link|src=|href=|\bon\w+=", seen.page)


def test_what_the_provider_is_asked_for(sign_in: SignIn) -> None:
    with SigningIn(sign_in, language="ja") as signing_in:
        asked = query_of(signing_in.address)
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT_ID
    assert asked["scope"] == f"openid {SCOPE}"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["redirect_uri"] == f"http://127.0.0.1:{sign_in.redirect_ports[0]}/callback"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert min(len(asked["state"]), len(asked["nonce"])) >= 43
    assert asked["ui_locales"] == "ja"


def test_the_challenge_is_the_standard_s() -> None:
    """RFC 7636, Appendix B."""
    assert (
        challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


@pytest.mark.parametrize(
    ("browser", "program", "words"),
    [
        ("ja,en;q=0.5", None, "サインインしました"),
        ("en,ja;q=0.5", None, "You are signed in"),
        ("en", "ja", "サインインしました"),
        ("ja", "en", "You are signed in"),
    ],
)
def test_the_page_speaks_the_program_s_language_else_the_browser_s(
    sign_in: SignIn, browser: str, program: Any, words: str
) -> None:
    with SigningIn(sign_in, language=program) as signing_in:
        seen = Visitor(language=browser).sign_in(signing_in.address)
        signing_in.tokens()
    assert words in seen.page


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en-US;q=0.8", "ja"),
        ("en-GB, ja;q=0.1", "en"),
        ("fr, ja;q=0.8, en;q=0.7", "ja"),
        ("ja;q=0", "en"),
        ("*, ja;q=0.5", "en"),
        ("ja;q=much", "en"),
    ],
)
def test_which_language_a_browser_would_rather_have(accepted: str, language: str) -> None:
    assert preferred_language(accepted) == language


def test_every_page_is_in_both_languages() -> None:
    for kind in ("signed-in", "not-signed-in", "signed-out", "stray"):
        english, japanese = page(kind, "en").body.decode(), page(kind, "ja").body.decode()
        assert 'lang="en"' in english
        assert 'lang="ja"' in japanese
        assert english.isascii() or "–" in english
        assert re.search(r"[ぁ-ん]", japanese)


def test_the_first_free_port_is_used(sign_in: SignIn) -> None:
    first, second = sign_in.redirect_ports
    with socket.create_server(("127.0.0.1", first)), SigningIn(sign_in) as signing_in:
        assert urlsplit(query_of(signing_in.address)["redirect_uri"]).port == second
        Visitor().sign_in(signing_in.address)
        signing_in.tokens()


def test_only_this_computer_s_own_address_is_listened_at(sign_in: SignIn) -> None:
    with SigningIn(sign_in) as signing_in:
        port = urlsplit(query_of(signing_in.address)["redirect_uri"]).port
        for other in ("127.0.0.2", "::1"):
            with pytest.raises(OSError, match=r"refused|unreachable|not available|assign"):
                socket.create_connection((other, port or 0), timeout=10)
        socket.create_connection(("127.0.0.1", port or 0), timeout=10).close()


def test_nothing_listens_when_it_is_over(sign_in: SignIn) -> None:
    with SigningIn(sign_in) as signing_in:
        Visitor().sign_in(signing_in.address)
        signing_in.tokens()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", sign_in.redirect_ports[0]), timeout=10)


def test_only_the_provider_is_spoken_to(sign_in: SignIn) -> None:
    with SigningIn(sign_in) as signing_in:
        Visitor().sign_in(signing_in.address)
        signing_in.tokens()
    assert {url.rpartition("/")[0] for url in signing_in.network.asked} <= {
        sign_in.issuer,
        f"{sign_in.issuer}/.well-known",
    }


# ---- as it may end ----------------------------------------------------------------------------------------


def test_ports_that_are_all_taken(sign_in: SignIn) -> None:
    first, second = sign_in.redirect_ports
    with (
        socket.create_server(("127.0.0.1", first)),
        socket.create_server(("127.0.0.1", second)),
        SigningIn(sign_in) as signing_in,
        pytest.raises(SignInFailed) as problem,
    ):
        signing_in.tokens()
    assert problem.value.parameters["reason"] == "ports-taken"


def test_nobody_signs_in(sign_in: SignIn) -> None:
    with SigningIn(sign_in, seconds=0.1) as signing_in, pytest.raises(SignInFailed) as problem:
        signing_in.tokens()
    assert problem.value.parameters["reason"] == "timed-out"


def test_it_can_be_cancelled(sign_in: SignIn) -> None:
    with SigningIn(sign_in) as signing_in:
        assert signing_in.address
        signing_in.cancelled.set()
        with pytest.raises(Cancelled):
            signing_in.tokens()


def test_a_person_declines(sign_in: SignIn) -> None:
    with SigningIn(sign_in) as signing_in:
        seen = Visitor(declines=True).sign_in(signing_in.address)
        with pytest.raises(SignInFailed) as problem:
            signing_in.tokens()
    assert problem.value.parameters["reason"] == "declined"
    assert "did not work" in seen.page


def test_a_provider_that_reports_an_error_in_the_browser(sign_in: SignIn) -> None:
    with SigningIn(sign_in) as signing_in:
        asked = query_of(signing_in.address)
        answer = {"error": "server_error", "state": asked["state"], "iss": sign_in.issuer}
        Visitor().fetch(f"{asked['redirect_uri']}?{urlencode(answer)}")
        with pytest.raises(SignInFailed) as problem:
            signing_in.tokens()
    assert problem.value.parameters["reason"] == "provider-refused"
    assert problem.value.parameters["detail"] == "server_error"


# ---- attacks on the browser's way back --------------------------------------------------------------------


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        while block := connection.recv(65536):
            found += block
    return found


def test_wrong_answers_neither_sign_in_nor_end_the_wait(sign_in: SignIn) -> None:
    visitor = Visitor()
    with SigningIn(sign_in) as signing_in:
        right = visitor.until_callback(signing_in.address)
        state = query_of(right)["state"]
        wrong = [
            with_query(right, state="A" * len(state)),
            with_query(right, state=state[:-1]),
            with_query(right, state=None),
            with_query(right, state=""),
            with_query(right, code=None),
            with_query(right, error="access_denied"),
            f"{right}&state={state}",
            f"{right}&code=another",
            f"{right}&x={'x' * 20_000}",
            right.replace("/callback?", "/callback/?"),
            right.replace("/callback?", "/other?"),
            right.replace("/callback?", "/callback;x?"),
            right.replace("/callback?", "/callback#"),
        ]
        for address in wrong:
            seen = visitor.fetch(address)
            assert seen.status in (403, 404), address
            assert "There is nothing here" in seen.page
            assert state not in seen.page
        assert signing_in.waits
        assert visitor.fetch(right).status == 200
        assert signing_in.tokens().who == "aki@example.com"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example.com"},
        {"Host": "localhost"},
        {"Host": "127.0.0.1"},
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
)
def test_a_hostile_page_gets_nothing_even_with_the_right_answer(
    sign_in: SignIn, headers: dict[str, str]
) -> None:
    visitor = Visitor()
    with SigningIn(sign_in) as signing_in:
        right = visitor.until_callback(signing_in.address)
        assert visitor.fetch(right, headers=headers).status == 404
        assert signing_in.waits
        browser = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site"}
        assert visitor.fetch(right, headers=browser).status == 200
        signing_in.tokens()


def test_other_methods_and_what_is_no_http(sign_in: SignIn) -> None:
    visitor = Visitor()
    with SigningIn(sign_in) as signing_in:
        right = visitor.until_callback(signing_in.address)
        port = urlsplit(right).port or 0
        where = right.partition(str(port))[2]
        host = f"Host: 127.0.0.1:{port}\r\n".encode()
        for method in ("POST", "PUT", "HEAD", "OPTIONS", "DELETE"):
            assert b" 501 " in raw(port, f"{method} {where} HTTP/1.1\r\n".encode() + host + b"\r\n")[:20]
        assert b" 200 " not in raw(port, f"GET {where} HTTP/1.1\r\n".encode() + host * 2 + b"\r\n")[:20]
        for garbage in (b"", b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"A" * 100_000):
            raw(port, garbage)
        assert signing_in.waits
        assert visitor.fetch(right).status == 200
        signing_in.tokens()


def test_a_flood_before_the_right_answer_does_not_keep_it_out(sign_in: SignIn) -> None:
    visitor = Visitor()
    with SigningIn(sign_in) as signing_in, ThreadPoolExecutor(16) as flood:
        right = visitor.until_callback(signing_in.address)
        port = urlsplit(right).port or 0

        def knock(number: int) -> int:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request("GET", f"/callback?code=guess&state={number}")
                return connection.getresponse().status
            finally:
                connection.close()

        assert set(flood.map(knock, range(400))) == {403}
        # Connections that never say anything hold only their own places.
        silent = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(20)]
        assert visitor.fetch(right).status == 200
        signing_in.tokens()
        for connection in silent:
            connection.close()


def test_an_answer_counts_once() -> None:
    with LoopbackServer((0,), "the-state") as server:
        answer = f"{server.redirect_uri}?code=c&state=the-state"
        with ThreadPoolExecutor(1) as browser:
            first = browser.submit(Visitor().fetch, answer)
            assert server.wait(30, threading.Event()).code == "c"
            assert Visitor().fetch(answer).status == 403
            server.finish(signed_in=True)
            assert first.result(30).status == 200


def test_a_code_can_be_exchanged_once(sign_in: SignIn) -> None:
    with SigningIn(sign_in) as signing_in:
        right = Visitor().until_callback(signing_in.address)
        Visitor().fetch(right)
        tokens = signing_in.tokens()
        form = next(form for form in signing_in.network.forms if "code_verifier" in form)
        replayed = {name: values[0] for name, values in parse_qs(form).items()}
        with pytest.raises(GrantRefused):
            signing_in.provider.exchange(
                replayed["code"],
                redirect_uri=replayed["redirect_uri"],
                verifier=replayed["code_verifier"],
                nonce="any",
            )
        # The provider takes it for a theft, and ends what the code brought (RFC 6749, 4.1.2).
        with pytest.raises(GrantRefused):
            signing_in.provider.refresh(str(tokens.refresh_token))


def test_a_stolen_code_is_of_no_use_without_the_verifier(sign_in: SignIn) -> None:
    with SigningIn(sign_in) as signing_in:
        stolen = query_of(Visitor().until_callback(signing_in.address))["code"]
        redirect_uri = query_of(signing_in.address)["redirect_uri"]
        with pytest.raises(GrantRefused):
            signing_in.provider.exchange(stolen, redirect_uri=redirect_uri, verifier="x" * 43, nonce="any")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"redirect_uri": "http://127.0.0.1:53682/other"},
        {"redirect_uri": "http://evil.example.com/callback"},
    ],
)
def test_the_provider_gives_no_code_without_pkce_nor_to_another_address(
    sign_in: SignIn, changes: dict[str, Any]
) -> None:
    """The provider's part, as the stack sets Cognito up; so that the program's part is needed, and seen to be."""
    with SigningIn(sign_in) as signing_in:
        visited = Visitor().fetch(with_query(signing_in.address, **changes))
        assert "code=" not in visited.headers.get("location", "").replace("error_code=", "")
        assert visited.status >= 400 or "error=" in visited.headers["location"]


def test_an_answer_that_names_another_provider_is_refused(sign_in: SignIn) -> None:
    """RFC 9207: a mix-up of providers."""
    for issuer in ("https://evil.example.com", None):
        with SigningIn(sign_in) as signing_in:
            right = Visitor().until_callback(signing_in.address)
            assert "did not work" in Visitor().fetch(with_query(right, iss=issuer)).page
            with pytest.raises(SignInFailed) as problem:
                signing_in.tokens()
        assert problem.value.parameters["reason"] == "token-untrusted"
        assert not any("code_verifier" in form for form in signing_in.network.forms)


# ---- a provider that is not as it should be ---------------------------------------------------------------


def outcome_with(sign_in: SignIn, path: str, **changes: Any) -> ChatLogError:
    def change(url: str, reply: HttpReply) -> HttpReply:
        return with_json(reply, **changes) if urlsplit(url).path == path else reply

    with SigningIn(sign_in, Network(change)) as signing_in:
        try:
            Visitor().sign_in(signing_in.address)
            signing_in.tokens()
        except ChatLogError as problem:
            return problem
    message = "it was believed"
    raise AssertionError(message)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example.com"},
        {"issuer": None},
        {"token_endpoint": "https://evil.example.com/token"},
        {"token_endpoint": "http://127.0.0.1:9/token"},
        {"token_endpoint": None},
        {"token_endpoint": 7},
        {"authorization_endpoint": "https://evil.example.com/auth"},
        {"jwks_uri": "https://evil.example.com/jwks"},
        {"revocation_endpoint": "https://evil.example.com/revoke"},
        {"end_session_endpoint": "https://evil.example.com/logout"},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_a_discovery_document_that_leads_elsewhere_is_refused(
    sign_in: SignIn, changes: dict[str, Any]
) -> None:
    problem = outcome_with(sign_in, "/.well-known/openid-configuration", **changes)
    assert (problem.code, problem.parameters["reason"]) == ("sign-in-failed", "provider-unsuitable")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scope": "openid"}, "scope-missing"),
        ({"token_type": "DPoP"}, "token-untrusted"),
        ({"access_token": None}, "token-untrusted"),
        ({"access_token": "a\r\nX-Evil: b"}, "token-untrusted"),
        ({"refresh_token": "two words"}, "token-untrusted"),
        ({"refresh_token": None}, "provider-unsuitable"),
        ({"id_token": None}, "token-untrusted"),
        ({"id_token": "not.a.token"}, "token-untrusted"),
    ],
)
def test_tokens_that_cannot_be_right_are_refused(
    sign_in: SignIn, changes: dict[str, Any], reason: str
) -> None:
    problem = outcome_with(sign_in, "/token", **changes)
    assert (problem.code, problem.parameters["reason"]) == ("sign-in-failed", reason)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (HttpReply(302, {"location": "https://evil.example.com"}, b""), RedirectRefused),
        (HttpReply(503, {}, b"{}"), ServerFailed),
        (HttpReply(200, {"content-type": "text/html"}, b"<html>portal</html>"), ChatLogError),
        (HttpReply(200, {}, b"[" * 100_000), ChatLogError),
    ],
)
def test_replies_that_are_no_provider_s(sign_in: SignIn, reply: HttpReply, kind: type[ChatLogError]) -> None:
    network = Network(lambda _url, _reply: reply)
    with pytest.raises(kind):
        Provider(sign_in, network).metadata()
    network.connections.close()


def test_an_issuer_that_calls_itself_otherwise_in_one_letter_is_another(sign_in: SignIn) -> None:
    with SigningIn(replace(sign_in, issuer=f"{sign_in.issuer}/")) as signing_in, pytest.raises(SignInFailed):
        signing_in.tokens()


def test_what_is_forgotten_is_said_nowhere(sign_in: SignIn) -> None:
    """Secrets stand in no error: the parameters of a refusal are words and hosts."""
    problem = outcome_with(sign_in, "/token", id_token="secret.secret.secret")
    assert "secret" not in json.dumps(problem.parameters)
