"""Staying signed in at a real provider that gives a new refresh token each time and takes an old one for a theft."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

from app.account.oidc import GrantRefused, Provider
from app.account.os_keyring import OsKeyring
from app.account.profiles import Profile, make_profile
from app.account.signin_flow import end_in_browser
from app.account.signin_session import RENEW_BEFORE_SECONDS, SignInSession
from app.account.vault import MAXIMUM_SECRET_LENGTH, PART_LENGTH, Vault
from app.errors import KeyringLocked, KeyringMissing, ReplyLost, SignInFailed, SignInNeeded, Unreachable
from app.remote.transport import HttpReply
from tests.account.signing_in import MemoryKeyring, Network, SigningIn, with_json
from tests.openid.running import Visited, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.account.oidc_tokens import Tokens
    from app.account.signin_settings import SignIn

PROJECT = Path(__file__).parents[2]
ENDPOINT = "https://api.example.com/prod/presigned-url-request"


@dataclass
class Person:
    """A profile, its keyring and its network; `session` makes what a process of hers would have."""

    profile: Profile
    folder: Path
    keyring: MemoryKeyring = field(default_factory=MemoryKeyring)
    network: Network = field(default_factory=Network)
    seconds: float = 0.0
    vault: Vault = field(init=False)

    def __post_init__(self) -> None:
        self.vault = Vault(OsKeyring(self.keyring.opened), self.folder / "tokens.toml")

    def provider(self) -> Provider:
        assert self.profile.sign_in is not None
        return Provider(self.profile.sign_in, self.network, now=lambda: time.time() + self.seconds)

    def session(self) -> SignInSession:
        return SignInSession(
            self.profile,
            self.vault,
            self.provider(),
            lock_file=self.folder / "sign-in.lock",
            now=lambda: time.time() + self.seconds,
        )

    def signs_in(self) -> Tokens:
        assert self.profile.sign_in is not None
        with SigningIn(self.profile.sign_in) as signing_in:
            Visitor().sign_in(signing_in.address)
            return signing_in.tokens()

    @property
    def refresh_token(self) -> str | None:
        return self.vault.get(self.profile, "refresh-token")

    def refreshes(self) -> int:
        return sum("grant_type=refresh_token" in form for form in self.network.forms)


@pytest.fixture
def person(sign_in: SignIn, tmp_path: Path) -> Iterator[Person]:
    made = Person(make_profile("team", "signin", ENDPOINT, sign_in=sign_in), tmp_path)
    yield made
    made.network.connections.close()


@pytest.fixture
def session(person: Person) -> SignInSession:
    """Signed in."""
    session = person.session()
    session.keep(person.signs_in())
    return session


def bearer(session: SignInSession) -> str:
    headers = session.sign("POST", ENDPOINT, {"content-type": "application/json"}, b"{}")
    assert headers["content-type"] == "application/json"
    kind, _, token = headers["Authorization"].partition(" ")
    assert kind == "Bearer"
    return token


# ---- renewing ---------------------------------------------------------------------------------------------


def test_requests_carry_the_access_token_and_nothing_is_asked_for_them(
    person: Person, session: SignInSession
) -> None:
    assert bearer(session) == bearer(session)
    assert person.network.asked == []
    assert person.refresh_token
    assert person.refresh_token not in bearer(session)


def test_the_next_run_is_signed_in_without_a_person(person: Person, session: SignInSession) -> None:
    before = person.refresh_token
    assert bearer(person.session())
    assert person.refreshes() == 1
    assert person.refresh_token != before, "the provider gave a new one, and it was kept"


def test_a_token_is_renewed_before_it_expires(person: Person, session: SignInSession) -> None:
    first = bearer(session)
    person.seconds = 900 - RENEW_BEFORE_SECONDS - 30
    assert bearer(session) == first
    person.seconds = 900 - RENEW_BEFORE_SECONDS + 1
    assert bearer(session) != first
    assert person.refreshes() == 1


def test_a_refused_token_is_renewed_once_for_all_who_used_it(person: Person, session: SignInSession) -> None:
    first = bearer(session)
    both_refused = threading.Barrier(4)

    def asks() -> str:
        assert bearer(session) == first
        both_refused.wait(60)
        session.refused()
        return bearer(session)

    with ThreadPoolExecutor(4) as threads:
        renewed = {thread.result() for thread in [threads.submit(asks) for _ in range(4)]}
    assert len(renewed) == 1
    assert renewed != {first}
    assert person.refreshes() == 1


def test_many_threads_renew_once(person: Person, session: SignInSession) -> None:
    again = person.session()
    with ThreadPoolExecutor(12) as threads:
        found = set(threads.map(lambda _: bearer(again), range(48)))
    assert len(found) == 1
    assert person.refreshes() == 1


def test_several_programs_of_one_home_do_not_use_up_each_other_s_token(
    person: Person, session: SignInSession
) -> None:
    """The provider ends the whole sign-in where a refresh token comes twice."""
    programs = [person.session() for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(bearer, programs))) == 6
    for program in programs:
        program.refused()
    person.seconds = 900
    assert all(map(bearer, programs))


def test_processes_wait_for_each_other(person: Person, session: SignInSession, tmp_path: Path) -> None:
    """Another process that is using the refresh token is waited for."""
    holding = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import filelock, sys\nwith filelock.FileLock(sys.argv[1]):\n    print('held', flush=True); sys.stdin.read()",
            str(tmp_path / "sign-in.lock"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holding.stdin is not None
    assert holding.stdout is not None
    assert holding.stdout.readline() == "held\n"
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(bearer, person.session())
        with pytest.raises(TimeoutError):
            waiting.result(1)
        assert person.refreshes() == 0
        holding.stdin.close()
        holding.wait(60)
        assert waiting.result(60)
    holding.stdout.close()


def test_the_new_refresh_token_is_kept_though_the_keyring_was_locked(
    person: Person, session: SignInSession
) -> None:
    again = person.session()
    used_up = person.refresh_token

    def lock(url: str, reply: HttpReply) -> HttpReply:
        if url.endswith("/token"):
            person.keyring.locked = True
        return reply

    person.network.change = lock
    with pytest.raises(KeyringLocked):
        bearer(again)
    person.network.change = lambda _url, reply: reply
    person.keyring.locked = False
    assert person.refresh_token == used_up
    assert bearer(again)
    assert person.refresh_token != used_up
    assert person.refreshes() == 1, "its access token was good"
    assert bearer(person.session())


def test_a_provider_that_keeps_its_refresh_token_is_fine_too(person: Person, session: SignInSession) -> None:
    person.network.change = lambda url, reply: (
        with_json(reply, refresh_token=None) if url.endswith("/token") else reply
    )
    before = person.refresh_token
    assert bearer(person.session())
    assert person.refresh_token == before


def test_a_network_that_is_away_ends_nothing(person: Person, session: SignInSession) -> None:
    before = person.refresh_token
    again = person.session()

    def away(url: str, reply: HttpReply) -> HttpReply:
        raise Unreachable(host="127.0.0.1", reason="away")

    person.network.change = away
    with pytest.raises(Unreachable):
        bearer(again)
    assert person.refresh_token == before


# ---- its end ----------------------------------------------------------------------------------------------


def test_who_never_signed_in_is_asked_to(person: Person) -> None:
    with pytest.raises(SignInNeeded) as problem:
        bearer(person.session())
    assert problem.value.parameters == {"profile": "team", "reason": "signed-out"}
    assert person.network.asked == []


def test_a_sign_in_that_was_ended_elsewhere_asks_for_another(person: Person, session: SignInSession) -> None:
    person.provider().revoke(str(person.refresh_token))
    again = person.session()
    with pytest.raises(SignInNeeded) as problem:
        bearer(again)
    assert problem.value.parameters == {"profile": "team", "reason": "sign-in-expired"}
    assert person.keyring.kept == {}
    with pytest.raises(SignInNeeded) as problem:
        bearer(again)
    assert problem.value.parameters["reason"] == "signed-out"
    again.keep(person.signs_in())
    assert bearer(again)


def test_another_refusal_leaves_the_sign_in_alone(person: Person, session: SignInSession) -> None:
    refusal = HttpReply(400, {"content-type": "application/json"}, b'{"error": "unauthorized_client"}')
    person.network.change = lambda url, reply: refusal if url.endswith("/token") else reply
    with pytest.raises(SignInFailed) as problem:
        bearer(person.session())
    assert problem.value.parameters["detail"] == "unauthorized_client"
    assert person.refresh_token


def test_signing_out_ends_it_everywhere(person: Person, session: SignInSession) -> None:
    token = str(person.refresh_token)
    session.sign_out()
    assert person.keyring.kept == {}
    with pytest.raises(GrantRefused):
        person.provider().refresh(token)
    with pytest.raises(SignInNeeded):
        bearer(session)
    session.sign_out()


def test_without_a_network_this_computer_is_signed_out_all_the_same(
    person: Person, session: SignInSession
) -> None:
    def away(url: str, reply: HttpReply) -> HttpReply:
        raise ReplyLost(host="127.0.0.1", reason="away")

    person.network.change = away
    with pytest.raises(ReplyLost):
        session.sign_out()
    assert person.keyring.kept == {}


def test_with_a_locked_keyring_nothing_is_signed_out(person: Person, session: SignInSession) -> None:
    person.keyring.locked = True
    with pytest.raises(KeyringLocked):
        session.sign_out()
    person.keyring.locked = False
    assert bearer(person.session())


def test_the_browser_s_own_session_ends_too(sign_in: SignIn) -> None:
    """Else whoever sits there next would be signed in without a word."""
    visitor = Visitor()

    def asked_for() -> str:
        """What the provider's page asks a browser for that comes (again) to sign in."""
        with SigningIn(sign_in) as signing_in:
            first = visitor.fetch(signing_in.address)
            shown = visitor.fetch(urljoin(signing_in.address, first.headers["location"]))
            return shown.page.partition('name="prompt" value="')[2].partition('"')[0]

    assert asked_for() == "login"
    with SigningIn(sign_in) as signing_in:
        visitor.sign_in(signing_in.address)
        signing_in.tokens()
    assert asked_for() == "consent", "it is known there"
    network = Network()
    with ThreadPoolExecutor(1) as browser:
        pages: list[Future[Visited]] = []

        def open_browser(address: str) -> None:
            pages.append(browser.submit(visitor.sign_in, address))

        assert end_in_browser(Provider(sign_in, network), open_browser, threading.Event()) is True
        assert "You are signed out" in pages[0].result(60).page
    network.connections.close()
    assert asked_for() == "login", "whoever sits there next is asked"


