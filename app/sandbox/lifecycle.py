"""One sandbox per home: started by whoever needs it first, found again by everybody else.

Two locks and two files stand in the sandbox's folder. `serve.lock` is held by the sandbox's process as long as it
lives (the system frees it on a kill), `start.lock` by whoever is starting or stopping one. `identity.json` is kept,
`running.json` says where the process is; both are believed only after the process at that port has proved, by a
challenge, that it knows the token. So neither a reused process id nor a stranger on the port is taken for the sandbox,
and the token is never said to one.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from app.account.profiles import Storage
from app.errors import SandboxFailed
from app.frozen import command_program
from app.sandbox.layout import (
    CHALLENGE_PATH,
    IDENTITY_NAME,
    LOG_NAME,
    OUTPUT_NAME,
    RUNNING_NAME,
    SERVE_LOCK,
    START_LOCK,
    STOP_PATH,
    proof,
)
from app.storage.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

HOST = "127.0.0.1"
IDLE_VARIABLE = "CHATLOG_SANDBOX_IDLE"
DEFAULT_IDLE_SECONDS = 300.0
START_TIMEOUT = 60.0  # seconds; a cold disk and a virus scanner can make imports slow
STOP_TIMEOUT = 20.0  # seconds before a process that does not stop is killed
PROBE_TIMEOUT = 5.0  # seconds for one small request
_POLL = 0.02  # seconds between two looks at a starting or stopping process

_KEPT_AT_RESET = {SERVE_LOCK, START_LOCK}


@dataclass(frozen=True, slots=True)
class SandboxInfo:
    """Where a running sandbox is, and what opens it."""

    endpoint: str
    """The presign endpoint, "http://127.0.0.1:PORT/"."""
    token: str = field(repr=False)
    bucket: str
    region: str
    owner: str
    s3_endpoint: str
    data_folder: Path
    pid: int


def idle_seconds(environ: Mapping[str, str]) -> float:
    """How long a sandbox lives without requests: CHATLOG_SANDBOX_IDLE, in seconds, or 300."""
    try:
        wanted = float(environ.get(IDLE_VARIABLE, ""))
    except ValueError:
        return DEFAULT_IDLE_SECONDS
    return wanted if 0 < wanted < float("inf") else DEFAULT_IDLE_SECONDS


def serve_command(home: Path | None) -> tuple[str, ...]:
    """How this program is called to be the sandbox of a home (None: of the platform's own folders).

    A packaged program is its own interpreter.
    """
    frozen = bool(getattr(sys, "frozen", False))
    program = (command_program(sys.executable),) if frozen else (sys.executable, "-m", "app")
    # The process starts in another folder; links in the user's own path stay as given.
    where = () if home is None else ("--home", os.path.abspath(home))  # noqa: PTH100 - links stay as given
    return (*program, "sandbox", "serve", *where)


class Sandbox:
    """The sandbox whose files are in `folder`.

    `environ` is handed to its process, without the user's AWS set-up and proxies. `command` starts that process: it
    must come to `server.serve(folder, idle_seconds)`; by default it is this program's own `sandbox serve`.
    """

    def __init__(
        self, folder: Path, environ: Mapping[str, str], command: Sequence[str] | None = None
    ) -> None:
        self._folder = folder
        self._environ = _child_environment(environ)
        self._command = tuple(command) if command is not None else serve_command(folder.parent)

    def ensure_running(self) -> SandboxInfo:
        """The running sandbox, started if need be. Counts as use of it. Raises SandboxFailed, FolderNotWritable."""
        if (info := self.peek()) is not None:
            return info
        private_folder(self._folder)
        with self._start_lock():
            return self.peek() or self._start()

    def peek(self) -> SandboxInfo | None:
        """The running sandbox, or None; starts nothing."""
        info = self._announced()
        while info is not None and _proves_itself(info):
            # After a kill the next process takes the same ports and knows the same token: what was read before it came
            # names the dead one. It removes that before it listens.
            before, info = info, self._announced()
            if info == before:
                return info
        return None

    def _announced(self) -> SandboxInfo | None:
        """What is written of a process; it may have ended."""
        try:
            running = json.loads((self._folder / RUNNING_NAME).read_text(encoding="utf-8"))
            identity = json.loads((self._folder / IDENTITY_NAME).read_text(encoding="utf-8"))
            return SandboxInfo(
                endpoint=f"http://127.0.0.1:{int(running['presignPort'])}/",
                token=str(identity["token"]),
                bucket=str(identity["bucket"]),
                region=str(identity["region"]),
                owner=str(identity["owner"]),
                s3_endpoint=f"http://127.0.0.1:{int(running['s3Port'])}",
                data_folder=self._folder,
                pid=int(running["pid"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def known_storage(self) -> Storage | None:
        """What is stored where, whether the sandbox runs or not; None before its first start."""
        try:
            identity = json.loads((self._folder / IDENTITY_NAME).read_text(encoding="utf-8"))
            return Storage(
                bucket=str(identity["bucket"]),
                region=str(identity["region"]),
                owner=str(identity["owner"]),
                s3_host=HOST,
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def stop(self) -> None:
        """End the sandbox's process, if there is one; what it holds stays. Raises SandboxFailed."""
        if not self._folder.is_dir():
            return
        with self._start_lock():
            self._stop()

    def reset(self) -> None:
        """Stop, erase everything; the next start makes another bucket, token and keys. Raises SandboxFailed."""
        if not self._folder.is_dir():
            return
        with self._start_lock():
            self._stop()
            # The identity goes first: after a kill in here a new bucket over old leftovers is better than the old
            # bucket with half of its objects, for which receipts would still speak.
            for path in sorted(self._folder.iterdir(), key=lambda path: path.name != IDENTITY_NAME):
                if path.name not in _KEPT_AT_RESET:
                    _erase(path)

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        lock = FileLock(self._folder / START_LOCK, mode=0o600)
        try:
            lock.acquire(timeout=START_TIMEOUT + STOP_TIMEOUT, poll_interval=_POLL)
        except Timeout as problem:
            raise self._failed("another process has been starting or stopping it for too long") from problem
        try:
            yield
        finally:
            lock.release()

    def _start(self) -> SandboxInfo:
        self._expect_sound_identity()
        with self._output().open("wb") as output:
            child = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,  # not the caller's: `-m` would import from there
                env=self._environ,
                **_detached(),
            )
        # It lives on as long as it is used; when it ends before this process, somebody must take its exit code.
        threading.Thread(target=child.wait, name="sandbox-child", daemon=True).start()
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if (info := self.peek()) is not None:
                return info
            if (code := child.poll()) is not None:
                raise self._failed(f"its process ended with {code}")
            time.sleep(_POLL)
        child.kill()
        child.wait()
        raise self._failed(f"it was not ready within {START_TIMEOUT:.0f} s")

    def _expect_sound_identity(self) -> None:
        """Say what is wrong in words of its own: the process that finds out can only end. Raises SandboxFailed."""
        path = self._folder / IDENTITY_NAME
        try:
            identity = json.loads(path.read_text(encoding="utf-8"))
            sound = all(isinstance(identity[name], str) for name in ("bucket", "region", "owner", "token"))
        except OSError:
            return  # none yet; or unreadable, which the process tells with the system's own words
        except (ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            raise SandboxFailed(reason="identity-damaged", log=str(path))

    def _stop(self) -> None:
        info = self.peek()
        if info is not None:
            with suppress(OSError, http.client.HTTPException):
                _request(info.endpoint, "POST", STOP_PATH, {"authorization": f"Bearer {info.token}"})
        if self._ended(STOP_TIMEOUT if info is not None else 0):
            return
        # The process holds its lock but does not answer. While the lock is held, running.json is that process's.
        pid = info.pid if info is not None else self._written_pid()
        if pid is not None:
            # Windows tells of one that is gone in other words than POSIX; whether it ended, its lock says.
            with suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        if not self._ended(STOP_TIMEOUT):
            raise self._failed("its process cannot be stopped")

    def _ended(self, seconds: float) -> bool:
        """Whether no process serves the folder, waiting for that up to `seconds`."""
        lock = FileLock(self._folder / SERVE_LOCK, mode=0o600)
        try:
            lock.acquire(timeout=seconds, poll_interval=_POLL)
        except Timeout:
            return False
        lock.release()
        return True

    def _written_pid(self) -> int | None:
        try:
            return int(json.loads((self._folder / RUNNING_NAME).read_text(encoding="utf-8"))["pid"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _output(self) -> Path:
        path = self._folder / OUTPUT_NAME
        path.touch(mode=0o600, exist_ok=True)
        return path

    def _failed(self, reason: str) -> SandboxFailed:
        tail = ""
        with suppress(OSError):
            tail = self._output().read_text(encoding="utf-8", errors="replace").strip()[-500:]
        log = self._folder / (OUTPUT_NAME if tail else LOG_NAME)
        return SandboxFailed(reason=f"{reason}: {tail}" if tail else reason, log=str(log))


def _proves_itself(info: SandboxInfo) -> bool:
    """Whether the process at the endpoint knows the token; the token itself is not sent."""
    challenge = secrets.token_hex(16)
    try:
        status, body = _request(info.endpoint, "GET", f"{CHALLENGE_PATH}?challenge={challenge}", {})
        answer = json.loads(body)["proof"] if status == http.client.OK else ""
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return False
    return isinstance(answer, str) and secrets.compare_digest(
        answer.encode("utf-8"), proof(info.token, challenge).encode("ascii")
    )


def _request(endpoint: str, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    host = endpoint.removeprefix("http://").rstrip("/")
    with closing(http.client.HTTPConnection(host, timeout=PROBE_TIMEOUT)) as connection:
        connection.request(method, path, headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.read(64 * 1024)


def _erase(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _detached() -> dict[str, Any]:
    """Popen's words for a process that outlives this one and has no part in its terminal."""
    if sys.platform == "win32":
        # A console of its own that nobody sees, and not none (DETACHED_PROCESS): a virtual environment's python.exe
        # starts the real one, which would open a window for want of a console.
        words: dict[str, Any] = {
            "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        }
    else:
        words = {"start_new_session": True}
    return words


def _child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Without the user's AWS set-up, proxies and authorities: the sandbox speaks to nobody but this computer."""
    return {
        name: value
        for name, value in environ.items()
        if not name.upper().startswith("AWS_") and not name.upper().endswith(("_PROXY", "_CA_BUNDLE"))
    }
