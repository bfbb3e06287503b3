"""The composition root: builds each service once, when it is first asked for. Knows every part; nothing else does.

Start-up imports only what the first question needs: the network, the keyring and the sandbox are imported by the
methods that use them.
"""

from __future__ import annotations

import os
import platform
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.account.endpoints import is_loopback_host
from app.account.profiles import ENDPOINT_VARIABLE, ENVIRONMENT, SANDBOX, Profile, ProfileStore, Storage
from app.account.settings import SettingsStore
from app.errors import (
    FileUnreadable,
    NotOurProtocol,
    ProfileInvalid,
    SettingsCorrupt,
    StorageChanged,
    WrongUse,
)
from app.storage.paths import HOME_VARIABLE, read_machine_id, resolve_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from app.account.profile_editing import ProfileEditor
    from app.account.settings import Settings
    from app.account.signin import Authenticator
    from app.account.vault import SecretField, Vault
    from app.archiving.archive import Archiver
    from app.archiving.bring_back import BringBack
    from app.archiving.index_writer import IndexUpdate, IndexWriter
    from app.archiving.peek import Peek
    from app.archiving.plan import Plan
    from app.archiving.rebuild import Rebuild
    from app.archiving.uploader_api import ChatLogUploader
    from app.remote.history import History
    from app.remote.history_cache import HistoryCache
    from app.remote.presign import PresignClient
    from app.remote.protocol import Health
    from app.remote.session_index import SessionIndexObjects
    from app.sandbox.lifecycle import Sandbox
    from app.sessions.index import InspectReport, SessionIndex
    from app.storage.paths import Paths
    from app.transfer.connections import Connections
    from app.transfer.content import Content, Events, Outcome, TransferEvent
    from app.transfer.jobs import JobStore


@dataclass(frozen=True, slots=True)
class Connection:
    """An endpoint to speak to: the profile with its accepted storage, and the client that speaks."""

    profile: Profile
    storage: Storage
    presign: PresignClient


