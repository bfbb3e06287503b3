"""Settings → Advanced: where things are, a real sandbox stopped and erased, what is remembered, the set-up checked."""

from __future__ import annotations

import json
from email.message import Message
from importlib import metadata
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton

from app.desktop.settings.advanced_tab import AdvancedTab
from app.desktop.settings.licences import LicencesDialog, licence_of, read_contents, read_libraries
from app.desktop.settings.questions import ErasingDialog
from app.storage.paths import resolve_paths
from tests.desktop.conftest import PATIENCE_MILLISECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtCore import QUrl
    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.desktop.theme import Look
    from tests.desktop.conftest import Asked


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MILLISECONDS)

    return until


@pytest.fixture
def log(user_folder: Path) -> Path:
    """A session of Claude Code."""
    folder = user_folder / ".claude" / "projects" / "-home-aki-work"
    folder.mkdir(parents=True)
    path = folder / "one.jsonl"
    path.write_text(
        '{"type":"user","message":{"role":"user","content":"a telling title"}}\n', encoding="utf-8"
    )
    return path


@pytest.fixture
def tab(context: Context, qtbot: QtBot, wait: Callable[..., None]) -> Iterator[AdvancedTab]:
    made = AdvancedTab(context)
    qtbot.addWidget(made)
    made.show()
    made.shown()
    wait(lambda: made.sandbox_row.state is not None)
    yield made
    context.sessions.stop()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that the system was asked to open."""
    asked: list[str] = []

    def open_url(url: QUrl) -> bool:
        asked.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return asked


def button_in(tab: AdvancedTab, name: str) -> QAbstractButton:
    return next(one for one in tab.findChildren(QAbstractButton) if one.accessibleName() == name)


def erasing(tab: AdvancedTab) -> ErasingDialog:
    assert isinstance(tab.dialog, ErasingDialog)
    return tab.dialog


def test_places_are_told_and_shown(
    tab: AdvancedTab, home: Path, opened: list[str], wait: Callable[..., None]
) -> None:
    wait(lambda: tab.place_rows["settings"].path.text() == str(home / "settings.toml"))
    assert tab.place_rows["data"].path.text() == str(home)
    # There may be no log yet: its folder is made.
    button_in(tab, "Show in Files: Logs").click()
    wait(lambda: opened == [str(home / "logs")])
    assert (home / "logs").is_dir()
    button_in(tab, "Show in Files: Settings file").click()
    wait(lambda: len(opened) == 2)


def test_the_sandbox_is_stopped_and_erased_only_after_a_second_deliberate_click(
    tab: AdvancedTab, context: Context, log: Path, wait: Callable[..., None], home: Path
) -> None:
    row = tab.sandbox_row
    assert row.line.text() == "Nothing is archived in it yet"
    assert not row.erase_button.isEnabled()
    context.transfers.start()
    context.sessions.start()
    wait(lambda: context.sessions.count() == 1)
    context.sessions.archive([session.identity for session, _ in context.sessions.sessions])
    wait(lambda: any(one.state == "done" for one in context.transfers.rows()))
    tab.shown()
    wait(row.stop_button.isEnabled)
    assert row.line.text().startswith("Running at http://127.0.0.1:")
    row.stop_button.click()
    wait(lambda: row.line.text().startswith("Not running"))
    assert not row.stop_button.isEnabled()

    row.erase_button.click()
    dialog = erasing(tab)
    assert not dialog.erase_button.isEnabled()
    dialog.reject()
    wait(lambda: tab.dialog is None)
    assert (home / "sandbox" / "identity.json").exists()

    row.erase_button.click()
    dialog = erasing(tab)
    assert dialog.tick is not None
    dialog.tick.click()
    dialog.erase_button.click()
    wait(lambda: not (home / "sandbox" / "identity.json").exists())
    # What was archived there is not archived any more.
    wait(lambda: [state for _, state in context.sessions.sessions] == ["new"])


def test_the_list_of_sessions_is_erased_and_read_anew(
    tab: AdvancedTab, context: Context, log: Path, wait: Callable[..., None], home: Path
) -> None:
    context.sessions.start()
    wait(lambda: context.sessions.count() == 1 and not context.sessions.scanning)
    log.unlink()
    # A run that was killed had looked at an archived file.
    looked_at = resolve_paths(home).cache_folder / "looked-at" / "0123456789abcdef"
    looked_at.mkdir(parents=True)
    looked_at.with_suffix(".lock").touch()
    (looked_at / "one.jsonl").write_bytes(b"a telling title")
    tab.erase_button.click()
    erasing(tab).erase_button.click()
    wait(lambda: tab.index_row.line.text() == "Erased; it is being read anew")
    wait(lambda: context.sessions.count() == 0)
    held = [
        path.name for path in home.rglob("*") if path.is_file() and b"a telling title" in path.read_bytes()
    ]
    assert held == []


def test_the_set_up_is_checked_and_every_finding_shown(
    tab: AdvancedTab, log: Path, wait: Callable[..., None]
) -> None:
    tab.checkup.button.click()
    assert not tab.checkup.button.isEnabled()
    wait(tab.checkup.button.isEnabled)
    said = {row.finding.said: row.accessibleName() for row in tab.checkup.findings}
    assert said["sources"] == "In order: 1 session was found on this computer"
    assert said["profile"] == "In order: The profile in use is This computer"
    assert said["this-computer-only"].startswith("To know: ")
    assert tab.checkup.row.line.text() == "No problem was found"
    # The checks have started the sandbox, and its row shows that.
    wait(lambda: tab.sandbox_row.line.text().startswith("Running"))
    count = len(tab.checkup.findings)
    tab.checkup.check()
    wait(tab.checkup.button.isEnabled)
    # Instead of those before, not below them.
    assert len(tab.checkup.findings) == count


def test_a_problem_is_told_with_what_mends_it(
    tab: AdvancedTab, home: Path, wait: Callable[..., None], asked: Asked
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text("profile = [", encoding="utf-8")
    tab.checkup.button.click()
    wait(tab.checkup.button.isEnabled)
    assert "problem" in {row.finding.verdict for row in tab.checkup.findings}
    assert tab.checkup.row.line.text().endswith("problems were found")
    row = next(
        one for one in tab.checkup.findings if one.finding.error is not None and one.button is not None
    )
    assert row.accessibleName() == "Problem: The settings cannot be read"
    assert row.button is not None
    row.button.click()
    assert [action for action, _ in asked.actions] == ["open-settings-file"]


def test_the_libraries_are_told_with_their_licences(tab: AdvancedTab, wait: Callable[..., None]) -> None:
    libraries = {library.name: library for library in read_libraries()}
    assert libraries["boto3"].licence.startswith("Apache")
    assert libraries["msgspec"].version == metadata.version("msgspec")
    # Those of libraries too.
    assert "botocore" in libraries
    assert "s3transfer" in libraries
    assert [name for name, library in libraries.items() if not library.licence] == []
    tab.licences_button.click()
    wait(lambda: isinstance(tab.dialog, LicencesDialog))
    assert tab.dialog is not None
    tab.dialog.reject()


def test_the_frozen_program_tells_what_is_really_inside_and_opens_the_notices(
    look: Look, qtbot: QtBot, opened: list[str], tmp_path: Path
) -> None:
    (tmp_path / "THIRD-PARTY-NOTICES.txt").write_text("all of it", encoding="utf-8")
    components = [
        {"name": "chatlog-uploader", "version": "0.1.0", "licenses": [{"expression": "MIT"}]},
        {"name": "libssl3", "version": "3.0.19", "licenses": [{"license": {"name": "Apache-2.0, Artistic"}}]},
        {"name": "PySide6_Essentials", "version": "6.11.3", "licenses": [{"expression": "LGPL-3.0-only"}]},
    ]
    (tmp_path / "sbom.cdx.json").write_text(json.dumps({"components": components}), encoding="utf-8")
    contents = read_contents(tmp_path)
    assert [(one.name, one.licence) for one in contents.libraries] == [
        ("libssl3", "Apache-2.0, Artistic"),
        ("PySide6_Essentials", "LGPL-3.0-only"),
    ]
    dialog = LicencesDialog(look, contents)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.notices_button is not None
    dialog.notices_button.click()
    assert opened == [str(tmp_path / "THIRD-PARTY-NOTICES.txt")]
    installed = LicencesDialog(look, read_contents(None))
    qtbot.addWidget(installed)
    assert installed.notices_button is None


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License-Expression": "MIT OR Apache-2.0", "License": "text"}, "MIT OR Apache-2.0"),
        ({"Classifier": "License :: OSI Approved :: BSD License", "License": "long text"}, "BSD License"),
        ({"License": "Do what you like\nSecond line"}, "Do what you like"),
        ({}, ""),
    ],
)
def test_a_licence_in_a_word(fields: dict[str, str], licence: str) -> None:
    about = Message()
    for name, value in fields.items():
        about[name] = value
    assert licence_of(about) == licence  # type: ignore[arg-type] # as importlib.metadata's
