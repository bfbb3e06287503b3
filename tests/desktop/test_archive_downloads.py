"""Downloads from the Archive page: asked for once where to, verified, each file as the tool had it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelectionModel, QStandardPaths, Qt
from PySide6.QtTest import QTest

from app.desktop.archive.downloads import PURPOSE
from app.desktop.archive.page import ArchivePage
from app.desktop.widgets.buttons import IconButton
from tests.desktop.archive_home import FIRST, SECOND, ArchiveHome, details_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from app.archiving.queue_rows import TransferRow
    from app.desktop.context import Context
    from tests.desktop.conftest import Asked

PATIENCE = 30_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def archive_home(home: Path, tmp_path: Path) -> ArchiveHome:
    return ArchiveHome(home, tmp_path / "logs")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where downloads go."""
    made = tmp_path / "downloads"
    made.mkdir()
    return made


@pytest.fixture
def open_page(qtbot: QtBot) -> Callable[[Context], ArchivePage]:
    """The page in a window, with what there is loaded."""

    def open_it(context: Context) -> ArchivePage:
        page = ArchivePage(context)
        qtbot.addWidget(page)
        page.resize(1088, 800)
        page.show()
        page.shown()
        qtbot.waitUntil(lambda: not context.archive.loading, timeout=PATIENCE)
        return page

    return open_it


def choosing(page: ArchivePage, folder: Path | str) -> list[str]:
    """Has the folder dialog answer; the folders that it began in."""
    asked: list[str] = []

    def choose(_parent: QWidget, _title: str, start: str) -> str:
        asked.append(start)
        return str(folder)

    page.downloads._choose_folder = choose
    return asked


def wait_for_facts(page: ArchivePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.pane._facts is not None, timeout=PATIENCE)


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def downloads_of(context: Context) -> list[TransferRow]:
    return [row for row in context.transfers.rows() if row.kind == "download"]


def ended(context: Context) -> bool:
    rows = downloads_of(context)
    return bool(rows) and all(row.state in {"done", "failed"} for row in rows)


def test_a_download_asks_once_where_to_and_says_where_it_goes(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
    folder: Path,
    asked: Asked,
) -> None:
    session = archive_home.session(FIRST, "Fix the S3 policy")
    archive_home.archive(session)
    page = open_page(context)
    starts = choosing(page, folder)
    context.transfers.start()
    QTest.mouseClick(page.pane.download, LEFT)
    qtbot.waitUntil(lambda: ended(context), timeout=PATIENCE)
    (row,) = downloads_of(context)
    assert (row.state, row.verified) == ("done", True)
    assert bytes_below(folder) == {f"{FIRST}.jsonl": session.path.read_bytes()}
    downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    assert starts == [downloads]
    assert context.window_state.folder(PURPOSE) == str(folder)
    assert page.strip.text() == f"Downloading to {folder}"
    (button,) = page.strip._buttons
    QTest.mouseClick(button, LEFT)
    assert asked.pages == ["transfers"]

    # The next one goes there without a question; with Shift it is asked for again.
    QTest.mouseClick(page.pane.download, LEFT)
    qtbot.waitUntil(lambda: len(downloads_of(context)) == 2, timeout=PATIENCE)
    assert len(starts) == 1
    page.pane.download_wanted.emit(page.pane.session, True)
    qtbot.waitUntil(lambda: len(starts) == 2, timeout=PATIENCE)
    assert starts[1] == str(folder)


def test_a_folder_that_is_gone_is_asked_for_anew_and_without_one_nothing_is_downloaded(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
    folder: Path,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    context.window_state.keep_folder(PURPOSE, str(folder / "pulled out"))
    page = open_page(context)
    starts = choosing(page, "")
    QTest.mouseClick(page.pane.download, LEFT)
    qtbot.waitUntil(lambda: starts == [str(folder / "pulled out")], timeout=PATIENCE)
    assert downloads_of(context) == []
    assert page.strip.text() == ""


def test_several_sessions_come_with_their_companions_in_folders_of_their_own(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
    folder: Path,
) -> None:
    with_agents = archive_home.session(FIRST, "Fix: the S3 policy?", companions=2)
    alone = archive_home.session(SECOND, "ログ同期の修正")
    archive_home.archive(with_agents, alone)
    page = open_page(context)
    assert page.foot.isHidden()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for number in range(2):
        page.table.selectionModel().select(page.model.index(number, 0), flags)
    assert page.foot.isVisible()
    assert page.foot.text.text().startswith("2 selected · ")
    assert page.foot.button.text() == "Download 2 sessions"
    assert page.pane.download.kind == "secondary"  # one primary button in a view
    choosing(page, folder)
    context.transfers.start()
    QTest.mouseClick(page.foot.button, LEFT)
    qtbot.waitUntil(lambda: len(downloads_of(context)) == 4 and ended(context), timeout=PATIENCE)
    own = "Fix_ the S3 policy_"
    wanted = {f"{own}/{file.relative_path}": file.path.read_bytes() for file in with_agents.files}
    assert bytes_below(folder) == {**wanted, f"{SECOND}.jsonl": alone.path.read_bytes()}


def test_an_older_version_comes_back_as_it_was(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
    folder: Path,
) -> None:
    old = archive_home.session(FIRST, "Fix the S3 policy").path.read_bytes()
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", text="and more"))
    page = open_page(context)
    wait_for_facts(page, qtbot)
    rows = page.pane.versions.rows()
    assert [row.accessibleName().partition(",")[0] for row in rows] == ["Newest", "Version 1"]
    choosing(page, folder)
    context.transfers.start()
    buttons = {button.accessibleName(): button for button in rows[1].findChildren(IconButton)}
    QTest.mouseClick(buttons["Download this version: Version 1"], LEFT)
    qtbot.waitUntil(lambda: ended(context), timeout=PATIENCE)
    assert bytes_below(folder) == {f"{FIRST}.jsonl": old}


def test_a_deleted_session_says_so_and_can_be_had_back(
    context: Context,
    archive_home: ArchiveHome,
    open_page: Callable[[Context], ArchivePage],
    qtbot: QtBot,
    folder: Path,
) -> None:
    session = archive_home.session(FIRST, "Old prototype notes")
    (s3_key,) = archive_home.archive(session)
    archive_home.delete(s3_key)
    page = open_page(context)
    assert page.filters.segments._buttons[2].text() == "Deleted 1"
    wait_for_facts(page, qtbot)
    assert details_of(page)["State"].startswith("Deleted · ")
    assert page.pane.notice.isVisible()
    assert [row.accessibleName().partition(",")[0] for row in page.pane.versions.rows()] == [
        "Deleted",
        "Version 1",
    ]
    choosing(page, folder)
    context.transfers.start()
    QTest.mouseClick(page.pane.download, LEFT)
    qtbot.waitUntil(lambda: ended(context), timeout=PATIENCE)
    assert bytes_below(folder) == {f"{FIRST}.jsonl": session.path.read_bytes()}
