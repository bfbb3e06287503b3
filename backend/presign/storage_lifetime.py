"""An object hidden, shown again, and asked back from an archive class. Nothing here can destroy a version."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from backend.presign.storage_problems import NotTheFirst, conflict, not_archived

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.presign.storage import Storage
    from backend.presign.storage_readings import Entry, Head

WAITING_HOURS: Mapping[str, Mapping[str, int]] = {
    "GLACIER": {"Standard": 5, "Bulk": 12},
    "DEEP_ARCHIVE": {"Standard": 12, "Bulk": 48},
    "ARCHIVE_ACCESS": {"Standard": 5, "Bulk": 12},
    "DEEP_ARCHIVE_ACCESS": {"Standard": 12, "Bulk": 48},
}
"""The longest that S3 takes as a rule, by storage class (or tier of INTELLIGENT_TIERING) and by tier of the request.

Source: "Understanding archive retrieval options",
https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html.
"""

COPY_LIMIT = 5 * 1024**3
"""Bytes of one CopyObject: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html."""


class _InProgress(Exception):
    """S3 is at it already."""


class Lifetimes:
    """What happens to whole objects. Raises Problem 429 and 503, and StorageMisconfigured, beside what is named."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def restore(self, s3_key: str, head: Head, days: int, tier: str) -> bool:
        """Ask for a readable copy for `days`; whether S3 had been asked before. Raises Problem 409 (no archive class)."""
        request: dict[str, object] = {"GlacierJobParameters": {"Tier": tier}}
        # In INTELLIGENT_TIERING the object itself comes back, and S3 refuses a number of days.
        if head.storage_class != "INTELLIGENT_TIERING":
            request["Days"] = days
        chosen = {"VersionId": head.version_id} if head.version_id is not None else {}
        try:
            self._storage.call(
                "restore_object",
                {
                    "RestoreAlreadyInProgress": _InProgress,
                    "InvalidObjectState": lambda: not_archived(head.storage_class),
                },
                Key=s3_key,
                RestoreRequest=request,
                **chosen,
            )
        except _InProgress:
            return True
        return False

    def newest(self, s3_key: str) -> Entry | None:
        """The key's newest version or delete marker."""
        entries = self._storage.versions(s3_key, None, 1).entries
        return next((entry for entry in entries if entry.s3_key == s3_key), None)

    def hide(self, s3_key: str) -> str | None:
        """Put a delete marker on top; its version id."""
        reply = self._storage.call("delete_object", Key=s3_key)
        version_id: str | None = reply.get("VersionId")
        return version_id

    def copy_to_top(self, s3_key: str, version_id: str, kms_key_id: str) -> str | None:
        """Copy a version over the marker that hides it, all that is stored with it included; the copy's version id.

        Raises NotTheFirst where the object is no longer hidden, Problem 409 where it is being written.
        """
        reply = self._storage.call(
            "copy_object",
            {"PreconditionFailed": NotTheFirst, "ConditionalRequestConflict": conflict},
            Key=s3_key,
            CopySource={"Bucket": self._storage.bucket, "Key": s3_key, "VersionId": version_id},
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=kms_key_id,
            # Whoever wrote meanwhile wrote something newer: it must not be covered with the old.
            IfNoneMatch="*",
        )
        copied: str | None = reply.get("VersionId")
        return copied


def waiting_time(archive: str, tier: str | None) -> timedelta:
    """How long a restore takes at most as a rule; without a tier the slowest one's time."""
    hours = WAITING_HOURS.get(archive, WAITING_HOURS["DEEP_ARCHIVE"])
    return timedelta(hours=max(hours.values()) if tier is None else hours[tier])
