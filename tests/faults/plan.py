"""What goes wrong with which request: drawn from a seed, a given share of all requests fails."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum


class Fault(Enum):
    """One way in which a request goes wrong."""

    RESET_BEFORE = "the connection is reset before the request was taken"
    RESET_AFTER = "the connection is reset after the request was done"
    CUT_REQUEST = "half of the request arrives"
    CUT_REPLY = "half of the reply arrives"
    STALL = "silence, then a reset"
    FAILED = "500, before or after the request was done"
    SLOW_DOWN = "503 SlowDown"
    THROTTLED = "429 with Retry-After"
    PAGE = "502 with a proxy's HTML page"
    FLIPPED_UP = "a bit of the request's body is another"
    FLIPPED_DOWN = "a bit of the reply's body is another"
    SKEWED = "403 RequestTimeTooSkewed"


class Kind(Enum):
    """What a request is about."""

    ENDPOINT = "the presign endpoint"
    WHOLE = "an object at once"
    PART = "a part of an upload"
    RANGE = "a range of an object"


BURSTS = frozenset({Fault.FAILED, Fault.SLOW_DOWN, Fault.THROTTLED})
LONGEST_BURST = 5

DAMAGES = frozenset({Fault.FLIPPED_UP, Fault.FLIPPED_DOWN})
"""Only what has a checksum of its own is damaged: elsewhere TLS is what notices, by ending the connection. And nothing
is damaged twice: bytes that S3 refuses are sent once more and no oftener."""

LATE_SHARE = 0.1
LATEST_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a request: how late it is (seconds), and what goes wrong with it."""

    late: float
    fault: Fault | None


@dataclass
class Plan:
    """Draws a verdict for each request. `seen`, `faults` and `met` count; threads may read them.

    The order of requests is the threads' own, so a seed gives the same faults, not the same victims.
    """

    seed: int
    share: float
    seen: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)
    met: Counter[tuple[Kind, Fault]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - faults, not secrets
        self._burst: tuple[Fault, int] | None = None
        self._damaged: set[tuple[Fault, str]] = set()
        self._seen: Counter[Kind] = Counter()
        self._lock = threading.Lock()

    @property
    def failed_share(self) -> float:
        """Of the requests seen, how many failed."""
        return self.faults.total() / max(1, self.seen)

    def verdict(self, kind: Kind, *, method: str, path: str, size: int) -> Verdict:
        """For one request; `path` without its query but for a part's number, `size` of its body in bytes."""
        with self._lock:
            self.seen += 1
            self._seen[kind] += 1
            late = self._chance.uniform(0.0, LATEST_SECONDS) if self._chance.random() < LATE_SHARE else 0.0
            fault = self._next(kind, method=method, path=path, size=size)
            if fault is not None:
                self.faults[fault] += 1
                self.met[kind, fault] += 1
            return Verdict(late, fault)

    def heads(self) -> bool:
        """A coin."""
        with self._lock:
            return self._chance.random() < 0.5

    def _next(self, kind: Kind, *, method: str, path: str, size: int) -> Fault | None:
        if self._burst is not None:
            fault, left = self._burst
            self._burst = (fault, left - 1) if left > 1 else None
            return fault
        # What is behind is caught up with, so that the share is kept however long bursts are; of each kind, so that few
        # parts meet with it as well as many small objects.
        failed = sum(self.met[kind, fault] for fault in Fault) / self._seen[kind]
        if self._chance.random() >= self.share and failed >= self.share:
            return None
        if failed > self.share * 1.1:
            return None
        possible = [
            fault
            for fault in Fault
            if self._fits(fault, to_storage=kind is not Kind.ENDPOINT, method=method, size=size)
        ]
        possible = [fault for fault in possible if (fault, path) not in self._damaged]
        # The rarest first: a short storm has every kind too, however few requests can meet with it.
        fewest = min(self.met[kind, fault] for fault in possible)
        fault = self._chance.choice([fault for fault in possible if self.met[kind, fault] == fewest])
        if fault in DAMAGES:
            self._damaged.add((fault, path))
        if fault in BURSTS and (length := self._chance.randint(1, LONGEST_BURST)) > 1:
            self._burst = fault, length - 1
        return fault

    @staticmethod
    def _fits(fault: Fault, *, to_storage: bool, method: str, size: int) -> bool:
        if fault is Fault.FLIPPED_UP:
            return to_storage and method == "PUT" and size > 0
        if fault is Fault.FLIPPED_DOWN:
            return to_storage and method == "GET"
        return to_storage or fault is not Fault.SKEWED
