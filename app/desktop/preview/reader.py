"""Reads one session in the background for the pane: pages, how many messages there are, searches, pictures.

One thing is done after another, what is in view first, and what is being done for later is given up when something
more urgent is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from app.desktop.preview.gently import Pace
from app.desktop.preview.jobs import (
    Job,
    Opened,
    Search,
    Turn,
    count_messages,
    decoded_picture,
    read_page_of,
    search_through,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QImage

    from app.bootstrap import Services
    from app.desktop.preview.parts import ReadPage
    from app.desktop.tasks import Task, Tasks
    from app.desktop.workplace import Workplace
    from app.errors import ChatLogError
    from app.sessions.preview import Preview


class _Running(NamedTuple):
    job: Job
    task: Task[Any]
    pace: Pace


class Reader(QObject):
    """Lives on the GUI thread, for as long as the pane. Reads nothing until it is told to `open`."""

    page_read = Signal(object)
    """ReadPage."""
    counted = Signal(object)
    """int: how many messages there are."""
    found = Signal(object)
    """Search: it has more hits, or is done."""
    picture_read = Signal(object, object, object)
    """Message, ordinal of the picture in it, the picture (QImage) or None."""
    changed = Signal()
    """The file is another one now than what is shown."""
    failed = Signal(object)
    """ChatLogError: nothing more can be read."""

    def __init__(self, tasks: Tasks, workplace: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._workplace = workplace
        self._opened: Opened | None = None
        self._with_services = False
        self._running: _Running | None = None
        self._pages: list[int] = []
        self._ahead: list[int] = []
        self._pictures: dict[tuple[int, int], QSize] = {}
        self._search: Search | None = None
        self._wants_count = False
        self._wants_check = False
        self.total: int | None = None
        """Messages there are, once they were counted."""

    # ---- what to do -------------------------------------------------------------------------------------

    def open_file(self, open_preview: Callable[[], Preview]) -> None:
        """Read another session; what was being read is given up."""
        self._begin(Opened(lambda _services, _task: open_preview()), with_services=False)

    def open_with_services(self, open_preview: Callable[[Services, Task[Any]], Preview]) -> None:
        """Read something that needs the profile in use, and perhaps its time."""

        def opening(services: Services | None, task: Task[Any]) -> Preview:
            assert services is not None
            return open_preview(services, task)

        self._begin(Opened(opening), with_services=True)

    def close(self) -> None:
        """Read nothing any more."""
        opened, self._opened = self._opened, None
        if self._running is not None:
            self._running.task.cancel()
        self._running = None
        self._pages, self._ahead, self._pictures = [], [], {}
        self._search, self._wants_count, self._wants_check = None, False, False
        self.total = None
        if opened is not None:
            opened.end()
            self._tasks.run(lambda _task: opened.close())

    def want_pages(self, pages: Sequence[int], ahead: Sequence[int] = ()) -> None:
        """These pages, the first one soonest, in place of those asked for earlier; then those `ahead`."""
        self._pages, self._ahead = list(pages), list(ahead)
        if self._running is not None:
            job = self._running.job
            reads = job.kind in ("page", "ahead")
            if reads and job.page in pages:
                self._running.pace.hurry()
            elif pages or (reads and job.page not in ahead):
                # It tells nothing any more, and is done again when its turn comes.
                self._running.task.cancel()
                self._running = None
        self._go_on()

    def want_count(self) -> None:
        """How many messages there are."""
        if self.total is None:
            self._wants_count = True
            self._go_on()

    def want_picture(self, message: int, ordinal: int, room: QSize) -> None:
        """A message's picture, decoded, no larger than `room` in pixels of the screen."""
        self._pictures[message, ordinal] = room
        self._go_on()

    def want_check(self) -> None:
        """Whether the file is still the one that is shown."""
        self._wants_check = True
        self._go_on()

    def search(self, text: str) -> Search | None:
        """Look for a text from the beginning; empty: for nothing. An earlier search ends."""
        if self._running is not None and self._running.job.kind == "search":
            self._running.task.cancel()
            self._running = None
        self._search = Search(text) if text else None
        self._go_on()
        return self._search

    def is_idle(self) -> bool:
        """Whether nothing is being read or waits to be."""
        return self._running is None

    # ---- one thing after another ------------------------------------------------------------------------

    def _begin(self, opened: Opened, *, with_services: bool) -> None:
        self.close()
        self._opened = opened
        self._with_services = with_services
        self._pages = [0]
        self._go_on()

    def _waiting(self) -> Iterator[Job]:
        """What there is to do, the most urgent first."""
        yield from (Job("page", number) for number in self._pages)
        yield from (Job("picture", picture=picture) for picture in self._pictures)
        if self._wants_count and self.total is None:
            yield Job("count")
        if self._search is not None and not self._search.is_done:
            yield Job("search")
        yield from (Job("ahead", number) for number in self._ahead)
        if self._wants_check:
            yield Job("changed")

    def _go_on(self) -> None:
        if self._running is not None or self._opened is None:
            return
        job = next(self._waiting(), None)
        if job is None:
            return
        opened = self._opened
        work, done, progress = self._work_of(job)
        pace = Pace(hurried=job.kind in ("page", "picture"))

        def in_turn(services: Services | None, task: Task[Any]) -> Any:  # noqa: ANN401 - each job brings its own
            with opened.used(services, task) as preview:
                return work(preview, Turn(task, pace))

        def ended(result: Any) -> None:  # noqa: ANN401 - likewise
            self._running = None
            done(result)
            self._go_on()

        if self._with_services:
            task = self._workplace.run(in_turn, done=ended, failed=self._fail, progress=progress, owner=self)
        else:
            task = self._tasks.run(
                lambda task: in_turn(None, task), done=ended, failed=self._fail, progress=progress, owner=self
            )
        self._running = _Running(job, task, pace)

    def _fail(self, error: ChatLogError) -> None:
        self.close()
        self.failed.emit(error)

    def _work_of(
        self, job: Job
    ) -> tuple[Callable[[Preview, Turn], Any], Callable[[Any], None], Callable[[Any], None] | None]:
        if job.kind in ("page", "ahead"):
            return lambda preview, turn: read_page_of(preview, job.page, turn), self._page_done, None
        if job.kind == "count":
            return count_messages, self._count_done, None
        if job.kind == "search":
            search = self._search
            assert search is not None
            return (
                lambda preview, turn: search_through(preview, search, turn),
                lambda _: self._search_done(search),
                lambda _: self.found.emit(search),
            )
        if job.kind == "picture":
            room = self._pictures[job.picture]
            return (
                lambda preview, _turn: decoded_picture(preview, job.picture, room),
                lambda image: self._picture_done(job.picture, image),
                None,
            )
        return lambda preview, _turn: preview.changed(), self._check_done, None

    # ---- what came --------------------------------------------------------------------------------------

    def _page_done(self, page: ReadPage) -> None:
        for wanted in (self._pages, self._ahead):
            if page.number in wanted:
                wanted.remove(page.number)
        self.page_read.emit(page)
        if page.total is not None and self.total is None:
            self._count_done(page.total)

    def _count_done(self, total: int) -> None:
        self._wants_count = False
        self.total = total
        self.counted.emit(total)

    def _search_done(self, search: Search) -> None:
        search.is_done = True
        self.found.emit(search)

    def _picture_done(self, picture: tuple[int, int], image: QImage | None) -> None:
        self._pictures.pop(picture, None)
        self.picture_read.emit(*picture, image)

    def _check_done(self, is_changed: bool) -> None:
        self._wants_check = False
        if is_changed:
            self.changed.emit()
