"""What the details say of a session, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from app.archiving.lifetimes import ARCHIVE_CLASSES, in_archive_class
from app.desktop.archive.words import encryption_words, return_words, storage_class
from app.desktop.formats import event, size
from app.desktop.i18n import translate

if TYPE_CHECKING:
    from app.archiving.archived_sessions import ArchivedSession
    from app.desktop.archive.loading import ArchiveRow, Facts
    from app.desktop.widgets.details import Details
    from app.transfer.object_marks import Return

_NOT_YET = "…"


Lock = Literal["open", "locked", "coming"]
"""Whether S3 gives a session at once, only when it is asked for its return, or after that has come to its end."""


class Notice(NamedTuple):
    """Something to know before a button is pressed."""

    icon: str
    text: str


def returning_of(row: ArchiveRow, facts: Facts | None) -> Return | None:
    """How it stands with a session's return, as far as is known."""
    return facts.returning if facts is not None else row.returning


def lock_of(row: ArchiveRow, facts: Facts | None) -> Lock:
    """Whether the session's bytes can be had."""
    cold = bool(in_archive_class(row.session))
    returning = returning_of(row, facts)
    if not cold and returning is None and (facts is None or facts.head.storage_class not in ARCHIVE_CLASSES):
        return "open"
    if returning is None:
        return "locked"
    return "open" if returning.available_until is not None else "coming"


def lock_notice(row: ArchiveRow, facts: Facts | None) -> Notice | None:
    """What stands between a person and the session's bytes: an archive class, a deletion. None: nothing."""
    session, returning = row.session, returning_of(row, facts)
    if lock_of(row, facts) != "open":
        cold = in_archive_class(session)
        name = cold[0].storage_class if cold else facts.head.storage_class if facts is not None else None
        if returning is not None:
            text = translate("Archive", "{state}. A download waits until it is there.")
            return Notice("queued", text.format(state=return_words(returning).words))
        if session.deleted_at is not None:
            text = translate(
                "Archive",
                "This session was deleted and lies in {storage}. Ask for its return first; then it can be undeleted.",
            )
        else:
            text = translate(
                "Archive",
                "This session lies in {storage} and cannot be read at once. Ask for its return; then it can be"
                " downloaded.",
            )
        return Notice("lock", text.format(storage=storage_class(name).words))
    if session.deleted_at is not None:
        return Notice(
            "trash",
            translate("Archive", "Deleted. Its versions are kept: it can be undeleted or downloaded."),
        )
    if returning is not None:
        text = translate("Archive", "{state}. After that it has to be asked back again.")
        return Notice("check", text.format(state=return_words(returning).words))
    return None


def fill_details(
    details: Details,
    row: ArchiveRow,
    facts: Facts | None,
    *,
    this_computer_only: bool,
    asking: bool,
) -> None:
    """All that is known. `asking`: S3 has not said the rest yet."""
    session = row.session
    _add_state(details, session, this_computer_only=this_computer_only)
    encrypted = encryption_words(facts.head.encryption) if facts is not None else _NOT_YET if asking else ""
    if this_computer_only:
        # The sandbox answers as S3 would, but its files lie on the disk as any others do.
        details.add(
            translate("Archive", "Encrypted"),
            translate("Archive", "Only if this computer's disk is"),
            ink="text2",
        )
    elif encrypted:
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
    told = translate("Archive", "{stored} of {original}").format(
        stored=size(session.stored_size), original=size(original)
    )
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
