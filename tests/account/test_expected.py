"""What an accepted connection names is pinned before anybody was asked, and only a person unpins it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.account.connections import parse_connection
from app.account.profiles import ProfileStore, Storage, make_profile
from app.errors import ProfileInvalid, StorageChanged
from tests.account.connection_texts import PERSONAL, TEAM, spoilt

if TYPE_CHECKING:
    from pathlib import Path

NAMED = Storage("logs-123", "ap-northeast-1", "owner-1", "logs-123.s3.ap-northeast-1.amazonaws.com")
OTHER = Storage("evil", "ap-northeast-1", "owner-1", "evil.s3.ap-northeast-1.amazonaws.com")


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    made = ProfileStore(tmp_path / "settings.toml")
    made.add(parse_connection(json.dumps(TEAM)).to_profile("team"))
    return made


def test_it_is_read_back_as_it_was_accepted(store: ProfileStore) -> None:
    assert store.get("team") == parse_connection(json.dumps(TEAM)).to_profile("team")


def test_an_endpoint_that_speaks_of_other_storage_is_refused(store: ProfileStore) -> None:
    for found in (
        OTHER,
        replace(NAMED, region="eu-west-1"),
        replace(NAMED, s3_host="evil.s3.ap-northeast-1.amazonaws.com"),
    ):
        with pytest.raises(StorageChanged) as caught:
            store.pin(store.get("team"), found)
        assert caught.value.parameters == {"pinned": "logs-123", "found": found.bucket}
    assert store.get("team").storage is None
    assert store.pin(store.get("team"), NAMED) == store.get("team")
    assert store.get("team").storage == NAMED


def test_a_person_who_accepts_other_storage_is_believed(store: ProfileStore) -> None:
    pinned = store.pin(store.get("team"), OTHER, anew=True)
    assert (pinned.storage, pinned.expected) == (OTHER, None)
    assert store.get("team") == pinned
    # From then on it is like any profile that was added by hand.
    store.pin(store.get("team"), NAMED)


def test_a_stale_profile_cannot_pin_past_what_stands_in_the_file(store: ProfileStore) -> None:
    with pytest.raises(StorageChanged):
        store.pin(replace(store.get("team"), expected=None), OTHER)


def test_another_address_takes_it_along_with_the_storage(store: ProfileStore) -> None:
    store.pin(store.get("team"), NAMED)
    kept = store.change("team", replace(store.get("team"), name="ours", expected=None, storage=None))
    assert (kept.expected, kept.storage) == (parse_connection(json.dumps(TEAM)).expected, NAMED)
    moved = store.change("ours", replace(kept, endpoint="https://example.com/", expected=None))
    assert (moved.expected, moved.storage) == (None, None)


def test_another_connection_for_the_same_address_unpins_storage_that_it_does_not_name(
    store: ProfileStore,
) -> None:
    store.pin(store.get("team"), NAMED)
    same = store.change("team", parse_connection(json.dumps(TEAM)).to_profile("team"))
    assert same.storage == NAMED
    values = spoilt(spoilt(TEAM, "bucket", "logs-456"), "s3Host", "logs-456.s3.ap-northeast-1.amazonaws.com")
    changed = store.change("team", parse_connection(json.dumps(values)).to_profile("team"))
    assert changed.storage is None
    assert changed.expected is not None
    assert changed.expected.bucket == "logs-456"


@pytest.mark.parametrize("wrong", ['account = "1"', 'bucket = "X"', 's3_host = ""', 'region = "here"'])
def test_what_a_hand_has_broken_is_said(store: ProfileStore, tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "settings.toml"
    key = wrong.partition(" =")[0]
    head, table, rest = path.read_text(encoding="utf-8").partition("[profiles.team.expected]")
    lines = [wrong if line.startswith(f"{key} =") else line for line in rest.splitlines()]
    path.write_text(head + table + "\n".join(lines), encoding="utf-8")
    with pytest.raises(ProfileInvalid, match="storage-malformed"):
        store.get("team")


def test_a_profile_by_hand_expects_nothing(store: ProfileStore) -> None:
    store.add(make_profile("mine", "iam", PERSONAL["endpoint"]))
    assert store.get("mine").expected is None
    assert store.pin(store.get("mine"), OTHER).storage == OTHER
