"""All of it: archiving, the transfer queue, and the second archive that stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.account.profiles import ENVIRONMENT, SANDBOX
from app.bootstrap.built_once import built_once
from app.bootstrap.endpoint import EndpointServices
from app.storage.paths import read_machine_id

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from app.archiving.archive import Archiver, Upload
    from app.archiving.index_writer import IndexUpdate
    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_outside import OutsideQueue
    from app.archiving.second_archive import SecondArchive
    from app.archiving.speed_test import SpeedTest
    from app.archiving.standby_watch import Standby
    from app.archiving.transfer_queue import TransferQueue
    from app.errors import RemoteError
    from app.remote.protocol import HeadReply, ObjectRequest, RestoreReply
    from app.sessions.model import Session
    from app.transfer.content import Content, Events, Outcome, TransferEvent
    from app.transfer.downloader import Downloaded, Progress, Waiting
    from app.transfer.downloads import ReturnRequest
    from app.transfer.jobs import JobStore
    from app.transfer.uploader import Uploader


class Services(EndpointServices):
    """The engine of one home, for one run. Threads may share it; close it at the end.

    `stopped` ends waits and transfers when it is set.
    """

    def archiver(self, events: Events, *, compress: bool) -> Archiver:
        """Archives sessions for the profile in use. Nothing is asked of the endpoint before something is to be sent."""

        def upload(contents: Iterable[Content]) -> Iterator[Outcome]:
            return self._uploader(events, keeps_what_halts=False).run(contents, self.stopped)

        return self._archiver(upload, compress=compress)

    def open_second(
        self, stopped: threading.Event | None = None, *, events: Events | None = None, compress: bool = True
    ) -> SecondArchive | None:
        """The archive that keeps what waits while the one in use is out; None where its profile names none.

        The settings are read anew. `stopped` ends its work; None: the end of these services does. Raises
        ProfileUnknown, ProfileInvalid (see second_profile.py), SettingsCorrupt; nobody is asked yet.
        """
        from app.account.second_profile import expect_usable
        from app.archiving.second_archive import SecondArchive

        if self.profile.kind == SANDBOX or self.profile.name == ENVIRONMENT:
            return None
        name = self.profiles.get(self.profile.name).second
        if name is None:
            return None
        second = self.profiles.get(name, self._environ)
        expect_usable(self.profile, second)
        other = Services(
            self.paths,
            self._environ,
            home=self._home,
            profile_name=name,
            vault=self.vault,
            stopped=self.stopped if stopped is None else stopped,
        )
        # One home, one network, one limit of speed: these are for both.
        for shared in ("settings", "jobs", "bandwidths", "connections"):
            other.__dict__[shared] = getattr(self, shared)

        def archiver(around: Callable[[Upload], Upload]) -> Archiver:
            def upload(contents: Iterable[Content]) -> Iterator[Outcome]:
                return other._uploader(events or ignore, keeps_what_halts=True).run(contents, other.stopped)

            return other._archiver(around(upload), compress=compress)

        return SecondArchive(name, other.expect_answer, archiver, other._let_go)

    def _archiver(self, upload: Upload, *, compress: bool = True) -> Archiver:
        from app.archiving.archive import Archiver
        from app.transfer.unfinished import unfinished

        return Archiver(
            self.plan,
            upload,
            self._index_writer(),
            compress=compress and self.settings.compression,
            vanished=lambda present: unfinished(self.jobs, self.profile.destination, present),
        )

    def speed_test(self) -> SpeedTest:
        """Measures the profile in use; nothing of it comes into the home's record. Raises as `connection` does."""
        from app.archiving.speed_test import Bench, SpeedTest, Stopwatch

        connection = self.connection

        def uploader(jobs: JobStore, spool: Path) -> Uploader:
            return self._uploader(ignore, keeps_what_halts=False, jobs=jobs, spool=spool)

        return SpeedTest(
            Bench(
                client=lambda watch: self.client(connection.profile, connection.storage, watch),
                stopwatch=lambda: Stopwatch(self._new_connections()),
                uploader=uploader,
                folder=self.paths.cache_folder,
                machine=read_machine_id(self.paths),
                compress=self.settings.compression,
                this_computer=self.this_computer_only,
                asked_before=self._answered,
            )
        )

    def _uploader(
        self,
        events: Events,
        *,
        keeps_what_halts: bool,
        jobs: JobStore | None = None,
        spool: Path | None = None,
    ) -> Uploader:
        from app.transfer.uploader import Uploader

        connection = self.connection
        return Uploader(
            jobs or self.jobs,
            connection.presign,
            self.connections,
            spool or self.paths.spool,
            destination=connection.profile.destination,
            events=events,
            parallel=self.settings.parallel_uploads,
            parts_above=self.settings.parts_above,
            keeps_what_halts=keeps_what_halts,
        )

    @built_once
    def transfer_queue(self) -> TransferQueue:
        """The queue of uploads and downloads for the profile in use; to be started once."""
        from app.archiving.transfer_queue import TransferQueue

        return TransferQueue(self._queue_engine())

    @built_once
    def standby(self) -> Standby:
        """Has the second archive keep what waits in the queue while the one in use is out; to be started once."""
        from app.archiving.standby_watch import Standby

        return Standby(self.transfer_queue, lambda: self.profile.name, self.open_second)

    def outside_queue(self) -> OutsideQueue:
        """The queue's rows for a program that does not run the queue."""
        from app.archiving.queue_outside import OutsideQueue
        from app.archiving.transfer_queue import TransferQueue

        engine = self._queue_engine()
        return OutsideQueue(engine, lambda: TransferQueue(engine))

    def _queue_engine(self) -> QueueEngine:
        from app.archiving.queue_engine import QueueEngine

        def destination() -> str | None:
            return self.profile.destination if self.profile.storage is not None else None

        def known_sessions() -> Sequence[Session]:
            return self.sessions.sessions()

        def update_index(sessions: Sequence[Session]) -> IndexUpdate:
            with self._ended_by(self.stopped):
                return self.archiver(ignore, compress=True).update_index(sessions)

        return QueueEngine(
            stopped=self.stopped,
            destination=destination,
            connect=self._connect,
            jobs=lambda: self.jobs,
            archiver=lambda: self.archiver(ignore, compress=True),
            uploader=lambda events: self._uploader(events, keeps_what_halts=True),
            fetch=self._fetch,
            ask_return=self._ask_return,
            look=self._look,
            update_index=update_index,
            known_sessions=known_sessions,
            inspect=lambda paths: self.sessions.inspect(paths, cancelled=self.stopped.is_set).sessions,
            spool=self.paths.spool,
        )

    def _connect(self, again: bool) -> None:  # noqa: FBT001 - the one word of a callback
        """`expect_answer`; `again`: with credentials and everything else read anew, for they may have been mended."""
        if again:
            for name in ("connection", "session_index", "history", "bring_back", "lifetimes"):
                self.__dict__.pop(name, None)
            self._answered = False
        with self._ended_by(self.stopped):
            self.expect_answer()

    def _fetch(
        self,
        s3_key: str,
        folder: Path,
        *,
        version_id: str | None,
        mark: str,
        progress: Progress,
        waiting: Waiting,
        cancelled: threading.Event,
    ) -> Downloaded:
        with self._ended_by(cancelled):
            return self.bring_back.download(
                s3_key,
                folder,
                version_id=version_id,
                mark=mark,
                progress=progress,
                waiting=waiting,
                cancelled=cancelled,
            )

    def _ask_return(
        self, s3_key: str, version_id: str | None, request: ReturnRequest, *, cancelled: threading.Event
    ) -> RestoreReply:
        with self._ended_by(cancelled):
            return self.lifetimes.ask_return(s3_key, version_id, days=request.days, tier=request.tier)

    def _look(
        self, objects: Sequence[ObjectRequest], *, cancelled: threading.Event
    ) -> Sequence[HeadReply | RemoteError]:
        with self._ended_by(cancelled):
            return self.lifetimes.look(objects)


def ignore(_: TransferEvent) -> None:
    """Nobody listens."""
