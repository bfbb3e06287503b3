"""Another program with files to drag: a small window; pressing the mouse in it begins a drag of its arguments."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """A file manager's file, as far as drag and drop knows."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__("Drag me")
        self._paths = paths
        self.setWindowTitle("Files to drag")
        self.setAccessibleName("Files to drag")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The drag begins with the first movement."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(path) for path in self._paths])
            drag = QDrag(self)
            drag.setMimeData(data)
            print(drag.exec(Qt.DropAction.CopyAction), flush=True)  # noqa: T201 - the test reads it


def main() -> None:
    """Show it at the top left corner, until killed: the receiver asks for the data after the drop."""
    application = QApplication(sys.argv)
    source = Source(sys.argv[1:])
    source.setGeometry(10, 30, 160, 90)
    source.show()
    application.exec()


if __name__ == "__main__":
    main()
