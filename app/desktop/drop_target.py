"""Files and folders dragged onto the window, pasted, or chosen in the system's dialog: three ways to say "archive this".

Drags are heard on the window itself, before its children: a search field would take the path as text.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.account.connections import is_connection_file
from app.desktop.i18n import translate
from app.desktop.painting import draw_text, fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData

    from app.desktop.tasks import Task, Tasks
    from app.desktop.theme import Look

_RADIUS = 12
_EDGE = 16
_DASHES = (5.0, 3.0)
"""In widths of the pen, whose square caps make dashes longer and gaps shorter by one."""


class Contents(NamedTuple):
    """What is being dragged."""

    files: int
    folders: int


def local_paths(data: QMimeData) -> tuple[str, ...]:
    """The files and folders of this computer that the data names; empty if there are none."""
    found = (local_path(url) for url in data.urls())
    return tuple(dict.fromkeys(path for path in found if path is not None))


def pasted_paths(data: QMimeData) -> tuple[str, ...]:
    """As `local_paths`, and for text: absolute paths and file addresses, one per line, and nothing else."""
    paths = local_paths(data)
    if paths or not data.hasText():
        return paths
    lines = [line.strip().strip("\"'") for line in data.text().splitlines() if line.strip()]
    found = [local_path(QUrl(line)) if line.startswith("file:") else line for line in lines]
    if not all(path is not None and _is_path(path) for path in found):
        return ()
    return tuple(dict.fromkeys(path for path in found if path is not None))


def local_path(url: QUrl) -> str | None:
    """The absolute path of a file address of this computer; None for any other."""
    if not url.isLocalFile() or url.host() not in {"", "localhost"}:
        return None
    if os.name == "nt":
        path = str(Path(url.toLocalFile()))
    else:
        # Qt's own way loses names that are not UTF-8.
        encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
        path = os.fsdecode(unquote_to_bytes(encoded))
    return path if _is_path(path) else None


def _is_path(text: str) -> bool:
    return Path(text).is_absolute() and "\0" not in text


def count_contents(paths: Sequence[str], task: Task[Contents]) -> Contents:
    """How many of the paths are files, and how many folders; for a worker thread."""
    folders = 0
    for path in paths:
        if task.cancelled:
            break
        folders += Path(path).is_dir()
    return Contents(len(paths) - folders, folders)


def heading_of(count: int, contents: Contents | None) -> str:
    """What a drop will do. `contents` None: not looked at yet."""
    if contents is None:
        return translate("Shell", "Drop to archive %n items", n=count)
    files, folders = contents
    if not folders:
        return translate("Shell", "Drop to archive %n files", n=files)
    if not files:
        return translate("Shell", "Drop to archive %n folders", n=folders)
    return translate("Shell", "Drop to archive {files} and {folders}").format(
        files=translate("Shell", "%n files", n=files), folders=translate("Shell", "%n folders", n=folders)
    )


class DropTarget(QObject):
    """Hears what is dragged onto a window and covers `area` meanwhile."""

    dropped = Signal(object)
    """The paths, a tuple of absolute ones."""

    def __init__(self, look: Look, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tasks = tasks
        self._window: QObject | None = None
        self._counting: Task[Contents] | None = None
        self.cover: Cover | None = None
        self.enabled = True
        """Whether there is something here to take what is dropped."""
        self.this_computer_only = False

    def watch(self, window: QWidget) -> None:
        """Hear the drags on a window that has been shown."""
        handle = window.windowHandle()
        if handle is self._window:
            return
        window.setAcceptDrops(True)
        handle.installEventFilter(self)
        self._window = handle

    def set_area(self, area: QWidget) -> None:
        """What is covered while something is dragged over the window."""
        self.cover = Cover(self._look, area)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A drag enters, moves, leaves, ends."""
        kind = event.type()
        if kind is QEvent.Type.DragLeave:
            return self._leave()
        if isinstance(event, QDragEnterEvent):
            return self._enter(event)
        if self.cover is None or not self.cover.isVisible():
            return super().eventFilter(watched, event)
        if isinstance(event, QDragMoveEvent):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            return True
        if isinstance(event, QDropEvent):
            self._leave()
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(local_paths(event.mimeData()))
            return True
        return super().eventFilter(watched, event)

    def _enter(self, event: QDragEnterEvent) -> bool:
        paths = local_paths(event.mimeData())
        if not paths or not self.enabled or self.cover is None:
            return False
        # Never a move: the file stays where it is.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        if all(is_connection_file(path) for path in paths):
            self.cover.say(
                translate("Shell", "Drop to add a profile"),
                translate("Shell", "You see where the connection leads before you accept it."),
            )
            return True
        self.cover.say(heading_of(len(paths), None), self._second_line())
        self._counting = self._tasks.run(
            lambda task: count_contents(paths, task),
            done=lambda contents: self._counted(len(paths), contents),
            owner=self,
        )
        return True

    def _counted(self, count: int, contents: Contents) -> None:
        if self.cover is not None and self.cover.isVisible():
            self.cover.say(heading_of(count, contents), self._second_line())

    def _second_line(self) -> str:
        if self.this_computer_only:
            return translate(
                "Shell",
                "Unknown formats are archived as they are. The copies stay on this computer.",
            )
        return translate("Shell", "Unknown formats are archived as they are.")

    def _leave(self) -> bool:
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        if self.cover is None or not self.cover.isVisible():
            return False
        self.cover.hide()
        return True


class Cover(QWidget):
    """Lies over the page, opaque, and says what will happen."""

    def __init__(self, look: Look, area: QWidget) -> None:
        super().__init__(area)
        self.look = look
        self._area = area
        self.heading = ""
        self.line = ""
        self.hide()
        area.installEventFilter(self)

    def say(self, heading: str, line: str) -> None:
        """Show with these words."""
        self.heading, self.line = heading, line
        self.setAccessibleName(f"{heading}. {line}")
        self.setGeometry(self._area.rect())
        self.raise_()
        self.show()
        self.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """It stays as large as what it covers."""
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._area.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As `02-sessions-drag-over` has it."""
        painter = QPainter(self)
        look, px = self.look, self.look.px
        colors = look.colors
        painter.fillRect(self.rect(), colors.base)
        zone = QRectF(self.rect()).adjusted(px(_EDGE), px(_EDGE), -px(_EDGE), -px(_EDGE))
        fill(painter, zone, colors.soft, _RADIUS)
        pen = QPen(colors.accent, 2)
        pen.setDashPattern(_DASHES)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(zone.adjusted(1, 1, -1, -1), _RADIUS - 1, _RADIUS - 1)
        side = px(48)
        middle = zone.center().y()
        icon = QRectF(zone.left(), middle - px(84), zone.width(), side)
        look.icons.paint_centred(painter, "download", colors.accent, icon, side)
        head = QRectF(zone.left() + px(24), middle - px(23), zone.width() - px(48), px(30))
        draw_text(painter, head, self.heading, look, "page", colors.text, "centre")
        line = QRectF(head.left(), middle + px(12), head.width(), px(20))
        draw_text(painter, line, self.line, look, "body", colors.text2, "centre")
