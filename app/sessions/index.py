"""The index of sessions: scanned, remembered in SQLite, queried.

A scan lists the sources' folders, compares every session's files with what is remembered, and reads only the
main files that changed. Everything here can be rebuilt: a damaged database is set aside and made anew.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from threading import RLock
from typing import TYPE_CHECKING

import msgspec

from app.sessions.assembly import assemble
from app.sessions.facts import EPOCH
from app.sessions.index_store import (
    Identity,
    IndexStore,
    Peek,
    Row,
    decode_listing,
    encode_listing,
    unmatched,
)
from app.sessions.inspection import find_paths
from app.sessions.notes import Problem
from app.sessions.places import Place, places_of
from app.sessions.pool import Sized, read_all
from app.sessions.reading import Job, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import timedelta
    from pathlib import Path

    from app.sessions.found import FoundFile, FoundSession
    from app.sessions.model import Session
    from app.sessions.sources import Expiry, Source

_BATCH = 500
"""Sessions per transaction: what was read is kept when the program is stopped."""


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan is. Sizes are bytes of main files."""

    found: int
    """Sessions that there are."""
    to_read: int
    read: int
    bytes_to_read: int
    bytes_read: int


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did. `problems` are paths that were left out, with a code of `app.sessions.notes`."""

    found: int
    read: int
    """Main files that were read: new or changed ones."""
    removed: int
    """Sessions that are no longer there."""
    problems: tuple[Problem, ...]
    bytes_read: int


@dataclass(frozen=True, slots=True)
class InspectReport:
    """The sessions that some paths stand for, and what of these paths was left out, and why."""

    sessions: tuple[Session, ...]
    problems: tuple[Problem, ...]


class SessionIndex:
    """What is on this computer. May be used from several threads; scans wait for one another."""

    def __init__(
        self,
        database: Path,
        sources: Sequence[Source],
        *,
        hidden_sources: Collection[str] = (),
        workers: int | None = None,
    ) -> None:
        """`database` is index.db; at most `workers` processes read (default: one per processor).

        `hidden_sources` are names of sources that were switched off: they are not scanned and their sessions not
        listed, but what was read of them is kept. `inspect` still knows their sessions for what they are.
        Raises DiskFull or FolderNotWritable when no database can be kept.
        """
        self._sources = tuple(sources)
        self._hidden = frozenset(hidden_sources)
        self._workers = workers if workers is not None else (os.cpu_count() or 1)
        self._scanning = RLock()
        self._store = IndexStore(database)

    def look_in(self, sources: Sequence[Source], *, hidden_sources: Collection[str] = ()) -> None:
        """Take other sources, or hide others, from the next call on. Waits for a scan that is under way."""
        with self._scanning:
            self._sources = tuple(sources)
            self._hidden = frozenset(hidden_sources)

    def close(self) -> None:
        """Close the database; nothing may be called afterwards."""
        self._store.close()

    def scan(
        self,
        *,
        progress: Callable[[ScanProgress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> ScanReport:
        """Bring the index up to date. Never raises for what folders and files hold.

        `progress` is called on the calling thread after every file read. Raises Cancelled when `cancelled` says
        so (what was read until then is kept), DiskFull, FolderNotWritable.
        """
        with self._scanning:
            rebuilds = self._store.rebuilds
            report = self._scan(progress or _ignore, cancelled or _never)
            if self._store.rebuilds != rebuilds:
                # Damage met on the way emptied the index: what was skipped as known has to be read after all.
                again = self._scan(progress or _ignore, cancelled or _never)
                report = replace(
                    again, read=report.read + again.read, bytes_read=report.bytes_read + again.bytes_read
                )
            return report

    def sessions(self, source: str | None = None) -> list[Session]:
        """Every session of the last scan, or one source's, but for hidden sources'; the most recently used first.

        Raises DiskFull, FolderNotWritable.
        """
        rebuilds = self._store.rebuilds
        rows = self._store.rows(source)
        if self._store.rebuilds != rebuilds:
            self.scan()
            rows = self._store.rows(source)
        sessions = self._assembled([row for row in rows if row.source not in self._hidden])
        sessions.sort(key=lambda session: (session.updated_at, session.identity), reverse=True)
        return sessions

    def places(self) -> list[Place]:
        """Every folder that the sources look in, hidden ones' too, with what the last scan found there.

        Looks at each folder, so it may take a moment where one is on another computer. Raises DiskFull,
        FolderNotWritable.
        """
        return places_of(self._sources, [(row.source, row.found) for row in self._store.rows()])

    def kept_for(self) -> dict[str, timedelta | None]:
        """How long each source's tool keeps sessions, by its settings as they are now; None: for ever."""
        return {source.name: _period(source.expiry()) for source in self._sources}

    def erase(self) -> None:
        """Forget every session that was read: the next scan reads all of them anew. Waits for a scan under way.

        Raises DiskFull, FolderNotWritable.
        """
        with self._scanning:
            self._store.erase()

    def inspect(self, paths: Sequence[Path], *, cancelled: Callable[[], bool] | None = None) -> InspectReport:
        """The sessions that files and folders stand for, in their order; nothing is added to what scans list.

        A path of a source's session is that session with all its companions, whichever of its files is named.
        Every other regular file is a session of the source "files". Raises Cancelled, DiskFull, FolderNotWritable.
        """
        survey = _Survey(self._store)
        found = find_paths(paths, self._sources, survey)
        work = _Work(found, self._store.listings())
        facts = {identity: self._store.facts(identity) for identity in work.known}
        rows = {
            (row.source, row.found.session_id): row
            for row in work.readings(self._workers, _ignore, cancelled or _never)
        }
        ordered: list[Row] = []
        for source, session in found:
            identity = (source, session.session_id)
            known = facts.get(identity)
            if identity in rows:
                ordered.append(rows[identity])
            elif known is not None:
                ordered.append(Row(source, session, known))
        return InspectReport(tuple(self._assembled(ordered)), tuple(survey.problems))

    def _scan(self, progress: Callable[[ScanProgress], None], cancelled: Callable[[], bool]) -> ScanReport:
        survey = _Survey(self._store)
        shown = [source for source in self._sources if source.name not in self._hidden]
        found = [(source.name, session) for source in shown for session in source.discover(survey)]
        listings = self._store.listings()
        work = _Work(found, listings)
        self._store.relist(work.relisted)
        batch: list[Row] = []
        try:
            for row in work.readings(self._workers, progress, cancelled):
                batch.append(row)
                if len(batch) >= _BATCH:
                    self._store.keep(batch)
                    batch = []
        finally:
            self._store.keep(batch)
        present = {(source, session.session_id) for source, session in found} - work.vanished
        gone = {identity for identity in listings.keys() - present if identity[0] not in self._hidden}
        self._store.forget(gone)
        survey.finish()
        return ScanReport(
            found=len(present),
            read=work.files_read,
            removed=len(gone),
            problems=tuple(survey.problems),
            bytes_read=work.bytes_read,
        )

    def _assembled(self, rows: Sequence[Row]) -> list[Session]:
        expiries = {source.name: source.expiry() for source in self._sources}
        roots: dict[str, Path] = {}
        return [
            assemble(row.source, row.found, row.facts, expiries.get(row.source, _no_expiry), roots)
            for row in rows
        ]


