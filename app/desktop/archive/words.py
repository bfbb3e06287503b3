"""The Archive page's words for what S3 calls otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QDate, QLocale

from app.desktop.formats import event
from app.desktop.i18n import mark, translate
from app.sessions.local_time import local_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.archiving.archived_sessions import ArchivedSession
    from app.remote.protocol import Encryption
    from app.transfer.object_marks import Return

# An icon, and the name by which S3's own console goes.
_CLASSES: Mapping[str, tuple[str | None, tuple[str, str]]] = {
    "STANDARD": (None, mark("Archive", "Standard")),
    "STANDARD_IA": (None, mark("Archive", "Infrequent access")),
    "ONEZONE_IA": (None, mark("Archive", "One zone")),
    "INTELLIGENT_TIERING": (None, mark("Archive", "Intelligent tiering")),
    "REDUCED_REDUNDANCY": (None, mark("Archive", "Reduced redundancy")),
    "EXPRESS_ONEZONE": (None, mark("Archive", "Express one zone")),
    "GLACIER_IR": ("snow", mark("Archive", "Instant retrieval")),
    "GLACIER": ("lock", mark("Archive", "Flexible retrieval")),
    "DEEP_ARCHIVE": ("lock", mark("Archive", "Deep Archive")),
}


class Storage(NamedTuple):
    """Where a session lies, for a person: words, and the icon before them if there is one."""

    words: str
    icon: str | None


def storage_of(
    session: ArchivedSession, returning: Return | None = None, *, this_computer_only: bool
) -> Storage:
    """What the Storage column says of a session."""
    if session.deleted_at is not None:
        return Storage(translate("Archive", "Deleted"), "trash")
    if returning is not None:
        return _return_in_a_row(returning)
    if this_computer_only:
        return Storage(translate("Archive", "This computer only"), "local")
    return storage_class(session.storage_class)


def _return_in_a_row(returning: Return) -> Storage:
    """The day is all that there is room for."""
    if returning.available_until is not None:
        words = translate("Archive", "Until {date}").format(date=_day(returning.available_until))
        return Storage(words, "check")
    if returning.expected_by is None:
        return Storage(translate("Archive", "Coming back"), "queued")
    return Storage(translate("Archive", "Expected {date}").format(date=_day(returning.expected_by)), "queued")


def _day(moment: datetime) -> str:
    """Without the year: it is at most weeks away."""
    local = local_time(moment)
    return QLocale().toString(QDate(local.year, local.month, local.day), translate("Archive", "d MMM"))


def return_words(returning: Return) -> Storage:
    """How it stands with a return from an archive class."""
    if returning.available_until is not None:
        words = translate("Archive", "Available until {when}")
        return Storage(words.format(when=event(returning.available_until)), "check")
    if returning.expected_by is None:
        return Storage(translate("Archive", "Coming back"), "queued")
    words = translate("Archive", "Coming back, expected by {when}")
    return Storage(words.format(when=event(returning.expected_by)), "queued")


def storage_class(name: str | None) -> Storage:
    """A storage class; one that is not known here goes by S3's own name."""
    icon, words = _CLASSES.get(name or "STANDARD", (None, None))
    return Storage(translate(*words) if words is not None else name or "", icon)


def encryption_words(encryption: Encryption | None) -> str:
    """With what S3 encrypted an object; empty where it did not say."""
    if encryption is None or not encryption.algorithm:
        return ""
    kind = {"AES256": "SSE-S3", "aws:kms": "KMS", "aws:kms:dsse": "KMS (DSSE)"}.get(
        encryption.algorithm, encryption.algorithm
    )
    return f"{kind} · {key_name(encryption.key_id)}" if encryption.key_id else kind


def key_name(key_id: str) -> str:
    """A KMS key by what tells it from others: of an ARN the alias, or the id without the word before it."""
    last = key_id.rpartition(":")[2]
    return last if last.startswith("alias/") else last.removeprefix("key/")
