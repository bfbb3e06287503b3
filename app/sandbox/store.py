"""What the sandbox keeps: every version of every object, on disk, through a kill at any moment.

Records live in one SQLite database. Bodies up to INLINE_LIMIT stand in it too, so a small upload is one durable
write; larger ones are files under random names (keys never name files: keys that differ only in case stay apart on
disks that ignore case). A body's file is complete and synced before the record that names it is committed, and a
request is answered only after that commit: what was acknowledged is there, what was not leaves at most a file that
nobody names, which the next start removes.

The emulator's own storage holds bodies and version lists in memory and writes them at a clean exit: kept out.
"""

from __future__ import annotations

import asyncio
import os
import queue
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from app.storage.database import open_database
from app.storage.paths import private_folder

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence
    from pathlib import Path

    from app.sandbox.http_server import Body

T = TypeVar("T")

INLINE_LIMIT = 128 * 1024  # bytes; up to here a row is faster than a file and its two fsyncs
BLOCK = 1024 * 1024  # bytes written to or read from a file at once
_BATCH = 512  # actions committed together at most

_MIGRATIONS = (
    """
    CREATE TABLE versions (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,  -- the greatest of a key is its newest
        key TEXT NOT NULL,
        version_id TEXT NOT NULL UNIQUE,
        is_latest INTEGER NOT NULL,
        is_delete_marker INTEGER NOT NULL DEFAULT 0,
        modified_ms INTEGER NOT NULL,
        size INTEGER NOT NULL DEFAULT 0,
        etag TEXT NOT NULL DEFAULT '',
        storage_class TEXT NOT NULL DEFAULT 'STANDARD',
        checksum_algorithm TEXT NOT NULL DEFAULT '',
        checksum_type TEXT NOT NULL DEFAULT '',
        checksum_value TEXT NOT NULL DEFAULT '',
        headers TEXT NOT NULL DEFAULT '{}'           -- content-type, encryption, x-amz-meta-*: as JSON
    );
    CREATE INDEX versions_of_key ON versions (key, sequence DESC);
    CREATE UNIQUE INDEX latest_of_key ON versions (key) WHERE is_latest;
    CREATE TABLE uploads (
        upload_id TEXT PRIMARY KEY,
        key TEXT NOT NULL,
        started_ms INTEGER NOT NULL,
        storage_class TEXT NOT NULL,
        checksum_algorithm TEXT NOT NULL,
        checksum_type TEXT NOT NULL,
        headers TEXT NOT NULL,
        completed_version TEXT                       -- a completion may be asked for again
    ) WITHOUT ROWID;
    CREATE TABLE parts (
        part INTEGER PRIMARY KEY,
        upload_id TEXT NOT NULL REFERENCES uploads (upload_id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        modified_ms INTEGER NOT NULL,
        size INTEGER NOT NULL,
        etag TEXT NOT NULL,
        checksum_value TEXT NOT NULL,
        UNIQUE (upload_id, number)
    );
    CREATE TABLE bodies (
        body INTEGER PRIMARY KEY,
        sequence INTEGER REFERENCES versions (sequence) ON DELETE CASCADE,
        part INTEGER REFERENCES parts (part) ON DELETE CASCADE,
        position INTEGER NOT NULL DEFAULT 0,         -- an object made of parts has several bodies
        size INTEGER NOT NULL,
        file_name TEXT,
        content BLOB
    );
    CREATE INDEX bodies_of_version ON bodies (sequence, position);
    CREATE INDEX bodies_of_part ON bodies (part);
    CREATE INDEX bodies_by_file ON bodies (file_name) WHERE file_name IS NOT NULL;
    """,
    """
    CREATE TABLE restores (
        sequence INTEGER PRIMARY KEY REFERENCES versions (sequence) ON DELETE CASCADE,
        ready_ms INTEGER NOT NULL,                   -- until then it is in progress
        expires_ms INTEGER NOT NULL                  -- from then on it is archived as before
    );
    """,
)


@dataclass(frozen=True, slots=True)
class StoredBody:
    """Bytes that are on disk already (`file_name`), or small enough to be written with their record (`content`)."""

    size: int
    file_name: str | None
    content: bytes | None


@dataclass(slots=True)
class _Pending:
    action: Callable[[sqlite3.Connection], object]
    future: asyncio.Future[object]
    loop: asyncio.AbstractEventLoop


