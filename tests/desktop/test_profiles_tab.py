"""Settings → Profiles: what each card shows and does, with a real endpoint behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.account.profiles import ProfileStore, Storage, make_profile
from app.desktop.settings.account_work import ConnectionReport
from app.desktop.settings.connection_words import reached
from app.desktop.settings.profile_dialog import ProfileDialog
from app.desktop.settings.profiles_tab import ProfilesTab
from app.desktop.settings.questions import AcceptDialog, ErasingDialog
from app.errors import Unauthorized
from app.storage.paths import resolve_paths
from tests.desktop.conftest import PATIENCE_MILLISECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.desktop.i18n import Translations
    from app.desktop.settings.profile_card import ProfileCard
    from app.errors import ChatLogError
    from app.sandbox.lifecycle import SandboxInfo

AWS_URL = "https://abc123.lambda-url.us-west-2.on.aws/"
STORAGE = Storage("logs-123", "eu-west-1", "owner-1", "logs-123.s3.eu-west-1.amazonaws.com")


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MILLISECONDS)

    return until


@pytest.fixture
def store(home: Path) -> ProfileStore:
    return ProfileStore(resolve_paths(home).settings)


@pytest.fixture
def open_tab(context: Context, qtbot: QtBot, wait: Callable[..., None]) -> Callable[[], ProfilesTab]:
    """The tab over what stands in the home by then."""

    def make() -> ProfilesTab:
        context.account.load()
        wait(lambda: context.account.profiles)
        tab = ProfilesTab(context)
        qtbot.addWidget(tab)
        tab.resize(900, 800)
        tab.show()
        return tab

    return make


def texts(widget: QWidget) -> list[str]:
    """The accessible names of what shows below a widget, in the window it stands in."""
    found = [one for one in widget.findChildren(QWidget) if one.isVisibleTo(widget.window())]
    return [one.accessibleName() or (one.text() if isinstance(one, QLabel) else "") for one in found]


def press(widget: QWidget, name: str) -> None:
    """Press the button of that name."""
    next(
        one
        for one in widget.findChildren(QAbstractButton)
        if one.accessibleName() == name and one.isVisibleTo(widget.window())
    ).click()


def told(card: ProfileCard) -> type[ChatLogError] | None:
    """The kind of error that a card tells of."""
    return None if card.problem.error is None else type(card.problem.error)


def test_the_one_in_use_comes_first_and_shows_everything(
    open_tab: Callable[[], ProfilesTab], store: ProfileStore, wait: Callable[..., None]
) -> None:
    store.add(make_profile("mine", "iam", AWS_URL, aws_profile="personal"))
    store.add(make_profile("team", "iam", "https://archive.example/", aws_profile="work"))
    store.pin(store.get("team"), STORAGE)
    store.use("team")
    tab = open_tab()
    assert [card.view.name for card in tab.cards] == ["team", "mine", "sandbox"]
    team, mine, sandbox = tab.cards
    assert "In use" in texts(team)
    assert "Address: https://archive.example/" in texts(team)
    assert "Bucket: logs-123 · Ireland" in texts(team)
    wait(lambda: "Credentials: From AWS profile “work”" in texts(team))
    assert "AWS credentials, profile “personal” · us-west-2" in texts(mine)
    assert "This computer only: no copy elsewhere" in texts(sandbox)
    assert [action.text() for action in mine.menu().actions()] == ["Test connection", "Edit…", "Remove…"]
    assert [action.text() for action in sandbox.menu().actions()] == ["Test connection"]


def test_a_test_says_how_long_it_took(
    open_tab: Callable[[], ProfilesTab],
    home: Path,
    join_sandbox: Callable[[Path], str],
    wait: Callable[..., None],
) -> None:
    join_sandbox(home)
    tab = open_tab()
    card = tab.card("team")
    wait(lambda: "Credentials: In a file that only you can read" in texts(card))
    press(card, "Test connection")
    wait(lambda: card.result.text().startswith("Reached in "))
    # The sandbox says KMS, as S3 would; what it holds lies on this computer's disk as any file does.
    assert card.result.text().endswith(" ms")
    assert told(card) is None


@pytest.mark.parametrize(
    ("host", "algorithm", "said"),
    [
        ("logs.s3.ap-northeast-1.amazonaws.com", "aws:kms", "Reached in 84 ms, encrypted with KMS"),
        ("logs.s3.ap-northeast-1.amazonaws.com", "AES256", "Reached in 84 ms, encrypted by S3 (AES256)"),
        ("logs.s3.ap-northeast-1.amazonaws.com", None, "Reached in 84 ms"),
        ("127.0.0.1", "aws:kms", "Reached in 84 ms"),
    ],
)
def test_encryption_is_told_where_it_holds(
    translations: Translations, host: str, algorithm: str | None, said: str
) -> None:
    storage = Storage("logs", "ap-northeast-1", "alice", host)
    assert reached(ConnectionReport(84, storage, algorithm, None, own_sandbox=False)) == said


def test_the_sandbox_s_bucket_is_shown_after_its_first_start(
    open_tab: Callable[[], ProfilesTab], wait: Callable[..., None]
) -> None:
    tab = open_tab()
    assert "Bucket: Known after the first connection" in texts(tab.card("sandbox"))
    tab.card("sandbox").test()
    wait(lambda: any("-chat-logs-sandbox-" in text for text in texts(tab.card("sandbox"))))
    # A sandbox has a region by name only.
    assert not any("Tokyo" in text for text in texts(tab.card("sandbox")))
    # What the test said is still there, although the card is another one.
    assert tab.card("sandbox").result.text().startswith("Reached in ")


def test_a_test_that_fails_says_why_on_the_card_and_leads_to_its_fields(
    open_tab: Callable[[], ProfilesTab],
    home: Path,
    store: ProfileStore,
    shared_sandbox: SandboxInfo,
    context: Context,
    wait: Callable[..., None],
) -> None:
    store.add(make_profile("closed", "token", shared_sandbox.endpoint))
    (home / "loopback-tokens.toml").write_text(
        f'[closed]\nendpoint = "{shared_sandbox.endpoint}"\ntoken = "wrong"\n', encoding="utf-8"
    )
    tab = open_tab()
    card = tab.card("closed")
    card.test()
    wait(lambda: told(card) is Unauthorized)
    assert card.result.text() == ""
    press(card, "Sign in…")
    wait(lambda: isinstance(tab.dialog, ProfileDialog))
    assert tab.dialog is not None
    tab.dialog.reject()


def test_a_profile_without_credentials_says_so_and_asks_for_them(
    open_tab: Callable[[], ProfilesTab],
    store: ProfileStore,
    shared_sandbox: SandboxInfo,
    wait: Callable[..., None],
) -> None:
    store.add(make_profile("empty", "token", shared_sandbox.endpoint))
    store.use("empty")
    tab = open_tab()
    card = tab.card("empty")
    wait(lambda: "No credentials are kept for this profile" in texts(card))
    assert "Credentials: None kept on this computer" in texts(card)


def test_other_storage_than_was_accepted_is_reviewed_before_it_is_pinned(
    open_tab: Callable[[], ProfilesTab],
    home: Path,
    store: ProfileStore,
    join_sandbox: Callable[[Path], str],
    shared_sandbox: SandboxInfo,
    wait: Callable[..., None],
) -> None:
    join_sandbox(home)
    store.pin(store.get("team"), STORAGE)
    tab = open_tab()
    tab.card("team").test()
    wait(lambda: "This address now leads to other storage" in texts(tab.card("team")))
    press(tab.card("team"), "Review…")
    assert isinstance(tab.dialog, AcceptDialog)
    shown = texts(tab.dialog)
    assert {
        "Bucket: logs-123",
        f"Bucket: {shared_sandbox.bucket}",
        f"Address: {shared_sandbox.endpoint}",
    } <= {*shown}
    tab.dialog.reject()
    wait(lambda: tab.dialog is None)
    assert store.get("team").storage == STORAGE

    press(tab.card("team"), "Review…")
    assert isinstance(tab.dialog, AcceptDialog)
    tab.dialog.accept_button.click()
    wait(lambda: store.get("team").storage != STORAGE)
    pinned = store.get("team").storage
    assert pinned is not None
    assert pinned.bucket == shared_sandbox.bucket
    wait(lambda: f"Bucket: {shared_sandbox.bucket}" in texts(tab.card("team")))


def test_another_profile_is_used_by_keyboard_and_the_focus_stays_among_the_cards(
    open_tab: Callable[[], ProfilesTab],
    context: Context,
    home: Path,
    join_sandbox: Callable[[Path], str],
    wait: Callable[..., None],
    qtbot: QtBot,
) -> None:
    join_sandbox(home)
    tab = open_tab()
    tab.activateWindow()
    button = tab.card("sandbox").use_button
    button.setFocus(Qt.FocusReason.TabFocusReason)
    wait(button.hasFocus)
    QTest.keyClick(button, Qt.Key.Key_Return)
    wait(lambda: tab.cards[0].view.name == "sandbox" and tab.cards[0].view.in_use)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert tab.group.isAncestorOf(focus)


def test_removing_asks_and_says_what_stays(
    open_tab: Callable[[], ProfilesTab],
    home: Path,
    store: ProfileStore,
    join_sandbox: Callable[[Path], str],
    wait: Callable[..., None],
) -> None:
    join_sandbox(home)
    store.pin(store.get("team"), STORAGE)
    tab = open_tab()
    tab.remove_profile("team")
    assert isinstance(tab.dialog, ErasingDialog)
    lines = texts(tab.dialog)
    assert "What is in the bucket logs-123 stays there: nothing is deleted." in lines
    assert "Its credentials are forgotten on this computer." in lines
    assert "It is in use: from then on sessions are kept on this computer only." in lines
    tab.dialog.reject()
    wait(lambda: tab.dialog is None)
    assert "team" in store.names()
    tab.remove_profile("team")
    assert isinstance(tab.dialog, ErasingDialog)
    tab.dialog.erase_button.click()
    wait(lambda: [card.view.name for card in tab.cards] == ["sandbox"])
    assert store.names() == ["sandbox"]


def test_a_profile_that_a_hand_has_broken_is_shown_with_its_trouble_and_can_be_removed(
    open_tab: Callable[[], ProfilesTab], home: Path, wait: Callable[..., None]
) -> None:
    home.mkdir(parents=True)
    (home / "settings.toml").write_text(
        'profile = "team"\n[profiles.team]\nkind = "token"\nendpoint = "x"\n', encoding="utf-8"
    )
    tab = open_tab()
    card = tab.card("team")
    assert "The profile “team” cannot be used" in texts(card)
    # It is told once: on its card.
    assert tab.trouble.error is None
    tab.card("sandbox").use()
    # The cards may be made twice: for the choice, and for the services that it opens.
    wait(lambda: tab.cards[0].view.name == "sandbox" and "Remove…" in texts(tab.card("team")))
    press(tab.card("team"), "Remove…")
    assert isinstance(tab.dialog, ErasingDialog)
    tab.dialog.erase_button.click()
    wait(lambda: len(tab.cards) == 1)


def test_settings_that_cannot_be_read_are_told_above_the_cards(
    open_tab: Callable[[], ProfilesTab], home: Path, wait: Callable[..., None], context: Context
) -> None:
    home.mkdir(parents=True)
    (home / "settings.toml").write_text("profile = [", encoding="utf-8")
    tab = open_tab()
    wait(lambda: tab.trouble.error is not None)
    (home / "settings.toml").unlink()
    context.account.load()
    wait(lambda: tab.trouble.error is None)


def test_what_was_last_archived_does_not_make_the_cards_anew(
    open_tab: Callable[[], ProfilesTab], context: Context, wait: Callable[..., None]
) -> None:
    tab = open_tab()
    card = tab.cards[0]
    context.account.profiles_changed.emit(context.account.profiles)
    context.account.load()
    wait(lambda: context.account._reading is None)
    assert tab.cards[0] is card
