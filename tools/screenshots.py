"""Makes the pictures of all there is: pages empty and full, dialogs, menus, errors; in both languages, light and dark.

    tools/screenshots.py FOLDER [--readme]     all of them (some minutes); with --readme only the README's three
    tools/screenshots.py FOLDER --one LANGUAGE APPEARANCE SESSIONS [--part pages|dialogs|troubles]

Each variant is a run of the real application in a process of its own, on a made-up developer's sessions and a sandbox.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

    from tests.desktop.stage import Stage

README = ("sessions", "transfers", "archive")
SIZE = (1280, 800)


def variants() -> Iterator[tuple[str, str, int, str]]:
    """(language, appearance, sessions, scale) of all there are."""
    for language, appearance, scale in itertools.product(("en", "ja"), ("light", "dark"), ("1", "2")):
        yield language, appearance, 24, scale
    for language, sessions in itertools.product(("en", "ja"), (0, 3)):
        yield language, "light", sessions, "1"
    yield "en", "light", 10_000, "1"


def take(
    folder: Path, language: str, appearance: str, sessions: int, *, part: str | None, readme: bool
) -> None:
    """The pictures of one variant, in this process."""
    from PySide6.QtGui import QPainter  # noqa: PLC0415 - Qt reads the environment as it is loaded
    from PySide6.QtWidgets import QMenu  # noqa: PLC0415

    from app.desktop.running import QtApplication  # noqa: PLC0415
    from tests.desktop.stage import Stage  # noqa: PLC0415
    from tests.desktop.staged_dialogs import each_dialog  # noqa: PLC0415
    from tests.desktop.staged_troubles import Troubles  # noqa: PLC0415

    qt = QtApplication(["chatlog-uploader"])
    ratio = "" if qt.devicePixelRatio() == 1 else "-200"
    ending = f"{language}-{appearance}{ratio}" + ("" if sessions == 24 else f"-{sessions}")

    def keep(name: str, widget: QWidget) -> None:
        target = folder / (f"{name}.png" if readme else f"{name}-{ending}.png")
        picture = widget.grab()
        if isinstance(widget, QMenu) and (parent := widget.parentWidget()) is not None:
            # Where it lies on its window.
            under = parent.window().grab()
            painter = QPainter(under)
            painter.drawPixmap(parent.window().mapFromGlobal(widget.pos()), picture)
            painter.end()
            picture = under
        picture.save(str(target))
        print(target.name, flush=True)

    with tempfile.TemporaryDirectory() as home:
        if part in {None, "pages"}:
            if not readme:
                stage = Stage(
                    Path(home) / "first",
                    sessions=sessions,
                    language=language,
                    appearance=appearance,
                    first_run=True,
                )
                stage.application.window.resize(*SIZE)
                stage.application.start()
                stage.settle(1.0)
                keep("first-run", stage.window)
                stage.close()
            stage = Stage(Path(home) / "usual", sessions=sessions, language=language, appearance=appearance)
            stage.application.window.resize(*SIZE)
            stage.start()
            pages(stage, keep, sessions=sessions, readme=readme)
            stage.close()
        if part in {None, "dialogs"} and not readme and sessions == 24:
            stage = Stage(Path(home) / "dialogs", sessions=6, language=language, appearance=appearance)
            stage.application.window.resize(*SIZE)
            stage.start()
            stage.archive_all()
            each_dialog(stage, keep)
            stage.close()
        if part in {None, "troubles"} and not readme and sessions == 24:
            Troubles(Path(home) / "troubles", language, appearance, keep).all()


def pages(stage: Stage, keep: object, *, sessions: int, readme: bool) -> None:
    """A day with the window: look, archive some, look again."""
    from PySide6.QtCore import QItemSelectionModel  # noqa: PLC0415
    from PySide6.QtWidgets import QAbstractItemView  # noqa: PLC0415

    assert callable(keep)
    select = QItemSelectionModel.SelectionFlag

    def choose(rows: range, current: int) -> None:
        [table, *_] = stage.page.findChildren(QAbstractItemView)
        model, selection = table.model(), table.selectionModel()
        selection.clearSelection()
        for row in rows:
            selection.select(model.index(row, 0), select.Select | select.Rows)
        selection.setCurrentIndex(model.index(current, 0), select.NoUpdate)
        stage.settle(0.6)

    if not readme:
        keep("sessions-new", stage.window)
    if 1 < sessions < 1000:
        context = stage.application.context
        known = [session.identity for session, _ in context.sessions.sessions]
        # Neither the newest nor those that are deleted soon.
        context.sessions.archive(known[min(3, len(known) // 3) : len(known) * 3 // 4])
        stage.wait_until(context.transfers.busy, "nothing is being archived")
        stage.wait_until(lambda: not context.transfers.busy(), "archiving does not end")
        stage.settle()
    stage.go("sessions")
    if sessions:
        choose(range(3), 1)
    keep("sessions", stage.window)
    stage.go("transfers")
    keep("transfers", stage.window)
    stage.go("archive")
    stage.settle(0.6)
    if 1 < sessions < 1000:
        choose(range(1, 2), 1)
    keep("archive", stage.window)
    if not readme:
        for name, _ in stage.screens():
            if name.startswith("settings"):
                keep(name, stage.window)


def main() -> int:
    """Make them; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--one", nargs=3, metavar=("LANGUAGE", "APPEARANCE", "SESSIONS"))
    parser.add_argument("--part", choices=("pages", "dialogs", "troubles"))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.one:
        language, appearance, sessions = arguments.one
        take(
            arguments.folder,
            language,
            appearance,
            int(sessions),
            part=arguments.part,
            readme=arguments.readme,
        )
        return 0
    wanted = [("en", "light", 24, "2")] if arguments.readme else list(variants())
    failed = 0
    for language, appearance, count, scale in wanted:
        words = [sys.executable, __file__, str(arguments.folder), "--one", language, appearance, str(count)]
        environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
        failed += subprocess.run(
            words + ["--readme"] * arguments.readme, env=environ, cwd=PROJECT, check=False
        ).returncode
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
