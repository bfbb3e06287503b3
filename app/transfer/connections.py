"""The connections of a run: one pool, kept alive, over one TLS context.

Nothing here is tried again or followed elsewhere, and nothing is sent that the caller did not name, beyond what HTTP
itself needs (host, user-agent, accept-encoding: identity, content-length): S3 refuses a presigned request with an
x-amz header that is not signed.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import certifi
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from app.account.endpoints import is_loopback_host
from app.errors import Cancelled, ChatLogError, ReplyLost, TlsFailed, Unreachable
from app.remote.transport import HttpReply
from app.transfer.bandwidth import LimitedBody
from app.transfer.open_sockets import OpenSockets
from app.transfer.whole_heads import WholeHeadReply

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from app.transfer.bandwidth import Bandwidth

CONNECT_TIMEOUT_SECONDS = 10.0

STALL_SECONDS = 60.0
"""How long one block may take to leave. urllib3 would apply the connect time-out to sending: on a slow line that
eight uploads share, a block can take longer than ten seconds."""

BLOCK = 256 * 1024
"""Bytes read and sent at once (urllib3's default of 16 KiB halves the speed on a fast network)."""

USER_AGENT = "chatlog-uploader"

CA_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE")


_TUNNEL_REFUSED = "Tunnel connection failed: "
"""How http.client begins the words for a proxy's refusal; its status and reason follow."""


class _Watch(NamedTuple):
    """Whom the request under way in a thread reports its sockets to, and which those are."""

    sockets: OpenSockets
    opened: set[socket.socket]


class SizedReader(Protocol):
    """A request's body that is read in blocks and whose size (`len`) is known beforehand."""

    def __len__(self) -> int: ...

    def read(self, count: int = -1, /) -> bytes:
        """The next block; nothing at the end."""


class StreamedReply:
    """A reply whose body is still to be read. Header names are lower-case."""

    def __init__(
        self, response: requests.Response, host: str, sockets: OpenSockets, bandwidth: Bandwidth | None
    ) -> None:
        self._response = response
        self._host = host
        self._sockets = sockets
        self._bandwidth = bandwidth
        self.status = response.status_code
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """The body as it comes, not decoded. Raises ReplyLost when it ends too early, Cancelled."""
        bandwidth = self._bandwidth
        most = size if bandwidth is None else bandwidth.block(size)
        try:
            while block := self._response.raw.read(most, decode_content=False):
                if bandwidth is not None:
                    bandwidth.take(len(block), lambda: self._sockets.stopped)
                    most = bandwidth.block(size)
                yield block
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            if self._sockets.stopped:
                raise Cancelled from problem
            raise ReplyLost(host=self._host, reason=_reason(problem)) from problem

    def read(self, limit: int) -> bytes:
        """At most `limit` bytes of the body. Raises as `blocks` does."""
        parts: list[bytes] = []
        size = 0
        for block in self.blocks():
            parts.append(block)
            size += len(block)
            if size >= limit:
                break
        return b"".join(parts)[:limit]


class Connections:
    """The pool. Threads share it; `parallel` connections to a host are kept open.

    Proxies of the environment are used, except for this computer itself; certificates are checked against the
    system's and certifi's authorities, or those of REQUESTS_CA_BUNDLE alone where `environ` has it.

    `uploads` and `downloads` bound the bodies of those requests that are `data`, all of them together.
    """

    def __init__(
        self,
        *,
        parallel: int = 8,
        environ: Mapping[str, str] | None = None,
        user_agent: str = USER_AGENT,
        uploads: Bandwidth | None = None,
        downloads: Bandwidth | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._uploads = uploads
        self._downloads = downloads
        self._current = threading.local()
        self._adapter = _Adapter(parallel, _Authorities(environ or {}), self._opened)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._adapter.close()

    @contextmanager
    def watched_by(self, sockets: OpenSockets) -> Iterator[None]:
        """Inside the `with`, `sockets` can end the requests that this thread makes."""
        before = getattr(self._current, "sockets", None)
        self._current.sockets = sockets
        try:
            yield
        finally:
            self._current.sockets = before

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | SizedReader = b"",
        read_timeout: float,
        limit: int,
        data: bool = False,
    ) -> HttpReply:
        """Send a request and read its whole reply, up to `limit` bytes of body.

        `data`: its bodies are what is archived, and keep to the bandwidth.

        Raises Unreachable (nothing was sent), ReplyLost (it may have been done), TlsFailed, Cancelled.
        """
        with self.stream(
            method, url, headers=headers, body=body, read_timeout=read_timeout, data=data
        ) as reply:
            return HttpReply(reply.status, reply.headers, reply.read(limit))

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | SizedReader = b"",
        read_timeout: float,
        silence: float | None = None,
        data: bool = False,
    ) -> Iterator[StreamedReply]:
        """Send a request; the reply's body is read inside the `with`. Raises as `send` does.

        `read_timeout` in seconds for the reply's head; `silence` between two bytes of its body, where it is another.
        """
        host = urlsplit(url).hostname or ""
        sockets: OpenSockets = getattr(self._current, "sockets", None) or OpenSockets()
        opened: set[socket.socket] = set()
        self._current.watch = _Watch(sockets, opened)
        response: requests.Response | None = None
        try:
            if data and len(body) and self._uploads is not None:
                body = LimitedBody(body, len(body), self._uploads, lambda: sockets.stopped)
            response = self._send(method, url, headers, body, read_timeout, host, sockets)
            if silence is not None:
                for one in opened:
                    one.settimeout(silence)
            yield StreamedReply(response, host, sockets, self._downloads if data else None)
        finally:
            sockets.clear(opened)
            if response is not None:
                # A body that was not read to its end makes the connection useless: it is closed, not kept.
                response.close()

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | SizedReader,
        read_timeout: float,
        host: str,
        sockets: OpenSockets,
    ) -> requests.Response:
        # An empty file-like body would be sent chunked, which a presigned PUT refuses.
        data: Any = body if len(body) else b""
        parts = urlsplit(url)
        try:
            prepared = requests.Request(method, f"{parts.scheme}://{parts.netloc}/", data=data).prepare()
        except requests.RequestException as problem:
            raise Unreachable(host=host, reason=type(problem).__name__) from problem
        # As it was signed; and requests would look at each of a presigned URL's thousand characters, holding up all
        # other threads.
        query = f"?{parts.query}" if parts.query else ""
        prepared.url = f"{(prepared.url or '').removesuffix('/')}{parts.path or '/'}{query}"
        # Without a session of requests nothing is added; the body's own length stands above the one named.
        length = dict(prepared.headers)
        prepared.headers.update({"user-agent": self._user_agent, **headers})
        prepared.headers.update(length)
        proxies = {} if is_loopback_host(host) else get_environ_proxies(url)
        try:
            return self._adapter.send(
                prepared, stream=True, timeout=(CONNECT_TIMEOUT_SECONDS, read_timeout), proxies=proxies
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as problem:
            if sockets.stopped:
                raise Cancelled from problem
            raise _connection_error(problem, host) from problem

    def _opened(self, opened: socket.socket) -> None:
        """Called by the connections, in the thread of the request."""
        watch: _Watch = self._current.watch
        watch.opened.add(opened)
        watch.sockets.add(opened)


class _Watched:
    """What both kinds of connections have in common: patience while sending, telling whose socket is in use, whole heads."""

    response_class = WholeHeadReply
    sock: Any
    timeout: Any
    watch: Any

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.sock.settimeout(STALL_SECONDS)
        type(self).watch(self.sock)

    def request(self, *positional: Any, **named: Any) -> None:  # noqa: ANN401 - passed through
        if self.sock is not None:
            self.timeout = STALL_SECONDS
            type(self).watch(self.sock)
        super().request(*positional, **named)  # type: ignore[misc]


class _Adapter(HTTPAdapter):
    """requests' adapter over pools whose connections are watched and share one TLS context."""

    def __init__(self, parallel: int, authorities: _Authorities, watch: Any) -> None:  # noqa: ANN401 - a callback
        # staticmethod: the callback must not become a method of the connection.
        plain = type("Plain", (_Watched, HTTPConnection), {"watch": staticmethod(watch)})
        secure = type("Secure", (_Watched, HTTPSConnection), {"watch": staticmethod(watch)})
        self._pools = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type(
                "SecurePool", (_SecurePool,), {"ConnectionCls": secure, "authorities": authorities}
            ),
        }
        super().__init__(pool_connections=8, pool_maxsize=parallel + 2, max_retries=0, pool_block=False)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:  # noqa: ANN401, FBT001, FBT002 - requests' signature
        super().init_poolmanager(connections, maxsize, block, **options, blocksize=BLOCK)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:  # noqa: ANN401 - requests' signature
        manager = super().proxy_manager_for(proxy, **options, blocksize=BLOCK)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ANN401 - requests' signature
        """The shared context has its authorities; naming a file here would load it again at every connection."""


