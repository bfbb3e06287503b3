"""Fixtures that several parts' tests share: the sandbox as a real process with real sockets."""

from __future__ import annotations

import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from tests.silence import Silence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.account.signin_settings import SignIn
    from app.sandbox.lifecycle import Sandbox, SandboxInfo
    from tests.openid.running import RunningProvider


SILENCE = "silence"


def pytest_configure(config: pytest.Config) -> None:
    """A run started in the background of a shell ignores SIGINT, and so would every program that it starts.

    And the logs of the whole run are searched for what no log may tell.
    """
    config.pluginmanager.register(Silence(config), SILENCE)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def told_secrets(pytestconfig: pytest.Config) -> Iterator[None]:
    """For a test that tells a logger a secret, to see what becomes of it: the log files are searched all the same."""
    silence = pytestconfig.pluginmanager.get_plugin(SILENCE)
    assert isinstance(silence, Silence)
    with silence.deaf():
        yield


def _sandbox_at(folder: Path, idle_seconds: int = 120) -> Sandbox:
    from app.sandbox.lifecycle import Sandbox  # noqa: PLC0415 - most tests need no sandbox

    # One that a broken test left behind ends by itself.
    environ = {**os.environ, "CHATLOG_SANDBOX_IDLE": str(idle_seconds)}
    return Sandbox(folder, environ, [sys.executable, "-m", "app.sandbox", str(folder)])


@pytest.fixture
def make_sandbox() -> Iterator[Callable[[Path], Sandbox]]:
    """A maker of sandboxes in given folders, not started yet; all are stopped after the test."""
    made: list[Sandbox] = []

    def make(folder: Path) -> Sandbox:
        made.append(_sandbox_at(folder))
        return made[-1]

    yield make
    for sandbox in made:
        sandbox.stop()


@pytest.fixture
def sandbox(tmp_path: Path, make_sandbox: Callable[[Path], Sandbox]) -> SandboxInfo:
    """A running sandbox of the test's own (0.4 s)."""
    return make_sandbox(tmp_path / "home" / "sandbox").ensure_running()


@pytest.fixture(scope="session")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxInfo]:
    """A running sandbox that all tests of a run share: choose names nobody else does, stop nothing."""
    # Between two tests that use it, others may run for minutes.
    shared = _sandbox_at(tmp_path_factory.mktemp("shared-sandbox"), idle_seconds=3600)
    yield shared.ensure_running()
    shared.stop()


@pytest.fixture(scope="session")
def openid_provider() -> Iterator[RunningProvider]:
    """A real OpenID provider on this computer (0.5 s; the first time it is installed, some seconds more)."""
    from tests.openid.running import RunningProvider, install  # noqa: PLC0415 - most tests need none

    install()
    # A native program may come back to any port of the loopback address (RFC 8252, 7.3).
    provider = RunningProvider((53682,))
    yield provider
    provider.close()


@pytest.fixture
def sign_in(openid_provider: RunningProvider) -> SignIn:
    """How one signs in at the provider, with two ports of the test's own to come back to."""
    from dataclasses import replace  # noqa: PLC0415 - as above

    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("127.0.0.1", 0))
        ports = (first.getsockname()[1], second.getsockname()[1])
    return replace(openid_provider.sign_in, redirect_ports=ports)
