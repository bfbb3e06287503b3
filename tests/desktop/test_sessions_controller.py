"""The sessions behind the window: listed at once, scanned, followed on disk, archived; dropped files join them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from app.bootstrap import Services
from app.desktop.sessions import listing
from app.desktop.sessions.controller import SessionsController
from app.desktop.sessions.watching import DiskWatch
from app.desktop.tasks import Task, Tasks
from app.desktop.transfers.controller import TransfersController
from app.desktop.workplace import Workplace
from app.errors import SettingsCorrupt
from app.storage.paths import resolve_paths
from tests.desktop.gui_guard import Guard, install
from tests.desktop.user_logs import UserLogs
from tests.system import make_pipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.desktop.theme import Look
    from app.sessions.index import InspectReport

PATIENCE = 30_000


@pytest.fixture
def logs(user_folder: Path) -> UserLogs:
    return UserLogs(user_folder / ".claude")


@pytest.fixture
def sessions(context: Context) -> Iterator[SessionsController]:
    """The context's controller; it watches nothing any more when the test ends."""
    yield context.sessions
    context.sessions.stop()


def titles(controller: SessionsController) -> list[str]:
    """What is listed, from top to bottom."""
    return [session.title for session, _ in controller.sessions]


def states(controller: SessionsController) -> dict[str, str]:
    """The states by title."""
    return {session.title: state for session, state in controller.sessions}


def settle(qtbot: QtBot, controller: SessionsController) -> None:
    """Wait until a scan has ended and what it found is listed."""
    qtbot.waitUntil(lambda: controller.looked and not controller.busy, timeout=PATIENCE)


# ---- listing ----------------------------------------------------------------------------------------------


def test_what_is_there_is_listed_with_the_last_used_first(
    sessions: SessionsController, logs: UserLogs, qtbot: QtBot
) -> None:
    logs.write("older", days_old=3)
    logs.write("newer", days_old=1)
    assert not sessions.looked
    sessions.start()
    settle(qtbot, sessions)
    assert states(sessions) == {"newer": "new", "older": "new"}
    assert titles(sessions) == ["newer", "older"]
    assert sessions.count() == 2
    session = sessions.session(logs.identity("older"))
    assert session is not None
    assert session.path == logs.path("older")
    assert [(place.source, place.state, place.sessions) for place in sessions.places] == [
        ("claude-code", "found", 2)
    ]


def test_what_an_earlier_run_knew_is_listed_before_the_scan_has_ended(
    make_context: Callable[[Path], Context], home: Path, logs: UserLogs, qtbot: QtBot
) -> None:
    logs.write("known")
    first = make_context(home).sessions
    first.start()
    settle(qtbot, first)
    first.stop()
    second = make_context(home).sessions
    told: list[str] = []
    second.listed.connect(lambda _: told.append("listed"))
    second.places_changed.connect(lambda _: told.append("scanned"))
    second.start()
    settle(qtbot, second)
    assert told == ["listed", "scanned"]
    second.stop()


def test_a_scan_says_how_far_it_is_and_when_it_has_ended(
    sessions: SessionsController, logs: UserLogs, qtbot: QtBot
) -> None:
    for number in range(5):
        logs.write(f"session {number}")
    told: list[int | None] = []
    sessions.scan_changed.connect(lambda progress: told.append(None if progress is None else progress.read))
    sessions.start()
    settle(qtbot, sessions)
    read = [number for number in told if number is not None]
    assert read == sorted(read)
    assert read[-1] == 5
    assert told[-1] is None


def test_what_a_scan_leaves_out_is_told(sessions: SessionsController, logs: UserLogs, qtbot: QtBot) -> None:
    logs.write("fine")
    (logs.path("fine").parent / "loop.jsonl").symlink_to("/nowhere/at/all.jsonl")
    sessions.start()
    settle(qtbot, sessions)
    assert [problem.code for problem in sessions.problems] == ["link-broken"]


# ---- following the disk -----------------------------------------------------------------------------------


def test_logs_that_come_grow_and_go_are_followed(
    sessions: SessionsController, logs: UserLogs, qtbot: QtBot
) -> None:
    logs.write("first")
    sessions.start()
    settle(qtbot, sessions)
    logs.write("second")
    qtbot.waitUntil(lambda: set(titles(sessions)) == {"first", "second"}, timeout=PATIENCE)
    kept = sessions.session(logs.identity("second"))
    logs.write("first", lines=9)

    def has_grown() -> bool:
        session = sessions.session(logs.identity("first"))
        return session is not None and session.messages == 9

    qtbot.waitUntil(has_grown, timeout=PATIENCE)
    # What has not changed is the very same object: the table sees at a glance what it need not touch.
    assert sessions.session(logs.identity("second")) is kept
    logs.path("second").unlink()
    qtbot.waitUntil(lambda: titles(sessions) == ["first"], timeout=PATIENCE)


