"""Profiles made and changed by a connection: its values are the profile's, and a sign-in stays with its provider."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.account.connections import parse_connection
from app.account.os_keyring import OsKeyring
from app.account.profile_editing import Draft, ProfileEditor
from app.account.profiles import ProfileStore
from app.account.vault import Vault
from app.errors import ProfileInvalid
from tests.account.connection_texts import PERSONAL, SIGN_IN, TEAM, spoilt
from tests.account.test_profile_editing import Keyring

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "settings.toml")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    keyring = Keyring()
    return Vault(OsKeyring(lambda: keyring), tmp_path / "loopback-tokens.toml")


@pytest.fixture
def editor(store: ProfileStore, vault: Vault) -> ProfileEditor:
    return ProfileEditor(store, vault)


def draft_of(values: dict[str, Any], name: str = "team", **given: Any) -> Draft:
    """A dialog's fields with a connection in them."""
    connection = parse_connection(json.dumps(values))
    kind: Any = "signin" if connection.mode == "team" else "iam"
    return Draft(name, kind, connection.endpoint, connection.region, connection=connection, **given)


def test_a_team_s_profile_is_added_without_credentials(editor: ProfileEditor, store: ProfileStore) -> None:
    draft = draft_of(TEAM)
    assert editor.check(draft) == {}
    assert editor.add(draft) == store.get("team") == parse_connection(json.dumps(TEAM)).to_profile("team")
    assert editor.credential_place("team") == "nowhere"


def test_a_personal_one_needs_them(editor: ProfileEditor) -> None:
    draft = draft_of(PERSONAL, "mine")
    found = editor.check(draft)
    assert {at: problem.parameters["reason"] for at, problem in found.items()} == {
        "access_key_id": "credentials-needed"
    }
    with pytest.raises(ProfileInvalid, match="credentials-needed"):
        editor.add(draft)
    assert editor.add(replace(draft, aws_profile="work")).aws_profile == "work"


def test_a_team_has_no_aws_profile(editor: ProfileEditor) -> None:
    found = editor.check(draft_of(TEAM, aws_profile="work"))
    assert {at: problem.parameters["reason"] for at, problem in found.items()} == {
        "aws_profile": "aws-profile-unused"
    }


def test_a_name_that_is_taken_is_said(editor: ProfileEditor) -> None:
    editor.add(draft_of(TEAM))
    assert set(editor.check(draft_of(TEAM, "TEAM"))) == {"name"}


def test_who_is_signed_in_stays_so_under_another_name_and_address(
    editor: ProfileEditor, store: ProfileStore, vault: Vault
) -> None:
    editor.add(draft_of(TEAM))
    vault.set(store.get("team"), "refresh-token", "kept")
    renamed = editor.change("team", replace(editor.draft_of("team"), name="ours"))
    assert renamed.sign_in == parse_connection(json.dumps(TEAM)).sign_in
    assert vault.secrets(store.get("ours")) == {"refresh-token": "kept"}
    moved = spoilt(TEAM, "endpoint", "https://ghi789.execute-api.ap-northeast-1.amazonaws.com/prod/")
    editor.change("ours", draft_of(moved, "ours"))
    assert vault.secrets(store.get("ours")) == {"refresh-token": "kept"}


@pytest.mark.parametrize(
    "sign_in",
    [SIGN_IN | {"clientId": "other"}, SIGN_IN | {"host": "b.auth.ap-northeast-1.amazoncognito.com"}],
)
def test_another_provider_never_gets_the_old_one_s_token(
    editor: ProfileEditor, store: ProfileStore, vault: Vault, sign_in: dict[str, Any]
) -> None:
    editor.add(draft_of(TEAM))
    vault.set(store.get("team"), "refresh-token", "kept")
    editor.change("team", draft_of(TEAM | {"signIn": sign_in}))
    assert vault.secrets(store.get("team")) == {}
    assert editor.credential_place("team") == "nowhere"


def test_keys_become_a_sign_in_and_are_forgotten(
    editor: ProfileEditor, store: ProfileStore, vault: Vault
) -> None:
    keys = draft_of(PERSONAL, access_key_id="AKIDEXAMPLE", secret_access_key="secret")
    before = editor.add(keys)
    assert vault.secrets(before) != {}
    assert editor.change("team", draft_of(TEAM)).kind == "signin"
    assert vault.secrets(before) == {}
    assert store.get("team").expected == parse_connection(json.dumps(TEAM)).expected
