"""The whole window while its archive is out: the second one keeps what waits, and a person sees that."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from app.account.profiles import ProfileStore, make_profile
from app.archiving import queue_halt, standby_watch
from app.bootstrap import Services
from app.desktop.settings.profile_dialog import ProfileDialog
from app.storage.paths import resolve_paths
from tests.desktop.gui_guard import Guard, install
from tests.desktop.stage import Stage
from tests.desktop.staged_troubles import add_second, second_at_rest
from tests.desktop.test_whole_window import (  # fixtures among them
    Pseudo,
    cut_texts,
    fixed_texts,
    hooked,  # noqa: F401
    nameless_in,
    pseudo,  # noqa: F401
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.sessions.model import Session


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes are a moment."""
    monkeypatch.setattr(standby_watch, "OUT_SECONDS", 0.3)
    monkeypatch.setattr(queue_halt, "FIRST_SECONDS", 0.3)
    monkeypatch.setattr(queue_halt, "LONGEST_SECONDS", 0.3)


@pytest.fixture
def open_stage(qapp: QApplication, tmp_path: Path, user_folder: Path) -> Iterator[Callable[..., Stage]]:
    """Starts the desktop on a home with six sessions and two profiles."""
    made: list[Stage] = []

    def start(*, accepted: bool = True) -> Stage:
        made.append(
            Stage(tmp_path / "stage", sessions=6, prepare=lambda stage: add_second(stage, accepted=accepted))
        )
        made[0].start()
        return made[0]

    yield start
    for one in made:
        one.close()
        assert one.crashes == []


def archive(stage: Stage) -> list[Session]:
    """Ask for all of them."""
    context = stage.application.context
    sessions = [session for session, _ in context.sessions.sessions]
    context.sessions.archive([session.identity for session in sessions])
    return sessions


def titles(stage: Stage) -> list[str]:
    return [notice.title for notice in stage.application.window.notices.all()]


def press(stage: Stage, name: str) -> None:
    buttons = stage.application.window.notices.findChildren(QAbstractButton)
    next(one for one in buttons if one.accessibleName() == name).click()
    stage.settle()


def store(stage: Stage) -> ProfileStore:
    return ProfileStore(resolve_paths(stage.home).settings)


