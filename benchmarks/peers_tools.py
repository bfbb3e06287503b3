"""How each tool is told to bring a folder up to date in the bucket, with the settings that suit it best."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = ROOT / "build" / "peers"
BUCKET = "chatlog-benchmark"
_KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIABENCHBENCHBENCH0",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_REGION": "ap-northeast-1",
    "AWS_DEFAULT_REGION": "ap-northeast-1",
}


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a tool finds the storage and the presign endpoint."""

    storage: int
    presign: int


@dataclass(frozen=True, slots=True)
class Run:
    """A command and its environment."""

    command: list[str]
    environ: dict[str, str]


class Tool(Protocol):
    """One competitor. `home` is where it keeps what it remembers; `tree` a configuration folder with sessions.

    `place` is where in the bucket its objects belong, and where this app remembers that it has sent them.
    """

    name: str

    def upload(self, tree: Path, ports: Ports, home: Path, place: str) -> Run:
        """What brings the bucket up to date with `tree`."""
        ...


def _environ(home: Path, **more: str) -> dict[str, str]:
    home.mkdir(parents=True, exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **_KEYS, **more}


class ThisApp:
    """The command line of this project."""

    name = "this app"

    def upload(self, tree: Path, ports: Ports, home: Path, place: str) -> Run:  # noqa: ARG002
        """See Tool. Its objects' names are the server's to choose, the owner's alone."""
        return self.run(tree, ports, home, "upload", "--all")

    def run(self, tree: Path, ports: Ports, home: Path, *words: str) -> Run:
        """Any command."""
        environ = _environ(
            home,
            CHATLOG_HOME=str(home / "chatlog"),
            CLAUDE_CONFIG_DIR=str(tree),
            LAMBDA_FUNCTION_URL=f"http://127.0.0.1:{ports.presign}/",
            PYTHONPATH=str(ROOT),
        )
        return Run([sys.executable, "-m", "app", *words], environ)


class Aws:
    """The AWS CLI: https://docs.aws.amazon.com/cli/latest/topic/s3-config.html."""

    name = "aws s3 sync"

    def __init__(self, program: str) -> None:
        self._program = program

    def upload(self, tree: Path, ports: Ports, home: Path, place: str) -> Run:
        """See Tool."""
        environ = _environ(home, AWS_CONFIG_FILE=str(home / "config"))
        settings = ("max_concurrent_requests = 20", "max_queue_size = 10000", "addressing_style = path")
        lines = "".join(f"  {line}\n" for line in settings)
        (home / "config").write_text(f"[default]\ns3 =\n{lines}", encoding="utf-8")
        words = ["--endpoint-url", f"http://127.0.0.1:{ports.storage}", "--only-show-errors", "--no-progress"]
        return Run(
            [self._program, "s3", "sync", f"{tree}/projects", f"s3://{BUCKET}/aws/{place}", *words],
            environ,
        )


class S5cmd:
    """https://github.com/peak/s5cmd."""

    name = "s5cmd sync"

    def __init__(self, program: str) -> None:
        self._program = program

    def upload(self, tree: Path, ports: Ports, home: Path, place: str) -> Run:
        """See Tool."""
        where = [
            "--endpoint-url",
            f"http://127.0.0.1:{ports.storage}",
            "--log",
            "error",
            "--numworkers",
            "64",
        ]
        words = ["sync", "--concurrency", "16", f"{tree}/projects/", f"s3://{BUCKET}/s5cmd/{place}/"]
        return Run([self._program, *where, *words], _environ(home))


class Rclone:
    """https://rclone.org/s3/. The server's times spare a request per file."""

    name = "rclone copy"

    def __init__(self, program: str) -> None:
        self._program = program

    def upload(self, tree: Path, ports: Ports, home: Path, place: str) -> Run:
        """See Tool."""
        environ = _environ(
            home,
            RCLONE_CONFIG="/dev/null",
            RCLONE_CONFIG_BENCH_TYPE="s3",
            RCLONE_CONFIG_BENCH_PROVIDER="Other",
            RCLONE_CONFIG_BENCH_ENV_AUTH="true",
            RCLONE_CONFIG_BENCH_ENDPOINT=f"http://127.0.0.1:{ports.storage}",
            RCLONE_CONFIG_BENCH_FORCE_PATH_STYLE="true",
        )
        words = ["--transfers", "32", "--checkers", "32", "--fast-list", "--update", "--use-server-modtime"]
        words += ["--s3-no-check-bucket", "--s3-upload-concurrency", "16", "--quiet"]
        return Run(
            [self._program, "copy", f"{tree}/projects", f"bench:{BUCKET}/rclone/{place}", *words],
            environ,
        )


def raw(folder: Path, ports: Ports, home: Path) -> Run:
    """PUTs of finished files."""
    script = str(ROOT / "benchmarks" / "peers_raw.py")
    return Run([sys.executable, script, str(ports.storage), str(folder)], _environ(home))


def peers() -> list[Tool]:
    """Those that are installed: by tools/bench-peers.sh, or by the system."""
    found: list[Tool] = []
    if program := _program("aws"):
        found.append(Aws(program))
    if program := _program("s5cmd"):
        found.append(S5cmd(program))
    if program := _program("rclone"):
        found.append(Rclone(program))
    return found


def _program(name: str) -> str | None:
    own = INSTALLED / name / "bin" / name
    return str(own) if own.exists() else shutil.which(name)
