"""What tests of the window share: the look, tasks, words, and a context with the real engine on a home of its own."""

from __future__ import annotations

import gc
import os
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

# Before anything of Qt is imported: no window of a test appears on a developer's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication

from app.account.profiles import make_profile
from app.bootstrap import Services
from app.desktop.context import Context, make_context
from app.desktop.i18n import Translations, read_translations
from app.desktop.icons import Icons
from app.desktop.resources import read_icons, resource_folder
from app.desktop.tasks import Tasks
from app.desktop.theme import Look
from app.desktop.window_memory import WindowMemory
from app.desktop.workplace import Workplace
from app.storage.paths import resolve_paths
from app.storage.window_state import WindowState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.messages import ActionKind
    from app.errors import ChatLogError
    from app.sandbox.lifecycle import SandboxInfo

PATIENCE_MILLISECONDS = 30_000
"""For waiting on what threads and processes do; a machine may be busy with other things."""

# What a developer's own shell may say of her set-up.
_FOREIGN = ("AWS_", "CLAUDE", "CHATLOG_", "CODEX_", "GEMINI_", "LAMBDA_")


@pytest.fixture(autouse=True)
def _collector_on_this_thread() -> Iterator[None]:
    """Widgets that a test drops end in this thread, as in the desktop (app/desktop/collector.py)."""
    gc.disable()
    yield
    # What the test has made is all young, since nothing has been looked through meanwhile.
    gc.collect(1)
    gc.enable()


@pytest.fixture
def copy_files(qapp: object) -> Iterator[Callable[..., None]]:
    """Put files on the clipboard, as a file manager does: `copy_files(path, …)`."""

    def copy(*paths: str) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in paths])
        QGuiApplication.clipboard().setMimeData(data)

    yield copy
    # Without a real clipboard Qt keeps it until after Python has ended, and would call Python to end it.
    QGuiApplication.clipboard().clear()


@pytest.fixture(scope="session")
def icon_texts() -> dict[str, str]:
    """The SVG text of every icon."""
    return read_icons(resource_folder())


@pytest.fixture
def translations(qapp: object) -> Iterator[Translations]:
    """The window's words, in English; `translations.use("ja")` for Japanese."""
    made = Translations(read_translations(resource_folder()))
    made.use("en")
    yield made
    made.use("en")


@pytest.fixture
def look(qapp: object, icon_texts: dict[str, str], translations: Translations) -> Iterator[Look]:
    """Light, at 100 %, with English words."""
    made = Look(Icons(icon_texts))
    made.choose(appearance="light")
    yield made
    # Now and in this thread: left to the garbage collector it would go in whichever thread that runs, while the
    # application still passes its events to it.
    shiboken6.delete(made)


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    """Background work; a bug in it, or an error that nobody listens to, fails the test."""
    made = Tasks()
    crashes: list[Exception] = []
    made.crashed.connect(crashes.append)
    yield made
    assert made.close(PATIENCE_MILLISECONDS / 1000), "some work did not end"
    shiboken6.delete(made)
    assert crashes == []


@pytest.fixture
def user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without sessions, whose folder is HOME while the test runs; the developer's own set-up is out of sight."""
    folder = tmp_path / "user"
    folder.mkdir()
    for name in os.environ:
        if name.startswith(_FOREIGN) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(folder / ".claude"))
    # A sandbox that a broken test left behind ends by itself.
    monkeypatch.setenv("CHATLOG_SANDBOX_IDLE", "120")
    return folder


class Asked:
    """What pages asked of the window."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.tabs: list[str] = []
        self.actions: list[tuple[ActionKind, ChatLogError]] = []

    def run_action(self, action: ActionKind, error: ChatLogError) -> None:
        self.actions.append((action, error))


@pytest.fixture
def asked() -> Asked:
    """What pages asked of the window: `asked.pages`, `asked.tabs`, `asked.actions`."""
    return Asked()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of `context`; not made yet."""
    return tmp_path / "home"


@pytest.fixture(name="make_context")
def _context_maker(
    look: Look, tasks: Tasks, user_folder: Path, asked: Asked, qtbot: QtBot
) -> Iterator[Callable[..., Context]]:
    """A maker of contexts: `make_context(home, environ={…}, profile=None, state=WindowState())`.

    Nothing is loaded or started: that is the controllers' `load`, `start` and `refresh`. The profile is the home's
    own sandbox, started on first use, unless the home's settings or `join_sandbox` say otherwise.
    """
    opened: list[Context] = []
    homes: list[Path] = []

    def make(
        home: Path,
        *,
        environ: Mapping[str, str] | None = None,
        profile: str | None = None,
        state: WindowState | None = None,
    ) -> Context:
        known = {**os.environ, **(environ or {})}
        workplace = Workplace(
            tasks, lambda: Services(resolve_paths(home), known, home=home, profile_name=profile)
        )
        made = make_context(
            look,
            workplace,
            WindowMemory(state or WindowState()),
            navigate=asked.pages.append,
            settings_tab=asked.tabs.append,
            run_action=asked.run_action,
        )
        opened.append(made)
        homes.append(home)
        return made

    yield make
    for context in opened:
        stopped: list[bool] = []
        context.transfers.stop(partial(stopped.append, True))
        qtbot.waitUntil(partial(bool, stopped), timeout=PATIENCE_MILLISECONDS)
        qtbot.waitUntil(lambda: not tasks.busy(), timeout=PATIENCE_MILLISECONDS)
        context.workplace.close()
        shiboken6.delete(context.workplace)
    for home in homes:
        if (home / "sandbox").is_dir():
            with closing(Services(resolve_paths(home), os.environ, home=home)) as services:
                services.sandbox.stop()


@pytest.fixture
def context(request: pytest.FixtureRequest, home: Path) -> Context:
    """A context on `home`, with the sandbox as its profile."""
    maker: Callable[..., Context] = request.getfixturevalue("make_context")
    return maker(home)


@pytest.fixture
def join_sandbox(shared_sandbox: SandboxInfo) -> Callable[[Path], str]:
    """Has a home use the sandbox that all tests share, as the profile "team"; faster, but others' objects are there."""

    def join(home: Path) -> str:
        profile = make_profile(
            "team", "token", endpoint=shared_sandbox.endpoint, region=shared_sandbox.region
        )
        with closing(Services(resolve_paths(home), os.environ, home=home)) as services:
            services.profiles.add(profile)
            services.vault.set(profile, "token", shared_sandbox.token)
            services.profiles.use("team")
        return "team"

    return join
