"""Profiles: where to, as whom, and the storage that was accepted there.

They live in settings.toml, under `[profiles.NAME]`; `profile = "NAME"` is the one in use. Two names are never in
the file: `sandbox` is always there, `environment` is what LAMBDA_FUNCTION_URL stands for. Credentials are never in
the file: see vault.py.
"""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from app.account.endpoints import (
    DEFAULT_REGION,
    EndpointRefused,
    is_region,
    normalise_endpoint,
    region_in_endpoint,
)
from app.account.expected import Expected, check_expected, expected_in, is_bucket, write_expected
from app.account.signin_settings import SignIn, checked_sign_in, sign_in_in, values_to_write
from app.account.toml_file import TomlFile, empty_table, renamed_table, table_in, table_to_edit, text_in
from app.errors import ProfileInvalid, ProfileUnknown, StorageChanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument

ProfileKind = Literal["sandbox", "token", "iam", "signin"]

SANDBOX = "sandbox"
ENVIRONMENT = "environment"
ENDPOINT_VARIABLE = "LAMBDA_FUNCTION_URL"
MAXIMUM_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Storage:
    """The storage behind an endpoint, as it was shown and accepted.

    `s3_host` is the only host that presigned URLs may lead to: `BUCKET.s3.REGION.amazonaws.com`, or a loopback
    address, where any port is right and the path begins with `/BUCKET/`.
    """

    bucket: str
    region: str
    owner: str
    s3_host: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Where to and as whom. `endpoint` is None for the sandbox alone, whose address changes from run to run.

    `sign_in` is there for the kind `signin` alone: a team's, where a person signs in with a browser. `expected` is the
    storage of the connection that was accepted for it, if it came by one: no other is pinned after that. `second` is
    the name of the profile that keeps sessions too while this one is out of reach; it may name one that is gone.
    """

    name: str
    kind: ProfileKind
    endpoint: str | None
    region: str
    aws_profile: str | None = None
    storage: Storage | None = None
    sign_in: SignIn | None = None
    expected: Expected | None = None
    second: str | None = None

    @property
    def destination(self) -> str:
        """What receipts are kept under: the same bucket and owner are the same destination, whatever the name.

        Before storage was accepted it is the endpoint's address; no receipt is written under that.
        """
        if self.storage is not None:
            return f"{self.storage.bucket}/{self.storage.owner}"
        return self.endpoint or self.name


def make_profile(
    name: str,
    kind: Literal["token", "iam", "signin"],
    endpoint: str,
    *,
    region: str | None = None,
    aws_profile: str | None = None,
    sign_in: SignIn | None = None,
) -> Profile:
    """A checked profile; the region is read off a Function URL's host, or ap-northeast-1.

    Raises ProfileInvalid with a reason: `name-malformed`, `name-reserved`, `endpoint-…` (see endpoints.py),
    `region-malformed`, `region-mismatch`, `aws-profile-malformed`, `aws-profile-unused`, `sign-in-malformed` (the
    kind `signin` needs a `sign_in`, no other has one; `field` says which of its values, as settings.toml calls it).
    """
    name = check_profile_name(name)
    return _checked(Profile(name, kind, endpoint, region or "", aws_profile, sign_in=sign_in))


def check_profile_name(name: str) -> str:
    """The name in one normal form. Raises ProfileInvalid (`name-malformed`, `name-reserved`)."""
    name = _checked_name(name)
    if name.casefold() in (SANDBOX, ENVIRONMENT):
        raise ProfileInvalid(name=name, reason="name-reserved")
    return name


class ProfileStore:
    """The profiles of one home. Every method may raise SettingsCorrupt or FileUnreadable."""

    def __init__(self, settings_path: Path) -> None:
        self._file = TomlFile(settings_path)

    def names(self) -> list[str]:
        """`sandbox`, then the names in the file in its order."""
        return [SANDBOX, *(name for name in self._tables() if name.casefold() not in (SANDBOX, ENVIRONMENT))]

    def get(self, name: str, environ: Mapping[str, str] | None = None) -> Profile:
        """The profile of that name. `environment` exists where `environ` has LAMBDA_FUNCTION_URL.

        Raises ProfileUnknown, ProfileInvalid.
        """
        name = unicodedata.normalize("NFC", name)
        if name == SANDBOX:
            return Profile(SANDBOX, "sandbox", None, DEFAULT_REGION)
        if name == ENVIRONMENT:
            return self._of_environment(environ or {})
        tables = self._tables()
        if name not in tables:
            raise ProfileUnknown(name=name)
        return self._from_table(name, table_in(tables, name, self._file))

    def chosen(self) -> str | None:
        """The name that `use` wrote; None when no choice was made. It may name a profile that is gone."""
        return text_in(self._file.read(), "profile", self._file) or None

    def current(self, explicit: str | None, environ: Mapping[str, str]) -> Profile:
        """The profile in use: `explicit` (--profile), else the chosen one, else LAMBDA_FUNCTION_URL, else the sandbox.

        Raises ProfileUnknown, ProfileInvalid.
        """
        name = explicit or self.chosen() or (ENVIRONMENT if environ.get(ENDPOINT_VARIABLE) else SANDBOX)
        return self.get(name, environ)

    def add(self, profile: Profile, *, replace_existing: bool = False) -> None:
        """Write a profile made by `make_profile`. One that takes another's place keeps its second, if it has none itself.

        Raises ProfileInvalid (`name-taken` where one of that name, in whatever case, exists), and as `set_second`.
        """
        checked = replace(_to_write(profile), storage=profile.storage)
        if checked.second is not None:
            self._check_second(checked.name, checked.second)

        def change(document: TOMLDocument) -> None:
            profiles = table_to_edit(document, "profiles", self._file)
            taken = _alike(checked.name, profiles)
            if taken and not (replace_existing and taken == [checked.name]):
                raise ProfileInvalid(name=checked.name, reason="name-taken")
            before = profiles.get(checked.name)
            if checked.second is None and isinstance(before, dict):
                _write_profile(profiles, replace(checked, second=before.get("second")))
            else:
                _write_profile(profiles, checked)

        self._file.edit(change)

    def change(self, name: str, profile: Profile) -> Profile:
        """Put a checked profile in the place of the one called `name`, and return it as it is now.

        The choice follows a new name, and so does whoever has it as second. The storage that was accepted stays pinned while the address is the same: at
        another one it is to be accepted anew. Where the profile comes by a connection, what that names is pinned. What a
        person wrote beside the profile's values stays.
        Raises ProfileUnknown, ProfileInvalid (`name-taken`), and as `set_second` for one that it did not have.
        """
        name = unicodedata.normalize("NFC", name)
        checked = _to_write(profile)

        def change(text: str) -> tuple[str, Profile]:
            import tomlkit  # noqa: PLC0415 - only needed to write

            tables = table_in(tomlkit.parse(text).unwrap(), "profiles", self._file)
            if name not in tables:
                raise ProfileUnknown(name=name)
            if set(_alike(checked.name, tables)) - {name}:
                raise ProfileInvalid(name=checked.name, reason="name-taken")
            if checked.second not in {None, tables[name].get("second")}:
                self._check_second(name, str(checked.second), tables)
            if checked.name != name:
                text = renamed_table(text, "profiles", name, checked.name)
            document = tomlkit.parse(text)
            _name_second(document, name, checked.name)
            if document.get("profile") == name:
                document["profile"] = checked.name
            table = table_to_edit(table_to_edit(document, "profiles", self._file), checked.name, self._file)
            self._from_table(checked.name, table)  # values of a wrong kind are for a person to mend
            _change_table(table, checked)
            values = document.unwrap()["profiles"][checked.name]
            return tomlkit.dumps(document), self._from_table(checked.name, values)

        return self._file.rewrite(change)

    def set_second(self, name: str, second: str | None) -> Profile:
        """Let another profile keep sessions too while this one is out of reach; None: none. The profile as it is now.

        Raises ProfileUnknown (of either), ProfileInvalid (`name-reserved`; `second-itself`; `second-reserved` for what
        is no archive elsewhere).
        """
        name = unicodedata.normalize("NFC", name)
        if name in (SANDBOX, ENVIRONMENT):
            raise ProfileInvalid(name=name, reason="name-reserved")
        if second is not None:
            second = unicodedata.normalize("NFC", second)

        def change(document: TOMLDocument) -> Profile:
            profiles = table_to_edit(document, "profiles", self._file)
            if name not in profiles:
                raise ProfileUnknown(name=name)
            if second is not None:
                self._check_second(name, second, profiles)
            table = table_to_edit(profiles, name, self._file)
            _set_value(table, "second", second)
            return self._from_table(name, table)

        return self._file.edit(change)

    def _check_second(self, name: str, second: str, tables: Iterable[str] | None = None) -> None:
        if second.casefold() in (SANDBOX, ENVIRONMENT):
            raise ProfileInvalid(name=name, reason="second-reserved", second=second)
        if second.casefold() == name.casefold():
            raise ProfileInvalid(name=name, reason="second-itself")
        if second not in (self._tables() if tables is None else tables):
            raise ProfileUnknown(name=second)

    def use(self, name: str, environ: Mapping[str, str] | None = None) -> Profile:
        """Choose the profile for the commands to come, and return it. Raises ProfileUnknown, ProfileInvalid."""
        profile = self.get(name, environ)

        def change(document: TOMLDocument) -> None:
            document["profile"] = profile.name

        self._file.edit(change)
        return profile

    def remove(self, name: str) -> None:
        """Forget a profile; if it was the chosen one, none is chosen, and nobody has it as second any more.

        Its credentials are the vault's to forget.

        Raises ProfileUnknown, ProfileInvalid (`name-reserved`).
        """
        name = unicodedata.normalize("NFC", name)
        if name in (SANDBOX, ENVIRONMENT):
            raise ProfileInvalid(name=name, reason="name-reserved")

        def change(document: TOMLDocument) -> None:
            profiles = table_to_edit(document, "profiles", self._file)
            if name not in profiles:
                raise ProfileUnknown(name=name)
            del profiles[name]
            _name_second(document, name, None)
            if document.get("profile") == name:
                del document["profile"]

        self._file.edit(change)

    def pin(self, profile: Profile, storage: Storage, *, anew: bool = False) -> Profile:
        """Remember the storage that was accepted for a profile, and return the profile with it.

        The environment's pin holds for its present address only. The sandbox's storage is known from its own state
        and not pinned here. Where a connection was accepted, storage that it does not name is refused with
        StorageChanged; with `anew` a person has accepted that too, and the connection's word counts no more.
        Raises ProfileUnknown, ProfileInvalid (`name-reserved` for the sandbox; `storage-malformed`;
        `endpoint-changed` where another process has changed the address since).
        """
        if profile.kind == "sandbox" or profile.endpoint is None:
            raise ProfileInvalid(name=profile.name, reason="name-reserved")
        _check_storage(profile.name, storage)

        def change(document: TOMLDocument) -> Expected | None:
            if profile.name == ENVIRONMENT:
                table = table_to_edit(document, ENVIRONMENT, self._file)
                table["endpoint"] = profile.endpoint
            else:
                profiles = table_to_edit(document, "profiles", self._file)
                if profile.name not in profiles:
                    raise ProfileUnknown(name=profile.name)
                table = table_to_edit(profiles, profile.name, self._file)
                if self._from_table(profile.name, table).endpoint != profile.endpoint:
                    raise ProfileInvalid(name=profile.name, reason="endpoint-changed")
            expected = expected_in(table, profile.name, self._file)
            if expected is not None and not expected.matches(storage):
                if not anew:
                    raise StorageChanged(pinned=expected.bucket, found=storage.bucket)
                write_expected(table, None)
                expected = None
            table_to_edit(table, "storage", self._file).update(asdict(storage))
            return expected

        expected = self._file.edit(change)
        return replace(profile, storage=storage, expected=expected)

    def _tables(self) -> Mapping[str, Any]:
        return table_in(self._file.read(), "profiles", self._file)

    def _from_table(self, name: str, table: Mapping[str, Any]) -> Profile:
        where = f"profiles.{name}."
        _checked_name(name)
        kind = text_in(table, "kind", self._file, where=where)
        if kind == "sandbox" or kind not in get_args(ProfileKind):
            raise ProfileInvalid(name=name, reason="kind-unknown")
        profile = Profile(
            name=name,
            kind=cast("ProfileKind", kind),
            endpoint=text_in(table, "endpoint", self._file, where=where),
            region=text_in(table, "region", self._file, where=where) or "",
            aws_profile=text_in(table, "aws_profile", self._file, where=where),
            sign_in=sign_in_in(table, name, self._file) if kind == "signin" else None,
            second=text_in(table, "second", self._file, where=where) or None,
        )
        return replace(
            _checked(profile),
            storage=self._storage(name, table, where),
            expected=expected_in(table, name, self._file),
        )

    def _of_environment(self, environ: Mapping[str, str]) -> Profile:
        address = environ.get(ENDPOINT_VARIABLE, "").strip()
        if not address:
            raise ProfileInvalid(name=ENVIRONMENT, reason="environment-not-set")
        profile = _checked(Profile(ENVIRONMENT, "iam", address, ""))
        if region_in_endpoint(address) is None:
            region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION
            profile = _checked(replace(profile, region=region))
        table = table_in(self._file.read(), ENVIRONMENT, self._file)
        if text_in(table, "endpoint", self._file, where=f"{ENVIRONMENT}.") != profile.endpoint:
            return profile
        return replace(profile, storage=self._storage(ENVIRONMENT, table, f"{ENVIRONMENT}."))

    def _storage(self, name: str, table: Mapping[str, Any], where: str) -> Storage | None:
        values = table_in(table, "storage", self._file)
        if not values:
            return None
        words = {
            field: text_in(values, field, self._file, where=f"{where}storage.") or ""
            for field in Storage.__slots__
        }
        storage = Storage(**words)
        _check_storage(name, storage)
        return storage


def _to_write(profile: Profile) -> Profile:
    """A profile as it may stand in the file, without storage. Raises ProfileInvalid."""
    if profile.kind == "sandbox" or profile.endpoint is None:
        raise ProfileInvalid(name=profile.name, reason="name-reserved")
    return _checked(replace(profile, name=check_profile_name(profile.name), storage=None))


def _alike(name: str, tables: Iterable[str]) -> list[str]:
    """The names that stand for the same: Windows' credential store takes those that differ in case for one."""
    return [known for known in tables if known.casefold() == name.casefold()]


