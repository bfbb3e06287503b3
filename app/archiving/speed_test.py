"""How fast archiving is from here, for the profile in use: signing, uploads from click to verified, a cold start.

Findings are numbers and codes; faces have the words. The goals are those of the original architecture.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Literal

from app.archiving.speed_samples import SAMPLE_DATE, SOURCE, SampleKind, write_sample
from app.errors import Cancelled, ChatLogError, DiskFull, FolderNotWritable, NotFound, RemoteError
from app.remote.protocol import UploadRequest
from app.storage.paths import private_folder
from app.transfer.jobs import JobStore
from app.transfer.part_uploads import PartUploads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.remote.presign import PresignClient
    from app.remote.transport import HttpClient, HttpReply
    from app.transfer.uploader import Uploader

Measured = Literal["presign", "upload", "cold-start"]
Judged = Literal["met", "missed", "unknown"]
Unknown = Literal["this-computer", "asked-before", "awake"]

PRESIGN_REQUESTS = 20
FRESH_CONNECTIONS = 3
PRESIGN_GOAL = 0.5
COLD_START_GOAL = 3.0
UPLOADS: tuple[tuple[int, float], ...] = ((1_000_000, 2.0), (10_000_000, 10.0))
"""Size in bytes, goal in seconds from click to verified."""

TELLABLE = 0.1
"""Seconds: what the first call took beyond a later one on a new connection. Less is the network's own unevenness."""

ABANDONED_SECONDS = 3600.0
"""So old is the folder of a run that was killed."""

_FOLDER_PREFIX = "speed-test-"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One result. Seconds: the median for `presign`, whole for `upload`; None where it cannot be told, and `unknown` says why.

    `judged` compares `p95` (presign) or `seconds` with `goal`. Sizes in bytes.
    """

    measured: Measured
    judged: Judged
    goal: float
    seconds: float | None = None
    p95: float | None = None
    requests: int = 0
    sample: SampleKind | None = None
    size: int | None = None
    stored_size: int | None = None
    unknown: Unknown | None = None


@dataclass(frozen=True, slots=True)
class TidiedUp:
    """What became of the objects that were made. `left` could not be deleted, for `error`; `stored_size` in bytes."""

    deleted: tuple[str, ...] = ()
    stored_size: int = 0
    left: tuple[str, ...] = ()
    error: ChatLogError | None = None


class Stopwatch:
    """An HttpClient that notes how long each request took, up to its whole reply: `seconds`, in order."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self.seconds: list[float] = []

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        read_timeout: float,
        limit: int,
    ) -> HttpReply:
        """As HttpClient has it. What raises is not noted."""
        began = time.perf_counter()
        reply = self._http.send(
            method, url, headers=headers, body=body, read_timeout=read_timeout, limit=limit
        )
        self.seconds.append(time.perf_counter() - began)
        return reply


@dataclass(frozen=True, slots=True)
class Bench:
    """What a speed test needs of the engine.

    `client` makes a client whose requests go over the given stopwatch's connections; `stopwatch` makes one over
    connections of its own, which `close` ends with all others. `uploader` makes one for a record of transfers and a
    spool folder that are not the home's. `this_computer`: no function of AWS's is asked. `asked_before`: the endpoint
    has been asked in this run already.
    """

    client: Callable[[Stopwatch], PresignClient]
    stopwatch: Callable[[], Stopwatch]
    uploader: Callable[[JobStore, Path], Uploader]
    folder: Path
    machine: str
    compress: bool
    this_computer: bool
    asked_before: bool


