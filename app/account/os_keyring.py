"""The operating system's keyring: which one, and what its failures mean.

The `keyring` package's own choice is not used: merely installing a package of plaintext back ends changes it.
"""

from __future__ import annotations

import importlib
import sys
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from app.errors import KeyringLocked, KeyringMissing

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")

PROMPT_SECONDS = 10.0
"""How long a call may take. A locked keyring waits for a person for as long as it likes."""


LOOK_SECONDS = 2.0
"""How long to wait for an answer that needs no person."""


@dataclass(frozen=True, slots=True)
class KeyringState:
    """Whether the keyring can be used, learnt without asking a person anything.

    `locked`: using it opens a prompt, for a password or for a new keyring to be made.
    """

    kind: Literal["available", "missing", "locked"]
    name: str
    """Its own name, as a person knows it: "Keychain", "Secret Service"."""
    reason: str | None
    """Why it is missing, in the words of whoever said so."""


class Backend(Protocol):
    """What is used of a `keyring` back end."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def backends_of_platform(platform: str = sys.platform) -> tuple[str, ...]:
    """The encrypting back ends of a platform, `module:class`, best first."""
    if platform == "darwin":
        return ("keyring.backends.macOS:Keyring",)
    if platform == "win32":
        return ("keyring.backends.Windows:WinVaultKeyring",)
    # KWallet's own interface is for older KDE releases; later ones answer as a Secret Service too.
    return ("keyring.backends.SecretService:Keyring", "keyring.backends.kwallet:DBusKeyring")


def keyring_name(platform: str = sys.platform) -> str:
    """What the platform calls its keyring."""
    if platform == "darwin":
        return "Keychain"
    return "Windows Credential Manager" if platform == "win32" else "Secret Service"


def open_backend(candidates: tuple[str, ...]) -> Backend:
    """The first of the back ends that works here. Asks the session bus, so it may take a moment.

    Raises KeyringMissing.
    """
    reasons: list[str] = []
    for candidate in candidates:
        module_name, class_name = candidate.split(":")
        backend = getattr(importlib.import_module(module_name), class_name)
        try:
            # The package's way to say whether a back end can work here: the property raises where it cannot.
            backend.priority  # noqa: B018
            opened: Backend = backend()
        except Exception as problem:  # noqa: BLE001 - whatever a library or a bus says no with, it is no
            reasons.append(str(problem) or type(problem).__name__)
        else:
            return opened
    raise KeyringMissing(reason="; ".join(reasons))


class OsKeyring:
    """A keyring whose every call ends in time.

    Each call runs in a thread of its own; one that waits for a prompt is left waiting, and the next call waits for
    it first, so that no second prompt is opened. A person who answers late has unlocked the keyring for the next
    call.
    """

    def __init__(self, open_it: Callable[[], Backend], seconds: float = PROMPT_SECONDS) -> None:
        self._open_it = open_it
        self._seconds = seconds
        self._turn = threading.Lock()
        self._backend: Backend | None = None

    def probe(self) -> None:
        """Raises KeyringMissing, or KeyringLocked where the keyring does not answer in time."""
        self._within_limit(self._opened)

    def describe(self) -> KeyringState:
        """Whether it can be used; opens no prompt. May take LOOK_SECONDS twice."""
        name = keyring_name()
        seconds = min(self._seconds, LOOK_SECONDS)
        try:
            backend = self._within_limit(self._opened, seconds)
            if type(backend).__module__ == "keyring.backends.kwallet":
                name = "KWallet"
            locked = self._within_limit(lambda: _asks_before_use(backend), seconds)
        except KeyringMissing as problem:
            return KeyringState("missing", name, str(problem.parameters.get("reason") or "") or None)
        except KeyringLocked:  # a prompt of an earlier call is still open
            return KeyringState("locked", name, None)
        return KeyringState("locked" if locked else "available", name, None)

    def get(self, service: str, entry: str) -> str | None:
        """The secret, None where there is none. Raises KeyringMissing, KeyringLocked."""
        return self._within_limit(lambda: self._opened().get_password(service, entry))

    def set(self, service: str, entry: str, secret: str) -> None:
        """Store or replace a secret. Raises KeyringMissing, KeyringLocked."""
        self._within_limit(lambda: self._opened().set_password(service, entry, secret))

    def delete(self, service: str, entry: str) -> None:
        """Remove a secret if it is there. Raises KeyringMissing, KeyringLocked."""

        def work() -> None:
            # Back ends disagree about how to say that there was nothing to delete.
            if self._opened().get_password(service, entry) is not None:
                self._opened().delete_password(service, entry)

        self._within_limit(work)

    def _opened(self) -> Backend:
        if self._backend is None:
            self._backend = self._open_it()
        return self._backend

    def _within_limit(self, work: Callable[[], _Result], seconds: float | None = None) -> _Result:
        seconds = self._seconds if seconds is None else seconds
        if not self._turn.acquire(timeout=seconds):
            raise KeyringLocked
        future: Future[_Result] = Future()

        def run() -> None:
            try:
                future.set_result(work())
            except BaseException as problem:  # noqa: BLE001 - handed to the caller's thread as it is
                future.set_exception(problem)
            finally:
                self._turn.release()

        # Not an executor: its threads are waited for at exit, and a prompt can last for ever.
        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            return future.result(timeout=seconds)
        except Exception as problem:
            if isinstance(problem, FutureTimeoutError) and not future.done():
                raise KeyringLocked from problem
            translated = translate_keyring(problem)
            if isinstance(translated, KeyringMissing):
                self._backend = None  # it may have gone away: the next call looks again
            if translated is problem:
                raise
            raise translated from problem


def _asks_before_use(backend: Backend) -> bool:
    """Whether the next call will open a prompt. Only a Secret Service can be asked; the others are taken as open."""
    if type(backend).__module__ != "keyring.backends.SecretService":
        return False
    import secretstorage  # noqa: PLC0415 - on Linux alone, and slow

    with closing(secretstorage.dbus_init()) as connection:
        try:
            # As the back end chooses it. Where there is none it would make one, which asks for a new password.
            path = getattr(backend, "preferred_collection", secretstorage.collection.DEFAULT_COLLECTION)
            return bool(secretstorage.Collection(connection, path).is_locked())
        except secretstorage.ItemNotFoundException:
            return True


# What says "locked": keyring's own error, and secretstorage's two (a prompt that was dismissed; a keyring that was
# locked between two calls). By name: the packages differ by platform and are loaded late.
_LOCKED = frozenset({"KeyringLocked", "LockedException", "PromptDismissedException"})
_KEYRING_PACKAGES = ("keyring.", "secretstorage.", "jeepney.", "win32ctypes.", "pywintypes", "dbus.")


def translate_keyring(problem: Exception) -> Exception:
    """The error of our tree that a keyring's failure stands for; bugs come back as they are."""
    if isinstance(problem, KeyringLocked | KeyringMissing):
        return problem
    if any(kind.__name__ in _LOCKED for kind in type(problem).__mro__):
        return KeyringLocked()
    if isinstance(problem, OSError) or type(problem).__module__.startswith(_KEYRING_PACKAGES):
        return KeyringMissing(reason=f"{type(problem).__name__}: {problem}")
    return problem
