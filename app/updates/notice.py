"""Asks a releases address what is new, and remembers what it said. Only who set the address has it asked at all."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import msgspec

from app.account.endpoints import EndpointRefused, normalise_endpoint
from app.errors import Cancelled, ChatLogError, DiskFull, FolderNotWritable, ReleasesUnreadable
from app.storage.paths import write_private_bytes
from app.transfer.open_sockets import ended_by
from app.updates.releases import Release
from app.updates.releases import newer_releases as newer_in
from app.updates.versions import parse_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.remote.transport import HttpReply
    from app.transfer.connections import Connections

EVERY = timedelta(days=1)
"""Between two looks that nobody asked for."""

PATIENCE_SECONDS = 20.0
"""For a look with all its redirects: a server that sends a byte now and then is not waited for longer."""

MAXIMUM_BYTES = 2 * 1024**2
"""Of a reply. GitHub's page of thirty releases, with all their files, is some 300 kB."""

MAXIMUM_REDIRECTS = 3
"""Within the host: a repository that was renamed answers with one."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOUND = 200


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of an address since it was last looked at."""

    address: str
    at: datetime
    """When, UTC; also of a look that failed."""
    failed: bool = False
    releases: tuple[Release, ...] = ()
    """Newer than this program, the newest first; after a failure those of the look before."""


class _Patience:
    """Ends with the time, or with what it was given."""

    def __init__(self, seconds: float, *stopped: threading.Event | None) -> None:
        self._end = time.monotonic() + seconds
        self._stopped = [event for event in stopped if event is not None]

    @property
    def was_stopped(self) -> bool:
        return any(event.is_set() for event in self._stopped)

    def is_set(self) -> bool:
        return self.was_stopped or time.monotonic() >= self._end


class UpdateNotice:
    """Looks at releases addresses. Threads may share it; blocks for as long as a look takes.

    A request says nothing of who asks: no cookies, no credentials, no version, and the same user-agent for everybody.
    """

    def __init__(
        self,
        connections: Callable[[], Connections],
        memory: Path,
        *,
        version: str,
        now: Callable[[], datetime],
        stopped: threading.Event,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """`memory`: a file that may be lost; `now`: the moment, UTC; `patience` in seconds."""
        self._connections = connections
        self._memory = memory
        self._version = version
        self._now = now
        self._stopped = stopped
        self._patience = patience
        self._lock = threading.Lock()

    def known(self, address: str) -> Look | None:
        """What was found out before, without asking; None where that address was never asked.

        What is no news any more, since the program itself is newer now, is left out.
        """
        try:
            look = msgspec.json.decode(self._memory.read_bytes(), type=Look)
        except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
            return None
        if look.address != address:
            return None
        own = parse_version(self._version)
        assert own is not None
        news = tuple(
            release
            for release in look.releases
            if (version := parse_version(release.version)) is not None and version > own
        )
        return replace(look, releases=news)

    def is_due(self, address: str) -> bool:
        """Whether a day has passed since it was asked, successfully or not. A clock that was set back makes it due."""
        look = self.known(address)
        return look is None or not timedelta() <= self._now() - look.at < EVERY

    def look_if_due(self, address: str, *, ended: threading.Event | None = None) -> Look | None:
        """`look`, at most once a day; a failure is told by what is returned. Raises Cancelled."""
        with self._lock:
            if not self.is_due(address):
                return self.known(address)
            try:
                return self._look(address, ended)
            except ReleasesUnreadable:
                return self.known(address)

    def look(self, address: str, *, ended: threading.Event | None = None) -> Look:
        """Ask now, until `ended` is set. Raises ReleasesUnreadable, Cancelled."""
        with self._lock:
            return self._look(address, ended)

    def _look(self, address: str, ended: threading.Event | None) -> Look:
        before = self.known(address)
        try:
            reply = self._get(address, _Patience(self._patience, self._stopped, ended))
            releases = newer_in(reply, self._version, _host(address))
        except ReleasesUnreadable:
            kept = () if before is None else before.releases
            self._remember(Look(address, self._now(), failed=True, releases=kept))
            raise
        look = Look(address, self._now(), releases=releases)
        self._remember(look)
        return look

    def _remember(self, look: Look) -> None:
        try:
            write_private_bytes(self._memory, msgspec.json.encode(look))
        except (DiskFull, FolderNotWritable):
            # Then it is asked again at the next start. What else cannot be written there says so itself.
            return

    def _get(self, address: str, patience: _Patience) -> bytes:
        """The reply's body. Raises ReleasesUnreadable, Cancelled."""
        url = address
        with ended_by(patience) as sockets, self._connections().watched_by(sockets):
            for _ in range(MAXIMUM_REDIRECTS + 1):
                reply = self._send(url, patience)
                if reply.status not in _REDIRECTS:
                    return _body(reply, _host(url))
                url = _redirected(url, reply)
        raise ReleasesUnreadable(host=_host(address), reason="redirected")

    def _send(self, url: str, patience: _Patience) -> HttpReply:
        host = _host(url)
        try:
            return self._connections().send(
                "GET",
                url,
                headers={"accept": "application/json"},
                read_timeout=self._patience,
                limit=MAXIMUM_BYTES + 1,
            )
        except Cancelled as problem:
            if patience.was_stopped:
                raise
            raise ReleasesUnreadable(host=host, reason="too-slow") from problem
        except ChatLogError as problem:
            told = str(problem.parameters.get("reason") or "")
            raise ReleasesUnreadable(host=host, reason="no-connection", detail=told) from problem


def _body(reply: HttpReply, host: str) -> bytes:
    if reply.status != _FOUND:
        raise ReleasesUnreadable(host=host, reason="refused", status=reply.status)
    if len(reply.body) > MAXIMUM_BYTES:
        raise ReleasesUnreadable(host=host, reason="too-long")
    if reply.headers.get("content-encoding", "identity") != "identity":
        raise ReleasesUnreadable(host=host, reason="not-json")
    return reply.body


def _redirected(url: str, reply: HttpReply) -> str:
    """Where a reply leads on to, within the host. Raises ReleasesUnreadable."""
    try:
        target = urljoin(url, reply.headers.get("location", ""))
        query = urlsplit(target).query
        plain = normalise_endpoint(target.partition("?")[0])
    except (EndpointRefused, ValueError) as problem:
        raise ReleasesUnreadable(host=_host(url), reason="redirected") from problem
    if urlsplit(plain)[:2] != urlsplit(url)[:2]:
        raise ReleasesUnreadable(host=_host(url), reason="redirected", detail=_host(plain))
    if not all("!" <= character <= "~" for character in query):
        raise ReleasesUnreadable(host=_host(url), reason="redirected")
    return f"{plain}?{query}" if query else plain


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
