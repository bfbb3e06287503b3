"""Adding, changing and removing profiles together with their credentials, for a dialog that checks field by field.

Everything here may touch the disk and the keyring, and wait for a keyring's prompt: it is for a thread that can wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from app.account.profiles import ENVIRONMENT, SANDBOX, Profile, check_profile_name, make_profile
from app.account.vault import is_plain_secret
from app.errors import ChatLogError, ProfileInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.account.connections import Connection
    from app.account.profiles import ProfileStore
    from app.account.signin_settings import SignIn
    from app.account.vault import SecretField, Vault

DraftField = Literal[
    "name",
    "endpoint",
    "region",
    "aws_profile",
    "token",
    "access_key_id",
    "secret_access_key",
    "session_token",
]
DraftKind = Literal["token", "iam", "signin"]
CredentialPlace = Literal["keyring", "this-run", "file", "aws", "sandbox", "nowhere", "locked"]
"""Where a profile's credentials are: in the keyring, in memory until the program ends, in the private file for
sandboxes on this computer, with AWS's own tools, with the sandbox itself, not to be found, or in a locked keyring that
cannot be asked without a prompt."""

_EXAMPLE = "https://example.com/"


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in a dialog's fields. An empty text is a field left alone: credentials then stay as they are.

    With a connection, address and region are that one's. A team's profile (`signin`) has one, or is one that is there
    already: then `sign_in` is that one's. Its credentials come by signing in. `second` None: that stays as it is too;
    empty: there is none.
    """

    name: str
    kind: DraftKind
    endpoint: str
    region: str = ""
    aws_profile: str = ""
    token: str = field(default="", repr=False)
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    sign_in: SignIn | None = None
    connection: Connection | None = None
    second: str | None = None

    def trimmed(self) -> Draft:
        """Without the spaces and line ends that copying brings along."""
        texts: dict[str, Any] = {
            one.name: value.strip()
            for one in fields(self)
            if isinstance(value := getattr(self, one.name), str) and one.name != "kind"
        }
        return replace(self, **texts)

    def secrets(self) -> dict[SecretField, str]:
        """The credentials given, for the draft's kind; none where AWS's own tools have them, or where one signs in."""
        if self.aws_profile or self.kind == "signin":
            return {}
        given: dict[SecretField, str] = {"token": self.token}
        if self.kind == "iam":
            given = {
                "access-key-id": self.access_key_id,
                "secret-access-key": self.secret_access_key,
                "session-token": self.session_token,
            }
        return {name: secret for name, secret in given.items() if secret}


