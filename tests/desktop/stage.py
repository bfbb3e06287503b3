"""The whole desktop in this process: the real application on a made-up developer's home, page by page.

For tests that look at everything there is, for the screenshots and for the benchmarks. Needs a QApplication.
"""

from __future__ import annotations

import os
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from app.account.settings import SettingsStore
from app.bootstrap import Services
from app.desktop.application import Application
from app.desktop.request import DesktopRequest
from app.desktop.startup import read_startup
from app.storage.paths import resolve_paths
from tools.example_home import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from app.desktop.page import Page

PATIENCE_SECONDS = 60.0

PAGES = ("sessions", "transfers", "archive", "settings")
TABS = ("profiles", "sources", "transfers", "appearance", "advanced")

FOREIGN = ("AWS_", "CLAUDE", "CHATLOG_", "CODEX_", "LAMBDA_")


class Stage:
    """One run of the desktop. Close it."""

    def __init__(
        self,
        folder: Path,
        *,
        sessions: int = 24,
        language: str = "en",
        appearance: str = "light",
        first_run: bool = False,
        environ: Mapping[str, str] | None = None,
        prepare: Callable[[Stage], None] | None = None,
    ) -> None:
        """`folder` holds the person's sessions and the program's home; both are made if they are not there.

        `prepare` is called when they are, before the program reads its settings.
        """
        self.folder = folder
        self.home = folder / "home"
        if not (folder / "claude").exists():
            (folder / "claude" / "projects").mkdir(parents=True)
            make(folder, sessions, datetime.now(UTC))
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self.environ |= {
            "CLAUDE_CONFIG_DIR": str(folder / "claude"),
            "CHATLOG_LANG": language,
            "CHATLOG_SANDBOX_IDLE": "120",
            **(environ or {}),
        }
        settings = SettingsStore(resolve_paths(self.home).settings)
        settings.change(first_run_done=not first_run, appearance=appearance)  # type: ignore[arg-type] # of the three
        if prepare is not None:
            prepare(self)
        request = DesktopRequest(home=self.home)
        self.application = Application(read_startup(request), request, self.environ)
        self.crashes: list[object] = []
        self.application.tasks.crashed.connect(self.crashes.append)

    @property
    def window(self) -> QWidget:
        """The main window."""
        return self.application.window

    @property
    def page(self) -> Page:
        """The page at the front."""
        page = self.application.window.front_page
        assert page is not None
        return page

    def start(self) -> None:
        """Show the window and wait until it has found what there is."""
        self.application.start()
        self.wait_until(
            lambda: self.application.context.sessions.count() > 0 or not self.files(), "no sessions"
        )
        self.settle()

    def files(self) -> list[Path]:
        """The sessions' files."""
        return sorted((self.folder / "claude" / "projects").rglob("*.jsonl"))

    def archive_all(self) -> None:
        """Archive every session and wait for the end."""
        context = self.application.context
        context.sessions.archive([session.identity for session, _ in context.sessions.sessions])
        self.wait_until(context.transfers.busy, "nothing is being archived")
        self.wait_until(lambda: not context.transfers.busy(), "archiving does not end")
        self.settle()

    def go(self, page: str, tab: str | None = None) -> Page:
        """Bring a page to the front and wait until it is at rest."""
        if tab is None:
            self.application.navigate(page)
        else:
            self.application.open_settings(tab)
        self.settle()
        return self.page

    def screens(self) -> Iterator[tuple[str, Page]]:
        """Every page, and every tab of the settings."""
        for page in PAGES[:-1]:
            yield page, self.go(page)
        for tab in TABS:
            yield f"settings-{tab}", self.go("settings", tab)

    def settle(self, seconds: float = 0.3) -> None:
        """Wait until nothing has been under way for a while, so that timers that wait for quiet have fired."""
        quiet_since = time.monotonic()
        deadline = quiet_since + PATIENCE_SECONDS
        while time.monotonic() - quiet_since < seconds:
            self.pump()
            if self.application.tasks.busy():
                quiet_since = time.monotonic()
            assert time.monotonic() < deadline, "it does not come to rest"

    def wait_until(self, condition: Callable[[], object], otherwise: str) -> None:
        """Let events come until the condition holds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self.pump()
            assert time.monotonic() < deadline, otherwise

    @staticmethod
    def pump() -> None:
        """Let events come for a moment, what was to be deleted among them."""
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        time.sleep(0.002)

    def close(self) -> None:
        """Quit as a person does, wait for the end, and stop the sandbox."""
        ended: list[bool] = []
        self.application.ended.connect(lambda: ended.append(True))
        self.application.quit()
        self.wait_until(lambda: ended, "it does not end")
        self.application.close()
        for widget in QApplication.topLevelWidgets():
            widget.close()
            widget.deleteLater()
        self.pump()
        if (self.home / "sandbox").is_dir():
            with closing(Services(resolve_paths(self.home), self.environ, home=self.home)) as services:
                services.sandbox.stop()