def test_after_a_long_scan_a_change_waits_in_proportion(tasks: Tasks, tmp_path: Path, qtbot: QtBot) -> None:
    watch = DiskWatch(tasks, settle_seconds=0.05)
    watch.look_at([tmp_path], [])
    watch.rest(2.0)
    # That the watching has begun counts as a change.
    qtbot.waitUntil(watch._timer.isActive, timeout=PATIENCE)
    assert 2.0 < watch._timer.remainingTime() / 1000 <= 20.0
    watch.stop()
    assert not watch._timer.isActive()
    watch.rest(0.0)
    with qtbot.waitSignal(watch.worth_scanning, timeout=PATIENCE):
        watch.look_at([tmp_path], [])
    watch.stop()


def test_nothing_is_listed_anew_when_nothing_has_changed(
    sessions: SessionsController, logs: UserLogs, qtbot: QtBot
) -> None:
    logs.write("only")
    sessions.start()
    settle(qtbot, sessions)
    told: list[object] = []
    sessions.listed.connect(told.append)
    scans: list[object] = []
    sessions.places_changed.connect(scans.append)
    sessions.rescan()
    qtbot.waitUntil(lambda: bool(scans), timeout=PATIENCE)
    settle(qtbot, sessions)
    assert told == []


# ---- archiving --------------------------------------------------------------------------------------------


def test_archiving_is_told_step_by_step_and_ends_archived(
    context: Context, sessions: SessionsController, logs: UserLogs, qtbot: QtBot
) -> None:
    for name in ("wanted", "other"):
        logs.write(name)
    sessions.start()
    settle(qtbot, sessions)
    told: list[str] = []
    sessions.states_changed.connect(lambda changed: told.extend(changed.values()))
    context.transfers.start()
    sessions.archive([logs.identity("wanted"), ("claude-code", "gone meanwhile")])
    qtbot.waitUntil(lambda: states(sessions)["wanted"] == "archived", timeout=PATIENCE)
    assert states(sessions) == {"wanted": "archived", "other": "new"}
    assert told[0] == "queued"
    assert set(told) <= {"queued", "uploading", "archived"}
    logs.write("wanted", lines=5)
    qtbot.waitUntil(lambda: states(sessions)["wanted"] == "changed", timeout=PATIENCE)


def test_what_transfers_say_stands_though_the_plan_knows_nothing_of_it(
    context: Context, sessions: SessionsController, logs: UserLogs, qtbot: QtBot
) -> None:
    logs.write("queued")
    sessions.start()
    settle(qtbot, sessions)
    context.transfers.states_changed.emit({logs.identity("queued"): "queued"})
    assert states(sessions) == {"queued": "queued"}
    logs.write("another")
    qtbot.waitUntil(lambda: len(titles(sessions)) == 2, timeout=PATIENCE)
    assert states(sessions) == {"queued": "queued", "another": "new"}
    context.transfers.states_changed.emit({logs.identity("queued"): ""})
    qtbot.waitUntil(lambda: states(sessions)["queued"] == "new", timeout=PATIENCE)


# ---- dropped files ----------------------------------------------------------------------------------------


def test_dropped_files_are_listed_and_archived_and_what_was_left_out_is_told(
    context: Context, sessions: SessionsController, logs: UserLogs, tmp_path: Path, qtbot: QtBot
) -> None:
    logs.write("tool's own")
    note = tmp_path / "notes.txt"
    note.write_text("remember the milk", encoding="utf-8")
    fifo = tmp_path / "pipe"
    make_pipe(fifo)
    missing = tmp_path / "missing.jsonl"
    sessions.start()
    settle(qtbot, sessions)
    context.transfers.start()
    told: list[tuple[InspectReport, tuple[str, ...]]] = []
    sessions.taken.connect(lambda report, paths: told.append((report, paths)))
    paths = tuple(map(str, (note, logs.path("tool's own"), fifo, missing)))
    taking: list[bool] = []
    sessions.taking_changed.connect(taking.append)
    sessions.take_paths(paths)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    report, named = told[0]
    assert taking == [True, False]
    assert named == paths
    assert [session.source for session in report.sessions] == ["files", "claude-code"]
    assert [problem.code for problem in report.problems] == ["not-regular-file", "missing"]
    qtbot.waitUntil(lambda: set(states(sessions).values()) == {"archived"}, timeout=PATIENCE)
    assert len(sessions.sessions) == 2
    # They stay though no scan lists them, until they are gone.
    sessions.rescan()
    settle(qtbot, sessions)
    assert len(sessions.sessions) == 2
    note.unlink()
    sessions.rescan()
    qtbot.waitUntil(lambda: titles(sessions) == ["tool's own"], timeout=PATIENCE)


