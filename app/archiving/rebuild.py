"""The session index made again from the objects: titles, projects and paths of what no machine's line tells of.

First from what this home still has (receipts and sessions on disk), which costs next to nothing; the rest by
bringing each session's main file back and reading it as a scan does.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from filelock import FileLock, Timeout

from app.archiving.index_writer import clean_text, tokens_of_line
from app.archiving.recognition import is_known_tool, main_path, reader_of, relative_path, tool_calls
from app.errors import Cancelled, ChatLogError, Conflict, FileUnreadable, NotFound, RemoteError
from app.remote.history import LOG_PREFIX
from app.remote.index_lines import REBUILT, IndexFile, IndexLine
from app.remote.protocol import HeadReply, ObjectRequest
from app.sessions.facts import moment
from app.sessions.notes import UNREADABLE
from app.sessions.reading import Job, read_main
from app.storage.paths import private_folder
from app.transfer.downloader import Wanted, default_name
from app.transfer.s3_replies import original_hash

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from app.archiving.index_writer import IndexUpdate
    from app.remote.presign import PresignClient
    from app.remote.protocol import StoredVersion
    from app.remote.session_index import SessionIndexObjects
    from app.sessions.facts import Facts
    from app.transfer.content import ContentKey
    from app.transfer.downloader import Downloaded, Downloader
    from app.transfer.schema import Receipt

BATCH = 200
"""Sessions whose lines are written at once: what a kill can cost."""

PARALLEL = 4
"""Main files on disk at once; one is seldom over 100 MB."""

Identity = tuple[str, str]
"""(tool, sessionId)."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: sessions that have a line again, and objects (s3Key) that could not be read, and why."""

    sessions: int
    unread: tuple[tuple[str, ChatLogError], ...]


@dataclass(frozen=True, slots=True)
class _Object:
    """An object without a line. Sizes in bytes, `sha256` in hex, empty where the object's metadata has none."""

    s3_key: str
    version_id: str
    last_modified: datetime
    size: int
    stored_size: int
    sha256: str
    identity: Identity


@dataclass(frozen=True, slots=True)
class _Lost:
    """A session with objects that no line tells of. `main` is the one to read; None: only companions are missing
    from the session's line. `main_path` None: the session's main file is not among the objects."""

    identity: Identity
    objects: tuple[_Object, ...]
    known: IndexLine | None
    main: _Object | None
    main_path: str | None


