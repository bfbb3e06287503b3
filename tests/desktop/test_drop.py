"""What is dragged onto the window, pasted into it or chosen: only files of this computer, and said before it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from app.desktop.drop_target import (
    Contents,
    DropTarget,
    heading_of,
    local_path,
    local_paths,
    pasted_paths,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.i18n import Translations
    from app.desktop.tasks import Tasks
    from app.desktop.theme import Look


def urls(*texts: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(text) for text in texts])
    return data


def text(value: str) -> QMimeData:
    data = QMimeData()
    data.setText(value)
    return data


# ---- what is taken ----------------------------------------------------------------------------------------


def test_files_of_this_computer_are_taken_once_and_in_order() -> None:
    found = local_paths(urls("file:///b/two.jsonl", "file:///a", "file:///b/two.jsonl"))
    assert found == ("/b/two.jsonl", "/a")


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/a.jsonl",
        "file://server/share/a.jsonl",
        "smb://server/a",
        "data:text/plain,hello",
        "a.jsonl",
        "",
        "file:",
    ],
)
def test_addresses_elsewhere_are_none(address: str) -> None:
    assert local_path(QUrl(address)) is None


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("file:///home/aki/a%20b%23c.jsonl", "/home/aki/a b#c.jsonl"),
        ("file://localhost/a", "/a"),
        ("file:///%E3%83%AD%E3%82%B0", "/ログ"),
        ("file:///bytes-%FF", "/bytes-\udcff"),
    ],
)
def test_any_name_survives(address: str, path: str) -> None:
    assert local_path(QUrl(address)) == path


def test_a_name_from_the_disk_survives(tmp_path: Path) -> None:
    odd = tmp_path / "50%25 ?#;&ログ\u202e"
    assert local_path(QUrl.fromLocalFile(str(odd))) == str(odd)


def test_files_and_paths_are_pasted_and_other_text_is_not() -> None:
    assert pasted_paths(urls("file:///a")) == ("/a",)
    assert pasted_paths(text("/a/b.jsonl\n  '/c d'\n\nfile:///e%20f\n")) == ("/a/b.jsonl", "/c d", "/e f")
    for other in ("hello", "/a\nhello", "a/b", "https://example.com", "file://server/x", "/a\0b", "", "~/a"):
        assert pasted_paths(text(other)) == ()
    assert pasted_paths(QMimeData()) == ()


# ---- what is said -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "contents", "said"),
    [
        (5, None, "Drop to archive 5 items"),
        (1, None, "Drop to archive 1 item"),
        (4, Contents(4, 0), "Drop to archive 4 files"),
        (1, Contents(1, 0), "Drop to archive 1 file"),
        (1, Contents(0, 1), "Drop to archive 1 folder"),
        (5, Contents(4, 1), "Drop to archive 4 files and 1 folder"),
    ],
)
def test_it_says_what_will_happen(
    translations: Translations, count: int, contents: Contents | None, said: str
) -> None:
    assert heading_of(count, contents) == said


def test_it_says_so_in_japanese(translations: Translations) -> None:
    translations.use("ja")
    assert heading_of(5, Contents(4, 1)) == "ドロップすると 4 個のファイルと 1 個のフォルダーを保管します"


# ---- dragging ---------------------------------------------------------------------------------------------


class Window(QWidget):
    """A side, a page with a text field, and the target."""

    def __init__(self, look: Look, tasks: Tasks) -> None:
        super().__init__()
        self.resize(900, 600)
        row = QHBoxLayout(self)
        row.addWidget(QWidget())
        self.area = QWidget()
        row.addWidget(self.area)
        self.field = QLineEdit(self.area)
        self.field.resize(800, 600)
        self.target = DropTarget(look, tasks, self)
        self.target.set_area(self.area)
        self.dropped: list[tuple[str, ...]] = []
        self.target.dropped.connect(self.dropped.append)

    @property
    def cover_shown(self) -> bool:
        return self.target.cover is not None and self.target.cover.isVisible()

    def send(self, event: QEvent) -> QEvent:
        """As the window system does: to the window, which finds the widget below the mouse."""
        QApplication.sendEvent(self.windowHandle(), event)
        return event

    def enter(self, data: QMimeData) -> bool:
        """Whether a drag is welcome."""
        actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        event = QDragEnterEvent(
            QPoint(600, 300), actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        return self.send(event).isAccepted()

    def move_over(self, data: QMimeData) -> bool:
        event = QDragMoveEvent(
            QPoint(601, 301),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        return self.send(event).isAccepted()

    def leave(self) -> None:
        self.send(QDragLeaveEvent())

    def drop(self, data: QMimeData) -> QDropEvent:
        """Dropped with Shift held down, which asks for a move."""
        event = QDropEvent(
            QPointF(600, 300),
            Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ShiftModifier,
        )
        event.setDropAction(Qt.DropAction.MoveAction)
        self.send(event)
        return event


@pytest.fixture
def window(qtbot: QtBot, look: Look, tasks: Tasks) -> Window:
    made = Window(look, tasks)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.target.watch(made)
    return made


def test_a_connection_is_a_profile_to_add_and_nothing_to_archive(window: Window) -> None:
    assert window.enter(urls("file:///home/aki/prod.chatlog-connection"))
    assert window.target.cover is not None
    assert window.target.cover.heading == "Drop to add a profile"
    window.send(QDragLeaveEvent())
    assert window.enter(urls("file:///home/aki/prod.chatlog-connection", "file:///home/aki/a.jsonl"))
    assert window.target.cover.heading.startswith("Drop to archive 2")


def test_files_are_welcome_and_the_page_says_what_will_happen(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.jsonl").touch()
    data = urls(*(QUrl.fromLocalFile(str(path)).toString() for path in tmp_path.iterdir()))
    assert window.enter(data)
    cover = window.target.cover
    assert cover is not None
    assert cover.isVisible()
    assert cover.heading == "Drop to archive 2 items"
    assert cover.geometry() == window.area.rect()
    qtbot.waitUntil(lambda: cover.heading == "Drop to archive 1 file and 1 folder", timeout=30_000)
    assert window.move_over(data)
    event = window.drop(data)
    assert event.isAccepted()
    assert event.dropAction() == Qt.DropAction.CopyAction, "the files stay where they are"
    assert not cover.isVisible()
    assert [set(paths) for paths in window.dropped] == [{str(path) for path in tmp_path.iterdir()}]
    assert window.field.text() == "", "the field below did not take it as text"


def test_what_leaves_was_never_there(qtbot: QtBot, window: Window) -> None:
    data = urls("file:///a")
    assert window.enter(data)
    window.leave()
    shown = [window.cover_shown]
    assert window.enter(data)
    assert [*shown, window.cover_shown] == [False, True]
    assert window.dropped == []


@pytest.mark.parametrize(
    "data",
    [urls("https://example.com/a"), text("/home/aki/a.jsonl"), QMimeData()],
    ids=["web", "text", "nothing"],
)
def test_what_is_no_file_is_left_to_the_widgets(window: Window, data: QMimeData) -> None:
    window.enter(data)
    assert not window.cover_shown
    window.move_over(data)
    window.drop(data)
    assert window.dropped == []


def test_where_nothing_can_be_taken_nothing_is_welcome(window: Window) -> None:
    window.target.enabled = False
    assert not window.enter(urls("file:///a"))
    assert not window.cover_shown


def test_the_cover_is_as_large_as_the_page(window: Window) -> None:
    assert window.enter(urls("file:///a"))
    window.resize(1000, 500)
    QApplication.processEvents()
    assert window.target.cover is not None
    assert window.target.cover.geometry() == window.area.rect()


def test_the_second_line_promises_only_what_is_true(window: Window) -> None:
    assert window.enter(urls("file:///a"))
    assert window.target.cover is not None
    assert window.target.cover.line == "Unknown formats are archived as they are."
    window.leave()
    window.target.this_computer_only = True
    window.enter(urls("file:///a"))
    assert window.target.cover.line.endswith("The copies stay on this computer.")
