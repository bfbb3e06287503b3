"""A profile that is changed in settings.toml: its new name, its pin, and what a person wrote around it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.toml_file import renamed_table
from app.errors import ProfileInvalid, ProfileUnknown, SettingsCorrupt

if TYPE_CHECKING:
    from pathlib import Path

    from app.account.profiles import Profile

FUNCTION_URL = "https://abc123.lambda-url.eu-west-1.on.aws/"
OTHER_URL = "https://def456.lambda-url.us-east-1.on.aws/"
STORAGE = Storage("logs-123", "eu-west-1", "owner-1", "logs-123.s3.eu-west-1.amazonaws.com")

WRITTEN_BY_A_PERSON = f"""\
# My settings
profile = "team" # the one in use

[profiles.first]
kind = "iam"
endpoint = "{OTHER_URL}"

# the team's
[profiles.team] # ask Bob
kind = "iam"  # SSO
# as the deployment printed it
endpoint = "{FUNCTION_URL}" # production

[profiles.team.storage]
bucket = "logs-123" # seen and accepted
region = "eu-west-1"
owner = "owner-1"
s3_host = "logs-123.s3.eu-west-1.amazonaws.com"

# the last one
[profiles.last]
kind = "iam"
endpoint = "{OTHER_URL}"

[desktop]
appearance = "dark"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "settings.toml"
    written.write_text(WRITTEN_BY_A_PERSON, encoding="utf-8")
    return written


@pytest.fixture
def store(path: Path) -> ProfileStore:
    return ProfileStore(path)


def iam(name: str, endpoint: str = FUNCTION_URL, *, aws_profile: str | None = None) -> Profile:
    return make_profile(name, "iam", endpoint, aws_profile=aws_profile)


def lines_lost(path: Path) -> list[str]:
    after = path.read_text(encoding="utf-8").splitlines()
    return [line for line in WRITTEN_BY_A_PERSON.splitlines() if line not in after]


def test_a_new_name_is_written_in_the_old_one_s_place(store: ProfileStore, path: Path) -> None:
    changed = store.change("team", iam("ドック"))
    assert changed == store.get("ドック") == replace(iam("ドック"), storage=STORAGE)
    assert store.names() == ["sandbox", "first", "ドック", "last"]
    assert store.chosen() == "ドック"
    with pytest.raises(ProfileUnknown):
        store.get("team")
    assert lines_lost(path) == [
        'profile = "team" # the one in use',
        "[profiles.team] # ask Bob",
        "[profiles.team.storage]",
    ]
    assert '[profiles."ドック"] # ask Bob' in path.read_text(encoding="utf-8")


def test_a_name_that_differs_in_case_alone_is_a_new_name(store: ProfileStore) -> None:
    store.change("team", iam("Team"))
    assert store.names() == ["sandbox", "first", "Team", "last"]


def test_another_profile_s_choice_does_not_follow(store: ProfileStore) -> None:
    store.use("last")
    store.change("team", iam("renamed"))
    assert store.chosen() == "last"


def test_a_changed_value_leaves_everything_else(store: ProfileStore, path: Path) -> None:
    changed = store.change("team", iam("team", aws_profile="work"))
    assert changed == replace(iam("team", aws_profile="work"), storage=STORAGE)
    assert lines_lost(path) == []
    assert store.change("team", iam("team")).aws_profile is None
    assert lines_lost(path) == []


def test_the_pin_is_for_its_address_alone(store: ProfileStore, path: Path) -> None:
    changed = store.change("team", iam("team", OTHER_URL))
    assert changed == store.get("team") == iam("team", OTHER_URL)
    assert changed.storage is None
    assert "# the last one" in path.read_text(encoding="utf-8")
    store.change("team", iam("team"))
    assert store.get("team").storage is None
    store.pin(store.get("team"), STORAGE)
    assert store.get("team").storage == STORAGE


def test_another_spelling_of_the_same_address_keeps_the_pin_and_the_person_s_spelling(
    store: ProfileStore, path: Path
) -> None:
    by_hand = FUNCTION_URL.rstrip("/").replace("https", "HTTPS")
    path.write_text(WRITTEN_BY_A_PERSON.replace(FUNCTION_URL, by_hand), encoding="utf-8")
    assert store.change("team", iam("team", aws_profile="work")).storage == STORAGE
    assert by_hand in path.read_text(encoding="utf-8")


def test_a_name_that_another_profile_has_is_taken_in_whatever_case(store: ProfileStore, path: Path) -> None:
    for name in ("last", "LAST"):
        with pytest.raises(ProfileInvalid) as caught:
            store.change("team", iam(name))
        assert caught.value.parameters == {"name": name, "reason": "name-taken"}
    assert path.read_text(encoding="utf-8") == WRITTEN_BY_A_PERSON


def test_what_is_not_there_cannot_be_changed(store: ProfileStore, path: Path) -> None:
    with pytest.raises(ProfileUnknown):
        store.change("nobody", iam("somebody"))
    for name in ("sandbox", "environment"):
        with pytest.raises(ProfileUnknown):
            store.change(name, iam("somebody"))
        with pytest.raises(ProfileInvalid):
            store.change("team", replace(iam("team"), name=name))
    assert path.read_text(encoding="utf-8") == WRITTEN_BY_A_PERSON


@pytest.mark.parametrize("broken", ['storage = "x"', "storage.bucket = 3", "region = 3"])
def test_values_of_a_wrong_kind_are_left_for_a_person_to_mend(
    store: ProfileStore, path: Path, broken: str
) -> None:
    text = f'[profiles.team]\nkind = "iam"\nendpoint = "{FUNCTION_URL}"\n{broken}\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsCorrupt):
        store.change("team", iam("renamed", OTHER_URL))
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "written",
    [
        "[profiles.team]\nkind = 'x'\n[other]\nb = 1\n[profiles.z]\nkind = 'y'\n[profiles.team.storage]\nc = 1\n",
        "[profiles]\n[profiles.'team'] # h\nkind = 'x'\n[ profiles . \"team\" . storage ]\nb = 2\n",
        "[profiles]\nteam = {kind = 'x', storage = {bucket = 'b'}}\n",
        "profiles.team.kind = 'x'\nprofiles.z.kind = 'y'\na = 1\n[other]\nb = 1\n",
        "profiles.team.kind = 'x'\n[other]\nb = 1\n[profiles.team.storage]\nb = 3\n",
        'note = """\n[profiles.team]\n"""\n[profiles.team]\nk = 1\n',
        "# [profiles.team]\n[profiles.team]\n[profiles.team2]\n[profiles.steam]\n[profiles.z.team]\n",
    ],
)
@pytest.mark.parametrize("name", ["new", "ドック", "with.dot"])
def test_however_the_table_is_written_it_alone_is_renamed(written: str, name: str) -> None:
    expected = tomllib.loads(written)
    expected["profiles"][name] = expected["profiles"].pop("team")
    renamed = renamed_table(written, "profiles", "team", name)
    assert tomllib.loads(renamed) == expected
    assert ("# h" in renamed) == ("# h" in written)
