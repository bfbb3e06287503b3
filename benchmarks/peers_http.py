"""HTTP/1.1 as the benchmark's server needs it: small and fast, bodies handed over as they arrive. Trusts its clients."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, cast
from urllib.parse import parse_qsl, unquote, urlsplit


class Sink(Protocol):
    """What takes a request's body."""

    def write(self, data: bytes, /) -> None:
        """The next bytes."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request without its body: header names in lower case, path and query decoded."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply. `length` says the body's size where none is sent (HEAD)."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None


class Traffic:
    """What has passed, to tell what each tool sends."""

    def __init__(self) -> None:
        self.received = self.sent = self.requests = 0


Begin = Callable[[Head], Sink]
Finish = Callable[[Head, Sink], Answer | Awaitable[Answer]]


class Connection(asyncio.Protocol):
    """One connection: requests one after the other. `begin` makes a request's sink, `finish` its answer."""

    def __init__(self, begin: Begin, finish: Finish, traffic: Traffic) -> None:
        self._begin = begin
        self._finish = finish
        self._traffic = traffic
        self._transport: asyncio.Transport | None = None
        self._waiting = bytearray()
        self._head: Head | None = None
        self._sink: Sink | None = None
        self._left = 0
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._traffic.received += len(data)
        if self._sink is not None and len(data) <= self._left and not self._waiting:
            self._left -= len(data)
            self._sink.write(data)
        else:
            self._waiting += data
        self._go_on()

    def _go_on(self) -> None:
        while self._answering is None:
            if self._head is None and not self._read_head():
                return
            assert self._sink is not None
            if self._left and self._waiting:
                taken = bytes(self._waiting[: self._left])
                del self._waiting[: len(taken)]
                self._left -= len(taken)
                self._sink.write(taken)
            if self._left:
                return
            self._answer()

    def _read_head(self) -> bool:
        end = self._waiting.find(b"\r\n\r\n")
        if end < 0:
            return False
        first, *lines = bytes(self._waiting[:end]).decode("latin-1").split("\r\n")
        del self._waiting[: end + 4]
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self._head = Head(method, unquote(parts.path), query, headers)
        self._sink = self._begin(self._head)
        self._left = int(headers.get("content-length", "0"))
        if headers.get("expect", "").lower() == "100-continue":
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _answer(self) -> None:
        head, sink = self._head, self._sink
        assert head is not None
        assert sink is not None
        self._head = self._sink = None
        answer = self._finish(head, sink)
        if isinstance(answer, Answer):
            self._reply(answer)
        else:
            self._answering = asyncio.ensure_future(self._reply_later(answer))

    async def _reply_later(self, answer: Awaitable[Answer]) -> None:
        self._reply(await answer)
        self._answering = None
        self._go_on()

    def _reply(self, answer: Answer) -> None:
        self._traffic.requests += 1
        headers = {"content-length": str(answer.length if answer.length is not None else len(answer.body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in (headers | answer.headers).items())
        self._send(f"HTTP/1.1 {answer.status} -\r\n{lines}\r\n".encode("latin-1") + answer.body)

    def _send(self, data: bytes) -> None:
        self._traffic.sent += len(data)
        assert self._transport is not None
        self._transport.write(data)
