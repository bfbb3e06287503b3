"""The sockets of requests under way, so that stopping does not wait for a silent network."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from app.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Iterator

CANCEL_SECONDS = 0.1
"""How soon a request notices that it was cancelled."""

_RESET_AT_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER for no time at all."""


class OpenSockets:
    """The sockets of requests that may have to be ended from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether `shut_down` was called."""
        return self._stopped

    def shut_down(self) -> None:
        """End all requests under way and all later ones: they raise Cancelled."""
        with self._lock:
            self._stopped = True
            for opened in self._sockets:
                with suppress(OSError):
                    # Where all that had come was read, a close is quiet, and a server whose window was full by then
                    # would wait a minute before it knew that nobody reads any more.
                    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
                    # Not SSLSocket's own, which would take the session from the thread that uses it.
                    socket.socket.shutdown(opened, socket.SHUT_RDWR)

    def add(self, opened: socket.socket) -> None:
        """A request begins to use this socket. Raises Cancelled when all was shut down."""
        with self._lock:
            if self._stopped:
                raise Cancelled
            self._sockets.add(opened)

    def clear(self, opened: set[socket.socket]) -> None:
        """A request is through with these."""
        with self._lock:
            self._sockets -= opened


class Ending(Protocol):
    """An event, or what else says that it is over."""

    def is_set(self) -> bool:
        """Whether it is."""


@contextmanager
def ended_by(cancelled: Ending) -> Iterator[OpenSockets]:
    """Sockets that are shut down soon after `cancelled` is set, for as long as the `with` lasts."""
    sockets = OpenSockets()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(CANCEL_SECONDS):
            if cancelled.is_set():
                sockets.shut_down()
                return

    watcher = threading.Thread(target=watch, name="cancel-watch", daemon=True)
    watcher.start()
    try:
        yield sockets
    finally:
        done.set()
        watcher.join()
