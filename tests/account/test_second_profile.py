"""A profile that names another one, which keeps sessions too while it is out of reach."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.account.profile_editing import Draft, ProfileEditor
from app.account.profiles import Profile, ProfileStore, Storage, make_profile
from app.account.second_profile import expect_usable
from app.account.vault import open_vault
from app.errors import ProfileInvalid, ProfileUnknown, SettingsCorrupt
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from pathlib import Path

URL = {
    "tokyo": "https://abc123.lambda-url.ap-northeast-1.on.aws/",
    "osaka": "https://def456.lambda-url.ap-northeast-3.on.aws/",
    "paris": "https://ghi789.lambda-url.eu-west-3.on.aws/",
}


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    """Three profiles; nobody has a second one."""
    store = ProfileStore(resolve_paths(tmp_path).settings)
    for name in URL:
        store.add(iam(name))
    return store


@pytest.fixture
def editor(tmp_path: Path, store: ProfileStore) -> ProfileEditor:
    return ProfileEditor(store, open_vault(resolve_paths(tmp_path), tmp_path))


def iam(name: str, *, at: str = "") -> Profile:
    return make_profile(name, "iam", URL[at or name], aws_profile="work")


def draft(name: str, second: str | None, *, at: str = "") -> Draft:
    return Draft(name, "iam", URL[at or name], aws_profile="work", second=second)


def test_one_names_another_until_it_names_none(store: ProfileStore) -> None:
    assert store.get("tokyo").second is None
    assert store.set_second("tokyo", "osaka").second == "osaka"
    assert store.get("tokyo").second == "osaka"
    assert store.get("osaka").second is None
    assert store.set_second("tokyo", None) == store.get("tokyo") == iam("tokyo")


def test_a_new_name_is_followed(store: ProfileStore) -> None:
    store.set_second("tokyo", "osaka")
    store.set_second("paris", "osaka")
    store.change("osaka", iam("kansai", at="osaka"))
    assert store.get("tokyo").second == "kansai"
    assert store.get("paris").second == "kansai"
    store.change("tokyo", replace(iam("kanto", at="tokyo"), second="kansai"))
    assert store.get("kanto").second == "kansai"


def test_one_that_is_removed_is_nobody_s_second_any_more(store: ProfileStore) -> None:
    store.set_second("tokyo", "osaka")
    store.set_second("paris", "tokyo")
    store.remove("osaka")
    assert store.get("tokyo").second is None
    assert store.get("paris").second == "tokyo"


def test_one_that_is_gone_by_hand_is_named_still_and_does_no_harm(
    store: ProfileStore, tmp_path: Path
) -> None:
    settings = resolve_paths(tmp_path).settings
    store.set_second("tokyo", "osaka")
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("[profiles.osaka]", "[profiles.gone]"), encoding="utf-8"
    )
    assert store.get("tokyo").second == "osaka"
    assert store.current("tokyo", {}).second == "osaka"
    # What was so before is no reason to refuse another change.
    assert store.change("tokyo", replace(iam("edo", at="tokyo"), second="osaka")).second == "osaka"


@pytest.mark.parametrize("second", ["tokyo", "TOKYO", "sandbox", "Environment", "nobody"])
def test_what_cannot_be_a_second_is_refused_and_nothing_is_written(
    store: ProfileStore, tmp_path: Path, second: str
) -> None:
    before = resolve_paths(tmp_path).settings.read_text(encoding="utf-8")
    for work in (
        lambda: store.set_second("tokyo", second),
        lambda: store.change("tokyo", replace(iam("tokyo"), second=second)),
        lambda: store.add(replace(iam("new", at="tokyo"), second=second.replace("tokyo", "new"))),
    ):
        with pytest.raises((ProfileInvalid, ProfileUnknown)):
            work()
    assert resolve_paths(tmp_path).settings.read_text(encoding="utf-8") == before


@pytest.mark.parametrize("name", ["sandbox", "environment"])
def test_what_is_not_in_the_settings_has_no_second(store: ProfileStore, name: str) -> None:
    with pytest.raises(ProfileInvalid):
        store.set_second(name, "osaka")
    with pytest.raises(ProfileUnknown):
        store.set_second("nobody", "osaka")


def test_a_value_of_another_kind_is_told(store: ProfileStore, tmp_path: Path) -> None:
    settings = resolve_paths(tmp_path).settings
    store.set_second("tokyo", "osaka")
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('second = "osaka"', "second = 2"), encoding="utf-8"
    )
    with pytest.raises(SettingsCorrupt, match=r"profiles\.tokyo\.second"):
        store.get("tokyo")


def test_what_takes_its_place_and_what_is_pinned_later_keep_it(store: ProfileStore) -> None:
    store.set_second("tokyo", "osaka")
    store.add(iam("tokyo"), replace_existing=True)
    assert store.get("tokyo").second == "osaka"
    storage = Storage("logs-1", "ap-northeast-1", "aki", "logs-1.s3.ap-northeast-1.amazonaws.com")
    assert store.pin(store.get("tokyo"), storage) == store.get("tokyo")
    assert store.get("tokyo").second == "osaka"


def test_a_dialog_s_draft_changes_keeps_and_clears_it(editor: ProfileEditor, store: ProfileStore) -> None:
    editor.change("tokyo", draft("tokyo", "osaka"))
    assert store.get("tokyo").second == "osaka"
    assert editor.draft_of("tokyo").second == "osaka"
    # One that says nothing of it, as a connection's.
    editor.change("tokyo", draft("edo", None, at="tokyo"))
    assert store.get("edo").second == "osaka"
    editor.change("edo", draft("edo", "", at="tokyo"))
    assert store.get("edo").second is None
    assert editor.draft_of("edo").second == ""
    editor.add(draft("kobe", "edo", at="osaka"))
    assert store.get("kobe").second == "edo"


TOKYO = Profile(
    "tokyo", "iam", "https://a.example/", "ap-northeast-1", storage=Storage("t", "ap-northeast-1", "aki", "t")
)
OSAKA = replace(TOKYO, name="osaka", storage=Storage("o", "ap-northeast-3", "aki", "o"), second="tokyo")


def test_another_profile_with_a_place_of_its_own_may() -> None:
    expect_usable(TOKYO, OSAKA)
    expect_usable(replace(TOKYO, storage=None), OSAKA)


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (TOKYO, "second-itself"),
        (replace(OSAKA, name="sandbox"), "second-reserved"),
        (replace(OSAKA, name="environment"), "second-reserved"),
        (replace(OSAKA, storage=None), "second-not-accepted"),
        (replace(OSAKA, storage=TOKYO.storage), "second-same-place"),
    ],
)
def test_no_other_may(second: Profile, reason: str) -> None:
    with pytest.raises(ProfileInvalid) as caught:
        expect_usable(TOKYO, second)
    assert caught.value.parameters["reason"] == reason
