"""A large object on its way to this computer: what has come of it lies beside the target and outlives a kill.

Two files: the bytes as S3 has them, each at its place, and a journal that names the units that are whole, with a
checksum of each. What the journal names is read and compared before it is believed: after a power failure a line may
be on disk whose bytes are not.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import stat
import threading
import zlib
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import filelock

from app.errors import Cancelled
from app.transfer.placing import journal_path, local_errors, lock_path, remove_parts, stored_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

UNIT = 1024 * 1024
"""Bytes that are whole or not there: so much of each request under way is lost by a kill."""

_LINE = re.compile(rb"(\d{1,12}) ([0-9a-f]{8})")
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True)
class ObjectIdentity:
    """Exactly these bytes of S3. `size` in bytes."""

    s3_key: str
    version_id: str | None
    etag: str
    size: int

    @property
    def mark(self) -> str:
        """Known by the object alone: who downloads it again into the same folder goes on with what is there."""
        told = f"{self.s3_key}\0{self.version_id}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]


class PartFile:
    """The bytes received so far. Threads may share it; `part_file` opens it."""

    def __init__(self, folder: Path, mark: str, identity: ObjectIdentity) -> None:
        """Raises OSError."""
        self.folder = folder
        self.mark = mark
        self.size = identity.size
        self.units = -(-identity.size // UNIT)
        self.path = stored_path(folder, mark)
        self._lock = threading.Lock()
        self._whole = bytearray(self.units)
        self._received = 0
        journal = journal_path(folder, mark)
        self._file = _own_file(self.path)
        try:
            self._journal = _own_file(journal)
        except OSError:
            os.close(self._file)
            raise
        self._head = json.dumps({"unit": UNIT, **asdict(identity)}).encode("ascii") + b"\n"

    def take_up(self, stopped: Callable[[], bool]) -> None:
        """Believe what the journal tells and the bytes confirm; begin anew where it is another object's.

        Raises OSError, Cancelled.
        """
        with os.fdopen(os.dup(self._journal), "rb") as file:
            file.seek(0)
            text = file.read()
        head, _, rest = text.partition(b"\n")
        if head + b"\n" != self._head:
            os.ftruncate(self._journal, 0)
            os.ftruncate(self._file, 0)
            _write_at(self._journal, self._head, 0)
        else:
            # A line that a kill cut off would spoil the one that is written after it.
            lines = rest[: rest.rfind(b"\n") + 1]
            os.ftruncate(self._journal, len(self._head) + len(lines))
            for unit, checksum in _told(lines).items():
                if stopped():
                    raise Cancelled
                if unit < self.units and zlib.crc32(self.read(unit)) == checksum:
                    self._note(unit)
        os.lseek(self._journal, 0, os.SEEK_END)

    def length(self, unit: int) -> int:
        """Bytes of a unit: the last one is shorter."""
        return min(UNIT, self.size - unit * UNIT)

    def has(self, unit: int) -> bool:
        """Whether a unit is whole."""
        return bool(self._whole[unit])

    @property
    def received(self) -> int:
        """Bytes of all whole units."""
        return self._received

    def missing(self, most: int) -> list[range]:
        """The units that are not whole, as runs of at most `most`, in order."""
        runs: list[range] = []
        for unit in range(self.units):
            if self._whole[unit]:
                continue
            last = runs[-1] if runs else range(0)
            if last.stop == unit and runs and len(last) < most:
                runs[-1] = range(last.start, unit + 1)
            else:
                runs.append(range(unit, unit + 1))
        return runs

    def write(self, unit: int, data: bytes) -> None:
        """Keep a unit. Raises OSError."""
        line = b"%d %08x\n" % (unit, zlib.crc32(data))
        with self._lock:
            _write_at(self._file, data, unit * UNIT)
            _write_all(self._journal, line)
            self._note(unit)

    def read(self, unit: int) -> bytes:
        """A unit's bytes; fewer where the file is shorter. Raises OSError."""
        wanted = self.length(unit)
        with self._lock:
            os.lseek(self._file, unit * UNIT, os.SEEK_SET)
            data = os.read(self._file, wanted)
            while len(data) < wanted and (more := os.read(self._file, wanted - len(data))):
                data += more
        return data

    def sync(self) -> None:
        """Make the bytes durable. Raises OSError."""
        os.fsync(self._file)

    def close(self) -> None:
        """Nothing is read or written afterwards. May be called twice."""
        with self._lock:
            for descriptor in {self._file, self._journal} - {-1}:
                os.close(descriptor)
            self._file = self._journal = -1

    def _note(self, unit: int) -> None:
        if not self._whole[unit]:
            self._whole[unit] = 1
            self._received += self.length(unit)


@contextmanager
def part_file(
    folder: Path,
    mark: str,
    identity: ObjectIdentity,
    *,
    keeps: Callable[[BaseException], bool],
    stopped: Callable[[], bool],
) -> Iterator[PartFile]:
    """What has come of an object, in `folder`, which is made if missing; removed at the end.

    It stays for the next time after an error that `keeps` says so of. Where another process is at it, a new one is
    begun, which never stays. Raises DiskFull, FolderNotWritable, also for what goes wrong with files inside the
    `with`; Cancelled.
    """
    with local_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder, mark) as is_ours:
            used = mark if is_ours else secrets.token_hex(8)
            part: PartFile | None = None
            stays = looked = False
            try:
                part = PartFile(folder, used, identity)
                part.take_up(stopped)
                looked = True
                yield part
            except BaseException as error:
                nothing_there = part is None or (looked and part.received == 0)
                stays = is_ours and not nothing_there and keeps(error)
                raise
            finally:
                if part is not None:
                    part.close()
                if not stays:
                    remove_parts(folder, used)


@contextmanager
def _alone(folder: Path, mark: str) -> Iterator[bool]:
    """Whether no other process, nor thread, is at the files of this mark; none is until the end."""
    path = lock_path(folder, mark)
    lock = filelock.FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except (filelock.Timeout, OSError, NotImplementedError):
        # Also where the file system knows no locks, and where it takes no files: that is told when one is made.
        yield False
        return
    try:
        yield True
    finally:
        # Before it is given back: whoever waits for it notices that it is gone.
        with suppress(OSError):
            path.unlink()
        lock.release()
        with suppress(OSError):
            path.unlink()


def _own_file(path: Path) -> int:
    """A descriptor of a regular file with this one name; what else is there gives way. Raises OSError."""
    with suppress(FileNotFoundError):
        status = path.lstat()
        # A second name: it was placed already, and is the user's file.
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            path.unlink()
    return os.open(path, _FLAGS, 0o600)


def _told(lines: bytes) -> dict[int, int]:
    found = (_LINE.fullmatch(line) for line in lines.split(b"\n"))
    return {int(match[1]): int(match[2], 16) for match in found if match is not None}


def _write_at(descriptor: int, data: bytes, offset: int) -> None:
    os.lseek(descriptor, offset, os.SEEK_SET)
    _write_all(descriptor, data)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
