"""Searches the logs of a whole run for what no log may tell: URLs that open something, tokens, keys, titles, contents.

Searched are every record that any logger of a test process was given, and at the end every log file that the program left
in the tests' folders (the window's, the sandbox's and, in it, the presign function's), with those of all homes and processes. What the
tests make up as sessions has the word MARKER in its texts and its titles. A run in which something is found fails, whatever its tests say.
"""

from __future__ import annotations

import json
import logging
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.generate import MARKER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LOG_FILES = ("sandbox.log", "sandbox-output.log", "window.log")
"""The program's own log files; those that were set aside have a number behind the name."""

TELLING = {
    "a presigned URL": re.compile(r"X-Amz-(?:Signature|Credential|Security-Token)=[\w%]", re.IGNORECASE),
    "a token": re.compile(r"Bearer\s+[\w.~+/-]{8,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*", re.IGNORECASE),
    "a title or content": re.compile(MARKER, re.IGNORECASE),
}
SHOWN = 160
"""Characters around what was found."""


def told(text: str, secrets: Iterable[str] = ()) -> Iterator[str]:
    """What a text tells that it must not, each with the words around it."""
    for what, pattern in TELLING.items():
        for found in pattern.finditer(text):
            around = text[max(0, found.start() - SHOWN) : found.end() + SHOWN]
            yield f"{what}: …{around}…"
    for secret in secrets:
        if secret in text:
            yield "a key or token of a sandbox"


def told_by_files(folder: Path) -> Iterator[str]:
    """What the log files below a folder tell."""
    for name in LOG_FILES:
        for file in sorted(folder.rglob(f"{name}*")):
            try:
                text = file.read_text(encoding="utf-8", errors="replace")
            except (FileNotFoundError, IsADirectoryError):
                continue  # a sandbox that is only ending now sets its log aside
            for one in told(text, secrets_of(file.with_name("identity.json"))):
                yield f"{file}: {one}"


def secrets_of(identity: Path) -> list[str]:
    """What opens the sandbox that has this identity."""
    try:
        known = json.loads(identity.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [known[name] for name in ("token", "secret_key") if known.get(name)]


class _Listener(logging.Handler):
    """Hears every record that some logger is told."""

    def __init__(self) -> None:
        super().__init__()
        self.test = "before the first test"
        self.is_deaf = False
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Search it as it would be written, its trace too."""
        if self.is_deaf:
            return
        for one in told(self.format(record)):
            self.found.append(f"{self.test}: {record.name}: {one}")


class Silence:
    """The plugin: one for each process of a run. `found` ends up with the process that the run was started in."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._listener = _Listener()
        self.found: list[str] = []
        logging.getLogger().addHandler(self._listener)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Whatever is heard from now on is this test's."""
        self._listener.test = nodeid

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Inside the `with` records are not searched, for a test that tells a logger what its file must not get."""
        self._listener.is_deaf = True
        try:
            yield
        finally:
            self._listener.is_deaf = False

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look at the files, and hand on or tell what was found."""
        logging.getLogger().removeHandler(self._listener)
        self.found += self._listener.found
        factory = getattr(self._config, "_tmp_path_factory", None)
        if factory is not None and factory._basetemp is not None:
            self.found += told_by_files(factory._basetemp)
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output["silence"] = self.found
        elif self.found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A process of a run in several has ended."""
        self.found += getattr(node, "workeroutput", {}).get("silence", [])

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was found, and so why the run failed."""
        if self.found:
            terminalreporter.section("Told in a log", sep="=", red=True)
            for one in self.found:
                terminalreporter.write_line(one)
