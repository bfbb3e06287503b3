"""list and versions: what there is under the caller's prefixes, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.presign.actions_common import Answer
from backend.presign.keys import describe, own_key, prefix
from backend.presign.problems import not_found
from backend.presign.storage_readings import utc_text
from backend.presign.validation import LIST_LIMIT, encode_cursor, parse_cursor, parse_kind, parse_s3_key

if TYPE_CHECKING:
    from backend.presign.actions_common import Group, Moment, Reply
    from backend.presign.storage import Storage
    from backend.presign.storage_readings import Entry
    from backend.presign.validation_fields import Fields


class ListingActions:
    """The listings. `page_limit` bounds a page."""

    def __init__(self, storage: Storage, page_limit: int) -> None:
        self._storage = storage
        self._page_limit = page_limit

    @property
    def group(self) -> Group:
        """The actions by name."""
        return {"list": self._list, "versions": self._versions}

    def _list(self, fields: Fields, moment: Moment) -> Answer:
        fields.only("kind", "cursor", "limit")
        start = prefix(moment.owner, parse_kind(fields))
        limit = fields.integer("limit", 1, LIST_LIMIT) or self._page_limit
        cursor = parse_cursor(fields, 1)
        after = cursor[0] if cursor else None
        if after is not None and not after.startswith(start):
            raise fields.refuse("cursor", "belongs to another listing")
        entries, more = self._storage.objects(start, after, limit)
        return Answer(
            {
                "objects": [
                    {
                        "s3Key": entry.s3_key,
                        "fileName": describe(moment.owner, entry.s3_key).file_name,
                        "size": entry.size,
                        "lastModified": utc_text(entry.last_modified),
                        "storageClass": entry.storage_class,
                        "etag": entry.etag,
                    }
                    for entry in entries
                ],
                "next": encode_cursor(entries[-1].s3_key) if more and entries else None,
            },
            items=len(entries),
        )

    def _versions(self, fields: Fields, moment: Moment) -> Answer:
        fields.only("s3Key", "cursor")
        s3_key = parse_s3_key(fields) if "s3Key" in fields else None
        start = prefix(moment.owner, "log") if s3_key is None else own_key(moment.owner, s3_key).s3_key
        marker = self._version_marker(fields, start, s3_key)
        page = self._storage.versions(start, marker, self._page_limit)
        entries, following = page.entries, page.next_marker
        if s3_key is not None:
            entries = [entry for entry in page.entries if entry.s3_key == s3_key]
            # Keys that this one is a prefix of come after it: once one is seen, its versions are all told.
            following = following if len(entries) == len(page.entries) else None
            if not entries and marker is None:
                raise not_found()
        return Answer(
            {
                "versions": [_version(entry, moment.owner) for entry in entries],
                "next": encode_cursor(start, *following) if following else None,
            },
            items=len(entries),
        )

    def _version_marker(self, fields: Fields, start: str, s3_key: str | None) -> tuple[str, str] | None:
        cursor = parse_cursor(fields, 3)
        if cursor is None:
            return None
        listing, key, version_id = cursor
        inside = key == s3_key if s3_key is not None else key.startswith(start)
        if listing != start or not inside:
            raise fields.refuse("cursor", "belongs to another listing")
        return key, version_id


def _version(entry: Entry, owner: str) -> Reply:
    return {
        "s3Key": entry.s3_key,
        "fileName": describe(owner, entry.s3_key).file_name,
        "versionId": entry.version_id,
        "isLatest": entry.is_latest,
        "isDeleted": entry.is_deleted,
        "size": entry.size,
        "lastModified": utc_text(entry.last_modified),
        "storageClass": entry.storage_class,
    }
