"""A home whose profile leads through the door of faults, and what is to be found at the store behind it."""

from __future__ import annotations

import os
import random
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.signin import BearerToken
from app.account.vault import open_vault
from app.archiving import queue_halt
from app.bootstrap import Services
from app.remote import presign
from app.remote.presign import PresignClient
from app.remote.protocol import HeadReply, ObjectRequest
from app.storage.paths import resolve_paths
from app.transfer import objects
from app.transfer.connections import Connections
from app.transfer.multipart import PARTS_ABOVE
from app.transfer.retry import Retrier
from tests.archiving.queue_bench import QueueBench
from tests.end_to_end.conftest import on_small_disk  # noqa: F401 - a fixture here too
from tests.faults.door import FaultDoor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from app.sandbox.lifecycle import Sandbox
    from app.transfer.content import ContentKey
    from app.transfer.schema import Receipt

SEED = 20261124

LARGEST = 60_000
"""Bytes of a made-up session."""

IN_PARTS = 34_000_000
"""Bytes of one that goes up in three parts and comes back in five ranges."""


@dataclass
class World:
    """A sandbox, the door in front of it, and a home that knows the door alone."""

    sandbox: Sandbox
    door: FaultDoor
    home: Path
    folder: Path
    environ: Mapping[str, str]
    stack: ExitStack

    def restart_sandbox(self) -> None:
        """It was killed."""
        self.door.lead_to(self.sandbox.ensure_running())

    def write_sessions(self, count: int) -> list[Path]:
        """Files as a person drops them: each a session of its own."""
        chance = random.Random(SEED)  # noqa: S311 - sizes and fillings
        folder = self.folder / "files"
        folder.mkdir(exist_ok=True)
        for number in range(count):
            (folder / f"note {number}.md").write_bytes(chance.randbytes(chance.randrange(1, LARGEST)))
        return sorted(folder.iterdir())

    def write_large(self, count: int, size: int = IN_PARTS) -> list[Path]:
        """Files beside those, of `size` bytes each that no compressor makes fewer."""
        chance = random.Random(SEED)  # noqa: S311 - fillings
        folder = self.folder / "files"
        folder.mkdir(exist_ok=True)
        files = [folder / f"large {number}.md" for number in range(count)]
        for path in files:
            path.write_bytes(chance.randbytes(size))
        return files

    def program(self, patience: float) -> Program:
        """The program runs. `patience` in seconds."""
        program = Program(Services(resolve_paths(self.home), self.environ, home=self.home))
        program.patience = patience
        self.stack.callback(program.close)
        return program

    @contextmanager
    def behind(self) -> Iterator[PresignClient]:
        """The endpoint itself, behind the door."""
        info = self.sandbox.ensure_running()
        pinned = Storage(info.bucket, info.region, info.owner, "127.0.0.1")
        with Connections() as http:
            yield PresignClient(info.endpoint, BearerToken(info.token), http, retry=Retrier(), pinned=pinned)

    def versions(self, store: PresignClient) -> dict[str, list[str]]:
        """By key of a log, the ids of its versions."""
        found: dict[str, list[str]] = {}
        for version in store.versions():
            if version.s3_key.startswith("chat-logs/"):
                found.setdefault(version.s3_key, []).append(version.version_id)
        return found

    def expect_each_stored_once(self, receipts: Mapping[ContentKey, Receipt], count: int) -> None:
        """Look behind the door: one version under each key, with the checksum that its receipt speaks of."""
        with self.behind() as store:
            logs = self.versions(store)
            assert {receipt.s3_key: [receipt.version_id] for receipt in receipts.values()} == logs
            assert len(logs) == len(receipts) == count
            heads = store.head([ObjectRequest(receipt.s3_key) for receipt in receipts.values()])
        for receipt, head in zip(receipts.values(), heads, strict=True):
            assert isinstance(head, HeadReply)
            assert head.checksum is not None
            assert head.size == receipt.stored_size
            if receipt.stored_size > PARTS_ABOVE:
                assert (head.checksum.algorithm, head.checksum.type) == ("CRC64NVME", "FULL_OBJECT")
            else:
                assert head.checksum.sha256() == receipt.stored_sha256


class Program(QueueBench):
    """One run of the program, whose network is the door's alone."""

    patience = 90.0

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tests.archiving.queue_bench.PATIENCE_SECONDS", self.patience)
            super().until(condition)

    def receipts(self) -> dict[ContentKey, Receipt]:
        """What is noted as archived."""
        destination = self.services.connection.profile.destination
        return self.services.jobs.receipts(destination)


@pytest.fixture
def world(
    tmp_path: Path, make_sandbox: Callable[[Path], Sandbox], monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A sandbox of the test's own behind a door that lets everything pass until it has a plan."""
    sandbox = make_sandbox(tmp_path / "elsewhere" / "sandbox")
    info = sandbox.ensure_running()
    environ = {name: value for name, value in os.environ.items() if name in {"PATH", "SYSTEMROOT", "LANG"}}
    environ["CLAUDE_CONFIG_DIR"] = str(tmp_path / "claude")
    # A server that is silent for a minute is silent for two seconds here; so is the wait after a halt.
    monkeypatch.setattr(objects, "REPLY_SECONDS", 2.0)
    monkeypatch.setattr(presign, "TIMEOUT_SECONDS", 2.0)
    monkeypatch.setattr(queue_halt, "FIRST_SECONDS", 0.5)
    with ExitStack() as stack:
        door = stack.enter_context(FaultDoor(info))
        home = tmp_path / "home"
        paths = resolve_paths(home)
        profile = make_profile("door", "token", door.endpoint)
        profiles = ProfileStore(paths.settings)
        profiles.add(profile)
        open_vault(paths, home).set(profile, "token", info.token)
        profiles.pin(profile, Storage(info.bucket, info.region, info.owner, s3_host="127.0.0.1"))
        profiles.use("door")
        yield World(sandbox, door, home, tmp_path, environ, stack)
