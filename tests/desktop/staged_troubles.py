"""What can go wrong before a person's eyes, each from a real cause: nobody listens, a file is gone, a token is no longer good.

`seen` is told each state while it stands.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtWidgets import QApplication

from app.account.profiles import Storage, make_profile
from app.archiving import standby_watch
from app.bootstrap import Services
from app.desktop.first_run.flow import FirstRun
from app.desktop.first_run.steps import ChooseProfile
from app.storage.paths import resolve_paths
from tests.desktop.stage import Stage
from tests.desktop.staged_dialogs import NOBODY, Opener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from app.account.profiles import Profile
    from app.desktop.archive.page import ArchivePage
    from app.desktop.sessions.page import SessionsPage
    from app.desktop.transfers.page import TransfersPage

    Seen = Callable[[str, QWidget], None]


def add_second(stage: Stage, *, accepted: bool = True) -> None:
    """The profile in use, `tokyo`, leads nowhere; its second, `osaka`, to this home's sandbox as to any endpoint."""
    with closing(Services(resolve_paths(stage.home), stage.environ, home=stage.home)) as services:
        info = services.sandbox.ensure_running()
        for name, endpoint in (("tokyo", NOBODY), ("osaka", info.endpoint)):
            profile = make_profile(name, "token", endpoint, region=info.region)
            services.profiles.add(profile)
            services.vault.set(profile, "token", info.token)
        tokyo = Storage("logs-tokyo", info.region, "aki", "logs-tokyo.s3.ap-northeast-1.amazonaws.com")
        services.profiles.pin(services.profiles.get("tokyo"), tokyo)
        known = services.sandbox.known_storage()
        assert known is not None
        if accepted:
            services.profiles.pin(services.profiles.get("osaka"), known)
        services.profiles.set_second("tokyo", "osaka")
        services.profiles.use("tokyo")


def second_at_rest(stage: Stage) -> bool:
    """Whether the second profile keeps all that waits, or has said why it cannot."""
    news = stage.application.context.transfers.standby()
    return news is not None and (news.trouble is not None or news.kept == news.waiting > 0)


