"""Contents, and an uploader's surroundings on a real sandbox."""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zstandard

from app.account.profiles import Storage
from app.account.signin import BearerToken
from app.remote.presign import PresignClient
from app.transfer import retry
from app.transfer.connections import Connections
from app.transfer.content import ContentKey, Outcome, Prepared, TransferEvent
from app.transfer.jobs import JobStore
from app.transfer.retry import Budget, Retrier
from app.transfer.uploader import Uploader

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.errors import ChatLogError
    from app.sandbox.lifecycle import SandboxInfo
    from app.transfer.bandwidth import Bandwidths


@dataclass(frozen=True)
class FileContent:
    """A file as a Content: compressed whole, in memory. `prepared_times` counts how often it was read."""

    path: Path
    file_name: str
    key: ContentKey
    session_date: date | None = date(2026, 11, 3)
    kind: str = "log"
    redaction: str = "none"
    prepared_times: list[str] = field(default_factory=list)
    level: int = 3

    def prepare(self, spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
        self.prepared_times.append(spool_file.name)
        data = self.path.read_bytes()
        compressed = self.file_name.endswith(".zst")
        stored = zstandard.compress(data, self.level) if compressed else data
        spool_file.write_bytes(stored)
        digest = hashlib.sha256(data).hexdigest()
        return Prepared(
            original_size=len(data),
            original_sha256=digest,
            stored_size=len(stored),
            stored_sha256=hashlib.sha256(stored).digest(),
            content_type="application/zstd" if compressed else "application/x-ndjson",
            mtime_ns=self.path.stat().st_mtime_ns,
            metadata={
                "tool": self.key.source,
                "session-id": self.key.session_id,
                "original-size": str(len(data)),
                "original-sha256": digest,
            },
        )


class FaultyConnections(Connections):
    """Real connections, with faults that a test plans: `faults` is asked before each request."""

    def __init__(self, bandwidths: Bandwidths | None = None) -> None:
        uploads, downloads = bandwidths or (None, None)
        super().__init__(parallel=16, uploads=uploads, downloads=downloads)
        self.sent: list[tuple[str, str]] = []
        self.faults: Callable[[str, str, dict[str, Any]], Callable[[], None] | None] | None = None

    def stream(self, method: str, url: str, **options: Any) -> Any:
        self.sent.append((method, url))
        if self.faults is None:
            return super().stream(method, url, **options)
        return self._with_faults(method, url, options)

    def _with_faults(self, method: str, url: str, options: dict[str, Any]) -> Any:
        assert self.faults is not None
        changes = {"url": url, **options}
        afterwards = self.faults(method, url, changes)
        stack = ExitStack()
        reply = stack.enter_context(super().stream(method, changes.pop("url"), **changes))
        try:
            if afterwards is not None:
                reply.read(1 << 20)
                afterwards()
        except BaseException:
            stack.close()
            raise
        return _Entered(stack, reply)

    def parts(self) -> list[int]:
        """The numbers of the parts that were PUT, in order."""
        return sorted(part_number(url) for url in self.puts())

    def fail_once(self, wanted: str, error: ChatLogError) -> None:
        """The first request of this method for each part or range fails."""
        seen: set[str] = set()

        def fail(method: str, url: str, changes: dict[str, Any]) -> None:
            which = f"{part_number(url)} {changes['headers'].get('range')}"
            if method == wanted and which not in seen:
                seen.add(which)
                raise error

        self.faults = fail

    def puts(self) -> list[str]:
        """The URLs that something was PUT to."""
        return [url for method, url in self.sent if method == "PUT"]


def part_number(url: str) -> int:
    """Which part a URL is for; 0 for a whole object."""
    return int(parse_qs(urlsplit(url).query).get("partNumber", ["0"])[0])


class _Entered:
    def __init__(self, stack: ExitStack, reply: Any) -> None:
        self._stack, self._reply = stack, reply

    def __enter__(self) -> Any:
        return self._reply

    def __exit__(self, *details: object) -> None:
        self._stack.close()


class Bench:
    """An uploader with everything it needs, and how it looks from outside."""

    def __init__(self, info: SandboxInfo, folder: Path, stack: ExitStack) -> None:
        self.info = info
        self.folder = folder
        self.http = stack.enter_context(FaultyConnections())
        self.jobs = stack.enter_context(JobStore(folder / "state.db"))
        self.presign = PresignClient(
            info.endpoint,
            BearerToken(info.token),
            self.http,
            retry=Retrier(draw=lambda *_: 0.0),
            pinned=Storage(info.bucket, info.region, info.owner, "127.0.0.1"),
        )
        self.events: list[TransferEvent] = []
        self.spool = folder / "spool"
        self.destination = "here"
        self.salt = secrets.token_hex(4)

    def uploader(self, **options: Any) -> Uploader:
        return Uploader(
            self.jobs,
            self.presign,
            self.http,
            self.spool,
            destination=self.destination,
            **{"events": self.events.append, **options},
        )

    def content(
        self, name: str = "session", data: bytes | None = None, *, ending: str = ".jsonl.zst", **fields: Any
    ) -> FileContent:
        """A content of a file that is written now, unless `data` is None and it exists."""
        path = self.folder / "files" / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        if data is not None or not path.exists():
            path.write_bytes(secrets.token_bytes(2000) if data is None else data)
        # Tests share a sandbox: the salt keeps their keys apart.
        key = ContentKey("test", f"{name}-{self.salt}", f"{name}.jsonl")
        return FileContent(path, f"{name}-{self.salt}{ending}", key, **fields)

    def upload(self, *contents: FileContent, cancelled: threading.Event | None = None) -> list[Outcome]:
        """The outcomes in the order of the contents."""
        found = {outcome.key: outcome for outcome in self.uploader().run(contents, cancelled)}
        return [found[content.key] for content in contents]

    def versions(self, s3_key: str | None) -> list[str]:
        """What S3 holds under a key, newest first."""
        assert s3_key is not None
        return [version.version_id for version in self.presign.versions(s3_key)]

    def stored(self, s3_key: str | None) -> list[str]:
        """All keys, to see that nothing else was made. None: all of this test's."""
        return [found.s3_key for found in self.presign.list_objects() if self.salt in found.s3_key]


@pytest.fixture
def bench(shared_sandbox: SandboxInfo, tmp_path: Path) -> Iterator[Bench]:
    """An uploader's surroundings on the sandbox that all tests share."""
    with ExitStack() as stack:
        yield Bench(shared_sandbox, tmp_path, stack)


@pytest.fixture
def other_home(shared_sandbox: SandboxInfo, tmp_path: Path, bench: Bench) -> Iterator[Bench]:
    """Another home's state, at the same destination, with the same session ids."""
    folder = tmp_path / "other"
    folder.mkdir()
    with ExitStack() as stack:
        other = Bench(shared_sandbox, folder, stack)
        other.salt = bench.salt
        yield other


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxies, no bundles of the machine that runs the tests."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.endswith("CA_BUNDLE"):
            monkeypatch.delenv(name)


@pytest.fixture
def budgets(monkeypatch: pytest.MonkeyPatch) -> list[Budget]:
    """The budget of every wait, which costs no time."""
    spent: list[Budget] = []

    def spend(budget: Budget, seconds: float) -> bool:
        spent.append(budget)
        return True

    monkeypatch.setattr(Budget, "spend", spend)
    return spent


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries happen, their waits do not."""
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.0)
