"""Watches a thread for what would make a window stand still: files, SQLite, the keyring, sockets.

Python's audit events tell of opened files, sockets and processes; `os.stat` and statements on a database are not among
them and are wrapped. What an import reads is not counted, but importing something slow is.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.account.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

WATCHED = (
    "open",
    "os.listdir",
    "os.scandir",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "os.chmod",
    "shutil.",
    "socket.",
    "sqlite3.",
    "subprocess.",
    "glob.",
    "tempfile.",
    "urllib.",
)
SLOW_IMPORTS = frozenset(
    {"boto3", "botocore", "keyring", "requests", "ministack", "awscrt", "watchdog", "markdown_it"}
)
STATS = ("stat", "lstat", "access", "readlink")
STATEMENTS = ("execute", "executemany", "executescript", "commit", "rollback")
KEYRING = ("get", "set", "delete", "forget", "check")

# PySide looks at the source of what is imported, for its own features.
OF_AN_IMPORT = ("<frozen importlib", "shibokensupport")

# A test's own doings on the same thread: fixtures, pytest's capture, the debugger.
NOT_THE_APP = (
    f"{os.sep}_pytest{os.sep}",
    f"{os.sep}pluggy{os.sep}",
    f"{os.sep}pytestqt{os.sep}",
    f"{os.sep}tests{os.sep}",
)


class Guard:
    """Collects breaches of one thread while it is on. An audit hook cannot be removed, so one guard serves a process."""

    def __init__(self) -> None:
        self.breaches: list[str] = []
        self._thread: int | None = None
        self._inside = False

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """For sys.addaudithook."""
        if self._thread != threading.get_ident():
            return
        if event == "import" and str(arguments[0]).partition(".")[0] in SLOW_IMPORTS:
            self._note(f"import {arguments[0]}", allow_imports=False)
        elif event.startswith(WATCHED):
            self._note(f"{event} {arguments[:1]!r}", allow_imports=True)

    def note(self, what: str) -> None:
        """For wrappers of what no audit event tells."""
        if self._thread == threading.get_ident():
            self._note(what, allow_imports=True)

    def _note(self, what: str, *, allow_imports: bool) -> None:
        if self._inside:  # describing a breach reads source files
            return
        self._inside = True
        try:
            frames = list(traceback.walk_stack(sys._getframe(2)))
            names = [frame.f_code.co_filename for frame, _ in frames]
            names = [name for name in names if name != __file__]
            if allow_imports and any(name.startswith(OF_AN_IMPORT) for name in names):
                return
            app = f"{os.sep}app{os.sep}"
            innermost = next(
                (name for name in names if app in name or any(own in name for own in NOT_THE_APP)), ""
            )
            if app not in innermost or any(own in innermost for own in NOT_THE_APP):
                return
            place = "".join(traceback.format_list(traceback.extract_stack(sys._getframe(2))[-8:]))
            self.breaches.append(f"{what}\n{place}")
        finally:
            self._inside = False

    @contextmanager
    def on(self) -> Iterator[list[str]]:
        """Watch the calling thread; the list fills while the block runs."""
        self.breaches = []
        self._thread = threading.get_ident()
        try:
            yield self.breaches
        finally:
            self._thread = None


def install(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrap what has no audit event, until the test ends."""
    for name in STATS:
        monkeypatch.setattr(os, name, _noting(guard, f"os.{name}", getattr(os, name)))
    for name in KEYRING:
        monkeypatch.setattr(Vault, name, _noting(guard, f"keyring {name}", getattr(Vault, name)))

    def statement(name: str) -> Callable[..., Any]:
        plain = getattr(sqlite3.Connection, name)

        def noting(self: sqlite3.Connection, *words: Any, **named: Any) -> Any:
            guard.note(f"sqlite3 {name}")
            return plain(self, *words, **named)

        return noting

    watched = type("Watched", (sqlite3.Connection,), {name: statement(name) for name in STATEMENTS})
    plain_connect = sqlite3.connect

    def connect(*words: Any, **named: Any) -> sqlite3.Connection:
        named.setdefault("factory", watched)
        connection: sqlite3.Connection = plain_connect(*words, **named)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)


def _noting(guard: Guard, what: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    def noting(*words: Any, **named: Any) -> Any:
        guard.note(what)
        return plain(*words, **named)

    return noting
