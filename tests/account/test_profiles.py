"""Profiles in settings.toml."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.account.profiles import Profile, ProfileStore, Storage, make_profile
from app.account.signin_settings import SignIn
from app.errors import ProfileInvalid, ProfileUnknown, SettingsCorrupt
from tests.system import PRIVATE_FILE, PRIVATE_FOLDER

FUNCTION_URL = "https://abc123.lambda-url.eu-west-1.on.aws/"
OTHER_URL = "https://def456.lambda-url.us-east-1.on.aws/"
STORAGE = Storage("logs-123", "eu-west-1", "owner-1", "logs-123.s3.eu-west-1.amazonaws.com")
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "home" / "settings.toml"


@pytest.fixture
def store(settings: Path) -> ProfileStore:
    return ProfileStore(settings)


def reason_of(problem: pytest.ExceptionInfo[ProfileInvalid]) -> object:
    return problem.value.parameters["reason"]


def test_with_nothing_configured_the_sandbox_is_in_use(store: ProfileStore, settings: Path) -> None:
    profile = store.current(None, {})
    assert profile == Profile("sandbox", "sandbox", None, "ap-northeast-1")
    assert store.names() == ["sandbox"]
    assert not settings.exists()


def test_a_profile_comes_back_as_it_was_added(store: ProfileStore, settings: Path) -> None:
    added = make_profile("team", "iam", FUNCTION_URL, aws_profile="work")
    store.add(added)
    assert store.get("team") == added
    assert added.region == "eu-west-1"
    assert store.names() == ["sandbox", "team"]
    assert settings.stat().st_mode & 0o777 == PRIVATE_FILE
    assert settings.parent.stat().st_mode & 0o777 == PRIVATE_FOLDER


def test_which_profile_is_in_use(store: ProfileStore) -> None:
    environ = {"LAMBDA_FUNCTION_URL": OTHER_URL}
    store.add(make_profile("team", "token", "http://127.0.0.1:4010"))
    store.add(make_profile("chosen", "iam", FUNCTION_URL))

    assert store.current(None, environ) == Profile("environment", "iam", OTHER_URL, "us-east-1")
    store.use("chosen")
    assert store.current(None, environ).name == "chosen"
    assert store.current("team", environ).name == "team"
    assert store.current("environment", environ).endpoint == OTHER_URL
    store.use("sandbox")
    assert store.current(None, environ).kind == "sandbox"


def test_removing_the_chosen_profile_leaves_none_chosen(store: ProfileStore) -> None:
    store.add(make_profile("team", "iam", FUNCTION_URL))
    store.use("team")
    store.remove("team")
    assert store.chosen() is None
    assert store.current(None, {}).name == "sandbox"
    with pytest.raises(ProfileUnknown):
        store.get("team")
    with pytest.raises(ProfileUnknown):
        store.remove("team")


def test_a_chosen_profile_that_is_gone_is_an_error_and_not_the_sandbox(
    store: ProfileStore, settings: Path
) -> None:
    settings.parent.mkdir()
    settings.write_text('profile = "gone"\n', encoding="utf-8")
    with pytest.raises(ProfileUnknown) as caught:
        store.current(None, {"LAMBDA_FUNCTION_URL": FUNCTION_URL})
    assert caught.value.parameters == {"name": "gone"}


@pytest.mark.parametrize("name", ["sandbox", "environment", "Sandbox", "ENVIRONMENT"])
def test_reserved_names_can_be_neither_added_nor_removed(store: ProfileStore, name: str) -> None:
    with pytest.raises(ProfileInvalid) as caught:
        make_profile(name, "iam", FUNCTION_URL)
    assert reason_of(caught) == "name-reserved"
    with pytest.raises(ProfileInvalid):
        store.add(Profile(name, "iam", FUNCTION_URL, "eu-west-1"))
    with pytest.raises((ProfileInvalid, ProfileUnknown)):
        store.remove(name)
    with pytest.raises(ProfileInvalid):
        store.add(Profile("other", "sandbox", None, "eu-west-1"))


def test_reserved_names_in_the_file_change_nothing(store: ProfileStore, settings: Path) -> None:
    settings.parent.mkdir()
    settings.write_text(f'[profiles.sandbox]\nkind = "iam"\nendpoint = "{FUNCTION_URL}"\n', encoding="utf-8")
    assert store.names() == ["sandbox"]
    assert store.current(None, {}).kind == "sandbox"


@pytest.mark.parametrize(
    "name", ["", ".hidden", "a b", "a/b", "a\nb", "a\u202eb", "-x", "x" * 65, "a=b", "\0"]
)
def test_names_unfit_for_a_command_line_are_refused(name: str) -> None:
    with pytest.raises(ProfileInvalid) as caught:
        make_profile(name, "iam", FUNCTION_URL)
    assert reason_of(caught) == "name-malformed"


def test_japanese_names_are_one_name_in_either_normal_form(store: ProfileStore) -> None:
    store.add(make_profile("ドック", "iam", FUNCTION_URL))
    assert store.get("ト\u3099ック").name == "ドック"
    store.remove("ト\u3099ック")
    assert store.names() == ["sandbox"]


def test_a_name_is_taken_in_whatever_case_unless_it_is_replaced(store: ProfileStore) -> None:
    store.add(make_profile("team", "iam", FUNCTION_URL))
    for name in ("team", "TEAM"):
        with pytest.raises(ProfileInvalid) as caught:
            store.add(make_profile(name, "iam", OTHER_URL))
        assert reason_of(caught) == "name-taken"
    assert store.get("team").endpoint == FUNCTION_URL
    with pytest.raises(ProfileInvalid):
        store.add(make_profile("Team", "iam", OTHER_URL), replace_existing=True)
    store.add(make_profile("team", "iam", OTHER_URL), replace_existing=True)
    assert store.get("team").endpoint == OTHER_URL


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"endpoint": "http://example.com"}, "endpoint-not-https"),
        ({"endpoint": ""}, "endpoint-missing"),
        ({"endpoint": FUNCTION_URL, "region": "us-east-1"}, "region-mismatch"),
        ({"endpoint": "https://example.com", "region": "Tokyo"}, "region-malformed"),
        ({"endpoint": FUNCTION_URL, "aws_profile": "\n"}, "aws-profile-malformed"),
        ({"endpoint": FUNCTION_URL, "aws_profile": "work", "kind": "token"}, "aws-profile-unused"),
    ],
)
def test_values_that_do_not_fit_together_are_refused(arguments: dict[str, str], reason: str) -> None:
    with pytest.raises(ProfileInvalid) as caught:
        make_profile("team", **{"kind": "iam", **arguments})  # type: ignore[arg-type]
    assert caught.value.parameters == {"name": "team", "reason": reason}


def test_values_edited_by_hand_are_checked_like_added_ones(store: ProfileStore, settings: Path) -> None:
    store.add(make_profile("team", "iam", FUNCTION_URL))
    edited = settings.read_text(encoding="utf-8").replace(FUNCTION_URL, "http://example.com/")
    settings.write_text(edited, encoding="utf-8")
    with pytest.raises(ProfileInvalid) as caught:
        store.get("team")
    assert reason_of(caught) == "endpoint-not-https"


def test_a_kind_of_a_later_version_spoils_only_its_own_profile(store: ProfileStore, settings: Path) -> None:
    store.add(make_profile("team", "iam", FUNCTION_URL))
    with settings.open("a", encoding="utf-8") as file:
        file.write('[profiles.later]\nkind = "hologram"\n')
    assert store.names() == ["sandbox", "team", "later"]
    assert store.get("team").endpoint == FUNCTION_URL
    with pytest.raises(ProfileInvalid) as caught:
        store.get("later")
    assert reason_of(caught) == "kind-unknown"


def test_accepted_storage_is_pinned_and_makes_the_destination(store: ProfileStore) -> None:
    store.add(make_profile("team", "iam", FUNCTION_URL))
    profile = store.get("team")
    assert profile.destination == FUNCTION_URL
    pinned = store.pin(profile, STORAGE)
    assert pinned == store.get("team") == dataclasses.replace(profile, storage=STORAGE)
    assert pinned.destination == "logs-123/owner-1"

    store.add(make_profile("same-by-another-name", "iam", OTHER_URL))
    assert store.pin(store.get("same-by-another-name"), STORAGE).destination == pinned.destination


def test_a_pin_is_for_the_address_it_was_asked_at(store: ProfileStore) -> None:
    store.add(make_profile("team", "iam", FUNCTION_URL))
    seen = store.get("team")
    store.add(make_profile("team", "iam", OTHER_URL), replace_existing=True)
    with pytest.raises(ProfileInvalid) as caught:
        store.pin(seen, STORAGE)
    assert reason_of(caught) == "endpoint-changed"
    assert store.get("team").storage is None
    store.remove("team")
    with pytest.raises(ProfileUnknown):
        store.pin(seen, STORAGE)


def test_the_environment_s_pin_holds_for_its_address_alone(store: ProfileStore) -> None:
    environ = {"LAMBDA_FUNCTION_URL": FUNCTION_URL}
    store.pin(store.current(None, environ), STORAGE)
    assert store.current(None, environ).storage == STORAGE
    assert store.current(None, {"LAMBDA_FUNCTION_URL": OTHER_URL}).storage is None
    assert store.names() == ["sandbox"]


def test_the_sandbox_is_not_pinned_in_the_file(store: ProfileStore, settings: Path) -> None:
    with pytest.raises(ProfileInvalid):
        store.pin(store.get("sandbox"), STORAGE)
    assert not settings.exists()


@pytest.mark.parametrize(
    "change", [{"bucket": "A"}, {"owner": "a/b"}, {"owner": ""}, {"s3_host": ""}, {"region": "x"}]
)
def test_malformed_storage_is_neither_pinned_nor_read(
    store: ProfileStore, settings: Path, change: dict[str, str]
) -> None:
    store.add(make_profile("team", "iam", FUNCTION_URL))
    with pytest.raises(ProfileInvalid):
        store.pin(store.get("team"), dataclasses.replace(STORAGE, **change))
    store.pin(store.get("team"), STORAGE)
    ((field, value),) = change.items()
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace(f'{field} = "{getattr(STORAGE, field)}"', f'{field} = "{value}"'), encoding="utf-8"
    )
    with pytest.raises(ProfileInvalid):
        store.get("team")


def test_environment_region(store: ProfileStore) -> None:
    address = {"LAMBDA_FUNCTION_URL": "https://example.com/"}
    assert store.current(None, address).region == "ap-northeast-1"
    assert store.current(None, {**address, "AWS_DEFAULT_REGION": "eu-west-3"}).region == "eu-west-3"
    assert (
        store.current(None, {**address, "AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "x"}).region
        == "eu-west-2"
    )
    with_function_url = {"LAMBDA_FUNCTION_URL": FUNCTION_URL, "AWS_REGION": "us-east-1"}
    assert store.current(None, with_function_url).region == "eu-west-1"


def test_environment_chosen_but_not_set_is_an_error(store: ProfileStore) -> None:
    store.use("environment", {"LAMBDA_FUNCTION_URL": FUNCTION_URL})
    with pytest.raises(ProfileInvalid) as caught:
        store.current(None, {})
    assert caught.value.parameters == {"name": "environment", "reason": "environment-not-set"}
    with pytest.raises(ProfileInvalid) as caught:
        store.current(None, {"LAMBDA_FUNCTION_URL": "http://example.com"})
    assert reason_of(caught) == "endpoint-not-https"


@pytest.mark.parametrize(
    "text",
    [
        "profiles = 3\n",
        "profile = 3\n",
        "[profiles]\nteam = 3\n",
        "[profiles.team]\nkind = 3\n",
        '[profiles.team]\nkind = "iam"\nendpoint = 3\n',
        f'[profiles.team]\nkind = "iam"\nendpoint = "{FUNCTION_URL}"\nstorage = "x"\n',
        f'[profiles.team]\nkind = "iam"\nendpoint = "{FUNCTION_URL}"\nstorage.bucket = 3\n',
    ],
)
def test_values_of_a_wrong_type_are_reported_with_the_file_and_the_key(
    store: ProfileStore, settings: Path, text: str
) -> None:
    settings.parent.mkdir()
    settings.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsCorrupt) as caught:
        (store.chosen(), store.get("team"))
    assert caught.value.parameters["path"] == str(settings)
    assert "expected" in str(caught.value.parameters["reason"])


ADDS_MANY = """
import sys
import tomllib
from pathlib import Path
from app.account.profiles import ProfileStore, make_profile
store = ProfileStore(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    store.add(make_profile(f"{sys.argv[2]}-{number}", "iam", "https://example.com/"))
"""


def test_processes_and_threads_that_write_at_once_lose_nothing(store: ProfileStore, settings: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", ADDS_MANY, settings, name, "15"], cwd=PROJECT)
        for name in ("first", "second")
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.add(make_profile(f"thread-{n}", "iam", FUNCTION_URL)), range(15)))
    assert [process.wait(60) for process in processes] == [0, 0]
    assert len(store.names()) == 1 + 45


def test_profiles_say_nothing_secret_and_serialise(store: ProfileStore) -> None:
    profile = make_profile("team", "iam", FUNCTION_URL)
    assert json.loads(json.dumps(dataclasses.asdict(profile)))["endpoint"] == FUNCTION_URL


# ---- a team's profiles, which sign in with a browser ------------------------------------------------------

ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool12345"
SIGN_IN = SignIn(
    ISSUER, "client1", "chatlog/archive", "team.auth.eu-west-1.amazoncognito.com", (53682, 53684)
)


def test_a_team_s_profile_comes_back_as_it_was_added(store: ProfileStore, settings: Path) -> None:
    added = make_profile("team", "signin", "https://api.example.com/prod", sign_in=SIGN_IN)
    store.add(added)
    assert store.get("team") == added
    assert added.sign_in == SIGN_IN
    table = tomllib.loads(settings.read_text("utf-8"))["profiles"]["team"]
    assert table["kind"] == "signin"
    assert table["issuer"] == ISSUER
    assert table["sign_in_host"] == "team.auth.eu-west-1.amazoncognito.com"
    assert table["redirect_ports"] == [53682, 53684]
    assert store.pin(added, STORAGE).sign_in == SIGN_IN
    assert store.get("team") == dataclasses.replace(added, storage=STORAGE)


def test_what_a_person_leaves_out_of_a_sign_in_is_as_the_stack_makes_it(
    store: ProfileStore, settings: Path
) -> None:
    settings.parent.mkdir()
    settings.write_text(
        f'[profiles.team]\nkind = "signin"\nendpoint = "https://api.example.com"\nissuer = "{ISSUER}"\nclient_id = "c"\n',
        encoding="utf-8",
    )
    assert store.get("team").sign_in == SignIn(
        ISSUER, "c", "chatlog/archive", "cognito-idp.eu-west-1.amazonaws.com", (53682, 53683, 53684, 53685)
    )


def test_a_profile_can_become_a_team_s_and_cease_to_be(store: ProfileStore, settings: Path) -> None:
    store.add(make_profile("mine", "iam", FUNCTION_URL))
    team = store.change("mine", make_profile("mine", "signin", FUNCTION_URL, sign_in=SIGN_IN))
    assert team.sign_in == SIGN_IN
    assert store.change("mine", make_profile("mine", "iam", FUNCTION_URL)).sign_in is None
    assert "issuer" not in settings.read_text("utf-8")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "http://issuer.example.com/pool"),
        ("issuer", "https://issuer.example.com/pool?x=1"),
        ("issuer", "HTTPS://issuer.example.com/pool"),
        ("issuer", ""),
        ("client_id", ""),
        ("client_id", "two words"),
        ("scope", 'a"b'),
        ("scope", " archive"),
        ("sign_in_host", "team.example.com/path"),
        ("sign_in_host", "user@team.example.com"),
        ("sign_in_host", "TEAM.example.com"),
        ("redirect_ports", ()),
        ("redirect_ports", (80,)),
        ("redirect_ports", (65536,)),
    ],
)
def test_a_sign_in_that_cannot_be_right_is_refused(
    field: str, value: str | tuple[int, ...], store: ProfileStore
) -> None:
    name = "host" if field == "sign_in_host" else field
    wrong = dataclasses.replace(SIGN_IN, **{name: value})  # type: ignore[arg-type]
    with pytest.raises(ProfileInvalid) as problem:
        make_profile("team", "signin", "https://api.example.com", sign_in=wrong)
    assert (reason_of(problem), problem.value.parameters["field"]) == ("sign-in-malformed", field)


def test_only_a_team_s_profile_has_a_sign_in_and_it_has_to(store: ProfileStore) -> None:
    for kind, sign_in in (("signin", None), ("iam", SIGN_IN), ("token", SIGN_IN)):
        with pytest.raises(ProfileInvalid) as problem:
            make_profile("team", kind, "https://api.example.com", sign_in=sign_in)  # type: ignore[arg-type]
        assert reason_of(problem) == "sign-in-malformed"


def test_ports_of_a_wrong_kind_are_reported_with_the_key(store: ProfileStore, settings: Path) -> None:
    store.add(make_profile("team", "signin", "https://api.example.com", sign_in=SIGN_IN))
    text = settings.read_text("utf-8").replace("[53682, 53684]", '["53682"]')
    settings.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsCorrupt) as problem:
        store.get("team")
    assert "profiles.team.redirect_ports" in str(problem.value.parameters["reason"])


@pytest.mark.parametrize(
    ("url", "permitted"),
    [
        (f"{ISSUER}/.well-known/openid-configuration", True),
        ("https://team.auth.eu-west-1.amazoncognito.com/oauth2/token", True),
        ("https://team.auth.eu-west-1.amazoncognito.com:443/oauth2/token?a=b", True),
        ("http://team.auth.eu-west-1.amazoncognito.com/oauth2/token", False),
        ("https://team.auth.eu-west-1.amazoncognito.com:8443/oauth2/token", False),
        ("https://team.auth.eu-west-1.amazoncognito.com@evil.example.com/", False),
        ("https://evil.example.com/oauth2/token", False),
        ("http://127.0.0.1:1/", False),
        ("", False),
    ],
)
def test_a_sign_in_speaks_to_its_two_hosts_alone(url: str, permitted: bool) -> None:
    assert SIGN_IN.permits(url) is permitted


def test_on_this_computer_a_sign_in_s_host_has_any_port_unless_one_is_named() -> None:
    local = SignIn("http://127.0.0.1:4000/pool", "c", host="127.0.0.1")
    assert local.permits("http://127.0.0.1:4001/token")
    named = dataclasses.replace(local, host="127.0.0.1:4000")
    assert named.permits("http://127.0.0.1:4000/token")
    assert not named.permits("http://127.0.0.1:4001/token")
