"""What S3 holds, newest first, with what the session index knows of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations while the program runs
from typing import TYPE_CHECKING
from urllib.parse import unquote

from app.remote.protocol import HeadReply, ObjectRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.remote.index_lines import IndexFile, IndexLine
    from app.remote.presign import PresignClient
    from app.remote.protocol import StoredVersion
    from app.remote.session_index import SessionIndexObjects

LOG_PREFIX = "chat-logs/"

TOLD_EACH = 500
"""Versions listed between two tellings of progress."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A version of an object. Sizes in stored bytes.

    `is_deleted` tells a marker that hides the object. What comes from the session index is None where no machine
    has written a line; `session_id` and `source` then come from the object's own metadata, if it has any.
    """

    s3_key: str
    file_name: str
    size: int
    last_modified: datetime
    storage_class: str | None
    version_id: str
    is_latest: bool
    is_deleted: bool
    session_id: str | None = None
    source: str | None = None
    title: str | None = None
    project: str | None = None
    machine: str | None = None
    host: str | None = None
    relative_path: str | None = None
    is_main: bool = False
    original_size: int | None = None
    """Bytes of the file as it was archived, before compression; None where that is not known."""
    deleted_at: datetime | None = None
    """When a marker hid the object whose newest version this is; told by `History.latest` alone."""

    @property
    def lacks_line(self) -> bool:
        """Whether this is a session's file, there to be had, that no machine's index line tells of."""
        return self.title is None and self.session_id is not None and self.is_latest and not self.is_deleted


class History:
    """The history of one destination."""

    def __init__(self, presign: PresignClient, index: SessionIndexObjects) -> None:
        self._presign = presign
        self._index = index

    def objects(self) -> list[HistoryEntry]:
        """The newest version of every object that is not deleted; the one archived last first. Raises RemoteError."""
        versions = self._presign.versions()
        return self._joined(version for version in versions if version.is_latest and not version.is_deleted)

    def versions(self, s3_key: str | None = None) -> list[HistoryEntry]:
        """Every version and delete marker of one object, or of all; newest first. Raises RemoteError."""
        return self._joined(self._presign.versions(s3_key))

    def latest(
        self, known: Iterable[HistoryEntry] = (), *, progress: Callable[[int], None] | None = None
    ) -> list[HistoryEntry]:
        """The newest version of every object, of deleted ones too (`deleted_at`); the one archived last first.

        `known` is an earlier answer: what only an object's metadata tells is not asked for again. `progress` hears
        how many versions were listed. Raises RemoteError.
        """
        newest: dict[str, StoredVersion] = {}
        hidden: dict[str, datetime] = {}
        for number, version in enumerate(self._presign.versions()):
            if progress is not None and number % TOLD_EACH == 0:
                progress(number)
            if version.is_deleted:
                if version.is_latest:
                    hidden[version.s3_key] = version.last_modified
            elif _is_newer(version, newest.get(version.s3_key)):
                newest[version.s3_key] = version
        asked = {(entry.s3_key, entry.version_id): entry for entry in known if entry.session_id is not None}
        return [
            replace(entry, deleted_at=hidden[entry.s3_key]) if entry.s3_key in hidden else entry
            for entry in self._joined(newest.values(), asked)
        ]

    def _joined(
        self, versions: Iterable[StoredVersion], asked: Mapping[tuple[str, str], HistoryEntry] | None = None
    ) -> list[HistoryEntry]:
        # An endpoint that lists index objects among the versions must not make a history of them.
        logs = [version for version in versions if version.s3_key.startswith(LOG_PREFIX)]
        lines = self._index.read().files() if logs else {}
        entries = [_entry(log, lines.get(log.s3_key), asked or {}) for log in logs]
        strangers = {
            entry.s3_key: entry.version_id
            for entry in entries
            if entry.session_id is None and not entry.is_deleted
        }
        told = self._told_by_metadata(strangers)
        entries = [_with_metadata(entry, told.get(entry.s3_key)) for entry in entries]
        entries.sort(key=lambda entry: entry.s3_key)
        entries.sort(key=lambda entry: (entry.last_modified, entry.is_latest), reverse=True)
        return entries

    def _told_by_metadata(self, strangers: dict[str, str]) -> dict[str, HeadReply]:
        requests = [ObjectRequest(s3_key, version_id) for s3_key, version_id in strangers.items()]
        heads = self._presign.head(requests) if requests else []
        return {
            request.s3_key: head
            for request, head in zip(requests, heads, strict=True)
            if isinstance(head, HeadReply)
        }


def _is_newer(version: StoredVersion, other: StoredVersion | None) -> bool:
    # S3 lists an object's versions newest first, and tells their times to the second.
    return other is None or version.is_latest or version.last_modified > other.last_modified


def _entry(
    version: StoredVersion,
    line: tuple[IndexLine, IndexFile] | None,
    asked: Mapping[tuple[str, str], HistoryEntry],
) -> HistoryEntry:
    entry = HistoryEntry(
        s3_key=version.s3_key,
        file_name=version.file_name,
        size=version.size or 0,
        last_modified=version.last_modified,
        storage_class=version.storage_class,
        version_id=version.version_id,
        is_latest=version.is_latest,
        is_deleted=version.is_deleted,
    )
    if line is not None:
        return _with_line(entry, *line)
    earlier = asked.get((version.s3_key, version.version_id))
    if earlier is not None:
        return replace(
            entry,
            session_id=earlier.session_id,
            source=earlier.source,
            original_size=earlier.original_size,
        )
    return entry


def _with_line(entry: HistoryEntry, line: IndexLine, file: IndexFile) -> HistoryEntry:
    return replace(
        entry,
        session_id=line.session_id,
        source=line.tool,
        title=line.title,
        project=line.project,
        machine=line.machine,
        host=line.host,
        relative_path=file.relative_path,
        is_main=line.files[0].relative_path == file.relative_path,
        original_size=file.size if file.version_id == entry.version_id else None,
    )


def _with_metadata(entry: HistoryEntry, head: HeadReply | None) -> HistoryEntry:
    if head is None or entry.session_id is not None:
        return entry
    session_id = head.metadata.get("session-id")
    return replace(
        entry,
        session_id=unquote(session_id) if session_id else None,
        source=head.metadata.get("tool"),
        original_size=_number(head.metadata.get("original-size", ""))
        if head.version_id == entry.version_id
        else None,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None  # noqa: PLR2004 - beyond 64 bits
