"""The sessions of this computer with their states, kept up to date by itself; outlives the page that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from app.desktop.collector import keep_from_collector
from app.desktop.sessions import listing
from app.desktop.sessions.watching import DiskWatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.archiving.plan import SessionState
    from app.bootstrap import Services
    from app.desktop.sessions.listing import Listed, Listing, Scan
    from app.desktop.sessions.rows import Identity
    from app.desktop.tasks import Task
    from app.desktop.transfers.controller import TransfersController
    from app.desktop.workplace import Workplace
    from app.errors import ChatLogError
    from app.sessions.index import InspectReport, ScanProgress
    from app.sessions.model import Session
    from app.sessions.notes import Problem
    from app.sessions.places import Place

STATES_MILLISECONDS = 300
"""States that only the plan can tell are gathered for so long before it is asked."""

EARLY_SESSIONS = 500
"""While a long scan runs, what it has read is listed at so many sessions, and each time they are twice as many."""

_Work = Literal["list", "scan", "take"]
_GRAVEST_FIRST: tuple[_Work, ...] = ("list", "scan", "take")


class SessionsController(QObject):
    """Scans in the background, lists with states, archives. Lives on the GUI thread."""

    listed = Signal(object)
    """list[tuple[Session, SessionState]], the most recently used first: sent when any of it is other than before."""
    states_changed = Signal(object)
    """dict[(source, session id), SessionState]: some sessions' new states."""
    scan_changed = Signal(object)
    """ScanProgress while a scan runs; None when it has ended."""
    problems_changed = Signal(object)
    """tuple[Problem, ...]: what the last scan left out."""
    trouble = Signal(object)
    """ChatLogError: the sessions cannot be listed; None: they can."""
    places_changed = Signal(object)
    """list[Place]: where the last scan looked."""
    taken = Signal(object, object)
    """InspectReport of dropped, opened or pasted paths, and the paths as they came."""
    taking_changed = Signal(bool)
    """Whether dropped paths are being looked at."""

    def __init__(
        self,
        workplace: Workplace,
        transfers: TransfersController,
        parent: QObject | None = None,
        *,
        settle_seconds: float = 1.0,
    ) -> None:
        """`settle_seconds` of quiet are waited for when logs change on disk."""
        super().__init__(parent)
        self._workplace = workplace
        self._transfers = transfers
        self.sessions: list[Listed] = []
        self.places: list[Place] = []
        self.problems: tuple[Problem, ...] = ()
        self.progress: ScanProgress | None = None
        self.error: ChatLogError | None = None
        self._errors: dict[_Work, ChatLogError] = {}
        self.looked = False
        """Whether a scan has ended since the program or the profile began: an empty list is then a fact."""
        self.interrupted = False
        """A fault of the program ended the first scan: whether there are sessions is not known."""
        self._began = False
        self._positions: dict[Identity, int] = {}
        self._taken: Mapping[Identity, Session] = {}
        self._scan: Task[Scan] | None = None
        self._scan_again = False
        self._scan_soon = False
        self._list: Task[Listing] | None = None
        self._list_again = False
        self._scan_after_list = False
        self._kept = False
        self._listed_at = 0
        self._scan_seconds = 0.0
        self._taking = 0
        # What transfers say of their sessions stands until they say that only the plan can tell: before the first byte
        # of a session is packed, the plan knows of nothing.
        self._told: dict[Identity, SessionState] = {}
        self._news: dict[Identity, SessionState] = {}
        self._asked: set[Identity] = set()
        self._ask_timer = QTimer(self)
        self._ask_timer.setSingleShot(True)
        self._ask_timer.setInterval(STATES_MILLISECONDS)
        self._ask_timer.timeout.connect(self._ask_plan)
        self._watch = DiskWatch(workplace.tasks, self, settle_seconds=settle_seconds)
        self._watch.worth_scanning.connect(self._worth_scanning)
        workplace.reopened.connect(self._reopened)
        workplace.tasks.crashed.connect(self._crashed)
        transfers.states_changed.connect(self._take_states)

    # ---- what pages ask and do --------------------------------------------------------------------------

    @property
    def scanning(self) -> bool:
        """Whether a scan runs."""
        return self._scan is not None

    @property
    def busy(self) -> bool:
        """Whether a scan runs or waits, or the list is being read."""
        return self._scan is not None or self._list is not None

    @property
    def taking(self) -> bool:
        """Whether dropped paths are being looked at."""
        return self._taking > 0

    def count(self) -> int:
        """How many sessions there are."""
        return len(self.sessions)

    def session(self, identity: Identity) -> Session | None:
        """A session as it was last seen; None where there is none."""
        position = self._positions.get(identity)
        return None if position is None else self.sessions[position][0]

    def start(self) -> None:
        """List what is known, then scan; from now on changes on disk are followed."""
        self._began = True
        self._begin()

    def stop(self) -> None:
        """Scan no more and watch nothing: the program ends."""
        self._began = False
        self._watch.stop()
        if self._scan is not None:
            self._scan.cancel()

    def rescan(self) -> None:
        """Scan; one that runs is followed by another."""
        if self._scan is not None:
            self._scan_again = True
            return
        if not self._began:
            return
        self._listed_at = 0
        self.interrupted = False
        self._scan = self._workplace.run(
            listing.scan, done=self._scanned, failed=self._scan_failed, progress=self._scan_at, owner=self
        )

    def refresh_states(self) -> None:
        """Ask the plan about every session."""
        self._list_now()

    def archive(self, identities: Iterable[Identity]) -> None:
        """Have sessions archived."""
        wanted = [session for one in identities if (session := self.session(one)) is not None]
        if wanted:
            self._transfers.add_sessions(wanted)

    def take_paths(self, paths: Sequence[str]) -> None:
        """Archive files and folders that a person named; they are listed for as long as the program runs."""
        named = tuple(paths)
        if not named:
            return

        def work(services: Services, task: Task[InspectReport]) -> InspectReport:
            return listing.inspect(services, named, task)

        def done(report: InspectReport) -> None:
            self._took(-1)
            self._taken = {**self._taken, **{session.identity: session for session in report.sessions}}
            self.taken.emit(report, named)
            if report.sessions:
                self._list_now()
                self._transfers.add_sessions(report.sessions)

        def failed(error: ChatLogError) -> None:
            self._took(-1)
            self._tell_trouble("take", error)

        self._took(1)
        self._tell_trouble("take", None)
        self._workplace.run(work, done=done, failed=failed, owner=self)

    def _took(self, step: int) -> None:
        self._taking = max(0, self._taking + step)
        self.taking_changed.emit(self.taking)

    # ---- scans ------------------------------------------------------------------------------------------

    def _reopened(self) -> None:
        """Another profile or other settings: what earlier work brings is dropped by the workplace."""
        if self._scan is not None:
            self._scan.cancel()
        self._recover()
        self._told, self._news, self._asked = {}, {}, set()
        self.looked = False
        self._watch.stop()
        if self._began:
            self._begin()

    def _begin(self) -> None:
        # The scan waits for the list of what is known, which is there at once: side by side both would be late.
        self._scan_after_list = True
        self._list_now()

    def _crashed(self, _bug: object) -> None:
        self._recover()
        self.interrupted = not self.looked
        self.scan_changed.emit(None)

    def _recover(self) -> None:
        """Whatever ran counts as ended: its result may never come."""
        self._scan = self._list = None
        self._scan_again = self._scan_soon = self._list_again = False
        self._set_progress(None)
        self._took(-self._taking)

    def _worth_scanning(self) -> None:
        """Logs have changed on disk."""
        if self._scan is None:
            self.rescan()
        else:
            self._scan_soon = True

    def _scan_at(self, progress: ScanProgress) -> None:
        self._set_progress(progress)
        if progress.read >= max(EARLY_SESSIONS, 2 * self._listed_at):
            self._listed_at = progress.read
            self._list_now()

    def _scanned(self, scan: Scan) -> None:
        self._scan = None
        self.looked = True
        self._set_progress(None)
        self.problems = scan.report.problems
        self.problems_changed.emit(self.problems)
        self.places = scan.places
        self.places_changed.emit(self.places)
        self._scan_seconds = scan.seconds
        self._watch.look_at([place.folder for place in scan.places], scan.own_folders)
        self._tell_trouble("scan", None)
        self._list_now()
        self._follow()

    def _scan_failed(self, error: ChatLogError) -> None:
        self._scan = None
        self._set_progress(None)
        self._tell_trouble("scan", error)
        self._follow()

    def _follow(self) -> None:
        again, self._scan_again = self._scan_again, False
        soon, self._scan_soon = self._scan_soon, False
        if again:
            self.rescan()
        elif soon:
            self._watch.changed()

    def _set_progress(self, progress: ScanProgress | None) -> None:
        if progress is not self.progress:
            self.progress = progress
            self.scan_changed.emit(progress)

    def _tell_trouble(self, work: _Work, error: ChatLogError | None) -> None:
        """What this kind of work met, or that it went well; the gravest is told."""
        self._errors.pop(work, None)
        if error is not None:
            self._errors[work] = error
        error = next((self._errors[one] for one in _GRAVEST_FIRST if one in self._errors), None)
        if error is not self.error:
            self.error = error
            self.trouble.emit(error)

    # ---- the list ---------------------------------------------------------------------------------------

    def _list_now(self) -> None:
        if self._list is not None:
            self._list_again = True
            return
        known = {session.identity: session for session, _ in self.sessions}
        taken = self._taken
        # What is asked of the plan while it is being read for the list is newer.
        self._news = {}

        def work(services: Services, _task: Task[Listing]) -> Listing:
            return listing.list_sessions(services, known, taken)

        def done(found: Listing) -> None:
            added = {one: session for one, session in self._taken.items() if one not in taken}
            self._taken = {**found.taken, **added}
            self._list_done(found)

        self._list = self._workplace.run(work, done=done, failed=self._list_failed, owner=self)

    def _list_done(self, found: Listing) -> None:
        self._list = None
        self._watch.rest(self._scan_seconds + found.seconds)
        newer = {**self._news, **self._told}
        sessions = [(session, newer.get(session.identity, state)) for session, state in found.sessions]
        self._news = {}
        self._tell_trouble("list", None)
        if sessions != self.sessions:
            self.sessions = sessions
            self._positions = {session.identity: number for number, (session, _) in enumerate(sessions)}
            self.listed.emit(sessions)
        if self.looked and not self._kept:
            self._kept = True
            keep_from_collector()
        self._list_follow()

    def _list_failed(self, error: ChatLogError) -> None:
        self._list = None
        self._tell_trouble("list", error)
        self._list_follow()

    def _list_follow(self) -> None:
        again, self._list_again = self._list_again, False
        first, self._scan_after_list = self._scan_after_list, False
        if again:
            self._list_now()
        if first:
            self.rescan()

    # ---- states between lists ---------------------------------------------------------------------------

    def _take_states(self, told: Mapping[Identity, SessionState | Literal[""]]) -> None:
        """From transfers; an empty state means that only the plan knows."""
        states: dict[Identity, SessionState] = {}
        for identity, state in told.items():
            if state:
                self._told[identity] = states[identity] = state
            else:
                self._told.pop(identity, None)
                self._asked.add(identity)
        if self._asked and not self._ask_timer.isActive():
            self._ask_timer.start()
        self._set_states(states)

    def _ask_plan(self) -> None:
        asked, self._asked = self._asked, set()
        sessions = [session for one in asked if (session := self.session(one)) is not None]

        def work(
            services: Services, _task: Task[dict[Identity, SessionState]]
        ) -> dict[Identity, SessionState]:
            return listing.plan_again(services, sessions)

        def done(states: dict[Identity, SessionState]) -> None:
            self._tell_trouble("list", None)
            planned = {one: state for one, state in states.items() if one not in self._told}
            if self._list is not None:
                self._news.update(planned)
            self._set_states(planned)

        def failed(error: ChatLogError) -> None:
            self._tell_trouble("list", error)

        if sessions:
            self._workplace.run(work, done=done, failed=failed, owner=self)

    def _set_states(self, states: Mapping[Identity, SessionState]) -> None:
        changed: dict[Identity, SessionState] = {}
        for identity, state in states.items():
            position = self._positions.get(identity)
            if position is not None and self.sessions[position][1] != state:
                self.sessions[position] = (self.sessions[position][0], state)
                changed[identity] = state
        if changed:
            self.states_changed.emit(changed)
