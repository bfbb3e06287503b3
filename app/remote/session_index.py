"""The session index in S3: every machine's months are read, this machine's are written.

Titles, projects and paths stand in these objects and nowhere else in S3. They are a help, never a condition: an
object that cannot be read leaves its sessions without titles.

Of a month with many lines most stay as they are when some sessions have grown. So the changed ones go to a second, small
object of the month, MACHINE_recent, whose lines count instead of the first's; when it is no longer small they are put
together.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from app.errors import Conflict, FolderNotWritable, NotFound, RemoteError
from app.remote.index_lines import (
    LARGEST_OBJECT,
    REBUILT,
    IndexFile,
    IndexLine,
    decode_object,
    encode_object,
    is_whole,
    merge,
)
from app.remote.protocol import UploadRequest
from app.storage.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from app.remote.presign import PresignClient
    from app.remote.protocol import StoredObject
    from app.remote.transport import SmallObjects

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/zstd"
LOCK_SECONDS = 60.0

RECENT = "_recent"
"""Stands after the machine in the name of the object with changed lines."""

SMALL = 32 * 1024
"""Bytes: an object up to this size is always written whole."""

RECENT_SHARE = 4
"""The changed lines are at most so much smaller than the others: then both are written as one object."""

_READINGS = 3
_MONTHS_AT_ONCE = 8
_ENDING = ".jsonl.zst"


@dataclass(frozen=True, slots=True)
class SharedIndex:
    """What all machines wrote: by (tool, sessionId) a line per machine, newest first; and what could not be read."""

    sessions: dict[tuple[str, str], list[IndexLine]]
    unreadable: tuple[str, ...]

    def files(self) -> dict[str, tuple[IndexLine, IndexFile]]:
        """s3Key → (line, that file of it). Of several machines' lines the newest counts."""
        found: dict[str, tuple[IndexLine, IndexFile]] = {}
        for lines in self.sessions.values():
            for line in reversed(lines):
                for file in line.files:
                    found[file.s3_key] = (line, file)
        return found

    def by_s3_key(self) -> dict[str, tuple[IndexLine, str]]:
        """s3Key → (line, relativePath of that file)."""
        return {s3_key: (line, file.relative_path) for s3_key, (line, file) in self.files().items()}


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands in an object. `size` in bytes, 0 where there is none; `kept` as in encode_object."""

    size: int
    lines: dict[tuple[str, str], IndexLine]
    kept: list[bytes]


class _Reading:
    """Lines of all objects, those of MACHINE_recent taken before the machine's others."""

    def __init__(self) -> None:
        self.lines: list[IndexLine] = []
        self.unreadable: list[str] = []
        self.is_one_state = True
        self._recent: dict[str, set[tuple[str, str]]] = {}

    def take(self, stored: StoredObject, body: bytes) -> None:
        """The lines of an object that were not changed since."""
        lines, _ = decode_object(body)
        place = stored.s3_key.removesuffix(_ENDING)
        if _is_recent(stored.s3_key):
            self._recent[place.removesuffix(RECENT)] = {line.identity for line in lines}
            # Put together with the others since it was listed, while an older state of those may lie in the cache.
            self.is_one_state = self.is_one_state and len(body) == stored.size
        changed = self._recent.get(place, set())
        self.lines += [line for line in lines if line.identity not in changed]


