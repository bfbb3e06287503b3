"""Profiles and their credentials, changed together: for a dialog that checks field by field."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.account.os_keyring import OsKeyring
from app.account.profile_editing import Draft, ProfileEditor
from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.vault import Vault
from app.errors import (
    ChatLogError,
    DiskFull,
    KeyringLocked,
    KeyringMissing,
    ProfileInvalid,
    ProfileUnknown,
    SettingsCorrupt,
)

if TYPE_CHECKING:
    from pathlib import Path

PlayScenario = Callable[..., dict[str, Any]]

FUNCTION_URL = "https://abc123.lambda-url.eu-west-1.on.aws/"
STORAGE = Storage("logs-123", "eu-west-1", "owner-1", "logs-123.s3.eu-west-1.amazonaws.com")
TEAM = Draft("team", "token", "https://archive.example/", token="first")
JOINED = Draft("joined", "token", "http://127.0.0.1:4010/", token="of-the-sandbox")
KEYS = Draft("mine", "iam", FUNCTION_URL, access_key_id="AKIDEXAMPLE", secret_access_key="secret")
BY_AWS = Draft("work", "iam", FUNCTION_URL, aws_profile="work")


class Keyring:
    """A keyring in memory. `failure` is raised by every call; `ignores_case` as Windows' does."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.failure: Exception | None = None
        self.ignores_case = False

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get(self._key(username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[self._key(username)] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[self._key(username)]

    def _key(self, username: str) -> str:
        if self.failure:
            raise self.failure
        return username.casefold() if self.ignores_case else username


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "settings.toml"


@pytest.fixture
def store(path: Path) -> ProfileStore:
    return ProfileStore(path)


@pytest.fixture
def vault(keyring: Keyring, tmp_path: Path) -> Vault:
    return Vault(OsKeyring(lambda: keyring), tmp_path / "home" / "loopback-tokens.toml", "service")


@pytest.fixture
def editor(store: ProfileStore, vault: Vault) -> ProfileEditor:
    return ProfileEditor(store, vault)


def reason(problem: ChatLogError | None) -> object:
    assert isinstance(problem, ProfileInvalid)
    return problem.parameters["reason"]


def reasons(problems: dict[Any, ChatLogError]) -> dict[str, object]:
    return {at: reason(problem) for at, problem in problems.items()}


# ---- field by field ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "name-malformed"),
        ("a b", "name-malformed"),
        ("sandbox", "name-reserved"),
        ("Environment", "name-reserved"),
        ("TEAM", "name-taken"),
    ],
)
def test_a_name_is_checked(editor: ProfileEditor, name: str, why: str) -> None:
    editor.add(TEAM)
    assert reason(editor.check_name(name)) == why


def test_a_name_may_be_kept_or_written_otherwise_while_the_profile_is_changed(editor: ProfileEditor) -> None:
    editor.add(TEAM)
    editor.add(KEYS)
    for name in ("team", "Team", " team ", "other"):
        assert editor.check_name(name, editing="team") is None
    assert reason(editor.check_name("Mine", editing="team")) == "name-taken"


def test_a_file_that_cannot_be_read_is_said_at_the_name(editor: ProfileEditor, path: Path) -> None:
    path.parent.mkdir()
    path.write_text("broken = ", encoding="utf-8")
    assert isinstance(editor.check_name("team"), SettingsCorrupt)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "endpoint-missing"),
        ("archive.example", "endpoint-malformed"),
        ("http://archive.example", "endpoint-not-https"),
        ("https://alice:pw@archive.example", "endpoint-user-info"),
        ("https://archive.example/?a=1", "endpoint-query"),
        ("https://archive.example/#a", "endpoint-fragment"),
    ],
)
def test_an_address_is_checked(editor: ProfileEditor, url: str, why: str) -> None:
    problem = editor.check_endpoint(url, name="team")
    assert reason(problem) == why
    assert problem is not None
    assert problem.parameters["name"] == "team"
    assert editor.check_endpoint(" https://archive.example\n") is None


