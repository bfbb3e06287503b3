"""One desktop per home: a second start hands its files to the first one and ends.

A start that finds the lock taken says what it wants over a local socket, one JSON object on a line, and waits for
the answer. Nothing is taken over from a process that is alive: a start that gets no answer within ANSWER_SECONDS goes
on only if it can get the lock, and else ends (application.py).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ANSWER_SECONDS = 15.0
"""How long a second start waits for the first one. A first one that is ending takes up to 14 s for it, and listens no
more; one on a busy computer may not have shown its window yet."""

MAXIMUM_BYTES = 1 << 24
"""Of a request: some 100,000 long paths. Whoever sends more is not us."""

_ANSWER = b"ok\n"
PATIENCE_MILLISECONDS = 5000
_BETWEEN_TRIES_SECONDS = 0.05
_PIECE_MILLISECONDS = 250

_TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
"""What a desktop gives to a program it starts at a person's wish: leave to come to the front (freedesktop.org)."""


@dataclass(frozen=True, slots=True)
class Summons:
    """What a second start wants: files to take in, if any, and the window at the front."""

    paths: tuple[str, ...]
    activation_token: str = ""


def activation_token(environ: Mapping[str, str]) -> str:
    """The leave to come to the front that this start was given, or nothing."""
    return next((environ[name] for name in _TOKENS if environ.get(name)), "")


def encoded(summons: Summons) -> bytes:
    """A summons on a line. Names that are no Unicode go as Python has them, escaped."""
    return json.dumps({"paths": summons.paths, "token": summons.activation_token}).encode("ascii") + b"\n"


def decoded(line: bytes) -> Summons | None:
    """The summons on a line; None where it is none."""
    try:
        found = json.loads(line)
        paths, token = found["paths"], found["token"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(token, str) or not isinstance(paths, list):
        return None
    if not all(isinstance(path, str) and path and "\0" not in path for path in paths):
        return None
    return Summons(tuple(paths), token)


def summon(
    address: str,
    summons: Summons,
    seconds: float = ANSWER_SECONDS,
    ended: Callable[[], bool] = lambda: False,
) -> bool:
    """Hand a summons to the running desktop; whether it answered in time. Blocks, so only before there is a window.

    One that is just starting does not listen yet: this tries again until the time is over, or until `ended` says
    that there is none any more.
    """
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        socket = QLocalSocket()
        socket.connectToServer(address)
        if socket.waitForConnected(max(1, int(left * 1000))):
            socket.write(encoded(summons))
            if _answered(socket, deadline, ended):
                return True
        if ended():
            return False
        time.sleep(_BETWEEN_TRIES_SECONDS)
    return False


def _answered(socket: QLocalSocket, deadline: float, ended: Callable[[], bool]) -> bool:
    answer = b""
    while len(answer) < len(_ANSWER):
        left = int((deadline - time.monotonic()) * 1000)
        if left <= 0:
            break
        # In pieces: that the other end died while it had not yet taken the call is not told here.
        if socket.bytesAvailable() or socket.waitForReadyRead(min(left, _PIECE_MILLISECONDS)):
            answer += bytes(socket.readAll().data())
        elif socket.state() != QLocalSocket.LocalSocketState.ConnectedState or ended():
            break
    socket.abort()
    return answer == _ANSWER


class InstanceServer(QObject):
    """Listens for second starts. Only the holder of the home's lock makes one."""

    summoned = Signal(object)
    """A Summons."""

    def __init__(self, address: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._heard: dict[QLocalSocket, bytes] = {}
        # Nobody but this user: the socket's mode, the pipe's access list.
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take_callers)
        # Whoever made it is dead, or would hold the lock.
        QLocalServer.removeServer(address)
        self.listening = self._server.listen(address)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()
        for socket in list(self._heard):
            self._forget(socket)

    def _take_callers(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._heard[socket] = b""
            socket.readyRead.connect(partial(self._listen, socket))
            socket.disconnected.connect(partial(self._forget, socket))
            # One that says nothing is let go.
            QTimer.singleShot(PATIENCE_MILLISECONDS, self, partial(self._forget, socket))
            self._listen(socket)

    def _listen(self, socket: QLocalSocket) -> None:
        if socket not in self._heard:
            return
        heard = self._heard[socket] = self._heard[socket] + bytes(socket.readAll().data())
        line, ended, _ = heard.partition(b"\n")
        summons = decoded(line) if ended else None
        if len(heard) > MAXIMUM_BYTES or (ended and summons is None):
            self._forget(socket)
        elif summons is not None:
            self._heard[socket] = b""
            socket.write(_ANSWER)
            socket.flush()
            self.summoned.emit(summons)

    def _forget(self, socket: QLocalSocket) -> None:
        if self._heard.pop(socket, None) is not None:
            socket.abort()
            socket.deleteLater()
