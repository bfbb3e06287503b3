"""Many contents to S3 at once, each confirmed; the face of the transfer part's uploads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from app.remote.protocol import SINGLE_PUT_LIMIT
from app.storage.paths import private_folder
from app.transfer.multipart import LARGEST_OBJECT, PARTS_ABOVE
from app.transfer.upload_run import UploadRun
from app.transfer.withdrawal import Withdrawal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from app.remote.presign import PresignClient
    from app.transfer.connections import Connections
    from app.transfer.content import Content, Events, Outcome
    from app.transfer.jobs import JobStore

PARALLEL = 8
PREPARERS = 8
"""More than there are processors: while some compress, others wait for the disk together and share its flush."""


class Uploader:
    """Archives contents at one destination. One `run` at a time.

    With `keeps_what_halts` a failure of the endpoint or of S3 as a whole is not noted as the failure of every file:
    these outcomes are `kept`. Who reads the first of them should give no more contents.

    What has more than `parts_above` stored bytes goes in parts, several at once; more than `size_limit` is refused.
    Both in bytes; the first at most what one PUT may carry.
    """

    def __init__(
        self,
        jobs: JobStore,
        presign: PresignClient,
        http: Connections,
        spool_folder: Path,
        *,
        destination: str,
        events: Events | None = None,
        parallel: int = PARALLEL,
        preparers: int = PREPARERS,
        parts_above: int = PARTS_ABOVE,
        size_limit: int = LARGEST_OBJECT,
        keeps_what_halts: bool = False,
    ) -> None:
        self.jobs = jobs
        self.presign = presign
        self.http = http
        self.spool_folder = spool_folder
        self.destination = destination
        self.events = events
        self.parallel = parallel
        self.preparers = preparers
        self.parts_above = min(parts_above, SINGLE_PUT_LIMIT)
        self.size_limit = size_limit
        self.keeps_what_halts = keeps_what_halts

    def run(
        self,
        contents: Iterable[Content],
        cancelled: threading.Event | None = None,
        *,
        withdrawal_of: Callable[[Content], Withdrawal] | None = None,
    ) -> Iterator[Outcome]:
        """The outcomes, each as it comes; one per content, in no order.

        `contents` is read as room appears, in another thread; it may wait for more to come. When `cancelled` is set
        no more contents are taken, and those that were end as failed with Cancelled, to be gone on with by a later
        run. Closing the iterator does the same. `withdrawal_of` tells the way out of each single content, a new one
        each time the content is given.

        Raises what iterating over `contents` raised, after the others have ended; FolderNotWritable.
        """
        private_folder(self.spool_folder)
        run = UploadRun(self, contents, cancelled or threading.Event(), withdrawal_of or _no_way_out)
        return run.outcomes()


def _no_way_out(_: Content) -> Withdrawal:
    return Withdrawal()