class SpeedTest:
    """One run at a `bench`. Call `tidy_up` at the end, whatever happened."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._folder: Path | None = None
        self._jobs: JobStore | None = None
        self._uploader: Uploader | None = None

    def measurements(self) -> Iterator[Measurement]:
        """Each as it is made: signing, a cold start, then the uploads. Raises ChatLogError where one cannot be made."""
        yield from self._signing()
        for size, goal in UPLOADS:
            for sample in ("incompressible", "log-like"):
                yield self._upload(sample, size, goal)

    def tidy_up(self) -> TidiedUp:
        """Delete the objects that were made, and what lies on this computer. Never raises for an object that stays.

        Their versions stay in the bucket: nothing that the endpoint grants can destroy one.
        """
        if self._jobs is None or self._uploader is None or self._folder is None:
            return TidiedUp()
        uploader = self._uploader
        deleted: list[str] = []
        left: list[str] = []
        problem: ChatLogError | None = None
        size = 0
        parts = PartUploads(self._jobs.database, uploader.presign, uploader.destination)
        for transfer in self._jobs.transfers(uploader.destination):
            parts.abort_all_of(transfer)
            if transfer.s3_key is None:
                continue
            try:
                uploader.presign.delete(transfer.s3_key)
            except NotFound:
                continue  # it was stopped before S3 had it
            except ChatLogError as error:
                left.append(transfer.s3_key)
                problem = error
            else:
                deleted.append(transfer.s3_key)
                size += transfer.prepared.stored_size if transfer.prepared else 0
        self._jobs.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._jobs = self._uploader = self._folder = None
        return TidiedUp(tuple(deleted), size, tuple(left), problem)

    # ---- the endpoint -----------------------------------------------------------------------------------

    def _signing(self) -> Iterator[Measurement]:
        watch = self.bench.stopwatch()
        client = self.bench.client(watch)
        for _ in range(PRESIGN_REQUESTS + 1):
            self._ask(client)
        first, *later = watch.seconds
        slow = percentile_95(later)
        yield Measurement(
            "presign", _judge(slow, PRESIGN_GOAL), PRESIGN_GOAL, median(later), slow, requests=len(later)
        )
        yield self._cold_start(first)

    def _cold_start(self, first: float) -> Measurement:
        """The first call opens a connection too: what it took beyond another new connection's call is the start."""
        why: Unknown
        if self.bench.this_computer:
            why = "this-computer"
        elif self.bench.asked_before:
            why = "asked-before"
        else:
            fresh = []
            for _ in range(FRESH_CONNECTIONS):
                watch = self.bench.stopwatch()
                self._ask(self.bench.client(watch))
                fresh.append(watch.seconds[0])
            started = first - min(fresh)
            if started >= TELLABLE:
                return Measurement("cold-start", _judge(started, COLD_START_GOAL), COLD_START_GOAL, started)
            why = "awake"
        return Measurement("cold-start", "unknown", COLD_START_GOAL, unknown=why)

    def _ask(self, client: PresignClient) -> None:
        """For a URL that nobody uses."""
        request = UploadRequest(
            file_name=f"{SOURCE}-{self.bench.machine[:8]}.bin",
            content_type="application/octet-stream",
            size=UPLOADS[0][0],
            sha256=bytes(32),
            session_date=SAMPLE_DATE,
        )
        granted = client.upload([request])[0]
        if isinstance(granted, RemoteError):
            raise granted

    # ---- uploads ----------------------------------------------------------------------------------------

    def _upload(self, kind: SampleKind, size: int, goal: float) -> Measurement:
        uploader, folder = self._prepared()
        try:
            sample = write_sample(
                folder, kind, size, machine=self.bench.machine, compress=self.bench.compress
            )
        except OSError as problem:
            raise DiskFull(path=str(folder)) from problem
        began = time.perf_counter()
        outcome = next(iter(list(uploader.run([sample]))), None)
        seconds = time.perf_counter() - began
        if outcome is None:
            raise Cancelled
        if outcome.error is not None:
            raise outcome.error
        return Measurement(
            "upload",
            _judge(seconds, goal),
            goal,
            seconds,
            sample=kind,
            size=size,
            stored_size=outcome.stored_size,
        )

    def _prepared(self) -> tuple[Uploader, Path]:
        if self._uploader is None or self._folder is None:
            above = private_folder(self.bench.folder)
            _erase_abandoned(above)
            try:
                self._folder = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX, dir=above))
            except OSError as problem:
                raise FolderNotWritable(path=str(above), reason=problem.strerror or "") from problem
            self._jobs = JobStore(self._folder / "state.db")
            self._uploader = self.bench.uploader(self._jobs, self._folder / "spool")
        return self._uploader, self._folder


def percentile_95(seconds: list[float]) -> float:
    """The smallest value that at least 95 % are not above (nearest rank)."""
    return sorted(seconds)[ceil(0.95 * len(seconds)) - 1]


def _judge(seconds: float, goal: float) -> Judged:
    return "met" if seconds <= goal else "missed"


def _erase_abandoned(folder: Path) -> None:
    for left in folder.glob(f"{_FOLDER_PREFIX}*"):
        try:
            old = time.time() - left.stat().st_mtime > ABANDONED_SECONDS
        except FileNotFoundError:
            continue  # another run has ended just now
        if old:
            shutil.rmtree(left, ignore_errors=True)