def test_a_region_is_checked_by_itself_and_against_the_address(editor: ProfileEditor) -> None:
    assert editor.check_region("") is None
    assert editor.check_region("", FUNCTION_URL) is None
    assert editor.check_region("eu-west-1", FUNCTION_URL) is None
    assert reason(editor.check_region("Tokyo")) == "region-malformed"
    assert reason(editor.check_region("us-east-1", FUNCTION_URL)) == "region-mismatch"
    # The address has its own field to be wrong at.
    assert editor.check_region("us-east-1", "no address") is None


def test_secrets_and_aws_profiles_are_checked(editor: ProfileEditor) -> None:
    assert editor.check_token(" abc \n") is None
    for token in ("", "a b", "トークン"):
        assert reason(editor.check_token(token)) == "secret-malformed"
    assert editor.check_aws_profile("my work") is None
    for name in ("", "a\nb"):
        assert reason(editor.check_aws_profile(name)) == "aws-profile-malformed"


def test_everything_wrong_is_told_at_its_field(editor: ProfileEditor) -> None:
    draft = Draft("a b", "token", "http://x", region="Tokyo", aws_profile="work", token="a b")
    assert reasons(editor.check(draft)) == {
        "name": "name-malformed",
        "endpoint": "endpoint-not-https",
        "region": "region-malformed",
        "aws_profile": "aws-profile-unused",
    }
    assert reasons(editor.check(replace(TEAM, token="a b"))) == {"token": "secret-malformed"}
    assert editor.check(TEAM) == {}


@pytest.mark.parametrize(
    ("draft", "at"),
    [
        (replace(TEAM, token=""), "token"),
        (replace(KEYS, access_key_id="", secret_access_key=""), "access_key_id"),
        (replace(KEYS, access_key_id=""), "access_key_id"),
        (replace(KEYS, secret_access_key=""), "secret_access_key"),
    ],
)
def test_credentials_are_needed(editor: ProfileEditor, draft: Draft, at: str, store: ProfileStore) -> None:
    assert reasons(editor.check(draft)) == {at: "credentials-needed"}
    with pytest.raises(ProfileInvalid):
        editor.add(draft)
    assert store.names() == ["sandbox"]


def test_a_draft_shows_no_secret() -> None:
    draft = Draft("x", "iam", "https://x", token="1st", secret_access_key="2nd", session_token="3rd")
    assert not any(secret in repr(draft) for secret in ("1st", "2nd", "3rd"))


# ---- adding -----------------------------------------------------------------------------------------------


def test_a_profile_is_added_with_its_credentials(
    editor: ProfileEditor, store: ProfileStore, vault: Vault
) -> None:
    added = editor.add(replace(TEAM, name=" team ", token=" first\n"))
    assert added == store.get("team") == make_profile("team", "token", "https://archive.example/")
    assert vault.get(added, "token") == "first"
    assert store.chosen() is None
    mine = editor.add(replace(KEYS, session_token="session"))
    assert vault.secrets(mine) == {
        "access-key-id": "AKIDEXAMPLE",
        "secret-access-key": "secret",
        "session-token": "session",
    }
    editor.use("team")
    assert store.chosen() == "team"


def test_where_credentials_are(editor: ProfileEditor, keyring: Keyring) -> None:
    for draft in (TEAM, KEYS, BY_AWS, JOINED):
        editor.add(draft)
    places = {name: editor.credential_place(name) for name in ("sandbox", "team", "mine", "work", "joined")}
    assert places == {
        "sandbox": "sandbox",
        "team": "keyring",
        "mine": "keyring",
        "work": "aws",
        "joined": "file",
    }
    keyring.entries.clear()
    assert editor.credential_place("team") == "nowhere"