class Services:
    """The engine of one home, for one run. Close it, or use it as a context.

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
    ) -> None:
        """`vault`: one that outlives these services, so that what it keeps for this run is there for the next."""
        self.paths = paths
        self.stopped = threading.Event()
        self._environ = environ
        self._home = home
        self._profile_name = profile_name
        self._given_vault = vault
        self._open = ExitStack()
        self._answered = False

    def close(self) -> None:
        """Close what was opened. May be called twice."""
        self._open.close()

    # ---- account ----------------------------------------------------------------------------------------

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment that the engine was started with."""
        return self._environ

    @property
    def settings_store(self) -> SettingsStore:
        """The settings as they are in the file, to be read again and changed."""
        return SettingsStore(self.paths.settings)

    @cached_property
    def settings(self) -> Settings:
        """The user's choices, as they were when they were first asked for. Raises SettingsCorrupt."""
        return self.settings_store.read()

    def language_setting(self) -> str:
        """The language chosen in settings; "system" while these cannot be read, so that this can be said."""
        try:
            return self.settings.language
        except (SettingsCorrupt, FileUnreadable):
            return "system"

    @cached_property
    def profiles(self) -> ProfileStore:
        """The profiles of this home."""
        return ProfileStore(self.paths.settings)

    @cached_property
    def profile(self) -> Profile:
        """The profile in use, the sandbox's with its storage once it exists. Raises ConfigurationError."""
        return self.with_storage(self.profiles.current(self._profile_name, self._environ))

    @property
    def this_computer_only(self) -> bool:
        """Whether what is archived stays on this computer: in this home's sandbox, or in another home's."""
        storage = self.profile.storage
        return self.profile.kind == SANDBOX or (storage is not None and is_loopback_host(storage.s3_host))

    @cached_property
    def vault(self) -> Vault:
        """Credentials."""
        from app.account.vault import open_vault

        return self._given_vault or open_vault(self.paths, self._home)

    @cached_property
    def profile_editor(self) -> ProfileEditor:
        """Profiles and their credentials, changed together."""
        from app.account.profile_editing import ProfileEditor

        return ProfileEditor(self.profiles, self.vault, self._environ)

    def with_storage(self, profile: Profile) -> Profile:
        """The sandbox's storage is known from its own state, whether it runs or not."""
        if profile.kind != SANDBOX:
            return profile
        from dataclasses import replace

        known = self.sandbox.known_storage()
        return profile if known is None else replace(profile, storage=known)

    # ---- this computer ----------------------------------------------------------------------------------

    @cached_property
    def sessions(self) -> SessionIndex:
        """The sessions on this computer. Raises SettingsCorrupt."""
        from app.sessions.index import SessionIndex
        from app.sessions.sources import default_sources

        sources = default_sources(self._environ, Path.home(), self.settings.extra_folders)
        index = SessionIndex(self.paths.index, sources, hidden_sources=self.settings.hidden_sources)
        self._open.callback(index.close)
        return index

    @cached_property
    def jobs(self) -> JobStore:
        """Transfers and receipts. Raises StateDamaged, StateTooNew."""
        from app.transfer.jobs import JobStore

        return self._open.enter_context(JobStore(self.paths.state))

    def plan(self) -> Plan:
        """What is archived and what is not, for the profile in use, as of now."""
        from app.archiving.plan import Plan

        destination = self.profile.destination
        return Plan(self.jobs.receipts(destination), self.jobs.transfers(destination))

    # ---- the other side ---------------------------------------------------------------------------------

    @cached_property
    def sandbox(self) -> Sandbox:
        """The embedded backend of this home."""
        from app.sandbox.lifecycle import Sandbox, serve_command

        return Sandbox(self.paths.sandbox, self._environ, serve_command(self._home))

    @cached_property
    def connections(self) -> Connections:
        """One pool of connections for the whole run."""
        from app.transfer.connections import Connections

        return self._open.enter_context(
            Connections(parallel=self.settings.parallel_uploads, environ=self._environ)
        )

    def authenticator(self, profile: Profile) -> tuple[str, Authenticator]:
        """The endpoint of a profile and how its requests are signed; starts the sandbox if it is meant.

        Raises SandboxFailed, CredentialsMissing, KeyringLocked.
        """
        from app.account.signin import BearerToken, authenticator_for

        if profile.kind == "sandbox":
            info = self.sandbox.ensure_running()
            return info.endpoint, BearerToken(info.token)
        assert profile.endpoint is not None
        return profile.endpoint, authenticator_for(profile, self.vault)

    def client(self, profile: Profile, pinned: Storage | None) -> PresignClient:
        """A client for a profile's endpoint."""
        endpoint, authenticator = self.authenticator(profile)
        return self._client(endpoint, authenticator, pinned)

    def _client(self, endpoint: str, authenticator: Authenticator, pinned: Storage | None) -> PresignClient:
        from app.remote.presign import PresignClient
        from app.transfer.retry import Retrier

        return PresignClient(
            endpoint, authenticator, self.connections, retry=Retrier(stopped=self.stopped), pinned=pinned
        )

    def check(self, profile: Profile) -> tuple[Health, Storage]:
        """Ask a profile's endpoint how it is and which storage it speaks for; nothing is pinned. Raises RemoteError."""
        health = self.client(profile, None).health()
        self._answered = True
        return health, storage_of(health)

    def try_out(self, profile: Profile, secrets: Mapping[SecretField, str]) -> tuple[Health, Storage]:
        """`check` for a profile that is not written yet, with credentials that are not kept yet."""
        from app.account.signin import authenticator_with

        assert profile.endpoint is not None
        health = self._client(profile.endpoint, authenticator_with(profile, secrets), None).health()
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
        from app.archiving.archive import Archiver
        from app.transfer.unfinished import unfinished
        from app.transfer.uploader import Uploader

        def upload(contents: Iterable[Content]) -> Iterator[Outcome]:
            connection = self.connection
            uploader = Uploader(
                self.jobs,
                connection.presign,
                self.connections,
                self.paths.spool,
                destination=connection.profile.destination,
                events=events,
                parallel=self.settings.parallel_uploads,
            )
            return uploader.run(contents, self.stopped)

        return Archiver(
            self.plan,
            upload,
            self._index_writer(),
            compress=compress and self.settings.compression,
            vanished=lambda present: unfinished(self.jobs, self.profile.destination, present),
        )

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

    @cached_property
    def session_index(self) -> SessionIndexObjects:
        """The session index of the profile in use. Raises as `connection` does."""
        from app.remote.session_index import SessionIndexObjects
        from app.transfer.objects import SmallObjectStore

        presign = self.connection.presign
        return SessionIndexObjects(
            presign,
            SmallObjectStore(presign, self.connections, stopped=self.stopped),
            self.paths.cache_folder / "session-index",
            machine=read_machine_id(self.paths),
            lock_file=self.paths.data_folder / "session-index.lock",
        )

    @cached_property
    def history(self) -> History:
        """What S3 holds for the profile in use. Raises as `connection` does."""
        from app.remote.history import History

        return History(self.connection.presign, self.session_index)

    @property
    def history_cache(self) -> HistoryCache:
        """What S3 held when it was last asked, for the profile in use; nothing is asked for it."""
        from app.remote.history_cache import HistoryCache

        return HistoryCache(self.paths.cache_folder, self.profile.destination)

    @cached_property
    def peek(self) -> Peek:
        """Archived files opened for a look, for the profile in use. Raises as `connection` does."""
        from app.archiving.peek import Peek
        from app.transfer.downloader import Downloader

        connection = self.connection
        peek = Peek(
            lambda limit: Downloader(connection.presign, self.connections, size_limit=limit),
            self.paths.cache_folder / "looked-at",
        )
        self._open.callback(peek.close)
        return peek

    @cached_property
    def bring_back(self) -> BringBack:
        """Downloads for the profile in use. Raises as `connection` does."""
        from app.archiving.bring_back import BringBack
        from app.transfer.downloader import Downloader

        downloader = Downloader(self.connection.presign, self.connections)
        return BringBack(downloader, self.session_index, self.stopped)

    @cached_property
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
