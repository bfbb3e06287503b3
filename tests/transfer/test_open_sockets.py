"""Requests that are ended from another thread: neither side waits for the other afterwards."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from app.transfer.open_sockets import OpenSockets


def test_a_server_in_the_midst_of_a_reply_learns_at_once_that_nobody_reads_any_more() -> None:
    sockets = OpenSockets()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    with server:
        server.settimeout(0.2)
        with suppress(TimeoutError):
            while True:
                server.send(bytes(1 << 20))
        sockets.add(client)

        sockets.shut_down()

        # What had come is read to its end before the request notices.
        while client.recv(1 << 20):
            pass
        client.close()
        server.settimeout(30)
        with pytest.raises(ConnectionError):
            server.sendall(bytes(64 << 20))
