"""What the transfer queue shows: a row per session or download, and the sums over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from app.errors import ChatLogError

TransferKind = Literal["upload", "download"]

RowState = Literal[
    "queued",
    "preparing",
    "sending",
    "verifying",
    "waiting",
    "paused",
    "returning",
    "receiving",
    "done",
    "unchanged",
    "failed",
    "cancelled",
]

"""`waiting`: something failed and is tried again; `returning`: S3 is bringing the object out of an archive class."""

ENDED: frozenset[RowState] = frozenset({"done", "unchanged", "failed", "cancelled"})

Identity = tuple[str, str]
"""A session: (source, session id)."""


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer as it stands: an upload of all files of a session, or a download of one object.

    Sizes are bytes, `speed` is bytes per second. `id` stays the same for the row's life, also over restarts.
    """

    id: str
    kind: TransferKind
    state: RowState
    title: str
    """The session's title; for downloads what the caller gave."""
    source: str | None
    project: str | None
    path: str
    """The main file's; for a download the folder, and the file once it is there."""
    session: Identity | None
    s3_key: str | None
    files: int
    files_done: int
    size: int
    """Original bytes of all files."""
    stored_size: int | None
    """Bytes of all files as they are stored (compressed); None until that is known of every file."""
    sent: int
    """Stored bytes sent or received so far; goes back when a retry begins anew."""
    total: int | None
    """Stored bytes to send in all, without files that are archived already; None while that is not known."""
    speed: float | None
    seconds_left: float | None
    attempt: int
    wait_seconds: float
    """While `waiting`: until it is tried again."""
    error: ChatLogError | None
    """Why it failed; while `waiting`, what it waits for; while `returning`, why S3 could not be asked how it stands."""
    verified: bool
    """Uploads: S3 has confirmed every file. Downloads: the file's hash was compared."""
    version_id: str | None
    updated_at: datetime
    """When its state changed last."""
    stopping: bool = False
    """A pause or a cancellation was asked for and takes effect within moments."""
    elsewhere: bool = False
    """Another process of this home works on it: what is asked for here does nothing."""
    expected_by: datetime | None = None
    """While `returning`: when it is expected to be there, as far as that is known."""
    deleted_at: datetime | None = None
    """When its tool deletes the session from this computer, where it does: what waits goes in that order."""


@dataclass(frozen=True, slots=True)
class QueueTotals:
    """The sums over all rows.

    `left` counts what has not ended, `paused` and `returning` rows among it; `failed` and `done` (with what was unchanged) the rows that
    are listed. `sent` and `total` are stored bytes of what is being worked on since the queue was last empty, failed
    rows with nothing sent, cancelled ones not at all; `total` is estimated where a file is still to be compressed.
    """

    left: int
    failed: int
    done: int
    paused: int
    sent: int
    total: int
    speed: float | None
    seconds_left: float | None
    fraction: float | None
    """0 to 1; 1 only when everything is confirmed. None when nothing was done yet."""
    halted: ChatLogError | None
    """Why the endpoint as a whole cannot be used: the rest stays queued. Stands until something succeeds again."""
    retry_in: float | None
    """Seconds until the queue tries again by itself (0: it is trying); None where only `retry_now` helps."""
    notice: ChatLogError | None = None
    """Why the session index could not be written, though the sessions are archived; it is tried again later."""
    returning: int = 0
    """Downloads that wait for S3 to bring their object out of an archive class."""
