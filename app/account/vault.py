"""Credentials: in the operating system's keyring, never in a file.

Two exceptions. Where there is no keyring they are kept in memory for this run, and `Vault.persistent` says so. And
the token of another home's sandbox on this computer stands in a 0600 file: it opens nothing beyond this computer.
"""

from __future__ import annotations

import hashlib
import re
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Literal

from app.account.endpoints import is_loopback
from app.account.os_keyring import (
    PROMPT_SECONDS,
    KeyringState,
    OsKeyring,
    backends_of_platform,
    open_backend,
)
from app.account.toml_file import TomlFile, table_in, text_in
from app.errors import KeyringLocked, KeyringMissing, ProfileInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument

    from app.account.profiles import Profile
    from app.storage.paths import Paths

SecretField = Literal["token", "access-key-id", "secret-access-key", "session-token", "refresh-token"]

SecretPlace = Literal["keyring", "this-run", "file", "nowhere", "locked"]
"""Where a secret is kept. `locked`: the keyring cannot be asked without a prompt."""

SERVICE = "chatlog-uploader"
TOKENS_FILE = "loopback-tokens.toml"
MAXIMUM_SECRET_LENGTH = 8192
PART_LENGTH = 1024
"""Windows keeps at most 2560 bytes (CRED_MAX_CREDENTIAL_BLOB_SIZE) in UTF-16 under one name, and refresh tokens are
longer: more than this is kept in parts."""
_PARTS = "in parts:"
"""How an entry begins that says where the parts are. No secret has a space in it, so none can be taken for this."""


class Vault:
    """The credentials of one home's profiles.

    A secret is bound to the profile's name and endpoint: changing the address in settings.toml does not send the
    old address's token to the new one.
    """

    def __init__(self, keyring: OsKeyring, tokens_file: Path, service: str = SERVICE) -> None:
        self._keyring = keyring
        self._tokens = TomlFile(tokens_file)
        self._service = service
        self._memory: dict[str, str] = {}

    @property
    def persistent(self) -> bool:
        """Whether secrets given to `set` outlive this run (a loopback token always does)."""
        try:
            self._keyring.probe()
        except KeyringMissing:
            return False
        except KeyringLocked:
            return True
        return True

    def require_persistent(self, profile: Profile | None = None) -> None:
        """Raises KeyringMissing, with the reason, where a secret (of that profile) would not outlive this run."""
        if profile is not None and profile.kind == "token" and _is_loopback_token(profile, "token"):
            return
        try:
            self._keyring.probe()
        except KeyringLocked:
            return

    def check(self) -> None:
        """Ask the keyring whether it can be used. Raises KeyringMissing, KeyringLocked."""
        self._keyring.probe()

    def describe_keyring(self) -> KeyringState:
        """Whether the keyring can be used; opens no prompt. May take some seconds."""
        return self._keyring.describe()

    def place_of(self, profile: Profile, field: SecretField) -> SecretPlace:
        """Where the secret is kept; opens no prompt. Raises SettingsCorrupt (the loopback tokens' file)."""
        if _is_loopback_token(profile, field):
            return "nowhere" if self._loopback_token(profile) is None else "file"
        if _entry(profile, field) in self._memory:
            return "this-run"
        state = self._keyring.describe()
        if state.kind == "locked":
            return "locked"
        try:
            return "nowhere" if self.get(profile, field) is None else "keyring"
        except KeyringLocked:
            return "locked"

    def get(self, profile: Profile, field: SecretField) -> str | None:
        """The secret, None where there is none. Raises KeyringLocked, SettingsCorrupt (the loopback tokens' file)."""
        if _is_loopback_token(profile, field):
            return self._loopback_token(profile)
        entry = _entry(profile, field)
        if entry in self._memory:
            return self._memory[entry]
        try:
            return self._whole(entry, self._keyring.get(self._service, entry))
        except KeyringMissing:
            return None

    def set(self, profile: Profile, field: SecretField, secret: str) -> None:
        """Keep a secret; without a keyring, for this run only (see `persistent`).

        Raises KeyringLocked, ProfileInvalid (`secret-malformed`: not printable ASCII without spaces).
        """
        if not is_plain_secret(secret):
            raise ProfileInvalid(name=profile.name, reason="secret-malformed")
        if _is_loopback_token(profile, field):
            self._keep_loopback_token(profile, secret)
            return
        entry = _entry(profile, field)
        try:
            self._keep(entry, secret)
        except KeyringMissing:
            self._memory[entry] = secret
        else:
            self._memory.pop(entry, None)

    def delete(self, profile: Profile, field: SecretField) -> None:
        """Forget a secret; nothing happens where there is none. Raises KeyringLocked."""
        if _is_loopback_token(profile, field):
            self._forget_loopback_token(profile)
            return
        entry = _entry(profile, field)
        self._memory.pop(entry, None)
        try:
            kept = self._keyring.get(self._service, entry)
            self._keyring.delete(self._service, entry)
            self._delete_parts(entry, kept)
        except KeyringMissing:
            return

    def secrets(self, profile: Profile) -> dict[SecretField, str]:
        """Every secret that is kept for the profile. Raises KeyringLocked, SettingsCorrupt."""
        found = {field: self.get(profile, field) for field in _fields(profile)}
        return {field: secret for field, secret in found.items() if secret is not None}

    def keep(self, profile: Profile, secrets: Mapping[SecretField, str]) -> None:
        """Keep these secrets and forget all others of the profile.

        Raises KeyringLocked, ProfileInvalid (`secret-malformed`).
        """
        for field in _fields(profile):
            if field in secrets:
                self.set(profile, field, secrets[field])
            else:
                self.delete(profile, field)

    def forget(self, profile: Profile) -> None:
        """Forget every secret that a profile of this kind can have. Raises KeyringLocked."""
        for field in _fields(profile):
            self.delete(profile, field)

    def _keep(self, entry: str, secret: str) -> None:
        """Put a secret in the place of another; until its last part is there, the other one counts."""
        before = self._keyring.get(self._service, entry)
        head = secret
        if len(secret) > PART_LENGTH:
            starts = range(0, len(secret), PART_LENGTH)
            head = f"{_PARTS} {len(starts)} {token_hex(4)}"
            for name, start in zip(_part_names(entry, head), starts, strict=True):
                self._keyring.set(self._service, name, secret[start : start + PART_LENGTH])
        self._keyring.set(self._service, entry, head)
        self._delete_parts(entry, before)

    def _whole(self, entry: str, kept: str | None) -> str | None:
        if kept is None or not kept.startswith(_PARTS):
            return kept
        parts = [self._keyring.get(self._service, name) for name in _part_names(entry, kept)]
        return "".join(part for part in parts if part is not None) if None not in parts else None

    def _delete_parts(self, entry: str, kept: str | None) -> None:
        for name in _part_names(entry, kept or ""):
            self._keyring.delete(self._service, name)

    def _loopback_token(self, profile: Profile) -> str | None:
        table = table_in(self._tokens.read(), profile.name, self._tokens)
        where = f"{profile.name}."
        if text_in(table, "endpoint", self._tokens, where=where) != profile.endpoint:
            return None
        token = text_in(table, "token", self._tokens, where=where)
        return token if token and is_plain_secret(token) else None

    def _keep_loopback_token(self, profile: Profile, token: str) -> None:
        def change(document: TOMLDocument) -> None:
            document[profile.name] = {"endpoint": profile.endpoint, "token": token}

        self._tokens.edit(change)

    def _forget_loopback_token(self, profile: Profile) -> None:
        def change(document: TOMLDocument) -> None:
            document.pop(profile.name, None)

        if profile.name in self._tokens.read():
            self._tokens.edit(change)