def test_what_waits_is_kept_in_the_second_and_told_until_it_is_closed(
    open_stage: Callable[..., Stage],
    hooked: Guard,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(hooked, monkeypatch)
    stage = open_stage()
    with hooked.on() as breaches:
        sessions = archive(stage)
        stage.wait_until(lambda: second_at_rest(stage), "nothing is kept")
        stage.settle()
    assert breaches == []
    [notice] = stage.application.window.notices.all()
    assert notice.title == f"{len(sessions)} waiting sessions are safe in “osaka” for now"
    assert notice.text == "“tokyo” is still tried, and gets these sessions too when it is back."
    assert stage.application.context.transfers.totals().left == len(sessions)
    with closing(
        Services(resolve_paths(stage.home), stage.environ, home=stage.home, profile_name="osaka")
    ) as osaka:
        assert {osaka.plan().of(session).state for session in sessions} == {"archived"}
    press(stage, "Close")
    assert titles(stage) == []
    # Whoever has read it is not told again of each change, before the archive was back.
    transfers = stage.application.context.transfers
    news = transfers.standby()
    assert news is not None
    transfers.standby_changed.emit(replace(news, waiting=news.waiting + 1))
    transfers.standby_changed.emit(replace(news, waiting=news.waiting + 1, kept=news.kept + 1))
    assert titles(stage) == []
    transfers.standby_changed.emit(None)
    transfers.standby_changed.emit(replace(news, waiting=news.waiting + 1))
    assert titles(stage) == ["“tokyo” is out of reach, so “osaka” keeps what waits for now"]


def test_the_archive_s_page_names_the_second_to_change_to(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    page = stage.go("archive")
    stage.wait_until(lambda: stage.application.context.archive.error is not None, "it answers")
    stage.settle()
    shown = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    told = "To read what lies in “osaka” meanwhile, change to that profile."
    assert any(told in text for text in shown), shown
    # Without a second there is nothing to name.
    store(stage).set_second("tokyo", None)
    stage.application.workplace.reopen()
    stage.wait_until(
        lambda: (view := stage.application.context.account.profile) is not None and view.second is None,
        "it is not read again",
    )
    page = stage.go("archive")
    stage.application.context.archive.refresh()
    stage.settle(0.5)
    assert not [label for label in page.findChildren(QLabel) if label.isVisible() and told in label.text()]


def test_one_that_is_not_ready_is_told_and_tried_again_when_a_person_says_so(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage(accepted=False)
    sessions = archive(stage)
    stage.wait_until(lambda: second_at_rest(stage), "nothing is told")
    stage.settle()
    [notice] = stage.application.window.notices.all()
    assert notice.title == "“tokyo” is out of reach, and its second profile cannot keep what waits"
    assert notice.text.startswith("Nobody has accepted yet where “osaka” leads.")
    assert [words for words, _ in notice.actions] == ["Try now", "Open profiles"]
    with closing(Services(resolve_paths(stage.home), stage.environ, home=stage.home)) as services:
        known = services.sandbox.known_storage()
        assert known is not None
        services.profiles.pin(services.profiles.get("osaka"), known)
    press(stage, "Try now")
    news = stage.application.context.transfers.standby
    stage.wait_until(
        lambda: (it := news()) is not None and it.trouble is None and it.kept == len(sessions), "not kept"
    )
    stage.settle()
    assert titles(stage) == [f"{len(sessions)} waiting sessions are safe in “osaka” for now"]


def test_another_profile_in_use_ends_it(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    archive(stage)
    stage.wait_until(lambda: second_at_rest(stage), "nothing is kept")
    stage.application.context.account.use("osaka")
    stage.wait_until(lambda: titles(stage) == [], "it is still told")
    stage.settle()
    assert titles(stage) == []


def test_every_control_has_a_name_and_no_text_is_fixed_or_cut(
    open_stage: Callable[..., Stage],
    pseudo: Pseudo,  # noqa: F811 - the fixture
) -> None:
    stage = open_stage()
    archive(stage)
    stage.wait_until(lambda: second_at_rest(stage), "nothing is kept")
    QCoreApplication.installTranslator(pseudo)
    stage.application.window.build()
    stage.window.resize(1280, 1400)
    for page in ("transfers", "archive", "settings"):
        stage.go(page)
        assert list(nameless_in(stage.window)) == []
        assert list(fixed_texts(stage, stage.window)) == []
        assert list(cut_texts(stage.window)) == []
    with closing(Services(resolve_paths(stage.home), stage.environ, home=stage.home)) as services:
        services.profiles.add(make_profile("team", "iam", "https://example.com/", aws_profile="work"))
        draft = services.profile_editor.draft_of("tokyo")
        before = services.profiles.get("tokyo")
    stage.application.context.account.load()
    stage.settle()
    dialog = ProfileDialog(stage.application.context, editing=draft, before=before)
    dialog.show()
    stage.settle()
    assert dialog.entry.form.second.isVisible()
    assert list(nameless_in(dialog)) == []
    assert list(fixed_texts(stage, dialog)) == []
    assert list(cut_texts(dialog)) == []
    dialog.close()


def test_the_dialog_chooses_keeps_and_clears_the_second(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()

    def edit(name: str) -> ProfileDialog:
        with closing(Services(resolve_paths(stage.home), stage.environ, home=stage.home)) as services:
            draft = services.profile_editor.draft_of(name)
        dialog = ProfileDialog(stage.application.context, editing=draft, before=store(stage).get(name))
        dialog.show()
        stage.settle()
        return dialog

    def save(dialog: ProfileDialog) -> None:
        dialog.save_button.click()
        stage.wait_until(lambda: not dialog.isVisible(), "it is not saved")
        stage.settle()

    dialog = edit("tokyo")
    button = dialog.entry.form.second.button
    assert button.accessibleName() == "Second, while this one is out: osaka"
    assert [key for key, _ in button._choices] == ["", "osaka"]
    button.choose("")
    button.chosen.emit("")
    save(dialog)  # without a test: nothing that it could tell anything new of
    assert store(stage).get("tokyo").second is None
    assert stage.application.context.account.profile is not None
    assert stage.application.context.account.profile.second is None
    dialog = edit("tokyo")
    dialog.entry.form.second.button.choose("osaka")
    save(dialog)
    assert store(stage).get("tokyo").second == "osaka"

    # One that is gone is shown as such, and stays until another is chosen.
    settings = resolve_paths(stage.home).settings
    settings.write_text(settings.read_text().replace("[profiles.osaka", "[profiles.nara"))
    stage.application.workplace.reopen()
    stage.wait_until(
        lambda: "nara" in [view.name for view in stage.application.context.account.profiles], "not read"
    )
    dialog = edit("tokyo")
    assert dialog.entry.form.second.button.text() == "osaka (no longer there)"
    dialog.entry.form.field("name").set_text("edo")
    save(dialog)
    assert store(stage).get("edo").second == "osaka"
