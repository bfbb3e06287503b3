"""Adding and changing a profile: checked as one types, shown where it leads, and only then written."""

from __future__ import annotations

import re
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from app.account.os_keyring import OsKeyring
from app.account.profile_editing import Draft
from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.vault import Vault
from app.bootstrap import Services
from app.desktop.context import make_context
from app.desktop.settings.profile_dialog import ProfileDialog
from app.desktop.window_memory import WindowMemory
from app.desktop.workplace import Workplace
from app.errors import KeyringMissing, Unauthorized, Unreachable
from app.storage.paths import resolve_paths
from app.storage.window_state import WindowState
from tests.desktop.conftest import PATIENCE_MILLISECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.account.profile_editing import DraftField
    from app.desktop.context import Context
    from app.desktop.tasks import Tasks
    from app.desktop.theme import Look
    from app.errors import ChatLogError
    from app.sandbox.lifecycle import SandboxInfo

AWS_URL = "https://abc123.lambda-url.us-west-2.on.aws/"
STORAGE = Storage("logs-123", "us-west-2", "owner-1", "logs-123.s3.us-west-2.amazonaws.com")


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MILLISECONDS)

    return until


@pytest.fixture
def store(home: Path) -> ProfileStore:
    return ProfileStore(resolve_paths(home).settings)


@pytest.fixture
def dialog(context: Context, qtbot: QtBot) -> ProfileDialog:
    made = ProfileDialog(context)
    qtbot.addWidget(made)
    made.show()
    choose(made, "token")
    return made


def choose(dialog: ProfileDialog, way: str) -> None:
    """Choose a way to enter a profile."""
    dialog.entry.kinds.choose(way)
    dialog.entry.kinds.chosen.emit(way)


def fill(dialog: ProfileDialog, **values: str) -> None:
    """Type into the fields, key by key."""
    fields: dict[str, DraftField] = {
        "name": "name",
        "endpoint": "endpoint",
        "token": "token",
        "aws_profile": "aws_profile",
        "access_key_id": "access_key_id",
        "secret_access_key": "secret_access_key",
        "region": "region",
    }
    for name, text in values.items():
        field = dialog.entry.form.field(fields[name]).field
        field.selectAll()
        QTest.keyClicks(field, text)


def problem(dialog: ProfileDialog, at: DraftField) -> str:
    return dialog.entry.form.field(at).problem()


def told(dialog: ProfileDialog) -> type[ChatLogError] | None:
    """The kind of error that the dialog tells of."""
    error = dialog.entry.test.error
    return None if error is None else type(error)


# ---- fields -----------------------------------------------------------------------------------------------


def test_what_is_wrong_is_said_at_its_field_while_one_types(
    dialog: ProfileDialog, store: ProfileStore, wait: Callable[..., None]
) -> None:
    store.add(make_profile("team", "iam", AWS_URL, aws_profile="work"))
    fill(dialog, name="TEAM", endpoint="http://archive.example/")
    wait(lambda: problem(dialog, "name") == "There is a profile of this name already.")
    wait(lambda: problem(dialog, "endpoint").startswith("It has to begin with https://"))
    # Nothing is said of a field that nobody has been at.
    assert problem(dialog, "token") == ""
    fill(dialog, name="other", endpoint="https://archive.example/")
    wait(lambda: problem(dialog, "name") == problem(dialog, "endpoint") == "")


def test_pasted_text_loses_what_copying_brought_along(dialog: ProfileDialog) -> None:
    QGuiApplication.clipboard().setText("  https://archive.example/ \n")
    field = dialog.entry.form.field("endpoint").field
    field.setFocus()
    field.paste()
    assert field.text() == "https://archive.example/"
    assert dialog.entry.form.draft().endpoint == "https://archive.example/"


def test_secrets_are_never_shown(dialog: ProfileDialog) -> None:
    hidden = {
        at
        for at, field in dialog.entry.form._fields.items()
        if field.field.echoMode() is QLineEdit.EchoMode.Password
    }
    assert hidden == {"token", "secret_access_key", "session_token"}


