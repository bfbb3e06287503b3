"""The endpoint of a profile: how it is spoken to, and what it is asked about the archive."""

from __future__ import annotations

import platform
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from app.account.profiles import SANDBOX, Storage
from app.bootstrap.built_once import built_once
from app.bootstrap.computer import ComputerServices
from app.errors import NotOurProtocol, StorageChanged, Unauthorized, Unreachable
from app.storage.paths import read_machine_id

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping

    from app.account.oidc_tokens import Tokens
    from app.account.profiles import Profile
    from app.account.signin import Authenticator
    from app.account.signin_session import SignInSession
    from app.account.vault import SecretField
    from app.archiving.bring_back import BringBack
    from app.archiving.index_writer import IndexUpdate, IndexWriter
    from app.archiving.lifetimes import Lifetimes
    from app.archiving.peek import Peek
    from app.archiving.rebuild import Rebuild
    from app.remote.history import History
    from app.remote.history_cache import HistoryCache
    from app.remote.presign import PresignClient
    from app.remote.protocol import Health
    from app.remote.session_index import SessionIndexObjects
    from app.remote.transport import HttpClient, Retry
    from app.sandbox.lifecycle import Sandbox

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Connection:
    """An endpoint to speak to: the profile with its accepted storage, and the client that speaks."""

    profile: Profile
    storage: Storage
    presign: PresignClient


class EndpointServices(ComputerServices):
    """The connection of the profile in use, and what is read of its archive."""

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

    @built_once
    def lifetimes(self) -> Lifetimes:
        """Deletes, shows again and asks back what S3 holds for the profile in use. Raises as `connection` does."""
        from app.archiving.lifetimes import Lifetimes

        connection = self.connection
        return Lifetimes(connection.presign, self._object_marks(connection.profile.destination))

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

    @contextmanager
    def _ended_by(self, cancelled: threading.Event) -> Iterator[None]:
        """Inside the `with` this thread's requests end soon after `cancelled` is set, however silent the network is."""
        from app.transfer.open_sockets import ended_by

        with ended_by(cancelled) as sockets, self.connections.watched_by(sockets):
            yield


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