def test_a_browser_that_does_not_come_back_is_not_waited_for_long(sign_in: SignIn) -> None:
    network = Network()
    opened: list[str] = []
    cancelled = threading.Event()
    assert end_in_browser(Provider(sign_in, network), opened.append, cancelled, seconds=0.1) is False
    assert opened[0].startswith(f"{sign_in.issuer}/session/end?")
    without = Network(lambda _url, reply: with_json(reply, end_session_endpoint=None))
    assert end_in_browser(Provider(sign_in, without), opened.append, cancelled) is False
    assert len(opened) == 1
    network.connections.close()
    without.connections.close()


# ---- where the refresh token is ---------------------------------------------------------------------------


def test_without_a_keyring_one_is_signed_in_for_this_run(person: Person) -> None:
    person.keyring.missing = True
    with pytest.raises(KeyringMissing):
        bearer(person.session())
    person.session().keep(person.signs_in())
    assert bearer(person.session())
    assert person.vault.place_of(person.profile, "refresh-token") == "this-run"
    assert list(person.folder.glob("*.toml")) == []


@pytest.mark.parametrize(
    "changes", [{"issuer": "http://127.0.0.1:1"}, {"client_id": "another"}, {"host": "127.0.0.1"}]
)
def test_a_provider_that_was_edited_in_does_not_get_the_token(
    person: Person, session: SignInSession, changes: dict[str, str]
) -> None:
    assert person.profile.sign_in is not None
    edited = replace(person.profile, sign_in=replace(person.profile.sign_in, **changes))  # type: ignore[arg-type]
    assert person.vault.get(edited, "refresh-token") is None
    other = replace(person.profile, endpoint="https://evil.example.com/")
    assert person.vault.get(other, "refresh-token") is None