def test_without_a_keyring_credentials_last_for_this_run(
    editor: ProfileEditor, vault: Vault, keyring: Keyring, store: ProfileStore
) -> None:
    keyring.failure = KeyringMissing(reason="none")
    profile = editor.add(TEAM)
    assert editor.credential_place("team") == "this-run"
    changed = editor.change("team", replace(TEAM, name="renamed", token=""))
    assert vault.get(changed, "token") == "first"
    assert vault.get(profile, "token") is None
    editor.remove("renamed")
    assert vault.get(changed, "token") is None
    assert store.names() == ["sandbox"]


def test_a_locked_keyring_adds_nothing(editor: ProfileEditor, keyring: Keyring, store: ProfileStore) -> None:
    keyring.failure = KeyringLocked()
    with pytest.raises(KeyringLocked):
        editor.add(TEAM)
    assert store.names() == ["sandbox"]
    assert editor.add(BY_AWS).name == "work"


# ---- changing ---------------------------------------------------------------------------------------------


def test_a_profile_is_shown_as_it_is_before_it_is_changed(editor: ProfileEditor) -> None:
    for draft in (TEAM, KEYS, BY_AWS, JOINED):
        editor.add(draft)
        shown = editor.draft_of(draft.name)
        assert (shown.name, shown.kind, shown.endpoint, shown.aws_profile) == (
            draft.name,
            draft.kind,
            draft.endpoint,
            draft.aws_profile,
        )
        assert shown.secrets() == {}
        # Unchanged, it is right, and changes nothing.
        assert editor.check(shown, editing=draft.name) == {}
        before = editor.credential_place(draft.name)
        editor.change(draft.name, shown)
        assert editor.credential_place(draft.name) == before


@pytest.mark.parametrize("draft", [TEAM, KEYS, JOINED], ids=lambda draft: draft.name)
@pytest.mark.parametrize("ignores_case", [False, True])
@pytest.mark.parametrize("name", ["renamed", "ドック", "CASE"])
def test_credentials_go_along_to_a_new_name_and_stay_nowhere_else(
    editor: ProfileEditor, vault: Vault, keyring: Keyring, draft: Draft, name: str, ignores_case: bool
) -> None:
    keyring.ignores_case = ignores_case
    before = editor.add(draft)
    kept, count = vault.secrets(before), len(keyring.entries)
    renamed = draft.name.upper() if name == "CASE" else name
    changed = editor.change(draft.name, replace(editor.draft_of(draft.name), name=renamed))
    assert vault.secrets(changed) == kept
    assert len(keyring.entries) == count
    if not ignores_case or name != "CASE":
        assert vault.secrets(before) == {}


def test_a_choice_and_a_pin_go_along_to_a_new_name(editor: ProfileEditor, store: ProfileStore) -> None:
    store.pin(editor.add(TEAM), STORAGE)
    editor.use("team")
    changed = editor.change("team", replace(TEAM, name="renamed", token=""))
    assert changed.storage == STORAGE
    assert store.current(None, {}) == changed


def test_a_draft_is_tried_with_the_credentials_it_would_have(editor: ProfileEditor) -> None:
    editor.add(TEAM)
    typed = replace(TEAM, token=" second\n")
    assert (
        editor.credentials_for(typed) == editor.credentials_for(typed, editing="team") == {"token": "second"}
    )
    untouched = replace(TEAM, name="renamed", endpoint="https://archive.example/other ", token="")
    assert editor.credentials_for(untouched) == {}
    assert editor.credentials_for(untouched, editing="team") == {"token": "first"}
    assert editor.profile_of(untouched) == make_profile("renamed", "token", "https://archive.example/other")
    elsewhere = replace(untouched, endpoint="https://elsewhere.example/")
    assert editor.credentials_for(elsewhere, editing="team") == {}
    assert editor.credentials_for(BY_AWS, editing="team") == {}


def test_at_another_host_a_token_is_to_be_given_again_and_the_storage_to_be_accepted(
    editor: ProfileEditor, store: ProfileStore, vault: Vault, keyring: Keyring
) -> None:
    store.pin(editor.add(TEAM), STORAGE)
    moved = replace(TEAM, endpoint="https://elsewhere.example/", token="")
    assert reasons(editor.check(moved, editing="team")) == {"token": "credentials-needed"}
    with pytest.raises(ProfileInvalid):
        editor.change("team", moved)
    assert store.get("team").storage == STORAGE
    changed = editor.change("team", replace(moved, token="second"))
    assert changed.storage is None
    assert vault.get(changed, "token") == "second"
    assert list(keyring.entries.values()) == ["second"]


