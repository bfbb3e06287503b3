"""Connections against real sockets: what is sent, what is not, and how a broken connection is told."""

from __future__ import annotations

import datetime as dt
import http.server
import io
import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.errors import Cancelled, ReplyLost, TlsFailed, Unreachable
from app.transfer import connections
from app.transfer.connections import Connections
from app.transfer.open_sockets import OpenSockets, ended_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("plain_environment")


class Body(io.BytesIO):
    def __len__(self) -> int:
        return len(self.getvalue())


class Recorder(http.server.BaseHTTPRequestHandler):
    """Answers everything, remembers what came and over which connection."""

    protocol_version = "HTTP/1.1"
    status: ClassVar[int] = 200
    extra: ClassVar[dict[str, str]] = {}
    answer: ClassVar[bytes] = b"hello"
    seen: list[tuple[str, list[tuple[str, str]], bytes, Any]]

    def _any(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        self.seen.append((self.path, self.headers.items(), body, self.client_address))
        self.send_response(self.status)
        for name, value in self.extra.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    do_GET = do_PUT = do_POST = _any  # noqa: N815 - the names http.server looks for

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@contextmanager
def serving(context: ssl.SSLContext | None = None, **fields: Any) -> Iterator[tuple[str, list[Any]]]:
    """(URL, what was seen) of a server that answers as `fields` say."""
    seen: list[Any] = []
    handler = type("Handler", (Recorder,), {"seen": seen, **fields})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        scheme = "https" if context else "http"
        try:
            yield f"{scheme}://127.0.0.1:{server.server_port}/", seen
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def raw_server(talk: Callable[[socket.socket], object]) -> Iterator[str]:
    """A server that does with each connection what `talk` says, then closes it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def accept() -> None:
            while True:
                try:
                    opened, _ = listener.accept()
                except OSError:
                    return
                with opened:
                    talk(opened)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)


def send(http_: Connections, method: str, url: str, **options: Any) -> Any:
    return http_.send(method, url, **{"headers": {}, "read_timeout": 5.0, "limit": 1000, **options})


def test_exactly_the_named_headers_are_sent_and_those_http_needs() -> None:
    with serving() as (url, seen), Connections() as http_:
        headers = {"content-type": "application/zstd", "content-length": "3", "x-amz-meta-tool": "t"}
        reply = send(http_, "PUT", url, headers=headers, body=Body(b"abc"))

    assert (reply.status, reply.body) == (200, b"hello")
    [(_, sent, body, _)] = seen
    assert body == b"abc"
    assert {name.lower(): value for name, value in sent if name.lower() != "host"} == {
        **headers,
        "user-agent": "chatlog-uploader",
        "accept-encoding": "identity",
    }


@pytest.mark.parametrize("body", [b"", Body(b"")])
def test_an_empty_body_has_a_length_and_is_not_chunked(body: Any) -> None:
    with serving() as (url, seen), Connections() as http_:
        send(http_, "PUT", url, body=body)

    names = {name.lower(): value for name, value in seen[0][1]}
    assert names["content-length"] == "0"
    assert "transfer-encoding" not in names


def test_connections_are_kept_alive() -> None:
    with serving() as (url, seen), Connections() as http_:
        for _ in range(5):
            send(http_, "PUT", url, body=b"x")

    assert len({client for *_, client in seen}) == 1


def test_a_redirect_is_not_followed() -> None:
    with (
        serving() as (elsewhere, reached),
        Connections() as http_,
        serving(status=307, extra={"Location": elsewhere}) as (url, _),
    ):
        reply = send(http_, "PUT", url, body=b"x")

    assert reply.status == 307
    assert reached == []


def test_netrc_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serving() as (url, seen), Connections() as http_:
        send(http_, "GET", url)

    assert "authorization" not in {name.lower() for name, _ in seen[0][1]}


def test_a_proxy_is_used_for_the_world_but_not_for_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answer=b"proxied") as (proxy, through), serving() as (url, direct), Connections() as http_:
        monkeypatch.setenv("http_proxy", proxy)
        assert send(http_, "GET", url).body == b"hello"
        assert send(http_, "GET", "http://bucket.example/key").body == b"proxied"

    assert len(direct) == 1
    assert [path for path, *_ in through] == ["http://bucket.example/key"]


def test_nobody_there_is_unreachable() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    with Connections() as http_, pytest.raises(Unreachable) as caught:
        send(http_, "GET", f"http://127.0.0.1:{port}/?X-Amz-Signature=secret")

    assert not isinstance(caught.value, ReplyLost)
    assert "secret" not in str(caught.value)


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    with Connections() as http_, pytest.raises(Unreachable) as caught:
        send(http_, "GET", "http://no-such-host.invalid/")
    assert not isinstance(caught.value, ReplyLost)


def test_a_connection_closed_without_a_reply_is_a_lost_reply() -> None:
    with (
        raw_server(lambda opened: opened.recv(100)) as url,
        Connections() as http_,
        pytest.raises(ReplyLost),
    ):
        send(http_, "PUT", url, body=b"x" * 10)


def test_a_reply_that_is_refused_before_all_was_sent_is_read() -> None:
    """S3 answers and hangs up in the middle of a large body."""

    def refuse(opened: socket.socket) -> None:
        opened.recv(1000)
        opened.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        opened.shutdown(socket.SHUT_WR)
        while opened.recv(1 << 20):
            pass

    with raw_server(refuse) as url, Connections() as http_:
        reply = send(http_, "PUT", url, body=Body(b"x" * 20_000_000))

    assert (reply.status, reply.body) == (403, b"no")


def test_a_silent_server_is_a_lost_reply() -> None:
    done = threading.Event()
    with raw_server(lambda _: done.wait(10)) as url, Connections() as http_:
        with pytest.raises(ReplyLost):
            send(http_, "GET", url, read_timeout=0.2)
        done.set()


def test_a_server_may_take_its_time_with_the_head_of_a_reply_but_not_in_its_midst() -> None:
    done = threading.Event()

    def begin(opened: socket.socket) -> None:
        opened.recv(1000)
        opened.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        done.wait(60)

    with raw_server(begin) as url, Connections() as http_:
        with (
            http_.stream("GET", url, headers={}, read_timeout=3600.0, silence=0.2) as reply,
            pytest.raises(ReplyLost),
        ):
            reply.read(100)
        done.set()


def test_a_truncated_body_is_a_lost_reply() -> None:
    def half(opened: socket.socket) -> None:
        opened.recv(1000)
        opened.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")

    with raw_server(half) as url, Connections() as http_, pytest.raises(ReplyLost):
        send(http_, "GET", url)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-amz-version-id: 3HL4kq",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-amz-version-id: 3HL4kqtJvjVBH40Nrjfkd\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nno header at all\r\nx-amz-version-id: 3\r\n\r\n",
    ],
    ids=["status", "no header", "half a header", "no end", "no header's line"],
)
def test_a_broken_head_is_a_lost_reply_and_its_url_is_not_told_to_the_log(
    head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    def begin(opened: socket.socket) -> None:
        opened.recv(1000)
        opened.sendall(head)

    with raw_server(begin) as url, Connections() as http_, pytest.raises(ReplyLost):
        send(http_, "PUT", f"{url}?X-Amz-Signature=secret")

    assert "secret" not in caplog.text


def test_a_slow_line_may_take_longer_for_a_block_than_a_connection_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "CONNECT_TIMEOUT_SECONDS", 0.2)

    def slowly(opened: socket.socket) -> None:
        threading.Event().wait(0.6)
        with opened.makefile("rb") as request:
            while request.readline().strip():
                pass
            # All of it: what is closed with bytes unread resets the connection.
            assert len(request.read(30_000_000)) == 30_000_000
        opened.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    with raw_server(slowly) as url, Connections() as http_:
        for _ in range(2):
            assert send(http_, "PUT", url, body=Body(b"x" * 30_000_000)).status == 200


def test_a_body_beyond_the_limit_is_cut() -> None:
    with serving(answer=b"x" * 5000) as (url, _), Connections() as http_:
        assert len(send(http_, "GET", url, limit=1000).body) == 1000


def test_shutting_sockets_down_ends_a_request_that_waits() -> None:
    done = threading.Event()
    sockets = OpenSockets()
    waiting = threading.Event()

    def wait(opened: socket.socket) -> None:
        opened.recv(100)
        waiting.set()
        done.wait(10)

    with raw_server(wait) as url, Connections() as http_:

        def stop() -> None:
            waiting.wait(10)
            sockets.shut_down()

        stopper = threading.Thread(target=stop)
        stopper.start()
        started = time.monotonic()
        with http_.watched_by(sockets), pytest.raises(Cancelled):
            send(http_, "GET", url, read_timeout=30.0)
        assert time.monotonic() - started < 5
        with http_.watched_by(sockets), pytest.raises(Cancelled):
            send(http_, "GET", url)
        done.set()
        stopper.join()


def test_a_cancelled_event_ends_a_request_that_waits() -> None:
    done, cancelled = threading.Event(), threading.Event()

    def wait(opened: socket.socket) -> None:
        opened.recv(100)
        cancelled.set()
        done.wait(10)

    with raw_server(wait) as url, Connections() as http_, ended_by(cancelled) as sockets:
        with http_.watched_by(sockets), pytest.raises(Cancelled):
            send(http_, "GET", url, read_timeout=30.0)
        done.set()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    import ipaddress  # noqa: PLC0415 - only here

    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("bucket.example")]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[tuple[str, list[Any]]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as served:
        yield served


def test_an_unknown_certificate_is_refused(tls_server: tuple[str, list[Any]]) -> None:
    with Connections() as http_, pytest.raises(TlsFailed):
        send(http_, "GET", tls_server[0])
    assert tls_server[1] == []


def test_a_named_bundle_is_trusted_and_read_once(
    tls_server: tuple[str, list[Any]], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    load = ssl.SSLContext.load_verify_locations

    def watched(context: ssl.SSLContext, **named: Any) -> None:
        loaded.append(named["cafile"])
        load(context, **named)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", watched)
    url, seen = tls_server
    with Connections(environ={"REQUESTS_CA_BUNDLE": str(certificate)}) as http_:
        threads = [threading.Thread(target=send, args=(http_, "GET", url)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(seen) == 4
    assert loaded == [str(certificate)]


def test_tls_goes_through_a_proxys_tunnel(
    tls_server: tuple[str, list[Any]], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, seen = tls_server
    asked: list[bytes] = []

    def tunnel(opened: socket.socket) -> None:
        asked.append(opened.recv(1000).split(b"\r\n")[0])
        with closing(
            socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2].strip("/"))))
        ) as onward:
            opened.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=_copy, args=(onward, opened), daemon=True)
            back.start()
            _copy(opened, onward)

    with raw_server(tunnel) as proxy, Connections(environ={"REQUESTS_CA_BUNDLE": str(certificate)}) as http_:
        monkeypatch.setenv("https_proxy", proxy)
        replies = [send(http_, "PUT", "https://bucket.example/key", body=b"abc") for _ in range(2)]

    assert [reply.body for reply in replies] == [b"hello", b"hello"]
    assert asked[0].startswith(b"CONNECT bucket.example:443 ")
    assert len(asked) == 1
    assert [body for _, _, body, _ in seen] == [b"abc", b"abc"]


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)


def test_a_bundle_that_is_not_there_is_told(tls_server: tuple[str, list[Any]]) -> None:
    with Connections(environ={"REQUESTS_CA_BUNDLE": "/no/such/bundle.pem"}) as http_:
        with pytest.raises(TlsFailed) as told:
            send(http_, "GET", tls_server[0])
        assert str(told.value.parameters["host"]) in tls_server[0]
        assert "/no/such/bundle.pem" in str(told.value.parameters["reason"])
    assert tls_server[1] == []


def test_what_needs_no_bundle_does_not_look_for_one() -> None:
    nowhere = {"REQUESTS_CA_BUNDLE": "/no/such/bundle.pem"}
    with serving() as (url, seen), Connections(environ=nowhere) as http_:
        assert send(http_, "GET", url).status == 200
    assert len(seen) == 1
