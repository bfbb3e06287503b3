"""The session index's lines: what is known of a session beside its bytes, and how lines are written and read.

An index object is zstd-compressed JSON Lines. Other versions of the program write them too: unknown fields are kept
through a rewrite, lines of newer schemas as well; lines that cannot be read are skipped.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import zstandard

from app.remote.zstd_frames import NotZstdError, decompressed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA_VERSION = 1

REBUILT = "rebuilt"
"""The field, true, of a line that was made from the objects and not from the files on the machine."""

LARGEST_OBJECT = 16 * 1024 * 1024
"""Stored bytes of one month of one machine; and decompressed, eight times that."""
LARGEST_TEXT = 8 * LARGEST_OBJECT


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One archived file of a session. Sizes in bytes; `sha256` (hex) of the text as archived."""

    relative_path: str
    s3_key: str
    version_id: str | None
    size: int
    stored_size: int
    sha256: str
    redactions: int = 0


@dataclass(frozen=True, slots=True)
class IndexLine:
    """A session as one machine archived it. `tokens` is by model: {input, output, cacheRead, cacheWrite}.

    `machine` is the random id of the home, `host` the computer's name. `others` holds fields this version does not
    know, to be written back. The first of `files` is the main file.
    """

    tool: str
    machine: str
    session_id: str
    title: str
    project: str | None
    cwd: str | None
    started_at: datetime | None
    updated_at: datetime
    messages: int
    tokens: Mapping[str, Mapping[str, int]]
    files: tuple[IndexFile, ...]
    host: str | None = None
    schema_version: int = SCHEMA_VERSION
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, str]:
        """(tool, sessionId): the same session on every machine."""
        return (self.tool, self.session_id)

    @property
    def month(self) -> str:
        """YYYY-MM of the session's first moment (UTC), which does not change while the session grows."""
        return (self.started_at or self.updated_at).astimezone(UTC).isoformat()[:7]


def encode_line(line: IndexLine) -> bytes:
    """One line of JSON, without its newline."""
    return msgspec.json.encode(
        {
            **line.others,
            "schemaVersion": line.schema_version,
            "tool": line.tool,
            "machine": line.machine,
            "host": line.host,
            "sessionId": line.session_id,
            "title": line.title,
            "project": line.project,
            "cwd": line.cwd,
            "startedAt": _text(line.started_at),
            "updatedAt": _text(line.updated_at),
            "messages": line.messages,
            "tokens": line.tokens,
            "files": [
                {
                    "relativePath": file.relative_path,
                    "s3Key": file.s3_key,
                    "versionId": file.version_id,
                    "size": file.size,
                    "storedSize": file.stored_size,
                    "sha256": file.sha256,
                    "redactions": file.redactions,
                }
                for file in line.files
            ],
        }
    )


def decode_line(text: bytes) -> IndexLine | None:
    """The line, or None where it is not one."""
    try:
        value = msgspec.json.decode(text)
        wire = msgspec.convert(value, _Line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    updated_at = _moment(wire.updatedAt)
    if updated_at is None:
        return None
    return IndexLine(
        tool=wire.tool,
        machine=wire.machine,
        session_id=wire.sessionId,
        title=wire.title,
        project=wire.project,
        cwd=wire.cwd,
        started_at=_moment(wire.startedAt),
        updated_at=updated_at,
        messages=wire.messages,
        tokens=wire.tokens,
        files=tuple(
            IndexFile(
                file.relativePath,
                file.s3Key,
                file.versionId,
                file.size,
                file.storedSize,
                file.sha256,
                file.redactions,
            )
            for file in wire.files
        ),
        host=wire.host,
        schema_version=wire.schemaVersion,
        others={name: other for name, other in value.items() if name not in _KNOWN},
    )


def encode_object(lines: Iterable[IndexLine], kept: Iterable[bytes] = ()) -> bytes:
    """An index object. `kept` are lines that this version could not read, written back as they came."""
    text = b"".join(line + b"\n" for line in (*kept, *map(encode_line, lines)))
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(text)


def decode_object(body: bytes) -> tuple[list[IndexLine], list[bytes]]:
    """The lines of an index object, and the lines that this version cannot read but should not lose.

    A damaged object gives what could be read of it; garbage lines are dropped, objects of JSON are kept.
    """
    lines: list[IndexLine] = []
    kept: list[bytes] = []
    for text in _decompressed(body).split(b"\n"):
        if not text.strip():
            continue
        line = decode_line(text)
        if line is not None:
            lines.append(line)
        elif _is_object(text):
            kept.append(text)
    return lines, kept


def merge(lines: Iterable[IndexLine]) -> dict[tuple[str, str], list[IndexLine]]:
    """By (tool, sessionId) one line per machine, its newest; the machine that saw the session last comes first."""
    newest: dict[tuple[str, str, str], IndexLine] = {}
    for line in lines:
        identity = (*line.identity, line.machine)
        known = newest.get(identity)
        if known is None or line.updated_at >= known.updated_at:
            newest[identity] = line
    merged: dict[tuple[str, str], list[IndexLine]] = {}
    for line in newest.values():
        merged.setdefault(line.identity, []).append(line)
    for same in merged.values():
        same.sort(key=lambda line: line.updated_at, reverse=True)
    return merged


class _File(msgspec.Struct):
    relativePath: str  # noqa: N815 - the names on the wire
    s3Key: str  # noqa: N815
    versionId: str | None = None  # noqa: N815
    size: int = 0
    storedSize: int = 0  # noqa: N815
    sha256: str = ""
    redactions: int = 0


class _Line(msgspec.Struct):
    tool: str
    machine: str
    sessionId: str  # noqa: N815
    updatedAt: str  # noqa: N815
    title: str = ""
    project: str | None = None
    cwd: str | None = None
    startedAt: str | None = None  # noqa: N815
    messages: int = 0
    tokens: dict[str, dict[str, int]] = {}
    files: list[_File] = []
    host: str | None = None
    schemaVersion: int = SCHEMA_VERSION  # noqa: N815


_KNOWN = frozenset(_Line.__struct_fields__)


def _text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_whole(body: bytes) -> bool:
    """Whether an index object is as it was written; its frame holds a checksum (RFC 8878, 3.1.1)."""
    try:
        size = 0
        for part in decompressed([body]):
            size += len(part)
            if size >= LARGEST_TEXT:
                break
    except NotZstdError:
        return False
    return True


def _decompressed(body: bytes) -> bytes:
    """As much as can be decompressed, up to the limit."""
    parts: list[bytes] = []
    size = 0
    with suppress(NotZstdError):
        for part in decompressed([body]):
            parts.append(part)
            size += len(part)
            if size >= LARGEST_TEXT:
                break
    return b"".join(parts)


def _is_object(text: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
