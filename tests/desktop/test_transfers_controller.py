"""Transfers in the window with the real queue and a real sandbox: from the first byte to the row that says it is done."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from app.account.profiles import ProfileStore, Storage, make_profile
from app.account.vault import open_vault
from app.archiving import queue_halt
from app.bootstrap import Services
from app.desktop.transfers.controller import TICK_SECONDS, TransfersController
from app.desktop.transfers.opened_queue import OpenedQueue
from app.desktop.transfers.page import TransfersPage
from app.desktop.workplace import Workplace
from app.errors import Cancelled, FileVanished, SettingsCorrupt, Unreachable
from app.storage.paths import resolve_paths
from app.transfer import retry
from tests.desktop.archive_home import ArchiveHome
from tests.transfer.conftest import FaultyConnections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.archiving.queue_rows import RowState, TransferRow
    from app.desktop.context import Context
    from app.desktop.tasks import Tasks
    from app.sandbox.lifecycle import Sandbox
    from app.sessions.model import Session

PATIENCE = 30_000
LEFT = Qt.MouseButton.LeftButton


class Watch:
    """What a controller told, and how its rows stand."""

    def __init__(self, context: Context, qtbot: QtBot) -> None:
        self.context = context
        self.transfers = context.transfers
        self.qtbot = qtbot
        self.states: list[dict[tuple[str, str], str]] = []
        self.told: list[TransferRow] = []
        self.removed: list[str] = []
        self.transfers.states_changed.connect(self.states.append)
        self.transfers.changed.connect(self._changed)

    def _changed(self, rows: list[TransferRow], removed: list[str]) -> None:
        self.told += rows
        self.removed += removed

    def row(self, session: Session) -> TransferRow | None:
        return next((row for row in self.transfers.rows() if row.session == session.identity), None)

    def state(self, session: Session) -> RowState | None:
        row = self.row(session)
        return None if row is None else row.state

    def ids(self, *sessions: Session) -> list[str]:
        return [row.id for session in sessions if (row := self.row(session)) is not None]

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def until_state(self, state: RowState, *sessions: Session) -> None:
        self.until(lambda: all(self.state(session) == state for session in sessions))

    def told_of(self, session: Session) -> list[str]:
        """The states that the list of sessions was told, one after the other."""
        return [states[session.identity] for states in self.states if session.identity in states]


class Gate:
    """A network in which nothing that is put arrives, until it is opened: a server takes the bytes and is silent."""

    def __init__(self, silent_server: str) -> None:
        self.http = FaultyConnections()
        self.http.faults = self._lead_astray
        self.reached = threading.Event()
        self._silent_server = silent_server

    def _lead_astray(self, method: str, _url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            changes["url"] = self._silent_server
            self.reached.set()

    def open(self) -> None:
        """What is put from now on arrives."""
        self.http.faults = None

    def stand_before(self, context: Context) -> None:
        """The engine's connections are these from now on."""
        context.workplace.run(lambda services, _task: services.__dict__.__setitem__("connections", self.http))


@pytest.fixture
def gate() -> Iterator[Gate]:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        made = Gate(f"http://127.0.0.1:{server.getsockname()[1]}")
        yield made
        made.http.close()


@pytest.fixture
def logs(home: Path, tmp_path: Path) -> ArchiveHome:
    return ArchiveHome(home, tmp_path / "logs")


@pytest.fixture
def watch(context: Context, qtbot: QtBot) -> Watch:
    return Watch(context, qtbot)


@pytest.fixture
def team(
    make_context: Callable[..., Context], join_sandbox: Callable[[Path], str], home: Path, qtbot: QtBot
) -> Watch:
    """A home that archives to the sandbox which all tests share: as an archive elsewhere, but quickly there."""
    join_sandbox(home)
    return Watch(make_context(home), qtbot)


def open_page(watch: Watch) -> TransfersPage:
    page = TransfersPage(watch.context)
    watch.qtbot.addWidget(page)
    page.resize(1088, 800)
    page.show()
    page.shown()
    return page


def press(page: TransfersPage, row_id: str, action: Any) -> None:
    """Click a row's button."""
    item = page.model.item(row_id)
    assert item is not None
    line = page.model.line_of(item)
    assert line is not None
    button = page.list.layout_of(line).button(action)
    assert button is not None
    QTest.mouseClick(page.list.viewport(), LEFT, pos=button.rect.center().toPoint())


def headings(page: TransfersPage) -> list[str]:
    model = page.model
    return [model.at(line)[0].name for line in range(model.rowCount()) if model.at(line)[1] is None]


