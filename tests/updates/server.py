"""A releases address on this computer that answers as a test says, over http or https, and remembers what it was asked."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

PATH = "/repos/aki/uploader/releases"


def release(tag: str, **fields: object) -> dict[str, Any]:
    """A release as GitHub's API gives it, shortened."""
    return {
        "url": "https://api.example.com/1",
        "id": 1,
        "tag_name": tag,
        "name": f"Release {tag}",
        "body": "Faster.\n\n* and smaller",
        "html_url": f"https://example.com/aki/uploader/releases/tag/{tag}",
        "draft": False,
        "prerelease": False,
        "published_at": "2026-11-20T08:00:00Z",
        "assets": [{"browser_download_url": "https://example.com/uploader.run"}],
        **fields,
    }


@dataclass
class Answer:
    """What is answered; `drip` sends the body a byte at a time, until the test is over."""

    body: bytes = b"[]"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drip: bool = False


class Releases:
    """The server as a test sees it."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()
        self.origin = ""

    @property
    def address(self) -> str:
        """The address to set."""
        return self.origin + PATH

    def say(self, *told: Mapping[str, object]) -> None:
        """Answer with a list of releases."""
        self.answers[PATH] = Answer(json.dumps(list(told)).encode())

    def answer(self, answer: Answer, path: str = PATH) -> None:
        """Answer so."""
        self.answers[path] = answer


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[Releases]:
    """Serve on the loopback interface; with a certificate over https."""
    releases = Releases()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            releases.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = releases.answers.get(self.path, Answer(status=404))
            with suppress(OSError):
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self._write(answer)

        def _write(self, answer: Answer) -> None:
            if not answer.drip:
                self.wfile.write(answer.body)
                return
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if releases.over.wait(0.05):
                    return

        def log_message(self, *_words: Any) -> None:
            """Quietly."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    releases.origin = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    serve: Callable[[], None] = server.serve_forever
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield releases
    finally:
        releases.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
