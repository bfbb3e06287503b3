"""What is done with a session's preview in workers, one thing after another, and the preview itself.

A preview may be used by one thread at a time.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from app.desktop.preview.pictures import decode
from app.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QImage

    from app.bootstrap import Services
    from app.desktop.preview.gently import Pace
    from app.desktop.preview.parts import ReadPage
    from app.desktop.tasks import Task
    from app.sessions.preview import Preview

    Open = Callable[[Services | None, Task[Any]], Preview]

JobKind = Literal["page", "search", "ahead", "picture", "count", "changed"]


class Opened:
    """A preview that is opened by the first who needs it, and closed by whoever is last."""

    def __init__(self, open_preview: Open) -> None:
        self._open = open_preview
        self._lock = threading.Lock()
        self._preview: Preview | None = None
        self._is_closed = False

    @contextmanager
    def used(self, services: Services | None, task: Task[Any]) -> Iterator[Preview]:
        """For workers: the preview, for one of them at a time. Raises what opening it does, and Cancelled."""
        with self._lock:
            if self._is_closed or task.cancelled:
                raise Cancelled
            if self._preview is None:
                self._preview = self._open(services, task)
            yield self._preview

    def end(self) -> None:
        """Nobody is to use it from now on."""
        self._is_closed = True

    def close(self) -> None:
        """For workers: let go of the file, once the one that uses it has ended."""
        with self._lock:
            self._is_closed = True
            if self._preview is not None:
                self._preview.close()
                self._preview = None


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do."""

    kind: JobKind
    page: int = 0
    picture: tuple[int, int] = (0, 0)
    """Message, and which of its pictures."""


@dataclass(slots=True)
class Search:
    """A search through the whole session. The worker adds to `hits`, in order."""

    text: str
    hits: list[int] = field(default_factory=list)
    """Numbers of the messages that show the text, so far."""
    is_done: bool = False


class Turn:
    """A worker's turn with the preview."""

    def __init__(self, task: Task[Any], pace: Pace) -> None:
        self.task = task
        self.cancelled = pace.of(task.is_cancelled)
        """For the engine, which asks it often."""


def read_page_of(preview: Preview, number: int, turn: Turn) -> ReadPage:
    """A page, taken apart. Raises Cancelled, FileUnreadable."""
    # In the worker: with them comes all that knows the tools' formats.
    from app.desktop.preview.composing import read_page  # noqa: PLC0415
    from app.sessions.preview import PAGE_SIZE  # noqa: PLC0415

    return read_page(number, preview.page(number, cancelled=turn.cancelled), PAGE_SIZE)


def decoded_picture(preview: Preview, picture: tuple[int, int], room: QSize) -> QImage | None:
    """A message's picture; None where there is none that can be shown. Raises FileUnreadable."""
    data = preview.picture(*picture)
    return None if data is None else decode(data, room)


def count_messages(preview: Preview, turn: Turn) -> int:
    """How many messages there are. Raises Cancelled, FileUnreadable."""
    pages = preview.pages(turn.cancelled)
    last = preview.page(max(0, pages - 1), cancelled=turn.cancelled)
    return last.first + len(last.messages)


def search_through(preview: Preview, search: Search, turn: Turn) -> None:
    """Add to a search's hits, from where it was left. Raises Cancelled, FileUnreadable."""
    start = search.hits[-1] + 1 if search.hits else 0
    while (hit := preview.find(search.text, start, cancelled=turn.cancelled)) is not None:
        search.hits.append(hit)
        turn.task.report(len(search.hits))
        start = hit + 1
