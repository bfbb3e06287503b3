"""A team's profile by the engine that window and command line share: whom it speaks to, and tokens that lose their worth."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from app.account.os_keyring import OsKeyring
from app.account.profiles import make_profile
from app.account.vault import Vault
from app.bootstrap import Services
from app.errors import SignInNeeded, Unauthorized
from tests.account.signing_in import MemoryKeyring
from tests.openid.running import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.account.signin_settings import SignIn
    from tests.end_to_end.conftest import Answer, Gate, Home

UNAUTHORIZED = (401, {"content-type": "application/json"}, b'{"message": "Unauthorized"}')


@pytest.fixture
def gate(make_home: Callable[..., Home], open_gate: Callable[[Home], Gate]) -> Gate:
    """The team's endpoint."""
    return open_gate(make_home("behind"))


@pytest.fixture
def services(home: Home, gate: Gate, sign_in: SignIn, tmp_path: Path) -> Iterator[Services]:
    """An engine whose profile in use is a team's; nobody is signed in."""
    keyring = MemoryKeyring()
    vault = Vault(OsKeyring(keyring.opened), tmp_path / "tokens.toml")
    services = Services(home.paths, home.environ, home=home.path, vault=vault)
    services.profiles.add(make_profile("team", "signin", gate.endpoint, sign_in=sign_in))
    services.profiles.use("team")
    yield services
    services.close()


@pytest.fixture(scope="module")
def connected() -> Callable[[], list[tuple[str, int]]]:
    """Where this process connected to since it was asked last; an audit hook sees what no code can get around."""
    seen: list[tuple[str, int]] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            seen.append((str(arguments[1][0]), int(arguments[1][1])))
        if event == "socket.getaddrinfo" and isinstance(arguments[0], str):
            seen.append((arguments[0], int(str(arguments[1] or 0))))

    sys.addaudithook(watch)

    def since() -> list[tuple[str, int]]:
        found = list(seen)
        seen.clear()
        return found

    return since


def sign_in_to(services: Services) -> None:
    profile = services.profile
    assert profile.sign_in is not None
    with ThreadPoolExecutor(1) as browser:
        flow = services.sign_in_flow(
            profile.sign_in, lambda address: browser.submit(Visitor().sign_in, address)
        )
        services.sign_in_session(profile).keep(flow.run(threading.Event()))


def place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0


def test_a_team_s_profile_speaks_to_its_own_hosts_and_to_nobody_else(
    home: Home,
    services: Services,
    gate: Gate,
    sign_in: SignIn,
    connected: Callable[[], list[tuple[str, int]]],
) -> None:
    home.write_session()
    connected()
    sign_in_to(services)
    services.sessions.scan()
    _ = services.connection
    archiver = services.archiver(lambda _: None, compress=True)
    (outcome,) = archiver.archive(list(services.sessions.sessions()))
    assert outcome.state == "archived"
    assert services.history.objects()
    services.sign_in_session(services.profile).sign_out()
    storage = services.profile.storage
    assert storage is not None
    sandbox_s3 = place(gate._sandbox["s3Endpoint"])
    allowed = {place(gate.endpoint), place(sign_in.issuer), sandbox_s3}
    # The gate passes on to its sandbox, and the browser is one of this process: both are the test's own.
    of_the_test = {place(gate._sandbox["endpoint"])}
    of_the_test |= {("127.0.0.1", port) for port in sign_in.redirect_ports}
    found = set(connected())
    assert allowed <= found
    assert found - of_the_test == allowed


def test_a_token_that_lost_its_worth_is_renewed_without_a_word(services: Services, gate: Gate) -> None:
    sign_in_to(services)
    assert services.connection.presign.health().status == "ok"
    spent = gate.requests[-1]["headers"]["authorization"]

    def refuse_it(_: str) -> Answer | None:
        return UNAUTHORIZED if gate.requests[-1]["headers"]["authorization"] == spent else None

    gate.answer = refuse_it
    assert services.connection.presign.health().status == "ok"
    assert gate.requests[-1]["headers"]["authorization"] != spent


def test_an_endpoint_that_takes_no_token_at_all_is_not_asked_for_ever(services: Services, gate: Gate) -> None:
    sign_in_to(services)
    _ = services.connection
    gate.answer = lambda _: UNAUTHORIZED
    before = len(gate.requests)
    with pytest.raises(Unauthorized):
        services.connection.presign.health()
    assert len(gate.requests) - before == 2


def test_nothing_is_sent_while_nobody_is_signed_in(services: Services, gate: Gate) -> None:
    with pytest.raises(SignInNeeded):
        services.expect_answer()
    assert gate.requests == []


def test_a_sign_in_can_be_tried_out_before_a_profile_is_written(services: Services, gate: Gate) -> None:
    profile = services.profile
    assert profile.sign_in is not None
    with ThreadPoolExecutor(1) as browser:
        flow = services.sign_in_flow(
            profile.sign_in, lambda address: browser.submit(Visitor().sign_in, address)
        )
        tokens = flow.run(threading.Event())
    health, storage = services.try_out(profile, {}, tokens)
    assert health.status == "ok"
    assert storage.bucket == gate._sandbox["bucket"]
    assert services.vault.secrets(profile) == {}