class Troubles:
    """All of them, in one language and appearance."""

    def __init__(self, folder: Path, language: str, appearance: str, seen: Seen) -> None:
        """`folder` gets a home for each of them."""
        self._folder = folder
        self._language = language
        self._appearance = appearance
        self._seen = seen

    def all(self) -> None:
        """One after the other."""
        self.files()
        self.archive()
        self.no_answer_any_more()
        self.nobody_answers()
        self.second_keeps()
        self.signed_out()
        self.no_credentials()
        self.folders()
        self.broken_settings()
        self.bug()
        self.first_steps()

    @contextmanager
    def stage(
        self, name: str, prepare: Callable[[Stage], None] | None = None, *, first_run: bool = False
    ) -> Iterator[Stage]:
        """A window on a home of its own. `prepare` is called before the program reads anything."""
        made = Stage(
            self._folder / name,
            sessions=6,
            language=self._language,
            appearance=self._appearance,
            first_run=first_run,
            prepare=prepare,
        )
        made.application.window.resize(1280, 800)
        made.application.start()
        made.settle(0.6)
        try:
            yield made
        finally:
            made.close()

    def keep(self, name: str, stage: Stage) -> None:
        """Tell `seen` of the whole window, at rest."""
        stage.settle(0.5)
        self._seen(name, stage.window)

    # ---- files ------------------------------------------------------------------------------------------

    def files(self) -> None:
        """A preview of a file that is gone and of one that is no log, a search without a match, drags and drops."""

        def spoil(stage: Stage) -> None:
            broken = stage.folder / "notes"
            broken.mkdir()
            (broken / "unknown.bin").write_bytes(bytes(range(256)) * 40)
            (broken / "todo.md").write_text("# To do\n\n- Water the plants\n", encoding="utf-8")

        with self.stage("files", spoil) as stage:
            page = cast("SessionsPage", stage.go("sessions"))
            page.table.select_row(0)
            current = page.table.current()
            assert current is not None
            current.session.path.unlink()
            self.keep("trouble-preview-vanished", stage)
            page.search.setText("zzzz")
            page.search.searched.emit("zzzz")
            self.keep("empty-search", stage)
            page.clear_filters()
            self._drag(stage, [stage.folder / "notes" / "todo.md", stage.folder / "notes"])
            stage.application.taking.take([str(stage.folder / "notes" / "unknown.bin")])
            self.keep("dropped-unknown", stage)
            page.table.select_row(0)
            self.keep("preview-unknown", stage)
            stage.application.taking.take([str(stage.folder / "gone.jsonl"), str(stage.folder / "nowhere")])
            self.keep("dropped-vanished", stage)
            page.rescan()
            stage.settle()
            self._vanished_while_queued(stage, page)

    def _drag(self, stage: Stage, paths: list[Path]) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        handle = stage.window.windowHandle()
        event = QDragEnterEvent(
            QPoint(600, 300),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(handle, event)
        self.keep("drag-over", stage)
        QApplication.sendEvent(handle, QDragLeaveEvent())

    def _vanished_while_queued(self, stage: Stage, page: SessionsPage) -> None:
        """Some rows are paused, two fail."""
        context = stage.application.context
        sessions = [row.session for row in page.model.listed if row.state != "archived"]
        context.sessions.archive([session.identity for session in sessions[2:]])
        stage.wait_until(lambda: context.transfers.totals().left, "nothing is queued")
        context.transfers.pause_all()
        stage.settle()
        context.transfers.pause_all()
        self.keep_page("transfers-paused", stage, "transfers")
        for session in sessions[:2]:
            session.path.unlink()
        context.sessions.archive([session.identity for session in sessions[:2]])
        stage.wait_until(lambda: context.transfers.totals().failed == 2, "nothing fails")
        transfers = cast("TransfersPage", stage.go("transfers"))
        transfers.list.setCurrentIndex(transfers.model.index(1, 0))
        self.keep("trouble-transfer-failed", stage)
        opener = Opener(stage, self._seen)
        point = transfers.mapToGlobal(QPoint(400, 260))
        opener.open("menu-transfer-failed", lambda: transfers._open_menu(point))
        transfers._choose_filter("done")
        transfers.head.filter.choose("done")
        self.keep("empty-transfers-filter", stage)
        self.keep_page("trouble-sessions-failed", stage, "sessions")

    def keep_page(self, name: str, stage: Stage, page: str) -> None:
        """Go to a page and show it."""
        stage.go(page)
        self.keep(name, stage)

    # ---- S3 ---------------------------------------------------------------------------------------------

    def archive(self) -> None:
        """A download, and a session in an archive class."""
        with self.stage("archive") as stage:
            stage.archive_all()
            first = cast("ArchivePage", stage.go("archive"))
            stage.application.memory.keep_folder("download", str(stage.folder))
            first.table.select_row(0)
            first._download_selected(False)
            self.keep("archive-downloading", stage)
            self.keep_page("transfers-download", stage, "transfers")
            with closing(sqlite3.connect(stage.home / "sandbox" / "objects.db")) as database:
                database.execute(
                    "UPDATE versions SET storage_class = 'DEEP_ARCHIVE' WHERE key LIKE '%-4000-8000-%'"
                )
                database.commit()
            page = cast("ArchivePage", stage.go("archive"))
            stage.application.context.archive.refresh()
            stage.settle(0.6)
            page.table.select_row(0)
            self.keep("trouble-archive-deep-archive", stage)
            page.beside.focus_preview()
            self.keep("trouble-archive-preview-deep-archive", stage)
            page.search.setText("zzzz")
            page.search.searched.emit("zzzz")
            self.keep("empty-archive-search", stage)

    def _use(self, stage: Stage, profile: Profile, token: str = "") -> None:
        with closing(Services(resolve_paths(stage.home), stage.environ, home=stage.home)) as services:
            services.profiles.add(profile)
            if token:
                services.vault.set(profile, "token", token)
            storage = Storage("team-logs", profile.region, "owner-1", "team-logs.s3.us-east-1.amazonaws.com")
            services.profiles.pin(profile, storage)
            services.profiles.use(profile.name)

    def _halted(self, name: str, stage: Stage) -> None:
        """Archive; all pages once the queue has halted."""
        context = stage.application.context
        context.sessions.archive([session.identity for session, _ in context.sessions.sessions])
        stage.wait_until(lambda: context.transfers.totals().halted, "nothing halts")
        for page in ("transfers", "archive", "sessions"):
            self.keep_page(f"trouble-{name}-{page}", stage, page)
        stage.go("settings", "profiles")
        self.keep(f"trouble-{name}-settings", stage)

    def no_answer_any_more(self) -> None:
        """A list that is known, of an archive that has gone out of reach since."""

        def prepare(stage: Stage) -> None:
            with closing(Services(resolve_paths(stage.home), stage.environ, home=stage.home)) as services:
                info = services.sandbox.ensure_running()
                team = make_profile("team", "token", info.endpoint, region=info.region)
                services.profiles.add(team)
                services.vault.set(team, "token", info.token)
                known = services.sandbox.known_storage()
                assert known is not None
                services.profiles.pin(team, known)
                services.profiles.use("team")

        with self.stage("no-answer", prepare) as stage:
            stage.archive_all()
            self.keep_page("archive-team", stage, "archive")
            self.keep_page("transfers-team", stage, "transfers")
            with closing(Services(resolve_paths(stage.home), stage.environ, home=stage.home)) as services:
                services.sandbox.stop()
            stage.application.context.archive.refresh()
            stage.wait_until(lambda: stage.application.context.archive.error, "it still answers")
            self.keep_page("trouble-archive-of-then", stage, "archive")
            self.keep_page("sessions-team", stage, "sessions")

    def nobody_answers(self) -> None:
        """An endpoint out of reach, and the question before closing meanwhile."""

        def prepare(stage: Stage) -> None:
            self._use(stage, make_profile("team", "token", NOBODY, region="us-east-1"), "kept")

        with self.stage("nobody", prepare) as stage:
            self._halted("offline", stage)
            opener = Opener(stage, self._seen)
            opener.open("dialog-closing-halted", stage.application.closing.ask)
            transfers = cast("TransfersPage", stage.go("transfers"))
            opener.open("dialog-cancel-all-halted", transfers._ask_before_cancelling)

    def second_keeps(self) -> None:
        """An archive out of reach for long: its second one keeps what waits, or cannot."""
        for name, accepted in (("second-keeps", True), ("second-unready", False)):
            prepare = partial(add_second, accepted=accepted)
            with patch.object(standby_watch, "OUT_SECONDS", 0.5), self.stage(name, prepare) as stage:
                context = stage.application.context
                context.sessions.archive([session.identity for session, _ in context.sessions.sessions])
                stage.wait_until(lambda: second_at_rest(stage), "the second does nothing")
                for page in ("transfers", "archive"):
                    self.keep_page(f"trouble-{name}-{page}", stage, page)
                stage.go("settings", "profiles")
                self.keep(f"trouble-{name}-settings", stage)

    def signed_out(self) -> None:
        """A token that the endpoint no longer takes."""

        def prepare(stage: Stage) -> None:
            with closing(Services(resolve_paths(stage.home), stage.environ, home=stage.home)) as services:
                info = services.sandbox.ensure_running()
            self._use(stage, make_profile("team", "token", info.endpoint, region=info.region), "expired")

        with self.stage("signed-out", prepare) as stage:
            self._halted("signed-out", stage)

    def no_credentials(self) -> None:
        """AWS's own tools have no such profile."""

        def prepare(stage: Stage) -> None:
            self._use(stage, make_profile("team", "iam", NOBODY, region="us-east-1", aws_profile="work"))

        with self.stage("no-credentials", prepare) as stage:
            self._halted("no-credentials", stage)

    # ---- the computer -----------------------------------------------------------------------------------

    def folders(self) -> None:
        """The tool's folder cannot be read; nor can the program's own be written to."""

        def prepare(stage: Stage) -> None:
            projects = stage.folder / "claude" / "projects"
            projects.rename(stage.folder / "claude" / "elsewhere")
            # A link to itself can be read by nobody, the system's administrator included.
            projects.symlink_to(projects)
            (stage.home / "window.lock").unlink(missing_ok=True)
            (stage.home / "window.lock").mkdir()

        with self.stage("folders", prepare) as stage:
            self.keep("trouble-folder", stage)
            page = cast("SessionsPage", stage.page)
            Opener(stage, self._seen).open("dialog-places-unreadable", page.show_places)
            stage.go("settings", "sources")
            self.keep("trouble-folder-settings", stage)

    def broken_settings(self) -> None:
        """The settings file is none."""

        def prepare(stage: Stage) -> None:
            resolve_paths(stage.home).settings.write_text("not = [toml", encoding="utf-8")

        with self.stage("settings", prepare) as stage:
            self.keep("trouble-settings", stage)
            stage.go("settings", "appearance")
            self.keep("trouble-settings-settings", stage)

    def bug(self) -> None:
        """A fault of the program's own."""

        def fault(_task: object) -> None:
            raise ZeroDivisionError

        with self.stage("bug") as stage:
            stage.application.tasks.run(fault)
            self.keep("trouble-bug", stage)
            assert len(stage.crashes) == 1

    # ---- the first run ----------------------------------------------------------------------------------

    def first_steps(self) -> None:
        """Every step of the first run."""
        with self.stage("first", first_run=True) as stage:
            [flow] = stage.window.findChildren(FirstRun)
            self.keep("first-run-1", stage)
            flow._go_on()
            self.keep("first-run-2", stage)
            flow._go_on()
            self.keep("first-run-3", stage)
            flow.back()
            flow.back()
            step = flow.step
            assert isinstance(step, ChooseProfile)
            next(card for card in step.cards if card.key == "token").click()
            flow._go_on()
            self.keep("first-run-profile", stage)
            flow._go_on()
            self.keep("first-run-profile-incomplete", stage)
