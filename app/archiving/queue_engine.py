"""What the transfer queue needs of the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.archiving.archive import Archiver
    from app.archiving.index_writer import IndexUpdate
    from app.errors import RemoteError
    from app.remote.protocol import HeadReply, ObjectRequest, RestoreReply
    from app.sessions.model import Session
    from app.transfer.content import Events
    from app.transfer.downloader import Downloaded, Progress, Waiting
    from app.transfer.downloads import ReturnRequest
    from app.transfer.jobs import JobStore
    from app.transfer.uploader import Uploader


class Fetch(Protocol):
    """Brings an object back: BringBack.download, ended by `cancelled` wherever it is."""

    def __call__(
        self,
        s3_key: str,
        folder: Path,
        *,
        version_id: str | None,
        mark: str,
        progress: Progress,
        waiting: Waiting,
        cancelled: threading.Event,
    ) -> Downloaded: ...


class AskReturn(Protocol):
    """Asks S3 to bring a version, or the newest, out of an archive class: Lifetimes.ask_return, ended by `cancelled`."""

    def __call__(
        self, s3_key: str, version_id: str | None, request: ReturnRequest, *, cancelled: threading.Event
    ) -> RestoreReply: ...


class Look(Protocol):
    """How objects stand in S3: Lifetimes.look, ended by `cancelled`."""

    def __call__(
        self, objects: Sequence[ObjectRequest], *, cancelled: threading.Event
    ) -> Sequence[HeadReply | RemoteError]: ...


@dataclass(frozen=True, slots=True)
class QueueEngine:
    """Each is called in one of the queue's own threads, and may open what it needs."""

    stopped: threading.Event
    """Set when everything that uses the engine is to end."""
    destination: Callable[[], str | None]
    """Where to, as receipts know it; None before the endpoint was ever asked."""
    connect: Callable[[bool], None]
    """Makes sure that the endpoint answers; with True everything is asked anew, credentials and all. Raises what
    stands in the way."""
    jobs: Callable[[], JobStore]
    archiver: Callable[[], Archiver]
    uploader: Callable[[Events], Uploader]
    """One for a run; it keeps what halts."""
    fetch: Fetch
    ask_return: AskReturn
    look: Look
    update_index: Callable[[Sequence[Session]], IndexUpdate]
    """Archiver.update_index, ended when `stopped` is set."""
    known_sessions: Callable[[], Sequence[Session]]
    """Those of the last scan."""
    inspect: Callable[[Sequence[Path]], Sequence[Session]]
    """The sessions that files stand for."""
    spool: Path
