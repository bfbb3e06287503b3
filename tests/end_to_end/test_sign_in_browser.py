"""Signing in with a real browser: the provider's pages, the way back to this computer, and a hostile page beside them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.account.signing_in import SigningIn
from tests.openid.running import FOLDER, NODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.account.signin_settings import SignIn

PROJECT = Path(__file__).parents[2]

HOSTILE = """<!doctype html><title>hostile</title><body><script>
const to = %s;
const attempts = [];
const tried = (name) => (outcome) => { attempts.push([name, outcome]); };
const loaded = (tag, name) => new Promise((resolve) => {
  const made = document.createElement(tag);
  made.onload = () => { tried(name)("loaded"); resolve(); };
  made.onerror = () => { tried(name)("error"); resolve(); };
  made.src = to + "&by=" + name;
  document.body.append(made);
});
const reads = (name, options) => fetch(to + "&by=" + name, options)
  .then((reply) => tried(name)(reply.type), () => tried(name)("refused"));
(async () => {
  await Promise.all(Array.from({ length: 60 }, (_, number) => fetch(to.replace(/state=[^&]+/, "state=" + number), { mode: "no-cors" }).catch(() => {})));
  await Promise.all([
    reads("fetch", {}), reads("silent", { mode: "no-cors" }), reads("post", { method: "POST", mode: "no-cors", body: "x" }),
    loaded("img", "img"), loaded("script", "script"), loaded("iframe", "iframe"),
  ]);
  window.attempts = attempts;
})();
</script></body>"""
"""It knows even the state; all it lacks is a person who goes there."""


@pytest.fixture(scope="module")
def chromium() -> str:
    """The browser, installed if it is missing and may be."""
    installed = subprocess.run(["bash", str(PROJECT / "tools" / "chromium.sh")], check=False)
    found = shutil.which("chromium")
    if found is None or installed.returncode:
        reason = "chromium is not installed (package chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def page_at(text: str) -> Iterator[str]:
    """A page at an address of this computer's own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The tests' output is for the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


def visit(chromium: str, folder: Path, language: str, *addresses: str) -> dict[str, Any]:
    ended = subprocess.run(
        [str(NODE), str(FOLDER / "browser.mjs"), chromium, str(folder), language, *addresses],
        capture_output=True,
        encoding="utf-8",
        timeout=200,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    seen: dict[str, Any] = json.loads(ended.stdout)
    return seen


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "words"), [("ja", "このページを閉じて"), ("en-US", "You can close this page")]
)
def test_a_person_signs_in_with_a_browser_while_a_hostile_page_is_open(
    sign_in: SignIn, chromium: str, tmp_path: Path, language: str, words: str
) -> None:
    with SigningIn(sign_in) as signing_in:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(signing_in.address).query).items()}
        forged = f"{asked['redirect_uri']}?code=forged&state={asked['state']}&iss={sign_in.issuer}"
        with page_at(HOSTILE % json.dumps(forged)) as hostile:
            seen = visit(chromium, tmp_path / "browser", language, signing_in.address, hostile)
        tokens = signing_in.tokens()
    assert tokens.who == "aki@example.com"
    assert words in seen["text"]
    assert seen["language"] == language[:2]
    assert "Chat Log Uploader" in seen["title"]
    assert seen["scripts"] == 0
    assert seen["heading"] == "22px", "the page's own style is let in by its policy"
    attempts = dict(seen["attempts"])
    assert set(attempts) == {"fetch", "silent", "post", "img", "script", "iframe"}
    assert attempts["fetch"] == "refused", "no other page reads what is here"
    assert attempts["img"] == attempts["script"] == "error"
