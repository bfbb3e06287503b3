"""A double of the endpoint (it is ours to double), and the real one on a sandbox."""

from __future__ import annotations

import json
import secrets
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from app.account.profiles import Storage
from app.account.signin import BearerToken
from app.remote.presign import PresignClient
from app.remote.transport import HttpReply
from app.transfer.connections import Connections
from app.transfer.objects import SmallObjectStore
from app.transfer.retry import Retrier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.sandbox.lifecycle import SandboxInfo

PINNED = Storage("bucket", "ap-northeast-1", "me", "bucket.s3.ap-northeast-1.amazonaws.com")
ENDPOINT = "https://abc.lambda-url.ap-northeast-1.on.aws/"


class ScriptedHttp:
    """Answers requests from a list of replies, or with a function; remembers the requests."""

    def __init__(self, *replies: HttpReply | Exception | Callable[[dict[str, Any]], Any]) -> None:
        self._replies = list(replies)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.sizes: list[int] = []

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
        assert (method, url) == ("POST", ENDPOINT)
        request = json.loads(body)
        self.requests.append(request)
        self.headers.append(headers)
        self.sizes.append(len(body))
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, HttpReply) else json_reply(reply(request))


def json_reply(value: Any, status: int = 200, **headers: str) -> HttpReply:
    """A reply as the endpoint makes it."""
    kind = "application/json" if status == 200 else "application/problem+json"
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpReply(status, {"content-type": kind, **named}, json.dumps(value).encode())


@pytest.fixture
def make_client() -> Callable[..., tuple[PresignClient, ScriptedHttp]]:
    """A client of a scripted endpoint, pinned to `bucket`; retries do not wait."""

    def make(*replies: Any, pinned: Storage | None = PINNED) -> tuple[PresignClient, ScriptedHttp]:
        scripted = ScriptedHttp(*replies)
        retrier = Retrier(draw=lambda *_: 0.0)
        client = PresignClient(ENDPOINT, BearerToken("secret"), scripted, retry=retrier, pinned=pinned)
        return client, scripted

    return make


class Remote:
    """The sandbox's endpoint with what the session index and the history need."""

    def __init__(self, info: SandboxInfo, stack: ExitStack) -> None:
        self.http = stack.enter_context(Connections())
        self.presign = PresignClient(
            info.endpoint,
            BearerToken(info.token),
            self.http,
            retry=Retrier(),
            pinned=Storage(info.bucket, info.region, info.owner, "127.0.0.1"),
        )
        self.objects = SmallObjectStore(self.presign, self.http)
        self.machine = secrets.token_hex(16)


@pytest.fixture
def remote(sandbox: SandboxInfo) -> Iterator[Remote]:
    """A sandbox of the test's own: what is listed is what the test made."""
    with ExitStack() as stack:
        yield Remote(sandbox, stack)
