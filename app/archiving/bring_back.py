"""Bringing an archived file back under the name it had, verified."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from app.errors import ChatLogError
from app.transfer.downloader import Wanted

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from app.remote.session_index import SessionIndexObjects
    from app.transfer.downloader import Downloaded, Downloader, Progress, Waiting


class BringBack:
    """Downloads objects of one destination."""

    def __init__(
        self, downloader: Downloader, index: SessionIndexObjects, cancelled: threading.Event
    ) -> None:
        self._downloader = downloader
        self._index = index
        self._cancelled = cancelled

    def download(
        self,
        s3_key: str,
        folder: Path,
        *,
        version_id: str | None = None,
        mark: str | None = None,
        progress: Progress | None = None,
        waiting: Waiting | None = None,
        cancelled: threading.Event | None = None,
    ) -> Downloaded:
        """The verified file in `folder`, named as it was when it was archived if the session index knows that.

        `mark` is Wanted's; `cancelled` ends this download alone. Raises what Downloader.download does.
        """
        name = self._name(s3_key)
        wanted = Wanted(s3_key=s3_key, folder=folder, name=name, version_id=version_id, mark=mark)
        return self._downloader.download(
            wanted, progress=progress, waiting=waiting, cancelled=cancelled or self._cancelled
        )

    def _name(self, s3_key: str) -> str | None:
        try:
            known = self._index.read().by_s3_key().get(s3_key)
        except ChatLogError:
            # The index is a help, never a condition: if the endpoint is at fault, the download itself will say so.
            return None
        return PurePosixPath(known[1]).name if known is not None else None
