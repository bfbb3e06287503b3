"""Two stacks of one person: the first behind a door that can be shut, and what lies in each."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.signin import BearerToken
from app.account.vault import open_vault
from app.remote.presign import PresignClient
from app.storage.paths import resolve_paths
from app.transfer.connections import Connections
from app.transfer.retry import Retrier
from tests.faults.door import FaultDoor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.account.profiles import Profile
    from app.sandbox.lifecycle import Sandbox, SandboxInfo


@dataclass
class Stack:
    """A sandbox, and the door that its profile leads to."""

    sandbox: Sandbox
    door: FaultDoor
    info: SandboxInfo

    @contextmanager
    def behind(self) -> Iterator[PresignClient]:
        """The endpoint itself, behind the door."""
        info = self.info
        pinned = Storage(info.bucket, info.region, info.owner, "127.0.0.1")
        with Connections() as http:
            yield PresignClient(info.endpoint, BearerToken(info.token), http, retry=Retrier(), pinned=pinned)

    def logs(self) -> dict[str, int]:
        """By key of a log, how many versions of it lie there."""
        found: dict[str, int] = {}
        with self.behind() as store:
            for version in store.versions():
                if version.s3_key.startswith("chat-logs/"):
                    found[version.s3_key] = found.get(version.s3_key, 0) + 1
        return found


@dataclass
class TwoStacks:
    """A home with the profiles `tokyo`, which is in use, and `osaka`, its second."""

    home: Path
    tokyo: Stack
    osaka: Stack

    @property
    def profiles(self) -> ProfileStore:
        """What stands in the settings."""
        return ProfileStore(resolve_paths(self.home).settings)

    def add(self, name: str, stack: Stack, *, pinned: bool = True) -> Profile:
        """A profile that leads to a stack."""
        paths = resolve_paths(self.home)
        profile = make_profile(name, "token", stack.door.endpoint)
        self.profiles.add(profile)
        open_vault(paths, self.home).set(profile, "token", stack.info.token)
        if pinned:
            info = stack.info
            storage = Storage(info.bucket, info.region, info.owner, s3_host="127.0.0.1")
            profile = self.profiles.pin(profile, storage)
        return profile


@contextmanager
def two_stacks(
    home: Path, make_sandbox: Callable[[Path], Sandbox], *, pinned: bool = True
) -> Iterator[TwoStacks]:
    """Both running, both doors open."""
    sandboxes = [make_sandbox(home.parent / name / "sandbox") for name in ("tokyo", "osaka")]
    infos = [sandbox.ensure_running() for sandbox in sandboxes]
    with FaultDoor(infos[0]) as first, FaultDoor(infos[1]) as second:
        stacks = TwoStacks(home, Stack(sandboxes[0], first, infos[0]), Stack(sandboxes[1], second, infos[1]))
        stacks.add("tokyo", stacks.tokyo)
        stacks.add("osaka", stacks.osaka, pinned=pinned)
        stacks.profiles.use("tokyo")
        stacks.profiles.set_second("tokyo", "osaka")
        yield stacks
