"""The first run: at most three steps, each can be skipped, and nothing is archived without a click."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.account.profiles import ProfileStore
from app.account.settings import SettingsStore
from app.desktop.first_run.cards import ChoiceCard
from app.desktop.first_run.flow import FirstRun
from app.desktop.first_run.steps import ArchiveFirst, ChooseProfile, ConfirmSources, EnterProfile
from app.desktop.first_run.words import first_deletion, found_line
from app.desktop.settings.setup_dialog import SetUpDialog
from app.errors import Unauthorized
from app.sessions.model import Session, Usage
from app.storage.paths import resolve_paths
from tests.account.connection_texts import as_string, of_sandbox
from tests.desktop.conftest import PATIENCE_MILLISECONDS
from tests.desktop.made_deployments import MadeAws, let_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.desktop.first_run.step import Step
    from app.sandbox.lifecycle import SandboxInfo


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MILLISECONDS)

    return until


@pytest.fixture
def logs(user_folder: Path) -> list[Path]:
    """Three sessions of Claude Code: one will be deleted tomorrow, two are young."""
    folder = user_folder / ".claude" / "projects" / "-home-aki-work"
    folder.mkdir(parents=True)
    made = []
    for name, days in (("old", 28.5), ("young", 2), ("new", 0)):
        path = folder / f"{name}.jsonl"
        line = f'{{"type":"user","message":{{"role":"user","content":"{name}"}}}}\n'
        path.write_text(line, encoding="utf-8")
        moment = (datetime.now(UTC) - timedelta(days=days)).timestamp()
        os.utime(path, (moment, moment))
        made.append(path)
    return made


class Shown:
    """A first run in its window, and whether it has ended."""

    def __init__(self, context: Context) -> None:
        self.ended = 0
        self.flow = FirstRun(context, self._end)

    def _end(self) -> None:
        self.ended += 1

    @property
    def step(self) -> Step:
        assert self.flow.step is not None
        return self.flow.step

    def go_on(self) -> None:
        self.flow.go_on_button.click()

    def choose(self, key: str) -> None:
        assert isinstance(self.step, ChooseProfile | ArchiveFirst)
        next(card for card in self.step.cards if card.key == key).click()


@pytest.fixture
def start(context: Context, qtbot: QtBot, wait: Callable[..., None]) -> Iterator[Callable[[], Shown]]:
    def make() -> Shown:
        shown = Shown(context)
        qtbot.addWidget(shown.flow)
        shown.flow.resize(1000, 760)
        shown.flow.show()
        shown.flow.activateWindow()
        context.account.load()
        context.transfers.start()
        context.sessions.start()
        wait(lambda: context.sessions.looked and context.account.profile is not None)
        return shown

    yield make
    context.sessions.stop()


def settled(home: Path) -> bool:
    return SettingsStore(resolve_paths(home).settings).read().first_run_done


# ---- the way through --------------------------------------------------------------------------------------


def test_three_steps_to_everything_archived_on_this_computer(
    logs: list[Path], start: Callable[[], Shown], context: Context, home: Path, wait: Callable[..., None]
) -> None:
    shown = start()
    wait(lambda: context.sessions.count() == 3)
    flow = shown.flow
    assert isinstance(shown.step, ChooseProfile)
    assert flow.heading.text() == "Where should your sessions be kept?"
    wait(
        lambda: (
            flow.lines[0].text().startswith("3 sessions were found here. Claude Code will delete the first")
        )
    )
    assert shown.step.chosen() == "sandbox"
    assert flow.back_button.isHidden()

    shown.go_on()
    assert isinstance(shown.step, ConfirmSources)
    assert flow._count.text() == "Step 2 of 3"
    assert shown.step.rows["claude-code"].line.text().startswith("3 sessions · ")

    shown.go_on()
    assert isinstance(shown.step, ArchiveFirst)
    assert [card.key for card in shown.step.cards] == ["all", "soon", "later"]
    assert flow.go_on_button.text() == "Archive 3 sessions"
    assert "This computer only" in shown.step.cards[0].accessibleDescription()
    assert (shown.ended, context.transfers.rows()) == (0, [])

    shown.go_on()
    assert shown.ended == 1
    wait(lambda: settled(home))
    wait(lambda: [row.state for row in context.transfers.rows()] == ["done"] * 3)


def test_who_has_no_bucket_yet_sets_one_up_and_goes_on_with_it(
    logs: list[Path],
    start: Callable[[], Shown],
    context: Context,
    home: Path,
    shared_sandbox: SandboxInfo,
    wait: Callable[..., None],
) -> None:
    info = shared_sandbox
    aws = MadeAws(as_string(of_sandbox(info.endpoint, info.bucket, info.region)))
    with aws.in_place(), let_in(info.token):
        shown = start()
        assert isinstance(shown.step, ChooseProfile)
        shown.step.set_up_button.click()
        page = QApplication.activeModalWidget()
        assert isinstance(page, SetUpDialog)
        wait(lambda: page.state == "choosing")

        # Thought better of it: the choice is as it was.
        page.reject()
        assert isinstance(shown.step, ChooseProfile)
        assert shown.step.chosen() == "sandbox"

        shown.choose("iam")
        shown.step.set_up_button.click()
        page = QApplication.activeModalWidget()
        assert isinstance(page, SetUpDialog)
        for before, after in (("choosing", "planned"), ("planned", "done")):
            wait(lambda state=before: page.state == state)
            page.go_on()
            wait(lambda state=after: page.state == state)
        page.go_on()
        wait(lambda: isinstance(shown.step, ConfirmSources))
    assert ProfileStore(resolve_paths(home).settings).chosen() == "aws"
    assert not settled(home)

    # Back on the first step, it is what one goes on with.
    shown.flow.back_button.click()
    assert isinstance(shown.step, ChooseProfile)
    assert (shown.step.chosen(), shown.step.cards[0].text()) == ("current", "Go on with aws")
    assert shown.step.set_up_button.isVisible()


def test_only_what_is_deleted_soon_can_be_archived(
    logs: list[Path], start: Callable[[], Shown], context: Context, wait: Callable[..., None]
) -> None:
    shown = start()
    wait(lambda: context.sessions.count() == 3)
    shown.go_on()
    shown.go_on()
    shown.choose("soon")
    assert shown.flow.go_on_button.text() == "Archive 1 session"
    shown.go_on()
    wait(lambda: [row.title for row in context.transfers.rows()] == ["old"])


def test_later_archives_nothing(
    logs: list[Path], start: Callable[[], Shown], context: Context, home: Path, wait: Callable[..., None]
) -> None:
    shown = start()
    shown.go_on()
    shown.go_on()
    shown.choose("later")
    assert shown.flow.go_on_button.text() == "Open the window"
    shown.go_on()
    # Busy at first: what was left by an earlier run is looked for.
    wait(lambda: settled(home) and not context.transfers.busy())
    assert (shown.ended, context.transfers.rows()) == (1, [])


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_every_step_can_be_skipped(
    logs: list[Path],
    start: Callable[[], Shown],
    context: Context,
    home: Path,
    wait: Callable[..., None],
    steps: int,
) -> None:
    shown = start()
    for _ in range(steps):
        shown.go_on()
    assert shown.flow.note.text() != ""
    shown.flow.skip_button.click()
    shown.flow.skip_button.click()
    assert shown.ended == 1
    wait(lambda: settled(home))
    assert context.transfers.rows() == []
    assert context.account.profile is not None
    assert context.account.profile.this_computer_only


def test_back_leads_to_the_step_before_as_it_was_left(start: Callable[[], Shown]) -> None:
    shown = start()
    shown.choose("iam")
    shown.go_on()
    assert isinstance(shown.step, EnterProfile)
    shown.flow.back_button.click()
    assert isinstance(shown.step, ChooseProfile)
    assert shown.step.chosen() == "iam"
    shown.choose("sandbox")
    shown.go_on()
    shown.go_on()
    shown.flow.back_button.click()
    assert isinstance(shown.step, ConfirmSources)


def test_without_sessions_it_says_so_and_ends_all_the_same(
    start: Callable[[], Shown], wait: Callable[..., None], home: Path
) -> None:
    shown = start()
    wait(lambda: shown.flow.lines[0].text() == "No sessions were found here yet.")
    shown.go_on()
    shown.go_on()
    assert isinstance(shown.step, ArchiveFirst)
    assert [card.text() for card in shown.step.cards] == ["Nothing to archive yet"]
    shown.go_on()
    wait(lambda: settled(home))


# ---- a profile of one's own -------------------------------------------------------------------------------


def test_a_team_s_archive_is_tested_accepted_and_used(
    start: Callable[[], Shown],
    context: Context,
    home: Path,
    shared_sandbox: SandboxInfo,
    wait: Callable[..., None],
) -> None:
    shown = start()
    shown.choose("token")
    shown.go_on()
    step = shown.step
    assert isinstance(step, EnterProfile)
    step.entry.kinds.choose("token")
    step.entry.kinds.chosen.emit("token")
    form = step.entry.form
    QTest.keyClicks(form.field("endpoint").field, shared_sandbox.endpoint)
    QTest.keyClicks(form.field("token").field, "wrong")
    shown.go_on()
    wait(lambda: isinstance(step.entry.test.error, Unauthorized))
    assert not shown.flow.untested_button.isHidden()
    form.field("token").field.clear()
    QTest.keyClicks(form.field("token").field, shared_sandbox.token)
    assert shown.flow.untested_button.isHidden()
    shown.go_on()
    wait(lambda: shown.flow.go_on_button.text() == "Accept and continue")
    store = ProfileStore(resolve_paths(home).settings)
    assert store.names() == ["sandbox"]
    shown.go_on()
    wait(lambda: isinstance(shown.step, ConfirmSources))
    assert store.chosen() == "team"
    pinned = store.get("team").storage
    assert pinned is not None
    assert pinned.bucket == shared_sandbox.bucket
    # Back: it is there, and the first choice.
    wait(lambda: context.account.profile is not None and context.account.profile.name == "team")
    shown.flow.back_button.click()
    assert isinstance(shown.step, ChooseProfile)
    assert shown.step.chosen() == "current"
    # And this computer can be chosen all the same.
    shown.choose("sandbox")
    shown.go_on()
    wait(lambda: isinstance(shown.step, ConfirmSources))
    assert store.chosen() == "sandbox"


def test_a_profile_that_is_in_use_already_is_the_first_choice(
    start: Callable[[], Shown], home: Path, join_sandbox: Callable[[Path], str], wait: Callable[..., None]
) -> None:
    join_sandbox(home)
    shown = start()
    step = shown.step
    assert isinstance(step, ChooseProfile)
    wait(lambda: step.chosen() == "current")
    assert step.cards[0].text() == "Go on with team"


def test_a_source_can_be_switched_off_on_the_way(
    logs: list[Path], start: Callable[[], Shown], context: Context, wait: Callable[..., None]
) -> None:
    shown = start()
    wait(lambda: context.sessions.count() == 3)
    shown.go_on()
    step = shown.step
    assert isinstance(step, ConfirmSources)
    step.switches["claude-code"].click()
    wait(lambda: context.sessions.count() == 0 and context.sessions.looked)
    assert context.account.settings.hidden_sources == ("claude-code",)
    shown.go_on()
    assert isinstance(shown.step, ArchiveFirst)
    assert [card.key for card in shown.step.cards] == ["later"]


# ---- keyboard ---------------------------------------------------------------------------------------------


def test_the_whole_way_by_keyboard(
    logs: list[Path], start: Callable[[], Shown], context: Context, wait: Callable[..., None]
) -> None:
    shown = start()
    wait(lambda: context.sessions.count() == 3)

    def focus() -> ChoiceCard:
        card = QApplication.focusWidget()
        assert isinstance(card, ChoiceCard)
        return card

    wait(lambda: isinstance(QApplication.focusWidget(), ChoiceCard))
    assert focus().key == "sandbox"
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    assert (focus().key, focus().isChecked(), focus().ring) == ("token", True, True)
    QTest.keyClick(focus(), Qt.Key.Key_Up)
    assert (focus().key, focus().isChecked()) == ("sandbox", True)
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert isinstance(shown.step, ConfirmSources)
    # Return goes on here too: it switches no tool off.
    wait(lambda: QApplication.focusWidget() is shown.flow.go_on_button)
    assert shown.flow.go_on_button.ring
    QTest.keyClick(shown.flow.go_on_button, Qt.Key.Key_Return)
    assert context.sessions.count() == 3
    wait(lambda: isinstance(QApplication.focusWidget(), ChoiceCard))
    # Who got here by keyboard sees where it is.
    assert focus().ring
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    assert focus().key == "soon"
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert shown.ended == 1


def test_a_small_window_scrolls_and_begins_at_the_top(
    context: Context, qtbot: QtBot, wait: Callable[..., None]
) -> None:
    shown = Shown(context)
    qtbot.addWidget(shown.flow)
    shown.flow.resize(720, 480)
    shown.flow.show()
    bar = shown.flow._scroll.verticalScrollBar()
    wait(lambda: bar.maximum() > 0)
    assert bar.value() == 0
    assert shown.flow.minimumSizeHint().width() <= 720
    shown.flow._scroll.ensureWidgetVisible(shown.flow.note)
    assert not shown.flow.note.visibleRegion().isEmpty()


# ---- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "Claude Code may delete the first of them any time."),
        (0.3, "Claude Code will delete the first of them today."),
        (0.8, "Claude Code will delete the first of them tomorrow."),
        (1.3, "Claude Code will delete the first of them tomorrow."),
        (1.9, "Claude Code will delete the first of them in 2 days."),
    ],
)
def test_when_the_first_goes_is_said(look: object, days: float, said: str) -> None:
    now = datetime(2026, 11, 20, 12).astimezone()
    sessions = [
        made_session(now + timedelta(days=days)),
        made_session(None),
        made_session(now + timedelta(days=9)),
    ]
    assert first_deletion(sessions, now) == said
    assert found_line(sessions, looking=False, now=now) == f"3 sessions were found here. {said}"
    assert first_deletion([made_session(None)], now) == ""


def made_session(deleted_at: datetime | None) -> Session:
    return Session(
        source="claude-code",
        session_id="s",
        title="A title",
        project=None,
        path=Path("/srv/s.jsonl"),
        files=(),
        messages=1,
        model=None,
        tokens=Usage(),
        tokens_by_model={},
        started_at=None,
        updated_at=datetime(2026, 11, 1, tzinfo=UTC),
        deleted_at=deleted_at,
    )