def open_vault(paths: Paths, home: Path | None, *, prompt_seconds: float = PROMPT_SECONDS) -> Vault:
    """The vault of a home; `home` is None for the platform's own folders. Touches nothing before its first use.

    `prompt_seconds` is how long a locked keyring's prompt is waited for before KeyringLocked is raised.
    """
    keyring = OsKeyring(partial(open_backend, backends_of_platform()), prompt_seconds)
    service = SERVICE if home is None else f"{SERVICE} {paths.config_folder}"
    return Vault(keyring, paths.config_folder / TOKENS_FILE, service)


def is_plain_secret(secret: str) -> bool:
    """Fit for a header: visible ASCII, which every token, access key and session token is."""
    return 0 < len(secret) <= MAXIMUM_SECRET_LENGTH and all("!" <= character <= "~" for character in secret)


def _fields(profile: Profile) -> tuple[SecretField, ...]:
    """The secrets that a profile of this kind can have."""
    if profile.kind == "sandbox":
        return ()
    if profile.kind == "token":
        return ("token",)
    if profile.kind == "signin":
        return ("refresh-token",)
    return ("access-key-id", "secret-access-key", "session-token")


def _part_names(entry: str, head: str) -> list[str]:
    """Where the parts of a secret are; none where it is kept whole."""
    found = re.fullmatch(rf"{_PARTS} (\d{{1,2}}) ([0-9a-f]{{8}})", head, re.ASCII)
    return [] if found is None else [f"{entry} {found[2]} {number}" for number in range(int(found[1]))]


def _entry(profile: Profile, field: SecretField) -> str:
    entry = f"{profile.name} {field} {profile.endpoint}"
    if profile.sign_in is None:
        return entry
    # A refresh token is sent to its provider: another one named in settings.toml does not get it.
    who = f"{profile.sign_in.issuer} {profile.sign_in.client_id} {profile.sign_in.host}"
    return f"{entry} {hashlib.sha256(who.encode()).hexdigest()[:16]}"


def _is_loopback_token(profile: Profile, field: SecretField) -> bool:
    return field == "token" and profile.endpoint is not None and is_loopback(profile.endpoint)