# ---- to the end ---------------------------------------------------------------------------------------------


def test_sessions_are_archived_and_say_so(watch: Watch, logs: ArchiveHome) -> None:
    sessions = [logs.session("0a", "Fix the S3 policy", companions=2), logs.session("0b", "ログ同期の修正")]
    page = open_page(watch)
    watch.context.account.load()
    watch.transfers.start()
    watch.transfers.add_sessions(sessions)
    assert watch.transfers.busy()
    watch.until_state("done", *sessions)
    watch.until(lambda: not watch.transfers.busy())
    assert watch.transfers.totals().done == 2
    assert headings(page) == ["today"]
    assert page.head.text.text() == "Everything is kept on this computer and verified"
    assert page.head.percent.text() == "100 %"
    row = watch.row(sessions[0])
    assert row is not None
    assert (row.files, row.files_done, row.verified) == (3, 3, True)
    # The list of sessions heard of it, and in the end was sent to the plan: only that knows.
    told = watch.told_of(sessions[0])
    assert told[-1] == ""
    assert set(told[:-1]) <= {"queued", "uploading"}
    assert len(told) == len(
        [state for state, before in zip(told, [None, *told], strict=False) if state != before]
    )


def test_what_is_not_on_this_computer_only_is_called_archived(team: Watch, logs: ArchiveHome) -> None:
    session = logs.session("1a", "Fix the S3 policy")
    page = open_page(team)
    team.transfers.add_sessions([session])
    team.until_state("done", session)
    item = page.model.item(team.ids(session)[0])
    assert item is not None
    # The shared sandbox is on this computer; a page that has not been told so has to believe the profile.
    assert "archived and verified" in page.model.words.line(item)


def test_a_download_arrives_in_its_folder(watch: Watch, logs: ArchiveHome, tmp_path: Path) -> None:
    (s3_key,) = logs.archive(logs.session("2a", "Fix the S3 policy"))
    page = open_page(watch)
    watch.transfers.add_download(s3_key, tmp_path / "downloads", title="Fix the S3 policy", size=100)
    watch.until(lambda: any(row.kind == "download" and row.state == "done" for row in watch.transfers.rows()))
    (row,) = [row for row in watch.transfers.rows() if row.kind == "download"]
    assert row.verified
    assert len(list((tmp_path / "downloads").iterdir())) == 1
    item = page.model.item(row.id)
    assert item is not None
    assert "downloaded and verified" in page.model.words.line(item)
    assert page.model.words.icon(row) == ("downloading", "ok")


def test_rows_of_an_earlier_run_are_there_again(
    watch: Watch, logs: ArchiveHome, make_context: Callable[..., Context], home: Path
) -> None:
    session = logs.session("3a", "Fix the S3 policy")
    watch.transfers.add_sessions([session])
    watch.until_state("done", session)
    watch.until(lambda: not watch.transfers.busy())
    stopped: list[bool] = []
    watch.transfers.stop(lambda: stopped.append(True))
    watch.until(lambda: stopped)
    later = Watch(make_context(home), watch.qtbot)
    page = open_page(later)
    later.transfers.start()
    later.until_state("done", session)
    assert page.model.count() == 1
    assert page.head.percent.text() == ""


# ---- what a person does meanwhile ---------------------------------------------------------------------------


def test_a_transfer_is_paused_resumed_cancelled_and_tried_again(
    team: Watch, logs: ArchiveHome, gate: Gate
) -> None:
    session = logs.session("4a", "Fix the S3 policy")
    # More than the network's buffers hold, however it is compressed.
    session.path.write_bytes(secrets.token_bytes(12_000_000))
    page = open_page(team)
    gate.stand_before(team.context)
    team.transfers.add_sessions([session])
    team.until(gate.reached.is_set)
    team.until(lambda: team.state(session) == "sending")
    (row_id,) = team.ids(session)
    press(page, row_id, "pause")
    team.until_state("paused", session)
    assert not team.transfers.busy()
    press(page, row_id, "resume")
    team.until_state("sending", session)
    press(page, row_id, "cancel")
    team.until_state("cancelled", session)
    assert headings(page) == ["cancelled"]
    gate.open()
    press(page, row_id, "retry")
    team.until_state("done", session)
    assert headings(page) == ["today"]


