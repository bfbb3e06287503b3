"""The composition root: builds each service once, when it is first asked for. Knows every part; nothing else does.

Start-up imports only what the first question needs: the network, the keyring and the sandbox are imported by the
methods that use them.
"""

from __future__ import annotations

import os
import platform
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from app.account.endpoints import is_loopback_host
from app.account.profiles import ENDPOINT_VARIABLE, ENVIRONMENT, SANDBOX, Profile, ProfileStore, Storage
from app.account.settings import SettingsStore
from app.errors import (
    Cancelled,
    FileUnreadable,
    NotOurProtocol,
    ProfileInvalid,
    SettingsCorrupt,
    StorageChanged,
    Unauthorized,
    Unreachable,
    WrongUse,
)
from app.storage.paths import HOME_VARIABLE, read_machine_id, resolve_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from app.account.loopback_page import PageLanguage
    from app.account.oidc import Provider
    from app.account.oidc_tokens import Tokens
    from app.account.profile_editing import ProfileEditor
    from app.account.settings import Settings
    from app.account.signin import Authenticator
    from app.account.signin_flow import SignInFlow
    from app.account.signin_session import SignInSession
    from app.account.signin_settings import SignIn
    from app.account.vault import SecretField, Vault
    from app.archiving.archive import Archiver, Upload
    from app.archiving.bring_back import BringBack
    from app.archiving.index_writer import IndexUpdate, IndexWriter
    from app.archiving.lifetimes import Lifetimes
    from app.archiving.peek import Peek
    from app.archiving.plan import Plan
    from app.archiving.queue_engine import QueueEngine
    from app.archiving.queue_outside import OutsideQueue
    from app.archiving.rebuild import Rebuild
    from app.archiving.second_archive import SecondArchive
    from app.archiving.speed_test import SpeedTest
    from app.archiving.standby_watch import Standby
    from app.archiving.transfer_queue import TransferQueue
    from app.archiving.uploader_api import ChatLogUploader
    from app.deployment.aws_profiles import AwsProfiles
    from app.deployment.deployer import Deployer
    from app.errors import RemoteError
    from app.remote.history import History
    from app.remote.history_cache import HistoryCache
    from app.remote.presign import PresignClient
    from app.remote.protocol import HeadReply, Health, ObjectRequest, RestoreReply
    from app.remote.session_index import SessionIndexObjects
    from app.remote.transport import HttpClient, Retry
    from app.sandbox.lifecycle import Sandbox
    from app.sessions.index import InspectReport, SessionIndex
    from app.sessions.model import Session
    from app.storage.paths import Paths
    from app.transfer.bandwidth import Bandwidths
    from app.transfer.connections import Connections
    from app.transfer.content import Content, Events, Outcome, TransferEvent
    from app.transfer.downloader import Downloaded, Progress, Waiting
    from app.transfer.downloads import ReturnRequest
    from app.transfer.jobs import JobStore
    from app.transfer.object_marks import ObjectMarks, ObjectVersion, Return
    from app.transfer.uploader import Uploader
    from app.updates.notice import UpdateNotice

T = TypeVar("T")


class built_once(Generic[T]):  # noqa: N801 - it is used as functools.cached_property is
    """`cached_property` for threads: whoever asks first builds, whoever asks meanwhile waits for that.

    Each service has a lock of its own: some take a network's time to build, and others are needed meanwhile.
    """

    def __init__(self, build: Callable[[Services], T]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, services: None, owner: type[object]) -> Self: ...

    @overload
    def __get__(self, services: Services, owner: type[object]) -> T: ...

    def __get__(self, services: Services | None, owner: type[object]) -> Self | T:
        if services is None:
            return self
        known = services.__dict__
        with services.building(self._name):
            if self._name not in known:
                known[self._name] = self._build(services)
            found: T = known[self._name]
            return found


STOP_SECONDS = 15.0
"""How long closing waits for transfers to stop: a connection that is being made takes ten to give up."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An endpoint to speak to: the profile with its accepted storage, and the client that speaks."""

    profile: Profile
    storage: Storage
    presign: PresignClient


