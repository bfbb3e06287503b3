"""state.db as the queue sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.transfer.downloads import DownloadStore
from app.transfer.object_marks import ObjectMarks
from app.transfer.queued_transfers import QueuedTransfers
from app.transfer.wishes import WishStore

if TYPE_CHECKING:
    from app.archiving.queue_engine import QueueEngine
    from app.transfer.jobs import JobStore


@dataclass(frozen=True, slots=True)
class Ledger:
    """The transfers and downloads of one destination."""

    destination: str
    jobs: JobStore
    transfers: QueuedTransfers
    downloads: DownloadStore
    marks: ObjectMarks
    wishes: WishStore


def open_ledger(engine: QueueEngine) -> Ledger | None:
    """The ledger of the destination in use; None before the endpoint was ever asked which that is.

    Raises StateDamaged, StateTooNew, DiskFull, FolderNotWritable, ConfigurationError, Cancelled after closing.
    """
    destination = engine.destination()
    if destination is None:
        return None
    jobs = engine.jobs()
    return Ledger(
        destination,
        jobs,
        QueuedTransfers(jobs.database, destination),
        DownloadStore(jobs.database, destination),
        ObjectMarks(jobs.database, destination),
        WishStore(jobs.database, destination),
    )