def test_everything_is_paused_resumed_and_cancelled_from_the_head(
    team: Watch, logs: ArchiveHome, gate: Gate
) -> None:
    sessions = [logs.session(f"5{number}", f"Session {number}") for number in range(4)]
    page = open_page(team)
    gate.stand_before(team.context)
    team.transfers.add_sessions(sessions)
    team.until(gate.reached.is_set)
    team.until(lambda: len(team.ids(*sessions)) == 4 and page.head.buttons["pause-all"].isVisible())
    QTest.mouseClick(page.head.buttons["pause-all"], LEFT)
    team.until_state("paused", *sessions)
    assert page.head.details.text().endswith("all paused")
    QTest.mouseClick(page.head.buttons["resume-all"], LEFT)
    team.until(lambda: "verifying" in {team.state(session) for session in sessions})
    page._answered(QDialog.DialogCode.Accepted.value)
    team.until_state("cancelled", *sessions)
    assert page.head.text.text() == "Nothing left to transfer"
    QTest.mouseClick(page.head.buttons["clear"], LEFT)
    team.until(lambda: page.model.count() == 0)
    assert page.empty.isVisible()
    assert team.told_of(sessions[0])[-1] == ""


def test_a_log_that_vanished_fails_its_row_and_can_be_tried_again(team: Watch, logs: ArchiveHome) -> None:
    session = logs.session("6a", "Fix the S3 policy")
    content = session.path.read_bytes()
    session.path.unlink()
    page = open_page(team)
    team.transfers.add_sessions([session])
    team.until_state("failed", session)
    row = team.row(session)
    assert row is not None
    assert isinstance(row.error, FileVanished)
    assert headings(page) == ["attention"]
    assert page.head.text.text() == "1 failed"
    assert team.told_of(session)[-1] == "failed"
    press(page, row.id, "copy-details")
    assert session.path.name in QApplication.clipboard().text()
    session.path.write_bytes(content)
    press(page, row.id, "retry")
    team.until_state("done", session)


def test_a_failed_row_that_is_taken_off_the_list_sends_its_session_to_the_plan(
    team: Watch, logs: ArchiveHome
) -> None:
    session = logs.session("7a", "Fix the S3 policy")
    session.path.unlink()
    team.transfers.add_sessions([session])
    team.until_state("failed", session)
    ids = team.ids(session)
    team.transfers.clear(ids)
    team.until(lambda: team.removed == ids)
    assert team.told_of(session)[-1] == ""
    assert team.transfers.rows() == []


# ---- when nothing goes --------------------------------------------------------------------------------------


@pytest.fixture
def own_sandbox(make_sandbox: Callable[[Path], Sandbox], tmp_path: Path) -> Sandbox:
    """A sandbox that the test may stop."""
    return make_sandbox(tmp_path / "elsewhere" / "sandbox")


@pytest.fixture
def own_home(own_sandbox: Sandbox, home: Path, user_folder: Path) -> Path:
    """A home whose profile leads to that sandbox as to any other endpoint."""
    info = own_sandbox.ensure_running()
    paths = resolve_paths(home)
    profile = make_profile("own", "token", info.endpoint)
    profiles = ProfileStore(paths.settings)
    profiles.add(profile)
    open_vault(paths, home).set(profile, "token", info.token)
    profiles.pin(profile, Storage(info.bucket, info.region, info.owner, s3_host="127.0.0.1"))
    profiles.use("own")
    return home


def test_an_endpoint_that_is_gone_halts_says_why_and_goes_on(
    own_sandbox: Sandbox,
    own_home: Path,
    make_context: Callable[..., Context],
    logs: ArchiveHome,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.0)
    monkeypatch.setattr(queue_halt, "FIRST_SECONDS", 50.0)
    monkeypatch.setattr(queue_halt, "LONGEST_SECONDS", 50.0)
    watch = Watch(make_context(own_home), qtbot)
    page = open_page(watch)
    session = logs.session("8a", "Fix the S3 policy")
    own_sandbox.stop()
    watch.transfers.add_sessions([session])
    watch.until(lambda: watch.transfers.totals().halted is not None)
    watch.until_state("queued", session)
    assert isinstance(watch.transfers.totals().halted, Unreachable)
    assert page.halted.isVisible()
    assert page.halted.title.text() == "No connection"
    # The seconds go down though nothing happens.
    first = page.halted.countdown.text()
    watch.until(lambda: page.halted.countdown.text() != first)
    assert page.halted.countdown.text().startswith("Trying again in ")
    own_sandbox.ensure_running()
    QTest.mouseClick(page.halted.again, LEFT)
    watch.until_state("done", session)
    watch.until(lambda: not page.halted.isVisible())