class Services:
    """The engine of one home, for one run. Threads may share it; close it at the end.

    `stopped` ends waits and transfers when it is set.
    """

    def __init__(
        self,
        paths: Paths,
        environ: Mapping[str, str],
        *,
        home: Path | None = None,
        profile_name: str | None = None,
        vault: Vault | None = None,
        stopped: threading.Event | None = None,
    ) -> None:
        """`vault`: one that outlives these services, so that what it keeps for this run is there for the next.

        `stopped`: one that others set too.
        """
        self.paths = paths
        self.stopped = stopped or threading.Event()
        self._environ = environ
        self._home = home
        self._profile_name = profile_name
        self._given_vault = vault
        self._open = ExitStack()
        self._closed = False
        self._answered = False
        self._sign_ins: dict[Profile, SignInSession] = {}
        self._building: dict[str, threading.RLock] = {}
        self._building_lock = threading.Lock()

    def close(self) -> None:
        """Stop what is under way, then close what was opened. May be called twice.

        Who still uses transfers or receipts from then on gets Cancelled.
        """
        self.stopped.set()
        standby: Standby | None = self.__dict__.get("standby")
        if standby is not None:
            standby.stop(STOP_SECONDS)
        queue: TransferQueue | None = self.__dict__.get("transfer_queue")
        if queue is not None:
            queue.stop(STOP_SECONDS)
        self._let_go()

    def _let_go(self) -> None:
        """Close what was opened here, and leave alone what else `stopped` ends."""
        self._closed = True
        self._open.close()

    def building(self, name: str) -> threading.RLock:
        """The lock under which a service is built."""
        with self._building_lock:
            return self._building.setdefault(name, threading.RLock())

    def _close_at_the_end(self, close: Callable[[], None]) -> None:
        """Raises Cancelled where that is over: what was opened just now is closed at once."""
        self._open.callback(close)
        if self._closed:
            self._open.close()
            raise Cancelled

    # ---- account ----------------------------------------------------------------------------------------

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment that the engine was started with."""
        return self._environ

    @property
    def settings_store(self) -> SettingsStore:
        """The settings as they are in the file, to be read again and changed."""
        return SettingsStore(self.paths.settings)

    @built_once
    def settings(self) -> Settings:
        """The user's choices, as they were when they were first asked for. Raises SettingsCorrupt."""
        return self.settings_store.read()

    def language_setting(self) -> str:
        """The language chosen in settings; "system" while these cannot be read, so that this can be said."""
        try:
            return self.settings.language
        except (SettingsCorrupt, FileUnreadable):
            return "system"

    @built_once
    def profiles(self) -> ProfileStore:
        """The profiles of this home."""
        return ProfileStore(self.paths.settings)

    @built_once
    def profile(self) -> Profile:
        """The profile in use, the sandbox's with its storage once it exists. Raises ConfigurationError."""
        return self.with_storage(self.profiles.current(self._profile_name, self._environ))

    @property
    def this_computer_only(self) -> bool:
        """Whether what is archived stays on this computer: in this home's sandbox, or in another home's."""
        storage = self.profile.storage
        return self.profile.kind == SANDBOX or (storage is not None and is_loopback_host(storage.s3_host))

    @built_once
    def vault(self) -> Vault:
        """Credentials."""
        from app.account.vault import open_vault

        return self._given_vault or open_vault(self.paths, self._home)

    @built_once
    def profile_editor(self) -> ProfileEditor:
        """Profiles and their credentials, changed together."""
        from app.account.profile_editing import ProfileEditor

        return ProfileEditor(self.profiles, self.vault, self._environ)

    def provider(self, sign_in: SignIn) -> Provider:
        """The OpenID provider of a team's profile; nothing is asked of it yet."""
        from app.account.oidc import Provider

        return Provider(sign_in, self.connections)

    def sign_in_flow(
        self, sign_in: SignIn, open_browser: Callable[[str], object], *, language: PageLanguage | None = None
    ) -> SignInFlow:
        """Signing in with the browser, for a profile that need not be written yet; to be run by a thread that waits."""
        from app.account.signin_flow import SignInFlow

        return SignInFlow(self.provider(sign_in), open_browser, language=language)

    def sign_in_session(self, profile: Profile) -> SignInSession:
        """The sign-in of a profile of the kind `signin`: one for all its uses in this run."""
        from dataclasses import replace

        from app.account.signin_session import SignInSession

        assert profile.sign_in is not None
        with self.building("sign_in_session"):
            key = replace(profile, storage=None)
            if key not in self._sign_ins:
                self._sign_ins[key] = SignInSession(
                    profile,
                    self.vault,
                    self.provider(profile.sign_in),
                    lock_file=self.paths.data_folder / "sign-in.lock",
                )
            return self._sign_ins[key]

    def aws_profiles(self) -> AwsProfiles:
        """The AWS profiles that there are to deploy with. Raises AwsSetUpWrong."""
        from app.deployment.aws_profiles import read_aws_profiles

        return read_aws_profiles(self._environ)

    def deployer(
        self, aws_profile: str | None, region: str | None, stopped: threading.Event | None = None
    ) -> Deployer:
        """Deploys the stack with an AWS profile in a region; None for those that AWS's own tools would take.

        `stopped` ends its waits; None: the end of these services does.
        """
        from app.deployment.aws import Account
        from app.deployment.deployer import Deployer
        from app.deployment.shipped import find_shipped

        account = Account(self._environ, aws_profile, region)
        return Deployer(account, find_shipped(), self.stopped if stopped is None else stopped)

    def with_storage(self, profile: Profile) -> Profile:
        """The sandbox's storage is known from its own state, whether it runs or not."""
        if profile.kind != SANDBOX:
            return profile
        from dataclasses import replace

        known = self.sandbox.known_storage()
        return profile if known is None else replace(profile, storage=known)

    @built_once
    def update_notice(self) -> UpdateNotice:
        """Whether there is a newer release. Nobody is asked before an address is given."""
        from datetime import UTC, datetime

        from app import __version__
        from app.updates.notice import UpdateNotice

        return UpdateNotice(
            lambda: self.connections,
            self.paths.cache_folder / "releases.json",
            version=__version__,
            now=lambda: datetime.now(UTC),
            stopped=self.stopped,
        )

    # ---- this computer ----------------------------------------------------------------------------------

    @built_once
    def sessions(self) -> SessionIndex:
        """The sessions on this computer. Raises SettingsCorrupt."""
        from app.sessions.index import SessionIndex
        from app.sessions.sources import default_sources

        sources = default_sources(self._environ, Path.home(), self.settings.extra_folders)
        index = SessionIndex(self.paths.index, sources, hidden_sources=self.settings.hidden_sources)
        self._close_at_the_end(index.close)
        return index

    def erase_index(self) -> None:
        """Forget what was read of sessions and listed of the archive; the next scan and listing make it anew.

        Archived files that a killed run was looking at go too. Raises DiskFull, FolderNotWritable.
        """
        from app.archiving.peek import erase_abandoned
        from app.remote.history_cache import erase_histories
        from app.storage.paths import erase_folder

        self.sessions.erase()
        erase_histories(self.paths.cache_folder)
        erase_folder(self._cached_index_objects)
        erase_abandoned(self._looked_at)

    @property
    def _looked_at(self) -> Path:
        return self.paths.cache_folder / "looked-at"

    @property
    def _cached_index_objects(self) -> Path:
        return self.paths.cache_folder / "session-index"

    @built_once
    def jobs(self) -> JobStore:
        """Transfers and receipts. Raises StateDamaged, StateTooNew."""
        from app.transfer.jobs import JobStore

        jobs = JobStore(self.paths.state)
        self._close_at_the_end(jobs.close)
        return jobs

    def plan(self) -> Plan:
        """What is archived and what is not, for the profile in use, as of now."""
        from app.archiving.plan import Plan
        from app.transfer.schema import UNFINISHED

        destination = self.profile.destination
        return Plan(
            self.jobs.receipts(destination),
            self.jobs.transfers(destination, (*UNFINISHED, "paused", "failed")),
            self._object_marks(destination).hidden(),
        )

    def _object_marks(self, destination: str) -> ObjectMarks:
        from app.transfer.object_marks import ObjectMarks

        return ObjectMarks(self.jobs.database, destination)

    def known_returns(self) -> Mapping[ObjectVersion, Return]:
        """The archived objects that were asked back, as far as this home knows; nobody is asked."""
        return self._object_marks(self.profile.destination).returns()

    @built_once
    def lifetimes(self) -> Lifetimes:
        """Deletes, shows again and asks back what S3 holds for the profile in use. Raises as `connection` does."""
        from app.archiving.lifetimes import Lifetimes

        connection = self.connection
        return Lifetimes(connection.presign, self._object_marks(connection.profile.destination))

    # ---- the other side ---------------------------------------------------------------------------------

    @built_once
    def sandbox(self) -> Sandbox:
        """The embedded backend of this home."""
        from app.sandbox.lifecycle import Sandbox, serve_command

        return Sandbox(self.paths.sandbox, self._environ, serve_command(self._home))

    @built_once
    def connections(self) -> Connections:
        """One pool of connections for the whole run."""
        return self._new_connections()

    def _new_connections(self) -> Connections:
        from app.transfer.connections import Connections

        connections = Connections(
            parallel=self.settings.parallel_uploads,
            environ=self._environ,
            uploads=self.bandwidths.uploads,
            downloads=self.bandwidths.downloads,
        )
        self._close_at_the_end(connections.close)
        return connections

    @built_once
    def bandwidths(self) -> Bandwidths:
        """How fast transfers may go, at first as the settings have it; may be changed while they run."""
        from app.transfer.bandwidth import Bandwidth, Bandwidths

        return Bandwidths(Bandwidth(self.settings.upload_limit), Bandwidth(self.settings.download_limit))

    def keep_to(self, settings: Settings) -> None:
        """Settings have been read again: what they say of the bandwidth holds from now on."""
        for bandwidth, limit in zip(
            self.bandwidths, (settings.upload_limit, settings.download_limit), strict=True
        ):
            if bandwidth.limit != limit:
                bandwidth.limit = limit

    def authenticator(self, profile: Profile) -> tuple[str, Authenticator]:
        """The endpoint of a profile and how its requests are signed; starts the sandbox if it is meant.

        Raises SandboxFailed, CredentialsMissing, KeyringLocked.
        """
        from app.account.signin import BearerToken, authenticator_for

        if profile.kind == "signin":
            return profile.endpoint or "", self.sign_in_session(profile)
        if profile.kind == "sandbox":
            info = self.sandbox.ensure_running()
            return info.endpoint, BearerToken(info.token)
        assert profile.endpoint is not None
        return profile.endpoint, authenticator_for(profile, self.vault)

    def client(
        self, profile: Profile, pinned: Storage | None, http: HttpClient | None = None
    ) -> PresignClient:
        """A client for a profile's endpoint; `http` carries its requests in place of the run's connections."""
        from app.transfer.retry import Retrier

        endpoint, authenticator = self.authenticator(profile)
        retry: Retry = Retrier(stopped=self.stopped)
        if profile.kind == SANDBOX:
            retry = _Waking(self.sandbox, endpoint, retry)
        if profile.kind == "signin":
            retry = _Renewing(self.sign_in_session(profile), retry)
        return self._client(endpoint, authenticator, pinned, retry, http)

    def _client(
        self,
        endpoint: str,
        authenticator: Authenticator,
        pinned: Storage | None,
        retry: Retry,
        http: HttpClient | None = None,
    ) -> PresignClient:
        from app.remote.presign import PresignClient

        return PresignClient(endpoint, authenticator, http or self.connections, retry=retry, pinned=pinned)

    def check(self, profile: Profile) -> tuple[Health, Storage]:
        """Ask a profile's endpoint how it is and which storage it speaks for; nothing is pinned. Raises RemoteError."""
        health = self.client(profile, None).health()
        self._answered = True
        return health, storage_of(health)

    def try_out(
        self, profile: Profile, secrets: Mapping[SecretField, str], tokens: Tokens | None = None
    ) -> tuple[Health, Storage]:
        """`check` for a profile that is not written yet, with credentials, or a sign-in, that are not kept yet."""
        from app.account.signin import BearerToken, authenticator_with
        from app.transfer.retry import Retrier

        assert profile.endpoint is not None
        retry = Retrier(stopped=self.stopped)
        authenticator = (
            authenticator_with(profile, secrets) if tokens is None else BearerToken(tokens.access_token)
        )
        health = self._client(profile.endpoint, authenticator, None, retry).health()
        return health, storage_of(health)

    def expect_answer(self) -> None:
        """Make sure that the endpoint of the profile in use answers, before much is read and packed for it.

        So a lost network, a wrong token or a locked keyring is one error, and not one for every session. Nothing is
        asked twice in a run, nor of the sandbox, which has just proved itself. Raises StorageChanged, and as
        `connection` does.
        """
        connection = self.connection
        if self._answered or connection.profile.kind == SANDBOX:
            return
        found = storage_of(connection.presign.health())
        if found != connection.storage:
            raise StorageChanged(pinned=connection.storage.bucket, found=found.bucket)
        self._answered = True

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
                return other._uploader(events or _ignore, keeps_what_halts=True).run(contents, other.stopped)

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
            return self._uploader(_ignore, keeps_what_halts=False, jobs=jobs, spool=spool)

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
                return self.archiver(_ignore, compress=True).update_index(sessions)

        return QueueEngine(
            stopped=self.stopped,
            destination=destination,
            connect=self._connect,
            jobs=lambda: self.jobs,
            archiver=lambda: self.archiver(_ignore, compress=True),
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

    @contextmanager
    def _ended_by(self, cancelled: threading.Event) -> Iterator[None]:
        """Inside the `with` this thread's requests end soon after `cancelled` is set, however silent the network is."""
        from app.transfer.open_sockets import ended_by

        with ended_by(cancelled) as sockets, self.connections.watched_by(sockets):
            yield

    def _index_writer(self) -> IndexWriter:
        from app.archiving.index_writer import IndexWriter, memory_name

        return IndexWriter(
            lambda: self.session_index,
            self.paths.cache_folder / memory_name(self.profile.destination),
            machine=read_machine_id(self.paths),
            host=platform.node(),
        )

    def rebuild(self) -> Rebuild:
        """Makes the session index's missing lines again, for the profile in use. Raises as `connection` does."""
        from app.archiving.rebuild import Rebuild
        from app.transfer.downloader import Downloader

        connection = self.connection

        def write_own_lines() -> IndexUpdate:
            writer = self._index_writer()
            writer.forget()
            self.sessions.scan(cancelled=self.stopped.is_set)
            plan = self.plan()
            return writer.update(plan.of(session) for session in self.sessions.sessions())

        return Rebuild(
            connection.presign,
            self.session_index,
            Downloader(connection.presign, self.connections),
            write_own_lines=write_own_lines,
            receipts=lambda: self.jobs.receipts(connection.profile.destination),
            folder=self.paths.cache_folder / "rebuild",
            machine=read_machine_id(self.paths),
            stopped=self.stopped,
        )

    @built_once
    def session_index(self) -> SessionIndexObjects:
        """The session index of the profile in use. Raises as `connection` does."""
        from app.remote.session_index import SessionIndexObjects
        from app.transfer.objects import SmallObjectStore

        presign = self.connection.presign
        return SessionIndexObjects(
            presign,
            SmallObjectStore(presign, self.connections, stopped=self.stopped),
            self._cached_index_objects,
            machine=read_machine_id(self.paths),
            lock_file=self.paths.data_folder / "session-index.lock",
        )

    @built_once
    def history(self) -> History:
        """What S3 holds for the profile in use. Raises as `connection` does."""
        from app.remote.history import History

        return History(self.connection.presign, self.session_index)

    @property
    def history_cache(self) -> HistoryCache:
        """What S3 held when it was last asked, for the profile in use; nothing is asked for it."""
        from app.remote.history_cache import HistoryCache

        return HistoryCache(self.paths.cache_folder, self.profile.destination)

    @built_once
    def peek(self) -> Peek:
        """Archived files opened for a look, for the profile in use. Raises as `connection` does."""
        from app.archiving.peek import Peek
        from app.transfer.downloader import Downloader

        connection = self.connection
        peek = Peek(
            lambda limit: Downloader(
                connection.presign,
                self.connections,
                size_limit=limit,
                parallel=self.settings.parallel_uploads,
            ),
            self._looked_at,
        )
        self._close_at_the_end(peek.close)
        return peek

    @built_once
    def bring_back(self) -> BringBack:
        """Downloads for the profile in use. Raises as `connection` does."""
        from app.archiving.bring_back import BringBack
        from app.transfer.downloader import Downloader

        downloader = Downloader(
            self.connection.presign, self.connections, parallel=self.settings.parallel_uploads
        )
        return BringBack(downloader, self.session_index, self.stopped)

    @built_once
    def connection(self) -> Connection:
        """The connection of the profile in use.

        A profile whose storage was never seen is asked and the answer pinned (trust on first use); from then on
        presigned URLs that lead elsewhere are refused. Raises RemoteError, ConfigurationError, SandboxFailed.
        """
        profile = self.profile
        if profile.kind == "sandbox" and profile.storage is None:
            self.sandbox.ensure_running()
            profile = self.with_storage(profile)
        if profile.storage is None:
            _, storage = self.check(profile)
            profile = self.profiles.pin(profile, storage)
        self.__dict__["profile"] = profile
        assert profile.storage is not None
        return Connection(profile, profile.storage, self.client(profile, profile.storage))


class _Waking:
    """A Retry for the sandbox, which ends by itself when it is not used: whoever asks it then starts it again."""

    def __init__(self, sandbox: Sandbox, endpoint: str, retry: Retry) -> None:
        self._sandbox = sandbox
        self._endpoint = endpoint
        self._retry = retry

    def __call__(self, operation: Callable[[], T]) -> T:
        try:
            return operation()
        except Unreachable:
            # At another port it is another connection's.
            if self._sandbox.ensure_running().endpoint != self._endpoint:
                raise
        return self._retry(operation)


class _Renewing:
    """A Retry for a team's endpoint: a token that it does not take (any more) is renewed, once."""

    def __init__(self, session: SignInSession, retry: Retry) -> None:
        self._session = session
        self._retry = retry

    def __call__(self, operation: Callable[[], T]) -> T:
        try:
            return self._retry(operation)
        except Unauthorized:
            self._session.refused()
        return self._retry(operation)


def storage_of(health: Health) -> Storage:
    """The storage an endpoint told of. Raises NotOurProtocol where it told nothing."""
    if health.storage is None or health.owner is None:
        raise NotOurProtocol(
            host="", status=200, contentType="application/json", reason="health names no storage"
        )
    told = health.storage
    return Storage(bucket=told.bucket, region=told.region, owner=health.owner, s3_host=told.host)


def open_uploader(
    endpoint: str | None = None,
    region: str | None = None,
    *,
    profile: str | None = None,
    home: Path | None = None,
    environ: Mapping[str, str] | None = None,
    events: Events | None = None,
) -> ChatLogUploader:
    """The library's way in: an uploader for one place, with its receipts under one home.

    Where to, the first that is given: `endpoint` (a Function URL, signed with the AWS credential chain), `profile`
    (a name as in the command line), the profile chosen in settings, LAMBDA_FUNCTION_URL, the sandbox. `region` None:
    read off the endpoint's host, else AWS_REGION, else ap-northeast-1. `home` None: CHATLOG_HOME, else the
    platform's folders; `environ` None: this process's. `events` hears of every transfer's steps, from any thread.

    Nothing is opened or asked before the first call. Raises WrongUse (endpoint and profile both), ProfileUnknown,
    ProfileInvalid, SettingsCorrupt.
    """
    from app.archiving.uploader_api import ChatLogUploader

    if endpoint is not None and profile is not None:
        raise WrongUse(reason="give an endpoint or a profile, not both")
    known = dict(os.environ if environ is None else environ)
    if endpoint is not None:
        profile, known[ENDPOINT_VARIABLE] = ENVIRONMENT, endpoint
    if region is not None:
        known["AWS_REGION"] = region
    home = home or (Path(known[HOME_VARIABLE]) if known.get(HOME_VARIABLE) else None)
    services = Services(resolve_paths(home), known, home=home, profile_name=profile)
    found = services.profile
    if region is not None and found.region != region:
        raise ProfileInvalid(name=found.name, reason="region-mismatch")

    def inspect(paths: Sequence[Path]) -> InspectReport:
        return services.sessions.inspect(paths)

    def archiver(compress: bool) -> Archiver:  # noqa: FBT001 - the one word of a callback
        if services.profile.storage is None:
            _ = services.connection  # nothing can be archived yet; from here on receipts have their place
        return services.archiver(events or _ignore, compress=compress)

    return ChatLogUploader(
        presign=lambda: services.connection.presign,
        connections=lambda: services.connections,
        inspect=inspect,
        archiver=archiver,
        stopped=services.stopped,
        close=services.close,
    )


def _ignore(_: TransferEvent) -> None:
    """Nobody listens."""
