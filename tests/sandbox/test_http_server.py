"""The HTTP layer: patience with its limits, refusals that arrive, bugs that stay inside."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from app.sandbox import http_server
from app.sandbox.http_server import Activity, Reply, Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


async def echo(request: Request) -> Reply:
    """Says what it was sent."""
    body = await request.body.read(1_000_000)
    return Reply(200, {}, body or b"-")


async def refuse(_: Request) -> Reply:
    return Reply(403, {}, b"no")


def read_all(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def test_many_requests_over_one_connection_also_sent_at_once(serve_application: Any, raw: Any) -> None:
    port = serve_application(lambda _: echo)
    requests = b"".join(HEAD + b"Content-Length: 1\r\n\r\n" + bytes([65 + number]) for number in range(20))

    replies = raw(port, requests)

    assert replies.count(b"HTTP/1.1 200 OK") == 20
    assert [part[:1] for part in replies.split(b"\r\n\r\n")[1:]] == [
        bytes([65 + number]) for number in range(20)
    ]


def test_a_body_is_asked_for_only_when_it_is_wanted(serve_application: Any) -> None:
    wanted, unwanted = serve_application(lambda _: echo), serve_application(lambda _: refuse)
    head = HEAD + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"

    with connect(wanted) as connection:
        connection.sendall(head)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert connection.recv(65536).endswith(b"hello")
    with connect(unwanted) as connection:
        connection.sendall(head)
        reply = read_all(connection)

    assert reply.startswith(b"HTTP/1.1 403 Forbidden")
    assert b"connection: close" in reply.lower()


@pytest.mark.parametrize("size", [1_000_000, http_server.DRAIN_LIMIT + 10_000_000])
def test_the_sender_of_a_large_refused_body_sees_the_reply(serve_application: Any, size: int) -> None:
    port = serve_application(lambda _: refuse)

    with connect(port) as connection:
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % size)
        block = bytes(1_000_000)
        for _ in range(size // len(block)):
            connection.sendall(block)
        assert connection.recv(65536).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(
    ("limit", "sent"),
    [
        ("KEEP_ALIVE_TIMEOUT", b""),
        ("HEAD_TIMEOUT", b"POST / HT"),
        ("BODY_TIMEOUT", HEAD + b"Content-Length: 9\r\n\r\nhel"),
    ],
)
def test_who_stalls_is_hung_up_on(
    serve_application: Any, monkeypatch: pytest.MonkeyPatch, limit: str, sent: bytes
) -> None:
    monkeypatch.setattr(http_server, limit, 0.2)
    port = serve_application(lambda _: echo)

    with connect(port) as connection:
        connection.sendall(sent)
        assert read_all(connection) == b""


def test_a_head_that_trickles_is_cut_off(serve_application: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "HEAD_TIMEOUT", 0.3)
    port = serve_application(lambda _: echo)
    started = time.monotonic()

    with connect(port) as connection:
        connection.settimeout(0.02)
        while time.monotonic() - started < 8:
            try:
                connection.sendall(b"X")  # each byte alone would be in time
                if connection.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break

    assert time.monotonic() - started < 5


def test_more_connections_than_it_serves_are_closed(
    serve_application: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "MAX_CONNECTIONS", 2)
    port = serve_application(lambda _: echo)

    with connect(port) as first, connect(port) as second, connect(port) as third:
        for connection in (first, second):
            connection.sendall(HEAD + b"Content-Length: 1\r\n\r\nx")
            assert connection.recv(65536).endswith(b"x")
        assert read_all(third) == b""


def test_a_bug_is_logged_and_nothing_of_it_is_said(
    serve_application: Any, raw: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Request) -> Reply:
        raise RuntimeError("the secret is 42")

    port = serve_application(lambda _: broken)
    with caplog.at_level(logging.ERROR):
        reply = raw(port, HEAD + b"Content-Length: 0\r\n\r\n")

    assert reply.startswith(b"HTTP/1.1 500")
    assert b"secret" not in reply
    assert "the secret is 42" in caplog.text


def test_a_reply_that_breaks_off_is_not_taken_for_whole(serve_application: Any, raw: Any) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"half"
        raise OSError("the disk is gone")

    async def half(_: Request) -> Reply:
        return Reply(200, {"content-length": "8"}, pieces())

    reply = raw(serve_application(lambda _: half), HEAD + b"Content-Length: 0\r\n\r\n")

    assert reply.endswith(b"\r\n\r\nhalf")
    assert b"content-length: 8" in reply


def test_who_reads_no_more_does_not_keep_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "CLOSE_TIMEOUT", 0.1)

    async def story() -> None:
        async def much(_: Request) -> Reply:
            return Reply(200, {}, bytes(64 * 1024 * 1024))

        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(0)
        server = http_server.HttpServer(much, listener, Activity())
        await server.start()
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(HEAD + b"Content-Length: 0\r\n\r\n")
            await asyncio.to_thread(client.recv, 1)
            await asyncio.wait_for(server.stop(0.1), 30)

    asyncio.run(story())


def test_a_request_in_flight_is_finished_before_the_end() -> None:
    async def story() -> tuple[bytes, float]:
        entered, leave = asyncio.Event(), asyncio.Event()

        async def slow(_: Request) -> Reply:
            entered.set()
            await leave.wait()
            return Reply(200, {}, b"done")

        activity = Activity()
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(0)
        server = http_server.HttpServer(slow, listener, activity)
        await server.start()
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
        await entered.wait()
        assert activity.idle_seconds == 0
        stopping = asyncio.create_task(server.stop(5))
        await asyncio.sleep(0)
        leave.set()
        received = await reader.read()
        await stopping
        writer.close()
        return received, activity.idle_seconds

    received, idle = asyncio.run(story())

    assert received.endswith(b"done")
    assert idle > 0