@pytest.mark.parametrize(
    ("draft", "endpoint"),
    [
        (TEAM, "https://archive.example/prod/presigned-url-request"),
        (TEAM, "https://archive.example:8443/"),
        (KEYS, "https://elsewhere.example/"),
        (JOINED, "http://127.0.0.1:4011/"),
    ],
)
def test_credentials_go_along_to_another_address_where_they_may(
    editor: ProfileEditor, store: ProfileStore, vault: Vault, keyring: Keyring, draft: Draft, endpoint: str
) -> None:
    before = store.pin(editor.add(draft), STORAGE)
    kept, count = vault.secrets(before), len(keyring.entries)
    moved = replace(editor.draft_of(draft.name), endpoint=endpoint, region="")
    changed = editor.change(draft.name, moved)
    assert (changed.endpoint, changed.storage) == (endpoint, None)
    assert vault.secrets(changed) == kept
    assert vault.secrets(before) == {}
    assert len(keyring.entries) == count


def test_a_new_token_takes_the_old_one_s_place(editor: ProfileEditor, vault: Vault, keyring: Keyring) -> None:
    changed = editor.change(editor.add(TEAM).name, replace(TEAM, token="second"))
    assert vault.get(changed, "token") == "second"
    assert list(keyring.entries.values()) == ["second"]


def test_a_new_key_takes_the_old_one_s_session_token_away(editor: ProfileEditor, vault: Vault) -> None:
    editor.add(replace(KEYS, session_token="session"))
    changed = editor.change("mine", replace(KEYS, access_key_id="AKIDOTHER"))
    assert vault.secrets(changed) == {"access-key-id": "AKIDOTHER", "secret-access-key": "secret"}


def test_another_way_to_sign_in_forgets_the_old_credentials(
    editor: ProfileEditor, vault: Vault, keyring: Keyring
) -> None:
    editor.add(TEAM)
    by_key = replace(KEYS, name="team", endpoint=TEAM.endpoint)
    assert set(vault.secrets(editor.change("team", by_key))) == {"access-key-id", "secret-access-key"}
    assert len(keyring.entries) == 2
    by_aws = replace(BY_AWS, name="team", endpoint=TEAM.endpoint)
    editor.change("team", by_aws)
    assert keyring.entries == {}
    back = replace(by_aws, aws_profile="")
    assert reasons(editor.check(back, editing="team")) == {"access_key_id": "credentials-needed"}
    editor.change("team", by_key)
    assert len(keyring.entries) == 2


def test_a_profile_by_aws_s_tools_never_asks_the_keyring(editor: ProfileEditor, keyring: Keyring) -> None:
    keyring.failure = KeyringLocked()
    editor.add(BY_AWS)
    editor.change("work", replace(BY_AWS, name="renamed"))
    editor.remove("renamed")


def test_a_name_that_is_taken_touches_nobody_s_credentials(
    editor: ProfileEditor, vault: Vault, store: ProfileStore
) -> None:
    editor.add(TEAM)
    other = editor.add(replace(TEAM, name="other", token="of-the-other"))
    with pytest.raises(ProfileInvalid):
        editor.change("team", replace(TEAM, name="other"))
    assert vault.get(other, "token") == "of-the-other"
    assert vault.get(store.get("team"), "token") == "first"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "renamed", "token": ""},
        {"name": "TEAM", "token": ""},
        {"token": "second"},
        {"endpoint": "https://elsewhere.example/", "token": "second"},
    ],
)
@pytest.mark.parametrize("base", [TEAM, replace(JOINED, name="team")], ids=["remote", "loopback"])
def test_a_change_that_cannot_be_written_leaves_both_as_they_were(
    editor: ProfileEditor,
    store: ProfileStore,
    vault: Vault,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    base: Draft,
    change: dict[str, str],
) -> None:
    before = editor.add(base)
    kept, entries = vault.secrets(before), dict(keyring.entries)

    def no_space(*_: object) -> None:
        raise DiskFull(path="settings.toml")

    monkeypatch.setattr(store, "change", no_space)
    with pytest.raises(DiskFull):
        editor.change("team", replace(base, **change))  # type: ignore[arg-type]
    assert store.get("team") == before
    assert vault.secrets(before) == kept
    assert keyring.entries == entries


