"""RestoreObject: a version of an archive class gets a readable copy, hours later and for some days.

A version's restore is a record beside it; whether it is in progress, there or over again is a matter of the clock, so
nothing has to run in between. Times: "Understanding archive retrieval options" of the Amazon S3 User Guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from app.sandbox.checksums import Hasher
from app.sandbox.http_server import Reply
from app.sandbox.object_headers import ARCHIVED_CLASSES
from app.sandbox.s3_errors import S3Error

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from app.sandbox.objects import Call
    from app.sandbox.store import Store
    from app.sandbox.versions import Version

_HOURS: Mapping[str, Mapping[str, float]] = {
    "GLACIER": {"Expedited": 0.1, "Standard": 5, "Bulk": 12},
    "DEEP_ARCHIVE": {"Standard": 12, "Bulk": 48},
}
_MAX_REQUEST = 64 * 1024  # bytes of XML
_MOST_DAYS = 2**31 - 1
_MOST_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Restore:
    """A copy that was asked for. Readable from `ready_ms` until `expires_ms` (milliseconds since 1970)."""

    ready_ms: int
    expires_ms: int

    def header(self, now_ms: int) -> str | None:
        """As x-amz-restore says it; None once the copy is gone."""
        if now_ms < self.ready_ms:
            return 'ongoing-request="true"'
        if now_ms >= self.expires_ms:
            return None
        expiry = format_datetime(datetime.fromtimestamp(self.expires_ms / 1000, UTC), usegmt=True)
        return f'ongoing-request="false", expiry-date="{expiry}"'


class Restores:
    """The restores of one bucket's versions."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def header(self, version: Version) -> dict[str, str]:
        """The x-amz-restore header of a version, if it has one."""
        restore = self._of(self._store.reader, version)
        told = restore.header(self._now_ms()) if restore is not None else None
        return {"x-amz-restore": told} if told is not None else {}

    def readable(self, version: Version) -> bool:
        """Whether the version's bytes can be had now."""
        if version.storage_class not in ARCHIVED_CLASSES:
            return True
        return 'ongoing-request="false"' in self.header(version).get("x-amz-restore", "")

    async def restore(self, call: Call, version: Version) -> Reply:
        """Begin a restore (202), or keep for longer what is there (200)."""
        text = await call.request.body.read(_MAX_REQUEST)
        if text is None:
            raise S3Error("MalformedXML")
        hasher = Hasher(call.request.headers, call.payload_hash)
        hasher.update(text)
        hasher.finish()
        days, tier = _wish(text)
        hours = _HOURS.get(version.storage_class)
        if hours is None:
            raise S3Error(
                "InvalidObjectState", "Restore is not allowed for the object's current storage class"
            )
        if tier not in hours:
            raise S3Error(
                "InvalidArgument", "The retrieval tier is not one of this class", ArgumentName="Tier"
            )

        def record(connection: sqlite3.Connection) -> int:
            now_ms = self._now_ms()
            known = self._of(connection, version)
            told = known.header(now_ms) if known is not None else None
            if told is not None and "true" in told:
                raise S3Error("RestoreAlreadyInProgress")
            there = told is not None
            ready = now_ms if there else now_ms + int(hours[tier] * 3_600_000)
            connection.execute(
                "INSERT OR REPLACE INTO restores (sequence, ready_ms, expires_ms) VALUES (?, ?, ?)",
                (version.sequence, ready, _midnight_after(ready, days)),
            )
            return 200 if there else 202

        return Reply(await self._store.change(record))

    def _now_ms(self) -> int:
        return int(self._now().timestamp() * 1000)

    @staticmethod
    def _of(connection: sqlite3.Connection, version: Version) -> Restore | None:
        row = connection.execute(
            "SELECT ready_ms, expires_ms FROM restores WHERE sequence = ?", (version.sequence,)
        ).fetchone()
        return Restore(row["ready_ms"], row["expires_ms"]) if row else None


def _midnight_after(ready_ms: int, days: int) -> int:
    """S3 adds the days and rounds up to the next midnight (UTC)."""
    try:
        end = datetime.fromtimestamp(ready_ms / 1000, UTC) + timedelta(days=days + 1)
    except OverflowError as problem:
        raise S3Error("InvalidArgument", ArgumentName="Days") from problem
    return int(end.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def _wish(text: bytes) -> tuple[int, str]:
    """Days and tier of a RestoreRequest. Raises S3Error MalformedXML or InvalidArgument."""
    if b"<!" in text:  # no document type: it is where entity bombs live
        raise S3Error("MalformedXML")
    try:
        root = ET.fromstring(text)  # noqa: S314 - document types were refused above
    except ET.ParseError as problem:
        raise S3Error("MalformedXML") from problem
    fields = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in root.iter()}
    if root.tag.rpartition("}")[2] != "RestoreRequest" or "Days" not in fields:
        raise S3Error("MalformedXML")
    days = fields["Days"]
    number = int(days) if days.isascii() and days.isdigit() and len(days) <= _MOST_DIGITS else 0
    if not 1 <= number <= _MOST_DAYS:
        raise S3Error("InvalidArgument", "restoration days should be at least 1", ArgumentName="Days")
    return number, fields.get("Tier", "Standard")
