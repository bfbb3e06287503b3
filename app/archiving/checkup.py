"""Checks the set-up: everything that archiving needs, one thing after the other. Findings are codes; faces have the words."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from app.errors import ChatLogError, DiskFull, FolderNotWritable, KeyringLocked, KeyringMissing, StateDamaged
from app.storage.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.account.profiles import Profile, Storage
    from app.account.settings import Settings
    from app.account.vault import Vault
    from app.archiving.plan import Plan
    from app.remote.presign import PresignClient
    from app.sessions.index import SessionIndex
    from app.storage.paths import Paths
    from app.transfer.jobs import JobStore

Verdict = Literal["ok", "note", "problem"]
CheckName = Literal[
    "settings", "profile", "folders", "disk", "state", "sources", "keyring", "endpoint", "clock"
]
Said = Literal[
    "settings",
    "settings-none",
    "profile",
    "folder",
    "disk",
    "state",
    "waiting",
    "left-out",
    "at-risk",
    "sources",
    "keyring",
    "endpoint",
    "clock",
    "clock-off",
    "this-computer-only",
    "error",
]

ENOUGH_SPACE = 500_000_000
"""Bytes: below this the next large session may not fit into the spool."""

CLOCK_TOLERANCE = 60
"""Seconds. AWS refuses signatures that are 15 minutes off; a minute already hints at a clock that is not set."""

SOON_DAYS = 7
"""Days in which there is time enough to act."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result.

    `values` by what is said: path (settings, settings-none, folder), name (profile, endpoint), bucket (endpoint), size
    in bytes (disk), n (waiting, at-risk and sources: how many; clock and clock-off: seconds), path and code
    (left-out). With "error" the error says it.
    """

    check: CheckName
    verdict: Verdict
    said: Said
    values: Mapping[str, str | int] = field(default_factory=dict)
    error: ChatLogError | None = None


class Connected(Protocol):
    """The connection of the profile in use."""

    @property
    def profile(self) -> Profile: ...

    @property
    def storage(self) -> Storage: ...

    @property
    def presign(self) -> PresignClient: ...


class Parts(Protocol):
    """The parts of the engine that are looked at. Each may raise what it raises when it is used."""

    @property
    def paths(self) -> Paths: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def profile(self) -> Profile: ...

    @property
    def jobs(self) -> JobStore: ...

    @property
    def sessions(self) -> SessionIndex: ...

    @property
    def vault(self) -> Vault: ...

    @property
    def connection(self) -> Connected: ...

    @property
    def this_computer_only(self) -> bool: ...

    def plan(self) -> Plan: ...


def check_up(parts: Parts, *, cancelled: Callable[[], bool] | None = None) -> Iterator[Finding]:
    """Every finding, as it is made. May wait for the endpoint, a scan and a keyring's prompt.

    Ends early, between two checks, when `cancelled` says so.
    """
    checks: tuple[tuple[CheckName, Callable[[Parts], Iterator[Finding]]], ...] = (
        ("settings", _settings),
        ("folders", _folders),
        ("disk", _disk_space),
        ("state", _state),
        ("sources", _sources),
        ("keyring", _keyring),
        ("endpoint", _endpoint),
    )
    for name, check in checks:
        if cancelled is not None and cancelled():
            return
        try:
            yield from check(parts)
        except ChatLogError as error:
            # One of the findings: the checks go on.
            yield Finding(name, "problem", "error", error=error)


def _settings(parts: Parts) -> Iterator[Finding]:
    path = parts.paths.settings
    _ = parts.settings
    yield Finding("settings", "ok", "settings" if path.exists() else "settings-none", {"path": str(path)})
    yield Finding("profile", "ok", "profile", {"name": parts.profile.name})


def _folders(parts: Parts) -> Iterator[Finding]:
    paths = parts.paths
    for folder in sorted({paths.config_folder, paths.data_folder, paths.cache_folder}):
        private_folder(folder)
        probe = folder / f".probe-{time.time_ns()}"
        try:
            probe.touch()
            probe.unlink()
        except OSError as problem:
            raise FolderNotWritable(path=str(folder), reason=problem.strerror or "") from problem
        yield Finding("folders", "ok", "folder", {"path": str(folder)})


def _disk_space(parts: Parts) -> Iterator[Finding]:
    folder = parts.paths.data_folder
    free = shutil.disk_usage(folder).free
    if free < ENOUGH_SPACE:
        yield Finding("disk", "problem", "error", error=DiskFull(path=str(folder)))
    else:
        yield Finding("disk", "ok", "disk", {"size": free})


def _state(parts: Parts) -> Iterator[Finding]:
    path = parts.paths.state
    jobs = parts.jobs
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        answer = connection.execute("PRAGMA quick_check").fetchone()[0]
    if answer != "ok":
        raise StateDamaged(path=str(path), keptAs=str(path))
    waiting = len(jobs.transfers(states=("queued", "prepared", "sending", "failed")))
    if waiting:
        yield Finding("state", "note", "waiting", {"n": waiting})
    else:
        yield Finding("state", "ok", "state")


def _sources(parts: Parts) -> Iterator[Finding]:
    index = parts.sessions
    for problem in index.scan().problems:
        yield Finding("sources", "problem", "left-out", {"path": problem.path, "code": problem.code})
    sessions = index.sessions()
    now = datetime.now(UTC)
    plan = parts.plan()
    at_risk = [
        session
        for session in sessions
        if session.deleted_at is not None
        and (session.deleted_at - now).days < SOON_DAYS
        and not plan.of(session).settled
    ]
    if at_risk:
        yield Finding("sources", "note", "at-risk", {"n": len(at_risk)})
    yield Finding("sources", "ok", "sources", {"n": len(sessions)})


def _keyring(parts: Parts) -> Iterator[Finding]:
    needed = parts.profile.kind == "iam" and parts.profile.aws_profile is None
    try:
        parts.vault.check()
    except (KeyringMissing, KeyringLocked) as error:
        # The sandbox and AWS profiles need no keyring, so its absence is worth a note and no more.
        yield Finding("keyring", "problem" if needed else "note", "error", error=error)
    else:
        yield Finding("keyring", "ok", "keyring")


def _endpoint(parts: Parts) -> Iterator[Finding]:
    connection = parts.connection
    health = connection.presign.health()
    values = {"name": connection.profile.name, "bucket": connection.storage.bucket}
    yield Finding("endpoint", "ok", "endpoint", values)
    if health.server_time is not None:
        skew = round(abs((datetime.now(UTC) - health.server_time).total_seconds()))
        right = skew <= CLOCK_TOLERANCE
        yield Finding("clock", "ok" if right else "problem", "clock" if right else "clock-off", {"n": skew})
    if parts.this_computer_only:
        yield Finding("endpoint", "note", "this-computer-only")
