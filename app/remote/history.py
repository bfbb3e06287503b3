"""What S3 holds, newest first, with what the session index knows of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from app.remote.protocol import HeadReply, ObjectRequest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from app.remote.index_lines import IndexLine
    from app.remote.presign import PresignClient
    from app.remote.protocol import StoredVersion
    from app.remote.session_index import SessionIndexObjects

LOG_PREFIX = "chat-logs/"


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

    def _joined(self, versions: Iterable[StoredVersion]) -> list[HistoryEntry]:
        # An endpoint that lists index objects among the versions must not make a history of them.
        logs = [version for version in versions if version.s3_key.startswith(LOG_PREFIX)]
        known = self._index.read().by_s3_key() if logs else {}
        strangers = {version.s3_key: version.version_id for version in logs if _needs_asking(version, known)}
        told = self._told_by_metadata(strangers)
        entries = [_entry(version, known.get(version.s3_key), told.get(version.s3_key)) for version in logs]
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


def _needs_asking(version: StoredVersion, known: dict[str, tuple[IndexLine, str]]) -> bool:
    return version.s3_key not in known and not version.is_deleted


def _entry(
    version: StoredVersion, line: tuple[IndexLine, str] | None, head: HeadReply | None
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
    if head is not None:
        return _with_metadata(entry, head)
    return entry


def _with_line(entry: HistoryEntry, line: IndexLine, relative_path: str) -> HistoryEntry:
    return replace(
        entry,
        session_id=line.session_id,
        source=line.tool,
        title=line.title,
        project=line.project,
        machine=line.machine,
        host=line.host,
        relative_path=relative_path,
        is_main=bool(line.files) and line.files[0].relative_path == relative_path,
    )


def _with_metadata(entry: HistoryEntry, head: HeadReply) -> HistoryEntry:
    session_id = head.metadata.get("session-id")
    return replace(
        entry,
        session_id=unquote(session_id) if session_id else None,
        source=head.metadata.get("tool"),
    )
