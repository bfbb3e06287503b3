"""What nobody expected: logged with its trace in a private file, told as a bug, reported without secrets."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication

from app.desktop.bug_reports import LOGGED_OF_EACH, BugReports, report_text
from app.desktop.diagnostics import Diagnostics
from app.desktop.main_window import MainWindow
from app.desktop.troubles import Troubles
from app.errors import Cancelled, FolderNotWritable, KeyringLocked, SettingsCorrupt, Unreachable
from tests.desktop.shell_parts import PlainFirstRun, Transfers, plain_makers, with_transfers
from tests.system import PRIVATE_FILE, PRIVATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from tests.desktop.conftest import Asked

PATIENCE = 30_000


def a_bug(text: str = "a bug") -> Exception:
    """An exception that was raised."""
    try:
        raise ZeroDivisionError(text)
    except ZeroDivisionError as raised:
        return raised


# ---- the log ----------------------------------------------------------------------------------------------


@contextmanager
def logging_to(folder: Path) -> Iterator[Diagnostics]:
    """The log is written to a file of this folder while the block runs, and is whole after it."""
    made = Diagnostics(folder)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.mark.usefixtures("told_secrets")
def test_the_log_is_its_owner_s_alone_and_begins_with_its_first_line(tmp_path: Path) -> None:
    with logging_to(tmp_path / "home" / "logs") as log:
        assert not log.path.parent.exists()
        logging.getLogger("app.test").info("hello %s", "世界")
        logging.getLogger("urllib3").info("not ours")
        logging.getLogger("urllib3").warning("https://b.example/k?X-Amz-Signature=0123456789abcdef")
    text = log.path.read_text(encoding="utf-8")
    assert "INFO MainThread app.test: hello 世界\n" in text
    assert "not ours" not in text
    assert "WARNING MainThread urllib3" in text
    assert "0123456789abcdef" not in text
    if os.name == "posix":
        assert stat.S_IMODE(log.path.stat().st_mode) == PRIVATE_FILE
        assert stat.S_IMODE(log.path.parent.stat().st_mode) == PRIVATE_FOLDER


def test_it_is_written_in_another_thread_traces_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writers: list[threading.Thread] = []
    plain = logging.Formatter.formatException

    def noting(self: logging.Formatter, info: object) -> str:
        writers.append(threading.current_thread())
        return plain(self, info)  # type: ignore[arg-type] # passed on as it came

    bug = a_bug()
    told = logging.LogRecord(
        "app.test", logging.ERROR, "", 0, "oh", None, (type(bug), bug, bug.__traceback__)
    )
    with logging_to(tmp_path) as log:
        monkeypatch.setattr(logging.Formatter, "formatException", noting)
        # Straight to the file's side: pytest's own handlers format in the calling thread.
        log._hand.handle(told)
    assert "ZeroDivisionError: a bug" in log.path.read_text(encoding="utf-8")
    assert writers
    assert threading.main_thread() not in writers


def test_it_does_not_grow_without_end(tmp_path: Path) -> None:
    with logging_to(tmp_path / "logs") as log:
        for _ in range(60):
            logging.getLogger("app.test").info("x" * 100_000)
    files = list(log.path.parent.iterdir())
    assert 1 < len(files) <= 4
    assert all(file.stat().st_size <= 1_200_000 for file in files)
    if os.name == "posix":
        assert all(stat.S_IMODE(file.stat().st_mode) == PRIVATE_FILE for file in files)


def test_where_it_cannot_be_written_warnings_go_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    with logging_to(tmp_path / "file" / "logs"):
        logging.getLogger("app.test").warning("heed this")
        logging.getLogger("app.test").info("and not this")
    said = capsys.readouterr().err
    assert "heed this" in said
    assert "and not this" not in said


FATAL = """
from app.desktop.diagnostics import log_qt_messages
log_qt_messages()
from PySide6.QtCore import qFatal, qWarning
import logging
logging.basicConfig(format="%(name)s %(levelname)s %(message)s")
qWarning("odd")
qFatal("no display at all")
"""


def test_what_ends_qt_ends_with_words_and_not_with_a_core_dump() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FATAL], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert "qt WARNING odd" in ended.stderr
    assert "no display at all" in ended.stderr
    assert "Abort" not in ended.stderr


# ---- bugs -------------------------------------------------------------------------------------------------


@pytest.fixture
def bugs(qapp: object) -> Iterator[BugReports]:
    before = (sys.excepthook, threading.excepthook)
    made = BugReports()
    made.install()
    yield made
    made.remove()
    assert (sys.excepthook, threading.excepthook) == before


def test_an_exception_in_any_thread_is_found_and_logged(
    qtbot: QtBot, bugs: BugReports, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[object] = []
    bugs.found.connect(found.append)
    bug = a_bug()
    sys.excepthook(type(bug), bug, bug.__traceback__)

    def fail() -> None:
        raise KeyError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(found) == 2, timeout=PATIENCE)
    assert [type(bug) for bug in found] == [ZeroDivisionError, KeyError]
    assert caplog.text.count("uncaught") == 2
    assert "in a thread" in caplog.text


def test_ctrl_c_and_stopping_are_no_bugs(bugs: BugReports) -> None:
    found: list[object] = []
    bugs.found.connect(found.append)
    bugs.interrupted.connect(lambda: found.append("interrupted"))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    bugs.report(Cancelled())
    assert found == ["interrupted"]


def test_a_bug_in_every_picture_does_not_fill_the_log(
    bugs: BugReports, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(100):
        bugs.report(a_bug())
    assert caplog.text.count("uncaught") == LOGGED_OF_EACH


def test_a_report_has_the_trace_and_neither_secrets_nor_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/aki")
    text = report_text(a_bug("/home/aki/secret-project?X-Amz-Signature=0123456789abcdef"))
    assert text.startswith("Chat Log Uploader ")
    assert "ZeroDivisionError: ~/secret-project" in text
    assert "test_bug_reports.py" in text
    assert "0123456789abcdef" not in text
    assert str(Path.home()) not in text


# ---- troubles ---------------------------------------------------------------------------------------------


class Desk:
    """A window that tells of troubles."""

    def __init__(self, context: Context) -> None:
        self.transfers = Transfers()
        self.context = with_transfers(context, self.transfers)
        self.window = MainWindow(self.context, plain_makers(), PlainFirstRun)
        self.window.may_close = True
        self.troubles = Troubles(self.window, self.context)

    def titles(self) -> list[str]:
        return [notice.title for notice in self.window.notices.all()]

    def press(self, name: str) -> None:
        notice = self.window.notices.current()
        assert notice is not None
        dict(notice.actions)[name]()


@pytest.fixture
def desk(qtbot: QtBot, context: Context) -> Desk:
    made = Desk(context)
    qtbot.addWidget(made.window)
    return made


CORRUPT = SettingsCorrupt(path="/home/aki/settings.toml", reason="line 3")


def test_what_is_wrong_is_told_as_long_as_it_is_so(desk: Desk) -> None:
    desk.context.account.trouble.emit(CORRUPT)
    desk.context.account.trouble.emit(CORRUPT)
    assert desk.titles() == ["The settings cannot be read"]
    desk.context.account.trouble.emit(KeyringLocked())
    assert desk.titles() == ["The keyring is locked"]
    desk.context.account.trouble.emit(None)
    assert desk.titles() == []


def test_the_same_trouble_of_two_parts_is_one_notice(desk: Desk) -> None:
    desk.context.account.trouble.emit(KeyringLocked())
    desk.transfers.set(left=1, halted=KeyringLocked())
    assert desk.titles() == ["The keyring is locked"]
    desk.context.account.trouble.emit(None)
    assert desk.titles() == ["The keyring is locked"]
    desk.transfers.set(halted=None)
    assert desk.titles() == []


def test_the_network_s_troubles_stand_with_the_transfers(desk: Desk) -> None:
    desk.transfers.set(left=1, halted=Unreachable(host="example.com", reason="offline"))
    assert desk.titles() == []
    desk.transfers.set(left=1, halted=FolderNotWritable(path="/data", reason="Read-only file system"))
    assert desk.titles() == ["A folder cannot be written to"]


def test_the_page_of_transfers_says_by_itself_why_nothing_goes_on(desk: Desk) -> None:
    full = FolderNotWritable(path="/data", reason="Read-only file system")
    desk.transfers.set(left=1, halted=full)
    desk.window.navigate("transfers")
    assert desk.titles() == []
    desk.window.navigate("sessions")
    assert desk.titles() == ["A folder cannot be written to"]
    # Who has closed it has read it, until it comes anew.
    notice = desk.window.notices.current()
    assert notice is not None
    desk.window.notices._close(notice)
    desk.window.navigate("transfers")
    desk.window.navigate("sessions")
    assert desk.titles() == []
    desk.transfers.set(halted=None)
    desk.transfers.set(halted=full)
    assert desk.titles() == ["A folder cannot be written to"]


def test_the_button_does_the_next_step(desk: Desk, asked: Asked) -> None:
    desk.context.account.trouble.emit(CORRUPT)
    desk.press("Open the settings file")
    desk.press("Copy details")
    assert asked.actions == [("open-settings-file", CORRUPT), ("copy-details", CORRUPT)]


def test_a_bug_is_told_as_one_and_can_be_copied(qtbot: QtBot, desk: Desk) -> None:
    desk.context.tasks.crashed.disconnect()
    desk.context.tasks.crashed.connect(desk.troubles.crashed)
    desk.context.tasks.run(lambda _task: 1 // 0)
    qtbot.waitUntil(lambda: bool(desk.titles()), timeout=PATIENCE)
    assert desk.titles() == ["The program met a fault of its own"]
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    desk.press("Copy details")
    qtbot.waitUntil(lambda: "ZeroDivisionError" in clipboard.text(), timeout=PATIENCE)


def test_an_error_nobody_listened_to_is_explained(desk: Desk) -> None:
    desk.troubles.crashed(CORRUPT)
    assert desk.titles() == ["The settings cannot be read"]
