"""A home of one's own, used as a person uses it: by commands in processes of their own."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
import requests

from app.account.settings import SettingsStore
from app.bootstrap import Services
from app.storage.paths import Paths, resolve_paths
from benchmarks.generate import MARKER, generate
from tests.system import permissions_hold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

T = TypeVar("T")
Answer = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""

PROGRAM = (sys.executable, "-m", "app")
COMMAND_SECONDS = 120.0
PATIENCE_SECONDS = 60.0
UNFINISHED = ("queued", "prepared", "sending")
# What a developer's own shell may say, and what the tests set themselves.
# Python without buffers (containers set that) drops what a broken pipe did not take, and does not say so.
FOREIGN = ("AWS_", "CLAUDE", "CHATLOG_", "CODEX_", "LAMBDA_", "XDG_", "DBUS_", "LC_", "PYTHONUNBUFFERED")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines; anything else there is a failure."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def line(self) -> dict[str, Any]:
        """The one JSON line of standard output."""
        (line,) = self.lines
        return line


class Home:
    """A user with a folder of Claude Code sessions and a home of this program, both below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "home"
        self.claude = folder / "claude"
        self.user = folder / "user"
        self.projects = self.claude / "projects"
        self.program: Sequence[str] = PROGRAM
        """What is run: from source, or a frozen program's path."""
        for made in (self.user, self.projects):
            made.mkdir(parents=True, exist_ok=True)
        self._started: list[subprocess.Popen[str]] = []
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(FOREIGN) and not name.upper().endswith("_PROXY")
        }
        self.environ |= {
            "HOME": str(self.user),
            "USERPROFILE": str(self.user),
            # What is printed is read as UTF-8 here; a pipe on Windows would carry another code page.
            "PYTHONIOENCODING": "utf-8",
            "CLAUDE_CONFIG_DIR": str(self.claude),
            "CHATLOG_HOME": str(self.path),
            "CHATLOG_LANG": "en",
            # One that a broken test left behind ends by itself.
            "CHATLOG_SANDBOX_IDLE": "120",
        }

    @property
    def paths(self) -> Paths:
        """Where the program's own files are."""
        return resolve_paths(self.path)

    # ---- sessions ---------------------------------------------------------------------------------------

    def write_session(
        self, name: str = "one", *, title: str = "", project: str = "-home-user-work", size: int = 0
    ) -> Path:
        """A session of a question (its title) and an answer, with incompressible text up to about `size` bytes."""
        folder = self.projects / project
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.jsonl"
        path.write_bytes(b"")
        for number, text in enumerate((title or f"Question {name}, {MARKER}", f"Answer to {name}, {MARKER}")):
            self.append_line(path, text, number)
        number = 2
        while path.stat().st_size < size:
            self.append_line(path, _noise(f"{name}/{number}", min(100_000, size)), number)
            number += 1
        return path

    @staticmethod
    def append_line(path: Path, text: str, number: int = 0) -> None:
        """One more line of a Claude Code log: questions (even numbers) and answers take turns."""
        _append_line(path, text, number)

    # ---- commands ---------------------------------------------------------------------------------------

    def run(
        self,
        *words: str,
        code: int | None = 0,
        stdin: str | None = None,
        environ: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
        program: Sequence[str] | None = None,
    ) -> Ran:
        """Run a command to its end, with the exit code that is expected (None: any), and never with a trace.

        `before` is another program and its arguments that is to start this one; `program`: another than the home's.
        """
        ended = subprocess.run(
            [*before, *(program or self.program), *words],
            cwd=self.user,
            env={**self.environ, **(environ or {})},
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            encoding="utf-8",
            timeout=COMMAND_SECONDS,
            check=False,
        )
        said = f"{' '.join(words)} ended with {ended.returncode}:\n{ended.stdout[-2000:]}\n{ended.stderr}"
        assert "Traceback" not in ended.stderr, said
        assert code is None or ended.returncode == code, said
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    def start(
        self, *words: str, own_group: bool = False, before: Sequence[str] = (), pipe_size: int = -1
    ) -> subprocess.Popen[str]:
        """Start a command and do not wait; it is killed after the test if it still runs then.

        With `own_group` it leads a process group, as one that was typed at a terminal does. `before` as for `run`.
        `pipe_size`: how much it may say before somebody listens, in bytes; -1: as much as the system has it.
        """
        process = subprocess.Popen(
            [*before, *self.program, *words],
            cwd=self.user,
            env=self.environ,
            process_group=0 if own_group else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            pipesize=pipe_size,
        )
        self._started.append(process)
        return process

    def settle_first_run(self) -> None:
        """As if the window had been opened before."""
        SettingsStore(self.paths.settings).change(first_run_done=True)

    def sandbox_pid(self) -> int | None:
        """The process that was last announced as this home's sandbox."""
        try:
            running = json.loads((self.paths.sandbox / "running.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return int(running["pid"])

    def stop(self) -> None:
        """End what was started here, the sandbox too."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        if self.paths.sandbox.is_dir():
            self.run("sandbox", "stop", code=None)

    @staticmethod
    def wait_until(condition: Callable[[], T], *, seconds: float = PATIENCE_SECONDS) -> T:
        """What the condition gives once it is true of anything."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.005)
        return value

    # ---- what is so afterwards --------------------------------------------------------------------------

    def files(self) -> list[Path]:
        """Every file of every session."""
        return sorted(path for path in self.projects.rglob("*") if path.is_file())

    def transfers(self) -> list[dict[str, Any]]:
        """The rows of state.db's transfers."""
        return self._rows(self.paths.state, "SELECT * FROM transfers")

    def history(self) -> list[dict[str, Any]]:
        """What the archive holds."""
        return self.run("history", "--json").lines

    def prove_archived(self, folder: Path, *, grown: Collection[Path] = ()) -> None:
        """Every session is archived and comes back (into `folder`) byte for byte; nothing was stored twice.

        A file has one version; those in `grown` may have several, each of other bytes than the others.
        """
        listed = self.run("list", "--json").lines
        assert {session["state"] for session in listed} == {"archived"}
        wanted = {
            (session["sessionId"], file["relativePath"]): (Path(file["path"]), session["title"])
            for session in listed
            for file in session["files"]
        }
        assert sorted(path for path, _ in wanted.values()) == self.files()
        again = self.run("upload", "--all", "--json").lines
        assert [line["state"] for line in again] == ["unchanged"] * len(listed)
        objects: dict[str, Path] = {}
        versions: dict[str, list[str]] = {}
        for entry in self.run("history", "--versions", "--json").lines:
            path, title = wanted[entry["sessionId"], entry["relativePath"]]
            assert entry["title"] == title
            assert objects.setdefault(entry["s3Key"], path) == path
            versions.setdefault(entry["s3Key"], []).append(entry["versionId"])
        assert sorted(objects.values()) == self.files()
        for s3_key, path in objects.items():
            assert len(versions[s3_key]) == 1 or path in grown, f"stored twice: {path}"
        self._prove_contents(objects, versions, folder)
        self.prove_tidy()

    def prove_tidy(self) -> None:
        """Both databases are whole, no transfer is under way, and the spool is empty."""
        for database in (self.paths.state, self.paths.index):
            assert self._rows(database, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert [row for row in self.transfers() if row["state"] in UNFINISHED or row["lease_owner"]] == []
        assert list(self.paths.spool.iterdir()) == []

    def _prove_contents(
        self, objects: Mapping[str, Path], versions: Mapping[str, Sequence[str]], folder: Path
    ) -> None:
        """By the services behind `download`: a process for each object would take minutes."""
        services = Services(self.paths, self.environ, home=self.path)
        try:
            for number, (s3_key, path) in enumerate(objects.items()):
                brought = services.bring_back.download(s3_key, folder / str(number))
                assert brought.verified
                assert brought.path.name == path.name
                assert brought.path.read_bytes() == path.read_bytes()
                if len(versions[s3_key]) > 1:
                    self._prove_growth(
                        services, s3_key, path, versions[s3_key], folder / f"{number}-versions"
                    )
        finally:
            services.close()

    @staticmethod
    def _prove_growth(
        services: Services, s3_key: str, path: Path, versions: Sequence[str], folder: Path
    ) -> None:
        """Each version is another beginning of the file."""
        sizes = []
        for version in versions:
            brought = services.bring_back.download(s3_key, folder / version, version_id=version)
            assert path.read_bytes().startswith(brought.path.read_bytes())
            sizes.append(brought.size)
        assert len(set(sizes)) == len(sizes), f"the same bytes twice: {path}"

    @staticmethod
    def _rows(database: Path, sql: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]


def _append_line(path: Path, text: str, number: int) -> None:
    role = ("user", "assistant")[number % 2]
    message: dict[str, Any] = {"role": role, "content": text}
    if role == "assistant":
        message = {
            "id": f"msg_{number}",
            "role": role,
            "model": "claude-test",
            "content": [{"type": "text", "text": text}],
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
    line = {
        "type": role,
        "message": message,
        "cwd": "/home/user/work",
        "sessionId": path.stem,
        "uuid": f"{path.stem}-{number}",
        "timestamp": f"2026-11-0{1 + number % 9}T10:00:00.000Z",
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _noise(seed: str, size: int) -> str:
    """Text of `size` characters that hardly packs; the same for the same seed."""
    return random.Random(seed).randbytes(size // 2 + 1).hex()[:size]  # noqa: S311 - not a secret


class Gate:
    """An endpoint of one's own in front of a sandbox's: sees every request, and may answer in its place.

    It does not look at how a request is signed; it signs with the sandbox's token.
    """

    def __init__(self, sandbox: Mapping[str, Any]) -> None:
        self.requests: list[dict[str, Any]] = []
        """What passed: `action` and `headers` (names in lower case)."""
        self.answer: Callable[[str], Answer | None] = lambda _: None
        """Called before a request is passed on; an answer is given in place of the sandbox's. May block."""
        self.change: Callable[[dict[str, Any]], object] = lambda _: None
        """May change the sandbox's replies in place."""
        self._sandbox = sandbox
        self._others: dict[str, Mapping[str, Any]] = {}
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                action = json.loads(body)["action"]
                headers = {name.lower(): value for name, value in self.headers.items()}
                gate.requests.append({"action": action, "headers": headers, "body": body})
                status, sent, content = gate.answer(action) or gate._pass_on(action, body)
                self.send_response(status)
                for name, value in {**sent, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """The tests' output is for the tests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def pass_to(self, other: Gate, *actions: str) -> None:
        """From now on these actions go to the sandbox behind another gate."""
        self._others |= dict.fromkeys(actions, other._sandbox)

    def close(self) -> None:
        """Nobody listens any more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _pass_on(self, action: str, body: bytes) -> Answer:
        sandbox = self._others.get(action, self._sandbox)
        headers = {"content-type": "application/json", "authorization": f"Bearer {sandbox['token']}"}
        reply = requests.post(sandbox["endpoint"], data=body, headers=headers, timeout=30)
        fields = reply.json()
        self.change(fields)
        return reply.status_code, {"content-type": reply.headers["content-type"]}, json.dumps(fields).encode()


@pytest.fixture
def make_home(tmp_path: Path) -> Iterator[Callable[..., Home]]:
    """A maker of homes in folders of their own below the test's folder; all are stopped after the test."""
    made: list[Home] = []

    def make(name: str = "one") -> Home:
        made.append(Home(tmp_path / name))
        return made[-1]

    yield make
    for home in made:
        home.stop()


@pytest.fixture
def as_anybody() -> tuple[str, ...]:
    """What starts a program for which permissions hold, even where the tests run as root."""
    if permissions_hold():
        return ()
    # prctl(PR_CAPBSET_DROP): without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH root is an owner as others are.
    drop = "import ctypes, os, sys; c = ctypes.CDLL(None); x = c.prctl(24, 1, 0, 0, 0) or c.prctl(24, 2, 0, 0, 0)"
    before = (sys.executable, "-c", f"{drop}; sys.exit(99) if x else os.execv(sys.argv[1], sys.argv[1:])")
    if subprocess.run([*before, "/bin/true"], check=False).returncode == 99:
        pytest.skip("root may not give up its powers here")
    return before


@pytest.fixture
def on_small_disk() -> Callable[..., tuple[str, ...]]:
    """Makes what starts a program that finds a disk of so many bytes at a folder; only that program sees it.

    A real file system (tmpfs) in a mount namespace of the program's own.
    """
    unshare = ("unshare", "--map-root-user", "--mount")
    probe = [*unshare, "mount", "-t", "tmpfs", "none", "/mnt"]
    if shutil.which("unshare") is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here, not even in a user namespace")

    def start_on(folder: Path, size: int) -> tuple[str, ...]:
        script = 'mount -t tmpfs -o "size=$2,mode=700" none "$1" && shift 2 && "$@"; code=$?; ls -A "$0" >&2; exit $code'
        return (*unshare, "sh", "-c", script, str(folder), str(folder), str(size))

    return start_on


@pytest.fixture
def open_gate() -> Iterator[Callable[[Home], Gate]]:
    """Opens gates in front of homes' sandboxes, which are started; all are closed after the test."""
    opened: list[Gate] = []

    def open_one(behind: Home) -> Gate:
        opened.append(Gate(behind.run("sandbox", "info", "--json").line))
        return opened[-1]

    yield open_one
    for gate in opened:
        gate.close()


@pytest.fixture
def home(make_home: Callable[..., Home]) -> Home:
    """A home without sessions and settings."""
    return make_home()


@pytest.fixture(scope="session")
def generated_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `projects` folder of 24 sessions as real ones are, some with companions. Copy it; do not change it."""
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, 24, 3_000_000, seed=7, companions=0.3)
    return folder / "projects"


@pytest.fixture
def home_with_logs(home: Home, generated_logs: Path) -> Home:
    """A home with 24 sessions of all sizes."""
    shutil.copytree(generated_logs, home.projects, dirs_exist_ok=True)
    return home
