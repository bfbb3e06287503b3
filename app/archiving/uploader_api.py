"""ChatLogUploader: the engine for Python programs, in three methods.

    with open_uploader() as uploader:                      # app.bootstrap: home, profile, environment
        result = uploader.robust_upload("session.jsonl")   # everything: snapshot, compression, receipt, retries

`robust_upload` is what the command line's `upload` does. `get_presigned_url` and `upload_to_s3` are its two halves
for callers who prepare and remember their bytes themselves. All three verify; none is a second engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.errors import (
    Cancelled,
    FileUnreadable,
    FileVanished,
    NotARegularFile,
    RemoteError,
    WrongUse,
)
from app.remote.protocol import EXPIRES_IN_SECONDS, UploadRequest

if TYPE_CHECKING:
    import os
    import threading
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from types import TracebackType
    from typing import Self

    from app.archiving.archive import Archiver, FileOutcome
    from app.errors import ChatLogError
    from app.remote.presign import PresignClient
    from app.remote.protocol import UploadGrant
    from app.sessions.index import InspectReport
    from app.sessions.model import Session
    from app.transfer.connections import Connections
    from app.transfer.granted import StoredFile

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as S3 holds it. Sizes in bytes; `size` and `sha256` (hex) are the original's, `stored_size` the object's.

    `state` is "archived" where it was sent now, "unchanged" where S3 had it already.
    """

    path: Path
    relative_path: str
    state: Literal["archived", "unchanged"]
    s3_key: str
    version_id: str
    size: int
    stored_size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class UploadResult:
    """A session that S3 holds whole: the main file first, then its companions."""

    session: Session
    files: tuple[UploadedFile, ...]
    index_error: ChatLogError | None
    """Why the session index could not be written; the next upload of the same file writes it. None: it is written."""

    @property
    def state(self) -> Literal["archived", "unchanged"]:
        """ "archived" if a file was sent now."""
        return "archived" if any(file.state == "archived" for file in self.files) else "unchanged"

    @property
    def main(self) -> UploadedFile:
        """The session's main file."""
        return self.files[0]