def test_nothing_named_does_nothing(sessions: SessionsController) -> None:
    sessions.take_paths([])
    assert not sessions.taking


# ---- profiles and trouble ---------------------------------------------------------------------------------


def test_another_profile_has_its_own_states_and_dropped_files_stay(
    context: Context,
    sessions: SessionsController,
    logs: UserLogs,
    home: Path,
    tmp_path: Path,
    join_sandbox: Callable[[Path], str],
    qtbot: QtBot,
) -> None:
    logs.write("archived here")
    note = tmp_path / "note.txt"
    note.write_text("kept", encoding="utf-8")
    sessions.start()
    settle(qtbot, sessions)
    context.transfers.start()
    sessions.take_paths([str(note), str(logs.path("archived here"))])
    qtbot.waitUntil(lambda: [*states(sessions).values()] == ["archived"] * 2, timeout=PATIENCE)
    join_sandbox(home)
    context.workplace.reopen()
    assert not sessions.looked
    settle(qtbot, sessions)
    assert sorted(states(sessions).values()) == ["new", "new"]


def test_a_running_scan_ends_when_the_profile_changes(
    context: Context, sessions: SessionsController, logs: UserLogs, qtbot: QtBot
) -> None:
    for number in range(30):
        logs.write(f"session {number}", lines=200)
    sessions.start()
    qtbot.waitUntil(lambda: sessions.progress is not None, timeout=PATIENCE)
    context.workplace.reopen()
    settle(qtbot, sessions)
    assert sessions.count() == 30


def test_settings_that_cannot_be_read_are_told_and_mended(
    context: Context, sessions: SessionsController, logs: UserLogs, home: Path, qtbot: QtBot
) -> None:
    logs.write("session")
    home.mkdir()
    (home / "settings.toml").write_text("this is not toml", encoding="utf-8")
    told: list[object] = []
    sessions.trouble.connect(told.append)
    sessions.start()
    qtbot.waitUntil(lambda: isinstance(sessions.error, SettingsCorrupt), timeout=PATIENCE)
    assert sessions.sessions == []
    (home / "settings.toml").unlink()
    context.workplace.reopen()
    qtbot.waitUntil(lambda: sessions.error is None and sessions.count() == 1, timeout=PATIENCE)
    assert told[-1] is None


def test_the_gui_thread_touches_no_file(
    context: Context,
    sessions: SessionsController,
    logs: UserLogs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    guard = Guard()
    sys.addaudithook(guard.hook)
    install(guard, monkeypatch)
    logs.write("session")
    note = tmp_path / "note.txt"
    note.write_text("kept", encoding="utf-8")
    context.transfers.start()
    with guard.on() as breaches:
        sessions.start()
        settle(qtbot, sessions)
        sessions.take_paths([str(note)])
        qtbot.waitUntil(lambda: states(sessions).get("note.txt") == "archived", timeout=PATIENCE)
    assert breaches == []


def test_a_bug_in_a_scan_leaves_the_next_scan_possible(
    look: Look, logs: UserLogs, home: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    logs.write("session")
    real_scan, bugs = listing.scan, [RuntimeError("a bug")]

    def scan(services: Services, task: Task[listing.Scan]) -> listing.Scan:
        if bugs:
            raise bugs.pop()
        return real_scan(services, task)

    monkeypatch.setattr(listing, "scan", scan)
    tasks = Tasks()
    workplace = Workplace(tasks, lambda: Services(resolve_paths(home), os.environ, home=home))
    sessions = SessionsController(workplace, TransfersController(workplace, workplace), workplace)
    with qtbot.waitSignal(tasks.crashed, timeout=PATIENCE):
        sessions.start()
    assert not sessions.looked
    sessions.rescan()
    settle(qtbot, sessions)
    assert titles(sessions) == ["session"]
    sessions.stop()
    assert tasks.close(30)
    workplace.close()
