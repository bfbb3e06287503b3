"""Uploads that an earlier run prepared and did not finish, as contents of their own.

A tool may delete a session while it waits in the spool: then nothing on disk names it any more, but its bytes are
there and can still be archived.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import FileVanished

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date

    from app.transfer.content import ContentKey, Prepared
    from app.transfer.jobs import JobStore
    from app.transfer.schema import Transfer


@dataclass(frozen=True, slots=True)
class SpooledContent:
    """A Content whose bytes are in the spool already."""

    key: ContentKey
    path: Path
    file_name: str
    session_date: date | None
    kind: str
    redaction: str

    def prepare(self, spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:  # noqa: ARG002 - the Protocol's
        """There is nothing to prepare from. Raises FileVanished: the spool file was of no use."""
        raise FileVanished(path=str(self.path))


def spooled(transfer: Transfer) -> SpooledContent:
    """What an earlier run left of a transfer, as a content."""
    return SpooledContent(
        transfer.key,
        Path(transfer.path),
        transfer.file_name,
        transfer.session_date,
        transfer.kind,
        transfer.redaction,
    )


def unfinished(jobs: JobStore, destination: str, given: Collection[ContentKey]) -> list[SpooledContent]:
    """What can be gone on with beside the contents `given`: complete in the spool, its source file gone."""
    waiting = jobs.transfers(destination, ("prepared", "sending", "failed"))
    return [
        spooled(transfer)
        for transfer in waiting
        if transfer.prepared
        and transfer.spool
        and transfer.key not in given
        and not Path(transfer.path).exists()
    ]
