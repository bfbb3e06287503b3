"""What S3 holds, loaded in the background and kept: the page shows it, the sidebar counts it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from app.desktop.archive.loading import Facts, known_listing, load_facts, load_listing
from app.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.archiving.archived_sessions import ArchivedSession
    from app.archiving.queue_rows import TransferRow
    from app.archiving.rebuild import Rebuilt
    from app.bootstrap import Services
    from app.desktop.archive.loading import Listing
    from app.desktop.tasks import Task
    from app.desktop.transfers.controller import TransfersController
    from app.desktop.workplace import Workplace
    from app.errors import ChatLogError

OLD_SECONDS = 60.0
"""A listing older than this is loaded again when the page is shown."""

SETTLED_MILLISECONDS = 1000
"""Between two looks whether the transfers are through, the session index included, once something was archived."""
BUSY_SECONDS = 60.0
"""Between two loads while transfers go on: a large archive takes dozens of requests."""

ENDED = frozenset({"done", "unchanged"})


@dataclass(frozen=True, slots=True)
class TitlesRead:
    """How reading the missing titles again goes. `fraction` 0 to 1, None before it is known."""

    state: Literal["running", "ended", "failed"]
    fraction: float | None = None
    rebuilt: Rebuilt | None = None
    error: ChatLogError | None = None


class ArchiveController(QObject):
    """Lives on the GUI thread for the whole run."""

    listed = Signal(object)
    """Listing; None when another profile is in use and nothing of it is known yet."""
    trouble = Signal(object)
    """ChatLogError: it cannot be loaded, what was known stays; None: it can again."""
    loading_changed = Signal(bool)
    count_changed = Signal(object)
    """Sessions in the archive, or None."""
    progressed = Signal(object)
    """How many versions were listed so far."""
    titles_read = Signal(object)
    """TitlesRead, or None."""

    def __init__(
        self, workplace: Workplace, transfers: TransfersController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._transfers = transfers
        self._listing: Listing | None = None
        self._current = False
        self._error: ChatLogError | None = None
        self._task: Task[Listing] | Task[Listing | None] | None = None
        self._asked_cache = False
        self._again = False
        self._stale = False
        self._loaded_at = self._tried_at = -OLD_SECONDS
        self._titles: TitlesRead | None = None
        self._titles_task: Task[Rebuilt] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLED_MILLISECONDS)
        self._timer.timeout.connect(self._look_again)
        workplace.reopened.connect(self._reopened)
        transfers.changed.connect(self._transfers_changed)

    # ---- what is known ----------------------------------------------------------------------------------

    @property
    def listing(self) -> Listing | None:
        """What is known, of now or of an earlier run."""
        return self._listing

    @property
    def is_current(self) -> bool:
        """Whether the listing is what S3 itself said in this run, and no attempt has failed since."""
        return self._current and self._error is None

    @property
    def error(self) -> ChatLogError | None:
        """Why it could not be loaded the last time."""
        return self._error

    @property
    def loading(self) -> bool:
        """Whether it is being loaded."""
        return self._task is not None

    @property
    def titles(self) -> TitlesRead | None:
        """How reading the titles again goes, or went."""
        return self._titles

    def count(self) -> int | None:
        """Sessions in the archive; None while that is not known."""
        return self._listing.sessions if self._listing is not None else None

    # ---- loading ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Load it in the background; once more afterwards if it is being loaded already."""
        if self.loading:
            self._again = True
            return
        self._timer.stop()
        self._stale = False
        self._tried_at = time.monotonic()
        if self._listing is None and not self._asked_cache:
            self._asked_cache = True
            self._task = self._workplace.run(
                lambda services, _task: known_listing(services),
                done=self._known,
                failed=self._failed,
                owner=self,
            )
        else:
            self._load()
        self.loading_changed.emit(True)

    def refresh_if_old(self) -> None:
        """Load it unless that was done within the last minute."""
        if not self.loading and time.monotonic() - self._loaded_at >= OLD_SECONDS:
            self.refresh()

    def _load(self) -> None:
        earlier = self._listing

        def work(services: Services, task: Task[Listing]) -> Listing:
            def progress(count: int) -> None:
                if task.cancelled:
                    raise Cancelled
                task.report(count)

            return load_listing(services, earlier, progress)

        self._task = self._workplace.run(
            work, done=self._loaded, failed=self._failed, progress=self.progressed.emit, owner=self
        )

    def _known(self, listing: Listing | None) -> None:
        if listing is not None:
            self._take(listing)
        self._load()

    def _loaded(self, listing: Listing) -> None:
        self._task = None
        self._current = True
        self._loaded_at = time.monotonic()
        self._say_error(None)
        self._take(listing)
        self._ended()

    def _failed(self, error: ChatLogError) -> None:
        self._task = None
        self._say_error(error)
        self._ended()

    def _take(self, listing: Listing) -> None:
        before = self.count()
        self._listing = listing
        self.listed.emit(listing)
        if self.count() != before:
            self.count_changed.emit(self.count())

    def _say_error(self, error: ChatLogError | None) -> None:
        if error is not self._error:
            self._error = error
            self.trouble.emit(error)

    def _ended(self) -> None:
        again, self._again = self._again, False
        if again:
            self.refresh()
        else:
            self.loading_changed.emit(False)
            self._schedule()

    # ---- following the transfers and the profile --------------------------------------------------------

    def _transfers_changed(self, changed: list[TransferRow], _removed: list[str]) -> None:
        # What is asked back with its download is shown as coming.
        if any(row.state in ENDED if row.kind == "upload" else row.state == "returning" for row in changed):
            self._stale = True
            self._schedule()

    def _schedule(self) -> None:
        if self._stale and not self.loading and not self._timer.isActive():
            self._timer.start()

    def _look_again(self) -> None:
        if self._transfers.busy() and time.monotonic() - self._tried_at < BUSY_SECONDS:
            self._timer.start()
        else:
            # A page that nobody has opened has its count in the sidebar all the same.
            self.refresh()

    def _reopened(self) -> None:
        for task in (self._task, self._titles_task):
            if task is not None:
                task.cancel()
        was_loading = self.loading
        self._task = self._titles_task = None
        self._listing = None
        self._current = self._asked_cache = self._again = self._stale = False
        self._loaded_at = -OLD_SECONDS
        self._timer.stop()
        self._say_error(None)
        self._say_titles(None)
        self.listed.emit(None)
        self.count_changed.emit(None)
        if was_loading:
            self.loading_changed.emit(False)
        self.refresh()

    # ---- one session, and the titles --------------------------------------------------------------------

    def ask_facts(
        self,
        session: ArchivedSession,
        *,
        done: Callable[[Facts], None],
        failed: Callable[[ChatLogError], None],
        owner: QObject,
    ) -> Task[Facts]:
        """Ask S3 about one session, in the background."""
        return self._workplace.run(
            lambda services, _task: load_facts(services, session), done=done, failed=failed, owner=owner
        )

    def read_titles(self) -> None:
        """Read again the titles that no index line has, in the background."""
        if self._titles is not None and self._titles.state == "running":
            return

        def work(services: Services, task: Task[Rebuilt]) -> Rebuilt:
            def progress(settled: int, total: int) -> None:
                task.report(settled / total if total else None)

            return services.rebuild().run(progress)

        self._titles_task = self._workplace.run(
            work,
            done=self._titles_ended,
            failed=self._titles_failed,
            progress=lambda fraction: self._say_titles(TitlesRead("running", fraction)),
            owner=self,
        )
        self._say_titles(TitlesRead("running"))

    def forget_titles(self) -> None:
        """What came of reading them has been seen."""
        if self._titles is not None and self._titles.state != "running":
            self._say_titles(None)

    def _titles_ended(self, rebuilt: Rebuilt) -> None:
        self._say_titles(TitlesRead("ended", rebuilt=rebuilt))
        self.refresh()

    def _titles_failed(self, error: ChatLogError) -> None:
        self._say_titles(TitlesRead("failed", error=error))
        # What was written before stays.
        self.refresh()

    def _say_titles(self, titles: TitlesRead | None) -> None:
        if titles != self._titles:
            self._titles = titles
            self.titles_read.emit(titles)
