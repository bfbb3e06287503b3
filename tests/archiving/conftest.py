"""Homes that are joined to the sandbox all tests share, and sessions made by hand."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.vault import open_vault
from app.bootstrap import Services
from app.sessions.model import Session, SessionFile, Usage
from app.storage.paths import resolve_paths
from tests.archiving.queue_bench import QueueBench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from app.sandbox.lifecycle import SandboxInfo


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """An environment in which this computer has no sessions and no AWS."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "SYSTEMROOT", "LANG"}}
    return {**kept, "CLAUDE_CONFIG_DIR": str(tmp_path / "claude")}


@pytest.fixture(scope="session")
def make_home(shared_sandbox: SandboxInfo, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes homes whose chosen profile leads to the shared sandbox: computers of one person."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("home")
        paths = resolve_paths(folder)
        profiles = ProfileStore(paths.settings)
        profile = make_profile("shared", "token", shared_sandbox.endpoint)
        profiles.add(profile)
        open_vault(paths, folder).set(profile, "token", shared_sandbox.token)
        storage = Storage(
            shared_sandbox.bucket, shared_sandbox.region, shared_sandbox.owner, s3_host="127.0.0.1"
        )
        profiles.pin(profile, storage)
        profiles.use("shared")
        return folder

    return make


@pytest.fixture
def home(make_home: Callable[[], Path]) -> Path:
    """One such home."""
    return make_home()


@pytest.fixture
def open_services(environ: Mapping[str, str]) -> Iterator[Callable[[Path], Services]]:
    """Opens the engine of a home, as a new run of the program does; closed after the test."""
    opened: list[Services] = []

    def start(folder: Path) -> Services:
        opened.append(Services(resolve_paths(folder), environ, home=folder))
        return opened[-1]

    yield start
    for services in opened:
        services.close()


@pytest.fixture
def open_queue(open_services: Callable[[Path], Services]) -> Iterator[Callable[..., QueueBench]]:
    """Opens the transfer queue of a home, as a new run of the program does; ended after the test."""
    opened: list[QueueBench] = []

    def start(folder: Path, **options: bool) -> QueueBench:
        opened.append(QueueBench(open_services(folder), **options))
        return opened[-1]

    yield start
    for bench in opened:
        bench.close()


@pytest.fixture
def bench(home: Path, open_queue: Callable[..., QueueBench]) -> QueueBench:
    """The queue of a new home on the sandbox that all tests share."""
    return open_queue(home)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The address of a server that takes connections and bytes, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def session_of() -> Callable[..., Session]:
    """A session of files that are on disk, the first of them the main file."""

    def make(folder: Path, *names: str, session_id: str = "s", **fields: object) -> Session:
        files = []
        for number, name in enumerate(names):
            path = folder / name
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(f"{name}\n".encode())
            status = path.stat()
            files.append(
                SessionFile(
                    path=path,
                    relative_path=name,
                    root=folder,
                    size=status.st_size,
                    mtime_ns=status.st_mtime_ns,
                    is_main=number == 0,
                    is_log=name.endswith(".jsonl"),
                )
            )
        known: dict[str, object] = {
            "source": "claude-code",
            "session_id": session_id,
            "title": "A title",
            "project": "/srv/recipe-box",
            "path": files[0].path,
            "files": tuple(files),
            "messages": 2,
            "model": None,
            "tokens": Usage(),
            "tokens_by_model": {"m": Usage(1, 2, 3, 4)},
            "started_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
            "updated_at": datetime(2026, 11, 2, 10, tzinfo=UTC),
            "deleted_at": None,
        }
        return Session(**{**known, **fields})  # type: ignore[arg-type]

    return make
