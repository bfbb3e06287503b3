"""Signing in with the system's browser: authorization code with PKCE, back to a port of this computer (RFC 8252).

It may last minutes and belongs on a thread that can wait.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING

from app.account.loopback import Answer, LoopbackServer
from app.account.oidc import GrantRefused, error_word
from app.errors import Cancelled, SignInFailed

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from app.account.loopback_page import PageLanguage
    from app.account.oidc import Provider
    from app.account.oidc_tokens import Tokens

WAIT_SECONDS = 300.0
"""How long a person has for the provider's pages."""
SIGN_OUT_SECONDS = 60.0
"""How long the provider's page may take to send the browser back; some ask first."""
_RANDOM_BYTES = 32


class SignInFlow:
    """One attempt at a time; may be run again.

    `open_browser` is called with the address to visit, in the thread of `run`, and returns soon; where it cannot open
    anything it shows the address. `language` is for the provider's pages and the page at the end; None leaves it to
    the browser.
    """

    def __init__(
        self,
        provider: Provider,
        open_browser: Callable[[str], object],
        *,
        language: PageLanguage | None = None,
        seconds: float = WAIT_SECONDS,
    ) -> None:
        self._provider = provider
        self._open_browser = open_browser
        self._language = language
        self._seconds = seconds

    def run(self, cancelled: threading.Event) -> Tokens:
        """Have a person sign in; nothing is kept yet.

        Raises SignInFailed (`timed-out`, `ports-taken`, `declined`, `provider-refused`, `provider-unsuitable`,
        `token-untrusted`, `scope-missing`), Cancelled soon after `cancelled` is set, and as Provider does.
        """
        state, nonce, verifier = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3))
        self._provider.metadata()
        ports = self._provider.sign_in.redirect_ports
        with LoopbackServer(ports, state, self._language) as server:
            self._open_browser(
                self._provider.authorization_url(
                    redirect_uri=server.redirect_uri,
                    state=state,
                    nonce=nonce,
                    challenge=challenge_of(verifier),
                    language=self._language,
                )
            )
            answer = server.wait(self._seconds, cancelled)
            tokens = self._exchanged(answer, server.redirect_uri, verifier, nonce)
            if cancelled.is_set():
                raise Cancelled
            server.finish(signed_in=True)
        return tokens

    def _exchanged(self, answer: Answer, redirect_uri: str, verifier: str, nonce: str) -> Tokens:
        host = self._provider.host
        if answer.issuer is None and self._provider.metadata().names_itself:
            raise SignInFailed(reason="token-untrusted", host=host, detail="iss is missing (RFC 9207)")
        if answer.issuer not in (None, self._provider.sign_in.issuer):
            raise SignInFailed(reason="token-untrusted", host=host, detail="iss is another (RFC 9207)")
        if answer.error == "access_denied":
            raise SignInFailed(reason="declined", host=host)
        if answer.code is None:
            raise SignInFailed(reason="provider-refused", host=host, detail=error_word(answer.error))
        try:
            tokens = self._provider.exchange(
                answer.code, redirect_uri=redirect_uri, verifier=verifier, nonce=nonce
            )
        except GrantRefused as problem:
            raise SignInFailed(reason="provider-refused", host=host, detail=problem.error) from problem
        if tokens.refresh_token is None:
            raise SignInFailed(reason="provider-unsuitable", host=host, detail="no refresh token")
        return tokens


def end_in_browser(
    provider: Provider,
    open_browser: Callable[[str], object],
    cancelled: threading.Event,
    *,
    language: PageLanguage | None = None,
    seconds: float = SIGN_OUT_SECONDS,
) -> bool:
    """End the browser's own session at the provider, so that the next sign-in there asks who it is.

    False where the provider has no page for that, or the browser did not come back from it in time.
    Raises SignInFailed (`ports-taken`, `provider-unsuitable`), Cancelled, and as Provider does.
    """
    with LoopbackServer(provider.sign_in.redirect_ports, None, language) as server:
        address = provider.end_session_url(server.redirect_uri)
        if address is None:
            return False
        open_browser(address)
        try:
            server.wait(seconds, cancelled)
        except SignInFailed as problem:
            if problem.parameters["reason"] != "timed-out":
                raise
            return False
    return True


def challenge_of(verifier: str) -> str:
    """RFC 7636, 4.2: S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
