"""Signing in at a user pool made as the stack makes it: an emulator's Cognito behind TLS, its managed login's pages.

The pool's issuer is Amazon's host, which nobody here speaks to: what is asked of it is led to the emulator.
"""

from __future__ import annotations

import ssl
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from app.account.oidc import GrantRefused, Provider
from app.account.signin_flow import end_in_browser
from app.account.signin_settings import SignIn
from app.errors import SignInFailed
from app.transfer.connections import Connections
from tests.account.signing_in import Network, SigningIn
from tests.openid.running import Visited, Visitor
from tests.stack.cloud import REGION, Cloud

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from app.remote.transport import HttpReply

PASSWORD = "Correct-Horse-1"
SCOPE = "chatlog/archive"


@dataclass
class LedToEmulator(Network):
    """What is asked of Amazon's host is asked of the emulator, which learns as whom it was asked."""

    address: str = ""

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        read_timeout: float,
        limit: int,
    ) -> HttpReply:
        """See Http."""
        parts = urlsplit(url)
        if parts.hostname == f"cognito-idp.{REGION}.amazonaws.com":
            url = f"{self.address}{parts.path}"
        return super().send(
            method,
            url,
            headers={**headers, "x-forwarded-proto": "https"},
            body=body,
            read_timeout=read_timeout,
            limit=limit,
        )


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The emulator with nothing in it (2 s)."""
    cloud = Cloud(tmp_path_factory.mktemp("cognito"))
    try:
        cloud.start()
        yield cloud
    finally:
        cloud.stop()


@pytest.fixture
def pool(cloud: Cloud, sign_in: SignIn) -> SignIn:
    """A pool with a user called aki, and a client like the stack's."""
    cognito = cloud.client("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="team")["UserPool"]["Id"]
    cognito.create_resource_server(
        UserPoolId=pool_id,
        Identifier="chatlog",
        Name="chatlog",
        Scopes=[{"ScopeName": "archive", "ScopeDescription": "one's own"}],
    )
    client: dict[str, Any] = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="chatlog-uploader",
        GenerateSecret=False,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", SCOPE],
        SupportedIdentityProviders=["COGNITO"],
        CallbackURLs=[f"http://127.0.0.1:{port}/callback" for port in sign_in.redirect_ports],
        LogoutURLs=[f"http://127.0.0.1:{port}/signed-out" for port in sign_in.redirect_ports],
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
    )["UserPoolClient"]
    cognito.admin_create_user(
        UserPoolId=pool_id,
        Username="aki",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": "aki@example.com"}],
    )
    cognito.admin_set_user_password(UserPoolId=pool_id, Username="aki", Password=PASSWORD, Permanent=True)
    return SignIn(
        f"https://cognito-idp.{REGION}.amazonaws.com/{pool_id}",
        client["ClientId"],
        SCOPE,
        urlsplit(cloud.address).netloc,
        sign_in.redirect_ports,
    )


@pytest.fixture
def network(cloud: Cloud) -> Iterator[LedToEmulator]:
    connections = Connections(environ={"REQUESTS_CA_BUNDLE": str(cloud.certificate)})
    yield LedToEmulator(connections=connections, address=cloud.address)
    connections.close()


def visitor(certificate: Path, password: str = PASSWORD) -> Visitor:
    return Visitor("aki", password=password, context=ssl.create_default_context(cafile=str(certificate)))


def test_a_member_signs_in_at_a_user_pool_and_stays_signed_in(
    pool: SignIn, network: LedToEmulator, cloud: Cloud
) -> None:
    with SigningIn(pool, network) as signing_in:
        seen = visitor(cloud.certificate).sign_in(signing_in.address)
        tokens = signing_in.tokens()
        assert "You are signed in" in seen.page
        assert tokens.who == "aki@example.com"
        assert tokens.refresh_token is not None
        renewed = signing_in.provider.refresh(tokens.refresh_token)
        assert renewed.access_token != tokens.access_token
        with pytest.raises(GrantRefused):
            signing_in.provider.refresh("no refresh token")


def test_a_scope_that_the_pool_does_not_give_is_told(
    pool: SignIn, network: LedToEmulator, cloud: Cloud
) -> None:
    greedy = SignIn(pool.issuer, pool.client_id, "chatlog/everything", pool.host, pool.redirect_ports)
    with SigningIn(greedy, network) as signing_in:
        visitor(cloud.certificate).sign_in(signing_in.address)
        with pytest.raises(SignInFailed) as problem:
            signing_in.tokens()
    assert problem.value.parameters["reason"] == "provider-refused"


def test_the_browser_is_signed_out_of_the_pool_and_comes_back(
    pool: SignIn, network: LedToEmulator, cloud: Cloud
) -> None:
    with ThreadPoolExecutor(1) as browser:
        pages: list[Future[Visited]] = []

        def open_browser(address: str) -> None:
            pages.append(browser.submit(visitor(cloud.certificate).sign_in, address))

        assert end_in_browser(Provider(pool, network), open_browser, threading.Event())
        assert "You are signed out" in pages[0].result(60).page
