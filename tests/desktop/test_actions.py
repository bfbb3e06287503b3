"""The button of an explained error does its next step, wherever it is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.desktop.actions import Actions
from app.desktop.messages import ActionKind
from app.errors import ChatLogError, FileUnreadable, NotARegularFile, SandboxFailed, Unauthorized
from tests.desktop.shell_parts import Transfers, with_transfers

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QUrl

    from app.desktop.context import Context
    from tests.desktop.conftest import Asked


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the desktop was asked to open."""
    paths: list[str] = []

    def open_url(url: QUrl) -> bool:
        paths.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return paths


@pytest.fixture
def transfers() -> Transfers:
    return Transfers()


@pytest.fixture
def actions(context: Context, transfers: Transfers, home: Path) -> Actions:
    made = Actions(home / "settings.toml")
    made.context = with_transfers(context, transfers)
    return made


def test_signing_in_is_done_in_the_profiles(actions: Actions, asked: Asked) -> None:
    for action in ("sign-in", "open-profiles"):
        actions.run(action, Unauthorized(host="example.com"))
    assert asked.tabs == ["profiles", "profiles"]


@pytest.mark.parametrize(
    ("error", "folder"),
    [
        (NotARegularFile(path="/home/aki/logs/link.jsonl"), "/home/aki/logs"),
        (
            SandboxFailed(reason="identity-damaged", log="/home/aki/sandbox/identity.json"),
            "/home/aki/sandbox",
        ),
    ],
)
def test_a_file_is_shown_in_its_folder(
    actions: Actions, opened: list[str], error: ChatLogError, folder: str
) -> None:
    actions.run("show-file", error)
    assert opened == [folder]


def test_an_error_without_a_file_shows_none(actions: Actions, opened: list[str]) -> None:
    actions.run("show-file", Unauthorized(host="example.com"))
    assert opened == []


def test_the_settings_file_is_opened(actions: Actions, opened: list[str], home: Path) -> None:
    actions.run("open-settings-file", FileUnreadable(path="/elsewhere", reason="x"))
    assert opened == [str(home / "settings.toml")]


def test_details_are_copied(actions: Actions) -> None:
    QGuiApplication.clipboard().clear()
    actions.run("copy-details", Unauthorized(host="example.com"))
    assert "unauthorized" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize("action", ["retry", "unlock-keyring"])
def test_trying_again_tries_everything_that_waits(
    actions: Actions, transfers: Transfers, action: ActionKind
) -> None:
    actions.run(action, Unauthorized(host="example.com"))
    assert transfers.asked == ["retry"]


def test_every_action_does_something(
    actions: Actions, transfers: Transfers, opened: list[str], asked: Asked
) -> None:
    for action in get_args(ActionKind):
        QGuiApplication.clipboard().clear()
        before = (len(transfers.asked), len(opened), len(asked.tabs + asked.pages), "")
        actions.run(action, NotARegularFile(path="/home/aki/x"))
        pages = len(asked.tabs + asked.pages)
        after = (len(transfers.asked), len(opened), pages, QGuiApplication.clipboard().text())
        assert before != after, action