class _SecurePool(HTTPSConnectionPool):
    """Takes the shared context when it is made: what speaks plain HTTP alone never loads the authorities."""

    authorities: _Authorities

    def __init__(self, host: str, *positional: Any, **named: Any) -> None:  # noqa: ANN401 - urllib3's signature
        super().__init__(host, *positional, **named, ssl_context=self.authorities.context(host))


class _Authorities:
    """Whom to trust: one TLS context for all pools, made when it is first needed. Threads share it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._bundle = next((environ[name] for name in CA_BUNDLE_VARIABLES if environ.get(name)), None)
        self._making = threading.Lock()
        self._context: ssl.SSLContext | None = None

    def context(self, host: str) -> ssl.SSLContext:
        """Raises TlsFailed where a named bundle cannot be read."""
        with self._making:
            if self._context is None:
                self._context = self._load(host)
            return self._context

    def _load(self, host: str) -> ssl.SSLContext:
        context = create_urllib3_context()
        try:
            if self._bundle is not None:
                context.load_verify_locations(cafile=self._bundle)
            else:
                # The system's authorities as well: companies add their proxy's there.
                context.load_default_certs()
                context.load_verify_locations(cafile=certifi.where())
        except OSError as problem:
            raise TlsFailed(host=host, reason=f"{self._bundle or certifi.where()}: {problem}") from problem
        return context


def _connection_error(problem: BaseException, host: str) -> ChatLogError:
    if isinstance(problem, requests.exceptions.SSLError):
        return TlsFailed(host=host, reason=_reason(problem))
    cause = problem.args[0] if problem.args else None
    reason = getattr(cause, "reason", None)
    before_sending = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
    if isinstance(problem, requests.exceptions.ProxyError):
        return Unreachable(host=host, reason=f"proxy: {_reason(reason or problem)}")
    if isinstance(reason, before_sending):
        return Unreachable(host=host, reason=_reason(reason))
    return ReplyLost(host=host, reason=_reason(problem))


def _reason(problem: object) -> str:
    """The innermost words; URLs hold signatures and are cut away with what stands around them."""
    while isinstance(problem, BaseException):
        inner = getattr(problem, "reason", None) or problem.__cause__
        if isinstance(inner, str) or inner is None:
            break
        problem = inner
    if type(problem) is OSError and str(problem).startswith(_TUNNEL_REFUSED):
        return str(problem)
    words = getattr(problem, "strerror", None) or type(problem).__name__
    return str(words)
