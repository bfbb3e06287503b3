"""What the account asks of the engine, in worker threads: reading it all, and asking an endpoint how it is."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from app.account.endpoints import is_loopback, is_loopback_host
from app.account.profiles import ENDPOINT_VARIABLE, ENVIRONMENT, SANDBOX, Storage
from app.errors import ChatLogError, StorageChanged

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.account.expected import Expected
    from app.account.oidc_tokens import Tokens
    from app.account.os_keyring import KeyringState
    from app.account.profile_editing import CredentialPlace, Draft
    from app.account.profiles import Profile
    from app.account.settings import Settings
    from app.bootstrap import Services
    from app.remote.protocol import Health

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FoundProfile:
    """A profile as it stands in the settings; `profile` is None where `problem` says why it cannot be used."""

    name: str
    profile: Profile | None
    in_use: bool
    problem: ChatLogError | None = None


@dataclass(frozen=True, slots=True)
class AccountState:
    """Settings and profiles as they are now. `trouble` is the first thing that keeps them from being used."""

    settings: Settings | None
    profiles: tuple[FoundProfile, ...]
    last_archived: datetime | None
    trouble: ChatLogError | None


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What an endpoint said of itself."""

    milliseconds: int
    """From the question to the answer; with the sandbox, its start included."""
    storage: Storage
    algorithm: str | None
    """The encryption that the endpoint demands, by S3's name ("aws:kms", "AES256"); None where it says nothing."""
    pinned: Storage | None
    """The storage that was accepted before, by itself or with a connection."""
    own_sandbox: bool

    @property
    def leads_elsewhere(self) -> bool:
        """Whether the storage is another one than was accepted."""
        return not self.own_sandbox and self.pinned is not None and self.pinned != self.storage

    @property
    def to_accept(self) -> bool:
        """Whether a person has not accepted this storage yet."""
        return not self.own_sandbox and self.pinned != self.storage

    @property
    def this_computer_only(self) -> bool:
        """Whether what is archived there stays on this computer."""
        return self.own_sandbox or is_loopback_host(self.storage.s3_host)


@dataclass(frozen=True, slots=True)
class CredentialState:
    """Where a profile's credentials are; with the keyring's state where that says why."""

    place: CredentialPlace
    keyring: KeyringState | None


def read_account(services: Services) -> AccountState:
    """Everything the window shows of settings and profiles; what cannot be had is the state's trouble."""
    troubles: list[ChatLogError] = []
    settings: Settings | None = None
    try:
        settings = services.settings_store.read()
        services.keep_to(settings)
    except ChatLogError as error:
        troubles.append(error)
    in_use = _attempt(lambda: profile_in_use(services), troubles)
    last = _attempt(lambda: services.jobs.last_archived(in_use.destination), troubles) if in_use else None
    names = _attempt(lambda: _names(services, in_use), troubles) or [SANDBOX]
    chosen = in_use.name if in_use is not None else _attempt(services.profiles.chosen, [])
    found = tuple(_found(services, name, in_use, in_use=name == chosen) for name in names)
    return AccountState(settings, found, last, troubles[0] if troubles else None)


def profile_in_use(services: Services) -> Profile:
    """The profile in use; what services know of the sandbox may be from before its first start. Raises ConfigurationError."""
    return services.with_storage(services.profile)


def _names(services: Services, in_use: Profile | None) -> list[str]:
    names = services.profiles.names()
    if services.environ.get(ENDPOINT_VARIABLE) or (in_use is not None and in_use.name == ENVIRONMENT):
        names.append(ENVIRONMENT)
    return names


def _found(services: Services, name: str, used: Profile | None, *, in_use: bool) -> FoundProfile:
    if in_use and used is not None:
        return FoundProfile(name, used, in_use=True)
    try:
        profile = services.with_storage(services.profiles.get(name, services.environ))
    except ChatLogError as error:
        return FoundProfile(name, None, in_use, error)
    return FoundProfile(name, profile, in_use)


def _attempt(work: Callable[[], T], troubles: list[ChatLogError]) -> T | None:
    try:
        return work()
    except ChatLogError as error:
        troubles.append(error)
        return None