class Store:
    """The sandbox's database and body files. Use from one event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self._bodies = private_folder(folder / "bodies")
        self._path = folder / "objects.db"
        self._writer_connection = open_database(self._path, _MIGRATIONS)
        self.reader = open_database(self._path, _MIGRATIONS)
        """For queries, from the event loop's thread alone. Never for changes."""
        self._pending: queue.SimpleQueue[_Pending | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_batches, name="sandbox-store", daemon=True)
        self._opened_at = time.time()
        self._writer.start()

    def close(self) -> None:
        """Commit what is pending and close."""
        self._pending.put(None)
        self._writer.join()
        self.reader.close()
        self._writer_connection.close()

    async def change(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Run `action` inside a transaction and return its result once that is durable.

        Actions of requests that wait at the same time share one commit. An exception of the action undoes that
        action alone and is raised here.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[object] = loop.create_future()
        self._pending.put(_Pending(action, future, loop))
        return cast("T", await asyncio.shield(future))

    async def receive(self, body: Body, update: Callable[[bytes], None], limit: int) -> StoredBody | None:
        """Take a body from the wire, handing every piece to `update`; None when it is over `limit` bytes.

        A large body is on disk, synced, when this returns; memory stays at some MiB whatever its size.
        """
        gathered = bytearray()
        incoming: _IncomingFile | None = None
        size = 0
        try:
            async for data in body.chunks():
                size += len(data)
                if size > limit:
                    return None
                gathered += data
                if len(gathered) >= BLOCK:
                    incoming = incoming or _IncomingFile(self._bodies)
                    await asyncio.to_thread(incoming.write, bytes(gathered), update)
                    gathered.clear()
            if size <= INLINE_LIMIT:
                content = bytes(gathered)
                update(content)
                return StoredBody(size, None, content)
            incoming = incoming or _IncomingFile(self._bodies)
            await asyncio.to_thread(incoming.finish, bytes(gathered), update)
            stored, incoming = StoredBody(size, incoming.name, None), None
            return stored
        finally:
            if incoming is not None:
                incoming.discard()

    def discard(self, stored: StoredBody) -> None:
        """Remove a body that no record will name."""
        self.discard_files([stored.file_name])

    def discard_files(self, names: Iterable[str | None]) -> None:
        """Remove files that no record names any more; what cannot be removed now is swept at the next start."""
        for name in names:
            if name is not None:
                with suppress(OSError):
                    _body_path(self._bodies, name).unlink()

    async def stream(
        self, segments: Sequence[tuple[int, int, str | None]], first: int, last: int
    ) -> AsyncIterator[bytes]:
        """The bytes `first` to `last` (inclusive) of the bodies (id, size, file name) laid end to end."""
        offset = 0
        for identity, size, file_name in segments:
            begin, end = max(first - offset, 0), min(last - offset + 1, size)
            offset += size
            if begin >= end:
                continue
            if file_name is None:
                row = self.reader.execute("SELECT content FROM bodies WHERE body = ?", (identity,)).fetchone()
                yield bytes(row[0])[begin:end]
                continue
            with await asyncio.to_thread(_body_path(self._bodies, file_name).open, "rb") as file:
                file.seek(begin)
                while begin < end:
                    data = await asyncio.to_thread(file.read, min(BLOCK, end - begin))
                    if not data:
                        raise OSError(f"body {file_name} is shorter than its record")
                    begin += len(data)
                    yield data

    def sweep(self) -> int:
        """Remove body files that no record names: left by a kill between body and record. Returns how many.

        Files younger than this store's opening are left alone: their records may be on the way. Any thread.
        """
        removed = 0
        connection = open_database(self._path, _MIGRATIONS)
        try:
            for path in self._bodies.glob("??/*"):
                named = connection.execute(
                    "SELECT 1 FROM bodies WHERE file_name = ?", (path.name,)
                ).fetchone()
                with suppress(OSError):
                    if named is None and path.stat().st_mtime < self._opened_at:
                        path.unlink()
                        removed += 1
        finally:
            connection.close()
        return removed

    def _write_batches(self) -> None:
        while (first := self._pending.get()) is not None:
            batch = [first]
            stopping = False
            while len(batch) < _BATCH:
                try:
                    following = self._pending.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    stopping = True
                    break
                batch.append(following)
            self._commit(batch)
            if stopping:
                return

    def _commit(self, batch: list[_Pending]) -> None:
        connection = self._writer_connection
        outcomes: list[object] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._run(connection, pending) for pending in batch]
            connection.execute("COMMIT")
        except Exception as problem:  # noqa: BLE001 - handed to every request of the batch
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            outcomes = [problem] * len(batch)
        for pending, outcome in zip(batch, outcomes, strict=True):
            with suppress(RuntimeError):  # the loop may be closed: nobody waits for the result any more
                pending.loop.call_soon_threadsafe(_resolve, pending.future, outcome)

    @staticmethod
    def _run(connection: sqlite3.Connection, pending: _Pending) -> object:
        connection.execute("SAVEPOINT one")
        try:
            outcome = pending.action(connection)
        except Exception as problem:  # noqa: BLE001 - it becomes the result of this one action
            outcome = problem
            connection.execute("ROLLBACK TO one")
        connection.execute("RELEASE one")
        return outcome


class _IncomingFile:
    """A body on its way to disk."""

    def __init__(self, folder: Path) -> None:
        self.name = secrets.token_hex(20)
        self._path = _body_path(folder, self.name)
        private_folder(self._path.parent)
        descriptor = os.open(
            self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    def write(self, data: bytes, update: Callable[[bytes], None]) -> None:
        update(data)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def finish(self, data: bytes, update: Callable[[bytes], None]) -> None:
        self.write(data, update)
        os.fsync(self._file.fileno())
        self._file.close()
        _sync_folder(self._path.parent)

    def discard(self) -> None:
        self._file.close()
        with suppress(OSError):
            self._path.unlink()


def _body_path(folder: Path, name: str) -> Path:
    return folder / name[:2] / name


def _sync_folder(folder: Path) -> None:
    """Make the file's name durable; Windows does it by itself and cannot open folders."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _resolve(future: asyncio.Future[object], outcome: object) -> None:
    if future.cancelled():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