class ChatLogUploader:
    """Archives to one profile's storage. Close it, or use it as a context; one thread at a time.

    Made by `app.bootstrap.open_uploader`. The endpoint is asked only when something is to be sent. Every method
    raises errors of `app.errors`, whose `code` is stable and whose `retryable` tells whether a later call can help.
    """

    def __init__(
        self,
        *,
        presign: Callable[[], PresignClient],
        connections: Callable[[], Connections],
        inspect: Callable[[Sequence[Path]], InspectReport],
        archiver: Callable[[bool], Archiver],
        stopped: threading.Event,
        close: Callable[[], None],
    ) -> None:
        """What is called is opened when it is first needed. `archiver` takes whether to compress."""
        self._presign = presign
        self._connections = connections
        self._inspect = inspect
        self._archiver = archiver
        self._stopped = stopped
        self._close = close

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close connections and databases. May be called twice."""
        self._close()

    def cancel(self) -> None:
        """End what is under way, from any thread, and all that comes: it raises Cancelled."""
        self._stopped.set()

    def get_presigned_url(
        self,
        file_name: str,
        content_type: str,
        *,
        size: int,
        sha256: str,
        expires_in: int = EXPIRES_IN_SECONDS,
        session_date: date | None = None,
        s3_key: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> UploadGrant:
        """A URL that stores exactly the bytes of this size and SHA-256 (hex), and the key it stores them under.

        `file_name` becomes a part of the key, made safe; two files of one name need different names, or they are one
        object. `session_date` (UTC) stands before it; without one, the time of the request. `expires_in` is in
        seconds, 60 to 3600. Without `s3_key` the upload is refused if the key has an object already
        (AlreadyThere); with the key of an earlier upload a version is added to it. `metadata` is stored unencrypted:
        ids, sizes and hashes only.

        Three attempts of 30 s each. Raises WrongUse (a hash that is none), InvalidRequest, TooLarge, Unauthorized,
        AccessDenied, Unreachable and other RemoteErrors, ConfigurationError, SandboxFailed.
        """
        if not _SHA256.fullmatch(sha256):
            raise WrongUse(reason="sha256 must be 64 lower-case hexadecimal digits")
        request = UploadRequest(
            # A name that the file system has and Unicode has not.
            file_name=file_name.encode("utf-8", "replace").decode("utf-8"),
            content_type=content_type,
            size=size,
            sha256=bytes.fromhex(sha256),
            session_date=session_date,
            s3_key=s3_key,
            if_absent=s3_key is None,
            metadata=dict(metadata or {}),
            expires_in=expires_in,
        )
        grant = self._presign().upload([request])[0]
        if isinstance(grant, RemoteError):
            raise grant
        return grant

    def upload_to_s3(self, grant: UploadGrant, path: str | os.PathLike[str]) -> StoredFile:
        """Send a file's bytes as they are with a URL of `get_presigned_url`, and verify what S3 stored.

        Failures that trying again can mend are tried again with the same URL; no receipt is kept. Raises BodyDamaged
        where the file is not the one the URL was made for, UrlExpired where the URL has died (ask for another),
        AlreadyThere, VerificationFailed and other RemoteErrors, FileVanished, FileUnreadable, NotARegularFile,
        FileShrank, Cancelled.
        """
        from app.transfer.granted import send_file  # noqa: PLC0415 - requests is slow to import

        return send_file(self._presign(), self._connections(), grant, Path(path), stopped=self._stopped)

    def robust_upload(self, path: str | os.PathLike[str], *, compress: bool = True) -> UploadResult:
        """Archive the session behind a file: that file, and for a tool's own session its companions.

        A consistent snapshot is taken, compressed and hashed; the job and each step's result are on disk, so a call
        after a crash goes on where the last one stopped; S3's confirmation is checked and kept as a receipt. What has
        not changed since costs no request. A file that has grown becomes a version of the same object.

        `compress` counts for a file's first upload; later versions follow the first. Raises WrongUse for a folder,
        FileVanished, FileUnreadable, NotARegularFile, TooLarge, DiskFull, RemoteError, ConfigurationError,
        SandboxFailed, StateDamaged, Cancelled. If one file of several fails, the others are kept as archived.
        """
        session = self._session_of(Path(path))
        archiver = self._archiver(compress)
        outcome = next(iter(list(archiver.archive([session]))), None)
        if outcome is None:  # stopped before it was begun
            raise Cancelled
        if outcome.error is not None:
            raise outcome.error
        update = archiver.update_index([session])
        return UploadResult(session, tuple(map(_uploaded, outcome.files)), update.error)

    def _session_of(self, path: Path) -> Session:
        if path.is_dir():
            raise WrongUse(reason=f"{path} is a folder; robust_upload takes a file")
        report = self._inspect([path])
        if report.sessions:
            return report.sessions[0]
        code = report.problems[0].code if report.problems else ""
        if code in {"missing", "link-broken"}:
            raise FileVanished(path=str(path))
        if code == "unreadable":
            raise FileUnreadable(path=str(path), reason=code)
        raise NotARegularFile(path=str(path))


def _uploaded(entry: FileOutcome) -> UploadedFile:
    outcome = entry.outcome
    assert outcome.state != "failed"
    assert outcome.s3_key is not None
    assert outcome.version_id is not None
    assert outcome.size is not None
    assert outcome.stored_size is not None
    assert outcome.sha256 is not None
    return UploadedFile(
        path=entry.file.path,
        relative_path=entry.file.relative_path,
        state=outcome.state,
        s3_key=outcome.s3_key,
        version_id=outcome.version_id,
        size=outcome.size,
        stored_size=outcome.stored_size,
        sha256=outcome.sha256,
    )