def ask_profile(services: Services, name: str) -> ConnectionReport:
    """Ask a profile's endpoint how it is; nothing is accepted by it.

    Raises RemoteError, ConfigurationError, SandboxFailed.
    """
    profile = services.with_storage(services.profiles.get(name, services.environ))
    started = time.monotonic()
    health, storage = services.check(profile)
    return report_of(started, health, storage, profile)


def credential_state(services: Services, name: str) -> CredentialState:
    """Where a profile's credentials are; opens no prompt.

    Raises ProfileUnknown, ProfileInvalid, SettingsCorrupt, FileUnreadable.
    """
    place = services.profile_editor.credential_place(name)
    profile = services.profiles.get(name, services.environ)
    in_a_file = profile.kind == "token" and profile.endpoint is not None and is_loopback(profile.endpoint)
    asks_keyring = place in {"this-run", "nowhere", "locked"} and not in_a_file
    return CredentialState(place, services.vault.describe_keyring() if asks_keyring else None)


def unlock_keyring(services: Services, name: str) -> CredentialState:
    """Read the profile's credentials, so that the system asks for the keyring's password; where they are then.

    Waits for a person. Raises KeyringLocked where nobody answered in time, and as `credential_state` does.
    """
    services.vault.secrets(services.profiles.get(name, services.environ))
    return credential_state(services, name)


def try_draft(services: Services, draft: Draft, editing: str | None) -> ConnectionReport:
    """`ask_profile` for what stands in a dialog. Raises as that does."""
    editor = services.profile_editor
    profile = editor.profile_of(draft)
    credentials = editor.credentials_for(draft, editing=editing)
    pinned = None
    if editing is not None:
        before = services.profiles.get(editing)
        pinned = before.storage if before.endpoint == profile.endpoint else None
    started = time.monotonic()
    health, storage = services.try_out(profile, credentials)
    # What a connection names is accepted together with what the endpoint says.
    report = report_of(started, health, storage, replace(profile, expected=None), pinned)
    if draft.connection is not None and not draft.connection.expected.matches(storage):
        # What the connection says was shown; this is something else.
        raise StorageChanged(pinned=draft.connection.bucket, found=storage.bucket)
    return report


def accept_storage(services: Services, name: str, storage: Storage) -> None:
    """Pin what a person has seen and accepted. Raises ProfileUnknown, ProfileInvalid, FolderNotWritable, DiskFull."""
    services.profiles.pin(services.profiles.get(name, services.environ), storage, anew=True)


def save_draft(
    services: Services,
    draft: Draft,
    editing: str | None,
    accepted: Storage | None,
    *,
    use: bool,
    tokens: Tokens | None = None,
) -> str:
    """Add a profile or change the one called `editing`, accept its storage, choose it if asked; its name.

    `tokens`: of the sign-in that is kept for it.

    Raises as ProfileEditor's methods do.
    """
    editor = services.profile_editor
    profile = editor.add(draft) if editing is None else editor.change(editing, draft)
    try:
        if accepted is not None and accepted != profile.storage:
            # A connection's own storage was accepted with it; without one, a person has seen this.
            services.profiles.pin(profile, accepted, anew=draft.connection is None)
        if tokens is not None:
            services.sign_in_session(profile).keep(tokens)
        if use:
            editor.use(profile.name)
    except ChatLogError:
        if editing is None:
            # Half added, it would stand in the way of trying again.
            editor.remove(profile.name)
        raise
    return profile.name


def _named(expected: Expected, owner: str) -> Storage:
    return Storage(expected.bucket, expected.region, owner, expected.s3_host)


def report_of(
    started: float, health: Health, storage: Storage, profile: Profile, pinned: Storage | None = None
) -> ConnectionReport:
    if profile.expected is not None and pinned is None:
        named = profile.expected
        pinned = storage if named.matches(storage) else _named(named, storage.owner)
    encryption = health.policy.get("encryption")
    algorithm = encryption.get("algorithm") if isinstance(encryption, dict) else None
    return ConnectionReport(
        milliseconds=round((time.monotonic() - started) * 1000),
        storage=storage,
        algorithm=algorithm if isinstance(algorithm, str) else None,
        pinned=profile.storage or pinned,
        own_sandbox=profile.kind == SANDBOX,
    )