def _checked_name(name: str) -> str:
    """Letters and digits of any script, with `.`, `-`, `_` between them: fit for a command line and a file."""
    name = unicodedata.normalize("NFC", name)
    plain = all(character.isalnum() or character in "._-" for character in name)
    if not plain or not name[:1].isalnum() or len(name) > MAXIMUM_NAME_LENGTH:
        raise ProfileInvalid(name=name, reason="name-malformed")
    return name


def _checked(profile: Profile) -> Profile:
    """The profile with its address in one spelling and its region known."""
    name = profile.name
    if not profile.endpoint:
        raise ProfileInvalid(name=name, reason="endpoint-missing")
    try:
        endpoint = normalise_endpoint(profile.endpoint)
    except EndpointRefused as problem:
        raise ProfileInvalid(name=name, reason=problem.reason) from problem
    found = region_in_endpoint(endpoint)
    region = profile.region or found or DEFAULT_REGION
    if not is_region(region):
        raise ProfileInvalid(name=name, reason="region-malformed")
    if found is not None and found != region:
        raise ProfileInvalid(name=name, reason="region-mismatch")
    if profile.aws_profile is not None:
        if profile.kind != "iam":
            raise ProfileInvalid(name=name, reason="aws-profile-unused")
        if not profile.aws_profile.strip() or not profile.aws_profile.isprintable():
            raise ProfileInvalid(name=name, reason="aws-profile-malformed")
    if (profile.kind == "signin") != (profile.sign_in is not None):
        raise ProfileInvalid(name=name, reason="sign-in-malformed")
    sign_in = None if profile.sign_in is None else checked_sign_in(name, profile.sign_in)
    if profile.expected is not None:
        check_expected(name, profile.expected)
    return replace(profile, endpoint=endpoint, region=region, sign_in=sign_in)


