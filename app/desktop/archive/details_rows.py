"""What the details say of a session, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.desktop.archive.words import ARCHIVE_CLASSES, encryption_words, storage_class
from app.desktop.formats import amount, event, size
from app.desktop.i18n import translate

if TYPE_CHECKING:
    from app.archiving.archived_sessions import ArchivedSession
    from app.desktop.archive.loading import Facts
    from app.desktop.widgets.details import Details

_NOT_YET = "…"


class Notice(NamedTuple):
    """Something to know before a button is pressed; whether the session can be read at all."""

    icon: str
    text: str
    readable: bool


def lock_notice(session: ArchivedSession, facts: Facts | None) -> Notice | None:
    """What stands between a person and the session's bytes: an archive class, a deletion. None: nothing."""
    name = facts.head.storage_class if facts is not None else session.storage_class
    restore = facts.restore_state if facts is not None else None
    if name in ARCHIVE_CLASSES and restore != "restored":
        words = storage_class(name).words
        if restore == "in-progress":
            text = translate(
                "Archive", "S3 is bringing this session out of {storage}. It can be downloaded then."
            )
        else:
            text = translate(
                "Archive",
                "This session lies in {storage} and cannot be read directly. It can be downloaded once it has been"
                " restored in S3.",
            )
        return Notice("lock", text.format(storage=words), readable=False)
    if session.deleted_at is not None:
        return Notice(
            "trash",
            translate(
                "Archive", "Deleted, and hidden from lists. Its versions are still there to be downloaded."
            ),
            readable=True,
        )
    return None


def fill_details(
    details: Details,
    session: ArchivedSession,
    facts: Facts | None,
    *,
    this_computer_only: bool,
    asking: bool,
) -> None:
    """All that is known. `asking`: S3 has not said the rest yet."""
    _add_state(details, session, this_computer_only=this_computer_only)
    encrypted = encryption_words(facts.head.encryption) if facts is not None else _NOT_YET if asking else ""
    if encrypted:
        icon = "lock" if facts is not None else None
        details.add(translate("Archive", "Encrypted"), encrypted, icon=icon, icon_ink="text2")
    name = facts.head.storage_class if facts is not None else session.storage_class
    storage = storage_class(name)
    details.add(translate("Archive", "Storage"), storage.words, icon=storage.icon, icon_ink="text2")
    details.add(translate("Archive", "Stored"), _stored(session, facts))
    details.add(translate("Archive", "Files"), _files(session))
    if session.machine:
        details.add(translate("Archive", "Computer"), session.machine)
    _add_ids(details, session, facts, asking=asking)


def _add_state(details: Details, session: ArchivedSession, *, this_computer_only: bool) -> None:
    label = translate("Archive", "State")
    if session.deleted_at is not None:
        words = translate("Archive", "Deleted · {when}").format(when=event(session.deleted_at))
        details.add(label, words, icon="trash", icon_ink="text2")
    elif this_computer_only:
        details.add(label, translate("Archive", "This computer only"), icon="local", icon_ink="text2")
    elif session.titled:
        # A line in the session index is written only when S3 has confirmed the bytes.
        details.add(label, translate("Archive", "Archived and verified"), icon="archived", icon_ink="ok")
    else:
        details.add(label, translate("Archive", "In the archive"), icon="archive", icon_ink="text2")


def _stored(session: ArchivedSession, facts: Facts | None) -> str:
    """How much is stored of how much, and how it is packed."""
    original = session.original_size
    if original is None and facts is not None and not session.companions:
        original = facts.original_size
    if original is None:
        return size(session.stored_size)
    if session.stored_size >= original:
        return size(session.stored_size)
    told = amount(session.stored_size, original)
    if not session.main.s3_key.endswith(".zst"):
        return told
    return translate("Archive", "{amount}, {packing}").format(amount=told, packing="zstd")


def _files(session: ArchivedSession) -> str:
    if not session.companions:
        return translate("Archive", "1 file")
    companions = translate("Archive", "%Ln companions", n=len(session.companions))
    return translate("Archive", "1 log, {companions}").format(companions=companions)


def _add_ids(details: Details, session: ArchivedSession, facts: Facts | None, *, asking: bool) -> None:
    if facts is not None and facts.sha256 is not None:
        details.add("SHA-256", facts.sha256, copy=translate("Archive", "Copy the SHA-256"))
    elif asking:
        details.add("SHA-256", _NOT_YET)
    details.add(
        translate("Archive", "Key", "of an object"),
        session.main.s3_key,
        copy=translate("Archive", "Copy the key"),
    )
    details.add(
        translate("Archive", "Version"),
        session.main.version_id,
        copy=translate("Archive", "Copy the version"),
    )
