"""The account behind the window: read and written in the background, in order; trouble is said and can be mended."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from app.account.profile_editing import Draft
from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.settings import Settings, SettingsStore
from app.bootstrap import Services
from app.desktop.settings.account import AccountController, ProfileView
from app.errors import ProfileInvalid, ProfileUnknown, SettingsCorrupt
from app.storage.paths import resolve_paths
from tests.desktop.conftest import PATIENCE_MILLISECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.desktop.i18n import Translations
    from app.desktop.workplace import Workplace
    from app.errors import ChatLogError
    from app.sandbox.lifecycle import SandboxInfo

AWS = Draft("mine", "iam", "https://abc123.lambda-url.eu-west-1.on.aws/", aws_profile="work")
STORAGE = Storage("logs-123", "eu-west-1", "owner-1", "logs-123.s3.eu-west-1.amazonaws.com")


def fail(unexpected: object) -> None:
    pytest.fail(str(unexpected))


class Told:
    """What an account's signals said."""

    def __init__(self, account: AccountController) -> None:
        self.profiles: list[ProfileView | None] = []
        self.settings: list[Settings] = []
        self.troubles: list[ChatLogError | None] = []
        account.profile_changed.connect(self.profiles.append)
        account.settings_changed.connect(self.settings.append)
        account.trouble.connect(self.troubles.append)


@pytest.fixture
def account(context: Context) -> AccountController:
    return context.account


@pytest.fixture
def told(account: AccountController) -> Told:
    return Told(account)


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MILLISECONDS)

    return until


@pytest.fixture
def load(account: AccountController, wait: Callable[..., None]) -> Callable[[], None]:
    """Reads everything and waits for it."""

    def read() -> None:
        account.load()
        wait(lambda: account.profiles and account._reading is None)

    return read


def settings_of(home: Path) -> Settings:
    return SettingsStore(resolve_paths(home).settings).read()


def used(account: AccountController) -> str | None:
    """The name of the profile in use."""
    return account.profile.name if account.profile is not None else None


def view(account: AccountController, name: str) -> ProfileView:
    return next(one for one in account.profiles if one.name == name)


# ---- reading ----------------------------------------------------------------------------------------------


def test_without_any_choice_the_sandbox_is_in_use(
    account: AccountController, told: Told, load: Callable[[], None]
) -> None:
    load()
    (only,) = account.profiles
    assert only == account.profile == told.profiles[-1]
    assert (only.name, only.title, only.kind) == ("sandbox", "This computer", "sandbox")
    assert only.this_computer_only
    assert only.in_use
    assert told.troubles == []


def test_profiles_are_told_with_what_is_known_of_them(
    account: AccountController, home: Path, load: Callable[[], None], shared_sandbox: SandboxInfo
) -> None:
    store = ProfileStore(resolve_paths(home).settings)
    store.add(make_profile("mine", "iam", AWS.endpoint, aws_profile="work"))
    store.pin(store.get("mine"), STORAGE)
    store.add(make_profile("joined", "token", shared_sandbox.endpoint))
    joined = Storage(shared_sandbox.bucket, shared_sandbox.region, shared_sandbox.owner, "127.0.0.1")
    store.pin(store.get("joined"), joined)
    store.use("mine")
    load()
    mine = view(account, "mine")
    assert account.profile == mine
    assert (mine.kind, mine.region, mine.aws_profile, mine.storage) == ("iam", "eu-west-1", "work", STORAGE)
    assert not mine.this_computer_only
    # Another home's sandbox is on this computer too.
    assert view(account, "joined").this_computer_only
    assert not view(account, "joined").in_use


def test_the_environment_s_profile_is_offered_where_it_is_set(
    make_context: Callable[..., Context], home: Path, wait: Callable[..., None]
) -> None:
    account = make_context(home, environ={"LAMBDA_FUNCTION_URL": AWS.endpoint}).account
    account.load()
    wait(lambda: account.profile)
    assert account.profile is not None
    assert (account.profile.name, account.profile.endpoint) == ("environment", AWS.endpoint)
    account.use("sandbox")
    wait(lambda: used(account) == "sandbox")
    assert [one.name for one in account.profiles] == ["sandbox", "environment"]