class ProfileEditor:
    """Changes profiles and their credentials together: both as they were, or both as they shall be.

    `environ` is asked for LAMBDA_FUNCTION_URL alone.
    """

    def __init__(self, store: ProfileStore, vault: Vault, environ: Mapping[str, str] | None = None) -> None:
        self._store = store
        self._vault = vault
        self._environ = environ

    def draft_of(self, name: str) -> Draft:
        """A profile as a dialog shows it before it is changed; credentials are left empty.

        Raises ProfileUnknown, ProfileInvalid, SettingsCorrupt, FileUnreadable.
        """
        profile = self._editable(name)
        assert profile.kind != "sandbox"
        return Draft(
            name=profile.name,
            kind=profile.kind,
            endpoint=profile.endpoint or "",
            region=profile.region,
            aws_profile=profile.aws_profile or "",
            sign_in=profile.sign_in,
            second=profile.second or "",
        )

    # ---- checks -----------------------------------------------------------------------------------------

    def check_name(self, name: str, *, editing: str | None = None) -> ChatLogError | None:
        """What is wrong with a name; `editing` is the profile that is changed and may keep its own.

        ProfileInvalid (`name-malformed`, `name-reserved`, `name-taken`), or why the file cannot be read.
        """
        try:
            checked = check_profile_name(name.strip())
            others = [known for known in self._store.names() if known != editing]
        except ChatLogError as problem:
            return problem
        if checked.casefold() in (known.casefold() for known in others):
            return ProfileInvalid(name=checked, reason="name-taken")
        return None

    def check_endpoint(self, url: str, *, name: str = "") -> ChatLogError | None:
        """What is wrong with an address: ProfileInvalid (`endpoint-…`)."""
        return _refusal(lambda: make_profile("x", "iam", url.strip()), name)

    def check_region(self, region: str, url: str = "", *, name: str = "") -> ChatLogError | None:
        """What is wrong with a region, at an address that names one: ProfileInvalid (`region-…`). Empty is right."""
        url = url.strip()
        if self.check_endpoint(url) is not None:
            url = _EXAMPLE
        return _refusal(lambda: make_profile("x", "iam", url, region=region.strip()), name)

    def check_aws_profile(self, aws_profile: str, *, name: str = "") -> ChatLogError | None:
        """What is wrong with the name of a profile of AWS's files: ProfileInvalid (`aws-profile-malformed`)."""
        return _refusal(lambda: make_profile("x", "iam", _EXAMPLE, aws_profile=aws_profile.strip()), name)

    def check_token(self, token: str, *, name: str = "") -> ChatLogError | None:
        """What is wrong with a token, or with one of an access key's parts: ProfileInvalid (`secret-malformed`)."""
        if is_plain_secret(token.strip()):
            return None
        return ProfileInvalid(name=name, reason="secret-malformed")

    def check(self, draft: Draft, *, editing: str | None = None) -> dict[DraftField, ChatLogError]:
        """Everything that is wrong with a draft, by field; empty when it can be added, or put in place of `editing`.

        Where no credentials are given and none are kept: ProfileInvalid (`credentials-needed`) at the field to fill.
        """
        draft = draft.trimmed()
        name = draft.name
        found: dict[DraftField, ChatLogError | None] = {"name": self.check_name(name, editing=editing)}
        if draft.connection is None:
            found["endpoint"] = self.check_endpoint(draft.endpoint, name=name)
            found["region"] = self.check_region(draft.region, draft.endpoint, name=name)
        if draft.aws_profile:
            found["aws_profile"] = (
                ProfileInvalid(name=name, reason="aws-profile-unused")
                if draft.kind != "iam"
                else self.check_aws_profile(draft.aws_profile, name=name)
            )
        for secret_field, secret in draft.secrets().items():
            found[_FIELD_OF[secret_field]] = self.check_token(secret, name=name)
        problems = {at: problem for at, problem in found.items() if problem is not None}
        if not problems:
            problems |= self._missing_credentials(draft, editing)
        return problems

    def _missing_credentials(self, draft: Draft, editing: str | None) -> dict[DraftField, ChatLogError]:
        given = draft.secrets()
        at: DraftField | None = None
        if draft.kind == "signin":
            return {}
        if draft.kind == "iam" and given:
            at = next((_FIELD_OF[part] for part in _KEY if part not in given), None)
        elif not given and not draft.aws_profile and not self._keeps_credentials(draft, editing):
            at = "token" if draft.kind == "token" else "access_key_id"
        return {} if at is None else {at: ProfileInvalid(name=draft.name, reason="credentials-needed")}

    def _keeps_credentials(self, draft: Draft, editing: str | None) -> bool:
        """Whether credentials go on from the profile that is changed. A locked keyring is believed to hold them."""
        if editing is None:
            return False
        before = self._editable(editing)
        return _may_go_along(before, _profile(draft)) and self._place(before) not in ("nowhere", "aws")

    # ---- to try a draft out -----------------------------------------------------------------------------

    def profile_of(self, draft: Draft) -> Profile:
        """The profile that a draft stands for; nothing is written. Raises ProfileInvalid."""
        return _profile(draft.trimmed())

    def credentials_for(self, draft: Draft, *, editing: str | None = None) -> dict[SecretField, str]:
        """The credentials that a draft's profile would have: those given, else those that go along from `editing`.

        Raises ProfileUnknown, ProfileInvalid, KeyringLocked, SettingsCorrupt, FileUnreadable.
        """
        given = draft.trimmed().secrets()
        if given or editing is None:
            return given
        before = self._editable(editing)
        if not _has_own_credentials(before) or not _may_go_along(before, self.profile_of(draft)):
            return {}
        return self._vault.secrets(before)

    # ---- changes ----------------------------------------------------------------------------------------

    def add(self, draft: Draft) -> Profile:
        """Write a new profile and keep its credentials; without a keyring, for this run only.

        No storage is accepted yet, and the profile is not in use. Raises the first of what `check` finds,
        KeyringLocked, FolderNotWritable, DiskFull; then nothing was added.
        """
        draft = self._checked(draft)
        profile = replace(_profile(draft), second=draft.second or None)
        self._store.add(profile)
        if _has_own_credentials(profile):
            try:
                self._vault.keep(profile, draft.secrets())
            except ChatLogError:
                self._store.remove(profile.name)
                raise
        return profile

    def change(self, name: str, draft: Draft) -> Profile:
        """Change a profile, its name too, and return it as it is now.

        Credentials that are not given anew go along: to a new name, another region, another path of the same host.
        To another host an access key goes along, since it is never sent; a token has to be given again; who is signed in
        stays so while the provider is the same. The storage that was accepted stays pinned while the address is the
        same and no connection names another.
        Raises the first of what `check` finds, ProfileUnknown, KeyringLocked, FolderNotWritable, DiskFull; then the
        profile is as it was.
        """
        before = self._editable(name)
        draft = self._checked(draft, editing=before.name)
        after = replace(
            _profile(draft), second=before.second if draft.second is None else draft.second or None
        )
        kept = self._vault.secrets(before) if _has_own_credentials(before) else {}
        wanted = draft.secrets() or (kept if _may_go_along(before, after) else {})
        if _has_own_credentials(after) and after.kind != "signin" and not wanted:
            raise ProfileInvalid(name=after.name, reason="credentials-needed")
        try:
            if _has_own_credentials(after):
                self._vault.keep(after, wanted)
            changed = self._store.change(before.name, after)
        except ChatLogError:
            if _has_own_credentials(after):
                self._vault.forget(after)
            if _has_own_credentials(before):
                self._vault.keep(before, kept)
            raise
        self._forget_old(before, after, wanted)
        return changed

    def remove(self, name: str) -> None:
        """Remove a profile and forget its credentials. What it archived stays where it is.

        Raises ProfileUnknown, ProfileInvalid (`name-reserved`), KeyringLocked, FolderNotWritable, DiskFull; then
        nothing was removed.
        """
        try:
            profile = self._editable(name)
        except ProfileInvalid:
            # One that a hand has broken can be removed; which credentials were its own cannot be told.
            self._store.remove(name)
            return
        if not _has_own_credentials(profile):
            self._store.remove(name)
            return
        kept = self._vault.secrets(profile)
        self._vault.forget(profile)
        try:
            self._store.remove(name)
        except ChatLogError:
            self._vault.keep(profile, kept)
            raise

    def use(self, name: str) -> Profile:
        """Choose the profile, and return it. Raises ProfileUnknown, ProfileInvalid, FolderNotWritable, DiskFull."""
        return self._store.use(name, self._environ)

    def credential_place(self, name: str) -> CredentialPlace:
        """Where the profile's credentials are; opens no prompt.

        Raises ProfileUnknown, ProfileInvalid, SettingsCorrupt, FileUnreadable.
        """
        return self._place(self._store.get(name, self._environ))

    def _place(self, profile: Profile) -> CredentialPlace:
        if profile.kind == SANDBOX:
            return "sandbox"
        if not _has_own_credentials(profile):
            return "aws"
        return self._vault.place_of(profile, _TELLING[profile.kind])

    def _editable(self, name: str) -> Profile:
        if name in (SANDBOX, ENVIRONMENT):
            raise ProfileInvalid(name=name, reason="name-reserved")
        return self._store.get(name)

    def _checked(self, draft: Draft, *, editing: str | None = None) -> Draft:
        for problem in self.check(draft, editing=editing).values():
            raise problem
        return draft.trimmed()

    def _forget_old(self, before: Profile, after: Profile, wanted: Mapping[SecretField, str]) -> None:
        """Forget what was kept under the old name or address."""
        if not _has_own_credentials(before):
            return
        same_place = (before.name, before.endpoint, before.kind) == (after.name, after.endpoint, after.kind)
        if same_place and _has_own_credentials(after):
            return
        self._vault.forget(before)
        if _has_own_credentials(after) and before.name.casefold() == after.name.casefold():
            # Some stores take names that differ in case for one, and the file of tokens holds one a name.
            self._vault.keep(after, wanted)