def test_what_is_missing_is_said_when_one_goes_on(dialog: ProfileDialog, wait: Callable[..., None]) -> None:
    dialog.save_button.click()
    assert not dialog.save_button.isEnabled()
    wait(dialog.save_button.isEnabled)
    assert problem(dialog, "endpoint") == "The address is needed."
    assert problem(dialog, "name") != ""
    assert not dialog.entry.test.running


def test_each_way_to_sign_in_has_its_fields(dialog: ProfileDialog) -> None:
    form = dialog.entry.form

    def shown() -> set[str]:
        return {at for at, field in form._fields.items() if not field.isHidden()}

    assert shown() == {"name", "endpoint", "token"}
    choose(dialog, "iam")
    assert shown() == {"name", "endpoint", "aws_profile", "region"}
    assert form.draft().aws_profile == "default"
    form.ways.choose("key")
    form.ways.chosen.emit("key")
    assert shown() == {
        "name",
        "endpoint",
        "access_key_id",
        "secret_access_key",
        "session_token",
        "region",
    }
    assert form.draft().aws_profile == ""


# ---- testing and writing ----------------------------------------------------------------------------------


def test_a_profile_is_tested_shown_accepted_and_used(
    dialog: ProfileDialog,
    context: Context,
    store: ProfileStore,
    shared_sandbox: SandboxInfo,
    wait: Callable[..., None],
) -> None:
    fill(dialog, name="team", endpoint=shared_sandbox.endpoint, token=shared_sandbox.token)
    dialog.save_button.click()
    wait(lambda: dialog.entry.to_accept)
    assert dialog.save_button.text() == "Accept and add"
    assert store.names() == ["sandbox"]
    shown = {label.accessibleName() for label in dialog.entry.test.findChildren(QLabel)}
    assert f"Bucket: {shared_sandbox.bucket}" in shown
    assert re.fullmatch(r"Reached in [\d,]+ ms", dialog.entry.test.result.text())
    assert "Encryption: Only if this computer's disk is" in shown
    dialog.save_button.click()
    wait(lambda: not dialog.isVisible())
    pinned = store.get("team").storage
    assert pinned is not None
    assert pinned.bucket == shared_sandbox.bucket
    assert store.chosen() == "team"
    wait(lambda: context.account.profile is not None and context.account.profile.name == "team")


def test_return_goes_on_and_escape_leaves_everything_as_it_was(
    dialog: ProfileDialog, store: ProfileStore, shared_sandbox: SandboxInfo, wait: Callable[..., None]
) -> None:
    fill(dialog, name="team", endpoint=shared_sandbox.endpoint, token=shared_sandbox.token)
    QTest.keyClick(dialog.entry.form.field("token").field, Qt.Key.Key_Return)
    wait(lambda: dialog.entry.to_accept)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert store.names() == ["sandbox"]


def test_what_is_changed_after_the_test_is_tested_again(
    dialog: ProfileDialog, store: ProfileStore, shared_sandbox: SandboxInfo, wait: Callable[..., None]
) -> None:
    fill(dialog, name="team", endpoint=shared_sandbox.endpoint, token=shared_sandbox.token)
    dialog.test_button.click()
    wait(lambda: dialog.entry.to_accept)
    fill(dialog, token="wrong")
    assert not dialog.entry.to_accept
    assert dialog.save_button.text() == "Add profile"
    dialog.save_button.click()
    wait(lambda: told(dialog) is Unauthorized)
    assert store.names() == ["sandbox"]


def test_without_an_answer_it_can_be_added_all_the_same(
    dialog: ProfileDialog, store: ProfileStore, wait: Callable[..., None]
) -> None:
    fill(dialog, name="train", endpoint="http://127.0.0.1:9/", token="kept")
    dialog.entry.use.click()
    dialog.save_button.click()
    wait(lambda: told(dialog) is Unreachable)
    assert not dialog.untested_button.isHidden()
    dialog.untested_button.click()
    wait(lambda: not dialog.isVisible())
    assert store.get("train").storage is None
    assert store.chosen() is None