def test_settings_that_cannot_be_read_are_told_until_they_are_mended(
    account: AccountController, told: Told, home: Path, load: Callable[[], None]
) -> None:
    path = resolve_paths(home).settings
    path.parent.mkdir(parents=True)
    path.write_text("profile = [", encoding="utf-8")
    load()
    assert isinstance(account.current_trouble, SettingsCorrupt)
    assert used(account) is None
    assert [one.name for one in account.profiles] == ["sandbox"]
    assert account.settings == Settings()
    path.write_text('[desktop]\nappearance = "dark"\n', encoding="utf-8")
    load()
    assert [type(one) for one in told.troubles] == [SettingsCorrupt, type(None)]
    assert used(account) == "sandbox"
    assert told.settings[-1].appearance == "dark"


def test_a_profile_that_a_hand_has_broken_is_told_and_another_can_be_used(
    account: AccountController, home: Path, load: Callable[[], None], wait: Callable[..., None]
) -> None:
    path = resolve_paths(home).settings
    path.parent.mkdir(parents=True)
    path.write_text('profile = "team"\n[profiles.team]\nkind = "token"\nendpoint = "x"\n', encoding="utf-8")
    load()
    assert isinstance(account.current_trouble, ProfileInvalid)
    broken = view(account, "team")
    assert isinstance(broken.problem, ProfileInvalid)
    assert broken.in_use
    assert used(account) is None
    account.use("sandbox")
    wait(lambda: used(account) == "sandbox")
    wait(lambda: account.current_trouble is None)
    account.remove("team")
    wait(lambda: len(account.profiles) == 1)


def test_a_chosen_profile_that_is_gone_is_trouble(
    account: AccountController, home: Path, load: Callable[[], None]
) -> None:
    path = resolve_paths(home).settings
    path.parent.mkdir(parents=True)
    path.write_text('profile = "gone"\n', encoding="utf-8")
    load()
    assert isinstance(account.current_trouble, ProfileUnknown)


def test_titles_follow_the_language(
    account: AccountController,
    load: Callable[[], None],
    translations: Translations,
    wait: Callable[..., None],
) -> None:
    load()
    account.settings_changed.connect(lambda settings: translations.use(settings.language))
    account.change_settings(language="ja")
    wait(lambda: account.profile is not None and account.profile.title == "このコンピューター")


# ---- changing ---------------------------------------------------------------------------------------------


def test_changes_are_written_in_the_order_they_were_made(
    account: AccountController, home: Path, wait: Callable[..., None]
) -> None:
    for number in range(12):
        account.change_settings(text_size=125 if number % 2 else 110)
    account.change_settings(text_size=150, appearance="dark")
    wait(lambda: account.settings == Settings(text_size=150, appearance="dark"))
    assert settings_of(home) == account.settings


def test_only_what_the_engine_works_by_opens_it_anew(
    account: AccountController, context: Context, wait: Callable[..., None], tmp_path: Path
) -> None:
    reopened: list[bool] = []
    context.workplace.reopened.connect(lambda: reopened.append(True))
    account.change_settings(appearance="dark", notifications="all")
    wait(lambda: account.settings.appearance == "dark")
    assert reopened == []
    account.change_settings(extra_folders=[tmp_path])
    wait(lambda: account.settings.extra_folders == (tmp_path,))
    wait(lambda: reopened)
    account.change_settings(compression=True)
    account.change_settings(compression=False)
    wait(lambda: not account.settings.compression)
    wait(lambda: len(reopened) == 2)


def test_why_settings_could_not_be_written_is_told_to_who_asked(
    account: AccountController, told: Told, home: Path, wait: Callable[..., None], context: Context
) -> None:
    path = resolve_paths(home).settings
    path.parent.mkdir(parents=True)
    path.write_text("profile = [", encoding="utf-8")
    failed: list[ChatLogError] = []
    account.save_settings({"appearance": "dark"}, failed=failed.append, owner=context.workplace)
    wait(lambda: failed)
    assert isinstance(failed[0], SettingsCorrupt)
    assert (account.settings.appearance, told.troubles) == ("system", [])
    # With nobody to tell it to, it is the account's trouble.
    account.change_settings(appearance="dark")
    wait(lambda: told.troubles)
    assert path.read_text(encoding="utf-8") == "profile = ["


