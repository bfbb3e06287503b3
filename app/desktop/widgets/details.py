"""Label and value in two columns: what is known of one thing. Long ids are cut in the middle and can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from app.desktop.painting import draw_text, outline
from app.desktop.widgets.buttons import PaintedButton
from app.desktop.widgets.labels import ElidedLabel, Label, Picture

if TYPE_CHECKING:
    from app.desktop.theme import FontRole, Look
    from app.desktop.widgets.labels import Ink

COPIED_MILLISECONDS = 1500
"""How long a tick says that it was copied."""


class CopyableId(PaintedButton):
    """An id, cut in the middle, that is copied whole when it is pressed."""

    def __init__(self, look: Look, value: str, action: str, parent: QWidget | None = None) -> None:
        """`action` says what pressing does ("Copy the key")."""
        super().__init__(look, parent)
        self._value = value
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COPIED_MILLISECONDS)
        self._timer.timeout.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{value}\n{action}")
        self.setAccessibleDescription(action)
        self.clicked.connect(self._copy)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value)
        self._timer.start()
        self.update()

    def sizeHint(self) -> QSize:
        """One line, the whole id."""
        metrics = self.look.metrics("mono-small")
        return QSize(round(metrics.horizontalAdvance(self._value) + 1), round(metrics.height() + 1))

    def minimumSizeHint(self) -> QSize:
        """It may be cut."""
        return QSize(self.look.px(24), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The id; beside it, while it is pointed at, what a click does or has done."""
        painter = QPainter(self)
        look = self.look
        rect = QRectF(self.rect())
        copied = self._timer.isActive()
        if copied or self.hovered or (self.ring and self.hasFocus()):
            side = look.px(14)
            place = QRectF(rect.right() - side, rect.top(), side, rect.height())
            ink = look.colors.ok if copied else look.colors.text2
            look.icons.paint_centred(painter, "check" if copied else "copy", ink, place, side)
            rect.setRight(place.left() - look.px(6))
        elide = Qt.TextElideMode.ElideMiddle
        draw_text(painter, rect, self._value, look, "mono-small", look.colors.text, elide=elide)
        if self.ring and self.hasFocus():
            outline(painter, QRectF(self.rect()), look.colors.accent, 4, 2)


class Details(QWidget):
    """Rows of a label and its value."""

    def __init__(self, look: Look, *, label_width: int = 84, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.px(8))
        self._grid.setVerticalSpacing(look.px(9))
        self._grid.setColumnMinimumWidth(0, look.px(label_width) - look.px(8))
        self._grid.setColumnStretch(1, 1)

    def clear(self) -> None:
        """No rows."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def add(
        self,
        label: str,
        value: str,
        *,
        icon: str | None = None,
        ink: Ink = "text",
        icon_ink: Ink | None = None,
        mono: bool = False,
        tooltip: str | None = None,
        copy: str | None = None,
    ) -> None:
        """One row. `mono`: an id, cut in the middle; `tooltip` defaults to the whole value where it is cut.

        With `copy`, the words for doing so, it is an id that can be copied; no icon then.
        """
        row = self._grid.rowCount()
        name = Label(self.look, label, "meta", "text3")
        if copy is not None:
            copyable = CopyableId(self.look, value, copy)
            copyable.setAccessibleName(f"{label}: {value}")
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(copyable, row, 1)
            return
        role: FontRole = "mono-small" if mono else "meta"
        elide = Qt.TextElideMode.ElideMiddle if mono else Qt.TextElideMode.ElideRight
        shown = ElidedLabel(self.look, value, role, ink, elide=elide)
        shown.setAccessibleName(f"{label}: {value}")
        if tooltip:
            shown.setToolTip(tooltip)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(self.look.px(6))
        if icon is not None:
            line.addWidget(Picture(self.look, icon, icon_ink or ink, side=14))
        line.addWidget(shown, 1)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(holder, row, 1)