class SessionIndexObjects:
    """Reads and writes the index objects of one destination.

    `cache_folder` (may be erased at any time) keeps objects by key and etag; `lock_file` lies in the home, so that
    two processes of it do not write over each other's lines.
    """

    def __init__(
        self,
        presign: PresignClient,
        objects: SmallObjects,
        cache_folder: Path,
        *,
        machine: str,
        lock_file: Path,
    ) -> None:
        self._presign = presign
        self._objects = objects
        self._cache = cache_folder
        self._machine = machine
        self._lock_file = lock_file

    def read(self) -> SharedIndex:
        """All months of all machines. What is cached is not fetched again.

        Raises RemoteError where the list cannot be had, or the way to S3 is gone.
        """
        for _ in range(_READINGS):
            reading = self._read_listed()
            if reading.is_one_state:
                break
        return SharedIndex(merge(reading.lines), tuple(reading.unreadable))

    def _read_listed(self) -> _Reading:
        reading = _Reading()
        seen: set[str] = set()
        listed = self._presign.list_objects("index")
        # Changed lines first: what is put together meanwhile is then read twice, and not lost.
        for stored in sorted(listed, key=lambda stored: not _is_recent(stored.s3_key)):
            seen.add(_cache_name(stored.s3_key, stored.etag, stored.size))
            try:
                reading.take(stored, self._body(stored))
            except RemoteError as problem:
                if problem.retryable:
                    raise
                log.warning("session index object not readable: %s (%s)", stored.s3_key, problem.code)
                reading.unreadable.append(stored.s3_key)
        self._forget_others(seen)
        return reading

    def write(self, lines: Iterable[IndexLine], *, keep_known: bool = False) -> list[str]:
        """Put these lines of this machine into their months, beside those that are there; the keys written.

        A line replaces the session's earlier one and keeps the files that only that one has. With `keep_known` it
        is the other way round, for lines that know less than the machine once did: a line that is there gets the
        files it lacks and nothing else, unless it was rebuilt itself.

        A month whose object would not change is left alone. Raises RemoteError (Conflict when
        another process of this home holds the lock for a minute); what was written before stays.
        """
        by_month: dict[str, list[IndexLine]] = {}
        for line in lines:
            by_month.setdefault(line.month, []).append(line)
        if not by_month:
            return []
        private_folder(self._lock_file.parent)
        try:
            with FileLock(self._lock_file, timeout=LOCK_SECONDS, mode=0o600):
                # Listed under the lock: another process of this home may just have written.
                there = {stored.s3_key: stored for stored in self._presign.list_objects("index")}
                write = partial(self._write_month, there=there, keep_known=keep_known)
                # Months are independent, and each waits for three replies.
                with ThreadPoolExecutor(_MONTHS_AT_ONCE, thread_name_prefix="session-index") as months:
                    written = list(months.map(write, *zip(*sorted(by_month.items()), strict=True)))
        except Timeout as problem:
            raise Conflict(s3Key=f"{self._machine}.jsonl.zst") from problem
        return [s3_key for s3_key in written if s3_key is not None]

    def _write_month(
        self, month: str, added: list[IndexLine], *, there: dict[str, StoredObject], keep_known: bool
    ) -> str | None:
        others = self._known(month, self._machine, there)
        recent = self._known(month, self._machine + RECENT, there)
        known = others.lines | recent.lines
        # What was just verified replaces what this machine wrote before, whatever the times in the logs say.
        lines = dict(known)
        for line in added:
            lines[line.identity] = _joined(lines.get(line.identity), line, keep_known=keep_known)
        if (others.size or recent.size) and list(lines.values()) == list(known.values()):
            return None
        whole = encode_object(lines.values(), [*others.kept, *recent.kept])
        if others.size <= SMALL and not recent.lines:
            return self._put(month, self._machine, whole, there)
        changed = {identity: line for identity, line in lines.items() if known.get(identity) != line}
        newer = encode_object((recent.lines | changed).values(), recent.kept)
        if len(newer) * RECENT_SHARE <= others.size:
            return self._put(month, self._machine + RECENT, newer, there)
        if recent.size:
            # A kill after the next step must leave no older lines that count instead of it.
            self._put(month, self._machine + RECENT, newer, there)
        written = self._put(month, self._machine, whole, there)
        if recent.size:
            self._put(month, self._machine + RECENT, encode_object(()), there)
        return written

    def _known(self, month: str, name: str, there: dict[str, StoredObject]) -> _Known:
        """What stands in the month's object of that name."""
        stored = _stored_as(month, name, there)
        if stored is not None:
            with suppress(NotFound):
                lines, kept = decode_object(self._body(stored))
                return _Known(stored.size, {line.identity: line for line in lines}, kept)
        return _Known(0, {}, [])

    def _put(self, month: str, name: str, body: bytes, there: dict[str, StoredObject]) -> str:
        request = UploadRequest(
            file_name=name,
            content_type=CONTENT_TYPE,
            size=len(body),
            sha256=hashlib.sha256(body).digest(),
            kind="index",
            session_date=date.fromisoformat(f"{month}-01"),
        )
        written = self._objects.write(request, body)
        if (before := _stored_as(month, name, there)) is not None:
            with suppress(OSError):
                (self._cache / _cache_name(before.s3_key, before.etag, before.size)).unlink(missing_ok=True)
        if written.etag:
            _keep(self._cache / _cache_name(written.s3_key, written.etag, len(body)), body)
        return written.s3_key

    def _body(self, stored: StoredObject) -> bytes:
        """The object's bytes, from the cache where its etag is the one listed."""
        cached = self._cache / _cache_name(stored.s3_key, stored.etag, stored.size)
        with suppress(OSError):
            digest, body = _split(cached.read_bytes())
            if hashlib.sha256(body).digest() == digest:
                return body
        body = self._objects.read(stored.s3_key, limit=LARGEST_OBJECT)
        if not is_whole(body):
            # On the way, or in S3? Lines that are missing for the first reason must not be written back as missing.
            body = self._objects.read(stored.s3_key, limit=LARGEST_OBJECT)
        if stored.etag and is_whole(body):
            _keep(cached, body)
        return body

    def _forget_others(self, wanted: set[str]) -> None:
        with suppress(OSError):
            for file in self._cache.iterdir():
                if file.name not in wanted and file.suffix == ".index":
                    file.unlink()


def _is_recent(s3_key: str) -> bool:
    return s3_key.endswith(RECENT + _ENDING)


def _joined(known: IndexLine | None, added: IndexLine, *, keep_known: bool) -> IndexLine:
    """One line of two, with the files of both."""
    if known is None:
        return added
    keeps = keep_known and not known.others.get(REBUILT)
    line, other = (known, added) if keeps else (added, known)
    own = {file.s3_key for file in line.files}
    return replace(line, files=(*line.files, *(file for file in other.files if file.s3_key not in own)))


def _stored_as(month: str, name: str, there: dict[str, StoredObject]) -> StoredObject | None:
    """The month's object of that name."""
    ending = f"/month={month}/{name}{_ENDING}"
    return next((stored for s3_key, stored in there.items() if s3_key.endswith(ending)), None)


def _cache_name(s3_key: str, etag: str | None, size: int) -> str:
    """What lies under it never changes: an etag is of an object's contents."""
    told = f"{s3_key}\0{etag}\0{size}"
    return f"{hashlib.sha256(told.encode()).hexdigest()}.index"


def _split(kept: bytes) -> tuple[bytes, bytes]:
    """A cached file is the SHA-256 of the body, then the body."""
    return kept[:32], kept[32:]


def _keep(cached: Path, body: bytes) -> None:
    """Write a file of the cache, at once and 0600. A cache that cannot be written costs a request, no more."""
    temporary = cached.with_name(f"{cached.name}.{secrets.token_hex(4)}")
    with suppress(OSError, FolderNotWritable):
        private_folder(cached.parent)
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(hashlib.sha256(body).digest() + body)
            temporary.replace(cached)
        finally:
            temporary.unlink(missing_ok=True)