def test_another_profile_means_other_services(
    account: AccountController,
    context: Context,
    home: Path,
    join_sandbox: Callable[[Path], str],
    wait: Callable[..., None],
) -> None:
    join_sandbox(home)
    names: list[str] = []
    account.load()
    wait(lambda: used(account) == "team")
    account.use("sandbox")
    wait(lambda: used(account) == "sandbox")
    context.workplace.run(lambda services, _task: services.profile.name, done=names.append)
    wait(lambda: names)
    assert names == ["sandbox"]


def test_the_profile_given_at_the_start_holds_until_another_is_chosen(
    workplace_for: Callable[[list[AccountController]], Workplace],
    home: Path,
    join_sandbox: Callable[[Path], str],
    wait: Callable[..., None],
) -> None:
    join_sandbox(home)
    made: list[AccountController] = []
    workplace = workplace_for(made)
    account = AccountController(workplace, workplace, profile_for_run="sandbox")
    made.append(account)
    account.load()
    wait(lambda: account.profile is not None)
    assert used(account) == "sandbox"
    account.use("team")
    wait(lambda: used(account) == "team")
    assert account.profile_for_run is None


@pytest.fixture
def workplace_for(
    context: Context, home: Path, qtbot: QtBot
) -> Callable[[list[AccountController]], Workplace]:
    """A workplace that asks an account which profile to open, as the window's does."""
    from app.desktop.workplace import Workplace  # noqa: PLC0415 - a type elsewhere

    def make(accounts: list[AccountController]) -> Workplace:
        def services() -> Services:
            name = accounts[0].profile_for_run
            return Services(resolve_paths(home), {}, home=home, profile_name=name)

        return Workplace(context.tasks, services, context.workplace)

    return make


def test_a_profile_is_added_accepted_and_used_at_once(
    account: AccountController, context: Context, home: Path, wait: Callable[..., None]
) -> None:
    names: list[str] = []
    account.save_profile(
        AWS,
        accepted=STORAGE,
        use=True,
        done=names.append,
        failed=fail,
        owner=context.workplace,
    )
    wait(lambda: used(account) == "mine")
    assert names == ["mine"]
    store = ProfileStore(resolve_paths(home).settings)
    assert (store.chosen(), store.get("mine").storage) == ("mine", STORAGE)


def test_a_profile_whose_storage_cannot_be_pinned_is_not_half_added(
    account: AccountController, context: Context, home: Path, wait: Callable[..., None]
) -> None:
    failed: list[ChatLogError] = []
    account.save_profile(
        AWS,
        accepted=Storage("no bucket", "eu-west-1", "o", "h"),
        done=fail,
        failed=failed.append,
        owner=context.workplace,
    )
    wait(lambda: failed)
    assert isinstance(failed[0], ProfileInvalid)
    assert ProfileStore(resolve_paths(home).settings).names() == ["sandbox"]


def test_removing_the_profile_in_use_leaves_this_computer(
    account: AccountController,
    home: Path,
    join_sandbox: Callable[[Path], str],
    wait: Callable[..., None],
) -> None:
    join_sandbox(home)
    account.load()
    wait(lambda: used(account) == "team")
    account.remove("team")
    wait(lambda: used(account) == "sandbox")
    with closing(Services(resolve_paths(home), {}, home=home)) as services:
        assert services.profiles.names() == ["sandbox"]
        assert "team" not in (home / "loopback-tokens.toml").read_text(encoding="utf-8")


def test_when_something_was_last_archived_is_told(
    account: AccountController,
    context: Context,
    home: Path,
    user_folder: Path,
    load: Callable[[], None],
    wait: Callable[..., None],
) -> None:
    log = user_folder / "notes.md"
    log.write_text("# Notes\n", encoding="utf-8")
    load()
    assert view(account, "sandbox").last_archived is None
    context.transfers.start()
    context.sessions.start()
    context.sessions.take_paths([str(log)])
    wait(lambda: any(row.state == "done" for row in context.transfers.rows()))
    account.refresh_last_archived()
    wait(lambda: view(account, "sandbox").last_archived is not None)
    context.sessions.stop()
