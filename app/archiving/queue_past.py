"""The rows that an earlier run left on disk."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from app.archiving.queue_book import KEPT_ENDED
from app.archiving.queue_download_entry import DownloadEntry
from app.archiving.queue_entry import Entry, Stage
from app.archiving.queue_upload_entry import FileProgress, UploadEntry
from app.transfer.kept_errors import error_of
from app.transfer.schema import UNFINISHED, Transfer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from app.archiving.queue_ledger import Ledger
    from app.archiving.queue_rows import Identity
    from app.sessions.model import Session
    from app.transfer.content import ContentKey
    from app.transfer.schema import Receipt


def upload_id(identity: Identity) -> str:
    """A session's row has the same id in every run."""
    told = "\0".join(identity).encode("utf-8", "surrogatepass")
    return f"u{hashlib.blake2b(told, digest_size=12).hexdigest()}"


def remembered_entries(
    ledger: Ledger, sessions: Mapping[Identity, Session]
) -> tuple[list[Entry], list[Entry]]:
    """What is unfinished or paused, in the order to go on with; and the newest that have ended, the oldest first.

    Stages are set but for what is to be gone on with, which is yet to be taken in.
    """
    receipts = ledger.jobs.receipts(ledger.destination)
    unfinished: list[tuple[tuple[bool, datetime], Entry]] = []
    ended: list[tuple[datetime, Entry]] = []
    for identity, transfers in ledger.transfers.by_session(ended=KEPT_ENDED).items():
        entry = _upload_entry(identity, transfers, sessions.get(identity), receipts)
        if entry.unfinished:
            begun = any(transfer.state in {"prepared", "sending"} for transfer in transfers)
            unfinished.append(((not begun, min(transfer.created_at for transfer in transfers)), entry))
        else:
            ended.append((entry.updated_at, entry))
    for download in ledger.downloads.all(ended=KEPT_ENDED):
        row = DownloadEntry.remembered(download)
        if row.unfinished:
            unfinished.append(((True, download.created_at), row))
        else:
            ended.append((row.updated_at, row))
    unfinished.sort(key=lambda pair: pair[0])
    ended.sort(key=lambda pair: pair[0])
    return [entry for _, entry in unfinished], [entry for _, entry in ended[-KEPT_ENDED:]]


def describe_from_transfers(
    entry: UploadEntry,
    transfers: Sequence[Transfer],
    session: Session | None,
    receipts: Mapping[ContentKey, Receipt],
) -> None:
    """Fill a row with what the disk knows of it."""
    main = _main(transfers, session)
    entry.title, entry.path = Path(main.path).name, main.path
    if session is not None:
        entry.describe(session)
    sizes = {file.relative_path: file.size for file in session.files} if session is not None else {}
    files = []
    for transfer in sorted(transfers, key=lambda it: (it is not main, it.key)):
        file = FileProgress.remembered(transfer)
        receipt = receipts.get(transfer.key)
        if receipt is not None and file.phase in {"done", "unchanged"}:
            file.size, file.total = receipt.original_size, receipt.stored_size
            file.s3_key, file.version_id = receipt.s3_key, receipt.version_id
        elif transfer.prepared is None:
            file.size = sizes.get(transfer.key.relative_path, 0)
        files.append(file)
    entry.take_files(files)


def end_as_transfers(entry: UploadEntry, transfers: Sequence[Transfer]) -> None:
    """Let a row end as its files did. None of them is unfinished or paused."""
    states = {transfer.state for transfer in transfers}
    if "failed" in states:
        failed = next(transfer for transfer in transfers if transfer.state == "failed")
        entry.end("failed", error_of(failed.error_code, failed.error_parameters))
    elif "cancelled" in states:
        entry.end("cancelled")
    else:
        entry.end(entry.confirmed_state())


def _upload_entry(
    identity: Identity,
    transfers: Sequence[Transfer],
    session: Session | None,
    receipts: Mapping[ContentKey, Receipt],
) -> UploadEntry:
    entry = UploadEntry(identity, upload_id(identity), 0)
    describe_from_transfers(entry, transfers, session, receipts)
    entry.updated_at = max(transfer.updated_at for transfer in transfers)
    states = {transfer.state for transfer in transfers}
    if states.isdisjoint(UNFINISHED):
        if "paused" in states:
            entry.stage = Stage.PAUSED
        else:
            end_as_transfers(entry, transfers)
    return entry


def _main(transfers: Sequence[Transfer], session: Session | None) -> Transfer:
    if session is not None:
        for transfer in transfers:
            if transfer.key.relative_path == session.files[0].relative_path:
                return transfer
    return min(transfers, key=lambda it: (it.key.relative_path.count("/"), it.created_at, it.key))
