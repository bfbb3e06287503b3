"""Which files of a session are to be sent, and where those come from whose session is gone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.archiving.queue_upload_entry import FileProgress
from app.transfer.schema import CONFIRMED
from app.transfer.unfinished import spooled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.archiving.archive import Archiver
    from app.archiving.plan import Plan
    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_rows import Identity
    from app.sessions.model import Session
    from app.transfer.schema import Transfer


def find_sessions(
    engine: QueueEngine, wanted: Mapping[Identity, Sequence[Transfer]]
) -> dict[Identity, Session]:
    """Those of the wanted sessions that are on this computer: as the last scan or, for dropped files, their paths
    tell. Raises DiskFull, FolderNotWritable."""
    if not wanted:
        return {}
    found = {session.identity: session for session in engine.known_sessions() if session.identity in wanted}
    paths = [
        path
        for identity, transfers in wanted.items()
        if identity not in found
        for path in {Path(transfer.path) for transfer in transfers}
        if path.exists()
    ]
    if paths:
        found |= {
            session.identity: session for session in engine.inspect(paths) if session.identity in wanted
        }
    return found


def files_to_send(
    archiver: Archiver, plan: Plan, session: Session | None, transfers: Sequence[Transfer]
) -> tuple[list[FileProgress], list[str]]:
    """The files of a session, the main one first; and the ids of transfers that nothing can come of any more.

    What an earlier run left in the spool is sent though its file, or the whole session, is gone from this computer.
    A companion that was deleted before it was read is not the session's any more.
    """
    files: list[FileProgress] = []
    present = set()
    by_key = {transfer.key: transfer for transfer in transfers}
    if session is not None:
        for entry in plan.of(session).files:
            present.add(entry.key)
            if entry.settled:
                files.append(FileProgress.settled(entry))
            else:
                file = FileProgress(entry.file.size, archiver.content(session, entry))
                _recall(file, by_key.get(entry.key))
                files.append(file)
    useless = []
    for transfer in _main_first(transfers):
        if transfer.key in present:
            continue
        if transfer.state in CONFIRMED:
            if session is None:
                remembered = FileProgress.remembered(transfer)
                remembered.counts = False
                files.append(remembered)
        elif session is None or (transfer.prepared is not None and transfer.spool is not None):
            file = FileProgress(0, spooled(transfer))
            _recall(file, transfer)
            files.append(file)
        else:
            useless.append(transfer.id)
    return files, useless


def _recall(file: FileProgress, transfer: Transfer | None) -> None:
    """What is known of its size as it would be stored; preparing it again tells anew."""
    if transfer is not None and transfer.prepared is not None and transfer.spool is not None:
        file.size = transfer.prepared.original_size
        file.total = transfer.prepared.stored_size


def _main_first(transfers: Sequence[Transfer]) -> list[Transfer]:
    """Companions lie in folders below their main file."""
    return sorted(transfers, key=lambda it: (it.key.relative_path.count("/"), it.created_at, it.key))