_TELLING: Mapping[str, SecretField] = {
    "token": "token",
    "iam": "secret-access-key",
    "signin": "refresh-token",
}
"""The one that is there if any is."""
_KEY: tuple[SecretField, ...] = ("access-key-id", "secret-access-key")
_FIELD_OF: Mapping[SecretField, DraftField] = {
    "token": "token",
    "access-key-id": "access_key_id",
    "secret-access-key": "secret_access_key",
    "session-token": "session_token",
}


def _profile(draft: Draft) -> Profile:
    """The profile that a trimmed draft stands for. Raises ProfileInvalid."""
    if draft.connection is not None:
        kind: Literal["token", "iam"] = "token" if draft.kind == "token" else "iam"
        return draft.connection.to_profile(draft.name, kind=kind, aws_profile=draft.aws_profile or None)
    return make_profile(
        draft.name,
        draft.kind,
        draft.endpoint,
        region=draft.region or None,
        aws_profile=draft.aws_profile or None,
        sign_in=draft.sign_in if draft.kind == "signin" else None,
    )


def _refusal(work: Callable[[], object], name: str) -> ChatLogError | None:
    """Why a profile cannot be made, told of the profile called `name`."""
    try:
        work()
    except ProfileInvalid as problem:
        return ProfileInvalid(name=name, reason=problem.parameters["reason"])
    return None


def _has_own_credentials(profile: Profile) -> bool:
    """Whether the vault keeps them: not those of AWS's own tools, nor the sandbox's."""
    return profile.kind != SANDBOX and profile.name != ENVIRONMENT and profile.aws_profile is None


def _may_go_along(before: Profile, after: Profile) -> bool:
    """Whether the credentials of a profile may serve it after the change.

    A token is sent to whoever answers at the address, so it goes to the host it was given for; a refresh token to the
    provider alone; an access key only signs.
    """
    if before.kind != after.kind:
        return False
    if after.kind == "signin":
        return before.sign_in == after.sign_in
    return after.kind == "iam" or _host(before) == _host(after)


def _host(profile: Profile) -> str | None:
    return urlsplit(profile.endpoint or "").hostname