def _check_storage(name: str, storage: Storage) -> None:
    host_is_plain = storage.s3_host and storage.s3_host.isascii() and storage.s3_host.isprintable()
    owner_is_plain = storage.owner and storage.owner.isprintable() and "/" not in storage.owner
    bucket_is_plain = is_bucket(storage.bucket)
    if not (bucket_is_plain and owner_is_plain and host_is_plain and is_region(storage.region)):
        raise ProfileInvalid(name=name, reason="storage-malformed")


def _write_profile(profiles: Any, profile: Profile) -> None:  # noqa: ANN401 - as above
    import tomlkit  # noqa: PLC0415 - only needed to write

    table = tomlkit.table()
    table["kind"] = profile.kind
    table["endpoint"] = profile.endpoint
    table["region"] = profile.region
    if profile.aws_profile is not None:
        table["aws_profile"] = profile.aws_profile
    if profile.second is not None:
        table["second"] = profile.second
    if profile.sign_in is not None:
        table.update(values_to_write(profile.sign_in))
    if profile.storage is not None:
        storage = tomlkit.table()
        storage.update(asdict(profile.storage))
        table["storage"] = storage
    if profile.expected is not None:
        write_expected(table, profile.expected)
    profiles[profile.name] = table


def _change_table(table: Any, profile: Profile) -> None:  # noqa: ANN401 - as above
    """Bring a profile's table in line, touching what differs alone.

    The pinned storage is for its address alone, and for what a connection that is accepted now names.
    """
    values: dict[str, Any] = {
        "kind": profile.kind,
        "region": profile.region,
        "aws_profile": profile.aws_profile,
        "second": profile.second,
        **values_to_write(profile.sign_in),
    }
    if not _is_spelling_of(table.get("endpoint"), profile.endpoint):
        values["endpoint"] = profile.endpoint
        write_expected(table, None)
        empty_table(table, "storage")
    if profile.expected is not None:
        named = asdict(profile.expected)
        if any(table.get("storage", {}).get(key) != named[key] for key in ("bucket", "region", "s3_host")):
            empty_table(table, "storage")
        write_expected(table, profile.expected)
    for key, value in values.items():
        _set_value(table, key, value)


def _set_value(table: Any, key: str, value: Any) -> None:  # noqa: ANN401 - as above
    if value is None:
        table.pop(key, None)
    elif table.get(key) != value:
        table[key] = value


def _name_second(document: TOMLDocument, name: str, now: str | None) -> None:
    """Who has the profile of that name as second has it under its new name; None: has none any more."""
    if now == name:
        return
    profiles: Any = document["profiles"]
    for other in list(profiles):
        # One that a hand has broken may be of any kind.
        if isinstance(profiles[other], dict) and profiles[other].get("second") == name:
            _set_value(profiles[other], "second", now)


def _is_spelling_of(address: str | None, endpoint: str | None) -> bool:
    try:
        return address is not None and normalise_endpoint(address) == endpoint
    except EndpointRefused:
        return False