def test_a_locked_keyring_changes_nothing(
    editor: ProfileEditor, keyring: Keyring, store: ProfileStore
) -> None:
    before = editor.add(TEAM)
    entries = dict(keyring.entries)
    keyring.failure = KeyringLocked()
    for change in ({"name": "renamed", "token": ""}, {"token": "second"}):
        with pytest.raises(KeyringLocked):
            editor.change("team", replace(TEAM, **change))  # type: ignore[arg-type]
    with pytest.raises(KeyringLocked):
        editor.remove("team")
    assert store.get("team") == before
    assert keyring.entries == entries


@pytest.mark.parametrize("name", ["sandbox", "environment"])
def test_what_is_not_the_file_s_cannot_be_edited(editor: ProfileEditor, name: str) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: editor.draft_of(name),
        lambda: editor.change(name, TEAM),
        lambda: editor.remove(name),
    ]
    for attempt in attempts:
        with pytest.raises(ProfileInvalid) as caught:
            attempt()
        assert reason(caught.value) == "name-reserved"
    with pytest.raises(ProfileUnknown):
        editor.change("nobody", TEAM)


def test_the_environment_s_profile_can_be_used_where_it_is_set(store: ProfileStore, vault: Vault) -> None:
    editor = ProfileEditor(store, vault, {"LAMBDA_FUNCTION_URL": FUNCTION_URL})
    assert editor.use("environment").endpoint == FUNCTION_URL
    assert editor.credential_place("environment") == "aws"


# ---- removing ---------------------------------------------------------------------------------------------


def test_a_profile_is_removed_with_its_credentials(
    editor: ProfileEditor, store: ProfileStore, keyring: Keyring, tmp_path: Path
) -> None:
    for draft in (TEAM, KEYS, JOINED, BY_AWS):
        editor.add(draft)
        editor.use(draft.name)
        editor.remove(draft.name)
        assert store.chosen() is None
    assert store.names() == ["sandbox"]
    assert keyring.entries == {}
    assert "of-the-sandbox" not in (tmp_path / "home" / "loopback-tokens.toml").read_text(encoding="utf-8")
    with pytest.raises(ProfileUnknown):
        editor.remove("team")


def test_a_removal_that_cannot_be_written_leaves_both(
    editor: ProfileEditor, store: ProfileStore, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = editor.add(TEAM)

    def no_space(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(DiskFull):
        editor.remove("team")
    monkeypatch.undo()
    assert store.get("team") == profile
    assert vault.get(profile, "token") == "first"


def test_a_profile_that_a_hand_has_broken_can_be_removed(
    editor: ProfileEditor, store: ProfileStore, path: Path
) -> None:
    editor.add(TEAM)
    path.write_text(path.read_text(encoding="utf-8").replace("https://", "ftp://"), encoding="utf-8")
    with pytest.raises(ProfileInvalid):
        editor.draft_of("team")
    editor.remove("team")
    assert store.names() == ["sandbox"]


# ---- a real Secret Service --------------------------------------------------------------------------------


def test_credentials_move_in_a_real_keyring_and_leave_with_their_profile(play: PlayScenario) -> None:
    assert play("editing") == {
        "added": "keyring",
        "renamed": ["keyring", "first", None],
        "replaced": ["keyring", "second"],
        "locked": ["keyring-locked", "locked", ["sandbox", "renamed"]],
        "removed": [None, ["sandbox"]],
        "files_with_secret": [],
    }
