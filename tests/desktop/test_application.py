"""The whole desktop: it opens on any home, follows the settings, goes on where it was stopped, and ends cleanly."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.account.settings import SettingsStore
from app.bootstrap import Services
from app.desktop.application import Application
from app.desktop.request import DesktopRequest
from app.desktop.single_instance import Summons
from app.desktop.startup import read_startup
from app.desktop.widgets.buttons import PaintedButton
from app.storage.paths import Paths, private_folder, resolve_paths
from app.storage.window_state import read_window_state
from tests.system import PRIVATE_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.main_window import MainWindow

PATIENCE = 30_000


class Run:
    """One run of the desktop in this process."""

    def __init__(self, qtbot: QtBot, home: Path, paths: tuple[str, ...] = ()) -> None:
        self._qtbot = qtbot
        request = DesktopRequest(paths=paths, home=home)
        self.startup = read_startup(request)
        self.application = Application(self.startup, request, dict(os.environ))
        self.context = self.application.context
        self.crashes: list[object] = []
        self.context.tasks.crashed.connect(self.crashes.append)
        self._closed = False
        with qtbot.waitExposed(self.application.window):
            self.application.start()

    def titles(self) -> list[str]:
        """Of the notices above the pages."""
        return [notice.title for notice in self.application.window.notices.all()]

    def until(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def close(self) -> None:
        """Quit, as a person does, and close what is open."""
        if self._closed:
            return
        self._closed = True
        with self._qtbot.waitSignal(self.application.ended, timeout=PATIENCE):
            self.application.quit()
        self.application.close()
        self.application.window.deleteLater()
        self.application.deleteLater()


@pytest.fixture
def paths(home: Path, user_folder: Path) -> Paths:
    """The files of a home whose first run is over."""
    found = resolve_paths(home)
    SettingsStore(found.settings).change(first_run_done=True)
    return found


@pytest.fixture
def run(qtbot: QtBot, home: Path, paths: Paths) -> Iterator[Callable[..., Run]]:
    """Starts the desktop on `home`; it is ended after the test, and so is the home's sandbox."""
    made: list[Run] = []

    def start(*given: str) -> Run:
        made.append(Run(qtbot, home, given))
        return made[-1]

    yield start
    for one in made:
        one.close()
    if (home / "sandbox").is_dir():
        with closing(Services(paths, os.environ, home=home)) as services:
            services.sandbox.stop()
    assert [crash for one in made for crash in one.crashes] == []


def keys(paths: Paths, home: Path) -> set[str]:
    """What the archive of the home's sandbox holds, by the names that the files had, without their endings."""
    with closing(Services(paths, os.environ, home=home)) as services:
        return {listed.file_name.rpartition("-")[0] for listed in services.history.objects()}


# ---- opening ----------------------------------------------------------------------------------------------


def test_it_opens_on_an_empty_home_and_ends_without_a_trace_of_itself(
    run: Callable[..., Run], paths: Paths
) -> None:
    one = run()
    assert one.application.window.isVisible()
    assert one.application.window.windowTitle() == "Sessions — Chat Log Uploader"
    one.until(lambda: one.context.account.profile is not None)
    one.application.navigate("archive")
    one.close()
    assert read_window_state(paths.window_state).page == "archive"
    assert stat.S_IMODE(paths.window_state.stat().st_mode) == PRIVATE_FILE
    again = run()
    assert again.startup.lock.held, "the lock was let go"
    assert again.application.window.current_page == "archive"


