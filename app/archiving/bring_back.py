"""Bringing an archived file back under the name it had, verified."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from app.errors import Cancelled, ChatLogError
from app.transfer.downloader import Wanted
from app.transfer.retry import Patience, persistently

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from app.remote.session_index import SessionIndexObjects
    from app.transfer.downloader import Downloaded, Downloader, Progress, Waiting

NAME_ATTEMPTS = 2
"""A network that hiccups costs a moment and not the file's name; each asks the endpoint as often as any request does."""


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
        stopped = cancelled or self._cancelled
        name = self._name(s3_key, stopped)
        wanted = Wanted(s3_key=s3_key, folder=folder, name=name, version_id=version_id, mark=mark)
        return self._downloader.download(wanted, progress=progress, waiting=waiting, cancelled=stopped)

    def _name(self, s3_key: str, stopped: threading.Event) -> str | None:
        try:
            index = persistently(self._index.read, Patience(attempts=NAME_ATTEMPTS), stopped=stopped)
            known = index.by_s3_key().get(s3_key)
        except Cancelled:
            raise
        except ChatLogError:
            # The index is a help, never a condition: if the endpoint is at fault, the download itself will say so.
            return None
        return PurePosixPath(known[1]).name if known is not None else None
