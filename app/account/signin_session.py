"""Staying signed in: access tokens for requests, renewed without a word, and the end of it all.

The refresh token is in the vault and nowhere else; access tokens live in memory. Providers may hand out a new refresh
token at each use and end the whole sign-in when an old one comes back, so one process at a time uses it, and the new
one is kept before anything else is done.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.account.oidc import GrantRefused
from app.account.signin import none_kept
from app.errors import CredentialsMissing, FolderNotWritable, SignInFailed, SignInNeeded
from app.storage.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from app.account.oidc import Provider
    from app.account.oidc_tokens import Tokens
    from app.account.profiles import Profile
    from app.account.vault import Vault

RENEW_BEFORE_SECONDS = 60.0
"""An access token is not used in its last minute: requests and clocks take their time."""
LOCK_SECONDS = 45.0
"""Longer than a provider's answer may take another process."""


class SignInSession:
    """One profile's sign-in; an Authenticator. Threads share it, and one of them renews while the others wait.

    `lock_file`: held while the refresh token is used or replaced, by all processes of the home.
    """

    def __init__(
        self,
        profile: Profile,
        vault: Vault,
        provider: Provider,
        *,
        lock_file: Path,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._profile = profile
        self._vault = vault
        self._provider = provider
        self._lock_file = lock_file
        self._now = now
        self._lock = threading.Lock()
        self._tokens: Tokens | None = None
        self._replaced: tuple[str, str] | None = None
        """A refresh token in the vault that is used up, and the one that could not be kept in its place yet."""
        self._used = threading.local()

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:  # noqa: ARG002
        """See Authenticator. May ask the provider.

        Raises SignInNeeded (`signed-out`, `sign-in-expired`), SignInFailed, KeyringMissing, KeyringLocked,
        FolderNotWritable, and as Provider does.
        """
        token = self._access_token()
        self._used.token = token
        return {**headers, "Authorization": f"Bearer {token}"}

    def refused(self) -> None:
        """The endpoint did not take the token that this thread signed with last: the next is a new one."""
        with self._lock:
            if self._tokens is not None and self._tokens.access_token == getattr(self._used, "token", None):
                self._tokens = None

    def keep(self, tokens: Tokens) -> None:
        """Take over what signing in came to: for good, or for this run where there is no keyring.

        Raises KeyringLocked, FolderNotWritable; then nothing was kept.
        """
        if tokens.refresh_token is None:
            raise SignInFailed(
                reason="provider-unsuitable", host=self._provider.host, detail="no refresh token"
            )
        with self._lock, self._alone():
            self._vault.set(self._profile, "refresh-token", tokens.refresh_token)
            self._replaced = None
            self._tokens = tokens

    def sign_out(self) -> None:
        """End the sign-in at the provider and forget its token. The browser's own is ended by `end_in_browser`.

        The token is forgotten first: whatever the provider says, this computer is signed out. Without a sign-in
        nothing is asked.
        Raises KeyringLocked (then nothing was done), FolderNotWritable, and as Provider does.
        """
        with self._lock, self._alone():
            kept = self._kept()
            self._vault.delete(self._profile, "refresh-token")
            self._replaced, self._tokens = None, None
            if kept is not None:
                try:
                    self._provider.revoke(kept)
                except GrantRefused as problem:
                    # RFC 7009 has no such answer for a token that is over; the provider's set-up is not right.
                    raise SignInFailed(
                        reason="provider-refused", host=self._provider.host, detail=problem.error
                    ) from problem

    def _access_token(self) -> str:
        with self._lock:
            tokens = self._tokens
            if tokens is None or tokens.expires_at - RENEW_BEFORE_SECONDS <= self._now():
                with self._alone():
                    tokens = self._renewed()
            elif self._replaced is not None:
                with self._alone():
                    self._kept()
            return tokens.access_token

    def _renewed(self) -> Tokens:
        kept = self._kept()
        if kept is None:
            missing = none_kept(self._profile, self._vault)
            if isinstance(missing, CredentialsMissing):
                raise SignInNeeded(profile=self._profile.name, reason="signed-out")
            raise missing
        try:
            tokens = self._provider.refresh(kept)
        except GrantRefused as problem:
            if problem.error == "invalid_grant":
                self._vault.delete(self._profile, "refresh-token")
                raise SignInNeeded(profile=self._profile.name, reason="sign-in-expired") from problem
            raise SignInFailed(
                reason="provider-refused", host=self._provider.host, detail=problem.error
            ) from problem
        self._tokens = tokens
        if tokens.refresh_token is not None and tokens.refresh_token != kept:
            self._replaced = (kept, tokens.refresh_token)
            self._kept()
        return tokens

    def _kept(self) -> str | None:
        """The refresh token in the vault, after what is owed to it was put there."""
        kept = self._vault.get(self._profile, "refresh-token")
        if self._replaced is None:
            return kept
        used_up, newer = self._replaced
        # Another process may have signed in or out meanwhile: then its word counts.
        if kept == used_up:
            self._vault.set(self._profile, "refresh-token", newer)
            kept = newer
        self._replaced = None
        return kept

    @contextmanager
    def _alone(self) -> Iterator[None]:
        import filelock  # noqa: PLC0415 - tens of milliseconds

        private_folder(self._lock_file.parent)
        lock = filelock.FileLock(self._lock_file, timeout=LOCK_SECONDS, mode=0o600)
        try:
            lock.acquire()
        except filelock.Timeout as problem:
            raise FolderNotWritable(
                path=str(self._lock_file), reason="another process holds the file's lock"
            ) from problem
        except OSError as problem:
            raise FolderNotWritable(
                path=str(self._lock_file), reason=problem.strerror or str(problem)
            ) from problem
        try:
            yield
        finally:
            lock.release()