def test_a_queue_that_cannot_be_opened_says_why_and_keeps_what_was_asked(
    watch: Watch, logs: ArchiveHome, home: Path
) -> None:
    settings = resolve_paths(home).settings
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("this is = = no TOML", encoding="utf-8")
    session = logs.session("9a", "Fix the S3 policy")
    page = open_page(watch)
    watch.transfers.start()
    watch.transfers.add_sessions([session])
    watch.until(lambda: isinstance(watch.transfers.totals().halted, SettingsCorrupt))
    watch.until(page.halted.isVisible)
    assert not page.empty.isVisible()
    settings.unlink()
    watch.transfers.retry_now()
    watch.until_state("done", session)
    watch.until(lambda: watch.transfers.totals().halted is None)


# ---- profiles, the end, and what it costs -------------------------------------------------------------------


def test_another_profile_has_its_own_rows(watch: Watch, logs: ArchiveHome, home: Path) -> None:
    session = logs.session("aa", "Fix the S3 policy")
    page = open_page(watch)
    watch.transfers.start()
    watch.transfers.add_sessions([session])
    watch.until_state("done", session)
    watch.until(lambda: not watch.transfers.busy())
    ids = watch.ids(session)
    with closing(Services(resolve_paths(home), {}, home=home)) as services:
        services.profiles.add(make_profile("lab", "token", endpoint="http://127.0.0.1:9/"))
        services.profiles.use("lab")
    watch.context.workplace.reopen()
    assert watch.removed == ids
    assert page.model.count() == 0
    watch.until(lambda: watch.transfers.ready)
    assert watch.transfers.rows() == []
    with closing(Services(resolve_paths(home), {}, home=home)) as services:
        services.profiles.use("sandbox")
    watch.context.workplace.reopen()
    watch.until_state("done", session)


def test_what_is_under_way_when_the_program_ends_goes_on_at_the_next_start(
    team: Watch, logs: ArchiveHome, gate: Gate, make_context: Callable[..., Context], home: Path
) -> None:
    session = logs.session("ba", "Fix the S3 policy")
    gate.stand_before(team.context)
    team.transfers.add_sessions([session])
    team.until(gate.reached.is_set)
    stopped: list[bool] = []
    team.transfers.stop(lambda: stopped.append(True))
    team.until(lambda: stopped)
    team.context.workplace.reopen()
    later = Watch(make_context(home), team.qtbot)
    later.transfers.start()
    later.until_state("done", session)


def test_the_end_is_told_whatever_happens(tasks: Tasks, qtbot: QtBot, user_folder: Path) -> None:
    def no_services() -> Services:
        raise AssertionError("nobody asked for them")

    transfers = TransfersController(Workplace(tasks, no_services))
    stopped: list[bool] = []
    transfers.stop(lambda: stopped.append(True))
    qtbot.waitUntil(lambda: bool(stopped), timeout=PATIENCE)


def test_a_queue_that_was_closed_is_not_opened_again(tmp_path: Path, user_folder: Path) -> None:
    opened = OpenedQueue(lambda: None)
    opened.close()
    with closing(Services(resolve_paths(tmp_path), {}, home=tmp_path)) as services:
        with pytest.raises(Cancelled):
            opened.open(services)
        assert opened.queue is None


def test_rows_that_have_not_changed_are_not_told_again(
    team: Watch, logs: ArchiveHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = logs.session("ca", "Fix the S3 policy")
    team.transfers.add_sessions([session])
    team.until_state("done", session)
    team.until(lambda: not team.transfers.busy())
    queue = team.transfers._opened.queue
    assert queue is not None
    # As the queue does with every row that moves, for its speed might be another one.
    monkeypatch.setattr(queue, "changes", lambda since: (since + 1, queue.rows(), []))
    team.told.clear()
    team.transfers._tick()
    assert team.told == []


def test_nothing_ticks_while_nothing_moves(team: Watch, logs: ArchiveHome) -> None:
    session = logs.session("da", "Fix the S3 policy")
    page = open_page(team)
    team.transfers.add_sessions([session])
    team.until_state("done", session)
    team.until(lambda: not team.transfers.busy())
    team.until(lambda: not team.transfers._timer.isActive())
    assert not page.list.animated


def test_many_changes_are_told_a_few_times_a_second(team: Watch, logs: ArchiveHome) -> None:
    sessions = [logs.session(f"e{number:02}", f"Session {number}") for number in range(60)]
    batches: list[int] = []
    team.transfers.changed.connect(lambda rows, _removed: batches.append(len(rows)))
    began = time.monotonic()
    team.transfers.add_sessions(sessions)
    team.until_state("done", *sessions)
    # What was asked for is looked at once more, at once.
    assert len(batches) <= (time.monotonic() - began) / TICK_SECONDS + 3
    assert sum(batches) >= 60
