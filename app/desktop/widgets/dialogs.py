"""A dialog's frame: real windows, the system's order of buttons, Escape cancels, Return never destroys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QStyle, QVBoxLayout, QWidget

from app.desktop.i18n import APPLICATION_NAME
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.labels import Label, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.theme import Look


class Dialog(QDialog):
    """A window with a heading, a body (`self.body`, a vertical layout) and a row of buttons."""

    def __init__(
        self, look: Look, title: str, heading: str, *, width: int = 480, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.look = look
        self.setWindowTitle(f"{title} — {APPLICATION_NAME}")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        # Not the widget's own minimum: with one, the layout would no longer keep room for all that is in it.
        outer.addStrut(look.px(width))
        inner = QVBoxLayout()
        inner.setContentsMargins(look.px(24), look.px(20), look.px(24), look.px(16))
        inner.setSpacing(0)
        self.heading = Label(look, heading, "pane", wrap=True)
        inner.addWidget(self.heading)
        inner.addSpacing(look.px(8))
        self.body = QVBoxLayout()
        self.body.setSpacing(look.px(8))
        inner.addLayout(self.body, 1)
        outer.addLayout(inner, 1)
        outer.addWidget(Line(look))
        self._row = QHBoxLayout()
        edge = look.px(16) - RING
        self._row.setContentsMargins(edge, look.px(12) - RING, edge, look.px(12) - RING)
        self._row.setSpacing(0)
        outer.addLayout(self._row)
        look.changed.connect(self.update)

    def set_buttons(
        self, primary: Button, others: Sequence[Button] = (), *, left: Sequence[Button] = ()
    ) -> None:
        """`others` are Cancel and the like; `left` stand apart. The order is the system's."""
        for button in left:
            self._row.addWidget(button)
        self._row.addStretch(1)
        style = self.style()
        layout = style.styleHint(QStyle.StyleHint.SH_DialogButtonLayout)
        first = layout == QDialogButtonBox.ButtonLayout.WinLayout.value
        ordered = [primary, *others] if first else [*others, primary]
        for button in ordered:
            self._row.addWidget(button)

    def ask(self) -> bool:
        """Show it, alone before its parent, until it is answered; whether it was accepted."""
        return self.exec() == QDialog.DialogCode.Accepted

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(self.rect(), self.look.colors.base)


def line_of(look: Look, text: str, *, wrap: bool = True) -> Label:
    """A paragraph of a dialog."""
    label = Label(look, text, "body", "text2", wrap=wrap)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return label
