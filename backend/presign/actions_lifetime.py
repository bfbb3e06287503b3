"""restore, delete, undelete: an object asked back from an archive class, hidden, and shown again.

No action destroys anything: delete adds a marker, undelete a copy. All three may be asked for again after a lost
reply: what is done already is answered as done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.presign.actions_common import Answer, find
from backend.presign.keys import own_key
from backend.presign.problems import not_found
from backend.presign.storage import StorageMisconfigured
from backend.presign.storage_lifetime import COPY_LIMIT, waiting_time
from backend.presign.storage_problems import NotTheFirst, hidden_in_archive, not_archived, too_large_to_copy
from backend.presign.storage_readings import utc_text
from backend.presign.validation import parse_s3_key

if TYPE_CHECKING:
    from backend.presign.actions_common import Group, Moment
    from backend.presign.settings import Settings
    from backend.presign.storage import Storage
    from backend.presign.storage_lifetime import Lifetimes
    from backend.presign.storage_readings import Entry
    from backend.presign.validation_fields import Fields

DAYS_DEFAULT, DAYS_LIMIT = 7, 14
TIERS = ("Standard", "Bulk")


class LifetimeActions:
    """The actions on what happens to whole objects."""

    def __init__(self, settings: Settings, storage: Storage, lifetimes: Lifetimes) -> None:
        self._settings = settings
        self._storage = storage
        self._lifetimes = lifetimes

    @property
    def group(self) -> Group:
        """The actions by name."""
        return {"restore": self._restore, "delete": self._delete, "undelete": self._undelete}

    def _restore(self, fields: Fields, moment: Moment) -> Answer:
        fields.only("s3Key", "versionId", "days", "tier")
        days = fields.integer("days", 1, DAYS_LIMIT) or DAYS_DEFAULT
        tier = fields.choice("tier", TIERS, "Standard")
        s3_key, head = find(self._storage, fields, moment.owner)
        if head.archive is None:
            raise not_archived(head.storage_class)
        state = head.restore["state"] if head.restore is not None else None
        asked_before = state == "in-progress" or self._lifetimes.restore(s3_key, head, days, tier)
        if state == "restored":
            # The copy is there; S3 has moved the day of its end.
            return Answer({"state": "restored", "expectedBy": utc_text(moment.now)})
        # S3 does not tell how or when it was asked before: then the slowest way, begun now, is what can be promised.
        wait = waiting_time(head.archive, None if asked_before else tier)
        return Answer({"state": "in-progress", "expectedBy": utc_text(moment.now + wait)})

    def _delete(self, fields: Fields, moment: Moment) -> Answer:
        fields.only("s3Key")
        s3_key = own_key(moment.owner, parse_s3_key(fields)).s3_key
        newest = self._newest(s3_key)
        if newest.is_deleted:
            return Answer({"versionId": newest.version_id})
        if newest.version_id == "null":
            # Without versioning there would be no marker: the object itself would go.
            raise StorageMisconfigured("DeleteObject", "the bucket keeps no versions")
        return Answer({"versionId": self._lifetimes.hide(s3_key)})

    def _undelete(self, fields: Fields, moment: Moment) -> Answer:
        fields.only("s3Key")
        s3_key = own_key(moment.owner, parse_s3_key(fields)).s3_key
        newest = self._newest(s3_key)
        if not newest.is_deleted:
            return Answer({"versionId": newest.version_id})
        hidden = next((entry for entry in self._storage.all_versions(s3_key) if not entry.is_deleted), None)
        if hidden is None or hidden.version_id is None:
            raise not_found()
        head = self._storage.head(s3_key, hidden.version_id)
        if head.archived:
            raise hidden_in_archive(head.storage_class, hidden.version_id, head.restore)
        if head.size > COPY_LIMIT:
            raise too_large_to_copy(hidden.version_id, head.size, COPY_LIMIT)
        try:
            copied = self._lifetimes.copy_to_top(s3_key, hidden.version_id, self._settings.kms_key_id)
        except NotTheFirst:
            # Somebody has shown it again, or written it anew, since the list was made.
            copied = self._newest(s3_key).version_id
        return Answer({"versionId": copied})

    def _newest(self, s3_key: str) -> Entry:
        newest = self._lifetimes.newest(s3_key)
        if newest is None:
            raise not_found()
        return newest
