"""HTTP/1.1 on a loopback socket: h11 over asyncio streams, and nothing that the sandbox does not need.

No HTTP/2, no WebSocket, no upgrade, no lifespan: what is not there cannot be attacked. Bodies are handed over as
they arrive, and `100 Continue` is sent only once the application reads, so a refused upload costs nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING

import h11

if TYPE_CHECKING:
    from socket import socket

logger = logging.getLogger(__name__)

READ_SIZE = 256 * 1024  # bytes asked of the socket at once
HEAD_READ_SIZE = 4 * 1024  # likewise in a head, which h11 measures only while it is incomplete
MAX_HEAD = 28 * 1024  # bytes of request line and headers; ours have 4 KiB, of which 2 may be metadata
HEAD_TIMEOUT = 10.0  # seconds from a request's first byte to the end of its headers
KEEP_ALIVE_TIMEOUT = 60.0  # seconds between two requests of one connection
BODY_TIMEOUT = 30.0  # seconds without a byte in the middle of a body
SEND_TIMEOUT = 60.0  # seconds without the client taking a byte of the reply
CLOSE_TIMEOUT = 2.0  # seconds for the rest of a reply to leave when the sandbox stops
MAX_CONNECTIONS = 256  # per port; more are closed at once
DRAIN_LIMIT = 64 * 1024 * 1024  # bytes of a refused body read and dropped, so that the client sees the reply


class ClientGone(Exception):
    """The other side closed or stalled in the middle of its request."""


class Body:
    """The bytes of one request, readable once."""

    def __init__(self, exchange: _Exchange, length: int | None) -> None:
        self.length = length
        """Content-Length in bytes; None when the request is chunked."""
        self._exchange = exchange

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes as they arrive. Raises ClientGone."""
        while (data := await self._exchange.next_data()) is not None:
            yield data

    async def read(self, limit: int) -> bytes | None:
        """The whole body, or None when it is longer than `limit` bytes. Raises ClientGone."""
        gathered = bytearray()
        async for data in self.chunks():
            gathered += data
            if len(gathered) > limit:
                return None
        return bytes(gathered)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it stood on the wire: names of headers in lower case, nothing decoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: Body
    received_at: float = field(default_factory=time.time)

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        return next((value for known, value in self.headers if known == name), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer. With a streamed body `headers` must hold content-length."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | AsyncIterator[bytes] = b""


Application = Callable[[Request], Awaitable[Reply]]


class Activity:
    """Whether anybody is using the sandbox. A request in flight counts as use."""

    def __init__(self) -> None:
        self._in_flight = 0
        self._last = time.monotonic()

    def begin(self) -> None:
        """A request has come in."""
        self._in_flight += 1

    def end(self) -> None:
        """Its reply is out."""
        self._in_flight -= 1
        self._last = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """Seconds since the last reply; 0 while a request is in flight."""
        return 0.0 if self._in_flight else time.monotonic() - self._last


class HttpServer:
    """Serves one application on one listening socket."""

    def __init__(self, application: Application, listener: socket, activity: Activity) -> None:
        self._application = application
        self._listener = listener
        self._activity = activity
        self._connections: set[asyncio.Task[None]] = set()
        self._busy: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to accept connections."""
        self._server = await asyncio.start_server(
            self._accept, sock=self._listener, limit=READ_SIZE, backlog=256
        )

    async def stop(self, grace_seconds: float) -> None:
        """Accept no more, let requests in flight finish for a while, then close what is left."""
        assert self._server is not None
        self._server.close()
        for task in self._connections - self._busy:
            task.cancel()
        if self._busy:
            await asyncio.wait(self._busy, timeout=grace_seconds)
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._connections) >= MAX_CONNECTIONS:
            writer.close()
            return
        self._connections.add(task)
        try:
            await self._serve(_Exchange(reader, writer), task)
        except (ClientGone, ConnectionError, TimeoutError):
            pass  # the client's affair: nothing was acknowledged, nothing is kept
        except asyncio.CancelledError:
            pass  # the server stops; asyncio would log a cancelled connection as an error
        except Exception:
            logger.exception("A reply broke off")
        finally:
            self._connections.discard(task)
            self._busy.discard(task)
            await self._close(writer)

    async def _close(self, writer: asyncio.StreamWriter) -> None:
        """Close a connection; what it still has to send has a while to leave, less when the server stops.

        A client that reads no more would keep it for ever.
        """
        assert self._server is not None
        writer.close()
        try:
            async with asyncio.timeout(SEND_TIMEOUT if self._server.is_serving() else CLOSE_TIMEOUT):
                await writer.wait_closed()
        except (ConnectionError, TimeoutError):
            writer.transport.abort()

    async def _serve(self, exchange: _Exchange, task: asyncio.Task[None]) -> None:
        while (request := await exchange.next_request()) is not None:
            self._busy.add(task)
            self._activity.begin()
            try:
                await exchange.send(await self._answer(request))
            finally:
                self._activity.end()
                self._busy.discard(task)
            assert self._server is not None
            if not exchange.reusable() or not self._server.is_serving():
                return

    async def _answer(self, request: Request) -> Reply:
        try:
            return await self._application(request)
        except ClientGone:
            raise
        except Exception:
            logger.exception("Unexpected failure at %s %s", request.method, request.target.partition("?")[0])
            return Reply(500, {"connection": "close"})


class _Exchange:
    """One connection: requests out of it and replies into it, one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        self._unsent = bytearray()
        self._bodiless = False  # HEAD: the reply has headers only

    async def next_request(self) -> Request | None:
        """The next request; None when the connection is at its end or what came is not HTTP (then a 400 went out)."""
        try:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                if not self._http.trailing_data[0]:
                    async with asyncio.timeout(KEEP_ALIVE_TIMEOUT):
                        self._http.receive_data(await self._reader.read(HEAD_READ_SIZE))
                async with asyncio.timeout(HEAD_TIMEOUT):
                    event = await self._next_event(HEAD_READ_SIZE)
        except h11.RemoteProtocolError as problem:
            await self._refuse(problem.error_status_hint)
            return None
        if not isinstance(event, h11.Request):
            return None
        headers = tuple((name.decode("ascii"), _text(value)) for name, value in event.headers)
        length = next((int(value) for name, value in headers if name == "content-length"), None)
        chunked = any(name == "transfer-encoding" for name, _ in headers)
        body = Body(self, None if chunked else length or 0)
        self._bodiless = event.method == b"HEAD"
        return Request(event.method.decode("ascii"), event.target.decode("ascii"), headers, body)

    async def next_data(self) -> bytes | None:
        """The next bytes of the request's body; None at its end."""
        if self._http.their_state is not h11.SEND_BODY:
            return None
        if self._http.they_are_waiting_for_100_continue:
            self._write(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
            await self._flush()
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                event = await self._next_event(READ_SIZE)
        except (h11.RemoteProtocolError, TimeoutError) as problem:
            raise ClientGone from problem
        return bytes(event.data) if isinstance(event, h11.Data) else None

    async def send(self, reply: Reply) -> None:
        """Send a reply, having dropped what is left of the request's body."""
        drained = await self._drain()
        headers = {"date": formatdate(usegmt=True), **reply.headers}
        if isinstance(reply.body, bytes):
            headers.setdefault("content-length", str(len(reply.body)))
        if not drained:
            headers["connection"] = "close"
        head = h11.Response(
            status_code=reply.status,
            headers=[(name.encode("ascii"), value.encode("utf-8")) for name, value in headers.items()],
            reason=HTTPStatus(reply.status).phrase.encode("ascii"),
        )
        self._write(head)
        if isinstance(reply.body, bytes):
            if reply.body and not self._bodiless:
                self._write(h11.Data(data=reply.body))
        else:
            async for data in reply.body:
                self._write(h11.Data(data=data))
                await self._flush()
        self._write(h11.EndOfMessage())
        await self._flush()
        if not drained:
            await self._linger()

    def reusable(self) -> bool:
        """Make ready for the next request, if this connection may have one."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def _next_event(self, read_size: int) -> type[h11.NEED_DATA | h11.PAUSED] | h11.Event:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(read_size))
        return event

    async def _drain(self) -> bool:
        """Read and drop the rest of a body that nobody wanted. False: too much of it, or none was promised yet."""
        if self._http.they_are_waiting_for_100_continue:
            return False
        dropped = 0
        while (data := await self.next_data()) is not None:
            dropped += len(data)
            if dropped > DRAIN_LIMIT:
                return False
        return True

    async def _linger(self) -> None:
        """Let the client read the reply: closing with bytes unread would reset the connection under it."""
        if self._writer.can_write_eof():
            self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(2.0):
                while await self._reader.read(READ_SIZE):
                    pass

    async def _refuse(self, status: int) -> None:
        if self._http.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            headers = [("content-length", "0"), ("connection", "close")]
            self._write(
                h11.Response(status_code=status, headers=headers, reason=HTTPStatus(status).phrase.encode())
            )
            await self._flush()

    def _write(self, event: h11.Event) -> None:
        self._unsent += self._http.send(event) or b""

    async def _flush(self) -> None:
        self._writer.write(bytes(self._unsent))  # a small reply leaves in one packet
        self._unsent.clear()
        async with asyncio.timeout(SEND_TIMEOUT):
            await self._writer.drain()


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
