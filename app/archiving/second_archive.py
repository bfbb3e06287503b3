"""The second archive, while the one in use is out: what waits for the first is archived here as well.

It is verified and noted as everywhere; receipts are kept by destination, so nothing is sent here twice, and what is
noted here tells the first archive nothing.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from app.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from app.archiving.archive import Archiver, SessionOutcome, Upload
    from app.archiving.index_writer import IndexUpdate
    from app.archiving.queue_rows import Identity
    from app.errors import ChatLogError
    from app.sessions.model import Session
    from app.transfer.content import Content, Outcome

    Wanted = Callable[[Identity], bool]


class MakeArchiver(Protocol):
    """Makes an archiver whose upload goes through what is given: around an upload that keeps what halts."""

    def __call__(self, around: Callable[[Upload], Upload]) -> Archiver: ...


class SecondArchive:
    """For one go: `connect`, `keep`, `update_index`, `close`. For a thread that can wait."""

    def __init__(
        self,
        name: str,
        connect: Callable[[], None],
        make_archiver: MakeArchiver,
        close: Callable[[], None],
    ) -> None:
        """`name` is its profile's."""
        self.name = name
        self.connect = connect
        """Makes sure that its endpoint answers with the storage that was accepted. Raises what stands in the way."""
        self.close = close
        self.trouble: ChatLogError | None = None
        """Why it cannot be used any more; what was not begun by then is not sent."""
        self._make_archiver = make_archiver
        self._over = threading.Event()

    def keep(self, sessions: Sequence[Session], wanted: Wanted) -> Iterator[SessionOutcome]:
        """Archive what is not archived here as it is now; each session is told of as soon as it is settled.

        `wanted` is asked before a session is begun, from any thread: what is begun is finished.
        """

        def around(upload: Upload) -> Upload:
            return lambda contents: self._watched(upload(self._offered(contents, wanted)))

        yield from self._make_archiver(around).archive(sessions)

    def update_index(self, sessions: Sequence[Session]) -> IndexUpdate:
        """Write the session index's lines of what is archived here whole."""
        return self._make_archiver(lambda upload: upload).update_index(sessions)

    def _offered(self, contents: Iterable[Content], wanted: Wanted) -> Iterator[Content]:
        begun: dict[Identity, bool] = {}
        for content in contents:
            if self._over.is_set():
                return
            identity = content.key.source, content.key.session_id
            if identity not in begun:
                begun[identity] = wanted(identity)
            if begun[identity]:
                yield content

    def _watched(self, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        for outcome in outcomes:
            if outcome.kept and not isinstance(outcome.error, Cancelled):
                self._over.set()
                self.trouble = self.trouble or outcome.error
            yield outcome
