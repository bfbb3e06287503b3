"""What the tests of signing in share: a network that is watched and can be tampered with, a keyring, a sign-in."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.account.oidc import Provider
from app.account.signin_flow import SignInFlow
from app.errors import KeyringLocked, KeyringMissing
from app.remote.transport import HttpReply
from app.transfer.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from app.account.loopback_page import PageLanguage
    from app.account.oidc_tokens import Tokens
    from app.account.signin_settings import SignIn

    Change = Callable[[str, HttpReply], HttpReply]

PATIENCE = 60.0
"""Seconds; a test that waits longer has failed."""


def as_it_came(url: str, reply: HttpReply) -> HttpReply:
    """No tampering."""
    return reply


def with_json(reply: HttpReply, **changes: Any) -> HttpReply:
    """The reply with other values in its JSON; None takes one out."""
    values = json.loads(reply.body) | changes
    return HttpReply(
        reply.status,
        reply.headers,
        json.dumps({name: value for name, value in values.items() if value is not None}).encode(),
    )


@dataclass
class Network:
    """The program's real connections; `change` may alter what comes back, `asked` tells where requests went."""

    change: Change = as_it_came
    asked: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    connections: Connections = field(default_factory=lambda: Connections(environ={}))

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
        self.asked.append(url)
        self.forms.append(body.decode())
        reply = self.connections.send(
            method, url, headers=headers, body=body, read_timeout=read_timeout, limit=limit
        )
        return self.change(url, reply)

    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [urlsplit(url).path for url in self.asked]


class SigningIn:
    """A flow that runs in a thread; `address` is what the browser was given."""

    def __init__(
        self,
        sign_in: SignIn,
        network: Network | None = None,
        *,
        language: PageLanguage | None = None,
        seconds: float = PATIENCE,
    ) -> None:
        self.cancelled = threading.Event()
        self._address: Future[str] = Future()
        self._pool = ThreadPoolExecutor(1)
        self.network = network or Network()
        self.provider = Provider(sign_in, self.network)
        self._flow = SignInFlow(self.provider, self._address.set_result, language=language, seconds=seconds)
        self._tokens = self._pool.submit(self._run)

    def _run(self) -> Tokens:
        try:
            return self._flow.run(self.cancelled)
        except BaseException as problem:
            if not self._address.done():
                self._address.set_exception(problem)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancelled.set()
        self._pool.shutdown()
        self.network.connections.close()

    @property
    def address(self) -> str:
        """Where the browser is sent to."""
        return self._address.result(PATIENCE)

    @property
    def waits(self) -> bool:
        """Whether it still waits for the browser."""
        return not self._tokens.done()

    def tokens(self) -> Tokens:
        """What it came to; raises what it raised."""
        return self._tokens.result(PATIENCE)


@dataclass
class MemoryKeyring:
    """A keyring in memory with Windows' limit; `locked` and `missing` make it refuse. `writes` is what was set."""

    kept: dict[str, str] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    locked: bool = False
    missing: bool = False

    def opened(self) -> MemoryKeyring:
        if self.missing:
            raise KeyringMissing(reason="none")
        return self

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        assert len(password.encode("utf-16-le")) <= 2560
        self.kept[username] = password
        self.writes.append(username)

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        del self.kept[username]

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked
