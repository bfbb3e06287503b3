"""What systems have in ways of their own, for tests; what a system has not at all skips the test that asks for it."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform == "win32":
    PRIVATE_FILE, PRIVATE_FOLDER = 0o666, 0o777
    """Modes of what is its owner's alone. Windows' say nothing of that."""
    KILLED = 1
    """What a killed process ends with: Windows has no signals to tell of."""

    def make_pipe(_path: Path) -> None:
        """A named pipe in a folder."""
        pytest.skip("Windows has no named pipes in folders")

    def listening_at(_path: Path | str) -> AbstractContextManager[None]:
        """A socket in a folder, for as long as the block runs."""
        pytest.skip("Python knows no sockets in folders on Windows")

    def set_time_zone(_monkeypatch: pytest.MonkeyPatch, _zone: str) -> None:
        """Live somewhere else; `renew_time_zone` after the test."""
        pytest.skip("a process cannot choose its time zone on Windows")

    def renew_time_zone() -> None:
        """Live where the environment says."""

    def user_id() -> int:
        """This user's number."""
        pytest.skip("users have no numbers on Windows")

    def kill_group(leader: int) -> None:
        """End a process and all that it started, at once."""
        started = psutil.Process(leader)
        for process in (*started.children(recursive=True), started):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def signal_group(_leader: int, _number: int) -> None:
        """Tell a process and all that it started."""
        pytest.skip("signals for groups are POSIX's")

    def terminal() -> tuple[int, int]:
        """Both ends of a pseudo-terminal: the person's, the program's."""
        pytest.skip("Python knows no pseudo-terminals on Windows")

    def niceness() -> int:
        """That of this thread."""
        pytest.skip("threads have no niceness on Windows")

    def permissions_hold() -> bool:
        """Whether files can be withheld from this user by their modes."""
        return False

else:
    PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
    """Modes of what is its owner's alone."""
    KILLED = -signal.SIGKILL
    """What a killed process ends with."""

    def make_pipe(path: Path) -> None:
        """A named pipe in a folder."""
        os.mkfifo(path)

    @contextmanager
    def listening_at(path: Path | str) -> Iterator[None]:
        """A socket in a folder, for as long as the block runs."""
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
            yield

    def set_time_zone(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
        """Live somewhere else; `renew_time_zone` after the test."""
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    def renew_time_zone() -> None:
        """Live where the environment says."""
        time.tzset()

    def user_id() -> int:
        """This user's number."""
        return os.getuid()

    def kill_group(leader: int) -> None:
        """End a process and all that it started, at once."""
        with suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)

    def signal_group(leader: int, number: int) -> None:
        """Tell a process and all that it started."""
        os.killpg(leader, number)

    def terminal() -> tuple[int, int]:
        """Both ends of a pseudo-terminal: the person's, the program's."""
        try:
            return os.openpty()
        except OSError as problem:  # a chroot without /dev/pts
            pytest.skip(f"no pseudo-terminals here: {problem}")

    def niceness() -> int:
        """That of this thread."""
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def permissions_hold() -> bool:
        """Whether files can be withheld from this user by their modes."""
        return os.geteuid() != 0