class Rebuild:
    """Makes the missing lines of one destination. Lines that exist are not replaced, whoever wrote them."""

    def __init__(
        self,
        presign: PresignClient,
        index: SessionIndexObjects,
        downloader: Downloader,
        *,
        write_own_lines: Callable[[], IndexUpdate],
        receipts: Callable[[], Mapping[ContentKey, Receipt]],
        folder: Path,
        machine: str,
        stopped: threading.Event,
    ) -> None:
        """`write_own_lines` writes what can be told without the objects. `folder` is this program's own; what a
        killed run left there is erased."""
        self._presign = presign
        self._index = index
        self._downloader = downloader
        self._write_own_lines = write_own_lines
        self._receipts = receipts
        self._folder = folder
        self._machine = machine
        self._stopped = stopped

    def run(self, progress: Callable[[int, int], None] | None = None) -> Rebuilt:
        """Write the missing lines, a batch of sessions at a time. What was written stays when this is interrupted.

        `progress` hears (stored bytes of files settled, of how many), on the calling thread. An object that cannot
        be read is a value in the result. Raises RemoteError for what ends the whole run (Conflict: another process
        of this home is at it), DiskFull, FolderNotWritable, Cancelled.
        """
        with self._alone():
            strangers = self._strangers(self._index.read().by_s3_key())
            own = self._write_own_lines()
            if own.error is not None:
                raise own.error
            if not strangers:
                return Rebuilt(0, ())
            objects, unread = self._told_by_metadata(strangers)
            paths = {receipt.s3_key: key.relative_path for key, receipt in self._receipts().items()}
            lost = self._lost(objects, paths)
            returned = {entry.identity for entry in objects} - {session.identity for session in lost}
            written, failed = self._write(lost, paths, progress)
            return Rebuilt(len(returned) + written, (*unread, *failed))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """With the folder empty, and to ourselves."""
        private_folder(self._folder.parent)
        lock = FileLock(self._folder.with_name(f"{self._folder.name}.lock"), timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout as problem:
            raise Conflict from problem
        try:
            shutil.rmtree(self._folder, ignore_errors=True)
            private_folder(self._folder)
            yield
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
            lock.release()

    def _strangers(self, known: Mapping[str, object]) -> list[StoredVersion]:
        return [
            version
            for version in self._presign.versions()
            if version.is_latest
            and not version.is_deleted
            and version.s3_key.startswith(LOG_PREFIX)
            and version.s3_key not in known
        ]

    def _told_by_metadata(
        self, strangers: Sequence[StoredVersion]
    ) -> tuple[list[_Object], list[tuple[str, ChatLogError]]]:
        """The objects that are a session's; others (put there by other programs) have no line to lose."""
        heads = self._presign.head([ObjectRequest(found.s3_key, found.version_id) for found in strangers])
        objects: list[_Object] = []
        unread: list[tuple[str, ChatLogError]] = []
        for found, head in zip(strangers, heads, strict=True):
            if isinstance(head, HeadReply):
                told = _object(found, head)
                if told is not None:
                    objects.append(told)
            elif not isinstance(head, NotFound):  # deleted a moment ago
                unread.append((found.s3_key, _of_one_object(head)))
        return objects, unread

    def _lost(self, objects: Sequence[_Object], paths: Mapping[str, str]) -> list[_Lost]:
        """What still has no line, by session; in the order of months, so that a batch touches few of them."""
        shared = self._index.read()
        covered = shared.by_s3_key()
        groups: dict[Identity, list[_Object]] = {}
        for entry in objects:
            if entry.s3_key not in covered:
                groups.setdefault(entry.identity, []).append(entry)
        lost = []
        for identity, group in groups.items():
            lines = shared.sessions.get(identity)
            lost.append(_lost_session(identity, group, lines[0] if lines else None, paths))
        return sorted(lost, key=lambda session: session.objects[0].s3_key)

    def _write(
        self, lost: Sequence[_Lost], paths: Mapping[str, str], progress: Callable[[int, int], None] | None
    ) -> tuple[int, list[tuple[str, ChatLogError]]]:
        total = sum(_bytes_to_read(session) for session in lost)
        settled = written = 0
        unread: list[tuple[str, ChatLogError]] = []
        for start in range(0, len(lost), BATCH):
            batch = lost[start : start + BATCH]
            lines = []
            for session, line in zip(batch, self._lines(batch, paths), strict=True):
                settled += _bytes_to_read(session)
                if progress is not None:
                    progress(settled, total)
                if isinstance(line, IndexLine):
                    lines.append(line)
                else:
                    unread.append((session.objects[0].s3_key, line))
            self._index.write(lines, keep_known=True)
            written += len(lines)
        return written, unread

    def _lines(self, batch: Sequence[_Lost], paths: Mapping[str, str]) -> Iterator[IndexLine | ChatLogError]:
        def line_of(session: _Lost) -> IndexLine | ChatLogError:
            return self._line(session, paths)

        with ThreadPoolExecutor(PARALLEL, thread_name_prefix="rebuild") as pool:
            try:
                yield from pool.map(line_of, batch)
            except KeyboardInterrupt:
                # The program ends; downloads under way are not waited for.
                self._stopped.set()
                raise

    def _line(self, session: _Lost, paths: Mapping[str, str]) -> IndexLine | ChatLogError:
        if self._stopped.is_set():
            raise Cancelled
        spellings: dict[str, str] = {}
        if session.main is None:
            assert session.known is not None
            base = session.known
        else:
            try:
                base, spellings = self._read(session, session.main)
            except RemoteError as problem:
                return _of_one_object(problem)
            except FileUnreadable as problem:
                return problem
        return replace(
            base,
            machine=self._machine,
            files=_files(session, paths, spellings),
            others={**base.others, REBUILT: True},
        )

    def _read(self, session: _Lost, main: _Object) -> tuple[IndexLine, dict[str, str]]:
        """What the main file tells, and words as it spells them. Raises RemoteError, FileUnreadable, …"""
        folder = self._folder / main.s3_key.rpartition("/")[2]
        path = session.main_path or default_name(main.s3_key, decompressed=True)
        wanted = Wanted(main.s3_key, folder, PurePosixPath(path).name, main.version_id, main.sha256 or None)
        try:
            brought = self._downloader.download(wanted, cancelled=self._stopped)
            tool, session_id = session.identity
            reader = reader_of(tool, session_id, is_main=session.main_path is not None)
            reading = read_main(Job(reader, str(brought.path), str(folder)))
            if reading is None or UNREADABLE in reading.facts.notes:
                raise FileUnreadable(path=str(brought.path), reason="")
            spellings = _spellings(session, brought)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return _line_of_facts(session.identity, reading.facts, self._machine, main.last_modified), spellings


def _object(found: StoredVersion, head: HeadReply) -> _Object | None:
    tool, session_id = head.metadata.get("tool"), head.metadata.get("session-id")
    if not tool or not session_id or not is_known_tool(tool):
        return None
    size = head.metadata.get("original-size", "")
    return _Object(
        s3_key=found.s3_key,
        version_id=found.version_id,
        last_modified=found.last_modified,
        size=int(size) if size.isascii() and size.isdecimal() and len(size) < 20 else head.size,  # noqa: PLR2004 - beyond 64 bits
        stored_size=head.size,
        sha256=original_hash(head.metadata) or "",
        identity=(tool, clean_text(unquote(session_id))),
    )


def _lost_session(
    identity: Identity, group: list[_Object], known: IndexLine | None, paths: Mapping[str, str]
) -> _Lost:
    objects = tuple(sorted(group, key=lambda entry: entry.s3_key))
    for entry in objects:
        found = main_path(*identity, entry.s3_key)
        if found is not None:
            return _Lost(identity, objects, known, entry, paths.get(entry.s3_key, found))
    main = None if known is not None else min(objects, key=_best_first)
    return _Lost(identity, objects, known, main, None)


def _best_first(entry: _Object) -> tuple[bool, str]:
    """Of a session without its main file, a subagent's log tells the most; the sessions part chooses so, too."""
    return ("agent-" not in entry.s3_key or ".jsonl" not in entry.s3_key, entry.s3_key)


def _files(session: _Lost, paths: Mapping[str, str], spellings: Mapping[str, str]) -> tuple[IndexFile, ...]:
    """The main file first, then what the known line has, then the rest."""
    known = {file.s3_key: file for file in session.known.files} if session.known is not None else {}
    found = {}
    for entry in session.objects:
        path = session.main_path if entry is session.main else None
        path = path or paths.get(entry.s3_key) or relative_path(*session.identity, entry.s3_key, spellings)
        found[entry.s3_key] = IndexFile(
            relative_path=clean_text(path or default_name(entry.s3_key, decompressed=True)),
            s3_key=entry.s3_key,
            version_id=entry.version_id,
            size=entry.size,
            stored_size=entry.stored_size,
            sha256=entry.sha256,
        )
    first = {session.main.s3_key: found[session.main.s3_key]} if session.main is not None else {}
    rest = sorted(found.values(), key=lambda file: file.relative_path)
    return tuple((first | known | {file.s3_key: file for file in rest}).values())


def _spellings(session: _Lost, brought: Downloaded) -> dict[str, str]:
    if not any("toolu_" in entry.s3_key for entry in session.objects):
        return {}
    with brought.path.open(encoding="utf-8", errors="replace") as file:
        return {lower: written for line in file for lower, written in tool_calls(line).items()}


def _line_of_facts(identity: Identity, facts: Facts, machine: str, last_modified: datetime) -> IndexLine:
    """A line without its files. Which computer archived the session is not known any more."""
    project = clean_text(facts.project) if facts.project is not None else None
    return IndexLine(
        tool=identity[0],
        machine=machine,
        session_id=identity[1],
        title=clean_text(facts.title),
        project=project,
        cwd=project,
        started_at=None if facts.started is None else moment(facts.started),
        updated_at=last_modified if facts.updated is None else moment(facts.updated),
        messages=facts.messages,
        tokens=tokens_of_line(facts.usage_by_model()),
        files=(),
    )


def _bytes_to_read(session: _Lost) -> int:
    return session.main.stored_size if session.main is not None else 0


def _of_one_object(problem: RemoteError) -> RemoteError:
    """The error, unless it is the connection's or the endpoint's. Raises it then: the others would meet it, too."""
    if problem.retryable:
        raise problem
    return problem