class _Work:
    """What of the found sessions is known, what has new companions only, and what must be read."""

    def __init__(self, found: Sequence[tuple[str, FoundSession]], listings: dict[Identity, bytes]) -> None:
        self.known: list[Identity] = []
        self.relisted: dict[Identity, bytes] = {}
        self.vanished: set[Identity] = set()
        self.files_read = 0
        self.bytes_read = 0
        self._found = len(found)
        self._unread: list[tuple[str, FoundSession]] = []
        for source, session in found:
            identity = (source, session.session_id)
            listing = encode_listing(session)
            old = listings.get(identity)
            if old == listing:
                self.known.append(identity)
            elif old is not None and _same_main(old, session):
                self.known.append(identity)
                self.relisted[identity] = listing
            else:
                self._unread.append((source, session))

    def readings(
        self, workers: int, progress: Callable[[ScanProgress], None], cancelled: Callable[[], bool]
    ) -> Iterator[Row]:
        """Read what must be read; rows come in any order. Raises Cancelled."""
        items = [
            Sized(Job(session.reader, session.main.path, session.root), session.main.stamp.size)
            for _, session in self._unread
        ]
        total = sum(item.size for item in items)
        for position, reading in read_all(items, workers, cancelled):
            source, session = self._unread[position]
            if reading is None:
                self.vanished.add((source, session.session_id))
                continue
            self.files_read += 1
            self.bytes_read += reading.bytes_read
            yield Row(source, _as_read(session, reading), reading.facts)
            progress(ScanProgress(self._found, len(items), self.files_read, total, self.bytes_read))


class _Survey:
    """Collects the problems of a discovery, and remembers what was peeked at."""

    def __init__(self, store: IndexStore) -> None:
        self._store = store
        self._peeks: dict[bytes, Peek] | None = None
        self._asked: set[bytes] = set()
        self._changed: dict[bytes, Peek] = {}
        self.problems: list[Problem] = []

    def problem(self, path: str, code: str) -> None:
        """Report a path that is left out."""
        self.problems.append(Problem(path, code))

    def recall(self, file: FoundFile, read: Callable[[str], str | None]) -> str | None:
        """The result of `read(path)`, remembered for as long as the file does not change."""
        if self._peeks is None:
            self._peeks = self._store.peeks()
        path = os.fsencode(file.path)
        self._asked.add(path)
        peek = self._peeks.get(path)
        if peek is None or peek.stamp != file.stamp:
            peek = self._changed[path] = Peek(file.stamp, _storable(read(file.path)))
        return peek.value

    def finish(self) -> None:
        """Keep what was peeked at for the next scan."""
        known = self._store.peeks() if self._peeks is None else self._peeks
        self._store.replace_peeks(self._changed, known.keys() - self._asked)


def _same_main(listing: bytes, new: FoundSession) -> bool:
    """Whether only companions differ. A listing that cannot be read is an unknown session."""
    try:
        old = decode_listing(new.session_id, listing)
    except msgspec.MsgspecError:
        return False
    return old.reader == new.reader and old.root == new.root and old.main[:3] == new.main[:3]


def _as_read(session: FoundSession, reading: Reading) -> FoundSession:
    """The session with its main file as it was when it was opened; one that was not opened is tried again."""
    main = session.main
    stamp = unmatched(main.stamp) if reading.stamp is None else reading.stamp
    return session._replace(files=(main._replace(stamp=stamp), *session.files[1:]))


def _storable(text: str | None) -> str | None:
    """Text as a database can hold it: a log may contain halves of characters."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")


def _period(expiry: Expiry) -> timedelta | None:
    deleted_at = expiry(0)
    return None if deleted_at is None else deleted_at - EPOCH


def _no_expiry(_mtime_ns: int) -> None:
    return None


def _never() -> bool:
    return False


def _ignore(_progress: ScanProgress) -> None:
    return None