@pytest.mark.parametrize(
    "length", [1, PART_LENGTH, PART_LENGTH + 1, 1800, 2 * PART_LENGTH, MAXIMUM_SECRET_LENGTH]
)
def test_a_refresh_token_of_any_length_comes_back(person: Person, length: int) -> None:
    secret = ("0123456789abcdef" * length)[:length]
    person.vault.set(person.profile, "refresh-token", secret)
    assert person.refresh_token == secret
    person.vault.set(person.profile, "refresh-token", secret[::-1])
    assert person.refresh_token == secret[::-1]
    person.vault.set(person.profile, "refresh-token", "short")
    assert person.refresh_token == "short"
    assert len(person.keyring.kept) == 1
    person.vault.set(person.profile, "refresh-token", secret)
    person.vault.delete(person.profile, "refresh-token")
    assert person.keyring.kept == {}


def test_a_long_token_takes_the_place_of_another_at_one_stroke(person: Person) -> None:
    person.vault.set(person.profile, "refresh-token", "a" * 3000)
    (head,) = [name for name, kept in person.keyring.kept.items() if " " in kept]
    before = dict(person.keyring.kept)
    person.keyring.writes.clear()
    person.vault.set(person.profile, "refresh-token", "b" * 3000)
    assert person.keyring.writes[-1] == head
    assert person.keyring.writes.count(head) == 1
    assert set(person.keyring.writes) - {head} & set(before) == set()


def test_a_token_that_lost_a_part_is_none(person: Person) -> None:
    person.vault.set(person.profile, "refresh-token", "a" * 3000)
    person.keyring.kept.pop(next(name for name, kept in person.keyring.kept.items() if " " not in kept))
    assert person.refresh_token is None
