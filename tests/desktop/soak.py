"""A long day of the window in a few minutes: run as a program, since what it looks for is a process that dies.

    python tests/desktop/soak.py FOLDER REPAINTS [SESSIONS]

Repaints the tables of every page while sessions are archived and downloaded, and the look, the filters, the order and
the selection change all the time. Prints one line of JSON: repaints, rounds (of archiving), memory (bytes, at a quarter
of the way and at the end), nones (how the count of references to None has changed since then; PySide has lost some
before: FACTS of PySide 6.12.0 on Python 3.11, an abort after some thousand repaints with a delegate in Python).
"""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTableView

from app.desktop.running import QtApplication
from tests.desktop.stage import PAGES, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20260
WORDS = ("", "a", "the", "fix", "修正", "zzz nothing has this")


class Day:
    """What somebody restless does. Every step is small; together they reach everything that is painted."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._random = random.Random(SEED)  # noqa: S311 - any order will do, the same each time
        self._deeds: tuple[Callable[[], object], ...] = (
            self._select,
            self._select,
            self._scroll,
            self._scroll,
            self._sort,
            self._filter,
            self._dress,
            self._resize,
        )
        self._texts = itertools.count()
        self.rounds = 0
        self.repaints = 0

    def spend(self, repaints: int) -> None:
        """Until so many repaints more have been done."""
        until = self.repaints + repaints
        pages = itertools.cycle(PAGES[:-1])
        while self.repaints < until:
            self._stage.application.navigate(next(pages))
            for _ in range(20):
                self._random.choice(self._deeds)()
                self._repaint()
            self._keep_busy()

    def _keep_busy(self) -> None:
        context = self._stage.application.context
        if context.transfers.busy() or not context.sessions.sessions:
            return
        # What is past is kept until a person clears it away.
        context.transfers.clear()
        # Every round changes each session, so that there is something to archive again.
        for path in self._stage.files():
            with path.open("a", encoding="utf-8") as file:
                file.write(_line(next(self._texts)))
        context.sessions.archive([session.identity for session, _ in context.sessions.sessions])
        self.rounds += 1

    def _tables(self) -> list[QAbstractItemView]:
        return [view for view in self._stage.page.findChildren(QAbstractItemView) if view.isVisible()]

    def _repaint(self) -> None:
        for table in self._tables():
            table.viewport().repaint()
        self.repaints += 1
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 2)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _select(self) -> None:
        for table in self._tables():
            rows = table.model().rowCount()
            if rows and table.selectionMode() != QAbstractItemView.SelectionMode.NoSelection:
                index = table.model().index(self._random.randrange(rows), 0)
                table.selectionModel().setCurrentIndex(
                    index,
                    self._random.choice(
                        (
                            QItemSelectionModel.SelectionFlag.ClearAndSelect,
                            QItemSelectionModel.SelectionFlag.Toggle,
                        )
                    )
                    | QItemSelectionModel.SelectionFlag.Rows,
                )

    def _scroll(self) -> None:
        for table in self._tables():
            bar = table.verticalScrollBar()
            bar.setValue(self._random.randint(bar.minimum(), bar.maximum()))

    def _sort(self) -> None:
        for table in self._tables():
            if isinstance(table, QTableView) and table.isSortingEnabled():
                table.sortByColumn(
                    self._random.randrange(table.model().columnCount()),
                    self._random.choice((Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)),
                )

    def _filter(self) -> None:
        for line in self._stage.page.findChildren(QLineEdit):
            if line.isVisible() and not line.isReadOnly():
                line.setText(self._random.choice(WORDS))

    def _dress(self) -> None:
        self._stage.application.look.choose(
            appearance=self._random.choice(("light", "dark")),
            contrast=self._random.choice(("system", "high")),
        )

    def _resize(self) -> None:
        self._stage.window.resize(self._random.randint(900, 1400), self._random.randint(600, 900))


def _line(number: int) -> str:
    return (
        json.dumps({"type": "summary", "summary": f"Made later, number {number}", "leafUuid": str(number)})
        + "\n"
    )


def main(folder: Path, repaints: int, sessions: int) -> None:
    """See the module."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    qt = QtApplication(["chatlog-uploader"])
    stage = Stage(folder, sessions=sessions)
    stage.start()
    stage.archive_all()
    day = Day(stage)
    process = psutil.Process()
    day.spend(repaints // 4)
    memory, nones = process.memory_info().rss, sys.getrefcount(None)
    day.spend(repaints - day.repaints)
    figures = {
        "repaints": day.repaints,
        "rounds": day.rounds,
        "memory": [memory, process.memory_info().rss],
        "nones": sys.getrefcount(None) - nones,
        "crashes": [repr(crash) for crash in stage.crashes],
    }
    stage.wait_until(lambda: not stage.application.context.transfers.busy(), "archiving does not end")
    stage.close()
    del qt
    print(json.dumps(figures), flush=True)  # noqa: T201 - for the test that runs this


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 40)
