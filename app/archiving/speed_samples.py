"""What a speed test sends: bytes that do not pack, and text that packs as chat logs do; anew in every run."""

from __future__ import annotations

import json
import random
import secrets
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from app.archiving.content import take_snapshot
from app.archiving.naming import COMPRESSED_SUFFIX, content_type, metadata
from app.transfer.content import ContentKey, Prepared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SampleKind = Literal["incompressible", "log-like"]

SAMPLE_DATE = date(2026, 1, 1)
"""Stands before the names. With one date the objects of all runs of a computer have the same keys, so that the bucket's rule for
old versions (the newest three are kept) bounds what stays behind."""

SOURCE = "speed-test"

_WORDS = 4_000
_LINE_WORDS = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """A Content for the uploader: a file made for the test. `size` in bytes."""

    path: Path
    sample: SampleKind
    size: int
    machine: str
    compress: bool
    session_date: date = SAMPLE_DATE
    kind: str = "log"
    redaction: str = "none"

    @property
    def key(self) -> ContentKey:
        """Which sample it is."""
        return ContentKey(SOURCE, self.machine, self.path.name)

    @property
    def file_name(self) -> str:
        """The fileName asked of the endpoint: one for each computer, so that two do not meet."""
        stem = f"{SOURCE}-{self.sample}-{self.size // 1_000_000}mb-{self.machine[:8]}"
        return f"{stem}{self.path.suffix}{COMPRESSED_SUFFIX if self.compress else ''}"

    def prepare(self, spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
        """As any session's file is prepared. Raises what SessionContent.prepare raises."""
        snapshot = take_snapshot(
            self.path,
            self.path.parent,
            spool_file,
            is_log=self.sample == "log-like",
            compress=self.compress,
            cancelled=cancelled,
        )
        return Prepared(
            original_size=snapshot.original_size,
            original_sha256=snapshot.original_sha256,
            stored_size=snapshot.stored_size,
            stored_sha256=snapshot.stored_sha256,
            content_type=content_type(self.path.name, compressed=self.compress),
            mtime_ns=snapshot.mtime_ns,
            metadata=metadata(SOURCE, self.machine, snapshot.original_size, snapshot.original_sha256),
        )


def write_sample(folder: Path, sample: SampleKind, size: int, *, machine: str, compress: bool) -> Sample:
    """Make the file, of exactly `size` bytes. Raises OSError."""
    content = secrets.token_bytes(size) if sample == "incompressible" else log_like(size)
    suffix = ".bin" if sample == "incompressible" else ".jsonl"
    path = folder / f"{sample}-{size}{suffix}"
    path.write_bytes(content)
    return Sample(path, sample, size, machine, compress)


def log_like(size: int) -> bytes:
    """Lines of JSON with random words, which zstd packs about four-fold, as it does real logs."""
    chance = random.Random(secrets.token_bytes(16))  # noqa: S311 - text to be packed, no secret
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(chance.choices(letters, k=chance.randint(3, 11))) for _ in range(_WORDS)]
    lines: list[str] = []
    made = 0
    while made < size:
        text = " ".join(chance.choices(words, k=_LINE_WORDS))
        line = json.dumps({"type": "assistant", "message": {"role": "assistant", "content": text}}) + "\n"
        lines.append(line)
        made += len(line)
    return "".join(lines).encode("ascii")[:size]
