"""What the transfer part asks of the things it sends, and what it tells about them.

It knows no formats: a Content says what it is called and writes its bytes to a spool file when asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.errors import ChatLogError


class ContentKey(NamedTuple):
    """Which file of which session: the same on every computer that has the session."""

    source: str
    session_id: str
    relative_path: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was written to the spool file. Sizes in bytes.

    `original_*` speak of the text as it is archived, before compression (with redaction: the redacted text);
    `stored_*` of the spool file itself. `mtime_ns` and `file_size` are the source file's at the snapshot, as the
    file system told them; `file_size` None stands for `original_size`.
    """

    original_size: int
    original_sha256: str
    stored_size: int
    stored_sha256: bytes
    content_type: str
    mtime_ns: int
    metadata: Mapping[str, str]
    file_size: int | None = None


class Content(Protocol):
    """One file to send. Its attributes are read often and cost nothing; `prepare` does the work."""

    @property
    def key(self) -> ContentKey:
        """The identity under which jobs and receipts are kept."""

    @property
    def path(self) -> Path:
        """Where the file lies on this computer."""

    @property
    def file_name(self) -> str:
        """The name asked for: with the discriminator, and `.zst` at the end when the bytes are compressed."""

    @property
    def session_date(self) -> date | None:
        """The UTC date of the session's first timestamp; None lets the endpoint take the time of the request."""

    @property
    def kind(self) -> str:
        """`log` or `index`."""

    @property
    def redaction(self) -> str:
        """How the text is masked before it leaves: `none`, `certain`, `all`."""

    def prepare(self, spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
        """Write the bytes to send to `spool_file` (replacing what is there), in bounded memory.

        Raises errors of app.errors; Cancelled soon after `cancelled()` became true.
        """


OutcomeState = Literal["archived", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended for one content. Sizes in bytes, `sha256` in hex of the text as archived.

    `archived`: S3 has confirmed it and a receipt is on disk. `unchanged`: S3 had these bytes already; a receipt is
    on disk. `failed`: `error` says why (Cancelled when the user stopped it); the other fields are what was known.
    `kept` is a failure of which nothing was noted: the transfer stays on disk as it was, for a later run.
    """

    key: ContentKey
    state: OutcomeState
    s3_key: str | None = None
    version_id: str | None = None
    size: int | None = None
    stored_size: int | None = None
    sha256: str | None = None
    error: ChatLogError | None = None
    kept: bool = False


EventState = Literal[
    "preparing", "prepared", "sending", "verifying", "waiting", "archived", "unchanged", "failed"
]


@dataclass(frozen=True, slots=True)
class TransferEvent:
    """A step or progress of one transfer. `sent` and `total` are stored bytes; `sent` may go back when a retry rewinds.

    `waiting`: a retry comes in `wait_seconds`, because of `error`. `verifying`: all bytes are sent, S3 has yet to
    confirm them: only `archived` and `unchanged` are done.
    """

    key: ContentKey
    state: EventState
    sent: int = 0
    total: int = 0
    attempt: int = 1
    wait_seconds: float = 0.0
    error: ChatLogError | None = None

    @property
    def error_code(self) -> str | None:
        """The code of `error`."""
        return self.error.code if self.error is not None else None


Events = Callable[[TransferEvent], None]
"""Called from any of the transfer's threads; must not block. Progress comes at most about ten times a second."""
