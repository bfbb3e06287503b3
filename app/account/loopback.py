"""Where a browser is sent back to after signing in: a small HTTP server on 127.0.0.1, for one answer (RFC 8252, 7.3).

Any page in any browser can send requests to this port, so what is not the awaited answer gets a page that says
nothing and changes nothing: another Host (DNS rebinding), a request made by a script or a frame, another path, an
answer whose state is not the one that was given to the provider.
"""

from __future__ import annotations

import hmac
import socket
import socketserver
import sys
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from app.account.loopback_page import PageKind, PageLanguage, page, preferred_language
from app.errors import Cancelled, SignInFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Self

ADDRESS = "127.0.0.1"
CALLBACK = "/callback"
SIGNED_OUT = "/signed-out"
"""Where a browser may be sent to once its session at the provider is over; that carries nothing."""

REQUEST_SECONDS = 10.0
"""How long a connection may keep silent."""
OUTCOME_SECONDS = 60.0
"""How long the browser waits to be told how it went: the code is exchanged meanwhile."""
MOST_AT_ONCE = 64
"""Connections; others wait for these to end."""
_LONGEST_QUERY = 16 * 1024
_TICK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider's redirect said: a code, or an error's name."""

    code: str | None
    error: str | None
    issuer: str | None
    """RFC 9207's `iss`, where the provider gives it."""


class LoopbackServer:
    """Serves from the moment it is made until it is closed. `language` None: as the browser prefers.

    With a `state` it waits for a provider's answer; without one, for a browser that was signed out.
    Raises SignInFailed (`ports-taken`).
    """

    def __init__(self, ports: Sequence[int], state: str | None, language: PageLanguage | None = None) -> None:
        self._desk = _Desk(state, language)
        self._server = _bound(ports, self._desk)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": _TICK_SECONDS},
            name="sign-in",
            daemon=True,
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def redirect_uri(self) -> str:
        """The address a provider sends the browser back to."""
        return f"http://{ADDRESS}:{self.port}{self._desk.path}"

    def wait(self, seconds: float, cancelled: threading.Event) -> Answer:
        """The awaited answer. Its browser waits for `finish`. Raises SignInFailed (`timed-out`), Cancelled."""
        until = time.monotonic() + seconds
        while not self._desk.arrived.wait(_TICK_SECONDS):
            if cancelled.is_set():
                raise Cancelled
            if time.monotonic() > until:
                raise SignInFailed(reason="timed-out")
        assert self._desk.answer is not None
        return self._desk.answer

    def finish(self, *, signed_in: bool) -> None:
        """Tell the browser how it went."""
        self._desk.outcome = "signed-in" if signed_in else "not-signed-in"
        self._desk.finished.set()

    def close(self) -> None:
        """Serve no more; a browser that still waits is told that signing in did not work."""
        self._desk.finished.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._desk.answer is not None:
            # The page that `finish` spoke of is on its way.
            self._desk.shown.wait(REQUEST_SECONDS)


class _Desk:
    """What the threads of connections share: the first right answer is taken, once."""

    def __init__(self, state: str | None, language: PageLanguage | None) -> None:
        self._state = state
        self.path = SIGNED_OUT if state is None else CALLBACK
        self.language = language
        self._lock = threading.Lock()
        self.arrived = threading.Event()
        self.finished = threading.Event()
        self.shown = threading.Event()
        self.answer: Answer | None = None
        self.outcome: PageKind = "not-signed-in"

    def take(self, query: str) -> bool:
        """Whether this is the awaited answer; it is nobody else's from then on."""
        if self._state is None:
            self.answer, self.outcome = Answer(None, None, None), "signed-out"
            self.finished.set()
            self.arrived.set()
            return True
        values = _single_values(query)
        if values is None or not hmac.compare_digest(values.get("state", "").encode(), self._state.encode()):
            return False
        code, error = values.get("code"), values.get("error")
        if (code is None) == (error is None):
            return False
        with self._lock:
            if self.answer is not None:
                return False
            self.answer = Answer(code, error, values.get("iss"))
        self.arrived.set()
        return True


class _Server(socketserver.ThreadingTCPServer):
    # On Windows this would let another program listen at the same port.
    allow_reuse_address = sys.platform != "win32"
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, desk: _Desk) -> None:
        self.desk = desk
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__((ADDRESS, port), _Handler)

    def server_bind(self) -> None:
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        if exclusive is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        super().server_bind()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's signature
        self._free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - likewise
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - likewise
        """A connection that broke is the browser's own affair; anything else is a bug and shows its trace."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    timeout = REQUEST_SECONDS
    server: _Server

    def do_GET(self) -> None:
        """The awaited answer, or a stray request."""
        where = urlsplit(self.path)
        desk = self.server.desk
        if not self._is_a_visit() or self.path not in (desk.path, f"{desk.path}?{where.query}"):
            self._reply(HTTPStatus.NOT_FOUND, "stray")
            return
        if not desk.take(where.query):
            self._reply(HTTPStatus.FORBIDDEN, "stray")
            return
        desk.finished.wait(OUTCOME_SECONDS)
        try:
            self._reply(HTTPStatus.OK, desk.outcome)
        finally:
            desk.shown.set()

    def _is_a_visit(self) -> bool:
        """Whether a person's browser goes to this very address: no script, no frame, no name that leads here.

        Browsers that tell (https://www.w3.org/TR/fetch-metadata/) are believed; others send no Origin with a visit.
        """
        hosts = self.headers.get_all("Host", [])
        return (
            hosts == [f"{ADDRESS}:{self.server.server_address[1]}"]
            and "Origin" not in self.headers
            and self.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
            and self.headers.get("Sec-Fetch-Dest", "document") == "document"
        )

    def _reply(self, status: HTTPStatus, kind: PageKind) -> None:
        accepted = self.headers.get("Accept-Language", "") if hasattr(self, "headers") else ""
        shown = page(kind, self.server.desk.language or preferred_language(accepted))
        self.send_response_only(status)
        for name, value in shown.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(shown.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(shown.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - the base's signature
        """Other methods and what is no HTTP: the same page."""
        self.close_connection = True
        self._reply(HTTPStatus(code), "stray")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
        """Nothing: requests hold codes."""


def _bound(ports: Sequence[int], desk: _Desk) -> _Server:
    for port in ports:
        try:
            return _Server(port, desk)
        except OSError:
            # Taken, by another sign-in or another program; the next one is as good.
            continue
    raise SignInFailed(reason="ports-taken", detail=", ".join(map(str, ports)))


def _single_values(query: str) -> Mapping[str, str] | None:
    """The query's values; None where it is too long or says one thing twice."""
    if len(query) > _LONGEST_QUERY:
        return None
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    values = dict(pairs)
    return values if len(values) == len(pairs) else None
