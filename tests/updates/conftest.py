"""A releases address on this computer, and who asks it."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from app.transfer.connections import Connections
from app.updates.notice import UpdateNotice
from tests.updates.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.updates.server import Releases

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a developer's own shell says of the network does not count."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "NETRC"):
        for spelling in (name, name.lower()):
            monkeypatch.delenv(spelling, raising=False)


@pytest.fixture
def releases() -> Iterator[Releases]:
    """A server over http."""
    with serving() as server:
        yield server


@dataclass
class Asking:
    """A program of version 1.2.0, at a moment that a test sets."""

    memory: Path
    connections: Connections
    now: dt.datetime = NOON
    patience: float = 20.0
    version: str = "1.2.0"

    def __post_init__(self) -> None:
        self.stopped = threading.Event()

    @property
    def notice(self) -> UpdateNotice:
        """As a new run has it."""
        return UpdateNotice(
            lambda: self.connections,
            self.memory,
            version=self.version,
            now=lambda: self.now,
            stopped=self.stopped,
            patience=self.patience,
        )


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    with Connections() as connections:
        yield Asking(tmp_path / "cache" / "releases.json", connections)