@pytest.mark.parametrize("text", ["not = [toml", "[desktop]\nappearance = 7\n", "\x00\xff"])
def test_settings_that_cannot_be_read_are_told_and_left_alone(
    run: Callable[..., Run], paths: Paths, text: str
) -> None:
    paths.settings.write_text(text, encoding="latin-1")
    one = run()
    one.until(one.titles)
    assert one.titles() == ["The settings cannot be read"]
    assert one.application.window.isVisible()
    one.close()
    assert paths.settings.read_text(encoding="latin-1") == text


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"version": 1, "window": {"geometry": 7}}'])
def test_a_damaged_memory_of_the_window_costs_nothing(
    run: Callable[..., Run], paths: Paths, content: bytes
) -> None:
    paths.window_state.write_bytes(content)
    one = run()
    assert one.application.window.current_page == "sessions"
    one.close()
    assert read_window_state(paths.window_state).page == "sessions"


def test_a_data_folder_that_cannot_be_written_is_told(
    run: Callable[..., Run], paths: Paths, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A mode would not hold root back.
    (home / "window.lock").mkdir()
    one = run()
    assert not one.startup.lock.held
    one.until(one.titles)
    assert one.titles() == ["A folder cannot be written to"]
    assert one.application.window.isVisible()


def test_the_first_start_begins_with_the_first_steps_and_the_second_does_not(
    run: Callable[..., Run], paths: Paths
) -> None:
    paths.settings.unlink()
    one = run()
    window = one.application.window
    assert window.windowTitle() == "Welcome — Chat Log Uploader"
    (skip,) = [button for button in window.findChildren(QAbstractButton) if button.text() == "Skip for now"]
    skip.click()
    one.until(lambda: window.windowTitle() == "Sessions — Chat Log Uploader")
    one.until(lambda: SettingsStore(paths.settings).read().first_run_done)
    one.close()
    assert not run().application.window.in_first_run


# ---- while it runs ----------------------------------------------------------------------------------------


def test_another_language_is_spoken_at_once_and_nothing_moves(run: Callable[..., Run]) -> None:
    one = run()
    window = one.application.window
    one.application.navigate("settings")
    place = window.geometry()
    assert said(window) == "Settings"
    one.context.account.change_settings(language="ja")
    one.until(lambda: said(window) == "設定")
    assert (window.current_page, window.geometry()) == ("settings", place)
    one.context.account.change_settings(language="en")
    one.until(lambda: said(window) == "Settings")


def test_who_chooses_a_language_with_the_keyboard_goes_on_from_there(run: Callable[..., Run]) -> None:
    one = run()
    window = one.application.window
    window.open_settings("appearance")

    def choice(text: str) -> PaintedButton:
        page = window.front_page
        assert page is not None
        (found,) = [button for button in page.findChildren(PaintedButton) if button.text() == text]
        return found

    choice("English").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(choice("English"), Qt.Key.Key_Right)
    one.until(lambda: said(window) == "設定")
    one.until(lambda: window.focusWidget() is choice("日本語"))
    assert choice("日本語").isChecked()
    QTest.keyClick(choice("日本語"), Qt.Key.Key_Left)
    one.until(lambda: said(window) == "Settings")
    one.until(lambda: window.focusWidget() is choice("English"))


def said(window: MainWindow) -> str:
    """What the sidebar calls the page at the front."""
    assert window.view is not None
    return window.view.sidebar.entries[window.current_page].text()


def test_the_look_follows_the_settings(run: Callable[..., Run]) -> None:
    one = run()
    look = one.application.look
    one.context.account.change_settings(appearance="dark", motion="reduced")
    one.until(lambda: look.dark)
    assert look.reduced_motion
    plain = look.px(100)
    content = one.application.window.centralWidget()
    one.context.account.change_settings(text_size=150)
    one.until(lambda: look.px(100) > plain)
    assert one.application.window.centralWidget() is not content, "measured anew"
    one.context.account.change_settings(appearance="light", motion="system", text_size=100)
    one.until(lambda: not look.dark)


def test_files_come_in_by_start_by_second_start_and_by_paste(
    copy_files: Callable[..., None], run: Callable[..., Run], tmp_path: Path, paths: Paths, home: Path
) -> None:
    files = [tmp_path / name for name in ("start.md", "second.md", "pasted.md")]
    for file in files:
        file.write_text(f"# {file.stem}\n", encoding="utf-8")
    one = run(str(files[0]))
    one.application.navigate("archive")
    one.application.summoned(Summons((str(files[1]),)))
    assert one.application.window.current_page == "sessions"
    copy_files(str(files[2]))
    one.application.taking.paste()
    one.until(lambda: one.context.transfers.totals().done == 3)
    assert keys(paths, home) == {"start", "second", "pasted"}


def test_stopped_in_the_middle_it_goes_on_at_the_next_start(
    run: Callable[..., Run], tmp_path: Path, paths: Paths, home: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number}.bin").write_bytes(os.urandom(400_000))
    one = run(str(folder))
    one.until(lambda: one.context.transfers.totals().done > 0)
    one.close()
    before = len(keys(paths, home))
    again = run()
    again.until(lambda: not again.context.transfers.busy() and again.context.transfers.totals().left == 0)
    assert before <= 30
    assert keys(paths, home) == {str(number) for number in range(30)}


def test_quitting_asked_twice_ends_at_once(run: Callable[..., Run], qtbot: QtBot) -> None:
    one = run()
    ended: list[bool] = []
    one.application.ended.connect(lambda: ended.append(True))
    one.application.quit()
    one.application.quit()
    assert ended == [True]
    one.application.close()
    one._closed = True


def test_the_list_of_keys_opens(run: Callable[..., Run]) -> None:
    one = run()
    one.application._list_keys()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert dialog.windowTitle() == "Keyboard shortcuts — Chat Log Uploader"
    dialog.close()


# ---- as a process -----------------------------------------------------------------------------------------


class Process:
    """The program as a person starts it."""

    def __init__(self, home: Path, *words: str, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "--home", str(home), *words],
            env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109 - where the tests run
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self) -> tuple[int, str]:
        """The exit code and standard error."""
        try:
            _, said = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return self.process.returncode, said


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_start_hands_over_and_a_signal_ends_the_first_cleanly(
    home: Path, paths: Paths, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n", encoding="utf-8")
    first = Process(home)
    try:
        wait_for((home / "window.sock").exists)
        # On a busy machine the first one may need longer to answer than a second one waits.
        wait_for(lambda: Process(home, "notes.md", cwd=tmp_path).end() == (0, ""))
        wait_for(lambda: "notes" in keys(paths, home))
        first.process.send_signal(number)
        code, said = first.end()
        assert code == 0
        assert "Traceback" not in said
        assert not (home / "window.sock").exists()
    finally:
        first.process.kill()
        with closing(Services(paths, os.environ, home=home)) as services:
            services.sandbox.stop()


@pytest.mark.skipif(os.name == "nt", reason="sockets in a folder")
def test_one_that_does_not_answer_is_not_pushed_aside(home: Path, paths: Paths) -> None:
    private_folder(home)
    first = Process(home)
    try:
        wait_for((home / "window.sock").exists)
        psutil.Process(first.process.pid).suspend()
        code, said = Process(home).end()
        assert code == 1
        assert "is running already but does not answer" in said
    finally:
        first.process.kill()
        psutil.Process(first.process.pid).resume()
        first.end()
    # The killed one's lock is free, and its socket in nobody's way.
    left_behind = (home / "window.sock").stat().st_ino
    again = Process(home)
    try:
        wait_for(lambda: inode_of(home / "window.sock") not in {None, left_behind})
        wait_for(lambda: Process(home).end()[0] == 0)
    finally:
        again.process.terminate()
    assert again.end()[0] == 0


def inode_of(path: Path) -> int | None:
    """Which file it is; None while there is none."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


@pytest.mark.skipif(sys.platform != "linux", reason="X11")
def test_a_display_that_does_not_answer_is_said_in_words(home: Path) -> None:
    environ = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": ":4711"}
    ended = subprocess.run(
        [sys.executable, "-m", "app", "--home", str(home)],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "display" in ended.stderr
    assert "Traceback" not in ended.stderr
