"""A TCP proxy before the S3 server: counts what the server sends, and stops or breaks off where a test says so."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

BLOCK = 64 * 1024


class CountingProxy:
    """Passes everything on to `server` (host:port). Set the limits before requests are made."""

    def __init__(self, server: str) -> None:
        host, _, port = server.rpartition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._listener]
        self._changed = threading.Condition()
        self.sent = 0
        self.stop_after: int | None = None
        """Bytes of the server, over all connections, after which nothing more comes through."""
        self.break_after: int | None = None
        """Bytes of the server after which a connection is closed."""
        self.breaks = 0
        """How many more connections are closed so."""

    @property
    def address(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for opened in self._sockets:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()

    def lead(self, method: str, url: str, changes: dict[str, Any]) -> None:
        """A fault for FaultyConnections: requests to S3 go through here, as they were signed."""
        if method == "GET":
            host = urlsplit(url).netloc
            changes["url"] = url.replace(host, self.address, 1)
            changes["headers"] = {**changes["headers"], "host": host}

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                self._sockets += [client, server]
                threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(BLOCK):
                if counted:
                    passed += len(data)
                    if not self._may_pass(len(data), passed):
                        break
                target.sendall(data)
        for opened in (source, target):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def _may_pass(self, count: int, passed: int) -> bool:
        with self._changed:
            while self.stop_after is not None and self.sent >= self.stop_after:
                self._changed.wait(60)
            if self.break_after is not None and passed > self.break_after and self.breaks > 0:
                self.breaks -= 1
                return False
            self.sent += count
        return True
