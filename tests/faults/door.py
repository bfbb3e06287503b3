"""A door in front of the sandbox, through which requests pass that a plan lets pass.

It listens on two ports, one before the presign endpoint and one before S3. Presigned URLs are signed for a host and
port: in the endpoint's replies the door writes its own S3 port in place of the sandbox's, and puts the sandbox's back
into the Host header of what comes along, so that signatures hold.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.faults.plan import Fault, Kind, Plan, Verdict

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any, Self

    from app.sandbox.lifecycle import SandboxInfo

HOST = "127.0.0.1"
STALL_SECONDS = 3.0
RETRY_AFTER = "1"

_XML = "application/xml"


class BrokenOff(Exception):
    """A side closed before it had said everything."""


@dataclass
class Message:
    """A request or a reply, whole. `head` are its lines without the last, empty one."""

    head: list[str]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        for line in self.head[1:]:
            known, _, value = line.partition(":")
            if known.strip().lower() == name:
                return value.strip()
        return None

    def replace(self, name: str, value: str) -> None:
        """Put a header in place of one of that lower-case name."""
        self.head[1:] = [line for line in self.head[1:] if line.partition(":")[0].strip().lower() != name]
        self.head.append(f"{name}: {value}")

    @property
    def size(self) -> int:
        return int(self.header("content-length") or 0)

    def on_the_wire(self) -> bytes:
        """As it is sent."""
        return "\r\n".join([*self.head, "", ""]).encode("latin-1") + self.body


class FaultDoor:
    """Runs in a thread of its own from the beginning of a `with` to its end."""

    def __init__(self, info: SandboxInfo, plan: Plan | None = None) -> None:
        self.plan = plan
        self._listeners: list[asyncio.Server] = []
        self._open: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-door", daemon=True)
        self._held = [_bound(0), _bound(0)]
        """The ports while nobody listens there: no other test's server may stand where the network is gone."""
        self._ports = [held.getsockname()[1] for held in self._held]
        self.lead_to(info)

    def lead_to(self, info: SandboxInfo) -> None:
        """The sandbox stands there from now on."""
        self._behind = [urlsplit(info.endpoint).port or 0, urlsplit(info.s3_endpoint).port or 0]

    @property
    def endpoint(self) -> str:
        """What stands in a profile in place of the sandbox's own."""
        return f"http://{HOST}:{self._ports[0]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        for held in self._held:
            held.close()

    def open(self) -> None:
        """Take connections."""
        self._do(self._listen())

    def shut(self) -> None:
        """The network is gone: connections end, new ones are refused."""
        self._do(self._end())

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    async def _listen(self) -> None:
        for number, held in enumerate(self._held):
            to_storage = bool(number)

            async def come(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to_storage: bool = to_storage
            ) -> None:
                await self._take(reader, writer, to_storage=to_storage)

            self._listeners.append(await asyncio.start_server(come, sock=held, limit=1 << 20, backlog=256))
        self._held.clear()

    async def _end(self) -> None:
        for listener, port in zip(self._listeners, self._ports, strict=False):
            listener.close()
            self._held.append(_bound(port))
        self._listeners.clear()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, to_storage: bool
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while await self._pass(reader, writer, to_storage=to_storage):
                pass
            writer.close()
        except (OSError, BrokenOff, asyncio.CancelledError):
            _reset(writer)
        finally:
            self._open.discard(task)
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, to_storage: bool
    ) -> bool:
        """One request and its reply; False where the client has no more. Raises BrokenOff, OSError."""
        head = await _head(reader)
        if head is None:
            return False
        request = Message(head, b"")
        method, target, _ = head[0].split(" ", 2)
        verdict = Verdict(0.0, None)
        if self.plan is not None:
            kind, path = _subject(request, method, target, to_storage=to_storage)
            verdict = self.plan.verdict(kind, method=method, path=path, size=request.size)
        if verdict.fault is Fault.RESET_BEFORE:
            raise BrokenOff
        request.body = await _exactly(reader, request.size)
        await asyncio.sleep(verdict.late)
        reply = await self._reply(request, verdict.fault, to_storage=to_storage, bodiless=method == "HEAD")
        data = reply.on_the_wire()
        if verdict.fault is Fault.CUT_REPLY:
            # Somewhere in the body; a reply without one is cut in its head.
            end = len(data) - (len(reply.body) // 2 if reply.body else len(data) // 2)
            writer.write(data[:end])
            await writer.drain()
            writer.close()
            raise BrokenOff
        writer.write(data)
        await writer.drain()
        return True

    async def _reply(
        self, request: Message, fault: Fault | None, *, to_storage: bool, bodiless: bool
    ) -> Message:
        """What the client is answered. Raises BrokenOff where it is nothing."""
        if fault is Fault.STALL:
            await asyncio.sleep(STALL_SECONDS)
            raise BrokenOff
        if fault is Fault.CUT_REQUEST:
            await self._forward(request, to_storage=to_storage, bodiless=bodiless, cut=True)
            raise BrokenOff
        if fault is Fault.FLIPPED_UP:
            request.body = _flipped(request.body)
        assert self.plan is not None or fault is None
        if fault in REFUSALS:
            # A server that fails may have done it all the same; one that is too busy has not.
            if fault is Fault.FAILED and self.plan is not None and self.plan.heads():
                await self._forward(request, to_storage=to_storage, bodiless=bodiless)
            return refusal(fault, to_storage=to_storage, bodiless=bodiless)
        reply = await self._forward(request, to_storage=to_storage, bodiless=bodiless)
        if fault is Fault.RESET_AFTER:
            raise BrokenOff
        if fault is Fault.FLIPPED_DOWN and reply.body:
            reply.body = _flipped(reply.body)
        return reply

    async def _forward(
        self, request: Message, *, to_storage: bool, bodiless: bool, cut: bool = False
    ) -> Message:
        """The sandbox's reply. Raises BrokenOff, OSError where it has none."""
        port = self._behind[to_storage]
        passed = Message(list(request.head), request.body)
        passed.replace("host", f"{HOST}:{port}")
        passed.replace("connection", "close")
        data = passed.on_the_wire()
        reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 20)
        try:
            writer.write(data[: len(data) - max(1, len(request.body) // 2)] if cut else data)
            await writer.drain()
            if cut:
                return Message([], b"")
            head = await _head(reader)
            if head is None:
                raise BrokenOff
            reply = Message(head, b"")
            reply.body = b"" if bodiless else await _exactly(reader, reply.size)
        finally:
            _reset(writer)
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        reply.replace("connection", "keep-alive")
        if not to_storage:
            theirs, ours = (f"{HOST}:{it[1]}".encode() for it in (self._behind, self._ports))
            reply.body = re.sub(re.escape(theirs) + rb"(?=/)", ours, reply.body)
            reply.replace("content-length", str(len(reply.body)))
        return reply


REFUSALS = {
    Fault.FAILED: (500, "InternalError"),
    Fault.SLOW_DOWN: (503, "SlowDown"),
    Fault.THROTTLED: (429, "TooManyRequests"),
    Fault.PAGE: (502, ""),
    Fault.SKEWED: (403, "RequestTimeTooSkewed"),
}


def refusal(fault: Fault, *, to_storage: bool, bodiless: bool) -> Message:
    """What S3, API Gateway or a proxy answers."""
    status, code = REFUSALS[fault]
    if fault is Fault.PAGE:
        kind, text = "text/html; charset=utf-8", "<html><body><h1>502 Bad Gateway</h1></body></html>"
    elif to_storage:
        kind, text = _XML, f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>"
    else:
        kind, text = "application/json", '{"message":"no"}'
    head = [f"HTTP/1.1 {status} No", f"content-type: {kind}", f"content-length: {len(text)}"]
    if fault is Fault.THROTTLED:
        head.append(f"retry-after: {RETRY_AFTER}")
    return Message(head, b"" if bodiless else text.encode())


def _subject(request: Message, method: str, target: str, *, to_storage: bool) -> tuple[Kind, str]:
    """What a request is about, and under which name."""
    path, _, query = target.partition("?")
    if not to_storage:
        return Kind.ENDPOINT, path
    if method == "PUT" and (part := re.search(r"(?:^|&)partNumber=\d+", query)):
        return Kind.PART, f"{path}?{part[0]}"
    return (Kind.RANGE if method == "GET" and request.header("range") else Kind.WHOLE), path


def _flipped(body: bytes) -> bytes:
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


async def _head(reader: asyncio.StreamReader) -> list[str] | None:
    """The lines of a head; None at the end of the connection."""
    try:
        data = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise BrokenOff from end
        return None
    return data.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")


async def _exactly(reader: asyncio.StreamReader, size: int) -> bytes:
    try:
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError as end:
        raise BrokenOff from end


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close at once, without the other side being told that all was said."""
    if not writer.is_closing():
        opened = writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


def _bound(port: int) -> socket.socket:
    """A socket that has the port, 0 for any, and refuses connections until somebody listens on it."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((HOST, port))
    return held