def test_a_new_name_alone_is_written_without_asking_anybody(
    context: Context, store: ProfileStore, qtbot: QtBot, wait: Callable[..., None]
) -> None:
    store.add(make_profile("mine", "iam", AWS_URL, aws_profile="work"))
    store.pin(store.get("mine"), STORAGE)
    before = Draft("mine", "iam", AWS_URL, region="us-west-2", aws_profile="work")
    dialog = ProfileDialog(context, editing=before)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.entry.form.draft() == before
    fill(dialog, name="own")
    dialog.save_button.click()
    wait(lambda: not dialog.isVisible())
    assert store.names() == ["sandbox", "own"]
    assert store.get("own").storage == STORAGE


def test_a_kept_token_is_tried_without_being_typed_again(
    context: Context,
    home: Path,
    store: ProfileStore,
    join_sandbox: Callable[[Path], str],
    qtbot: QtBot,
    wait: Callable[..., None],
) -> None:
    join_sandbox(home)
    with closing(Services(resolve_paths(home), {}, home=home)) as services:
        draft = services.profile_editor.draft_of("team")
    dialog = ProfileDialog(context, editing=draft)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.entry.form.field("token").text() == ""
    dialog.test_button.click()
    wait(lambda: dialog.entry.to_accept)
    assert dialog.save_button.text() == "Accept and save"


# ---- without a keyring ------------------------------------------------------------------------------------


def no_keyring() -> OsKeyring:
    def missing() -> object:
        raise KeyringMissing(reason="no service answers")

    return OsKeyring(missing)  # type: ignore[arg-type] # never opened


@pytest.fixture
def without_keyring(
    look: Look, tasks: Tasks, home: Path, user_folder: Path, qtbot: QtBot
) -> Iterator[Context]:
    """The window's own arrangement: one vault for the whole run, on a computer without a keyring."""
    vault = Vault(no_keyring(), home / "loopback-tokens.toml")
    workplace = Workplace(tasks, lambda: Services(resolve_paths(home), {}, home=home, vault=vault))
    context = make_context(
        look,
        workplace,
        WindowMemory(WindowState()),
        navigate=lambda _page: None,
        settings_tab=lambda _tab: None,
        run_action=lambda _action, _error: None,
    )
    yield context
    stopped: list[bool] = []
    context.transfers.stop(partial(stopped.append, True))
    qtbot.waitUntil(lambda: bool(stopped) and not tasks.busy(), timeout=PATIENCE_MILLISECONDS)
    workplace.close()


def test_without_a_keyring_credentials_are_offered_to_be_kept_for_this_run(
    without_keyring: Context, home: Path, store: ProfileStore, qtbot: QtBot, wait: Callable[..., None]
) -> None:
    context = without_keyring
    dialog = ProfileDialog(context)
    qtbot.addWidget(dialog)
    dialog.show()
    choose(dialog, "token")
    wait(lambda: dialog.entry.for_this_run)
    assert dialog.save_button.text() == "Add for this run"
    assert "no service answers" in dialog.entry.form.note.text.text()
    # An AWS profile needs none, nor does a sandbox on this computer.
    choose(dialog, "iam")
    assert not dialog.entry.for_this_run
    choose(dialog, "token")
    fill(dialog, endpoint="http://127.0.0.1:9/")
    assert not dialog.entry.for_this_run
    fill(dialog, name="team", endpoint="https://127.0.0.2.example:9/", token="only-for-now")
    dialog.entry._save(dialog.entry.form.draft(), None)
    wait(lambda: not dialog.isVisible())
    wait(lambda: context.account.profile is not None and context.account.profile.name == "team")
    # It outlives the change of services, and stands in no file.
    places: list[str] = []
    context.workplace.run(
        lambda services, _task: services.profile_editor.credential_place("team"), done=places.append
    )
    wait(lambda: places)
    assert places == ["this-run"]
    assert [path for path in home.rglob("*") if path.is_file() and b"only-for-now" in path.read_bytes()] == []
