"""Problems of objects that are written, hidden and brought back: what the state of S3 does not allow.

Each says what the caller can do about it.
"""

from __future__ import annotations

from backend.presign.problems import Problem, not_found


class UploadGone(Exception):
    """S3 knows no such upload in parts under that key: completed, aborted, ended by the lifecycle, or never there."""


class NotTheFirst(Exception):
    """An object stands under a key that had to be free (S3's 412)."""


def no_such_upload() -> Problem:
    """404: the parts are gone, and the object is not what they would have made."""
    gone = not_found()
    gone.title = "There is no such upload"
    gone.detail = "No upload of yours in parts has this key and id; it may have ended. Begin anew."
    return gone


def already_there() -> Problem:
    """412: an object came first; S3 answers the same to a single PUT that must be the first."""
    return Problem(
        412,
        "already-there",
        "There is an object already",
        "The upload must be the first under its key, and another one was. Compare by head.",
    )


def conflict() -> Problem:
    """409: two writers at once."""
    return Problem(
        409,
        "conflict",
        "Two writers at once",
        "The object was being written by somebody else at this moment; trying again can help.",
        retryable=True,
    )


def not_archived(storage_class: str) -> Problem:
    """409: there is nothing to ask back."""
    return Problem(
        409,
        "not-archived",
        "The object is in no archive class",
        f"The object is in {storage_class} and can be read at once.",
        members={"storageClass": storage_class},
    )


def hidden_in_archive(storage_class: str, version_id: str | None, restore: object) -> Problem:
    """409: the version that the marker hides cannot be copied before it is restored."""
    return Problem(
        409,
        "object-archived",
        "The hidden version is in an archive class",
        f"The newest version is in {storage_class}; ask for it with restore, naming its versionId, and undelete the"
        " object when it is there.",
        members={"storageClass": storage_class, "versionId": version_id, "restore": restore},
    )


def too_large_to_copy(version_id: str | None, size: int, limit: int) -> Problem:
    """413: S3 copies at most `limit` bytes at once."""
    return Problem(
        413,
        "too-large",
        "Too large to be copied",
        f"The newest version has {size} bytes and S3 copies at most {limit} at once. Download it, naming its"
        " versionId, and upload it anew.",
        members={"size": size, "limit": limit, "versionId": version_id},
    )
